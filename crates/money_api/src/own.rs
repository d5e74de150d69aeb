//! The JSON endpoints for the caller's own payments.

use axum::Json as Answered;
use kit::web::{List, Paging, Path, Problem, Query};
use kit::{AppState, Id, Result};
use people::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::wire::{PaymentOut, ReceiptOut};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(payments)).routes(routes!(payment))
}

/// List your own payments, latest first.
#[utoipa::path(get, path = "/api/payments/", tag = "payments",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<PaymentOut>), (status = 400, body = Problem), (status = 401, body = Problem)))]
async fn payments(caller: Caller, Query(paging): Query<Paging>) -> Result<List<PaymentOut>> {
    let payments = caller.view(|tx, by| {
        let catalogue = catalogue::current(tx)?;
        let own = money::my_payments(tx, by)?;
        Ok(own.iter().map(|payment| PaymentOut::of(&catalogue, payment)).collect())
    });
    Ok(List::of(payments.await?, paging, "/api/payments/"))
}

/// Get a payment with what it paid for and its refunds. Staff can get every payment of their club.
#[utoipa::path(get, path = "/api/payments/{id}/", tag = "payments", params(("id" = i64, Path)),
    responses((status = 200, body = ReceiptOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn payment(caller: Caller, Path(id): Path<Id>) -> Result<Answered<ReceiptOut>> {
    caller
        .view(move |tx, by| {
            let catalogue = catalogue::current(tx)?;
            let receipt = money::receipt(tx, by, id)?;
            Ok(Answered(ReceiptOut::of(&catalogue, &receipt)))
        })
        .await
}
