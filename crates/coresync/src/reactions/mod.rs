//! What follows from what. Houses do not know each other's consequences; they write jobs, and here stands who does
//! them.

mod accounts;
mod letter;
mod letters;
mod membership_letters;

use bookings::{Booked, Cancelled, Look, Missed, Moved, Nightly, Offered, Opened, Remind, Repriced, Sweep};
use jiff::{SignedDuration, Timestamp};
use kit::jobs::{Handlers, Job};
use kit::replies::forget_replies;
use kit::{House, Id, Result, Tx, args, sql};
use membership::{Changed, Told, Turn};
use messages::{Mail, Post};
use people::{AddressAsked, AddressChanged, Claimed, PasswordChanged, Proven, ResetAsked, Seal};
use pictures::Develop;

use self::letters::News;

/// Who does which job.
pub fn handlers(house: &House, post: &Post) -> Handlers {
    let tell = |house: &House, news: News| {
        let house = house.clone();
        move |booking: Id| letters::tell(house.clone(), booking, news)
    };
    let (booked, moved) = (tell(house, News::Confirmed), tell(house, News::Moved));
    let (cancelled, missed) = (tell(house, News::Cancelled), tell(house, News::Missed));
    let offered = tell(house, News::Offered);
    let (opened, looking, reminding) = (house.clone(), house.clone(), house.clone());
    let (nightly, sweeping) = (house.clone(), house.clone());
    let (turning, following) = (house.clone(), house.clone());
    let (telling, repricing) = (house.clone(), house.clone());
    let developing = house.clone();
    let (mailing, post) = (house.clone(), post.clone());
    of_accounts(house, &post)
        .on(move |job: Booked| booked(job.booking))
        .on(move |job: Moved| moved(job.booking))
        .on(move |job: Cancelled| cancelled(job.booking))
        .on(move |job: Missed| missed(job.booking))
        .on(move |job: Offered| offered(job.booking))
        .on(move |job: Opened| letters::opened(opened.clone(), job.wait, job.starts_at))
        .on(move |job: Remind| letters::remind(reminding.clone(), job))
        .on(move |Look {}| look(looking.clone()))
        .on(move |Nightly {}| tidy(nightly.clone()))
        .on(move |Sweep {}| sweep(sweeping.clone()))
        .on(move |Turn {}| turn(turning.clone()))
        .on(move |job: Changed| follow(following.clone(), job.person))
        .on(move |job: Told| membership_letters::tell(telling.clone(), job.event))
        .on(move |job: Repriced| membership_letters::repriced(repricing.clone(), job))
        .on(move |job: Develop| pictures::develop_job(developing.clone(), job.picture))
        .on(move |mail: Mail| {
            let (house, post) = (mailing.clone(), post.clone());
            async move { messages::deliver(&house, &post, mail).await }
        })
}

/// What follows from what happens to accounts.
fn of_accounts(house: &House, post: &Post) -> Handlers {
    let (adopting, sealing) = (house.clone(), house.clone());
    macro_rules! letters {
        ($($job:ident: $find:expr;)*) => {
            Handlers::default()$(.on({
                let (house, post) = (house.clone(), post.clone());
                move |job: $job| {
                    let find: fn(&mut Tx<'_>, &$job) -> Result<Option<people::Letter>> = $find;
                    accounts::write(house.clone(), post.clone(), move |tx: &mut Tx<'_>| find(tx, &job))
                }
            }))*
        };
    }
    let letters = letters! {
        Claimed: |tx, job| people::letter_to_claimant(tx, job.person);
        ResetAsked: |tx, job| people::letter_of_reset(tx, &job.email);
        AddressAsked: |tx, job| people::letter_to_new_address(tx, job.person, &job.email);
        AddressChanged: |_, job| {
            Ok(Some(people::Letter { to: job.old.clone(), news: people::News::AddressChanged }))
        };
        PasswordChanged: |tx, job| people::letter_of_change(tx, job.person);
    };
    letters
        .on(move |job: Proven| accounts::adopt(adopting.clone(), job))
        .on(move |Seal {}| accounts::seal(sealing.clone()))
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
    tracing::info!(
        claims,
        replies,
        links,
        "claims of past days, replies of yesterday and old links are forgotten"
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

async fn look(house: House) -> Result<()> {
    house.db.tx(bookings::look).await.map(drop)
}

async fn sweep(house: House) -> Result<()> {
    let next = |tx: &mut Tx<'_>| {
        let done = bookings::sweep(tx)?;
        tx.enqueue(&Sweep {}, tx.now() + MINUTE)?;
        Ok(done)
    };
    house.db.tx(next).await.map(drop)
}
