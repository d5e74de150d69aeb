//! Amounts owed and their reasons: charges with their lines, and tax by kind of sale. A charge belongs to a
//! [`people::Subject`], which this crate knows only by kind and id. What is due is paid at the front
//! desk; there are no card payments.

mod charge;
mod line;
mod tax;

pub use charge::{
    Bill, Charge, ChargeStatus, charge, charge_of, earn, export, hand_over, record_payment, reinstate,
    replace, revert_earn, saved, settle, statuses,
};
pub use line::{Line, LineKind};
pub use tax::{TaxRates, set_rate, tax_on, tax_rates};
