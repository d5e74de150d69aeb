//! What every page shares: what it is called, where in the house it stands, who looks at it.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use kit::web::{SameForAll, see_other};
use kit::{Error, Result};
use people::Actor;

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
    /// The part of the house: `services`, `book`, `visits`, or none.
    pub(super) place: &'static str,
    /// Whether search engines may show it.
    pub(super) listed: bool,
}

impl Frame {
    /// The frame of a page for whoever asks.
    pub(super) fn new(by: &Actor, place: &'static str, title: impl Into<String>) -> Frame {
        let guest = if by.person.is_some() { Guest::Known } else { Guest::Visitor };
        Frame { guest, ..Frame::unasked(place, title) }
    }

    /// The frame of a page for nobody in particular.
    pub(super) fn unasked(place: &'static str, title: impl Into<String>) -> Frame {
        Frame { title: title.into(), description: String::new(), guest: Guest::Unasked, place, listed: false }
    }

    /// A page that is meant to be found, and what it is about.
    pub(super) fn about(self, description: impl Into<String>) -> Frame {
        Frame { description: description.into(), listed: true, ..self }
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
