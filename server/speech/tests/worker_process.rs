//! The client and a real worker process with the real engine, end to end: this program starts itself as the worker.

#[path = "support/mod.rs"]
mod support;

use rostrum_domain::id::SourceId;
use rostrum_speech::{
    client::{SpeechClient, SpeechStatus, WorkerCommand},
    protocol::CaptionEvent,
    wer::word_errors,
    worker::{WorkerConfig, run},
};
use rustix::{
    event::{PollFd, PollFlags, poll},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open},
};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
    time::Duration,
};
use support::{START, Speech, model_dir, track};
use tokio::sync::mpsc::Receiver;

const WORKER: &str = "--as-speech-worker";
/// Nothing here takes this long; it ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(180);

type Test = fn() -> Pin<Box<dyn Future<Output = ()>>>;

const TESTS: &[(&str, Test)] = &[
    ("two_voices_at_once_stay_apart", || {
        Box::pin(two_voices_at_once_stay_apart())
    }),
    ("a_killed_worker_comes_back_and_goes_on", || {
        Box::pin(a_killed_worker_comes_back_and_goes_on())
    }),
    ("the_worker_ends_with_its_client", || {
        Box::pin(the_worker_ends_with_its_client())
    }),
    ("a_missing_model_is_named", || Box::pin(a_missing_model_is_named())),
    ("a_broken_runtime_library_is_named", || {
        Box::pin(a_broken_runtime_library_is_named())
    }),
    ("a_program_that_is_not_there_is_named", || {
        Box::pin(a_program_that_is_not_there_is_named())
    }),
];

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == WORKER) {
        return worker(&args);
    }
    let wanted: Vec<String> = args
        .into_iter()
        .filter_map(|arg| arg.into_string().ok())
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    for (name, test) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        println!("test {name} ...");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        // A failed assertion panics and ends the program with its message and a failure.
        runtime
            .block_on(async { tokio::time::timeout(PATIENCE, test()).await })
            .expect("the test hangs");
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

fn worker(args: &[OsString]) -> ExitCode {
    let config = WorkerConfig {
        model_dir: PathBuf::from(&args[1]),
        library: args.get(2).map(PathBuf::from),
        threads: None,
    };
    match run(std::io::stdin(), std::io::stdout(), config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn command(model_dir: &Path, library: Option<&Path>) -> WorkerCommand {
    let mut args: Vec<OsString> = vec![WORKER.into(), model_dir.into()];
    args.extend(library.map(OsString::from));
    WorkerCommand {
        program: std::env::current_exe().expect("this program"),
        args,
        env: vec![],
    }
}

async fn ready(client: &SpeechClient) {
    let mut status = client.status();
    let now = status
        .wait_for(|now| matches!(now, SpeechStatus::Ready(_) | SpeechStatus::Unavailable { .. }))
        .await;
    let now = now.expect("the client lives").clone();
    assert!(
        matches!(&now, SpeechStatus::Ready(info) if info.engine == "moonshine"),
        "{now:?}"
    );
}

async fn unavailable(client: &SpeechClient) -> String {
    let mut status = client.status();
    let now = status
        .wait_for(|now| *now != SpeechStatus::Starting)
        .await
        .expect("the client lives")
        .clone();
    match now {
        SpeechStatus::Unavailable { why } => why,
        other => panic!("{other:?}"),
    }
}

/// All captions until these tracks are closed.
async fn until_closed(events: &mut Receiver<CaptionEvent>, tracks: &[SourceId]) -> Vec<CaptionEvent> {
    let mut seen = Vec::new();
    let mut closed = 0;
    while closed < tracks.len() {
        let event = events.recv().await.expect("more captions");
        closed += usize::from(matches!(&event, CaptionEvent::Closed { track } if tracks.contains(track)));
        seen.push(event);
    }
    seen
}

async fn two_voices_at_once_stay_apart() {
    let Some(folder) = model_dir() else { return };
    let (client, mut events) = SpeechClient::spawn(command(&folder, None));
    let voices = [
        ("spokesperson-1", track(1), START),
        ("journalist-b-1", track(2), START + 1_000_000),
    ];
    let mut packets = Vec::new();
    for (name, id, at) in voices {
        client.open(id, "en", vec![]);
        packets.extend(Speech::load(name).track(id, at));
    }
    packets.sort_by_key(|packet| packet.captured_at);
    for packet in packets {
        client.packet(packet);
    }
    for (_, id, _) in voices {
        client.close(id);
    }
    let captions = until_closed(&mut events, &[track(1), track(2)]).await;
    let mut texts: BTreeMap<SourceId, BTreeMap<u32, String>> = BTreeMap::new();
    for event in &captions {
        match event {
            CaptionEvent::Final(done) => {
                assert!(done.start < done.end);
                assert_eq!(
                    (done.engine.as_str(), done.model.as_str()),
                    ("moonshine", "moonshine-tiny-en")
                );
                texts
                    .entry(done.track)
                    .or_default()
                    .insert(done.segment_no, done.text.clone());
            }
            CaptionEvent::Partial(_) | CaptionEvent::Closed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    for (name, id, _) in voices {
        let text = texts[&id].values().cloned().collect::<Vec<_>>().join(" ");
        let errors = word_errors(&Speech::load(name).words, &text);
        assert!(errors.rate() <= 0.1, "{name}: {errors:?} {text}");
    }
    client.shutdown(Duration::from_secs(20)).await;
    assert!(events.recv().await.is_none(), "nothing comes after the shut-down");
}

async fn a_killed_worker_comes_back_and_goes_on() {
    let Some(folder) = model_dir() else { return };
    let (client, mut events) = SpeechClient::spawn(command(&folder, None));
    let speech = Speech::load("journalist-b-1");
    client.open(track(1), "en", vec![]);
    ready(&client).await;
    for packet in speech.track(track(1), START).into_iter().take(300) {
        client.packet(packet);
    }
    // Killed in the middle of a sentence of which something was shown already.
    let shown = loop {
        match events.recv().await.expect("captions") {
            CaptionEvent::Partial(partial) => break partial,
            CaptionEvent::Final(_) => {}
            other => panic!("{other:?}"),
        }
    };
    let mut status = client.status();
    kill_process(child(), Signal::KILL).expect("the worker lives");
    let _ = status
        .wait_for(|now| matches!(now, SpeechStatus::Restarting { .. }))
        .await
        .expect("the client lives");
    for packet in speech.track(track(1), START + 120_000_000) {
        client.packet(packet);
    }
    ready(&client).await;
    client.close(track(1));
    let captions = until_closed(&mut events, &[track(1)]).await;
    let lost: Vec<_> = captions
        .iter()
        .filter_map(|e| {
            if let CaptionEvent::Lost(lost) = e {
                Some(lost)
            } else {
                None
            }
        })
        .collect();
    assert!(
        lost.iter()
            .any(|lost| lost.segment_no.is_some_and(|number| number >= shown.segment_no)),
        "{captions:?}"
    );
    let text: Vec<&str> = captions
        .iter()
        .filter_map(|event| match event {
            CaptionEvent::Final(done) if done.start.micros() >= START + 120_000_000 => {
                assert!(done.segment_no > shown.segment_no, "numbers go on");
                Some(done.text.as_str())
            }
            _ => None,
        })
        .collect();
    assert!(word_errors(&speech.words, &text.join(" ")).rate() <= 0.1, "{text:?}");
}

async fn the_worker_ends_with_its_client() {
    let Some(folder) = model_dir() else { return };
    let (client, _events) = SpeechClient::spawn(command(&folder, None));
    ready(&client).await;
    let ended = pidfd_open(child(), PidfdFlags::NONBLOCK).expect("the worker lives");
    drop(client);
    // A process descriptor becomes readable when the process ends.
    let wait = move || poll(&mut [PollFd::new(&ended, PollFlags::IN)], None);
    tokio::task::spawn_blocking(wait)
        .await
        .expect("no panic")
        .expect("its end can be waited for");
}

async fn a_missing_model_is_named() {
    let (client, _events) = SpeechClient::spawn(command(Path::new("/nonexistent/models"), None));
    let why = unavailable(&client).await;
    assert!(why.contains("/nonexistent/models/encoder_model.ort"), "{why}");
}

async fn a_broken_runtime_library_is_named() {
    let Some(folder) = model_dir() else { return };
    let not_a_library = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let (client, _events) = SpeechClient::spawn(command(&folder, Some(not_a_library)));
    let why = unavailable(&client).await;
    assert!(
        why.starts_with("ONNX Runtime at ") && why.contains("cannot be loaded"),
        "{why}"
    );
}

async fn a_program_that_is_not_there_is_named() {
    let program = PathBuf::from("/nonexistent/rostrum");
    let (client, _events) = SpeechClient::spawn(WorkerCommand {
        program,
        args: vec![],
        env: vec![],
    });
    let why = unavailable(&client).await;
    assert!(why.starts_with("/nonexistent/rostrum cannot be started"), "{why}");
}

/// The only child of this process.
fn child() -> Pid {
    let children = std::fs::read_to_string("/proc/thread-self/children").expect("Linux says who the children are");
    let pid = children
        .split_whitespace()
        .next()
        .expect("a child runs")
        .parse()
        .expect("a number");
    Pid::from_raw(pid).expect("not zero")
}
