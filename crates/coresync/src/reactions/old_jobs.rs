//! Handlers for kinds of jobs that older versions wrote and that may still wait at an upgrade. Each becomes a
//! notification about the current state.

use kit::jobs::{Handlers, Job};
use kit::{Db, Id};
use membership::MembershipNews;
use people::{
    AccountNotification, AddressChangeRequested, AddressChanged, AddressClaimed, PasswordChanged,
    ResetRequested,
};
use serde::{Deserialize, Serialize};

macro_rules! jobs_of_bookings {
    ($($job:ident $kind:literal;)*) => {
        $(#[derive(Debug, Serialize, Deserialize)]
        struct $job {
            booking: Id,
        }

        impl Job for $job {
            const KIND: &'static str = $kind;
        })*

        /// Adds the handlers of old jobs about bookings. Each job notifies about the booking as it is now.
        fn of_bookings(handlers: Handlers) -> Handlers {
            handlers$(.on(|db: Db, job: $job| async move {
                db.tx(move |tx| bookings::notify_current_status(tx, job.booking)).await
            }))*
        }
    };
}

jobs_of_bookings! {
    Booked "bookings.booked";
    Moved "bookings.moved";
    Cancelled "bookings.cancelled";
    Missed "bookings.missed";
    Offered "bookings.offered";
    Remind "bookings.remind";
    Repriced "bookings.repriced";
}

fn of_account<N: Job + Into<AccountNotification>>(handlers: Handlers) -> Handlers {
    handlers.on(|db: Db, news: N| async move {
        let news = news.into();
        db.tx(move |tx| people::notify(tx, &news)).await
    })
}

/// Adds the handlers of old jobs.
pub(super) fn add(handlers: Handlers) -> Handlers {
    let handlers = of_bookings(handlers);
    let handlers = of_account::<AddressClaimed>(handlers);
    let handlers = of_account::<ResetRequested>(handlers);
    let handlers = of_account::<AddressChangeRequested>(handlers);
    let handlers = of_account::<AddressChanged>(handlers);
    let handlers = of_account::<PasswordChanged>(handlers);
    handlers.on(|db: Db, response: MembershipNews| async move {
        let notify = move |tx: &mut kit::Tx<'_>| {
            let person = membership::event(tx, response.event)?.person;
            membership::notify(tx, person, MembershipNews { event: response.event })
        };
        db.tx(notify).await
    })
}
