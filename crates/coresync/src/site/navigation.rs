//! The links that every page carries, put together from what the crates have.

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

/// The page of the style guide, which belongs to no other crate.
const STYLE: [BackOfficeEntry; 1] = [BackOfficeEntry {
    position: 130,
    path: "/staff/style/",
    label: "Style",
    sentence: "Every part of our pages in every state.",
    needs: None,
}];

/// Every link that pages carry.
pub(crate) fn navigation() -> Navigation {
    let back_office = [
        &bookings_pages::BACK_OFFICE[..],
        &membership::pages::BACK_OFFICE,
        &pictures::pages::BACK_OFFICE,
        &people_pages::BACK_OFFICE,
        &STYLE,
    ];
    Navigation::new(&MAIN, &SIDE, &back_office)
}
