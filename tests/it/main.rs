//! Black-box suites: the real binary over HTTP, WebSocket and UDP. `ROSTRUM_TEST_DB=postgres` runs them on PostgreSQL.

mod accreditation;
mod briefing;
mod demo;
mod entry;
mod house;
mod programme;
mod room;
mod start;
