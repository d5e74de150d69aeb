//! Tests of the search for people (D12): on either engine, the index agrees with a simple model, follows every
//! change, and is built for rows that lack it. `bin/bench` measures its speed.

use std::collections::HashMap;
use std::time::Duration;

use kit::fold::{digits, fold};
use kit::web::Paging;
use kit::{Id, args, sql};
use people::{Actor, NewPerson, Person, Role};

use crate::App;

/// Names as people write them, in several scripts.
const FIRST: [&str; 16] = [
    "Zoë",
    "José",
    "Anna-Maria",
    "Фёдор",
    "Сергей",
    "Ёлка",
    "Işık",
    "Νίκος",
    "王",
    "محمد",
    "Siân",
    "D’Arcy",
    "Jean-Luc",
    "Øystein",
    "Ana",
    "ANNA",
];
const LAST: [&str; 16] = [
    "O’Brien",
    "O'Neil",
    "Ångström",
    "Straße",
    "Łukasz",
    "Müller",
    "de la Cruz",
    "Іваненко",
    "Παπαδόπουλος",
    "小明",
    "Smith-Jones",
    "Æbelø",
    "Nguyễn",
    "Žižek",
    "d´Angelo",
    "Anders",
];

/// A pseudorandom number generator with a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }
}

fn new(first: &str, last: &str, email: Option<String>, phone: Option<String>) -> NewPerson {
    NewPerson {
        email,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        phone,
        role: Role::Account,
        birthday: None,
        password_hash: None,
        verified: false,
    }
}

fn someone(dice: &mut Dice, n: usize) -> NewPerson {
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let email = match dice.roll(3) {
        0 => None,
        1 => Some(format!(
            "{}.{}{n}@example.com",
            ["anna", "zoe", "jl"][dice.roll(3)],
            ["smith", "li", "99x"][dice.roll(3)]
        )),
        _ => Some(format!("p{n}_{}@club.test", ["mail", "1234567", "o"][dice.roll(3)])),
    };
    let phone = match dice.roll(3) {
        0 => None,
        1 => Some(format!("+1 (212) 555-{:04}", dice.roll(10_000))),
        _ => Some(format!("+49.170.{:07}", dice.roll(10_000_000))),
    };
    new(first, last, email, phone)
}

/// A search term, with the way in which the model searches for it.
enum Sought {
    /// The beginning of a word of a name or of the local name of an address.
    Word(String),
    /// Digits anywhere in a phone number.
    Digits(String),
    /// The beginning of an address, or of a part after a dot or a dash.
    Address(String),
}

/// Returns the words of a text, by a slow method.
fn pieces(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the words by which a person is found, in byte order. This is the model: slow and obvious.
fn words_of(who: &Person) -> Vec<String> {
    let names = [&who.first_name, &who.last_name];
    let address = who.email.as_deref().map(fold).unwrap_or_default();
    let name_of_address = address.split('@').next().unwrap_or_default();
    let starts: Vec<&str> = (0..name_of_address.len())
        .filter(|at| *at == 0 || !name_of_address.as_bytes()[at - 1].is_ascii_alphanumeric())
        .map(|at| &address[at..])
        .filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
        .collect();
    let mut words: Vec<String> = names.iter().flat_map(|name| pieces(name)).collect();
    for chunk in names.iter().flat_map(|name| name.split_whitespace()) {
        words.push(pieces(chunk).concat());
        words.extend(chunk.split(['\'', '’', '´']).skip(1).flat_map(pieces));
    }
    let number = |start: &&str| start.chars().take_while(char::is_ascii_digit).collect::<String>();
    words.extend(
        starts.iter().map(number).filter(|number| number.len() >= 4).map(|number| format!("#{number}")),
    );
    words.extend(starts.iter().map(|start| (*start).to_owned()));
    let phone = who.phone.as_deref().map(digits).unwrap_or_default();
    words.extend((0..phone.len().saturating_sub(3)).map(|at| format!("#{}", &phone[at..])));
    words.sort();
    words
}

impl Sought {
    /// Returns the prefix that the index is searched for. Digits are marked with `#`.
    fn prefix(&self) -> String {
        match self {
            // Without an @ it is a word, and characters other than letters and digits are dropped: `p20_` becomes
            // `p20`.
            Sought::Word(text) | Sought::Address(text) if !text.contains('@') => pieces(text).concat(),
            Sought::Word(text) | Sought::Address(text) => fold(text),
            Sought::Digits(number) => format!("#{number}"),
        }
    }

    /// Returns the first of a person's words, in byte order, that begins with the prefix.
    fn first_word<'w>(&self, words: &'w [String]) -> Option<&'w String> {
        let prefix = self.prefix();
        words.iter().find(|word| word.starts_with(&prefix))
    }

    /// Returns the term as a person might type it: in other case, with another apostrophe, or with marks between
    /// the digits.
    fn entered(&self, dice: &mut Dice) -> String {
        match self {
            Sought::Word(word) | Sought::Address(word) => match dice.roll(3) {
                0 => word.to_uppercase(),
                1 => word.to_lowercase().replace('’', "'"),
                _ => word.replace('\'', "’"),
            },
            Sought::Digits(number) => {
                let mark = ["", " ", "-", "\u{200e}", ") "][dice.roll(5)];
                let middle = number.len() / 2;
                format!("{}{mark}{}", &number[..middle], &number[middle..])
            }
        }
    }
}

fn sought(dice: &mut Dice, from: &Person) -> Sought {
    let part = |text: &str, dice: &mut Dice| {
        let length = text.chars().count();
        text.chars().take(2.min(length) + dice.roll(length)).collect::<String>()
    };
    match (dice.roll(4), &from.phone, &from.email) {
        (0, Some(phone), _) => {
            let number = digits(phone);
            let at = dice.roll(number.len() - 4);
            let number = &number[at..at + 4 + dice.roll(number.len() - at - 3)];
            Sought::Digits(number.trim_start_matches('0').to_owned())
        }
        (1, _, Some(email)) => Sought::Address(part(email, dice)),
        (2, ..) => {
            let name = dice.pick(&FIRST).split('-').next().expect("a part");
            Sought::Word(part(name, dice))
        }
        _ => Sought::Word(part(from.last_name.split([' ', '-']).next().expect("a part"), dice)),
    }
}

async fn manager(app: &App) -> Actor {
    let role = NewPerson { role: Role::Manager, ..new("Qqq", "Xxx", None, None) };
    Actor::of(app.state.db.tx(move |tx| people::add(tx, &role)).await.expect("a manager"))
}

async fn found(app: &App, by: &Actor, search: &str) -> (Vec<Id>, i64) {
    let (by, search) = (by.clone(), search.to_owned());
    let page = Paging { page: 1, size: 500 };
    let (people, count) =
        app.state.db.tx(move |tx| people::find_people(tx, &by, &search, page)).await.expect("a search");
    (people.iter().map(|person| person.id).collect(), count)
}

#[tokio::test]
async fn search_results_and_their_order_match_a_simple_model() {
    let app = App::open().await;
    let by = manager(&app).await;
    let mut dice = Dice(11);
    let all: Vec<NewPerson> = (0..400).map(|n| someone(&mut dice, n)).collect();
    let adding = app
        .state
        .db
        .tx(move |tx| all.iter().map(|new| people::add(tx, new)).collect::<kit::Result<Vec<_>>>());
    let mut all = adding.await.expect("everyone is added");
    let sort = |who: &Person| {
        (kit::fold::cut(&format!("{} {}", fold(&who.last_name), fold(&who.first_name))).to_owned(), who.id)
    };
    all.sort_by_key(sort);
    let words: HashMap<Id, Vec<String>> = all.iter().map(|who| (who.id, words_of(who))).collect();
    let (mut query, mut hits) = (0, 0);
    for _ in 0..600 {
        let from = all[dice.roll(all.len())].clone();
        let count = 1 + dice.roll(3);
        let mut all_sought: Vec<Sought> = Vec::new();
        for _ in 0..count {
            let next = sought(&mut dice, &from);
            let is_number = |one: &Sought| matches!(one, Sought::Digits(_));
            let is_usable = match &next {
                Sought::Word(text) | Sought::Address(text) => {
                    text.chars().all(|c| !c.is_whitespace()) && pieces(text).len() == 1
                }
                Sought::Digits(number) => number.len() >= 4,
            };
            // Two adjacent numbers would form one, and another test covers terms that are not words.
            if is_usable && !(is_number(&next) && all_sought.iter().any(is_number)) {
                all_sought.push(next);
            }
        }
        let search = all_sought.iter().map(|one| one.entered(&mut dice)).collect::<Vec<_>>().join(" ");
        if !people::is_search(&search) {
            continue;
        }
        let longest = all_sought.iter().max_by_key(|one| one.prefix().len()).expect("something is sought");
        let lengths = all_sought.iter().filter(|one| one.prefix().len() == longest.prefix().len()).count();
        let hits_of = |who: &&Person| all_sought.iter().all(|one| one.first_word(&words[&who.id]).is_some());
        let mut expected: Vec<&Person> = all.iter().filter(hits_of).collect();
        expected.sort_by_key(|who| (longest.first_word(&words[&who.id]), sort(who)));
        let mut expected: Vec<Id> = expected.iter().map(|who| who.id).collect();
        let (mut ids, total) = found(&app, &by, &search).await;
        if lengths > 1 {
            // Which of two equally long words is read first is unspecified.
            ids.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(ids, expected, "{search}");
        assert_eq!(usize::try_from(total).ok(), Some(expected.len()), "{search}");
        (query, hits) = (query + 1, hits + expected.len());
    }
    assert!(query > 400 && hits > query, "{query} searches, {hits} hits");
}

/// Each change of a name, an address, or a phone is found at once, and the old value is not.
#[tokio::test]
async fn the_search_index_follows_every_change() {
    let app = App::open().await;
    let by = manager(&app).await;
    let added =
        new("Renée", "Oldname", Some("renee@old.test".to_owned()), Some("+1 212 555 0100".to_owned()));
    let person = app.state.db.tx(move |tx| people::add(tx, &added)).await.expect("added");
    let id = person.id;
    assert_eq!(found(&app, &by, "renee oldn 0100").await.0, [id]);
    let me = Actor::of(person);
    let change = people::ProfileChange {
        last_name: Some("Ньюнейм".to_owned()),
        phone: Some(Some("(646) 555 0199".to_owned())),
        ..people::ProfileChange::default()
    };
    app.state.db.tx(move |tx| people::change_profile(tx, &me, &change)).await.expect("changed");
    for (search, is_found) in [
        ("ньюнейм", true),
        ("НЬЮН", true),
        ("oldname", false),
        ("6465550199", true),
        ("5550100", false),
        ("renee@old", true),
    ] {
        assert_eq!(found(&app, &by, search).await.0 == [id], is_found, "{search}");
    }
}

/// Rows that are missing from the index or out of date are indexed at the next start, even if it is interrupted or
/// two processes run it at once.
#[tokio::test]
async fn missing_index_rows_are_added_at_startup() {
    let app = App::open().await;
    let by = manager(&app).await;
    write(&app, 2_500).await;
    assert!(found(&app, &by, "zoe").await.0.is_empty(), "nothing is indexed yet");
    let broken_off =
        tokio::time::timeout(Duration::from_millis(3), people::index_people(&app.state.db)).await;
    drop(broken_off);
    let (one, other) = tokio::join!(people::index_people(&app.state.db), people::index_people(&app.state.db));
    assert!(one.expect("indexed") + other.expect("indexed") <= 5_000);
    let (_, count) = found(&app, &by, "zoe").await;
    assert_eq!(count, 2_500 / 16 + 1);
    assert_eq!(people::index_people(&app.state.db).await.expect("indexed"), 0, "nothing is left");
    // A change that bypasses the program: a correction in the database.
    let corrected = app.state.db.tx(|tx| {
        tx.run(sql!("UPDATE people SET last_name = 'Zzyzx' WHERE id = $1"), args![Id(1_000_000_007)])
    });
    corrected.await.expect("corrected");
    assert_eq!(people::index_people(&app.state.db).await.expect("indexed"), 1);
    assert_eq!(found(&app, &by, "zzyz").await.0, [Id(1_000_000_007)]);
}

/// Inserts people without using the program's code.
async fn write(app: &App, count: usize) {
    for some in (0..count).collect::<Vec<_>>().chunks(5_000).map(<[usize]>::to_vec) {
        let written = app.state.db.tx(move |tx| {
            for n in &some {
                let mut dice = Dice(*n as u64);
                let (first, last) = (FIRST[n % 16], LAST[n / 16 % 16]);
                let syllable =
                    |n: usize| ["ba", "ko", "mi", "re", "sta", "tu", "vel", "zo", "che", "lin"][n % 10];
                // Eight in ten have a distinct last name, so that names are distributed as in a real club.
                let last = if n % 10 < 2 {
                    last.to_owned()
                } else {
                    format!(
                        "{}{}{}",
                        syllable(dice.roll(10)),
                        syllable(dice.roll(10)),
                        syllable(dice.roll(10))
                    )
                };
                let email = format!("{}{}.{n}@example.com", syllable(dice.roll(10)), syllable(dice.roll(10)));
                let phone = format!("+1 {:03} 555 {:04}", 200 + dice.roll(700), dice.roll(10_000));
                tx.run(
                    sql!(
                        "INSERT INTO people (id, email, first_name, last_name, phone, created_at)
                         VALUES ($1, $2, $3, $4, $5, 0)"
                    ),
                    args![Id(1_000_000_000 + *n as i64), email, first, last, phone],
                )?;
            }
            Ok(())
        });
        written.await.expect("written");
    }
}
