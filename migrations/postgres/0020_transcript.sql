-- Why: what was said, kept as it was first written and as it was corrected, with who changed it and why.
CREATE TABLE segments (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    -- machine, captioner, editor
    origin TEXT NOT NULL,
    engine TEXT,
    confidence DOUBLE PRECISION,
    -- The recording it was heard in; no reference, because recordings have a retention and the text does not.
    take TEXT,
    -- Number of the newest revision.
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX segments_by_event ON segments (event);

-- Rows are only ever added.
CREATE TABLE segment_revisions (
    segment TEXT NOT NULL REFERENCES segments (id),
    -- From 0 without gaps; two editors at once meet here.
    number BIGINT NOT NULL,
    -- Nobody: a machine.
    author TEXT REFERENCES people (id),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- JSON: speaker, card, kind, question, times, language, text, struck.
    content TEXT NOT NULL,
    PRIMARY KEY (segment, number)
);
CREATE INDEX segment_revisions_by_author ON segment_revisions (author);

-- The programme file of an event: the recordings cut together.
CREATE TABLE programmes (
    event TEXT PRIMARY KEY REFERENCES events (id),
    -- pending, ready, none (nothing was recorded), failed
    state TEXT NOT NULL,
    -- JSON: name, type, size, duration, picture size, checksum.
    media TEXT,
    -- JSON: which stretches of room time it shows.
    timeline TEXT,
    error TEXT,
    updated_at BIGINT NOT NULL
);
