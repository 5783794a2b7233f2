-- Why: people the house knows, what they may do, their sign-ins, and the links sent to them.
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Lower case, NFC: one address is one person.
    email TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    -- PHC string (argon2id); only staff sign in with a password.
    password_hash TEXT,
    -- Truth values are 0 or 1.
    staff BIGINT NOT NULL DEFAULT 0,
    disabled BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A role is held on the house (scope_id is empty), a series or an event.
CREATE TABLE roles (
    person TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_id TEXT NOT NULL DEFAULT '',
    -- In what capacity: "Spokesperson of the Ministry".
    office TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person, role, scope, scope_id)
);
CREATE INDEX roles_by_scope ON roles (scope, scope_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    -- SHA-256 of the cookie: a stolen database opens no door.
    token_hash TEXT NOT NULL UNIQUE,
    via TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE links (
    -- SHA-256 of the token in the mail.
    token_hash TEXT PRIMARY KEY,
    -- sign_in, confirm, join, setup
    purpose TEXT NOT NULL,
    person TEXT REFERENCES people (id),
    -- The registration a confirm or join link belongs to.
    subject TEXT,
    next TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT
);
CREATE INDEX links_by_subject ON links (subject);
