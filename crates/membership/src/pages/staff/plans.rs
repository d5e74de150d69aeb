//! The pages of plans and their versions: the plans that can be joined, the number of members per version, the form for
//! a new version, and moving members to the newest version.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Error, Fields, Result, Tx};
use people::{Action, Actor, Caller};
use ui::{
    FormOutcome, FormPart, PageQuery, Part, PostedForm, QueryForm, RawForm, StaffPage, Table, Tone, cell,
    csv, format, handle_form, link, or_sign_in, rendered, to_response,
};

use super::plan_form::fields;
use super::publish;
use super::versions::{HERE, VersionStatus, credits, current, here, status, status_text};
use crate::{PlanTerms, Version};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(list))
        .route("/staff/plans/{slug}/", get(show).post(edit))
        .route("/staff/plans/{slug}/move_over/", post(move_over))
}

async fn list(caller: Caller, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let is_csv = form.parsed.is_ok_and(|query| query.csv);
    if is_csv {
        return or_sign_in(caller.view(table).await.map(|table| csv("plans", &table)), HERE);
    }
    let page = caller.view(|tx, by| {
        let table = table(tx, by)?;
        Ok(StaffPage::new(by, HERE, "Plans")
            .text("New members get the version that is in effect on the day they join. Existing members keep theirs until you move them or they switch plans.")
            .table(table, "No plans yet."))
    });
    rendered(page.await, HERE)
}

fn table(tx: &mut Tx<'_>, by: &Actor) -> Result<Table> {
    by.need(Action::ManageCatalogue)?;
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let zone = &catalogue.club.zone;
    let today = format::date_at(zone, tx.now());
    let mut rows = Vec::new();
    for newest in crate::newest(tx, club)? {
        let plan = &newest.plan;
        let versions = crate::plan_versions(tx, by, club, &plan.slug)?;
        let members: i64 = versions.iter().map(|version| version.members).sum();
        let scheduled: Vec<&Version> = versions
            .iter()
            .filter(|version| status(version, &versions, (zone, today)) == VersionStatus::Scheduled)
            .collect();
        let next = scheduled.last().map(|version| format::day(version.effective_on, today));
        rows.push(vec![
            link(&plan.name, format!("{HERE}{}/", plan.slug)),
            cell(format::money(plan.price)),
            cell(format!("{}%", plan.discount_bp / 100)),
            cell(credits(plan)),
            cell(plan.guest_passes.to_string()),
            cell(plan.max_advance_days.to_string()),
            cell(newest.n.to_string()),
            cell(next.unwrap_or_default()),
            cell(members.to_string()),
        ]);
    }
    let head = vec![
        "Plan",
        "Per month",
        "Discount",
        "Credits",
        "Passes",
        "Days ahead",
        "Version",
        "Next version starts",
        "Members",
    ];
    Ok(Table { caption: "Plans", head, rows, csv: Some(format!("{HERE}?format=csv")) })
}

/// `1 member is`, `5 members are`.
fn members_are(count: i64) -> String {
    if count == 1 { "1 member is".to_owned() } else { format!("{count} members are") }
}

async fn show(
    caller: Caller,
    Path(slug): Path<String>,
    QueryForm(form): QueryForm<PageQuery>,
) -> Result<Response> {
    let done = form.parsed.is_ok_and(|query| query.done);
    let path = here(&slug);
    let page = caller.view(move |tx, by| draw(tx, by, &slug, None, None)).await;
    rendered(page.map(|page| page.done(done, "Saved.")), &path)
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    slug: &str,
    raw_form: Option<&RawForm>,
    wrong: Option<&Fields>,
) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let versions = crate::plan_versions(tx, by, catalogue.club.id, slug)?;
    let latest = versions.first().ok_or(Error::NotFound)?;
    let names = people::names(tx, versions.iter().filter_map(|version| version.made_by))?;
    let now = tx.now();
    let today = format::date_at(&catalogue.club.zone, now);
    let current = current(&versions, today)?;
    let row = |version: &Version| {
        let plan = &version.plan;
        let status = status(version, &versions, (&catalogue.club.zone, today));
        let shown_status = cell(status_text(version, status, today)).tone(match status {
            VersionStatus::Scheduled => Tone::Info,
            VersionStatus::Current => Tone::Good,
            VersionStatus::Former | VersionStatus::Superseded => Tone::Quiet,
        });
        let made = if version.made_at.as_second() == 0 {
            "Original".to_owned()
        } else {
            format::moment(&catalogue.club.zone, version.made_at, now)
        };
        vec![
            cell(version.n.to_string()),
            shown_status,
            cell(made),
            cell(version.made_by.and_then(|by| names.get(&by).cloned()).unwrap_or_default()),
            cell(format::money(plan.price)),
            cell(format!("{}%", plan.discount_bp / 100)),
            cell(credits(plan)),
            cell(plan.guest_passes.to_string()),
            cell(plan.max_advance_days.to_string()),
            cell(version.members.to_string()),
        ]
    };
    let history = Table {
        caption: "Versions",
        head: vec![
            "Version",
            "Status",
            "Published",
            "By",
            "Per month",
            "Discount",
            "Credits",
            "Passes",
            "Days ahead",
            "Members",
        ],
        rows: versions.iter().map(row).collect(),
        csv: None,
    };
    let older: i64 =
        versions.iter().filter(|version| version.n < current.n).map(|version| version.members).sum();
    let form = fields(FormPart::post(here(slug), "Preview version"), latest, today, raw_form).wrong(wrong);
    let mut page = StaffPage::new(by, HERE, current.plan.name.clone()).table(history, "No versions.");
    let movable = crate::movable_members(tx, by, catalogue.club.id, slug)?;
    if older > 0 && movable == 0 {
        page = page.heading("over", "Members on older versions").text(format!(
            "{} on an older version until their next billing month. There are no members left to move.",
            members_are(older)
        ));
    }
    if movable > 0 {
        let form = FormPart::post(format!("{}move_over/", here(slug)), "Move members").quiet();
        page = page
            .heading("over", "Members on older versions")
            .text(format!(
                "{} on an older version. If you move them, the new terms start with their next billing month and they’re notified by email. Booked visits keep their price.",
                members_are(older)
            ))
            .with(Part::Form(form));
    }
    Ok(page
        .heading("edit", "New version")
        .text(
            "Applies to people who join on or after the effective date. Nothing is saved until you confirm.",
        )
        .form(form))
}

async fn edit(
    caller: Caller,
    Path(slug): Path<String>,
    PostedForm(form): PostedForm<PlanTerms>,
) -> Result<Response> {
    let path = here(&slug);
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        if let Ok(terms) = &parsed
            && raw_form.get("confirm").is_empty()
            && let Some(page) = publish::confirm(tx, by, &slug, terms, &raw_form)?
        {
            return Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(page)));
        }
        let operation = |tx: &mut Tx<'_>| {
            let terms = parsed.clone().map_err(Error::Invalid)?;
            let club = catalogue::current(tx)?.club.id;
            crate::edit_plan(tx, by, club, &slug, &terms)?;
            Ok(format!("{}?done=1", here(&slug)))
        };
        // If the edit is refused because someone else has edited the plan, the page shows the plan as it is now.
        handle_form(tx, operation, |tx, wrong| {
            draw(tx, by, &slug, wrong.is_some().then_some(&raw_form), wrong)
        })
    });
    to_response(done.await, &path)
}

/// The form to move members, and whether it was confirmed on the page that explains the effects.
struct MoveOverForm {
    is_confirmed: bool,
}

impl Input for MoveOverForm {
    fn parse(input: &mut RawInput) -> MoveOverForm {
        MoveOverForm { is_confirmed: input.opt_text_within("confirm", 5).is_some() }
    }
}

/// Creates the page that says how many members get the newest version and at which price, and asks for a confirmation.
fn confirm_move(tx: &mut Tx<'_>, by: &Actor, slug: &str) -> Result<StaffPage> {
    let club = catalogue::current(tx)?.club.id;
    let versions = crate::plan_versions(tx, by, club, slug)?;
    let newest = current(&versions, format::date_at(&catalogue::current(tx)?.club.zone, tx.now()))?;
    let members = match crate::movable_members(tx, by, club, slug)? {
        1 => "1 member".to_owned(),
        many => format!("{many} members"),
    };
    let form = FormPart::post(format!("{}move_over/", here(slug)), "Move members").hidden("confirm", "on");
    let sentence = format!(
        "{members} would move to version {} of {}, {} a month, starting with the next billing month. Each will \
         get an email.",
        newest.n,
        newest.plan.name,
        format::money(newest.plan.price)
    );
    Ok(StaffPage::new(by, HERE, "Move these members?")
        .text(sentence)
        .with(Part::Form(form))
        .with(Part::Links(vec![("Back to the plan", here(slug))])))
}

async fn move_over(
    caller: Caller,
    Path(slug): Path<String>,
    PostedForm(form): PostedForm<MoveOverForm>,
) -> Result<Response> {
    let path = here(&slug);
    let is_confirmed = form.parsed.is_ok_and(|form| form.is_confirmed);
    let done = caller.tx(move |tx, by| {
        if !is_confirmed {
            return Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(confirm_move(tx, by, &slug)?)));
        }
        let club = catalogue::current(tx)?.club.id;
        crate::move_over(tx, by, club, &slug)?;
        Ok(FormOutcome::<StaffPage>::Redirect(format!("{}?done=1", here(&slug))))
    });
    to_response(done.await, &path)
}
