-- Search for people by words of any script and by digits; income; the birthday gift once in twelve months.

-- The words by which a person is found, normalized by the program, as UTF-8 bytes, so that both engines order them by
-- their bytes: words of the name, parts of the address, and `#` with each end of the phone number. `sort_name` is the
-- normalized last and first name, by which results are ordered.
CREATE TABLE people_words (
    word BYTEA NOT NULL,
    sort_name BYTEA NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (word, sort_name, person_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX people_words_of_person ON people_words (person_id, word);

-- The data from which the words were made. If it differs from the row, they are made again. NULL: not made yet.
ALTER TABLE people ADD COLUMN words_of TEXT;

-- The birthday is fixed after the first birthday gift was used (M3).
ALTER TABLE people ADD COLUMN birthday_fixed_at BIGINT;
UPDATE people SET birthday_fixed_at = created_at
    WHERE EXISTS (SELECT 1 FROM birthday_uses u WHERE u.person_id = people.id);

-- The month of the visit, in months since year 0. Between two gifts of a person are at least twelve.
ALTER TABLE birthday_uses ADD COLUMN month BIGINT NOT NULL DEFAULT 0;
UPDATE birthday_uses SET month = year * 12 + COALESCE(
    (SELECT CAST(SUBSTR(b.day, 6, 2) AS BIGINT) FROM bookings b WHERE b.id = birthday_uses.booking_id), 1) - 1;

-- When a charge was earned (T12): for a service, when it was completed.
ALTER TABLE charges ADD COLUMN earned_at BIGINT;
UPDATE charges SET earned_at = changed_at WHERE subject_kind = 'booking' AND status <> 'void'
    AND EXISTS (SELECT 1 FROM bookings b WHERE b.id = charges.subject_id AND b.status = 'completed');

-- The log is searched by kind and by subject.
CREATE INDEX audit_by_what ON audit (what, at, id);
