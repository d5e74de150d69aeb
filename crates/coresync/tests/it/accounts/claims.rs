//! Attacks on addresses: claims before or after the owner's, by changing one's own address, floods of emails to an
//! address, and floods of sign-ins.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use kit::config::Config;
use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, DORA, Guest, MAX, NOW, TestClub};

use crate::accounts::{
    PASSWORD, RESET, VERIFY, claimant, mails_to, register, sign_up, token, verify, with, zoe,
};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, request_body};

const ZOE: &str = "zoe@example.com";
const ME: &str = "/api/users/profile/me/";

/// Opens a club behind a proxy, so that people have different networks.
async fn proxied() -> TestClub {
    TestClub::open_with(NOW, |config| Config {
        trusted_proxies: vec!["192.0.2.1".parse().expect("an address")],
        ..config
    })
    .await
}

fn from<'h>(app: &'h TestClub, network: &str) -> Guest<'h> {
    app.visitor().with("x-forwarded-for", network)
}

fn later(app: &TestClub, by: SignedDuration) {
    app.clock().set(app.clock().now() + by);
}

async fn login(app: &TestClub, password: &str) -> Answer {
    app.visitor().post("/api/auth/login/", json!({"email": ZOE, "password": password})).await
}

async fn request_password_reset(guest: &Guest<'_>) -> Answer {
    guest.post("/api/auth/password-reset/", json!({"email": ZOE})).await
}

async fn set_password_by_link(app: &TestClub, link: &str, password: &str) -> Answer {
    let body = json!({"token": link, "password": password});
    app.visitor().post("/api/auth/password-reset/confirm/", body).await
}

async fn resets(app: &TestClub) -> usize {
    mails_to(app, ZOE).await.iter().filter(|mail| mail.contains(RESET)).count()
}

#[tokio::test]
async fn changing_the_password_or_address_invalidates_open_links() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let me = with(&app, &made);
    request_password_reset(&app.visitor()).await.expect(202);
    let first = token(&app, ZOE, RESET).await;
    later(&app, SignedDuration::from_secs(1));
    request_password_reset(&app.visitor()).await.expect(202);
    let second = token(&app, ZOE, RESET).await;
    me.post("/api/auth/email/", json!({"email": "zoe@new.example", "current_password": PASSWORD}))
        .await
        .expect(202);
    let change = token(&app, "zoe@new.example", VERIFY).await;
    let new = json!({"current_password": PASSWORD, "new_password": "another-password"});
    me.post("/api/auth/password/", new).await.expect(204);
    for link in [&first, &second] {
        set_password_by_link(&app, link, "the-password-of-eve").await.refused(400, "link_expired");
    }
    verify(&app, &change, json!("another-password")).await.refused(400, "link_expired");
    login(&app, "another-password").await.expect(200);

    // Of two links, the one that is used invalidates the other.
    later(&app, SignedDuration::from_hours(2));
    request_password_reset(&app.visitor()).await.expect(202);
    let first = token(&app, ZOE, RESET).await;
    later(&app, SignedDuration::from_secs(1));
    request_password_reset(&app.visitor()).await.expect(202);
    let second = token(&app, ZOE, RESET).await;
    set_password_by_link(&app, &first, "a-third-password").await.expect(204);
    set_password_by_link(&app, &second, "the-password-of-eve").await.refused(400, "link_expired");

    // A change of the address invalidates them too.
    later(&app, SignedDuration::from_hours(2));
    request_password_reset(&app.visitor()).await.expect(202);
    let link = token(&app, ZOE, RESET).await;
    let answer = login(&app, "a-third-password").await.expect(200);
    let me = with(&app, &answer);
    let request_body = json!({"email": "zoe@new.example", "current_password": "a-third-password"});
    me.post("/api/auth/email/", request_body).await.expect(202);
    let change = token(&app, "zoe@new.example", VERIFY).await;
    me.post("/api/auth/verify/", json!({"token": change})).await.expect(204);
    set_password_by_link(&app, &link, "the-password-of-eve").await.refused(400, "link_expired");
}

/// Emails of other kinds do not count against the limit of reset emails.
#[tokio::test]
async fn the_reset_email_limit_counts_only_reset_emails() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    for _ in 0..12 {
        later(&app, SignedDuration::from_secs(1));
        register(&app, zoe()).await;
        app.visitor().post("/api/auth/verify/again/", json!({"email": ZOE})).await.expect(202);
    }
    assert_eq!(resets(&app).await, 0);
    for expected in 1..=3 {
        later(&app, SignedDuration::from_secs(1));
        request_password_reset(&app.visitor()).await.expect(202);
        assert_eq!(resets(&app).await, expected);
    }
    // Further requests from the same network within the hour have an effect only once the last link is 15 minutes old.
    request_password_reset(&app.visitor()).await.expect(202);
    assert_eq!(resets(&app).await, 3);
    later(&app, SignedDuration::from_mins(15));
    request_password_reset(&app.visitor()).await.expect(202);
    assert_eq!(resets(&app).await, 4);
    later(&app, SignedDuration::from_hours(1));
    request_password_reset(&app.visitor()).await.expect(202);
    assert_eq!(resets(&app).await, 5);
}

/// Forty networks request emails to one address for two hours. Whenever the owner asks, a valid link has just been
/// sent, and the number of emails stays limited.
#[tokio::test]
async fn a_flood_of_reset_requests_does_not_block_the_owner() {
    let app = proxied().await;
    sign_up(&app, zoe()).await;
    let mut network = 0;
    for step in 0..12 {
        for _ in 0..20 {
            network = (network + 1) % 40;
            request_password_reset(&from(&app, &format!("198.51.100.{network}"))).await.expect(202);
        }
        later(&app, SignedDuration::from_mins(10));
        request_password_reset(&from(&app, "203.0.113.9")).await.expect(202);
        let link = token(&app, ZOE, RESET).await;
        let page = app.visitor().get(&format!("/password-reset/new/?token={link}")).await;
        assert_eq!(page.status, 200, "step {step}");
        // The link stays valid for a while.
        later(&app, SignedDuration::from_mins(10));
        app.visitor().get(&format!("/password-reset/new/?token={link}")).await.expect(200);
    }
    // In four hours: ten an hour, plus one for each quarter of an hour.
    let all = resets(&app).await;
    assert!(all <= 4 * (10 + 4), "{all}");
    let link = token(&app, ZOE, RESET).await;
    set_password_by_link(&app, &link, "another-password").await.expect(204);
    login(&app, "another-password").await.expect(200);
}

/// The owner can request an email from a flooded network by using a known browser.
#[tokio::test]
async fn a_known_browser_can_request_a_reset_from_a_limited_network() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    let answer =
        app.visitor().submit("/login/", &format!("email=zoe%40example.com&password={PASSWORD}")).await;
    let mut cookies = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
    let device = cookies.find(|one| one.starts_with("__Host-device=")).expect("a known browser");
    let device = device.split(';').next().unwrap_or_default();
    for number in 0..40 {
        let body = json!({"email": format!("nobody{number}@example.com")});
        app.visitor().post("/api/auth/password-reset/", body).await.expect(202);
    }
    request_password_reset(&app.visitor()).await.refused(429, "too_many_attempts");
    request_password_reset(&app.visitor().with("cookie", device)).await.expect(202);
    assert_eq!(resets(&app).await, 1);
}

fn eve() -> Value {
    json!({"email": "Zoe@Example.com", "password": "the-password-of-eve", "first_name": "Eve", "last_name": "Roe",
        "phone": "212 555 0666", "birthday": "1990-02-28"})
}

/// Eve claims the address first, the front desk books for it, and its owner follows the link: nothing of Eve's account
/// remains.
#[tokio::test]
async fn an_earlier_impostor_keeps_nothing_once_the_owner_verifies() {
    let app = TestClub::open().await;
    let by_eve = app.visitor().with("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
    by_eve.post("/api/auth/register/", eve()).await.expect(202);
    let guest = json!({"guest_name": "Zoe Lind", "guest_email": ZOE});
    let booked = and(request_body(&app, "pod", "2026-11-26", "12:00").await, guest);
    app.as_(DORA).post(CREATE, booked).await.expect(201);
    let link = token(&app, ZOE, VERIFY).await;
    let mail = mails_to(&app, ZOE).await.into_iter().find(|mail| mail.contains(VERIFY)).expect("the email");
    for named in
        ["Eve Roe", "Firefox on Linux", "192.0.2.1", "Tuesday, November 24, 2026, 10:00 AM Eastern Time"]
    {
        assert!(mail.contains(named), "{named}: {mail}");
    }
    // A confirmation alone is not enough: it needs the password, which the owner does not know, or a new one.
    app.visitor().post("/api/auth/verify/", json!({"token": link})).await.refused(400, "invalid");
    let page = app.visitor().get(&format!("/verify/?token={link}")).await.expect(200).text();
    assert!(page.contains("Eve Roe") && page.contains("This account’s password"), "{page}");
    app.visitor().submit("/verify/", &format!("token={link}")).await.expect(400);
    let short = json!({"token": link, "new_password": "short"});
    app.visitor().post("/api/auth/verify/", short).await.refused(400, "invalid");
    let hers = json!({"token": link, "new_password": "the-password-of-zoe"});
    app.visitor().post("/api/auth/verify/", hers).await.expect(204);
    app.run_jobs().await;
    login(&app, "the-password-of-eve").await.refused(401, "wrong_sign_in");
    let answer = login(&app, "the-password-of-zoe").await.expect(200);
    let me = with(&app, &answer);
    let profile = me.get(ME).await.expect(200);
    assert_eq!((&profile["phone"], &profile["birthday"]), (&Value::Null, &Value::Null), "nothing of Eve's");
    assert_eq!(me.get(crate::MY_BOOKINGS).await.expect(200).list("upcoming").len(), 1);
    assert_eq!(me.get("/api/auth/sessions/").await.expect(200).list("").len(), 1);
}

/// After a reset, as after a confirmation, only the person who reads the email has the account.
#[tokio::test]
async fn resetting_an_unverified_account_removes_its_creators_data() {
    let app = TestClub::open().await;
    app.visitor().post("/api/auth/register/", eve()).await.expect(202);
    request_password_reset(&app.visitor()).await.expect(202);
    let link = token(&app, ZOE, RESET).await;
    set_password_by_link(&app, &link, "the-password-of-zoe").await.expect(204);
    login(&app, "the-password-of-eve").await.refused(401, "wrong_sign_in");
    let me = login(&app, "the-password-of-zoe").await.expect(200);
    let profile = with(&app, &me).get(ME).await.expect(200);
    assert_eq!((&profile["phone"], &profile["is_verified"]), (&Value::Null, &json!(true)));
}

/// Eve claims the address after its owner did, and again after it was verified.
#[tokio::test]
async fn a_later_impostor_sign_up_does_not_affect_the_owner() {
    let app = proxied().await;
    from(&app, "203.0.113.9").post("/api/auth/register/", zoe()).await.expect(202);
    let link = token(&app, ZOE, VERIFY).await;
    for number in 0..20 {
        later(&app, SignedDuration::from_secs(1));
        let eve = from(&app, &format!("198.51.100.{number}"));
        eve.post("/api/auth/register/", self::eve()).await.expect(202);
    }
    let of_eve = token(&app, ZOE, VERIFY).await;
    assert_ne!(link, of_eve);
    assert!(mails_to(&app, ZOE).await.len() <= 11, "a flood is a trickle");
    // The owner verifies her own account with the password that she chose.
    verify(&app, &of_eve, json!(PASSWORD)).await.refused(400, "invalid");
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
    let me = login(&app, PASSWORD).await.expect(200);
    assert_eq!(me["user"]["first_name"], "Zoe");
    login(&app, "the-password-of-eve").await.refused(401, "wrong_sign_in");
    // A link that was sent to the owner's mailbox for Eve's account changes nothing of the owner's account.
    let late = json!({"token": of_eve, "new_password": "the-password-of-eve"});
    app.visitor().post("/api/auth/verify/", late).await.refused(409, "address_gone");
    later(&app, SignedDuration::from_hours(2));
    register(&app, eve()).await;
    let last = mails_to(&app, ZOE).await.pop().expect("a mail");
    assert!(last.contains("You already have an account") && !last.contains("?token="), "{last}");
    let me = login(&app, PASSWORD).await.expect(200);
    with(&app, &me).get(ME).await.expect(200);
}

/// An account that asks for another person's address gets it neither by that person's confirmation nor by a new
/// password.
#[tokio::test]
async fn changing_to_another_persons_address_needs_the_accounts_password() {
    let app = TestClub::open().await;
    let eve = and(eve(), json!({"email": "eve@example.com"}));
    let eve = sign_up(&app, eve).await;
    let eve = with(&app, &eve);
    let request_body = json!({"email": ZOE, "current_password": "the-password-of-eve"});
    eve.post("/api/auth/email/", request_body).await.expect(202);
    let link = token(&app, ZOE, VERIFY).await;
    let mail = mails_to(&app, ZOE).await.pop().expect("a mail");
    // The email says whose account it is, and when and from where it was requested, and that confirming needs the
    // account's password.
    for phrase in [
        "Name       Eve Roe",
        "Requested  Tuesday, November 24, 2026, 10:00 AM Eastern Time",
        "From       IP address 192.0.2.1",
        "If it was you, please confirm it with the account=E2=80=99s password.",
        "If it wasn=E2=80=99t you, ignore this email. Nothing changes without the link.",
    ] {
        assert!(mail.contains(phrase), "{phrase}: {mail}");
    }
    app.visitor().post("/api/auth/verify/", json!({"token": link})).await.refused(400, "invalid");
    let new = json!({"token": link, "new_password": "the-password-of-zoe"});
    app.visitor().post("/api/auth/verify/", new).await.refused(400, "invalid");
    let page = app.visitor().get(&format!("/verify/?token={link}")).await.expect(200).text();
    assert!(page.contains("Is this your new email?") && !page.contains("name=\"new_password\""), "{page}");
    assert_eq!(eve.get(ME).await.expect(200)["email"], "eve@example.com");
    // The owner signs up and verifies as if no one had asked. Then the change has no effect.
    later(&app, SignedDuration::from_secs(1));
    let made = sign_up(&app, zoe()).await;
    assert_eq!(made["user"]["email"], ZOE);
    eve.post("/api/auth/verify/", json!({"token": link})).await.refused(409, "address_gone");
    assert_eq!(eve.get(ME).await.expect(200)["email"], "eve@example.com");
}

/// Names that lead the reader somewhere, in every spelling that an email program could turn into a link.
const ADVERTISEMENTS: [&str; 13] = [
    "Win at evil.test",
    "http://evil.test",
    "Call 212 555 0666 evil",
    "Call evil ٢١٢٥٥٥",
    "a@evil.test",
    "evil＠x",
    "evil．test",
    "evil\u{3002}test",
    "evil\u{ff61}test",
    "evil\u{2024}test",
    "www evil test",
    "<b>evil</b>",
    "evil.co-op",
];

/// A name that someone types does not become a message of the club to a stranger (N1).
#[tokio::test]
async fn emails_omit_names_that_are_advertisements() {
    let app = TestClub::open().await;
    for name in ADVERTISEMENTS {
        later(&app, SignedDuration::from_hours(2));
        let request_body = and(zoe(), json!({"first_name": name}));
        app.visitor()
            .with("user-agent", "evil.test/1.0")
            .post("/api/auth/register/", request_body)
            .await
            .expect(202);
    }
    let mails = mails_to(&app, ZOE).await;
    assert_eq!(mails.len(), ADVERTISEMENTS.len());
    for mail in mails {
        assert!(!mail.contains("evil") && !mail.contains("555 0666"), "{mail}");
    }
    sign_up(&app, and(eve(), json!({"email": "eve@example.com"}))).await;
    for name in ADVERTISEMENTS {
        later(&app, SignedDuration::from_hours(2));
        let login = json!({"email": "eve@example.com", "password": "the-password-of-eve"});
        let eve = with(&app, &app.visitor().post("/api/auth/login/", login).await.expect(200));
        eve.patch(ME, json!({"first_name": name})).await.expect(200);
        let request_body = json!({"email": "ida@example.com", "current_password": "the-password-of-eve"});
        eve.post("/api/auth/email/", request_body).await.expect(202);
    }
    let mails = mails_to(&app, "ida@example.com").await;
    assert_eq!(mails.len(), ADVERTISEMENTS.len());
    for mail in mails {
        assert!(!mail.contains("evil"), "{mail}");
    }
}

/// D12: staff see of everyone whether the email is verified: once in each object of the API, and in every list of a
/// page. Someone without an email has nothing to verify.
#[tokio::test]
async fn staff_see_whether_an_email_is_verified_in_every_view() {
    let app = TestClub::open().await;
    register(&app, and(zoe(), json!({"first_name": "Zora", "email": "zora@example.com"}))).await;
    sign_up(&app, and(zoe(), json!({"first_name": "Zelda", "email": "zelda@example.com"}))).await;
    let zack = app.db().tx(|tx| {
        let id = tx.new_id()?;
        tx.run(
            sql!("INSERT INTO people (id, first_name, last_name, created_at) VALUES ($1, 'Zack', 'Lind', 0)"),
            args![id],
        )
    });
    zack.await.expect("a person without an email");
    people::index_people(app.db()).await.expect("found by name");
    let found = app.as_(MAX).get("/api/staff/people/?q=Lind").await.expect(200);
    let mut seen = Vec::new();
    for one in found.list("") {
        let path = format!("/api/staff/people/{}/", one["id"]);
        let alone = app.as_(MAX).get(&path).await.expect(200);
        assert_eq!(alone.text().matches("\"is_verified\"").count(), 1, "{}", alone.text());
        assert_eq!(alone.body, *one);
        seen.push((one["first_name"].clone(), one["email"].is_null(), one["is_verified"].clone()));
    }
    let expected = [("Zack", true, true), ("Zelda", false, true), ("Zora", false, false)]
        .map(|(name, is_null, is_verified)| (json!(name), is_null, json!(is_verified)));
    assert_eq!(seen, expected);
    assert_eq!(found.text().matches("\"is_verified\"").count(), 3, "{}", found.text());

    let row = |page: &str, name: &str| {
        let row =
            page.split("<tr").find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {page}"));
        row.to_lowercase()
    };
    for path in ["/staff/people/?q=Lind", "/staff/members/?q=Lind", "/staff/book/?q=Lind"] {
        let page = app.browser(MAX).get(path).await.expect(200).text();
        for (name, is_marked) in [("Zack", false), ("Zelda", false), ("Zora", true)] {
            assert_eq!(row(&page, name).contains("not confirmed"), is_marked, "{path}: {name}");
        }
        if path.starts_with("/staff/book/") {
            assert!(row(&page, "Zack").contains("no email") && row(&page, "Zelda").contains("confirmed"));
        }
    }
}

#[tokio::test]
async fn unverified_accounts_are_removed_after_thirty_days() {
    let app = TestClub::open().await;
    register(&app, zoe()).await;
    let gone = claimant(&app, ZOE).await;
    register(&app, and(zoe(), json!({"email": "ida@example.com"}))).await;
    let ida = claimant(&app, "ida@example.com").await;
    let booked = and(request_body(&app, "pod", "2026-11-26", "12:00").await, json!({"person_id": ida}));
    app.as_(DORA).post(CREATE, booked).await.expect(201);
    sign_up(&app, and(zoe(), json!({"email": "nia@example.com"}))).await;
    let found = app.as_(MAX).get("/api/staff/people/?q=ida@example.com").await.expect(200);
    assert_eq!(found.list("")[0]["is_verified"], false, "staff see that it is not verified");
    app.run_jobs().await;
    coresync::reactions::begin_rounds(app.inner()).await.expect("the rounds begin");
    app.set_time("2026-12-24T09:00:00-05:00");
    app.run_jobs().await;
    let there = app.db().view(move |tx| Ok(people::person(tx, gone).is_ok()));
    assert!(there.await.expect("a view"), "thirty days have not passed");
    app.set_time("2026-12-25T17:00:00-05:00");
    app.run_jobs().await;
    let remaining = app.db().view(move |tx| Ok((people::person(tx, gone).is_ok(), people::person(tx, ida)?)));
    let (is_there, ida) = remaining.await.expect("a view");
    assert!(!is_there, "nothing refers to it");
    assert_eq!(
        (ida.full_name().as_str(), ida.email.as_ref()),
        ("Zoe Lind", None),
        "a guest whom the desk wrote down"
    );
    let left = app.db().view(|tx| {
        tx.one::<(i64,)>(
            sql!("SELECT COUNT(*) FROM people WHERE claimed_email IS NOT NULL OR (password_hash IS NOT NULL AND email IS NULL)"),
            args![],
        )
    });
    assert_eq!(left.await.expect("a count"), Some((0,)));
    // The address can be used for another sign-up.
    sign_up(&app, zoe()).await;
}

/// A visitor holds a time, signs up, opens the link on another device, and is led to the review of the held time.
#[tokio::test]
async fn a_hold_survives_sign_up_and_the_link_returns_to_it() {
    let app = TestClub::open().await;
    let body = request_body(&app, "pod", "2026-11-26", "12:00").await;
    let held = app.visitor().post("/api/bookings/hold/", body).await.expect(201);
    let (path, cookie) = (
        format!("/book/held/{}/", held.number("id")),
        format!("__Host-hold={}", held["token"].as_str().expect("one")),
    );
    let browser = app.visitor().with("cookie", &cookie);
    let form =
        format!("first_name=Zoe&last_name=Lind&email=zoe%40example.com&password={PASSWORD}&next={path}");
    let answer = browser.submit("/signup/", &form).await.expect(303);
    assert_eq!(answer.header("location"), format!("/signup/check/?next={path}"));
    let page = browser.get(answer.header("location")).await.expect(200).text();
    assert!(page.contains("stays held for you") && page.contains("data-until="), "{page}");
    browser.get(&path).await.expect(200);
    let link = token(&app, ZOE, VERIFY).await;
    let phone = app.visitor();
    let answer = phone.submit("/verify/", &format!("token={link}&password={PASSWORD}")).await.expect(303);
    assert_eq!(answer.header("location"), path);
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
    let session = cookies
        .map(|one| one.split(';').next().unwrap_or_default())
        .find(|one| one.starts_with("__Host-session="));
    let phone = phone.with("cookie", session.expect("signed in"));
    let review = phone.get(&path).await.expect(200).text();
    assert!(review.contains("Held for you") && review.contains("Confirm booking"), "{review}");
    let booked = phone.submit(&path, "action=book").await.expect(303);
    assert!(booked.header("location").starts_with("/dashboard/bookings/"), "{}", booked.header("location"));
}

/// Over plain HTTP on a host other than localhost, browsers do not keep the sign-in, and the page says why.
#[tokio::test]
async fn pages_over_plain_http_warn_that_sign_in_will_not_last() {
    let app = TestClub::open().await;
    let warning = "won’t keep you signed in";
    sign_up(&app, zoe()).await;
    let form = format!("email=zoe%40example.com&password={PASSWORD}");
    for (host, proto, is_warned) in [
        ("localhost:8080", None, false),
        ("127.0.0.1:8080", None, false),
        ("192.168.1.20:8080", None, true),
        ("club.example", None, true),
        ("club.example", Some("http"), true),
        ("club.example", Some("https"), false),
    ] {
        let mut guest = app.visitor().with("host", host);
        if let Some(proto) = proto {
            guest = guest.with("x-forwarded-proto", proto);
        }
        for path in ["/login/", "/signup/"] {
            assert_eq!(
                guest.get(path).await.expect(200).text().contains(warning),
                is_warned,
                "{host} {proto:?} {path}"
            );
        }
        let answer = guest.submit("/login/", &form).await;
        assert_eq!(
            (answer.status, answer.text().contains(warning)),
            if is_warned { (400, true) } else { (303, false) }
        );
        assert_eq!(answer.header("set-cookie").is_empty(), is_warned, "no sign-in that nobody can use");
    }
}

/// A flood of wrong sign-ins from one network delays a right one from another by a few password hashes, not by the
/// whole flood.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_failed_sign_ins_does_not_delay_a_valid_one() {
    let app = Arc::new(proxied().await);
    sign_up(&app, zoe()).await;
    let (hashed, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut flood = Vec::new();
    for number in 0..150 {
        let (app, hashed, refused) = (app.clone(), hashed.clone(), refused.clone());
        flood.push(tokio::spawn(async move {
            let body = json!({"email": format!("nobody{number}@example.com"), "password": "wrong-guess"});
            let answer = from(&app, "198.51.100.1").post("/api/auth/login/", body).await;
            let counter = if answer.status == 401 { &hashed } else { &refused };
            counter.fetch_add(1, Ordering::SeqCst);
            answer.status
        }));
    }
    // Requests beyond the queue of one network are refused at once. The rest of the flood waits.
    while refused.load(Ordering::SeqCst) < 150 - 64 - 8 {
        tokio::task::yield_now().await;
    }
    let before = hashed.load(Ordering::SeqCst);
    let body = json!({"email": ZOE, "password": PASSWORD});
    from(&app, "203.0.113.9").post("/api/auth/login/", body).await.expect(200);
    let between = hashed.load(Ordering::SeqCst) - before;
    assert!(between <= 16, "{between} wrong ones were served before it, of {before}");
    for one in flood {
        assert!(matches!(one.await.expect("it ends"), 401 | 429));
    }
}
