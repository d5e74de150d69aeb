//! The JSON endpoints for blocks, for staff.

use axum::Json as Answered;
use axum::http::StatusCode;
use booking_rules::iso;
use bookings::{
    BlockInput, INSIDE_BLOCK, InsideBlock, block, blocks, bookings_inside, edit_block, one_block,
    remove_block,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::replies::Reply;
use kit::web::{Input, Json, List, Once, OnceHeader, Paging, Path, Problem, Query, RawInput};
use kit::{AppState, DetailKey, Error, Id, Result, input};
use people::Caller;
use scheduling::{Block, BlockKind};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::common::with_response;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_blocks, add_block)).routes(routes!(change_block, remove))
}

/// A time in which a room, a technician, or equipment cannot be booked.
#[derive(Serialize, ToSchema)]
struct BlockOut {
    id: Id,
    /// `room`, `technician`, or `equipment`.
    kind: &'static str,
    /// The blocked room, if a room is blocked.
    room_id: Option<Id>,
    /// The blocked technician, if a technician is blocked.
    technician_id: Option<Id>,
    /// For a piece of equipment.
    equipment_id: Option<Id>,
    starts_at: String,
    ends_at: String,
    reason: String,
    created_by: Option<Id>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    changed_by: Option<Id>,
    /// Send it as `changed_at` with a change, so that no one else’s change is overwritten.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

impl BlockOut {
    fn of(zone: &TimeZone, block: &Block) -> BlockOut {
        let of = |kind: BlockKind| (block.kind == kind).then_some(block.resource);
        BlockOut {
            id: block.id,
            kind: block.kind.as_str(),
            room_id: of(BlockKind::Room),
            technician_id: of(BlockKind::Technician),
            equipment_id: of(BlockKind::Equipment),
            starts_at: iso(zone, block.from),
            ends_at: iso(zone, block.to),
            reason: block.reason.clone(),
            created_by: block.created_by,
            created_at: block.created_at,
            changed_by: block.changed_by,
            changed_at: block.changed_at,
        }
    }
}

/// Staff: list current and upcoming blocks in order of time.
#[utoipa::path(get, path = "/api/staff/blocks/", tag = "staff",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<BlockOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_blocks(caller: Caller, Query(paging): Query<Paging>) -> Result<List<BlockOut>> {
    let found = caller.view(|tx, by| {
        let (zone, now) = (catalogue::current(tx)?.club.zone.clone(), tx.now());
        let found = blocks(tx, by, (now, Timestamp::MAX))?;
        Ok(found.iter().map(|block| BlockOut::of(&zone, block)).collect::<Vec<_>>())
    });
    Ok(List::of(found.await?, paging, "/api/staff/blocks/"))
}

input! {
    /// What to block: exactly one of `room_id`, `technician_id`, `equipment_id`.
    struct BlockBody {
        #[schema(value_type = Option<i64>)]
        room_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<i64>)]
        technician_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<i64>)]
        equipment_id: Option<Id> = opt_id(),
        #[schema(value_type = String, format = DateTime)]
        starts_at: Timestamp = moment(),
        #[schema(value_type = String, format = DateTime)]
        ends_at: Timestamp = moment(),
        #[schema(max_length = 200)]
        reason: String = text(200),
        /// The IDs of the bookings in that time that you have seen. They stay as they are.
        #[schema(value_type = Option<Vec<i64>>)]
        seen: Vec<Id> = read(parse_seen),
        /// Only list the bookings in that time.
        #[schema(value_type = Option<bool>)]
        dry_run: bool = yes(),
        /// For a change: the block’s `changed_at` as you last saw it.
        #[schema(value_type = Option<String>, format = DateTime)]
        changed_at: Option<Timestamp> = opt_moment(),
    }
}

/// A block as it was sent, and whether only the bookings in that time are listed.
struct Posted {
    input: BlockInput,
    dry_run: bool,
}

impl Input for Posted {
    fn parse(raw_input: &mut RawInput) -> Posted {
        let sent = BlockBody::parse(raw_input);
        let ids = [sent.room_id, sent.technician_id, sent.equipment_id];
        let named: Vec<_> =
            BlockKind::ALL.into_iter().zip(ids).filter_map(|(kind, id)| Some((kind, id?))).collect();
        if named.len() != 1 {
            raw_input.add_error("room_id", "Send one of room_id, technician_id, and equipment_id.");
        }
        let (kind, resource) = named.first().copied().unwrap_or((BlockKind::Room, Id(0)));
        let (from, to) = (sent.starts_at, sent.ends_at);
        let (reason, seen, seen_at) = (sent.reason, sent.seen, sent.changed_at);
        let input = BlockInput { kind, resource, from, to, reason, seen, seen_at };
        Posted { input, dry_run: sent.dry_run }
    }
}

fn parse_seen(input: &mut RawInput, field: &str) -> Vec<Id> {
    let listed = match input.raw(field) {
        None => return Vec::new(),
        Some(Value::Array(listed)) if listed.len() <= 1_000 => listed.clone(),
        Some(_) => {
            input.add_error(field, "Send a list of booking IDs.");
            return Vec::new();
        }
    };
    let ids: Option<Vec<Id>> = listed.iter().map(|one| one.as_i64().filter(|id| *id > 0).map(Id)).collect();
    if ids.is_none() {
        input.add_error(field, "Send a list of booking IDs.");
    }
    ids.unwrap_or_default()
}

/// A booking or held time in the time of a block.
#[derive(Debug, Serialize)]
struct InsideOut {
    id: Id,
    reference: Option<String>,
    starts_at: String,
    ends_at: String,
    guest: String,
    status: &'static str,
}

/// The bookings that the client has not seen, in the response of the refusal that carries [`INSIDE_BLOCK`].
const UNSEEN: DetailKey<Vec<InsideOut>> = DetailKey::new(INSIDE_BLOCK.name());

impl InsideOut {
    fn of(zone: &TimeZone, one: &InsideBlock) -> InsideOut {
        let booking = &one.detail.booking;
        InsideOut {
            id: booking.id,
            reference: booking.reference.clone(),
            starts_at: iso(zone, booking.starts_at),
            ends_at: iso(zone, booking.ends_at),
            guest: one.guest.name.clone(),
            status: booking.status.as_str(),
        }
    }
}

/// Adds the unseen bookings to the response of a refused block.
fn with_unseen(zone: &TimeZone, error: Error) -> Error {
    with_response(error, INSIDE_BLOCK, UNSEEN, |one| InsideOut::of(zone, one))
}

/// A block, or what a block would contain.
#[derive(Serialize, ToSchema)]
struct BlockedOut {
    /// The block. Null in a dry run.
    block: Option<BlockOut>,
    /// The bookings and held times inside it: `[{id, reference, starts_at, ends_at, guest, status}]`.
    #[schema(value_type = Vec<Object>)]
    bookings: Vec<InsideOut>,
}

/// Staff: block a room, a technician, or a piece of equipment. Bookings in that time stay as they are and must be
/// listed in `seen`; `dry_run` lists them.
#[utoipa::path(post, path = "/api/staff/blocks/", tag = "staff", params(OnceHeader), request_body = BlockBody,
    responses((status = 200, description = "A dry run", body = BlockedOut), (status = 201, body = BlockedOut),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add_block(
    caller: Caller,
    Once(Json(Posted { input, dry_run }), idempotency_key): Once<Json<Posted>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let zone = catalogue::current(tx)?.club.zone.clone();
            let inside = bookings_inside(tx, by, None, &input)?;
            let bookings = inside.iter().map(|one| InsideOut::of(&zone, one)).collect();
            if dry_run {
                return Reply::json(StatusCode::OK, &BlockedOut { block: None, bookings });
            }
            let made = block(tx, by, &input).map_err(|error| with_unseen(&zone, error))?;
            let out = BlockedOut { block: Some(BlockOut::of(&zone, &made)), bookings };
            Reply::json(StatusCode::CREATED, &out)
        })
        .await
}

/// Staff: change a block.
#[utoipa::path(put, path = "/api/staff/blocks/{id}/", tag = "staff", params(("id" = i64, Path)),
    request_body = BlockBody,
    responses((status = 200, body = BlockedOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn change_block(
    caller: Caller,
    Path(id): Path<Id>,
    Json(Posted { input, dry_run }): Json<Posted>,
) -> Result<Answered<BlockedOut>> {
    caller
        .tx(move |tx, by| {
            let zone = catalogue::current(tx)?.club.zone.clone();
            let changed = if dry_run {
                one_block(tx, by, id)?;
                None
            } else {
                Some(edit_block(tx, by, id, &input).map_err(|error| with_unseen(&zone, error))?)
            };
            let inside = bookings_inside(tx, by, Some(id), &input)?;
            let bookings = inside.iter().map(|one| InsideOut::of(&zone, one)).collect();
            let block = changed.map(|block| BlockOut::of(&zone, &block));
            Ok(Answered(BlockedOut { block, bookings }))
        })
        .await
}

/// Staff: remove a block. Its times can be booked again right away.
#[utoipa::path(delete, path = "/api/staff/blocks/{id}/", tag = "staff", operation_id = "remove_block",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.tx(move |tx, by| remove_block(tx, by, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
