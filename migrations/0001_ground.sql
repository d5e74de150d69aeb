-- The tables of the foundation, which know nothing about the club's business.

-- The processes that may create ids, each with its node number, and until which millisecond since 2025.
CREATE TABLE nodes (
    node BIGINT NOT NULL PRIMARY KEY,
    holder BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- One row per process. The commit that waits for the disk writes it.
CREATE TABLE flushes (
    node BIGINT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);

-- A known text, encrypted under the key file. The program refuses to open the database with another key.
CREATE TABLE key_marks (
    id BIGINT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- Versions of data that is read often and changes rarely. They are the keys of every cache.
CREATE TABLE versions (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Counters of the numbers that people read, without gaps: CS-2026-000017.
CREATE TABLE counters (
    kind TEXT NOT NULL,
    club_id BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (kind, club_id, year)
);

-- The job queue.
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
