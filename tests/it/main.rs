//! Black-box suites: the real binary over HTTP, WebSocket and UDP. `ROSTRUM_TEST_DB=postgres` runs them on PostgreSQL.

mod briefing;
mod room;
mod start;
