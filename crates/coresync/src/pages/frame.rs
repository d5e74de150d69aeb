//! What every page shares: what it is called, where in the house it stands, who looks at it.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use kit::web::{SameForAll, see_other};
use kit::{Error, House, Result};
use people::{Action, Actor, Person};

use super::sights::Sight;
use super::words::encoded;
use crate::assets::{self, File};

/// Said of a page that shows the catalogue and nothing of whoever looks at it, if that is a visitor.
pub(super) const SAME_FOR_VISITORS: Extension<SameForAll> =
    Extension(SameForAll { version: catalogue::VERSION });

/// The longest address that somebody is sent on to.
const LONGEST_PATH: usize = 1_000;

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guest {
    /// Nobody is signed in.
    Visitor,
    /// Somebody is.
    Known,
    /// The page was drawn without asking.
    Unasked,
}

/// What the shell of a page needs.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) guest: Guest,
    /// The part of the house: `services`, `book`, `visits`, or none; in the back office, the path of the room.
    pub(super) place: &'static str,
    /// Whether search engines may show it.
    pub(super) listed: bool,
    /// Where it is for ever, whole: said of pages that are meant to be found.
    pub(super) address: Option<String>,
    /// What stands for it where it is passed on: path and words.
    pub(super) seen: Option<(String, String)>,
    /// The rooms of the back office into which whoever looks at it may go.
    pub(super) desk: Vec<&'static Room>,
    /// The name of whoever looks at it, if they work here.
    pub(super) staff: Option<String>,
}

/// A way through the house: its place, where it leads, its word.
type Way = (&'static str, &'static str, &'static str);

const WAYS: [Way; 4] = [
    ("menssuite", "/menssuite/", "Mensuite"),
    ("private", "/private/", "Private"),
    ("services", "/services/", "Services"),
    ("book", "/book/", "Book"),
];

const SIDE_WAYS: [Way; 4] = [
    ("membership", "/#membership", "Membership"),
    ("about", "/about/", "About"),
    ("technologies", "/technologies/", "Technologies"),
    ("contacts", "/contacts/", "Contacts"),
];

/// A room of the back office.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) path: &'static str,
    pub(super) word: &'static str,
    /// What it is for, in a sentence.
    pub(super) sentence: &'static str,
    /// What one has to be allowed there; nothing of what whoever works here may see.
    needs: Option<Action>,
}

impl Room {
    const fn of(path: &'static str, word: &'static str, needs: Action, sentence: &'static str) -> Room {
        Room { path, word, sentence, needs: Some(needs) }
    }
}

/// The rooms of the back office.
const ROOMS: [Room; 14] = [
    Room::of(
        "/staff/day/",
        "Day",
        Action::RunTheDay,
        "The visits of a day: check in, start, complete, mark no-shows.",
    ),
    Room::of(
        "/staff/book/",
        "New booking",
        Action::BookForOthers,
        "Book for a caller or a walk-in: find the guest, then choose a time.",
    ),
    Room::of(
        "/staff/blocks/",
        "Blocks",
        Action::BookAnyTime,
        "Block a room, a technician or equipment from one time to another.",
    ),
    Room::of(
        "/staff/members/",
        "Members",
        Action::RunMemberships,
        "Enrol, take dues, change, freeze and end memberships.",
    ),
    Room::of(
        "/staff/why-not/",
        "Why not?",
        Action::SeeEveryBooking,
        "Everything that speaks against a time, for one person.",
    ),
    Room::of(
        "/staff/times/",
        "Single times",
        Action::BookAnyTime,
        "Block, open, reprice or keep one time by hand.",
    ),
    Room::of(
        "/staff/rules/",
        "Release rules",
        Action::ManageCatalogue,
        "Which times members have first, until when, and at what price.",
    ),
    Room::of(
        "/staff/numbers/",
        "Numbers",
        Action::ManageCatalogue,
        "The numbers that the rules of booking count with.",
    ),
    Room::of(
        "/staff/plans/",
        "Plans",
        Action::ManageCatalogue,
        "What can be joined, at what price, on which terms.",
    ),
    Room::of(
        "/staff/pictures/",
        "Pictures",
        Action::ManageCatalogue,
        "Photographs and films, where light studies hang.",
    ),
    Room::of(
        "/staff/people/",
        "People",
        Action::SeePeople,
        "Who has an account, and who works here as what.",
    ),
    Room::of("/staff/audit/", "Audit log", Action::SeeAudit, "Who did what to whom, from where."),
    Room::of("/staff/jobs/", "Jobs", Action::ManageJobs, "Background work: what waits, and what has failed."),
    Room {
        path: "/staff/style/",
        word: "Style",
        sentence: "Every part of our pages in every state.",
        needs: None,
    },
];

impl Frame {
    /// The frame of a page for whoever asks.
    pub(super) fn new(by: &Actor, place: &'static str, title: impl Into<String>) -> Frame {
        let guest = if by.person.is_some() { Guest::Known } else { Guest::Visitor };
        let is_open = |room: &&Room| room.needs.map_or(by.is_staff(), |action| by.may(action));
        let desk = ROOMS.iter().filter(is_open).collect();
        let staff = by.person.as_ref().filter(|_| by.is_staff()).map(Person::full_name);
        Frame { guest, desk, staff, ..Frame::unasked(place, title) }
    }

    /// The frame of a page for nobody in particular.
    pub(super) fn unasked(place: &'static str, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            description: String::new(),
            guest: Guest::Unasked,
            place,
            listed: false,
            address: None,
            seen: None,
            desk: Vec::new(),
            staff: None,
        }
    }

    /// A page that is meant to be found, and what it is about.
    pub(super) fn about(self, description: impl Into<String>) -> Frame {
        Frame { description: description.into(), listed: true, ..self }
    }

    /// The same, which is for ever at a path of this club's site.
    pub(super) fn found_at(self, house: &House, path: &str) -> Frame {
        Frame { address: Some(format!("{}{path}", house.config.public_url)), ..self }
    }

    /// The same, with what stands for it where it is passed on.
    pub(super) fn seen_as(self, sight: &Sight) -> Frame {
        Frame { seen: Some(sight.passed_on()), ..self }
    }

    /// The picture that stands for it where it is passed on, and what it shows.
    pub(super) fn image(&self) -> Option<(String, &str)> {
        let site = self.address.as_deref()?.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let (path, words) = self.seen.as_ref()?;
        Some((format!("{site}{path}"), words))
    }

    /// The ways through the house.
    pub(super) fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    /// The ways that are needed less.
    pub(super) fn side_ways(&self) -> &'static [Way] {
        &SIDE_WAYS
    }

    /// A file that pages are drawn with, by its name.
    pub(super) fn file(&self, name: &str) -> &'static File {
        assets::file(name)
    }

    pub(super) fn fonts(&self) -> &'static [&'static str] {
        assets::fonts()
    }

    pub(super) fn is_known(&self) -> bool {
        self.guest == Guest::Known
    }

    pub(super) fn is_visitor(&self) -> bool {
        self.guest == Guest::Visitor
    }

    pub(super) fn is_at(&self, place: &str) -> bool {
        self.place == place
    }
}

/// A path of this house, if it is one: never another's site.
pub(super) fn local_path(next: &str) -> Option<&str> {
    let is_plain = next.len() <= LONGEST_PATH && next.bytes().all(|byte| byte.is_ascii_graphic());
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (is_plain && is_local).then_some(next)
}

/// Where to sign in, and to come back from.
pub(super) fn login_path(next: &str) -> String {
    format!("/login/?next={}", encoded(next))
}

/// Sends a visitor to the sign-in page, and back to `here` afterwards.
pub(crate) fn sign_in_path(here: &str) -> Response {
    see_other(&login_path(here))
}

/// Sends whoever is not signed in to the door, and back here afterwards.
pub(super) fn or_sign_in<T: IntoResponse>(answer: Result<T>, here: &str) -> Result<Response> {
    match answer {
        Ok(page) => Ok(page.into_response()),
        Err(Error::Unauthorized) => Ok(see_other(&login_path(here))),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for path in ["/", "/dashboard/", "/book/review/?service=the-cut&starts_at=2026-11-24T15:00:00Z"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in ["", "//example.org", "/\\example.org", "https://example.org/", "example", "/a\nb", "/🌿"]
        {
            assert_eq!(local_path(path), None, "{path}");
        }
        assert_eq!(login_path("/book/?a=1&b=2"), "/login/?next=/book/%3Fa%3D1%26b%3D2");
    }
}
