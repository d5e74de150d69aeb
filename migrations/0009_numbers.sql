-- Numbers of the rules that a club has changed, and services that are sold by time.

-- What stands here beats the default that the program has.
CREATE TABLE club_numbers (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (club_id, name)
);

-- From how many minutes to how many, in which steps (F9); the price is for `minutes`. All three or none.
ALTER TABLE services ADD COLUMN least_minutes BIGINT;
ALTER TABLE services ADD COLUMN most_minutes BIGINT;
ALTER TABLE services ADD COLUMN step_minutes BIGINT;
