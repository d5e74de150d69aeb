//! Jobs about accounts that concern several crates: a confirmed address, checkpoints of the audit log, and pruning.

use kit::{Db, Id, Result, Tx, args, sql};
use people::EmailConfirmed;

/// Assigns bookings that were made for an address to the account that has now verified it. After the first
/// verification, it also sends the notifications that could not be sent before.
pub(super) async fn adopt(db: Db, EmailConfirmed { person, is_first }: EmailConfirmed) -> Result<()> {
    let adopted = db.tx(move |tx: &mut Tx<'_>| {
        let Some(email) = people::mail_of(tx, person)? else { return Ok(()) };
        tx.in_each_club(|tx| {
            if is_first {
                bookings::notify_upcoming(tx, person)?;
            }
            bookings::adopt(tx, person, &email)
        })
        .map(drop)
    });
    adopted.await
}

/// Adds a checkpoint to the audit log. If the program's log is stored elsewhere, the digest in it shows whether the end
/// of the audit log was cut off.
pub(super) async fn checkpoint(db: Db) -> Result<()> {
    let encrypted = db.tx(|tx| {
        let encrypted = people::checkpoint(tx)?;
        tx.enqueue(&people::Checkpoint {}, tx.now() + super::rounds::MINUTE)?;
        Ok(encrypted)
    });
    let rows = encrypted.await?;
    if rows > 0 {
        let last = db.view(people::last_checkpoint).await?;
        tracing::info!(rows, last, "the audit log has a new checkpoint");
    }
    Ok(())
}

/// Prunes accounts whose address was not verified in time, in batches, each in its own transaction. Returns how many
/// were pruned.
pub(super) async fn prune(db: &Db) -> Result<usize> {
    let mut pruned = 0;
    loop {
        match db.tx(|tx| people::prune_unverified(tx, is_referred_to)).await? {
            0 => return Ok(pruned),
            some => pruned += some,
        }
    }
}

/// Returns whether a table of another crate refers to a person. A test compares this with every foreign key of the
/// migrations.
pub(crate) fn is_referred_to(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT CAST(1 AS BIGINT) FROM bookings WHERE person_id = $1 OR booked_by = $1 OR companion_id = $1
             UNION ALL SELECT 1 FROM booking_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM charges WHERE person_id = $1
             UNION ALL SELECT 1 FROM charge_adjustments WHERE made_by = $1
             UNION ALL SELECT 1 FROM payments WHERE person_id = $1 OR taken_by = $1
             UNION ALL SELECT 1 FROM refunds WHERE sent_by = $1
             UNION ALL SELECT 1 FROM ledger_postings WHERE person_id = $1
             UNION ALL SELECT 1 FROM ledger_entries WHERE by_person = $1
             UNION ALL SELECT 1 FROM ledger_days WHERE closed_by = $1
             UNION ALL SELECT 1 FROM memberships WHERE person_id = $1
             UNION ALL SELECT 1 FROM membership_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM birthday_uses WHERE person_id = $1
             UNION ALL SELECT 1 FROM lapses WHERE person_id = $1
             UNION ALL SELECT 1 FROM waits WHERE person_id = $1
             UNION ALL SELECT 1 FROM technicians WHERE person_id = $1
             UNION ALL SELECT 1 FROM time_overrides WHERE decided_by = $1
             UNION ALL SELECT 1 FROM plan_versions WHERE made_by = $1
             UNION ALL SELECT 1 FROM release_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM blocks WHERE created_by = $1 OR changed_by = $1 OR removed_by = $1
             UNION ALL SELECT 1 FROM guest_addresses WHERE person_id = $1
             UNION ALL SELECT 1 FROM number_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM pictures WHERE uploaded_by = $1
             UNION ALL SELECT 1 FROM picture_slots WHERE published_by = $1 LIMIT 1"
        ),
        args![person],
    )?;
    Ok(found.is_some())
}
