-- The holds of a network are counted whenever a visitor holds a time. Without an index, that would read every booking.
CREATE INDEX bookings_held_from ON bookings (held_from, created_at) WHERE held_from IS NOT NULL;
