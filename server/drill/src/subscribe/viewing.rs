//! A screen that stays on: subscribes again when the connection, or the room's socket, was lost.

use super::{Slots, Subscriber};
use crate::{client::House, signal::Signal};
use rostrum_domain::id::EventId;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

const PAUSE: Duration = Duration::from_secs(1);

type Current = Option<Arc<Subscriber>>;

pub struct Viewing {
    current: watch::Receiver<Current>,
    task: JoinHandle<()>,
}

impl Viewing {
    pub fn on(house: House, event: EventId, signal: Signal, slots: Slots) -> Self {
        let (now, current) = watch::channel(None);
        Self {
            current,
            task: tokio::spawn(keep(house, event, signal, slots, now)),
        }
    }

    /// The connected subscriber, waited for.
    pub async fn subscriber(&self, patience: Duration) -> Current {
        let mut current = self.current.clone();
        match timeout(patience, current.wait_for(Option::is_some)).await {
            Ok(Ok(subscriber)) => subscriber.clone(),
            _ => None,
        }
    }

    pub async fn off(self) {
        self.task.abort();
        let subscriber = self.current.borrow().clone();
        if let Some(subscriber) = subscriber {
            subscriber.close().await;
        }
    }
}

impl Drop for Viewing {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(house: House, event: EventId, signal: Signal, slots: Slots, now: watch::Sender<Current>) {
    let mut room = signal.watch();
    loop {
        let opened = async {
            let grant = house.grant(event).await?;
            anyhow::Ok(Subscriber::open(&house, &grant, slots).await?)
        };
        match opened.await {
            Ok(subscriber) => {
                let subscriber = Arc::new(subscriber);
                now.send_replace(Some(subscriber.clone()));
                let connections = room.borrow().connections;
                tokio::select! {
                    () = subscriber.lost() => {}
                    _ = room.wait_for(|view| view.connections != connections && view.connected) => {}
                }
                now.send_replace(None);
                subscriber.close().await;
            }
            Err(error) => {
                tracing::debug!(%error, "the screen is not let in");
                sleep(PAUSE).await;
            }
        }
        if room.borrow().closed {
            return;
        }
    }
}
