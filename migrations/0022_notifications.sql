-- Notifications: those to be sent, in the order of their events; the log of their results; guests who receive email.

-- The last sequence number of each subject. Its row is locked until the commit, so a later number is never committed first.
CREATE TABLE notification_subjects (
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (kind, subject_id)
);

-- One row for each recipient of an event, written in the transaction of the event, and deleted after it was sent or dropped.
CREATE TABLE notifications (
    id BIGINT NOT NULL PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    -- owner or guest
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- JSON, as defined by the crate that wrote it
    data TEXT NOT NULL,
    -- The account that it concerns, for erasure
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

-- The subject of a log entry. For a dropped message (how = 'dropped'), address and subject are empty, and why holds the reason.
ALTER TABLE mails ADD COLUMN notification_id BIGINT;
ALTER TABLE mails ADD COLUMN subject_kind TEXT;
ALTER TABLE mails ADD COLUMN subject_id BIGINT;
ALTER TABLE mails ADD COLUMN kind TEXT;
ALTER TABLE mails ADD COLUMN person_id BIGINT;
ALTER TABLE mails ADD COLUMN why TEXT;
CREATE INDEX mails_of_person ON mails (person_id) WHERE person_id IS NOT NULL;

-- Bookings whose guest receives email (N1, N2), and when the guest unsubscribed.
CREATE TABLE guest_contacts (
    booking_id BIGINT NOT NULL PRIMARY KEY REFERENCES bookings (id),
    stopped_at BIGINT
);
INSERT INTO guest_contacts (booking_id)
SELECT id FROM bookings WHERE guest_email IS NOT NULL AND reference IS NOT NULL
AND (person_id IS NULL OR person_id IN (SELECT id FROM people WHERE email IS NOT NULL));

-- The addresses to which an account had emails sent on a day (N1): one slot each, by digest.
CREATE TABLE guest_addresses (
    person_id BIGINT NOT NULL REFERENCES people (id),
    day TEXT NOT NULL,
    slot BIGINT NOT NULL CHECK (slot > 0),
    address BYTEA NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (person_id, day, slot),
    UNIQUE (person_id, day, address)
);
