//! The links that every page carries. Each crate names the pages it has; the program puts them together when it starts.

use std::sync::OnceLock;

use people::{Action, Actor};

/// A link of the site: the section it leads to, its path, and its text.
pub type Link = (&'static str, &'static str, &'static str);

/// A page of the back office, as the navigation and the overview show it.
#[derive(Debug, Clone, Copy)]
pub struct BackOfficeEntry {
    /// Where it stands among the others: the lowest first.
    pub position: u16,
    /// Its path.
    pub path: &'static str,
    /// Its text in the navigation.
    pub label: &'static str,
    /// What it is for, in a sentence.
    pub sentence: &'static str,
    /// The permission it needs; `None` for everybody who works for the club.
    pub needs: Option<Action>,
}

impl BackOfficeEntry {
    fn is_open_to(&self, by: &Actor) -> bool {
        self.needs.map_or(by.is_staff(), |action| by.may(action))
    }
}

/// Every link that the frame of a page shows.
#[derive(Debug)]
pub struct Navigation {
    /// The main links of the site.
    pub main: &'static [Link],
    /// The links of the site that are needed less.
    pub side: &'static [Link],
    back_office: Vec<BackOfficeEntry>,
}

/// What the program has put together. The entries are constants of the crates, so that no program has two of these.
static INSTALLED: OnceLock<Navigation> = OnceLock::new();
static EMPTY: Navigation = Navigation { main: &[], side: &[], back_office: Vec::new() };

impl Navigation {
    /// Puts the links of the site and the entries of all crates together, in the order of their positions.
    pub fn new(main: &'static [Link], side: &'static [Link], entries: &[&[BackOfficeEntry]]) -> Navigation {
        let mut back_office = entries.concat();
        back_office.sort_by_key(|entry| entry.position);
        Navigation { main, side, back_office }
    }

    /// Has all pages show these links from now on. The first call counts, later ones change nothing.
    pub fn install(self) {
        let _ = INSTALLED.set(self);
    }

    /// What the program has installed; nothing before that.
    pub(crate) fn installed() -> &'static Navigation {
        INSTALLED.get().unwrap_or(&EMPTY)
    }

    /// The pages of the back office that are open to somebody.
    pub(crate) fn back_office_of(&'static self, by: &Actor) -> Vec<&'static BackOfficeEntry> {
        self.back_office.iter().filter(|entry| entry.is_open_to(by)).collect()
    }
}
