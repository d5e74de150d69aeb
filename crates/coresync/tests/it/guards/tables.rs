//! The number of rows in every table.

use std::collections::BTreeMap;

use kit::{args, sql};
use testing::TestClub;

macro_rules! tables {
    ($($table:literal)*) => {
        const TABLES: &[&str] = &[$($table),*];

        /// Returns the number of rows of every table.
        pub(crate) async fn rows(app: &TestClub) -> BTreeMap<&'static str, i64> {
            let counted = app.db().view(|tx| {
                let mut rows = BTreeMap::new();
                $({
                    let count: Option<(i64,)> = tx.one(sql!(concat!("SELECT COUNT(*) FROM ", $table)), args![])?;
                    rows.insert($table, count.map_or(0, |(count,)| count));
                })*
                Ok(rows)
            });
            counted.await.expect("every table can be counted")
        }
    };
}

tables! {
    "addons" "allocations" "audit" "audit_sealed" "audit_seals" "birthday_uses" "blocks"
    "booking_addons" "booking_events" "bookings" "charge_lines" "charges" "claims" "club_hosts" "club_numbers"
    "club_roles" "club_versions" "clubs" "consents" "counters" "credit_uses" "devices" "equipment" "flushes" "freed_spans"
    "guest_addresses" "guest_contacts" "jobs" "key_marks" "lapses" "mails" "membership_events"
    "memberships" "nodes" "notification_subjects" "notifications" "number_events" "offers" "pass_uses"
    "people" "people_words" "person_addresses" "person_keys" "picture_files" "picture_spots" "pictures"
    "plan_versions" "plans" "preferences" "proofs" "release_events" "release_rules" "reminders"
    "replies" "resource_versions" "rooms" "service_addons" "service_categories" "service_equipment"
    "service_rooms" "services" "sessions" "sign_in_failures" "sign_ins" "sign_ups" "silences"
    "tax_rates" "technicians" "time_overrides" "versions" "waits" "weekly_hours" "write_probes"
}

/// A new table has to be counted too.
#[test]
fn every_table_is_in_the_list() {
    let migrations = crate::guard::files("migrations", "sql");
    let mut made: Vec<String> = Vec::new();
    for (_, text) in migrations {
        let tables = text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE ")).map(str::to_owned);
        made.extend(tables.map(|line| line.split(' ').next().unwrap_or_default().to_owned()));
    }
    made.sort();
    assert_eq!(made, TABLES);
}
