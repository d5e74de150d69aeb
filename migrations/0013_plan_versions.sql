-- Versions of plans, and the details of each change of a membership.

-- The price and benefits of a plan from a day on. The newest version can be joined; members keep the version with which
-- they joined. The first version of a plan has the id of the plan.
CREATE TABLE plan_versions (
    id BIGINT NOT NULL PRIMARY KEY,
    plan_id BIGINT NOT NULL REFERENCES plans (id),
    n BIGINT NOT NULL CHECK (n > 0),
    cents BIGINT NOT NULL CHECK (cents >= 0),
    short_description TEXT NOT NULL,
    benefits TEXT NOT NULL,
    discount_bp BIGINT NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
    max_advance_days BIGINT NOT NULL CHECK (max_advance_days >= 0),
    monthly_credits BIGINT CHECK (monthly_credits >= 0),
    guest_passes BIGINT NOT NULL CHECK (guest_passes >= 0),
    mensuite_access BOOLEAN NOT NULL,
    coresync_private_access BOOLEAN NOT NULL,
    iot_control_access BOOLEAN NOT NULL,
    concierge BOOLEAN NOT NULL,
    priority_booking BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT REFERENCES people (id),
    UNIQUE (plan_id, n)
);
INSERT INTO plan_versions (id, plan_id, n, cents, short_description, benefits, discount_bp, max_advance_days,
    monthly_credits, guest_passes, mensuite_access, coresync_private_access, iot_control_access, concierge,
    priority_booking, made_at)
SELECT id, id, 1, cents, short_description, benefits, discount_bp, max_advance_days, monthly_credits, guest_passes,
    mensuite_access, coresync_private_access, iot_control_access, concierge, priority_booking, 0 FROM plans;

-- What remains in the plan: its name, its rank, and its position in the list.
ALTER TABLE plans DROP COLUMN cents;
ALTER TABLE plans DROP COLUMN short_description;
ALTER TABLE plans DROP COLUMN benefits;
ALTER TABLE plans DROP COLUMN discount_bp;
ALTER TABLE plans DROP COLUMN max_advance_days;
ALTER TABLE plans DROP COLUMN monthly_credits;
ALTER TABLE plans DROP COLUMN guest_passes;
ALTER TABLE plans DROP COLUMN mensuite_access;
ALTER TABLE plans DROP COLUMN coresync_private_access;
ALTER TABLE plans DROP COLUMN iot_control_access;
ALTER TABLE plans DROP COLUMN concierge;
ALTER TABLE plans DROP COLUMN priority_booking;

-- The version that applies to a membership, and the one from the day after the paid-through date (M5).
ALTER TABLE memberships ADD COLUMN version_id BIGINT REFERENCES plan_versions (id);
ALTER TABLE memberships ADD COLUMN next_version_id BIGINT REFERENCES plan_versions (id);
UPDATE memberships SET version_id = plan_id, next_version_id = next_plan_id;
ALTER TABLE memberships DROP COLUMN next_plan_id;
ALTER TABLE memberships DROP COLUMN plan_id;
CREATE INDEX memberships_by_version ON memberships (version_id) WHERE status <> 'ended';

-- The amounts of a change, as JSON.
ALTER TABLE membership_events ADD COLUMN detail TEXT;
