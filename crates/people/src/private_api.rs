//! The API for preferences and notification settings.

use kit::web::{Json, Problem};
use kit::{AppState, Result};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::Caller;
use crate::inputs::Change;
use crate::notification_kinds::{ChosenNotifications, choose_notification_kinds, my_notification_kinds};
use crate::preferences::{self, Preferences, PreferencesChange};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(notices, choose))
}

/// Get your room preferences: scene, light, temperature, scents, and music.
///
/// A missing value stands for the default of the room.
#[utoipa::path(get, path = "/api/users/preferences/", operation_id = "preferences", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "What is kept", body = Preferences),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn read(caller: Caller) -> Result<axum::Json<Preferences>> {
    caller.view(preferences::preferences).await.map(axum::Json)
}

/// Change your room preferences.
///
/// Fields that are not sent stay unchanged; `null` removes a value.
#[utoipa::path(patch, path = "/api/users/preferences/", operation_id = "change_preferences", tag = "users",
    request_body = PreferencesChange, security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "What is kept now", body = Preferences),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn change(
    caller: Caller,
    Change(change): Change<PreferencesChange>,
) -> Result<axum::Json<Preferences>> {
    caller.tx(move |tx, by| preferences::change_preferences(tx, by, &change)).await.map(axum::Json)
}

/// A kind of notification and whether it is sent by email.
#[derive(Serialize, ToSchema)]
struct NoticeOut {
    /// The kind: `reminders` or `waitlist`.
    kind: &'static str,
    /// Whether an email is sent.
    email: bool,
}

/// The chosen kinds of notification.
#[derive(ToSchema)]
#[allow(dead_code, reason = "for the description alone")]
struct WantedIn {
    /// The kinds to send by email, of `reminders` and `waitlist`.
    notices: Vec<String>,
}

/// List the kinds of notification that you receive by email.
#[utoipa::path(get, path = "/api/users/notices/", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind", body = Vec<NoticeOut>),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn notices(caller: Caller) -> Result<axum::Json<Vec<NoticeOut>>> {
    caller.view(my_notification_kinds).await.map(to_response)
}

/// Choose the kinds of notification that you receive by email.
///
/// All other kinds are switched off.
#[utoipa::path(put, path = "/api/users/notices/", operation_id = "choose_notices", tag = "users", request_body = WantedIn,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind, as it is now", body = Vec<NoticeOut>),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn choose(
    caller: Caller,
    Json(ChosenNotifications(requested)): Json<ChosenNotifications>,
) -> Result<axum::Json<Vec<NoticeOut>>> {
    let chosen = caller.tx(move |tx, by| {
        choose_notification_kinds(tx, by, &requested)?;
        my_notification_kinds(tx, by)
    });
    chosen.await.map(to_response)
}

fn to_response(all: Vec<(crate::notification_kinds::NotificationKind, bool)>) -> axum::Json<Vec<NoticeOut>> {
    axum::Json(
        all.into_iter()
            .map(|(notification_kind, email)| NoticeOut { kind: notification_kind.name(), email })
            .collect(),
    )
}
