//! The one path of a submitted form: its operation is run, and either the browser is redirected, or everything that the
//! operation wrote is rolled back and a page says why.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kit::web::{Page, see_other};
use kit::{Error, Fault, Fields, Refusal, RefusalDetails, Result, Tx};

use crate::response::or_sign_in;

/// The outcome of a submitted form, for a page of the type `P`.
pub enum FormOutcome<P> {
    /// The operation succeeded, and the browser is redirected to this path.
    Redirect(String),
    /// The page is shown with this status, because the operation failed or needs a confirmation.
    Rendered(StatusCode, Box<P>),
}

impl<P: Template> FormOutcome<P> {
    /// Converts the outcome into the response.
    ///
    /// # Errors
    /// Returns a fault if the page cannot be rendered.
    pub fn respond(self) -> Result<Response> {
        match self {
            FormOutcome::Redirect(path) => Ok(see_other(&path)),
            FormOutcome::Rendered(status, page) => Ok((status, Page::of(&*page)?).into_response()),
        }
    }
}

/// Why the operation of a form was rolled back.
pub enum FormFailure {
    /// Some fields are invalid, each with its error.
    Invalid(Fields),
    /// The operation was refused, with these details.
    Refused(&'static Refusal, RefusalDetails),
}

impl FormFailure {
    /// Returns the HTTP status of the page that reports the failure.
    fn status(&self) -> StatusCode {
        match self {
            FormFailure::Invalid(_) => StatusCode::BAD_REQUEST,
            FormFailure::Refused(refusal, _) => {
                StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT)
            }
        }
    }

    /// Returns one sentence that says why: that of the refusal, or of the first invalid field.
    pub fn sentence(&self) -> &str {
        match self {
            FormFailure::Invalid(fields) => fields.0.values().next().map_or("", String::as_str),
            FormFailure::Refused(refusal, _) => refusal.sentence,
        }
    }
}

impl From<FormFailure> for Error {
    fn from(failure: FormFailure) -> Error {
        match failure {
            FormFailure::Invalid(fields) => Error::Invalid(fields),
            FormFailure::Refused(refusal, details) => Error::Refused(refusal, details),
        }
    }
}

/// Runs the operation of a form, which returns the path to redirect to. If it fails with field errors or a refusal,
/// everything that it wrote is rolled back, and the page that `render` creates shows why, with the status of the failure.
///
/// # Errors
/// Returns every other error of `operation`, and every error of `render`.
pub fn run_form<P>(
    tx: &mut Tx<'_>,
    operation: impl FnOnce(&mut Tx<'_>) -> Result<String>,
    render: impl FnOnce(&mut Tx<'_>, FormFailure) -> Result<P>,
) -> Result<FormOutcome<P>> {
    let mut failure = None;
    let redirect = tx.attempt(|tx| match operation(tx) {
        Err(Error::Invalid(fields)) => {
            failure = Some(FormFailure::Invalid(fields));
            Ok(None)
        }
        Err(Error::Refused(refusal, details)) => {
            failure = Some(FormFailure::Refused(refusal, details));
            Ok(None)
        }
        other => other.map(Some),
    })?;
    if let Some(path) = redirect {
        return Ok(FormOutcome::Redirect(path));
    }
    let failure = failure.ok_or_else(|| Fault::because("a form neither succeeded nor failed"))?;
    let status = failure.status();
    Ok(FormOutcome::Rendered(status, Box::new(render(tx, failure)?)))
}

/// Returns the response to a form. If the caller has to sign in, it redirects to the sign-in page, which leads back to
/// `here`.
///
/// # Errors
/// Returns every other error of `outcome`, and a fault if the page cannot be rendered.
pub fn to_response<P: Template>(outcome: Result<FormOutcome<P>>, here: &str) -> Result<Response> {
    or_sign_in(outcome.and_then(FormOutcome::respond), here)
}
