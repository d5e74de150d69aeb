//! What a charge and its payments amount to in the ledger, and the postings from one such position to another. No
//! function here uses the database.

use std::collections::BTreeMap;

use kit::{Cents, Fault, Id, Result};
use ledger::events::{self, Delivery, RefundedLines};
use ledger::{Account, BusinessEvent, Entry, RevenueKind, SubjectAmount};
use people::Subject;

use crate::line::{Line, LineKind};
use crate::model::{Charge, by_kind};
use crate::tax::TaxShare;

/// What the ledger holds for a subject, apart from the money itself. It follows from the charge and what was received,
/// so it is never stored: `deposits` before delivery, `receivable` after it, and `refunds_owed` always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Position {
    is_delivered: bool,
    revenue: BTreeMap<LineKind, Cents>,
    tax: BTreeMap<(LineKind, String), Cents>,
    total: Cents,
    comp: Cents,
    written_off: Cents,
    received: Cents,
}

impl Position {
    /// Returns the position of a charge with these lines and this tax.
    pub(crate) fn of(charge: &Charge, lines: &[Line], taxes: &[TaxShare]) -> Position {
        let tax = taxes.iter().map(|share| ((share.kind, share.component.clone()), share.amount));
        Position {
            is_delivered: charge.earned_at.is_some(),
            revenue: by_kind(lines),
            tax: tax.collect(),
            total: charge.total(),
            comp: charge.comp,
            written_off: charge.written_off,
            received: charge.received(),
        }
    }

    fn charged(&self) -> Cents {
        self.total - self.comp - self.written_off
    }

    /// Returns what was prepaid and is needed.
    fn deposits(&self) -> Cents {
        if self.is_delivered { Cents::ZERO } else { self.received.min(self.charged()) }
    }

    /// Returns what is owed for what was delivered.
    fn receivable(&self) -> Cents {
        if self.is_delivered { (self.charged() - self.received).max(Cents::ZERO) } else { Cents::ZERO }
    }

    /// Returns what has to be sent back.
    fn refunds_owed(&self) -> Cents {
        (self.received - self.charged()).max(Cents::ZERO)
    }

    fn delivery(&self, subject: Subject, person: Option<Id>) -> Delivery {
        Delivery {
            subject,
            person,
            lines: self.revenue.iter().map(|(kind, cents)| (kind.revenue(), *cents)).collect(),
            tax: self.tax.values().copied().collect(),
            comp: self.comp,
            prepaid: self.received.min(self.charged()),
        }
    }
}

/// Returns the entry of an event that changes a position. What was received does not change: payments and refunds that
/// were sent have entries of their own. The entry is empty if nothing moves.
///
/// # Errors
/// Returns a fault if the postings would not lead to the new position.
pub(crate) fn entry(
    event: &BusinessEvent,
    (subject, person): (Subject, Option<Id>),
    (before, after): (&Position, &Position),
) -> Result<Entry> {
    let amount = |amount: Cents| SubjectAmount { subject, person, amount };
    let new = || event.clone();
    let entry = match (before.is_delivered, after.is_delivered) {
        (false, false) => Entry::of(new()),
        (false, true) => {
            let delivery = Delivery { prepaid: before.deposits(), ..after.delivery(subject, person) };
            events::delivered(new(), &delivery).and(events::written_off(new(), amount(after.written_off)))
        }
        (true, false) => {
            let delivery = before.delivery(subject, person);
            events::income_undone(new(), &delivery).and(events::settlement_undone(
                new(),
                &delivery,
                before.written_off,
            ))
        }
        (true, true) => changed_after_delivery(event, amount(Cents::ZERO), before, after),
    };
    settled(event, entry, amount(Cents::ZERO), (before, after))
}

/// Returns the changes of lines, tax, comp, and write-off of a delivered charge.
fn changed_after_delivery(
    event: &BusinessEvent,
    about: SubjectAmount,
    before: &Position,
    after: &Position,
) -> Entry {
    let new = || event.clone();
    let (more, less) = differences(&before.revenue, &after.revenue);
    let (more_tax, less_tax) = differences(&before.tax, &after.tax);
    let kinds = |changes: Vec<(LineKind, Cents)>| -> Vec<(RevenueKind, Cents)> {
        changes.into_iter().map(|(kind, cents)| (kind.revenue(), cents)).collect()
    };
    let amounts = |changes: Vec<((LineKind, String), Cents)>| -> Vec<Cents> {
        changes.into_iter().map(|(_, cents)| cents).collect()
    };
    let refunded = RefundedLines {
        subject: about.subject,
        person: about.person,
        lines: kinds(less),
        tax: amounts(less_tax),
    };
    events::revenue_earned(new(), about, &kinds(more))
        .and(events::tax_charged(new(), about, &amounts(more_tax)))
        .and(events::comped(new(), about.with(after.comp - before.comp)))
        .and(events::written_off(new(), about.with(after.written_off - before.written_off)))
        .and(events::refund_owed(new(), &refunded))
}

/// Changes by key, with positive amounts.
type Changes<K> = Vec<(K, Cents)>;

/// Returns what is more and what is less in the second map.
fn differences<K: Ord + Clone>(
    before: &BTreeMap<K, Cents>,
    after: &BTreeMap<K, Cents>,
) -> (Changes<K>, Changes<K>) {
    let (mut more, mut less) = (Vec::new(), Vec::new());
    let mut all: Vec<&K> = before.keys().chain(after.keys()).collect();
    all.sort();
    all.dedup();
    for key in all {
        let amount = |of: &BTreeMap<K, Cents>| of.get(key).copied().unwrap_or_default();
        let change = amount(after) - amount(before);
        if change > Cents::ZERO {
            more.push((key.clone(), change));
        } else if change < Cents::ZERO {
            less.push((key.clone(), -change));
        }
    }
    (more, less)
}

/// Adds what the difference of deposits, receivable, and refunds owed still needs.
fn settled(
    event: &BusinessEvent,
    mut entry: Entry,
    about: SubjectAmount,
    (before, after): (&Position, &Position),
) -> Result<Entry> {
    let new = || event.clone();
    let deposits = before.deposits() - net(&entry, Account::Deposits);
    if after.is_delivered {
        let receivable = before.receivable() + net(&entry, Account::Receivable);
        let applied = deposits.min(receivable).max(Cents::ZERO);
        entry = entry
            .and(events::prepaid_applied(new(), about.with(applied), applied))
            .and(events::rest_to_be_refunded(new(), about.with(deposits - applied)));
    } else {
        let rest = deposits - after.deposits();
        entry = entry.and(events::rest_to_be_refunded(new(), about.with(rest.max(Cents::ZERO))));
    }
    let owed = before.refunds_owed() - net(&entry, Account::RefundsOwed);
    let again = about.with((owed - after.refunds_owed()).max(Cents::ZERO));
    entry = entry.and(events::refund_not_needed(new(), again, after.is_delivered));
    let reached = (
        before.deposits() - net(&entry, Account::Deposits),
        before.receivable() + net(&entry, Account::Receivable),
        before.refunds_owed() - net(&entry, Account::RefundsOwed),
    );
    if reached == (after.deposits(), after.receivable(), after.refunds_owed()) {
        Ok(entry)
    } else {
        Err(Fault::because(format!("{:?} does not lead from {before:?} to {after:?}", event.key)))
    }
}

/// Returns the debits less the credits of an account in an entry.
fn net(entry: &Entry, account: Account) -> Cents {
    let effect = |posting: &ledger::Posting| {
        let debit = if posting.debit.account == account { posting.amount } else { Cents::ZERO };
        let credit = if posting.credit.account == account { posting.amount } else { Cents::ZERO };
        debit - credit
    };
    entry.postings.iter().map(effect).sum()
}
