//! The links that every page carries, put together from what the crates have.

use people::Action;
use ui::{BackOfficeEntry, Link, Navigation};

const MAIN: [Link; 4] = [
    ("menssuite", "/menssuite/", "Mensuite"),
    ("private", "/private/", "Private"),
    ("services", "/services/", "Services"),
    ("book", "/book/", "Book"),
];

const SIDE: [Link; 4] = [
    ("membership", "/#membership", "Membership"),
    ("about", "/about/", "About"),
    ("technologies", "/technologies/", "Technologies"),
    ("contacts", "/contacts/", "Contacts"),
];

/// The pages of the back office.
const BACK_OFFICE: [BackOfficeEntry; 13] = [
    BackOfficeEntry {
        position: 10,
        path: "/staff/day/",
        label: "Day",
        sentence: "The visits of a day: check in, start, complete, mark no-shows.",
        needs: Some(Action::RunTheDay),
    },
    BackOfficeEntry {
        position: 20,
        path: "/staff/book/",
        label: "New booking",
        sentence: "Book for a caller or a walk-in: find the guest, then choose a time.",
        needs: Some(Action::BookForOthers),
    },
    BackOfficeEntry {
        position: 30,
        path: "/staff/blocks/",
        label: "Blocks",
        sentence: "Block a room, a technician or equipment from one time to another.",
        needs: Some(Action::BookAnyTime),
    },
    BackOfficeEntry {
        position: 40,
        path: "/staff/members/",
        label: "Members",
        sentence: "Enrol, take dues, change, freeze and end memberships.",
        needs: Some(Action::RunMemberships),
    },
    BackOfficeEntry {
        position: 50,
        path: "/staff/why-not/",
        label: "Why not?",
        sentence: "Everything that speaks against a time, for one person.",
        needs: Some(Action::SeeEveryBooking),
    },
    BackOfficeEntry {
        position: 60,
        path: "/staff/times/",
        label: "Single times",
        sentence: "Block, open, reprice or keep one time by hand.",
        needs: Some(Action::BookAnyTime),
    },
    BackOfficeEntry {
        position: 70,
        path: "/staff/rules/",
        label: "Release rules",
        sentence: "Which times members have first, until when, and at what price.",
        needs: Some(Action::ManageCatalogue),
    },
    BackOfficeEntry {
        position: 80,
        path: "/staff/numbers/",
        label: "Numbers",
        sentence: "The numbers that the rules of booking count with.",
        needs: Some(Action::ManageCatalogue),
    },
    BackOfficeEntry {
        position: 90,
        path: "/staff/plans/",
        label: "Plans",
        sentence: "What can be joined, at what price, on which terms.",
        needs: Some(Action::ManageCatalogue),
    },
    BackOfficeEntry {
        position: 100,
        path: "/staff/pictures/",
        label: "Pictures",
        sentence: "Photographs and films, where light studies hang.",
        needs: Some(Action::ManageCatalogue),
    },
    BackOfficeEntry {
        position: 110,
        path: "/staff/people/",
        label: "People",
        sentence: "Who has an account, and who works here as what.",
        needs: Some(Action::SeePeople),
    },
    BackOfficeEntry {
        position: 120,
        path: "/staff/audit/",
        label: "Audit log",
        sentence: "Who did what to whom, from where.",
        needs: Some(Action::SeeAudit),
    },
    BackOfficeEntry {
        position: 130,
        path: "/staff/style/",
        label: "Style",
        sentence: "Every part of our pages in every state.",
        needs: None,
    },
];

/// Every link that pages carry.
pub(crate) fn navigation() -> Navigation {
    Navigation::new(&MAIN, &SIDE, &[&BACK_OFFICE])
}
