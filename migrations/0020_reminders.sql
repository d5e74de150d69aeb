-- Reminders that were sent: one per booking, start, and kind. A booking that was moved has another start.

CREATE TABLE reminders (
    booking_id BIGINT NOT NULL REFERENCES bookings (id),
    starts_at BIGINT NOT NULL,
    -- Hours before the start: 24 or 2.
    hours BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (booking_id, starts_at, hours)
);

-- Confirmed bookings in the future.
CREATE INDEX bookings_ahead ON bookings (starts_at) WHERE status = 'confirmed';
