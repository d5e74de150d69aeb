//! The fees of late cancellations and no-shows (C1, C2, C4).

use crate::model::Moment;

/// The terms that were agreed at booking (C1: the tier and the policy are those at booking).
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Whether the person had a plan.
    pub member: bool,
    /// When the booking was made.
    pub booked: Moment,
    /// When the guest's time begins.
    pub start: Moment,
    /// The price of service and add-ons before tax, in cents.
    pub cents: i64,
    /// Whether a credit or Unlimited paid for the service.
    pub by_plan: bool,
    /// Whether an Unlimited plan paid for the booking.
    pub unlimited: bool,
}

/// The fee of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// The fee in cents.
    pub cents: i64,
    /// Whether the credit is forfeited, or the lapse counts (C2).
    pub late: bool,
}

/// Returns the fee for a cancellation at a moment, given earlier lapses. A moment after the start means a no-show.
pub fn fee(terms: Terms, lapses: &[Moment], at: Moment) -> Fee {
    let ahead = terms.start - at;
    let hours = |n: i64| n * 3600;
    // Canceled within an hour of booking, and more than half a day ahead.
    let reconsidered = at - terms.booked <= 60 * 60 && ahead > hours(12);
    let free = if terms.member { hours(24) } else { hours(48) };
    let percent = if reconsidered || ahead >= free {
        0
    } else if ahead >= hours(12) {
        50
    } else {
        100
    };
    // Rounded half up to the cent.
    let cents = (terms.cents * percent + 50).div_euclid(100);
    let late = terms.by_plan && ahead < hours(24) && !reconsidered;
    // The second lapse in 30 days, and each one after it.
    let again = lapses.iter().any(|lapse| *lapse <= at && at - lapse <= 30 * 24 * 3600);
    let besides = if late && terms.unlimited && again { 5_000 } else { 0 };
    Fee { cents: cents + besides, late }
}
