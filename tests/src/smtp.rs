//! A mail server that speaks enough SMTP (RFC 5321) to take every message, and hands them to the test.

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc},
};

/// One message as it came over the wire, headers and body.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub raw: String,
}

impl Received {
    /// The body with its transfer encoding (RFC 2045) undone, as a reader sees it.
    pub fn text(&self) -> String {
        let body = self.raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let headers = self.raw.to_ascii_lowercase();
        if headers.contains("content-transfer-encoding: base64") {
            let joined: String = body.split_whitespace().collect();
            let bytes = STANDARD.decode(joined).unwrap_or_default();
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        if !headers.contains("content-transfer-encoding: quoted-printable") {
            return body.to_owned();
        }
        let mut bytes = Vec::new();
        let joined = body.replace("=\r\n", "");
        let mut rest = joined.as_bytes();
        while let Some((&first, tail)) = rest.split_first() {
            let escaped = (first == b'=').then(|| tail.get(..2)).flatten();
            match escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &tail[2..];
                }
                None => {
                    bytes.push(first);
                    rest = tail;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The first link in the body that contains `part`.
    pub fn link(&self, part: &str) -> anyhow::Result<String> {
        let text = self.text();
        let found = text
            .split_whitespace()
            .find(|word| word.starts_with("http") && word.contains(part));
        Ok(found
            .with_context(|| format!("no link with {part} in:\n{text}"))?
            .to_owned())
    }
}

pub struct MailServer {
    address: SocketAddr,
    received: Mutex<mpsc::UnboundedReceiver<Received>>,
}

impl MailServer {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("a free port")?;
        let address = listener.local_addr()?;
        let (sender, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                // A client that breaks off takes only its own message with it.
                tokio::spawn(async move { talk(stream, &sender).await.ok() });
            }
        });
        Ok(Self {
            address,
            received: Mutex::new(received),
        })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Waits for the next message to `address`; others that come before it are passed over.
    pub async fn to(&self, address: &str) -> anyhow::Result<Received> {
        let mut received = self.received.lock().await;
        loop {
            let mail = received.recv().await.context("the mail server runs")?;
            if mail.to.iter().any(|to| to.eq_ignore_ascii_case(address)) {
                return Ok(mail);
            }
        }
    }
}

async fn talk(stream: TcpStream, sender: &mpsc::UnboundedSender<Received>) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ESMTP\r\n").await?;
    let (mut from, mut to) = (String::new(), Vec::new());
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-test\r\n250 8BITMIME\r\n",
            "MAIL" => {
                from = address(&line);
                b"250 OK\r\n"
            }
            "RCPT" => {
                to.push(address(&line));
                b"250 OK\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut raw = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                let mail = Received {
                    from: std::mem::take(&mut from),
                    to: std::mem::take(&mut to),
                    raw,
                };
                sender.send(mail)?;
                b"250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 OK\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

/// The address between angle brackets.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or("", |(address, _)| address).to_owned()
}
