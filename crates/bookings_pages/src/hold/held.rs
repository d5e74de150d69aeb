//! The page of a held time: viewing it, entering details, booking it, extending it once, and releasing it. Choosing a
//! time leads to this page, and so do emails of the waitlist. The details are stored with the hold, so that they are
//! not lost when the guest signs in.

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{Benefit, Booking, Coverage, Extras, FurtherService, Holder, Status};
use catalogue::Service;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::web::{Page, Path, RawInput, see_other};
use kit::{AppState, Error, Fault, Fields, Id, Result, Tx};
use people::{Action, Actor, Caller, ProfileChange};
use ui::{FormInput, RawForm, format, login_path, or_sign_in};

use crate::booking::why;
use crate::hold::cookie::{self, HoldToken};
use crate::hold::held_page::{HeldPage, ReleasedPage, SignedOutPage, asks_phone, draw, search_of};
use crate::hold::hold_form::{self, FormState, HoldForm};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/book/held/{id}/", get(show).post(decide))
}

pub(crate) fn here(id: Id) -> String {
    format!("/book/held/{id}/")
}

/// The outcome of a request for the page of a hold.
enum HoldView {
    Page(Box<HeldPage>),
    /// The time is not held for this visitor any more, who now holds another time.
    Released(ReleasedPage),
    Redirect(String),
}

async fn show(caller: Caller, HoldToken(token): HoldToken, Path(id): Path<Id>) -> Result<Response> {
    let load = move |tx: &mut Tx<'_>, by: &Actor, token: Option<&str>| {
        match draw(tx, Holder { by, token }, id, None) {
            Ok(page) => Ok(HoldView::Page(Box::new(page))),
            // Do not reveal whose hold it is. A visitor may be its owner, who has to sign in first.
            Err(Error::NotFound) if by.signed_in().is_none() => {
                let current = token.map(|token| bookings::hold_of_token(tx, token)).transpose()?.flatten();
                current.map(|one| HoldView::Released(ReleasedPage::of(by, one))).ok_or(Error::Unauthorized)
            }
            Err(Error::NotFound) => booked(tx, by, id)?.map(HoldView::Redirect).ok_or(Error::NotFound),
            Err(error) => Err(error),
        }
    };
    let answer = answer_taking_over(&caller, token, load, |seen| match seen {
        HoldView::Page(page) => Ok(Page::of(&*page)?.into_response()),
        HoldView::Released(page) => Ok((StatusCode::NOT_FOUND, Page::of(&page)?).into_response()),
        HoldView::Redirect(path) => Ok(see_other(&path)),
    });
    or_sign_in(answer.await, &here(id))
}

/// Responds with what `load` has read. If the caller has signed in since holding a time as a visitor, their account
/// takes over the hold before, and the response deletes the cookie.
///
/// # Errors
/// Returns every error of `load` and `answer`, and a fault if the database fails.
pub async fn answer_taking_over<T, F>(
    caller: &Caller,
    token: Option<String>,
    load: F,
    answer: impl FnOnce(T) -> Result<Response>,
) -> Result<Response>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>, &Actor, Option<&str>) -> Result<T> + Send + Sync + 'static,
{
    let Some(token) = token.clone().filter(|_| caller.has_credential()) else {
        return answer(caller.view(move |tx, by| load(tx, by, token.as_deref())).await?);
    };
    let taking_over = move |tx: &mut Tx<'_>, by: &Actor| {
        let adopted = by.signed_in().is_some() && bookings::take_over(tx, by, &token)?.is_some();
        Ok((adopted, load(tx, by, Some(&token))?))
    };
    let (adopted, seen) = caller.tx(taking_over).await?;
    if adopted { cookie::forget(answer(seen)?) } else { answer(seen) }
}

/// Returns the path of the page of the booking, if the actor has booked the hold already.
fn booked(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Option<String>> {
    match bookings::show(tx, by, id) {
        Ok(detail) if !matches!(detail.booking.status, Status::Held | Status::Expired) => {
            Ok(Some(format!("/dashboard/bookings/{id}/")))
        }
        Ok(_) | Err(Error::NotFound | Error::Unauthorized) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An operation on a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HoldAction {
    Book,
    /// Only stores the details and shows the price.
    Update,
    /// Adds a service after the others.
    Add,
    /// Removes the hold of one service from the visit.
    LeaveOut(Id),
    Extend,
    LetGo,
    SignIn,
    SignUp,
}

impl HoldAction {
    fn of(raw_form: &RawForm) -> Option<HoldAction> {
        if let Ok(id) = raw_form.get("leave_out").parse() {
            return Some(HoldAction::LeaveOut(Id(id)));
        }
        Some(match raw_form.get("action") {
            "book" => HoldAction::Book,
            "update" => HoldAction::Update,
            "add" => HoldAction::Add,
            "extend" => HoldAction::Extend,
            "let_go" => HoldAction::LetGo,
            "sign_in" => HoldAction::SignIn,
            "sign_up" => HoldAction::SignUp,
            _ => return None,
        })
    }
}

/// The form, and its fields in the order in which they were sent.
struct SentHoldForm {
    form: FormInput<HoldForm>,
    sent: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for SentHoldForm {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<SentHoldForm> {
        let bytes = kit::web::body(request).await?;
        let sent = RawInput::pairs(&bytes)?;
        Ok(SentHoldForm { form: FormInput::from_bytes(&bytes)?, sent })
    }
}

/// The outcome of a form.
enum HoldFormOutcome {
    Redirect(String),
    Rendered(StatusCode, Box<HeldPage>),
    /// The sender is not, or no longer, signed in as the holder.
    SignedOut(Box<SignedOutPage>),
}

async fn decide(
    caller: Caller,
    HoldToken(token): HoldToken,
    Path(id): Path<Id>,
    SentHoldForm { form, sent }: SentHoldForm,
) -> Result<Response> {
    let done = caller.tx(move |tx, by| {
        let holder = Holder { by, token: token.as_deref() };
        match apply_form(tx, holder, id, &form) {
            Err(Error::NotFound) if by.signed_in().is_none() => {
                Ok(HoldFormOutcome::SignedOut(Box::new(SignedOutPage::of(by, &here(id), &sent))))
            }
            other => other,
        }
    });
    match done.await? {
        HoldFormOutcome::Redirect(path) => Ok(see_other(&path)),
        HoldFormOutcome::Rendered(status, page) => Ok((status, Page::of(&*page)?).into_response()),
        HoldFormOutcome::SignedOut(page) => Ok((StatusCode::UNAUTHORIZED, Page::of(&*page)?).into_response()),
    }
}

/// Applies the form. It differs from [`ui::run_form`]: a refusal may come with the price to promise, two operations do
/// not need valid details, and a form that was sent twice leads to the booking that the first request made.
fn apply_form(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    id: Id,
    form: &FormInput<HoldForm>,
) -> Result<HoldFormOutcome> {
    let FormInput { raw_form, parsed } = form;
    let held = match bookings::held(tx, holder, id) {
        Err(Error::NotFound) => match booked(tx, holder.by, id)? {
            Some(path) => return Ok(HoldFormOutcome::Redirect(path)),
            None => return Err(Error::NotFound),
        },
        other => other?,
    };
    let catalogue = catalogue::current(tx)?;
    let service = catalogue.service(held.service).ok_or(Error::NotFound)?;
    let mut fields = parsed.as_ref().err().cloned().unwrap_or_default();
    let addons = hold_form::addons(&catalogue, service, raw_form, &mut fields);
    let is_new_guest = held.person.is_none() && holder.by.may(Action::BookForOthers);
    if let Ok(input) = parsed.as_ref().map(|input| &input.extras)
        && is_new_guest
    {
        if input.guest_name.is_none() {
            fields.add("guest_name", "Enter the guest’s name.");
        }
        if input.guest_phone.is_none() {
            fields.add("guest_phone", "Enter the guest’s phone number.");
        }
    }
    let action = HoldAction::of(raw_form);
    if action == Some(HoldAction::Add) && parsed.as_ref().is_ok_and(|input| input.then.is_none()) {
        fields.add("then", "Choose a second service.");
    }
    let is_over = held.status == Status::Expired;
    let (input, action) = match (parsed, action) {
        // Releasing and extending do not require valid details.
        (_, Some(action @ (HoldAction::LetGo | HoldAction::Extend))) if !fields.0.is_empty() => {
            (None, action)
        }
        (Ok(input), Some(action)) if fields.0.is_empty() => {
            let mut extras = Extras { addons, ..input.extras.clone() };
            if !is_new_guest {
                (extras.guest_phone, extras.guest_email) = (None, None);
            }
            (Some(HoldForm { extras, ..input.clone() }), action)
        }
        _ => {
            let refusal = fields.0.is_empty().then(|| "Confirm, extend, or release this time.".to_owned());
            let state = FormState { refusal, fields, raw_form, promise: None };
            let page = draw(tx, holder, id, Some(state))?;
            return Ok(HoldFormOutcome::Rendered(StatusCode::BAD_REQUEST, Box::new(page)));
        }
    };
    let (mut stopped, now) = (None, tx.now());
    let redirect = tx.attempt(|tx| match apply(tx, holder, &held, action, input.as_ref()) {
        Ok(path) => Ok(Some(path)),
        Err(Stop::No(status, sentence, promise)) => {
            stopped = Some((status, sentence, promise));
            Ok(None)
        }
        Err(Stop::Error(error)) => {
            let (status, sentence) = as_sentence(error, &catalogue.club.zone, now)?;
            stopped = Some((status, sentence, None));
            Ok(None)
        }
    })?;
    if let Some(path) = redirect {
        // What is not stored with the hold stays in the form.
        let stays_held = matches!(action, HoldAction::Update | HoldAction::Extend)
            && (!fields.0.is_empty() || !raw_form.get("phone").is_empty());
        if stays_held {
            let status = if fields.0.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            let state = FormState { refusal: None, fields, raw_form, promise: None };
            return Ok(HoldFormOutcome::Rendered(status, Box::new(draw(tx, holder, id, Some(state))?)));
        }
        return Ok(HoldFormOutcome::Redirect(path));
    }
    // If the same form is sent twice, the second request finds the booking.
    if let Some(path) = booked(tx, holder.by, id)? {
        return Ok(HoldFormOutcome::Redirect(path));
    }
    if action == HoldAction::LetGo && is_over {
        return Ok(HoldFormOutcome::Redirect(after_letting_go(holder.by, service, &held)));
    }
    let (status, sentence, promise) = stopped.ok_or_else(|| Fault::because("neither done nor refused"))?;
    let state = FormState { refusal: Some(sentence), fields: Fields::new(), raw_form, promise };
    Ok(HoldFormOutcome::Rendered(status, Box::new(draw(tx, holder, id, Some(state))?)))
}

/// Why an operation is rolled back.
enum Stop {
    /// A refusal: the HTTP status, the sentence, and the current price in cents if the price is the reason.
    No(StatusCode, String, Option<i64>),
    Error(Error),
}

impl std::convert::From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

/// Converts an error that a guest can understand into a status and a sentence. Other errors are returned.
fn as_sentence(error: Error, zone: &TimeZone, now: Timestamp) -> Result<(StatusCode, String)> {
    match error {
        Error::Refused(refusal, details) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT);
            Ok((status, why::with_opening(refusal.sentence, why::opening(&details), zone, now)))
        }
        Error::Invalid(fields) => {
            Ok((StatusCode::BAD_REQUEST, fields.0.into_values().next().unwrap_or_default()))
        }
        error => Err(error),
    }
}

fn apply(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    held: &Booking,
    action: HoldAction,
    input: Option<&HoldForm>,
) -> Result<String, Stop> {
    let id = held.id;
    let phone = input.and_then(|input| input.phone.clone());
    if phone.is_some() && action == HoldAction::Book && asks_phone(holder.by, held) {
        let change = ProfileChange { phone: Some(phone), ..ProfileChange::default() };
        people::change_profile(tx, holder.by, &change)?;
    }
    let lasts = held.status == Status::Held && held.hold.lasts(tx.now());
    if let Some(input) = input.filter(|_| lasts && action != HoldAction::LetGo) {
        let amended = bookings::amend(tx, holder, id, &input.extras)?;
        is_paid_as_requested(&amended, input.extras.benefit)?;
    }
    let login = login_path(&here(id));
    Ok(match action {
        HoldAction::Update => here(id),
        HoldAction::SignIn => login,
        HoldAction::SignUp => login.replacen("/login/", "/signup/", 1),
        HoldAction::Book if holder.by.signed_in().is_none() => login,
        HoldAction::Book => {
            // An expired hold is booked again, either at once or not at all.
            let extras = input.filter(|_| !lasts).map(|input| &input.extras);
            let before = bookings::services_price(tx, held)?;
            let made = bookings::confirm(tx, holder, id, extras)?;
            is_paid_as_requested(&made, extras.and_then(|extras| extras.benefit))?;
            let promise = input.and_then(|input| input.promise).unwrap_or(before.0);
            let price = bookings::services_price(tx, &made)?;
            if !lasts && price.0 > promise {
                let sentence = format!("The price is now {}. Nothing is booked yet.", format::money(price));
                return Err(Stop::No(StatusCode::CONFLICT, sentence, Some(price.0)));
            }
            booked_path(tx, holder.by, &made)?
        }
        HoldAction::Extend => {
            bookings::extend(tx, holder, id)?;
            here(id)
        }
        HoldAction::LetGo => {
            let catalogue = catalogue::current(tx)?;
            bookings::release_hold(tx, holder, id)?;
            let service = catalogue.service(held.service).ok_or(Error::NotFound)?;
            after_letting_go(holder.by, service, held)
        }
        HoldAction::Add => {
            let service = input.and_then(|input| input.then).ok_or(Error::NotFound)?;
            let then =
                FurtherService { service, minutes: None, room: None, technician: None, addons: Vec::new() };
            bookings::add_to_visit(tx, holder, id, &then)?;
            here(id)
        }
        HoldAction::LeaveOut(other) => {
            bookings::leave_out(tx, holder, id, other)?;
            here(id)
        }
    })
}

/// Checks that the credit, guest pass, or gift that the guest chose really pays. Otherwise the guest would pay without
/// knowing.
fn is_paid_as_requested(booking: &Booking, benefit: Option<Benefit>) -> Result<(), Stop> {
    let coverage = booking.price.coverage();
    let what = match benefit {
        Some(Benefit::Credit) => "service credit",
        Some(Benefit::Pass) => "guest pass",
        Some(Benefit::Birthday) => "birthday gift",
        _ => return Ok(()),
    };
    if coverage != Coverage::None {
        return Ok(());
    }
    let sentence = format!("You have no {what} left to use on this date. Nothing is booked yet.");
    Err(Stop::No(StatusCode::CONFLICT, sentence, None))
}

/// Returns the path that shows a new booking. A booking that staff made for someone else is shown among the visits of
/// its day.
fn booked_path(tx: &mut Tx<'_>, by: &Actor, made: &Booking) -> Result<String> {
    if !by.may(Action::RunTheDay) || made.person == by.id() {
        return Ok(format!("/dashboard/bookings/{}/", made.id));
    }
    let day = catalogue::current(tx)?.business_day_at(made.starts_at);
    Ok(format!("/staff/day/?date={day}&done=booked&of={0}#visit-{0}", made.id))
}

/// Returns the path of the times of the same day and service for the same guest, with the confirmation that the time
/// was released.
fn after_letting_go(by: &Actor, service: &Service, held: &Booking) -> String {
    if !service.active {
        return "/book/?done=released".to_owned();
    }
    let is_for_guest = by.may(Action::BookForOthers) && held.person != by.id();
    let guest = is_for_guest.then(|| held.person.map_or(0, |person| person.0));
    format!("{}&done=released", search_of(service, held, guest).day_path(held.day))
}
