//! What follows from what. Crates do not know each other's consequences; they write jobs and notifications, and here stands who does
//! them and what they say.

mod accounts;
mod booking_emails;
mod club_time;
mod letter;
mod membership_letters;
mod membership_pages;
mod old_jobs;

pub(crate) use membership_pages::BOOKING_TERMS;

use bookings::{BookingNews, Look, Nightly, OPENED, REPRICED, Sweep};
use jiff::{SignedDuration, Timestamp};
use kit::jobs::{Handlers, Job};
use kit::replies::forget_replies;
use kit::{Fault, House, Id, Result, Tx, args, sql};
use membership::{Changed, Told, Turn};
use messages::{Composed, Mail, Outbox, Post, Waiting};
use people::{ACCOUNT_KINDS, Proven, Seal};
use pictures::Develop;

/// Who does which job.
pub fn handlers(house: &House, post: &Post) -> Handlers {
    let (adopting, sealing) = (house.clone(), house.clone());
    let (looking, nightly, sweeping) = (house.clone(), house.clone(), house.clone());
    let (turning, following) = (house.clone(), house.clone());
    let developing = house.clone();
    let (mailing, post) = (house.clone(), post.clone());
    old_jobs::add(house, Handlers::default())
        .on(move |job: Proven| accounts::adopt(adopting.clone(), job))
        .on(move |Seal {}| accounts::seal(sealing.clone()))
        .on(move |why: Look| look(looking.clone(), why))
        .on(move |Nightly {}| tidy(nightly.clone()))
        .on(move |Sweep {}| sweep(sweeping.clone()))
        .on(move |Turn {}| turn(turning.clone()))
        .on(move |job: Changed| follow(following.clone(), job.person))
        .on(move |job: Develop| pictures::develop_job(developing.clone(), job.picture))
        .on(move |mail: Mail| {
            let (house, post) = (mailing.clone(), post.clone());
            async move { messages::deliver(&house, &post, mail).await }
        })
}

/// What sends the notifications of every crate.
pub fn outbox(house: &House, post: &Post) -> Outbox {
    let composing = house.clone();
    Outbox::new(house.db.clone(), post.clone(), move |waiting| compose(composing.clone(), waiting))
}

/// Reads the state that a notification is about, and composes the email that it calls for now.
async fn compose(house: House, waiting: Waiting) -> Result<Composed> {
    let kind = waiting.kind.as_str();
    if let Some(news) = BookingNews::of_kind(kind) {
        return booking_emails::compose(house, waiting, news).await;
    }
    match kind {
        OPENED => booking_emails::compose_opened(house, waiting).await,
        REPRICED => membership_letters::compose_repriced(house, waiting).await,
        Told::KIND => membership_letters::compose(house, waiting).await,
        kind if ACCOUNT_KINDS.contains(&kind) => accounts::compose(house, waiting).await,
        kind => Err(Fault::because(format!("nobody composes notifications of kind {kind}"))),
    }
}

/// Has the work of every night and of every minute begin, if it is not waiting already. Called now and then as well: where the clock was
/// ahead and has come back, that work would wait until the time that it showed.
///
/// # Errors
/// A fault of the database.
pub async fn begin_rounds(house: &House) -> Result<()> {
    house
        .db
        .tx(|tx| {
            begin(tx, &Nightly {}, SignedDuration::from_hours(6), DAY)?;
            begin(tx, &Turn {}, SignedDuration::from_hours(1), DAY)?;
            begin(tx, &Seal {}, MINUTE, MINUTE)?;
            begin(tx, &Sweep {}, MINUTE, MINUTE)
        })
        .await
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How much later than its period a job may wait before the clock must have come back: failures put it off for up to an hour.
const SLACK: SignedDuration = SignedDuration::from_mins(75);

/// Has a job run after `rest` if none is waiting, and again after `rest` if one waits for a time beyond its period.
fn begin<J: Job>(tx: &mut Tx<'_>, job: &J, rest: SignedDuration, period: SignedDuration) -> Result<()> {
    let now = tx.now();
    let waiting: Option<(Id, Timestamp, Option<Timestamp>)> = tx.one(
        sql!(
            "SELECT id, run_at, locked_until FROM jobs WHERE kind = $1 AND NOT dead ORDER BY run_at LIMIT 1"
        ),
        args![J::KIND],
    )?;
    let Some((id, run_at, locked_until)) = waiting else { return tx.enqueue(job, now + rest) };
    let too_far = now + period + SLACK;
    if run_at <= too_far && locked_until.is_none_or(|until| until <= too_far) {
        return Ok(());
    }
    tracing::warn!(kind = J::KIND, %run_at, "the clock has come back: regular work that waited for a later time is done now");
    tx.run(sql!("UPDATE jobs SET run_at = $1, locked_until = NULL WHERE id = $2"), args![now + rest, id])
        .map(drop)
}

async fn tidy(house: House) -> Result<()> {
    let tidied =
        house.db.tx(|tx| Ok((bookings::tidy(tx)?, forget_replies(tx)?, people::forget_old_proofs(tx)?)));
    let (claims, replies, links) = tidied.await?;
    let accounts = accounts::prune(&house).await?;
    tracing::info!(
        claims,
        replies,
        links,
        accounts,
        "claims of past days, replies of yesterday and old links are forgotten, accounts that were never verified are gone"
    );
    Ok(())
}

async fn turn(house: House) -> Result<()> {
    house.db.tx(membership::turn).await.map(drop)
}

/// What was booked on days on which the plan does not count any more is priced anew (M5).
async fn follow(house: House, person: Id) -> Result<()> {
    house.db.tx(move |tx| bookings::reprice_for(tx, person)).await.map(drop)
}

async fn look(house: House, why: Look) -> Result<()> {
    bookings::look(&house.db, why).await.map(drop)
}

async fn sweep(house: House) -> Result<()> {
    let next = |tx: &mut Tx<'_>| {
        let done = bookings::sweep(tx)?;
        tx.enqueue(&Sweep {}, tx.now() + MINUTE)?;
        Ok(done)
    };
    house.db.tx(next).await.map(drop)
}
