//! The API for account security: confirming addresses, forgotten passwords, changes of address, and sign-ins.

use axum::http::StatusCode;
use jiff::Timestamp;
use kit::web::{Json, Path, Problem};
use kit::{AppState, Id, Result};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::inputs::{ConfirmAddress, Forgotten, NewAddress, NewPassword};
use crate::requests::caller::Caller;
use crate::requests::sessions::SessionKind;
use crate::{accounts::confirm, accounts::reset, requests::sessions};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        .routes(routes!(verify_again))
        .routes(routes!(password_reset))
        .routes(routes!(password_reset_confirm))
        .routes(routes!(change_email))
        .routes(routes!(sign_ins, end_others))
        .routes(routes!(end_one))
}

/// An active sign-in: where it was made, and when it was last used.
#[derive(Serialize, ToSchema)]
struct SignInOut {
    /// The id with which this sign-in can be ended.
    id: Id,
    /// The device: `Firefox on Linux`.
    device: Option<String>,
    /// The network it was last seen from.
    network: Option<String>,
    /// When the person signed in.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When it was last seen, to within ten minutes.
    #[schema(value_type = Option<String>, format = DateTime)]
    seen_at: Option<Timestamp>,
    /// Whether it is the current one.
    is_this: bool,
}

/// Confirm an email by its link, for a new account or a change. Besides the token it takes the account’s password (a
/// signed-in account can confirm its own change without one), or for a new account a `new_password`, which removes
/// every earlier setting and sign-in.
#[utoipa::path(post, path = "/api/auth/verify/", tag = "auth", request_body = ConfirmAddress, responses(
    (status = 204, description = "Email confirmed. Sign in"),
    (status = 400, description = "Invalid, link_expired", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "address_gone", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn verify(caller: Caller, Json(input): Json<ConfirmAddress>) -> Result<StatusCode> {
    confirm::confirm_address(&caller, input, SessionKind::App).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resend the email of a new account. The response is the same for every email.
#[utoipa::path(post, path = "/api/auth/verify/again/", tag = "auth", request_body = Forgotten, responses(
    (status = 202, description = "Email sent, if there is such an account and its email is not confirmed"),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn verify_again(caller: Caller, Json(Forgotten { email }): Json<Forgotten>) -> Result<StatusCode> {
    let client_info = caller.client_info().clone();
    caller.app().db.tx(move |tx| reset::request_link_again(tx, &client_info, Some(&email))).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Request a password-reset email. The response is the same for every email.
#[utoipa::path(post, path = "/api/auth/password-reset/", tag = "auth", request_body = Forgotten, responses(
    (status = 202, description = "Email sent, if there is such an account"),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn password_reset(caller: Caller, Json(Forgotten { email }): Json<Forgotten>) -> Result<StatusCode> {
    let client_info = caller.client_info().clone();
    caller.app().db.tx(move |tx| reset::request_password_reset(tx, &client_info, &email)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password by an emailed link, which works once, for 30 minutes. Every sign-in ends.
#[utoipa::path(post, path = "/api/auth/password-reset/confirm/", tag = "auth", request_body = NewPassword, responses(
    (status = 204, description = "Password set. Sign in with it"),
    (status = 400, description = "Invalid, link_expired", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn password_reset_confirm(caller: Caller, Json(request): Json<NewPassword>) -> Result<StatusCode> {
    reset::reset_password(caller.app(), caller.client_info(), request, SessionKind::App).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request an email change. It takes effect once the emailed link is opened (`verify/`).
#[utoipa::path(post, path = "/api/auth/email/", tag = "auth", request_body = NewAddress,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 202, description = "Email sent"),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn change_email(caller: Caller, Json(request): Json<NewAddress>) -> Result<StatusCode> {
    reset::request_address_change(&caller, request).await?;
    Ok(StatusCode::ACCEPTED)
}

/// List devices.
#[utoipa::path(get, path = "/api/auth/sessions/", tag = "auth",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Active sign-ins", body = Vec<SignInOut>),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_ins(caller: Caller) -> Result<axum::Json<Vec<SignInOut>>> {
    let (all, this) = caller.view(sessions::my_sign_ins).await?;
    let out = all.into_iter().map(|one| SignInOut {
        is_this: Some(one.id) == this,
        id: one.id,
        device: one.device,
        network: one.network,
        opened_at: one.opened_at,
        seen_at: one.seen_at,
    });
    Ok(axum::Json(out.collect()))
}

/// Sign out of all other devices.
#[utoipa::path(delete, path = "/api/auth/sessions/", tag = "auth",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 204, description = "All other sign-ins ended"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn end_others(caller: Caller) -> Result<StatusCode> {
    caller.tx(sessions::end_other_sign_ins).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of your sign-ins.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}/", tag = "auth", params(("id" = i64, Path)),
    security(("bearer" = []), ("session" = [])), responses(
    (status = 204, description = "Ended"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Ended, or not yours", body = Problem, content_type = "application/problem+json"),
))]
async fn end_one(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.tx(move |tx, by| sessions::end_sign_in(tx, by, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
