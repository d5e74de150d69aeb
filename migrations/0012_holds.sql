-- Holds, moves, visits, and series; lapses; the waitlist.

-- A hold: when it expires, whether it was extended, the digest of the token that identifies a visitor, and the network
-- from which the visitor holds the time.
ALTER TABLE bookings ADD COLUMN expires_at BIGINT;
ALTER TABLE bookings ADD COLUMN extended BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE bookings ADD COLUMN token BYTEA;
ALTER TABLE bookings ADD COLUMN held_from TEXT;
-- The price basis as JSON: prices and factors at the time of the hold. The price is fixed from then on (P6).
ALTER TABLE bookings ADD COLUMN sale TEXT;
-- Bookings that were made together back to back (F10), and bookings that repeat.
ALTER TABLE bookings ADD COLUMN visit_id BIGINT;
ALTER TABLE bookings ADD COLUMN series_id BIGINT;
-- The companion.
ALTER TABLE bookings ADD COLUMN companion_id BIGINT REFERENCES people (id);
ALTER TABLE bookings ADD COLUMN companion_name TEXT;
-- How often the booking was moved, its previous start, and the fee that the move froze (C4).
ALTER TABLE bookings ADD COLUMN moves BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bookings ADD COLUMN moved_from BIGINT;
ALTER TABLE bookings ADD COLUMN frozen_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bookings ADD COLUMN frozen_late BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether canceling is free because the club changed what was agreed (M5).
ALTER TABLE bookings ADD COLUMN free_to_cancel BOOLEAN NOT NULL DEFAULT FALSE;
-- The fee that stays due after the booking was canceled or missed.
ALTER TABLE bookings ADD COLUMN fee_cents BIGINT;
CREATE INDEX bookings_open ON bookings (ends_at) WHERE status IN ('pending', 'confirmed', 'checked_in', 'in_progress');
CREATE INDEX bookings_held ON bookings (expires_at) WHERE status = 'held';
CREATE INDEX bookings_of_visit ON bookings (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX bookings_of_series ON bookings (series_id) WHERE series_id IS NOT NULL;

-- When the allocation of a hold expires; NULL for a confirmed booking.
ALTER TABLE allocations ADD COLUMN until BIGINT;

-- Late cancellations and missed bookings of people whose plan had paid for them (C2).
CREATE TABLE lapses (
    booking_id BIGINT NOT NULL PRIMARY KEY REFERENCES bookings (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    what TEXT NOT NULL
);
CREATE INDEX lapses_of_person ON lapses (person_id, at);

-- Waitlist entries: the range of days, and the range of minutes of the business day.
CREATE TABLE waits (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    room_id BIGINT REFERENCES rooms (id),
    technician_id BIGINT REFERENCES technicians (id),
    party BIGINT,
    minutes BIGINT,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL CHECK (to_minute > from_minute),
    starts_at BIGINT,
    state TEXT NOT NULL,
    passed BIGINT NOT NULL,
    joined_at BIGINT NOT NULL
);
CREATE INDEX waits_waiting ON waits (club_id, last_day) WHERE state = 'waiting';
CREATE INDEX waits_of_person ON waits (person_id, joined_at);

-- The offers that were made; each is a hold. A start that was passed over is not offered to the same entry again.
CREATE TABLE offers (
    booking_id BIGINT NOT NULL PRIMARY KEY,
    wait_id BIGINT NOT NULL REFERENCES waits (id),
    starts_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX offers_of_wait ON offers (wait_id, starts_at);
