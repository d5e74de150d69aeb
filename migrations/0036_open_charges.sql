-- The lists of open charges: what is due for something that took place, and what is due at a visit ahead.
CREATE INDEX charges_due ON charges (club_id, changed_at, id) WHERE status = 'unpaid' AND earned_at IS NOT NULL;
CREATE INDEX charges_ahead ON charges (club_id, changed_at, id) WHERE status = 'unpaid' AND earned_at IS NULL;
DROP INDEX charges_unpaid;
