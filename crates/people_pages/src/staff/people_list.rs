//! The list of people for managers and owners. Owners can change roles and end sign-ins.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::web::{Form, Input, Page, Paging, Path, RawInput, see_other};
use kit::{AppState, Error, Id, Result, Tx};
use people::{Action, Actor, Caller, NewRole, Role};
use ui::{Frame, QueryForm, format, lenient_number, or_sign_in};

const HERE: &str = "/staff/people/";
/// The number of people on a page.
const SIZE: usize = 50;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/staff/people/", get(show))
        .route("/staff/people/{id}/role/", post(give))
        .route("/staff/people/{id}/sign-out/", post(sign_out))
}

/// The search of a request.
#[derive(Clone)]
struct PeopleListQuery {
    q: String,
    page: usize,
    done: Option<&'static str>,
    refused: Option<&'static str>,
}

impl Input for PeopleListQuery {
    fn parse(input: &mut RawInput) -> PeopleListQuery {
        let page = lenient_number(input, "page").filter(|page| (1..=10_000).contains(page));
        let outcome = input.opt_text_within("done", 20);
        PeopleListQuery {
            q: input.opt_text_within("q", 100).unwrap_or_default(),
            page: page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1),
            done: match outcome.as_deref() {
                Some("changed") => Some("Role changed. They’ve been signed out everywhere."),
                Some("signed_out") => Some("They’ve been signed out everywhere."),
                _ => None,
            },
            refused: (outcome.as_deref() == Some("own_role")).then_some(people::OWN_ROLE.sentence),
        }
    }
}

/// A person in the list.
struct PersonRow {
    id: Id,
    name: String,
    email: String,
    phone: String,
    is_verified: bool,
    is_self: bool,
    role: &'static str,
    role_word: &'static str,
}

#[derive(Template)]
#[template(path = "staff/people.html")]
struct PeoplePage {
    frame: Frame,
    q: String,
    summary: String,
    all: Vec<PersonRow>,
    roles: Vec<(&'static str, &'static str)>,
    can_change: bool,
    done: Option<&'static str>,
    refused: Option<&'static str>,
    newer: Option<String>,
    older: Option<String>,
}

/// Returns the label of a role for staff.
pub(crate) fn role_label(role: Role) -> &'static str {
    match role {
        Role::Account => "Guest",
        Role::Technician => "Technician",
        Role::FrontDesk => "Front desk",
        Role::Manager => "Manager",
        Role::Owner => "Owner",
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<PeopleListQuery>) -> Result<Response> {
    let search =
        form.parsed.unwrap_or(PeopleListQuery { q: String::new(), page: 1, done: None, refused: None });
    let drawn = caller.tx(move |tx, by| draw(tx, by, &search)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, search: &PeopleListQuery) -> Result<PeoplePage> {
    let (found, total) = people::find_people(tx, by, &search.q, Paging { page: search.page, size: SIZE })?;
    let line = |person: people::Person| PersonRow {
        id: person.id,
        name: person.full_name(),
        is_verified: person.is_verified(),
        is_self: by.id() == Some(person.id),
        role: person.role.name(),
        role_word: role_label(person.role),
        email: person.email.unwrap_or_default(),
        phone: person.phone.as_deref().map(people::format_phone).unwrap_or_default(),
    };
    let path = |page: usize| format!("{HERE}?q={}&page={page}", format::encoded(&search.q));
    let has_more = usize::try_from(total).is_ok_and(|total| search.page * SIZE < total);
    let summary = match (search.q.is_empty(), people::is_search(&search.q), total) {
        (true, _, total) => {
            let count = format::number_of(total, "staff member");
            format!(
                "{count}. To find anyone else, type at least two letters of a name or four digits of a phone number."
            )
        }
        (_, false, _) => people::SEARCH_TOO_SHORT.to_owned(),
        (_, _, 0) => "No matches.".to_owned(),
        (_, _, 1) => "1 person.".to_owned(),
        (_, _, total) => format!("{total} people."),
    };
    Ok(PeoplePage {
        frame: Frame::new(by, "/staff/people/", "People · CoreSync"),
        q: search.q.clone(),
        summary,
        all: found.into_iter().map(line).collect(),
        roles: Role::ALL.into_iter().map(|role| (role.name(), role_label(role))).collect(),
        can_change: by.may(Action::ManageRoles),
        done: search.done,
        refused: search.refused,
        newer: (search.page > 1).then(|| path(search.page - 1)),
        older: has_more.then(|| path(search.page + 1)),
    })
}

/// The new role of a person, with the search to return to.
struct RoleForm {
    role: NewRole,
    q: String,
}

impl Input for RoleForm {
    fn parse(input: &mut RawInput) -> RoleForm {
        RoleForm { role: NewRole::parse(input), q: input.opt_text_within("q", 100).unwrap_or_default() }
    }
}

async fn give(
    caller: Caller,
    Path(id): Path<Id>,
    Form(RoleForm { role, q }): Form<RoleForm>,
) -> Result<Response> {
    let given = caller.tx(move |tx, by| people::set_role(tx, by, id, role.role).map(drop)).await;
    let outcome = match given {
        Ok(()) => "changed",
        Err(Error::Refused(refusal, _)) if *refusal == people::OWN_ROLE => "own_role",
        Err(error) => return or_sign_in(Err::<Page, _>(error), HERE),
    };
    Ok(see_other(&format!("{HERE}?q={}&done={outcome}", format::encoded(&q))).into_response())
}

/// The search to return to.
struct Back(String);

impl Input for Back {
    fn parse(input: &mut RawInput) -> Back {
        Back(input.opt_text_within("q", 100).unwrap_or_default())
    }
}

async fn sign_out(caller: Caller, Path(id): Path<Id>, Form(Back(q)): Form<Back>) -> Result<Response> {
    let ended = caller.tx(move |tx, by| people::sign_out_of_all(tx, by, id)).await;
    let back = format!("{HERE}?q={}&done=signed_out", format::encoded(&q));
    or_sign_in(ended.map(|_| see_other(&back)), HERE)
}
