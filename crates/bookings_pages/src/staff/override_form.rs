//! An override of a single time as the form sends it, and how it is saved and described.

use bookings::{Decision, moments};
use jiff::Timestamp;
use jiff::civil::DateTime;
use kit::web::{Input, RawInput};
use kit::{Error, Fields, Id, Result, Tx};
use people::Actor;
use ui::format;

use crate::staff::rules::tier_word;

/// The path of the page of overrides.
pub(super) const HERE: &str = "/staff/times/";

/// An override as the form sends it: a date and a time of day, which become a moment in the time zone of the club.
pub(super) struct OverrideForm {
    civil: Option<DateTime>,
    pub(super) room: Id,
    pub(super) decision: Decision,
}

impl Input for OverrideForm {
    fn parse(input: &mut RawInput) -> OverrideForm {
        let (day, time) = (input.opt_date("day"), input.opt_time("time"));
        for (field, is_there) in [("day", day.is_some()), ("time", time.is_some())] {
            if !is_there {
                input.add_error(field, "This field is required.");
            }
        }
        let civil = day.zip(time).map(|(day, time)| day.to_datetime(time));
        OverrideForm { civil, room: input.id("room_id"), decision: Decision::parse(input) }
    }
}

/// Saves an override, and returns the moments that it applies to. If the clock shows the time twice, there are two.
pub(super) fn decide_all(tx: &mut Tx<'_>, by: &Actor, input: &OverrideForm) -> Result<Vec<Timestamp>> {
    let zone = catalogue::current(tx)?.club.zone.clone();
    let found = input.civil.map(|civil| moments(&zone, civil)).unwrap_or_default();
    if found.is_empty() {
        return Err(Fields::one("time", "That time doesn’t exist that night (clocks spring forward)."));
    }
    for moment in &found {
        bookings::decide(tx, by, input.room, *moment, input.decision).map_err(at_time)?;
    }
    Ok(found)
}

/// Assigns the errors of the moment to the field of the time of day.
fn at_time(error: Error) -> Error {
    match error {
        Error::Invalid(Fields(mut fields)) => {
            if let Some(sentence) = fields.remove("starts_at") {
                fields.insert("time".to_owned(), sentence);
            }
            Error::Invalid(Fields(fields))
        }
        other => other,
    }
}

/// Describes a decision in the list and in questions.
pub(super) fn decided(decision: Decision) -> String {
    match decision {
        Decision::Block => "Blocked".to_owned(),
        Decision::Open => "Open to everyone at the standard price".to_owned(),
        Decision::Reprice(bp) => format!("{} of the standard price", format::percent(bp)),
        Decision::Keep(tier, hours) => {
            format!("Reserved for {} until {} before", tier_word(tier), format::number_of(hours, "hour"))
        }
    }
}
