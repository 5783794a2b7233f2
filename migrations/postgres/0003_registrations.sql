-- Why: who asked to take part in an event, for which outlet, and what was decided by whom.
CREATE TABLE outlets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name folded for comparison: "Le Jour" and "le  jour" are one outlet.
    name_key TEXT NOT NULL,
    country TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (name_key, country)
);

CREATE TABLE registrations (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    person TEXT NOT NULL REFERENCES people (id),
    outlet TEXT NOT NULL REFERENCES outlets (id),
    -- As it will be shown on air.
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    press_card TEXT NOT NULL,
    message TEXT,
    -- unconfirmed, pending, approved, refused, withdrawn
    state TEXT NOT NULL,
    reason TEXT,
    decided_by TEXT REFERENCES people (id),
    decided_at BIGINT,
    confirmed_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (event, person)
);
CREATE INDEX registrations_by_person ON registrations (person);
