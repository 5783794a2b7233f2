//! A person's socket into a room: typed messages, what the room looks like now, commands that are answered. It connects
//! again by itself after a drop, resumes from the last notice it saw, and sends unanswered commands again.

mod socket;
mod view;

pub use view::View;

use crate::client::House;
use rostrum_domain::{
    id::{CommandId, EventId, QuestionId},
    room::command::{Command, Refusal},
    signal::{Bye, ClientMessage, ServerMessage},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

/// Messages a slow reader may be behind before it misses some.
const BACKLOG: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    #[error("refused: {0}")]
    Refused(Refusal),
    #[error("the room has closed this socket: {0:?}")]
    Closed(Option<Bye>),
    #[error("no answer in time")]
    Silent,
}

/// One open room.
#[derive(Clone)]
pub struct Signal {
    requests: mpsc::UnboundedSender<Request>,
    view: watch::Receiver<Arc<View>>,
    messages: broadcast::Sender<Arc<ServerMessage>>,
    _task: Arc<Task>,
}

struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

enum Request {
    Command {
        id: CommandId,
        command: Command,
        outcome: oneshot::Sender<Result<Option<QuestionId>, CommandError>>,
    },
    Say(ClientMessage),
    /// Cut the line under the socket.
    Drop,
}

impl Signal {
    /// Enters; returns when the room's snapshot is there. Keeps trying while the server cannot be reached.
    pub async fn open(house: House, event: EventId) -> Result<Self, CommandError> {
        let (requests, inbox) = mpsc::unbounded_channel();
        let (view, seen) = watch::channel(Arc::new(View::default()));
        let messages = broadcast::Sender::new(BACKLOG);
        let line = socket::Line {
            house,
            event,
            inbox,
            view,
            messages: messages.clone(),
        };
        let signal = Self {
            requests,
            view: seen,
            messages,
            _task: Arc::new(Task(tokio::spawn(line.run()))),
        };
        let mut view = signal.view.clone();
        let first = view.wait_for(|view| view.connected || view.closed).await;
        match first.map(|view| (view.closed, view.bye)) {
            Ok((false, _)) => Ok(signal),
            Ok((true, bye)) => Err(CommandError::Closed(bye)),
            Err(_) => Err(CommandError::Closed(None)),
        }
    }

    /// The room as this person sees it now.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    pub fn watch(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Every message from now on.
    pub fn messages(&self) -> broadcast::Receiver<Arc<ServerMessage>> {
        self.messages.subscribe()
    }

    /// Waits until the room looks so, at most `patience`.
    pub async fn until(&self, patience: Duration, wanted: impl Fn(&View) -> bool) -> Option<Arc<View>> {
        let mut view = self.view.clone();
        let waiting = view.wait_for(|view| wanted(view));
        match timeout(patience, waiting).await {
            Ok(Ok(view)) => Some(view.clone()),
            _ => None,
        }
    }

    /// Gives a command and waits for its outcome, across reconnects, at most `patience`.
    pub async fn command_within(
        &self,
        patience: Duration,
        command: Command,
    ) -> Result<Option<QuestionId>, CommandError> {
        let (outcome, answer) = oneshot::channel();
        let id = CommandId(uuid::Uuid::now_v7());
        let closed = CommandError::Closed(self.view().bye);
        self.requests
            .send(Request::Command { id, command, outcome })
            .map_err(|_| closed.clone())?;
        match timeout(patience, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(closed),
            Err(_) => Err(CommandError::Silent),
        }
    }

    pub async fn command(&self, command: Command) -> Result<Option<QuestionId>, CommandError> {
        self.command_within(Duration::from_secs(60), command).await
    }

    /// Anything else a client may say.
    pub fn say(&self, message: ClientMessage) {
        // A closed room hears nothing: its view says so.
        let _ = self.requests.send(Request::Say(message));
    }

    /// Cuts the connection, as a bad network would; it comes back by itself.
    pub fn cut(&self) {
        let _ = self.requests.send(Request::Drop);
    }
}
