//! Accounts: sign-up, verification of addresses, forgotten passwords, changes of the address, and sign-ins, over pages
//! and over the API.

use axum::http::Method;
use jiff::SignedDuration;
use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, DORA, GUS, Guest, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, request_body};

pub(crate) const PASSWORD: &str = "a-long-password";
const ME: &str = "/api/users/profile/me/";

/// The body of a sign-up.
pub(crate) fn zoe() -> Value {
    json!({"email": "Zoe@Example.com", "password": PASSWORD, "first_name": "Zoe", "last_name": "Lind"})
}

pub(crate) async fn register(app: &TestClub, request_body: Value) -> Answer {
    app.visitor().post("/api/auth/register/", request_body).await.expect(202)
}

/// Signs up, verifies the address with the link of the email and the password, and signs in. Returns the response to
/// the sign-in.
pub(crate) async fn sign_up(app: &TestClub, request_body: Value) -> Answer {
    let (email, password) =
        (request_body["email"].as_str().unwrap_or_default().to_lowercase(), request_body["password"].clone());
    register(app, request_body).await;
    let link = token(app, &email, VERIFY).await;
    verify(app, &link, password.clone()).await.expect(204);
    app.visitor().post("/api/auth/login/", json!({"email": email, "password": password})).await.expect(200)
}

/// Verifies an address with the token of a link and a password.
pub(crate) async fn verify(app: &TestClub, link: &str, password: Value) -> Answer {
    app.visitor().post("/api/auth/verify/", json!({"token": link, "password": password})).await
}

/// Returns the id of the account that claimed an address last and is not verified.
pub(crate) async fn claimant(app: &TestClub, email: &'static str) -> kit::Id {
    let found = app.db().view(move |tx| {
        tx.one::<(kit::Id,)>(
            sql!("SELECT id FROM people WHERE claimed_email = $1 AND email IS NULL ORDER BY id DESC LIMIT 1"),
            args![email],
        )
    });
    found.await.expect("a view").expect("somebody").0
}

/// Returns a client that sends the access token of a response.
pub(crate) fn with<'h>(app: &'h TestClub, answer: &Answer) -> Guest<'h> {
    app.bearer(answer["access"].as_str().expect("a token"))
}

/// Decodes an email: unfolds its lines.
pub(crate) fn plain(mail: &str) -> String {
    mail.replace("\r\n", "\n").replace("=\n", "").replace("=3D", "=").replace("=E2=80=93", "–")
}

/// Returns the emails that were sent to an address, decoded.
pub(crate) async fn mails_to(app: &TestClub, address: &str) -> Vec<String> {
    app.run_jobs().await;
    let mut found: Vec<String> = app.mails().iter().map(|mail| plain(mail)).collect();
    found.retain(|mail| mail.contains(&format!("To: {address}\n")));
    found
}

/// The path of links that verify an address.
pub(crate) const VERIFY: &str = "/verify/?token=";
/// The path of links that set a password.
pub(crate) const RESET: &str = "/password-reset/new/?token=";

/// Returns the token of a link to `page` in the last email to an address.
pub(crate) async fn token(app: &TestClub, address: &str, page: &str) -> String {
    let mails = mails_to(app, address).await;
    let mail = mails.iter().rev().find(|mail| mail.contains(page)).expect("a mail with a link");
    let token: String =
        mail.split(page).nth(1).expect("a link").chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "{mail}");
    token
}

fn later(app: &TestClub, by: SignedDuration) {
    app.clock().set(app.clock().now() + by);
}

async fn login(app: &TestClub, email: &str, password: &str) -> Answer {
    app.visitor().post("/api/auth/login/", json!({"email": email, "password": password})).await
}

#[tokio::test]
async fn a_verification_link_needs_the_password_and_works_once() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let link = token(&app, "zoe@example.com", VERIFY).await;
    let digests = app.db().view(|tx| tx.all::<(Vec<u8>,)>(sql!("SELECT digest FROM proofs"), args![]));
    let digests = digests.await.expect("the proofs");
    assert_eq!(digests, [(kit::tokens::digest(&link),)], "only the digest is kept");
    login(&app, "zoe@example.com", PASSWORD).await.refused(401, "wrong_sign_in");

    // The link alone proves who reads the email, not whose account it is.
    app.visitor().post("/api/auth/verify/", json!({"token": link})).await.refused(400, "invalid");
    verify(&app, &link, json!("not-my-password")).await.refused(400, "invalid");
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
    let me = login(&app, "zoe@example.com", PASSWORD).await.expect(200);
    assert_eq!(with(&app, &me).get(ME).await.expect(200)["is_verified"], true);
    verify(&app, &link, json!(PASSWORD)).await.refused(400, "link_expired");
    verify(&app, "made-up", json!(PASSWORD)).await.refused(400, "link_expired");
}

#[tokio::test]
async fn a_verification_link_lasts_a_week_even_if_a_newer_one_is_sent() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let first = token(&app, "zoe@example.com", VERIFY).await;
    later(&app, SignedDuration::from_secs(1));
    let again = json!({"email": "zoe@example.com"});
    app.visitor().post("/api/auth/verify/again/", again).await.expect(202);
    let second = token(&app, "zoe@example.com", VERIFY).await;
    assert_ne!(first, second);
    later(&app, SignedDuration::from_secs(7 * 24 * 3_600 - 1));
    verify(&app, &first, json!(PASSWORD)).await.refused(400, "link_expired");
    later(&app, SignedDuration::from_secs(1));
    verify(&app, &second, json!(PASSWORD)).await.refused(400, "link_expired");

    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let first = token(&app, "zoe@example.com", VERIFY).await;
    later(&app, SignedDuration::from_secs(1));
    app.visitor().post("/api/auth/verify/again/", json!({"email": "zoe@example.com"})).await.expect(202);
    let second = token(&app, "zoe@example.com", VERIFY).await;
    verify(&app, &first, json!(PASSWORD)).await.expect(204);
    verify(&app, &second, json!(PASSWORD)).await.refused(400, "link_expired");
}

/// A sign-up with an address that has an account gets the same response as any other. The owner is told by email.
#[tokio::test]
async fn responses_do_not_reveal_whether_an_address_has_an_account() {
    let app = TestClub::open().await;
    let taken = register(&app, and(zoe(), json!({"email": "gus@cast.test"}))).await;
    let fresh = register(&app, zoe()).await;
    let shape = |answer: &Answer| {
        (
            answer.status,
            answer.body.clone(),
            answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    assert_eq!(shape(&taken), shape(&fresh));
    assert_eq!(taken.body, json!({"status": "check_email"}), "nothing of an account");

    let emails = mails_to(&app, "gus@cast.test").await;
    assert_eq!(emails.len(), 1);
    assert!(
        emails[0].contains("You already have an account") && !emails[0].contains("?token="),
        "{}",
        emails[0]
    );
    // Neither can sign in before or after the email was read, and the response does not say why.
    for address in ["gus@cast.test", "zoe@example.com"] {
        login(&app, address, PASSWORD).await.refused(401, "wrong_sign_in");
    }
    assert_eq!(app.as_(GUS).get(ME).await.expect(200)["first_name"], "Gus");
    for address in ["gus@cast.test", "zoe@example.com", "nobody@example.com"] {
        let again = json!({"email": address});
        let answer = app.visitor().post("/api/auth/verify/again/", again).await.expect(202);
        assert!(answer.bytes.is_empty());
    }
    assert!(mails_to(&app, "nobody@example.com").await.is_empty());
}

/// By page: the same text, the same headers, and no sign-in, whatever the address.
#[tokio::test]
async fn the_sign_up_page_responds_the_same_for_any_address() {
    let app = TestClub::open().await;
    let form = |email: &str| {
        format!("first_name=Zoe&last_name=Lind&email={}&password={PASSWORD}", email.replace('@', "%40"))
    };
    let mut seen = Vec::new();
    for email in ["zoe@example.com", "gus@cast.test"] {
        let answer = app.visitor().submit("/signup/", &form(email)).await.expect(303);
        assert_eq!(answer.header("location"), "/signup/check/");
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        assert!(cookie.starts_with("__Host-signup="), "{cookie}");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1, "no session");
        let browser = app.visitor().with("cookie", &cookie);
        browser.get("/dashboard/").await.expect(303);
        let page = browser.get("/signup/check/").await.expect(200).text();
        assert!(
            page.contains("Check your email") && !page.contains("Zoe") && !page.contains(email),
            "{page}"
        );
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        seen.push((page, names));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_reset_link_works_once_and_ends_every_session() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let request_password_reset = |email: &str| {
        let body = json!({"email": email});
        let visitor = app.visitor();
        async move { visitor.post("/api/auth/password-reset/", body).await }
    };
    let (known, unknown) = (
        request_password_reset("ZOE@example.com").await.expect(202),
        request_password_reset("nobody@example.com").await.expect(202),
    );
    assert_eq!((&known.bytes, known.headers.len()), (&unknown.bytes, unknown.headers.len()));
    assert!(mails_to(&app, "nobody@example.com").await.is_empty());
    let mails = mails_to(&app, "zoe@example.com").await;
    assert!(mails.iter().any(|mail| mail.contains("Reset your password")), "{mails:?}");
    let link = token(&app, "zoe@example.com", RESET).await;
    let set = |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        let visitor = app.visitor();
        async move { visitor.post("/api/auth/password-reset/confirm/", body).await }
    };
    set(&link, "short").await.refused(400, "invalid");
    set(&link, "zoe@example.com").await.refused(400, "invalid");
    // A link that sets a password does not verify an address, and the other way round.
    verify(&app, &link, json!(PASSWORD)).await.refused(400, "link_expired");
    set(&link, "another-password").await.expect(204);
    set(&link, "a-third-password").await.refused(400, "link_expired");
    with(&app, &made).get(ME).await.expect(401);
    let refresh = json!({"refresh": made["refresh"]});
    app.visitor().post("/api/auth/refresh/", refresh).await.expect(401);
    login(&app, "zoe@example.com", PASSWORD).await.refused(401, "wrong_sign_in");
    let answer = login(&app, "zoe@example.com", "another-password").await.expect(200);
    assert_eq!(with(&app, &answer).get(ME).await.expect(200)["is_verified"], true, "the mail was read");
    let emails = mails_to(&app, "zoe@example.com").await;
    assert!(emails.iter().any(|mail| mail.contains("Your password was changed")));
}

#[tokio::test]
async fn a_reset_link_expires_after_half_an_hour() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    for (wait, status) in [(30 * 60, 400), (30 * 60 - 1, 204)] {
        later(&app, SignedDuration::from_hours(2));
        app.visitor()
            .post("/api/auth/password-reset/", json!({"email": "zoe@example.com"}))
            .await
            .expect(202);
        let link = token(&app, "zoe@example.com", RESET).await;
        later(&app, SignedDuration::from_secs(wait));
        let body = json!({"token": link, "password": "another-password"});
        app.visitor().post("/api/auth/password-reset/confirm/", body).await.expect(status);
    }
}

#[tokio::test]
async fn a_new_address_is_verified_and_the_old_one_is_notified() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let elsewhere = login(&app, "zoe@example.com", PASSWORD).await.expect(200);
    let me = with(&app, &made);
    let request_body = |email: &str, password: &str| json!({"email": email, "current_password": password});
    me.post("/api/auth/email/", request_body("zoe@new.example", "wrong-guess")).await.refused(400, "invalid");
    me.post("/api/auth/email/", request_body("zoe@new.example", PASSWORD)).await.expect(202);
    assert_eq!(me.get(ME).await.expect(200)["email"], "zoe@example.com", "nothing yet");
    let link = token(&app, "zoe@new.example", VERIFY).await;
    me.post("/api/auth/verify/", json!({"token": link})).await.expect(204);
    assert_eq!(me.get(ME).await.expect(200)["email"], "zoe@new.example");
    with(&app, &elsewhere).get(ME).await.expect(401);
    let emails = mails_to(&app, "zoe@example.com").await;
    assert!(emails.iter().any(|mail| mail.contains("Your email was changed")), "{emails:?}");
    login(&app, "zoe@example.com", PASSWORD).await.refused(401, "wrong_sign_in");
    login(&app, "zoe@new.example", PASSWORD).await.expect(200);

    // A change to the address of another account fails, and the response does not say why.
    me.post("/api/auth/email/", request_body("gus@cast.test", PASSWORD)).await.expect(202);
    let emails = mails_to(&app, "gus@cast.test").await;
    assert!(emails[0].contains("You already have an account") && !emails[0].contains("?token="));
}

/// An email that can't be sent is retried, and the retries do not count as requests for another email.
#[tokio::test]
async fn an_email_is_retried_through_a_long_mail_outage() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let folder = app.inner().config.data.join("mail");
    std::fs::write(&folder, "where the folder should be").expect("a file in its way");
    let post = messages::Post::from_config(&app.inner().config).expect("a post");
    let outbox = coresync::reactions::outbox(app.inner(), &post);
    for _ in 0..6 {
        outbox.deliver_due().await.expect_err("it can't be kept");
        later(&app, SignedDuration::from_mins(30));
    }
    std::fs::remove_file(&folder).expect("out of the way");
    let link = token(&app, "zoe@example.com", VERIFY).await;
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
}

/// A claimed address may belong to anyone: it gets only the email that asks for confirmation. Other notifications are
/// sent once the address is verified.
#[tokio::test]
async fn an_unverified_address_gets_only_the_verification_email() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let zoe = claimant(&app, "zoe@example.com").await;
    let for_her = json!({"person_id": zoe});
    let booked = and(request_body(&app, "massage", "2026-11-26", "14:00").await, for_her.clone());
    let booked = app.as_(DORA).post(CREATE, booked).await.expect(201);
    let gone = and(request_body(&app, "pod", "2026-11-26", "18:00").await, for_her);
    let gone = app.as_(DORA).post(CREATE, gone).await.expect(201);
    let path = format!("/api/bookings/{}/cancel_booking/", gone.number("id"));
    app.as_(DORA).post(&path, json!({})).await.expect(200);
    let link = token(&app, "zoe@example.com", VERIFY).await;
    assert_eq!(mails_to(&app, "zoe@example.com").await.len(), 1, "the question alone");
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
    let emails = mails_to(&app, "zoe@example.com").await;
    assert_eq!(emails.len(), 2, "{emails:?}");
    let reference = booked["booking_reference"].as_str().expect("one");
    assert!(emails.iter().any(|mail| mail.contains("Confirmed: ") && mail.contains(reference)), "{emails:?}");
}

/// Bookings and holds made for an address belong to its owner once they have verified it, and not before.
#[tokio::test]
async fn verifying_an_address_assigns_its_bookings_to_the_account() {
    let app = TestClub::open().await;
    let guest = json!({"guest_name": "Zoe Lind", "guest_email": "zoe@EXAMPLE.com"});
    let held = and(request_body(&app, "pod", "2026-11-26", "12:00").await, guest.clone());
    app.visitor().post("/api/bookings/hold/", held).await.expect(201);
    register(&app, zoe()).await;
    let owner = claimant(&app, "zoe@example.com").await;
    let link = token(&app, "zoe@example.com", VERIFY).await;
    let held = async || {
        let held = app.db().view(|tx| {
            tx.all::<(Option<kit::Id>,)>(
                sql!("SELECT person_id FROM bookings WHERE guest_email IS NOT NULL"),
                args![],
            )
        });
        held.await.expect("the holds")
    };
    assert_eq!(held().await, [(None,)], "an address that is claimed is nobody's");
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
    app.run_jobs().await;
    assert_eq!(held().await, [(Some(owner),)]);
    // Bookings that the front desk makes for another address are not assigned.
    let other = and(
        request_body(&app, "pod", "2026-11-26", "15:00").await,
        json!({"guest_email": "ann@example.com"}),
    );
    app.as_(DORA).post(CREATE, other).await.expect(201);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_at_a_time_or_all_but_this() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let me = with(&app, &made).with("user-agent", "CoreSyncApp/1.0");
    let phone = app
        .visitor()
        .with("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1")
        .post("/api/auth/login/", json!({"email": "zoe@example.com", "password": PASSWORD}))
        .await
        .expect(200);
    let all = me.get("/api/auth/sessions/").await.expect(200);
    let devices: Vec<_> = all.list("").iter().map(|one| one["device"].as_str().unwrap_or_default()).collect();
    assert!(devices.contains(&"Safari on iPhone") && devices.contains(&"Unknown device"), "{devices:?}");
    assert_eq!(all.list("").iter().filter(|one| one["is_this"] == true).count(), 1);
    let other = all.list("").iter().find(|one| one["is_this"] == false).expect("the other")["id"].clone();
    app.as_(GUS)
        .send(Method::DELETE, &format!("/api/auth/sessions/{other}/"), None, Vec::new())
        .await
        .expect(404);
    me.send(Method::DELETE, &format!("/api/auth/sessions/{other}/"), None, Vec::new()).await.expect(204);
    with(&app, &phone).get(ME).await.expect(401);

    let second = login(&app, "zoe@example.com", PASSWORD).await.expect(200);
    me.send(Method::DELETE, "/api/auth/sessions/", None, Vec::new()).await.expect(204);
    with(&app, &second).get(ME).await.expect(401);
    me.get(ME).await.expect(200);
    assert_eq!(me.get("/api/auth/sessions/").await.expect(200).list("").len(), 1);
}

#[tokio::test]
async fn the_last_use_of_a_session_is_recorded_every_ten_minutes() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let me = with(&app, &made);
    let seen = || async { me.get("/api/auth/sessions/").await.expect(200).list("")[0]["seen_at"].clone() };
    let first = seen().await;
    later(&app, SignedDuration::from_mins(9));
    me.get(ME).await.expect(200);
    assert_eq!(seen().await, first);
    later(&app, SignedDuration::from_mins(2));
    me.get(ME).await.expect(200);
    assert_ne!(seen().await, first);
}

/// The whole flow with pages only.
#[tokio::test]
async fn the_whole_account_flow_works_without_scripts() {
    let app = TestClub::open().await;
    let visitor = app.visitor();
    let form = "first_name=Zoe&last_name=Lind&email=zoe%40example.com&password=a-long-password";
    let answer = visitor.submit("/signup/", form).await.expect(303);
    let pair = |cookie: &String| cookie.split(';').next().unwrap_or_default().to_owned();
    let signed_up = pair(&answer.header("set-cookie").to_owned());
    let link = token(&app, "zoe@example.com", VERIFY).await;
    // Another browser is asked for the password. The browser that signed up is not.
    let page = visitor.get(&format!("/verify/?token={link}")).await.expect(200);
    assert!(page.text().contains("zoe@example.com") && page.header("referrer-policy") == "no-referrer");
    assert!(page.text().contains("Zoe Lind") && page.text().contains("This account’s password"));
    let wrong = visitor.submit("/verify/", &format!("token={link}&password=wrong-guess")).await.expect(400);
    assert!(wrong.text().contains("That isn’t this account’s password."));
    let browser = visitor.clone().with("cookie", &signed_up);
    let page = browser.get(&format!("/verify/?token={link}")).await.expect(200).text();
    assert!(page.contains("Confirm my email") && !page.contains("This account’s password"), "{page}");
    let answer = browser.submit("/verify/", &format!("token={link}")).await.expect(303);
    assert_eq!(answer.header("location"), "/dashboard/");
    let cookies: Vec<String> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|one| one.to_str().expect("text").to_owned())
        .filter(|one| !one.contains("Max-Age=0"))
        .collect();
    assert_eq!(cookies.len(), 2, "the session, and the browser that is known: {cookies:?}");
    let zoe = visitor.clone().with("cookie", &cookies.iter().map(pair).collect::<Vec<_>>().join("; "));
    assert!(!zoe.get("/dashboard/").await.expect(200).text().contains("isn’t confirmed yet"));
    assert!(visitor.get(&format!("/verify/?token={link}")).await.expect(400).text().contains("has expired"));

    let answer = zoe
        .submit(
            "/dashboard/profile/",
            "first_name=Zoe&last_name=Lind&phone=%2B1+212+555+0100&birthday=1990-02-28\
                 &contact_name=Taras&contact_phone=2125550199&contact_relation=brother",
        )
        .await
        .expect(303);
    assert_eq!(answer.header("location"), "/dashboard/profile/?done=saved");
    let profile = zoe.get("/dashboard/profile/?done=saved").await.expect(200).text();
    assert!(profile.contains("Saved.") && profile.contains("value=\"brother\""), "{profile}");
    let wrong = zoe
        .submit(
            "/dashboard/profile/",
            "first_name=&last_name=Lind&phone=call&birthday=2020-01-01&contact_name=T",
        )
        .await;
    let wrong = wrong.expect(400).text();
    for part in ["href=\"#first_name\"", "href=\"#phone\"", "href=\"#contact_phone\"", "value=\"call\""] {
        assert!(wrong.contains(part), "{part}\n{wrong}");
    }

    let bad = zoe
        .submit("/dashboard/profile/password/", "present_password=wrong&new_password=another-password")
        .await;
    assert!(bad.expect(400).text().contains("That isn’t your current password."));
    let changed = zoe
        .submit(
            "/dashboard/profile/password/",
            "present_password=a-long-password&new_password=another-password",
        )
        .await
        .expect(303);
    let fresh = pair(&changed.header("set-cookie").to_owned());
    assert!(fresh.starts_with("__Host-session="), "another token: {fresh}");
    zoe.get("/dashboard/").await.expect(303);
    let zoe = visitor.clone().with("cookie", &fresh);
    zoe.get("/dashboard/").await.expect(200);

    let sessions = zoe.get("/dashboard/sessions/").await.expect(200).text();
    assert!(sessions.contains("(this device)") && sessions.contains("192.0.2.1"), "{sessions}");
    zoe.submit("/dashboard/sessions/", "id=others").await.expect(303);
    zoe.get("/dashboard/").await.expect(200);

    visitor.submit("/password-reset/", "email=zoe%40example.com").await.expect(200);
    let link = token(&app, "zoe@example.com", RESET).await;
    assert!(
        visitor
            .get(&format!("/password-reset/new/?token={link}"))
            .await
            .expect(200)
            .text()
            .contains("zoe@example.com")
    );
    let short =
        visitor.submit("/password-reset/new/", &format!("token={link}&password=short")).await.expect(400);
    assert!(short.text().contains("At least 8 characters"), "{}", short.text());
    visitor
        .submit("/password-reset/new/", &format!("token={link}&password=a-third-password"))
        .await
        .expect(303);
    zoe.get("/dashboard/").await.expect(303);
    visitor.submit("/login/", "email=zoe%40example.com&password=a-third-password").await.expect(303);
}

/// Pasted text may contain direction characters, zero-width characters, and tags. Phone numbers are written in many
/// ways (N7).
#[tokio::test]
async fn invisible_characters_are_removed_from_pasted_text() {
    let app = TestClub::open().await;
    let gus = app.as_(GUS);
    let change = json!({"first_name": "\u{202e}G\u{200b}us\u{e0041}", "last_name": "Zoe\u{308}\nRoe",
        "phone": "\u{202a}(212)\u{a0}555\u{2011}0100 ext. 42\u{202c}"});
    let changed = gus.patch(ME, change).await.expect(200);
    assert_eq!((&changed["first_name"], &changed["last_name"]), (&json!("Gus"), &json!("Zo\u{eb} Roe")));
    assert_eq!(changed["phone"], "+12125550100;ext=42");
    let profile = app.browser(GUS).get("/dashboard/profile/").await.expect(200).text();
    assert!(profile.contains("(212) 555-0100 ext. 42"), "{profile}");
    let more = json!({"guest_name": "An\u{2066}n\u{feff}", "guest_phone": "+٣٨٠ ٤٤ ١٢٣ ٤٥ ٦٧",
        "special_requests": "Quiet\u{202e}, please\u{7}", "scene_preferences": {"wall": "Al\u{200b}ps"}});
    let booked = and(request_body(&app, "massage", "2026-11-26", "14:00").await, more);
    gus.post(CREATE, booked).await.expect(201);
    let row = app.db().view(|tx| {
        tx.one::<(String, String, String, String)>(
            sql!("SELECT guest_name, guest_phone, special_requests, scene FROM bookings"),
            args![],
        )
    });
    let expected = ("Ann", "+380441234567", "Quiet, please", r#"{"wall":"Alps"}"#);
    let (name, phone, requests, scene) = row.await.expect("a view").expect("a booking");
    assert_eq!((name.as_str(), phone.as_str(), requests.as_str(), scene.as_str()), expected);
}

/// A link asks for the account's password: wrong passwords there count as failed sign-ins.
#[tokio::test]
async fn wrong_passwords_at_a_link_count_as_failed_sign_ins() {
    let app = TestClub::open().await;
    let zoe = json!({"first_name": "Zoe", "last_name": "Lind", "email": "zoe@example.com", "password": "a-long-password"});
    register(&app, zoe).await;
    let link = token(&app, "zoe@example.com", VERIFY).await;
    for guess in 0..10 {
        verify(&app, &link, json!(format!("guess-number-{guess}"))).await.refused(400, "invalid");
    }
    verify(&app, &link, json!("a-long-password")).await.refused(429, "too_many_attempts");
}
