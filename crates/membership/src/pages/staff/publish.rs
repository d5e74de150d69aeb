//! The page that says what a new version of a plan changes, for whom and from when, and asks for a confirmation.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Error, Result, Tx};
use people::Actor;
use ui::{FormPart, Part, RawForm, StaffPage, Table, TableCell, cell, format};

use super::plan_form::fields;
use super::versions::{HERE, VersionStatus, credits, current, here, status};
use crate::{Plan, PlanTerms, Version};

/// Creates the page for a version that is not published yet. The version is published and rolled back, so that the page
/// says what would really happen. Returns `None` if it would be refused.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if there is no such plan.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    by: &Actor,
    slug: &str,
    terms: &PlanTerms,
    raw_form: &RawForm,
) -> Result<Option<StaffPage>> {
    let catalogue = catalogue::current(tx)?;
    let (club, today) = (catalogue.club.id, format::date_at(&catalogue.club.zone, tx.now()));
    let before = crate::plan_versions(tx, by, club, slug)?;
    let mut after = None;
    tx.attempt::<()>(|tx| {
        match crate::edit_plan(tx, by, club, slug, terms) {
            Ok(_) => after = Some(crate::plan_versions(tx, by, club, slug)?),
            Err(Error::Refused(..) | Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(None)
    })?;
    let Some(after) = after else { return Ok(None) };
    let (Some(new), old) = (after.first(), current(&before, today)?) else { return Ok(None) };
    let title = format!("Publish version {} of {}?", new.n, new.plan.name);
    let mut page = StaffPage::new(by, HERE, title);
    for sentence in sentences(&before, &after, (old, new), (&catalogue.club.zone, today)) {
        page = page.text(sentence);
    }
    page = page
        .heading("changes", "What changes")
        .table(changes(&old.plan, &new.plan), "Nothing changes. The terms match the current version.");
    let form = FormPart::post(here(slug), "Publish version").hidden("confirm", "on");
    let form = fields(form, old, today, Some(raw_form)).sending_again(raw_form);
    Ok(Some(page.with(Part::Form(form)).with(Part::Links(vec![("Back to the plan", here(slug))]))))
}

/// Says from when the version applies and for whom (decision 16).
fn sentences(
    before: &[Version],
    after: &[Version],
    (old, new): (&Version, &Version),
    (zone, today): (&TimeZone, Date),
) -> Vec<String> {
    let day = |date: Date| format::day(date, today);
    let price = format::money(new.plan.price);
    let mut sentences = Vec::new();
    if new.effective_on == today {
        sentences.push(format!("Starting today, new {} members pay {price} a month.", new.plan.name));
    } else {
        sentences.push(format!(
            "Anyone who joins on or after {}, pays {price} a month. Until then, new members join on the terms in \
             effect that day.",
            day(new.effective_on)
        ));
    }
    let members: i64 = before.iter().map(|version| version.members).sum();
    sentences.push(match members {
        0 => format!("No one is on {} right now.", old.plan.name),
        1 => "The one existing member keeps their price and terms until you move them to this version or they \
              switch plans."
            .to_owned(),
        many => format!("The {many} existing members keep their price and terms until you move them to this version or they switch plans."),
    });
    sentences.push("Booked visits keep their price.".to_owned());
    let was_scheduled =
        |version: &&Version| status(version, before, (zone, today)) == VersionStatus::Scheduled;
    let is_superseded =
        |version: &&Version| status(version, after, (zone, today)) == VersionStatus::Superseded;
    for version in before.iter().filter(was_scheduled).filter(is_superseded) {
        sentences.push(format!(
            "Version {}, scheduled for {}, won’t take effect.",
            version.n,
            day(version.effective_on)
        ));
    }
    sentences
}

/// Returns the table of the terms that differ.
fn changes(old: &Plan, new: &Plan) -> Table {
    let has = |is_included: bool| if is_included { "Yes" } else { "No" }.to_owned();
    let of = |plan: &Plan| {
        [
            ("Price per month", format::money(plan.price)),
            ("Short description", plan.short_description.clone()),
            ("Benefits", plan.benefits.join("; ")),
            ("Discount off guest price", format!("{}%", plan.discount_bp / 100)),
            ("Booking window (days)", plan.max_advance_days.to_string()),
            ("Service credits per month", credits(plan)),
            ("Guest passes per month", plan.guest_passes.to_string()),
            ("Mensuite", has(plan.mensuite_access)),
            ("Coresync Private", has(plan.coresync_private_access)),
            ("Room control", has(plan.iot_control_access)),
            ("Concierge", has(plan.concierge)),
            ("First access to reserved times", has(plan.priority_booking)),
        ]
    };
    let row = |((name, old), (_, new)): ((&'static str, String), (&'static str, String))| -> Option<Vec<TableCell>> {
        (old != new).then(|| vec![cell(name), cell(old), cell(new)])
    };
    Table {
        caption: "What changes",
        head: vec!["Term", "Now", "New version"],
        rows: of(old).into_iter().zip(of(new)).filter_map(row).collect(),
        csv: None,
    }
}
