//! The lists by which the search for a time can be narrowed.

use catalogue::{Catalogue, Service};
use ui::{Choice, format};

use crate::booking::times::{self, Narrowed, Search};

/// The lists by which a search can be narrowed.
#[derive(Default)]
pub(crate) struct Narrowing {
    pub(crate) durations: Vec<Choice>,
    pub(crate) parties: Vec<Choice>,
    pub(crate) rooms: Vec<Choice>,
}

impl Narrowing {
    /// Returns whether the lists besides the therapists are shown at once: the duration has to be chosen, and what was
    /// chosen stays visible.
    pub(crate) fn is_essential(&self, chosen: Narrowed) -> bool {
        !self.durations.is_empty() || chosen.has_details()
    }

    /// Returns the label of the form, which names what can be changed in it: `Change date or guests`.
    pub(crate) fn label(&self) -> String {
        let lists = [("duration", &self.durations), ("guests", &self.parties), ("room", &self.rooms)];
        let mut names = vec!["date"];
        names.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, _)| name));
        match names.as_slice() {
            [one, other] => format!("Change {one} or {other}"),
            [others @ .., last] if others.len() > 1 => format!("Change {}, or {last}", others.join(", ")),
            names => format!("Change {}", names.join("")),
        }
    }
}

/// Returns the lists to narrow a search. A list with only one choice is left empty.
pub(crate) fn narrowings(catalogue: &Catalogue, service: &Service, search: &Search) -> Narrowing {
    let party = search.party.unwrap_or(service.party);
    let of_party = |count: i64| Choice::new(count, format::guests(count), count == party);
    let minutes = search.minutes.unwrap_or(service.minutes);
    let of_minutes = |one: i64| Choice::new(one, format::duration(one), one == minutes);
    let rooms = service.rooms.iter().filter_map(|id| catalogue.room(*id)).filter(|room| room.active);
    let many = |choices: Vec<Choice>| if choices.len() > 1 { choices } else { Vec::new() };
    Narrowing {
        durations: many(times::durations(service).into_iter().map(of_minutes).collect()),
        parties: many((service.party..=service.max_capacity).map(of_party).collect()),
        rooms: many(
            rooms.map(|room| Choice::new(room.id, &room.name, search.room == Some(room.id))).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_lists_what_can_be_changed() {
        let list = || vec![Choice::new(1, "One", true), Choice::new(2, "Two", false)];
        let mut narrowing = Narrowing::default();
        assert_eq!(narrowing.label(), "Change date");
        narrowing.rooms = list();
        assert_eq!(narrowing.label(), "Change date or room");
        narrowing.parties = list();
        assert_eq!(narrowing.label(), "Change date, guests, or room");
        narrowing.durations = list();
        assert_eq!(narrowing.label(), "Change date, duration, guests, or room");
    }
}
