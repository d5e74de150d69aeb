//! Every statement on the tables of bookings. It decides nothing.

use std::collections::HashMap;

use kit::{Fault, Id, Result, Tx, args, sql};
use money::Line;
use serde_json::{Value, json};

use crate::cells::Cell;
use crate::free::LONGEST;
use crate::model::{Booking, Status, Wish};

/// What is claimed in `[from, to)`, by resource.
pub(crate) fn spans(tx: &mut Tx<'_>, (from, to): (Cell, Cell)) -> Result<HashMap<Id, Vec<(Cell, Cell)>>> {
    let mut spans: HashMap<Id, Vec<(Cell, Cell)>> = HashMap::new();
    tx.each(
        sql!(
            "SELECT resource_id, from_cell, to_cell FROM allocations
             WHERE live AND from_cell >= $1 AND from_cell < $2"
        ),
        args![from - LONGEST, to],
        |row| {
            spans.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(spans)
}

/// What is claimed of one resource in `[from, to)`.
pub(crate) fn spans_of(tx: &mut Tx<'_>, resource: Id, (from, to): (Cell, Cell)) -> Result<Vec<(Cell, Cell)>> {
    tx.all(
        sql!(
            "SELECT from_cell, to_cell FROM allocations
             WHERE live AND resource_id = $1 AND from_cell >= $2 AND from_cell < $3"
        ),
        args![resource, from - LONGEST, to],
    )
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

pub(crate) fn insert_allocation(
    tx: &mut Tx<'_>,
    booking: Id,
    resource: Id,
    kind: Kind,
    from: Cell,
    to: Cell,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO allocations (booking_id, resource_id, kind, from_cell, to_cell, live)
             VALUES ($1, $2, $3, $4, $5, TRUE)"
        ),
        args![booking, resource, kind.as_str(), from, to],
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
    wish: &Wish,
) -> Result<()> {
    let place = allergies_place(booking.id);
    let allergies = wish.allergies.as_deref().map(|text| tx.seal(&place, text)).transpose()?;
    let policy = serde_json::to_string(&booking.policy).map_err(Fault::because)?;
    tx.run(
        sql!(
            "INSERT INTO bookings (id, club_id, reference, person_id, booked_by, service_id, room_id, party, day,
             starts_at, ends_at, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy, guest_name,
             guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26)"
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
            wish.guest_phone.clone(),
            booking.guest_email.clone(),
            booking.special_requests.clone(),
            allergies,
            wish.ai_program.clone(),
            wish.scene.clone(),
            booking.created_at
        ],
    )
    .map(drop)
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

pub(crate) fn insert_addon(
    tx: &mut Tx<'_>,
    booking: Id,
    addon: Id,
    quantity: i64,
    notes: &str,
    unit: kit::Cents,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO booking_addons (booking_id, addon_id, quantity, notes, unit_cents)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        args![booking, addon, quantity, notes, unit],
    )
    .map(drop)
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

macro_rules! columns {
    () => {
        "b.id, b.reference, b.person_id, b.service_id, b.room_id, b.party, b.day, b.starts_at, b.ends_at, b.status, \
         b.base_cents, b.addons_cents, b.discount_cents, b.tax_cents, b.policy, b.guest_name, b.special_requests, \
         b.created_at, b.why, b.guest_email"
    };
}

/// A booking and why it costs what it costs.
pub(crate) struct Kept {
    pub(crate) booking: Booking,
    pub(crate) why: Vec<Line>,
}

impl kit::db::FromRow for Kept {
    fn from_row(row: &kit::db::Row<'_>) -> Result<Kept> {
        let policy: String = row.get(14)?;
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
        };
        Ok(Kept { booking, why: read_lines(&row.get::<String>(18)?)? })
    }
}

fn written(why: &[Line]) -> String {
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
             AND b.status IN ('held', 'pending', 'confirmed', 'checked_in', 'in_progress') ORDER BY b.starts_at, b.id"
        )),
        args![person, now],
    )
}

/// A page of a person's other bookings, the latest first, and how many there are.
pub(crate) fn past(
    tx: &mut Tx<'_>,
    person: Id,
    now: jiff::Timestamp,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Kept>, i64)> {
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM bookings WHERE person_id = $1
             AND (ends_at <= $2 OR status IN ('completed', 'cancelled', 'no_show', 'expired'))"
        ),
        args![person, now],
    )?;
    let page = tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE b.person_id = $1
             AND (b.ends_at <= $2 OR b.status IN ('completed', 'cancelled', 'no_show', 'expired'))
             ORDER BY b.starts_at DESC, b.id DESC LIMIT $3 OFFSET $4"
        )),
        args![person, now, limit, offset],
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
