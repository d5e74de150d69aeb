//! Each table belongs to one crate, which alone uses it. Exceptions are listed here with their reasons.

use std::collections::BTreeSet;

use kit::db::Sql;

use crate::tables::TABLES;

/// The crate that owns each table. It alone reads and writes the table.
const OWNERS: [(&str, &[&str]); 11] = [
    ("booking_rules", &["release_events", "release_rules", "time_overrides"]),
    (
        "bookings",
        &[
            "booking_addons",
            "booking_events",
            "bookings",
            "freed_spans",
            "guest_addresses",
            "guest_contacts",
            "lapses",
            "offers",
            "reminders",
            "waits",
        ],
    ),
    (
        "catalogue",
        &[
            "addons",
            "club_settings",
            "equipment",
            "number_events",
            "rooms",
            "service_addons",
            "service_categories",
            "service_equipment",
            "service_rooms",
            "services",
            "technicians",
            "weekly_hours",
        ],
    ),
    (
        "kit",
        &[
            "club_hosts",
            "club_versions",
            "clubs",
            "counters",
            "flushes",
            "jobs",
            "key_marks",
            "nodes",
            "notification_subjects",
            "notifications",
            "replies",
            "versions",
            "write_probes",
        ],
    ),
    (
        "ledger",
        &[
            "ledger_closing_balances",
            "ledger_day_sums",
            "ledger_days",
            "ledger_entries",
            "ledger_postings",
            "ledger_shards",
            "ledger_subject_sums",
        ],
    ),
    (
        "membership",
        &[
            "birthday_uses",
            "credit_uses",
            "membership_events",
            "memberships",
            "pass_uses",
            "plan_versions",
            "plans",
        ],
    ),
    ("messages", &["mails"]),
    (
        "money",
        &[
            "charge_adjustments",
            "charge_lines",
            "charge_taxes",
            "charges",
            "payment_parts",
            "payments",
            "refunds",
            "tax_components",
        ],
    ),
    (
        "people",
        &[
            "audit",
            "audit_checkpoint_rows",
            "audit_checkpoints",
            "club_roles",
            "consents",
            "devices",
            "people",
            "people_words",
            "person_addresses",
            "person_keys",
            "preferences",
            "proofs",
            "sessions",
            "sign_in_failures",
            "sign_ins",
            "sign_ups",
            "silences",
        ],
    ),
    ("pictures", &["picture_files", "picture_slots", "pictures"]),
    ("scheduling", &["allocations", "blocks", "claims", "resource_versions"]),
];

/// The statements on tables of another crate: the file, the tables (none means any), and the reason. ARCHITECTURE.md lists
/// them, too.
const OF_OTHERS: &[(&str, &[&str], &str)] = &[
    ("booking_rules/src/rules/overrides.rs", &["rooms"], "overrides are of a club through their room"),
    ("booking_rules/src/rules/weekly.rs", &["rooms"], "overrides are of a club through their room"),
    ("bookings/src/accounts/privacy.rs", &["addons", "services"], "an export contains names"),
    ("catalogue/src/edit.rs", &["clubs"], "a club has an address, a time zone, and a currency"),
    ("catalogue/src/store.rs", &["clubs"], "a club has an address, a time zone, and a currency"),
    ("coresync/src/app.rs", &["clubs"], "checks whether the program can serve"),
    ("coresync/src/check.rs", &[], "checks whether the data is intact"),
    ("coresync/src/demo/mod.rs", &["clubs", "people", "versions"], "checks whether the database is empty"),
    ("coresync/src/reactions/account_jobs.rs", &[], "checks whether any row refers to a person"),
    ("coresync/src/reactions/rounds.rs", &["jobs"], "moves a waiting job after the clock was set back"),
    ("membership/src/benefits.rs", &["people"], "counts the gift of a person in one statement"),
    ("membership/src/store.rs", &["people"], "reads the birthday, on which the gift depends"),
    ("messages/src/deliver.rs", &["jobs", "notifications"], "an erasure deletes emails that were not sent"),
    ("messages/src/outbox.rs", &["notifications"], "sends the notifications that `kit` stores"),
];

/// Returns the tables that a statement reads or writes.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let is_before = |pair: &&[&str]| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]);
    words.windows(2).filter(is_before).map(|pair| pair[1]).collect::<Vec<_>>().into_iter()
}

#[test]
fn every_table_has_one_owner() {
    let mut owned: Vec<&str> = OWNERS.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    owned.sort_unstable();
    assert_eq!(owned, TABLES);
}

#[test]
fn a_crate_uses_only_its_own_tables() {
    let (mut wrong, mut used) = (BTreeSet::new(), BTreeSet::new());
    for sql in Sql::all().filter(|sql| sql.file.contains("/src/")) {
        let of = sql.file.split('/').nth(1).expect("a path under crates");
        if ["bench", "testing"].contains(&of) {
            continue;
        }
        for table in named(sql.text()) {
            let Some((owner, _)) = OWNERS.iter().find(|(_, tables)| tables.contains(&table)) else {
                continue;
            };
            if *owner == of {
                continue;
            }
            let excuse = OF_OTHERS.iter().position(|(file, tables, _)| {
                sql.file.ends_with(file) && (tables.is_empty() || tables.contains(&table))
            });
            match excuse {
                Some(place) => drop(used.insert((place, table))),
                None => drop(wrong.insert(format!("{}:{}: {table} of {owner}", sql.file, sql.line))),
            }
        }
    }
    assert!(wrong.is_empty(), "call the crate that owns the table:\n{wrong:?}");
    for (place, (file, tables, _)) in OF_OTHERS.iter().enumerate() {
        let is_needed = match tables {
            [] => used.iter().any(|(one, _)| *one == place),
            tables => tables.iter().all(|table| used.contains(&(place, *table))),
        };
        assert!(is_needed, "{file} does not need all of {tables:?} any more");
    }
}

/// The exceptions are documented.
#[test]
fn the_architecture_names_the_files_that_use_tables_of_other_crates() {
    let text = include_str!("../../../../../ARCHITECTURE.md");
    for (file, _, _) in OF_OTHERS {
        let name = file.split_once("/src/").map_or(*file, |(_, name)| name);
        assert!(text.contains(&format!("`{name}`")) || text.contains(&format!("`{file}`")), "{file}");
    }
}
