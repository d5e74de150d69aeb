//! What follows from what. Crates do not know each other's consequences; they write jobs and notifications, and here stands who does
//! them and what they say.

mod accounts;
mod booking_emails;
mod club_time;
mod letter;
mod membership_letters;
mod membership_pages;
mod old_jobs;
mod rounds;

pub(crate) use membership_pages::BOOKING_TERMS;

use bookings::{BookingNews, MatchWaitlist, Nightly, OPENED, REPRICED, Sweep};
use kit::jobs::{Handlers, Job as _, prune};
use kit::replies::forget_replies;
use kit::{Fault, House, Id, Result, Tx};
use membership::{Changed, Told, Turn};
use messages::{Composed, Mail, Outbox, Post, Waiting};
use people::{ACCOUNT_KINDS, Proven, Seal};
use pictures::Develop;

use rounds::MINUTE;
pub use rounds::begin_rounds;

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
        .on(move |why: MatchWaitlist| look(looking.clone(), why))
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

async fn tidy(house: House) -> Result<()> {
    let tidied = house
        .db
        .tx(|tx| Ok((bookings::tidy(tx)?, forget_replies(tx)?, people::forget_old_proofs(tx)?, prune(tx)?)));
    let (claims, replies, links, jobs) = tidied.await?;
    let accounts = accounts::prune(&house).await?;
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

async fn turn(house: House) -> Result<()> {
    house.db.tx(membership::turn).await.map(drop)
}

/// What was booked on days on which the plan does not count any more is priced anew (M5).
async fn follow(house: House, person: Id) -> Result<()> {
    house.db.tx(move |tx| bookings::reprice_for(tx, person)).await.map(drop)
}

async fn look(house: House, why: MatchWaitlist) -> Result<()> {
    bookings::match_waitlist(&house.db, why).await.map(drop)
}

async fn sweep(house: House) -> Result<()> {
    let next = |tx: &mut Tx<'_>| {
        let done = bookings::sweep(tx)?;
        tx.enqueue(&Sweep {}, tx.now() + MINUTE)?;
        Ok(done)
    };
    house.db.tx(next).await.map(drop)
}
