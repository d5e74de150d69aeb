-- Finds the bookings of which a person is the companion.

CREATE INDEX bookings_of_companion ON bookings (companion_id, starts_at) WHERE companion_id IS NOT NULL;
