//! Statements on the tables of bookings that more than one verb needs. They decide nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Cents, Fault, Id, Result, Tx, args, sql};
use money::{Line, Subject};
use serde_json::{Value, json};

use crate::cells::Cell;
use crate::free::LONGEST;
use crate::mine::Only;
use crate::model::{Booking, Frozen, SUBJECT, Status};
use crate::wish::{AddonWish, Extras};

pub(crate) use crate::life_store::*;

/// A claimed stretch, and until when if it is held.
pub(crate) type Span = (Cell, Cell, Option<Timestamp>);

/// What is claimed in `[from, to)`, by resource: not by holds that have run out (H2), nor by the booking that is moved.
pub(crate) fn spans(
    tx: &mut Tx<'_>,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<HashMap<Id, Vec<(Cell, Cell)>>> {
    let now = tx.now();
    let mut spans: HashMap<Id, Vec<(Cell, Cell)>> = HashMap::new();
    tx.each(
        sql!(
            "SELECT resource_id, from_cell, to_cell FROM allocations
             WHERE live AND from_cell >= $1 AND from_cell < $2 AND (until IS NULL OR until > $3) AND booking_id <> $4"
        ),
        args![from - LONGEST, to, now, without.unwrap_or(Id(0))],
        |row| {
            spans.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(spans)
}

/// What is claimed of one resource in `[from, to)`, in the same way.
pub(crate) fn spans_of(
    tx: &mut Tx<'_>,
    resource: Id,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<Vec<Span>> {
    let now = tx.now();
    tx.all(
        sql!(
            "SELECT from_cell, to_cell, until FROM allocations WHERE live AND resource_id = $1
             AND from_cell >= $2 AND from_cell < $3 AND (until IS NULL OR until > $4) AND booking_id <> $5"
        ),
        args![resource, from - LONGEST, to, now, without.unwrap_or(Id(0))],
    )
}

/// Whether one resource is claimed somewhere in `[from, to)`.
pub(crate) fn is_claimed(
    tx: &mut Tx<'_>,
    resource: Id,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<bool> {
    let spans = spans_of(tx, resource, (from, to), without)?;
    Ok(spans.into_iter().any(|(begins, ends, _)| begins < to && from < ends))
}

/// The version of every resource that was ever claimed.
pub(crate) fn versions(tx: &mut Tx<'_>) -> Result<HashMap<Id, Id>> {
    let versions: Vec<(Id, Id)> =
        tx.all(sql!("SELECT resource_id, version FROM resource_versions"), args![])?;
    Ok(versions.into_iter().collect())
}

/// Says that the calendars of a booking's resources have changed. In the order of the resources, so that
/// two transactions never wait for each other in a ring.
pub(crate) fn bump_versions(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    let version = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO resource_versions (resource_id, version)
             SELECT resource_id, CAST($1 AS BIGINT) FROM allocations
             WHERE booking_id = $2 AND kind <> 'person' ORDER BY resource_id
             ON CONFLICT (resource_id) DO UPDATE SET version = excluded.version"
        ),
        args![version, booking],
    )
    .map(drop)
}

/// Claims every cell of `[from, to)` of a resource. How many it got: fewer than asked for means that somebody
/// else has one of them.
pub(crate) fn claim(tx: &mut Tx<'_>, booking: Id, resource: Id, from: Cell, to: Cell) -> Result<u64> {
    tx.run(
        sql!(
            "WITH RECURSIVE s(n) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < $4)
             INSERT INTO claims (resource_id, unit, cell, booking_id) SELECT $1, 0, n, $2 FROM s WHERE true
             ON CONFLICT (resource_id, unit, cell) DO NOTHING"
        ),
        args![resource, booking, from, to],
    )
}

/// The same for a resource with units: of each cell the lowest free one.
pub(crate) fn claim_unit(
    tx: &mut Tx<'_>,
    booking: Id,
    resource: Id,
    units: i64,
    from: Cell,
    to: Cell,
) -> Result<u64> {
    tx.run(
        sql!(
            "WITH RECURSIVE s(n) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < $4),
             u(k) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT k + 1 FROM u WHERE k + 1 < $5)
             INSERT INTO claims (resource_id, unit, cell, booking_id)
             SELECT $1, free.unit, free.cell, $2 FROM (
                 SELECT s.n AS cell, (SELECT MIN(u.k) FROM u WHERE NOT EXISTS (
                     SELECT 1 FROM claims c WHERE c.resource_id = $1 AND c.unit = u.k AND c.cell = s.n)) AS unit
                 FROM s) AS free
             WHERE free.unit IS NOT NULL
             ON CONFLICT (resource_id, unit, cell) DO NOTHING"
        ),
        args![resource, booking, from, to, units],
    )
}

/// Takes back what a booking has claimed of a resource.
pub(crate) fn unclaim(tx: &mut Tx<'_>, booking: Id, resource: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1 AND resource_id = $2"), args![booking, resource])
        .map(drop)
}

/// What kind of resource an allocation is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Room,
    Technician,
    Equipment,
    Person,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Room => "room",
            Kind::Technician => "technician",
            Kind::Equipment => "equipment",
            Kind::Person => "person",
        }
    }
}

/// Writes down what a booking has, for so long: four resources a statement, for more than four are seldom.
pub(crate) fn insert_allocations(
    tx: &mut Tx<'_>,
    booking: Id,
    wanted: &[(Id, Kind, Cell, Cell)],
    until: Option<Timestamp>,
) -> Result<()> {
    for some in wanted.chunks(4) {
        let mut args = args![booking, until].to_vec();
        for place in 0..4 {
            let one = some.get(place);
            let (id, kind) = (one.map(|one| one.0), one.map(|one| one.1.as_str()));
            args.extend(args![id, kind, one.map(|one| one.2), one.map(|one| one.3)]);
        }
        tx.run(
            sql!(
                "INSERT INTO allocations (booking_id, resource_id, kind, from_cell, to_cell, live, until)
                 SELECT CAST($1 AS BIGINT), w.id, w.kind, w.from_cell, w.to_cell, TRUE, CAST($2 AS BIGINT) FROM (
                     SELECT CAST($3 AS BIGINT) AS id, CAST($4 AS TEXT) AS kind, CAST($5 AS BIGINT) AS from_cell,
                            CAST($6 AS BIGINT) AS to_cell
                     UNION ALL SELECT CAST($7 AS BIGINT), CAST($8 AS TEXT), CAST($9 AS BIGINT), CAST($10 AS BIGINT)
                     UNION ALL SELECT CAST($11 AS BIGINT), CAST($12 AS TEXT), CAST($13 AS BIGINT), CAST($14 AS BIGINT)
                     UNION ALL SELECT CAST($15 AS BIGINT), CAST($16 AS TEXT), CAST($17 AS BIGINT), CAST($18 AS BIGINT)
                 ) AS w WHERE w.id IS NOT NULL"
            ),
            args,
        )?;
    }
    Ok(())
}

/// Forgets which resources a booking had, before it gets others.
pub(crate) fn forget_allocations(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM allocations WHERE booking_id = $1"), args![booking]).map(drop)
}

/// Whether a booking has a resource.
pub(crate) fn has(tx: &mut Tx<'_>, booking: Id, resource: Id) -> Result<bool> {
    let found: Option<(Id,)> = tx.one(
        sql!("SELECT booking_id FROM allocations WHERE booking_id = $1 AND resource_id = $2"),
        args![booking, resource],
    )?;
    Ok(found.is_some())
}

/// Lets go of one resource of a booking.
pub(crate) fn let_go_of(tx: &mut Tx<'_>, booking: Id, resource: Id) -> Result<()> {
    unclaim(tx, booking, resource)?;
    tx.run(
        sql!("DELETE FROM allocations WHERE booking_id = $1 AND resource_id = $2"),
        args![booking, resource],
    )
    .map(drop)
}

/// Lets go of everything that a booking claims; what it had stays readable.
pub(crate) fn release(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    bump_versions(tx, booking)?;
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![booking])?;
    tx.run(sql!("UPDATE allocations SET live = FALSE WHERE booking_id = $1"), args![booking]).map(drop)
}

/// Forgets claims of cells before this one: nobody can book the past.
pub(crate) fn forget_claims(tx: &mut Tx<'_>, before: Cell) -> Result<u64> {
    tx.run(sql!("DELETE FROM claims WHERE cell < $1"), args![before])
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    club: Id,
    booked_by: Option<Id>,
    booking: &Booking,
    why: &[Line],
    extras: &Extras,
) -> Result<()> {
    let allergies = sealed_allergies(tx, booking.id, extras)?;
    let (sale, policy) = (written_sale(booking)?, written_policy(booking)?);
    tx.run(
        sql!(
            "INSERT INTO bookings (id, club_id, reference, person_id, booked_by, service_id, room_id, party, day,
             starts_at, ends_at, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy, guest_name,
             guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at, companion_id,
             companion_name, expires_at, sale, visit_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)"
        ),
        args![
            booking.id,
            club,
            booking.reference.clone(),
            booking.person,
            booked_by,
            booking.service,
            booking.room,
            booking.party,
            booking.day,
            booking.starts_at,
            booking.ends_at,
            booking.status.as_str(),
            booking.base,
            booking.addons_total,
            booking.discount,
            booking.tax,
            written(why),
            policy,
            booking.guest_name.clone(),
            extras.guest_phone.clone(),
            booking.guest_email.clone(),
            booking.special_requests.clone(),
            allergies,
            extras.ai_program.clone(),
            extras.scene.clone(),
            booking.created_at,
            booking.companion,
            booking.companion_name.clone(),
            booking.expires_at,
            sale,
            booking.visit
        ],
    )
    .map(drop)
}

pub(crate) fn sealed_allergies(tx: &Tx<'_>, booking: Id, extras: &Extras) -> Result<Option<Vec<u8>>> {
    extras.allergies.as_deref().map(|text| tx.seal(&allergies_place(booking), text)).transpose()
}

fn allergies_place(booking: Id) -> String {
    format!("bookings.allergies:{booking}")
}

/// What a booking's guest must not meet.
pub(crate) fn allergies(tx: &mut Tx<'_>, booking: Id) -> Result<Option<String>> {
    let sealed: Option<(Option<Vec<u8>>,)> =
        tx.one(sql!("SELECT allergies FROM bookings WHERE id = $1"), args![booking])?;
    let place = allergies_place(booking);
    sealed.and_then(|(sealed,)| sealed).map(|sealed| tx.unseal(&place, &sealed)).transpose()
}

pub(crate) fn insert_addon(tx: &mut Tx<'_>, booking: Id, wish: &AddonWish, unit: Cents) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO booking_addons (booking_id, addon_id, quantity, notes, unit_cents)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        args![booking, wish.id, wish.quantity, &wish.notes, unit],
    )
    .map(drop)
}

/// The add-ons of a booking.
pub(crate) fn addons_of(tx: &mut Tx<'_>, booking: Id) -> Result<Vec<AddonWish>> {
    let rows: Vec<(Id, i64, String)> = tx.all(
        sql!("SELECT addon_id, quantity, notes FROM booking_addons WHERE booking_id = $1 ORDER BY addon_id"),
        args![booking],
    )?;
    Ok(rows.into_iter().map(|(id, quantity, notes)| AddonWish { id, quantity, notes }).collect())
}

/// Forgets the add-ons of a booking, before it gets others.
pub(crate) fn forget_addons(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM booking_addons WHERE booking_id = $1"), args![booking]).map(drop)
}

pub(crate) fn set_reference(tx: &mut Tx<'_>, booking: Id, reference: &str) -> Result<()> {
    tx.run(sql!("UPDATE bookings SET reference = $1 WHERE id = $2"), args![reference, booking]).map(drop)
}

/// Moves a booking from one state to another; `false` if it no longer stands in the first.
pub(crate) fn move_state(tx: &mut Tx<'_>, booking: Id, from: Status, to: Status) -> Result<bool> {
    let moved = tx.run(
        sql!("UPDATE bookings SET status = $1 WHERE id = $2 AND status = $3"),
        args![to.as_str(), booking, from.as_str()],
    )?;
    // A service is earned when it is completed (T12).
    let subject = Subject { kind: SUBJECT, id: booking };
    match (moved, from, to) {
        (1, _, Status::Completed) => drop(money::earn(tx, subject)?),
        (1, Status::Completed, _) => drop(money::unearn(tx, subject)?),
        _ => {}
    }
    Ok(moved == 1)
}

/// Notes what happened to a booking, now.
pub(crate) fn note(tx: &mut Tx<'_>, booking: Id, by: Option<Id>, what: &str, detail: &Value) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO booking_events (id, booking_id, at, by_person, what, detail)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        args![id, booking, now, by, what, detail.clone()],
    )
    .map(drop)
}

/// The columns of a booking, in the order of [`Kept`]'s reader.
macro_rules! columns {
    () => {
        "b.id, b.reference, b.person_id, b.service_id, b.room_id, b.party, b.day, b.starts_at, b.ends_at, b.status, \
         b.base_cents, b.addons_cents, b.discount_cents, b.tax_cents, b.policy, b.guest_name, b.special_requests, \
         b.created_at, b.why, b.guest_email, b.companion_id, b.companion_name, b.expires_at, b.sale, b.visit_id, \
         b.series_id, b.moves, b.moved_from, b.frozen_cents, b.frozen_late, b.free_to_cancel, b.fee_cents, b.token, b.extended"
    };
}

pub(crate) use columns;

/// A booking and why it costs what it costs.
pub(crate) struct Kept {
    pub(crate) booking: Booking,
    pub(crate) why: Vec<Line>,
    /// The digest of the token by which a visitor knows a hold.
    pub(crate) token: Option<Vec<u8>>,
}

impl kit::db::FromRow for Kept {
    fn from_row(row: &kit::db::Row<'_>) -> Result<Kept> {
        let policy: String = row.get(14)?;
        let sale: Option<String> = row.get(23)?;
        let booking = Booking {
            id: row.get(0)?,
            reference: row.get(1)?,
            person: row.get(2)?,
            service: row.get(3)?,
            room: row.get(4)?,
            party: row.get(5)?,
            day: row.get(6)?,
            starts_at: row.get(7)?,
            ends_at: row.get(8)?,
            status: row.get(9)?,
            base: row.get(10)?,
            addons_total: row.get(11)?,
            discount: row.get(12)?,
            tax: row.get(13)?,
            policy: serde_json::from_str(&policy).map_err(Fault::because)?,
            guest_name: row.get(15)?,
            special_requests: row.get(16)?,
            created_at: row.get(17)?,
            guest_email: row.get(19)?,
            companion: row.get(20)?,
            companion_name: row.get(21)?,
            expires_at: row.get(22)?,
            sale: sale.as_deref().map(serde_json::from_str).transpose().map_err(Fault::because)?,
            visit: row.get(24)?,
            series: row.get(25)?,
            moves: row.get(26)?,
            moved_from: row.get(27)?,
            frozen: Frozen { fee: row.get(28)?, late: row.get(29)? },
            free_to_cancel: row.get(30)?,
            fee: row.get(31)?,
            extended: row.get(33)?,
        };
        Ok(Kept { booking, why: read_lines(&row.get::<String>(18)?)?, token: row.get(32)? })
    }
}

pub(crate) fn written_sale(booking: &Booking) -> Result<Option<String>> {
    booking.sale.as_ref().map(serde_json::to_string).transpose().map_err(Fault::because)
}

pub(crate) fn written_policy(booking: &Booking) -> Result<String> {
    serde_json::to_string(&booking.policy).map_err(Fault::because)
}

pub(crate) fn written(why: &[Line]) -> String {
    let line = |line: &Line| json!({"kind": line.kind, "code": line.code, "label": line.label, "cents": line.amount.0});
    Value::from(why.iter().map(line).collect::<Vec<_>>()).to_string()
}

fn read_lines(text: &str) -> Result<Vec<Line>> {
    #[derive(serde::Deserialize)]
    struct Written {
        kind: money::LineKind,
        code: String,
        label: String,
        cents: i64,
    }
    let lines: Vec<Written> = serde_json::from_str(text).map_err(Fault::because)?;
    let line = |line: Written| Line::new(line.kind, &line.code, line.label, kit::Cents(line.cents));
    Ok(lines.into_iter().map(line).collect())
}

pub(crate) fn find(tx: &mut Tx<'_>, booking: Id) -> Result<Option<Kept>> {
    tx.one(sql!(concat!("SELECT ", columns!(), " FROM bookings b WHERE b.id = $1")), args![booking])
}

/// A person's bookings that end after `now`, the next first.
pub(crate) fn upcoming(tx: &mut Tx<'_>, person: Id, now: jiff::Timestamp) -> Result<Vec<Kept>> {
    tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE b.person_id = $1 AND b.ends_at > $2
             AND (b.status IN ('pending', 'confirmed', 'checked_in', 'in_progress')
                  OR (b.status = 'held' AND b.expires_at > $2)) ORDER BY b.starts_at, b.id"
        )),
        args![person, now],
    )
}

/// A page of a person's other bookings, the latest first, and how many there are.
pub(crate) fn past(
    tx: &mut Tx<'_>,
    person: Id,
    only: Only,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Kept>, i64)> {
    let now = tx.now();
    let (service, status) = (only.service.unwrap_or(Id(0)), only.status.map_or("", Status::as_str));
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM bookings WHERE person_id = $1 AND reference IS NOT NULL
             AND (ends_at <= $2 OR status IN ('completed', 'cancelled', 'no_show', 'expired'))
             AND (service_id = $3 OR $3 = 0) AND (status = $4 OR $4 = '')"
        ),
        args![person, now, service, status],
    )?;
    let page = tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE b.person_id = $1 AND b.reference IS NOT NULL
             AND (b.ends_at <= $2 OR b.status IN ('completed', 'cancelled', 'no_show', 'expired'))
             AND (b.service_id = $3 OR $3 = 0) AND (b.status = $4 OR $4 = '')
             ORDER BY b.starts_at DESC, b.id DESC LIMIT $5 OFFSET $6"
        )),
        args![person, now, service, status, limit, offset],
    )?;
    Ok((page, count.map_or(0, |(count,)| count)))
}

/// Who serves in one booking.
pub(crate) fn technicians_of(tx: &mut Tx<'_>, booking: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = tx.all(
        sql!("SELECT resource_id FROM allocations WHERE booking_id = $1 AND kind = 'technician' ORDER BY resource_id"),
        args![booking],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who serves in each of a person's bookings.
pub(crate) fn technicians_for(tx: &mut Tx<'_>, person: Id) -> Result<HashMap<Id, Vec<Id>>> {
    let mut technicians: HashMap<Id, Vec<Id>> = HashMap::new();
    tx.each(
        sql!(
            "SELECT a.booking_id, a.resource_id FROM bookings b JOIN allocations a ON a.booking_id = b.id
             WHERE b.person_id = $1 AND a.kind = 'technician' ORDER BY a.resource_id"
        ),
        args![person],
        |row| {
            technicians.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(())
        },
    )?;
    Ok(technicians)
}
