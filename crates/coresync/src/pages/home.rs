//! The front of the house, and what it tells machines that read.

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::{Catalogue, Club, Filter, Half};
use kit::web::Page;
use kit::{House, Result};
use membership::Plan;
use people::Caller;

use super::frame::{Frame, SAME_FOR_VISITORS};
use super::services::Row;
use super::words;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/", get(home)).route("/robots.txt", get(robots))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'c> {
    frame: Frame,
    club: &'c Club,
    halves: Vec<HalfOfHouse<'c>>,
    featured: Vec<Row<'c>>,
    plans: Vec<PlanLine>,
}

/// One part of the house and what happens there.
struct HalfOfHouse<'c> {
    light: &'static str,
    name: &'static str,
    whom: &'static str,
    sentence: &'static str,
    categories: Vec<(&'c str, &'c str)>,
}

impl<'c> HalfOfHouse<'c> {
    fn of(catalogue: &'c Catalogue, half: Half) -> HalfOfHouse<'c> {
        let (name, whom, sentence) = match half {
            Half::Mensuite => (
                "Mensuite",
                "For men",
                "Massage, skin, scissors and a blade. One guest, one room, no waiting bench.",
            ),
            Half::Private => (
                "Coresync Private",
                "For two",
                "Two hours behind one door: hot tub, sauna, and a wall that becomes somewhere else.",
            ),
            Half::Shared => (
                "The quiet rooms",
                "For everyone",
                "Four pods, a dome of slow stars, and a garden with a fire in it.",
            ),
        };
        let categories = catalogue.categories.iter().filter(|category| category.half == half);
        let categories =
            categories.map(|category| (category.slug.as_str(), category.name.as_str())).collect();
        HalfOfHouse { light: half.as_str(), name, whom, sentence, categories }
    }
}

/// A plan on one line.
struct PlanLine {
    name: String,
    price: String,
    sentence: String,
    benefits: Vec<String>,
}

impl PlanLine {
    fn of(plan: Plan) -> PlanLine {
        PlanLine {
            price: words::money(plan.price),
            name: plan.name,
            sentence: plan.short_description,
            benefits: plan.benefits,
        }
    }
}

async fn home(caller: Caller) -> Result<Response> {
    let asked = caller.view(|tx, by| {
        let catalogue = catalogue::current(tx)?;
        let plans = membership::plans(tx, catalogue.club.id)?;
        let description = "A private wellness club: massage, facials, barber, private suites for two, and rooms to be \
                           quiet in.";
        let frame = Frame::new(by, "", "CoreSync, a private wellness club").about(description);
        Ok((frame, catalogue, plans))
    });
    let (frame, catalogue, plans) = asked.await?;
    let wanted = Filter { featured: Some(true), ..Filter::default() };
    let page = HomePage {
        frame,
        club: &catalogue.club,
        halves: [Half::Mensuite, Half::Private, Half::Shared]
            .map(|half| HalfOfHouse::of(&catalogue, half))
            .into(),
        featured: catalogue.find(&wanted).map(Row::of).collect(),
        plans: plans.into_iter().map(PlanLine::of).collect(),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

/// What machines may read: everything that is meant to be found.
async fn robots() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (
        kind,
        "User-agent: *\nDisallow: /api/\nDisallow: /book/review/\nDisallow: /dashboard/\nDisallow: /logout/\n",
    )
}
