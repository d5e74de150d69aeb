//! Jobs of the versions before there were notifications, which may still wait at an upgrade: each becomes a notification of what is so
//! now.

use kit::jobs::{Handlers, Job};
use kit::{House, Id};
use membership::Told;
use people::{AccountNews, AddressAsked, AddressChanged, Claimed, PasswordChanged, ResetAsked};
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

        /// Whatever had happened to a booking, its news now is what it has become.
        fn of_bookings(house: &House, handlers: Handlers) -> Handlers {
            handlers$(.on({
                let house = house.clone();
                move |job: $job| {
                    let house = house.clone();
                    async move { house.db.tx(move |tx| bookings::notify_as_it_is(tx, job.booking)).await }
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

fn of_account<N: AccountNews>(house: &House, handlers: Handlers) -> Handlers {
    let house = house.clone();
    handlers.on(move |news: N| {
        let house = house.clone();
        async move { house.db.tx(move |tx| people::notify(tx, &news)).await }
    })
}

/// Who does them.
pub(super) fn add(house: &House, handlers: Handlers) -> Handlers {
    let handlers = of_bookings(house, handlers);
    let handlers = of_account::<Claimed>(house, handlers);
    let handlers = of_account::<ResetAsked>(house, handlers);
    let handlers = of_account::<AddressAsked>(house, handlers);
    let handlers = of_account::<AddressChanged>(house, handlers);
    let handlers = of_account::<PasswordChanged>(house, handlers);
    let house = house.clone();
    handlers.on(move |told: Told| {
        let house = house.clone();
        async move {
            let notify = move |tx: &mut kit::Tx<'_>| {
                let person = membership::event(tx, told.event)?.person;
                membership::notify(tx, person, &told)
            };
            house.db.tx(notify).await
        }
    })
}
