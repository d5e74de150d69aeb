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

/// Tells the guest that the booking stands.
pub(super) async fn confirm(house: House, booking: Id) -> Result<()> {
    send(house, booking, false).await
}

/// Tells the guest that the booking is off.
pub(super) async fn cancel(house: House, booking: Id) -> Result<()> {
    send(house, booking, true).await
}

async fn send(house: House, booking: Id, cancelled: bool) -> Result<()> {
    let public = house.config.public_url.clone();
    house
        .db
        .tx(move |tx| {
            let detail = bookings::read(tx, booking)?;
            // A guest whom the desk wrote down may have no address.
            if let Some((to, name)) = addressee(tx, &detail)? {
                let mail = write(tx, &detail, &public, cancelled, to, &name)?;
                tx.enqueue(&mail, tx.now())?;
            }
            Ok(())
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

fn write(
    tx: &mut Tx<'_>,
    detail: &Detail,
    public: &str,
    cancelled: bool,
    to: String,
    name: &str,
) -> Result<Mail> {
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
    let (title, greeting, note) = if cancelled {
        let title = format!("Cancelled: {what}");
        (title, format!("{name}, your visit is cancelled."), "We hope to see you another time.".to_owned())
    } else {
        let cancelling = Cancelling {
            policy: booking.policy,
            net: booking.net(),
            booked_at: booking.created_at,
            starts_at: booking.starts_at,
            now: tx.now(),
            zone: &catalogue.club.zone,
        };
        let note = cancelling.sentence();
        (format!("Confirmed: {what}"), format!("{name}, we are expecting you."), note)
    };
    let link = format!("{public}/dashboard/bookings/{}/", booking.id);
    let event = Event {
        uid: format!("booking-{}@coresync", booking.id),
        sequence: i64::from(cancelled),
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
        calendar: Some(ics(&event)),
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
