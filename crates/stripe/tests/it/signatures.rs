//! Webhook signatures, against an HMAC that this file computes by itself (RFC 2104) and against a fixed vector.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use stripe::{BadSignature, TOLERANCE_SECONDS, WebhookSecrets};

const SECRET: &str = "whsec_test_secret";
const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
const AT: i64 = 1_796_137_200;

/// HMAC-SHA256 in hexadecimal, from its definition.
fn hmac(secret: &[u8], message: &[u8]) -> String {
    let mut block = [0_u8; 64];
    if secret.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    let inner = Sha256::digest([block.map(|byte| byte ^ 0x36).as_slice(), message].concat());
    let outer = Sha256::digest([block.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat());
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signature(secret: &str, at: i64, body: &[u8]) -> String {
    hmac(secret.as_bytes(), &[format!("{at}.").as_bytes(), body].concat())
}

fn verify(secrets: &str, header: &str, body: &[u8], now: i64) -> Result<(), BadSignature> {
    WebhookSecrets::parse(secrets).expect("secrets").verify(header, body, now)
}

#[test]
fn the_hmac_of_this_test_is_the_one_of_the_standard() {
    // RFC 4231, test case 2.
    assert_eq!(
        hmac(b"Jefe", b"what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn a_body_that_was_signed_is_accepted() {
    let header = format!("t={AT},v1={},v0=abc", signature(SECRET, AT, BODY));
    assert_eq!(verify(SECRET, &header, BODY, AT), Ok(()));
}

#[test]
fn every_signature_is_compared_with_both_secrets() {
    let (wrong, right) = (signature("whsec_other", AT, BODY), signature(SECRET, AT, BODY));
    let both = format!("{SECRET},whsec_next");
    for header in [
        format!("t={AT},v1={wrong},v1={right}"),
        format!("v1={right},v1={wrong},t={AT}"),
        format!("t={AT}, v1={right}"),
    ] {
        assert_eq!(verify(&both, &header, BODY, AT), Ok(()), "{header}");
        assert_eq!(verify(&format!("whsec_next, {SECRET}"), &header, BODY, AT), Ok(()));
        assert_eq!(verify("whsec_next", &header, BODY, AT), Err(BadSignature::Mismatch));
    }
}

#[test]
fn a_signature_holds_for_five_minutes_in_both_directions() {
    let header = format!("t={AT},v1={}", signature(SECRET, AT, BODY));
    for (now, expected) in [
        (AT + TOLERANCE_SECONDS, Ok(())),
        (AT - TOLERANCE_SECONDS, Ok(())),
        (AT + TOLERANCE_SECONDS + 1, Err(BadSignature::Outdated)),
        (AT - TOLERANCE_SECONDS - 1, Err(BadSignature::Outdated)),
        (i64::MIN, Err(BadSignature::Outdated)),
    ] {
        assert_eq!(verify(SECRET, &header, BODY, now), expected, "{now}");
    }
}

#[test]
fn a_header_that_cannot_be_read_is_refused() {
    let right = signature(SECRET, AT, BODY);
    for header in [
        String::new(),
        "t=,v1=".to_owned(),
        format!("v1={right}"),
        format!("t={AT}"),
        format!("t={AT},v0={right}"),
        format!("t={AT},v1=xyz"),
        format!("t={AT},v1={}", &right[1..]),
        format!("t={AT},t={AT},v1={right}"),
        format!("t=now,v1={right}"),
    ] {
        assert_eq!(verify(SECRET, &header, BODY, AT), Err(BadSignature::Malformed), "{header}");
    }
}

#[test]
fn a_changed_body_or_time_or_cut_signature_is_refused() {
    let right = signature(SECRET, AT, BODY);
    let header = format!("t={AT},v1={right}");
    assert_eq!(verify(SECRET, &header, b"{}", AT), Err(BadSignature::Mismatch));
    let other_time = format!("t={},v1={right}", AT + 1);
    assert_eq!(verify(SECRET, &other_time, BODY, AT), Err(BadSignature::Mismatch));
    let cut = format!("t={AT},v1={}", &right[..62]);
    assert_eq!(verify(SECRET, &cut, BODY, AT), Err(BadSignature::Mismatch));
}

#[test]
fn one_or_two_secrets_are_accepted() {
    for (text, is_accepted) in
        [("a", true), ("a,b", true), (" a , b ", true), ("", false), (",", false), ("a,b,c", false)]
    {
        assert_eq!(WebhookSecrets::parse(text).is_some(), is_accepted, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_body_and_secret_are_verified_alike(secret in "[!-+.-~]{1,100}", body in prop::collection::vec(any::<u8>(), 0..200)) {
        let header = format!("t={AT},v1={}", signature(&secret, AT, &body));
        prop_assert_eq!(verify(&secret, &header, &body, AT), Ok(()));
        let other = [&body[..], b"."].concat();
        prop_assert_eq!(verify(&secret, &header, &other, AT), Err(BadSignature::Mismatch));
    }

    #[test]
    fn any_header_is_refused_without_a_panic(header in ".{0,100}", now in any::<i64>()) {
        prop_assert!(verify(SECRET, &header, BODY, now).is_err());
    }
}
