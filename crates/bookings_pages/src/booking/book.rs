//! The booking page: days with their times, why a requested time is not free, and holding a time.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bookings::{Answer, BookingFor, BookingRequest, Extras, HeldNotes, Holder, SearchContext, Visitor, When};
use catalogue::Service;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kit::web::{Input, Page, Query, RawInput, see_other};
use kit::{AppState, Error, Fields, Id, Result, Tx, tokens};
use people::{Action, Actor, Caller};
use ui::{FieldErrors, FormInput, Frame, PostedForm, QueryForm, RawForm, format, lenient_id};

use crate::booking::guest::{self, GuestFields};
use crate::booking::narrowing::{Narrowing, narrowings};
use crate::booking::notice::{OtherDate, OwnHold, ReservedTimes};
use crate::booking::services::ServiceChoice;
use crate::booking::times::{self, Narrowed, Part, Search, Strip, Usual, night_before};
use crate::booking::waitlist::offer_length;
use crate::booking::why::{self, WhyNot};
use crate::hold::cookie::{self, HoldToken};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/book/", get(book))
        .route("/book/hold/", post(hold))
        .route("/book/review/", get(earlier_address))
}

/// The start that the query asks for.
#[derive(Debug, Clone, Copy)]
enum At {
    /// An exact moment, which tells apart the two passes of the hour at which the clock goes back.
    Moment(Timestamp),
    /// A time of day on the chosen date, on the club's clock.
    Clock(Time),
}

/// The query of the booking page.
#[derive(Debug, Clone, Default)]
struct BookQuery {
    service: Option<String>,
    date: Option<Date>,
    at: Option<At>,
    narrowed: Narrowed,
    /// The name of the guest, if the booking is not for the actor.
    guest_name: Option<String>,
    /// The secret of the form, which identifies a visitor who holds a time.
    token: Option<String>,
    /// The expired hold that this time replaces; its details are taken over.
    again: Option<Id>,
    /// Whether a hold has just been released.
    is_released: bool,
}

impl Input for BookQuery {
    fn parse(input: &mut RawInput) -> BookQuery {
        let at = input.opt_text_within("at", 100);
        let is_clock = at.as_deref().is_some_and(|text| text.len() <= 5);
        let at = match input.opt_moment("starts_at") {
            Some(moment) => Some(At::Moment(moment)),
            None if is_clock => input.opt_time("at").map(At::Clock),
            None => input.opt_moment("at").map(At::Moment),
        };
        BookQuery {
            service: input.opt_text_within("service", 100),
            date: input.opt_date("date"),
            at,
            narrowed: Narrowed::parse(input),
            guest_name: input.opt_text_within("guest_name", 200),
            token: input.opt_text_within("once", 100),
            again: lenient_id(input, "again"),
            is_released: input.opt_text_within("done", 40).as_deref() == Some("released"),
        }
    }
}

/// The result of a search.
struct SearchResult {
    id: Id,
    date: Date,
    day: String,
    strip: Strip,
    parts: Vec<Part>,
    usual: Option<Usual>,
    sentence: Option<String>,
    /// The nearest day with free times: its path and a sentence.
    other_day: Option<(String, String)>,
    reserved: Vec<ReservedTimes>,
    /// Whether the day opens later, so that the guest can request a notification.
    opens_later: bool,
    /// Whether the guest can join the waitlist for the day.
    can_wait: bool,
    wait_path: String,
    /// For how long a time is held for a guest on the waitlist, such as `30 minutes`.
    offer: String,
    /// Whether a plan would open what is closed.
    wants_plan: bool,
    /// Which rules staff override if they book one of these times for a guest.
    overrides: Option<String>,
    at_list_price: bool,
}

#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    frame: Frame,
    errors: FieldErrors,
    choice: ServiceChoice,
    /// Whether the options besides the therapist are shown at once.
    shows_options: bool,
    today: Date,
    date: Date,
    /// The sentence that confirms an operation that has just succeeded.
    done: Option<&'static str>,
    /// Why another day is shown than the requested one.
    other_date: Option<String>,
    /// The times of the day that the actor holds.
    own_holds: Vec<OwnHold>,
    requested_at: String,
    narrowing: Narrowing,
    search: Option<Search>,
    found: Option<SearchResult>,
    why: Option<WhyNot>,
    /// The secret that prevents two holds if the form is sent twice.
    token: String,
    /// The person that staff book for; `None` for guests.
    guest: Option<GuestFields>,
}

impl BookPage {
    /// Returns the path of the page on which staff choose the person, with the current search.
    fn choose_guest(&self) -> String {
        match &self.search {
            Some(search) => {
                format!("/staff/book/?service={}&date={}", format::encoded(&search.service), self.date)
            }
            None => "/staff/book/".to_owned(),
        }
    }

    /// Returns the months of the strip of days, if there is one.
    fn months(&self) -> Option<&str> {
        self.found.as_ref().map(|found| found.strip.months.as_str())
    }

    /// Returns the id of the form that the buttons of the times belong to; empty for the form around them.
    fn owner(&self) -> &'static str {
        self.guest.as_ref().map_or("", GuestFields::form)
    }
}

const FIELDS: [(&str, &str); 6] = [
    ("service", "Service"),
    ("date", "Date"),
    ("at", "Time"),
    ("guest_name", "Guest’s name"),
    ("guest_phone", "Guest’s phone"),
    ("guest_email", "Guest’s email"),
];

async fn book(
    caller: Caller,
    HoldToken(token): HoldToken,
    QueryForm(form): QueryForm<BookQuery>,
) -> Result<Response> {
    let FormInput { raw_form, parsed } = form;
    let page =
        caller.view(move |tx, by| load(tx, Holder { by, token: token.as_deref() }, &parsed, &raw_form, None));
    let (status, page) = page.await?;
    Ok((status, Page::of(&page)?).into_response())
}

/// Redirects from the URL of an earlier version, in which a time was reviewed before it was held.
async fn earlier_address(Query(requested): Query<BookQuery>) -> Response {
    let service = format::encoded(requested.service.as_deref().unwrap_or_default());
    see_other(&match requested.at {
        Some(At::Moment(at)) => format!("/book/?service={service}&at={at}"),
        _ => format!("/book/?service={service}"),
    })
}

/// The outcome of choosing a time.
enum ChooseOutcome {
    Held(Id, Option<String>),
    Rendered(StatusCode, Box<BookPage>),
}

async fn hold(
    caller: Caller,
    HoldToken(earlier): HoldToken,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<BookQuery>,
) -> Result<Response> {
    let network = people::network(caller.address()).to_string();
    let done = caller.tx(move |tx, by| {
        let visitor = Visitor { network: &network, earlier: earlier.as_deref(), token: None };
        choose(tx, by, &parsed, &raw_form, visitor)
    });
    match done.await? {
        ChooseOutcome::Held(id, token) => {
            let onward = see_other(&format!("/book/held/{id}/"));
            match token {
                Some(token) => cookie::keep(onward, &token),
                None => Ok(onward),
            }
        }
        ChooseOutcome::Rendered(status, page) => Ok((status, Page::of(&*page)?).into_response()),
    }
}

fn choose(
    tx: &mut Tx<'_>,
    by: &Actor,
    parsed: &Result<BookQuery, Fields>,
    raw_form: &RawForm,
    visitor: Visitor<'_>,
) -> Result<ChooseOutcome> {
    let catalogue = catalogue::current(tx)?;
    let chosen = parsed.as_ref().ok().and_then(|requested| {
        let service = catalogue.service_by_slug(requested.service.as_deref()?).filter(|one| one.active)?;
        let At::Moment(starts_at) = requested.at? else { return None };
        Some((requested, service, starts_at))
    });
    let Some((requested, service, starts_at)) = chosen else {
        let mut fields = parsed.as_ref().err().cloned().unwrap_or_default();
        if fields.0.is_empty() {
            fields.add("at", "Please choose a time first.");
        }
        let holder = Holder { by, token: visitor.earlier };
        let (status, page) = load(tx, holder, &Err(fields), raw_form, None)?;
        return Ok(ChooseOutcome::Rendered(status, Box::new(page)));
    };
    let search = Search::fitting(&catalogue, service, narrowed(by, requested));
    let visitor = Visitor { token: requested.token.as_deref(), ..visitor };
    let mut request = request(service, &search, When::Moment(starts_at));
    if let Some(again) = requested.again {
        request.extras = noted(tx, Holder { by, token: visitor.earlier }, again)?;
    }
    if requested.guest_name.is_some() {
        request.extras.guest_name.clone_from(&requested.guest_name);
    }
    let mut refused = None;
    let held = tx.attempt(|tx| match hold_for(tx, by, &mut request, &search, (raw_form, &visitor)) {
        Ok(held) => Ok(Some(held)),
        Err(error @ (Error::Refused(..) | Error::Invalid(_))) => {
            refused = Some(error);
            Ok(None)
        }
        Err(error) => Err(error),
    })?;
    if let Some(held) = held {
        return Ok(ChooseOutcome::Held(held.booking.id, held.token));
    }
    let holder = Holder { by, token: visitor.earlier };
    let (status, page) = load(tx, holder, parsed, raw_form, refused)?;
    Ok(ChooseOutcome::Rendered(status, Box::new(page)))
}

/// Holds a time. For a guest without an account, it reads the guest's data from the form first.
fn hold_for(
    tx: &mut Tx<'_>,
    by: &Actor,
    request: &mut BookingRequest,
    search: &Search,
    (raw_form, visitor): (&RawForm, &Visitor<'_>),
) -> Result<bookings::Held> {
    if search.whom() == BookingFor::Guest {
        let Extras { guest_name, guest_phone, guest_email, .. } = guest::read(raw_form)?;
        request.extras =
            Extras { guest_name, guest_phone, guest_email, ..std::mem::take(&mut request.extras) };
    }
    bookings::hold(tx, by, request, visitor)
}

/// Returns the search parameters. Only staff may search for another person.
fn narrowed(by: &Actor, requested: &BookQuery) -> Narrowed {
    if by.may(Action::BookForOthers) { requested.narrowed } else { requested.narrowed.for_requester() }
}

/// Returns the details of a hold for its holder; empty if the hold is not theirs.
fn noted(tx: &mut Tx<'_>, holder: Holder<'_>, hold: Id) -> Result<Extras> {
    match bookings::held_notes(tx, holder, hold) {
        Ok(HeldNotes { allergies, scene, guest_phone, addons }) => {
            Ok(Extras { allergies, scene, guest_phone, addons, ..Extras::default() })
        }
        Err(Error::NotFound) => Ok(Extras::default()),
        Err(error) => Err(error),
    }
}

/// Creates the booking request for a time of a search, without details.
pub(crate) fn request(service: &Service, search: &Search, when: When) -> BookingRequest {
    BookingRequest {
        service: service.id,
        minutes: search.minutes,
        when,
        room: search.room,
        technician: search.technician,
        party: search.party,
        person: match search.whom() {
            BookingFor::Person(person) => Some(person),
            BookingFor::Requester | BookingFor::Guest => None,
        },
        companion: None,
        extras: Extras::default(),
        then: Vec::new(),
    }
}

/// Adds the errors of the guest's name, email, and phone, if a hold was refused because of them.
fn add_guest_errors(fields: &mut Fields, refusal: Option<&Error>) {
    if let Some(Error::Invalid(wrong)) = refusal {
        let of_guest = wrong.0.iter().filter(|(name, _)| name.starts_with("guest_"));
        of_guest.for_each(|(name, why)| fields.add(name, why));
    }
}

/// Creates the page. `refusal` is the error if a time was chosen and could not be held.
fn load(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    parsed: &Result<BookQuery, Fields>,
    raw_form: &RawForm,
    refusal: Option<Error>,
) -> Result<(StatusCode, BookPage)> {
    let by = holder.by;
    let catalogue = catalogue::current(tx)?;
    let zone = &catalogue.club.zone;
    let today = format::date_at(zone, tx.now());
    let mut fields = parsed.as_ref().err().cloned().unwrap_or_default();
    let mut requested = parsed.as_ref().cloned().unwrap_or_default();
    requested.narrowed = narrowed(by, &requested);
    add_guest_errors(&mut fields, refusal.as_ref());
    let guest = guest::chosen(tx, by, &mut requested.narrowed, raw_form, &mut fields)?;
    let slug = requested.service.as_deref().unwrap_or_else(|| raw_form.get("service"));
    let service = catalogue.service_by_slug(slug).filter(|service| service.active);
    if service.is_none() && requested.service.is_some() {
        fields.add("service", "We couldn’t find that service. Please choose one below.");
    }
    let date = match (requested.date, requested.at) {
        (_, Some(At::Moment(moment))) => night_before(zone, moment),
        (date, _) => date.unwrap_or(today),
    };
    let chosen = service.map(|service| (service, Search::fitting(&catalogue, service, requested.narrowed)));
    let knows_day = ["service", "date"].iter().all(|field| !fields.0.contains_key(*field));
    let context = SearchContext::read(tx, by, requested.narrowed.whom(), None)?;
    let other_date = match &chosen {
        Some((service, search)) if knows_day && requested.date.is_some() && requested.at.is_none() => {
            OtherDate::of(tx, &context, (service, search), date)?
        }
        _ => None,
    };
    let date = other_date.as_ref().map_or(date, |other| other.date);
    let day = match &chosen {
        Some((service, search)) if knows_day => {
            let day_search = search.to_query(service.id, date, date, true);
            Some((service, search, context.search(tx, &day_search)?))
        }
        _ => None,
    };
    let mut why = None;
    if let (Some((service, search, day)), true) = (&day, fields.0.is_empty()) {
        why = why_not(tx, holder, (service, search, day), (date, requested.at), refusal, &mut fields)?;
    }
    let own_holds = match &day {
        Some((service, search, _)) if search.guest.is_none() => {
            bookings::own_holds_on(tx, holder, service.id, date)?
        }
        _ => Vec::new(),
    };
    let found =
        day.map(|(service, search, day)| find(tx, &context, service, search, date, &day)).transpose()?;
    let title = match service {
        Some(service) => format!("{}: choose a time · CoreSync", service.name),
        None => "Choose a time · CoreSync".to_owned(),
    };
    let was_refused = why.as_ref().and_then(|why| why.status);
    let status =
        if fields.0.is_empty() { was_refused.unwrap_or(StatusCode::OK) } else { StatusCode::BAD_REQUEST };
    // Pages with a date or a time are not indexed, so that no search engine crawls the calendar.
    let is_indexed = requested.date.is_none()
        && requested.at.is_none()
        && requested.narrowed.is_open()
        && status == StatusCode::OK;
    let chosen_pair = chosen.as_ref().map(|(service, search)| (*service, search));
    let guest_id = guest.as_ref().and_then(|guest| guest.id);
    let choice = ServiceChoice::of(tx, &catalogue, chosen_pair, (date, requested.date), guest_id)?;
    let narrowing =
        chosen_pair.map(|(service, search)| narrowings(&catalogue, service, search)).unwrap_or_default();
    let frame = Frame::new(by, "book", title).about("See open times for every service, day by day.");
    let page = BookPage {
        frame: Frame { is_indexed, ..frame },
        errors: FieldErrors::of(&fields, &FIELDS),
        choice,
        shows_options: narrowing.is_essential(requested.narrowed) || fields.0.contains_key("date"),
        today,
        date,
        done: requested.is_released.then_some("The time was released."),
        other_date: other_date.map(|other| other.sentence),
        own_holds: own_holds.iter().map(|held| OwnHold::of(held, zone)).collect(),
        requested_at: requested_clock(zone, &requested, raw_form),
        narrowing,
        search: chosen.map(|(_, search)| search),
        found,
        why,
        token: match by.signed_in() {
            Some(_) if !by.may(Action::BookForOthers) => String::new(),
            _ => tokens::secret()?,
        },
        guest,
    };
    Ok((status, page))
}

/// Returns the requested time of day as the form shows it. If it can't be parsed, this is the text that was entered.
fn requested_clock(zone: &TimeZone, requested: &BookQuery, raw_form: &RawForm) -> String {
    match requested.at {
        Some(At::Moment(moment)) => format::input_clock(zone, moment),
        Some(At::Clock(time)) => time.strftime("%H:%M").to_string(),
        None => raw_form.get("at").to_owned(),
    }
}

/// Describes whether the requested time can be booked, and why not. Errors of the time itself are added to `fields`.
fn why_not(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    (service, search, day): (&Service, &Search, &Answer),
    (date, at): (Date, Option<At>),
    refusal: Option<Error>,
    fields: &mut Fields,
) -> Result<Option<WhyNot>> {
    let when = match at {
        Some(At::Moment(moment)) => When::Moment(moment),
        Some(At::Clock(time)) => When::Civil(date, time),
        None => return Ok(None),
    };
    let was_sent = refusal.is_some();
    let refusal = match refusal {
        Some(error) => Ok(Some(error)),
        None => verdict(tx, holder.by, search, &request(service, search, when)),
    };
    match refusal {
        Ok(refusal) => {
            let is_refused = refusal.is_some();
            let situation = why::Situation { service, search, date, day, when, refusal, was_sent };
            let (why, at) = why::explain(tx, situation)?;
            let own_hold = if is_refused { bookings::own_hold_at(tx, holder, service.id, at)? } else { None };
            Ok(Some(match own_hold.filter(|_| search.guest.is_none()) {
                Some(hold) => why.held_by_requester(hold),
                None => why,
            }))
        }
        Err(Error::Invalid(wrong)) => {
            let sentence = wrong.0.into_values().next().unwrap_or_default();
            fields.add("at", sentence.replace(" Send starts_at.", " Choose a time below, or call us."));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns the first refusal of a booking request, for the actor or for the person that staff book for.
fn verdict(tx: &mut Tx<'_>, by: &Actor, search: &Search, request: &BookingRequest) -> Result<Option<Error>> {
    let verdict = match search.whom() {
        BookingFor::Requester => bookings::why_not(tx, by, request)?,
        BookingFor::Person(person) => bookings::why_not_by_staff(tx, by, request, Some(person))?,
        BookingFor::Guest => bookings::why_not_by_staff(tx, by, request, None)?,
    };
    Ok(verdict.refusals.into_iter().next())
}

/// Collects what the page shows about a day and the strip around it.
fn find(
    tx: &mut Tx<'_>,
    context: &SearchContext,
    service: &Service,
    search: &Search,
    date: Date,
    day: &Answer,
) -> Result<SearchResult> {
    let catalogue = catalogue::current(tx)?;
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let (first, last) = times::strip_span(today, date);
    let fortnight = context.search(tx, &search.to_strip_query(service.id, (first, last)))?;
    let closed = day.days.first().and_then(|day| day.closed);
    let is_member = day.window.entitlements().plan().is_some() || day.window.is_unbounded();
    let shut = day.needs_plan;
    let mut parts = times::parts(day, search, None);
    let usual = Usual::of_parts(&mut parts);
    let is_over = date < today;
    let reserved = if shut || is_over {
        Vec::new()
    } else {
        bookings::reserved_times(tx, context, &search.to_query(service.id, date, date, true))?
    };
    let sentence = match closed {
        _ if shut => Some(format!("{} is for members only.", service.name)),
        Some(closed) => Some(times::closed_sentence(&day.window, date, closed)),
        None if parts.is_empty() => Some(times::empty_sentence(&fortnight, date)),
        None => None,
    };
    let wants_other = parts.is_empty() && !shut;
    let other_day =
        if wants_other { other_day(tx, context, service, search, (date, last), &fortnight)? } else { None };
    let now = tx.now();
    Ok(SearchResult {
        id: service.id,
        date,
        day: format::day(date, today),
        strip: Strip::of(&fortnight, search, date, None),
        wants_plan: !is_member && (shut || closed.is_some()),
        at_list_price: !is_member && !parts.is_empty(),
        overrides: guest::overrides(search, service, date, day),
        opens_later: closed.is_some() && !shut,
        can_wait: closed.is_none() && !shut && !is_over,
        wait_path: search.wait_path(date),
        offer: offer_length(&catalogue),
        other_day,
        reserved: ReservedTimes::of(&catalogue, &reserved, now),
        parts,
        usual,
        sentence,
    })
}

/// Returns the nearest day with free times: in the strip, otherwise in the weeks after it.
fn other_day(
    tx: &mut Tx<'_>,
    context: &SearchContext,
    service: &Service,
    search: &Search,
    (date, last): (Date, Date),
    fortnight: &Answer,
) -> Result<Option<(String, String)>> {
    let today = fortnight.window.today();
    let mut nearest = times::nearest(&fortnight.days, date);
    if nearest.is_none() {
        let days = fortnight.window.max_advance_days();
        let end = today.checked_add(jiff::Span::new().days(days)).unwrap_or(today);
        let from = last.tomorrow().unwrap_or(last);
        if from <= end {
            let later = context.search(tx, &search.to_query(service.id, from, end, false))?;
            nearest = times::nearest(&later.days, date);
        }
    }
    let Some(nearest) = nearest else { return Ok(None) };
    let day = context.search(tx, &search.to_query(service.id, nearest, nearest, true))?;
    let count = times::Counts::of(&day, None).on(nearest);
    let sentence = format!("{}, has {}.", format::day(nearest, today), format::times(count));
    Ok(Some((search.day_path(nearest), sentence)))
}
