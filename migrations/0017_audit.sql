-- The audit log: who did what to what, and from where. Rows are only added.

CREATE TABLE audit (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- The person; NULL for a visitor. This is no foreign key, because the log outlives the person.
    who BIGINT,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT,
    network TEXT NOT NULL,
    -- JSON without secrets.
    details TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_who ON audit (who, id);
CREATE INDEX audit_by_subject ON audit (subject_id, id);

-- Checkpoints. Every minute, a digest of the new rows and of the previous checkpoint is stored, encrypted under the key file. A row that
-- was changed, deleted, or inserted afterward no longer matches its checkpoint.
CREATE TABLE audit_seals (
    number BIGINT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE TABLE audit_sealed (
    audit_id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL REFERENCES audit_seals (number)
);
CREATE INDEX audit_sealed_by_number ON audit_sealed (number);

/*sqlite:
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is not shortened'); END;
CREATE TRIGGER seals_are_not_changed BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'a seal is not changed'); END;
CREATE TRIGGER seals_are_not_broken BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'a seal is not broken'); END;
CREATE TRIGGER sealed_is_not_changed BEFORE UPDATE ON audit_sealed BEGIN SELECT RAISE(ABORT, 'what is sealed stays sealed'); END;
CREATE TRIGGER sealed_is_not_opened BEFORE DELETE ON audit_sealed BEGIN SELECT RAISE(ABORT, 'what is sealed stays sealed'); END;
*/
