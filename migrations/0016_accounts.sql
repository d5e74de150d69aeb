-- Accounts: addresses that are not proven yet, what proves them, and from where people sign in.

-- What somebody signed up with, until it is shown to be theirs. Any number of people may claim one address; `email` is one's alone.
ALTER TABLE people ADD COLUMN claimed_email TEXT;
CREATE INDEX people_by_claim ON people (claimed_email, id) WHERE claimed_email IS NOT NULL;
UPDATE people SET claimed_email = email, email = NULL WHERE verified_at IS NULL AND password_hash IS NOT NULL;

-- What was sent to an address: whoever has the token reads its mail. Good once; only the digest is here.
CREATE TABLE proofs (
    digest BYTEA NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- confirm (the address that was claimed), reset (the password) or change (of the address)
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofs_of_person ON proofs (person_id, kind);
CREATE INDEX proofs_by_age ON proofs (expires_at);

-- A sign-in, from the first of its sessions on: with what, from which network, when it was seen last.
CREATE TABLE sign_ins (
    family BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    device TEXT NOT NULL,
    network TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_of_person ON sign_ins (person_id, network);

-- Browsers in which a person has signed in, by the digest of what they keep: wrong guesses elsewhere do not close these out.
CREATE TABLE devices (
    digest BYTEA NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    seen_at BIGINT NOT NULL
);
CREATE INDEX devices_of_person ON devices (person_id);
