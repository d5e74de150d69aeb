-- Plans and memberships.

CREATE TABLE plans (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents >= 0),
    short_description TEXT NOT NULL,
    benefits TEXT NOT NULL,
    discount_bp BIGINT NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
    tier TEXT NOT NULL,
    max_advance_days BIGINT NOT NULL CHECK (max_advance_days >= 0),
    monthly_credits BIGINT CHECK (monthly_credits >= 0),
    guest_passes BIGINT NOT NULL CHECK (guest_passes >= 0),
    mensuite_access BOOLEAN NOT NULL,
    coresync_private_access BOOLEAN NOT NULL,
    iot_control_access BOOLEAN NOT NULL,
    concierge BOOLEAN NOT NULL,
    priority_booking BOOLEAN NOT NULL,
    featured BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (club_id, slug)
);

-- A membership: the plan of a person. A person has at most one that has not ended.
CREATE TABLE memberships (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    plan_id BIGINT NOT NULL REFERENCES plans (id),
    status TEXT NOT NULL,
    started_on TEXT NOT NULL,
    paid_until TEXT NOT NULL,
    renews BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX memberships_of_person ON memberships (person_id);
CREATE UNIQUE INDEX memberships_one_open ON memberships (club_id, person_id) WHERE status <> 'ended';

-- A service credit of a billing month, used by a booking (M1). The n-th credit of a month can be used once.
CREATE TABLE credit_uses (
    membership_id BIGINT NOT NULL REFERENCES memberships (id),
    month TEXT NOT NULL,
    n BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    PRIMARY KEY (membership_id, month, n)
);
CREATE INDEX credit_uses_of_booking ON credit_uses (booking_id);
