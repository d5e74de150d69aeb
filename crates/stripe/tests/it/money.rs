//! Refunds, the balance, its transactions, and payouts.

use stripe::{
    BalanceTransactionFilter, BalanceTransactionKind, CreatedRange, NewRefund, PayoutFilter, PayoutStatus,
    StripeRefundFilter, StripeRefundReason, StripeRefundStatus,
};

use crate::rig::{DAY, NOW, Rig, done, failed, key};

fn refund(payment: &str, amount: Option<i64>) -> NewRefund {
    NewRefund { payment_intent: Some(payment.to_owned()), amount, ..NewRefund::default() }
}

#[tokio::test]
async fn a_payment_is_refunded_in_parts_and_never_more_than_was_paid() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("pay", 10_000, "pm_card_visa").await);
    let first = NewRefund {
        reason: Some(StripeRefundReason::RequestedByCustomer),
        metadata: [("refund".to_owned(), "1".to_owned())].into(),
        ..refund(&paid.id, Some(4_000))
    };
    let first = rig.client.create_refund(&key("one"), &first).await.expect("a refund");
    assert_eq!((first.amount, first.status), (4_000, Some(StripeRefundStatus::Succeeded)));
    assert_eq!(
        (first.payment_intent.as_deref(), first.metadata["refund"].as_str()),
        (Some(paid.id.as_str()), "1")
    );
    let transaction = first.balance_transaction.as_ref().and_then(|one| one.object()).expect("a transaction");
    assert_eq!((transaction.amount, transaction.fee, transaction.net), (-4_000, 0, -4_000));
    assert_eq!(transaction.kind, BalanceTransactionKind::Refund);
    let error =
        rig.client.create_refund(&key("two"), &refund(&paid.id, Some(6_001))).await.expect_err("too much");
    assert_eq!(error.rejection().and_then(|one| one.param.as_deref()), Some("amount"));
    let rest = rig.client.create_refund(&key("three"), &refund(&paid.id, None)).await.expect("a refund");
    assert_eq!(rest.amount, 6_000);
    let error =
        rig.client.create_refund(&key("four"), &refund(&paid.id, Some(1))).await.expect_err("nothing left");
    assert_eq!(error.rejection().and_then(|one| one.code.as_deref()), Some("charge_already_refunded"));
    let charge = rig.client.stripe_charge(rest.charge.as_deref().expect("a charge")).await.expect("a charge");
    assert!(charge.refunded && charge.amount_refunded == 10_000);
    let filter = StripeRefundFilter { payment_intent: Some(paid.id), ..StripeRefundFilter::default() };
    let all = rig.client.refunds(&filter).all().await.expect("a list");
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&rest.id, &first.id]);
}

#[tokio::test]
async fn what_was_not_paid_is_not_refunded() {
    let rig = Rig::open().await;
    let declined = failed(rig.pay("pay", 1_000, "pm_card_chargeDeclined").await);
    let id = declined.rejection().and_then(|one| one.intent.clone()).expect("an intent").id;
    for wrong in [refund(&id, None), refund("pi_none", None), NewRefund::default()] {
        assert!(
            rig.client
                .create_refund(&key("refund"), &wrong)
                .await
                .is_err_and(|one| one.rejection().is_some())
        );
    }
}

#[tokio::test]
async fn a_refund_fails_later_and_the_amount_comes_back() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("pay", 10_000, "pm_card_refundFail").await);
    let made = rig.client.create_refund(&key("one"), &refund(&paid.id, None)).await.expect("a refund");
    assert_eq!(made.status, Some(StripeRefundStatus::Succeeded));
    rig.double.advance(3_600).await.expect("a clock");
    let failed = rig.client.refund(&made.id).await.expect("a refund");
    assert_eq!(failed.status, Some(StripeRefundStatus::Failed));
    assert_eq!(failed.failure_reason.as_deref(), Some("lost_or_stolen_card"));
    let back =
        failed.failure_balance_transaction.as_ref().and_then(|one| one.object()).expect("a transaction");
    assert_eq!((back.amount, &back.kind), (10_000, &BalanceTransactionKind::RefundFailure));
    let charge =
        rig.client.stripe_charge(failed.charge.as_deref().expect("a charge")).await.expect("a charge");
    assert_eq!(charge.amount_refunded, 0);
}

#[tokio::test]
async fn a_refund_is_pending_and_succeeds_later() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("pay", 10_000, "pm_card_pendingRefund").await);
    let made = rig.client.create_refund(&key("one"), &refund(&paid.id, None)).await.expect("a refund");
    assert_eq!(made.status, Some(StripeRefundStatus::Pending));
    rig.double.advance(3_600).await.expect("a clock");
    let settled = rig.client.refund(&made.id).await.expect("a refund");
    assert_eq!(settled.status, Some(StripeRefundStatus::Succeeded));
}

#[tokio::test]
async fn a_refund_is_refused_by_the_bank_on_request() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("pay", 10_000, "pm_card_visa").await);
    let made = rig.client.create_refund(&key("one"), &refund(&paid.id, None)).await.expect("a refund");
    assert!(rig.double.fail_refund(&made.id).await.expect("a file"));
    assert!(!rig.double.fail_refund(&made.id).await.expect("a file"), "it fails once");
    assert_eq!(rig.client.refund(&made.id).await.expect("a refund").status, Some(StripeRefundStatus::Failed));
}

#[tokio::test]
async fn each_day_what_is_available_is_paid_out() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("one", 10_000, "pm_card_visa").await);
    done(rig.pay("two", 5_000, "pm_card_visa").await);
    rig.client.create_refund(&key("refund"), &refund(&paid.id, Some(1_000))).await.expect("a refund");
    let net = (10_000 - 320) + (5_000 - 175);
    let balance = rig.client.balance().await.expect("a balance");
    assert_eq!((balance.available[0].amount, balance.pending[0].amount), (-1_000, net));
    assert_eq!(balance.available[0].currency, "usd");
    rig.double.advance(3 * DAY).await.expect("a clock");
    let payouts = rig.client.payouts(&PayoutFilter::default()).all().await.expect("a list");
    assert_eq!(payouts.len(), 1);
    let payout = rig.client.payout(&payouts[0].id).await.expect("a payout");
    // Paid on December 1, available on December 3 at midnight, arrived a day later.
    let midnight = NOW - NOW.rem_euclid(DAY) + 2 * DAY;
    assert_eq!((payout.amount, payout.created), (net - 1_000, midnight));
    assert_eq!(
        (payout.arrival_date, &payout.status, payout.automatic),
        (midnight + DAY, &PayoutStatus::Paid, true)
    );
    let filter =
        BalanceTransactionFilter { payout: Some(payout.id.clone()), ..BalanceTransactionFilter::default() };
    let parts = rig.client.balance_transactions(&filter).all().await.expect("a list");
    assert_eq!(parts.len(), 4);
    assert_eq!(parts.iter().map(|one| one.net).sum::<i64>(), 0, "the payout and what it consists of");
    let own = rig.client.balance_transaction(payout.balance_transaction.as_deref().expect("one")).await;
    assert_eq!(own.expect("a transaction").net, -payout.amount);
    assert_eq!(rig.client.balance().await.expect("a balance").available[0].amount, 0);
}

#[tokio::test]
async fn a_payout_that_fails_goes_back_into_the_balance() {
    let rig = Rig::open().await;
    done(rig.pay("one", 10_000, "pm_card_bypassPending").await);
    rig.double.advance(DAY).await.expect("a clock");
    let payouts = rig.client.payouts(&PayoutFilter::default()).all().await.expect("a list");
    assert_eq!((payouts.len(), &payouts[0].status), (1, &PayoutStatus::InTransit));
    assert!(rig.double.fail_payout(&payouts[0].id).await.expect("a file"));
    let failed = rig.client.payout(&payouts[0].id).await.expect("a payout");
    assert_eq!(
        (failed.status, failed.failure_code.as_deref()),
        (PayoutStatus::Failed, Some("account_closed"))
    );
    assert_eq!(rig.client.balance().await.expect("a balance").available[0].amount, 10_000 - 320);
}

#[tokio::test]
async fn transactions_are_listed_by_kind_source_and_time() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("one", 10_000, "pm_card_visa").await);
    rig.double.advance(60).await.expect("a clock");
    let made = rig.client.create_refund(&key("refund"), &refund(&paid.id, None)).await.expect("a refund");
    let count = async |filter: BalanceTransactionFilter| {
        rig.client.balance_transactions(&filter).all().await.expect("a list").len()
    };
    assert_eq!(count(BalanceTransactionFilter::default()).await, 2);
    let kind = Some(BalanceTransactionKind::Charge);
    assert_eq!(count(BalanceTransactionFilter { kind, ..Default::default() }).await, 1);
    assert_eq!(count(BalanceTransactionFilter { source: Some(made.id), ..Default::default() }).await, 1);
    let created = Some(CreatedRange { gte: Some(NOW), lt: Some(NOW + 60) });
    assert_eq!(count(BalanceTransactionFilter { created, ..Default::default() }).await, 1);
    let created = Some(CreatedRange::since(NOW + 61));
    assert_eq!(count(BalanceTransactionFilter { created, ..Default::default() }).await, 0);
}
