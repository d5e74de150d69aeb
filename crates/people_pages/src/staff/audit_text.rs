//! The audit log in readable text: the event, the subject, and the values before and after.

use std::collections::HashMap;

use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Cents, Id};
use people::{AuditEvent, AuditRow};
use serde_json::{Map, Value};
use ui::format;

/// The kinds of subject by which the log can be filtered.
pub(crate) const THINGS: [(&str, &str); 11] = [
    ("booking", "Bookings"),
    ("person", "People and memberships"),
    ("plan", "Plans"),
    ("service", "Services and prices"),
    ("rule", "Release rules"),
    ("room", "Overrides"),
    ("setting", "Settings"),
    ("picture", "Pictures"),
    ("block", "Blocked times"),
    ("job", "Background jobs"),
    ("business_day", "Business days"),
];

/// Returns the label of a stored event. An unknown event is shown by its name.
pub(crate) fn kind(what: &str) -> String {
    AuditEvent::read(what)
        .map_or_else(|| format::capital(&what.replace('_', " ")), |event| label(event).to_owned())
}

/// Returns the label of an event.
pub(crate) fn label(event: AuditEvent) -> &'static str {
    match event {
        AuditEvent::SignedUp => "Signed up",
        AuditEvent::SignedIn => "Signed in",
        AuditEvent::SignInFailed => "Sign-in failed",
        AuditEvent::SessionEnded => "Signed out",
        AuditEvent::SessionsEnded => "Signed out other devices",
        AuditEvent::TokenReused => "Refresh token reused; session ended",
        AuditEvent::AddressConfirmed => "Confirmed an email",
        AuditEvent::AddressChanged => "Changed the email",
        AuditEvent::PasswordChanged => "Changed password",
        AuditEvent::PasswordReset => "Reset password by email",
        AuditEvent::RoleChanged => "Changed a role",
        AuditEvent::ProfileRead => "Viewed a person",
        AuditEvent::AllergiesRead => "Viewed a guest’s allergies",
        AuditEvent::ContactRead => "Viewed emergency contact",
        AuditEvent::PeopleSearched => "Searched people",
        AuditEvent::AuditRead => "Exported the log",
        AuditEvent::ConsentGiven => "Gave consent",
        AuditEvent::ConsentWithdrawn => "Withdrew consent",
        AuditEvent::Exported => "Exported their data",
        AuditEvent::Erased => "Erased an account",
        AuditEvent::BirthdayCorrected => "Corrected a birthday",
        AuditEvent::BookingMade => "Booked for someone",
        AuditEvent::BookingHeld => "Held a time for someone",
        AuditEvent::BookingMoved => "Rescheduled a booking",
        AuditEvent::BookingCancelled => "Canceled a booking",
        AuditEvent::VisitCheckedIn => "Checked a guest in",
        AuditEvent::VisitStarted => "Started a visit",
        AuditEvent::VisitCompleted => "Completed a visit",
        AuditEvent::VisitNoShow => "Marked a no-show",
        AuditEvent::VisitStepUndone => "Undid a visit step",
        AuditEvent::TimeBlocked => "Blocked a time",
        AuditEvent::BlockChanged => "Changed a block",
        AuditEvent::BlockRemoved => "Removed a block",
        AuditEvent::HoldChanged => "Changed a held time",
        AuditEvent::HoldExtended => "Extended a held time",
        AuditEvent::HoldReleased => "Released a held time",
        AuditEvent::MembershipStarted => "Started a membership",
        AuditEvent::DuesTaken => "Collected dues",
        AuditEvent::MembershipUpgraded => "Upgraded a membership",
        AuditEvent::MembershipChangesDown => "Scheduled a downgrade",
        AuditEvent::MembershipFrozen => "Paused a membership",
        AuditEvent::MembershipEnding => "Set a membership to end",
        AuditEvent::MembershipContinued => "Kept a membership",
        AuditEvent::PlanChanged => "Changed a plan",
        AuditEvent::MembersMoved => "Moved members to a plan’s latest terms",
        AuditEvent::PriceChanged => "Changed a price",
        AuditEvent::RuleAdded => "Added a release rule",
        AuditEvent::RuleChanged => "Changed a release rule",
        AuditEvent::RuleEnded => "Ended a release rule",
        AuditEvent::TimeDecided => "Added an override",
        AuditEvent::TimeDecisionUndone => "Undid an override",
        AuditEvent::SettingChanged => "Changed a setting",
        AuditEvent::PictureAdded => "Added a picture",
        AuditEvent::PictureRemoved => "Removed a picture",
        AuditEvent::PictureDescribed => "Changed a picture’s alt text",
        AuditEvent::JobRetried => "Retried a background job",
        AuditEvent::JobDiscarded => "Discarded a background job",
        AuditEvent::DayClosed => "Closed a business day",
        AuditEvent::PaymentTaken => "Took a payment",
        AuditEvent::RefundSent => "Issued a refund",
        AuditEvent::RefundApproved => "Approved a refund",
        AuditEvent::CompGiven => "Comped an amount",
        AuditEvent::AmountWrittenOff => "Wrote off an amount",
    }
}

/// Returns the changed subject in readable form: `Plan base`, or `Room Duet` with a time.
pub(crate) fn subject(catalogue: &Catalogue, row: &AuditRow, now: Timestamp) -> String {
    let called = row.details.get("name").and_then(Value::as_str).unwrap_or_default();
    let called = match (row.subject.as_str(), row.subject_id) {
        ("job", _) => format::job(called).to_owned(),
        ("setting", _) => bookings_pages::setting_label(called).unwrap_or_else(|| called.to_owned()),
        ("room", Some(id)) => {
            let room = catalogue.room(id).map(|room| room.name.clone()).unwrap_or_default();
            match called.parse::<Timestamp>() {
                Ok(at) => format!("{room}, {}", format::moment(&catalogue.club.zone, at, now)),
                Err(_) => format!("{room} {called}"),
            }
        }
        ("rule", Some(id)) => match rule_times(&row.details) {
            Some(times) => format!("for {times}"),
            None => id.to_string(),
        },
        (_, Some(id)) if called.is_empty() => id.to_string(),
        _ => called.to_owned(),
    };
    let subject = format::capital(&row.subject.replace('_', " "));
    format!("{subject} {called}").trim().to_owned()
}

/// Returns when a release rule applies, if the record holds the whole rule: `Friday and Saturday, 5:00 – 10:00 PM`.
fn rule_times(details: &Value) -> Option<String> {
    let rule = ["before", "after"].iter().find_map(|side| details.get(side)?.as_object())?;
    let minutes = |name: &str| rule.get(name).and_then(Value::as_i64);
    let days = rule.get("weekdays")?.as_array()?;
    let days: Vec<&str> = days.iter().filter_map(|day| format::weekday(day.as_i64()?)).collect();
    let days = if days.is_empty() { "every day".to_owned() } else { format::list(&days) };
    Some(format!("{days}, {}", format::minute_span(minutes("from")?, minutes("to")?)))
}

/// Returns the people who are named in a change.
pub(crate) fn people_in(details: &Value) -> Vec<Id> {
    let sides = ["before", "after"].iter().filter_map(|side| details.get(side)?.get("person_id")?.as_i64());
    sides.map(Id).collect()
}

/// The data needed to show values in readable form.
pub(crate) struct ValueContext<'k> {
    pub(crate) catalogue: &'k Catalogue,
    pub(crate) names: &'k HashMap<Id, String>,
    pub(crate) now: Timestamp,
}

impl ValueContext<'_> {
    /// Returns the details of a row: for a change, each field with its old and new value; otherwise
    /// `name: value; name: value`.
    pub(crate) fn details(&self, details: &Value) -> String {
        let Some(fields) = details.as_object() else { return details.to_string() };
        if !fields.contains_key("before") && !fields.contains_key("after") {
            return self.listed(fields);
        }
        match (
            fields.get("before").and_then(Value::as_object),
            fields.get("after").and_then(Value::as_object),
        ) {
            (Some(before), Some(after)) => {
                let called = fields.get("name").and_then(Value::as_str).unwrap_or_default();
                self.changed(called, before, after)
            }
            (None, Some(after)) => self.listed(after),
            (Some(before), None) => format!("was {}", self.listed(before)),
            (None, None) => String::new(),
        }
    }

    /// Returns each field of the subject with its old and new value. Only settings have a `value`.
    fn changed(&self, called: &str, before: &Map<String, Value>, after: &Map<String, Value>) -> String {
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let one = |name: &&String| {
            let side = |side: &Map<String, Value>| {
                let value = side.get(*name);
                let number = value.and_then(Value::as_i64).filter(|_| *name == "value");
                let of_setting = number.and_then(|number| bookings_pages::setting_value(called, number));
                let other = || value.map_or(NONE.to_owned(), |value| self.value(name, value));
                of_setting.unwrap_or_else(other)
            };
            format!("{}: {} → {}", spoken(name), side(before), side(after))
        };
        names.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// Returns the fields that are not empty.
    fn listed(&self, fields: &Map<String, Value>) -> String {
        let given = fields.iter().filter(|(_, value)| !is_empty(value));
        given
            .map(|(name, value)| format!("{}: {}", spoken(name), self.value(name, value)))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Returns the name of a room, a technician, or a piece of equipment.
    fn resource(&self, id: Id) -> Option<String> {
        let room = self.catalogue.room(id).map(|room| room.name.clone());
        let technician = || self.catalogue.technician(id).map(|technician| technician.name.clone());
        let equipment =
            || self.catalogue.equipment.iter().find(|one| one.id == id).map(|one| one.name.clone());
        room.or_else(technician).or_else(equipment)
    }

    /// Returns a text in readable form: a moment on the club's clock, a date with its weekday.
    fn text(&self, text: &str) -> String {
        let zone = &self.catalogue.club.zone;
        if let Ok(at) = text.parse::<Timestamp>() {
            return format::second(zone, at, self.now);
        }
        match text.parse::<Date>() {
            // The first version of a plan applies from the beginning.
            Ok(date) if date == Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC).date() => {
                "the beginning".to_owned()
            }
            Ok(date) if text.len() == 10 => format::day(date, format::date_at(zone, self.now)),
            _ => text.replace('_', " "),
        }
    }

    fn value(&self, name: &str, value: &Value) -> String {
        if let Some(id) = value.as_i64().map(Id) {
            let called = match name {
                "factor_bp" => Some(format::percent(id.0)),
                "cents" => Some(format::money(Cents(id.0))),
                "from" | "to" => Some(format::minute(id.0)),
                "weekdays" => format::weekday(id.0).map(str::to_owned),
                "resource" => self.resource(id),
                "person_id" => self.names.get(&id).cloned(),
                "room_id" => self.catalogue.room(id).map(|room| room.name.clone()),
                "service_id" => self.catalogue.service(id).map(|service| service.name.clone()),
                _ => None,
            };
            return called.unwrap_or_else(|| id.to_string());
        }
        match value {
            empty if is_empty(empty) => NONE.to_owned(),
            Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
            Value::String(text) if MONEY.contains(&name) => {
                text.parse().map_or_else(|_| text.clone(), format::money)
            }
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                let each = if name == "services" { "service_id" } else { name };
                items.iter().map(|item| self.value(each, item)).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        }
    }
}

/// What is shown for a value that is not there.
const NONE: &str = "none";

/// Returns whether there is nothing in a value to show.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The fields that contain an amount of money.
const MONEY: [&str; 10] =
    ["price", "list_price", "member_price", "total", "fee", "amount", "due", "paid", "refunded", "to_refund"];

/// Returns the name of a field in readable form.
fn spoken(name: &str) -> String {
    let name = match name {
        "factor_bp" => "percent of the standard price",
        "cents" => "amount",
        "paid_until" => "paid through",
        "to_refund" => "refund owed",
        "frozen_from" => "paused from",
        "frozen_until" => "paused through",
        other => other.strip_suffix("_id").unwrap_or(other),
    };
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_labeled_by_its_stored_name() {
        for event in AuditEvent::ALL {
            assert_eq!(kind(event.name()), label(*event), "{event:?}");
        }
        assert_eq!(kind("something_new"), "Something new");
    }

    #[test]
    fn a_rule_is_labeled_with_its_recorded_times() {
        let rule = json!({"weekdays": [5, 6], "from": 1_020, "to": 1_320, "tags": []});
        let named = rule_times(&json!({"before": null, "after": rule}));
        assert_eq!(named.as_deref(), Some("Friday and Saturday, 5:00\u{a0}–\u{a0}10:00\u{a0}PM"));
        assert_eq!(rule_times(&json!({"before": {"to": 1_320}, "after": {"to": 1_380}})), None);
    }
}
