-- Payments, refunds, versions of charges, and tax by component (T1, T7, T8, T13, T16, T18). Amounts are cents.

-- Each change of what a subject costs is a version. The current version has no `replaced_at`, and there is only one. It
-- holds what was paid for the subject, what was sent back, and what the club gave up.
ALTER TABLE charges ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE charges ADD COLUMN replaced_at BIGINT;
ALTER TABLE charges ADD COLUMN comp_cents BIGINT NOT NULL DEFAULT 0 CHECK (comp_cents >= 0);
ALTER TABLE charges ADD COLUMN written_off_cents BIGINT NOT NULL DEFAULT 0 CHECK (written_off_cents >= 0);
ALTER TABLE charges ADD COLUMN paid_cents BIGINT NOT NULL DEFAULT 0 CHECK (paid_cents >= 0);
ALTER TABLE charges ADD COLUMN refunded_cents BIGINT NOT NULL DEFAULT 0 CHECK (refunded_cents >= 0);
-- The day whose tax rates apply.
ALTER TABLE charges ADD COLUMN taxed_on TEXT NOT NULL DEFAULT '0001-01-01';
-- The charge was delivered and due before the ledger began, and its opening entry (row 39) is not recorded yet.
ALTER TABLE charges ADD COLUMN needs_opening BOOLEAN NOT NULL DEFAULT FALSE;

-- A charge that is not void counts before a void one, and a newer one before an older one.
UPDATE charges SET version = (SELECT COUNT(*) FROM charges o WHERE o.club_id = charges.club_id
    AND o.subject_id = charges.subject_id AND o.subject_kind = charges.subject_kind
    AND (CASE WHEN o.status = 'void' THEN 0 ELSE 1 END < CASE WHEN charges.status = 'void' THEN 0 ELSE 1 END
        OR (CASE WHEN o.status = 'void' THEN 0 ELSE 1 END = CASE WHEN charges.status = 'void' THEN 0 ELSE 1 END
            AND o.id <= charges.id)));
UPDATE charges SET replaced_at = changed_at, status = 'void' WHERE EXISTS (SELECT 1 FROM charges o
    WHERE o.club_id = charges.club_id AND o.subject_id = charges.subject_id AND o.subject_kind = charges.subject_kind
    AND o.version > charges.version);
CREATE UNIQUE INDEX charges_by_version ON charges (club_id, subject_id, subject_kind, version);
CREATE UNIQUE INDEX charges_current ON charges (club_id, subject_id, subject_kind) WHERE replaced_at IS NULL;

-- Nobody could record a payment for a visit before, so visits that took place count as paid. Their fees stay due.
UPDATE charges SET status = 'settled' WHERE status = 'due' AND earned_at IS NOT NULL AND subject_kind = 'booking'
    AND EXISTS (SELECT 1 FROM charge_lines l WHERE l.charge_id = charges.id AND l.kind <> 'fee');
-- A fee is earned when it arises (T12).
UPDATE charges SET earned_at = changed_at WHERE earned_at IS NULL AND status <> 'void'
    AND EXISTS (SELECT 1 FROM charge_lines l WHERE l.charge_id = charges.id AND l.kind = 'fee')
    AND NOT EXISTS (SELECT 1 FROM charge_lines l WHERE l.charge_id = charges.id AND l.kind <> 'fee');
UPDATE charges SET needs_opening = TRUE WHERE status = 'due' AND earned_at IS NOT NULL;
CREATE INDEX charges_without_opening ON charges (club_id, id) WHERE needs_opening = TRUE;

-- Money that was received, in parts by subject. A payment of method `earlier` was received before payments were
-- recorded: it has no receipt number and no entry in the ledger.
CREATE TABLE payments (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    number TEXT,
    person_id BIGINT REFERENCES people (id),
    method TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    tip_cents BIGINT NOT NULL DEFAULT 0 CHECK (tip_cents >= 0),
    slip TEXT NOT NULL DEFAULT '',
    taken_by BIGINT REFERENCES people (id),
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX payments_by_number ON payments (club_id, number);
CREATE INDEX payments_by_time ON payments (club_id, received_at, id);
CREATE INDEX payments_of_person ON payments (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX payments_by_clerk ON payments (taken_by) WHERE taken_by IS NOT NULL;

-- No part is refunded beyond what was received (T8).
CREATE TABLE payment_parts (
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    position BIGINT NOT NULL,
    club_id BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    refunded_cents BIGINT NOT NULL DEFAULT 0 CHECK (refunded_cents >= 0),
    PRIMARY KEY (payment_id, position),
    CHECK (refunded_cents <= cents)
);
CREATE INDEX payment_parts_of_subject ON payment_parts (subject_id, subject_kind);

-- Money that was sent back of a part of a payment, the way it came.
CREATE TABLE refunds (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    number TEXT NOT NULL,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    part BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    method TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    slip TEXT NOT NULL DEFAULT '',
    sent_by BIGINT REFERENCES people (id),
    sent_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX refunds_by_number ON refunds (club_id, number);
CREATE INDEX refunds_of_subject ON refunds (subject_id, subject_kind);
CREATE INDEX refunds_of_part ON refunds (payment_id, part);
CREATE INDEX refunds_by_time ON refunds (club_id, sent_at, id);
CREATE INDEX refunds_by_clerk ON refunds (sent_by) WHERE sent_by IS NOT NULL;

-- What the club gave up of a charge: a comp or a write-off, by a manager, with a reason (T18).
CREATE TABLE charge_adjustments (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    charge_id BIGINT NOT NULL REFERENCES charges (id),
    kind TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    reason TEXT NOT NULL,
    made_by BIGINT REFERENCES people (id),
    made_at BIGINT NOT NULL
);
CREATE INDEX charge_adjustments_of_charge ON charge_adjustments (charge_id);
CREATE INDEX charge_adjustments_by_clerk ON charge_adjustments (made_by) WHERE made_by IS NOT NULL;

-- Charges that were settled at the desk have a payment with the id of the charge.
INSERT INTO payments (id, club_id, person_id, method, cents, received_at)
    SELECT id, club_id, person_id, 'earlier', net_cents + tax_cents, changed_at FROM charges
    WHERE status = 'settled' AND net_cents + tax_cents > 0;
INSERT INTO payment_parts (payment_id, position, club_id, subject_kind, subject_id, cents)
    SELECT id, 0, club_id, subject_kind, subject_id, net_cents + tax_cents FROM charges
    WHERE status = 'settled' AND net_cents + tax_cents > 0;
UPDATE charges SET paid_cents = net_cents + tax_cents WHERE status = 'settled';
UPDATE charges SET status = CASE status WHEN 'settled' THEN 'paid' WHEN 'due' THEN 'unpaid' ELSE status END;
CREATE INDEX charges_unpaid ON charges (club_id, changed_at, id) WHERE status = 'unpaid';
CREATE INDEX charges_to_refund ON charges (club_id, changed_at, id)
    WHERE paid_cents - refunded_cents > net_cents + tax_cents - comp_cents - written_off_cents;

-- Tax of a charge by kind of sale and component of the rate. Components without tax have no row. The tax of charges that
-- are older than this table is that of the kind of their first line.
CREATE TABLE charge_taxes (
    charge_id BIGINT NOT NULL REFERENCES charges (id),
    kind TEXT NOT NULL,
    component TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    PRIMARY KEY (charge_id, kind, component)
);

INSERT INTO charge_taxes SELECT c.id, l.kind, 'Sales tax', c.tax_cents FROM charges c
    JOIN charge_lines l ON l.charge_id = c.id AND l.position = 0 WHERE c.tax_cents > 0;

-- Tax rates by kind of sale and first day, each of components in basis points (T16).
CREATE TABLE tax_components (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    kind TEXT NOT NULL,
    first_day TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    rate_bp BIGINT NOT NULL CHECK (rate_bp >= 0),
    legal_basis TEXT NOT NULL,
    PRIMARY KEY (club_id, kind, first_day, position)
);
INSERT INTO tax_components SELECT club_id, kind, '0001-01-01', 0, 'Sales tax', rate_bp, rests_on FROM tax_rates;
INSERT INTO tax_components SELECT club_id, 'addon', '0001-01-01', 0, 'Sales tax', rate_bp, rests_on FROM tax_rates
    WHERE kind = 'service';
DROP TABLE tax_rates;
