//! How many stream connections may wait at the door before they have proven themselves. Whoever is known is not counted,
//! so a flood of strangers keeps out further strangers of the same address, never those inside.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Unproven connections of one address. Higher: a newsroom behind one router joins faster; lower: one flooder costs less.
const EACH: u32 = 48;
/// Unproven connections in all.
const ALL: u32 = 1024;

#[derive(Clone, Default)]
pub struct Strangers(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    each: HashMap<IpAddr, u32>,
    all: u32,
}

impl Strangers {
    /// A place at the door, given back when dropped; `None` when there is none left.
    pub fn wait(&self, address: IpAddr) -> Option<Place> {
        let key = network(address);
        let mut waiting = self.lock();
        let now = waiting.each.get(&key).copied().unwrap_or(0);
        if now >= EACH || waiting.all >= ALL {
            return None;
        }
        waiting.each.insert(key, now + 1);
        waiting.all += 1;
        Some(Place {
            strangers: self.clone(),
            key,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Counters: whatever panicked left them whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A household has a whole IPv6 /64, so that is one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

pub struct Place {
    strangers: Strangers,
    key: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.strangers.lock();
        waiting.all -= 1;
        let left = waiting.each.get(&self.key).map_or(0, |now| now - 1);
        if left == 0 {
            waiting.each.remove(&self.key);
        } else {
            waiting.each.insert(self.key, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EACH, Strangers};

    #[test]
    fn a_flood_from_one_address_leaves_room_for_others_and_ends() {
        let strangers = Strangers::default();
        let flooder = "203.0.113.7".parse().unwrap();
        let mut places: Vec<_> = (0..EACH).map(|_| strangers.wait(flooder).unwrap()).collect();
        assert!(strangers.wait(flooder).is_none());
        assert!(strangers.wait("203.0.113.8".parse().unwrap()).is_some());
        places.pop();
        assert!(strangers.wait(flooder).is_some());
    }

    #[test]
    fn one_network_of_ipv6_is_one_address() {
        let strangers = Strangers::default();
        let places: Vec<_> = (0..EACH)
            .map(|host| strangers.wait(format!("2001:db8::{host:x}").parse().unwrap()).unwrap())
            .collect();
        assert!(strangers.wait("2001:db8::ffff".parse().unwrap()).is_none());
        assert!(strangers.wait("2001:db8:0:1::1".parse().unwrap()).is_some());
        drop(places);
    }
}
