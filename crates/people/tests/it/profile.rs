//! Tests of profiles.

use axum::http::Method;
use kit::{args, sql};
use serde_json::{Value, json};

use crate::{Answer, App, As};

async fn patch(app: &App, by: As<'_>, body: Value) -> Answer {
    app.send_request(Method::PATCH, "/api/users/profile/me/", by, &body.to_string()).await
}

#[tokio::test]
async fn a_profile_change_sets_the_given_fields_and_null_clears_them() {
    let app = App::open().await;
    let made = app.anna().await;
    let by = As::Token(made.text("access"));
    let changed = patch(&app, by, json!({"last_name": "O'Neil", "phone": null})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.body["full_name"], "Anna O'Neil");
    assert_eq!(changed.body["phone"], Value::Null);
    assert_eq!(changed.body["birthday"], "1990-02-28");
    assert_eq!(patch(&app, by, json!({})).await.body, changed.body);
    assert_eq!(app.get_me(by).await.body, changed.body);
    let unchanged = patch(&app, by, json!({"role": "owner", "email": "eve@example.com", "id": 1})).await;
    assert_eq!(unchanged.body, changed.body, "nobody gives themselves a role");
}

#[tokio::test]
async fn an_emergency_contact_is_stored_encrypted() {
    let app = App::open().await;
    let made = app.anna().await;
    let by = As::Token(made.text("access"));
    let contact = json!({"name": "Taras Kovalenko", "phone": "+12125550199", "relation": "brother"});
    let changed = patch(&app, by, json!({"emergency_contact": contact})).await;
    assert_eq!(changed.body["emergency_contact"], contact);
    assert_eq!(app.get_me(by).await.body["emergency_contact"], contact);

    let id = made.id();
    let raw = app.state.db.view(move |tx| {
        tx.one::<(Vec<u8>,)>(sql!("SELECT emergency_contact FROM people WHERE id = $1"), args![id])
    });
    let (raw,) = raw.await.expect("the row").expect("a contact");
    for word in ["Taras", "555", "brother", "name"] {
        assert!(!raw.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word}");
    }

    let gone = patch(&app, by, json!({"emergency_contact": null})).await;
    assert_eq!(gone.body["emergency_contact"], Value::Null);
    assert_eq!(app.get_me(by).await.body["emergency_contact"], Value::Null);
}

#[tokio::test]
async fn an_encrypted_contact_cannot_be_moved_to_another_person() {
    let app = App::open().await;
    let made = app.anna().await;
    let contact = json!({"name": "Taras", "phone": "+12125550199", "relation": "brother"});
    patch(&app, As::Token(made.text("access")), json!({"emergency_contact": contact})).await;
    let mut eve = crate::anna();
    eve["email"] = json!("eve@example.com");
    let eve = app.sign_up(eve).await;
    let (from, to) = (made.id(), eve.id());
    let moved = app.state.db.tx(move |tx| {
        tx.run(
            sql!(
                "UPDATE people SET emergency_contact = (SELECT emergency_contact FROM people WHERE id = $1)
                 WHERE id = $2"
            ),
            args![from, to],
        )
    });
    moved.await.expect("moved");
    let answer = app.get_me(As::Token(eve.text("access"))).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.body.to_string().contains("Taras"));
}

#[tokio::test]
async fn an_invalid_profile_change_reports_the_field_and_changes_nothing() {
    let app = App::open().await;
    let made = app.anna().await;
    let by = As::Token(made.text("access"));
    let before = app.get_me(by).await.body;
    let long = "x".repeat(10_000);
    for (field, value) in [
        ("first_name", json!("")),
        ("first_name", json!("a\u{0}b")),
        ("first_name", json!("😀")),
        ("first_name", json!(long)),
        ("last_name", json!(null)),
        ("phone", json!("call me")),
        ("birthday", json!("2020-01-01")),
        ("birthday", json!(19_900_228)),
        ("emergency_contact.name", json!({"phone": "+12125550199", "relation": "brother"})),
        ("emergency_contact.phone", json!({"name": "Taras", "phone": "?", "relation": "brother"})),
        ("emergency_contact.relation", json!({"name": "Taras", "phone": "+12125550199", "relation": long})),
        ("emergency_contact.body", json!("Taras")),
        ("emergency_contact.body", json!([7])),
    ] {
        let name = field.split('.').next().expect("a name");
        let answer = patch(&app, by, json!({name: value})).await;
        assert_eq!(answer.status, 400, "{field} {answer:?}");
        assert!(answer.body["errors"][field].is_string(), "{field} {answer:?}");
    }
    assert_eq!(app.get_me(by).await.body, before);
    assert_eq!(app.get_me(As::Nobody).await.status, 401);
    assert_eq!(patch(&app, As::Nobody, json!({})).await.status, 401);
}
