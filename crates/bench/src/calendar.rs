//! The bookings of a bench club: ninety days ahead and years of past bookings.
//!
//! The days ahead and the last year are written one by one with `bookings::import_booking`, the operation that imports
//! use. Every earlier year is a copy of that year in plain SQL, shifted by 364 days, which keeps its weekdays. So ten
//! years take seconds, and have the same rows as any others.

use std::sync::Arc;

use bookings::{Cell, Days, ImportedBooking, Status, begin, cells};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use kit::{AppState, Fault, Id, Result, Tx, args, sql};
use membership::Entitlements;

use crate::rng::Rng;

/// The days in a copied year: whole weeks.
const YEAR: i64 = 364;
const AHEAD: i64 = 90;
/// The number of bookings in a transaction. Ten times as many take far longer, because SQLite walks the whole journal
/// of the outer savepoint at the end of each inner one.
const BATCH: usize = 400;

/// The range of ids of the last year's bookings and of everything that belongs to them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    from: Id,
    to: Id,
}

/// Returns the percentage of opening time that is booked: high in the past and for the next two weeks, then falling
/// until ninety days ahead.
fn density(ahead: i64) -> usize {
    let percent = if ahead < 14 { 60 } else { 60 - 50 * (ahead - 14) / (AHEAD - 14) };
    usize::try_from(percent.max(10)).unwrap_or(10)
}

/// Fills the days from `behind` days ago to ninety days ahead. Returns the ids of the past bookings, and the number of
/// all bookings.
pub(crate) async fn fill(app: &AppState, guests: &[Id], behind: i64) -> Result<(Span, usize)> {
    let catalogue = app.db.view(catalogue::current).await?;
    let mut filler = CalendarFiller { catalogue: &catalogue, guests, rng: Rng(20_251_008), next_guest: 0 };
    let today = app.db.clock().now().to_zoned(catalogue.club.zone.clone()).date();
    let mut count = 0;
    let mut ends = Vec::new();
    for days in [-behind..0, 0..AHEAD + 1] {
        ends.push(app.db.tx(|tx| tx.new_id()).await?);
        let mut records = Vec::new();
        for ahead in days {
            let date = today.checked_add(ahead.days()).map_err(Fault::because)?;
            filler.day(date, ahead, &mut records)?;
            if records.len() >= BATCH {
                count += write(app, std::mem::take(&mut records)).await?;
            }
        }
        count += write(app, records).await?;
    }
    Ok((Span { from: ends[0], to: ends[1] }, count))
}

async fn write(app: &AppState, records: Vec<ImportedBooking>) -> Result<usize> {
    let records = Arc::new(records);
    app.db
        .tx(move |tx| {
            let catalogue = catalogue::current(tx)?;
            for record in records.iter() {
                bookings::import_booking(tx, &catalogue, record)?;
            }
            Ok(records.len())
        })
        .await
}

/// The state while the calendar of the bench is filled.
struct CalendarFiller<'h> {
    catalogue: &'h Catalogue,
    guests: &'h [Id],
    rng: Rng,
    next_guest: usize,
}

impl CalendarFiller<'_> {
    /// Adds the bookings of one day. Each room has its own technician for the day, so that nothing can overlap.
    fn day(&mut self, date: Date, ahead: i64, records: &mut Vec<ImportedBooking>) -> Result<()> {
        let days = Days::new(&self.catalogue.club.zone, date, date)?;
        let technicians = &self.catalogue.technicians;
        let shift = usize::try_from(ahead.rem_euclid(1 << 20)).unwrap_or(0);
        for (place, room) in self.catalogue.rooms.iter().enumerate() {
            let Some(open) = days.open(&room.hours).first().copied() else { continue };
            let technician = technicians[(place + shift) % technicians.len()].id;
            let mut cell = open.from;
            while let Some(service) = self.rng.pick(&self.catalogue.services) {
                let (start, end) = (cell + cells(service.setup), cell + cells(service.room_minutes()));
                if end > open.to {
                    break;
                }
                if self.rng.below(100) < density(ahead) {
                    let record = self.record(service, room.id, technician, date, start, ahead);
                    records.push(record);
                }
                cell = end;
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        service: &Service,
        room: Id,
        technician: Id,
        day: Date,
        start: Cell,
        ahead: i64,
    ) -> ImportedBooking {
        // Guests take turns, so that no one has two bookings at the same time.
        self.next_guest += 1;
        ImportedBooking {
            person: self.guests.get(self.next_guest % self.guests.len()).copied(),
            entitlements: Entitlements::default(),
            service: service.id,
            room,
            technicians: vec![technician],
            equipment: None,
            day,
            start,
            status: if ahead < 0 { Status::Completed } else { Status::Confirmed },
            created_at: begin(start) - SignedDuration::from_hours(72),
            special_requests: None,
            allergies: None,
            addons: Vec::new(),
        }
    }
}

/// Copies the last year's bookings to the years `from..to` before it.
pub(crate) async fn copy_years(app: &AppState, span: Span, years: std::ops::Range<i64>) -> Result<()> {
    for year in years {
        app.db.tx(move |tx| copy_year(tx, span, year)).await?;
    }
    Ok(())
}

fn copy_year(tx: &mut Tx<'_>, span: Span, year: i64) -> Result<()> {
    let ids = (span.to.0 - span.from.0) * year;
    let days = YEAR * year;
    let millis = days * 24 * 3_600_000;
    tx.run(
        sql!(
            sqlite: "INSERT INTO bookings (id, club_id, reference, person_id, booked_by, service_id, room_id,
                party, day, starts_at, ends_at, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy,
                guest_name, guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at)
                SELECT id - $3, club_id, reference || '/' || CAST($4 AS TEXT), person_id,
                booked_by, service_id, room_id, party, date(day, '-' || CAST($4 AS TEXT) || ' days'), starts_at - $5,
                ends_at - $5, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy, guest_name,
                guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at - $5
                FROM bookings WHERE id >= $1 AND id < $2",
            postgres: "INSERT INTO bookings (id, club_id, reference, person_id, booked_by, service_id, room_id,
                party, day, starts_at, ends_at, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy,
                guest_name, guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at)
                SELECT id - $3, club_id, reference || '/' || CAST($4 AS BIGINT), person_id,
                booked_by, service_id, room_id, party, CAST(CAST(day AS DATE) - CAST(CAST($4 AS BIGINT) AS INT) AS TEXT),
                starts_at - $5, ends_at - $5, status, base_cents, addons_cents, discount_cents, tax_cents, why, policy,
                guest_name, guest_phone, guest_email, special_requests, allergies, ai_program, scene, created_at - $5
                FROM bookings WHERE id >= $1 AND id < $2"
        ),
        args![span.from, span.to, ids, days, millis],
    )?;
    tx.run(
        sql!(
            "INSERT INTO allocations (booking_id, resource_id, kind, from_cell, to_cell, live)
             SELECT booking_id - $3, resource_id, kind, from_cell - $4, to_cell - $4, live
             FROM allocations WHERE booking_id >= $1 AND booking_id < $2"
        ),
        args![span.from, span.to, ids, cells(days * 24 * 60)],
    )?;
    tx.run(
        sql!(
            "INSERT INTO charges (id, club_id, person_id, subject_kind, subject_id, net_cents, tax_cents, status, created_at,
             changed_at) SELECT id - $3, club_id, person_id, subject_kind, subject_id - $3, net_cents, tax_cents,
             status, created_at - $4, changed_at - $4 FROM charges WHERE id >= $1 AND id < $2"
        ),
        args![span.from, span.to, ids, millis],
    )?;
    tx.run(
        sql!(
            "INSERT INTO charge_lines SELECT charge_id - $3, position, kind, code, label, cents FROM charge_lines
             WHERE charge_id >= $1 AND charge_id < $2"
        ),
        args![span.from, span.to, ids],
    )?;
    tx.run(
        sql!(
            "INSERT INTO booking_events SELECT id - $3, booking_id - $3, at - $4, by_person, what, detail
             FROM booking_events WHERE id >= $1 AND id < $2"
        ),
        args![span.from, span.to, ids, millis],
    )
    .map(drop)
}
