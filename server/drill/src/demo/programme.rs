//! The demonstration's series and events, in the house's three languages.

use crate::office::now;
use rostrum_domain::{id::SeriesId, time::Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

const ZONE: &str = "Asia/Ho_Chi_Minh";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) fn series() -> Value {
    json!({
        "slug": "hop-bao",
        "name": {
            "vi": "Họp báo thường kỳ",
            "en": "Regular press briefing",
            "fr": "Point de presse régulier",
        },
        "languages": ["vi", "en", "fr"],
        "zone": ZONE,
        "cadence": "every second Thursday, 15:30",
        "numbering": "per_year",
        "asker_policy": "name_and_outlet",
        "rules": {
            "version": 1,
            "text": {
                "vi": "Cuộc họp báo được ghi, trừ khi chủ tọa nói khác. Mỗi người hỏi một câu và một câu hỏi tiếp. Xin nêu tên và cơ quan báo chí.",
                "en": "The briefing is on the record unless the chair says otherwise. One question and one follow-up each. Please give your name and outlet.",
                "fr": "Le point de presse est enregistré, sauf indication contraire de la présidence. Une question et une relance chacun. Merci d'indiquer votre nom et votre média.",
            },
            "follow_ups": 1,
            "exchange_seconds": 120,
        },
        "caption_language": "en",
        "retention_days": null,
    })
}

struct Plan<'a> {
    title: [&'a str; 3],
    description: [&'a str; 3],
    start: Timestamp,
    registration_open: Duration,
}

fn event(series: SeriesId, plan: &Plan<'_>) -> Value {
    let texts = |[vi, en, fr]: [&str; 3]| json!({ "vi": vi, "en": en, "fr": fr });
    let end = plan.start.saturating_add(HOUR);
    json!({
        "series": series,
        "title": texts(plan.title),
        "description": texts(plan.description),
        "starts_at": plan.start,
        "ends_at": end,
        "zone": ZONE,
        "languages": ["vi", "en", "fr"],
        "caption_language": "en",
        "attendance": "online",
        "registration_closes_at": plan.start.saturating_add(plan.registration_open),
        "questions_close_at": end,
    })
}

/// Is held as soon as the demonstration is made, so that there is a record.
pub(super) fn past(series: SeriesId) -> Value {
    let plan = Plan {
        title: [
            "Về một thời đại",
            "On an age of wisdom and of foolishness",
            "Sur une époque de sagesse et de folie",
        ],
        description: [
            "Người phát ngôn trình bày và trả lời câu hỏi.",
            "The spokesperson makes a statement and takes questions.",
            "La porte-parole fait une déclaration et répond aux questions.",
        ],
        start: now().saturating_add(Duration::from_secs(60)),
        registration_open: HOUR,
    };
    event(series, &plan)
}

/// Is live for as long as the demonstration runs.
pub(super) fn live(series: SeriesId) -> Value {
    let plan = Plan {
        title: ["Họp báo đang diễn ra", "Today's briefing", "Le point de presse du jour"],
        description: [
            "Trực tiếp, với người phát ngôn và bốn nhà báo được mô phỏng. Giọng nói là bản ghi thật.",
            "Live, with a synthetic spokesperson and four synthetic journalists. The voices are recorded human speech.",
            "En direct, avec une porte-parole et quatre journalistes simulés. Les voix sont de vrais enregistrements.",
        ],
        start: now().saturating_add(Duration::from_secs(120)),
        registration_open: HOUR,
    };
    event(series, &plan)
}

/// In about nine days, at 15:30 in Hà Nội.
pub(super) fn upcoming(series: SeriesId) -> Value {
    let plan = Plan {
        title: [
            "Họp báo thường kỳ kế tiếp",
            "The next regular briefing",
            "Le prochain point de presse",
        ],
        description: [
            "Đăng ký đến một giờ trước giờ bắt đầu; câu hỏi gửi trước được ưu tiên xếp lịch.",
            "Registration closes at the start; questions sent in advance help us to prepare.",
            "Inscriptions jusqu'au début; les questions envoyées à l'avance nous aident à préparer.",
        ],
        start: afternoon_in(9),
        registration_open: Duration::ZERO,
    };
    event(series, &plan)
}

/// Not announced yet.
pub(super) fn draft(series: SeriesId) -> Value {
    let plan = Plan {
        title: [
            "Họp báo cuối năm",
            "Year-end briefing",
            "Point de presse de fin d'année",
        ],
        description: ["Bản nháp.", "A draft.", "Un brouillon."],
        start: afternoon_in(23),
        registration_open: Duration::ZERO,
    };
    event(series, &plan)
}

/// 15:30 in Hà Nội (UTC+7, no daylight saving time) so many days from now.
fn afternoon_in(days: u32) -> Timestamp {
    let day = DAY.as_micros() as i64;
    let today = now().micros().div_euclid(day) * day;
    Timestamp::from_micros(today).saturating_add(DAY * days + Duration::from_secs(8 * 3600 + 30 * 60))
}
