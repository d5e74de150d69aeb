//! The JSON endpoints for staff: take payments, hand back refunds, give up amounts, and see what is open.

use axum::Json as Answered;
use axum::http::{StatusCode, Uri};
use jiff::civil::Date;
use kit::replies::Reply;
use kit::web::{Input, Json, List, Once, OnceHeader, Paging, Path, Problem, Query, RawInput, unpaged};
use kit::{AppState, Cents, Error, Fields, Id, Result, Tx};
use money::{Charge, OpenCharges};
use people::{Action, Actor, Caller, Subject, SubjectKind};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::input::{AdjustBody, SendRefundBody, TakeBody, open_charges};
use crate::wire::{AccountOut, ChargeOut, OpenChargeOut, PaymentOut, ReceiptOut, RefundOut};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(take))
        .routes(routes!(send_refund))
        .routes(routes!(refund))
        .routes(routes!(comp))
        .routes(routes!(write_off))
        .routes(routes!(day_payments))
        .routes(routes!(charges))
        .routes(routes!(charge))
}

/// Staff: record a payment at the front desk, in cash or on a card terminal.
#[utoipa::path(post, path = "/api/payments/take/", tag = "payments", params(OnceHeader), request_body = TakeBody,
    responses((status = 201, body = ReceiptOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn take(caller: Caller, Once(Json(sent), idempotency_key): Once<Json<TakeBody>>) -> Result<Reply> {
    let payment = sent.payment();
    caller
        .once(idempotency_key, move |tx, by| {
            let taken = money::take(tx, by, &payment)?;
            let catalogue = catalogue::current(tx)?;
            let receipt = money::receipt(tx, by, taken.id)?;
            Reply::json(StatusCode::CREATED, &ReceiptOut::of(&catalogue, &receipt))
        })
        .await
}

/// Staff: hand back what has to be refunded, the way it was paid. What a rule refunds needs no manager.
#[utoipa::path(post, path = "/api/payments/send_refund/", tag = "payments", params(OnceHeader),
    request_body = SendRefundBody,
    responses((status = 201, body = Vec<RefundOut>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn send_refund(
    caller: Caller,
    Once(Json(sent), idempotency_key): Once<Json<SendRefundBody>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let refunds = money::send_refund(tx, by, sent.subject(), sent.slip())?;
            let catalogue = catalogue::current(tx)?;
            Reply::json(StatusCode::CREATED, &RefundOut::all(&catalogue, &refunds))
        })
        .await
}

/// Managers: refund an amount that was paid, and hand it back the way it was paid. With tax, the refund can be a cent
/// less than `amount`.
#[utoipa::path(post, path = "/api/payments/refund/", tag = "payments", params(OnceHeader), request_body = AdjustBody,
    responses((status = 201, body = Vec<RefundOut>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn refund(caller: Caller, Once(Json(sent), idempotency_key): Once<Json<AdjustBody>>) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            by.need(Action::AdjustCharges)?;
            let amount = sent.amount().ok_or_else(|| Fields::one("amount", "This field is required."))?;
            let refunds = money::refund(tx, by, sent.subject(), (amount, &sent.reason), sent.slip())?;
            let catalogue = catalogue::current(tx)?;
            Reply::json(StatusCode::CREATED, &RefundOut::all(&catalogue, &refunds))
        })
        .await
}

/// An operation that gives up an amount, with a reason.
type GiveUp = fn(&mut Tx<'_>, &Actor, Subject, (Option<Cents>, &str)) -> Result<Charge>;

async fn give_up(
    caller: Caller,
    Once(Json(sent), idempotency_key): Once<Json<AdjustBody>>,
    operation: GiveUp,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let charge = operation(tx, by, sent.subject(), (sent.amount(), &sent.reason))?;
            let catalogue = catalogue::current(tx)?;
            Reply::json(StatusCode::OK, &ChargeOut::of(&catalogue, sent.subject(), &charge))
        })
        .await
}

/// Managers: give all or part of what is due for free. The price stays as it is.
#[utoipa::path(post, path = "/api/payments/comp/", tag = "payments", params(OnceHeader), request_body = AdjustBody,
    responses((status = 200, body = ChargeOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn comp(caller: Caller, sent: Once<Json<AdjustBody>>) -> Result<Reply> {
    give_up(caller, sent, money::comp).await
}

/// Managers: stop collecting all or part of what is due for a visit that took place, or for a fee.
#[utoipa::path(post, path = "/api/payments/write_off/", tag = "payments", params(OnceHeader),
    request_body = AdjustBody,
    responses((status = 200, body = ChargeOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn write_off(caller: Caller, sent: Once<Json<AdjustBody>>) -> Result<Reply> {
    give_up(caller, sent, money::write_off).await
}

/// The business day of a list, and the requested page.
struct DayQuery {
    date: Option<Date>,
    paging: Paging,
}

impl Input for DayQuery {
    fn parse(input: &mut RawInput) -> DayQuery {
        DayQuery { date: input.opt_date("date"), paging: Paging::parse(input) }
    }
}

/// Staff: list the payments of a business day (04:00 to 04:00, today’s unless a date is given), latest first.
#[utoipa::path(get, path = "/api/staff/payments/", tag = "staff",
    params(("date" = Option<String>, Query), ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<PaymentOut>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn day_payments(caller: Caller, uri: Uri, Query(query): Query<DayQuery>) -> Result<List<PaymentOut>> {
    let DayQuery { date, paging } = query;
    let payments = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let day = date.unwrap_or_else(|| catalogue.business_day_at(tx.now()));
        let payments = money::payments(tx, by, catalogue.business_day(day))?;
        Ok(payments.iter().map(|payment| PaymentOut::of(&catalogue, payment)).collect())
    });
    Ok(List::of(payments.await?, paging, unpaged(&uri)))
}

/// Which open charges are listed, and the requested page.
struct ChargesQuery {
    state: OpenCharges,
    paging: Paging,
}

impl Input for ChargesQuery {
    fn parse(input: &mut RawInput) -> ChargesQuery {
        ChargesQuery { state: open_charges(input, "state"), paging: Paging::parse(input) }
    }
}

/// Staff: list what is due for visits that took place and fees (`due`), due at upcoming visits (`ahead`), or has to be
/// refunded (`to_refund`), longest open first.
#[utoipa::path(get, path = "/api/staff/charges/", tag = "staff",
    params(("state" = Option<String>, Query), ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<OpenChargeOut>), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn charges(
    caller: Caller,
    uri: Uri,
    Query(ChargesQuery { state, paging }): Query<ChargesQuery>,
) -> Result<List<OpenChargeOut>> {
    let found = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let (charges, total) = money::open_charges(tx, by, state, paging)?;
        let items: Vec<_> = charges.iter().map(|one| OpenChargeOut::of(&catalogue, one)).collect();
        Ok((items, total))
    });
    let (items, total) = found.await?;
    Ok(List { items, total, paging, path: unpaged(&uri) })
}

/// Staff: get what something costs, with its payments and refunds.
#[utoipa::path(get, path = "/api/staff/charges/{kind}/{id}/", tag = "staff",
    params(("kind" = String, Path), ("id" = i64, Path)),
    responses((status = 200, body = AccountOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn charge(caller: Caller, Path((kind, id)): Path<(String, Id)>) -> Result<Answered<AccountOut>> {
    caller
        .view(move |tx, by| {
            by.need(Action::TakePayments)?;
            let kind = SubjectKind::read(kind.clone()).ok_or(Error::NotFound)?;
            let subject = Subject { kind, id };
            let account = money::account(tx, by, subject)?;
            let catalogue = catalogue::current(tx)?;
            Ok(Answered(AccountOut::of(&catalogue, subject, &account)))
        })
        .await
}
