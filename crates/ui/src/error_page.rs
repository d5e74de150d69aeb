//! The page that shows an error to a person: what happened and what to do.

use askama::Template;
use kit::web::{Page, Problem};
use people::Actor;

use crate::frame::{Frame, Viewer};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    frame: Frame,
    heading: &'static str,
    sentences: Vec<&'p str>,
    advice: &'static str,
    problem: &'p Problem,
    /// The path of the page of the visit in question, if the refusal names one.
    visit: Option<&'p str>,
}

/// Renders the error page of a problem. `has_session` is whether the request carried a session.
pub fn error_page(problem: &Problem, has_session: bool) -> Page {
    let heading = heading(problem.status);
    // A request whose session has ended gets the status 401, so a session alone does not mean that the viewer is signed
    // in.
    let viewer = if has_session && problem.status != 401 { Viewer::SignedIn } else { Viewer::Visitor };
    let page = ErrorPage {
        frame: Frame { viewer, ..Frame::anonymous("", heading) },
        heading,
        sentences: sentences(problem),
        advice: advice(problem.status),
        problem,
        visit: problem.carried.get("visit").and_then(serde_json::Value::as_str),
    };
    Page::of(&page).unwrap_or_else(|_| Page(plain(problem)))
}

#[derive(Template)]
#[template(path = "staff/error.html")]
struct BackOfficeErrorPage<'p> {
    frame: Frame,
    heading: &'static str,
    sentences: Vec<&'p str>,
    advice: &'static str,
    problem: &'p Problem,
}

/// Renders the error page of a problem in the back office, for somebody who works for the club.
pub fn back_office_error_page(problem: &Problem, by: &Actor) -> Page {
    let heading = heading(problem.status);
    let page = BackOfficeErrorPage {
        frame: Frame::new(by, "", heading),
        heading,
        sentences: sentences(problem),
        advice: match problem.status {
            403 => "If you need this page, ask a manager.",
            404 => "The link may be old or mistyped. Choose a page from the menu.",
            other => advice(other),
        },
        problem,
    };
    Page::of(&page).unwrap_or_else(|_| Page(plain(problem)))
}

/// Returns what the page says about the problem: the error of each field, or the detail if there are none.
fn sentences(problem: &Problem) -> Vec<&str> {
    let errors: Vec<&str> = problem.errors.values().map(String::as_str).collect();
    if errors.is_empty() { vec![problem.detail.as_str()] } else { errors }
}

fn heading(status: u16) -> &'static str {
    match status {
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

fn advice(status: u16) -> &'static str {
    match status {
        400 | 413 => "Go back, fix it, and try again, or start over from one of these.",
        401 => "Sign in, then come back to this page.",
        403 => "If you think you should have access, email us with the reference below.",
        404 => "The link may be old or mistyped. Try one of these.",
        409 => "Go back and reload the page to see the latest.",
        429 => "Wait a few minutes and try again.",
        500.. => "Try again in a moment. If it keeps happening, email us with the reference below.",
        _ => "Go back, or try one of these.",
    }
}

/// Returns a minimal page for the case that the template cannot be rendered.
fn plain(problem: &Problem) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><title>CoreSync</title><main><h1>{}</h1><p>{}</p></main></html>",
        heading(problem.status),
        advice(problem.status)
    )
}
