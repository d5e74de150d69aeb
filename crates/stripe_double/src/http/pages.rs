//! The hosted page of a Checkout Session, and the bank's page.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::html::{self, FormValues};
use super::reply;
use crate::actions::methods::CardEntry;
use crate::actions::{bank as bank_page, sessions};
use crate::context::Context;
use crate::double::Double;
use crate::model::{DoubleFault, InjectedFault, Session, SessionState};
use crate::params::Params;

/// What a page leads to.
enum Shown {
    Page(u16, String),
    Redirect(String),
    /// Everything is down.
    Cut,
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let (status, page) = match self {
            Shown::Page(status, page) => (status, page),
            Shown::Redirect(url) => return Redirect::to(&url).into_response(),
            Shown::Cut => return reply::cut(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
        ];
        (status, headers, page).into_response()
    }
}

pub(crate) async fn style() -> Response {
    let content_type = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, content_type)], include_str!("double.css")).into_response()
}

/// Shows a page from the state.
async fn show(
    double: &Double,
    action: impl FnOnce(&mut Context<'_>) -> (Shown, bool) + Send + 'static,
) -> Response {
    let run = move |context: &mut Context<'_>| {
        let is_down = |fault: &DoubleFault| fault.kind == InjectedFault::Down && fault.only.is_empty();
        match context.take_fault(is_down) {
            Some(_) => (Shown::Cut, true),
            None => action(context),
        }
    };
    match double.work(None, run).await {
        Ok(shown) => shown.into_response(),
        Err(_) => Shown::Page(500, "The state cannot be stored.".to_owned()).into_response(),
    }
}

fn over(url: &str, status: u16, text: &str) -> Shown {
    Shown::Page(status, html::page(url, "This page is no longer open", &format!("<p>{text}</p>\n")))
}

pub(crate) async fn checkout(State(double): State<Double>, Path(id): Path<String>) -> Response {
    let shown = move |context: &mut Context<'_>| {
        let email = context.session(&id).ok().and_then(|session| session.customer_email.clone());
        let values = FormValues { email: email.unwrap_or_default(), ..FormValues::default() };
        (checkout_of(context, &id, None, values), false)
    };
    show(&double, shown).await
}

/// Returns the hosted page in the state that its session has.
fn checkout_of(context: &Context<'_>, id: &str, error: Option<(u16, String)>, values: FormValues) -> Shown {
    let Ok(session) = context.session(id) else {
        return over(context.url, 404, "There is no page at this address.");
    };
    match session.state {
        SessionState::Open => {}
        SessionState::Complete => return Shown::Redirect(bank_page::success_url(session)),
        SessionState::Expired => {
            return over(context.url, 410, "Too much time has passed. Go back to the shop and start again.");
        }
    }
    let currency = session.currency.clone().unwrap_or_default();
    let item = |(name, cents): (String, i64)| (name, html::amount(cents, &currency));
    let items =
        session.items.iter().map(|one| (one.name.clone(), one.amount * one.quantity)).map(item).collect();
    let (status, error) = match error.or_else(|| last_error(context, session).map(|text| (200, text))) {
        Some((status, text)) => (status, Some(text)),
        None => (200, None),
    };
    let page = html::Checkout {
        url: context.url,
        id,
        items,
        total: (!session.is_setup).then(|| html::amount(session.amount(), &currency)),
        cancel_url: session.cancel_url.as_deref(),
        error,
        values,
    };
    Shown::Page(status, html::checkout(&page))
}

/// Why the last try of the payer failed, if it did.
fn last_error(context: &Context<'_>, session: &Session) -> Option<String> {
    let error = match (&session.payment, &session.setup) {
        (Some(payment), _) => context.payment(payment).ok()?.intent.error.clone(),
        (None, Some(setup)) => context.setup(setup).ok()?.intent.error.clone(),
        (None, None) => None,
    };
    error.map(|error| error.message)
}

pub(crate) async fn pay(State(double): State<Double>, Path(id): Path<String>, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    show(&double, move |context| (pay_with(context, &id, &body), true)).await
}

fn pay_with(context: &mut Context<'_>, id: &str, body: &str) -> Shown {
    let params = Params::parse(body).unwrap_or_default();
    let text = |name: &str| params.text(name).ok().flatten().unwrap_or_default().trim().to_owned();
    let (number, expiry) = (text("card_number"), text("expiry"));
    let (month, year) = expiry.split_once('/').unwrap_or((&expiry, ""));
    let number_of = |text: &str| text.trim().parse().unwrap_or(0);
    let values = FormValues { email: text("email"), name: text("name") };
    let card = CardEntry {
        number: &number,
        exp_month: number_of(month),
        exp_year: number_of(year),
        email: Some(values.email.clone()).filter(|text| !text.is_empty()),
        name: Some(values.name.clone()).filter(|text| !text.is_empty()),
    };
    if let Err(error) = sessions::submit(context, id, card) {
        return checkout_of(context, id, Some((402, error.message)), values);
    }
    match challenge_of(context, id) {
        Some(token) => Shown::Redirect(format!("{}/bank/{token}", context.url)),
        None => checkout_of(context, id, None, values),
    }
}

/// The token of the bank's page, if the payer of a session has to authenticate.
fn challenge_of(context: &Context<'_>, id: &str) -> Option<String> {
    let session = context.session(id).ok()?;
    match (&session.payment, &session.setup) {
        (Some(payment), _) => context.payment(payment).ok()?.intent.challenge.clone(),
        (None, Some(setup)) => context.setup(setup).ok()?.intent.challenge.clone(),
        (None, None) => None,
    }
}

pub(crate) async fn bank(State(double): State<Double>, Path(token): Path<String>) -> Response {
    let shown = move |context: &mut Context<'_>| {
        let Some(challenge) = bank_page::challenge(context, &token) else {
            return (over(context.url, 410, "There is nothing to approve."), false);
        };
        let amount = challenge.amount.map(|(cents, currency)| html::amount(cents, &currency));
        (Shown::Page(200, html::bank(context.url, &token, amount.as_deref(), &challenge.last4)), false)
    };
    show(&double, shown).await
}

pub(crate) async fn authenticate(
    State(double): State<Double>,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let is_authenticated = body.as_ref() == b"answer=approve";
    let answered = move |context: &mut Context<'_>| match bank_page::answer(context, &token, is_authenticated)
    {
        Ok(Some(url)) => (Shown::Redirect(url), true),
        _ => (over(context.url, 410, "There is nothing to approve."), true),
    };
    show(&double, answered).await
}
