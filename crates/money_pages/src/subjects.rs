//! What a charge or a payment is for, in words.

use catalogue::Catalogue;
use jiff::Timestamp;
use kit::{Error, Id, Result, Tx};
use money::PaymentMethod;
use people::{Actor, Subject, SubjectKind};
use ui::format;

/// What a charge or a payment is for, as pages show it.
pub(crate) struct Described {
    /// The service of a visit, or `Membership`.
    pub(crate) what: String,
    /// When a visit begins: `Thursday, December 3, 10:30 AM`.
    pub(crate) when: Option<String>,
    /// When a visit begins, where there is little room: `Thu, Dec 3, 10:30 AM`.
    pub(crate) short_when: Option<String>,
    /// When a visit begins.
    pub(crate) starts_at: Option<Timestamp>,
    /// The confirmation number of a visit.
    pub(crate) reference: Option<String>,
    /// The page about it.
    pub(crate) path: Option<String>,
}

impl Described {
    /// Returns what it is and when: `Signature Massage, Thursday, December 3, 10:30 AM`.
    pub(crate) fn whole(&self) -> String {
        match &self.when {
            Some(when) => format!("{}, {when}", self.what),
            None => self.what.clone(),
        }
    }

    /// Returns what it is and when, where there is little room: `Signature Massage, Thu, Dec 3, 10:30 AM`.
    pub(crate) fn short(&self) -> String {
        match &self.short_when {
            Some(when) => format!("{}, {when}", self.what),
            None => self.what.clone(),
        }
    }
}

/// Describes what a charge or a payment is for, as far as the actor may see it.
pub(crate) fn describe(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    subject: Subject,
) -> Result<Described> {
    let plain = |what: &str| Described {
        what: what.to_owned(),
        when: None,
        short_when: None,
        starts_at: None,
        reference: None,
        path: None,
    };
    match subject.kind {
        SubjectKind::Booking => match bookings::show(tx, by, subject.id) {
            Ok(detail) => {
                let booking = &detail.booking;
                let service = catalogue.service(booking.service);
                Ok(Described {
                    what: service.map_or_else(|| "Visit".to_owned(), |service| service.name.clone()),
                    when: Some(format::moment(&catalogue.club.zone, booking.starts_at, tx.now())),
                    short_when: Some(format::short_moment(&catalogue.club.zone, booking.starts_at)),
                    starts_at: Some(booking.starts_at),
                    reference: booking.reference.clone(),
                    path: Some(format!("/dashboard/bookings/{}/", booking.id)),
                })
            }
            // A payment can include the visit of another person.
            Err(Error::NotFound | Error::Forbidden) => Ok(plain("Visit")),
            Err(error) => Err(error),
        },
        SubjectKind::Membership => Ok(plain("Membership")),
        _ => Ok(plain("Other")),
    }
}

/// The guest of something that is paid for, as staff see them.
pub(crate) struct Payer {
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
}

/// Returns the guest of something that is paid for. `person` is the account that owes the amount.
pub(crate) fn payer(tx: &mut Tx<'_>, by: &Actor, subject: Subject, person: Option<Id>) -> Result<Payer> {
    if subject.kind == SubjectKind::Booking {
        match bookings::guest_of(tx, by, subject.id) {
            Ok((_, guest)) => return Ok(Payer { name: guest.name, phone: guest.phone }),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    match person {
        Some(person) => {
            let person = people::person(tx, person)?;
            Ok(Payer { name: person.full_name(), phone: person.phone })
        }
        None => Ok(Payer { name: "Guest".to_owned(), phone: None }),
    }
}

/// Returns the words for a payment method.
pub(crate) fn method_word(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Cash => "Cash",
        PaymentMethod::Terminal => "Card terminal",
        PaymentMethod::Earlier => "Not on file",
    }
}

/// Returns the path of the page with what something costs and its payments.
pub(crate) fn charge_path(subject: Subject) -> String {
    format!("/staff/money/{}/{}/", subject.kind.as_str(), subject.id)
}

/// Returns the path of the receipt of a payment.
pub(crate) fn receipt_path(payment: Id) -> String {
    format!("/dashboard/payments/{payment}/")
}
