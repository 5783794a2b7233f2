-- Why: the public searches the whole record and checks quotes against it. Made from released editions only, again at will.
CREATE TABLE record_passages (
    -- Seconds of the briefing's start in the upper bits, place in the record in the lower: newest first is by id.
    id BIGINT PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    -- The newest edition with these words, and whether a later one has replaced them.
    edition BIGINT NOT NULL,
    superseded BIGINT NOT NULL,
    path TEXT NOT NULL,
    anchor TEXT,
    speaker TEXT NOT NULL,
    title TEXT,
    language TEXT NOT NULL,
    -- JSON: where each piece begins in the programme, and its words.
    pieces TEXT NOT NULL
);
CREATE INDEX record_passages_by_event ON record_passages (event);

-- Words and filters of a passage, folded; positions are not needed.
CREATE VIRTUAL TABLE record_index USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = "unicode61 remove_diacritics 0"
);

-- Fingerprints of three words each, for quotes.
CREATE TABLE record_shingles (
    hash BIGINT NOT NULL,
    passage BIGINT NOT NULL,
    PRIMARY KEY (hash, passage)
) WITHOUT ROWID;
