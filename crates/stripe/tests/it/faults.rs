//! Faults of Stripe and of the network: what is unknown, what is retried, and that nothing is carried out twice.

use std::time::Duration;

use stripe::{CallLimits, PaymentIntentStatus, StripeError, UnknownCause};
use stripe_double::{DoubleFault, InjectedFault};

use crate::rig::{KEY, QUICK, Rig, client, done, failed, key, payment};

/// Limits without retries.
const ONCE: CallLimits = CallLimits { retries: 0, ..QUICK };

fn unknown<T>(outcome: Result<T, StripeError>) -> UnknownCause {
    match failed(outcome) {
        StripeError::Unknown(cause) => cause,
        StripeError::Failed(rejection) => panic!("{rejection:?}"),
    }
}

async fn inject(rig: &Rig, kind: InjectedFault, times: u32) {
    let fault = DoubleFault::times(kind, times).only("/payment_intents").method("POST");
    rig.double.inject(fault).await.expect("a file");
}

fn answer(status: u16, retry_after: Option<u32>, should_retry: Option<bool>) -> InjectedFault {
    InjectedFault::Answer { status, retry_after, should_retry }
}

#[tokio::test]
async fn a_lost_response_is_unknown_and_the_same_key_finds_out() {
    let rig = Rig::open().await;
    let once = client(&rig.url, KEY, ONCE);
    for (fault, carried_out) in
        [(InjectedFault::ResetAfter, 1), (InjectedFault::ResetBefore, 1), (InjectedFault::Down, 1)]
    {
        inject(&rig, fault.clone(), 1).await;
        let name = format!("{fault:?}");
        let before = rig.payments().await;
        let cause = unknown(once.create_payment_intent(&key(&name), &payment(1_000, "pm_card_visa")).await);
        assert_eq!(cause, UnknownCause::Lost, "{name}");
        let after = rig.payments().await;
        assert_eq!(after - before, usize::from(fault == InjectedFault::ResetAfter), "{name}");
        let paid = done(once.create_payment_intent(&key(&name), &payment(1_000, "pm_card_visa")).await);
        assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
        assert_eq!(rig.payments().await - before, carried_out, "{name}");
    }
}

#[tokio::test]
async fn a_lost_response_is_retried_within_a_call() {
    let rig = Rig::open().await;
    for (fault, times) in
        [(InjectedFault::ResetAfter, 1), (InjectedFault::ResetAfter, 2), (InjectedFault::ResetBefore, 2)]
    {
        inject(&rig, fault.clone(), times).await;
        done(rig.pay(&format!("{fault:?}-{times}"), 1_000, "pm_card_visa").await);
    }
    assert_eq!(rig.payments().await, 3);
    inject(&rig, InjectedFault::ResetBefore, 3).await;
    assert_eq!(unknown(rig.pay("three", 1_000, "pm_card_visa").await), UnknownCause::Lost);
}

#[tokio::test]
async fn a_decline_whose_response_is_lost_is_still_a_decline() {
    let rig = Rig::open().await;
    inject(&rig, InjectedFault::ResetAfter, 1).await;
    let first = failed(rig.pay("one", 1_000, "pm_card_chargeDeclined").await);
    let again = failed(rig.pay("one", 1_000, "pm_card_chargeDeclined").await);
    let intent =
        |error: &StripeError| error.rejection().and_then(|one| one.intent.clone()).expect("an intent");
    assert_eq!(intent(&first), intent(&again));
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn a_500_is_unknown_and_repeated_although_the_payment_was_made() {
    let rig = Rig::open().await;
    inject(&rig, InjectedFault::ErrorAfter, 1).await;
    for _ in 0..2 {
        let cause = unknown(rig.pay("one", 1_000, "pm_card_visa").await);
        assert_eq!(cause, UnknownCause::ServerFault(500));
    }
    // It was made, so it is found by looking it up.
    let all =
        rig.client.payment_intents(&stripe::PaymentIntentFilter::default()).all().await.expect("a list");
    assert_eq!(all.iter().map(|one| &one.status).collect::<Vec<_>>(), [&PaymentIntentStatus::Succeeded]);
}

#[tokio::test]
async fn stripe_says_whether_to_send_a_request_again() {
    let rig = Rig::open().await;
    // Without a word, a 503 is sent again; with "false", it is not.
    inject(&rig, answer(503, None, None), 2).await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    inject(&rig, answer(503, None, Some(false)), 1).await;
    assert_eq!(unknown(rig.pay("two", 1_000, "pm_card_visa").await), UnknownCause::ServerFault(503));
    assert_eq!(rig.payments().await, 1);
    // A 400 that is no refusal is sent again, too. A 401 is sent again only with "true".
    inject(&rig, answer(400, None, None), 1).await;
    done(rig.pay("three", 1_000, "pm_card_visa").await);
    inject(&rig, answer(401, None, Some(true)), 2).await;
    done(rig.pay("four", 1_000, "pm_card_visa").await);
    inject(&rig, answer(401, None, None), 1).await;
    assert_eq!(unknown(rig.pay("five", 1_000, "pm_card_visa").await), UnknownCause::Unauthorized(401));
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_stripe_says() {
    let rig = Rig::open().await;
    inject(&rig, answer(429, Some(1), None), 1).await;
    let begun = std::time::Instant::now();
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // A pause that is longer than the call may take ends the call at once.
    inject(&rig, answer(429, Some(100), None), 1).await;
    let cause = unknown(rig.pay("two", 1_000, "pm_card_visa").await);
    assert_eq!(cause, UnknownCause::RateLimited(Some(Duration::from_secs(100))));
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn a_slow_response_is_unknown_and_its_key_is_in_use() {
    let rig = Rig::open().await;
    inject(&rig, InjectedFault::Slow { milliseconds: 2_000 }, 1).await;
    let total = Duration::from_millis(300);
    let impatient = client(&rig.url, KEY, CallLimits { total, retries: 0, ..QUICK });
    let pay = async || impatient.create_payment_intent(&key("one"), &payment(1_000, "pm_card_visa")).await;
    let begun = std::time::Instant::now();
    assert_eq!(unknown(pay().await), UnknownCause::TimedOut);
    assert!(begun.elapsed() >= total);
    // The request is carried out although nobody waits for it.
    let mut was_in_use = false;
    let paid = loop {
        match pay().await {
            Ok(paid) => break paid,
            Err(StripeError::Unknown(UnknownCause::KeyInUse)) => was_in_use = true,
            Err(StripeError::Unknown(UnknownCause::TimedOut)) => {}
            Err(error) => panic!("{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(was_in_use);
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn a_key_with_other_parameters_is_refused_but_not_failed() {
    let rig = Rig::open().await;
    let first = done(rig.pay("one", 1_000, "pm_card_visa").await);
    assert_eq!(unknown(rig.pay("one", 2_000, "pm_card_visa").await), UnknownCause::KeyReused);
    assert_eq!(done(rig.pay("one", 1_000, "pm_card_visa").await).id, first.id);
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let rig = Rig::open().await;
    let first = done(rig.pay("one", 1_000, "pm_card_visa").await);
    rig.double.advance(23 * 3_600).await.expect("a clock");
    assert_eq!(done(rig.pay("one", 1_000, "pm_card_visa").await).id, first.id);
    rig.double.advance(2 * 86_400).await.expect("a clock");
    assert_ne!(done(rig.pay("one", 1_000, "pm_card_visa").await).id, first.id);
}

#[tokio::test]
async fn sixty_four_requests_with_one_key_make_one_payment() {
    let rig = Rig::open().await;
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let client = rig.client.clone();
        tasks.push(tokio::spawn(async move {
            client.create_payment_intent(&key("one"), &payment(1_000, "pm_card_visa")).await
        }));
    }
    let mut ids = std::collections::BTreeSet::new();
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(paid) => drop(ids.insert(paid.id)),
            Err(error) => assert_eq!(error, StripeError::Unknown(UnknownCause::KeyInUse)),
        }
    }
    assert_eq!((ids.len(), rig.payments().await), (1, 1));
}

#[tokio::test]
async fn the_balance_transaction_is_null_at_first() {
    let rig = Rig::open().await;
    let later = InjectedFault::TransactionLater { seconds: 60 };
    rig.double.inject(DoubleFault::times(later, 1)).await.expect("a file");
    let paid = done(rig.pay("one", 1_000, "pm_card_visa").await);
    let charge = paid.latest_charge.as_ref().and_then(|one| one.object()).expect("a charge");
    assert_eq!(charge.balance_transaction, None);
    rig.double.advance(60).await.expect("a clock");
    let charge = rig.client.stripe_charge(&charge.id).await.expect("a charge");
    assert!(charge.balance_transaction.is_some());
}

#[tokio::test]
async fn while_stripe_is_down_nothing_is_carried_out() {
    let rig = Rig::open().await;
    rig.double.inject(DoubleFault::always(InjectedFault::Down)).await.expect("a file");
    assert_eq!(unknown(rig.pay("one", 1_000, "pm_card_visa").await), UnknownCause::Lost);
    assert_eq!(unknown(rig.client.balance().await), UnknownCause::Lost);
    rig.double.heal().await.expect("a file");
    assert_eq!(rig.payments().await, 0);
    done(rig.pay("one", 1_000, "pm_card_visa").await);
}
