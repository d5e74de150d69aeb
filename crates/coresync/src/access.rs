//! Checks permission before input errors are shown. Operations check permissions themselves (invariant 6), but input
//! that can't be parsed never reaches an operation. So a response that is about the input, or that says that the path
//! does not exist, is sent only to a caller who may use the route at all. Other callers get 401 or 403, as if the input
//! had been valid.

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kit::{AppState, Error};
use people::{Action, Caller};

use ui::sign_in_path;

/// The permission that a route requires. Whether the caller may see a certain record is checked by the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The route is open to everyone.
    Nothing,
    /// The caller must be signed in.
    Account,
    /// The caller must be signed in and must not work for the club.
    Guest,
    /// The caller must work for the club.
    Staff,
    /// The caller's role must allow the action.
    May(Action),
}

/// The path prefixes of API routes that also serve visitors.
const OPEN: [&str; 13] = [
    "/api/auth/login/",
    "/api/auth/password-reset/",
    "/api/auth/refresh/",
    "/api/auth/register/",
    "/api/auth/verify/",
    "/api/bookings/availability/",
    "/api/bookings/hold/",
    "/api/bookings/why_not/",
    "/api/docs/",
    "/api/openapi.json",
    "/api/payments/stripe/",
    "/api/rooms/",
    "/api/services/",
];

/// The path prefixes of routes that need a permission. The first match counts.
const STAFF: [(&str, Action); 37] = [
    ("/api/payments/comp/", Action::AdjustCharges),
    ("/api/payments/refund/", Action::AdjustCharges),
    ("/api/payments/send_refund/", Action::TakePayments),
    ("/api/payments/take/", Action::TakePayments),
    ("/api/payments/write_off/", Action::AdjustCharges),
    ("/api/staff/blocks/", Action::BookAnyTime),
    ("/api/staff/people/{id}/birthday/", Action::CorrectPeople),
    ("/api/staff/people/", Action::SeePeople),
    ("/api/staff/rules/", Action::ManageCatalogue),
    ("/api/staff/numbers/", Action::ManageCatalogue),
    ("/api/staff/jobs/", Action::ManageJobs),
    ("/api/staff/times/", Action::BookAnyTime),
    ("/api/staff/bookings/", Action::SeeEveryBooking),
    ("/api/staff/charges/", Action::TakePayments),
    ("/api/staff/payments/", Action::TakePayments),
    ("/api/memberships/{person}/", Action::RunMemberships),
    ("/staff/audit/", Action::SeeAudit),
    ("/staff/blocks/", Action::BookAnyTime),
    ("/staff/book/", Action::BookForOthers),
    ("/staff/day/", Action::RunTheDay),
    ("/staff/jobs/", Action::ManageJobs),
    ("/staff/members/{id}/birthday/", Action::CorrectPeople),
    ("/staff/members/", Action::RunMemberships),
    ("/staff/money/entries/", Action::CloseDays),
    ("/staff/money/ledger/", Action::CloseDays),
    ("/staff/money/{kind}/{id}/send-refund/", Action::TakePayments),
    ("/staff/money/{kind}/{id}/{decision}/", Action::AdjustCharges),
    ("/staff/money/", Action::TakePayments),
    ("/staff/my-day/", Action::SeeOwnVisits),
    ("/staff/numbers/", Action::ManageCatalogue),
    ("/staff/people/{id}/", Action::ManageRoles),
    ("/staff/people/", Action::SeePeople),
    ("/staff/pictures/", Action::ManageCatalogue),
    ("/staff/plans/", Action::ManageCatalogue),
    ("/staff/rules/", Action::ManageCatalogue),
    ("/staff/times/", Action::BookAnyTime),
    ("/staff/why-not/", Action::BookForOthers),
];

/// The path suffixes of the operations that change a booking's status during the day.
const DAY: [&str; 5] = ["/check_in/", "/start/", "/complete/", "/no_show/", "/undo/"];

/// Returns the permission that a route requires.
fn needs(method: &Method, path: &str) -> Needs {
    if path == "/api/staff/people/{id}/" && *method == Method::PATCH {
        return Needs::May(Action::ManageRoles);
    }
    if let Some(rest) = path.strip_prefix("/api/memberships/plans/") {
        return if rest.is_empty() { Needs::Nothing } else { Needs::May(Action::ManageCatalogue) };
    }
    if path.starts_with("/api/bookings/{id}/") && DAY.iter().any(|end| path.ends_with(end)) {
        return Needs::May(Action::RunTheDay);
    }
    if let Some((_, action)) = STAFF.iter().find(|(beginning, _)| path.starts_with(beginning)) {
        return Needs::May(*action);
    }
    match path {
        "/api/services/history/" => Needs::Account,
        // An employee's account is erased by a colleague, not by the employee.
        "/dashboard/privacy/erase/" if *method != Method::GET => Needs::Guest,
        _ if OPEN.iter().any(|beginning| path.starts_with(beginning)) => Needs::Nothing,
        _ if path.starts_with("/api/staff/") || path.starts_with("/staff/") => Needs::Staff,
        _ if path.starts_with("/api/") || path.starts_with("/dashboard/") => Needs::Account,
        _ => Needs::Nothing,
    }
}

/// Returns whether a response is about the input. Such a response is only for callers who may use the route.
fn is_about_input(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
    )
}

/// The middleware around all routes. It checks the caller's permission only when the response rejects the input.
pub(crate) async fn authenticate_first(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let needs = route.map_or(Needs::Nothing, |route| needs(request.method(), &route));
    if needs == Needs::Nothing {
        return next.run(request).await;
    }
    let is_page = !request.uri().path().starts_with("/api/");
    let here = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = Caller::from_request_parts(&mut parts, &app).await;
    let response = next.run(Request::from_parts(parts, body)).await;
    if !is_about_input(response.status()) {
        return response;
    }
    let allowed = caller.view(move |_, by| match needs {
        Needs::Nothing => Ok(()),
        Needs::Account => by.person().map(drop),
        Needs::Guest if by.person()?.role != people::Role::Account => Err(by.forbidden("guests only")),
        Needs::Guest => Ok(()),
        Needs::Staff if by.person()?.role == people::Role::Account => Err(by.forbidden("staff only")),
        Needs::Staff => Ok(()),
        Needs::May(action) => by.need(action),
    });
    match allowed.await {
        Ok(()) => response,
        Err(Error::Unauthorized) if is_page => sign_in_path(&here),
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_needs_the_permissions_of_its_operations() {
        for (method, path, expected) in [
            (Method::GET, "/", Needs::Nothing),
            (Method::GET, "/api/services/{slug}/", Needs::Nothing),
            (Method::GET, "/api/services/history/", Needs::Account),
            (Method::POST, "/api/auth/verify/again/", Needs::Nothing),
            (Method::GET, "/api/memberships/plans/", Needs::Nothing),
            (Method::PUT, "/api/memberships/plans/{slug}/", Needs::May(Action::ManageCatalogue)),
            (Method::POST, "/api/memberships/{person}/dues/", Needs::May(Action::RunMemberships)),
            (Method::POST, "/api/memberships/leave/", Needs::Account),
            (Method::POST, "/api/bookings/{id}/check_in/", Needs::May(Action::RunTheDay)),
            (Method::POST, "/api/bookings/{id}/undo/", Needs::May(Action::RunTheDay)),
            (Method::POST, "/api/bookings/{id}/cancel_booking/", Needs::Account),
            (Method::GET, "/api/staff/people/{id}/", Needs::May(Action::SeePeople)),
            (Method::PATCH, "/api/staff/people/{id}/", Needs::May(Action::ManageRoles)),
            (Method::GET, "/api/staff/something/new/", Needs::Staff),
        ] {
            assert_eq!(needs(&method, path), expected, "{method} {path}");
        }
    }
}
