//! What is owed and paid: charges with their lines and versions, tax by kind of sale and component, payments at the
//! front desk with their receipts, refunds, comps, and write-offs (T1, T7, T8, T13, T16 to T18, T20). A charge belongs
//! to a [`people::Subject`], which this crate knows only by kind and id. Each business event posts its entry to the
//! ledger in the same transaction (docs/ledger.md). There are no card payments.

mod adjustment;
mod books;
mod charge;
mod export;
mod line;
mod model;
mod payment;
mod position;
mod read;
mod refund;
mod refusals;
mod store;
mod tax;

pub use adjustment::{Adjustment, AdjustmentKind, comp, write_off};
pub use books::record_openings;
pub use charge::{charge, charge_of, earn, hand_over, reinstate, replace, revert_earn, saved, statuses};
pub use export::{export, export_payments, export_refunds};
pub use line::{Line, LineKind};
pub use model::{Bill, Charge, PaymentStatus};
pub use payment::{NewPayment, PaidPart, Payment, PaymentMethod, Tip, import_paid, take};
pub use read::{
    OpenCharge, OpenCharges, PaymentPart, Receipt, SubjectAccount, account, due, due_of_person, my_payments,
    open_charges, paid_at, parts, payment_by_number, payments, payments_of, receipt, refunds, refunds_of,
    was_charged,
};
pub use refund::{Refund, refund, send_refund};
pub use refusals::{
    ALREADY_PAID, DUE_CHANGED, DUES, MOST, NEW_TOTAL, NOT_DELIVERED, NOTHING_DUE, NOTHING_TO_REFUND,
    REFUND_TOO_LARGE,
};
pub use store::taxes_of;
pub use tax::{TaxComponent, TaxRates, TaxShare, set_rate, set_rate_from, tax_on, tax_rates};
