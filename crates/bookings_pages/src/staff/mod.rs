//! Pages of bookings for staff: the day, blocks, release rules, settings, and why a time cannot be booked. The
//! operations check permissions; these pages only read and render.

mod blocks;
mod book_for;
mod day;
mod day_form;
mod my_day;
mod override_form;
mod override_preview;
mod rule;
mod rules;
pub(crate) mod settings;
mod times;
mod why_not;

use axum::Router;
use kit::AppState;
use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup};

/// The pages of bookings, as the navigation of the back office shows them.
pub const BACK_OFFICE: [BackOfficeEntry; 8] = [
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 5,
        path: my_day::MY_DAY,
        label: "My day",
        sentence: "Your own visits for the day, in order.",
        needs: Some(Action::SeeOwnVisits),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 10,
        path: "/staff/day/",
        label: "Day",
        sentence: "One day’s visits: check in, start, complete, mark no-shows.",
        needs: Some(Action::RunTheDay),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 20,
        path: "/staff/book/",
        label: "New booking",
        sentence: "Book for a caller or a walk-in: find the guest, then choose a time.",
        needs: Some(Action::BookForOthers),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 30,
        path: "/staff/blocks/",
        label: "Blocks",
        sentence: "Block a room, a technician, or equipment for a set time.",
        needs: Some(Action::BookAnyTime),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 50,
        path: "/staff/why-not/",
        label: "Availability check",
        sentence: "See why a guest can’t book a given time.",
        needs: Some(Action::SeeEveryBooking),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::PlansAndRules,
        position: 60,
        path: "/staff/times/",
        label: "Overrides",
        sentence: "Block, open, reprice, or reserve a single start time.",
        needs: Some(Action::BookAnyTime),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::PlansAndRules,
        position: 70,
        path: "/staff/rules/",
        label: "Release rules",
        sentence: "Which times members get first, until when, and at what price.",
        needs: Some(Action::ManageCatalogue),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Settings,
        position: 80,
        path: "/staff/numbers/",
        label: "Booking settings",
        sentence: "Booking windows, holds, fees, reminders, and limits.",
        needs: Some(Action::ManageCatalogue),
    },
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(day::routes())
        .merge(day_form::routes())
        .merge(my_day::routes())
        .merge(book_for::routes())
        .merge(blocks::routes())
        .merge(rules::routes())
        .merge(rule::routes())
        .merge(times::routes())
        .merge(settings::routes())
        .merge(why_not::routes())
}
