//! The page that says what an override of a single time changes, and asks for a confirmation.

use bookings::{BlockInput, BlockKind, PriceBasis, Terms, quote, terms_of_start};
use catalogue::{Catalogue, Room};
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Result, Tx};
use people::Actor;
use ui::{FormPart, Part, RawForm, StaffPage, Table, cell, format};

use crate::staff::override_form::{HERE, OverrideForm, decide_all, decided};
use crate::staff::rules::tier_word;

/// What applies to a start: the terms of each service, and the override if there is one.
struct Applies {
    terms: Vec<(Id, Terms)>,
    override_text: Option<String>,
}

fn applies(tx: &mut Tx<'_>, by: &Actor, room: Id, at: Timestamp) -> Result<Applies> {
    let second = SignedDuration::from_secs(1);
    let found = bookings::decided_times(tx, by, (at, at.saturating_add(second).unwrap_or(at)))?;
    let found = found.into_iter().find(|time| time.decided.room == room);
    Ok(Applies {
        terms: terms_of_start(tx, by, room, at)?,
        override_text: found.map(|time| decided(time.decided.decision)),
    })
}

/// Creates the page for an override that is not saved yet. The override is saved and rolled back to read what it
/// changes. Returns `None` if it would be refused.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time.
pub(super) fn page(
    tx: &mut Tx<'_>,
    by: &Actor,
    input: &OverrideForm,
    raw_form: &RawForm,
) -> Result<Option<StaffPage>> {
    let catalogue = catalogue::current(tx)?;
    let mut seen = None;
    tx.attempt::<()>(|tx| {
        match decide_all(tx, by, input) {
            Ok(found) => {
                if let Some(at) = found.first() {
                    seen = Some((found.clone(), applies(tx, by, input.room, *at)?));
                }
            }
            Err(Error::Refused(..) | Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(None)
    })?;
    let Some((moments, after)) = seen else { return Ok(None) };
    let (Some(at), Some(room)) = (moments.first(), catalogue.room(input.room)) else { return Ok(None) };
    let before = applies(tx, by, input.room, *at)?;
    let (zone, now) = (&catalogue.club.zone, tx.now());
    let starts: Vec<String> = moments.iter().map(|at| format::moment(zone, *at, now)).collect();
    let what = format!("{}, {}: {}.", room.name, format::list(&starts), decided(input.decision));
    let mut page = StaffPage::new(by, HERE, "Save this override?").text(what);
    if let Some(text) = &before.override_text {
        page = page.text(format!("It replaces the current override: {text}."));
    }
    page = page.text(booked(tx, by, &catalogue, room, &moments)?);
    page = if after.terms.is_empty() {
        page.text("The room is closed at this time or offers no services, so guests will see no change.")
    } else {
        page.heading("changes", "What changes for new bookings")
            .table(changes(&catalogue, room, &before.terms, &after.terms), "Nothing changes for guests.")
    };
    let mut form = FormPart::post(HERE, "Save override").hidden("confirm", "on");
    for name in ["room_id", "day", "time", "decision", "factor", "tier", "hours"] {
        form = form.hidden(name, raw_form.get(name));
    }
    Ok(Some(page.with(Part::Form(form)).with(Part::Links(vec![("Go back", HERE.to_owned())]))))
}

/// Says how many bookings have the room at these moments. They stay as they are (P6).
fn booked(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    room: &Room,
    moments: &[Timestamp],
) -> Result<String> {
    if !room.active {
        return Ok("Nothing is saved yet.".to_owned());
    }
    let mut inside = 0;
    for at in moments {
        let to = *at + SignedDuration::from_mins(bookings::MINUTES);
        let cell = BlockInput {
            kind: BlockKind::Room,
            resource: room.id,
            from: *at,
            to,
            reason: String::new(),
            seen: Vec::new(),
            seen_at: None,
        };
        inside += bookings::bookings_inside(tx, by, None, &cell)?.len();
    }
    let zone = &catalogue.club.zone;
    let clock = moments.first().map(|at| format::clock(zone, *at)).unwrap_or_default();
    Ok(match inside {
        0 => format!("There are no bookings in {} at {clock}. Nothing is saved yet.", room.name),
        1 => format!("1 booking is in {} at {clock}. Its time and price won’t change.", room.name),
        many => {
            format!("{many} bookings are in {} at {clock}. Their times and prices won’t change.", room.name)
        }
    })
}

/// Returns the table of the services whose terms change, with the guest price and for whom the start is open.
fn changes(catalogue: &Catalogue, room: &Room, before: &[(Id, Terms)], after: &[(Id, Terms)]) -> Table {
    let rows = before.iter().zip(after).filter(|((_, before), (_, after))| before != after);
    let row = |((service, before), (_, after)): (&(Id, Terms), &(Id, Terms))| {
        let name = catalogue.service(*service).map(|one| one.name.clone()).unwrap_or_default();
        vec![
            cell(name),
            cell(open_to(before)),
            cell(open_to(after)),
            cell(price(catalogue, room, *service, before)),
            cell(price(catalogue, room, *service, after)),
        ]
    };
    Table {
        caption: "What changes for new bookings",
        head: vec!["Service", "Open to (now)", "Open to (new)", "Guest price (now)", "Guest price (new)"],
        rows: rows.map(row).collect(),
        csv: None,
    }
}

/// Describes who can book a start online.
fn open_to(terms: &Terms) -> String {
    if terms.blocked {
        return "No one".to_owned();
    }
    match terms.reserved.first() {
        Some((tier, _)) => format::capital(&format!("{} first", tier_word(*tier))),
        None => "Everyone".to_owned(),
    }
}

/// Returns what a guest without a plan pays for a service at a start (P2), with the price factor of the time.
fn price(catalogue: &Catalogue, room: &Room, service: Id, terms: &Terms) -> String {
    let Some(service) = catalogue.service(service).filter(|_| !terms.blocked) else {
        return "Not available".to_owned();
    };
    let basis = PriceBasis {
        list: service.list,
        member: service.member,
        minutes: service.minutes,
        per: service.minutes,
        plan: None,
        room_bp: room.premium_bp,
        time_bp: terms.factor_bp,
        coverage: bookings::Coverage::None,
        agreed: None,
    };
    let total = format::money(quote(&basis, &[]).total());
    if terms.factor_bp == 10_000 {
        total
    } else {
        format!("{total} ({} of the standard price)", format::percent(terms.factor_bp))
    }
}
