//! Events that arrive signed, twice, late, out of order, in an old shape, or never.

use stripe::StripeEventFilter;
use stripe_double::{DoubleFault, InjectedFault};

use crate::rig::{DAY, Rig, done};

const PAID: [&str; 3] = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];

async fn deliver(rig: &Rig) -> usize {
    rig.double.deliver().await.expect("a file")
}

async fn inject(rig: &Rig, kind: InjectedFault, only: &str) {
    rig.double.inject(DoubleFault::times(kind, 1).only(only)).await.expect("a file");
}

#[tokio::test]
async fn events_arrive_signed_and_in_order() {
    let (rig, receiver) = Rig::with_receiver().await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    let filter = StripeEventFilter { delivery_success: Some(false), ..StripeEventFilter::default() };
    assert_eq!(rig.client.events(&filter).all().await.expect("a list").len(), 3);
    assert_eq!(deliver(&rig).await, 3);
    assert_eq!(receiver.kinds(), PAID);
    assert_eq!(rig.client.events(&filter).all().await.expect("a list").len(), 0);
    assert_eq!(deliver(&rig).await, 0);
}

#[tokio::test]
async fn an_event_is_delivered_again_until_it_is_confirmed() {
    let (rig, receiver) = Rig::with_receiver().await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    receiver.answer(500);
    assert_eq!(deliver(&rig).await, 0);
    let first = receiver.take();
    rig.double.advance(5).await.expect("a clock");
    receiver.answer(200);
    assert_eq!(deliver(&rig).await, 3);
    assert_eq!(receiver.take(), first, "the same events with the same ids");
    rig.double.advance(3_600).await.expect("a clock");
    assert_eq!(deliver(&rig).await, 0);
}

#[tokio::test]
async fn an_event_is_dropped_and_still_listed() {
    let (rig, receiver) = Rig::with_receiver().await;
    inject(&rig, InjectedFault::EventDropped, "payment_intent.succeeded").await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    deliver(&rig).await;
    assert_eq!(receiver.kinds(), PAID[..2]);
    let all = rig.client.events(&StripeEventFilter::default()).all().await.expect("a list");
    assert_eq!(all[0].kind, "payment_intent.succeeded");
    assert!(rig.double.redeliver(&all[0].id).await.expect("a file"));
    assert!(!rig.double.redeliver("evt_none").await.expect("a file"));
    deliver(&rig).await;
    assert_eq!(receiver.take(), [(all[0].kind.clone(), all[0].id.clone())]);
}

#[tokio::test]
async fn an_event_arrives_twice() {
    let (rig, receiver) = Rig::with_receiver().await;
    inject(&rig, InjectedFault::EventDuplicated, "charge.succeeded").await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    assert_eq!(deliver(&rig).await, 4);
    let arrived = receiver.take();
    assert_eq!(arrived[1], arrived[2]);
}

#[tokio::test]
async fn events_arrive_out_of_order() {
    let (rig, receiver) = Rig::with_receiver().await;
    inject(&rig, InjectedFault::EventReordered, "payment_intent.created").await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    deliver(&rig).await;
    assert_eq!(receiver.kinds(), ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]);
}

#[tokio::test]
async fn an_event_arrives_three_days_late() {
    let (rig, receiver) = Rig::with_receiver().await;
    inject(&rig, InjectedFault::EventLate { seconds: 3 * DAY }, "payment_intent.succeeded").await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    deliver(&rig).await;
    assert_eq!(receiver.kinds(), PAID[..2]);
    rig.double.advance(3 * DAY).await.expect("a clock");
    deliver(&rig).await;
    assert_eq!(receiver.kinds().first().map(String::as_str), Some("payment_intent.succeeded"));
}

#[tokio::test]
async fn an_event_has_the_shape_of_an_old_version() {
    let (rig, receiver) = Rig::with_receiver().await;
    inject(&rig, InjectedFault::EventOldShape, "payment_intent.succeeded").await;
    let paid = done(rig.pay("one", 1_000, "pm_card_visa").await);
    deliver(&rig).await;
    assert_eq!(receiver.kinds(), PAID);
    let all = rig.client.events(&StripeEventFilter::default()).all().await.expect("a list");
    assert_eq!(all[0].api_version.as_deref(), Some("2017-08-15"));
    let object = all[0].object().expect("an object");
    assert_eq!((object.kind.as_str(), object.id.as_str()), ("payment_intent", paid.id.as_str()));
    assert_eq!(all[0].data.object.get("latest_charge"), None);
    assert_eq!(all[0].data.object["amount"], "1000");
}

#[tokio::test]
async fn the_background_work_delivers_events() {
    let (rig, receiver) = Rig::with_receiver().await;
    let double = rig.double.clone();
    let running = tokio::spawn(async move { double.run().await });
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    let mut kinds = Vec::new();
    while kinds.len() < 3 {
        kinds.extend(receiver.kinds());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(kinds, PAID);
    running.abort();
}
