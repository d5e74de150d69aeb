-- Whether the database takes writes: a row a process, written anew when somebody asks and nothing else was written of late.

CREATE TABLE write_probes (
    node BIGINT NOT NULL PRIMARY KEY,
    -- random, so that it is not compressed away
    noise BYTEA NOT NULL
);
