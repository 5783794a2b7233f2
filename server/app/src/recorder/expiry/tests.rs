use super::expire;
use crate::{
    http::testing::House,
    store::takes::{self, TakeMedia, TakeRow, TakeState},
};
use rostrum_domain::{
    id::{EventId, PersonId, SeatId, SourceId, TakeId},
    media::{SourceKind, TapCodec},
    person::{NameCard, Role},
    time::Timestamp,
};
use std::path::Path;
use uuid::Uuid;

const DAY: i64 = 24 * 3600 * 1_000_000;

async fn record(house: &House, event: EventId, n: u128, days_ago: i64) -> TakeId {
    let take = TakeRow {
        id: TakeId(Uuid::from_u128(n)),
        event,
        source: SourceId(Uuid::from_u128(n)),
        seat: SeatId(Uuid::from_u128(n)),
        person: PersonId(Uuid::from_u128(n)),
        card: NameCard::default(),
        source_kind: SourceKind::Camera,
        media: TakeMedia::Audio,
        codec: TapCodec::Opus,
        path: format!("{n}.webm").into(),
        start: Timestamp(house.app.now().micros() - days_ago * DAY),
        duration_ms: 10,
        bytes: 10,
        state: TakeState::Finished,
    };
    let folder = house.app.config.data_dir.join("takes");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(&take.path), b"sound").expect("a file");
    let mut tx = house.app.db.begin().await.expect("a transaction");
    takes::insert(&mut tx, &take).await.expect("a row");
    tx.commit().await.expect("committed");
    take.id
}

async fn kept(house: &House, event: EventId) -> Vec<TakeId> {
    let mut reader = house.app.db.read().await.expect("a connection");
    let rows = takes::of_event(&mut reader, event).await.expect("rows");
    rows.into_iter().map(|row| row.id).collect()
}

fn file(house: &House, n: u128) -> bool {
    Path::new(&house.app.config.data_dir)
        .join("takes")
        .join(format!("{n}.webm"))
        .exists()
}

#[tokio::test]
async fn recordings_go_after_the_days_of_the_house_and_never_without_a_rule() {
    for (days, expected) in [(Some(30), 1), (None, 0)] {
        let house = House::with(|config| config.retention.takes_days = days).await;
        let officer = house.one(Role::Officer).await;
        let (_, event) = house.announced(&officer).await;
        let event: EventId = event.parse().expect("an id");
        let old = record(&house, event, 1, 31).await;
        let young = record(&house, event, 2, 29).await;
        assert_eq!(expire(&house.app).await.expect("run"), expected);
        let wanted = if expected == 1 { vec![young] } else { vec![old, young] };
        assert_eq!(kept(&house, event).await, wanted);
        assert_eq!((file(&house, 1), file(&house, 2)), (expected == 0, true));
        assert_eq!(expire(&house.app).await.expect("run again"), 0);
    }
}
