-- Why: mail and other slow work happen after the transaction that caused them, and survive a restart.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    -- Which template.
    kind TEXT NOT NULL,
    to_name TEXT NOT NULL,
    to_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- kept (no SMTP configured), queued, sent, failed
    state TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- One waiting job per key, where the kind wants that.
    unique_key TEXT UNIQUE,
    -- waiting, running, failed (done jobs are deleted)
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- A running job whose worker died is taken up again after this.
    locked_until BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at);
