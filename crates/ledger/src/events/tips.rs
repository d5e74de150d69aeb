//! Tips (T10). The subject in `tips` is the technician to whom they are owed.

use kit::{Cents, Id};
use people::{Subject, SubjectKind};

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Means, Posting, PostingSide, SubjectAmount};

/// Row 25: a tip by card, on a terminal, or into the drawer, for the technicians of a visit. It is split in equal cents,
/// and the remainder goes to the first by id. The subject of `tip` is the visit. Without technicians, the tip is owed for
/// the visit.
pub fn tip_received(event: BusinessEvent, means: Means, tip: SubjectAmount, technicians: &[Id]) -> Entry {
    let mut technicians = technicians.to_vec();
    technicians.sort_unstable();
    technicians.dedup();
    let side = means.side(Some(tip.subject));
    if technicians.is_empty() {
        return Entry::of(event).posting(tip.between(side, Account::Tips.of(tip.subject)));
    }
    let count = i64::try_from(technicians.len()).expect("a visit has few technicians");
    let (share, remainder) = (tip.amount.0 / count, tip.amount.0 % count);
    let shares = technicians.into_iter().enumerate().map(|(at, id)| {
        let cents = if at == 0 { share + remainder } else { share };
        tip.with(Cents(cents)).between(side, owed_to(id))
    });
    Entry::of(event).postings(shares)
}

/// Row 26: tips were paid to technicians by bank transfer.
pub fn tips_paid_by_bank(event: BusinessEvent, paid: &[(Id, Cents)]) -> Entry {
    paid_from(event, Account::Bank, paid)
}

/// Row 26: tips were paid to technicians from the drawer.
pub fn tips_paid_in_cash(event: BusinessEvent, paid: &[(Id, Cents)]) -> Entry {
    paid_from(event, Account::Cash, paid)
}

fn paid_from(event: BusinessEvent, account: Account, paid: &[(Id, Cents)]) -> Entry {
    let posting = |(id, cents): &(Id, Cents)| Posting::new(owed_to(*id), account.whole(), *cents);
    Entry::of(event).postings(paid.iter().map(posting))
}

fn owed_to(technician: Id) -> PostingSide {
    Account::Tips.of(Subject { kind: SubjectKind::Technician, id: technician })
}
