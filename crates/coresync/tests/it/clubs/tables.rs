//! The number of rows in every table.

use std::collections::BTreeMap;

use kit::{args, sql};
use testing::TestClub;

macro_rules! tables {
    ($($table:literal)*) => {
        pub(crate) const TABLES: &[&str] = &[$($table),*];

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
    "addons" "allocations" "audit" "audit_checkpoint_rows" "audit_checkpoints" "birthday_uses" "blocks"
    "booking_addons" "booking_events" "bookings" "charge_adjustments" "charge_lines" "charge_taxes" "charges" "claims" "club_hosts" "club_roles"
    "club_settings" "club_versions" "clubs" "consents" "counters" "credit_uses" "devices" "equipment" "flushes" "freed_spans"
    "guest_addresses" "guest_contacts" "jobs" "key_marks" "lapses" "ledger_closing_balances" "ledger_day_sums" "ledger_days"
    "ledger_entries" "ledger_postings" "ledger_shards" "ledger_subject_sums" "mails" "membership_events"
    "memberships" "nodes" "notification_subjects" "notifications" "number_events" "offers" "pass_uses" "payment_parts" "payments"
    "people" "people_words" "person_addresses" "person_keys" "picture_files" "picture_slots" "pictures"
    "plan_versions" "plans" "preferences" "proofs" "refunds" "release_events" "release_rules" "reminders"
    "replies" "resource_versions" "rooms" "service_addons" "service_categories" "service_equipment"
    "service_rooms" "services" "sessions" "sign_in_failures" "sign_ins" "sign_ups" "silences"
    "tax_components" "technicians" "time_overrides" "versions" "waits" "weekly_hours" "write_probes"
}

/// A new table has to be counted too.
#[test]
fn every_table_is_in_the_list() {
    let mut made: Vec<String> = crate::old_schema::current().into_iter().map(|table| table.name).collect();
    made.sort();
    assert_eq!(made, TABLES);
}
