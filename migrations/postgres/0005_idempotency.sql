-- Why: a create sent twice (a lost answer, a double click) happens once and is answered the same.
CREATE TABLE idempotency (
    -- Who sent it: a person's id, or "public".
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of method, path and body: the same key with another request is a mistake.
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, idempotency_key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
