//! What the booking page shows of services: the chosen one, or all of them as pictures.

use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::{Id, Result, Tx};
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::{format, offered};

use crate::booking::times::Search;

/// A link that narrows the search to one choice.
pub(crate) struct Chip {
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// The service whose times are shown.
pub(crate) struct ChosenService {
    pub(crate) name: String,
    pub(crate) duration: String,
    pub(crate) artwork: Artwork,
    /// What guests call the people who give the service: `Barber`.
    pub(crate) technician_word: &'static str,
    /// The people who can be chosen, no preference first; empty if there is no choice.
    pub(crate) technicians: Vec<Chip>,
}

impl ChosenService {
    pub(crate) fn of(
        catalogue: &Catalogue,
        shown: &PublishedPictures,
        (service, search): (&Service, &Search),
        date: Date,
    ) -> ChosenService {
        ChosenService {
            name: service.name.clone(),
            duration: format::duration(search.minutes.unwrap_or(service.minutes)),
            artwork: artwork::of_service(shown, catalogue, service),
            technician_word: catalogue.technician_word_of(service),
            technicians: technician_chips(catalogue, service, search, date),
        }
    }
}

/// Returns links to the times of a day with each technician who can be chosen, no preference first. Returns none if
/// there is no choice.
pub(crate) fn technician_chips(
    catalogue: &Catalogue,
    service: &Service,
    search: &Search,
    date: Date,
) -> Vec<Chip> {
    let serves =
        |one: &&catalogue::Technician| one.active && service.technicians > 0 && one.is_skilled_for(service);
    let chip = |technician: Option<Id>, label: &str| Chip {
        path: Search { technician, ..search.clone() }.day_path(date),
        label: label.to_owned(),
        is_chosen: search.technician == technician,
    };
    let named = catalogue.technicians.iter().filter(serves).map(|one| chip(Some(one.id), &one.name));
    let chips: Vec<Chip> = [chip(None, "No preference")].into_iter().chain(named).collect();
    if chips.len() > 2 { chips } else { Vec::new() }
}

/// A service that can be chosen.
pub(crate) struct ServiceCard {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) duration: String,
    pub(crate) price: String,
    pub(crate) artwork: Artwork,
}

/// A category with the services that can be chosen.
pub(crate) struct ServiceFamily {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) cards: Vec<ServiceCard>,
}

/// The choice of a service: the chosen one, or all of them.
pub(crate) struct ServiceChoice {
    /// All services; empty if one is chosen.
    pub(crate) families: Vec<ServiceFamily>,
    pub(crate) chosen: Option<ChosenService>,
    /// The path of the page on which another service is chosen.
    pub(crate) other: String,
}

impl ServiceChoice {
    /// Creates the choice. `dates` are the day that is shown and the one that was requested, `guest` is the person that
    /// staff book for.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub(crate) fn of(
        tx: &mut Tx<'_>,
        catalogue: &Catalogue,
        chosen: Option<(&Service, &Search)>,
        dates: (Date, Option<Date>),
        guest: Option<i64>,
    ) -> Result<ServiceChoice> {
        let shown = pictures::shown(tx, catalogue.club.id)?;
        let (date, requested) = dates;
        let guest = guest.map(|id| format!("&for={id}")).unwrap_or_default();
        let day = requested.map(|date| format!("&date={date}")).unwrap_or_default();
        Ok(ServiceChoice {
            families: match chosen {
                Some(_) => Vec::new(),
                None => families(catalogue, &shown, &format!("{guest}{day}")),
            },
            chosen: chosen.map(|chosen| ChosenService::of(catalogue, &shown, chosen, date)),
            other: format!("/book/{}", guest.replacen('&', "?", 1)),
        })
    }
}

/// Returns every offered service by category. `rest` are the parameters that the links to the times carry on, each with
/// a leading `&`.
fn families(catalogue: &Catalogue, shown: &PublishedPictures, rest: &str) -> Vec<ServiceFamily> {
    let card = |service: &Service| ServiceCard {
        path: format!("/book/?service={}{rest}", format::encoded(&service.slug)),
        name: service.name.clone(),
        duration: format::duration(service.minutes),
        price: format::money(service.list),
        artwork: artwork::of_service(shown, catalogue, service),
    };
    let family = |category: &catalogue::Category| ServiceFamily {
        slug: category.slug.clone(),
        name: category.name.clone(),
        cards: offered(catalogue, category).map(card).collect(),
    };
    catalogue.categories.iter().map(family).filter(|family| !family.cards.is_empty()).collect()
}
