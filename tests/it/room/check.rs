//! The connection test, as a visitor without any sign-in uses it.

use anyhow::ensure;
use reqwest::{StatusCode, header};
use rostrum_tests::TestServer;
use serde_json::Value;

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:mine\r\n\
    a=ice-pwd:mymymymymymymymymymymymy\r\na=fingerprint:sha-256 \
    AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA\r\n\
    a=setup:actpass\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n\
    a=sendonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

#[tokio::test]
async fn a_visitor_tries_every_way_and_is_limited() -> anyhow::Result<()> {
    let server = TestServer::start().await?;
    let client = reqwest::Client::new();
    let at = |path: &str| format!("{}/api/check{path}", server.url());
    let ways: Value = client.get(at("")).send().await?.error_for_status()?.json().await?;
    let urls = ways["ice_servers"][0]["urls"].to_string();
    ensure!(
        urls.contains("transport=udp") && urls.contains("transport=tcp"),
        "{ways}"
    );
    let media = ways["media"][0].as_str().unwrap_or_default();
    ensure!(media.starts_with("127.0.0.1:"), "{ways}");

    let noise = client
        .get(at("/bytes"))
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    ensure!(noise.len() == 3 * 1024 * 1024);

    let offer = || {
        client
            .post(at(""))
            .header(header::CONTENT_TYPE, "application/sdp")
            .body(OFFER)
            .send()
    };
    let answer = offer().await?.error_for_status()?.text().await?;
    ensure!(
        answer.contains("tcptype passive") && answer.contains(" udp "),
        "{answer}"
    );
    // So many at a time and no more: nobody's briefing suffers from tries.
    let mut refused = None;
    for _ in 0..40 {
        let status = offer().await?.status();
        if status != StatusCode::OK {
            refused = Some(status);
            break;
        }
    }
    ensure!(refused == Some(StatusCode::SERVICE_UNAVAILABLE), "{refused:?}");
    Ok(())
}
