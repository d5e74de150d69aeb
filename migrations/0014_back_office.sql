-- Who changed which rule, single time and number, and when.

-- A rule that was ended keeps nothing any more, and stays readable.
ALTER TABLE release_rules ADD COLUMN ended_at BIGINT;

-- What happened to a rule, or to a single time of a room: what it was before, as JSON.
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

-- From what to what a number was changed; nothing is the default.
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
