//! Reactions across crates. A crate writes jobs and notifications without knowing who handles them. Here each job gets
//! its handler, and each notification the function that composes its email.

mod account_jobs;
mod membership_pages;
mod old_jobs;
mod rounds;

pub(crate) use membership_pages::BOOKING_TERMS;

use bookings::{MatchWaitlist, Nightly, RunMaintenance};
use kit::jobs::{Handlers, prune};
use kit::replies::forget_replies;
use kit::{AppState, Db, Fault, Id, Result, Tx};
use membership::{MembershipChanged, RunBillingDay};
use messages::{Composed, Mail, Outbox, PendingNotification, Post};
use people::Checkpoint;
use pictures::Develop;

use rounds::MINUTE;
pub use rounds::begin_rounds;

/// Registers the handler of each kind of job.
pub fn handlers(app: &AppState, post: &Post) -> Handlers {
    let (mailing, post) = (app.clone(), post.clone());
    old_jobs::add(Handlers::default())
        .on(account_jobs::adopt)
        .on(|db, Checkpoint {}| account_jobs::checkpoint(db))
        .on(match_waitlist)
        .on(|db, Nightly {}| delete_old_claims(db))
        .on(|db, RunMaintenance {}| run_maintenance(db))
        .on(|db, RunBillingDay {}| run_billing_day(db))
        .on(|db, job: MembershipChanged| follow(db, job.person))
        .on(|db, job: Develop| pictures::develop_job(db, job.picture))
        .on(move |db, mail: Mail| {
            let (app, post) = (mailing.with(db), post.clone());
            async move { messages::deliver(&app, &post, mail).await }
        })
}

/// Creates the outbox, which sends the notifications of all crates.
pub fn outbox(app: &AppState, post: &Post) -> Outbox {
    let composing = app.clone();
    Outbox::new(app.db.clone(), post.clone(), move |waiting| compose(composing.clone(), waiting))
}

/// Has the crate of a notification compose its email from the current state. The part of the kind before the dot
/// names the crate.
async fn compose(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let app = catalogue::for_own_website(&app.with(app.db.for_club(waiting.club))).await?;
    let of = waiting.kind.split('.').next().unwrap_or_default();
    match of {
        "bookings" => booking_emails::compose_email(app, waiting).await,
        "membership" => membership::compose_email(app, waiting).await,
        "people" => people_pages::compose_email(app, waiting).await,
        _ => Err(Fault::because(format!("nobody composes notifications of kind {}", waiting.kind))),
    }
}

async fn delete_old_claims(db: Db) -> Result<()> {
    let tidied = db.tx(|tx| {
        Ok((
            bookings::delete_old_claims(tx)?,
            forget_replies(tx)?,
            people::forget_old_proofs(tx)?,
            prune(tx)?,
        ))
    });
    let (claims, replies, links, jobs) = tidied.await?;
    let accounts = account_jobs::prune(&db).await?;
    tracing::info!(
        claims,
        replies,
        links,
        jobs,
        accounts,
        "deleted old claims, stored replies, links, failed jobs, and accounts that were never verified"
    );
    Ok(())
}

async fn run_billing_day(db: Db) -> Result<()> {
    db.tx(membership::run_billing_day).await.map(drop)
}

/// Prices bookings again that are on days for which the plan no longer counts (M5).
async fn follow(db: Db, person: Id) -> Result<()> {
    db.tx(move |tx| bookings::reprice_for(tx, person)).await.map(drop)
}

async fn match_waitlist(db: Db, why: MatchWaitlist) -> Result<()> {
    bookings::match_waitlist(&db, why).await.map(drop)
}

/// How many opening entries of charges from before the ledger are recorded each minute.
const MOST_OPENINGS: i64 = 100;

async fn run_maintenance(db: Db) -> Result<()> {
    let next = |tx: &mut Tx<'_>| {
        let done = bookings::run_maintenance(tx)?;
        money::record_openings(tx, MOST_OPENINGS)?;
        tx.enqueue(&RunMaintenance {}, tx.now() + MINUTE)?;
        Ok(done)
    };
    db.tx(next).await.map(drop)
}
