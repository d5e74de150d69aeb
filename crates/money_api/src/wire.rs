//! The response types of this crate.

use catalogue::{Catalogue, iso};
use kit::{Cents, Id};
use money::{
    Adjustment, Charge, Line, OpenCharge, Payment, PaymentPart, Receipt, Refund, SubjectAccount, TaxShare,
};
use people::Subject;
use serde::Serialize;
use utoipa::ToSchema;

/// What a charge or a payment is for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectOut {
    /// `booking`, or `membership` for dues.
    kind: &'static str,
    id: Id,
}

impl From<Subject> for SubjectOut {
    fn from(subject: Subject) -> SubjectOut {
        SubjectOut { kind: subject.kind.as_str(), id: subject.id }
    }
}

/// A payment that was received.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentOut {
    id: Id,
    /// The receipt number. Null for money that was received before payments were recorded.
    number: Option<String>,
    /// `cash` or `terminal`. `earlier` for money that was received before payments were recorded.
    method: &'static str,
    /// The amount without the tip.
    amount: Cents,
    tip: Cents,
    /// The number of the slip of the card terminal. Null for other methods.
    slip: Option<String>,
    received_at: String,
}

impl PaymentOut {
    pub(crate) fn of(catalogue: &Catalogue, payment: &Payment) -> PaymentOut {
        PaymentOut {
            id: payment.id,
            number: payment.number.clone(),
            method: payment.method.as_str(),
            amount: payment.amount,
            tip: payment.tip,
            slip: Some(payment.slip.clone()).filter(|slip| !slip.is_empty()),
            received_at: iso(&catalogue.club.zone, payment.received_at),
        }
    }
}

/// Money that was sent back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefundOut {
    id: Id,
    /// The number of the refund receipt.
    number: String,
    /// The payment that was sent back, all or part of it.
    payment_id: Id,
    subject: SubjectOut,
    /// `cash` or `terminal`. `earlier` for cash for money that was received before payments were recorded.
    method: &'static str,
    amount: Cents,
    /// The number of the slip of the card terminal. Null for other methods.
    slip: Option<String>,
    sent_at: String,
}

impl RefundOut {
    pub(crate) fn of(catalogue: &Catalogue, refund: &Refund) -> RefundOut {
        RefundOut {
            id: refund.id,
            number: refund.number.clone(),
            payment_id: refund.payment,
            subject: Subject { kind: refund.subject_kind, id: refund.subject_id }.into(),
            method: refund.method.as_str(),
            amount: refund.amount,
            slip: Some(refund.slip.clone()).filter(|slip| !slip.is_empty()),
            sent_at: iso(&catalogue.club.zone, refund.sent_at),
        }
    }

    pub(crate) fn all(catalogue: &Catalogue, refunds: &[Refund]) -> Vec<RefundOut> {
        refunds.iter().map(|refund| RefundOut::of(catalogue, refund)).collect()
    }
}

/// What a part of a payment paid for.
#[derive(Debug, Serialize, ToSchema)]
struct PartOut {
    subject: SubjectOut,
    amount: Cents,
    /// What was sent back of it.
    refunded: Cents,
}

impl From<&PaymentPart> for PartOut {
    fn from(part: &PaymentPart) -> PartOut {
        PartOut { subject: part.subject().into(), amount: part.amount, refunded: part.refunded }
    }
}

/// A payment with its parts and refunds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptOut {
    #[serde(flatten)]
    payment: PaymentOut,
    parts: Vec<PartOut>,
    /// What was sent back, earliest first.
    refunds: Vec<RefundOut>,
}

impl ReceiptOut {
    pub(crate) fn of(catalogue: &Catalogue, receipt: &Receipt) -> ReceiptOut {
        ReceiptOut {
            payment: PaymentOut::of(catalogue, &receipt.payment),
            parts: receipt.parts.iter().map(PartOut::from).collect(),
            refunds: RefundOut::all(catalogue, &receipt.refunds),
        }
    }
}

/// An amount that is due or has to be refunded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenChargeOut {
    subject: SubjectOut,
    /// The account of the guest, or null.
    person_id: Option<Id>,
    amount: Cents,
    /// When the charge last changed.
    since: String,
}

impl OpenChargeOut {
    pub(crate) fn of(catalogue: &Catalogue, open: &OpenCharge) -> OpenChargeOut {
        OpenChargeOut {
            subject: open.subject().into(),
            person_id: open.person,
            amount: open.amount,
            since: iso(&catalogue.club.zone, open.since),
        }
    }
}

/// What something costs and what of it is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChargeOut {
    subject: SubjectOut,
    /// The account of the guest, or null.
    person_id: Option<Id>,
    /// The price without tax.
    net: Cents,
    tax: Cents,
    total: Cents,
    /// What the club gives for free.
    comp: Cents,
    /// What the club no longer collects.
    written_off: Cents,
    paid: Cents,
    refunded: Cents,
    due: Cents,
    /// What has to be handed back.
    to_refund: Cents,
    /// `unpaid`, `paid`, `partly_refunded`, `refunded`, or `void`.
    payment_status: &'static str,
    /// When it was completed, or the fee arose. Null before that.
    delivered_at: Option<String>,
}

impl ChargeOut {
    pub(crate) fn of(catalogue: &Catalogue, subject: Subject, charge: &Charge) -> ChargeOut {
        ChargeOut {
            subject: subject.into(),
            person_id: charge.person,
            net: charge.net,
            tax: charge.tax,
            total: charge.total(),
            comp: charge.comp,
            written_off: charge.written_off,
            paid: charge.paid,
            refunded: charge.refunded,
            due: charge.due(),
            to_refund: charge.to_refund(),
            payment_status: charge.status.as_str(),
            delivered_at: charge.earned_at.map(|at| iso(&catalogue.club.zone, at)),
        }
    }
}

/// A line of a charge.
#[derive(Debug, Serialize, ToSchema)]
struct ChargeLineOut {
    /// `service`, `addon`, `goods`, `concierge`, `fee`, or `dues`.
    kind: &'static str,
    code: String,
    label: String,
    amount: Cents,
}

impl From<&Line> for ChargeLineOut {
    fn from(line: &Line) -> ChargeLineOut {
        let (code, label) = (line.code.clone(), line.label.clone());
        ChargeLineOut { kind: line.kind.as_str(), code, label, amount: line.amount }
    }
}

/// The tax on one kind of sale by one component of its rate.
#[derive(Debug, Serialize, ToSchema)]
struct TaxOut {
    kind: &'static str,
    component: String,
    amount: Cents,
}

impl From<&TaxShare> for TaxOut {
    fn from(share: &TaxShare) -> TaxOut {
        TaxOut { kind: share.kind.as_str(), component: share.component.clone(), amount: share.amount }
    }
}

/// What a manager gave up or refunded, with the reason.
#[derive(Debug, Serialize, ToSchema)]
struct AdjustmentOut {
    /// `comp`, `write_off`, or `refund`.
    kind: &'static str,
    amount: Cents,
    reason: String,
    made_at: String,
}

impl AdjustmentOut {
    fn of(catalogue: &Catalogue, adjustment: &Adjustment) -> AdjustmentOut {
        AdjustmentOut {
            kind: adjustment.kind.as_str(),
            amount: adjustment.amount,
            reason: adjustment.reason.clone(),
            made_at: iso(&catalogue.club.zone, adjustment.made_at),
        }
    }
}

/// A charge with its lines, payments, and refunds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountOut {
    #[serde(flatten)]
    charge: ChargeOut,
    lines: Vec<ChargeLineOut>,
    taxes: Vec<TaxOut>,
    /// Each with its whole amount, even if it paid for other things too.
    payments: Vec<PaymentOut>,
    refunds: Vec<RefundOut>,
    adjustments: Vec<AdjustmentOut>,
}

impl AccountOut {
    pub(crate) fn of(catalogue: &Catalogue, subject: Subject, account: &SubjectAccount) -> AccountOut {
        AccountOut {
            charge: ChargeOut::of(catalogue, subject, &account.charge),
            lines: account.lines.iter().map(ChargeLineOut::from).collect(),
            taxes: account.taxes.iter().map(TaxOut::from).collect(),
            payments: account.payments.iter().map(|one| PaymentOut::of(catalogue, one)).collect(),
            refunds: RefundOut::all(catalogue, &account.refunds),
            adjustments: account.adjustments.iter().map(|one| AdjustmentOut::of(catalogue, one)).collect(),
        }
    }
}
