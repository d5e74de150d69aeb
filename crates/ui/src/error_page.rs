//! The page that shows an error to a person: what happened and what to do.

use askama::Template;
use kit::DetailKey;
use kit::web::{IN_DOUBT, Page, Problem};
use people::Actor;

use crate::form::on_page;
use crate::frame::{Frame, Viewer};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    frame: Frame,
    heading: &'static str,
    sentences: Vec<String>,
    advice: &'static str,
    problem: &'p Problem,
    /// The path of the page of the visit in question, if the refusal names one.
    visit: Option<&'p str>,
}

/// The path of the page of the visit to which a refusal refers. The error page links to it.
pub const VISIT_PATH: DetailKey<String> = DetailKey::new("visit");

/// Renders the error page of a problem. `has_session` is whether the request carried a session.
pub fn error_page(problem: &Problem, has_session: bool) -> Page {
    let heading = heading(problem);
    // A request whose session has ended gets the status 401, so a session alone does not mean that the viewer is signed
    // in.
    let viewer = if has_session && problem.status != 401 { Viewer::SignedIn } else { Viewer::Visitor };
    let page = ErrorPage {
        frame: Frame { viewer, ..Frame::anonymous("", heading) },
        heading,
        sentences: sentences(problem),
        advice: advice(problem),
        problem,
        visit: problem.carried.get(VISIT_PATH.name()).and_then(serde_json::Value::as_str),
    };
    Page::of(&page).unwrap_or_else(|_| Page(plain(problem)))
}

#[derive(Template)]
#[template(path = "staff/error.html")]
struct BackOfficeErrorPage<'p> {
    frame: Frame,
    heading: &'static str,
    sentences: Vec<String>,
    advice: &'static str,
    problem: &'p Problem,
}

/// Renders the error page of a problem in the back office, for someone who works for the club.
pub fn back_office_error_page(problem: &Problem, by: &Actor) -> Page {
    let heading = heading(problem);
    let page = BackOfficeErrorPage {
        frame: Frame::new(by, "", heading),
        heading,
        sentences: sentences(problem),
        advice: match problem.status {
            _ if problem.code == CROSS_SITE => advice(problem),
            403 => "If you need this page, ask a manager.",
            404 => "The link may be old or mistyped. Choose a page from the menu.",
            _ => advice(problem),
        },
        problem,
    };
    Page::of(&page).unwrap_or_else(|_| Page(plain(problem)))
}

/// Returns what the page says about the problem: the error of each field, or the detail if there are none.
fn sentences(problem: &Problem) -> Vec<String> {
    let errors: Vec<String> = problem.errors.values().map(|sentence| on_page(sentence)).collect();
    if errors.is_empty() { vec![problem.detail.clone()] } else { errors }
}

/// The code of the refusal of a form that another site sent.
const CROSS_SITE: &str = "cross_site";

fn heading(problem: &Problem) -> &'static str {
    match problem.status {
        _ if problem.code == CROSS_SITE => "We didn’t accept this form",
        400 => "We couldn’t read that",
        401 => "Please sign in",
        403 => "You don’t have access to this page",
        404 => "This page isn’t here",
        409 => "That’s no longer possible",
        413 => "That’s too large",
        429 => "A little slower, please",
        500.. => "Something broke on our side",
        _ => "That can’t be done",
    }
}

/// Returns what to do. It does not contradict the sentences of the problem.
fn advice(problem: &Problem) -> &'static str {
    match problem.status {
        _ if problem.code == CROSS_SITE => "You can start from one of these.",
        _ if problem.detail == IN_DOUBT => {
            "Check My visits first. If your change isn’t there, try again. If it keeps happening, email us with the \
             reference below."
        }
        400 | 413 => "Go back, fix it, and try again, or start over from one of these.",
        401 => "Sign in, then come back to this page.",
        403 => "If you think you should have access, email us with the reference below.",
        404 => "The link may be old or mistyped. Try one of these.",
        409 => "Go back and reload the page to see the latest.",
        // The sentence says how long to wait.
        429 => "Go back and try again then, or start over from one of these.",
        500.. => "Try again in a moment. If it keeps happening, email us with the reference below.",
        _ => "Go back, or try one of these.",
    }
}

/// Returns a minimal page for the case that the template cannot be rendered.
fn plain(problem: &Problem) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><title>CoreSync</title><main><h1>{}</h1><p>{}</p></main></html>",
        heading(problem),
        advice(problem)
    )
}

#[cfg(test)]
mod tests {
    use kit::errors::FaultKind;
    use kit::{Error, Fault, Refusal};

    use super::*;

    #[test]
    fn the_advice_does_not_contradict_the_sentence() {
        let in_doubt = Problem::from(&Fault::of(FaultKind::InDoubt, ""));
        assert!(advice(&in_doubt).starts_with("Check My visits first."));
        let lost = Problem::from(&Fault::of(FaultKind::Unavailable, ""));
        assert!(advice(&lost).starts_with("Try again in a moment."));
        const LATER: Refusal = Refusal::too_many("later", "Please wait a moment and try again.");
        let later = Problem::from(&Error::refused(&LATER));
        assert!(!advice(&later).contains("minutes"), "the sentence says how long");
        let crossed = Problem { code: CROSS_SITE, status: 403, ..Problem::from(&Error::NotFound) };
        assert!(!heading(&crossed).contains("access") && !advice(&crossed).contains("access"));
    }
}
