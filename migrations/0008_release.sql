-- Release rules: for whom times are reserved, and until when (W3).

-- Rules for times that repeat every week. Lists are JSON; an empty list means all.
CREATE TABLE release_rules (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    room_kinds TEXT NOT NULL,
    services TEXT NOT NULL,
    weekdays TEXT NOT NULL,
    from_minute BIGINT NOT NULL CHECK (from_minute >= 0),
    to_minute BIGINT NOT NULL CHECK (to_minute > from_minute AND to_minute <= 2880),
    tier TEXT NOT NULL,
    release_hours BIGINT NOT NULL CHECK (release_hours >= 0),
    factor_bp BIGINT NOT NULL CHECK (factor_bp > 0),
    tags TEXT NOT NULL
);

-- Overrides: a manual decision for one start in one room. It takes precedence over every rule.
CREATE TABLE time_overrides (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    starts_at BIGINT NOT NULL,
    decision TEXT NOT NULL,
    tier TEXT NOT NULL,
    number BIGINT NOT NULL,
    decided_by BIGINT REFERENCES people (id),
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, starts_at)
);
CREATE INDEX time_overrides_by_time ON time_overrides (starts_at);
