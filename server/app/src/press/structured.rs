//! JSON-LD (schema.org) for search engines and agencies: the same facts as on the page, in their words.

use crate::press::{
    dates,
    layout::Frame,
    public::{PublicEvent, PublicRecord},
};
use rostrum_domain::event::{Attendance, EventState};
use serde_json::{Value, json};

pub fn organisation(frame: &Frame<'_>) -> Value {
    json!({
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "name": frame.house(),
        "url": frame.absolute("/"),
    })
}

pub fn event(frame: &Frame<'_>, event: &PublicEvent) -> Value {
    let lang = frame.lang();
    let mut value = event_facts(frame, event);
    value["@context"] = json!("https://schema.org");
    value["description"] = json!(event.description.read(lang));
    value
}

/// The record as article, its recording as video.
pub fn record(frame: &Frame<'_>, event: &PublicEvent, record: &PublicRecord) -> Vec<Value> {
    let content = &record.content;
    let url = frame.absolute(&event.path);
    let title = content.event.title.read(frame.lang());
    let organisation = json!({ "@type": "GovernmentOrganization", "name": frame.house() });
    let article = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": content.languages,
        "datePublished": dates::iso(record.first_published_at()),
        "dateModified": dates::iso(record.edition.published_at),
        "version": record.edition.number,
        "author": organisation,
        "publisher": organisation,
        "isAccessibleForFree": true,
        "about": event_facts(frame, event),
        "correction": content
            .corrections
            .iter()
            .map(|correction| json!({
                "@type": "CorrectionComment",
                "datePublished": dates::iso(correction.at),
                "text": correction.text.read(frame.lang()),
            }))
            .collect::<Vec<_>>(),
    });
    let video = content.media.first().map(|media| {
        json!({
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": title,
            "description": title,
            "uploadDate": dates::iso(record.first_published_at()),
            "duration": format!("PT{}S", media.duration_ms.div_ceil(1000)),
            "contentUrl": format!("{}/media/{}/{}", frame.base, record.edition.id, media.name),
            "encodingFormat": media.media_type,
            "contentSize": media.bytes.to_string(),
            "sha256": media.sha256,
            "caption": { "@type": "MediaObject", "contentUrl": format!("{url}.vtt"), "encodingFormat": "text/vtt" },
            "recordedAt": { "@type": "Event", "name": title, "url": url, "startDate": dates::iso(event.starts_at) },
        })
    });
    [Some(article), video].into_iter().flatten().collect()
}

fn event_facts(frame: &Frame<'_>, event: &PublicEvent) -> Value {
    let url = frame.absolute(&event.path);
    let status = match event.state {
        EventState::Cancelled => "https://schema.org/EventCancelled",
        _ => "https://schema.org/EventScheduled",
    };
    let virtual_place = json!({ "@type": "VirtualLocation", "url": url });
    let place = json!({ "@type": "Place", "name": frame.house(), "address": frame.house() });
    let (mode, location) = match event.attendance {
        Attendance::Online => ("https://schema.org/OnlineEventAttendanceMode", json!([virtual_place])),
        Attendance::OnSite => ("https://schema.org/OfflineEventAttendanceMode", json!([place])),
        Attendance::Mixed => (
            "https://schema.org/MixedEventAttendanceMode",
            json!([place, virtual_place]),
        ),
    };
    json!({
        "@type": "Event",
        "name": event.title.read(frame.lang()),
        "url": url,
        "startDate": dates::iso(event.starts_at),
        "endDate": dates::iso(event.ends_at),
        "eventStatus": status,
        "eventAttendanceMode": mode,
        "location": location,
        "inLanguage": event.languages,
        "isAccessibleForFree": true,
        "organizer": { "@type": "GovernmentOrganization", "name": frame.house(), "url": frame.absolute("/") },
        "superEvent": {
            "@type": "EventSeries",
            "name": event.series_name.read(frame.lang()),
            "url": frame.absolute(&format!("/{}", event.series)),
        },
    })
}
