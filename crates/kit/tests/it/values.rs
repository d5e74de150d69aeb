//! Tests that every type survives a round trip through both engines.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kit::{Cents, Id, Result, Tx, args, sql};

use crate::open;

const TEXTS: [&str; 8] =
    ["", " ", "O'Neil", "$1 ?1 '$2'", "💆‍♀️ Київ \u{202e}", "%_\\", "a\nb\r\n\tc", "\u{1}\u{7f}\u{fffd}"];

#[tokio::test]
async fn texts_and_bytes_round_trip() {
    let test = open().await;
    let all_bytes: Vec<u8> = (0..=255).collect();
    for text in TEXTS {
        for bytes in [Some(all_bytes.clone()), Some(Vec::new()), None] {
            let expected = (Some(text.to_owned()), bytes.clone());
            let found = test.db.tx(move |tx| {
                let id = crate::person(tx, None)?;
                tx.run(
                    sql!("UPDATE people SET phone = $1, emergency_contact = $2 WHERE id = $3"),
                    args![text, bytes.clone(), id],
                )?;
                tx.one::<(Option<String>, Option<Vec<u8>>)>(
                    sql!("SELECT phone, emergency_contact FROM people WHERE id = $1"),
                    args![id],
                )
            });
            assert_eq!(found.await.expect("kept"), Some(expected), "{text:?}");
        }
    }
}

#[tokio::test]
async fn null_and_present_values_of_every_type_round_trip() {
    let test = open().await;
    type Row = (Option<String>, Option<Date>, Option<Timestamp>, Option<Vec<u8>>);
    let write = |tx: &mut Tx<'_>, (phone, birthday, verified, contact): Row| -> Result<Option<Row>> {
        let id = crate::person(tx, None)?;
        tx.run(
            sql!("UPDATE people SET phone = $1, birthday = $2, verified_at = $3, emergency_contact = $4 WHERE id = $5"),
            args![phone, birthday, verified, contact, id],
        )?;
        tx.one(
            sql!("SELECT phone, birthday, verified_at, emergency_contact FROM people WHERE id = $1"),
            args![id],
        )
    };
    let moment: Timestamp = "2026-11-01T01:30:00.123-05:00".parse().expect("a time");
    let rows: [Row; 4] = [
        (None, None, None, None),
        (Some("1".to_owned()), Some(date(1900, 2, 28)), Some(moment), Some(vec![0, 255])),
        (None, Some(date(2199, 12, 31)), None, Some(Vec::new())),
        (Some(String::new()), None, Some("1969-12-31T23:59:59.999Z".parse().expect("a time")), None),
    ];
    for row in rows {
        let expected = row.clone();
        let found = test.db.tx(move |tx| write(tx, row.clone())).await.expect("kept");
        assert_eq!(found, Some(expected));
    }
}

#[tokio::test]
async fn integers_booleans_and_json_round_trip() {
    let test = open().await;
    for number in [0, 1, -1, (1 << 53) - 1, i64::MAX, i64::MIN] {
        for is_dead in [true, false] {
            let document =
                serde_json::json!({"n": number, "text": "💆 'x' $1", "list": [null, 1.5, {"deep": []}]});
            let expected = (Cents(number), is_dead, document.clone(), None::<i64>);
            let found = test.db.tx(move |tx| {
                let id = tx.new_id()?;
                tx.run(
                    sql!(
                        "INSERT INTO jobs (id, kind, payload, run_at, attempt, locked_until, dead)
                         VALUES ($1, 'test', $2, $3, 0, $4, $5)"
                    ),
                    args![id, document.clone(), Cents(number), None::<i64>, is_dead],
                )?;
                tx.one::<(Cents, bool, serde_json::Value, Option<i64>)>(
                    sql!("SELECT run_at, dead, payload, locked_until FROM jobs WHERE id = $1"),
                    args![id],
                )
            });
            assert_eq!(found.await.expect("kept"), Some(expected));
        }
    }
    for real in [0.0, -0.5, 21.375, f64::MAX, f64::MIN_POSITIVE] {
        let found = test
            .db
            .view(move |tx| tx.one::<(f64,)>(sql!("SELECT CAST($1 AS DOUBLE PRECISION)"), args![real]));
        assert_eq!(found.await.expect("read"), Some((real,)));
    }
}

/// Reading a column as another type is a fault, not a guess.
#[tokio::test]
async fn reading_a_column_as_another_type_is_a_fault() {
    let test = open().await;
    let id = test.db.tx(|tx| crate::person(tx, Some("a@b.cd"))).await.expect("kept");
    let wrong =
        test.db.view(move |tx| tx.one::<(Id,)>(sql!("SELECT email FROM people WHERE id = $1"), args![id]));
    assert!(wrong.await.is_err());
    let nothing = test
        .db
        .view(move |tx| tx.one::<(String,)>(sql!("SELECT phone FROM people WHERE id = $1"), args![id]));
    assert!(nothing.await.is_err(), "nothing is no text");
    let missing =
        test.db.view(move |tx| tx.one::<(Id, Id)>(sql!("SELECT id FROM people WHERE id = $1"), args![id]));
    assert!(missing.await.is_err(), "there is no second column");
    let mistyped =
        test.db.tx(move |tx| tx.run(sql!("UPDATE people SET created_at = $1"), args!["yesterday"]));
    assert!(mistyped.await.is_err(), "a text is no number, on SQLite either");
}

const LATER: kit::Refusal = kit::Refusal::conflict("later", "Later.");

/// The seconds reach the `Retry-After` header.
#[test]
fn a_refusal_states_when_to_retry() {
    let refused = kit::Error::refused(&LATER).with(kit::RETRY_AFTER, 60);
    assert_eq!(refused.retry_after(), Some(60));
    assert_eq!(kit::Error::refused(&LATER).retry_after(), None);
}

/// Only the endpoint that knows how to write an internal value sends it to the client.
#[test]
fn an_internal_value_is_not_in_the_response() {
    const FOUND: kit::DetailKey<kit::Internal<Vec<i64>>> = kit::DetailKey::new("found");
    const SENT: kit::DetailKey<String> = kit::DetailKey::new("found");
    let refused = kit::Error::refused(&LATER).with(FOUND, kit::Internal(vec![7]));
    let kit::Error::Refused(_, mut details) = refused else { panic!("refused") };
    assert_eq!(details.get(FOUND).map(|found| found.0.clone()), Some(vec![7]));
    assert!(details.get(SENT).is_none() && details.to_json().is_empty(), "{details:?}");
    details.insert(SENT, "seven".to_owned());
    assert_eq!(serde_json::to_string(&details.to_json()).expect("JSON"), r#"{"found":"seven"}"#);
}
