-- Charges and tax rates. Amounts are cents.

-- The tax rate of each kind of sale in a club (T1), and its legal basis.
CREATE TABLE tax_rates (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    kind TEXT NOT NULL,
    rate_bp BIGINT NOT NULL CHECK (rate_bp >= 0),
    rests_on TEXT NOT NULL,
    PRIMARY KEY (club_id, kind)
);

-- One charge for one subject: a booking, an order, or a request.
CREATE TABLE charges (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    person_id BIGINT REFERENCES people (id),
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    net_cents BIGINT NOT NULL CHECK (net_cents >= 0),
    tax_cents BIGINT NOT NULL CHECK (tax_cents >= 0),
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX charges_of_subject ON charges (subject_id, subject_kind);
CREATE INDEX charges_of_person ON charges (person_id);

-- The lines of a charge. Their sum is always its net amount (P7).
CREATE TABLE charge_lines (
    charge_id BIGINT NOT NULL REFERENCES charges (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    cents BIGINT NOT NULL,
    PRIMARY KEY (charge_id, position)
);
