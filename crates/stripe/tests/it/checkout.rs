//! The hosted page: paying, saving a card, declines, authentication, and sessions that end.

use stripe::{
    CheckoutMode, CheckoutPayment, CheckoutPaymentStatus, CheckoutSession, CheckoutSessionFilter,
    CheckoutSetup, CheckoutStatus, LineItem, PaymentIntentStatus, SetupIntentStatus,
};

use crate::payments::{authenticate, no_redirects};
use crate::rig::{NOW, Rig, done, failed, key};

fn payment() -> CheckoutPayment {
    CheckoutPayment {
        items: vec![
            LineItem { name: "Massage & more".to_owned(), amount: 15_000 },
            LineItem { name: "Tax".to_owned(), amount: 1_331 },
        ],
        currency: "usd".to_owned(),
        customer_email: Some("vera@example.com".to_owned()),
        success_url: "https://club.example/paid/?session={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "https://club.example/back/".to_owned(),
        expires_at: Some(NOW + 1_800),
        client_reference_id: Some("attempt-7".to_owned()),
        metadata: [("attempt".to_owned(), "7".to_owned())].into(),
        ..CheckoutPayment::default()
    }
}

async fn open(rig: &Rig, payment: &CheckoutPayment) -> CheckoutSession {
    done(rig.client.create_checkout_payment(&key("session"), payment).await)
}

/// Sends the form of the hosted page: the status, and the page or where the payer goes.
async fn submit(page: &str, number: &str) -> (u16, String) {
    let form = format!("email=vera%40example.com&card_number={number}&expiry=12+%2F+34&cvc=123&name=Vera");
    let response = no_redirects().post(page).body(form).send().await.expect("a response");
    let status = response.status().as_u16();
    let location =
        response.headers().get("location").map(|value| value.to_str().expect("an address").to_owned());
    match location {
        Some(location) => (status, location),
        None => (status, response.text().await.expect("a page")),
    }
}

#[tokio::test]
async fn a_visitor_pays_on_the_hosted_page() {
    let rig = Rig::open().await;
    let session = open(&rig, &payment()).await;
    assert_eq!((&session.mode, &session.status), (&CheckoutMode::Payment, &Some(CheckoutStatus::Open)));
    assert_eq!((session.amount_total, session.expires_at), (Some(16_331), NOW + 1_800));
    assert_eq!(session.payment_status, CheckoutPaymentStatus::Unpaid);
    assert!(session.payment_intent.is_none());
    let page = session.url.expect("a page");
    let shown = no_redirects().get(&page).send().await.expect("a page");
    let policy = shown.headers()["content-security-policy"].to_str().expect("a text").to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    let html = shown.text().await.expect("a text");
    for text in ["Massage &amp; more", "$150.00", "Pay $163.31", "href=\"https://club.example/back/\""] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(!html.contains("<script") && !html.contains("style="));
    let style = no_redirects().get(format!("{}/double.css", rig.url)).send().await.expect("a file");
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    let (status, back) = submit(&page, "4242+4242+4242+4242").await;
    assert_eq!((status, back), (303, format!("https://club.example/paid/?session={}", session.id)));
    let paid = done(rig.client.checkout_session(&session.id).await);
    assert_eq!(
        (paid.status, paid.payment_status),
        (Some(CheckoutStatus::Complete), CheckoutPaymentStatus::Paid)
    );
    assert_eq!((paid.url, paid.client_reference_id.as_deref()), (None, Some("attempt-7")));
    assert_eq!(paid.customer_details.and_then(|one| one.email).as_deref(), Some("vera@example.com"));
    let intent = paid.payment_intent.as_ref().and_then(|one| one.object()).expect("a PaymentIntent");
    assert_eq!((&intent.status, intent.metadata["attempt"].as_str()), (&PaymentIntentStatus::Succeeded, "7"));
    let charge = intent.latest_charge.as_ref().and_then(|one| one.object()).expect("a charge");
    assert!(charge.balance_transaction.as_ref().is_some_and(|one| one.object().is_some()));
    // The page leads on when it is opened or sent again.
    assert_eq!(no_redirects().get(&page).send().await.expect("a response").status(), 303);
    assert_eq!(submit(&page, "4242424242424242").await.0, 303);
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn the_page_shows_a_decline_and_takes_another_card() {
    let rig = Rig::open().await;
    let page = open(&rig, &payment()).await.url.expect("a page");
    for (number, text) in [
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "has expired"),
        ("4242424242424241", "number is incorrect"),
        ("", "number is incorrect"),
    ] {
        let (status, html) = submit(&page, number).await;
        assert_eq!(status, 402);
        assert!(html.contains(text) && html.contains("role=\"alert\""), "{number}: {html}");
        assert!(html.contains("value=\"vera@example.com\""));
        assert!(number.is_empty() || !html.contains(number), "the number is not shown again");
    }
    assert_eq!(submit(&page, "5555555555554444").await.0, 303);
    assert_eq!(rig.payments().await, 1, "one PaymentIntent for all tries");
}

#[tokio::test]
async fn the_bank_authenticates_the_payer_of_a_session() {
    let rig = Rig::open().await;
    let session = open(&rig, &payment()).await;
    let page = session.url.expect("a page");
    let (status, bank) = submit(&page, "4000000000003220").await;
    assert_eq!(status, 303);
    assert_eq!(authenticate(&bank, "refuse").await, page);
    let html = no_redirects().get(&page).send().await.expect("a page").text().await.expect("a text");
    assert!(html.contains("failed authentication"), "{html}");
    let (_, bank) = submit(&page, "4000000000003220").await;
    let back = authenticate(&bank, "approve").await;
    assert_eq!(back, format!("https://club.example/paid/?session={}", session.id));
    let paid = done(rig.client.checkout_session(&session.id).await);
    assert_eq!(paid.status, Some(CheckoutStatus::Complete));
}

#[tokio::test]
async fn a_session_that_ended_takes_no_payment() {
    let rig = Rig::open().await;
    let session = open(&rig, &payment()).await;
    let page = session.url.expect("a page");
    let (_, bank) = submit(&page, "4000000000003220").await;
    let ended = done(rig.client.expire_checkout_session(&key("expire"), &session.id).await);
    assert_eq!((&ended.status, ended.url), (&Some(CheckoutStatus::Expired), None));
    let intent = ended.payment_intent.as_ref().and_then(|one| one.object()).expect("a PaymentIntent");
    assert_eq!(intent.status, PaymentIntentStatus::Canceled);
    for gone in [&page, &bank] {
        assert_eq!(no_redirects().get(gone).send().await.expect("a response").status(), 410);
    }
    assert_eq!(submit(&page, "4242424242424242").await.0, 410);
    let error = failed(rig.client.expire_checkout_session(&key("again"), &session.id).await);
    assert!(error.rejection().is_some());
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let rig = Rig::open().await;
    let session = open(&rig, &payment()).await;
    rig.double.advance(1_799).await.expect("a clock");
    assert_eq!(done(rig.client.checkout_session(&session.id).await).status, Some(CheckoutStatus::Open));
    rig.double.advance(1).await.expect("a clock");
    assert_eq!(done(rig.client.checkout_session(&session.id).await).status, Some(CheckoutStatus::Expired));
}

#[tokio::test]
async fn a_session_that_was_paid_cannot_be_ended() {
    let rig = Rig::open().await;
    let session = open(&rig, &payment()).await;
    submit(&session.url.expect("a page"), "4242424242424242").await;
    assert!(
        failed(rig.client.expire_checkout_session(&key("expire"), &session.id).await).rejection().is_some()
    );
    let filter = CheckoutSessionFilter { status: Some(CheckoutStatus::Complete), ..Default::default() };
    let all = rig.client.checkout_sessions(&filter).all().await.expect("a list");
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&session.id]);
}

#[tokio::test]
async fn a_payment_saves_the_card_of_a_new_customer() {
    let rig = Rig::open().await;
    let session = open(&rig, &CheckoutPayment { save_card: true, ..payment() }).await;
    submit(&session.url.expect("a page"), "4242424242424242").await;
    let paid = done(rig.client.checkout_session(&session.id).await);
    let customer = paid.customer.expect("a customer");
    let cards = rig.client.customer_cards(&customer).expect("an id").all().await.expect("cards");
    assert_eq!(cards.len(), 1);
    let email = rig.client.customer(&customer).await.expect("a customer").email;
    assert_eq!(email.as_deref(), Some("vera@example.com"));
}

#[tokio::test]
async fn a_customer_saves_a_card_on_the_hosted_page() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let setup = CheckoutSetup {
        customer: anna.id.clone(),
        currency: "usd".to_owned(),
        success_url: "https://club.example/saved/".to_owned(),
        cancel_url: "https://club.example/back/".to_owned(),
        metadata: [("person".to_owned(), "7".to_owned())].into(),
        ..CheckoutSetup::default()
    };
    let session = done(rig.client.create_checkout_setup(&key("session"), &setup).await);
    assert_eq!((&session.mode, session.amount_total), (&CheckoutMode::Setup, None));
    let page = session.url.expect("a page");
    assert_eq!(submit(&page, "4000000000000002").await.0, 402);
    let (_, bank) = submit(&page, "4000002500003155").await;
    assert_eq!(authenticate(&bank, "approve").await, "https://club.example/saved/");
    let saved = done(rig.client.checkout_session(&session.id).await);
    assert_eq!(saved.payment_status, CheckoutPaymentStatus::NoPaymentRequired);
    let intent = saved.setup_intent.as_ref().and_then(|one| one.object()).expect("a SetupIntent");
    assert_eq!((&intent.status, intent.metadata["person"].as_str()), (&SetupIntentStatus::Succeeded, "7"));
    let cards = rig.client.customer_cards(&anna.id).expect("an id").all().await.expect("cards");
    assert_eq!(
        cards.iter().map(|card| Some(card.id.as_str())).collect::<Vec<_>>(),
        [intent.payment_method.as_deref()]
    );
}

#[tokio::test]
async fn a_session_lives_half_an_hour_to_a_day() {
    let rig = Rig::open().await;
    for seconds in [1_799, 86_401] {
        let wrong = CheckoutPayment { expires_at: Some(NOW + seconds), ..payment() };
        let error = failed(rig.client.create_checkout_payment(&key("wrong"), &wrong).await);
        assert_eq!(error.rejection().and_then(|one| one.param.as_deref()), Some("expires_at"));
    }
    let empty = CheckoutPayment { items: Vec::new(), ..payment() };
    let error = failed(rig.client.create_checkout_payment(&key("empty"), &empty).await);
    assert_eq!(error.rejection().and_then(|one| one.param.as_deref()), Some("line_items"));
}
