//! The worker's side of the pipe, with an engine that does what the test says: queues, times, honesty about loss.

use crate::support::{START, Speech, track};
use rostrum_speech::{
    engine::{Caps, ClipRecognizer, EngineError, Hints, Hypothesis},
    glossary::Term,
    protocol::{CaptionEvent, Final, FromWorker, OpenTrack, ProtocolError, ToWorker, read, write},
    worker::{WorkerError, serve},
};
use std::{
    io::{PipeReader, PipeWriter},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
};

type Answer = Box<dyn FnMut(&[f32]) -> Result<String, EngineError> + Send>;

struct Scripted {
    caps: Caps,
    answer: Answer,
}

impl ClipRecognizer for Scripted {
    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn recognize(&mut self, pcm: &[f32], _: &str, _: &Hints<'_>) -> Result<Hypothesis, EngineError> {
        (self.answer)(pcm).map(|text| Hypothesis {
            text,
            confidence: Some(0.5),
        })
    }
}

/// A worker on a thread and both ends of its pipes.
struct Running {
    input: Option<PipeWriter>,
    output: PipeReader,
    worker: JoinHandle<Result<(), WorkerError>>,
}

impl Running {
    fn start(answer: impl FnMut(&[f32]) -> Result<String, EngineError> + Send + 'static) -> Self {
        let caps = Caps {
            engine: "scripted".into(),
            model: "test".into(),
            languages: vec!["en".into()],
            punctuates: false,
            leaves_host: false,
        };
        let engine = Scripted {
            caps,
            answer: Box::new(answer),
        };
        let (worker_input, input) = std::io::pipe().unwrap();
        let (output, worker_output) = std::io::pipe().unwrap();
        let worker = thread::spawn(move || serve(worker_input, worker_output, vec![Box::new(engine)]));
        let mut running = Self {
            input: Some(input),
            output,
            worker,
        };
        assert!(matches!(running.next(), Some(FromWorker::Ready(info)) if info.engine == "scripted"));
        running
    }

    fn say(&mut self, message: ToWorker) {
        write(self.input.as_mut().expect("the pipe is open"), &message).unwrap();
    }

    fn open(&mut self, first_segment: u32) {
        let glossary = vec![Term {
            written: "Rostrum".into(),
            spoken: vec!["roster um".into()],
        }];
        self.say(ToWorker::Open(OpenTrack {
            track: track(1),
            lang: "en-US".into(),
            glossary,
            first_segment,
        }));
    }

    fn speak(&mut self, name: &str, at: i64) {
        for packet in Speech::load(name).track(track(1), at) {
            self.say(ToWorker::Packet(packet));
        }
    }

    fn next(&mut self) -> Option<FromWorker> {
        read(&mut self.output).expect("the worker speaks the protocol")
    }

    /// Ends the input and gives all captions until the worker has ended.
    fn finish(mut self) -> Vec<CaptionEvent> {
        self.input = None;
        let captions = std::iter::from_fn(|| self.next())
            .filter_map(|message| {
                if let FromWorker::Caption(event) = message {
                    Some(event)
                } else {
                    None
                }
            })
            .collect();
        self.worker.join().expect("no panic").expect("a clean end");
        captions
    }
}

fn finals(captions: &[CaptionEvent]) -> Vec<&Final> {
    captions
        .iter()
        .filter_map(|event| {
            if let CaptionEvent::Final(done) = event {
                Some(done)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn captions_carry_the_times_at_which_the_words_were_spoken() {
    let mut running = Running::start(|_| Ok("roster um is here".into()));
    running.open(7);
    running.speak("journalist-a-1", START);
    let captions = running.finish();
    let done = finals(&captions);
    let [first] = done[..] else {
        panic!("one sentence, not {done:?}")
    };
    assert_eq!(
        (first.segment_no, first.text.as_str(), first.confidence),
        (7, "Rostrum is here", Some(0.5))
    );
    assert_eq!((first.engine.as_str(), first.model.as_str()), ("scripted", "test"));
    // The recording begins with 0.4 s of silence, is 7.1 s of reading, and ends with 0.6 s of silence.
    let spoken = (first.start.micros() - START, first.end.micros() - START);
    assert!((0..700_000).contains(&spoken.0), "{spoken:?}");
    assert!((6_900_000..8_200_000).contains(&spoken.1), "{spoken:?}");
    assert_eq!(captions.last(), Some(&CaptionEvent::Closed { track: track(1) }));
}

#[test]
fn partial_captions_rise_in_revision_and_end_in_the_final_one() {
    let mut running = Running::start(|pcm| Ok(["one", "two", "three"][..(pcm.len() / 32_000).min(3)].join(" ")));
    running.open(0);
    running.speak("journalist-a-1", START);
    let captions = running.finish();
    let mut revision = None;
    for event in &captions {
        match event {
            CaptionEvent::Partial(partial) => {
                assert!(revision < Some(partial.revision));
                assert!(partial.stable_chars as usize <= partial.text.len());
                revision = Some(partial.revision);
            }
            CaptionEvent::Final(done) => assert!(revision < Some(done.revision)),
            CaptionEvent::Closed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(finals(&captions).len(), 1);
}

#[test]
fn a_speaker_whose_packets_stop_is_written_down_without_anybody_asking() {
    let mut running = Running::start(|pcm| Ok(format!("{} samples", pcm.len())));
    running.open(0);
    // Stops in the middle of a word.
    for packet in Speech::load("journalist-a-1")
        .track(track(1), START)
        .into_iter()
        .take(150)
    {
        running.say(ToWorker::Packet(packet));
    }
    let done = std::iter::from_fn(|| running.next()).find_map(|message| match message {
        FromWorker::Caption(CaptionEvent::Final(done)) => Some(done),
        _ => None,
    });
    let done = done.expect("the words came by themselves");
    assert_eq!(done.end.micros(), START + 3_000_000);
    assert_eq!(running.finish(), [CaptionEvent::Closed { track: track(1) }]);
}

#[test]
fn when_the_engine_is_stuck_partials_are_given_up_first_then_the_oldest_words_and_that_is_said() {
    let (release, held): (_, Receiver<()>) = mpsc::channel();
    // Answers nothing until the test drops its end.
    let mut running = Running::start(move |_| {
        let _ = held.recv();
        Ok("words".into())
    });
    running.open(0);
    let sentences = 40;
    for n in 0..sentences {
        running.speak("journalist-a-2", START + n * 20_000_000);
        running.say(ToWorker::Flush(track(1)));
    }
    let FromWorker::Caption(CaptionEvent::Lost(first)) = running.next().expect("a loss") else {
        panic!("not a loss")
    };
    assert_eq!(first.why, "the speech engine could not keep up");
    drop(release);
    let captions = running.finish();
    let mut numbers: Vec<u32> = finals(&captions).iter().map(|done| done.segment_no).collect();
    let lost = captions.iter().filter_map(|event| match event {
        CaptionEvent::Lost(lost) => lost.segment_no,
        _ => None,
    });
    numbers.extend(lost.chain(first.segment_no));
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (0..numbers.len() as u32).collect::<Vec<_>>(),
        "every segment ends once: in words or as lost"
    );
    assert!(numbers.len() >= sentences as usize);
}

#[test]
fn an_engine_that_fails_or_panics_on_a_clip_loses_that_clip_only() {
    let sentence = Arc::new(AtomicU32::new(0));
    let now = Arc::clone(&sentence);
    let mut running = Running::start(move |_| match now.load(Ordering::SeqCst) {
        0 => panic!("as native code might"),
        1 => Err(EngineError::Run("a bad clip".into())),
        _ => Ok("fine".into()),
    });
    running.open(0);
    let mut ends = Vec::new();
    for n in 0..3 {
        sentence.store(n, Ordering::SeqCst);
        running.speak("journalist-a-1", START + i64::from(n) * 20_000_000);
        running.say(ToWorker::Flush(track(1)));
        ends.push(loop {
            match running.next().expect("the worker lives") {
                FromWorker::Caption(CaptionEvent::Lost(lost)) => break lost.why,
                FromWorker::Caption(CaptionEvent::Final(done)) => break done.text,
                FromWorker::Caption(CaptionEvent::Partial(_)) | FromWorker::Log { .. } => {}
                other => panic!("{other:?}"),
            }
        });
    }
    assert!(
        ends[0].contains("panicked") && ends[1].contains("a bad clip"),
        "{ends:?}"
    );
    assert_eq!(ends[2], "fine");
}

#[test]
fn a_track_closed_and_opened_again_keeps_both_lives_apart_and_goes_on_numbering() {
    let mut running = Running::start(|_| Ok("words".into()));
    for at in [START, START + 30_000_000] {
        running.open(0);
        running.speak("journalist-a-1", at);
        running.say(ToWorker::Close(track(1)));
    }
    let captions = running.finish();
    assert_eq!(
        finals(&captions).iter().map(|done| done.segment_no).collect::<Vec<_>>(),
        [0, 1]
    );
    let closed = captions
        .iter()
        .filter(|event| matches!(event, CaptionEvent::Closed { .. }))
        .count();
    assert_eq!(closed, 2);
}

#[test]
fn a_language_that_the_engine_does_not_know_is_said_and_not_guessed() {
    let mut running = Running::start(|_| panic!("it must not be asked"));
    running.say(ToWorker::Open(OpenTrack {
        track: track(1),
        lang: "vi-VN".into(),
        glossary: vec![],
        first_segment: 0,
    }));
    running.speak("journalist-a-2", START);
    assert_eq!(
        running.finish(),
        [CaptionEvent::Unsupported {
            track: track(1),
            lang: "vi-VN".into()
        }]
    );
}

#[test]
fn nonsense_from_the_server_ends_the_worker_with_a_reason() {
    let mut running = Running::start(|_| Ok(String::new()));
    std::io::Write::write_all(running.input.as_mut().unwrap(), &[2, 0, 0, 0, 99, 0]).unwrap();
    let ended = running.worker.join().expect("no panic");
    assert!(
        matches!(ended, Err(WorkerError::Input(ProtocolError::Kind(99)))),
        "{ended:?}"
    );
}
