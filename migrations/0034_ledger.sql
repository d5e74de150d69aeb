-- The double-entry ledger (docs/ledger.md). Amounts are cents. Entries and postings are only added.

-- The business days of a club (T14). Each begins when the one before ends, and is named by the date on which it begins.
CREATE TABLE ledger_days (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    day TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by BIGINT REFERENCES people (id),
    PRIMARY KEY (club_id, day),
    CHECK (ends_at > begins_at)
);
CREATE UNIQUE INDEX ledger_days_by_beginning ON ledger_days (club_id, begins_at);

-- One entry for each business event, which its source, the id there, and the part of it identify.
CREATE TABLE ledger_entries (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    part TEXT NOT NULL,
    at BIGINT NOT NULL,
    day TEXT NOT NULL,
    -- The business day of the event, if it was closed before the entry was recorded.
    concerns TEXT,
    memo TEXT NOT NULL,
    by_person BIGINT REFERENCES people (id),
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ledger_entries_by_event ON ledger_entries (club_id, source, source_id, part);
CREATE INDEX ledger_entries_by_day ON ledger_entries (club_id, day, id);
CREATE INDEX ledger_entries_by_person ON ledger_entries (by_person) WHERE by_person IS NOT NULL;

-- Each posting moves an amount from one account to another, so no entry can be unbalanced. Both sides may have a subject.
CREATE TABLE ledger_postings (
    entry_id BIGINT NOT NULL REFERENCES ledger_entries (id),
    position BIGINT NOT NULL,
    club_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    debit TEXT NOT NULL,
    debit_kind TEXT,
    debit_id BIGINT,
    credit TEXT NOT NULL,
    credit_kind TEXT,
    credit_id BIGINT,
    cents BIGINT NOT NULL CHECK (cents > 0),
    person_id BIGINT REFERENCES people (id),
    PRIMARY KEY (entry_id, position),
    CHECK (debit <> credit)
);
CREATE INDEX ledger_postings_by_debit ON ledger_postings (club_id, debit, day, entry_id, position);
CREATE INDEX ledger_postings_by_credit ON ledger_postings (club_id, credit, day, entry_id, position);
CREATE INDEX ledger_postings_of_debit ON ledger_postings (debit_id, debit_kind) WHERE debit_id IS NOT NULL;
CREATE INDEX ledger_postings_of_credit ON ledger_postings (credit_id, credit_kind) WHERE credit_id IS NOT NULL;
CREATE INDEX ledger_postings_of_person ON ledger_postings (person_id) WHERE person_id IS NOT NULL;

-- The shards of a business day. Who records an entry locks one of them; who closes the day locks and closes all.
CREATE TABLE ledger_shards (
    club_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    shard BIGINT NOT NULL,
    is_closed BOOLEAN NOT NULL,
    PRIMARY KEY (club_id, day, shard)
);

-- Sums of the postings of a day by account, and their number, in shards.
CREATE TABLE ledger_day_sums (
    club_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    account TEXT NOT NULL,
    shard BIGINT NOT NULL,
    debit_cents BIGINT NOT NULL,
    credit_cents BIGINT NOT NULL,
    postings BIGINT NOT NULL,
    PRIMARY KEY (club_id, day, account, shard)
);

-- Sums of all postings by account and subject.
CREATE TABLE ledger_subject_sums (
    club_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    debit_cents BIGINT NOT NULL,
    credit_cents BIGINT NOT NULL,
    PRIMARY KEY (club_id, account, subject_kind, subject_id)
);
CREATE INDEX ledger_subject_sums_of_subject ON ledger_subject_sums (subject_id, subject_kind);
CREATE INDEX ledger_subject_sums_open ON ledger_subject_sums (club_id, account, subject_kind, subject_id)
    WHERE debit_cents <> credit_cents;

-- Sums of all postings up to the end of a closed day, by account.
CREATE TABLE ledger_closing_balances (
    club_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    account TEXT NOT NULL,
    debit_cents BIGINT NOT NULL,
    credit_cents BIGINT NOT NULL,
    PRIMARY KEY (club_id, day, account)
);

/*sqlite:
CREATE TRIGGER ledger_entries_are_not_changed BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_are_not_deleted BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_are_not_changed BEFORE UPDATE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_are_not_deleted BEFORE DELETE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_closings_are_not_changed BEFORE UPDATE ON ledger_closing_balances BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_closings_are_not_deleted BEFORE DELETE ON ledger_closing_balances BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_closed_days_are_not_changed BEFORE UPDATE ON ledger_days WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed business day is not changed'); END;
CREATE TRIGGER ledger_days_are_not_deleted BEFORE DELETE ON ledger_days BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
*/

/*postgres:
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER ledger_entries_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_postings_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_closings_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing_balances
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_closed_days_are_not_changed BEFORE UPDATE ON ledger_days
FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_days_are_not_deleted BEFORE DELETE OR TRUNCATE ON ledger_days
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
*/
