//! Every statement on a table of a club names the club. Exceptions are listed here by file, with the reason.

use std::collections::BTreeSet;

use kit::db::Sql;

/// The tables whose rows belong to a club. Rows that depend on such a row (claims, allocations, lines of a charge,
/// events of a booking) are reached only through it.
const TABLES: [&str; 24] = [
    "addons",
    "audit",
    "blocks",
    "bookings",
    "charges",
    "club_numbers",
    "counters",
    "equipment",
    "freed_spans",
    "jobs",
    "memberships",
    "notifications",
    "number_events",
    "picture_spots",
    "pictures",
    "plans",
    "release_events",
    "release_rules",
    "rooms",
    "service_categories",
    "services",
    "tax_rates",
    "technicians",
    "waits",
];

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
        "bookings/src/notifications/guests.rs",
        &["DELETE FROM guest_contacts"],
        "an erasure of personal data covers all clubs",
    ),
    ("money/src/charge.rs", &["SELECT id, subject_kind"], "an export of personal data covers all clubs"),
    ("membership/src/store.rs", &["SELECT m.id, p.name"], "an export of personal data covers all clubs"),
    (
        "messages/src/deliver.rs",
        &["DELETE FROM notifications", "DELETE FROM jobs"],
        "an erasure of personal data covers all clubs",
    ),
    (
        "messages/src/outbox.rs",
        &[
            "UPDATE notifications SET locked_until = NULL",
            "DELETE FROM notifications WHERE id",
            "DELETE FROM notifications WHERE person_id",
        ],
        "one outbox sends the notifications of all clubs, each composed for its club",
    ),
    (
        "kit/src/jobs/run.rs",
        &["SELECT kind, last_error", "DELETE FROM jobs WHERE id", "UPDATE jobs SET locked_until = NULL"],
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
        &["SELECT COUNT(*) FROM audit"],
        "the audit log has one chain of checkpoints for all clubs",
    ),
    ("coresync/src/check.rs", &["SELECT"], "`coresync check` examines the whole database"),
    (
        "coresync/src/reactions/accounts.rs",
        &["SELECT CAST(1 AS BIGINT)"],
        "checks whether any row of any club refers to a person",
    ),
];

/// Returns the tables of a club that a statement names.
fn tables(text: &str) -> BTreeSet<&'static str> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let named = words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]))
        .map(|pair| pair[1]);
    let named: BTreeSet<&str> = named.collect();
    TABLES.into_iter().filter(|table| named.contains(table)).collect()
}

#[test]
fn every_statement_on_a_table_of_a_club_names_the_club() {
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for sql in Sql::all().filter(|sql| sql.file.contains("/src/") && !sql.file.contains("/bench/")) {
        let text = sql.text().split_whitespace().collect::<Vec<_>>().join(" ");
        if tables(&text).is_empty() || text.contains("club_id") {
            continue;
        }
        let exempt = OF_ALL.iter().position(|(file, beginnings, _)| {
            sql.file.ends_with(file) && beginnings.iter().any(|beginning| text.starts_with(beginning))
        });
        match exempt {
            Some(place) => drop(used.insert(place)),
            None => wrong.push(format!("{}:{}: {text}", sql.file, sql.line)),
        }
    }
    assert!(wrong.is_empty(), "these statements do not name the club:\n{}", wrong.join("\n"));
    let unused: Vec<&str> = (0..OF_ALL.len()).filter(|n| !used.contains(n)).map(|n| OF_ALL[n].0).collect();
    assert!(unused.is_empty(), "no statement needs these exceptions: {unused:?}");
}

#[test]
fn the_tables_of_a_club_are_those_with_its_id() {
    let mut found = BTreeSet::new();
    for (_, text) in crate::guard::files("migrations", "sql") {
        let mut table = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split(' ').next().unwrap_or_default().to_owned();
            }
            if line.trim_start().starts_with("club_id ") {
                found.insert(table.clone());
            }
            if let Some((table, _)) =
                line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN club_id "))
            {
                found.insert(table.to_owned());
            }
        }
    }
    // These tables define the host names, roles, and versions of clubs. No test checks the statements on them.
    for own in ["club_hosts", "club_roles", "club_versions"] {
        assert!(found.remove(own), "{own}");
    }
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), TABLES);
}
