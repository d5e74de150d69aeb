//! The pages for signing in, signing up, and signing out.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bookings::{Holder, Status};
use bookings_pages::HoldToken;
use kit::config::Environment;
use kit::web::{Page, is_local, see_other};
use kit::{AppState, Error, Id, Result, Tx};
use people::{Action, Actor, AfterSignUp, Caller, SessionKind, SignIn, SignUp, SignedIn, Tokens};
use pictures::artwork::{self, Artwork};
use ui::format::{self, encoded};
use ui::{
    FieldErrors, FormInput, FormRejection, Frame, PostedForm, QueryForm, RawForm, local_path, with_cookie,
};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/login/", get(login).post(sign_in))
        .route("/signup/", get(signup).post(sign_up))
        .route("/signup/check/", get(check_email))
        .route("/signup/again/", post(send_again))
        .route("/logout/", get(logout).post(sign_out))
}

/// A form input with no fields of its own. The next path is read from the raw form.
struct Next;

impl kit::web::Input for Next {
    fn parse(_: &mut kit::web::RawInput) -> Next {
        Next
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    artwork: Artwork,
    raw_form: RawForm,
    next: String,
    errors: FieldErrors,
    refused: Option<&'static str>,
    /// The https address to use instead, if the page was requested over plain http, where no browser would stay
    /// signed in.
    plain_http: Option<String>,
}

#[derive(Template)]
#[template(path = "signup.html")]
struct SignupPage {
    frame: Frame,
    artwork: Artwork,
    raw_form: RawForm,
    next: String,
    errors: FieldErrors,
    refused: Option<&'static str>,
    /// The warning about a connection without encryption, as in [`LoginPage::plain_http`].
    plain_http: Option<String>,
}

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutPage {
    frame: Frame,
}

/// The names and labels of the fields, in order.
const LOGIN: [(&str, &str); 3] = [("email", "Email"), ("password", "Password"), ("body", "Form")];
const SIGNUP: [(&str, &str); 6] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("email", "Email"),
    ("phone", "Phone"),
    ("password", "Password"),
    ("body", "Form"),
];

fn next_of(raw_form: &RawForm) -> String {
    local_path(raw_form.get("next")).unwrap_or_default().to_owned()
}

fn login_page(artwork: Artwork, raw_form: RawForm, PlainHttp(plain_http): PlainHttp) -> LoginPage {
    let frame = Frame::signed_out("Sign in · CoreSync").about("Sign in to book and to see your visits.");
    LoginPage {
        frame,
        artwork,
        next: next_of(&raw_form),
        raw_form,
        errors: FieldErrors::default(),
        refused: None,
        plain_http,
    }
}

fn signup_page(artwork: Artwork, raw_form: RawForm, PlainHttp(plain_http): PlainHttp) -> SignupPage {
    let frame = Frame::signed_out("Create an account · CoreSync")
        .about("It takes a minute. Then any open time can be yours.");
    SignupPage {
        frame,
        artwork,
        next: next_of(&raw_form),
        raw_form,
        errors: FieldErrors::default(),
        refused: None,
        plain_http,
    }
}

/// Returns the artwork of the page and, for a person who is signed in already, the path that they are redirected to.
async fn sign_in_context(caller: &Caller, next: &str) -> Result<(Option<String>, Artwork)> {
    let next = next.to_owned();
    let read = move |tx: &mut Tx<'_>, by: &Actor| {
        // People can be added before there is a club.
        let shown = match catalogue::current(tx) {
            Ok(catalogue) => pictures::shown(tx, catalogue.club.id)?,
            Err(Error::NotFound) => Arc::default(),
            Err(error) => return Err(error),
        };
        let artwork = artwork::of_club_still(&shown);
        Ok((by.signed_in().map(|_| inside(&next, by).to_owned()), artwork))
    };
    caller.view(read).await
}

/// Returns the page on which a person begins: those who run the day on the day of the club, technicians on their own
/// day, and everyone else with their visits. Whoever may do several of these begins with the first.
pub(crate) fn first_page(by: &Actor) -> &'static str {
    if by.may(Action::RunTheDay) {
        "/staff/day/"
    } else if by.may(Action::SeeOwnVisits) {
        "/staff/my-day/"
    } else {
        "/dashboard/"
    }
}

/// Returns the path to which a person who signs in is redirected: `next` if the form has one.
fn inside<'n>(next: &'n str, by: &Actor) -> &'n str {
    if next.is_empty() { first_page(by) } else { next }
}

async fn login(caller: Caller, plain_http: PlainHttp, QueryForm(form): QueryForm<Next>) -> Result<Response> {
    let (inside, artwork) = sign_in_context(&caller, &next_of(&form.raw_form)).await?;
    if let Some(path) = inside {
        return Ok(see_other(&path));
    }
    let page = login_page(artwork, form.raw_form, plain_http);
    Ok(Page::of(&page)?.into_response())
}

async fn signup(caller: Caller, plain_http: PlainHttp, QueryForm(form): QueryForm<Next>) -> Result<Response> {
    let (inside, artwork) = sign_in_context(&caller, &next_of(&form.raw_form)).await?;
    if let Some(path) = inside {
        return Ok(see_other(&path));
    }
    let page = signup_page(artwork, form.raw_form, plain_http);
    Ok(Page::of(&page)?.into_response())
}

async fn sign_in(
    caller: Caller,
    plain_http: PlainHttp,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<SignIn>,
) -> Result<Response> {
    let (_, artwork) = sign_in_context(&caller, "").await?;
    let mut page = login_page(artwork, raw_form, plain_http);
    if page.plain_http.is_some() {
        return Ok((StatusCode::BAD_REQUEST, Page::of(&page)?).into_response());
    }
    let outcome = match parsed {
        Ok(attempt) => people::sign_in(caller.app(), caller.client_info(), attempt, SessionKind::Page).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let wrong = match outcome {
        Ok(signed_in) => {
            // Any earlier sign-in of this browser ends.
            people::sign_out(&caller).await?;
            let by = Actor::of(signed_in.person.clone());
            return enter(&signed_in, inside(&page.next, &by));
        }
        Err(error) => FormRejection::of(error, &LOGIN)?,
    };
    (page.errors, page.refused) = (wrong.errors, wrong.refused);
    Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response())
}

async fn sign_up(
    caller: Caller,
    plain_http: PlainHttp,
    HoldToken(token): HoldToken,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<SignUp>,
) -> Result<Response> {
    let (_, artwork) = sign_in_context(&caller, "").await?;
    let mut page = signup_page(artwork, raw_form, plain_http);
    let next = Some(page.next.clone()).filter(|next| !next.is_empty());
    let outcome = match parsed {
        Ok(sign_up) => people::sign_up(&caller, sign_up, AfterSignUp { next, carried: token }).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let wrong = match outcome {
        Ok(browser) => {
            return with_cookie(see_other(&check_path(&page.next)), &people::sign_up_cookie(&browser));
        }
        Err(error) => FormRejection::of(error, &SIGNUP)?,
    };
    (page.errors, page.refused) = (wrong.errors, wrong.refused);
    Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response())
}

/// Returns the path of the page that follows every sign-up, whatever the address.
fn check_path(next: &str) -> String {
    if next.is_empty() {
        "/signup/check/".to_owned()
    } else {
        format!("/signup/check/?next={}", encoded(next))
    }
}

/// A time that stays on hold while the visitor looks for the email.
struct HeldTime {
    path: String,
    service: String,
    until: String,
    until_iso: String,
    now_iso: String,
}

#[derive(Template)]
#[template(path = "check_email.html")]
struct CheckEmailPage {
    frame: Frame,
    next: String,
    held: Option<HeldTime>,
    refused: Option<&'static str>,
    is_sent: bool,
}

async fn check_email(
    caller: Caller,
    HoldToken(token): HoldToken,
    QueryForm(form): QueryForm<Next>,
) -> Result<Response> {
    let next = next_of(&form.raw_form);
    let path = next.clone();
    let held =
        caller.view(move |tx, by| held_time(tx, Holder { by, token: token.as_deref() }, &path)).await?;
    let frame = Frame::signed_out("Check your email · CoreSync");
    let is_sent = form.raw_form.get("sent") == "1";
    Ok(Page::of(&CheckEmailPage { frame, next, held, refused: None, is_sent })?.into_response())
}

/// Returns the hold behind a path, if it belongs to this holder and has not expired.
fn held_time(tx: &mut Tx<'_>, holder: Holder<'_>, path: &str) -> Result<Option<HeldTime>> {
    let id = path.strip_prefix("/book/held/").and_then(|rest| rest.trim_end_matches('/').parse().ok());
    let Some(id) = id.map(Id) else { return Ok(None) };
    let held = match bookings::held(tx, holder, id) {
        Ok(held) => held,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let now = tx.now();
    let Some(until) = held.hold.expires_at.filter(|until| held.status == Status::Held && *until > now) else {
        return Ok(None);
    };
    let catalogue = catalogue::current(tx)?;
    let service = catalogue.service(held.service).map(|service| service.name.clone());
    Ok(Some(HeldTime {
        path: path.to_owned(),
        service: service.unwrap_or_default(),
        until: format::clock(&catalogue.club.zone, until),
        until_iso: until.to_string(),
        now_iso: now.to_string(),
    }))
}

/// The address of a sign-up. Not needed in the browser that signed up.
struct Again(Option<String>);

impl kit::web::Input for Again {
    fn parse(input: &mut kit::web::RawInput) -> Again {
        Again(people::opt_email(input, "email"))
    }
}

async fn send_again(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<Again>,
) -> Result<Response> {
    let Again(email) = parsed.map_err(Error::Invalid)?;
    let (client_info, next) = (caller.client_info().clone(), next_of(&raw_form));
    let sent =
        caller.app().db.tx(move |tx| people::request_link_again(tx, &client_info, email.as_deref())).await;
    let Err(error) = sent else {
        let path = check_path(&next);
        let joint = if path.contains('?') { '&' } else { '?' };
        return Ok(see_other(&format!("{path}{joint}sent=1")));
    };
    let wrong = FormRejection::of(error, &LOGIN)?;
    let frame = Frame::signed_out("Check your email · CoreSync");
    let page = CheckEmailPage { frame, next, held: None, refused: wrong.refused, is_sent: false };
    Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response())
}

/// The https address to use instead, if the page was requested over plain http with a host other than localhost,
/// where no browser would stay signed in.
pub(crate) struct PlainHttp(Option<String>);

impl FromRequestParts<AppState> for PlainHttp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<PlainHttp, Infallible> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let host = header("host").and_then(|host| host.parse::<Authority>().ok());
        let Some(host) = host.filter(|host| !is_local(host.host())) else { return Ok(PlainHttp(None)) };
        let public = app.config.public_url.parse::<Uri>().unwrap_or_default();
        // The configured https address is served by a proxy. The proxy can report that a request used plain http.
        let is_configured = public.host().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
        // In production, only the configured host and the host names of clubs are answered.
        let is_ours = is_configured || app.config.env == Environment::Production;
        let is_safe = match header("x-forwarded-proto") {
            Some(proto) => proto.eq_ignore_ascii_case("https"),
            None => is_ours && public.scheme_str() == Some("https"),
        };
        let way = match (public.scheme_str(), public.host()) {
            (Some("https"), _) if is_configured || app.config.env != Environment::Production => {
                app.config.public_url.clone()
            }
            (_, Some(name)) if is_local(name) => app.config.public_url.clone(),
            _ => format!("https://{host}"),
        };
        Ok(PlainHttp((!is_safe).then_some(way)))
    }
}

fn enter(signed_in: &SignedIn, place: &str) -> Result<Response> {
    with_tokens(see_other(place), &signed_in.tokens)
}

/// Adds the cookies for the issued tokens to a response.
pub(crate) fn with_tokens(response: Response, tokens: &Tokens) -> Result<Response> {
    let response = with_cookie(response, &people::session_cookie(&tokens.access))?;
    match &tokens.device {
        Some(device) => with_cookie(response, &people::device_cookie(device)),
        None => Ok(response),
    }
}

async fn logout(caller: Caller) -> Result<Response> {
    let frame = caller.view(|_, by| Ok(Frame::new(by, "door", "Sign out · CoreSync"))).await?;
    Ok(Page::of(&LogoutPage { frame })?.into_response())
}

async fn sign_out(caller: Caller) -> Result<Response> {
    people::sign_out(&caller).await?;
    let mut response = see_other("/");
    // Also clears the cached responses of the browser.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    with_cookie(response, &people::ended_cookie())
}
