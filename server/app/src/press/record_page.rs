//! The published record: the picture beside the text, numbered exchanges with permalinks, the edition and its signature.
//! Rendered from the frozen edition only.

use crate::press::{
    dates,
    forms::{self, FORMS},
    layout::{Frame, Meta, page, text},
    public::{PublicEvent, PublicRecord},
    register,
    search_routes::percent,
    structured, waits,
    words::{Words, language_name},
};
use maud::{Markup, html};
use rostrum_domain::{
    publication::{Anchor, Block, Part, Record, Speaker, export::citation},
    question::Channel,
    transcript::SegmentKind,
};

/// `whole_address` is false on `/edition/2`, which points readers to the newest edition.
pub fn record_page(frame: &Frame<'_>, event: &PublicEvent, record: &PublicRecord, whole_address: bool) -> Markup {
    let (words, content) = (frame.words, &record.content);
    let title = content.event.title.read(frame.lang());
    let mut meta = Meta::page(
        if whole_address {
            event.path.clone()
        } else {
            format!("{}/edition/{}", event.path, record.edition.number)
        },
        format!("{title} — {}", words.record),
        opening(content),
    );
    meta.canonical = (!whole_address).then(|| event.path.clone());
    meta.index = record.edition.number == record.newest();
    meta.og_type = "article";
    meta.structured = structured::record(frame, event, record);
    meta.alternates = downloads(frame, event, record)
        .into_iter()
        .map(|(_, media_type, href, title)| (media_type, href, title))
        .collect();
    meta.alternates.push((
        "application/json+oembed",
        format!("/oembed?format=json&url={}", percent(&frame.absolute(&event.path))),
        title.to_owned(),
    ));
    let body = html! {
        article.record data-copy=(words.copy_quote) data-copied=(words.quote_copied)
            data-source={ (title) ", " (words.edition) " " (record.edition.number) } {
            div.heading {
                p.number {
                    a href=(frame.local(&format!("/{}", event.series))) { (text(frame, &content.event.series_name)) }
                    " · " (words.number) " " (content.event.number) "/" (content.event.year)
                }
                h1 { (text(frame, &content.event.title)) }
                p.when {
                    time datetime=(dates::iso(content.event.starts_at)) {
                        (dates::date_time(words, content.event.live_since.unwrap_or(content.event.starts_at), &content.event.zone))
                    }
                }
                @if record.edition.number < record.newest() {
                    div.notice role="note" {
                        p { (words.superseded.replace("{}", &record.newest().to_string())) " "
                            a href=(frame.local(&event.path)) { (words.newest_edition) } }
                    }
                }
                (corrections(frame, content))
            }
            div.sides {
                div.beside {
                    (picture(frame, event, record))
                    (outline(frame, content))
                }
                div.text { @for block in &content.blocks { (passage(frame, block, &content.event.zone)) } }
            }
            (foot(frame, event, record))
        }
    };
    page(frame, &meta, body)
}

/// Downloads as (label, media type, address, title).
fn downloads(
    frame: &Frame<'_>,
    event: &PublicEvent,
    record: &PublicRecord,
) -> Vec<(&'static str, &'static str, String, String)> {
    let words = frame.words;
    // The newest edition's forms are at the record's own address, an earlier one's at its own.
    let address = if record.edition.number == record.newest() {
        frame.local(&event.path)
    } else {
        format!("{}/edition/{}", frame.local(&event.path), record.edition.number)
    };
    let mut all: Vec<_> = FORMS
        .iter()
        .filter(|form| form.suffix != "pdf" || forms::has_paper(frame, record))
        .map(|form| {
            (
                form.label,
                form.media_type,
                format!("{address}.{}", form.suffix),
                (form.title)(words).to_owned(),
            )
        })
        .collect();
    all.push((
        "JSON",
        "application/json",
        format!("{address}.edition.json"),
        words.signed_file.to_owned(),
    ));
    for media in &record.content.media {
        all.push((
            "WebM",
            "video/webm",
            format!("/media/{}/{}", record.edition.id, media.name),
            words.video_file.to_owned(),
        ));
    }
    all
}

fn picture(frame: &Frame<'_>, event: &PublicEvent, record: &PublicRecord) -> Markup {
    let (words, content) = (frame.words, &record.content);
    html! {
        @match content.media.first() {
            Some(media) => {
                @let lang = content.main_language();
                video controls preload="metadata" playsinline
                    aria-label={ (words.recording) ": " (content.event.title.read(frame.lang())) }
                    width=[media.width] height=[media.height] {
                    // The fragment makes browsers show a picture before anybody plays it.
                    source src={ "/media/" (record.edition.id) "/" (media.name) "#t=0.1" } type=(media.media_type);
                    track kind="captions" default srclang=(lang) label=(language_name(lang))
                        src={ (frame.local(&event.path)) "/edition/" (record.edition.number) "/captions.vtt" };
                }
            }
            None => p.muted { (words.no_recording) },
        }
    }
}

fn outline(frame: &Frame<'_>, content: &Record) -> Markup {
    let words = frame.words;
    let entries: Vec<_> = content
        .blocks
        .iter()
        .filter_map(|block| block.anchor.map(|anchor| (anchor, block)))
        .filter(|(anchor, _)| anchor.run == 1 && anchor.part != Part::Answer)
        .collect();
    html! {
        @if !entries.is_empty() {
            nav.outline aria-labelledby="outline" {
                h2 #outline { (words.outline) }
                ol {
                    @for (anchor, block) in entries {
                        li {
                            a href={ "#" (anchor) } {
                                span.mark { (mark(anchor)) } " "
                                @match &block.title { Some(title) => (title), None => (speaker_line(words, &block.speaker, block.kind)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn passage(frame: &Frame<'_>, block: &Block, zone: &str) -> Markup {
    let words = frame.words;
    let class = match block.kind {
        SegmentKind::Remarks => "remarks",
        SegmentKind::Announcement => "announcement",
        SegmentKind::Question => "question",
        SegmentKind::Answer => "answer",
        SegmentKind::Procedure => "procedure",
        SegmentKind::StageNote => "stage-note",
    };
    let at = block.segments.first().map_or(0, |segment| segment.start_ms);
    let id = block
        .anchor
        .map_or_else(|| format!("t{at}"), |anchor| anchor.to_string());
    html! {
        section class={ "passage " (class) } data-at=(at) id=(id) {
            @if let Some(title) = &block.title { h2 { (title) } }
            h3 {
                @if let Some(anchor) = block.anchor {
                    a.mark href={ "#" (anchor) } title=(words.permalink) { (mark(anchor)) }
                    " "
                }
                (speaker(words, &block.speaker, block.kind))
                @if block.written.is_none() { span.at data-play=(words.play_from) { (dates::position(at)) } }
            }
            @if let Some(note) = channel(words, block.channel) { p.muted { (note) } }
            @if let Some(parent) = block.follows {
                @let (before, after) = words.follow_up_to.split_once("{}").unwrap_or_default();
                p.muted { (before) a href={ "#" (parent) } { (mark(parent)) } (after) }
            }
            @if !block.together.is_empty() {
                @let names: Vec<_> = block.together.iter().map(|one| speaker_line(words, one, block.kind)).collect();
                p.muted { (words.asked_together.replace("{}", &names.join("; "))) }
            }
            @if let Some(written) = block.written {
                p.muted { (words.written_on.replace("{}", &dates::date(words, written, zone))) }
            }
            @for segment in &block.segments {
                p lang=[(segment.language != words.lang).then_some(&segment.language)] { (segment.text) }
            }
        }
    }
}

fn foot(frame: &Frame<'_>, event: &PublicEvent, record: &PublicRecord) -> Markup {
    let (words, content) = (frame.words, &record.content);
    let totals = &content.totals;
    let counts = [
        (totals.received, words.received),
        (totals.called, words.called),
        (totals.answered, words.answered),
        (totals.taken, words.taken),
        (totals.declined, words.declined),
        (totals.withdrawn, words.withdrawn),
        (totals.not_reached, words.not_reached),
    ];
    let later = [
        (totals.answered_in_writing, words.answered_in_writing),
        (totals.closed_unanswered, words.closed_unanswered),
    ];
    let counts = counts
        .into_iter()
        .chain(later.into_iter().filter(|(count, _)| *count > 0));
    html! {
        div.foot {
            section aria-labelledby="edition" {
                h2 #edition { (words.edition) " " (record.edition.number) }
                p { (words.near_verbatim) }
                p { (words.helped(&content.machine_help)) }
                dl.facts {
                    div {
                        dt { (words.published_on) }
                        dd {
                            time datetime=(dates::iso(record.edition.published_at)) {
                                (dates::date_time(words, record.edition.published_at, &content.event.zone))
                            }
                        }
                    }
                    div { dt { (words.fingerprint) } dd { code { (record.edition.manifest_sha256) } } }
                    div {
                        dt { (words.signed_with) }
                        dd { a href={ "/keys/" (record.edition.key_id) ".pub" } { code { (record.edition.key_id) } } }
                    }
                }
                p { a href=(frame.local("/signatures")) { (words.how_to_check) } }
                @if record.editions.len() > 1 {
                    h3 { (words.earlier_editions) }
                    ul {
                        @for edition in &record.editions {
                            li {
                                a href={ (frame.local(&event.path)) "/edition/" (edition.number) } {
                                    (words.edition) " " (edition.number)
                                }
                                ", " (dates::date(words, edition.published_at, &content.event.zone))
                            }
                        }
                    }
                }
            }
            section aria-labelledby="downloads" {
                h2 #downloads { (words.downloads) }
                ul.downloads {
                    @for (label, media_type, href, title) in downloads(frame, event, record) {
                        li { a href=(href) type=(media_type) { (title) " (" (label) ")" } }
                    }
                }
            }
            section aria-labelledby="cite" {
                h2 #cite { (words.how_to_cite) }
                p.cite { (citation::line(&forms::released(frame, record), None)) }
            }
            section aria-labelledby="totals" {
                h2 #totals { (words.totals) }
                ul.totals { @for (count, what) in counts { li { strong { (count) } " " (what) } } }
                (waits::section(words, content.waits.as_ref()))
            }
        }
    }
}

fn corrections(frame: &Frame<'_>, content: &Record) -> Markup {
    let words = frame.words;
    html! {
        @if !content.corrections.is_empty() {
            section.notice aria-labelledby="corrections" {
                h2 #corrections { (words.corrections) }
                @for correction in content.corrections.iter().rev() {
                    p {
                        time datetime=(dates::iso(correction.at)) { (dates::date(words, correction.at, &content.event.zone)) }
                        " (" (words.edition) " " (correction.edition) "): " (text(frame, &correction.text)) " "
                        a href={ (frame.local("/corrections")) "#" (register::id(&content.event, correction.edition)) } {
                            (words.correction_was) " / " (words.correction_is)
                        }
                    }
                }
            }
        }
    }
}

fn speaker(words: &Words, speaker: &Speaker, kind: SegmentKind) -> Markup {
    match speaker {
        Speaker::House {
            name,
            office: Some(office),
        } => html! { span.name { (name) } ", " span.office { (office) } },
        Speaker::Press {
            name,
            outlet: Some(outlet),
        } => html! { span.name { (name) } ", " span.outlet { (outlet) } },
        _ => html! { span.name { (speaker_line(words, speaker, kind)) } },
    }
}

fn speaker_line(words: &Words, speaker: &Speaker, kind: SegmentKind) -> String {
    match speaker {
        Speaker::Asker => words.unnamed_asker.to_owned(),
        Speaker::Unknown if kind == SegmentKind::StageNote => String::new(),
        Speaker::Unknown => words.unknown_speaker.to_owned(),
        named => named.line(),
    }
}

fn channel(words: &Words, channel: Option<Channel>) -> Option<&'static str> {
    match channel? {
        Channel::WrittenAdvance => Some(words.channel_written),
        Channel::Message => Some(words.channel_message),
        Channel::LiveHand | Channel::SlotRequest => None,
    }
}

/// `Q7`, as people cite it.
fn mark(anchor: Anchor) -> String {
    anchor.to_string().to_uppercase()
}

/// The first words, for previews.
fn opening(content: &Record) -> String {
    content
        .segments()
        .next()
        .map(|(_, segment)| segment.text.clone())
        .unwrap_or_default()
}
