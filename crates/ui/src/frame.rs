//! What every page shares: its title, the section that it belongs to, and the viewer.

use axum::Extension;
use catalogue::Club;
use kit::AppState;
use kit::web::SameForAll;
use people::{Actor, Person};

use crate::assets::{self, File};
use crate::navigation::{BackOfficeEntry, BackOfficeGroup, Link, Navigation};

/// Marks the response of a page that shows only the catalogue to visitors, so it is the same for all visitors until the
/// catalogue changes.
pub const SAME_FOR_VISITORS: Extension<SameForAll> = Extension(SameForAll { version: catalogue::VERSION });

/// Who views a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// A person who is not signed in.
    Visitor,
    /// A person who is signed in.
    SignedIn,
    /// The page was rendered without knowing who views it.
    Unknown,
}

/// What the frame around the content of a page needs.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title of the page.
    pub title: String,
    /// The description for search engines in one sentence; empty if there is none.
    pub description: String,
    /// Who views the page.
    pub viewer: Viewer,
    /// The section of the site that the page belongs to; in the back office, the path of the page.
    pub section: &'static str,
    /// Whether search engines may index the page.
    pub is_indexed: bool,
    /// The canonical URL of the page.
    pub address: Option<String>,
    /// The picture of link previews: its path and its text alternative.
    pub preview: Option<(String, String)>,
    /// The pages of the back office that the viewer may open.
    pub back_office: Vec<&'static BackOfficeEntry>,
    /// The full name of the viewer, if the viewer works for the club.
    pub staff: Option<String>,
}

impl Frame {
    /// Creates the frame of a page for the actor. `section` is the section of the site (`services`, `book`, `visits`,
    /// or empty); in the back office, it is the path of the page.
    pub fn new(by: &Actor, section: &'static str, title: impl Into<String>) -> Frame {
        let viewer = if by.signed_in().is_some() { Viewer::SignedIn } else { Viewer::Visitor };
        let back_office = Navigation::installed().back_office_of(by);
        let staff = by.signed_in().filter(|_| by.is_staff()).map(Person::full_name);
        Frame { viewer, back_office, staff, ..Frame::anonymous(section, title) }
    }

    /// Creates the frame of a page that is rendered without knowing who views it.
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

    /// Creates the frame of a page for people who are not signed in: signing in, signing up, and pages that links in
    /// emails lead to.
    pub fn signed_out(title: impl Into<String>) -> Frame {
        Frame { viewer: Viewer::Visitor, ..Frame::anonymous("door", title) }
    }

    /// Makes search engines index the page and sets its description.
    pub fn about(self, description: impl Into<String>) -> Frame {
        Frame { description: description.into(), is_indexed: true, ..self }
    }

    /// Sets the canonical URL of the page. `path` is a path of this club's site.
    pub fn canonical(self, app: &AppState, club: &Club, path: &str) -> Frame {
        Frame { address: Some(format!("{}{path}", club.website(&app.config))), ..self }
    }

    /// Sets the picture of link previews: its path and its text alternative.
    pub fn with_preview(self, preview: (String, String)) -> Frame {
        Frame { preview: Some(preview), ..self }
    }

    /// Returns the absolute URL and the text alternative of the link preview picture. `None` without a canonical URL or
    /// a picture.
    pub fn image(&self) -> Option<(String, &str)> {
        let site = self.address.as_deref()?.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let (path, alt) = self.preview.as_ref()?;
        Some((format!("{site}{path}"), alt))
    }

    /// Returns the main links of the site.
    pub fn main_links(&self) -> &'static [Link] {
        Navigation::installed().main
    }

    /// Returns the less important links of the site.
    pub fn side_links(&self) -> &'static [Link] {
        Navigation::installed().side
    }

    /// Returns the groups of the back office with the pages that the viewer may open. A group without such a page is
    /// left out.
    pub fn back_office_groups(&self) -> Vec<(&'static str, Vec<&'static BackOfficeEntry>)> {
        let entries_of =
            |group| self.back_office.iter().copied().filter(|entry| entry.group == group).collect::<Vec<_>>();
        let groups = BackOfficeGroup::ALL.into_iter().map(|group| (group.label(), entries_of(group)));
        groups.filter(|(_, entries)| !entries.is_empty()).collect()
    }

    /// Returns the embedded file of this name.
    ///
    /// # Panics
    /// Panics if there is no such file. Names are constants in the code and the templates, so this is a programming
    /// error.
    pub fn file(&self, name: &str) -> &'static File {
        assets::file(name)
    }

    /// Returns the paths of the fonts that every page preloads.
    pub fn fonts(&self) -> &'static [&'static str] {
        assets::fonts()
    }

    /// Returns whether the viewer is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.viewer == Viewer::SignedIn
    }

    /// Returns whether the viewer is known not to be signed in.
    pub fn is_visitor(&self) -> bool {
        self.viewer == Viewer::Visitor
    }

    /// Returns whether the page belongs to this section.
    pub fn is_at(&self, section: &str) -> bool {
        self.section == section
    }
}
