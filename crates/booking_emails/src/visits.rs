//! The emails about the bookings of a visit or a series: confirmations, reminders, cancellations, and held offers.

use std::sync::Arc;

use bookings::{Booking, BookingNews, Cancellation, Detail, VisitNotification};
use bookings_pages::{Cancelling, Invited, event};
use catalogue::{Catalogue, Club};
use jiff::Timestamp;
use kit::notifications::RecipientRole;
use kit::text::plain_name;
use kit::{AppState, Cents, Result, Tx};
use messages::calendar::ics;
use messages::{Composed, EmailTemplate, Mail, PendingNotification, club_time};
use people::NotificationKind;
use ui::format;

/// The person that an email goes to.
struct Recipient {
    email: String,
    /// The name used in the salutation.
    name: String,
    /// Whether someone else booked for this person.
    is_guest: bool,
    /// The URL of the visit's page. A guest's link works without signing in.
    link: String,
    /// The URL that ends such emails, or `None` if they can't be turned off.
    end: Option<String>,
}

/// The public URL that links start with, and the sender's address.
struct Sender {
    public: String,
    from: String,
}

/// Composes the email for a notification about bookings, unless it is no longer true.
pub(super) async fn compose(
    app: AppState,
    waiting: PendingNotification,
    notification: VisitNotification,
) -> Result<Composed> {
    let news = notification.kind;
    let ours = Sender { public: app.config.public_url.clone(), from: app.config.mail_from.clone() };
    app.db
        .view(move |tx| {
            let details = match bookings::still_true(tx, &notification)? {
                Ok(details) => details,
                Err(why) => return Ok(Composed::Dropped(why)),
            };
            let Some(first) = details.first() else { return Ok(Composed::Dropped("nothing is left of it")) };
            match recipient(tx, &ours, &waiting, news, &first.booking)? {
                Ok(to) => {
                    Ok(Composed::Email(Box::new(write(tx, &ours, &waiting, &notification, &details, to)?)))
                }
                Err(why) => Ok(Composed::Dropped(why)),
            }
        })
        .await
}

/// Returns the kind under which a person can turn off an email (N5). Emails that report a change of a booking can't be
/// turned off.
fn notification_kind(news: BookingNews) -> Option<NotificationKind> {
    match news {
        BookingNews::FirstReminder | BookingNews::LastReminder => Some(NotificationKind::Reminders),
        BookingNews::Offered => Some(NotificationKind::Waitlist),
        _ => None,
    }
}

fn recipient(
    tx: &mut Tx<'_>,
    ours: &Sender,
    waiting: &PendingNotification,
    news: BookingNews,
    booking: &Booking,
) -> Result<std::result::Result<Recipient, &'static str>> {
    let public = &ours.public;
    if waiting.recipient == RecipientRole::Companion {
        let Some(email) = booking.party.guest_email.clone() else { return Ok(Err("the guest was erased")) };
        if !bookings::is_emailed(tx, booking.id)? {
            return Ok(Err("stopped by the guest"));
        }
        let link = format!("{public}/visit/{}/", bookings::visit_token(tx, booking)?);
        let name = booking.party.guest_name.as_deref().and_then(plain_name);
        let end = Some(format!("{link}stop/"));
        return Ok(Ok(Recipient {
            email,
            name: name.unwrap_or_else(|| "Dear Guest".to_owned()),
            is_guest: true,
            link,
            end,
        }));
    }
    let Some(person) = booking.person else { return Ok(Err("nobody to tell")) };
    let Some(email) = people::mail_of(tx, person)? else { return Ok(Err("no verified address")) };
    let end = match notification_kind(news) {
        Some(notification_kind) if !people::wants(tx, person, notification_kind)? => {
            return Ok(Err("unsubscribed"));
        }
        Some(notification_kind) => Some(format!(
            "{public}/unsubscribe/?token={}",
            people::unsubscribe_token(tx, person, notification_kind)?
        )),
        None => None,
    };
    let link = match news {
        BookingNews::Offered => format!("{public}/book/held/{}/", booking.id),
        _ => format!("{public}/dashboard/bookings/{}/", booking.id),
    };
    let name = people::person(tx, person)?.first_name;
    Ok(Ok(Recipient { email, name, is_guest: false, link, end }))
}

/// The texts of an email about bookings.
struct VisitText {
    /// The start of the subject, before the names of the services.
    subject: String,
    heading: String,
    paragraphs: Vec<String>,
    note: String,
    action: &'static str,
}

/// What the texts depend on.
struct Saying<'s> {
    club: &'s Club,
    now: Timestamp,
    news: BookingNews,
    /// Whether a rescheduled visit keeps its time.
    keeps_time: bool,
    details: &'s [Detail],
    to: &'s Recipient,
    cancellation: Option<Cancellation>,
}

impl Saying<'_> {
    /// Returns the name of the guest, if the reader booked for someone else. A name that could lead the reader anywhere
    /// is replaced (N1).
    fn guest(&self) -> Option<String> {
        let party = &self.details.first()?.booking.party;
        let is_reader = |email: &String| email.trim().eq_ignore_ascii_case(&self.to.email);
        if self.to.is_guest || party.guest_email.as_ref().is_some_and(is_reader) {
            return None;
        }
        let name = party.guest_name.as_deref()?;
        Some(plain_name(name).unwrap_or_else(|| "your guest".to_owned()))
    }

    /// Returns the phrase for the visit: `your visit`, `your visits`, or `the visit you booked for Anna`.
    fn visit(&self) -> String {
        let ending = if self.details.len() > 1 { "s" } else { "" };
        match self.guest() {
            Some(guest) => format!("the visit{ending} you booked for {guest}"),
            None => format!("your visit{ending}"),
        }
    }

    fn is_or_are(&self, one: &'static str, many: &'static str) -> &'static str {
        if self.details.len() > 1 { many } else { one }
    }

    /// Returns whether the email mentions prices. It does not if the reader is a guest whose visit someone else pays
    /// for.
    fn tells_money(&self) -> bool {
        !self.to.is_guest || self.details.first().is_some_and(|detail| detail.booking.person.is_none())
    }

    fn due(&self) -> String {
        let fee = self.details.iter().filter_map(|detail| detail.booking.cancellation.fee);
        let fee = fee.fold(Cents::ZERO, |sum, fee| sum + fee);
        match fee {
            _ if !self.tells_money() => String::new(),
            fee if fee > Cents::ZERO => {
                format!("{} is due under the policy you agreed to when you booked. ", format::money(fee))
            }
            _ => "Nothing is due. ".to_owned(),
        }
    }

    fn policy(&self) -> String {
        let Some(booking) = self.details.first().map(|detail| &detail.booking) else { return String::new() };
        if !self.tells_money() {
            return String::new();
        }
        let zone = &self.club.zone;
        let (booked_at, starts_at) = (booking.created_at, booking.starts_at);
        let cancelling = Cancelling {
            policy: booking.cancellation.policy,
            net: booking.price.net(),
            booked_at,
            starts_at,
            now: self.now,
            zone,
        };
        let sentence = cancelling.sentence_with(|moment| club_time::moment(zone, moment));
        if self.details.len() > 1 { format!("First visit: {sentence}") } else { sentence }
    }

    fn text(&self) -> VisitText {
        let (name, visit, phone) = (&self.to.name, self.visit(), self.club.shown_phone());
        let (subject, heading, note, action) = match self.news {
            BookingNews::Confirmed => {
                let heading = match self.guest() {
                    Some(_) => format!("{visit} {} confirmed.", self.is_or_are("is", "are")),
                    None => "we’re expecting you.".to_owned(),
                };
                ("Confirmed", heading, self.policy(), "View your visit")
            }
            BookingNews::Moved if self.keeps_time => {
                ("Updated", format!("the details of {visit} have changed."), self.policy(), "View your visit")
            }
            BookingNews::Moved => (
                "Rescheduled",
                format!("{visit} {}.", self.is_or_are("has a new time", "have new times")),
                self.policy(),
                "View your visit",
            ),
            BookingNews::FirstReminder => {
                ("", self.reminding("we look forward to seeing you."), self.policy(), "View your visit")
            }
            BookingNews::LastReminder => {
                let note = format!("Running late? Call us at {phone}.");
                ("", self.reminding("we’ll see you soon."), note, "View your visit")
            }
            BookingNews::Cancelled => {
                let (heading, next) = match &self.cancellation {
                    Some(Cancellation { by_club: true, .. }) => (
                        format!("we’re sorry: we’ve had to cancel {visit}."),
                        format!("Call {phone} and we’ll find another time."),
                    ),
                    _ => (
                        format!("{visit} {} canceled.", self.is_or_are("is", "are")),
                        "We hope to see you another time.".to_owned(),
                    ),
                };
                ("Canceled", heading, format!("{}{next}", self.due()), "View details")
            }
            BookingNews::Missed => {
                let (heading, were_here) = match self.guest() {
                    Some(guest) => (format!("we missed {guest}."), format!("{guest} was here")),
                    None => ("we missed you.".to_owned(), "you were here".to_owned()),
                };
                (
                    "Missed",
                    heading,
                    format!("{}If {were_here}, call us at {phone}.", self.due()),
                    "View details",
                )
            }
            BookingNews::Offered => (
                "Held for you",
                "a time just opened up for you.".to_owned(),
                self.offer(),
                "Book or release it",
            ),
        };
        let subject = match self.news {
            BookingNews::FirstReminder | BookingNews::LastReminder => self.day_ahead(),
            _ => subject.to_owned(),
        };
        let reason = self.cancellation.as_ref().and_then(|cancellation| cancellation.reason.clone());
        let paragraphs = reason.map(|reason| format!("Reason: {reason}")).into_iter().collect();
        VisitText { subject, heading: format!("{name}, {heading}"), paragraphs, note, action }
    }

    fn reminding(&self, own_text: &str) -> String {
        match self.guest() {
            Some(_) => format!("{} {} coming up.", self.visit(), self.is_or_are("is", "are")),
            None => own_text.to_owned(),
        }
    }

    fn offer(&self) -> String {
        let until = self.details.first().and_then(|detail| detail.booking.hold.expires_at);
        let until = until.map(|until| club_time::time(&self.club.zone, until)).unwrap_or_default();
        format!("It’s yours until {until}. Book it by then, or release it for the next guest.")
    }

    /// Returns `Today`, `Tomorrow`, or the weekday as in `On Friday`.
    fn day_ahead(&self) -> String {
        let Some(first) = self.details.first() else { return String::new() };
        let zone = &self.club.zone;
        let date = |moment: Timestamp| moment.to_zoned(zone.clone()).date();
        match (date(first.booking.starts_at) - date(self.now)).get_days() {
            0 => "Today".to_owned(),
            1 => "Tomorrow".to_owned(),
            _ => first.booking.starts_at.to_zoned(zone.clone()).strftime("On %A").to_string(),
        }
    }
}

/// Returns the names of the services, each once, and for several bookings or one of a series their dates: all of them if
/// there are at most four, otherwise the first and the last (N4).
pub(super) fn subject_of<'b>(
    catalogue: &Catalogue,
    bookings: impl IntoIterator<Item = &'b Booking>,
) -> String {
    let zone = &catalogue.club.zone;
    let mut names: Vec<String> = Vec::new();
    let mut dates: Vec<String> = Vec::new();
    let (mut count, mut is_repeated) = (0, false);
    for booking in bookings {
        (count, is_repeated) = (count + 1, booking.group.series.is_some());
        let name = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
        let date = club_time::short_date(zone, booking.starts_at);
        if !names.contains(&name) {
            names.push(name);
        }
        if !dates.contains(&date) {
            dates.push(date);
        }
    }
    let names = format::list(&names);
    match (count, dates.as_slice()) {
        (1, _) if !is_repeated => names,
        (_, [one]) => format!("{names}, {one}"),
        (_, few) if few.len() <= 4 => format!("{names}, {}", few.join(", ")),
        (count, many) => {
            let (first, last) = (many.first(), many.last());
            format!("{names}, {count} visits, {} to {}", first.unwrap_or(&names), last.unwrap_or(&names))
        }
    }
}

fn write(
    tx: &mut Tx<'_>,
    ours: &Sender,
    waiting: &PendingNotification,
    notification: &VisitNotification,
    details: &[Detail],
    to: Recipient,
) -> Result<Mail> {
    let (catalogue, news) = (catalogue::current(tx)?, notification.kind);
    let cancellation = match (news, details.first()) {
        (BookingNews::Cancelled, Some(first)) => Some(bookings::cancellation(tx, &first.booking)?),
        _ => None,
    };
    let (now, keeps_time) = (tx.now(), notification.data.keeps_time);
    let saying = Saying { club: &catalogue.club, now, news, keeps_time, details, to: &to, cancellation };
    let text = saying.text();
    // What a visit would have cost is not due once it is canceled or missed.
    let tells_money = saying.tells_money() && !matches!(news, BookingNews::Cancelled | BookingNews::Missed);
    let host = host(tx, &to, details)?;
    let subject =
        format!("{}: {}", text.subject, subject_of(&catalogue, details.iter().map(|detail| &detail.booking)));
    let mut draft = EmailTemplate::new(&catalogue.club, subject, text.heading);
    for paragraph in text.paragraphs {
        draft = draft.says(paragraph);
    }
    draft = match details {
        [one] => single(draft, &catalogue, one, tells_money),
        several => many(draft, &catalogue, several, tells_money),
    };
    draft = draft.leads_to(text.action, to.link.clone());
    for note in [text.note, host].into_iter().filter(|note| !note.is_empty()) {
        draft = draft.note(note);
    }
    if let Some(end) = to.end.clone() {
        draft = if to.is_guest { draft.stops_at(end) } else { draft.ends_at(end) };
    }
    let calendar = calendar_of(tx, ours, &catalogue, news, details, &to)?;
    draft.to(to.email, calendar, waiting.id.to_string())
}

/// Returns a sentence that names the person who booked for a guest.
fn host(tx: &mut Tx<'_>, to: &Recipient, details: &[Detail]) -> Result<String> {
    let person = details.first().and_then(|detail| detail.booking.person).filter(|_| to.is_guest);
    let Some(person) = person else { return Ok(String::new()) };
    let person = people::person(tx, person)?;
    let name = plain_name(&person.first_name);
    Ok(name.map(|name| format!("{name} booked this for you.")).unwrap_or_default())
}

fn with(detail: &Detail) -> String {
    let names: Vec<&str> = detail.technicians.iter().map(|(_, name)| name.as_str()).collect();
    format::list(&names)
}

fn single(
    draft: EmailTemplate,
    catalogue: &Arc<Catalogue>,
    detail: &Detail,
    tells_money: bool,
) -> EmailTemplate {
    let booking = &detail.booking;
    let draft = draft
        .fact("Service", service_name(catalogue, booking))
        .fact("When", club_time::span(&catalogue.club.zone, booking.starts_at, booking.ends_at))
        .fact("Room", room_name(catalogue, booking))
        .fact("With", with(detail))
        .fact("Confirmation number", booking.reference.clone().unwrap_or_default());
    if tells_money { draft.fact("Total", format::money(booking.price.total())) } else { draft }
}

fn many(
    mut draft: EmailTemplate,
    catalogue: &Arc<Catalogue>,
    details: &[Detail],
    tells_money: bool,
) -> EmailTemplate {
    let mut total = Cents::ZERO;
    for detail in details {
        let booking = &detail.booking;
        total += booking.price.total();
        let parts = [
            club_time::span(&catalogue.club.zone, booking.starts_at, booking.ends_at),
            room_name(catalogue, booking),
            with(detail),
            booking.reference.clone().unwrap_or_default(),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        draft = draft.fact(service_name(catalogue, booking), parts.join("; "));
    }
    if tells_money { draft.fact("Total", format::money(total)) } else { draft }
}

pub(super) fn service_name(catalogue: &Catalogue, booking: &Booking) -> String {
    catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default()
}

fn room_name(catalogue: &Catalogue, booking: &Booking) -> String {
    catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default()
}

/// Returns one calendar file with all events, or `None` if the email does not change the calendar.
fn calendar_of(
    tx: &mut Tx<'_>,
    ours: &Sender,
    catalogue: &Catalogue,
    news: BookingNews,
    details: &[Detail],
    to: &Recipient,
) -> Result<Option<String>> {
    if matches!(news, BookingNews::Offered | BookingNews::FirstReminder | BookingNews::LastReminder) {
        return Ok(None);
    }
    let mut events = Vec::new();
    for Detail { booking, .. } in details {
        let link = match to.is_guest {
            true => to.link.clone(),
            false => format!("{}/dashboard/bookings/{}/", ours.public, booking.id),
        };
        let invited = Invited { name: &to.name, email: &to.email, link: &link, mail_from: &ours.from };
        events.push(event(tx, catalogue, booking, &invited)?);
    }
    Ok(Some(ics(&events)))
}
