//! Pages for forgotten passwords and for the links in emails. Opening a link only shows a page, because mail
//! scanners open links, too; the effect happens only when the button on the page is pressed. In the browser that signed
//! up, which no scanner has, the script of the page presses it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::web::{Input, Page, RawInput, see_other};
use kit::{AppState, Error, Result};
use people::{
    Actor, Caller, ConfirmAddress, Confirmed, Forgotten, LINK_EXPIRED, NewPassword, Purpose, SessionKind,
    Tokens,
};
use ui::{
    FieldErrors, FormInput, FormRejection, Frame, PostedForm, QueryForm, RawForm, format, local_path,
    unreferred, with_cookie,
};

use crate::sign_in::{first_page, with_tokens};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/password-reset/", get(forgotten).post(send))
        .route("/password-reset/new/", get(new_password).post(set))
        .route("/verify/", get(verify).post(confirm))
}

/// The token of the link; empty if it is missing.
struct LinkToken(String);

impl Input for LinkToken {
    fn parse(input: &mut RawInput) -> LinkToken {
        LinkToken(input.opt_text_within("token", 100).unwrap_or_default())
    }
}

#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage {
    frame: Frame,
    raw_form: RawForm,
    errors: FieldErrors,
    refused: Option<&'static str>,
    is_sent: bool,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage {
    frame: Frame,
    token: String,
    email: String,
    errors: FieldErrors,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    frame: Frame,
    token: String,
    link: Option<LinkShown>,
    errors: FieldErrors,
    refused: Option<&'static str>,
    is_done: bool,
}

/// What the link for an address would confirm.
struct LinkShown {
    email: String,
    /// The name of the account, if it may be shown.
    name: Option<String>,
    /// `Tuesday, November 24, 10:30, with Firefox on Linux, IP address 192.0.2.1`
    requested: Option<String>,
    needs_password: bool,
    is_new_account: bool,
}

fn forgotten_page(raw_form: RawForm) -> ForgottenPage {
    let frame = Frame::signed_out("Forgot password · CoreSync");
    ForgottenPage { frame, raw_form, errors: FieldErrors::default(), refused: None, is_sent: false }
}

async fn forgotten() -> Result<Page> {
    Page::of(&forgotten_page(RawForm::default()))
}

async fn send(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<Forgotten>,
) -> Result<Response> {
    let mut page = forgotten_page(raw_form);
    let client_info = caller.client_info().clone();
    let sent = match parsed {
        Ok(Forgotten { email }) => {
            caller.app().db.tx(move |tx| people::request_password_reset(tx, &client_info, &email)).await
        }
        Err(fields) => Err(Error::Invalid(fields)),
    };
    match sent {
        Ok(()) => page.is_sent = true,
        Err(error) => {
            let wrong = FormRejection::of(error, &[("email", "Email"), ("body", "Form")])?;
            (page.errors, page.refused) = (wrong.errors, wrong.refused);
            return Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response());
        }
    }
    Ok(Page::of(&page)?.into_response())
}

/// Returns the link of an email with the time zone of the club and the current time; `None` if the link is invalid.
async fn link(caller: &Caller, token: &str) -> Result<Option<(people::EmailLink, TimeZone, Timestamp)>> {
    let (token, client_info) = (token.to_owned(), caller.client_info().clone());
    let looked = caller.view(move |tx, by| {
        let link = people::describe_link(tx, by, &client_info, &token)?;
        Ok((link, catalogue::current(tx)?.club.zone.clone(), tx.now()))
    });
    match looked.await {
        Ok(found) => Ok(Some(found)),
        Err(Error::Refused(refusal, _)) if *refusal == LINK_EXPIRED => Ok(None),
        Err(error) => Err(error),
    }
}

async fn password_page(caller: &Caller, token: String) -> Result<NewPasswordPage> {
    let found = link(caller, &token).await?.filter(|(link, _, _)| link.purpose == Purpose::Password);
    Ok(NewPasswordPage {
        frame: Frame::signed_out("Set a password · CoreSync"),
        token,
        is_good: found.is_some(),
        email: found.map(|(link, _, _)| link.email).unwrap_or_default(),
        errors: FieldErrors::default(),
    })
}

async fn new_password(caller: Caller, QueryForm(form): QueryForm<LinkToken>) -> Result<Response> {
    let LinkToken(token) = form.parsed.unwrap_or(LinkToken(String::new()));
    let page = password_page(&caller, token).await?;
    let status = if page.is_good { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(unreferred((status, Page::of(&page)?)))
}

async fn set(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<NewPassword>,
) -> Result<Response> {
    let token = raw_form.get("token").to_owned();
    let done = match parsed {
        Ok(request) => {
            people::reset_password(caller.app(), caller.client_info(), request, SessionKind::Page).await
        }
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let error = match done {
        Ok(Some(device)) => return with_cookie(see_other("/login/"), &people::device_cookie(&device)),
        Ok(None) => return Ok(see_other("/login/")),
        Err(error) => error,
    };
    let wrong = FormRejection::of(error, &[("password", "New password"), ("body", "Form")])?;
    let page = NewPasswordPage { errors: wrong.errors, ..password_page(&caller, token).await? };
    Ok(unreferred((wrong.status, wrong.retry_after, Page::of(&page)?)))
}

async fn verify_page(caller: &Caller, token: String) -> Result<VerifyPage> {
    let found = link(caller, &token).await?.filter(|(link, _, _)| link.purpose != Purpose::Password);
    let shown = |(link, zone, now): (people::EmailLink, TimeZone, Timestamp)| {
        let is_new_account = link.purpose == Purpose::Address;
        let network = Some(link.account.network).filter(|network| !network.is_empty());
        let network = network.map(|network| format!("IP address {network}"));
        let from = [link.account.device.map(|device| format!("with {device}")), network];
        let from: Vec<String> = from.into_iter().flatten().collect();
        let at = format::moment(&zone, link.account.at, now);
        LinkShown {
            email: link.email,
            name: link.account.name,
            requested: is_new_account.then(|| [vec![at], from].concat().join(", ")),
            needs_password: link.needs_password,
            is_new_account,
        }
    };
    Ok(VerifyPage {
        frame: Frame::signed_out("Confirm your email · CoreSync"),
        token,
        link: found.map(shown),
        errors: FieldErrors::default(),
        refused: None,
        is_done: false,
    })
}

async fn verify(caller: Caller, QueryForm(form): QueryForm<LinkToken>) -> Result<Response> {
    let LinkToken(token) = form.parsed.unwrap_or(LinkToken(String::new()));
    let page = verify_page(&caller, token).await?;
    let status = if page.link.is_some() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(unreferred((status, Page::of(&page)?)))
}

async fn confirm(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<ConfirmAddress>,
) -> Result<Response> {
    let token = raw_form.get("token").to_owned();
    let done = match parsed {
        Ok(input) => people::confirm_address(&caller, input, SessionKind::Page).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let wrong = match done {
        Ok(confirmed) => match confirmed.tokens.clone() {
            Some(tokens) => return go_on(&caller, confirmed, &tokens).await,
            None => None,
        },
        Err(error) => Some(FormRejection::of(error, &CONFIRM)?),
    };
    let mut page = verify_page(&caller, token).await?;
    let Some(wrong) = wrong else {
        page.is_done = true;
        return Ok(unreferred(Page::of(&page)?));
    };
    (page.errors, page.refused) = (wrong.errors, wrong.refused);
    Ok(unreferred((wrong.status, wrong.retry_after, Page::of(&page)?)))
}

/// The names and labels of the fields.
const CONFIRM: [(&str, &str); 3] =
    [("password", "Password"), ("new_password", "New password"), ("body", "Form")];

/// Signs the browser in with the account that was just confirmed, passes the visitor's hold on to it, and redirects
/// to where the sign-up continues.
async fn go_on(caller: &Caller, confirmed: Confirmed, tokens: &Tokens) -> Result<Response> {
    // Any earlier sign-in of this browser ends.
    people::sign_out(caller).await?;
    let by = Actor::of(confirmed.person);
    let first = first_page(&by);
    if let Some(carried) = confirmed.carried {
        let taken = caller.app().db.tx(move |tx| bookings::take_over_carried(tx, &by, &carried)).await;
        match taken {
            Ok(_) | Err(Error::Refused(_, _)) => {}
            Err(error) => return Err(error),
        }
    }
    let next = confirmed.next.as_deref().and_then(local_path).unwrap_or(first).to_owned();
    let response = with_tokens(see_other(&next), tokens)?;
    with_cookie(response, &people::ended_sign_up_cookie())
}
