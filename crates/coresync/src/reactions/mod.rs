//! What follows from what. Houses do not know each other's consequences; they write jobs, and here stands who does
//! them.

mod letters;

use bookings::{Booked, Cancelled, Nightly};
use jiff::SignedDuration;
use kit::jobs::{Handlers, Job as _};
use kit::replies::forget_replies;
use kit::{House, Result, args, sql};
use messages::{Mail, Post};

/// Who does which job.
pub fn handlers(house: &House, post: &Post) -> Handlers {
    let booked = house.clone();
    let cancelled = house.clone();
    let nightly = house.clone();
    let (mailing, post) = (house.clone(), post.clone());
    Handlers::default()
        .on(move |job: Booked| letters::confirm(booked.clone(), job.booking))
        .on(move |job: Cancelled| letters::cancel(cancelled.clone(), job.booking))
        .on(move |Nightly {}| tidy(nightly.clone()))
        .on(move |mail: Mail| {
            let (house, post) = (mailing.clone(), post.clone());
            async move { messages::deliver(&house, &post, mail).await }
        })
}

/// Has the nightly work begin, if it is not waiting already.
///
/// # Errors
/// A fault of the database.
pub async fn begin_nights(house: &House) -> Result<()> {
    house
        .db
        .tx(|tx| {
            let waiting: Option<(i64,)> = tx.one(
                sql!("SELECT id FROM jobs WHERE kind = $1 AND NOT dead LIMIT 1"),
                args![Nightly::KIND],
            )?;
            if waiting.is_none() {
                tx.enqueue(&Nightly {}, tx.now() + SignedDuration::from_hours(6))?;
            }
            Ok(())
        })
        .await
}

async fn tidy(house: House) -> Result<()> {
    let tidied = house.db.tx(|tx| Ok((bookings::tidy(tx)?, forget_replies(tx)?)));
    let (claims, replies) = tidied.await?;
    tracing::info!(claims, replies, "claims of past days and replies of yesterday are forgotten");
    Ok(())
}
