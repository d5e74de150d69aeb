//! Disputes, and evidence.

use stripe::{
    BalanceTransactionKind, DisputeEvidence, NewRefund, StripeDispute, StripeDisputeFilter,
    StripeDisputeReason, StripeDisputeStatus,
};

use crate::rig::{DAY, NOW, Rig, done, key};

/// Pays with a card whose owner disputes the payment at once.
async fn disputed(rig: &Rig) -> StripeDispute {
    let paid = done(rig.pay("pay", 10_000, "pm_card_createDispute").await);
    let filter = StripeDisputeFilter { payment_intent: Some(paid.id), ..StripeDisputeFilter::default() };
    let mut all = rig.client.disputes(&filter).all().await.expect("a list");
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn text(text: &str) -> DisputeEvidence {
    DisputeEvidence { uncategorized_text: Some(text.to_owned()), ..DisputeEvidence::default() }
}

#[tokio::test]
async fn a_dispute_takes_the_amount_and_a_fee() {
    let rig = Rig::open().await;
    let dispute = disputed(&rig).await;
    assert_eq!((dispute.amount, &dispute.status), (10_000, &StripeDisputeStatus::NeedsResponse));
    assert_eq!(dispute.reason, StripeDisputeReason::Fraudulent);
    assert_eq!(dispute.evidence_details.due_by, Some(NOW + 7 * DAY));
    let taken = &dispute.balance_transactions[0];
    assert_eq!((taken.amount, taken.fee, taken.net), (-10_000, 1_500, -11_500));
    assert_eq!(
        (&taken.kind, taken.reporting_category.as_str()),
        (&BalanceTransactionKind::Adjustment, "dispute")
    );
    let charge = dispute.charge.clone().expect("a charge");
    assert!(rig.client.stripe_charge(&charge).await.expect("a charge").disputed);
    let refund = NewRefund { charge: Some(charge), ..NewRefund::default() };
    let error = rig.client.create_refund(&key("refund"), &refund).await.expect_err("a disputed charge");
    assert_eq!(error.rejection().and_then(|one| one.code.as_deref()), Some("charge_disputed"));
}

#[tokio::test]
async fn evidence_is_stored_first_and_submitted_once() {
    let rig = Rig::open().await;
    let id = disputed(&rig).await.id;
    let evidence = DisputeEvidence {
        service_date: Some("2026-12-01".to_owned()),
        cancellation_policy_disclosure: Some("Shown before the payment.".to_owned()),
        ..DisputeEvidence::default()
    };
    let stored = rig.client.submit_evidence(&key("one"), &id, &evidence, false).await.expect("a dispute");
    assert_eq!(stored.status, StripeDisputeStatus::NeedsResponse);
    assert!(stored.evidence_details.has_evidence);
    let sent = rig.client.submit_evidence(&key("two"), &id, &DisputeEvidence::default(), true).await;
    let sent = sent.expect("a dispute");
    assert_eq!((sent.status, sent.evidence_details.submission_count), (StripeDisputeStatus::UnderReview, 1));
    assert!(rig.client.submit_evidence(&key("three"), &id, &evidence, true).await.is_err());
    assert!(rig.double.decide_dispute(&id, true).await.expect("a file"));
    assert_eq!(rig.client.dispute(&id).await.expect("a dispute").status, StripeDisputeStatus::Won);
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_the_amount_back() {
    let rig = Rig::open().await;
    let id = disputed(&rig).await.id;
    let won = rig.client.submit_evidence(&key("one"), &id, &text("winning_evidence"), true).await;
    let won = won.expect("a dispute");
    assert_eq!(won.status, StripeDisputeStatus::Won);
    assert_eq!(won.balance_transactions.iter().map(|one| one.net).sum::<i64>(), -1_500);
}

#[tokio::test]
async fn a_dispute_is_lost_by_evidence_by_acceptance_and_by_time() {
    for way in 0..3 {
        let rig = Rig::open().await;
        let id = disputed(&rig).await.id;
        match way {
            0 => drop(rig.client.submit_evidence(&key("one"), &id, &text("losing_evidence"), true).await),
            1 => drop(rig.client.close_dispute(&key("one"), &id).await),
            _ => drop(rig.double.advance(7 * DAY).await),
        }
        let lost = rig.client.dispute(&id).await.expect("a dispute");
        assert_eq!(lost.status, StripeDisputeStatus::Lost, "{way}");
        assert_eq!(lost.evidence_details.due_by, None);
        assert_eq!(lost.balance_transactions.len(), 1);
    }
}

#[tokio::test]
async fn a_payer_disputes_a_payment_later() {
    let rig = Rig::open().await;
    let paid = done(rig.pay("pay", 10_000, "pm_card_visa").await);
    let charge = paid.latest_charge.as_ref().map(|one| one.id().to_owned()).expect("a charge");
    rig.double.advance(20 * DAY).await.expect("a clock");
    let id = rig.double.dispute(&charge, "product_not_received").await.expect("a file").expect("a dispute");
    let dispute = rig.client.dispute(&id).await.expect("a dispute");
    assert_eq!(dispute.reason, StripeDisputeReason::ProductNotReceived);
    assert_eq!(rig.double.dispute(&charge, "fraudulent").await.expect("a file"), None, "once");
}
