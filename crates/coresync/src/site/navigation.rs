//! The navigation of all pages, composed from the entries of the crates.

use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup, Link, Navigation};

const MAIN: [Link; 4] = [
    ("menssuite", "/menssuite/", "Mensuite"),
    ("private", "/private/", "Private"),
    ("services", "/services/", "Services"),
    ("book", "/book/", "Book"),
];

const SIDE: [Link; 4] = [
    ("membership", "/#membership", "Membership"),
    ("about", "/about/", "About"),
    ("technologies", "/technologies/", "Technology"),
    ("contacts", "/contacts/", "Contact"),
];

/// The page that belongs to no other crate: background jobs. The style guide is for developers, so it is not listed.
const OWN: [BackOfficeEntry; 1] = [BackOfficeEntry {
    group: BackOfficeGroup::Settings,
    position: 125,
    path: "/staff/jobs/",
    label: "Jobs",
    sentence: "Background work: what’s waiting and what has failed.",
    needs: Some(Action::ManageJobs),
}];

/// Returns the links of the main menu, the side menu, and the back office.
pub(crate) fn navigation() -> Navigation {
    let back_office = [
        &bookings_pages::BACK_OFFICE[..],
        &money_pages::BACK_OFFICE,
        &membership::pages::BACK_OFFICE,
        &pictures::pages::BACK_OFFICE,
        &people_pages::BACK_OFFICE,
        &OWN,
    ];
    Navigation::new(&MAIN, &SIDE, &back_office)
}
