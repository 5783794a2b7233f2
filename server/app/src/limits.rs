//! How often an address or a person may knock. Counted in memory, by the application's clock; a restart forgets, which is
//! harmless because guessing costs more than a restart gives.

use crate::{clock::Clock, config, http::Problem};
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore};
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

pub struct Limits {
    pub sign_in: Limit,
    pub link: Limit,
    pub registration: Limit,
    pub join: Limit,
    pub question: Limit,
    /// Trying the connection: about six requests each.
    pub check: Limit,
}

/// Requests of the connection test a minute and address. Higher: a stranger costs more; lower: a newsroom behind one
/// address gets in its own way.
const CHECKS: u32 = 180;

impl Limits {
    pub fn new(settings: &config::Limits, clock: &Arc<dyn Clock>) -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3600);
        let limit = |name, times, per| Limit::new(name, times, per, clock.clone());
        Self {
            sign_in: limit("sign_in", settings.sign_in, MINUTE),
            link: limit("link", settings.link, HOUR),
            registration: limit("registration", settings.registration, HOUR),
            join: limit("join", settings.join, MINUTE),
            question: limit("question", settings.question, MINUTE),
            check: limit("check", CHECKS, MINUTE),
        }
    }

    /// Forgets keys whose allowance is whole again.
    pub fn sweep(&self) {
        for limit in [
            &self.sign_in,
            &self.link,
            &self.registration,
            &self.join,
            &self.question,
            &self.check,
        ] {
            limit.limiter.retain_recent();
        }
    }
}

type Limiter = RateLimiter<String, DashMapStateStore<String>, AppClock, NoOpMiddleware<Nanos>>;

/// So many per so long, for each key; the whole allowance may be used at once.
pub struct Limit {
    name: &'static str,
    limiter: Limiter,
    clock: AppClock,
}

impl Limit {
    fn new(name: &'static str, times: u32, per: Duration, clock: Arc<dyn Clock>) -> Self {
        let times = NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(per / times.get())
            .unwrap_or(Quota::per_minute(times))
            .allow_burst(times);
        let clock = AppClock(clock);
        Self {
            name,
            limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            clock,
        }
    }

    /// 429 with `Retry-After` when this key knocked too often.
    pub fn check(&self, key: impl ToString) -> Result<(), Problem> {
        self.limiter.check_key(&key.to_string()).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::Clock::now(&self.clock));
            metrics::counter!("rostrum_rate_limited_total", "limit" => self.name).increment(1);
            Problem::too_many().retry_after(wait.as_secs() + 1)
        })
    }

    /// The same, for a network address. A household or a newsroom has a whole IPv6 /64, so that is one key.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Problem> {
        match address.to_canonical() {
            IpAddr::V4(address) => self.check(address),
            IpAddr::V6(address) => self.check(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        }
    }
}

#[derive(Clone)]
struct AppClock(Arc<dyn Clock>);

impl governor::clock::Clock for AppClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.now().micros().max(0).unsigned_abs().saturating_mul(1000))
    }
}
