//! The content of the page of a held time.

use askama::Template;
use bookings::{Booking, Detail, Holder, Status};
use catalogue::{Catalogue, Service};
use jiff::Timestamp;
use kit::{Cents, Id, Result, Tx, tokens};
use people::{Action, Actor};
use pictures::artwork::Artwork;
use ui::{Choice, FieldErrors, Frame, format, login_path, services_by_category};

use crate::booking::times::{self, Search, TimeCell};
use crate::hold::hold_form::{FIELDS, FilledFrom, FormState, HoldFormFields};
use crate::price::{self, BillLine, Cancelling};
use crate::visits::card::artwork_of;
use crate::visits::line::VisitLine;

/// One service of the held visit.
pub(crate) struct Served {
    pub(crate) id: Id,
    pub(crate) line: VisitLine,
    pub(crate) with: String,
    pub(crate) guests: String,
    pub(crate) bill: Vec<BillLine>,
    pub(crate) total: String,
    /// Whether the service can be removed from the visit.
    pub(crate) follows: bool,
}

#[derive(Template)]
#[template(path = "held.html")]
pub(crate) struct HeldPage {
    frame: Frame,
    id: Id,
    artwork: Artwork,
    served: Vec<Served>,
    /// The day and the start of the visit where there is little room: `Thu, Dec 3, 10:30 AM`.
    when: String,
    /// The total of all services, if there is more than one.
    sum: Option<String>,
    /// The total of the visit.
    total: String,
    /// Whether nothing is due.
    is_free: bool,
    is_over: bool,
    is_visitor: bool,
    has_companion: bool,
    until: String,
    until_iso: String,
    now_iso: String,
    cancelling: String,
    can_extend: bool,
    /// For how long from now the time can be held once more: `10 more minutes`.
    more: String,
    times: String,
    refusal: Option<String>,
    errors: FieldErrors,
    shown: HoldFormFields,
    /// The services that can be added, by category.
    then: Vec<(String, Vec<Choice>)>,
    promise: i64,
    /// Other times, if the hold has expired.
    near: Vec<TimeCell>,
    search: Search,
    token: String,
    /// The name of the person that staff book for, if it is not themselves.
    whom: Option<String>,
    /// Whether it is for a guest without an account, who needs a name and a phone number.
    needs_guest: bool,
    /// Whether the guest’s account has no phone number.
    asks_phone: bool,
}

/// Creates the page. `form_state` is the state of a form that was not accepted.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such hold or it is not the holder's.
pub(crate) fn draw(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    id: Id,
    form_state: Option<FormState<'_>>,
) -> Result<HeldPage> {
    let by = holder.by;
    let all = bookings::held_visit(tx, holder, id)?;
    let notes = bookings::held_notes(tx, holder, id)?;
    let detail = all.iter().find(|detail| detail.booking.id == id).ok_or(kit::Error::NotFound)?;
    let held = &detail.booking;
    let catalogue = catalogue::current(tx)?;
    let (now, zone) = (tx.now(), &catalogue.club.zone);
    let until = held.hold.expires_at.unwrap_or(now);
    let is_over = held.status != Status::Held || until <= now;
    // Staff see the benefits of the guest, and not their own.
    let for_others = by.may(Action::BookForOthers);
    let owner = held.person.or_else(|| by.id().filter(|_| !for_others));
    let whom = whom(tx, by, held)?;
    let guest = whom.as_ref().map(|_| held.person.map_or(0, |person| person.0));
    let (entitlements, liked) = match owner {
        Some(person) => (
            membership::entitlements(tx, catalogue.club.id, person)?,
            people::preferences_of(tx, person)?.scene,
        ),
        None => Default::default(),
    };
    let from = match &form_state {
        Some(form_state) => FilledFrom::Raw(form_state.raw_form),
        None => FilledFrom::Stored(&notes),
    };
    let service = catalogue.service(held.service).ok_or(kit::Error::NotFound)?;
    let pictures = pictures::shown(tx, catalogue.club.id)?;
    let artwork = artwork_of(&catalogue, &pictures, held);
    let search = search_of(service, held, guest);
    let near = if is_over && service.active {
        let day_search = search.to_query(service.id, held.day, held.day, true);
        // The add-ons of the hold are taken over to another time, so the prices include them (C6).
        let day_search = bookings::Search { addons: notes.addons.clone(), ..day_search };
        let day = bookings::search_for(tx, by, &day_search, search.whom())?;
        times::near(&day, &search, held.starts_at)
    } else {
        Vec::new()
    };
    let followed: Vec<&str> =
        form_state.as_ref().map(|form_state| form_state.raw_form.get("then")).into_iter().collect();
    let sum: Cents = all.iter().map(|detail| detail.booking.price.total()).sum();
    let promise = form_state.as_ref().and_then(|form_state| form_state.promise);
    Ok(HeldPage {
        frame: Frame::new(by, "book", "Review and book · CoreSync"),
        id,
        artwork,
        when: format::short_moment(zone, held.starts_at),
        total: format::money(sum),
        is_free: sum == Cents::ZERO,
        is_over,
        is_visitor: by.signed_in().is_none(),
        has_companion: held.party.people > 1,
        until: format::clock(zone, until),
        until_iso: until.to_string(),
        now_iso: now.to_string(),
        cancelling: Cancelling::of(&catalogue, held, now).sentence(),
        can_extend: !held.hold.extended,
        more: format::number_of(catalogue.setting(bookings::HOLD), "more minute"),
        times: search.day_path(held.day),
        refusal: form_state.as_ref().and_then(|form_state| form_state.refusal.clone()),
        errors: form_state
            .as_ref()
            .map(|form_state| FieldErrors::of(&form_state.fields, &FIELDS))
            .unwrap_or_default(),
        shown: HoldFormFields::of(&catalogue, held, &entitlements, from, liked.as_deref()),
        then: if is_over || all.len() > 3 { Vec::new() } else { followers(&catalogue, &followed) },
        promise: promise.unwrap_or_else(|| all.iter().map(|detail| service_price(&detail.booking)).sum()),
        near,
        search,
        token: if by.signed_in().is_some() && !for_others { String::new() } else { tokens::secret()? },
        needs_guest: for_others && held.person.is_none(),
        asks_phone: asks_phone(by, held),
        whom,
        sum: (all.len() > 1).then(|| format::money(sum)),
        served: all.iter().map(|detail| served(&catalogue, detail, id, now)).collect(),
    })
}

/// Returns whether the actor holds the time for their own account, and the account has no phone number.
pub(crate) fn asks_phone(by: &Actor, held: &Booking) -> bool {
    by.signed_in().is_some_and(|person| held.person == Some(person.id) && person.phone.is_none())
}

/// Returns the price of a service in cents, without add-ons and tax.
fn service_price(booking: &Booking) -> i64 {
    (booking.price.base - booking.price.discount).0
}

/// Creates the search for times like a held one. `guest` is as in [`Search`].
pub(crate) fn search_of(service: &Service, held: &Booking, guest: Option<i64>) -> Search {
    Search {
        service: service.slug.clone(),
        party: Some(held.party.people).filter(|party| *party != service.party),
        technician: None,
        room: None,
        minutes: held.price.minutes().filter(|minutes| *minutes != service.minutes),
        moving: None,
        guest,
    }
}

/// Returns the name of the person that staff book for; `None` if it is themselves.
fn whom(tx: &mut Tx<'_>, by: &Actor, held: &Booking) -> Result<Option<String>> {
    if !by.may(Action::BookForOthers) || held.person == by.id() {
        return Ok(None);
    }
    let owner = held.person.map(|person| people::person(tx, person)).transpose()?;
    let owner = owner.map(|person| person.full_name());
    Ok(held.party.guest_name.clone().or(owner).or_else(|| Some("a guest".to_owned())))
}

fn served(catalogue: &Catalogue, detail: &Detail, first: Id, now: Timestamp) -> Served {
    let booking = &detail.booking;
    let names: Vec<&str> = detail.technicians.iter().map(|(_, name)| name.as_str()).collect();
    Served {
        id: booking.id,
        line: VisitLine::of(catalogue, detail, now),
        with: format::list(&names),
        guests: format::guests(booking.party.people),
        bill: price::bill(&detail.why, booking.price.tax),
        total: format::money(booking.price.total()),
        follows: booking.id != first,
    }
}

/// Returns the services that can be added, which are all offered services.
fn followers(catalogue: &Catalogue, chosen: &[&str]) -> Vec<(String, Vec<Choice>)> {
    services_by_category(catalogue, |service| {
        let (id, minutes) = (service.id.to_string(), format::duration(service.minutes));
        let is_chosen = chosen.contains(&id.as_str());
        // Some names say the duration already.
        let is_named = service.name.ends_with(&minutes);
        let label = if is_named { service.name.clone() } else { format!("{}, {minutes}", service.name) };
        Choice::new(id, label, is_chosen)
    })
}

/// The page for a form whose sender is not signed in any more. It reveals nothing of the hold and keeps the typed
/// values.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub(crate) struct SignedOutPage {
    frame: Frame,
    action: String,
    login: String,
    sent: Vec<(String, String)>,
}

impl SignedOutPage {
    pub(crate) fn of(by: &Actor, action: &str, sent: &[(String, String)]) -> SignedOutPage {
        SignedOutPage {
            frame: Frame::new(by, "book", "Please sign in · CoreSync"),
            action: action.to_owned(),
            login: login_path(action),
            sent: sent.to_vec(),
        }
    }
}

/// The page for a visitor who requests a time that is not held for them while they hold another one (H1).
#[derive(Template)]
#[template(path = "released.html")]
pub(crate) struct ReleasedPage {
    frame: Frame,
    current: String,
}

impl ReleasedPage {
    pub(crate) fn of(by: &Actor, current: Id) -> ReleasedPage {
        ReleasedPage {
            frame: Frame::new(by, "book", "No longer held · CoreSync"),
            current: format!("/book/held/{current}/"),
        }
    }
}
