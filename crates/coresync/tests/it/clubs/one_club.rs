//! Every statement on a table of a club has a condition on the club or inserts it, and every statement on a table that
//! belongs to a club through another table names a row of it. Exceptions are listed here by file, with the reason.

use std::collections::BTreeSet;

use kit::db::Sql;

/// The tables whose rows belong to a club.
const TABLES: [&str; 35] = [
    "addons",
    "audit",
    "blocks",
    "bookings",
    "charge_adjustments",
    "charges",
    "club_settings",
    "counters",
    "equipment",
    "freed_spans",
    "jobs",
    "ledger_closing_balances",
    "ledger_day_sums",
    "ledger_days",
    "ledger_entries",
    "ledger_postings",
    "ledger_shards",
    "ledger_subject_sums",
    "memberships",
    "notifications",
    "number_events",
    "payment_parts",
    "payments",
    "picture_slots",
    "pictures",
    "plans",
    "refunds",
    "release_events",
    "release_rules",
    "rooms",
    "service_categories",
    "services",
    "tax_components",
    "technicians",
    "waits",
];

/// The tables that belong to a club only through a row of another table, with the columns that lead to such a row. They
/// need no `club_id`, because a transaction gets the ids in these columns only from rows of its own club.
const DEPENDENT: [(&str, &[&str]); 23] = [
    ("allocations", &["booking_id", "resource_id"]),
    ("birthday_uses", &["booking_id"]),
    ("booking_addons", &["booking_id"]),
    ("booking_events", &["booking_id"]),
    ("charge_lines", &["charge_id"]),
    ("charge_taxes", &["charge_id"]),
    ("claims", &["booking_id", "resource_id"]),
    ("credit_uses", &["booking_id", "membership_id"]),
    ("guest_contacts", &["booking_id"]),
    ("lapses", &["booking_id"]),
    ("membership_events", &["membership_id"]),
    ("notification_subjects", &["subject_id"]),
    ("offers", &["booking_id", "wait_id"]),
    ("pass_uses", &["booking_id", "membership_id"]),
    ("picture_files", &["picture_id"]),
    ("plan_versions", &["plan_id"]),
    ("reminders", &["booking_id"]),
    ("resource_versions", &["resource_id"]),
    ("service_addons", &["service_id"]),
    ("service_equipment", &["service_id"]),
    ("service_rooms", &["service_id"]),
    ("time_overrides", &["room_id"]),
    ("weekly_hours", &["resource_id"]),
];

/// The tables that all clubs share, with the reason.
const SHARED: [(&str, &[&str]); 4] = [
    (
        "one account serves all clubs",
        &[
            "consents",
            "devices",
            "guest_addresses",
            "people",
            "people_words",
            "person_addresses",
            "person_keys",
            "preferences",
            "proofs",
            "replies",
            "sessions",
            "sign_in_failures",
            "sign_ins",
            "sign_ups",
            "silences",
        ],
    ),
    ("one outbox sends the emails of all clubs and logs them", &["mails"]),
    (
        "the audit log has one chain of checkpoints for all clubs",
        &["audit_checkpoint_rows", "audit_checkpoints"],
    ),
    (
        "they describe the database and the processes that use it",
        &["clubs", "flushes", "key_marks", "nodes", "versions", "write_probes"],
    ),
];

/// The tables that define the host names, roles, and versions of clubs. No test checks the statements on them, because
/// some find the club and some read all clubs.
const OWN: [&str; 3] = ["club_hosts", "club_roles", "club_versions"];

/// The statements on rows of all clubs: the file, the beginning of each statement, and the reason.
const OF_ALL: &[(&str, &[&str], &str)] = &[
    (
        "bookings/src/accounts/privacy.rs",
        &[
            "SELECT s.name",
            "SELECT id, reference",
            "SELECT a.name",
            "SELECT DISTINCT LOWER(guest_email)",
            "UPDATE bookings SET guest_name",
            "UPDATE booking_addons",
            "UPDATE bookings SET companion_name",
            "UPDATE waits SET state = 'left'",
        ],
        "an export and an erasure of personal data cover all clubs",
    ),
    (
        "bookings/src/store/bookings.rs",
        &["SELECT club_id FROM bookings"],
        "finds the club of a booking that another club's transaction has met",
    ),
    (
        "bookings/src/notifications/guests.rs",
        &["DELETE FROM guest_contacts"],
        "an erasure of personal data covers all clubs",
    ),
    (
        "ledger/src/read/entries.rs",
        &[
            "SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id FROM \
             ledger_postings WHERE person_id",
            "SELECT id, at, day",
        ],
        "an export of personal data covers all clubs",
    ),
    (
        "money/src/export.rs",
        &["SELECT id, subject_kind", "SELECT m.number", "SELECT r.number", "SELECT a.kind"],
        "an export of personal data covers all clubs",
    ),
    ("membership/src/store.rs", &["SELECT m.id, p.name"], "an export of personal data covers all clubs"),
    (
        "messages/src/deliver.rs",
        &["DELETE FROM notifications", "DELETE FROM jobs"],
        "an erasure of personal data covers all clubs",
    ),
    (
        "messages/src/outbox.rs",
        &[
            "UPDATE notifications SET locked_until = $1",
            "UPDATE notifications SET locked_until = NULL",
            "UPDATE notifications SET created_at = CASE",
            "DELETE FROM notifications WHERE id",
            "DELETE FROM notifications WHERE person_id",
        ],
        "one outbox sends the notifications of all clubs, each composed for its club",
    ),
    (
        "kit/src/jobs/run.rs",
        &[
            "SELECT kind, last_error",
            "DELETE FROM jobs WHERE id",
            "UPDATE jobs SET locked_until = $1",
            "UPDATE jobs SET locked_until = NULL",
            "UPDATE jobs SET run_at = CASE",
        ],
        "the runners run the jobs of all clubs, each with the database handle of its club",
    ),
    (
        "kit/src/notifications.rs",
        &["UPDATE notifications SET due_at"],
        "finds notifications by the subject of a notification that is being written",
    ),
    (
        "people/src/accounts/account_emails.rs",
        &["SELECT id FROM audit"],
        "checks whether an account, which all clubs share, has changed since",
    ),
    (
        "people/src/audit.rs",
        &[
            "SELECT COUNT(*) FROM audit",
            "SELECT a.id, a.at, a.who, a.role, a.what, a.subject, a.subject_id, a.network, a.details, a.club_id \
             FROM audit a WHERE at >= $1 AND NOT",
            "SELECT a.id, a.at, a.who, a.role, a.what, a.subject, a.subject_id, a.network, a.details, a.club_id \
             FROM audit a JOIN audit_checkpoint_rows",
        ],
        "the audit log has one chain of checkpoints for all clubs",
    ),
    (
        "people/src/audit.rs",
        &[
            "SELECT a.id, a.at, a.who, a.role, a.what, a.subject, a.subject_id, a.network, a.details, a.club_id \
             FROM audit a WHERE who",
        ],
        "an export of personal data covers all clubs",
    ),
    (
        "coresync/src/check.rs",
        &[
            "SELECT COUNT(*) FROM bookings",
            "SELECT x.reference, x.id FROM allocations a",
            "SELECT DISTINCT b.reference, b.id FROM claims c",
            "SELECT c.booking_id, COUNT(*) FROM claims c",
            "SELECT k.id FROM blocks k",
            "SELECT DISTINCT b.reference, b.id FROM allocations a",
            "SELECT b.reference, b.id FROM bookings b",
            "SELECT DISTINCT b.reference, b.id FROM bookings b",
            "SELECT club_id, reference FROM bookings",
            "SELECT club_id, year, last FROM counters",
            "SELECT c.id FROM charges c",
            "SELECT c.subject_kind, c.subject_id FROM charges c",
            "SELECT m.id FROM memberships m",
            "WITH totals AS",
        ],
        "`coresync check` examines the whole database",
    ),
    (
        "coresync/src/reactions/account_jobs.rs",
        &["SELECT CAST(1 AS BIGINT)"],
        "checks whether any row of any club refers to a person",
    ),
];

/// The statements on a dependent table that name no row of the club: the file, the beginning of each statement, and the
/// reason.
const WITHOUT_A_ROW: &[(&str, &[&str], &str)] = &[
    (
        "bookings/src/notifications/notify.rs",
        &["SELECT at FROM booking_events"],
        "the id of the event is in a notification of the club",
    ),
    (
        "scheduling/src/store.rs",
        &["SELECT resource_id, from_cell", "SELECT resource_id, version"],
        "reads the calendars or versions of all resources at once; the caller looks up those of its club",
    ),
    (
        "membership/src/store.rs",
        &["SELECT month FROM birthday_uses", "SELECT year, booking_id FROM birthday_uses"],
        "a person has one birthday gift in twelve months in all clubs, and the export covers all",
    ),
    (
        "bookings/src/accounts/privacy.rs",
        &["SELECT booking_id, at, what FROM lapses"],
        "an export covers all clubs",
    ),
    ("scheduling/src/store.rs", &["DELETE FROM claims WHERE cell"], "deletes old claims of all clubs"),
    (
        "coresync/src/reactions/account_jobs.rs",
        &["SELECT CAST(1 AS BIGINT)"],
        "checks whether any row of any club refers to a person",
    ),
];

/// Returns the tables that a statement reads or writes.
fn tables(text: &str) -> BTreeSet<&str> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let named = words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]))
        .map(|pair| pair[1]);
    named.collect()
}

/// Returns what follows each mention of a column.
fn after<'t>(text: &'t str, column: &str) -> impl Iterator<Item = &'t str> {
    text.match_indices(column).filter_map(move |(at, found)| {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let rest = &text[at + found.len()..];
        let is_whole = |c: char| !c.is_alphanumeric() && c != '_';
        (is_whole(before) && is_whole(rest.chars().next().unwrap_or(' '))).then_some(rest)
    })
}

/// Returns whether a statement inserts rows with a value in this column.
fn inserts(text: &str, column: &str) -> bool {
    let columns =
        text.split_once("INSERT INTO ").and_then(|(_, rest)| rest.split_once('(')?.1.split_once(')'));
    columns.is_some_and(|(columns, _)| columns.split(", ").any(|one| one == column))
}

/// Returns whether a statement names the club: in a condition on a parameter, or as an inserted column. A selected
/// column and a comparison of two columns are not enough.
fn names_club(text: &str) -> bool {
    let conditions = text.split_once(" SET ").map_or(text, |(_, rest)| {
        // The values that an UPDATE sets are no conditions.
        rest.split_once(" WHERE ").map_or("", |(_, conditions)| conditions)
    });
    let is_condition = |rest: &str| ["= $", "IN ($"].iter().any(|start| rest.trim_start().starts_with(start));
    inserts(text, "club_id") || after(conditions, "club_id").any(is_condition)
}

/// Returns whether a statement names a row of a dependent table by one of these columns.
fn names_row(text: &str, columns: &[&str]) -> bool {
    let is_condition = |rest: &str| ["=", "IN ("].iter().any(|start| rest.trim_start().starts_with(start));
    let is_joined = |column: &str| {
        text.match_indices(&format!(".{column}")).any(|(at, _)| {
            let before = text[..at].trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
            before.ends_with("= ")
        })
    };
    columns
        .iter()
        .any(|column| inserts(text, column) || after(text, column).any(is_condition) || is_joined(column))
}

/// Checks every statement of the program with `is_wrong`, apart from the exceptions.
fn check(exceptions: &[(&str, &[&str], &str)], problem: &str, is_wrong: impl Fn(&str) -> bool) {
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for sql in Sql::all().filter(|sql| sql.file.contains("/src/") && !sql.file.contains("/bench/")) {
        let text = sql.text().split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_wrong(&text) {
            continue;
        }
        let exempt = exceptions.iter().enumerate().find_map(|(place, (file, beginnings, _))| {
            let beginning = beginnings.iter().position(|beginning| text.starts_with(beginning))?;
            sql.file.ends_with(file).then_some((place, beginning))
        });
        match exempt {
            Some(place) => drop(used.insert(place)),
            None => wrong.push(format!("{}:{}: {text}", sql.file, sql.line)),
        }
    }
    assert!(wrong.is_empty(), "these statements {problem}:\n{}", wrong.join("\n"));
    for (place, (file, beginnings, _)) in exceptions.iter().enumerate() {
        for (n, beginning) in beginnings.iter().enumerate() {
            assert!(used.contains(&(place, n)), "no statement needs this exception: {file}, {beginning}");
        }
    }
}

#[test]
fn every_statement_on_a_club_table_names_the_club() {
    check(OF_ALL, "do not name the club", |text| {
        let named = tables(text);
        TABLES.iter().any(|table| named.contains(table)) && !names_club(text)
    });
}

#[test]
fn every_statement_on_a_dependent_table_names_a_club_row() {
    check(WITHOUT_A_ROW, "name neither the club nor a row of it", |text| {
        let named = tables(text);
        let reached = |(table, columns): &(&str, &[&str])| !named.contains(table) || names_row(text, columns);
        !names_club(text) && !DEPENDENT.iter().all(reached)
    });
}

#[test]
fn club_conditions_and_inserted_club_columns_are_recognized() {
    for (text, is_named) in [
        ("SELECT id FROM rooms WHERE club_id = $1", true),
        ("SELECT id FROM audit a WHERE +a.club_id IN ($1, $2)", true),
        ("INSERT INTO rooms (id, club_id) VALUES ($1, $2)", true),
        ("UPDATE rooms SET active = $1 WHERE club_id = $2 AND id = $3", true),
        ("SELECT club_id FROM bookings WHERE id = $1", false),
        ("SELECT b.id FROM bookings b JOIN rooms r ON r.club_id = b.club_id", false),
        ("UPDATE jobs SET attempt = 1 WHERE id = $1 RETURNING id, club_id", false),
        ("UPDATE jobs SET club_id = $1 WHERE id = $2", false),
        ("INSERT INTO rooms (id) SELECT club_id FROM rooms", false),
        ("SELECT id FROM rooms WHERE other_club_id = $1", false),
    ] {
        assert_eq!(names_club(text), is_named, "{text}");
    }
    assert!(names_row("DELETE FROM claims WHERE booking_id = $1", &["booking_id"]));
    assert!(names_row("SELECT 1 FROM plan_versions v JOIN plans p ON p.id = v.plan_id", &["plan_id"]));
    assert!(!names_row("DELETE FROM claims WHERE cell < $1", &["booking_id"]));
}

#[test]
fn every_table_belongs_to_a_club_or_is_listed_as_shared() {
    let tables = crate::old_schema::current();
    let (mut all, mut found) = (BTreeSet::new(), BTreeSet::new());
    for table in tables {
        if table.columns.iter().any(|column| column.name == "club_id") {
            found.insert(table.name.clone());
        }
        all.insert(table.name);
    }
    for own in OWN {
        assert!(found.remove(own) && all.remove(own), "{own}");
    }
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), TABLES);
    let dependent = DEPENDENT.iter().map(|(table, _)| *table);
    let shared = SHARED.iter().flat_map(|(_, tables)| tables.iter().copied());
    let mut listed: Vec<&str> = TABLES.into_iter().chain(dependent).chain(shared).collect();
    listed.sort_unstable();
    assert_eq!(all.iter().map(String::as_str).collect::<Vec<_>>(), listed);
}
