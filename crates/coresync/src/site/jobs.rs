//! The pages of background jobs: list them by state, retry one, and discard one.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use kit::jobs::{self, JobFilter, JobState, QueuedJob};
use kit::web::{Input, Paging, Path, RawInput};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Action, Actor, AuditEvent, AuditSubject, Caller, SubjectKind, note_change};
use serde_json::{Value, json};

use ui::{
    Choice, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, StaffPage, Table, Tone, cell,
    format, handle_form, lenient_number, link, rendered, to_response,
};

const HERE: &str = "/staff/jobs/";
/// The number of jobs on a page.
const SIZE: usize = 50;
/// The maximum length of a displayed error in characters.
const LONGEST_ERROR: usize = 160;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(list))
        .route("/staff/jobs/{id}/", get(show))
        .route("/staff/jobs/{id}/retry/", post(retry))
        .route("/staff/jobs/{id}/discard/", post(discard))
}

/// Returns a page of the job queue, and the number of jobs that match.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage jobs.
pub(super) fn queue(
    tx: &mut Tx<'_>,
    by: &Actor,
    filter: &JobFilter,
    paging: Paging,
) -> Result<(Vec<QueuedJob>, usize)> {
    by.need(Action::ManageJobs)?;
    jobs::queued(tx, filter, paging)
}

fn found(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<QueuedJob> {
    by.need(Action::ManageJobs)?;
    jobs::job(tx, id)
}

/// Makes a job run again at once, with its full number of attempts, and records that in the audit log.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage jobs, and the errors of [`jobs::retry`].
pub(super) fn retry_job(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let before = found(tx, by, id)?;
    jobs::retry(tx, id)?;
    let after = found(tx, by, id)?;
    let subject = AuditSubject { kind: SubjectKind::Job, id: Some(id), name: &before.kind };
    note_change(tx, by, AuditEvent::JobRetried, subject, (recorded(&before), recorded(&after)))
}

/// Deletes a job so that it will not run, and records that in the audit log.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage jobs, and the errors of [`jobs::discard`].
pub(super) fn discard_job(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let before = found(tx, by, id)?;
    jobs::discard(tx, id)?;
    let subject = AuditSubject { kind: SubjectKind::Job, id: Some(id), name: &before.kind };
    note_change(tx, by, AuditEvent::JobDiscarded, subject, (recorded(&before), Value::Null))
}

/// Returns what the audit log stores about a job. The error is left out, because it may name a person.
fn recorded(job: &QueuedJob) -> Value {
    json!({"state": job.state.as_str(), "attempts": job.attempts})
}

/// Returns an error on one line, shortened to [`LONGEST_ERROR`] characters.
pub(super) fn shortened(error: &str) -> String {
    let line = kit::text::one_line(error);
    match line.char_indices().nth(LONGEST_ERROR) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// Returns what a job does, followed by its kind, by which the list can be searched: `Add a checkpoint to the audit log (people.checkpoint)`.
fn label(kind: &str) -> String {
    match format::job(kind) {
        unknown if unknown == kind => kind.to_owned(),
        known => format!("{known} ({kind})"),
    }
}

fn state(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "Waiting",
        JobState::Running => "Running",
        JobState::Failing => "Failing, will retry",
        JobState::SetAside => "Stopped",
    }
}

fn tone(state: JobState) -> Tone {
    match state {
        JobState::Waiting => Tone::Gold,
        JobState::Running => Tone::Good,
        JobState::Failing => Tone::Info,
        JobState::SetAside => Tone::Bad,
    }
}

/// The filter of the job list, and the number of the page.
struct JobListQuery {
    page_query: PageQuery,
    filter: JobFilter,
    page: usize,
}

/// Parses the filter. An unknown state does not narrow the list.
pub(super) fn filter(input: &mut RawInput) -> JobFilter {
    let state = input.opt_text_within("state", 20).and_then(JobState::read);
    JobFilter { kind: input.opt_text_within("kind", 40), state }
}

impl Input for JobListQuery {
    fn parse(input: &mut RawInput) -> JobListQuery {
        let page = lenient_number(input, "page").filter(|page| (1..=100_000).contains(page));
        let page = page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1);
        JobListQuery { filter: filter(input), page_query: PageQuery::parse(input), page }
    }
}

async fn list(caller: Caller, QueryForm(form): QueryForm<JobListQuery>) -> Result<Response> {
    let search = form.parsed.map_err(Error::Invalid)?;
    let page = caller.view(move |tx, by| draw(tx, by, &search)).await;
    rendered(page, HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, search: &JobListQuery) -> Result<StaffPage> {
    let (found, total) = queue(tx, by, &search.filter, Paging { page: search.page, size: SIZE })?;
    let zone = catalogue::current(tx)?.club.zone.clone();
    let now = tx.now();
    let row = |job: &QueuedJob| {
        vec![
            link(label(&job.kind), here(job.id)),
            cell(state(job.state)).tone(tone(job.state)),
            cell(job.attempts.to_string()),
            cell(next_run(job, &zone, now)),
            cell(job.last_error.as_deref().map(shortened).unwrap_or_default()),
        ]
    };
    let table = Table {
        caption: "Background jobs",
        head: vec!["Kind", "Status", "Attempts", "Next run", "Last error"],
        rows: found.iter().map(row).collect(),
        csv: None,
    };
    let kind = search.filter.kind.as_deref().unwrap_or_default();
    let chosen = search.filter.state.map_or("", JobState::as_str);
    let states = JobState::ALL.map(|one| (one.as_str(), state(one)));
    let states = [("", "Any status")].into_iter().chain(states);
    let states = states.map(|(value, word)| Choice::new(value, word, value == chosen)).collect();
    let form = FormPart::get(HERE, "Find jobs")
        .field(InputField::line("kind", "Job name", "search", kind))
        .field(InputField::select("state", "Status", states));
    let address = |page: usize| format!("{HERE}?kind={}&state={chosen}&page={page}", format::encoded(kind));
    let mut pages = Vec::new();
    if search.page > 1 {
        pages.push(("Earlier jobs", address(search.page - 1)));
    }
    if search.page * SIZE < total {
        pages.push(("Later jobs", address(search.page + 1)));
    }
    let sum = if total == 1 { "1 job.".to_owned() } else { format!("{total} jobs.") };
    let page = StaffPage::new(by, HERE, "Jobs")
        .done(search.page_query.done, "Job discarded.")
        .text(
            "Work the program does on its own, like sending email. Finished jobs are removed from the list.",
        )
        .with(Part::Form(form))
        .text(sum)
        .table(table, "No matching jobs.");
    Ok(if pages.is_empty() { page } else { page.with(Part::Links(pages)) })
}

/// Returns when a job runs next, in the club's time zone.
fn next_run(job: &QueuedJob, zone: &TimeZone, now: jiff::Timestamp) -> String {
    match job.state {
        JobState::SetAside => "Never".to_owned(),
        JobState::Running => "Now".to_owned(),
        JobState::Waiting | JobState::Failing => format::second(zone, job.run_at, now),
    }
}

fn here(id: Id) -> String {
    format!("{HERE}{id}/")
}

async fn show(caller: Caller, Path(id): Path<Id>, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let done = form.parsed.is_ok_and(|page_query| page_query.done);
    let page = caller.view(move |tx, by| draw_one(tx, by, id, None)).await;
    rendered(page.map(|page| page.done(done, "Retrying now.")), &here(id))
}

fn draw_one(tx: &mut Tx<'_>, by: &Actor, id: Id, wrong: Option<&Fields>) -> Result<StaffPage> {
    let job = found(tx, by, id)?;
    let zone = catalogue::current(tx)?.club.zone.clone();
    let error = job.last_error.as_deref().map(shortened);
    let facts = vec![
        ("Kind", job.kind.clone()),
        ("Status", state(job.state).to_owned()),
        ("Attempts", job.attempts.to_string()),
        ("Next run", next_run(&job, &zone, tx.now())),
        ("Last error", error.unwrap_or_else(|| "None".to_owned())),
    ];
    let retry = FormPart::post(format!("{}retry/", here(id)), "Retry job");
    let discard = FormPart::post(format!("{}discard/", here(id)), "Discard job")
        .field(InputField::tick("sure", "I’m sure: this work won’t be done.", false))
        .quiet()
        .wrong(wrong);
    Ok(StaffPage::new(by, HERE, format::job(&job.kind))
        .with(Part::Facts(facts))
        .heading("retry", "Retry")
        .text("The job runs right away with a full set of attempts. Anything it did before failing may happen twice.")
        .with(Part::Form(retry))
        .heading("discard", "Discard")
        .text("The job is removed and won’t run. If it was going to send an email, that email isn’t sent.")
        .form(discard)
        .with(Part::Links(vec![("All jobs", HERE.to_owned())])))
}

async fn retry(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            retry_job(tx, by, id)?;
            Ok(format!("{}?done=1", here(id)))
        };
        handle_form(tx, operation, |tx, wrong| draw_one(tx, by, id, wrong))
    });
    to_response(done.await, &here(id))
}

/// Whether the confirmation box is ticked.
struct Sure(bool);

impl Input for Sure {
    fn parse(input: &mut RawInput) -> Sure {
        Sure(input.opt_text_within("sure", 10).is_some())
    }
}

async fn discard(caller: Caller, Path(id): Path<Id>, PostedForm(form): PostedForm<Sure>) -> Result<Response> {
    let is_sure = form.parsed.is_ok_and(|Sure(is_sure)| is_sure);
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            found(tx, by, id)?;
            if !is_sure {
                return Err(Fields::one("sure", "Check the box to discard the job."));
            }
            discard_job(tx, by, id)?;
            Ok(format!("{HERE}?done=1"))
        };
        handle_form(tx, operation, |tx, wrong| draw_one(tx, by, id, wrong))
    });
    to_response(done.await, &here(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_kind_has_a_readable_label() {
        use kit::jobs::Job as _;
        for kind in [
            bookings::MatchWaitlist::KIND,
            bookings::Nightly::KIND,
            bookings::RunMaintenance::KIND,
            membership::MembershipChanged::KIND,
            membership::MembershipNews::KIND,
            membership::RunBillingDay::KIND,
            messages::Mail::KIND,
            people::Checkpoint::KIND,
            people::EmailConfirmed::KIND,
            pictures::Develop::KIND,
        ] {
            assert_ne!(format::job(kind), kind);
            assert!(label(kind).ends_with(&format!(" ({kind})")));
        }
        assert_eq!(label("test.first"), "test.first");
    }

    #[test]
    fn a_job_error_is_shortened_to_one_line() {
        assert_eq!(shortened("the door\nis closed"), "the door is closed");
        let long = "ä".repeat(500);
        assert_eq!(shortened(&long).chars().count(), LONGEST_ERROR + 1);
    }
}
