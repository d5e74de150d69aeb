//! Gift cards (T11). The subject of each amount is the gift card.

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Means, SubjectAmount};

/// Row 21: a gift card was sold for its face value. A gift card does not pay for another one.
pub fn gift_card_sold(event: BusinessEvent, means: Means, value: SubjectAmount) -> Entry {
    let (debit, credit) = (means.side(Some(value.subject)), Account::GiftCards.of(value.subject));
    Entry::of(event).posting(value.between(debit, credit))
}

/// Row 22: the club gave a gift card for free.
pub fn gift_card_given(event: BusinessEvent, value: SubjectAmount) -> Entry {
    Entry::of(event).posting(value.moved(Account::Comps, Account::GiftCards))
}

/// Row 23: all that was left on a gift card, less than 5.00, was paid out on demand.
pub fn gift_card_paid_out(event: BusinessEvent, rest: SubjectAmount) -> Entry {
    Entry::of(event).posting(rest.moved(Account::GiftCards, Account::Cash))
}

/// Row 24: an unused gift card was returned and is to be refunded.
pub fn gift_card_returned(event: BusinessEvent, value: SubjectAmount) -> Entry {
    Entry::of(event).posting(value.moved(Account::GiftCards, Account::RefundsOwed))
}

/// Row 41: a gift card that the club gave for free expired. One that was sold never does.
pub fn gift_card_expired(event: BusinessEvent, rest: SubjectAmount) -> Entry {
    Entry::of(event).posting(rest.moved(Account::GiftCards, Account::Comps))
}
