//! The start of most suites: a server with its first administrator.

use anyhow::Context;
use rostrum_drill::{
    client::{House, HouseError},
    office::{Account, Office},
};
use rostrum_tests::{TestServer, server::Options};

pub const ADMIN: Account<'static> = Account {
    name: "Trần Quản",
    email: "admin@house.example",
    password: "a good password",
    language: "en",
    roles: &[],
};

/// A server that has its administrator, who holds every role of the house.
pub async fn opened(options: Options) -> anyhow::Result<(TestServer, Office)> {
    let server = TestServer::start_with(options).await?;
    let token = server.printed("/app/setup?token=")?;
    let office = Office::set_up(&House::new(server.url()), &token, &ADMIN).await?;
    Ok((server, office))
}

/// The problem that a request was refused with: status and slug.
pub fn refusal<T: std::fmt::Debug>(result: Result<T, HouseError>) -> anyhow::Result<(u16, String)> {
    match result {
        Err(HouseError::Problem { status, problem, .. }) => Ok((status.as_u16(), problem)),
        other => Err(anyhow::anyhow!("{other:?}")).context("a refusal was expected"),
    }
}
