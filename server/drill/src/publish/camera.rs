//! A camera that stays on: opens its publisher, and opens it again when the connection, or the room's socket, was lost.

use super::Publisher;
use crate::{client::House, ivf::Clip, signal::Signal, voice::Voice};
use rostrum_domain::{
    id::{EventId, SourceId},
    media::SourceKind,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// Pause before another try.
const PAUSE: Duration = Duration::from_secs(1);

type Current = Option<Arc<Publisher>>;

/// Dropping it switches the camera off without a word; [`Camera::off`] leaves politely.
pub struct Camera {
    current: watch::Receiver<Current>,
    task: JoinHandle<()>,
}

impl Camera {
    pub fn on(house: House, event: EventId, signal: Signal, kind: SourceKind, picture: Option<Arc<Clip>>) -> Self {
        let (now, current) = watch::channel(None);
        let task = tokio::spawn(keep(house, event, signal, kind, picture, now));
        Self { current, task }
    }

    /// Waits until media flows.
    pub async fn live(&self, patience: Duration) -> Option<SourceId> {
        self.publisher(patience).await.map(|publisher| publisher.source)
    }

    /// The connected publisher, waited for.
    pub async fn publisher(&self, patience: Duration) -> Current {
        let mut current = self.current.clone();
        match timeout(patience, current.wait_for(Option::is_some)).await {
            Ok(Ok(publisher)) => publisher.clone(),
            _ => None,
        }
    }

    /// Says it as soon as the camera is live; `false` when it was cut short.
    pub async fn say(&self, voice: &Arc<Voice>) -> bool {
        match self.publisher(Duration::from_secs(30)).await {
            Some(publisher) => publisher.say(voice).await,
            None => false,
        }
    }

    pub async fn off(self) {
        self.task.abort();
        let publisher = self.current.borrow().clone();
        if let Some(publisher) = publisher {
            publisher.close().await;
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    house: House,
    event: EventId,
    signal: Signal,
    kind: SourceKind,
    picture: Option<Arc<Clip>>,
    now: watch::Sender<Current>,
) {
    let mut room = signal.watch();
    loop {
        let opened = async {
            let grant = house.grant(event).await?;
            anyhow::Ok(Publisher::open(&house, &grant, kind, picture.clone()).await?)
        };
        match opened.await {
            Ok(publisher) => {
                let publisher = Arc::new(publisher);
                now.send_replace(Some(publisher.clone()));
                let connections = room.borrow().connections;
                tokio::select! {
                    () = publisher.lost() => {}
                    // A server that was killed forgets its media: a new socket means a new publisher.
                    _ = room.wait_for(|view| view.connections != connections && view.connected) => {}
                }
                now.send_replace(None);
                publisher.close().await;
            }
            Err(error) => {
                tracing::debug!(%error, "the camera is not let in");
                sleep(PAUSE).await;
            }
        }
        if room.borrow().closed {
            return;
        }
    }
}
