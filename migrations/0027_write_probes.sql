-- Probes whether the database accepts writes: one row per process, updated by a health check if nothing else was written recently.

CREATE TABLE write_probes (
    node BIGINT NOT NULL PRIMARY KEY,
    -- Random, so that it cannot be compressed
    noise BYTEA NOT NULL
);
