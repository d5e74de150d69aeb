-- Blocks: times at which a room, a technician, or a piece of equipment can't be booked, such as repairs, a lunch, or a day off.

-- The claims of a block carry its id in `claims.booking_id`. A removed block stays, with who removed it and when.
CREATE TABLE blocks (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    -- room, technician, or equipment
    kind TEXT NOT NULL,
    resource_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL CHECK (to_at > from_at),
    reason TEXT NOT NULL,
    created_by BIGINT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    changed_by BIGINT REFERENCES people (id),
    changed_at BIGINT NOT NULL,
    removed_by BIGINT REFERENCES people (id),
    removed_at BIGINT
);
CREATE INDEX blocks_by_time ON blocks (to_at, from_at) WHERE removed_at IS NULL;
