//! Background jobs for managers: filtered by kind and state, retried, discarded, and recorded.

use axum::http::Method;
use kit::{Id, args, sql};
use testing::{DORA, MAX, TestClub};

use crate::whole::WholeProgram as _;

const HERE: &str = "/staff/jobs/";

/// Adds a job that was set aside and whose payload contains a secret.
pub(crate) async fn stopped_job(app: &TestClub, kind: &'static str) -> Id {
    let add = move |tx: &mut kit::Tx<'_>| {
        let (id, now) = (tx.new_id()?, tx.now());
        tx.run(
            sql!(
                "INSERT INTO jobs (id, kind, payload, run_at, attempt, last_error, dead)
                 VALUES ($1, $2, '{\"token\": \"tell-nobody\"}', $3, 12, 'the mail server is away', TRUE)"
            ),
            args![id, kind, now],
        )?;
        Ok(id)
    };
    app.db().tx(add).await.expect("a job")
}

async fn recorded(app: &TestClub) -> Vec<(String, String)> {
    let read = app.db().view(|tx| {
        tx.all(sql!("SELECT what, details FROM audit WHERE subject = 'job' ORDER BY id"), args![])
    });
    read.await.expect("the log")
}

#[tokio::test]
async fn jobs_are_filtered_by_kind_and_state_and_hide_secrets() {
    let app = TestClub::open().await;
    stopped_job(&app, "test.first").await;
    stopped_job(&app, "test.second").await;
    app.browser(DORA).get(HERE).await.expect(403);
    let page = app.browser(MAX).get(&format!("{HERE}?kind=SECOND&state=set_aside")).await.expect(200).text();
    assert!(page.contains("test.second") && page.contains("Stopped") && page.contains("1 job."));
    assert!(page.contains("the mail server is away"));
    assert!(!page.contains("test.first") && !page.contains("tell-nobody"));
    let none = app.browser(MAX).get(&format!("{HERE}?kind=second&state=waiting")).await.expect(200).text();
    assert!(none.contains("No matching jobs."));
    let listed = app.as_(MAX).get("/api/staff/jobs/?state=set_aside&page_size=1").await.expect(200);
    assert_eq!((listed.list("").len(), listed.header("x-total-count")), (1, "2"));
    assert!(!listed.text().contains("tell-nobody"));
    app.db().tx(|tx| tx.run(sql!("DELETE FROM jobs WHERE dead"), args![])).await.expect("they are gone");
}

#[tokio::test]
async fn discarding_a_job_needs_confirmation_and_is_audited() {
    let app = TestClub::open().await;
    let id = stopped_job(&app, "test.first").await;
    let here = format!("{HERE}{id}/");
    let page = app.browser(MAX).get(&here).await.expect(200).text();
    assert!(page.contains("Retry job") && page.contains("Discard job"));
    let unsure = app.browser(MAX).submit(&format!("{here}discard/"), "").await.expect(400).text();
    assert!(unsure.contains("Check the box to discard the job."));
    assert!(recorded(&app).await.is_empty());
    let done = app.browser(MAX).submit(&format!("{here}discard/"), "sure=on").await.expect(303);
    assert_eq!(done.header("location"), "/staff/jobs/?done=1");
    app.browser(MAX).get(&here).await.expect(404);
    let log = recorded(&app).await;
    assert_eq!(log.len(), 1);
    assert!(log[0].0 == "job_discarded" && log[0].1.contains("test.first") && log[0].1.contains("set_aside"));
    let path = format!("/api/staff/jobs/{id}/");
    app.as_(MAX).send(Method::DELETE, &path, None, Vec::new()).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_stopped_job_can_be_retried() {
    let app = TestClub::open().await;
    // A job of a known kind that has nothing to do.
    let id = stopped_job(&app, "people.checkpoint").await;
    let make_known =
        move |tx: &mut kit::Tx<'_>| tx.run(sql!("UPDATE jobs SET payload = '{}' WHERE id = $1"), args![id]);
    app.db().tx(make_known).await.expect("changed");
    app.as_(MAX).post(&format!("/api/staff/jobs/{id}/retry/"), serde_json::json!({})).await.expect(204);
    let page = app.browser(MAX).get(&format!("{HERE}{id}/")).await.expect(200).text();
    assert!(page.contains("Waiting"), "{page}");
    app.run_jobs().await;
    app.browser(MAX).get(&format!("{HERE}{id}/")).await.expect(404);
    assert_eq!(recorded(&app).await[0].0, "job_retried");
}
