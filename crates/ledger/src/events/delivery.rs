//! Delivery of what was charged, fees, and what is given up of them.

use kit::{Cents, Id};
use people::Subject;

use crate::account::{Account, RevenueKind};
use crate::entry::{BusinessEvent, Entry, SubjectAmount};

/// What was delivered for a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What was delivered.
    pub subject: Subject,
    /// The person who pays; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The lines by kind, net of discounts and without tax, in cents. A comp does not reduce them.
    pub lines: Vec<(RevenueKind, Cents)>,
    /// The tax by kind and component of the rate, in cents.
    pub tax: Vec<Cents>,
    /// What the club gives for free, with its tax, in cents.
    pub comp: Cents,
    /// What was prepaid, in cents. It may be more than the charge.
    pub prepaid: Cents,
}

impl Delivery {
    fn amount(&self, amount: Cents) -> SubjectAmount {
        SubjectAmount { subject: self.subject, person: self.person, amount }
    }

    /// Returns what the charge comes to after a comp, in cents.
    fn due(&self) -> Cents {
        let net: Cents = self.lines.iter().map(|(_, cents)| *cents).sum();
        net + self.tax.iter().copied().sum() - self.comp
    }
}

/// Rows 5 to 8: a charge was delivered. Earns its revenue, charges its tax, gives its comp, and applies what was prepaid.
pub fn delivered(event: BusinessEvent, delivery: &Delivery) -> Entry {
    let amount = |cents| delivery.amount(cents);
    revenue_earned(event.clone(), amount(Cents::ZERO), &delivery.lines)
        .and(tax_charged(event.clone(), amount(Cents::ZERO), &delivery.tax))
        .and(comped(event.clone(), amount(delivery.comp)))
        .and(prepaid_applied(event, amount(delivery.prepaid), delivery.due()))
}

/// Row 5: lines were delivered, by kind of line. Only the amounts of the lines are posted; the one of `about` is not.
pub fn revenue_earned(event: BusinessEvent, about: SubjectAmount, lines: &[(RevenueKind, Cents)]) -> Entry {
    let posting =
        |(kind, cents): &(RevenueKind, Cents)| about.with(*cents).moved(Account::Receivable, kind.account());
    Entry::of(event).postings(lines.iter().map(posting))
}

/// Row 6: tax on what was delivered or on a fee, by kind and component of the rate. Only these amounts are posted; the one
/// of `about` is not.
pub fn tax_charged(event: BusinessEvent, about: SubjectAmount, tax: &[Cents]) -> Entry {
    let posting = |cents: &Cents| about.with(*cents).moved(Account::Receivable, Account::Tax);
    Entry::of(event).postings(tax.iter().map(posting))
}

/// Row 7: the prepaid amount was applied to a delivered charge, at most what the charge comes to.
pub fn prepaid_applied(event: BusinessEvent, prepaid: SubjectAmount, charge: Cents) -> Entry {
    let applied = prepaid.with(prepaid.amount.min(charge));
    Entry::of(event).posting(applied.moved(Account::Deposits, Account::Receivable))
}

/// Row 8: the club gave what was delivered for free, all or part of it (T18).
pub fn comped(event: BusinessEvent, amount: SubjectAmount) -> Entry {
    Entry::of(event).posting(amount.moved(Account::Comps, Account::Receivable))
}

/// Row 10: a late cancellation or a missed visit costs a fee (C1, C2). Its tax is row 6.
pub fn fee_charged(event: BusinessEvent, fee: SubjectAmount) -> Entry {
    Entry::of(event).posting(fee.moved(Account::Receivable, Account::RevenueFee))
}

/// Row 11: a fee and its tax were taken from the prepaid amount (T9).
pub fn fee_taken_from_prepaid(event: BusinessEvent, amount: SubjectAmount) -> Entry {
    Entry::of(event).posting(amount.moved(Account::Deposits, Account::Receivable))
}

/// Row 12: prepaid money that is not needed is to be refunded: after a cancellation, a move to a lower price, a payment
/// after the hold ended, or a second payment.
pub fn rest_to_be_refunded(event: BusinessEvent, rest: SubjectAmount) -> Entry {
    Entry::of(event).posting(rest.moved(Account::Deposits, Account::RefundsOwed))
}

/// Row 43: an amount that was to be refunded is needed again before it was sent, because the charge became higher: for
/// what was delivered, or as a prepaid amount.
pub fn refund_not_needed(event: BusinessEvent, amount: SubjectAmount, is_delivered: bool) -> Entry {
    let to = if is_delivered { Account::Receivable } else { Account::Deposits };
    Entry::of(event).posting(amount.moved(Account::RefundsOwed, to))
}

/// Row 44: what was recorded as delivered was not, or a fee no longer applies: its lines and its tax.
pub fn income_undone(event: BusinessEvent, delivery: &Delivery) -> Entry {
    let amount = delivery.amount(Cents::ZERO);
    let earned = revenue_earned(event.clone(), amount, &delivery.lines);
    reversed(earned.and(tax_charged(event, amount, &delivery.tax)))
}

/// Row 45: what paid for the delivery of row 44: its comp, the prepaid amount that was applied to it, and what was
/// written off.
pub fn settlement_undone(event: BusinessEvent, delivery: &Delivery, written_off: Cents) -> Entry {
    let (amount, due) = (|cents| delivery.amount(cents), delivery.due());
    let given = comped(event.clone(), amount(delivery.comp));
    let lost = self::written_off(event.clone(), amount(written_off));
    reversed(given.and(lost).and(prepaid_applied(event, amount(delivery.prepaid), due)))
}

fn reversed(entry: Entry) -> Entry {
    let postings = entry.postings.iter().map(|posting| posting.reversed()).collect();
    Entry { postings, ..entry }
}

/// A fee that is waived after it was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// What the fee is for.
    pub subject: Subject,
    /// The person who owes or paid it; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The waived part of the fee in cents.
    pub fee: Cents,
    /// The tax on it in cents.
    pub tax: Cents,
    /// How much of both is unpaid, in cents. The rest is refunded.
    pub unpaid: Cents,
}

/// Row 16: a fee was waived after it was posted (T18). What is unpaid is not owed anymore, first of the fee and then of
/// its tax; the rest is to be refunded.
pub fn fee_waived(event: BusinessEvent, waiver: &Waiver) -> Entry {
    let unpaid_fee = waiver.fee.min(waiver.unpaid);
    let unpaid_tax = waiver.tax.min(waiver.unpaid - unpaid_fee);
    let moved = |amount, debit, credit| {
        SubjectAmount { subject: waiver.subject, person: waiver.person, amount }.moved(debit, credit)
    };
    Entry::of(event).postings([
        moved(unpaid_fee, Account::RevenueFee, Account::Receivable),
        moved(waiver.fee - unpaid_fee, Account::RevenueFee, Account::RefundsOwed),
        moved(unpaid_tax, Account::Tax, Account::Receivable),
        moved(waiver.tax - unpaid_tax, Account::Tax, Account::RefundsOwed),
    ])
}

/// Row 17: the club gave up an amount that is owed (T18).
pub fn written_off(event: BusinessEvent, amount: SubjectAmount) -> Entry {
    Entry::of(event).posting(amount.moved(Account::BadDebts, Account::Receivable))
}
