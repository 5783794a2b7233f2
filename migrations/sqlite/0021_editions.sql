-- Why: what was released stays exactly as it was released, and anybody can check it.
CREATE TABLE record_desks (
    event TEXT PRIMARY KEY REFERENCES events (id),
    -- draft, submitted, published
    state TEXT NOT NULL,
    submitted_by TEXT REFERENCES people (id),
    submitted_at BIGINT,
    note TEXT,
    -- JSON: what the next edition corrects, per language.
    correction TEXT,
    version BIGINT NOT NULL
);

-- Rows are only ever added.
CREATE TABLE editions (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    number BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    released_by TEXT NOT NULL REFERENCES people (id),
    -- Canonical JSON, byte for byte what was signed and hashed.
    manifest BLOB NOT NULL,
    content BLOB NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    signature TEXT NOT NULL,
    key_id TEXT NOT NULL,
    UNIQUE (event, number)
);

-- Every key that ever signed an edition, so that old editions can be checked when the key itself is gone.
CREATE TABLE edition_keys (
    key_id TEXT PRIMARY KEY,
    -- 32 bytes, hexadecimal.
    public_key TEXT NOT NULL,
    first_used_at BIGINT NOT NULL
);
