-- Recordings: one file per source and medium, as received. The file is the truth; the row finds it and says whose it is.
CREATE TABLE takes (
    id TEXT NOT NULL PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    source TEXT NOT NULL,
    seat TEXT NOT NULL,
    person TEXT NOT NULL,
    card TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    media TEXT NOT NULL,
    codec TEXT NOT NULL,
    path TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL
);

CREATE INDEX takes_by_event ON takes (event, started_at);
CREATE INDEX takes_by_state ON takes (state);
