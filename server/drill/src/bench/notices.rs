//! How long two thousand people wait for the same news.

use super::{Measure, Server, machine, percentile};
use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt, stream};
use rostrum_domain::{
    person::Role,
    room::command::Command,
    signal::{ClientMessage, ServerMessage},
};
use std::time::{Duration, Instant};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

const LISTENERS: usize = 2_000;
const ROUNDS: usize = 10;
const AT_THE_DOOR: usize = 32;
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn run(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let (chair, _spokesperson) = server.live(None).await?;
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    // Dropped at the end: all listeners leave.
    let mut listeners = JoinSet::new();
    let mut joins = stream::iter(0..LISTENERS)
        .map(|_| async { connect(server).await })
        .buffer_unordered(AT_THE_DOOR);
    while let Some(socket) = joins.next().await {
        listeners.spawn(listen(socket?, heard.clone()));
    }
    drop(heard);
    // The notices about those who came in are not what is measured.
    sleep(Duration::from_secs(3)).await;

    let mut delays = Vec::with_capacity(LISTENERS * ROUNDS);
    for round in 0..ROUNDS {
        let title = format!("marker-{round}");
        let began = Instant::now();
        let announcing = chair.signal.command(Command::StartAnnouncement { title });
        let counting = async {
            for _ in 0..LISTENERS {
                let (heard_round, at): (usize, Instant) = arrivals.recv().await.context("a listener left")?;
                if heard_round == round {
                    delays.push(at.saturating_duration_since(began).as_secs_f64() * 1e3);
                }
            }
            anyhow::Ok(())
        };
        let (announced, counted) = tokio::join!(announcing, timeout(PATIENCE, counting));
        announced.context("announce")?;
        counted.context("somebody did not hear it")??;
        chair.end_announcement().await?;
        sleep(Duration::from_millis(500)).await;
    }
    let conditions = format!(
        "{}; {LISTENERS} WebSocket clients in one process over loopback, {ROUNDS} notices, from sending the command to \
         having received the notice",
        machine()
    );
    Ok(vec![
        Measure {
            name: "notice_fanout_p50_ms_2000",
            value: percentile(&mut delays, 0.5),
            unit: "ms",
            conditions: conditions.clone(),
        },
        Measure {
            name: "notice_fanout_p99_ms_2000",
            value: percentile(&mut delays, 0.99),
            unit: "ms",
            conditions,
        },
    ])
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// Enters and waits for the snapshot.
async fn connect(server: &Server) -> anyhow::Result<Socket> {
    let grant = (server.mint)(server.event, Role::Observer);
    let address = server.house.address(&grant.signal_url).replacen("http", "ws", 1);
    let (mut socket, _) = connect_async(address).await.context("open a socket")?;
    let hello = ClientMessage::Hello {
        grant: grant.signal_grant,
        resume: None,
    };
    socket
        .send(Message::text(serde_json::to_string(&hello)?))
        .await
        .context("say hello")?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message.context("the snapshot")? {
            match serde_json::from_str(&text).context("the snapshot")? {
                ServerMessage::Welcome { .. } => return Ok(socket),
                ServerMessage::Bye { reason } => bail!("not let in: {reason:?}"),
                _ => {}
            }
        }
    }
    bail!("the room closed the socket")
}

/// Tells when each marker first arrived: a section is sent again when another of its members changes.
async fn listen(mut socket: Socket, heard: mpsc::UnboundedSender<(usize, Instant)>) {
    const MARK: &str = "\"announcement\":\"marker-";
    let mut latest = None;
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        let Message::Text(text) = message else { continue };
        let Some((_, after)) = text.split_once(MARK) else {
            continue;
        };
        let Some(Ok(round)) = after.split('"').next().map(str::parse) else {
            continue;
        };
        if latest.replace(round) != Some(round) && heard.send((round, at)).is_err() {
            return;
        }
    }
}
