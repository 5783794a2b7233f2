//! Numbered notices of one class: what changed since the last, serialised once for everybody, and kept for a while so that a
//! socket that dropped can go on where it was.

use crate::room::links::text;
use axum::extract::ws::Utf8Bytes;
use rostrum_domain::{
    room::view::{Section, ViewClass},
    signal::ServerMessage,
    time::Timestamp,
};
use std::collections::VecDeque;

/// Bytes of notices kept for those who come back. Higher: longer drops resume without a snapshot; lower: less memory per room.
const KEPT_BYTES: usize = 2 * 1024 * 1024;

pub struct Feed {
    class: ViewClass,
    number: u64,
    /// As last sent, by kind.
    shown: Vec<Section>,
    kept: VecDeque<(u64, Utf8Bytes)>,
    kept_bytes: usize,
}

impl Feed {
    /// Numbers begin at the time of the start, and apart for each class: a number from before a restart, or from another
    /// class, is never taken for one of this feed, and all stay below 2^53 for the web.
    pub fn new(class: ViewClass, now: Timestamp) -> Self {
        let apart = match class {
            ViewClass::Floor => 0,
            ViewClass::Team => 4_000_000_000_000_000,
        };
        let number = now.micros().clamp(0, 4_000_000_000_000_000).unsigned_abs() + apart;
        Self {
            class,
            number,
            shown: Vec::new(),
            kept: VecDeque::new(),
            kept_bytes: 0,
        }
    }

    pub fn class(&self) -> ViewClass {
        self.class
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    /// Everything this class is shown.
    pub fn shown(&self) -> &[Section] {
        &self.shown
    }

    /// Takes sections as they are now; the notice of those that changed, if any did.
    pub fn update(&mut self, sections: Vec<Section>) -> Option<Utf8Bytes> {
        let mut changed = Vec::new();
        for section in sections {
            let kind = std::mem::discriminant(&section);
            match self
                .shown
                .iter_mut()
                .find(|shown| std::mem::discriminant(*shown) == kind)
            {
                Some(shown) if *shown == section => continue,
                Some(shown) => *shown = section.clone(),
                None => self.shown.push(section.clone()),
            }
            changed.push(section);
        }
        if changed.is_empty() {
            return None;
        }
        self.number += 1;
        let notice = text(&ServerMessage::Notice {
            number: self.number,
            sections: changed,
        });
        self.keep(notice.clone());
        Some(notice)
    }

    /// The notices after `number`, or `None` when that is too long ago or not of this feed.
    pub fn since(&self, number: u64) -> Option<impl Iterator<Item = &Utf8Bytes>> {
        let oldest = self.kept.front().map_or(self.number + 1, |(number, _)| *number);
        (number <= self.number && number + 1 >= oldest).then(|| {
            self.kept
                .iter()
                .filter(move |(kept, _)| *kept > number)
                .map(|(_, notice)| notice)
        })
    }

    fn keep(&mut self, notice: Utf8Bytes) {
        self.kept_bytes += notice.as_str().len();
        self.kept.push_back((self.number, notice));
        while self.kept_bytes > KEPT_BYTES
            && let Some((_, oldest)) = self.kept.pop_front()
        {
            self.kept_bytes -= oldest.as_str().len();
        }
    }
}
