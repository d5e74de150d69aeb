//! The staff API for people: searching, roles, and birthdays.

use jiff::civil::Date;
use kit::web::{Input, Json, List, Paging, Path, Problem, Query, RawInput, in_address};
use kit::{AppState, Error, Id, Result, input};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::inputs::{NewRole, opt_birthday};
use crate::accounts::profile::correct_birthday;
use crate::accounts::roles;
use crate::api::user::User;
use crate::model::Person;
use crate::requests::caller::Caller;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(people)).routes(routes!(one, give_role)).routes(routes!(birthday))
}

/// The query of a search for people.
struct PeopleQuery {
    search: String,
    paging: Paging,
}

impl Input for PeopleQuery {
    fn parse(input: &mut RawInput) -> PeopleQuery {
        PeopleQuery {
            search: input.opt_text_within("q", 100).unwrap_or_default(),
            paging: Paging::parse(input),
        }
    }
}

/// Search people by the start of any word of their name or email, or by four or more digits of their phone number,
/// ignoring case and accents. Several words must all match. Without words, lists staff. The audit log records the
/// search and the number of matches.
#[utoipa::path(get, path = "/api/staff/people/", tag = "staff",
    params(("q" = Option<String>, Query, description = "The start of any word of a name or email, or digits of a phone number."),
        ("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query)),
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The matches", body = Vec<User>),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
))]
async fn people(
    caller: Caller,
    Query(PeopleQuery { search, paging }): Query<PeopleQuery>,
) -> Result<List<User>> {
    let path = match search.as_str() {
        "" => "/api/staff/people/".to_owned(),
        search => format!("/api/staff/people/?q={}", in_address(search, "")),
    };
    let (found, total) = caller.tx(move |tx, by| roles::find_people(tx, by, &search, paging)).await?;
    let items = found.iter().map(User::from).collect();
    Ok(List { items, total: usize::try_from(total).unwrap_or_default(), paging, path })
}

/// Get one person. The audit log records who looked.
#[utoipa::path(get, path = "/api/staff/people/{id}/", operation_id = "person", tag = "staff", params(("id" = i64, Path)),
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The person", body = User),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such person", body = Problem, content_type = "application/problem+json"),
))]
async fn one(caller: Caller, Path(id): Path<Id>) -> Result<axum::Json<User>> {
    to_response(caller.tx(move |tx, by| roles::look_up(tx, by, id)).await)
}

/// Change someone’s role. All of their sessions end.
#[utoipa::path(patch, path = "/api/staff/people/{id}/", tag = "staff", params(("id" = i64, Path)), request_body = NewRole,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The updated person", body = User),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such person", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "own_role", body = Problem, content_type = "application/problem+json"),
))]
async fn give_role(
    caller: Caller,
    Path(id): Path<Id>,
    Json(request): Json<NewRole>,
) -> Result<axum::Json<User>> {
    to_response(caller.tx(move |tx, by| roles::set_role(tx, by, id, request.role)).await)
}

input! {
    /// The input for correcting a birthday.
    struct NewBirthday {
        /// The date of birth, at least 18 years ago.
        #[schema(value_type = String, format = Date)]
        birthday: Date = read(needed_birthday),
    }
}

fn needed_birthday(input: &mut RawInput, field: &str) -> Date {
    let birthday = opt_birthday(input);
    if birthday.is_none() {
        input.add_error(field, "This field is required.");
    }
    birthday.unwrap_or(Date::ZERO)
}

/// Correct someone’s birthday, even after the birthday gift was used. The audit log records it.
#[utoipa::path(put, path = "/api/staff/people/{id}/birthday/", operation_id = "correct_birthday", tag = "staff",
    params(("id" = i64, Path)), request_body = NewBirthday,
    security(("bearer" = []), ("session" = [])), responses(
    (status = 200, description = "The person", body = User),
    (status = 400, description = "Invalid", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Not for your role, own_account", body = Problem,
     content_type = "application/problem+json"),
    (status = 404, description = "No such person", body = Problem, content_type = "application/problem+json"),
))]
async fn birthday(
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<NewBirthday>,
) -> Result<axum::Json<User>> {
    to_response(caller.tx(move |tx, by| correct_birthday(tx, by, id, new.birthday)).await)
}

fn to_response(found: Result<Person, Error>) -> Result<axum::Json<User>> {
    found.map(|person| axum::Json(User::from(&person)))
}
