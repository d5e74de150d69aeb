-- Who changed which rule, override, and setting, and when.

-- An ended rule reserves nothing and stays readable.
ALTER TABLE release_rules ADD COLUMN ended_at BIGINT;

-- The history of rules and overrides, with the previous state as JSON.
CREATE TABLE release_events (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    rule_id BIGINT REFERENCES release_rules (id),
    room_id BIGINT REFERENCES rooms (id),
    starts_at BIGINT,
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    what TEXT NOT NULL,
    before TEXT
);
CREATE INDEX release_events_of_rule ON release_events (rule_id, id) WHERE rule_id IS NOT NULL;
CREATE INDEX release_events_of_time ON release_events (room_id, starts_at, id) WHERE room_id IS NOT NULL;

-- The old and the new value of a setting; NULL means the default.
CREATE TABLE number_events (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    from_value BIGINT,
    to_value BIGINT
);
CREATE INDEX number_events_by_name ON number_events (club_id, name, id);
