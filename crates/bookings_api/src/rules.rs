//! The JSON endpoints for release rules and overrides, for staff.

use axum::Json as Answered;
use axum::http::StatusCode;
use booking_rules::{
    DecidedTime, Decision, DecisionInput, RuleInput, StoredRule, add_rule, all_rules, decide, decided_times,
    edit_rule, end_rule, factor, iso, undo,
};
use jiff::Timestamp;
use kit::web::{Json, List, Paging, Path, Problem, Query};
use kit::{AppState, Id, Result, input};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(rules, add))
        .routes(routes!(edit, end))
        .routes(routes!(times, decide_time))
        .routes(routes!(undo_time))
}

/// A release rule: for which times it applies, and what it changes.
#[derive(Serialize, ToSchema)]
struct RuleOut {
    id: Id,
    /// The kinds of rooms for which the rule applies. Empty means all.
    room_kinds: Vec<String>,
    /// The services for which the rule applies. Empty means all.
    services: Vec<Id>,
    /// Monday is 1. Empty means all.
    weekdays: Vec<i64>,
    /// The first start as `HH:MM`.
    from: String,
    /// `HH:MM` after the last start. Past `24:00` means after midnight.
    to: String,
    /// `none`, `base`, `premium`, or `unlimited`.
    tier: &'static str,
    release_hours: i64,
    /// The price factor, such as `1.20`.
    factor: String,
    tags: Vec<String>,
    /// When it ended, or null.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    changed_at: Option<Timestamp>,
    changed_by: Option<Id>,
}

impl From<StoredRule> for RuleOut {
    fn from(row: StoredRule) -> RuleOut {
        let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let rule = row.rule;
        RuleOut {
            id: row.id,
            room_kinds: rule.room_kinds,
            services: rule.services,
            weekdays: rule.weekdays,
            from: clock(rule.from),
            to: clock(rule.to),
            tier: rule.tier.as_str(),
            release_hours: rule.release_hours,
            factor: factor(rule.factor_bp),
            tags: rule.tags,
            ended_at: row.ended_at,
            changed_at: row.changed.map(|(at, _)| at),
            changed_by: row.changed.and_then(|(_, by)| by),
        }
    }
}

/// Managers: list every release rule, including ended ones.
#[utoipa::path(get, path = "/api/staff/rules/", tag = "staff",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<RuleOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn rules(caller: Caller, Query(paging): Query<Paging>) -> Result<List<RuleOut>> {
    let found = caller.view(|tx, by| {
        let club = catalogue::current(tx)?.club.id;
        all_rules(tx, by, club)
    });
    let all = found.await?.into_iter().map(RuleOut::from).collect();
    Ok(List::of(all, paging, "/api/staff/rules/"))
}

/// The id of a release rule.
#[derive(Serialize, ToSchema)]
struct RuleId {
    id: Id,
}

/// Managers: add a rule.
#[utoipa::path(post, path = "/api/staff/rules/", tag = "staff", operation_id = "add_rule", request_body = RuleInput,
    responses((status = 201, body = RuleId), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn add(caller: Caller, Json(sent): Json<RuleInput>) -> Result<(StatusCode, Answered<RuleId>)> {
    let rule = sent.rule();
    let added = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        add_rule(tx, by, club, &rule)
    });
    Ok((StatusCode::CREATED, Answered(RuleId { id: added.await? })))
}

/// Managers: change a rule.
#[utoipa::path(put, path = "/api/staff/rules/{id}/", tag = "staff", operation_id = "edit_rule",
    params(("id" = i64, Path)), request_body = RuleInput,
    responses((status = 200, body = RuleId), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn edit(caller: Caller, Path(id): Path<Id>, Json(sent): Json<RuleInput>) -> Result<Answered<RuleId>> {
    let rule = sent.rule();
    let edited = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        edit_rule(tx, by, club, id, &rule)
    });
    edited.await.map(|()| Answered(RuleId { id }))
}

/// Managers: end a rule.
#[utoipa::path(delete, path = "/api/staff/rules/{id}/", tag = "staff", operation_id = "end_rule",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn end(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    let ended = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        end_rule(tx, by, club, id)
    });
    ended.await.map(|()| StatusCode::NO_CONTENT)
}

/// An override for one start time in one room.
#[derive(Serialize, ToSchema)]
struct TimeOut {
    room_id: Id,
    starts_at: String,
    /// `block`, `open`, `reprice`, or `keep`.
    decision: &'static str,
    factor: Option<String>,
    tier: Option<&'static str>,
    hours: Option<i64>,
    decided_by: Option<Id>,
    #[schema(value_type = String, format = DateTime)]
    decided_at: Timestamp,
}

impl TimeOut {
    fn of(zone: &jiff::tz::TimeZone, time: &DecidedTime) -> TimeOut {
        let (decision, factor_bp, tier, hours) = match time.decided.decision {
            Decision::Block => ("block", None, None, None),
            Decision::Open => ("open", None, None, None),
            Decision::Reprice(bp) => ("reprice", Some(bp), None, None),
            Decision::Keep(tier, hours) => ("keep", None, Some(tier.as_str()), Some(hours)),
        };
        TimeOut {
            room_id: time.decided.room,
            starts_at: iso(zone, time.decided.starts_at),
            decision,
            factor: factor_bp.map(factor),
            tier,
            hours,
            decided_by: time.by,
            decided_at: time.at,
        }
    }
}

/// Staff: list upcoming overrides.
#[utoipa::path(get, path = "/api/staff/times/", tag = "staff",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<TimeOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn times(caller: Caller, Query(paging): Query<Paging>) -> Result<List<TimeOut>> {
    let found = caller.view(|tx, by| {
        let zone = catalogue::current(tx)?.club.zone.clone();
        let now = tx.now();
        let found = decided_times(tx, by, (now, Timestamp::MAX))?;
        Ok(found.iter().map(|time| TimeOut::of(&zone, time)).collect::<Vec<_>>())
    });
    Ok(List::of(found.await?, paging, "/api/staff/times/"))
}

/// Staff: add an override for a single start time. It takes priority over every rule.
#[utoipa::path(post, path = "/api/staff/times/", tag = "staff", request_body = DecisionInput,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn decide_time(caller: Caller, Json(request): Json<DecisionInput>) -> Result<StatusCode> {
    let done =
        caller.tx(move |tx, by| decide(tx, by, request.room_id, request.starts_at, request.decision()));
    done.await.map(|()| StatusCode::NO_CONTENT)
}

input! {
    /// A single time: a start in a room.
    struct OverrideStart {
        room_id: Id = id(),
        #[schema(value_type = String, format = DateTime)]
        starts_at: Timestamp = moment(),
    }
}

/// Staff: undo the latest override for a time.
#[utoipa::path(post, path = "/api/staff/times/undo/", tag = "staff", request_body = OverrideStart,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn undo_time(caller: Caller, Json(which): Json<OverrideStart>) -> Result<StatusCode> {
    caller.tx(move |tx, by| undo(tx, by, which.room_id, which.starts_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
