//! Payments with saved cards: success, declines, authentication by the bank, and cards that are saved.

use stripe::{
    CancellationReason, ConfirmPayment, ConfirmSetup, CustomerParams, DeclineReason, NewPaymentIntent,
    NewSetupIntent, PaymentIntentStatus, RejectionKind, SetupIntentStatus, StripeChargeStatus,
};

use crate::rig::{DAY, NOW, Rig, done, failed, key, payment};

/// Sends the form of the bank's page, and returns where the payer goes.
pub(crate) async fn authenticate(page: &str, answer: &'static str) -> String {
    let http = no_redirects();
    let shown = http.get(page).send().await.expect("a page");
    assert_eq!(shown.status(), 200);
    assert!(shown.text().await.expect("a text").contains("Approve"));
    let response = http.post(page).body(format!("answer={answer}")).send().await.expect("a response");
    assert_eq!(response.status(), 303);
    response.headers()["location"].to_str().expect("an address").to_owned()
}

pub(crate) fn no_redirects() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(no_tls())
        .build()
        .expect("a client")
}

/// The tests call loopback only, so no authority is trusted.
fn no_tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let roots = rustls::RootCertStore::empty();
    versions.expect("versions").with_root_certificates(roots).with_no_client_auth()
}

#[tokio::test]
async fn a_saved_card_pays_at_once() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let card = rig.client.attach_payment_method(&key("attach"), "pm_card_mastercard", &anna.id).await;
    let card = card.expect("a card");
    assert_eq!(card.customer.as_deref(), Some(anna.id.as_str()));
    let details = card.card.as_ref().expect("a card");
    assert_eq!((details.brand.as_deref(), details.last4.as_deref()), (Some("mastercard"), Some("4444")));
    let params = NewPaymentIntent {
        customer: Some(anna.id.clone()),
        description: Some("A massage".to_owned()),
        metadata: [("attempt".to_owned(), "7".to_owned())].into(),
        ..payment(15_000, &card.id)
    };
    let paid = done(rig.client.create_payment_intent(&key("pay"), &params).await);
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    assert_eq!((paid.amount, paid.amount_received, paid.currency.as_str()), (15_000, 15_000, "usd"));
    assert_eq!((paid.customer, paid.created, paid.livemode), (Some(anna.id.clone()), NOW, false));
    assert_eq!(paid.metadata["attempt"], "7");
    let charge = paid.latest_charge.as_ref().and_then(|charge| charge.object()).expect("a charge");
    assert_eq!(charge.status, StripeChargeStatus::Succeeded);
    assert_eq!(charge.metadata["attempt"], "7");
    let transaction =
        charge.balance_transaction.as_ref().and_then(|one| one.object()).expect("a transaction");
    assert_eq!((transaction.amount, transaction.fee, transaction.net), (15_000, 465, 14_535));
    assert_eq!(transaction.source.as_deref(), Some(charge.id.as_str()));
    let again = rig.client.stripe_charge(&charge.id).await.expect("a charge");
    assert_eq!(again.balance_transaction.as_ref().and_then(|one| one.object()), Some(transaction));
    assert_eq!(again.payment_intent, Some(paid.id));
}

#[tokio::test]
async fn each_decline_has_its_reason() {
    let rig = Rig::open().await;
    let declines = [
        ("pm_card_chargeDeclined", "card_declined", DeclineReason::GenericDecline),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", DeclineReason::InsufficientFunds),
        ("pm_card_chargeDeclinedLostCard", "card_declined", DeclineReason::LostCard),
        ("pm_card_chargeDeclinedStolenCard", "card_declined", DeclineReason::StolenCard),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", DeclineReason::ExpiredCard),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", DeclineReason::IncorrectCvc),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", DeclineReason::ProcessingError),
        ("pm_card_chargeDeclinedVelocityLimitExceeded", "card_declined", DeclineReason::CardVelocityExceeded),
        ("pm_card_radarBlock", "card_declined", DeclineReason::Fraudulent),
        ("pm_card_chargeCustomerFail", "card_declined", DeclineReason::GenericDecline),
        ("pm_card_authenticationRequired", "authentication_required", DeclineReason::AuthenticationRequired),
    ];
    for (card, code, reason) in declines {
        let error = failed(rig.pay(card, 1_000, card).await);
        let rejection = error.rejection().unwrap_or_else(|| panic!("{card}: {error}"));
        assert_eq!((rejection.kind, rejection.status), (RejectionKind::Card, 402), "{card}");
        assert_eq!((rejection.code.as_deref(), rejection.decline.as_ref()), (Some(code), Some(&reason)));
        assert!(rejection.request_id.is_some());
        let intent = rejection.intent.as_ref().expect("an intent");
        assert_eq!(intent.status, "requires_payment_method");
        let found = done(rig.client.payment_intent(&intent.id).await);
        let last = found.last_payment_error.expect("an error");
        assert_eq!((last.decline(), &last.charge), (Some(reason), &rejection.charge));
        let charge = rig.client.stripe_charge(&last.charge.expect("a charge")).await.expect("a charge");
        assert_eq!((charge.status, charge.paid), (StripeChargeStatus::Failed, false));
        assert_eq!(charge.balance_transaction, None);
    }
    assert_eq!(rig.client.balance().await.expect("a balance").pending[0].amount, 0);
}

#[tokio::test]
async fn another_card_can_pay_after_a_decline() {
    let rig = Rig::open().await;
    let error = failed(rig.pay("one", 1_000, "pm_card_chargeDeclined").await);
    let id = error.rejection().and_then(|one| one.intent.as_ref()).expect("an intent").id.clone();
    let other = ConfirmPayment { payment_method: Some("pm_card_visa".to_owned()), return_url: None };
    let paid = done(rig.client.confirm_payment_intent(&key("two"), &id, &other).await);
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    assert_eq!(paid.last_payment_error, None);
    let error = failed(rig.client.confirm_payment_intent(&key("three"), &id, &other).await);
    let code = error.rejection().and_then(|one| one.code.clone());
    assert_eq!(code.as_deref(), Some("payment_intent_unexpected_state"));
}

#[tokio::test]
async fn the_bank_authenticates_a_payer_who_is_present() {
    let rig = Rig::open().await;
    let params = NewPaymentIntent {
        return_url: Some("https://club.example/back/?visit=7#top".to_owned()),
        ..payment(5_000, "pm_card_authenticationRequired")
    };
    let waits = done(rig.client.create_payment_intent(&key("one"), &params).await);
    assert_eq!(waits.status, PaymentIntentStatus::RequiresAction);
    let page = waits.redirect_url().expect("a page").to_owned();
    assert!(page.starts_with(&rig.url));
    let back = authenticate(&page, "approve").await;
    assert!(back.starts_with("https://club.example/back/?visit=7&payment_intent="), "{back}");
    assert!(back.ends_with("&redirect_status=succeeded#top"), "{back}");
    let paid = done(rig.client.payment_intent(&waits.id).await);
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    // The page is used up.
    let again = no_redirects().post(&page).body("answer=approve").send().await.expect("a response");
    assert_eq!(again.status(), 410);
    assert_eq!(rig.payments().await, 1);
}

#[tokio::test]
async fn a_payer_who_refuses_at_the_bank_has_not_paid() {
    let rig = Rig::open().await;
    let params = NewPaymentIntent {
        return_url: Some("https://club.example/back/".to_owned()),
        ..payment(5_000, "pm_card_threeDSecure2Required")
    };
    let waits = done(rig.client.create_payment_intent(&key("one"), &params).await);
    let back = authenticate(waits.redirect_url().expect("a page"), "refuse").await;
    assert!(back.ends_with("redirect_status=failed"), "{back}");
    let found = done(rig.client.payment_intent(&waits.id).await);
    assert_eq!(found.status, PaymentIntentStatus::RequiresPaymentMethod);
    let code = found.last_payment_error.and_then(|error| error.code);
    assert_eq!(code.as_deref(), Some("payment_intent_authentication_failure"));
    assert!(found.latest_charge.is_none());
}

#[tokio::test]
async fn a_bank_may_decline_after_the_authentication() {
    let rig = Rig::open().await;
    let params = NewPaymentIntent {
        return_url: Some("https://club.example/back/".to_owned()),
        ..payment(5_000, "pm_card_threeDSecureRequiredChargeDeclined")
    };
    let waits = done(rig.client.create_payment_intent(&key("one"), &params).await);
    authenticate(waits.redirect_url().expect("a page"), "approve").await;
    let found = done(rig.client.payment_intent(&waits.id).await);
    assert_eq!(
        found.last_payment_error.and_then(|error| error.decline()),
        Some(DeclineReason::GenericDecline)
    );
}

#[tokio::test]
async fn a_card_that_was_saved_with_authentication_pays_without_the_payer() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let setup = NewSetupIntent {
        customer: anna.id.clone(),
        payment_method: Some("pm_card_authenticationRequiredOnSetup".to_owned()),
        return_url: Some("https://club.example/back/".to_owned()),
        ..NewSetupIntent::default()
    };
    let waits = done(rig.client.create_setup_intent(&key("one"), &setup).await);
    assert_eq!(waits.status, SetupIntentStatus::RequiresAction);
    let back = authenticate(waits.redirect_url().expect("a page"), "approve").await;
    assert!(back.contains(&format!("?setup_intent={}&", waits.id)));
    let saved = done(rig.client.setup_intent(&waits.id).await);
    assert_eq!((saved.status, saved.usage.as_str()), (SetupIntentStatus::Succeeded, "off_session"));
    let card = saved.payment_method.expect("a card");
    let cards = rig.client.customer_cards(&anna.id).expect("an id").all().await.expect("cards");
    assert_eq!(cards.iter().map(|card| card.id.as_str()).collect::<Vec<_>>(), [card.as_str()]);
    let params = NewPaymentIntent { customer: Some(anna.id), ..payment(2_000, &card) };
    let paid = done(rig.client.create_payment_intent(&key("two"), &params).await);
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
}

#[tokio::test]
async fn a_setup_can_be_declined_confirmed_again_and_canceled() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let setup = NewSetupIntent {
        customer: anna.id.clone(),
        payment_method: Some("pm_card_chargeDeclined".to_owned()),
        ..NewSetupIntent::default()
    };
    let error = failed(rig.client.create_setup_intent(&key("one"), &setup).await);
    let rejection = error.rejection().expect("a refusal");
    assert_eq!(rejection.decline, Some(DeclineReason::GenericDecline));
    let id = rejection.intent.as_ref().expect("an intent").id.clone();
    let other = ConfirmSetup { payment_method: Some("pm_card_visa".to_owned()), return_url: None };
    let saved = done(rig.client.confirm_setup_intent(&key("two"), &id, &other).await);
    assert_eq!(saved.status, SetupIntentStatus::Succeeded);
    let open = NewSetupIntent { customer: anna.id, ..NewSetupIntent::default() };
    let open = done(rig.client.create_setup_intent(&key("three"), &open).await);
    assert_eq!(open.status, SetupIntentStatus::RequiresPaymentMethod);
    let reason = CancellationReason::Abandoned;
    let ended = done(rig.client.cancel_setup_intent(&key("four"), &open.id, Some(&reason)).await);
    assert_eq!((ended.status, ended.cancellation_reason), (SetupIntentStatus::Canceled, Some(reason)));
}

#[tokio::test]
async fn a_payment_is_canceled_only_while_it_is_open() {
    let rig = Rig::open().await;
    let open = NewPaymentIntent { payment_method: None, ..payment(1_000, "") };
    let open = done(rig.client.create_payment_intent(&key("one"), &open).await);
    assert_eq!(open.status, PaymentIntentStatus::RequiresPaymentMethod);
    let ended = done(rig.client.cancel_payment_intent(&key("two"), &open.id, None).await);
    assert_eq!((ended.status, ended.canceled_at), (PaymentIntentStatus::Canceled, Some(NOW)));
    let paid = done(rig.pay("three", 1_000, "pm_card_visa").await);
    let error = failed(rig.client.cancel_payment_intent(&key("four"), &paid.id, None).await);
    let rejection = error.rejection().expect("a refusal");
    assert_eq!(rejection.intent.as_ref().map(|one| one.status.as_str()), Some("succeeded"));
}

#[tokio::test]
async fn a_canceled_payment_cannot_be_approved_at_the_bank() {
    let rig = Rig::open().await;
    let params = NewPaymentIntent {
        return_url: Some("https://club.example/back/".to_owned()),
        ..payment(5_000, "pm_card_authenticationRequired")
    };
    let waits = done(rig.client.create_payment_intent(&key("one"), &params).await);
    done(rig.client.cancel_payment_intent(&key("two"), &waits.id, None).await);
    let page = waits.redirect_url().expect("a page");
    let response = no_redirects().post(page).body("answer=approve").send().await.expect("a response");
    assert_eq!(response.status(), 410);
    let found = done(rig.client.payment_intent(&waits.id).await);
    assert_eq!(found.status, PaymentIntentStatus::Canceled);
}

#[tokio::test]
async fn a_card_expires() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let card =
        rig.client.attach_payment_method(&key("attach"), "pm_card_visa", &anna.id).await.expect("a card");
    let details = card.card.expect("a card");
    assert_eq!((details.exp_month, details.exp_year), (Some(12), Some(2030)));
    rig.double.advance(5 * 366 * DAY).await.expect("a clock");
    let params = NewPaymentIntent { customer: Some(anna.id), ..payment(1_000, &card.id) };
    let error = failed(rig.client.create_payment_intent(&key("pay"), &params).await);
    assert_eq!(error.rejection().and_then(|one| one.decline.clone()), Some(DeclineReason::ExpiredCard));
}

#[tokio::test]
async fn a_customer_is_changed_and_removed_with_the_cards() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let card =
        rig.client.attach_payment_method(&key("attach"), "pm_card_visa", &anna.id).await.expect("a card");
    let params = CustomerParams {
        email: Some("anna@example.com".to_owned()),
        name: Some(String::new()),
        default_payment_method: Some(card.id.clone()),
        metadata: [("person".to_owned(), "7".to_owned())].into(),
        ..CustomerParams::default()
    };
    let changed = rig.client.update_customer(&key("change"), &anna.id, &params).await.expect("a customer");
    assert_eq!((changed.name, changed.email.as_deref()), (None, Some("anna@example.com")));
    assert_eq!(changed.invoice_settings.default_payment_method.as_deref(), Some(card.id.as_str()));
    assert_eq!(rig.client.customer(&anna.id).await.expect("a customer").metadata["person"], "7");
    let removed = rig.client.delete_customer(&key("remove"), &anna.id).await.expect("removed");
    assert!(removed.deleted);
    assert!(rig.client.customer(&anna.id).await.expect("a customer").deleted);
    let params = NewPaymentIntent { customer: Some(anna.id), ..payment(1_000, &card.id) };
    let error = failed(rig.client.create_payment_intent(&key("pay"), &params).await);
    assert!(error.is_missing());
}

#[tokio::test]
async fn a_removed_card_can_never_be_used_again() {
    let rig = Rig::open().await;
    let anna = rig.customer("anna").await;
    let card =
        rig.client.attach_payment_method(&key("attach"), "pm_card_visa", &anna.id).await.expect("a card");
    let removed = rig.client.detach_payment_method(&key("detach"), &card.id).await.expect("removed");
    assert_eq!(removed.customer, None);
    assert!(rig.client.attach_payment_method(&key("again"), &card.id, &anna.id).await.is_err());
    assert!(rig.pay("pay", 1_000, &card.id).await.is_err());
    assert_eq!(rig.client.payment_method(&card.id).await.expect("a card").id, card.id);
}

#[tokio::test]
async fn one_customer_cannot_use_the_card_of_another() {
    let rig = Rig::open().await;
    let (anna, bea) = (rig.customer("anna").await, rig.customer("bea").await);
    let card =
        rig.client.attach_payment_method(&key("attach"), "pm_card_visa", &anna.id).await.expect("a card");
    for customer in [Some(bea.id.clone()), None] {
        let params = NewPaymentIntent { customer, ..payment(1_000, &card.id) };
        assert!(rig.client.create_payment_intent(&key("pay"), &params).await.is_err());
    }
    let error =
        failed(rig.client.attach_payment_method(&key("other"), "pm_card_chargeDeclined", &bea.id).await);
    assert_eq!(error.rejection().map(|one| one.kind), Some(RejectionKind::Card));
}

#[tokio::test]
async fn a_wrong_amount_or_currency_is_refused_and_names_its_parameter() {
    let rig = Rig::open().await;
    for (amount, currency, param, code) in [
        (0, "usd", "amount", Some("parameter_invalid_integer")),
        (-5, "usd", "amount", Some("parameter_invalid_integer")),
        (49, "usd", "amount", Some("amount_too_small")),
        (100_000_000, "usd", "amount", Some("amount_too_large")),
        (1_000, "xyz", "currency", None),
    ] {
        let params = NewPaymentIntent { currency: currency.to_owned(), ..payment(amount, "pm_card_visa") };
        let error = failed(rig.client.create_payment_intent(&key("pay"), &params).await);
        let rejection = error.rejection().unwrap_or_else(|| panic!("{error}"));
        assert_eq!((rejection.param.as_deref(), rejection.code.as_deref()), (Some(param), code), "{amount}");
    }
    let missing = failed(rig.client.payment_intent("pi_none").await);
    assert!(missing.is_missing());
    // Nothing was stored under the key, because nothing was carried out.
    assert_eq!(done(rig.pay("pay", 1_000, "pm_card_visa").await).status, PaymentIntentStatus::Succeeded);
}
