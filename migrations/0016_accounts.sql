-- Accounts: unverified addresses, the tokens that verify them, and the places from which people sign in.

-- The address of a sign-up that is not verified yet. Several accounts may claim one address; `email` belongs to one account.
ALTER TABLE people ADD COLUMN claimed_email TEXT;
CREATE INDEX people_by_claim ON people (claimed_email, id) WHERE claimed_email IS NOT NULL;
UPDATE people SET claimed_email = email, email = NULL WHERE verified_at IS NULL AND password_hash IS NOT NULL;

-- A token that was sent to an address, which proves that its holder reads that mailbox. It works once; only its digest is stored.
CREATE TABLE proofs (
    digest BYTEA NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- confirm (the claimed address), reset (the password), or change (the address)
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofs_of_person ON proofs (person_id, kind);
CREATE INDEX proofs_by_age ON proofs (expires_at);

-- A sign-in, which groups its sessions: how, from which network, and when it was last seen.
CREATE TABLE sign_ins (
    family BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    device TEXT NOT NULL,
    network TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_of_person ON sign_ins (person_id, network);

-- Browsers in which a person has signed in, by the digest of their cookie. Failed sign-ins elsewhere do not lock them out.
CREATE TABLE devices (
    digest BYTEA NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    seen_at BIGINT NOT NULL
);
CREATE INDEX devices_of_person ON devices (person_id);
