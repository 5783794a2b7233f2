//! Keeps one worker process alive: starts it, moves messages both ways, and starts it again with growing pauses after a
//! crash. Owns the child; when this task ends the child is killed.

use super::{
    SpeechStatus, WorkerCommand,
    outgoing::{Next, Outgoing},
};
use crate::protocol::{CaptionEvent, FromWorker, LogLevel, Message, ProtocolError, checked_length};
use std::{process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

/// First pause after a crash; doubled each time. Shorter would burn CPU beside live media, longer leaves more uncaptioned.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A worker that lived this long was healthy: the next crash starts again from the first pause.
const HEALTHY: Duration = Duration::from_secs(60);
/// How often to look whether a missing model has been brought.
const MISSING_PAUSE: Duration = Duration::from_secs(60);

/// How one worker's life ended.
enum Ended {
    Unavailable(String),
    Crashed(String),
    Finished,
    /// Nobody listens to captions any more.
    Abandoned,
}

pub(super) async fn run(
    command: WorkerCommand,
    outgoing: Arc<Outgoing>,
    status: watch::Sender<SpeechStatus>,
    events: mpsc::Sender<CaptionEvent>,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        outgoing.starting();
        let ended = live(&command, &outgoing, &status, &events).await;
        let (next, wait) = match ended {
            Ended::Finished | Ended::Abandoned => break,
            Ended::Unavailable(why) => {
                outgoing.off(&why);
                (SpeechStatus::Unavailable { why }, MISSING_PAUSE)
            }
            Ended::Crashed(why) => {
                tracing::warn!(%why, "speech worker ended; starting it again");
                outgoing.crashed(&why);
                if started.elapsed() >= HEALTHY {
                    pause = FIRST_PAUSE;
                }
                let after = pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
                (SpeechStatus::Restarting { why, after }, after)
            }
        };
        status.send_replace(next);
        if !idle(wait, &outgoing, &events).await {
            break;
        }
    }
    status.send_replace(SpeechStatus::Stopped);
}

/// Waits between two workers, still passing on what the client itself has to say. `false` when it is time to end.
async fn idle(wait: Duration, outgoing: &Outgoing, events: &mpsc::Sender<CaptionEvent>) -> bool {
    let over = sleep(wait);
    tokio::pin!(over);
    loop {
        match outgoing.next() {
            Next::Tell(own) => {
                if !tell(own, events).await {
                    return false;
                }
                continue;
            }
            Next::Finish => return false,
            Next::Write(_) | Next::Wait => {}
        }
        tokio::select! {
            () = &mut over => return true,
            () = outgoing.changed.notified() => {}
            () = events.closed() => return false,
        }
    }
}

async fn live(
    command: &WorkerCommand,
    outgoing: &Outgoing,
    status: &watch::Sender<SpeechStatus>,
    events: &mpsc::Sender<CaptionEvent>,
) -> Ended {
    let started = Command::new(&command.program)
        .args(&command.args)
        .envs(command.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Not the terminal's business: on Ctrl-C the server decides when the worker has said its last words.
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            return Ended::Unavailable(format!("{} cannot be started: {error}", command.program.display()));
        }
    };
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        unreachable!("all three were asked for above")
    };
    tokio::spawn(log_stderr(stderr));

    let speaking = speak(stdin, outgoing, events);
    let hearing = hear(stdout, outgoing, status, events);
    tokio::pin!(speaking, hearing);
    let mut spoken = false;
    let ended = loop {
        tokio::select! {
            ended = &mut hearing => break ended,
            // The pipe is closed now: after a request to shut down the worker says its last words and ends, after a
            // failed write its end is about to be seen on the other pipe.
            () = &mut speaking, if !spoken => spoken = true,
            () = events.closed() => break Ended::Abandoned,
        }
    };
    match ended {
        Ended::Crashed(why) => Ended::Crashed(describe_exit(&mut child, why).await),
        other => other,
    }
}

/// Writes what waits, until the pipe breaks or there will be nothing more. Dropping the pipe asks the worker to end.
async fn speak(mut stdin: ChildStdin, outgoing: &Outgoing, events: &mpsc::Sender<CaptionEvent>) {
    let mut bytes = Vec::new();
    loop {
        match outgoing.next() {
            Next::Write(messages) => {
                bytes.clear();
                for message in &messages {
                    if let Err(error) = message.encode(&mut bytes) {
                        tracing::warn!(%error, "a message to the speech worker was left out");
                    }
                }
                if stdin.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Next::Tell(own) => {
                if !tell(own, events).await {
                    return;
                }
            }
            Next::Finish => return,
            Next::Wait => outgoing.changed.notified().await,
        }
    }
}

async fn hear(
    stdout: ChildStdout,
    outgoing: &Outgoing,
    status: &watch::Sender<SpeechStatus>,
    events: &mpsc::Sender<CaptionEvent>,
) -> Ended {
    let mut stdout = BufReader::new(stdout);
    let mut unavailable = None;
    loop {
        let message = match next_message(&mut stdout).await {
            Ok(Some(message)) => message,
            Ok(None) => {
                return match unavailable {
                    Some(why) => Ended::Unavailable(why),
                    None if outgoing.is_shutting_down() => Ended::Finished,
                    None => Ended::Crashed("the speech worker ended".to_owned()),
                };
            }
            Err(error) => {
                return Ended::Crashed(format!("the speech worker spoke nonsense: {error}"));
            }
        };
        match message {
            FromWorker::Ready(info) => {
                tracing::info!(engine = info.engine, model = info.model, "captions are on");
                outgoing.ready();
                status.send_replace(SpeechStatus::Ready(info));
            }
            FromWorker::Unavailable { why } => unavailable = Some(why),
            FromWorker::Caption(event) => {
                outgoing.heard(&event);
                if events.send(event).await.is_err() {
                    return Ended::Abandoned;
                }
            }
            FromWorker::Log {
                level: LogLevel::Warn,
                message,
            } => tracing::warn!(target: "speech_worker", "{message}"),
            FromWorker::Log {
                level: LogLevel::Info,
                message,
            } => tracing::info!(target: "speech_worker", "{message}"),
        }
    }
}

async fn tell(own: Vec<CaptionEvent>, events: &mpsc::Sender<CaptionEvent>) -> bool {
    for event in own {
        if events.send(event).await.is_err() {
            return false;
        }
    }
    true
}

async fn next_message(stdout: &mut BufReader<ChildStdout>) -> Result<Option<FromWorker>, ProtocolError> {
    let mut length = [0; 4];
    match stdout.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let mut frame = vec![0; checked_length(length)?];
    stdout
        .read_exact(&mut frame)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ProtocolError::Truncated,
            _ => error.into(),
        })?;
    FromWorker::decode(&frame).map(Some)
}

async fn describe_exit(child: &mut Child, why: String) -> String {
    // The pipe closes a moment before the process can be collected.
    match tokio::time::timeout(Duration::from_secs(2), child.wait()).await {
        Ok(Ok(status)) => format!("{why} ({status})"),
        Ok(Err(_)) | Err(_) => why,
    }
}

/// What native libraries print, for the operator.
async fn log_stderr(stderr: ChildStderr) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::debug!(target: "speech_worker", "{line}");
    }
}
