-- What was answered to a request that carries a key, so that the same request again is answered the same and does
-- nothing twice. Kept for a day.

CREATE TABLE replies (
    -- The digest of who asks, method, path and key.
    key BYTEA NOT NULL PRIMARY KEY,
    -- The answer and the digest of what was asked, sealed: an answer may hold what a person keeps to themselves.
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    replayed BIGINT NOT NULL
);
CREATE INDEX replies_by_time ON replies (made_at);
