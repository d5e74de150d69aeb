//! The letters about bookings: a confirmation with the date for a calendar, a cancellation that takes it out.

use askama::Template;
use bookings::{Booking, Detail};
use jiff::Timestamp;
use kit::{Cents, Fault, House, Id, Result, Tx};
use messages::Mail;
use messages::calendar::{Event, ics};

use crate::pages::Cancelling;

/// What a letter says.
#[derive(Template)]
#[template(path = "mail/booking.html")]
struct Letter {
    title: String,
    greeting: String,
    what: String,
    when: String,
    room: String,
    with: String,
    reference: String,
    total: Cents,
    /// What is to be known about cancelling, or about having cancelled.
    note: String,
    link: String,
    club: String,
    address: String,
}

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
            let is_stale = news == News::Offered && detail.booking.status != bookings::Status::Held;
            // A guest whom the desk wrote down may have no address.
            if let Some((to, name)) = addressee(tx, &detail)?.filter(|_| !is_stale) {
                let mail = write(tx, &detail, &public, news, to, &name)?;
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
            let person = people::person(tx, wait.person)?;
            let (Some(to), catalogue) = (person.email, catalogue::current(tx)?) else { return Ok(()) };
            let zone = &catalogue.club.zone;
            let service = catalogue.service(wait.service);
            let what = service.map(|service| service.name.clone()).unwrap_or_default();
            let slug = service.map(|service| service.slug.clone()).unwrap_or_default();
            let when = starts_at.to_zoned(zone.clone()).strftime("%A %-d %B %Y, %H:%M").to_string();
            let text = format!(
                "{}, a time you asked for is free.\n\n{what}\n{when}\n\nIt is not held: whoever books first has it.\n\n\
                 {public}/book/review/?service={slug}&starts_at={starts_at}\n\n{}\n{}\n",
                person.first_name, catalogue.club.name, catalogue.club.address
            );
            let mail = Mail { to, subject: format!("Free now: {what}"), text, html: None, calendar: None };
            tx.enqueue(&mail, tx.now())
        })
        .await
}

fn addressee(tx: &mut Tx<'_>, detail: &Detail) -> Result<Option<(String, String)>> {
    let Booking { person, guest_name, guest_email, .. } = &detail.booking;
    if let Some(email) = guest_email {
        return Ok(Some((email.clone(), guest_name.clone().unwrap_or_else(|| "Dear guest".to_owned()))));
    }
    let Some(person) = person else { return Ok(None) };
    let person = people::person(tx, *person)?;
    Ok(person.email.map(|email| (email, person.first_name)))
}

fn write(tx: &mut Tx<'_>, detail: &Detail, public: &str, news: News, to: String, name: &str) -> Result<Mail> {
    let catalogue = catalogue::current(tx)?;
    let Detail { booking, .. } = detail;
    let zone = catalogue.club.zone.clone();
    let spoken = |moment: Timestamp, form: &str| moment.to_zoned(zone.clone()).strftime(form).to_string();
    let what = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
    let room = catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default();
    let with: Vec<_> = detail.technicians.iter().map(|(_, name)| name.clone()).collect();
    let when = format!(
        "{} to {}",
        spoken(booking.starts_at, "%A %-d %B %Y, %H:%M"),
        spoken(booking.ends_at, "%H:%M")
    );
    let reference = booking.reference.clone().unwrap_or_default();
    let cancelling = || Cancelling {
        policy: booking.policy,
        net: booking.net(),
        booked_at: booking.created_at,
        starts_at: booking.starts_at,
        now: tx.now(),
        zone: &catalogue.club.zone,
    };
    let fee = match booking.fee {
        Some(fee) if fee > Cents::ZERO => format!("${fee} stays due, as agreed when you booked."),
        _ => "Nothing is due.".to_owned(),
    };
    let (title, greeting, note) = match news {
        News::Confirmed => ("Confirmed", "we are expecting you.", cancelling().sentence()),
        News::Moved => ("Moved", "your visit has a new time.", cancelling().sentence()),
        News::Cancelled => {
            ("Cancelled", "your visit is cancelled.", format!("{fee} We hope to see you another time."))
        }
        News::Missed => ("Missed", "we missed you.", format!("{fee} If something is wrong, please call us.")),
        News::Offered => {
            let until = booking.expires_at.map(|until| spoken(until, "%H:%M")).unwrap_or_default();
            let note = format!(
                "We hold it for you until {until}. Book it before then, or let it go for the next person."
            );
            ("Held for you", "a time you waited for is free.", note)
        }
    };
    let (title, greeting) = (format!("{title}: {what}"), format!("{name}, {greeting}"));
    let cancelled = matches!(news, News::Cancelled | News::Missed);
    let link = match news {
        News::Offered => format!("{public}/book/held/{}/", booking.id),
        _ => format!("{public}/dashboard/bookings/{}/", booking.id),
    };
    let since = tx.now().duration_since(booking.created_at).as_mins().max(1);
    let event = Event {
        uid: format!("booking-{}@coresync", booking.id),
        // Whatever comes later counts more (RFC 5545).
        sequence: if news == News::Confirmed { 0 } else { since },
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        stamped_at: tx.now(),
        summary: format!("{what} at {}", catalogue.club.name),
        location: format!("{room}, {}", catalogue.club.address),
        description: format!("{reference}\n{link}"),
        cancelled,
    };
    let letter = Letter {
        title,
        greeting,
        what,
        when,
        room,
        with: with.join(" and "),
        reference,
        total: booking.total(),
        note,
        link,
        club: catalogue.club.name.clone(),
        address: catalogue.club.address.clone(),
    };
    let html = letter.render().map_err(Fault::because)?;
    Ok(Mail {
        to,
        subject: letter.title.clone(),
        text: letter.text(),
        html: Some(html),
        calendar: (news != News::Offered).then(|| ics(&event)),
    })
}

impl Letter {
    /// The same for who reads plain text.
    fn text(&self) -> String {
        let with = if self.with.is_empty() { String::new() } else { format!("With     {}\n", self.with) };
        format!(
            "{}\n\n{}\n{}\nRoom     {}\n{with}Number   {}\nTotal    ${}\n\n{}\n\n{}\n\n{}\n{}\n",
            self.greeting,
            self.what,
            self.when,
            self.room,
            self.reference,
            self.total,
            self.note,
            self.link,
            self.club,
            self.address
        )
    }
}
