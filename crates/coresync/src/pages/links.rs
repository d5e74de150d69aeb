//! Forgotten passwords, and what the links of letters lead to. A page is drawn by whoever opens a link (a program that looks
//! through mail, too); something happens only when its button is pressed.

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::{Input, Page, Words, see_other};
use kit::{Error, House, Result};
use people::{Caller, Forgotten, LINK_EXPIRED, NewPassword, Purpose, Token};

use super::account::{Wrong, at_the_door};
use super::frame::Frame;
use super::sheet::{Asked, Complaints, Posted, Sheet, Typed};

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/password-reset/", get(forgotten).post(send))
        .route("/password-reset/new/", get(new_password).post(set))
        .route("/verify/", get(verify).post(confirm))
}

/// The link's token, or none.
struct Link(String);

impl Input for Link {
    fn parse(words: &mut Words) -> Link {
        Link(words.opt_text_within("token", 100).unwrap_or_default())
    }
}

#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage {
    frame: Frame,
    typed: Typed,
    errors: Complaints,
    refused: Option<&'static str>,
    is_sent: bool,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage {
    frame: Frame,
    token: String,
    email: String,
    errors: Complaints,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    frame: Frame,
    token: String,
    email: Option<String>,
    refused: Option<&'static str>,
    is_done: bool,
}

/// The address of this page opens something: it is told to nobody.
pub(super) fn unreferred(page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn forgotten_page(typed: Typed) -> ForgottenPage {
    let frame = Frame { listed: false, ..at_the_door("Forgotten password · CoreSync") };
    ForgottenPage { frame, typed, errors: Complaints::default(), refused: None, is_sent: false }
}

async fn forgotten() -> Result<Page> {
    Page::of(&forgotten_page(Typed::default()))
}

async fn send(caller: Caller, Posted(Sheet { typed, read }): Posted<Forgotten>) -> Result<Response> {
    let mut page = forgotten_page(typed);
    let whence = caller.whence().clone();
    let asked = match read {
        Ok(Forgotten { email }) => {
            caller.house().db.tx(move |tx| people::ask_reset(tx, &whence, &email)).await
        }
        Err(fields) => Err(Error::Invalid(fields)),
    };
    match asked {
        Ok(()) => page.is_sent = true,
        Err(error) => {
            let wrong = Wrong::of(error, &[("email", "E-mail address"), ("body", "Form")])?;
            (page.errors, page.refused) = (wrong.errors, wrong.refused);
            return Ok((wrong.status, wrong.again, Page::of(&page)?).into_response());
        }
    }
    Ok(Page::of(&page)?.into_response())
}

/// The address that a link is about, if it is good and for this.
async fn address(house: &House, token: &str, purpose: Purpose) -> Result<Option<String>> {
    let token = token.to_owned();
    match house.db.view(move |tx| people::look_at(tx, &token)).await {
        Ok((found, email)) => Ok(Some(email).filter(|_| found == purpose)),
        Err(Error::Refused(refusal, _)) if *refusal == LINK_EXPIRED => Ok(None),
        Err(error) => Err(error),
    }
}

async fn password_page(house: &House, token: String) -> Result<NewPasswordPage> {
    let email = address(house, &token, Purpose::Password).await?;
    Ok(NewPasswordPage {
        frame: at_the_door("Set a password · CoreSync"),
        token,
        is_good: email.is_some(),
        email: email.unwrap_or_default(),
        errors: Complaints::default(),
    })
}

async fn new_password(caller: Caller, Asked(sheet): Asked<Link>) -> Result<Response> {
    let Link(token) = sheet.read.unwrap_or(Link(String::new()));
    let page = password_page(caller.house(), token).await?;
    let status = if page.is_good { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(unreferred((status, Page::of(&page)?)))
}

async fn set(caller: Caller, Posted(Sheet { typed, read }): Posted<NewPassword>) -> Result<Response> {
    let token = typed.get("token").to_owned();
    let done = match read {
        Ok(wish) => people::reset_password(caller.house(), caller.whence(), wish).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let Err(error) = done else { return Ok(see_other("/login/")) };
    let wrong = Wrong::of(error, &[("password", "New password"), ("body", "Form")])?;
    let page = NewPasswordPage { errors: wrong.errors, ..password_page(caller.house(), token).await? };
    Ok(unreferred((StatusCode::BAD_REQUEST, Page::of(&page)?)))
}

async fn verify_page(house: &House, token: String) -> Result<VerifyPage> {
    let email = address(house, &token, Purpose::Address).await?;
    Ok(VerifyPage {
        frame: at_the_door("Confirm your address · CoreSync"),
        token,
        email,
        refused: None,
        is_done: false,
    })
}

async fn verify(caller: Caller, Asked(sheet): Asked<Link>) -> Result<Response> {
    let Link(token) = sheet.read.unwrap_or(Link(String::new()));
    let page = verify_page(caller.house(), token).await?;
    let status = if page.email.is_some() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(unreferred((status, Page::of(&page)?)))
}

async fn confirm(caller: Caller, Posted(Sheet { typed, read }): Posted<Token>) -> Result<Response> {
    let token = typed.get("token").to_owned();
    let done = match read {
        Ok(Token { token }) => caller.tx(move |tx, by| people::confirm_address(tx, by, &token)).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let mut page = verify_page(caller.house(), token).await?;
    let status = match done {
        Ok(()) => {
            page.is_done = true;
            StatusCode::OK
        }
        Err(error) => {
            let wrong = Wrong::of(error, &[])?;
            page.refused = wrong.refused;
            wrong.status
        }
    };
    Ok(unreferred((status, Page::of(&page)?)))
}
