-- Notifications: what is still to be sent, in the order of its events; the log of what became of each; guests who are emailed.

-- The last sequence number of each subject. Its row is locked until the commit, so a later number is never committed first.
CREATE TABLE notification_subjects (
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (kind, subject_id)
);

-- One row for each recipient of an event, written in the transaction of the event, deleted when it was sent or dropped.
CREATE TABLE notifications (
    id BIGINT NOT NULL PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    -- owner or guest
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- JSON, as the crate that wrote it defines
    data TEXT NOT NULL,
    -- whose account it concerns, for erasure
    person_id BIGINT,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    locked_until BIGINT,
    last_error TEXT,
    UNIQUE (subject_kind, subject_id, recipient, sequence)
);
CREATE INDEX notifications_due ON notifications (due_at, id);
CREATE INDEX notifications_of_person ON notifications (person_id) WHERE person_id IS NOT NULL;

-- What an entry of the log is about. Of what was dropped (how = 'dropped') address and subject are empty and why says the reason.
ALTER TABLE mails ADD COLUMN notification_id BIGINT;
ALTER TABLE mails ADD COLUMN subject_kind TEXT;
ALTER TABLE mails ADD COLUMN subject_id BIGINT;
ALTER TABLE mails ADD COLUMN kind TEXT;
ALTER TABLE mails ADD COLUMN person_id BIGINT;
ALTER TABLE mails ADD COLUMN why TEXT;
CREATE INDEX mails_of_person ON mails (person_id) WHERE person_id IS NOT NULL;

-- Bookings whose guest is emailed (N1, N2), and since when the guest wants no more of it.
CREATE TABLE guest_contacts (
    booking_id BIGINT NOT NULL PRIMARY KEY REFERENCES bookings (id),
    stopped_at BIGINT
);
INSERT INTO guest_contacts (booking_id)
SELECT id FROM bookings WHERE guest_email IS NOT NULL AND reference IS NOT NULL
AND (person_id IS NULL OR person_id IN (SELECT id FROM people WHERE email IS NOT NULL));

-- To which addresses an account had emails sent on a day of the club (N1): one slot for each, by digest.
CREATE TABLE guest_addresses (
    person_id BIGINT NOT NULL REFERENCES people (id),
    day TEXT NOT NULL,
    slot BIGINT NOT NULL CHECK (slot > 0),
    address BYTEA NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (person_id, day, slot),
    UNIQUE (person_id, day, address)
);
