-- Settings that a club has changed, and services that are sold by duration.

-- A row replaces the default value of the program.
CREATE TABLE club_numbers (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (club_id, name)
);

-- The shortest and the longest duration and the step, in minutes (F9); the price is for `minutes`. All three are set, or none.
ALTER TABLE services ADD COLUMN least_minutes BIGINT;
ALTER TABLE services ADD COLUMN most_minutes BIGINT;
ALTER TABLE services ADD COLUMN step_minutes BIGINT;
