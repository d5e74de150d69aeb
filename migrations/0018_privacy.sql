-- Preferences, notification settings, consents, and the encryption key of each person.

-- The room settings that a person prefers (S17). NULL means the default of the room.
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

-- The notifications that a person switched off, by kind and channel. All others are sent.
CREATE TABLE silences (
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (person_id, kind, channel)
);

-- The key of a person, encrypted under the key file for 'person_keys.wrapped:{id}'. Without it, what was encrypted with it is unreadable.
CREATE TABLE person_keys (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES people (id),
    wrapped BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

-- Consents: which version of which text, when, and until when.
CREATE TABLE consents (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consents_of_person ON consents (person_id, kind);

-- When a person was erased. The row stays under a pseudonym for the records that tax law requires.
ALTER TABLE people ADD COLUMN erased_at BIGINT;
