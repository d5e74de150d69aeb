//! Output for other programs, with generated texts: CSV and calendar files contain exactly the texts that were written
//! to them. Uploaded files with any bytes are examined without a panic.

use jiff::Timestamp;
use messages::calendar::{Event, Party, ics};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::parsers::{is_long, seed};
use crate::pictures::photograph;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: if is_long() { 10_000 } else { 100 },
        rng_seed: RngSeed::Fixed(seed()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Texts with the characters that have a meaning in CSV and calendar files.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,60}", "[a-z,;:\"\\\\\r\n\t=+@ -]{0,30}", ".{0,120}"]
}

/// Parses the records of a CSV file (RFC 4180).
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {
                chars.next();
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && record.is_empty() && !quoted, "the last record is not terminated");
    records
}

/// Returns the body of a response as text.
fn text_of(response: axum::response::Response) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let bytes = runtime.block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).expect("a body");
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Returns the unescaped value of a property of a calendar file.
fn property(file: &str, name: &str) -> String {
    let line = file.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}:")));
    let mut chars = line.unwrap_or_else(|| panic!("no {name}: {file}")).chars();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                other => text.extend(other),
            },
            c => text.push(c),
        }
    }
    text
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_csv_file_contains_the_cells_it_was_given(rows in prop::collection::vec(prop::collection::vec(any_text(), 2), 0..5)) {
        let cells = |row: &Vec<String>| row.iter().map(|text| ui::cell(text.as_str())).collect();
        let table = ui::Table { caption: "x", head: vec!["a", "b"], rows: rows.iter().map(cells).collect(), csv: None };
        let text = text_of(ui::csv("x", &table));
        let found = records(text.strip_prefix('\u{feff}').expect("a byte order mark"));
        let escaped = |row: &Vec<String>| row.iter().map(|text| ui::escape_formula(text)).collect::<Vec<_>>();
        prop_assert_eq!(&found[1..], rows.iter().map(escaped).collect::<Vec<_>>());
        for cell in found.iter().flatten() {
            prop_assert!(!cell.trim_start().starts_with(['=', '@']) && !cell.starts_with(['+', '-', '\t', '\r']));
        }
    }

    #[test]
    fn a_calendar_file_contains_the_texts_it_was_given(summary in any_text(), description in any_text(), name in any_text(), email in any_text()) {
        let party = || Party { name: name.clone(), email: email.clone() };
        let moment: Timestamp = "2026-11-24T18:30:00-05:00".parse().expect("a moment");
        let event = Event {
            uid: "booking-17@club.example".to_owned(), sequence: 1, starts_at: moment, ends_at: moment,
            stamped_at: moment, summary: summary.clone(), location: name.clone(), description: description.clone(),
            cancelled: false, organizer: party(), attendee: party(),
        };
        let file = ics(&[event]);
        prop_assert!(file.split("\r\n").all(|line| line.len() <= 75));
        prop_assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
        let unfolded = file.replace("\r\n ", "");
        prop_assert_eq!(unfolded.split("\r\n").count(), 20, "{}", unfolded);
        let expected = |text: &str| {
            text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>()
        };
        prop_assert_eq!(property(&unfolded, "SUMMARY"), expected(&summary));
        prop_assert_eq!(property(&unfolded, "DESCRIPTION"), expected(&description));
    }

    #[test]
    fn uploads_of_arbitrary_bytes_do_not_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut near = photograph(40, 30);
        for (at, byte) in edits {
            let at = at.index(near.len().min(80));
            near[at] = byte;
        }
        near.truncate(length.index(near.len() + 1));
        for bytes in [bytes, near] {
            let _ = pictures::check(&bytes);
            pictures::is_photograph(&bytes);
            pictures::is_film(&bytes);
        }
    }
}
