-- Bookings, their claims on resources, and their history.

CREATE TABLE bookings (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    reference TEXT,
    person_id BIGINT REFERENCES people (id),
    booked_by BIGINT REFERENCES people (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    party BIGINT NOT NULL CHECK (party > 0),
    day TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL CHECK (ends_at > starts_at),
    status TEXT NOT NULL,
    base_cents BIGINT NOT NULL,
    addons_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    tax_cents BIGINT NOT NULL,
    why TEXT NOT NULL,
    policy TEXT NOT NULL,
    guest_name TEXT,
    guest_phone TEXT,
    guest_email TEXT,
    special_requests TEXT,
    allergies BYTEA,
    ai_program TEXT,
    scene TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (club_id, reference)
);
CREATE INDEX bookings_of_person ON bookings (person_id, starts_at);
CREATE INDEX bookings_by_day ON bookings (club_id, day);

CREATE TABLE booking_addons (
    booking_id BIGINT NOT NULL REFERENCES bookings (id),
    addon_id BIGINT NOT NULL REFERENCES addons (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    notes TEXT NOT NULL,
    unit_cents BIGINT NOT NULL,
    PRIMARY KEY (booking_id, addon_id)
);

-- The resources allocated to a booking, from which 5-minute cell to which. Rows are never deleted; only those
-- of live bookings claim cells.
CREATE TABLE allocations (
    booking_id BIGINT NOT NULL REFERENCES bookings (id),
    resource_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    from_cell BIGINT NOT NULL,
    to_cell BIGINT NOT NULL CHECK (to_cell > from_cell),
    live BOOLEAN NOT NULL,
    PRIMARY KEY (booking_id, resource_id)
);
CREATE INDEX allocations_by_time ON allocations (from_cell, to_cell, resource_id) WHERE live;
CREATE INDEX allocations_by_resource ON allocations (resource_id, from_cell, to_cell) WHERE live;

-- The key that makes a double booking impossible: one booking per resource, unit, and cell. It covers rooms,
-- technicians, equipment, and the guests themselves.
CREATE TABLE claims (
    resource_id BIGINT NOT NULL,
    unit BIGINT NOT NULL,
    cell BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    PRIMARY KEY (resource_id, unit, cell)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX claims_of_booking ON claims (booking_id);

-- Changes with every claim on a resource. It is the key of the cached calendar of the resource.
CREATE TABLE resource_versions (
    resource_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- The history of a booking: what happened, when, and who did it.
CREATE TABLE booking_events (
    id BIGINT NOT NULL PRIMARY KEY,
    booking_id BIGINT NOT NULL REFERENCES bookings (id),
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX booking_events_of_booking ON booking_events (booking_id, id);
