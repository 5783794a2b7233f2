//! Hundreds of synthetic browsers that cost next to nothing: real ICE, DTLS and SRTP keys, feedback as a browser sends it,
//! but of the media only headers are read and a sample is decrypted. A few threads drive them all, so that the server's
//! cost, not the crowd's, is what a run is limited by. Receives without GRO, as browsers do.

mod driver;
mod feedback;
mod link;
mod offer;
mod source;
mod viewer;

pub(super) use source::{Pictures, Programme};

use crate::{client::Grant, client::House, peer};
use anyhow::{Context, bail};
use driver::{Driver, Newcomer};
use link::{Identity, Link};
use source::Source;
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};
use tokio::{sync::oneshot, time::timeout};
use viewer::Viewer;

/// How long one connection may take before it is tried again. webrtc-rs's DTLS client may wait for ever when a datagram of
/// a handshake is lost or late, which browsers do not.
const PATIENCE: Duration = Duration::from_secs(5);
const TRIES: usize = 4;
/// Viewers look at their clocks this often; their packets are taken at once.
const VIEWERS_TICK: Duration = Duration::from_millis(20);
/// Publishers pace their packets in steps of this length, as browsers do.
const SOURCES_TICK: Duration = Duration::from_millis(5);
/// One viewer in so many decrypts every picture packet and tells how long it travelled.
const PROBE_EVERY: usize = 16;

/// What the crowd has seen; every number only grows.
#[derive(Default)]
pub(super) struct Tally {
    /// Media packets that arrived at viewers.
    pub packets: AtomicU64,
    /// Missing numbers in the streams that arrived.
    pub lost: AtomicU64,
    /// Packets of the sample that did not decrypt.
    pub forged: AtomicU64,
    /// Media packets that publishers sent.
    pub sent: AtomicU64,
    pub connected: AtomicU64,
    /// Milliseconds from a publisher's send to the kernel's receipt at a probe.
    delays: Mutex<Vec<f64>>,
}

impl Tally {
    pub fn packets(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub fn forged(&self) -> u64 {
        self.forged.load(Ordering::Relaxed)
    }

    /// The delays since the last call.
    pub fn take_delays(&self) -> Vec<f64> {
        std::mem::take(&mut *self.delays.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn delayed(&self, delays: &mut Vec<f64>) {
        if !delays.is_empty() {
            self.delays
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .append(delays);
        }
    }
}

/// Receive slots that a viewer offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    pub video: usize,
    pub audio: usize,
}

/// Dropping it ends the threads; the server learns it by consent.
pub(super) struct Crowd {
    identity: Identity,
    pub tally: Arc<Tally>,
    viewers: Vec<Sender<Newcomer>>,
    sources: Sender<Newcomer>,
    joined: AtomicUsize,
    ended: Arc<AtomicBool>,
}

impl Crowd {
    /// `threads` for the viewers, one more for the publishers.
    pub fn new(threads: usize) -> anyhow::Result<Self> {
        let tally = Arc::new(Tally::default());
        let ended = Arc::new(AtomicBool::new(false));
        let start = |name: String, tick| {
            let (newcomers, inbox) = channel();
            let driver = Driver::new(tick, inbox, tally.clone(), ended.clone())?;
            thread::Builder::new().name(name).spawn(move || driver.run())?;
            anyhow::Ok(newcomers)
        };
        let viewers = (0..threads.max(1)).map(|number| start(format!("crowd-{number}"), VIEWERS_TICK));
        Ok(Self {
            identity: Identity::new()?,
            viewers: viewers.collect::<Result<_, _>>()?,
            sources: start("crowd-sources".to_owned(), SOURCES_TICK)?,
            tally,
            joined: AtomicUsize::new(0),
            ended,
        })
    }

    /// Comes in at the WHEP door and returns when the keys are there, with the address that was told.
    pub async fn watch(&self, house: &House, grant: &Grant, slots: Slots) -> anyhow::Result<SocketAddr> {
        let number = self.joined.fetch_add(1, Ordering::Relaxed);
        let mut tries = 1;
        loop {
            match self.try_to_watch(number, house, grant, slots).await {
                Err(error) if tries < TRIES => {
                    tracing::debug!(%error, number, "a viewer tries again");
                    tries += 1;
                }
                settled => return settled,
            }
        }
    }

    async fn try_to_watch(
        &self,
        number: usize,
        house: &House,
        grant: &Grant,
        slots: Slots,
    ) -> anyhow::Result<SocketAddr> {
        let offer = offer::watching(&self.identity, slots);
        let (_, answer) = peer::knock(house, &grant.whep_url, &grant.whep_grant, &offer.sdp).await?;
        let answer = offer::Answer::read(&answer)?;
        let address = answer.candidate;
        let probe = number.is_multiple_of(PROBE_EVERY);
        let viewer = Viewer::new(probe, &answer);
        let thread = &self.viewers[number % self.viewers.len()];
        self.connect(thread, &offer, answer, driver::Part::Viewer(Box::new(viewer)))
            .await?;
        Ok(address)
    }

    /// Comes in at the WHIP door and sends the programme from then on.
    pub async fn publish(&self, house: &House, grant: &Grant, programme: Programme) -> anyhow::Result<()> {
        let token = grant.whip_grant.as_deref().context("a grant to publish")?;
        let streams = source::Streams::random();
        let offer = offer::publishing(&self.identity, &streams, programme.video());
        let address = format!("{}?kind=camera", grant.whip_url);
        let (_, answer) = peer::knock(house, &address, token, &offer.sdp).await?;
        let answer = offer::Answer::read(&answer)?;
        let source = Source::new(programme, streams);
        self.connect(&self.sources, &offer, answer, driver::Part::Source(Box::new(source)))
            .await
    }

    async fn connect(
        &self,
        thread: &Sender<Newcomer>,
        offer: &offer::Offer,
        answer: offer::Answer,
        part: driver::Part,
    ) -> anyhow::Result<()> {
        let socket = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        socket.connect(answer.candidate)?;
        socket.set_nonblocking(true)?;
        let link = Link::new(&self.identity, offer, &answer);
        let (up, connected) = oneshot::channel();
        let newcomer = Newcomer { socket, link, part, up };
        if thread.send(newcomer).is_err() {
            bail!("the crowd has gone home");
        }
        timeout(PATIENCE, connected)
            .await
            .context("the connection took too long")?
            .context("the connection failed")
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}
