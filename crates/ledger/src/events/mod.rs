//! One function for each row of the table in docs/ledger.md. It builds the entry of a business event from amounts that
//! the caller knows, and writes nothing. Its documentation begins with the number of the row. Row 1 has no function: a
//! charge moves no money.
//!
//! Amounts are cents and not negative, unless the function says otherwise; [`crate::record()`] refuses negative ones. An
//! amount of 0 adds no posting.

mod delivery;
mod disputes;
mod drawer;
mod dues;
mod gift_cards;
mod opening;
mod payments;
mod payouts;
mod refunds;
mod tips;

pub use delivery::{
    Delivery, Waiver, comped, delivered, fee_charged, fee_taken_from_prepaid, fee_waived, income_undone,
    prepaid_applied, refund_not_needed, rest_to_be_refunded, revenue_earned, settlement_undone, tax_charged,
    written_off,
};
pub use disputes::{dispute_lost, dispute_opened, dispute_won};
pub use drawer::{TerminalBatch, drawer_banked, drawer_counted, float_added, terminal_credited};
pub use dues::{DuesDay, JoinRefund, dues_earned, dues_paid, dues_refunded, join_cancelled, share_of_day};
pub use gift_cards::{
    gift_card_expired, gift_card_given, gift_card_paid_out, gift_card_returned, gift_card_sold,
};
pub use opening::{cash_before, dues_before, receivable_before, stripe_before};
pub use payments::{
    explained, paid_after_delivery, prepaid, prepaid_by_card, stripe_charged, stripe_fee, stripe_topped_up,
    unmatched,
};
pub use payouts::{payout_created, payout_failed, payout_paid};
pub use refunds::{RefundedLines, refund_failed, refund_owed, refund_sent, refund_sent_to_terminal};
pub use tips::{tip_received, tips_paid_by_bank, tips_paid_in_cash};
