//! The API for accounts: `/api/auth/…` and `/api/users/profile/me/`.

use axum::http::StatusCode;
use kit::replies::Reply;
use kit::web::{Json, Once, OnceHeader, Problem};
use kit::{AppState, Error, Fields, Result, Tx, input};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::inputs::{Change, ChangePassword, ConfirmSignIn, ProfileChange, SignIn, SignUp};
use crate::accounts::profile::{change_profile, emergency_contact};
use crate::actor::Actor;
use crate::api::user::User;
use crate::model::{EmergencyContact, Person};
use crate::requests::caller::Caller;
use crate::requests::sessions::{self, SessionKind, SignedIn, Tokens};
use crate::{accounts::sign_in, accounts::sign_up, accounts::step_up};

/// Returns all API routes of this crate, with the two ways to authenticate: `bearer` and `session`.
pub fn routes() -> OpenApiRouter<AppState> {
    let mut router = OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(register))
        .routes(routes!(password))
        .routes(routes!(confirm))
        .routes(routes!(me, change_me))
        .merge(crate::api::security::routes())
        .merge(crate::api::personal::routes())
        .merge(crate::api::staff::routes());
    let components = router.get_openapi_mut().components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-session")));
    components.add_security_scheme("session", cookie);
    router
}

/// A person’s own profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    /// The person's name, contact details, and role.
    #[serde(flatten)]
    pub user: User,
    /// The birthday of the person.
    #[schema(value_type = Option<String>, format = Date)]
    pub birthday: Option<jiff::civil::Date>,
    /// The person to call in an emergency, if one is stored.
    pub emergency_contact: Option<EmergencyContact>,
}

/// A new pair of tokens.
#[derive(Serialize, ToSchema)]
struct Pair {
    /// For `Authorization: Bearer`, for 30 minutes.
    access: String,
    /// For the next pair, once, for 30 days.
    refresh: String,
}

impl From<Tokens> for Pair {
    fn from(tokens: Tokens) -> Pair {
        Pair { access: tokens.access, refresh: tokens.refresh.unwrap_or_default() }
    }
}

/// A new pair of tokens, and the person.
#[derive(Serialize, ToSchema)]
struct PairAndUser {
    /// For `Authorization: Bearer`, for 30 minutes.
    access: String,
    /// For the next pair, once, for 30 days.
    refresh: String,
    /// The person who signed in.
    user: User,
}

impl From<SignedIn> for PairAndUser {
    fn from(signed_in: SignedIn) -> PairAndUser {
        let Pair { access, refresh } = Pair::from(signed_in.tokens);
        PairAndUser { access, refresh, user: User::from(&signed_in.person) }
    }
}

input! {
    /// A request for new tokens.
    struct Refresh {
        /// As it was issued.
        refresh: String = text(200),
    }
}

input! {
    /// What an app can send when it signs out.
    struct SignOut {
        /// Its refresh token, in case the access token has expired.
        refresh: Option<String> = opt_text_within(200),
    }
}

/// Sign in with an email address and a password.
#[utoipa::path(post, path = "/api/auth/login/", tag = "auth", request_body = SignIn, responses(
    (status = 200, description = "Signed in", body = PairAndUser),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "wrong_sign_in", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn login(caller: Caller, Json(attempt): Json<SignIn>) -> Result<axum::Json<PairAndUser>> {
    let signed_in = sign_in::sign_in(caller.app(), caller.client_info(), attempt, SessionKind::App).await?;
    Ok(axum::Json(signed_in.into()))
}

/// Renew the tokens. The refresh token works once; if it is used twice, its whole sign-in ends.
#[utoipa::path(post, path = "/api/auth/refresh/", tag = "auth", request_body = Refresh, responses(
    (status = 200, description = "A new pair", body = Pair),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Unknown, expired, or revoked", body = Problem,
     content_type = "application/problem+json"),
))]
async fn refresh(caller: Caller, Json(Refresh { refresh }): Json<Refresh>) -> Result<axum::Json<Pair>> {
    let tokens = sessions::refresh(caller.app(), caller.client_info(), &refresh).await?;
    Ok(axum::Json(tokens.into()))
}

/// Sign out. Every token of this sign-in ends right away.
#[utoipa::path(post, path = "/api/auth/logout/", tag = "auth", request_body = Option<SignOut>,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn logout(caller: Caller, Json(SignOut { refresh }): Json<SignOut>) -> Result<StatusCode> {
    match refresh {
        Some(token) => {
            let client_info = caller.client_info().clone();
            caller.app().db.tx(move |tx| sessions::end_by_refresh(tx, &client_info, &token)).await?;
        }
        None if !caller.has_credential() => return Err(Error::Unauthorized),
        None => sessions::sign_out(&caller).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A sign-up whose email is not confirmed yet.
#[derive(Serialize, ToSchema)]
struct CheckEmail {
    /// `check_email`: always the same, whatever the email.
    status: &'static str,
}

/// Sign up. The response is the same for every email: we send an email, and the account can sign in (`login/`) once the
/// link in it is opened (`verify/`).
#[utoipa::path(post, path = "/api/auth/register/", tag = "auth", params(OnceHeader), request_body = SignUp, responses(
    (status = 202, description = "Email sent", body = CheckEmail),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "idempotency_mismatch", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn register(caller: Caller, Once(Json(request), idempotency_key): Once<Json<SignUp>>) -> Result<Reply> {
    let reply = || Reply::json(StatusCode::ACCEPTED, &CheckEmail { status: "check_email" });
    sign_up::sign_up_once(&caller, idempotency_key, request, reply).await
}

/// Change the password. Every other sign-in ends right away.
#[utoipa::path(post, path = "/api/auth/password/", tag = "auth", request_body = ChangePassword,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 204, description = "Changed"),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn password(caller: Caller, Json(change): Json<ChangePassword>) -> Result<StatusCode> {
    sign_in::change_password(&caller, change, SessionKind::App).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm this sign-in with the password, for five minutes. Refunds and other operations that answer `confirm_again` need
/// it.
#[utoipa::path(post, path = "/api/auth/confirm/", tag = "auth", request_body = ConfirmSignIn,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 204, description = "Confirmed"),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_many_attempts, with `retry_after` in seconds", body = Problem,
     content_type = "application/problem+json"),
))]
async fn confirm(
    caller: Caller,
    Json(ConfirmSignIn { password }): Json<ConfirmSignIn>,
) -> Result<StatusCode> {
    let as_sent = |error| match error {
        Error::Invalid(_) => Fields::one("password", "That isn’t your password."),
        error => error,
    };
    step_up::confirm_sign_in(&caller, password).await.map_err(as_sent)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get your own profile.
#[utoipa::path(get, path = "/api/users/profile/me/", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The profile", body = Profile),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn me(caller: Caller) -> Result<axum::Json<Profile>> {
    caller.view(|tx, by| profile(tx, by, by.person()?)).await.map(axum::Json)
}

/// Change your own profile. Fields left out stay; null clears a field.
#[utoipa::path(patch, path = "/api/users/profile/me/", tag = "users", request_body = ProfileChange,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The updated profile", body = Profile),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn change_me(caller: Caller, Change(change): Change<ProfileChange>) -> Result<axum::Json<Profile>> {
    let changed = caller.tx(move |tx, by| {
        let person = change_profile(tx, by, &change)?;
        profile(tx, by, &person)
    });
    changed.await.map(axum::Json)
}

fn profile(tx: &mut Tx<'_>, by: &Actor, person: &Person) -> Result<Profile> {
    Ok(Profile {
        user: User::from(person),
        birthday: person.birthday,
        emergency_contact: emergency_contact(tx, by)?,
    })
}
