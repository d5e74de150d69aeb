//! Preferences, notifications, consents, the export of a person's data, and the erasure of an account.

use axum::http::Method;
use kit::{Id, args, sql};
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, Guest, PIA, TestClub};

use crate::accounts::{PASSWORD, mails_to, register, sign_up, zoe};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body};

const LIKES: &str = "/api/users/preferences/";

#[tokio::test]
async fn room_preferences_are_edited_over_the_api_and_the_page() {
    let app = TestClub::open().await;
    let pia = app.as_(PIA);
    app.visitor().get(LIKES).await.expect(401);
    let open = pia.get(LIKES).await.expect(200);
    assert_eq!(
        open.body,
        json!({"scene": null, "light_percent": null, "light_kelvin": null, "temperature": null,
        "scents": [], "music": null, "volume_percent": null})
    );
    let change =
        json!({"scene": "ocean-waves", "temperature": "22.5", "scents": ["rose"], "light_percent": 40});
    let changed = pia.patch(LIKES, change).await.expect(200);
    assert_eq!((&changed["temperature"], &changed["scene"]), (&json!("22.5"), &json!("ocean-waves")));
    let changed = pia.patch(LIKES, json!({"scene": null})).await.expect(200);
    assert_eq!((&changed["scene"], &changed["scents"]), (&Value::Null, &json!(["rose"])));
    pia.patch(LIKES, json!({"temperature": "99"})).await.refused(400, "invalid");
    assert_eq!(app.as_(BEA).get(LIKES).await.expect(200).body, open.body, "each their own");

    let browser = app.browser(PIA);
    let page = browser.get("/dashboard/preferences/").await.expect(200).text();
    assert!(page.contains("value=\"73\"") && page.contains("value=\"rose\" checked"), "{page}");
    let form = "scene=swiss-alps&light_percent=&light_kelvin=3000&temperature_f=70&scents=&scents=mint&music=piano&volume_percent=10";
    browser.submit("/dashboard/preferences/", form).await.expect(303);
    assert_eq!(
        pia.get(LIKES).await.expect(200).body,
        json!({"scene": "swiss-alps", "light_percent": null,
        "light_kelvin": 3000, "temperature": "21.1", "scents": ["mint"], "music": "piano", "volume_percent": 10})
    );
    let wrong = browser
        .submit("/dashboard/preferences/", "temperature_f=hot&scents=mint&scents=rose")
        .await
        .expect(400);
    let wrong = wrong.text();
    assert!(wrong.contains("href=\"#temperature_f\"") && wrong.contains("value=\"hot\""), "{wrong}");
    assert!(wrong.contains("value=\"rose\" checked"));
    browser.submit("/dashboard/preferences/", "scents=").await.expect(303);
    assert_eq!(pia.get(LIKES).await.expect(200)["scents"], json!([]));
}

#[tokio::test]
async fn unsubscribing_stops_reminders_at_once() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    app.set_time("2026-11-26T14:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintenance");
    let mails = mails_to(&app, "gus@cast.test").await;
    assert!(
        mails.len() == 2 && !mails[0].contains("List-Unsubscribe"),
        "what became of a booking is always told: {mails:?}"
    );
    let head = mails[1].split("\n\n").next().expect("a head").replace("\n ", "");
    assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{head}");
    let link = head.split("List-Unsubscribe: <").nth(1).expect("a link").split('>').next().expect("an end");
    let path = link.strip_prefix("http://localhost:8080").expect("our own address").replace("= ", "");
    assert!(mails[1].contains("Unsubscribe from these emails"));
    // A page asks for confirmation. A mail program unsubscribes with one request and without a sign-in.
    assert!(app.visitor().get(&path).await.expect(200).text().contains("Stop these emails?"));
    assert_eq!(mails_to(&app, "gus@cast.test").await.len(), 2);
    app.visitor().submit(&path, "List-Unsubscribe=One-Click").await.expect(200);
    app.set_time("2026-11-27T12:30:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintenance");
    assert_eq!(mails_to(&app, "gus@cast.test").await.len(), 2, "at once");
    cancel(&app, GUS, booked.number("id")).await.expect(200);
    assert_eq!(mails_to(&app, "gus@cast.test").await.len(), 3, "but that it is off is told");
    let notices = app.as_(GUS).get("/api/users/notices/").await.expect(200);
    assert_eq!(notices.list("")[0], json!({"kind": "reminders", "email": false}));

    let chosen = json!({"notices": ["reminders"]}).to_string().into_bytes();
    let put = app.as_(GUS).send(Method::PUT, "/api/users/notices/", Some("application/json"), chosen).await;
    let expected: Vec<_> = put.expect(200).list("").iter().map(|one| one["email"].clone()).collect();
    assert_eq!(expected, [json!(true), json!(false)]);
    app.browser(GUS).submit("/dashboard/preferences/notices/", "notices=waitlist").await.expect(303);
    assert_eq!(app.as_(GUS).get("/api/users/notices/").await.expect(200).list("")[1]["email"], true);

    for broken in ["", "zz", "00", &path.replace("token=01", "token=02")[20..]] {
        app.visitor().submit(&format!("/unsubscribe/?token={broken}"), "").await.expect(400);
    }
}

#[tokio::test]
async fn consents_record_when_they_are_given_and_withdrawn() {
    let app = TestClub::open().await;
    let pia = app.browser(PIA);
    pia.submit("/dashboard/privacy/consents/", "agree=face&agree=news&agree=made-up").await.expect(303);
    let page = pia.get("/dashboard/privacy/").await.expect(200).text();
    assert!(page.contains("value=\"face\" checked") && page.contains("Face recognition: agreed "), "{page}");
    let id = app.person(PIA);
    let agrees =
        |kind: usize| app.db().view(move |tx| people::consents_to(tx, id, &people::AGREEMENTS[kind]));
    assert!(agrees(0).await.expect("a view") && !agrees(1).await.expect("a view"));
    pia.submit("/dashboard/privacy/consents/", "agree=news").await.expect(303);
    assert!(!agrees(0).await.expect("a view") && agrees(2).await.expect("a view"));
    assert!(pia.get("/dashboard/privacy/").await.expect(200).text().contains("withdrawn"));
    let whats = app.db().view(|tx| tx.all::<(String,)>(sql!("SELECT what FROM audit ORDER BY id"), args![]));
    let whats: Vec<_> = whats.await.expect("the log").into_iter().map(|(what,)| what).collect();
    assert_eq!(whats, ["consent_given", "consent_given", "consent_withdrawn"]);
}

/// Returns a browser in which a person is signed in.
async fn browser<'h>(app: &'h TestClub, email: &str) -> Guest<'h> {
    let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    let answer = app.visitor().submit("/login/", &form).await.expect(303);
    let session = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    app.visitor().with("cookie", &session)
}

#[tokio::test]
async fn the_export_contains_all_data_of_a_person() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let zoe = browser(&app, "zoe@example.com").await;
    let mobile = app.bearer(made["access"].as_str().expect("a token"));
    let contact = json!({"name": "Taras", "phone": "+12125550199", "relation": "brother"});
    mobile.patch("/api/users/profile/me/", json!({"emergency_contact": contact})).await.expect(200);
    mobile.patch(LIKES, json!({"scene": "ocean-waves"})).await.expect(200);
    let more = json!({"allergies_notes": "Almond oil", "special_requests": "Quiet, please"});
    mobile
        .post(CREATE, and(request_body(&app, "massage", "2026-11-26", "14:00").await, more))
        .await
        .expect(201);
    book(&app, BEA, "pod", "2026-11-26", "12:00").await;
    let file = zoe.submit("/dashboard/privacy/export/", "").await.expect(200);
    assert!(file.header("content-disposition").contains("attachment"));
    assert_eq!(file["account"]["email"], "zoe@example.com");
    assert_eq!(file["emergency_contact"], contact);
    assert_eq!(file["preferences"]["scene"], "ocean-waves");
    assert_eq!(file["bookings"][0]["allergies"], "Almond oil");
    assert_eq!(file.list("bookings").len(), 1, "only their own");
    assert_eq!(file["charges"][0]["net"], "200.00");
    assert!(file.list("audit_log").iter().any(|row| row["what"] == "signed_up"));
    for secret in ["token_digest", "password", "Bea"] {
        assert!(!file.text().contains(secret), "{secret}");
    }
    app.visitor().submit("/dashboard/privacy/export/", "").await.expect(303);
}

#[tokio::test]
async fn erasure_removes_personal_data_and_keeps_financial_records() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let id = Id(made["user"]["id"].as_i64().expect("an id"));
    let mobile = app.bearer(made["access"].as_str().expect("a token"));
    let contact = json!({"name": "Taras", "phone": "+12125550199", "relation": "brother"});
    mobile.patch("/api/users/profile/me/", json!({"emergency_contact": contact})).await.expect(200);
    let more = json!({"allergies_notes": "Almond oil", "special_requests": "Quiet, please", "guest_name": "Ann Lind"});
    let booked = mobile
        .post(CREATE, and(request_body(&app, "massage", "2026-11-26", "14:00").await, more))
        .await
        .expect(201);
    app.run_jobs().await;
    let zoe = browser(&app, "zoe@example.com").await;

    let early =
        zoe.submit("/dashboard/privacy/erase/", &format!("current_password={PASSWORD}&sure=yes")).await;
    assert!(early.expect(400).text().contains("Cancel or release it first"));
    let path = format!("/api/bookings/{}/cancel_booking/", booked.number("id"));
    mobile.post(&path, json!({})).await.expect(200);
    app.run_jobs().await;
    let page = zoe.get("/dashboard/privacy/").await.expect(200).text();
    assert!(page.contains("Kept for seven years") && page.contains("Erase my account"), "{page}");
    let unsure =
        zoe.submit("/dashboard/privacy/erase/", &format!("current_password={PASSWORD}")).await.expect(400);
    assert!(unsure.text().contains("Check this box to confirm."));
    let wrong = zoe.submit("/dashboard/privacy/erase/", "current_password=wrong&sure=yes").await.expect(400);
    assert!(wrong.text().contains("That isn’t your current password."));
    let key = move |app: &TestClub| {
        let db = app.db().clone();
        async move {
            db.view(move |tx| {
                tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM person_keys WHERE person_id = $1"), args![id])
            })
            .await
            .expect("a count")
        }
    };
    assert_eq!(key(&app).await, Some((1,)));
    // An email that could never be sent.
    let dead = app.db().tx(|tx| {
        let (id, now) = (tx.new_id()?, tx.now());
        tx.run(
            sql!("INSERT INTO jobs (id, kind, payload, run_at, attempt, dead) VALUES ($1, 'mail', $2, $3, 12, TRUE)"),
            args![id, r#"{"to":"zoe@example.com","subject":"s","text":"Zoe","html":null,"calendar":null}"#, now],
        )
    });
    dead.await.expect("kept");

    let gone =
        zoe.submit("/dashboard/privacy/erase/", &format!("current_password={PASSWORD}&sure=yes")).await;
    let gone = gone.expect(200);
    assert!(
        gone.text().contains("Your account has been erased")
            && gone.header("set-cookie").contains("Max-Age=0")
    );
    assert_eq!(key(&app).await, Some((0,)), "the key is destroyed");
    mobile.get("/api/users/profile/me/").await.expect(401);
    zoe.get("/dashboard/").await.expect(303);
    let again = json!({"email": "zoe@example.com", "password": PASSWORD});
    app.visitor().post("/api/auth/login/", again).await.refused(401, "wrong_sign_in");
    let person = app.db().view(move |tx| people::person(tx, id)).await.expect("the row stays");
    assert_eq!((person.full_name().as_str(), &person.email, &person.phone), ("Former guest", &None, &None));
    let booking = app.as_(DORA).get(&format!("/api/bookings/{}/", booked.number("id"))).await.expect(200);
    assert!(!booking.text().contains("Quiet") && !booking.text().contains("Ann"), "{}", booking.text());
    let charges = app.db().view(move |tx| {
        tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM charges WHERE person_id = $1"), args![id])
    });
    assert_eq!(charges.await.expect("a count"), Some((1,)), "the books stay");
    let mails = app.db().view(|tx| {
        tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM mails WHERE to_address LIKE '%zoe%'"), args![])
    });
    assert_eq!(mails.await.expect("a count"), Some((0,)));
    let waiting = app
        .db()
        .view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM jobs WHERE payload LIKE '%zoe%'"), args![]));
    assert_eq!(waiting.await.expect("a count"), Some((0,)));
    // The address is free again.
    register(&app, crate::accounts::zoe()).await;
}

/// Staff can't erase themselves from the records of their own operations.
#[tokio::test]
async fn staff_cannot_erase_their_own_accounts() {
    let app = TestClub::open().await;
    let page = app.browser(DORA).get("/dashboard/privacy/").await.expect(200).text();
    assert!(page.contains("You work here") && !page.contains("Erase my account</button>"), "{page}");
}
