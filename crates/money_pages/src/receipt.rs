//! The receipt of a payment, for the person who paid and for staff. It has a layout for printing.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use catalogue::Catalogue;
use kit::web::{Page, Path};
use kit::{AppState, Cents, Id, Result, Tx};
use money::{PaymentPart, Receipt, SubjectAccount};
use people::{Action, Actor, Caller};
use ui::{Frame, format, or_sign_in};

use crate::subjects::{charge_path, describe, method_word, receipt_path};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/payments/{id}/", get(show))
}

/// What a part of the payment paid for.
struct ReceiptPart {
    what: String,
    /// When a visit begins, and its confirmation number.
    about: Vec<String>,
    /// The lines of the price with its tax, if this payment paid all of it.
    lines: Vec<(String, String)>,
    amount: String,
}

/// Money that was sent back.
struct ReceiptRefund {
    number: String,
    day: String,
    amount: String,
    method: &'static str,
    slip: String,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    number: String,
    received: String,
    parts: Vec<ReceiptPart>,
    subtotal: String,
    tip: Option<String>,
    total: String,
    method: &'static str,
    slip: String,
    refunds: Vec<ReceiptRefund>,
    club: (String, String, String),
    currency: String,
    /// The path of the payment in the back office, or of the list of the guest's own payments.
    back: (String, &'static str),
}

async fn show(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, id)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &receipt_path(id))
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<ReceiptPage> {
    let Receipt { payment, parts, refunds } = money::receipt(tx, by, id)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let zone = &catalogue.club.zone;
    let number = payment.number.clone().unwrap_or_default();
    let mut shown = Vec::new();
    for part in &parts {
        shown.push(receipt_part(tx, by, &catalogue, part)?);
    }
    let refund = |refund: &money::Refund| ReceiptRefund {
        number: refund.number.clone(),
        day: format::day_of(zone, refund.sent_at, now),
        amount: format::exact_money(refund.amount),
        method: method_word(refund.method),
        slip: refund.slip.clone(),
    };
    let is_own = by.id().is_some() && by.id() == payment.person;
    let back = match parts.first() {
        Some(part) if by.may(Action::TakePayments) && !is_own => {
            (charge_path(part.subject()), "Back to the payment")
        }
        _ => ("/dashboard/payments/".to_owned(), "All payments"),
    };
    Ok(ReceiptPage {
        frame: Frame::new(by, if is_own { "payments" } else { "" }, format!("Receipt {number} · CoreSync")),
        number,
        received: format::moment(zone, payment.received_at, now),
        parts: shown,
        subtotal: format::exact_money(payment.amount),
        tip: (payment.tip > Cents::ZERO).then(|| format::exact_money(payment.tip)),
        total: format::exact_money(payment.amount + payment.tip),
        method: method_word(payment.method),
        slip: payment.slip.clone(),
        refunds: refunds.iter().map(refund).collect(),
        club: (
            catalogue.club.name.clone(),
            catalogue.club.address.clone(),
            people::format_phone(&catalogue.club.phone),
        ),
        currency: catalogue.club.currency.clone(),
        back,
    })
}

fn receipt_part(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    part: &PaymentPart,
) -> Result<ReceiptPart> {
    let described = describe(tx, by, catalogue, part.subject())?;
    let lines = match money::account(tx, by, part.subject()) {
        Ok(account) => price_lines(&account, part.amount),
        // A payment can include the visit of another person.
        Err(kit::Error::NotFound) => Vec::new(),
        Err(error) => return Err(error),
    };
    let confirmation = described.reference.map(|number| format!("Confirmation {number}"));
    Ok(ReceiptPart {
        what: described.what,
        about: described.when.into_iter().chain(confirmation).collect(),
        lines,
        amount: format::exact_money(part.amount),
    })
}

/// Returns the lines of a price with its tax, if a payment of this amount paid all of it, and nothing has changed since.
fn price_lines(account: &SubjectAccount, amount: Cents) -> Vec<(String, String)> {
    let charge = &account.charge;
    if charge.total() != amount || charge.refunded > Cents::ZERO {
        return Vec::new();
    }
    let lines = account.lines.iter().map(|line| (line.label.clone(), format::exact_money(line.amount)));
    let taxes = account.taxes.iter().map(|tax| (tax.component.clone(), format::exact_money(tax.amount)));
    lines.chain(taxes).collect()
}
