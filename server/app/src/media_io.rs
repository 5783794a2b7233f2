//! The doors and threads of the media plane: who may be told which address, which thread serves which room, which seat
//! holds which connection. Packets are `rostrum-media`'s business; who hears whom is the room's.

mod addresses;
mod candidates;
mod doors;
mod figures;
mod shard;
mod socket;
pub(crate) mod strangers;
pub(crate) mod tcp;
pub(crate) mod tunnel;

pub(crate) use addresses::{Ports, announced};
pub use doors::{Closed, Door};

use crate::{captions::Captions, clock::Clock, config, recorder::Recorder, room::Reports, turn};
use doors::Doors;
use rand::random;
use rostrum_domain::{
    id::{EventId, SeatId, SourceId, SubscriberId},
    media::{Plan, SourceKind},
    signal,
};
use rostrum_media::{Certificate, CertificateError, NegotiationError, Publisher, SlotWish, Subscriber, Terms};
use shard::{Order, Shard};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};
use strangers::Strangers;
use tokio::{sync::Semaphore, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A tried connection ends after this long. Longer: slow networks are measured better; shorter: tries cost less.
const PROBE: Duration = Duration::from_secs(40);
/// Connections tried at one time by everybody together.
const PROBES: usize = 32;
/// A port that is free for UDP may be taken for TCP: another one is tried this often.
const FREE_PORT_TRIES: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("media cannot listen on UDP port {port}: {error}")]
    Listen { port: u16, error: io::Error },
    #[error("this machine has no address that could be announced; set media.announce")]
    NoAddress,
}

/// Why somebody is not let through a media door.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error(transparent)]
    Offer(#[from] NegotiationError),
    #[error("media is not served at this moment")]
    Closed,
}

/// Where copies of what is tapped go.
#[derive(Clone)]
pub struct Taps {
    pub recorder: Recorder,
    pub captions: Captions,
}

/// The media plane as the rest of the shell sees it. Cheap to clone. Until it is started it answers nobody and obeys
/// nothing, so that tools and tests of other parts open no sockets.
#[derive(Clone, Default)]
pub struct Media(Arc<OnceLock<Inner>>);

struct Inner {
    certificate: Certificate,
    shards: Vec<Shard>,
    doors: Arc<Doors>,
    /// Ends the connections that are served beside the threads.
    streams: CancellationToken,
    relay: Option<Arc<turn::Relay>>,
    probes: Arc<Semaphore>,
}

impl Media {
    /// Opens the sockets and starts the threads. A second start changes nothing. Needs the runtime.
    pub fn start(
        &self,
        config: &config::Media,
        clock: &Arc<dyn Clock>,
        reports: &Reports,
        taps: &Taps,
    ) -> Result<(), MediaError> {
        let certificate = Certificate::generate()?;
        let doors = Arc::new(Doors::default());
        let (strangers, streams) = (Strangers::default(), CancellationToken::new());
        let count = shards(config);
        let shards = (0..count)
            .map(|number| {
                let port = if config.port == 0 {
                    0
                } else {
                    config.port.saturating_add(number as u16)
                };
                let (sockets, listeners) = open(port).map_err(|error| MediaError::Listen { port, error })?;
                let addresses = announced(&config.announce, sockets.ports());
                if addresses.is_empty() {
                    return Err(MediaError::NoAddress);
                }
                let world = shard::World {
                    clock: clock.clone(),
                    reports: reports.clone(),
                    taps: taps.clone(),
                    doors: doors.clone(),
                };
                let by_tcp = addresses
                    .iter()
                    .copied()
                    .filter(|address| listeners.takes(address))
                    .collect();
                let shard = Shard::start(number, sockets, addresses, by_tcp, world)
                    .map_err(|error| MediaError::Listen { port, error })?;
                listeners.serve(&shard.tunnels, &strangers, &streams);
                Ok(shard)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let addresses = shards
            .iter()
            .flat_map(|shard| &shard.addresses)
            .map(SocketAddr::to_string);
        tracing::info!(
            shards = count,
            addresses = addresses.collect::<Vec<_>>().join(" "),
            "media is listening"
        );
        let relay = config
            .relay
            .enabled
            .then(|| relay(config.relay.port, &shards, clock, &streams));
        // Started before: the new threads end here, with their orders' other end.
        let _ = self.0.set(Inner {
            certificate,
            shards,
            doors,
            streams,
            relay: relay.flatten(),
            probes: Arc::new(Semaphore::new(PROBES)),
        });
        Ok(())
    }

    /// Answers a publisher's offer. A source of the same kind that this seat published before is closed.
    pub async fn publish(
        &self,
        event: EventId,
        seat: SeatId,
        kind: SourceKind,
        offer: String,
    ) -> Result<(SourceId, String), DoorError> {
        let source = SourceId(Uuid::now_v7());
        let publisher = Publisher { source, seat, kind };
        let negotiate = move |terms: &Terms<'_>| rostrum_media::answer_whip(&offer, publisher, terms);
        let (ingest, answer) = self.negotiate(event, negotiate).await?;
        let doors = &self.inner()?.doors;
        if let Some(former) = doors.publish(source, Door { event, seat }, kind) {
            self.order(event, Order::RemoveSource(former));
        }
        self.order(event, Order::AddIngest(event, Box::new(ingest)));
        Ok((source, answer))
    }

    /// Answers a viewer's offer. A seat has one viewer's connection: a former one is closed.
    pub async fn subscribe(
        &self,
        event: EventId,
        seat: SeatId,
        offer: String,
    ) -> Result<(SubscriberId, String), DoorError> {
        let id = SubscriberId(Uuid::now_v7());
        let subscriber = Subscriber { id, seat };
        let negotiate = move |terms: &Terms<'_>| rostrum_media::answer_whep(&offer, subscriber, terms);
        let (egress, answer) = self.negotiate(event, negotiate).await?;
        let doors = &self.inner()?.doors;
        if let Some(former) = doors.subscribe(id, Door { event, seat }) {
            self.order(event, Order::RemoveSubscriber(former));
        }
        self.order(event, Order::AddEgress(event, Box::new(egress)));
        Ok((id, answer))
    }

    /// Answers the offer of somebody who tries the connection, in a room of its own that nobody hears and that ends soon.
    pub async fn probe(&self, offer: String) -> Result<String, DoorError> {
        let inner = self.inner()?;
        let place = inner
            .probes
            .clone()
            .try_acquire_owned()
            .map_err(|_| DoorError::Closed)?;
        // Random, not ordered by time: the low bits choose the thread.
        let (event, seat) = (EventId(Uuid::from_u128(random())), SeatId(Uuid::from_u128(random())));
        let publisher = Publisher {
            source: SourceId(Uuid::from_u128(random())),
            seat,
            kind: SourceKind::Camera,
        };
        let negotiate = move |terms: &Terms<'_>| rostrum_media::answer_whip(&offer, publisher, terms);
        let (ingest, answer) = self.negotiate(event, negotiate).await?;
        self.order(event, Order::AddIngest(event, Box::new(ingest)));
        let (media, stop) = (self.clone(), inner.streams.clone());
        tokio::spawn(async move {
            stop.run_until_cancelled(sleep(PROBE)).await;
            media.close_room(event);
            drop(place);
        });
        Ok(answer)
    }

    /// Where media is taken, as told to browsers.
    pub fn addresses(&self) -> Vec<String> {
        let shards = self.0.get().into_iter().flat_map(|inner| &inner.shards);
        shards
            .flat_map(|shard| &shard.addresses)
            .map(SocketAddr::to_string)
            .collect()
    }

    /// The publisher leaves. `false`: this seat holds no such source.
    pub fn unpublish(&self, source: SourceId, door: Door) -> bool {
        let held = self.0.get().is_some_and(|inner| inner.doors.holds_source(source, door));
        if held {
            self.remove_source(door.event, source);
        }
        held
    }

    /// The viewer leaves. `false`: this seat holds no such subscriber.
    pub fn unsubscribe(&self, subscriber: SubscriberId, door: Door) -> bool {
        let held = self
            .0
            .get()
            .is_some_and(|inner| inner.doors.holds_subscriber(subscriber, door));
        if held {
            self.order(door.event, Order::RemoveSubscriber(subscriber));
        }
        held
    }

    pub fn set_plan(&self, event: EventId, plan: Plan) {
        self.order(event, Order::SetPlan(event, Box::new(plan)));
    }

    /// How large a viewer shows its slots. Ignored for a subscriber that is not this seat's.
    pub fn set_view(&self, event: EventId, seat: SeatId, subscriber: SubscriberId, slots: Vec<signal::SlotWish>) {
        let door = Door { event, seat };
        if self
            .0
            .get()
            .is_some_and(|inner| inner.doors.holds_subscriber(subscriber, door))
        {
            let wish = |slot: signal::SlotWish| SlotWish {
                mid: slot.mid,
                height: slot.height,
                pin: None,
            };
            self.order(event, Order::SetView(subscriber, slots.into_iter().map(wish).collect()));
        }
    }

    pub fn remove_source(&self, event: EventId, source: SourceId) {
        self.order(event, Order::RemoveSource(source));
    }

    /// Closes everything of one seat.
    pub fn evict(&self, event: EventId, seat: SeatId) {
        let door = Door { event, seat };
        for closed in self.0.get().map(|inner| inner.doors.of_seat(door)).unwrap_or_default() {
            let order = match closed {
                Closed::Source(source) => Order::RemoveSource(source),
                Closed::Subscriber(subscriber) => Order::RemoveSubscriber(subscriber),
            };
            self.order(event, order);
        }
    }

    pub fn close_room(&self, event: EventId) {
        self.order(event, Order::CloseRoom(event));
    }

    /// The built-in relay, when it runs.
    pub fn relay(&self) -> Option<&Arc<turn::Relay>> {
        self.0.get()?.relay.as_ref()
    }

    /// Ends the threads; what they still hold is cut.
    pub fn stop(&self) {
        let Some(inner) = self.0.get() else { return };
        inner.streams.cancel();
        for shard in &inner.shards {
            shard.order(Order::Stop);
        }
    }

    /// A negotiation may cost a millisecond: never on the media thread, never on the runtime's.
    async fn negotiate<T: Send + 'static>(
        &self,
        event: EventId,
        answer: impl FnOnce(&Terms<'_>) -> Result<(T, String), NegotiationError> + Send + 'static,
    ) -> Result<(T, String), DoorError> {
        let inner = self.inner()?;
        let certificate = inner.certificate.clone();
        let addresses = inner.shard(event).addresses.clone();
        let negotiation = tokio::task::spawn_blocking(move || {
            answer(&Terms {
                certificate: &certificate,
                addresses: &addresses,
                now: Instant::now(),
                random: random(),
            })
        });
        let panicked = |_| Err(NegotiationError::Malformed("it could not be worked out"));
        let (peer, answer) = negotiation.await.unwrap_or_else(panicked)?;
        Ok((peer, candidates::with_tcp(answer, &inner.shard(event).by_tcp)))
    }

    fn order(&self, event: EventId, order: Order) {
        if let Some(inner) = self.0.get() {
            inner.shard(event).order(order);
        }
    }

    fn inner(&self) -> Result<&Inner, DoorError> {
        self.0.get().ok_or(DoorError::Closed)
    }
}

impl Inner {
    /// A room lives on one thread; the low bits of its id are random.
    fn shard(&self, event: EventId) -> &Shard {
        let index = event.0.as_u128() % self.shards.len() as u128;
        &self.shards[index as usize]
    }
}

/// How many threads forward media.
pub(crate) fn shards(config: &config::Media) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    config.shards.unwrap_or(cores.saturating_sub(1).max(1))
}

/// The sockets of one shard: UDP, and TCP on the same port number where it can be had.
fn open(port: u16) -> io::Result<(socket::Sockets, tcp::Listeners)> {
    let mut tries = FREE_PORT_TRIES;
    loop {
        let sockets = socket::Sockets::bind(port)?;
        match tcp::Listeners::bind(sockets.ports()) {
            Ok(listeners) => return Ok((sockets, listeners)),
            Err(_) if port == 0 && tries > 0 => tries -= 1,
            Err(error) => {
                tracing::warn!(%error, port, "media is not taken over TCP: whoever may not use UDP cannot come in");
                return Ok((sockets, tcp::Listeners::default()));
            }
        }
    }
}

/// Whoever needs no relay is not kept from the briefing by one that cannot start.
fn relay(port: u16, shards: &[Shard], clock: &Arc<dyn Clock>, streams: &CancellationToken) -> Option<Arc<turn::Relay>> {
    let doors = shards.iter().map(|shard| turn::Door {
        addresses: shard.addresses.clone(),
        tunnels: shard.tunnels.clone(),
    });
    turn::Relay::start(port, doors.collect(), clock.clone(), streams)
        .inspect_err(|error| tracing::warn!(%error, port, "the relay (TURN) cannot listen and stays off"))
        .ok()
}
