//! The API of what people like and want to be told.

use kit::web::{Json, Problem};
use kit::{House, Result};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::Caller;
use crate::inputs::Change;
use crate::notices::{Wanted, choose_notices, my_notices};
use crate::preferences::{self, Preferences, PreferencesChange};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(notices, choose))
}

/// Get your room preferences: scene, light, temperature, scents, music. Null means the room’s own setting.
#[utoipa::path(get, path = "/api/users/preferences/", operation_id = "preferences", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The preferences", body = Preferences),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn read(caller: Caller) -> Result<axum::Json<Preferences>> {
    caller.view(preferences::preferences).await.map(axum::Json)
}

/// Change your room preferences. Fields left out stay; null clears a field.
#[utoipa::path(patch, path = "/api/users/preferences/", operation_id = "change_preferences", tag = "users",
    request_body = PreferencesChange, security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The updated preferences", body = Preferences),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn change(
    caller: Caller,
    Change(change): Change<PreferencesChange>,
) -> Result<axum::Json<Preferences>> {
    caller.tx(move |tx, by| preferences::change_preferences(tx, by, &change)).await.map(axum::Json)
}

/// A kind of email, and whether it is wanted.
#[derive(Serialize, ToSchema)]
struct NoticeOut {
    /// `reminders` or `waitlist`.
    kind: &'static str,
    /// Whether an email is sent.
    email: bool,
}

/// The kinds that are wanted.
#[derive(ToSchema)]
#[allow(dead_code, reason = "for the description alone")]
struct WantedIn {
    /// Of `reminders`, `waitlist`: the kinds that are wanted by email.
    notices: Vec<String>,
}

/// List your email notifications.
#[utoipa::path(get, path = "/api/users/notices/", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind", body = Vec<NoticeOut>),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn notices(caller: Caller) -> Result<axum::Json<Vec<NoticeOut>>> {
    caller.view(my_notices).await.map(told)
}

/// Choose your email notifications: these kinds and no others.
#[utoipa::path(put, path = "/api/users/notices/", operation_id = "choose_notices", tag = "users", request_body = WantedIn,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind, updated", body = Vec<NoticeOut>),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn choose(caller: Caller, Json(Wanted(wanted)): Json<Wanted>) -> Result<axum::Json<Vec<NoticeOut>>> {
    let chosen = caller.tx(move |tx, by| {
        choose_notices(tx, by, &wanted)?;
        my_notices(tx, by)
    });
    chosen.await.map(told)
}

fn told(all: Vec<(crate::notices::Notice, bool)>) -> axum::Json<Vec<NoticeOut>> {
    axum::Json(all.into_iter().map(|(notice, email)| NoticeOut { kind: notice.name(), email }).collect())
}
