//! Plans and their versions. An edit creates a new version, which takes effect on a day. People who join get the newest
//! version that is in effect. Existing members keep the version that they joined with until a manager moves them to the
//! newest version or they change to another plan.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kit::errors::OrRefuse as _;
use kit::web::RawInput;
use kit::{Cents, Error, Fault, Fields, Id, Refusal, Result, Tx, args, input, sql, versions};
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind};
use serde_json::{Value, json};

use crate::event_kinds::{MembershipEventDetail, MembershipEventKind};
use crate::lifecycle;
use crate::model::Plan;
use crate::plan_store::{NewVersion, Version, insert_version, latest_number, newest_of};

/// Two plans of a club can't share a name in addresses.
pub const SLUG_TAKEN: Refusal = Refusal::conflict(
    "slug_taken",
    "Another item’s web address already uses this name. Choose a different one.",
);
/// The refusal for an edit of a plan that someone else has edited in the meantime.
pub const EDITED_MEANWHILE: Refusal = Refusal::conflict(
    "edited_meanwhile",
    "Someone just changed this plan. Review the current version, then try again.",
);

/// How many days ahead a version can take effect.
const MOST_DAYS_AHEAD: i64 = 366;
/// The day from which the first version of a plan is in effect.
const ALWAYS: Date = date(1970, 1, 1);

/// Adds a plan and its first version with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a plan of the club has the same slug.
pub fn add_plan(tx: &mut Tx<'_>, club: Id, plan: &Plan) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO plans (id, club_id, slug, name, tier, featured, position)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![id, club, &plan.slug, &plan.name, plan.tier.as_str(), plan.featured, plan.position],
    )
    .or_refuse("plans", &SLUG_TAKEN)?;
    let made_at = tx.now();
    insert(tx, &NewVersion { id, plan: id, n: 1, made_at, made_by: None, effective_on: ALWAYS }, plan)?;
    Ok(id)
}

/// Inserts a version of a plan.
fn insert(tx: &mut Tx<'_>, version: &NewVersion, plan: &Plan) -> Result<()> {
    tx.run(sql!(insert_version!()), [plan.values(), version.values()].concat())
        .or_refuse("plan_versions", &EDITED_MEANWHILE)?;
    versions::bump(tx, catalogue::VERSION)
}

input! {
    /// The complete terms of a new version.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[schema(as = PlanTermsInput)]
    pub struct PlanTerms {
        /// The version you last saw.
        pub version: i64 = number(0, 1_000_000),
        /// The first day on which people can join with these terms, today or later. Left out, it is today.
        #[schema(value_type = Option<String>, format = Date)]
        pub effective_on: Option<Date> = opt_date(),
        /// What the plan costs per month.
        #[schema(value_type = String)]
        pub price: Cents = read(price),
        /// A description in one line.
        pub short_description: String = text(200),
        /// The benefits as texts for people.
        pub benefits: Vec<String> = read(lines),
        /// The discount on list prices in whole percent.
        pub discount_percentage: i64 = number(0, 100),
        /// The number of days ahead that a member can book.
        pub max_advance_days: i64 = number(0, 365),
        /// The services per month that the plan includes. Required unless `unlimited_credits`.
        pub monthly_service_credits: Option<i64> = read(credits),
        /// Whether the service credits are unlimited.
        #[schema(value_type = Option<bool>)]
        pub unlimited_credits: bool = yes(),
        /// The guest passes per billing month.
        pub guest_passes: i64 = number(0, 100),
        /// Whether members can control rooms in Mensuite.
        #[schema(value_type = Option<bool>)]
        pub mensuite_access: bool = yes(),
        /// Whether members can control rooms in Coresync Private.
        #[schema(value_type = Option<bool>)]
        pub coresync_private_access: bool = yes(),
        /// Whether members can control rooms at all.
        #[schema(value_type = Option<bool>)]
        pub iot_control_access: bool = yes(),
        /// Whether members can make concierge requests.
        #[schema(value_type = Option<bool>)]
        pub concierge: bool = yes(),
        /// First access to reserved times.
        #[schema(value_type = Option<bool>)]
        pub priority_booking: bool = yes(),
    }
}

/// Parses an amount such as `375`, `$375.00`, or `1,650.00`. A comma is accepted only between groups of thousands.
fn amount(text: &str) -> Option<Cents> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if whole.contains(',') && !is_grouped {
        return None;
    }
    format!("{}.{part}", whole.replace(',', "")).parse().ok()
}

/// The maximum price of a plan in cents per month.
const DEAREST: i64 = 10_000_000;

fn price(input: &mut RawInput, field: &str) -> Cents {
    let price = input.text(field, 20);
    amount(&price).filter(|price| (0..=DEAREST).contains(&price.0)).unwrap_or_else(|| {
        input.add_error(field, "Enter an amount per month, like $375.00, at most $100,000.00.");
        Cents::ZERO
    })
}

/// Parses the service credits per billing month. `None` means unlimited.
fn credits(input: &mut RawInput, field: &str) -> Option<i64> {
    if input.yes("unlimited_credits") { None } else { Some(input.number(field, 0, 100)) }
}

/// Parses a list of texts, or one text with one item per line: at most 20 items of at most 200 characters.
fn lines(input: &mut RawInput, field: &str) -> Vec<String> {
    if input.raw(field).is_none() {
        input.add_error(field, "Send this field, even if it’s empty.");
    }
    let lines: Vec<String> = match input.raw(field) {
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.lines().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let lines: Vec<String> =
        lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if lines.len() > 20 || lines.iter().any(|line| line.chars().count() > 200 || line.contains('\0')) {
        input.add_error(field, "Use at most 20 lines of up to 200 characters each.");
    }
    lines
}

impl PlanTerms {
    /// Returns the plan with these terms.
    fn of(&self, plan: Plan) -> Plan {
        Plan {
            price: self.price,
            short_description: self.short_description.clone(),
            benefits: self.benefits.clone(),
            discount_bp: self.discount_percentage * 100,
            max_advance_days: self.max_advance_days,
            monthly_credits: self.monthly_service_credits,
            guest_passes: self.guest_passes,
            mensuite_access: self.mensuite_access,
            coresync_private_access: self.coresync_private_access,
            iot_control_access: self.iot_control_access,
            concierge: self.concierge,
            priority_booking: self.priority_booking,
            ..plan
        }
    }
}

/// Converts a version of a plan into JSON for the audit log.
fn shown(plan: &Plan, version: i64, effective_on: Date) -> Value {
    json!({"version": version, "effective_on": effective_on, "price": plan.price, "short_description": plan.short_description,
        "benefits": plan.benefits, "discount_percentage": plan.discount_bp / 100,
        "max_advance_days": plan.max_advance_days, "monthly_service_credits": plan.monthly_credits,
        "guest_passes": plan.guest_passes, "mensuite_access": plan.mensuite_access,
        "coresync_private_access": plan.coresync_private_access, "iot_control_access": plan.iot_control_access,
        "concierge": plan.concierge, "priority_booking": plan.priority_booking})
}

/// Creates a new version of a plan, which applies to everyone who joins from its effective day on, and returns its
/// number. An older version that would take effect on that day or later never does.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, `Error::NotFound` if there is no such plan,
/// `Error::Invalid` if the effective day is in the past or more than a year ahead, and the refusal `edited_meanwhile`
/// if the manager did not see the newest version.
pub fn edit_plan(tx: &mut Tx<'_>, by: &Actor, club: Id, slug: &str, terms: &PlanTerms) -> Result<i64> {
    by.need(Action::ManageCatalogue)?;
    let newest = newest_of(tx, club, slug)?;
    let latest = latest_number(tx, newest.plan.id)?;
    if latest != terms.version {
        return Err(Error::refused(&EDITED_MEANWHILE));
    }
    let effective_on = effective_day(tx, terms.effective_on)?;
    let (id, n, plan) = (tx.new_id()?, latest + 1, newest.plan);
    let (plan_id, before) = (plan.id, shown(&plan, newest.n, newest.effective_on));
    let plan = terms.of(plan);
    // If two edits run at the same time, the unique key accepts only one.
    let made_at = tx.now();
    insert(tx, &NewVersion { id, plan: plan_id, n, made_at, made_by: by.id(), effective_on }, &plan)?;
    let subject = AuditSubject { kind: SubjectKind::Plan, id: Some(plan_id), name: slug };
    people::note_change(tx, by, AuditEvent::PlanChanged, subject, (before, shown(&plan, n, effective_on)))?;
    Ok(n)
}

/// Returns the day on which a version takes effect: the chosen one, or today.
fn effective_day(tx: &mut Tx<'_>, chosen: Option<Date>) -> Result<Date> {
    let today = catalogue::today(tx)?;
    let last = today.checked_add(MOST_DAYS_AHEAD.days()).map_err(Fault::because)?;
    match chosen.unwrap_or(today) {
        day if day < today => {
            Err(Fields::one("effective_on", "This date has passed. Choose today or a later date."))
        }
        day if day > last => Err(Fields::one("effective_on", "Choose a date within the next year.")),
        day => Ok(day),
    }
}

/// Returns the members whom [`move_over`] would move to the newest version, as pairs of membership id and person id.
fn movable(tx: &mut Tx<'_>, club: Id, newest: &Version) -> Result<Vec<(Id, Id)>> {
    tx.all(
        sql!(
            "SELECT m.id, m.person_id FROM memberships m JOIN plan_versions v ON v.id = m.version_id
             LEFT JOIN plan_versions w ON w.id = m.next_version_id
             WHERE m.club_id = $1 AND m.status <> 'ended' AND m.renews
             AND ((w.id IS NULL AND v.plan_id = $2 AND v.n < $3) OR (w.plan_id = $2 AND w.n < $3)) ORDER BY m.id"
        ),
        args![club, newest.plan.id, newest.n],
    )
}

/// Returns the number of members whom [`move_over`] would move to the newest version.
///
/// # Errors
/// Returns the same errors as [`move_over`].
pub fn movable_members(tx: &mut Tx<'_>, by: &Actor, club: Id, slug: &str) -> Result<usize> {
    by.need(Action::ManageCatalogue)?;
    let newest = newest_of(tx, club, slug)?;
    Ok(movable(tx, club, &newest)?.len())
}

/// Schedules the newest version in effect of a plan for all of its members with an older version, from their next billing month
/// on, and notifies them. A member who changes to another plan in the meantime gets that plan instead. Members who are
/// leaving are not affected. Returns the number of members.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if there is no such plan.
pub fn move_over(tx: &mut Tx<'_>, by: &Actor, club: Id, slug: &str) -> Result<u64> {
    by.need(Action::ManageCatalogue)?;
    let newest = newest_of(tx, club, slug)?;
    let who = movable(tx, club, &newest)?;
    let mut moved = 0;
    for (membership, person) in who {
        tx.lock_person(person)?;
        let done = tx.run(
            sql!(
                "UPDATE memberships SET next_version_id = $1 WHERE club_id = $3 AND id = $2 AND renews AND status <>
                 'ended'"
            ),
            args![newest.id, membership, club],
        )?;
        if done == 1 {
            let cents = Some(newest.plan.price.0);
            let detail = MembershipEventDetail { cents, ..MembershipEventDetail::of_plan(&newest.plan.name) };
            lifecycle::changed(tx, by.id(), membership, person, MembershipEventKind::MovesOver, &detail)?;
        }
        moved += done;
    }
    let subject = AuditSubject { kind: SubjectKind::Plan, id: Some(newest.plan.id), name: slug };
    let change = (Value::Null, json!({"version": newest.n, "members": moved}));
    people::note_change(tx, by, AuditEvent::MembersMoved, subject, change)?;
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_may_separate_only_thousands() {
        for (text, cents) in [
            ("375", Some(37_500)),
            ("$375.00", Some(37_500)),
            ("1,650.00", Some(165_000)),
            ("1,000,000", Some(100_000_000)),
            ("375,00", None),
            ("3,75", None),
            ("1,6500", None),
            ("375.0,0", None),
        ] {
            assert_eq!(amount(text), cents.map(Cents), "{text}");
        }
    }
}
