//! The privacy page: a person exports their data, gives consent, or has their account erased.

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::errors::OrFault as _;
use kit::web::{Input, Page, RawInput, see_other};
use kit::{AppState, Error, Fields, Result, Tx};
use people::{Actor, AuditEvent, Caller, ConfirmedErasure, Consent, Role};
use serde_json::{Value, json};
use ui::{
    Done, FieldErrors, FormInput, FormRejection, Frame, PostedForm, QueryForm, format, or_sign_in,
    with_cookie,
};

const HERE: &str = "/dashboard/privacy/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/privacy/", get(show))
        .route("/dashboard/privacy/export/", post(export))
        .route("/dashboard/privacy/consents/", post(agree))
        .route("/dashboard/privacy/erase/", post(erase))
}

const LABELS: [(&str, &str); 3] =
    [("current_password", "Your password"), ("sure", "I understand this can’t be undone"), ("body", "Form")];

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    frame: Frame,
    errors: FieldErrors,
    refused: Option<&'static str>,
    done: Option<&'static str>,
    agreements: Vec<(&'static str, &'static str, bool)>,
    consents: Vec<String>,
    is_staff: bool,
    hindrance: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    frame: Frame,
}

async fn show(caller: Caller, QueryForm(form): QueryForm<Done>) -> Result<Response> {
    let done = form.parsed.is_ok_and(|Done(done)| done.is_some()).then_some("Saved.");
    let drawn = caller.view(move |tx, by| draw(tx, by).map(|page| PrivacyPage { done, ..page })).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

/// Returns the reason why the person can't be erased yet, or `None`.
fn hindrance(tx: &mut Tx<'_>, by: &Actor) -> Result<Option<&'static str>> {
    let is_ahead = bookings::has_ahead(tx, by.person()?.id)?;
    Ok(is_ahead.then_some("You have an upcoming visit or a held time. Cancel or release it first; you’ll see any fee before you confirm."))
}

/// Returns what a consent is about, in words. A kind that is no longer offered is shown by its name.
fn consent_label(kind: &str) -> &str {
    match kind {
        "face" => "Face recognition",
        "history" => "Service suggestions",
        "news" => "Club news",
        other => other,
    }
}

fn draw(tx: &mut Tx<'_>, by: &Actor) -> Result<PrivacyPage> {
    let consents = people::my_consents(tx, by)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let zone = &catalogue.club.zone;
    let is_given = |kind: &str, version: &str| {
        let one = |one: &Consent| one.kind == kind && one.version == version && one.withdrawn_at.is_none();
        consents.iter().any(one)
    };
    let line = |one: &Consent| {
        let given = format::moment(zone, one.given_at, now);
        let until = one.withdrawn_at.map(|at| format!("; withdrawn {}", format::moment(zone, at, now)));
        format!("{}: agreed {given}{}", consent_label(&one.kind), until.unwrap_or_default())
    };
    Ok(PrivacyPage {
        frame: Frame::new(by, "privacy", "Privacy · CoreSync"),
        errors: FieldErrors::default(),
        refused: None,
        done: None,
        agreements: people::AGREEMENTS
            .iter()
            .map(|one| (one.kind, one.text, is_given(one.kind, one.version)))
            .collect(),
        consents: consents.iter().map(line).collect(),
        is_staff: people::has_any_role(tx, by.person()?.id)?,
        hindrance: hindrance(tx, by)?,
    })
}

async fn export(caller: Caller) -> Result<Response> {
    let whole = caller.tx(|tx, by| {
        let whole = everything(tx, by)?;
        people::note(tx, by, AuditEvent::Exported, by.id(), json!({}))?;
        Ok(whole)
    });
    let answered = whole.await.and_then(|whole| {
        let text = serde_json::to_string_pretty(&whole).or_fault()?;
        let kind = HeaderValue::from_static("application/json");
        let name = HeaderValue::from_static("attachment; filename=\"coresync-my-data.json\"");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
    });
    or_sign_in(answered, HERE)
}

/// Returns all data that any crate stores about the caller.
fn everything(tx: &mut Tx<'_>, by: &Actor) -> Result<Value> {
    let person = by.person()?.clone();
    let (sign_ins, _) = people::my_sign_ins(tx, by)?;
    let sign_ins: Vec<Value> = sign_ins
        .into_iter()
        .map(|one| {
            json!({"device": one.device, "network": one.network, "opened_at": one.opened_at, "seen_at": one.seen_at})
        })
        .collect();
    let notices: Vec<Value> = people::my_notification_kinds(tx, by)?
        .into_iter()
        .map(|(notification_kind, requested)| json!({"kind": notification_kind.name(), "email": requested}))
        .collect();
    let addresses: Vec<Value> = people::my_addresses(tx, by)?
        .into_iter()
        .map(|(email, since)| json!({"email": email, "since": since}))
        .collect();
    let devices: Vec<Value> =
        people::my_devices(tx, by)?.into_iter().map(|(what, at)| json!({"what": what, "at": at})).collect();
    let roles = tx.in_each_club(|tx| {
        let club = catalogue::current(tx)?.club.name.clone();
        Ok((club, people::person(tx, person.id)?.role))
    })?;
    let roles: Vec<Value> = roles
        .into_iter()
        .filter(|(_, role)| *role != Role::Account)
        .map(|(club, role)| json!({"club": club, "role": role}))
        .collect();
    Ok(json!({
        "made_at": tx.now(),
        "account": {
            "id": person.id, "email": person.email, "first_name": person.first_name, "last_name": person.last_name,
            "phone": person.phone, "birthday": person.birthday, "role": person.role, "created_at": person.created_at,
            "confirmed_at": person.verified_at,
        },
        "roles": roles,
        "emergency_contact": people::emergency_contact(tx, by)?,
        "preferences": people::preferences(tx, by)?,
        "notices": notices,
        "agreements": people::my_consents(tx, by)?,
        "signed_in_with": sign_ins,
        "other_addresses": addresses,
        "browsers_and_links": devices,
        "bookings": bookings::export(tx, by)?,
        "waitlist": bookings::export_waits(tx, by)?,
        "late_cancellations": bookings::export_lapses(tx, by)?,
        "birthday_gifts": membership::export_gifts(tx, by)?,
        "memberships": membership::export(tx, by)?,
        "charges": money::export(tx, by)?,
        "payments": money::export_payments(tx, by)?, "refunds": money::export_refunds(tx, by)?,
        "ledger": ledger::export(tx, by)?,
        "audit_log": people::audit_of_me(tx, by)?,
    }))
}

/// The kinds of agreements that the person ticked.
struct AgreedKinds(Vec<String>);

impl Input for AgreedKinds {
    fn parse(input: &mut RawInput) -> AgreedKinds {
        AgreedKinds(input.many("agree").iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    }
}

async fn agree(
    caller: Caller,
    PostedForm(FormInput { parsed, .. }): PostedForm<AgreedKinds>,
) -> Result<Response> {
    let AgreedKinds(kinds) = parsed.map_err(Error::Invalid)?;
    let done = caller.tx(move |tx, by| people::agree_to(tx, by, &kinds)).await;
    or_sign_in(done.map(|()| see_other("/dashboard/privacy/?done=1")), HERE)
}

/// The password with which a person confirms the erasure of their account.
struct EraseForm(String);

impl Input for EraseForm {
    fn parse(input: &mut RawInput) -> EraseForm {
        let password = input.secret("current_password").unwrap_or_default();
        if password.is_empty() {
            input.add_error("current_password", "This field is required.");
        }
        if input.raw("sure").and_then(Value::as_str) != Some("yes") {
            input.add_error("sure", "Check this box to confirm.");
        }
        EraseForm(password)
    }
}

async fn erase(
    caller: Caller,
    PostedForm(FormInput { parsed, .. }): PostedForm<EraseForm>,
) -> Result<Response> {
    let done = match parsed {
        Ok(EraseForm(password)) => erase_now(&caller, password).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let error = match done {
        Ok(()) => {
            let frame = Frame::new(&Actor::visitor(), "", "Erased · CoreSync");
            return with_cookie(Page::of(&ErasedPage { frame })?.into_response(), &people::ended_cookie());
        }
        Err(error @ (Error::Unauthorized | Error::Forbidden)) => {
            return or_sign_in(Err::<Page, _>(error), HERE);
        }
        Err(error) => error,
    };
    let wrong = FormRejection::of(error, &LABELS)?;
    let drawn = caller.view(draw).await;
    let page = drawn.and_then(|page| {
        let page = PrivacyPage { errors: wrong.errors, refused: wrong.refused, ..page };
        Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response())
    });
    or_sign_in(page, HERE)
}

async fn erase_now(caller: &Caller, password: String) -> Result<()> {
    caller
        .view(|tx, by| match people::has_any_role(tx, by.person()?.id)? {
            true => Err(by.forbidden("erasing a colleague")),
            false => Ok(()),
        })
        .await?;
    let leaver: ConfirmedErasure = people::confirm_erasure(caller, password).await?;
    caller.tx(move |tx, by| take_out(tx, by, &leaver)).await
}

/// Erases the person's data in every crate, in one transaction.
fn take_out(tx: &mut Tx<'_>, by: &Actor, leaver: &ConfirmedErasure) -> Result<()> {
    let person = by.person()?.clone();
    if let Some(sentence) = hindrance(tx, by)? {
        return Err(Fields::one("body", sentence));
    }
    let guests = bookings::guest_addresses(tx, person.id)?;
    bookings::forget_person(tx, person.id)?;
    tx.in_each_club(|tx| match membership::leave(tx, by, person.id) {
        // A refusal means that there is no membership to end.
        Err(Error::Refused(_, _)) | Ok(()) => Ok(()),
        Err(error) => Err(error),
    })?;
    messages::forget_person(tx, person.id)?;
    let others: Vec<String> = people::my_addresses(tx, by)?.into_iter().map(|(email, _)| email).collect();
    for email in person.email.iter().chain(&guests).chain(&others) {
        // Emails to an address that now belongs to another account are that account's, so they are kept.
        let owner = people::person_by_email(tx, email)?;
        if owner.is_none_or(|owner| owner.id == person.id) {
            messages::forget(tx, email)?;
        }
    }
    if let Some(email) = &person.email {
        bookings::forget_address(tx, email)?;
    }
    people::erase(tx, by, leaver)
}
