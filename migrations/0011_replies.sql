-- Stored responses to requests with an idempotency key, so that the same request gets the same response and
-- has no second effect. They are kept for a day.

CREATE TABLE replies (
    -- The digest of the client, the method, the path, and the key.
    key BYTEA NOT NULL PRIMARY KEY,
    -- The response and the digest of the request, encrypted, because a response may contain personal data.
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    replayed BIGINT NOT NULL
);
CREATE INDEX replies_by_time ON replies (made_at);
