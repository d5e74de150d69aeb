//! Finding what was requested: lists page by page, and searches by metadata.

use std::collections::BTreeSet;

use stripe::{
    CreatedRange, CustomerFilter, CustomerParams, MetadataSearch, NewPaymentIntent, NewSetupIntent,
    PaymentIntentFilter, SetupIntentFilter, StripeChargeFilter, StripeEventFilter,
};
use stripe_double::{DoubleFault, InjectedFault};

use crate::rig::{NOW, Rig, done, key, payment};

#[tokio::test]
async fn a_list_is_read_to_its_end_page_by_page() {
    let rig = Rig::open().await;
    for number in 0..205 {
        rig.customer(&number.to_string()).await;
    }
    let mut listing = rig.client.customers(&CustomerFilter::default());
    let newest = listing.next().await.expect("a page").expect("a customer");
    assert_eq!(newest.name.as_deref(), Some("204"));
    let mut ids = BTreeSet::from([newest.id]);
    while let Some(one) = listing.next().await.expect("a page") {
        assert!(ids.insert(one.id), "each customer once");
    }
    assert_eq!(ids.len(), 205);
    assert_eq!(rig.client.customers(&CustomerFilter::default()).take(7).await.expect("a list").len(), 7);
}

#[tokio::test]
async fn an_attempt_is_found_by_its_metadata() {
    let rig = Rig::open().await;
    for number in 0..3 {
        let metadata = [("attempt".to_owned(), format!("it's {number}"))].into();
        let params = NewPaymentIntent { metadata, ..payment(1_000 + number, "pm_card_visa") };
        done(rig.client.create_payment_intent(&key(&format!("pay-{number}")), &params).await);
    }
    let search = MetadataSearch::new("attempt", "it's 1").created_since(NOW - 10);
    let found = rig.client.search_payment_intents(&search).all().await.expect("a search");
    assert_eq!(found.iter().map(|one| one.amount).collect::<Vec<_>>(), [1_001]);
    let charges = rig.client.search_stripe_charges(&search).all().await.expect("a search");
    assert_eq!(charges.len(), 1);
    let later = MetadataSearch::new("attempt", "it's 1").created_since(NOW + 1);
    assert!(rig.client.search_payment_intents(&later).all().await.expect("a search").is_empty());
    let fault = InjectedFault::SearchLate { seconds: 60 };
    rig.double.inject(DoubleFault::always(fault)).await.expect("a file");
    assert!(rig.client.search_payment_intents(&search).all().await.expect("a search").is_empty());
    rig.double.advance(60).await.expect("a clock");
    assert_eq!(rig.client.search_payment_intents(&search).all().await.expect("a search").len(), 1);
}

#[tokio::test]
async fn a_search_is_read_to_its_end_page_by_page() {
    let rig = Rig::open().await;
    for number in 0..130 {
        let metadata = [("group".to_owned(), "a".to_owned())].into();
        let params = CustomerParams { metadata, ..CustomerParams::default() };
        rig.client.create_customer(&key(&format!("c-{number}")), &params).await.expect("a customer");
    }
    let found =
        rig.client.search_customers(&MetadataSearch::new("group", "A")).all().await.expect("a search");
    let ids: BTreeSet<String> = found.iter().map(|one| one.id.clone()).collect();
    assert_eq!((found.len(), ids.len()), (130, 130));
}

#[tokio::test]
async fn attempts_are_listed_by_customer_and_time() {
    let rig = Rig::open().await;
    let (anna, bea) = (rig.customer("anna").await, rig.customer("bea").await);
    for (number, customer) in [&anna, &bea, &anna].into_iter().enumerate() {
        let customer = Some(customer.id.clone());
        let params = NewPaymentIntent { customer, ..payment(1_000, "pm_card_visa") };
        done(rig.client.create_payment_intent(&key(&format!("pay-{number}")), &params).await);
        rig.double.advance(10).await.expect("a clock");
    }
    let filter = PaymentIntentFilter { customer: Some(anna.id.clone()), created: None };
    let all = rig.client.payment_intents(&filter).all().await.expect("a list");
    assert_eq!(all.iter().map(|one| one.created - NOW).collect::<Vec<_>>(), [20, 0]);
    let filter = PaymentIntentFilter { created: Some(CreatedRange::since(NOW + 5)), ..filter };
    assert_eq!(rig.client.payment_intents(&filter).all().await.expect("a list").len(), 1);
    let filter = StripeChargeFilter { customer: Some(bea.id.clone()), ..StripeChargeFilter::default() };
    assert_eq!(rig.client.stripe_charges(&filter).all().await.expect("a list").len(), 1);
    let setup = NewSetupIntent { customer: bea.id.clone(), ..NewSetupIntent::default() };
    let setup = done(rig.client.create_setup_intent(&key("setup"), &setup).await);
    let filter = SetupIntentFilter { customer: Some(bea.id), created: None };
    let all = rig.client.setup_intents(&filter).all().await.expect("a list");
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&setup.id]);
}

#[tokio::test]
async fn events_are_listed_by_type_and_time() {
    let rig = Rig::open().await;
    done(rig.pay("one", 1_000, "pm_card_visa").await);
    rig.double.advance(100).await.expect("a clock");
    done(rig.pay("two", 1_000, "pm_card_visa").await);
    let list = async |filter: &StripeEventFilter| rig.client.events(filter).all().await.expect("a list");
    let all = list(&StripeEventFilter::default()).await;
    let kinds: Vec<&str> = all.iter().rev().map(|one| one.kind.as_str()).collect();
    let each = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];
    assert_eq!(kinds, [each, each].concat());
    let filter = StripeEventFilter {
        types: vec!["charge.succeeded".to_owned(), "payout.paid".to_owned()],
        created: Some(CreatedRange::since(NOW + 1)),
        ..StripeEventFilter::default()
    };
    let some = list(&filter).await;
    assert_eq!((some.len(), some[0].created), (1, NOW + 100));
    assert_eq!(some[0].object().map(|one| one.kind).as_deref(), Some("charge"));
    assert_eq!(some[0].api_version.as_deref(), Some(stripe::API_VERSION));
    let again = rig.client.event(&some[0].id).await.expect("an event");
    assert!(again == some[0]);
}
