//! Which picture stands for what: a club's own photograph if it has put one up, else a light study.

use catalogue::{Catalogue, Half, Room, Service};

use crate::assets::{self, Study};

/// What is seen of a thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture<'c> {
    /// The light study, drawn by us.
    pub(super) study: &'static Study,
    /// The club's own photograph, which takes its place.
    pub(super) photo: Option<&'c str>,
}

/// The study of that name; the house itself where there is none.
pub(super) fn named(name: &str) -> Picture<'static> {
    let study = assets::study(name).or_else(|| assets::study("the-house"));
    Picture { study: study.or_else(|| assets::studies().first()).expect("web/dist has studies"), photo: None }
}

pub(super) fn of_half(half: Half) -> Picture<'static> {
    named(half_word(half))
}

pub(super) fn of_room(room: &Room) -> Picture<'static> {
    let words = [room.slug.as_str(), room.kind.as_str()];
    named(known(words).unwrap_or_else(|| half_word(room.half)))
}

/// Its own photograph, else what its own word, its only room, its family or its first room shows.
pub(super) fn of_service<'c>(catalogue: &'c Catalogue, service: &'c Service) -> Picture<'c> {
    let rooms = || service.rooms.iter().filter_map(|id| catalogue.room(*id));
    let category = catalogue.category(service.category);
    let only = if service.rooms.len() == 1 { rooms().next() } else { None };
    let words = [
        Some(service.slug.as_str()),
        service.slug.rsplit_once('-').map(|(word, _)| word),
        only.map(|room| room.slug.as_str()),
        category.map(|category| category.slug.as_str()),
        rooms().next().map(|room| room.kind.as_str()),
    ];
    let half = category.map_or(Half::Shared, |category| category.half);
    let name = known(words.into_iter().flatten()).unwrap_or_else(|| half_word(half));
    Picture { photo: service.main_image.as_deref(), ..named(name) }
}

fn half_word(half: Half) -> &'static str {
    match half {
        Half::Mensuite => "mensuite",
        Half::Private => "private",
        Half::Shared => "the-house",
    }
}

/// The first word that a study is called by.
fn known<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<&'static str> {
    words.into_iter().find_map(|word| {
        let name = called(word).unwrap_or(word);
        assets::study(name).map(|study| study.name)
    })
}

/// Words of the catalogue that are called otherwise there.
fn called(word: &str) -> Option<&'static str> {
    Some(match word {
        "cedar-room" | "slate-corner" => "massage",
        "duet-room" | "couples-massage" => "together",
        "facial" | "linen-room" | "north-light" => "facials",
        "the-chair" => "barber",
        "laser-studio" => "laser",
        "ember-journey" => "ember-suite",
        "tide-journey" => "tide-suite",
        "lantern-journey" => "lantern-suite",
        "private-suites" | "suite" => "private",
        "bed-room" | "dome-and-bed" | "ai-massage" => "ai-massage-bed",
        "oxygen-dome-session" | "recovery" => "oxygen-dome",
        "meditation" | "meditation-pod" | "stillness" | "guided-stillness" => "meditation-pods",
        "open-air" => "backyard",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_table_leads_to_a_study() {
        for word in [
            "cedar-room",
            "duet-room",
            "facial",
            "the-chair",
            "laser-studio",
            "ember-journey",
            "tide-journey",
            "lantern-journey",
            "suite",
            "bed-room",
            "recovery",
            "stillness",
            "open-air",
        ] {
            let name = called(word).expect("in the table");
            assert!(assets::study(name).is_some(), "{word} leads to {name}");
        }
        assert_eq!(known(["no-such-word", "open-air"]), Some("backyard"));
        assert_eq!(known(["no-such-word"]), None);
    }

    #[test]
    fn every_half_has_a_study() {
        for half in [Half::Mensuite, Half::Private, Half::Shared] {
            assert_eq!(of_half(half).study.name, half_word(half));
        }
    }
}
