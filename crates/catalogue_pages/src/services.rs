//! The list of services with search and filter, and the page of one service.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::Factors;
use catalogue::{Catalogue, Category, Filter, Service};
use kit::web::{Input, Page, Path, RawInput};
use kit::{AppState, Cents, Error, Result};
use membership::Entitlements;
use people::Caller;
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::{FormInput, Frame, QueryForm, RawForm, SAME_FOR_VISITORS, format, offered};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/services/", get(list)).route("/services/{slug}/", get(show))
}

/// The query of the list of services.
#[derive(Debug, Default)]
struct ServicesQuery {
    filter: Filter,
}

impl Input for ServicesQuery {
    fn parse(input: &mut RawInput) -> ServicesQuery {
        let search = input.opt_text_within("q", 100);
        let category = input.opt_text_within("category", 100);
        ServicesQuery { filter: Filter { search, category, ..Filter::default() } }
    }
}

/// A service in a list.
#[derive(Debug)]
pub struct ServiceRow<'c> {
    /// The slug of the service, which is the last segment of the path of its page.
    pub slug: &'c str,
    /// The name of the service.
    pub name: &'c str,
    /// A description in one line.
    pub sentence: &'c str,
    /// The duration as text, such as `60 minutes`.
    pub duration: String,
    /// The formatted list price.
    pub list: String,
    /// The formatted member price.
    pub member: String,
    /// Whether only members can book the service.
    pub members_only: bool,
    /// The artwork of the service.
    pub artwork: Artwork,
}

impl<'c> ServiceRow<'c> {
    /// Creates the list entry of a service.
    pub fn of(catalogue: &Catalogue, shown: &PublishedPictures, service: &'c Service) -> ServiceRow<'c> {
        ServiceRow {
            artwork: artwork::of_service(shown, catalogue, service),
            slug: &service.slug,
            name: &service.name,
            sentence: &service.short_description,
            duration: format::duration(service.minutes),
            list: format::money(service.list),
            member: format::money(service.member),
            members_only: service.member_only,
        }
    }
}

/// A category with the services that were found.
struct FoundCategory<'c> {
    category: &'c Category,
    /// The artwork beside the list: that of the category if it has a published photograph or if all found services look
    /// alike, that of the service if only one was found, and otherwise none.
    artwork: Option<Artwork>,
    /// The services that are shown with their own artwork.
    cards: Vec<ServiceRow<'c>>,
    /// The services that are shown without artwork, because the artwork of the category represents them.
    rows: Vec<ServiceRow<'c>>,
}

impl<'c> FoundCategory<'c> {
    fn of(
        shown: &PublishedPictures,
        category: &'c Category,
        found: Vec<ServiceRow<'c>>,
    ) -> FoundCategory<'c> {
        let whole = artwork::of_category(shown, category);
        let has_photograph = whole.photograph().is_some();
        let artwork = match found.as_slice() {
            _ if has_photograph => Some(whole),
            [only] => Some(only.artwork.clone()),
            found => are_alike(found).then_some(whole),
        };
        let is_represented = |row: &ServiceRow<'_>| match &artwork {
            Some(artwork) => !has_photograph || artwork.is_like(&row.artwork),
            None => false,
        };
        let (rows, cards) = found.into_iter().partition(is_represented);
        FoundCategory { category, artwork, cards, rows }
    }

    fn len(&self) -> usize {
        self.cards.len() + self.rows.len()
    }
}

/// Returns whether all services have the same artwork.
fn are_alike(rows: &[ServiceRow<'_>]) -> bool {
    rows.iter().zip(rows.iter().skip(1)).all(|(one, next)| one.artwork.is_like(&next.artwork))
}

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage<'c> {
    frame: Frame,
    raw_form: RawForm,
    categories: &'c [Category],
    families: Vec<FoundCategory<'c>>,
    sentence: Option<String>,
    /// Whether a search or a category limits the list.
    is_narrowed: bool,
}

async fn list(
    State(app): State<AppState>,
    caller: Caller,
    QueryForm(form): QueryForm<ServicesQuery>,
) -> Result<Response> {
    let page = caller.view(|tx, by| {
        let frame = Frame::new(by, "services", "Services · CoreSync");
        let catalogue = catalogue::current(tx)?;
        let shown = pictures::shown(tx, catalogue.club.id)?;
        Ok((frame, catalogue, shown))
    });
    let (frame, catalogue, shown) = page.await?;
    let frame = frame.about("Every service, with its duration and price.");
    let frame = frame
        .canonical(&app, &catalogue.club, "/services/")
        .with_preview(artwork::of_club_still(&shown).passed_on());
    let FormInput { raw_form, parsed } = form;
    let (status, query, refused) = match parsed {
        Ok(query) => (StatusCode::OK, query, None),
        Err(fields) => (StatusCode::BAD_REQUEST, ServicesQuery::default(), fields.0.into_values().next()),
    };
    let is_known = |slug: &String| catalogue.categories.iter().any(|category| category.slug == *slug);
    let (status, refused) = match &query.filter.category {
        Some(slug) if !is_known(slug) => {
            (StatusCode::BAD_REQUEST, Some("We couldn’t find that category.".to_owned()))
        }
        _ => (status, refused),
    };
    let families = if refused.is_some() { Vec::new() } else { families(&catalogue, &shown, &query.filter) };
    let found: usize = families.iter().map(FoundCategory::len).sum();
    let sentence = refused.or_else(|| summary(&query.filter, found));
    let is_narrowed = query.filter.search.is_some() || query.filter.category.is_some();
    let categories = &catalogue.categories;
    let page = ServicesPage { frame, raw_form, categories, families, sentence, is_narrowed };
    Ok((status, SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

fn families<'c>(
    catalogue: &'c Catalogue,
    shown: &PublishedPictures,
    filter: &'c Filter,
) -> Vec<FoundCategory<'c>> {
    let found: Vec<&Service> = catalogue.find(filter).collect();
    let family = |category: &'c Category| {
        let rows = found.iter().filter(|service| service.category == category.id);
        FoundCategory::of(
            shown,
            category,
            rows.map(|service| ServiceRow::of(catalogue, shown, service)).collect(),
        )
    };
    catalogue.categories.iter().map(family).filter(|family| family.len() > 0).collect()
}

/// Returns the sentence about the result of a search, or `None` if services were found without search words.
fn summary(filter: &Filter, found: usize) -> Option<String> {
    let about = filter.search.as_ref().map(|text| format!(" for “{text}”")).unwrap_or_default();
    match found {
        0 => Some(format!("Nothing{about}. Try a shorter word, or browse all services.")),
        _ if about.is_empty() => None,
        1 => Some(format!("One service{about}.")),
        found => Some(format!("{} services{about}.", format::capital(&format::number(found)))),
    }
}

/// An add-on of a service.
struct Extra<'c> {
    name: &'c str,
    sentence: &'c str,
    price: String,
}

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage<'c> {
    frame: Frame,
    service: &'c Service,
    category: Option<&'c Category>,
    artwork: Artwork,
    duration: String,
    guests: String,
    list: String,
    member: String,
    /// The formatted price for the actor, if they have a plan today.
    yours: Option<String>,
    /// Other services of the same category.
    beside: Vec<ServiceRow<'c>>,
    beside_is_alike: bool,
    rooms: Vec<ServiceRoom<'c>>,
    /// Whether one of the rooms has a photograph that differs from the artwork of the service.
    rooms_are_seen: bool,
    extras: Vec<Extra<'c>>,
}

/// A room in which the service can take place.
struct ServiceRoom<'c> {
    name: &'c str,
    sentence: &'c str,
    artwork: Artwork,
}

async fn show(State(app): State<AppState>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    let page = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let service = catalogue.service_by_slug(&slug).ok_or(Error::NotFound)?.id;
        let entitlements = match by.id() {
            Some(person) => membership::entitlements(tx, catalogue.club.id, person)?,
            None => Entitlements::default(),
        };
        let today = format::date_at(&catalogue.club.zone, tx.now());
        let frame = Frame::new(by, "services", "");
        let shown = pictures::shown(tx, catalogue.club.id)?;
        Ok((frame, catalogue, shown, service, entitlements, today))
    });
    let (frame, catalogue, shown, id, entitlements, today) = page.await?;
    let service = catalogue.service(id).ok_or(Error::NotFound)?;
    let plan = entitlements.plan_on(today);
    let yours =
        plan.map(|_| bookings::price_for(service, &entitlements, today, Factors::PLAIN, &[], false).total());
    let category = catalogue.category(service.category);
    let frame = Frame { title: format!("{} · CoreSync", service.name), ..frame };
    let beside = beside(&catalogue, &shown, service);
    let artwork = artwork::of_service(&shown, &catalogue, service);
    let rooms = rooms(&catalogue, &shown, service);
    let is_new =
        |room: &ServiceRoom<'_>| room.artwork.photograph().is_some() && !room.artwork.is_like(&artwork);
    let is_known = |row: &ServiceRow<'_>| row.artwork.photograph().is_none() || row.artwork.is_like(&artwork);
    let beside_is_alike = are_alike(&beside) && beside.iter().all(is_known);
    let rooms_are_seen = rooms.iter().any(is_new);
    let frame = frame.about(service.short_description.clone());
    let page = ServicePage {
        frame: frame
            .canonical(&app, &catalogue.club, &format!("/services/{}/", service.slug))
            .with_preview(artwork.passed_on()),
        artwork,
        service,
        category,
        duration: format::duration(service.minutes),
        guests: guests(service),
        list: format::money(service.list),
        member: format::money(service.member),
        yours: yours.map(format::money),
        beside_is_alike,
        beside,
        rooms,
        rooms_are_seen,
        extras: catalogue
            .addons_of(service)
            .map(|addon| extra(&addon.name, &addon.description, addon.cents))
            .collect(),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

fn guests(service: &Service) -> String {
    if service.max_capacity > service.party {
        format!("Up to {}", format::guests(service.max_capacity))
    } else {
        format::guests(service.party)
    }
}

/// The maximum number of other services on the page of a service.
const BESIDE: usize = 3;

/// Returns other offered services of the category: first those after this service, then those before it.
fn beside<'c>(catalogue: &'c Catalogue, shown: &PublishedPictures, service: &Service) -> Vec<ServiceRow<'c>> {
    let category = catalogue.category(service.category);
    let family = || category.into_iter().flat_map(|category| offered(catalogue, category));
    let place = family().position(|one| one.id == service.id).unwrap_or_default();
    let others = family().skip(place + 1).chain(family().take(place));
    others.take(BESIDE).map(|one| ServiceRow::of(catalogue, shown, one)).collect()
}

fn rooms<'c>(catalogue: &'c Catalogue, shown: &PublishedPictures, service: &Service) -> Vec<ServiceRoom<'c>> {
    let rooms = service.rooms.iter().filter_map(|id| catalogue.room(*id)).filter(|room| room.active);
    let place = |room: &'c catalogue::Room| ServiceRoom {
        name: &room.name,
        sentence: &room.description,
        artwork: artwork::of_room(shown, room),
    };
    rooms.map(place).collect()
}

fn extra<'c>(name: &'c str, sentence: &'c str, cents: Cents) -> Extra<'c> {
    Extra { name, sentence, price: format::money(cents) }
}
