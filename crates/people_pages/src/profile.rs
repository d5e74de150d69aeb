//! The page for the profile, the email address, and the password.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::web::{Input, Page, RawInput, see_other};
use kit::{AppState, Error, Fields, Result, Tx};
use people::{Actor, Caller, ChangePassword, EmergencyContact, NewAddress, ProfileChange, SessionKind};
use ui::{Done, FieldErrors, FormInput, FormRejection, Frame, PostedForm, QueryForm, RawForm, or_sign_in};

use crate::sign_in::with_tokens;

const HERE: &str = "/dashboard/profile/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/profile/", get(show).post(save))
        .route("/dashboard/profile/confirm/", post(confirm_again))
        .route("/dashboard/profile/address/", post(change_address))
        .route("/dashboard/profile/password/", post(change_password))
}

const LABELS: [(&str, &str); 12] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("phone", "Phone"),
    ("birthday", "Birthday"),
    ("contact_name", "Their name"),
    ("contact_phone", "Their phone"),
    ("contact_relation", "Relationship"),
    ("email", "New email"),
    ("current_password", "Your password"),
    ("present_password", "Current password"),
    ("new_password", "New password"),
    ("body", "Form"),
];

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    raw_form: RawForm,
    errors: FieldErrors,
    refused: Option<&'static str>,
    done: Option<&'static str>,
    email: String,
    is_verified: bool,
}

fn sentence(done: Option<&str>) -> Option<&'static str> {
    match done? {
        "saved" => Some("Saved."),
        "email" => Some("Check your email for our link."),
        "password" => Some("Your password is changed. You’re signed out on your other devices."),
        _ => None,
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<Done>) -> Result<Response> {
    let done = form.parsed.ok().and_then(|Done(done)| sentence(done.as_deref()));
    let drawn = caller.view(move |tx, by| draw(tx, by, None).map(|page| ProfilePage { done, ..page })).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

/// Renders the page with the stored values, or with the values of the rejected form.
fn draw(tx: &mut Tx<'_>, by: &Actor, raw_form: Option<RawForm>) -> Result<ProfilePage> {
    let person = by.person()?;
    let contact = people::emergency_contact(tx, by)?;
    let field =
        |parsed: fn(&EmergencyContact) -> &String| contact.as_ref().map(parsed).cloned().unwrap_or_default();
    let stored = [
        ("first_name", person.first_name.clone()),
        ("last_name", person.last_name.clone()),
        ("phone", person.phone.as_deref().map(people::format_phone).unwrap_or_default()),
        ("birthday", person.birthday.map(|day| day.to_string()).unwrap_or_default()),
        ("contact_name", field(|contact| &contact.name)),
        ("contact_phone", field(|contact| &contact.phone)),
        ("contact_relation", field(|contact| &contact.relation)),
    ];
    Ok(ProfilePage {
        frame: Frame::new(by, "profile", "Profile · CoreSync"),
        raw_form: match raw_form {
            Some(raw_form) => raw_form.over(&stored)?,
            None => RawForm::default().over(&stored)?,
        },
        errors: FieldErrors::default(),
        refused: None,
        done: None,
        email: person.email.clone().unwrap_or_default(),
        is_verified: person.is_verified(),
    })
}

/// The profile as its form sends it: an empty field removes the value.
struct ProfileForm(ProfileChange);

impl Input for ProfileForm {
    fn parse(input: &mut RawInput) -> ProfileForm {
        let mut needed = |field: &str| {
            let name = people::opt_name(input, field);
            if name.is_none() {
                input.add_error(field, "This field is required.");
            }
            name
        };
        let (first_name, last_name) = (needed("first_name"), needed("last_name"));
        let (phone, birthday) = (people::opt_phone(input, "phone"), people::opt_birthday(input));
        ProfileForm(ProfileChange {
            first_name,
            last_name,
            phone: Some(phone),
            birthday: Some(birthday),
            emergency_contact: Some(contact(input)),
        })
    }
}

/// Parses the emergency contact. Either all three fields are filled or none is.
fn contact(input: &mut RawInput) -> Option<EmergencyContact> {
    let name = people::opt_name(input, "contact_name");
    let phone = people::opt_phone(input, "contact_phone");
    let relation = input.opt_text_within("contact_relation", 80);
    if name.is_none() && phone.is_none() && relation.is_none() {
        return None;
    }
    for (field, is_there) in [
        ("contact_name", name.is_some()),
        ("contact_phone", phone.is_some()),
        ("contact_relation", relation.is_some()),
    ] {
        if !is_there {
            input.add_error(field, "Fill in all three, or leave all three blank.");
        }
    }
    Some(EmergencyContact { name: name?, phone: phone?, relation: relation? })
}

async fn save(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<ProfileForm>,
) -> Result<Response> {
    let done = match parsed {
        Ok(ProfileForm(change)) => {
            caller.tx(move |tx, by| people::change_profile(tx, by, &change).map(drop)).await
        }
        Err(fields) => Err(Error::Invalid(fields)),
    };
    answer(&caller, done.map(|()| see_other("/dashboard/profile/?done=saved")), raw_form).await
}

async fn confirm_again(caller: Caller) -> Result<Response> {
    let client_info = caller.client_info().clone();
    let done = caller
        .tx(move |tx, by| {
            let person = by.person()?;
            let email = person.email.as_deref().filter(|_| !person.is_verified());
            people::request_link_again(tx, &client_info, email)
        })
        .await;
    let answered = done.map(|()| see_other("/dashboard/profile/?done=email"));
    answer(&caller, answered, RawForm::default()).await
}

async fn change_address(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<NewAddress>,
) -> Result<Response> {
    let done = match parsed {
        Ok(request) => people::request_address_change(&caller, request).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    answer(&caller, done.map(|()| see_other("/dashboard/profile/?done=email")), raw_form).await
}

/// The change of a password as the form of this page sends it. Its fields have other names than in the API, because
/// two forms on one page must not share a field name.
struct PasswordForm(ChangePassword);

impl Input for PasswordForm {
    fn parse(input: &mut RawInput) -> PasswordForm {
        let current_password = input.secret("present_password").unwrap_or_default();
        if current_password.is_empty() {
            input.add_error("present_password", "This field is required.");
        }
        let new_password = input.secret("new_password").unwrap_or_default();
        if let Err(Error::Invalid(fields)) = people::check_password(&new_password, "") {
            input.add_error("new_password", fields.0.values().next().cloned().unwrap_or_default());
        }
        PasswordForm(ChangePassword { current_password, new_password })
    }
}

async fn change_password(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<PasswordForm>,
) -> Result<Response> {
    let done = match parsed {
        Ok(PasswordForm(change)) => people::change_password(&caller, change, SessionKind::Page).await,
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let done = done.map_err(|error| match error {
        Error::Invalid(Fields(mut fields)) => {
            if let Some(sentence) = fields.remove("current_password") {
                fields.insert("present_password".to_owned(), sentence);
            }
            Error::Invalid(Fields(fields))
        }
        other => other,
    });
    let answered = match done {
        Ok(tokens) => {
            let response = see_other("/dashboard/profile/?done=password");
            Ok(match tokens {
                Some(tokens) => with_tokens(response, &tokens)?,
                None => response,
            })
        }
        Err(error) => Err(error),
    };
    answer(&caller, answered, raw_form).await
}

/// Returns the response to a form, or the page with its errors. It differs from [`ui::run_form`]: the operations compute
/// password hashes between their transactions, so the page is drawn in a transaction of its own.
async fn answer(caller: &Caller, done: Result<Response>, raw_form: RawForm) -> Result<Response> {
    let error = match done {
        Ok(response) => return Ok(response),
        Err(Error::Unauthorized) => return or_sign_in(Err::<Page, _>(Error::Unauthorized), HERE),
        Err(error) => error,
    };
    let wrong = FormRejection::of(error, &LABELS)?;
    let drawn = caller.view(move |tx, by| draw(tx, by, Some(raw_form.clone()))).await;
    let page = drawn.and_then(|page| {
        let page = ProfilePage { errors: wrong.errors, refused: wrong.refused, ..page };
        Ok((wrong.status, wrong.retry_after, Page::of(&page)?).into_response())
    });
    or_sign_in(page, HERE)
}
