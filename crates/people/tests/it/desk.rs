//! Tests of creating people by hand, of actors, and of the words of the API.

use kit::{Error, Id};
use people::{Action, Actor, NewPerson, Role};
use serde_json::json;

use crate::{App, As};

fn new(email: Option<&str>, role: Role) -> NewPerson {
    NewPerson {
        email: email.map(str::to_owned),
        first_name: "Mira".to_owned(),
        last_name: "Lane".to_owned(),
        phone: None,
        role,
        birthday: None,
        password_hash: None,
        verified: true,
    }
}

#[tokio::test]
async fn staff_learn_that_an_email_address_is_taken() {
    let app = App::open().await;
    let mira = new(Some(" Mira@Example.com "), Role::Manager);
    let added = app.state.db.tx(move |tx| people::add(tx, &mira)).await.expect("added");
    assert_eq!((added.email.as_deref(), added.role), (Some("mira@example.com"), Role::Manager));
    assert!(added.verified_at.is_some());
    let again = new(Some("mira@example.com"), Role::Account);
    let refused = app.state.db.tx(move |tx| people::add(tx, &again)).await.expect_err("taken");
    assert_eq!(refused.code(), Some("email_taken"));
    for _ in 0..2 {
        let unnamed = new(None, Role::Account);
        app.state.db.tx(move |tx| people::add(tx, &unnamed)).await.expect("no address is nobody's");
    }
    let found =
        app.state.db.view(|tx| people::person_by_email(tx, "MIRA@example.com")).await.expect("a view");
    assert_eq!(found.map(|person| person.id), Some(added.id));
    let nobody = app.state.db.view(|tx| people::person(tx, Id(1))).await;
    assert!(matches!(nobody, Err(Error::NotFound)));
    assert_eq!(
        app.login("mira@example.com", "some-password").await.status,
        401,
        "without a password no door"
    );
}

#[tokio::test]
async fn an_actor_without_permission_gets_the_matching_error() {
    let app = App::open().await;
    let visitor = Actor::visitor();
    assert!(matches!(visitor.need(Action::BookForOthers), Err(Error::Unauthorized)));
    let mut actors = Vec::new();
    for role in Role::ALL {
        let person = new(None, role);
        let person = app.state.db.tx(move |tx| people::add(tx, &person)).await.expect("added");
        actors.push(Actor::of(person));
    }
    assert!(matches!(actors[0].need(Action::BookForOthers), Err(Error::Forbidden)));
    assert!(actors[2].need(Action::BookForOthers).is_ok());
    let staff: Vec<bool> = actors.iter().map(Actor::is_staff).collect();
    assert_eq!(staff, [false, true, true, true, true]);
}

#[tokio::test]
async fn every_sql_statement_of_the_crate_can_be_prepared() {
    let app = App::open().await;
    let prepared = app.state.db.view(|tx| {
        let mut count = 0;
        for sql in kit::db::Sql::all().filter(|sql| sql.file.starts_with("crates/people/")) {
            tx.prepare(sql)
                .map_err(|error| kit::Fault::because(format!("{}:{}: {error}", sql.file, sql.line)))?;
            count += 1;
        }
        Ok(count)
    });
    assert!(prepared.await.expect("every statement") > 20);
}

#[test]
fn the_openapi_document_describes_the_sign_in_methods() {
    let api = serde_json::to_value(people::routes().to_openapi()).expect("a description");
    assert!(api["paths"]["/api/users/profile/me/"]["patch"].is_object());
    assert!(api["paths"]["/api/auth/login/"]["post"]["requestBody"].is_object());
    assert_eq!(api["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(api["components"]["securitySchemes"]["session"]["name"], "__Host-session");
    for schema in ["SignIn", "SignUp", "PairAndUser", "Profile", "Problem"] {
        assert!(api["components"]["schemas"][schema].is_object(), "{schema}");
    }
}

#[tokio::test]
async fn a_json_body_that_is_not_an_object_is_refused() {
    let app = App::open().await;
    let answer = app.post("/api/auth/login/", As::Nobody, json!("a text")).await;
    assert_eq!(answer.status, 400);
}
