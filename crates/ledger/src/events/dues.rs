//! Dues: paid for a month, earned by the day.

use jiff::civil::Date;
use kit::amounts::half_up;
use kit::{Cents, Id};
use people::Subject;

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Means, SubjectAmount};

/// Row 18: a month of dues or the price of an upgrade was paid: `net` with its subject, and the tax.
pub fn dues_paid(event: BusinessEvent, means: Means, net: SubjectAmount, tax: Cents) -> Entry {
    let from = means.side(Some(net.subject));
    let posting = |amount: Cents, to: Account| net.with(amount).between(from, to.of(net.subject));
    Entry::of(event).postings([posting(net.amount, Account::DeferredDues), posting(tax, Account::Tax)])
}

/// A day of a paid month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuesDay {
    /// The number of the day in the paid month, counted from 1.
    pub number: i64,
    /// The number of days of the paid month.
    pub days: i64,
}

impl DuesDay {
    /// Returns the day `day` of the paid month that begins on `first` and ends before `next`; `None` if it is outside.
    pub fn of(day: Date, first: Date, next: Date) -> Option<DuesDay> {
        let days = |from: Date, to: Date| from.duration_until(to).as_hours() / 24;
        let (number, days) = (days(first, day) + 1, days(first, next));
        (1..=days).contains(&number).then_some(DuesDay { number, days })
    }
}

/// Row 19: a day of a paid month passed, so its share of the net dues is earned. The share of a date is posted to the
/// business day of that date.
pub fn dues_earned(event: BusinessEvent, net: SubjectAmount, day: DuesDay) -> Entry {
    let share = net.with(share_of_day(net.amount, day));
    Entry::of(event).posting(share.moved(Account::DeferredDues, Account::RevenueDues))
}

/// Returns the share of a day in the net dues of its month, in cents (T12): what is earned until the end of the day,
/// rounded half up, less what was earned until its beginning. The shares of all days add up to the dues.
pub fn share_of_day(net: Cents, day: DuesDay) -> Cents {
    let until = |number: i64| half_up(i128::from(net.0) * i128::from(number), i128::from(day.days));
    Cents(until(day.number) - until(day.number - 1))
}

/// All dues that were paid for a membership that ends at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinRefund {
    /// The membership.
    pub subject: Subject,
    /// The member.
    pub person: Option<Id>,
    /// The unearned part of the dues in cents.
    pub unearned: Cents,
    /// The part that was earned, in cents.
    pub earned: Cents,
    /// The tax in cents.
    pub tax: Cents,
}

/// Row 20: a membership ends at once, and all that was paid for it is to be refunded (M8).
pub fn join_cancelled(event: BusinessEvent, refund: &JoinRefund) -> Entry {
    let moved = |amount: Cents, from: Account| {
        SubjectAmount { subject: refund.subject, person: refund.person, amount }
            .moved(from, Account::RefundsOwed)
    };
    Entry::of(event).postings([
        moved(refund.unearned, Account::DeferredDues),
        moved(refund.earned, Account::RevenueDues),
        moved(refund.tax, Account::Tax),
    ])
}

/// Row 40: the unearned part of dues is to be refunded: after a second paid join (M10), or by a manager.
pub fn dues_refunded(event: BusinessEvent, unearned: SubjectAmount) -> Entry {
    Entry::of(event).posting(unearned.moved(Account::DeferredDues, Account::RefundsOwed))
}
