//! The visits of a business day, as the front desk works with them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use booking_rules::{Booking, BookingEvent, Status};
use jiff::civil::Date;
use kit::web::{Input, Paging, RawInput};
use kit::{Cents, Id, Result, Tx, args, sql};
use people::{Action, Actor, Findable, NameSearch, Person};

use crate::accounts::my_bookings::detail_and_due;
use crate::attendance::steps::objection;
use crate::attendance::undo::{Undoing, undoing};
use crate::model::Detail;
use crate::store::{self, BookingRow, columns};
use catalogue::Catalogue;

/// The steps that can be offered for a visit, in the order of a visit.
const STEPS: [Status; 4] = [Status::CheckedIn, Status::InProgress, Status::Completed, Status::NoShow];

/// A filter for the visits of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayFilter {
    /// The business day. Defaults to today's.
    pub date: Option<Date>,
    /// The beginnings of words of a name, an email address, a phone number, or a reference.
    pub q: Option<String>,
    /// If set, only visits with this status are listed.
    pub status: Option<Status>,
}

impl Input for DayFilter {
    fn parse(input: &mut RawInput) -> DayFilter {
        let status = input.opt_text_within("status", 20).map(Status::read);
        if status == Some(None) {
            input.add_error("status", "Choose a visit status like confirmed or checked_in.");
        }
        let q = input.opt_text_within("q", 100);
        DayFilter { date: input.opt_date("date"), q, status: status.flatten() }
    }
}

/// The guest of a visit.
#[derive(Debug, Clone, Default)]
pub struct DayGuest {
    /// The person, if the visit belongs to an account.
    pub person: Option<Id>,
    /// The guest's name. It is the name of the account unless the visit is for someone else.
    pub name: String,
    /// The guest's phone number.
    pub phone: Option<String>,
    /// The guest's email address.
    pub email: Option<String>,
}

/// A visit of a day, as the front desk sees it.
#[derive(Debug, Clone)]
pub struct DayVisit {
    /// The details of the booking.
    pub detail: Detail,
    /// The guest of the visit.
    pub guest: DayGuest,
    /// Whether the guest is late: the visit should have begun, and the guest is not checked in (D5).
    pub is_late: bool,
    /// The amount that is due for the visit now, with tax.
    pub due: Cents,
    /// The steps that can be taken now.
    pub steps: Vec<Status>,
    /// Whether the actor can undo the last step.
    pub undo: Undoing,
}

/// One page of the visits of a day or of all days.
#[derive(Debug)]
pub struct DayVisits {
    /// The visits of the page, ordered by time.
    pub visits: Vec<DayVisit>,
    /// The number of visits on all pages, including canceled ones.
    pub total: usize,
    /// The number of canceled visits on all pages.
    pub cancelled: usize,
}

/// Returns one page of the visits that begin on a business day and match the filter, ordered by time, and the
/// business day. Holds are not visits.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see every booking.
pub fn day_visits(
    tx: &mut Tx<'_>,
    by: &Actor,
    filter: &DayFilter,
    paging: Paging,
) -> Result<(DayVisits, Date)> {
    by.need(Action::SeeEveryBooking)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let date = filter.date.unwrap_or_else(|| catalogue.business_day_at(now));
    let search = filter.q.as_deref().map(NameSearch::new);
    let mut names = HashMap::new();
    let mut found = Vec::new();
    for (row, phone) in visits_of(tx, &catalogue, date)? {
        let guest = guest(tx, &mut names, &row.booking, phone)?;
        let fits_state = filter.status.is_none_or(|status| status == row.booking.status);
        let what = Findable {
            name: &guest.name,
            email: guest.email.as_deref(),
            phone: guest.phone.as_deref(),
            reference: row.booking.reference.as_deref(),
        };
        let fits_query = search.as_ref().is_none_or(|search| search.finds(what));
        if fits_state && fits_query {
            found.push((row, guest));
        }
    }
    let total = found.len();
    let cancelled = found.iter().filter(|(row, _)| row.booking.status == Status::Cancelled).count();
    let mut visits = Vec::new();
    for (row, guest) in paging.cut(found) {
        visits.push(visit(tx, by, &catalogue, row, guest)?);
    }
    Ok((DayVisits { visits, total, cancelled }, date))
}

/// Returns the bookings that begin on a business day, ordered by time, each with the phone number of its guest.
pub(crate) fn visits_of(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    date: Date,
) -> Result<Vec<(BookingRow, Option<String>)>> {
    let (from, to) = catalogue.business_day(date);
    let (first, last) = (date.yesterday().unwrap_or(date), date.tomorrow().unwrap_or(date));
    let phones: Vec<(Id, String)> = tx.all(
        sql!(
            "SELECT id, guest_phone FROM bookings WHERE club_id = $1 AND day >= $2 AND day <= $3
             AND guest_phone IS NOT NULL"
        ),
        args![catalogue.club.id, first, last],
    )?;
    let mut phones: HashMap<Id, String> = phones.into_iter().collect();
    // The `day` of a booking is its operating day, which may have begun on the date before.
    let all: Vec<BookingRow> = tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE b.club_id = $1 AND b.day >= $2 AND b.day <= $3 AND b.starts_at >= $4
             AND b.starts_at < $5 AND b.status NOT IN ('held', 'expired') ORDER BY b.starts_at, b.id"
        )),
        args![catalogue.club.id, first, last, from, to],
    )?;
    let with_phone = |row: BookingRow| {
        let phone = phones.remove(&row.booking.id);
        (row, phone)
    };
    Ok(all.into_iter().map(with_phone).collect())
}

/// The columns of a booking that are matched by a search over all days: id, person, guest name, guest email, guest
/// phone number, reference, and whether it is canceled.
type Searched = (Id, Option<Id>, Option<String>, Option<String>, Option<String>, Option<String>, bool);

/// Returns one page of the visits from today's business day on that match the search, ordered by time. A visit
/// matches by the name or phone number of its guest or by its reference.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see every booking and search for people.
pub fn visits_ahead(tx: &mut Tx<'_>, by: &Actor, q: &str, paging: Paging) -> Result<DayVisits> {
    by.need(Action::SeeEveryBooking)?;
    let people = people::find_ids(tx, by, q)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let today = catalogue.business_day_at(now);
    let (from, _) = catalogue.business_day(today);
    let ahead: Vec<Searched> = tx.all(
        sql!(
            "SELECT id, person_id, guest_name, guest_email, guest_phone, reference, status = 'cancelled' FROM bookings
             WHERE club_id = $1 AND day >= $2 AND starts_at >= $3 AND status NOT IN ('held', 'expired') ORDER BY starts_at, id"
        ),
        args![catalogue.club.id, today.yesterday().unwrap_or(today), from],
    )?;
    let search = NameSearch::new(q);
    let is_found = |(_, person, name, email, phone, reference, _): &Searched| {
        let is_theirs = name.is_none() && person.is_some_and(|person| people.contains(&person));
        let (email, phone, reference) = (email.as_deref(), phone.as_deref(), reference.as_deref());
        let name = name.as_deref().unwrap_or_default();
        is_theirs || search.finds(Findable { name, email, phone, reference })
    };
    let found: Vec<&Searched> = ahead.iter().filter(|one| is_found(one)).collect();
    let (total, cancelled) = (found.len(), found.iter().filter(|one| one.6).count());
    let mut names = HashMap::new();
    let mut visits = Vec::new();
    for id in paging.cut(found).into_iter().map(|one| one.0) {
        let row = store::find(tx, id)?.ok_or(kit::Error::NotFound)?;
        let phone = store::guest_phone_of(tx, id)?;
        let guest = guest(tx, &mut names, &row.booking, phone)?;
        visits.push(visit(tx, by, &catalogue, row, guest)?);
    }
    Ok(DayVisits { visits, total, cancelled })
}

/// A cache of people.
pub(crate) type PersonCache = HashMap<Id, Person>;

/// Returns the guest of a booking.
pub(crate) fn guest(
    tx: &mut Tx<'_>,
    known: &mut PersonCache,
    booking: &Booking,
    phone: Option<String>,
) -> Result<DayGuest> {
    let (name, email) = (booking.party.guest_name.clone(), booking.party.guest_email.clone());
    let Some(id) = booking.person else {
        return Ok(DayGuest { person: None, name: name.unwrap_or_default(), phone, email });
    };
    let person = match known.entry(id) {
        Entry::Occupied(person) => person.into_mut(),
        Entry::Vacant(place) => place.insert(people::person(tx, id)?),
    };
    let own_email = person.email.clone().filter(|_| name.is_none());
    Ok(DayGuest {
        person: Some(id),
        name: name.unwrap_or_else(|| person.full_name()),
        phone: phone.or_else(|| person.phone.clone()),
        email: email.or(own_email),
    })
}

fn visit(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    row: BookingRow,
    guest: DayGuest,
) -> Result<DayVisit> {
    let now = tx.now();
    let last = store::last_event(tx, row.booking.id, BookingEvent::Step(row.booking.status))?;
    let (detail, due) = detail_and_due(tx, row)?;
    let booking = &detail.booking;
    let mut steps = Vec::new();
    for to in STEPS.into_iter().filter(|_| by.may_for(Action::RunTheDay, booking.person)) {
        if objection(catalogue, booking, to, now)?.is_none() {
            steps.push(to);
        }
    }
    let is_late = matches!(booking.status, Status::Pending | Status::Confirmed) && now > booking.starts_at;
    let undo = undoing(catalogue, booking, last.as_ref(), by, now);
    Ok(DayVisit { is_late, steps, undo, due, guest, detail })
}

/// Returns a booking and its guest.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see every booking, and `Error::NotFound` if there is no such booking.
pub fn guest_of(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<(Booking, DayGuest)> {
    by.need(Action::SeeEveryBooking)?;
    let booking = store::find(tx, id)?.ok_or(kit::Error::NotFound)?.booking;
    let phone = store::guest_phone_of(tx, id)?;
    let guest = guest(tx, &mut HashMap::new(), &booking, phone)?;
    Ok((booking, guest))
}
