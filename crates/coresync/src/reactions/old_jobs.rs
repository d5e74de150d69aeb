//! Handlers for kinds of jobs that older versions wrote and that may still wait at an upgrade. Each becomes a
//! notification about the current state.

use kit::jobs::{Handlers, Job};
use kit::{AppState, Id};
use membership::MembershipNews;
use people::{
    AccountNews, AddressChangeRequested, AddressChanged, AddressClaimed, PasswordChanged, ResetRequested,
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

        /// Handles old jobs about bookings: each notifies about the booking as it is now.
        fn of_bookings(app: &AppState, handlers: Handlers) -> Handlers {
            handlers$(.on({
                let app = app.clone();
                move |job: $job| {
                    let app = app.clone();
                    async move { app.db.tx(move |tx| bookings::notify_as_it_is(tx, job.booking)).await }
                }
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

fn of_account<N: AccountNews>(app: &AppState, handlers: Handlers) -> Handlers {
    let app = app.clone();
    handlers.on(move |news: N| {
        let app = app.clone();
        async move { app.db.tx(move |tx| people::notify(tx, &news)).await }
    })
}

/// Adds the handlers of old jobs.
pub(super) fn add(app: &AppState, handlers: Handlers) -> Handlers {
    let handlers = of_bookings(app, handlers);
    let handlers = of_account::<AddressClaimed>(app, handlers);
    let handlers = of_account::<ResetRequested>(app, handlers);
    let handlers = of_account::<AddressChangeRequested>(app, handlers);
    let handlers = of_account::<AddressChanged>(app, handlers);
    let handlers = of_account::<PasswordChanged>(app, handlers);
    let app = app.clone();
    handlers.on(move |response: MembershipNews| {
        let app = app.clone();
        async move {
            let notify = move |tx: &mut kit::Tx<'_>| {
                let person = membership::event(tx, response.event)?.person;
                membership::notify(tx, person, &response)
            };
            app.db.tx(notify).await
        }
    })
}
