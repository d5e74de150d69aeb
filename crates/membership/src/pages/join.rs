//! The page that tells a person without a membership how to join a plan. Joining takes a payment at the front desk.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use catalogue::Club;
use kit::web::{Input, Page, RawInput};
use kit::{AppState, Error, Result, Tx};
use people::{Actor, Caller};
use ui::{Frame, QueryForm, format, or_sign_in};

use crate::Plan;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/membership/join/", get(show))
}

/// Returns the path of the page for a plan.
pub(crate) fn path(plan: &Plan) -> String {
    format!("/dashboard/membership/join/?plan={}", format::encoded(&plan.slug))
}

#[derive(Template)]
#[template(path = "membership_join.html")]
struct JoinPage {
    frame: Frame,
    plan: Plan,
    price: String,
    club: Club,
    /// The URL that shows the way to the club.
    directions: String,
}

/// The slug of the plan to join.
struct JoinQuery(String);

impl Input for JoinQuery {
    fn parse(input: &mut RawInput) -> JoinQuery {
        JoinQuery(input.opt_text_within("plan", 100).unwrap_or_default())
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<JoinQuery>) -> Result<Response> {
    let JoinQuery(slug) = form.parsed.map_err(Error::Invalid)?;
    let here = format!("/dashboard/membership/join/?plan={}", format::encoded(&slug));
    let drawn = caller.view(move |tx, by| draw(tx, by, &slug)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &here)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, slug: &str) -> Result<JoinPage> {
    by.person()?;
    let club = catalogue::current(tx)?.club.clone();
    let plans = crate::plans(tx, club.id)?;
    let plan = plans.into_iter().find(|plan| plan.slug == slug).ok_or(Error::NotFound)?;
    Ok(JoinPage {
        frame: Frame::new(by, "membership", format!("Join {} · CoreSync", plan.name)),
        price: format::money(plan.price),
        directions: format::directions(&club.address),
        plan,
        club,
    })
}
