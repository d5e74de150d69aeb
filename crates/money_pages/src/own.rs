//! The page with a guest's own payments.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Input, Page, Paging, RawInput};
use kit::{AppState, Cents, Result, Tx};
use people::{Actor, Caller};
use ui::{Frame, QueryForm, format, lenient_number, or_sign_in};

use crate::subjects::{describe, method_word, receipt_path};

const HERE: &str = "/dashboard/payments/";
/// The number of payments on a page.
const SIZE: usize = 20;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/payments/", get(show))
}

/// The requested page of the list.
struct PageNumber(usize);

impl Input for PageNumber {
    fn parse(input: &mut RawInput) -> PageNumber {
        let page = lenient_number(input, "page").and_then(|page| usize::try_from(page).ok());
        PageNumber(page.filter(|page| (1..=10_000).contains(page)).unwrap_or(1))
    }
}

/// A payment in the list.
struct PaymentLine {
    path: String,
    number: String,
    day: String,
    paid_for: String,
    method: &'static str,
    amount: String,
    tip: Option<String>,
    refunded: Option<String>,
}

#[derive(Template)]
#[template(path = "payments.html")]
struct PaymentsPage {
    frame: Frame,
    payments: Vec<PaymentLine>,
    newer: Option<String>,
    older: Option<String>,
}

async fn show(caller: Caller, QueryForm(form): QueryForm<PageNumber>) -> Result<Response> {
    let page = form.parsed.map_or(1, |PageNumber(page)| page);
    let drawn = caller.view(move |tx, by| draw(tx, by, page)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, page: usize) -> Result<PaymentsPage> {
    let payments = money::my_payments(tx, by)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let paging = Paging { page, size: SIZE };
    let total = payments.len();
    let mut lines = Vec::new();
    for payment in paging.cut(payments) {
        let receipt = money::receipt(tx, by, payment.id)?;
        let mut paid_for = Vec::new();
        for part in &receipt.parts {
            paid_for.push(describe(tx, by, &catalogue, part.subject())?.short());
        }
        let refunded: Cents = receipt.refunds.iter().map(|refund| refund.amount).sum();
        lines.push(PaymentLine {
            path: receipt_path(payment.id),
            number: payment.number.clone().unwrap_or_default(),
            day: format::day_of(&catalogue.club.zone, payment.received_at, now),
            paid_for: paid_for.join("; "),
            method: method_word(payment.method),
            amount: format::money(payment.amount),
            tip: (payment.tip > Cents::ZERO).then(|| format::money(payment.tip)),
            refunded: (refunded > Cents::ZERO).then(|| format::money(refunded)),
        });
    }
    let path = |page: usize| format!("{HERE}?page={page}");
    Ok(PaymentsPage {
        frame: Frame::new(by, "payments", "Payments · CoreSync"),
        payments: lines,
        newer: (page > 1).then(|| path(page - 1)),
        older: (page * SIZE < total).then(|| path(page + 1)),
    })
}
