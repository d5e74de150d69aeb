//! The letters about bookings: a confirmation with the date for a calendar, a cancellation that takes it out.

use bookings::{Booking, Detail, Remind, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::{Cents, House, Id, Result, Tx};
use messages::Mail;
use messages::calendar::{Event, ics};
use people::Notice;

use super::letter::Letter;
use crate::calendar;
use crate::pages::Cancelling;

/// What there is to tell about a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It stands.
    Confirmed,
    /// It has moved.
    Moved,
    /// It is off.
    Cancelled,
    /// The guest did not come.
    Missed,
    /// It is held for who waited.
    Offered,
    /// It is near.
    Near,
    /// It is nearer.
    Nearer,
}

impl News {
    /// Of which kind it is.
    fn notice(self) -> Notice {
        match self {
            News::Confirmed | News::Moved | News::Cancelled | News::Missed => Notice::Bookings,
            News::Offered => Notice::Waitlist,
            News::Near | News::Nearer => Notice::Reminders,
        }
    }
}

/// Tells the guest.
pub(super) async fn tell(house: House, booking: Id, news: News) -> Result<()> {
    let public = house.config.public_url.clone();
    house
        .db
        .tx(move |tx| {
            let detail = match bookings::read(tx, booking) {
                // A hold that came to nothing is forgotten.
                Err(kit::Error::NotFound) => return Ok(()),
                other => other?,
            };
            let status = detail.booking.status;
            let is_stale = match news {
                News::Offered => status != Status::Held,
                News::Near | News::Nearer => status != Status::Confirmed,
                _ => false,
            };
            // A guest may have no address, or none yet that is known to be theirs: then it is told once it is.
            let Some((to, name, person)) = addressee(tx, &detail)?.filter(|_| !is_stale) else {
                return Ok(());
            };
            let end = ending(tx, person, news.notice(), &public)?;
            if let Some(end) = end {
                let mail = write(tx, &detail, &public, news, to, &name, end)?;
                tx.enqueue(&mail, tx.now())?;
            }
            Ok(())
        })
        .await
}

/// Tells somebody that a time they asked for is free, first come.
pub(super) async fn opened(house: House, wait: Id, starts_at: Timestamp) -> Result<()> {
    let public = house.config.public_url.clone();
    house
        .db
        .tx(move |tx| {
            let Some(wait) = bookings::wait(tx, wait)? else { return Ok(()) };
            let Some(to) = people::mail_of(tx, wait.person)? else { return Ok(()) };
            let (person, catalogue) = (people::person(tx, wait.person)?, catalogue::current(tx)?);
            let zone = &catalogue.club.zone;
            let service = catalogue.service(wait.service);
            let what = service.map(|service| service.name.clone()).unwrap_or_default();
            let slug = service.map(|service| service.slug.clone()).unwrap_or_default();
            let when = spoken(zone, starts_at, "%A %-d %B %Y, %H:%M");
            let Some(end) = ending(tx, Some(person.id), Notice::Waitlist, &public)? else { return Ok(()) };
            let heading = format!("{}, a time you asked for is free.", person.first_name);
            let path = format!("{public}/book/?service={slug}&at={starts_at}");
            let letter = Letter::new(&catalogue.club, format!("Free now: {what}"), heading)
                .says("It is not held: whoever books first has it.")
                .fact("What", what)
                .fact("When", when)
                .leads_to("Look at it", path);
            let mail = end.of(letter).to(to, None)?;
            tx.enqueue(&mail, tx.now())
        })
        .await
}

/// How a letter ends: with a link that makes an end of its kind, where somebody known is written to.
struct End(Option<String>);

impl End {
    fn of(self, letter: Letter) -> Letter {
        match self.0 {
            Some(link) => letter.ends_at(link),
            None => letter,
        }
    }
}

/// Nothing, if the person does not want to be told of it.
fn ending(tx: &mut Tx<'_>, person: Option<Id>, notice: Notice, public: &str) -> Result<Option<End>> {
    let Some(person) = person else { return Ok(Some(End(None))) };
    if !people::wants(tx, person, notice)? {
        return Ok(None);
    }
    let token = people::unsubscribe_token(tx, person, notice)?;
    Ok(Some(End(Some(format!("{public}/unsubscribe/?token={token}")))))
}

/// The address, the name to speak to, and whose account it is.
fn addressee(tx: &mut Tx<'_>, detail: &Detail) -> Result<Option<(String, String, Option<Id>)>> {
    let Booking { person, guest_name, guest_email, .. } = &detail.booking;
    if let Some(email) = guest_email {
        return Ok(Some((
            email.clone(),
            guest_name.clone().unwrap_or_else(|| "Dear guest".to_owned()),
            None,
        )));
    }
    let Some(person) = *person else { return Ok(None) };
    let Some(to) = people::mail_of(tx, person)? else { return Ok(None) };
    Ok(Some((to, people::person(tx, person)?.first_name, Some(person))))
}

/// What a letter is about, in words.
struct About {
    /// On one line, before the service's name.
    subject: String,
    greeting: &'static str,
    note: String,
    action: &'static str,
}

impl About {
    fn of(booking: &Booking, club: &catalogue::Club, news: News, now: Timestamp) -> About {
        let policy = || {
            let net = booking.net();
            let (booked_at, starts_at) = (booking.created_at, booking.starts_at);
            let zone = &club.zone;
            Cancelling { policy: booking.policy, net, booked_at, starts_at, now, zone }.sentence()
        };
        let due = match booking.fee {
            Some(fee) if fee > Cents::ZERO => format!("${fee} stays due, as agreed when you booked."),
            _ => "Nothing is due.".to_owned(),
        };
        let (subject, greeting, note, action) = match news {
            News::Confirmed => ("Confirmed", "we are expecting you.", policy(), "See your visit"),
            News::Moved => ("Moved", "your visit has a new time.", policy(), "See your visit"),
            News::Near => ("", "we look forward to seeing you.", policy(), "See your visit"),
            News::Nearer => {
                let note = format!("If you are on your way and late, call us: {}.", club.phone);
                ("", "your time is near.", note, "See your visit")
            }
            News::Cancelled => {
                let note = format!("{due} We hope to see you another time.");
                ("Cancelled", "your visit is cancelled.", note, "See what was booked")
            }
            News::Missed => {
                let note = format!("{due} If something is wrong, call us: {}.", club.phone);
                ("Missed", "we missed you.", note, "See what was booked")
            }
            News::Offered => {
                let until = booking.expires_at.map(|until| spoken(&club.zone, until, "%H:%M"));
                let until = until.unwrap_or_default();
                let note = format!(
                    "It is yours until {until}. Book it before then, or let it go for the next person."
                );
                ("Held for you", "a time you waited for is free.", note, "Book it or let it go")
            }
        };
        let subject = match news {
            News::Near | News::Nearer => day_ahead(&club.zone, booking.starts_at, now),
            _ => subject.to_owned(),
        };
        About { subject, greeting, note, action }
    }
}

/// `Today`, `Tomorrow`, `On Friday`.
fn day_ahead(zone: &TimeZone, moment: Timestamp, now: Timestamp) -> String {
    let date = |moment: Timestamp| moment.to_zoned(zone.clone()).date();
    match (date(moment) - date(now)).get_days() {
        0 => "Today".to_owned(),
        1 => "Tomorrow".to_owned(),
        _ => spoken(zone, moment, "On %A"),
    }
}

/// A moment in the words of a form, by the clock of a zone.
pub(super) fn spoken(zone: &TimeZone, moment: Timestamp, form: &str) -> String {
    moment.to_zoned(zone.clone()).strftime(form).to_string()
}

fn write(
    tx: &mut Tx<'_>,
    detail: &Detail,
    public: &str,
    news: News,
    to: String,
    name: &str,
    end: End,
) -> Result<Mail> {
    let catalogue = catalogue::current(tx)?;
    let Detail { booking, .. } = detail;
    let club = &catalogue.club;
    let what = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
    let room = catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default();
    let with: Vec<_> = detail.technicians.iter().map(|(_, name)| name.clone()).collect();
    let when = format!(
        "{} to {}",
        spoken(&club.zone, booking.starts_at, "%A %-d %B %Y, %H:%M"),
        spoken(&club.zone, booking.ends_at, "%H:%M")
    );
    let reference = booking.reference.clone().unwrap_or_default();
    let about = About::of(booking, club, news, tx.now());
    let link = match news {
        News::Offered => format!("{public}/book/held/{}/", booking.id),
        _ => format!("{public}/dashboard/bookings/{}/", booking.id),
    };
    let event = calendar::event(&catalogue, booking, &link, tx.now());
    let event = Event {
        sequence: if news == News::Confirmed { 0 } else { event.sequence.max(1) },
        cancelled: matches!(news, News::Cancelled | News::Missed),
        ..event
    };
    let letter =
        Letter::new(club, format!("{}: {what}", about.subject), format!("{name}, {}", about.greeting))
            .fact("What", what)
            .fact("When", when)
            .fact("Room", room)
            .fact("With", with.join(" and "))
            .fact("Number", reference)
            .fact("Total", format!("${}", booking.total()))
            .leads_to(about.action, link)
            .note(about.note);
    let changes_the_calendar = !matches!(news, News::Offered | News::Near | News::Nearer);
    end.of(letter).to(to, changes_the_calendar.then(|| ics(&event)))
}

/// Reminds a guest, unless the booking has moved meanwhile.
pub(super) async fn remind(house: House, job: Remind) -> Result<()> {
    let is_true = house.db.view(move |tx| match bookings::read(tx, job.booking) {
        Err(kit::Error::NotFound) => Ok(false),
        read => Ok(read?.booking.starts_at == job.starts_at),
    });
    if !is_true.await? {
        return Ok(());
    }
    tell(house, job.booking, if job.first { News::Near } else { News::Nearer }).await
}
