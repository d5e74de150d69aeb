//! Prices and cancellation terms of visits as texts.

use bookings::{Booking, Policy};
use catalogue::Catalogue;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kit::Cents;
use money::Line;
use ui::format;

/// A line of a bill.
#[derive(Debug)]
pub(crate) struct BillLine {
    pub(crate) label: String,
    pub(crate) amount: String,
}

/// Formats the lines of a price, and the tax if there is any.
pub(crate) fn bill(lines: &[Line], tax: Cents) -> Vec<BillLine> {
    let has_cents = tax.0 % 100 != 0 || lines.iter().any(|one| one.amount.0 % 100 != 0);
    let money = if has_cents { format::exact_money } else { format::money };
    let line = |label: &str, amount| BillLine { label: label.to_owned(), amount: money(amount) };
    let mut bill: Vec<BillLine> = lines.iter().map(|one| line(&one.label, one.amount)).collect();
    if tax != Cents::ZERO {
        bill.push(line("Tax", tax));
    }
    bill
}

/// What canceling a visit costs, now and later.
#[derive(Debug)]
pub struct Cancelling<'z> {
    /// The cancellation policy of the booking.
    pub policy: Policy,
    /// The price of the service and its add-ons in cents, before tax.
    pub net: Cents,
    /// When the visit was booked.
    pub booked_at: Timestamp,
    /// When the visit begins.
    pub starts_at: Timestamp,
    /// The moment for which the terms are described.
    pub now: Timestamp,
    /// The time zone of the club.
    pub zone: &'z TimeZone,
}

impl<'c> Cancelling<'c> {
    /// Returns the cancellation terms of a booking at a moment.
    pub(crate) fn of(catalogue: &'c Catalogue, booking: &Booking, now: Timestamp) -> Cancelling<'c> {
        Cancelling {
            policy: booking.cancellation.policy,
            net: booking.price.net(),
            booked_at: booking.created_at,
            starts_at: booking.starts_at,
            now,
            zone: &catalogue.club.zone,
        }
    }

    /// `Free cancellation until Monday, November 23, 4:00 PM. …`
    pub fn sentence(&self) -> String {
        self.sentence_with(|moment| format::moment(self.zone, moment, self.now))
    }

    /// Describes the terms in sentences. `message` formats each moment.
    pub fn sentence_with(&self, shown: impl Fn(Timestamp) -> String) -> String {
        let Cancelling { policy, now, .. } = *self;
        let half_until = self.starts_at - SignedDuration::from_hours(policy.half_hours);
        let free_until = self.starts_at - SignedDuration::from_hours(policy.free_hours);
        let regret_until = self.booked_at + SignedDuration::from_mins(policy.regret_minutes);
        let free_until = free_until.max(regret_until.min(half_until));
        if policy.is_free(self.booked_at, self.starts_at, now) {
            let then = if free_until < half_until {
                format!(
                    "After that, you’ll pay 50% of the price; from {}, the full price.",
                    shown(half_until)
                )
            } else {
                "After that, you’ll pay the full price.".to_owned()
            };
            format!("Free cancellation until {}. {then}", shown(free_until))
        } else if now <= half_until {
            format!("If you cancel, you’ll pay 50% of the price; from {}, the full price.", shown(half_until))
        } else {
            let hours = format::number_of(policy.half_hours, "hour");
            format!("Your visit starts in less than {hours}. If you cancel, you’ll pay the full price.")
        }
    }

    /// Describes what canceling costs at this moment. `fee` is the fee in cents.
    pub(crate) fn now(&self, fee: Cents) -> String {
        if fee == Cents::ZERO {
            "You can cancel now at no charge.".to_owned()
        } else if fee == self.net {
            format!("Canceling now costs {}, the full price.", format::money(fee))
        } else if fee == self.policy.half(self.net) {
            format!("Canceling now costs {} (50% of {}).", format::money(fee), format::money(self.net))
        } else {
            format!("Canceling now costs {}.", format::money(fee))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(policy: Policy, booked: &str, starts: &str, now: &str) -> (String, String) {
        let moment = |text: &str| text.parse().expect("a moment");
        let cancelling = Cancelling {
            policy,
            net: Cents(20_000),
            booked_at: moment(booked),
            starts_at: moment(starts),
            now: moment(now),
            zone: &TimeZone::UTC,
        };
        let fee = policy.fee(cancelling.net, cancelling.booked_at, cancelling.starts_at, cancelling.now);
        (cancelling.now(fee), cancelling.sentence())
    }

    #[test]
    fn cancellation_fee_steps_are_shown_in_advance() {
        let (booked, starts) = ("2026-11-20T10:00:00Z", "2026-11-24T16:00:00Z");
        let (now, sentence) = sentences(Policy::MEMBER, booked, starts, booked);
        assert_eq!(now, "You can cancel now at no charge.");
        assert_eq!(
            sentence,
            "Free cancellation until Monday, November 23, 4:00 PM. After that, you’ll pay 50% of the price; from \
             Tuesday, November 24, 4:00 AM, the full price."
        );
        let (now, sentence) = sentences(Policy::MEMBER, booked, starts, "2026-11-23T16:01:00Z");
        assert_eq!(now, "Canceling now costs $100 (50% of $200).");
        assert!(
            sentence.starts_with(
                "If you cancel, you’ll pay 50% of the price; from Tuesday, November 24, 4:00 AM"
            ),
            "{sentence}"
        );
        let (now, sentence) = sentences(Policy::MEMBER, booked, starts, "2026-11-24T10:00:00Z");
        assert_eq!(now, "Canceling now costs $200, the full price.");
        assert!(sentence.starts_with("Your visit starts in less than 12 hours."), "{sentence}");
    }

    #[test]
    fn one_hour_is_written_in_the_singular() {
        let policy = Policy { half_hours: 1, ..Policy::MEMBER };
        let (booked, starts) = ("2026-11-20T10:00:00Z", "2026-11-24T16:00:00Z");
        let (_, sentence) = sentences(policy, booked, starts, "2026-11-24T15:30:00Z");
        assert!(sentence.starts_with("Your visit starts in less than 1 hour."), "{sentence}");
    }

    #[test]
    fn a_late_booking_can_be_canceled_free_for_one_hour() {
        let (_, sentence) =
            sentences(Policy::OTHERS, "2026-11-23T10:00:00Z", "2026-11-24T16:00:00Z", "2026-11-23T10:00:00Z");
        assert!(sentence.starts_with("Free cancellation until Monday, November 23, 11:00 AM."), "{sentence}");
    }
}
