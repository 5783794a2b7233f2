use super::*;
use crate::{
    media::Direction::{Down, Up},
    person::Role,
    room::{
        command::Command,
        tests::{Briefing, chair, person},
    },
};

fn link(seat: SeatId, direction: Direction, health: LinkHealth) -> PeerLink {
    let kind = (direction == Up).then_some(SourceKind::Camera);
    PeerLink {
        seat,
        direction,
        kind,
        health,
    }
}

fn fine() -> LinkHealth {
    LinkHealth {
        bitrate: 900_000,
        height: Some(720),
        ..LinkHealth::default()
    }
}

fn lossy() -> LinkHealth {
    LinkHealth { loss: 0.2, ..fine() }
}

/// Live, with the spokesperson on stage.
fn stage() -> (Briefing, SeatId, SeatId) {
    let mut briefing = Briefing::live();
    let (speaker, viewer) = (person(11, Role::Spokesperson), person(31, Role::Journalist));
    let viewer = briefing.enter(&viewer);
    let seat = briefing.enter(&speaker);
    if briefing.room.roster().seat(seat).unwrap().zone != Zone::Stage {
        briefing.ok(&chair(), Command::Move { seat, to: Zone::Stage });
    }
    (briefing, seat, viewer)
}

#[test]
fn a_connection_is_called_by_its_worst_trouble() {
    assert_eq!(judge(Up, &fine()), (LinkState::Good, None));
    assert_eq!(judge(Up, &lossy()), (LinkState::Bad, Some(Trouble::Loss)));
    let slow = LinkHealth {
        rtt_ms: Some(400),
        ..fine()
    };
    assert_eq!(judge(Down, &slow), (LinkState::Weak, Some(Trouble::Delay)));
    let restless = LinkHealth { jitter_ms: 150, ..slow };
    assert_eq!(judge(Down, &restless), (LinkState::Bad, Some(Trouble::Jitter)));
    let still = LinkHealth { freezes: 1, ..fine() };
    assert_eq!(judge(Down, &still), (LinkState::Weak, Some(Trouble::Freezes)));
    assert_eq!(judge(Down, &LinkHealth::default()), (LinkState::Idle, None));
    assert_eq!(
        judge(Up, &LinkHealth::default()),
        (LinkState::Idle, Some(Trouble::Silence))
    );
}

#[test]
fn the_wall_shows_the_worst_first_and_counts_all() {
    let (briefing, on_stage, viewer) = stage();
    let mut board = Board::default();
    let delayed = LinkHealth {
        rtt_ms: Some(80),
        ..fine()
    };
    board.hear(
        briefing.now(),
        vec![
            link(on_stage, Up, fine()),
            link(on_stage, Down, delayed),
            link(viewer, Down, lossy()),
        ],
    );
    let wall = board.wall(&briefing.room);
    assert_eq!((wall.good, wall.weak, wall.bad, wall.idle), (2, 0, 1, 0));
    let order: Vec<(SeatId, Direction)> = wall.rows.iter().map(|row| (row.seat, row.direction)).collect();
    assert_eq!(order, [(viewer, Down), (on_stage, Up), (on_stage, Down)]);
    assert_eq!(wall.rows[1].health.rtt_ms, Some(80), "the way back tells the way there");
}

#[test]
fn who_has_left_is_on_the_wall_no_more() {
    let (briefing, on_stage, viewer) = stage();
    let (mut board, now) = (Board::default(), briefing.now());
    board.hear(now, vec![link(viewer, Down, fine())]);
    board.hear(now.saturating_add(STALE), vec![link(on_stage, Up, fine())]);
    let seats: Vec<SeatId> = board.wall(&briefing.room).rows.iter().map(|row| row.seat).collect();
    assert_eq!(seats, [on_stage]);
}

#[test]
fn the_alarm_waits_for_lasting_trouble_on_stage_and_goes_with_it() {
    let (briefing, on_stage, viewer) = stage();
    let (mut board, mut now) = (Board::default(), briefing.now());
    let mut second = |health: LinkHealth| {
        now = now.saturating_add(Duration::from_secs(1));
        assert!(board.hear(now, vec![link(on_stage, Up, health), link(viewer, Down, lossy())]));
        board.alarm(&briefing.room)
    };
    for _ in 0..4 {
        assert_eq!(second(lossy()), None);
    }
    assert_eq!(second(fine()), None, "a hiccup is over");
    for _ in 0..4 {
        assert_eq!(second(lossy()), None);
    }
    assert_eq!(second(lossy()), Some(Alarmed::Raised("Person 11".to_owned())));
    assert_eq!(second(lossy()), None, "said once");
    for _ in 0..9 {
        assert_eq!(second(fine()), None);
    }
    assert_eq!(second(fine()), Some(Alarmed::Cleared));
}

#[test]
fn several_threads_of_one_room_are_one_round() {
    let (briefing, on_stage, viewer) = stage();
    let (mut board, now) = (Board::default(), briefing.now());
    assert!(board.hear(now, vec![link(on_stage, Up, fine())]));
    assert!(!board.hear(
        now.saturating_add(Duration::from_millis(50)),
        vec![link(viewer, Down, fine())]
    ));
    assert_eq!(board.wall(&briefing.room).rows.len(), 2);
}
