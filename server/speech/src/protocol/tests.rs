use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn track() -> impl Strategy<Value = SourceId> {
    any::<u128>().prop_map(|bits| SourceId(Uuid::from_u128(bits)))
}

fn to_worker() -> impl Strategy<Value = ToWorker> {
    let term =
        (".{0,20}", prop::collection::vec(".{0,20}", 0..3)).prop_map(|(written, spoken)| Term { written, spoken });
    prop_oneof![
        (
            track(),
            "[a-z]{2}(-[A-Z]{2})?",
            prop::collection::vec(term, 0..4),
            any::<u32>()
        )
            .prop_map(|(track, lang, glossary, first_segment)| ToWorker::Open(OpenTrack {
                track,
                lang,
                glossary,
                first_segment
            })),
        (
            track(),
            any::<u16>(),
            any::<u32>(),
            any::<i64>(),
            prop::collection::vec(any::<u8>(), 0..1500)
        )
            .prop_map(
                |(track, sequence, rtp_timestamp, at, payload)| ToWorker::Packet(AudioPacket {
                    track,
                    sequence,
                    rtp_timestamp,
                    captured_at: Timestamp::from_micros(at),
                    payload,
                })
            ),
        track().prop_map(ToWorker::Flush),
        track().prop_map(ToWorker::Close),
    ]
}

fn from_worker() -> impl Strategy<Value = FromWorker> {
    prop_oneof![
        (".{0,20}", ".{0,20}").prop_map(|(engine, model)| FromWorker::Ready(EngineInfo {
            engine,
            model,
            languages: vec!["en".into()]
        })),
        ".{0,200}".prop_map(|why| FromWorker::Unavailable { why }),
        (track(), any::<u32>(), any::<i64>(), ".{0,200}", 0u32..200).prop_map(
            |(track, segment_no, at, text, stable_chars)| {
                FromWorker::Caption(CaptionEvent::Partial(Partial {
                    track,
                    segment_no,
                    revision: 3,
                    start: Timestamp::from_micros(at),
                    end: Timestamp::from_micros(at),
                    text,
                    stable_chars,
                }))
            }
        ),
        (track(), prop::option::of(any::<u32>()), any::<i64>(), ".{0,50}").prop_map(|(track, segment_no, at, why)| {
            let at = Timestamp::from_micros(at);
            FromWorker::Caption(CaptionEvent::Lost(Lost {
                track,
                segment_no,
                start: at,
                end: at,
                why,
            }))
        }),
        track().prop_map(|track| FromWorker::Caption(CaptionEvent::Closed { track })),
        ".{0,50}".prop_map(|message| FromWorker::Log {
            level: LogLevel::Warn,
            message
        }),
    ]
}

proptest! {
    #[test]
    fn what_the_server_says_arrives_unchanged(messages in prop::collection::vec(to_worker(), 0..8)) {
        prop_assert_eq!(round_trip(&messages), messages);
    }

    #[test]
    fn what_the_worker_says_arrives_unchanged(messages in prop::collection::vec(from_worker(), 0..8)) {
        prop_assert_eq!(round_trip(&messages), messages);
    }

    #[test]
    fn garbage_is_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = ToWorker::decode(&bytes);
        let _ = FromWorker::decode(&bytes);
        let _ = read::<ToWorker>(&mut bytes.as_slice());
    }

    #[test]
    fn a_cut_frame_is_truncated(message in to_worker(), keep in 0.0f64..1.0) {
        let mut frame = Vec::new();
        message.encode(&mut frame).unwrap();
        let kept = ((frame.len() as f64 * keep) as usize).clamp(1, frame.len() - 1);
        prop_assert!(matches!(read::<ToWorker>(&mut &frame[..kept]), Err(ProtocolError::Truncated)));
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_it_is_allocated() {
    let bytes = u32::MAX.to_le_bytes();
    assert!(matches!(
        read::<ToWorker>(&mut bytes.as_slice()),
        Err(ProtocolError::Size(_))
    ));
    assert!(matches!(
        read::<ToWorker>(&mut [0u8; 4].as_slice()),
        Err(ProtocolError::Size(0))
    ));
}

#[test]
fn too_large_a_packet_is_refused_and_leaves_the_buffer_as_it_was() {
    let packet = AudioPacket {
        track: SourceId(Uuid::nil()),
        sequence: 0,
        rtp_timestamp: 0,
        captured_at: Timestamp::default(),
        payload: vec![0; MAX_PAYLOAD + 1],
    };
    let mut frame = vec![7];
    assert!(matches!(
        ToWorker::Packet(packet).encode(&mut frame),
        Err(ProtocolError::Payload(_))
    ));
    assert_eq!(frame, [7]);
}

#[test]
fn too_long_a_glossary_is_refused() {
    let open = OpenTrack {
        track: SourceId(Uuid::nil()),
        lang: "en".into(),
        glossary: vec![Term {
            written: "x".repeat(MAX_FRAME),
            spoken: vec![],
        }],
        first_segment: 0,
    };
    let mut frame = Vec::new();
    assert!(matches!(
        ToWorker::Open(open).encode(&mut frame),
        Err(ProtocolError::Size(_))
    ));
    assert!(frame.is_empty());
}

fn round_trip<M: Message>(messages: &[M]) -> Vec<M> {
    let mut pipe = Vec::new();
    for message in messages {
        write(&mut pipe, message).unwrap();
    }
    let mut source = pipe.as_slice();
    std::iter::from_fn(|| read(&mut source).unwrap()).collect()
}
