//! The API of who is what to the club, and of the audit log.

use kit::web::{Input, Json, List, Paging, Path, Problem, Query, Words, in_address};
use kit::{Error, House, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::User;
use crate::caller::Caller;
use crate::inputs::NewRole;
use crate::model::Person;
use crate::roles;

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(people)).routes(routes!(one, give_role))
}

/// Who is looked for.
struct Wanted {
    words: String,
    paging: Paging,
}

impl Input for Wanted {
    fn parse(words: &mut Words) -> Wanted {
        Wanted { words: words.opt_text_within("q", 100).unwrap_or_default(), paging: Paging::parse(words) }
    }
}

/// People by name, address or phone (two letters or more); without words, those who work here. It is written down that you
/// searched, and how many were found.
#[utoipa::path(get, path = "/api/staff/people/", tag = "staff",
    params(("q" = Option<String>, Query, description = "Part of a name, an address, a phone number."),
        ("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query)),
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Those who were found", body = Vec<User>),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
))]
async fn people(caller: Caller, Query(Wanted { words, paging }): Query<Wanted>) -> Result<List<User>> {
    let path = match words.as_str() {
        "" => "/api/staff/people/".to_owned(),
        words => format!("/api/staff/people/?q={}", in_address(words, "")),
    };
    let (found, total) = caller.tx(move |tx, by| roles::find_people(tx, by, &words, paging)).await?;
    let items = found.iter().map(User::from).collect();
    Ok(List { items, total: usize::try_from(total).unwrap_or_default(), paging, path })
}

/// Somebody by number. It is written down that you looked.
#[utoipa::path(get, path = "/api/staff/people/{id}/", operation_id = "person", tag = "staff", params(("id" = i64, Path)),
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Who it is", body = User),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nobody", body = Problem, content_type = "application/problem+json"),
))]
async fn one(caller: Caller, Path(id): Path<Id>) -> Result<axum::Json<User>> {
    told(caller.tx(move |tx, by| roles::look_up(tx, by, id)).await)
}

/// Give somebody another role. Every session of theirs ends.
#[utoipa::path(patch, path = "/api/staff/people/{id}/", tag = "staff", params(("id" = i64, Path)), request_body = NewRole,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "Who it is now", body = User),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nobody", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "own_role", body = Problem, content_type = "application/problem+json"),
))]
async fn give_role(
    caller: Caller,
    Path(id): Path<Id>,
    Json(wish): Json<NewRole>,
) -> Result<axum::Json<User>> {
    told(caller.tx(move |tx, by| roles::set_role(tx, by, id, wish.role)).await)
}

fn told(found: Result<Person, Error>) -> Result<axum::Json<User>> {
    found.map(|person| axum::Json(User::from(&person)))
}
