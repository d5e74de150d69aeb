-- Renames tables, columns, indexes, and triggers to the terms that the code uses. The contexts that encrypted values are bound to contain
-- the former names, because a stored value can only be decrypted in the context in which it was encrypted.

ALTER TABLE audit_seals RENAME TO audit_checkpoints;
ALTER TABLE audit_checkpoints RENAME COLUMN sealed TO encrypted;
ALTER TABLE audit_sealed RENAME TO audit_checkpoint_rows;
DROP INDEX audit_sealed_by_number;
CREATE INDEX audit_checkpoint_rows_by_number ON audit_checkpoint_rows (number);

ALTER TABLE replies RENAME COLUMN sealed TO encrypted;

ALTER TABLE key_marks RENAME COLUMN sealed TO encrypted;

ALTER TABLE bookings RENAME COLUMN sale TO price_basis;

/*sqlite:
DROP TRIGGER seals_are_not_changed;
DROP TRIGGER seals_are_not_broken;
DROP TRIGGER sealed_is_not_changed;
DROP TRIGGER sealed_is_not_opened;
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'a checkpoint is not changed'); END;
CREATE TRIGGER checkpoints_are_not_deleted BEFORE DELETE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'a checkpoint is not deleted'); END;
CREATE TRIGGER checkpoint_rows_are_not_changed BEFORE UPDATE ON audit_checkpoint_rows BEGIN SELECT RAISE(ABORT, 'a row of a checkpoint is not changed'); END;
CREATE TRIGGER checkpoint_rows_are_not_deleted BEFORE DELETE ON audit_checkpoint_rows BEGIN SELECT RAISE(ABORT, 'a row of a checkpoint is not deleted'); END;
*/
