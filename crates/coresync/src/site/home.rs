//! The home page of the club.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::{Brand, Catalogue, Club, Filter};
use catalogue_pages::ServiceRow;
use kit::web::Page;
use kit::{AppState, Result};
use membership::Plan;
use membership::pages::{Comparison, break_even};
use people::Caller;
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::{Choice, Frame, SAME_FOR_VISITORS, format, services_by_category};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'c> {
    frame: Frame,
    club: &'c Club,
    artwork: Artwork,
    brands: [Doorway; 2],
    rooms: Vec<QuietRoom<'c>>,
    featured: Vec<ServiceRow<'c>>,
    plans: Vec<PlanLine>,
    comparison: Option<Comparison>,
    /// All services, grouped by category.
    services: Vec<(String, Vec<Choice>)>,
    today: String,
}

/// The teaser of one brand on the home page.
pub(crate) struct Doorway {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) whom: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) artwork: Artwork,
}

impl Doorway {
    fn of(shown: &PublishedPictures, brand: Brand) -> Doorway {
        let (name, path, whom, sentence) = match brand {
            Brand::Mensuite | Brand::Shared => (
                "Mensuite",
                "/menssuite/",
                "For men",
                "Massage, skin, scissors, and a blade. One guest, one room, no waiting room.",
            ),
            Brand::Private => (
                "Coresync Private",
                "/private/",
                "For two",
                "Two hours behind one door: hot tub, sauna, and a wall that becomes somewhere else.",
            ),
        };
        Doorway { name, path, whom, sentence, artwork: artwork::of_brand(shown, brand) }
    }
}

/// A category of services that both brands share.
struct QuietRoom<'c> {
    slug: &'c str,
    name: &'c str,
    sentence: &'c str,
    artwork: Artwork,
}

/// A plan, as the home page lists it.
pub(crate) struct PlanLine {
    name: String,
    price: String,
    sentence: String,
    /// After how many visits a month the price has come back, if they are few.
    worth: Option<String>,
}

impl PlanLine {
    fn of(plan: Plan, catalogue: &Catalogue) -> PlanLine {
        PlanLine {
            price: format::money(plan.price),
            worth: break_even(&plan, catalogue),
            name: plan.name,
            sentence: plan.short_description,
        }
    }
}

async fn home(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let found = caller.view(|tx, by| {
        let catalogue = catalogue::current(tx)?;
        let shown = pictures::shown(tx, catalogue.club.id)?;
        let plans = membership::plans(tx, catalogue.club.id)?;
        let today = format::date_at(&catalogue.club.zone, tx.now());
        let description = "A private wellness club: massage, facials, barber, private suites for two, and rooms to be \
                           quiet in.";
        let frame = Frame::new(by, "", "CoreSync, a private wellness club").about(description);
        Ok((frame, catalogue, shown, plans, today))
    });
    let (frame, catalogue, shown, plans, today) = found.await?;
    let featured = Filter { featured: Some(true), ..Filter::default() };
    let artwork = artwork::of_club(&shown);
    let page = HomePage {
        frame: frame.canonical(&app, &catalogue.club, "/").with_preview(artwork.passed_on()),
        club: &catalogue.club,
        artwork,
        brands: [Brand::Mensuite, Brand::Private].map(|brand| Doorway::of(&shown, brand)),
        rooms: quiet_rooms(&catalogue, &shown),
        featured: catalogue
            .find(&featured)
            .map(|service| ServiceRow::of(&catalogue, &shown, service))
            .collect(),
        comparison: Comparison::of(&plans),
        plans: plans.into_iter().map(|plan| PlanLine::of(plan, &catalogue)).collect(),
        services: services_by_category(&catalogue, |one| Choice::new(&one.slug, &one.name, false)),
        today: today.to_string(),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

fn quiet_rooms<'c>(catalogue: &'c Catalogue, shown: &PublishedPictures) -> Vec<QuietRoom<'c>> {
    let shared = catalogue.categories.iter().filter(|category| category.brand == Brand::Shared);
    let room = |category: &'c catalogue::Category| QuietRoom {
        slug: &category.slug,
        name: &category.name,
        sentence: &category.description,
        artwork: artwork::of_category(shown, category),
    };
    shared.map(room).collect()
}
