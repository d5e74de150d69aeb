//! The page that shows an error to a person: what happened and what to do.

use askama::Template;
use kit::web::{Page, Problem};

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
    let errors: Vec<&str> = problem.errors.values().map(String::as_str).collect();
    // A request whose session has ended gets the status 401, so a session alone does not mean that the viewer is signed
    // in.
    let viewer = if has_session && problem.status != 401 { Viewer::SignedIn } else { Viewer::Unknown };
    let page = ErrorPage {
        frame: Frame { viewer, ..Frame::anonymous("", heading) },
        heading,
        sentences: if errors.is_empty() { vec![problem.detail.as_str()] } else { errors },
        advice: advice(problem.status),
        problem,
        visit: problem.carried.get("visit").and_then(serde_json::Value::as_str),
    };
    Page::of(&page).unwrap_or_else(|_| Page(plain(problem)))
}

fn heading(status: u16) -> &'static str {
    match status {
        400 => "We could not read that",
        401 => "Please sign in",
        403 => "This door is closed to you",
        404 => "This door leads nowhere",
        409 => "That is not possible now",
        413 => "That is too large",
        429 => "A little slower, please",
        500.. => "This is our fault",
        _ => "That can’t be done",
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        400 | 413 => "Go back, change it, and send it again. Or begin anew from one of these.",
        401 => "Sign in, and come back to this page.",
        403 => "If it should be open, write to us and say the number below.",
        404 => "The address may be old or mistyped. From here you can go on.",
        409 => "Go back and load the page again: it shows how things stand.",
        429 => "Wait a few minutes, then try again.",
        500.. => "Try again in a moment. If it stays, write to us and say the number below.",
        _ => "Go back, or go on from here.",
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
