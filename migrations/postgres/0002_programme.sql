-- Why: series with their own numbering, and the events held in them.
CREATE TABLE series (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    -- JSON: texts per language, lists and rules.
    name TEXT NOT NULL,
    languages TEXT NOT NULL,
    zone TEXT NOT NULL,
    cadence TEXT NOT NULL,
    numbering TEXT NOT NULL,
    asker_policy TEXT NOT NULL,
    rules TEXT NOT NULL,
    caption_language TEXT NOT NULL,
    retention_days BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The last number given in a year: taken and raised in the transaction that announces, so there are no gaps.
CREATE TABLE series_numbers (
    series TEXT NOT NULL REFERENCES series (id),
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (series, year)
);

CREATE TABLE events (
    id TEXT PRIMARY KEY,
    series TEXT NOT NULL REFERENCES series (id),
    number BIGINT,
    year BIGINT,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    zone TEXT NOT NULL,
    languages TEXT NOT NULL,
    caption_language TEXT NOT NULL,
    rules TEXT NOT NULL,
    attendance TEXT NOT NULL,
    registration_closes_at BIGINT NOT NULL,
    questions_close_at BIGINT NOT NULL,
    -- draft, announced, live, ended, published, cancelled
    state TEXT NOT NULL,
    cancel_reason TEXT,
    announced_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (series, year, number)
);
CREATE INDEX events_by_start ON events (starts_at);
