//! Notifications about bookings: what is written when something happens, and whether it is still true when it is sent
//! (N3). The rules are in decision 19.

use booking_rules::settings::REMIND_LAST;
use booking_rules::{
    Booking, BookingEvent, BookingNews, BookingNotification, CancelledFor, NewsData, NewsItem, Opened,
    Repriced, SUBJECT, Status, VisitNotification, WaitState,
};
use jiff::{SignedDuration, Timestamp};
use kit::notifications::{RecipientRole, SubjectRef};
use kit::{Cents, Error, Id, Notification, Result, Tx, args, sql};
use people::{Actor, Subject};
use scheduling::begin;

use crate::accounts::my_bookings::read;
use crate::model::{Detail, Repricing};
use crate::notifications::guests;
use crate::search::free_times::search;
use crate::store;
use crate::waitlist;
use crate::waitlist::model::Wait;

/// How long after it happened a cancellation or a missed visit is still worth an email.
const NEWS_TTL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The event of a booking that a notification reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reported {
    /// Any event that sets the time of the booking.
    Placed,
    /// This event.
    Event(BookingEvent),
}

impl Reported {
    fn as_str(self) -> &'static str {
        match self {
            Reported::Placed => "placed",
            Reported::Event(event) => event.as_str(),
        }
    }
}

/// Returns the last event of a booking that a notification reports. Other events are ignored.
fn last_event(tx: &mut Tx<'_>, booking: Id, reported: Reported) -> Result<Id> {
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT id FROM booking_events WHERE booking_id = $1
             AND (what = $2 OR ($2 = 'placed' AND what IN ('booked', 'recorded', 'rescheduled')))
             ORDER BY at DESC, id DESC LIMIT 1"
        ),
        args![booking, reported.as_str()],
    )?;
    Ok(found.map_or(Id(0), |(id,)| id))
}

fn item(tx: &mut Tx<'_>, booking: &Booking, reported: Reported) -> Result<NewsItem> {
    let event = last_event(tx, booking.id, reported)?;
    Ok(NewsItem { booking: booking.id, event, starts_at: booking.starts_at })
}

/// Returns the event that news reports.
fn event_of(news: BookingNews) -> Reported {
    match news {
        BookingNews::Cancelled => Reported::Event(BookingEvent::Cancelled),
        BookingNews::Missed => Reported::Event(BookingEvent::Step(Status::NoShow)),
        BookingNews::Offered => Reported::Event(BookingEvent::Held),
        BookingNews::Confirmed
        | BookingNews::Moved
        | BookingNews::FirstReminder
        | BookingNews::LastReminder => Reported::Placed,
    }
}

fn write(tx: &mut Tx<'_>, news: BookingNews, bookings: &[Booking], keeps_time: bool) -> Result<()> {
    let Some(first) = bookings.first() else { return Ok(()) };
    let recipients = recipients(tx, first)?;
    if recipients.is_empty() {
        return Ok(());
    }
    let items = bookings.iter().map(|one| item(tx, one, event_of(news))).collect::<Result<_>>()?;
    let subject = Subject { kind: SUBJECT, id: first.root() };
    let visit = VisitNotification { kind: news, data: NewsData { bookings: items, keeps_time } };
    let notification = Notification::new(&BookingNotification::Visit(visit), subject, first.person)?;
    tx.notify(&notification, &recipients)
}

/// Returns the recipients of notifications about a booking: its owner, if their email address is verified, and the
/// guest (N2), if the guest gets emails and has another address.
fn recipients(tx: &mut Tx<'_>, booking: &Booking) -> Result<Vec<RecipientRole>> {
    let own_email = booking.person.map(|person| people::mail_of(tx, person)).transpose()?.flatten();
    let mut recipients = Vec::new();
    if own_email.is_some() {
        recipients.push(RecipientRole::Owner);
    }
    if let Some(email) = &booking.party.guest_email {
        let is_same = own_email.is_some_and(|own_email| own_email.eq_ignore_ascii_case(email.trim()));
        if !is_same && guests::is_emailed(tx, booking.id)? {
            recipients.push(RecipientRole::Companion);
        }
    }
    Ok(recipients)
}

/// Returns whether an email about a booking reaches anyone. Otherwise, the front desk has to call the guest.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn is_notified(tx: &mut Tx<'_>, booking: &Booking) -> Result<bool> {
    recipients(tx, booking).map(|recipients| !recipients.is_empty())
}

/// Notifies that bookings were made that belong to the same visit or series. One notification covers all of them.
///
/// # Errors
/// Returns `too_many_guest_emails` if the account may not have more guests emailed today (N1).
pub(crate) fn booked(tx: &mut Tx<'_>, by: &Actor, bookings: &[Booking]) -> Result<()> {
    guests::admit(tx, by, bookings)?;
    write(tx, BookingNews::Confirmed, bookings, false)
}

/// Notifies that a booking was rescheduled. `keeps_time` is whether only its room, technician, or price changed.
pub(crate) fn moved(tx: &mut Tx<'_>, booking: &Booking, keeps_time: bool) -> Result<()> {
    write(tx, BookingNews::Moved, std::slice::from_ref(booking), keeps_time)
}

/// Notifies that bookings were canceled, all by the same operation.
pub(crate) fn cancelled(tx: &mut Tx<'_>, bookings: &[Booking]) -> Result<()> {
    write(tx, BookingNews::Cancelled, bookings, false)
}

/// Notifies that the services of a visit were missed. `booking` is the one that has just been settled; as long as
/// another one is still expected, nothing is sent, so that one notification covers the visit (N4).
pub(crate) fn missed(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    if !store::of_visit(tx, booking, Status::Confirmed)?.is_empty() {
        return Ok(());
    }
    let mut missed = Vec::from_iter((booking.status == Status::NoShow).then(|| booking.clone()));
    for other in store::of_visit(tx, booking, Status::NoShow)? {
        missed.extend(store::find(tx, other)?.map(|row| row.booking));
    }
    write(tx, BookingNews::Missed, &missed, false)
}

/// Sends the first or the last reminder of a visit.
pub(crate) fn near(tx: &mut Tx<'_>, bookings: &[Booking], is_first: bool) -> Result<()> {
    let news = if is_first { BookingNews::FirstReminder } else { BookingNews::LastReminder };
    write(tx, news, bookings, false)
}

/// Notifies that a time is held for a person on the waitlist.
pub(crate) fn offered(tx: &mut Tx<'_>, hold: Id) -> Result<()> {
    let held = store::find(tx, hold)?.ok_or(Error::NotFound)?.booking;
    write(tx, BookingNews::Offered, &[held], false)
}

/// Notifies a person on the waitlist that a time is free, first come, first served.
pub(crate) fn opened(tx: &mut Tx<'_>, wait: &Wait, opened: Opened) -> Result<()> {
    if people::mail_of(tx, wait.person)?.is_none() {
        return Ok(());
    }
    let notification = Notification::new(
        &BookingNotification::Opened(opened),
        SubjectRef { kind: "wait", id: wait.id },
        Some(wait.person),
    )?;
    tx.notify(&notification, &[RecipientRole::Owner])
}

/// Notifies the owner of new prices. One notification covers the bookings of a series or visit (N4).
pub(crate) fn repriced(tx: &mut Tx<'_>, repriced: &[Repricing]) -> Result<()> {
    let key = |one: &&Repricing| (one.booking.root(), one.booking.cancellation.is_free);
    for group in grouped(repriced, key) {
        let first = &group[0].booking;
        let to_owner =
            recipients(tx, first)?.into_iter().filter(|one| *one == RecipientRole::Owner).collect::<Vec<_>>();
        let data = |one: &&Repricing| {
            let restored = !one.booking.cancellation.is_free;
            Repriced { booking: one.booking.id, from: one.from.0, restored }
        };
        let data: Vec<_> = group.iter().map(data).collect();
        let subject = Subject { kind: SUBJECT, id: first.root() };
        let notification = Notification::new(&BookingNotification::Repriced(data), subject, first.person)?;
        tx.notify(&notification, &to_owner)?;
    }
    Ok(())
}

/// Returns items in groups with the same key, in the order of their first items.
fn grouped<T, K: PartialEq>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        match groups.iter_mut().find(|group| key(&group[0]) == key(&item)) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// Notifies a person and their guests of every upcoming confirmed booking. Called when the email address of the
/// person is verified, because nothing could be sent before.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn notify_upcoming(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    // A booking that is being made at the same time either sends its own notification or is seen here.
    tx.lock_person(person)?;
    let now = tx.now();
    let upcoming = store::upcoming(tx, person, now)?.into_iter().map(|row| row.booking);
    let confirmed = upcoming.filter(|booking| booking.status == Status::Confirmed);
    for group in grouped(confirmed, Booking::root) {
        guests::admit_later(tx, person, &group)?;
        write(tx, BookingNews::Confirmed, &group, false)?;
    }
    Ok(())
}

/// The content of a notification, or why it is no longer true.
pub type StillHolds<T> = std::result::Result<T, &'static str>;

/// Returns the details of those bookings of a notification for which it is still true, ordered by start.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn still_true(tx: &mut Tx<'_>, news: &VisitNotification) -> Result<StillHolds<Vec<Detail>>> {
    let (mut holding, mut why) = (Vec::new(), "nothing is left of it");
    for item in &news.data.bookings {
        let detail = match read(tx, item.booking) {
            // A hold that was not booked is deleted.
            Err(Error::NotFound) => continue,
            other => other?,
        };
        match holds(tx, news.kind, &detail.booking, *item)? {
            None => holding.push(detail),
            Some(reason) => why = reason,
        }
    }
    holding.sort_by_key(|detail| (detail.booking.starts_at, detail.booking.id));
    Ok(if holding.is_empty() { Err(why) } else { Ok(holding) })
}

/// Returns why a notification is no longer true for a booking, or `None` if it still is.
fn holds(
    tx: &mut Tx<'_>,
    news: BookingNews,
    booking: &Booking,
    item: NewsItem,
) -> Result<Option<&'static str>> {
    use BookingNews::*;
    let now = tx.now();
    let why = match booking.status {
        Status::Cancelled => "cancelled",
        Status::NoShow => "missed",
        Status::Completed => "over",
        Status::Held | Status::Expired | Status::Pending => "not booked",
        Status::Confirmed | Status::CheckedIn | Status::InProgress => "booked",
    };
    Ok(match news {
        Confirmed | Moved if why != "booked" => Some(why),
        Confirmed | Moved if now >= booking.ends_at => Some("over"),
        Confirmed | Moved => (last_event(tx, booking.id, Reported::Placed)? != item.event).then_some("moved"),
        FirstReminder | LastReminder if booking.status != Status::Confirmed => Some(why),
        FirstReminder | LastReminder if booking.starts_at != item.starts_at => Some("moved"),
        FirstReminder | LastReminder if now >= booking.starts_at => Some("over"),
        FirstReminder => {
            let hours = catalogue::current(tx)?.setting(REMIND_LAST);
            let is_late = now >= booking.starts_at - SignedDuration::from_hours(hours);
            is_late.then_some("the last reminder follows")
        }
        LastReminder => None,
        Cancelled if booking.status != Status::Cancelled => Some("reinstated"),
        Missed if booking.status != Status::NoShow => Some("undone"),
        Cancelled | Missed => {
            let is_last = last_event(tx, booking.id, event_of(news))? == item.event;
            let is_news = now < booking.ends_at || now < event_at(tx, item.event)? + NEWS_TTL;
            match (is_last, is_news) {
                (false, _) => Some("a later one follows"),
                (true, false) => Some("over"),
                (true, true) => None,
            }
        }
        Offered if booking.status != Status::Held => Some("taken or declined"),
        Offered => booking.hold.expires_at.is_none_or(|until| now >= until).then_some("expired"),
    })
}

fn event_at(tx: &mut Tx<'_>, event: Id) -> Result<Timestamp> {
    let found: Option<(Timestamp,)> =
        tx.one(sql!("SELECT at FROM booking_events WHERE id = $1"), args![event])?;
    Ok(found.map_or(Timestamp::UNIX_EPOCH, |(at,)| at))
}

/// Returns the place on the waitlist of a notification that a time has opened, if the time is still free and the
/// person still waits.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn still_open(tx: &mut Tx<'_>, opened: &Opened) -> Result<StillHolds<Wait>> {
    let Some(wait) = waitlist::store::find(tx, opened.wait)?.filter(|wait| wait.state != WaitState::Left)
    else {
        return Ok(Err("not waited for"));
    };
    if tx.now() >= opened.starts_at {
        return Ok(Err("over"));
    }
    let by = Actor::of(people::person(tx, wait.person)?);
    let search_query = wait.search_query();
    let answer = search(tx, &by, &search_query)?;
    let is_free = answer.offers.iter().any(|offer| begin(offer.start) == opened.starts_at);
    Ok(if is_free { Ok(wait) } else { Err("taken") })
}

/// Returns the bookings of a notification about new prices for which it is still true, each with its total before.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn still_repriced(tx: &mut Tx<'_>, repriced: &[Repriced]) -> Result<StillHolds<Vec<Repricing>>> {
    let (mut holding, mut why) = (Vec::new(), "nothing is left of it");
    for &Repriced { booking, from, restored } in repriced {
        let Some(booking) = store::find(tx, booking)?.map(|row| row.booking) else { continue };
        match booking.status {
            Status::Cancelled => why = "cancelled",
            Status::Confirmed if tx.now() < booking.starts_at => {
                match booking.cancellation.is_free == restored {
                    true => why = "priced again",
                    false => holding.push(Repricing { booking, from: Cents(from) }),
                }
            }
            _ => why = "over",
        }
    }
    Ok(if holding.is_empty() { Err(why) } else { Ok(holding) })
}

/// How a booking was canceled: whether the club canceled it, and the reason if staff gave one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// Whether someone other than the owner of the booking canceled it.
    pub by_club: bool,
    /// The reason that staff gave.
    pub reason: Option<String>,
}

/// Returns how a booking was canceled the last time.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn cancellation(tx: &mut Tx<'_>, booking: &Booking) -> Result<Cancellation> {
    let event = store::last_event(tx, booking.id, BookingEvent::Cancelled)?;
    let by = event.as_ref().and_then(|event| event.by);
    let CancelledFor { reason, .. } = event.and_then(|event| event.detail()).unwrap_or_default();
    let by_club = booking.person.is_none() || by != booking.person;
    Ok(Cancellation { by_club, reason: reason.filter(|_| by_club) })
}

/// Returns the revision of a booking for calendar files (RFC 5545: `SEQUENCE`): the tenths of a second from its
/// creation to its last event, plus one for each event after the first. It is always the same for the same state, and
/// always higher for a later one.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn revision(tx: &mut Tx<'_>, booking: &Booking) -> Result<i64> {
    let found: Option<(i64, Option<Timestamp>)> = tx.one(
        sql!("SELECT COUNT(*), MAX(at) FROM booking_events WHERE booking_id = $1 AND at >= $2 AND what <> 'held'"),
        args![booking.id, booking.created_at],
    )?;
    let (count, last) = found.unwrap_or_default();
    let last = last.unwrap_or(booking.created_at);
    let tenths = (last.as_millisecond() - booking.created_at.as_millisecond()) / 100;
    Ok((tenths + (count - 1).max(0)).clamp(0, i32::MAX.into()))
}

/// Sends the notification that fits the current status of a booking, regardless of its last event.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn notify_current_status(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let Some(booking) = store::find(tx, id)?.map(|row| row.booking) else { return Ok(()) };
    match booking.status {
        Status::Confirmed if booking.moves.from.is_some() => moved(tx, &booking, false),
        Status::Confirmed => write(tx, BookingNews::Confirmed, &[booking], false),
        Status::Cancelled => cancelled(tx, &[booking]),
        Status::NoShow => missed(tx, &booking),
        Status::Held if booking.person.is_some() => offered(tx, id),
        _ => Ok(()),
    }
}
