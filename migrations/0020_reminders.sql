-- Reminders that went out: each once a booking, start and kind. A booking that is moved has another start.

CREATE TABLE reminders (
    booking_id BIGINT NOT NULL REFERENCES bookings (id),
    starts_at BIGINT NOT NULL,
    -- hours before the start: 24 or 2
    hours BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (booking_id, starts_at, hours)
);

-- What is sure and lies ahead.
CREATE INDEX bookings_ahead ON bookings (starts_at) WHERE status = 'confirmed';
