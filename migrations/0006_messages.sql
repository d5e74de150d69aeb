-- Messages: the log of the emails that were sent.

CREATE TABLE mails (
    id BIGINT NOT NULL PRIMARY KEY,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    -- smtp, or kept (a file in the data folder)
    how TEXT NOT NULL
);
