//! The ways in which operations on money say no.

use kit::{DetailKey, Refusal};

/// The refusal of a payment for something that is paid (T7).
pub const ALREADY_PAID: Refusal = Refusal::conflict("already_paid", "This has already been paid.");
/// The refusal of a payment, a comp, or a write-off where nothing is due (T7).
pub const NOTHING_DUE: Refusal = Refusal::conflict("nothing_due", "Nothing is due for this.");
/// The refusal to hand back money where nothing has to be refunded (T8).
pub const NOTHING_TO_REFUND: Refusal = Refusal::conflict("nothing_due", "There’s nothing to refund.");
/// The refusal of a refund of more than was received (T8). Carries `most`.
pub const REFUND_TOO_LARGE: Refusal =
    Refusal::conflict("refund_too_large", "That’s more than can be refunded for this.");
/// The refusal of a write-off before delivery.
pub const NOT_DELIVERED: Refusal = Refusal::conflict(
    "wrong_state",
    "Only an amount for something that took place can be written off. Cancel the visit or give it for free instead.",
);
/// The refusal of a refund of dues, which do not belong to a visit.
pub const DUES: Refusal =
    Refusal::conflict("wrong_state", "Dues can’t be refunded here. Only visits and fees can.");

/// The refusal of a payment of another amount than the one that is due by now (T6). Carries `total`.
pub const DUE_CHANGED: Refusal =
    Refusal::conflict("price_changed", "The amount due has changed. Check the new amount.");

/// The amount that is due now.
pub const NEW_TOTAL: DetailKey<String> = DetailKey::new("total");
/// The largest amount that can be refunded.
pub const MOST: DetailKey<String> = DetailKey::new("most");
