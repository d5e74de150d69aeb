-- Pending sign-ups, phone numbers in E.164, and the owner of a stored response.

-- A sign-up until its address is verified: the digest of the browser's cookie, the network, the input, the page to return to,
-- and the digest of the token of the visitor's hold.
CREATE TABLE sign_ups (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES people (id),
    browser BYTEA,
    network TEXT NOT NULL,
    device TEXT NOT NULL,
    next TEXT,
    carried BYTEA,
    at BIGINT NOT NULL
);

-- Every previous or requested address of an account. Emails to them are erased together with the person.
CREATE TABLE person_addresses (
    person_id BIGINT NOT NULL REFERENCES people (id),
    email TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (person_id, email)
);

-- An account whose address is not verified has no sessions.
DELETE FROM sign_ins WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);
DELETE FROM devices WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);
DELETE FROM sessions WHERE person_id IN (SELECT id FROM people WHERE email IS NULL AND claimed_email IS NOT NULL);

-- When a link was created; and an index for the links that were sent to an address.
ALTER TABLE proofs ADD COLUMN made_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX proofs_by_email ON proofs (email, kind);

-- The owner of a response that is stored under a key: the digest of the client. It is erased together with the person.
ALTER TABLE replies ADD COLUMN asker BYTEA;
CREATE INDEX replies_by_asker ON replies (asker) WHERE asker IS NOT NULL;

-- Phone numbers in E.164; one without a country code is North American. Any other text stays as it was entered.
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
