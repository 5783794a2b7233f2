//! Starting, dying and starting again.

use rostrum_tests::TestServer;

#[tokio::test]
async fn an_empty_installation_starts_offers_set_up_and_survives_a_kill() -> anyhow::Result<()> {
    let mut server = TestServer::start().await?;
    let live = || reqwest::get(format!("{}/livez", server.url()));
    assert_eq!(live().await?.status(), 200);
    let ready = reqwest::get(format!("{}/readyz", server.url())).await?;
    assert_eq!(ready.status(), 200);

    server.kill().await?;
    server.start_again().await?;
    let ready = reqwest::get(format!("{}/readyz", server.url())).await?;
    assert_eq!(ready.status(), 200);
    Ok(())
}
