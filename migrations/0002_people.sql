-- People: accounts, sessions, and failed sign-ins.

CREATE TABLE people (
    id BIGINT NOT NULL PRIMARY KEY,
    -- In lower case, without surrounding spaces. NULL for a person without an account of their own.
    email TEXT UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT,
    -- Argon2id in the PHC format. Without one, the person cannot sign in.
    password_hash TEXT,
    role TEXT NOT NULL,
    birthday TEXT,
    -- Encrypted for 'people.emergency_contact:{id}': JSON {name, phone, relation} (S18).
    emergency_contact BYTEA,
    verified_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Every credential that was issued. An ended one stays until it would have expired, so that a refresh
-- token that is used twice is recognized.
CREATE TABLE sessions (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- page, access, or refresh
    kind TEXT NOT NULL,
    token_digest BYTEA NOT NULL UNIQUE,
    -- The sign-in to which the session belongs: the id of the first session of that sign-in.
    family BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_of_family ON sessions (family);

-- Failed sign-ins by account and by network address, counted in windows of time.
CREATE TABLE sign_in_failures (
    -- account:{digest of the email address} or address:{network address}
    key TEXT NOT NULL,
    -- UTC milliseconds
    window_start BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (key, window_start)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (window_start);
