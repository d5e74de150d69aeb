-- People: accounts, who is signed in, and how often signing in failed.

CREATE TABLE people (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Lower case, without spaces around it. Somebody without an account of their own may have none.
    email TEXT UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT,
    -- Argon2id in its PHC form. Without one nobody can sign in.
    password_hash TEXT,
    role TEXT NOT NULL,
    birthday TEXT,
    -- Sealed for 'people.emergency_contact:{id}': JSON {name, phone, relation} (S18).
    emergency_contact BYTEA,
    verified_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Every credential that was handed out. What was ended stays until it would have expired, so that a
-- refresh token that comes twice is recognised.
CREATE TABLE sessions (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- page, access or refresh
    kind TEXT NOT NULL,
    token_digest BYTEA NOT NULL UNIQUE,
    -- The sign-in that it belongs to: the id of that sign-in's first session.
    family BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_of_family ON sessions (family);

-- Failures by account and by network address, counted in windows of time.
CREATE TABLE sign_in_failures (
    -- account:{digest of the address of mail} or address:{network address}
    key TEXT NOT NULL,
    -- UTC ms
    window_start BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (key, window_start)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (window_start);
