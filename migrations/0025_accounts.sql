-- Sign-ups that wait for their address to be verified, phone numbers as E.164, and whose an answer that is kept is.

-- A sign-up until its address is verified: by which browser (the digest of its cookie), from where, with what, where it goes on
-- to, and the digest of the token of what the visitor holds.
CREATE TABLE sign_ups (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES people (id),
    browser BYTEA,
    network TEXT NOT NULL,
    device TEXT NOT NULL,
    next TEXT,
    carried BYTEA,
    at BIGINT NOT NULL
);

-- Every address that an account had before its present one, or asked to have: what was sent there is forgotten with the person.
CREATE TABLE person_addresses (
    person_id BIGINT NOT NULL REFERENCES people (id),
    email TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (person_id, email)
);

-- An account whose address is not verified is not signed in anywhere.
DELETE FROM sign_ins WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);
DELETE FROM devices WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);
DELETE FROM sessions WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);

-- When a link was made; and the links that went to an address.
ALTER TABLE proofs ADD COLUMN made_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX proofs_by_email ON proofs (email, kind);

-- Whose an answer is that is kept under a key: the digest of who asked. It is forgotten with them.
ALTER TABLE replies ADD COLUMN asker BYTEA;
CREATE INDEX replies_by_asker ON replies (asker) WHERE asker IS NOT NULL;

-- Phone numbers as E.164; one without a country code is of North America. What is neither stays as it was typed.
UPDATE people SET phone = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', '')
WHERE phone IS NOT NULL;
UPDATE people SET phone = '+' || SUBSTR(phone, 3) WHERE phone LIKE '00%' AND LENGTH(phone) >= 10;
UPDATE people SET phone = '+1' || phone WHERE LENGTH(phone) = 10 AND phone NOT LIKE '+%';
UPDATE people SET phone = '+' || phone WHERE LENGTH(phone) = 11 AND phone LIKE '1%';
UPDATE bookings SET guest_phone =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(guest_phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', '')
WHERE guest_phone IS NOT NULL;
UPDATE bookings SET guest_phone = '+' || SUBSTR(guest_phone, 3) WHERE guest_phone LIKE '00%' AND LENGTH(guest_phone) >= 10;
UPDATE bookings SET guest_phone = '+1' || guest_phone WHERE LENGTH(guest_phone) = 10 AND guest_phone NOT LIKE '+%';
UPDATE bookings SET guest_phone = '+' || guest_phone WHERE LENGTH(guest_phone) = 11 AND guest_phone LIKE '1%';
