//! One room's share of a plane: its plan, who is connected, and what follows from both. Rooms share nothing.

pub(crate) mod allocate;
pub(crate) mod assign;
pub(crate) mod route;
pub(crate) mod speaker;
pub(crate) mod tap;

use rostrum_domain::{
    id::{SourceId, SubscriberId},
    media::{Audience, Plan},
};
use speaker::Speaker;
use std::{collections::BTreeMap, time::Instant};
use tap::Tap;

#[derive(Default)]
pub(crate) struct Room {
    pub plan: Plan,
    /// Connected publishers by their place in the plane.
    pub sources: BTreeMap<SourceId, usize>,
    /// Subscribers, connected or not, by their place in the plane.
    pub subscribers: BTreeMap<SubscriberId, usize>,
    pub speaker: Speaker,
    pub taps: BTreeMap<SourceId, Tap>,
    /// Somebody hears fewer sources than speak: who is loudest matters.
    pub crowded: bool,
    pub last_second: Option<Instant>,
}

impl Room {
    /// The audible sources of the floor.
    pub fn floor_audio(&self) -> impl Iterator<Item = SourceId> {
        let programme = self.plan.programmes.get(&Audience::Floor);
        programme
            .into_iter()
            .flat_map(|programme| programme.audio.iter().copied())
            .filter(|source| !self.plan.muted.contains(source))
    }
}
