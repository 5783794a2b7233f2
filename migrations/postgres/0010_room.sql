-- Why: a room is what its journal says; the questions also stand in a table of their own, for lists across events.
CREATE TABLE journal (
    event TEXT NOT NULL REFERENCES events (id),
    -- From 1, without gaps.
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Who caused it, and by which command; neither for what the house saw by itself.
    actor TEXT,
    command TEXT,
    -- JSON
    fact TEXT NOT NULL,
    PRIMARY KEY (event, number)
);

CREATE TABLE questions (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    asker TEXT NOT NULL,
    -- JSON: the name card, frozen when asked.
    card TEXT NOT NULL,
    channel TEXT NOT NULL,
    topic TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    submitted_at BIGINT NOT NULL,
    called_at BIGINT,
    on_air_at BIGINT,
    done_at BIGINT
);
CREATE INDEX questions_by_event ON questions (event);
CREATE INDEX questions_by_asker ON questions (asker);
