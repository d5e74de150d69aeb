//! Plans and the caller's own membership as JSON.

mod desk;
mod lifecycle;
mod plan_card;
mod plans;

use axum::Json;
use jiff::civil::Date;
use kit::web::{List, Paging, Problem, Query};
use kit::{AppState, Cents, DetailKey, Error, Refusal, Result, Tx};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::plan_card::PlanCard;
use crate::entitlements::Entitlements;
use crate::model::{Membership, MembershipStatus, Plan};
use crate::{plan_store, store};

/// Returns the API routes of this crate.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(plans))
        .routes(routes!(current))
        .merge(lifecycle::routes())
        .merge(desk::routes())
        .merge(plans::routes())
}

/// List the club’s plans in its order.
#[utoipa::path(get, path = "/api/memberships/plans/", tag = "memberships",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<PlanCard>)))]
async fn plans(caller: Caller, Query(paging): Query<Paging>) -> Result<List<PlanCard>> {
    let plans = caller.view(|tx, _| the_plans(tx)).await?;
    Ok(List::of(plans.iter().map(PlanCard::from).collect(), paging, "/api/memberships/plans/"))
}

/// Your own plan, with what is left of its benefits.
#[derive(Debug, Serialize, ToSchema)]
struct CurrentPlan {
    plan: PlanCard,
    /// `active`, `grace`, or `suspended`.
    status: &'static str,
    is_active: bool,
    #[schema(value_type = String, format = Date)]
    start_date: Date,
    /// The last paid day.
    #[schema(value_type = String, format = Date)]
    end_date: Date,
    days_remaining: i32,
    auto_renew: bool,
    services_used_this_month: i64,
    guest_passes_used: i64,
    can_use_service_credit: bool,
    /// Left this billing month. Null means unlimited.
    service_credits_left: Option<i64>,
    /// Left this billing month.
    guest_passes_left: i64,
    /// Whether the birthday gift can be used today.
    birthday_gift: bool,
    /// Whether credits apply automatically.
    auto_credit: bool,
    /// The first day without benefits, during or before a pause.
    #[schema(value_type = Option<String>, format = Date)]
    frozen_from: Option<Date>,
    /// The last day of the pause.
    #[schema(value_type = Option<String>, format = Date)]
    frozen_until: Option<Date>,
    /// The plan from the day after the paid period: another one, or its newer terms.
    next_plan: Option<String>,
    /// What member prices have saved since joining.
    savings: Cents,
}

/// The account has no plan.
pub const NO_MEMBERSHIP: Refusal =
    Refusal { code: "no_membership", sentence: "You’re not a member yet.", status: 404 };

/// The available plans, which [`NO_MEMBERSHIP`] carries.
const AVAILABLE_PLANS: DetailKey<Vec<PlanCard>> = DetailKey::new("available_plans");

/// A problem that carries the available plans.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the description alone: the refusal carries the plans")]
struct NoPlan {
    #[serde(flatten)]
    problem: Problem,
    available_plans: Vec<PlanCard>,
}

/// Get your own plan. Without one: the problem `no_membership`, with the available plans.
#[utoipa::path(get, path = "/api/memberships/current/", tag = "memberships",
    responses((status = 200, body = CurrentPlan), (status = 404, body = NoPlan), (status = 401, body = Problem)))]
async fn current(caller: Caller) -> Result<Json<CurrentPlan>> {
    caller
        .view(|tx, by| {
            let person = by.person()?.id;
            let catalogue = catalogue::current(tx)?;
            let entitlements = store::entitlements(tx, catalogue.club.id, person)?;
            match &entitlements.held {
                Some((membership, plan)) => {
                    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
                    let savings = money::saved(tx, person)?;
                    Ok(Json(to_response(&entitlements, membership, plan, today, savings)))
                }
                None => {
                    let plans: Vec<PlanCard> = the_plans(tx)?.iter().map(PlanCard::from).collect();
                    Err(Error::refused(&NO_MEMBERSHIP).with(AVAILABLE_PLANS, plans))
                }
            }
        })
        .await
}

fn to_response(
    entitlements: &Entitlements,
    held: &Membership,
    plan: &Plan,
    today: Date,
    savings: Cents,
) -> CurrentPlan {
    CurrentPlan {
        plan: PlanCard::from(plan),
        status: held.status.as_str(),
        is_active: matches!(held.status, MembershipStatus::Active | MembershipStatus::Grace),
        start_date: held.started_on,
        end_date: held.paid_until,
        days_remaining: (held.paid_until - today).get_days().max(0),
        auto_renew: held.renews,
        services_used_this_month: entitlements.credits_used_in(today),
        guest_passes_used: entitlements.passes_used_in(today),
        service_credits_left: entitlements.credits_left(today),
        guest_passes_left: entitlements.passes_left(today),
        birthday_gift: entitlements.has_birthday(today),
        auto_credit: held.auto_credit,
        frozen_from: held.frozen.map(|(from, _)| from),
        frozen_until: held.frozen.map(|(_, until)| until),
        next_plan: entitlements.next_plan.as_ref().map(|plan| plan.slug.clone()),
        can_use_service_credit: entitlements.credits_left(today).is_none_or(|left| left > 0),
        savings,
    }
}

fn the_plans(tx: &mut Tx<'_>) -> Result<Vec<Plan>> {
    let club = catalogue::current(tx)?.club.id;
    plan_store::plans(tx, club)
}
