//! In and out of the house: signing in, signing up, signing out.

use askama::Template;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::{Page, see_other};
use kit::{Error, Fault, House, Result};
use people::{Caller, SessionKind, SignIn, SignUp, SignedIn, Tokens};

use super::frame::{Frame, Guest, local_path};
use super::sheet::{Asked, Complaints, Posted, Sheet, Typed};

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/login/", get(login).post(sign_in))
        .route("/signup/", get(signup).post(sign_up))
        .route("/logout/", get(logout).post(sign_out))
}

/// Where to go on to.
struct Onward;

impl kit::web::Input for Onward {
    fn parse(_: &mut kit::web::Words) -> Onward {
        Onward
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    typed: Typed,
    next: String,
    errors: Complaints,
    refused: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "signup.html")]
struct SignupPage {
    frame: Frame,
    typed: Typed,
    next: String,
    errors: Complaints,
    refused: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutPage {
    frame: Frame,
}

/// The names and labels of the fields, in order.
const LOGIN: [(&str, &str); 3] = [("email", "E-mail address"), ("password", "Password"), ("body", "Form")];
const SIGNUP: [(&str, &str); 5] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("email", "E-mail address"),
    ("password", "Password"),
    ("body", "Form"),
];

pub(super) fn at_the_door(title: &str) -> Frame {
    Frame { guest: Guest::Visitor, ..Frame::unasked("door", title) }
}

fn next_of(typed: &Typed) -> String {
    local_path(typed.get("next")).unwrap_or_default().to_owned()
}

fn login_page(typed: Typed) -> LoginPage {
    let frame = at_the_door("Sign in · CoreSync").about("Sign in to book and to see your visits.");
    LoginPage { frame, next: next_of(&typed), typed, errors: Complaints::default(), refused: None }
}

fn signup_page(typed: Typed) -> SignupPage {
    let frame = at_the_door("Create an account · CoreSync")
        .about("An account takes a minute. Then any free time is yours.");
    SignupPage { frame, next: next_of(&typed), typed, errors: Complaints::default(), refused: None }
}

async fn is_signed_in(caller: &Caller) -> Result<bool> {
    caller.view(|_, by| Ok(by.person.is_some())).await
}

/// Where somebody goes who has come in.
fn inside(next: &str) -> &str {
    if next.is_empty() { "/dashboard/" } else { next }
}

async fn login(caller: Caller, Asked(sheet): Asked<Onward>) -> Result<Response> {
    let page = login_page(sheet.typed);
    if is_signed_in(&caller).await? {
        return Ok(see_other(inside(&page.next)));
    }
    Ok(Page::of(&page)?.into_response())
}

async fn signup(caller: Caller, Asked(sheet): Asked<Onward>) -> Result<Response> {
    let page = signup_page(sheet.typed);
    if is_signed_in(&caller).await? {
        return Ok(see_other(inside(&page.next)));
    }
    Ok(Page::of(&page)?.into_response())
}

async fn sign_in(caller: Caller, Posted(Sheet { typed, read }): Posted<SignIn>) -> Result<Response> {
    let mut page = login_page(typed);
    let outcome = match read {
        Ok(attempt) => people::sign_in(caller.house(), caller.whence(), attempt, SessionKind::Page).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let wrong = match outcome {
        Ok(signed_in) => {
            // Whatever this browser was signed in with before is over.
            people::sign_out(&caller).await?;
            return enter(&signed_in, inside(&page.next));
        }
        Err(error) => Wrong::of(error, &LOGIN)?,
    };
    (page.errors, page.refused) = (wrong.errors, wrong.refused);
    Ok((wrong.status, wrong.again, Page::of(&page)?).into_response())
}

async fn sign_up(caller: Caller, Posted(Sheet { typed, read }): Posted<SignUp>) -> Result<Response> {
    let mut page = signup_page(typed);
    let outcome = match read {
        Ok(wish) => people::sign_up(caller.house(), caller.whence(), wish, SessionKind::Page).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let wrong = match outcome {
        Ok(signed_in) => return enter(&signed_in, inside(&page.next)),
        Err(error) => Wrong::of(error, &SIGNUP)?,
    };
    (page.errors, page.refused) = (wrong.errors, wrong.refused);
    Ok((wrong.status, wrong.again, Page::of(&page)?).into_response())
}

/// What is said of a form that was not taken.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) status: StatusCode,
    /// When it is worth another try (`Retry-After`), if that is known.
    pub(super) again: Option<[(HeaderName, HeaderValue); 1]>,
    pub(super) errors: Complaints,
    pub(super) refused: Option<&'static str>,
}

impl Wrong {
    /// What is said of an error, where fields have these labels; a fault goes on.
    pub(super) fn of(error: Error, labels: &'static [(&'static str, &'static str)]) -> Result<Wrong> {
        let again = error.retry_after().map(|seconds| [(header::RETRY_AFTER, HeaderValue::from(seconds))]);
        match error {
            Error::Invalid(fields) => {
                let errors = Complaints::of(&fields, labels);
                Ok(Wrong { status: StatusCode::BAD_REQUEST, again, errors, refused: None })
            }
            Error::Refused(refusal, _) => {
                let status = StatusCode::from_u16(refusal.status).map_err(Fault::because)?;
                Ok(Wrong { status, again, errors: Complaints::default(), refused: Some(refusal.sentence) })
            }
            other => Err(other),
        }
    }
}

fn enter(signed_in: &SignedIn, place: &str) -> Result<Response> {
    with_tokens(see_other(place), &signed_in.tokens)
}

/// Has the browser keep what it was handed.
pub(super) fn with_tokens(response: Response, tokens: &Tokens) -> Result<Response> {
    let response = with_cookie(response, &people::session_cookie(&tokens.access))?;
    match &tokens.device {
        Some(device) => with_cookie(response, &people::device_cookie(device)),
        None => Ok(response),
    }
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Result<Response> {
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie).map_err(Fault::because)?);
    Ok(response)
}

async fn logout(caller: Caller) -> Result<Response> {
    let frame = caller.view(|_, by| Ok(Frame::new(by, "door", "Sign out · CoreSync"))).await?;
    Ok(Page::of(&LogoutPage { frame })?.into_response())
}

async fn sign_out(caller: Caller) -> Result<Response> {
    people::sign_out(&caller).await?;
    let mut response = see_other("/");
    // Also what the browser has kept of answers for apps.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    with_cookie(response, &people::ended_cookie())
}
