//! Finding a person at the front desk among a hundred thousand people (D12). The floor reads fifty people by their
//! keys, one after the other: no search can show a page of fifty for less.

use std::time::Instant;

use kit::{Id, Result, Tx, args, sql};
use people::{Actor, NewPerson, Role};

use crate::load::Times;
use crate::place::Place;
use crate::report::{Budget, Report};
use crate::rng::Rng;
use crate::setup::Bench;

/// The number of people.
const PEOPLE: usize = 100_000;
/// The number of people added in one transaction.
const AT_ONCE: usize = 5_000;
/// The id of the first person; the others follow.
const FIRST_ID: i64 = 1_000_000_000;
/// The number of people that a search shows.
const SHOWN: i64 = 50;

const FIRST: [&str; 16] = [
    "Zoë",
    "Anna",
    "José",
    "Angela",
    "Марина",
    "Фёдор",
    "Bjørn",
    "Łukasz",
    "Ana María",
    "Sean",
    "Robin",
    "İpek",
    "王芳",
    "Noor",
    "Maja",
    "Ike",
];
const LAST: [&str; 16] = [
    "O’Brien",
    "Anders",
    "Smith-Jones",
    "Marlowe",
    "Петров",
    "Nowak",
    "Sørensen",
    "Núñez",
    "D'Angelo",
    "Quill",
    "Reyes",
    "Morrow",
    "王",
    "Haddad",
    "Weiß",
    "Bako",
];
const SYLLABLES: [&str; 10] = ["ba", "ko", "mi", "re", "sta", "tu", "vel", "zo", "che", "lin"];

/// The searches: common and rare names, several words, other scripts, parts of numbers and addresses, and one without a
/// match.
const SEARCHES: [&str; 16] = [
    "zoe",
    "ZOË o'brien",
    "an",
    "anna",
    "ange",
    "мар",
    "федор",
    "0199",
    "555 01",
    "212 555",
    "bako.",
    "王",
    "zo ba",
    "jose 0199",
    "smith-jones",
    "nobody at all",
];

/// Measures a search, from the call until the page of people is read, including its row in the audit log.
pub(crate) fn people(bench: &Bench<'_>, report: &mut Report, place: &Place, title: &str) -> Result<()> {
    let rounds = bench.count(10, 60);
    let by = place.with(&bench.runtime, async |app| {
        for first in (0..PEOPLE).step_by(AT_ONCE) {
            app.db.tx(move |tx| write(tx, first)).await?;
        }
        people::index_people(&app.db).await?;
        app.db.tx(add_desk).await
    })?;
    place.settle()?;
    let (searches, floor) = place.with(&bench.runtime, async |app| {
        let mut times = Vec::new();
        // The first round is the warm-up.
        for round in 0..=rounds {
            for search in SEARCHES {
                let by = by.clone();
                let found = app.db.tx(move |tx| {
                    let begun = Instant::now();
                    people::find(tx, &by, search)?;
                    Ok(begun.elapsed())
                });
                let took = found.await?;
                if round > 0 {
                    times.push(took);
                }
            }
        }
        let mut floor = Vec::new();
        for round in 0..rounds {
            let from = FIRST_ID + i64::try_from(round * 997 % PEOPLE).unwrap_or(0);
            let read = app.db.view(move |tx| {
                let begun = Instant::now();
                for n in 0..SHOWN {
                    people::person(tx, Id(from.min(FIRST_ID + PEOPLE as i64 - SHOWN) + n))?;
                }
                Ok(begun.elapsed())
            });
            floor.push(read.await?);
        }
        Ok((Times::of(times), Times::of(floor)))
    })?;
    report.part(
        &format!("people search ({title}, {PEOPLE} people)"),
        "Sixteen searches of all kinds, each with its row of the audit log. Floor: fifty people by their keys.",
    );
    for percent in [50, 99] {
        let time = searches.percentile(percent) / 1_000.0;
        let floor = Some(floor.percentile(percent) / 1_000.0);
        report.row(&format!("search, p{percent}"), "ms", time, floor, Budget::Under(20.0));
    }
    Ok(())
}

/// Inserts people with plain SQL instead of the sign-up.
fn write(tx: &mut Tx<'_>, first: usize) -> Result<()> {
    for n in first..(first + AT_ONCE).min(PEOPLE) {
        let mut rng = Rng(n as u64);
        let mut syllable = || SYLLABLES[rng.below(SYLLABLES.len())];
        // Eight in ten have a random last name, so that names are distributed as in a club.
        let last = if n % 10 < 2 {
            LAST[n / 16 % 16].to_owned()
        } else {
            format!("{}{}{}", syllable(), syllable(), syllable())
        };
        let email = format!("{}{}.{n}@example.com", syllable(), syllable());
        let phone = format!("+1 {:03} 555 {:04}", 200 + rng.below(700), rng.below(10_000));
        tx.run(
            sql!(
                "INSERT INTO people (id, email, first_name, last_name, phone, created_at)
                 VALUES ($1, $2, $3, $4, $5, 0)"
            ),
            args![Id(FIRST_ID + n as i64), email, FIRST[n % 16], last, phone],
        )?;
    }
    Ok(())
}

/// Adds a front desk clerk, who searches.
fn add_desk(tx: &mut Tx<'_>) -> Result<Actor> {
    let new = NewPerson {
        email: Some("desk@bench.coresync.test".to_owned()),
        first_name: "Dora".to_owned(),
        last_name: "Quill".to_owned(),
        phone: None,
        role: Role::FrontDesk,
        birthday: None,
        password_hash: None,
        verified: true,
    };
    people::add(tx, &new).map(Actor::of)
}
