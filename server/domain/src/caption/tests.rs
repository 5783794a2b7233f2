use super::*;
use proptest::prelude::*;

fn heading() -> Heading {
    Heading {
        title: "Briefing no. 22 --> 23".into(),
        source: "https://press.example/en/hop-bao/2026/22".into(),
        edition: "Edition 1".into(),
        note: "Checked by people".into(),
    }
}

fn spoken(start_ms: u64, length: u64, voice: &str, text: &str) -> Spoken {
    Spoken {
        start_ms,
        end_ms: start_ms + length,
        voice: voice.into(),
        language: "en".into(),
        text: text.into(),
    }
}

#[test]
fn webvtt_names_voice_and_edition() {
    let vtt = webvtt(
        &heading(),
        &cues(&[spoken(61_500, 2_000, "Mai Trần, A&B", "Is 1 < 2?")]),
    );
    assert_eq!(
        vtt,
        "WEBVTT - Briefing no. 22 → 23\n\nNOTE\nhttps://press.example/en/hop-bao/2026/22\nEdition 1\nChecked by people\n\n\
         1\n00:01:01.500 --> 00:01:03.500\n<v Mai Trần, A&amp;B>Is 1 &lt; 2?\n"
    );
}

#[test]
fn subrip_names_the_speaker_on_change_only() {
    let pieces = [
        spoken(0, 1000, "Mai", "One."),
        spoken(1000, 1000, "Mai", "Two."),
        spoken(2000, 1000, "Lan", "Three."),
    ];
    let srt = subrip(&cues(&pieces));
    assert_eq!(srt.matches("Mai:").count(), 1);
    assert_eq!(srt.matches("Lan:").count(), 1);
    assert!(srt.starts_with("1\r\n00:00:00,000 --> 00:00:01,000\r\nMai:\r\nOne.\r\n\r\n2\r\n"));
}

#[test]
fn vietnamese_is_counted_in_characters_not_bytes() {
    let text = "Việt Nam kiên quyết bảo vệ chủ quyền và đề nghị các bên tôn trọng luật pháp quốc tế";
    let lines = lay_out(text);
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.chars().count() <= MAX_LINE));
}

/// A reader written from the specification, independent of the writer.
fn read_vtt(vtt: &str) -> Vec<(u64, u64, String, String)> {
    let mut blocks = vtt.split("\n\n");
    assert!(blocks.next().is_some_and(|head| head.starts_with("WEBVTT")));
    blocks
        .filter(|block| !block.starts_with("NOTE"))
        .map(|block| {
            let mut lines = block.trim_end().lines();
            let _number = lines.next();
            let (start, end) = lines
                .next()
                .and_then(|timing| timing.split_once(" --> "))
                .expect("timing");
            let body = lines.collect::<Vec<_>>().join("\n");
            let (voice, text) = body
                .strip_prefix("<v ")
                .and_then(|body| body.split_once('>'))
                .expect("voice");
            (ms(start, '.'), ms(end, '.'), unescape(voice), unescape(text))
        })
        .collect()
}

fn read_srt(srt: &str) -> Vec<(u64, u64, String)> {
    srt.split("\r\n\r\n")
        .filter(|block| !block.is_empty())
        .map(|block| {
            let mut lines = block.split("\r\n");
            let _number = lines.next();
            let (start, end) = lines
                .next()
                .and_then(|timing| timing.split_once(" --> "))
                .expect("timing");
            (ms(start, ','), ms(end, ','), lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

fn ms(time: &str, point: char) -> u64 {
    let (clock, rest) = time.split_once(point).expect("milliseconds");
    let seconds = clock
        .split(':')
        .fold(0, |sum, part| sum * 60 + part.parse::<u64>().expect("number"));
    seconds * 1000 + rest.parse::<u64>().expect("number")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

proptest! {
    /// No word is lost or changed on the way through either format; cues are in order and fit the screen.
    #[test]
    fn captions_read_back(pieces in prop::collection::vec(
        (0u64..5_000_000, 1u64..60_000, "[A-Za-zĐêớ&<>]{1,12}", prop::collection::vec("[A-Za-z<>&'éọ.,-]{1,14}", 1..60)), 1..12)) {
        let spoken: Vec<Spoken> = pieces.iter().enumerate()
            .map(|(n, (start, length, voice, words))| spoken(*start, *length, &format!("{voice}{n}"), &words.join(" ")))
            .collect();
        let cues = cues(&spoken);
        prop_assert!(cues.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
        for cue in &cues {
            prop_assert!(cue.start_ms < cue.end_ms);
            prop_assert!(cue.lines.len() <= MAX_LINES);
            prop_assert!(cue.lines.iter().all(|line| line.chars().count() <= MAX_LINE || !line.contains(' ')));
        }

        let vtt = read_vtt(&webvtt(&heading(), &cues));
        for piece in &spoken {
            let read: Vec<&str> = vtt.iter().filter(|cue| cue.2 == piece.voice).flat_map(|cue| cue.3.split_whitespace()).collect();
            prop_assert_eq!(read, piece.text.split_whitespace().collect::<Vec<_>>());
        }
        prop_assert_eq!(
            vtt.iter().map(|cue| (cue.0, cue.1)).collect::<Vec<_>>(),
            cues.iter().map(|cue| (cue.start_ms, cue.end_ms)).collect::<Vec<_>>()
        );

        let srt = read_srt(&subrip(&cues));
        prop_assert_eq!(srt.len(), cues.len());
        for (read, cue) in srt.iter().zip(&cues) {
            prop_assert_eq!((read.0, read.1), (cue.start_ms, cue.end_ms));
            prop_assert!(read.2.ends_with(&cue.lines.join("\n").replace("-->", "→")));
        }
    }
}
