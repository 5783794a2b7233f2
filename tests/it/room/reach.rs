//! Ways in for those whose network lets no UDP out.

use super::{Briefing, PATIENCE};
use anyhow::{Context, ensure};
use reqwest::header;
use rostrum_drill::client::House;
use rtc::{
    crypto::{RTCCryptoProvider, providers::RingProvider},
    stun::{
        attributes::{ATTR_PRIORITY, ATTR_USERNAME},
        integrity::MessageIntegrity,
        message::{BINDING_REQUEST, BINDING_SUCCESS, Getter, Message, Setter},
        xoraddr::XorMappedAddress,
    },
};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:mine\r\n\
    a=ice-pwd:mymymymymymymymymymymymy\r\na=fingerprint:sha-256 \
    AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA\r\n\
    a=setup:actpass\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\n\
    a=rtpmap:111 opus/48000/2\r\n";

/// What a client learns at the WHEP door.
struct Answer(String);

impl Answer {
    async fn to(house: &House, briefing: &Briefing) -> anyhow::Result<Self> {
        let grant = house.grant(briefing.event).await?;
        let answer = reqwest::Client::new()
            .post(format!("{}{}", briefing.server.url(), grant.whep_url))
            .bearer_auth(grant.whep_grant)
            .header(header::CONTENT_TYPE, "application/sdp")
            .body(OFFER)
            .send()
            .await?;
        Ok(Self(answer.error_for_status()?.text().await?))
    }

    fn after(&self, prefix: &str) -> anyhow::Result<&str> {
        let mut lines = self.0.lines();
        lines
            .find_map(|line| line.strip_prefix(prefix))
            .with_context(|| format!("no {prefix} in {}", self.0))
    }

    fn candidate(&self, transport: &str) -> anyhow::Result<SocketAddr> {
        let mut candidates = self.0.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
        let line = candidates.find(|line| line.split(' ').nth(2) == Some(transport));
        let words: Vec<&str> = line.with_context(|| self.0.clone())?.split(' ').collect();
        ensure!(
            transport == "udp" || words.ends_with(&["tcptype", "passive"]),
            "{words:?}"
        );
        Ok(SocketAddr::new(words[4].parse()?, words[5].parse()?))
    }

    /// A connectivity check in its frame (RFC 4571).
    fn check(&self) -> anyhow::Result<Vec<u8>> {
        let mut check = Message::new();
        check.typ = BINDING_REQUEST;
        check.new_transaction_id()?;
        check.write_header();
        let name = format!("{}:mine", self.after("a=ice-ufrag:")?);
        check.add(ATTR_USERNAME, name.as_bytes());
        check.add(ATTR_PRIORITY, &[0x6e, 0, 0, 0xff]);
        let password = self.after("a=ice-pwd:")?.as_bytes();
        MessageIntegrity::new_raw_integrity_with_provider(password, RingProvider::new().crypto()).add_to(&mut check)?;
        let mut frame = u16::try_from(check.raw.len())?.to_be_bytes().to_vec();
        frame.extend(check.raw);
        Ok(frame)
    }
}

#[tokio::test]
async fn a_viewer_without_udp_comes_in_over_tcp_and_strangers_do_not() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let answer = Answer::to(&briefing.mai, &briefing).await?;
    let door = answer.candidate("tcp")?;
    ensure!(door == answer.candidate("udp")?, "one port number for both");

    let mut stream = TcpStream::connect(door).await?;
    stream.write_all(&answer.check()?).await?;
    let length = timeout(PATIENCE, stream.read_u16())
        .await
        .context("the check is answered")??;
    let mut data = vec![0; usize::from(length)];
    stream.read_exact(&mut data).await?;
    let mut success = Message::new();
    success.unmarshal_binary(&data)?;
    ensure!(success.typ == BINDING_SUCCESS);
    let mut mapped = XorMappedAddress::default();
    mapped.get_from(&success)?;
    ensure!(SocketAddr::new(mapped.ip, mapped.port) == stream.local_addr()?);

    let mut stranger = TcpStream::connect(door).await?;
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: press\r\n\r\n").await?;
    let heard = timeout(PATIENCE, stranger.read(&mut [0; 1]))
        .await
        .context("shown out")?;
    ensure!(heard.unwrap_or(0) == 0, "nothing is said to a stranger");
    let metrics = reqwest::get(format!("{}/metrics", briefing.server.url()))
        .await?
        .text()
        .await?;
    ensure!(
        metrics.contains("rostrum_media_streams_refused_total{reason=\"stranger\"} 1"),
        "{metrics}"
    );
    ensure!(
        metrics.contains("rostrum_media_streams{way=\"tcp\"} 1"),
        "who is known stays: {metrics}"
    );
    Ok(())
}
