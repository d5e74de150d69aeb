-- What people like, what they want to be told, what they agreed to, and the key of their own.

-- What a room is set to for them (S17). Nothing: the room's own.
CREATE TABLE preferences (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES people (id),
    scene TEXT,
    light_percent BIGINT CHECK (light_percent >= 0 AND light_percent <= 100),
    light_kelvin BIGINT,
    temperature_tenths BIGINT,
    scents TEXT NOT NULL,
    music TEXT,
    volume_percent BIGINT CHECK (volume_percent >= 0 AND volume_percent <= 100),
    changed_at BIGINT NOT NULL
);

-- What somebody does not want to be told, by kind and channel. What is not here is told.
CREATE TABLE silences (
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (person_id, kind, channel)
);

-- A person's own key, wrapped by the key file: sealed for 'person_keys.wrapped:{id}'. Without it what was sealed with it is noise.
CREATE TABLE person_keys (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES people (id),
    wrapped BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

-- What people agreed to: to which version of which text, when, until when.
CREATE TABLE consents (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consents_of_person ON consents (person_id, kind);

-- When somebody was erased: their row stays under a pseudonym, for what the tax period keeps.
ALTER TABLE people ADD COLUMN erased_at BIGINT;
