//! The links that every page shows. Each crate lists its own pages, and the program combines the lists when it starts.

use std::sync::OnceLock;

use people::{Action, Actor};

/// A link of the site: the section that it leads to, its path, and its text.
pub type Link = (&'static str, &'static str, &'static str);

/// A group of pages in the navigation of the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackOfficeGroup {
    /// The visits of the day and the times that can be booked.
    Today,
    /// Guests, members, and accounts.
    Guests,
    /// What a booking or a membership costs, and who may book when.
    PlansAndRules,
    /// What is set once, and what the program records.
    Settings,
}

impl BackOfficeGroup {
    /// Every group, in the order of the navigation.
    pub const ALL: [BackOfficeGroup; 4] = [
        BackOfficeGroup::Today,
        BackOfficeGroup::Guests,
        BackOfficeGroup::PlansAndRules,
        BackOfficeGroup::Settings,
    ];

    /// Returns the heading of the group.
    pub fn label(self) -> &'static str {
        match self {
            BackOfficeGroup::Today => "Today",
            BackOfficeGroup::Guests => "Guests",
            BackOfficeGroup::PlansAndRules => "Plans and rules",
            BackOfficeGroup::Settings => "Settings",
        }
    }
}

/// A page of the back office, as the navigation and the overview page show it.
#[derive(Debug, Clone, Copy)]
pub struct BackOfficeEntry {
    /// The group that the entry belongs to.
    pub group: BackOfficeGroup,
    /// The position of the entry in its group; the lowest position comes first.
    pub position: u16,
    /// The path of the page.
    pub path: &'static str,
    /// The text of the link in the navigation.
    pub label: &'static str,
    /// One sentence that says what the page is for.
    pub sentence: &'static str,
    /// The permission that the page requires; `None` if everyone who works for the club may open it.
    pub needs: Option<Action>,
}

impl BackOfficeEntry {
    fn is_open_to(&self, by: &Actor) -> bool {
        self.needs.map_or(by.is_staff(), |action| by.may(action))
    }
}

/// All links that the frame of a page shows.
#[derive(Debug)]
pub struct Navigation {
    /// The main links of the site.
    pub main: &'static [Link],
    /// The less important links of the site, which the menu and the footer show.
    pub side: &'static [Link],
    back_office: Vec<BackOfficeEntry>,
}

/// The navigation that the program installed. All entries are constants of the crates, so one process never needs two
/// navigations.
static INSTALLED: OnceLock<Navigation> = OnceLock::new();
static EMPTY: Navigation = Navigation { main: &[], side: &[], back_office: Vec::new() };

impl Navigation {
    /// Combines the links of the site with the back office entries of all crates, sorted by position.
    pub fn new(main: &'static [Link], side: &'static [Link], entries: &[&[BackOfficeEntry]]) -> Navigation {
        let mut back_office = entries.concat();
        back_office.sort_by_key(|entry| entry.position);
        Navigation { main, side, back_office }
    }

    /// Makes all pages of this process show these links. Only the first call has an effect.
    pub fn install(self) {
        let _ = INSTALLED.set(self);
    }

    /// Returns the installed navigation, or an empty one before [`Navigation::install`] was called.
    pub(crate) fn installed() -> &'static Navigation {
        INSTALLED.get().unwrap_or(&EMPTY)
    }

    /// Returns the pages of the back office that the actor may open.
    pub(crate) fn back_office_of(&'static self, by: &Actor) -> Vec<&'static BackOfficeEntry> {
        self.back_office.iter().filter(|entry| entry.is_open_to(by)).collect()
    }
}
