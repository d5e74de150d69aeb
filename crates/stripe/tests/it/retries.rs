//! What the client makes of servers that are not there, are not Stripe, or send what it does not know.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use stripe::{PaymentIntentStatus, StripeError, UnknownCause};
use tokio::net::TcpListener;

use crate::rig::{KEY, QUICK, Rig, client, done, failed, key, payment};

/// Serves one response to every request, and returns its address.
async fn serve(status: u16, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer =
        move || async move { (StatusCode::from_u16(status).expect("a status"), body).into_response() };
    tokio::spawn(
        async move { axum::serve(listener, Router::new().fallback(answer)).await.expect("a server") },
    );
    url
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = failed(client(&url, KEY, QUICK).balance().await);
    assert_eq!(error, StripeError::Unknown(UnknownCause::NoConnection));
}

#[tokio::test]
async fn a_page_of_a_proxy_is_never_a_refusal() {
    for (status, body, cause) in [
        (404, "<h1>Not Found</h1>", UnknownCause::Unreadable(404)),
        (302, "", UnknownCause::Unreadable(302)),
        (200, "<h1>Welcome</h1>", UnknownCause::Unreadable(200)),
        (200, r#"{"id":7}"#, UnknownCause::Unreadable(200)),
        (502, "Bad Gateway", UnknownCause::ServerFault(502)),
    ] {
        let client = client(&serve(status, body).await, KEY, QUICK);
        let error = failed(client.create_payment_intent(&key("one"), &payment(1_000, "pm_1")).await);
        assert_eq!(error, StripeError::Unknown(cause), "{status} {body}");
    }
}

#[tokio::test]
async fn unknown_fields_and_values_are_accepted() {
    let body = r#"{"id":"pi_1","object":"payment_intent","amount":5,"status":"requires_luck","new":{"a":[1]},
        "metadata":null,"latest_charge":{"id":"ch_1","amount":5,"status":"floating","outcome":null,
        "balance_transaction":{"id":"txn_1","amount":5,"net":5,"type":"gift"}},"next_action":{"type":"dance"},
        "customer":{"id":"cus_1","object":"customer","deleted":true},"cancellation_reason":"bored"}"#;
    let found = done(client(&serve(200, body).await, KEY, QUICK).payment_intent("pi_1").await);
    assert_eq!(found.status, PaymentIntentStatus::Other("requires_luck".to_owned()));
    assert_eq!((found.customer.as_deref(), found.redirect_url()), (Some("cus_1"), None));
    let charge = found.latest_charge.as_ref().and_then(|one| one.object()).expect("a charge");
    assert_eq!((charge.status.as_str(), charge.id.as_str()), ("floating", "ch_1"));
    assert_eq!(found.cancellation_reason.as_ref().map(|one| one.as_str()), Some("bored"));
}

#[tokio::test]
async fn a_request_names_its_version_its_key_and_nested_parameters() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/practice/stripe/", listener.local_addr().expect("an address"));
    let echo = |uri: Uri, headers: HeaderMap, body: String| async move {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().expect("a text").to_owned());
        let all = ["authorization", "stripe-version", "idempotency-key", "content-type"].map(header);
        let text = format!("{uri} {all:?} {body}");
        axum::Json(serde_json::json!({"id": "pi_1", "amount": 1, "description": text}))
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(echo)).await.expect("a server") });
    let client = client(&url, KEY, QUICK);
    let mut params = payment(1_000, "pm_1");
    params.metadata.insert("a b".to_owned(), "ü&".to_owned());
    let sent =
        done(client.create_payment_intent(&key("attempt-1"), &params).await).description.expect("a text");
    for text in [
        "/practice/stripe/v1/payment_intents ",
        "Bearer sk_test_of_this_test",
        stripe::API_VERSION,
        "attempt-1",
        "application/x-www-form-urlencoded",
        "amount=1000&",
        "capture_method=automatic&",
        "metadata[a%20b]=%C3%BC%26",
        "expand[0]=latest_charge.balance_transaction",
        "off_session=true",
    ] {
        assert!(sent.contains(text), "{text}: {sent}");
    }
    let read = done(client.payment_intent("pi_1").await).description.expect("a text");
    assert!(read.starts_with("/practice/stripe/v1/payment_intents/pi_1?expand"), "{read}");
    params.metadata.insert("a[b]".to_owned(), "c".to_owned());
    let error = failed(client.create_payment_intent(&key("attempt-2"), &params).await);
    assert_eq!(error.rejection().map(|one| (one.status, one.param.as_deref())), Some((0, Some("a[b]"))));
}

#[tokio::test]
async fn the_double_works_below_a_path() {
    let rig = Rig::open_below("/practice/stripe", None).await;
    let params = stripe::NewPaymentIntent {
        return_url: Some("https://club.example/back/".to_owned()),
        ..payment(1_000, "pm_card_authenticationRequired")
    };
    let waits = done(rig.client.create_payment_intent(&key("one"), &params).await);
    let page = waits.redirect_url().expect("a page");
    assert!(page.starts_with(&format!("{}/bank/", rig.url)), "{page}");
    assert!(crate::payments::authenticate(page, "approve").await.starts_with("https://club.example/back/"));
}

#[tokio::test]
async fn a_wrong_secret_key_is_not_a_decline() {
    let rig = Rig::open().await;
    let error = failed(client(&rig.url, "sk_test_wrong", QUICK).balance().await);
    assert_eq!(error, StripeError::Unknown(UnknownCause::Unauthorized(401)));
}
