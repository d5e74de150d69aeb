//! Reactions across crates. A crate writes jobs and notifications without knowing who handles them. Here each job gets
//! its handler, and each notification the function that composes its email.

mod accounts;
mod booking_emails;
mod club_time;
mod email_template;
mod membership_emails;
mod membership_pages;
mod old_jobs;
mod rounds;

pub(crate) use membership_pages::BOOKING_TERMS;

use bookings::{BookingNews, MatchWaitlist, Nightly, OPENED, REPRICED, RunMaintenance};
use kit::jobs::{Handlers, Job as _, prune};
use kit::replies::forget_replies;
use kit::{AppState, Db, Fault, Id, Result, Tx};
use membership::{MembershipChanged, MembershipNews, RunBillingDay};
use messages::{Composed, Mail, Outbox, PendingNotification, Post};
use people::{ACCOUNT_KINDS, Checkpoint};
use pictures::Develop;

use rounds::MINUTE;
pub use rounds::begin_rounds;

/// Registers the handler of each kind of job.
pub fn handlers(app: &AppState, post: &Post) -> Handlers {
    let (mailing, post) = (app.clone(), post.clone());
    old_jobs::add(Handlers::default())
        .on(accounts::adopt)
        .on(|db, Checkpoint {}| accounts::checkpoint(db))
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

/// Reads the current state that a notification is about, and composes its email from it.
async fn compose(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let app = catalogue::for_own_website(&app.with(app.db.for_club(waiting.club))).await?;
    let kind = waiting.kind.as_str();
    if let Some(news) = BookingNews::of_kind(kind) {
        return booking_emails::compose(app, waiting, news).await;
    }
    match kind {
        OPENED => booking_emails::compose_opened(app, waiting).await,
        REPRICED => membership_emails::compose_repriced(app, waiting).await,
        MembershipNews::KIND => membership_emails::compose(app, waiting).await,
        kind if ACCOUNT_KINDS.contains(&kind) => accounts::compose(app, waiting).await,
        kind => Err(Fault::because(format!("nobody composes notifications of kind {kind}"))),
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
    let accounts = accounts::prune(&db).await?;
    tracing::info!(
        claims,
        replies,
        links,
        jobs,
        accounts,
        "claims of past days, replies of yesterday, old links, and jobs set aside long ago are forgotten, accounts that were never verified are gone"
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

async fn run_maintenance(db: Db) -> Result<()> {
    let next = |tx: &mut Tx<'_>| {
        let done = bookings::run_maintenance(tx)?;
        tx.enqueue(&RunMaintenance {}, tx.now() + MINUTE)?;
        Ok(done)
    };
    db.tx(next).await.map(drop)
}
