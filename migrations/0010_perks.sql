-- Benefits of a plan besides credits, and the lifecycle of a membership.

-- Whether credits are used automatically (P3); the pause, in whole billing months without dues and benefits (M6); the plan
-- from the day after the paid-through date (M5).
ALTER TABLE memberships ADD COLUMN auto_credit BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE memberships ADD COLUMN frozen_from TEXT;
ALTER TABLE memberships ADD COLUMN frozen_until TEXT;
ALTER TABLE memberships ADD COLUMN next_plan_id BIGINT REFERENCES plans (id);

-- A guest pass of a billing month, used by a booking (M2). The n-th pass of a month can be used once.
CREATE TABLE pass_uses (
    membership_id BIGINT NOT NULL REFERENCES memberships (id),
    month TEXT NOT NULL,
    n BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    PRIMARY KEY (membership_id, month, n)
);
CREATE INDEX pass_uses_of_booking ON pass_uses (booking_id);

-- The birthday gift (M3): one per year.
CREATE TABLE birthday_uses (
    person_id BIGINT NOT NULL REFERENCES people (id),
    year BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    PRIMARY KEY (person_id, year)
);
CREATE INDEX birthday_uses_of_booking ON birthday_uses (booking_id);

-- The history of a membership: what happened, when, and who did it.
CREATE TABLE membership_events (
    id BIGINT NOT NULL PRIMARY KEY,
    membership_id BIGINT NOT NULL REFERENCES memberships (id),
    at BIGINT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    what TEXT NOT NULL
);
CREATE INDEX membership_events_of_membership ON membership_events (membership_id, id);
