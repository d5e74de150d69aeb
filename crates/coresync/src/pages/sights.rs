//! What is seen of a thing: the club's own photograph or film where it has hung one, else a light study.

use catalogue::{Catalogue, Category, Half, Room, Service};
use pictures::{Kind, Picture, Shown};

use crate::assets::{self, Study};

/// The study that moves where a browser can do it, and nothing speaks against it.
const LIVING: &str = "the-house";

/// What is seen of a thing.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    /// The light study, drawn by us.
    pub(super) study: &'static Study,
    /// What the club has hung in its place.
    hung: Option<Picture>,
    /// Whether it fills the screen.
    is_whole: bool,
}

impl Sight {
    /// The study of that name; the house itself where there is none.
    pub(super) fn named(name: &str) -> Sight {
        let study = assets::study(name).or_else(|| assets::study("the-house"));
        let study = study.or_else(|| assets::studies().first()).expect("web/dist has studies");
        Sight { study, hung: None, is_whole: false }
    }

    /// The same, if nothing hangs at the spot.
    fn or_hung(self, shown: &Shown, spot: &str) -> Sight {
        Sight { hung: shown.at(spot).cloned(), ..self }
    }

    /// The same, where it fills the screen.
    pub(super) fn whole(self) -> Sight {
        Sight { is_whole: true, ..self }
    }

    /// The photograph.
    pub(super) fn photograph(&self) -> Option<&Picture> {
        self.hung.as_ref().filter(|picture| picture.kind == Kind::Photograph)
    }

    /// Where the film is.
    pub(super) fn film(&self) -> Option<String> {
        let picture = self.hung.as_ref()?;
        Some(picture.path(0, picture.film?))
    }

    /// A tiny picture of it, seen while it comes.
    pub(super) fn ground(&self) -> &str {
        self.photograph().map_or(self.study.ground, |picture| &picture.preview)
    }

    /// The study in the shape of a phone.
    pub(super) fn tall(&self) -> Option<&'static Study> {
        if self.is_whole { assets::study(&format!("{}-tall", self.study.name)) } else { None }
    }

    /// Whether it moves.
    pub(super) fn lives(&self) -> bool {
        self.is_whole && self.study.name == LIVING
    }
}

/// The first thing on the first page.
pub(super) fn of_house(shown: &Shown) -> Sight {
    Sight::named("the-house").or_hung(shown, "home/hero").whole()
}

pub(super) fn of_half(shown: &Shown, half: Half) -> Sight {
    Sight::named(half_word(half)).or_hung(shown, &format!("half/{}", half.as_str())).whole()
}

pub(super) fn of_room(shown: &Shown, room: &Room) -> Sight {
    let name = known([room.slug.as_str(), room.kind.as_str()]).unwrap_or_else(|| half_word(room.half));
    Sight::named(name).or_hung(shown, &format!("room/{}", room.slug))
}

pub(super) fn of_category(shown: &Shown, category: &Category) -> Sight {
    let name = known([category.slug.as_str()]).unwrap_or_else(|| half_word(category.half));
    Sight::named(name).or_hung(shown, &format!("family/{}", category.slug))
}

/// What its own word, its only room, its family or its first room shows.
pub(super) fn of_service(shown: &Shown, catalogue: &Catalogue, service: &Service) -> Sight {
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
    Sight::named(name).or_hung(shown, &format!("service/{}", service.slug))
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

/// Words of a catalogue that our studies are called otherwise by.
fn called(word: &str) -> Option<&'static str> {
    Some(match word {
        "duet-room" | "couples-massage" => "together",
        "facial" => "facials",
        "ember-journey" => "ember-suite",
        "tide-journey" => "tide-suite",
        "lantern-journey" => "lantern-suite",
        "private-suites" | "suite" => "private",
        "bed-room" | "ai-massage" => "ai-massage-bed",
        "recovery" => "oxygen-dome",
        "meditation" | "stillness" => "meditation-pods",
        "open-air" => "backyard",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_catalogue_leads_to_its_study() {
        for (word, name) in [
            ("massage", "massage"),
            ("facial", "facials"),
            ("barber", "barber"),
            ("laser", "laser"),
            ("couples-massage", "together"),
            ("ember-journey", "ember-suite"),
            ("lantern-suite", "lantern-suite"),
            ("suite", "private"),
            ("recovery", "oxygen-dome"),
            ("bed-room", "ai-massage-bed"),
            ("stillness", "meditation-pods"),
            ("open-air", "backyard"),
        ] {
            assert_eq!(known([word]), Some(name));
        }
        assert_eq!(known(["no-such-word", "open-air"]), Some("backyard"));
        assert_eq!(known(["no-such-word"]), None);
    }

    #[test]
    fn the_house_lives_where_it_fills_the_screen_and_has_a_tall_shape() {
        let house = of_house(&Shown::default());
        assert!(house.lives() && house.tall().is_some());
        assert!(!Sight::named("the-house").lives());
        assert!(Sight::named("no-such-study").study.name == "the-house");
        for half in [Half::Mensuite, Half::Private] {
            assert!(of_half(&Shown::default(), half).tall().is_some());
        }
    }
}
