-- The ground: what the program itself needs, whatever it is used for.

-- Which process may make which ids, and until which millisecond since 2025.
CREATE TABLE nodes (
    node BIGINT NOT NULL PRIMARY KEY,
    holder BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- One row a process, written by the commit that waits for the disk.
CREATE TABLE flushes (
    node BIGINT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);

-- A known text, sealed under the key file: whoever opens this database with another key is told so.
CREATE TABLE key_marks (
    id BIGINT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- Versions of what is read often and changed seldom: the keys of every cache.
CREATE TABLE versions (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Numbers that people read, without gaps: CS-2026-000017.
CREATE TABLE counters (
    kind TEXT NOT NULL,
    club_id BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (kind, club_id, year)
);

-- Work for later.
CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    locked_until BIGINT,
    last_error TEXT,
    dead BOOLEAN NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE NOT dead;
