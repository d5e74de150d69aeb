//! Recurring jobs: those that run every night and every minute.

use bookings::{Nightly, RunMaintenance};
use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::{AppState, Id, Result, Tx, args, clubs, sql};
use membership::RunBillingDay;
use people::Checkpoint;

/// Enqueues the nightly jobs and those of every minute, unless they are waiting already. It is called regularly as
/// well: if the clock was ahead and has been set back, jobs and notifications from that time would wait until the time
/// that it showed. They are made due instead.
///
/// # Errors
/// Returns a fault if the database fails.
pub async fn begin_rounds(app: &AppState) -> Result<()> {
    // There is one checkpoint job for all clubs, because their audit log has one chain of checkpoints.
    app.db.tx(|tx| begin(tx, &Checkpoint {}, MINUTE, MINUTE)).await?;
    let clubs = app.db.view(clubs::clubs).await?;
    let before_any = [clubs.default_club()];
    for club in if clubs.all().is_empty() { &before_any[..] } else { clubs.all() } {
        app.db.for_club(*club).tx(begin_in_club).await?;
    }
    app.db.tx(pull_back).await
}

/// Makes all other jobs and the notifications due that a clock that was ahead left for a later time. The nightly jobs
/// rightly wait for longer than a retry; [`begin`] sees to them.
fn pull_back(tx: &mut Tx<'_>) -> Result<()> {
    let jobs = kit::jobs::pull_back(tx, [Nightly::KIND, RunBillingDay::KIND])?;
    let notifications = messages::pull_back(tx)?;
    if jobs + notifications > 0 {
        tracing::warn!(
            jobs,
            notifications,
            "the clock has come back: what waited for a later time is done now"
        );
    }
    Ok(())
}

fn begin_in_club(tx: &mut Tx<'_>) -> Result<()> {
    begin(tx, &Nightly {}, SignedDuration::from_hours(6), DAY)?;
    begin(tx, &RunBillingDay {}, SignedDuration::from_hours(1), DAY)?;
    begin(tx, &RunMaintenance {}, MINUTE, MINUTE)
}

pub(super) const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How much later than its period a job may be due before the clock must have been set back. Failures postpone a job by
/// up to an hour.
const SLACK: SignedDuration = SignedDuration::from_mins(75);

/// Enqueues a job after `rest` if none is waiting. If one waits for a time too far beyond its period, it is rescheduled
/// to after `rest`.
fn begin<J: Job>(tx: &mut Tx<'_>, job: &J, rest: SignedDuration, period: SignedDuration) -> Result<()> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    let waiting: Option<(Id, Timestamp, Option<Timestamp>)> = tx.one(
        sql!(
            "SELECT id, run_at, locked_until FROM jobs WHERE kind = $1 AND club_id IN ($2, $3) AND NOT dead
             ORDER BY run_at LIMIT 1"
        ),
        args![J::KIND, club, also],
    )?;
    let Some((id, run_at, locked_until)) = waiting else { return tx.enqueue(job, now + rest) };
    let too_far = now + period + SLACK;
    if run_at <= too_far && locked_until.is_none_or(|until| until <= too_far) {
        return Ok(());
    }
    tracing::warn!(kind = J::KIND, %run_at, "the clock was set back: recurring jobs that waited for a later time run now");
    tx.run(
        sql!("UPDATE jobs SET run_at = $1, locked_until = NULL WHERE id = $2 AND club_id IN ($3, $4)"),
        args![now + rest, id, club, also],
    )
    .map(drop)
}
