//! What something costs, with its payments and refunds: take a payment, and hand back a refund.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Cents, Error, Fields, Id, Result, Tx};
use money::{NewPayment, PaidPart, PaymentMethod, Tip};
use people::{Action, Actor, Caller, Subject, SubjectKind};
use ui::{Done, PostedForm, QueryForm, RawForm, StaffPage, handle_form, rendered, to_response};

use crate::staff::charge_page::draw;
use crate::subjects::charge_path;

/// The largest amount of one payment.
pub(crate) const MOST: Cents = Cents(10_000_000);
/// The longest number of a slip.
pub(crate) const LONGEST_SLIP: usize = 60;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/staff/money/{kind}/{id}/", get(show).post(take))
        .route("/staff/money/{kind}/{id}/send-refund/", post(send_refund))
}

/// Returns what the path of a page names.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments, and `Error::NotFound` if there is no such kind.
pub(crate) fn subject_of(by: &Actor, (kind, id): &(String, Id)) -> Result<Subject> {
    by.need(Action::TakePayments)?;
    let kind = SubjectKind::read(kind.clone()).ok_or(Error::NotFound)?;
    Ok(Subject { kind, id: *id })
}

/// Returns the sentence that confirms an operation.
fn sentence(done: &str) -> Option<&'static str> {
    match done {
        "paid" => Some("Payment recorded."),
        "sent" | "refunded" => {
            Some("Refund recorded. Now give the guest the money, or refund their card on the terminal.")
        }
        "comp" => Some("Comped."),
        "written-off" => Some("Written off."),
        _ => None,
    }
}

async fn show(
    caller: Caller,
    Path(path): Path<(String, Id)>,
    QueryForm(form): QueryForm<Done>,
) -> Result<Response> {
    let here = format!("/staff/money/{}/{}/", path.0, path.1);
    let done = form.parsed.ok().and_then(|Done(done)| done);
    let page = caller.view(move |tx, by| {
        let subject = subject_of(by, &path)?;
        let page = draw(tx, by, subject, &RawForm::default(), None)?;
        Ok(match done.as_deref().and_then(sentence) {
            Some(sentence) => page.done(true, sentence),
            None => page,
        })
    });
    rendered(page.await, &here)
}

/// A payment as it is entered.
#[derive(Debug, Clone)]
struct PaymentForm {
    amount: Option<Cents>,
    /// The amount that the page showed as due.
    shown: Option<Cents>,
    method: PaymentMethod,
    slip: String,
    tip: Tip,
    /// What else is paid for, in full: each with the amount that the page showed as due.
    also: Vec<PaidPart>,
}

impl Input for PaymentForm {
    fn parse(input: &mut RawInput) -> PaymentForm {
        let method = match input.opt_text_within("method", 20).as_deref() {
            Some("cash") => PaymentMethod::Cash,
            Some("terminal") => PaymentMethod::Terminal,
            _ => {
                input.add_error("method", "Choose how it was paid.");
                PaymentMethod::Cash
            }
        };
        let amount = input.opt_cents("amount", MOST);
        if input.raw("amount").is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty())) {
            input.add_error("amount", "This field is required.");
        }
        PaymentForm {
            amount,
            shown: input.opt_cents("shown", MOST),
            method,
            slip: input.opt_text_within("slip", LONGEST_SLIP).unwrap_or_default(),
            tip: Tip { amount: input.opt_cents("tip", MOST).unwrap_or_default(), technicians: ids(input) },
            also: also(input),
        }
    }
}

impl PaymentForm {
    fn payment(self, subject: Subject) -> NewPayment {
        let part = PaidPart { subject, amount: self.amount, shown: self.shown };
        let parts = std::iter::once(part).chain(self.also).collect();
        NewPayment { parts, method: self.method, slip: self.slip, tip: self.tip }
    }
}

/// Reads the technicians who share the tip.
fn ids(input: &mut RawInput) -> Vec<Id> {
    let values = input.many("tip_for");
    values.iter().filter_map(|value| value.as_str()?.parse().ok()).map(Id).collect()
}

/// Reads what else is paid for: `kind:id:cents`.
fn also(input: &mut RawInput) -> Vec<PaidPart> {
    let values = input.many("also");
    let part = |text: &str| {
        let mut parts = text.splitn(3, ':');
        let kind = SubjectKind::read(parts.next()?.to_owned())?;
        let (id, cents) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(PaidPart { subject: Subject { kind, id: Id(id) }, amount: None, shown: Some(Cents(cents)) })
    };
    let parts: Vec<_> = values.iter().filter_map(|value| part(value.as_str()?)).collect();
    if parts.len() != values.len() || parts.len() > 20 {
        input.add_error("also", "Choose from the list.");
    }
    parts
}

async fn take(
    caller: Caller,
    Path(path): Path<(String, Id)>,
    PostedForm(form): PostedForm<PaymentForm>,
) -> Result<Response> {
    let here = format!("/staff/money/{}/{}/", path.0, path.1);
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        let subject = subject_of(by, &path)?;
        let operation = |tx: &mut Tx<'_>| {
            let payment = parsed.clone().map_err(Error::Invalid)?.payment(subject);
            money::take(tx, by, &payment)?;
            Ok(format!("{}?done=paid", charge_path(subject)))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, subject, &raw_form, wrong))
    });
    to_response(done.await, &here)
}

/// The number of the slip of a refund.
#[derive(Debug, Clone)]
struct Slip(String);

impl Input for Slip {
    fn parse(input: &mut RawInput) -> Slip {
        Slip(input.opt_text_within("refund_slip", LONGEST_SLIP).unwrap_or_default())
    }
}

/// Returns the error of a slip number under the name that the field has on these pages.
pub(crate) fn about_refund_slip(error: Error) -> Error {
    match error {
        Error::Invalid(mut fields) => {
            if let Some(sentence) = fields.0.remove("slip") {
                fields.0.insert("refund_slip".to_owned(), sentence);
            }
            Error::Invalid(fields)
        }
        error => error,
    }
}

async fn send_refund(
    caller: Caller,
    Path(path): Path<(String, Id)>,
    PostedForm(form): PostedForm<Slip>,
) -> Result<Response> {
    let here = format!("/staff/money/{}/{}/", path.0, path.1);
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        let subject = subject_of(by, &path)?;
        let operation = |tx: &mut Tx<'_>| {
            let Slip(slip) = parsed.clone().map_err(Error::Invalid)?;
            money::send_refund(tx, by, subject, &slip).map_err(about_refund_slip)?;
            Ok(format!("{}?done=sent", charge_path(subject)))
        };
        let render = |tx: &mut Tx<'_>, wrong: Option<&Fields>| -> Result<StaffPage> {
            draw(tx, by, subject, &raw_form, wrong)
        };
        handle_form(tx, operation, render)
    });
    to_response(done.await, &here)
}
