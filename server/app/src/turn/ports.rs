//! Names of open relays: port numbers that stand for nothing outside this process, each given once at a time, so many per
//! user name and in all.

use rand::random;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Relays of one set of credentials. A browser opens one for each network, transport and connection.
const EACH: usize = 16;
/// Relays in all.
const ALL: usize = 4096;
/// As TURN servers use; any would do.
const FIRST: u16 = 49_152;

#[derive(Default)]
pub struct Ports(Mutex<HashMap<u16, String>>);

impl Ports {
    /// `None`: this user, or everybody together, has enough.
    pub fn take(self: &Arc<Self>, username: &str) -> Option<Port> {
        let mut taken = self.lock();
        let own = taken.values().filter(|owner| *owner == username).count();
        if own >= EACH || taken.len() >= ALL {
            return None;
        }
        let start = random::<u16>() | FIRST;
        let number = (start..=u16::MAX)
            .chain(FIRST..start)
            .find(|number| !taken.contains_key(number))?;
        taken.insert(number, username.to_owned());
        metrics::gauge!("rostrum_turn_allocations").set(taken.len() as f64);
        Some(Port {
            number,
            ports: self.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u16, String>> {
        // One insertion or removal each: whatever panicked left the table whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Given back when dropped.
pub struct Port {
    pub number: u16,
    ports: Arc<Ports>,
}

impl Drop for Port {
    fn drop(&mut self) {
        let mut taken = self.ports.lock();
        taken.remove(&self.number);
        metrics::gauge!("rostrum_turn_allocations").set(taken.len() as f64);
    }
}
