//! What every page shares: its title, the section it belongs to, and who looks at it.

use axum::Extension;
use catalogue::Club;
use kit::AppState;
use kit::web::SameForAll;
use people::{Actor, Person};

use crate::assets::{self, File};
use crate::navigation::{BackOfficeEntry, Link, Navigation};

/// Marks the response of a page that shows the catalogue, and nothing of whoever looks at it if that is a visitor.
pub const SAME_FOR_VISITORS: Extension<SameForAll> = Extension(SameForAll { version: catalogue::VERSION });

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody is signed in.
    Visitor,
    /// Somebody is signed in.
    SignedIn,
    /// The page was rendered without asking.
    Unknown,
}

/// What the shell of a page needs.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title of the page.
    pub title: String,
    /// What it is about, in a sentence; empty if search engines may not show it.
    pub description: String,
    /// Who looks at it.
    pub viewer: Viewer,
    /// The part of the site that it belongs to.
    pub section: &'static str,
    /// Whether search engines may show it.
    pub is_indexed: bool,
    /// Its lasting address.
    pub address: Option<String>,
    /// The picture that link previews show: its path, and what it shows.
    pub preview: Option<(String, String)>,
    /// The pages of the back office that are open to whoever looks at it.
    pub back_office: Vec<&'static BackOfficeEntry>,
    /// The name of whoever looks at it, if they work for the club.
    pub staff: Option<String>,
}

impl Frame {
    /// The frame of a page for whoever asks. `section` is the part of the site (`services`, `book`, `visits`, or none);
    /// in the back office, the path of the page.
    pub fn new(by: &Actor, section: &'static str, title: impl Into<String>) -> Frame {
        let viewer = if by.person.is_some() { Viewer::SignedIn } else { Viewer::Visitor };
        let back_office = Navigation::installed().back_office_of(by);
        let staff = by.person.as_ref().filter(|_| by.is_staff()).map(Person::full_name);
        Frame { viewer, back_office, staff, ..Frame::anonymous(section, title) }
    }

    /// The frame of a page that is rendered without asking who looks at it.
    pub fn anonymous(section: &'static str, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            description: String::new(),
            viewer: Viewer::Unknown,
            section,
            is_indexed: false,
            address: None,
            preview: None,
            back_office: Vec::new(),
            staff: None,
        }
    }

    /// The frame of a page for who is not signed in: signing in, signing up, the links of emails.
    pub fn signed_out(title: impl Into<String>) -> Frame {
        Frame { viewer: Viewer::Visitor, ..Frame::anonymous("door", title) }
    }

    /// The same for a page that search engines may show, and what it is about.
    pub fn about(self, description: impl Into<String>) -> Frame {
        Frame { description: description.into(), is_indexed: true, ..self }
    }

    /// The same with the lasting address of the page: a path of this club's site.
    pub fn canonical(self, app: &AppState, club: &Club, path: &str) -> Frame {
        Frame { address: Some(format!("{}{path}", club.website(&app.config))), ..self }
    }

    /// The same with the picture that link previews show: its path, and what it shows.
    pub fn with_preview(self, preview: (String, String)) -> Frame {
        Frame { preview: Some(preview), ..self }
    }

    /// The picture that link previews show, by its whole address, and what it shows.
    pub fn image(&self) -> Option<(String, &str)> {
        let site = self.address.as_deref()?.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let (path, alt) = self.preview.as_ref()?;
        Some((format!("{site}{path}"), alt))
    }

    /// The main links of the site.
    pub fn main_links(&self) -> &'static [Link] {
        Navigation::installed().main
    }

    /// The links of the site that are needed less.
    pub fn side_links(&self) -> &'static [Link] {
        Navigation::installed().side
    }

    /// An embedded file by its name.
    ///
    /// # Panics
    /// If there is none: the names stand in the code.
    pub fn file(&self, name: &str) -> &'static File {
        assets::file(name)
    }

    /// The paths of the fonts that every page needs at once.
    pub fn fonts(&self) -> &'static [&'static str] {
        assets::fonts()
    }

    /// Whether whoever looks at it is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.viewer == Viewer::SignedIn
    }

    /// Whether whoever looks at it is not signed in.
    pub fn is_visitor(&self) -> bool {
        self.viewer == Viewer::Visitor
    }

    /// Whether the page belongs to this section.
    pub fn is_at(&self, section: &str) -> bool {
        self.section == section
    }
}
