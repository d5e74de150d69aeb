//! The API for preferences and notification settings.

use kit::web::{Json, Problem};
use kit::{AppState, Result};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::inputs::Change;
use crate::personal_data::notification_kinds::{
    ChosenNotifications, choose_notification_kinds, my_notification_kinds,
};
use crate::personal_data::preferences::{self, Preferences, PreferencesChange};
use crate::requests::caller::Caller;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
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
struct NotificationSettingOut {
    /// The kind of email: `reminders` or `waitlist`.
    kind: &'static str,
    /// Whether an email is sent.
    email: bool,
}

/// List your email notifications.
#[utoipa::path(get, path = "/api/users/notices/", tag = "users",
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind", body = Vec<NotificationSettingOut>),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn notices(caller: Caller) -> Result<axum::Json<Vec<NotificationSettingOut>>> {
    caller.view(my_notification_kinds).await.map(to_response)
}

/// Choose your email notifications: these kinds and no others.
#[utoipa::path(put, path = "/api/users/notices/", operation_id = "choose_notices", tag = "users", request_body = ChosenNotifications,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Every kind, updated", body = Vec<NotificationSettingOut>),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
async fn choose(
    caller: Caller,
    Json(chosen): Json<ChosenNotifications>,
) -> Result<axum::Json<Vec<NotificationSettingOut>>> {
    let chosen = caller.tx(move |tx, by| {
        choose_notification_kinds(tx, by, &chosen.notices)?;
        my_notification_kinds(tx, by)
    });
    chosen.await.map(to_response)
}

fn to_response(
    all: Vec<(crate::personal_data::notification_kinds::NotificationKind, bool)>,
) -> axum::Json<Vec<NotificationSettingOut>> {
    axum::Json(
        all.into_iter()
            .map(|(notification_kind, email)| NotificationSettingOut {
                kind: notification_kind.name(),
                email,
            })
            .collect(),
    )
}
