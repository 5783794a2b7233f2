//! The recording thread: sorts packets to their takes, begins and ends them as the room says, watches the disk.

use super::{
    TapOwner,
    disk::{self, Space},
    index::{Entry, Index},
    queue::{Input, Queue},
    take::{Assembler, Captured, Take, path},
};
use crate::{
    room::RoomHandle,
    store::takes::{TakeMedia, TakeRow, TakeState},
};
use rostrum_domain::{
    id::{EventId, SourceId, TakeId},
    media::{TapCodec, TapPacket},
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often files are forced to disk. Longer: fewer writes; shorter: less lost when the power goes.
const SYNC: Duration = Duration::from_secs(1);
/// How often the disk is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The stable word of the alarm for a disk without room.
pub const DISK_FULL: &str = "disk_full";
/// The stable word of the alarm for a file that could not be written.
pub const RECORDER_STOPPED: &str = "recorder_stopped";

/// Writes what comes until it is stopped; `reserve` bytes of the disk are left free.
pub fn run(queue: &Queue, folder: &Path, reserve: u64, index: &Index, ids: impl Fn() -> TakeId) {
    if let Err(error) = std::fs::create_dir_all(folder) {
        // Each take tries again, and tells its room when it cannot be written.
        tracing::error!(%error, "the folder of recordings could not be made");
    }
    let mut thread = Thread {
        folder: folder.to_owned(),
        reserve,
        index: index.clone(),
        ids,
        rooms: BTreeMap::new(),
        space: Space::Enough,
    };
    let (mut synced, mut looked) = (Instant::now(), Instant::now());
    loop {
        for input in queue.take(SYNC) {
            match input {
                Input::Tapped { room, owners } => thread.tapped(room, owners),
                Input::Packet(event, packet) => thread.packet(event, packet),
                Input::Stop(done) => {
                    thread.end_all();
                    // Answered by the index, behind everything that was stored.
                    let _ = thread.index.send(Entry::Flush(done));
                    return;
                }
            }
        }
        if looked.elapsed() >= LOOK {
            thread.look();
            looked = Instant::now();
        }
        if synced.elapsed() >= SYNC {
            thread.sync();
            synced = Instant::now();
        }
    }
}

struct Thread<F> {
    folder: PathBuf,
    reserve: u64,
    index: Index,
    ids: F,
    rooms: BTreeMap<EventId, Room>,
    space: Space,
}

struct Room {
    handle: RoomHandle,
    owners: BTreeMap<SourceId, TapOwner>,
    tracks: BTreeMap<(SourceId, Medium), Track>,
}

/// Sound and picture of a source are apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Medium {
    Audio,
    Video,
}

struct Track {
    codec: TapCodec,
    assembler: Assembler,
    take: Option<(TakeId, Take)>,
}

impl<F: Fn() -> TakeId> Thread<F> {
    fn tapped(&mut self, handle: RoomHandle, owners: Vec<TapOwner>) {
        let event = handle.event();
        let room = self.rooms.entry(event).or_insert_with(|| Room {
            handle: handle.clone(),
            owners: BTreeMap::new(),
            tracks: BTreeMap::new(),
        });
        room.handle = handle;
        room.owners = owners.into_iter().map(|owner| (owner.source, owner)).collect();
        let gone: Vec<_> = room
            .tracks
            .keys()
            .copied()
            .filter(|(source, _)| !room.owners.contains_key(source))
            .collect();
        for key in gone {
            if let Some(track) = room.tracks.remove(&key) {
                end(track, &self.index);
            }
        }
        if self.space == Space::Low && !room.owners.is_empty() {
            room.handle.alarm(DISK_FULL, full());
        }
        if room.owners.is_empty() {
            self.rooms.remove(&event);
        }
    }

    fn packet(&mut self, event: EventId, packet: TapPacket) {
        // The room takes a source off the record before its last packets are here: those belong to nobody.
        let Some(room) = self.rooms.get_mut(&event) else { return };
        let Some(owner) = room.owners.get(&packet.source) else {
            return;
        };
        if self.space == Space::Low {
            return;
        }
        let medium = if packet.codec == TapCodec::Opus {
            Medium::Audio
        } else {
            Medium::Video
        };
        let key = (packet.source, medium);
        if room.tracks.get(&key).is_some_and(|track| track.codec != packet.codec)
            && let Some(track) = room.tracks.remove(&key)
        {
            end(track, &self.index);
        }
        let codec = packet.codec;
        let track = room.tracks.entry(key).or_insert_with(|| Track {
            codec,
            assembler: Assembler::new(codec),
            take: None,
        });
        for frame in track.assembler.push(packet) {
            if let Err(error) = write(track, frame, owner, event, &self.folder, &self.index, &self.ids) {
                tracing::error!(%error, %event, "a recording could not be written");
                if let Some((_, take)) = track.take.take() {
                    // What was written stays readable; recovery makes it whole at the next start.
                    drop(take);
                }
                if error.kind() == io::ErrorKind::StorageFull {
                    self.space = Space::Low;
                    room.handle.alarm(DISK_FULL, full());
                } else {
                    room.handle.alarm(
                        RECORDER_STOPPED,
                        "A recording could not be written. The next is tried by itself.".into(),
                    );
                }
                return;
            }
        }
    }

    fn look(&mut self) {
        let now = match disk::look(&self.folder, self.reserve, self.space) {
            Ok(space) => space,
            Err(error) => {
                tracing::warn!(%error, "the disk could not be looked at");
                return;
            }
        };
        if now == self.space {
            return;
        }
        self.space = now;
        for room in self.rooms.values_mut() {
            match now {
                Space::Low => {
                    // Whole files now, while there is room for their index.
                    for (_, track) in std::mem::take(&mut room.tracks) {
                        end(track, &self.index);
                    }
                    room.handle.alarm(DISK_FULL, full());
                }
                Space::Enough => room.handle.all_clear(DISK_FULL),
            }
        }
    }

    fn sync(&mut self) {
        for track in self.rooms.values_mut().flat_map(|room| room.tracks.values_mut()) {
            if let Some((_, take)) = &mut track.take
                && let Err(error) = take.sync()
            {
                tracing::error!(%error, "a recording could not be put on disk");
            }
        }
    }

    fn end_all(&mut self) {
        for (_, room) in std::mem::take(&mut self.rooms) {
            for (_, track) in room.tracks {
                end(track, &self.index);
            }
        }
    }
}

fn full() -> String {
    "The disk is nearly full: recording has stopped. The briefing goes on.".into()
}

fn write(
    track: &mut Track,
    frame: Captured,
    owner: &TapOwner,
    event: EventId,
    folder: &Path,
    index: &Index,
    ids: &impl Fn() -> TakeId,
) -> io::Result<()> {
    if frame.keyframe
        && let Some(format) = track.assembler.format(&frame)
    {
        if track.take.as_ref().is_some_and(|(_, take)| !take.takes(&format)) {
            close(track.take.take(), index);
        }
        if track.take.is_none() {
            let id = ids();
            let relative = path(event, id, track.codec);
            let take = Take::create(&folder.join(&relative), format, frame.at)?;
            // Nobody listens only while the server ends.
            let _ = index.send(Entry::Started(Box::new(TakeRow {
                id,
                event,
                source: owner.source,
                seat: owner.seat,
                person: owner.person,
                card: owner.card.clone(),
                source_kind: owner.kind,
                media: TakeMedia::of(track.codec),
                codec: track.codec,
                path: relative,
                start: take.start(),
                duration_ms: 0,
                bytes: 0,
                state: TakeState::Recording,
            })));
            track.take = Some((id, take));
        }
    }
    match &mut track.take {
        Some((_, take)) => take.write(frame),
        None => Ok(()),
    }
}

/// The source went away or off the record.
fn end(mut track: Track, index: &Index) {
    for frame in track.assembler.flush() {
        if let Some((_, take)) = &mut track.take
            && let Err(error) = take.write(frame)
        {
            tracing::error!(%error, "the end of a recording could not be written");
        }
    }
    close(track.take.take(), index);
}

fn close(take: Option<(TakeId, Take)>, index: &Index) {
    let Some((id, take)) = take else { return };
    match take.finish() {
        Ok(ended) => {
            let _ = index.send(Entry::Ended {
                take: id,
                duration_ms: ended.duration_ms,
                bytes: ended.bytes,
            });
        }
        // Left as it is: playable, and made whole at the next start.
        Err(error) => tracing::error!(%error, "a recording could not be finished"),
    }
}
