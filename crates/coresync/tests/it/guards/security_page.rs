//! Guards of the page about the ASVS and of the status of the plan: what they name as evidence exists, and the table of
//! the first counts its rows.

use std::collections::BTreeMap;

use crate::guard::{files, sources};
use crate::permissions::TABLE;

const PAGE: &str = "docs/security/asvs-5.0-level-2.md";
const PLAN: &str = "docs/plan-checklist.md";
/// The crates of the workspace are folders here.
const CRATES: &str = "crates/";
/// The folders at the root of the workspace that the page may name files of.
const FOLDERS: [&str; 6] = ["bin/", "crates/", "docs/", "e2e/", "migrations/", "web/"];

fn page() -> String {
    let mut found = files("docs/security", "md").into_iter().filter(|(name, _)| name == PAGE);
    found.next().expect("the page").1
}

/// Returns what the rows of the page set as code.
fn named(page: &str) -> Vec<&str> {
    page.lines().filter(|line| line.starts_with('|')).flat_map(code).collect()
}

/// Returns what a text sets as code.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the entries of the plan that are checked as done, each on one line.
fn done() -> Vec<String> {
    let (_, plan) = files("docs", "md").into_iter().find(|(name, _)| name == PLAN).expect("the plan");
    let entries = plan.split("\n- [").skip(1).filter_map(|entry| entry.strip_prefix("x] "));
    entries.map(|entry| entry.replace('\n', " ")).collect()
}

fn is_name(text: &str) -> bool {
    text.chars().all(|one| one.is_ascii_alphanumeric() || one == '_') && text.contains(char::is_alphabetic)
}

/// Returns whether the text contains this word.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
}

/// Returns whether a source file declares an item of this name, is a module of this name, or exports it.
fn declares((file, text): &(String, String), name: &str) -> bool {
    const KINDS: [&str; 8] = ["fn", "struct", "enum", "trait", "const", "static", "type", "mod"];
    let is_module = file.ends_with(&format!("/{name}.rs")) || file.contains(&format!("/{name}/"));
    let is_item = KINDS.iter().any(|kind| has_word(text, &format!("{kind} {name}")));
    let mut exports = text.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next());
    is_module || is_item || exports.any(|export| has_word(export, name))
}

/// The files of the workspace that the page is compared with.
struct Workspace {
    sources: Vec<(String, String)>,
    tests: Vec<(String, String)>,
}

impl Workspace {
    /// Returns what is wrong with a name in the page, or `None`.
    fn problem_with(&self, name: &str) -> Option<&'static str> {
        let is_file = FOLDERS.iter().any(|folder| name.starts_with(folder)) || name.ends_with("-lock.json");
        if is_file {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
            return (!path.exists()).then_some("there is no such file");
        }
        if name.ends_with(".rs") {
            let ending = format!("/{name}");
            let is_there =
                |(file, _): &(String, String)| file.contains("/tests/it/") && file.ends_with(&ending);
            return (!self.tests.iter().any(is_there)).then_some("there is no such file of tests");
        }
        if name.split("::").all(is_name) && name.contains("::") {
            return self.problem_with_item(name);
        }
        let path = name.split_once(' ').map_or(name, |(_, path)| path);
        if path.starts_with('/') {
            let is_route = |line: &str| line.split(' ').any(|word| word == path);
            return (!TABLE.lines().any(is_route)).then_some("there is no such route");
        }
        if is_name(name) && name.matches('_').count() >= 3 && !name.starts_with("__") {
            let function = format!("fn {name}");
            let mut all = self.tests.iter().chain(&self.sources);
            return (!all.any(|(_, text)| has_word(text, &function))).then_some("there is no such test");
        }
        if is_name(name) && name.contains('_') && !name.starts_with("__") {
            let is_there = self.sources.iter().any(|(_, text)| has_word(text, name));
            return (!is_there).then_some("no source file contains it");
        }
        None
    }

    /// Returns what is wrong with a path such as `people::Caller` or `RawInput::secret`.
    fn problem_with_item(&self, path: &str) -> Option<&'static str> {
        let (first, _) = path.split_once("::").expect("a path");
        let folder = format!("{CRATES}{first}/src/");
        let is_crate = self.sources.iter().any(|(file, _)| file.starts_with(&folder));
        if !is_crate && first.starts_with(char::is_lowercase) {
            return Some("there is no such crate");
        }
        let of_crate: Vec<_> =
            self.sources.iter().filter(|(file, _)| !is_crate || file.starts_with(&folder)).collect();
        let mut items = path.split("::").skip(usize::from(is_crate));
        let is_missing = |item: &str| !of_crate.iter().any(|source| declares(source, item));
        // A module of unit tests says nothing: a test has to be named.
        items.any(|item| item == "tests" || is_missing(item)).then_some("its crate has no such item")
    }
}

#[test]
fn all_evidence_named_on_the_page_exists() {
    let tests = files("crates", "rs").into_iter().filter(|(name, _)| name.contains("/tests/"));
    let workspace = Workspace { sources: sources(), tests: tests.collect() };
    let page = page();
    let wrong: Vec<String> = named(&page)
        .into_iter()
        .filter_map(|name| workspace.problem_with(name).map(|why| format!("{name}: {why}")))
        .collect();
    assert!(wrong.is_empty(), "{PAGE}:\n{}", wrong.join("\n"));
    assert!(named(&page).len() > 200, "{}", named(&page).len());
    // The guard itself finds what is not there.
    for gone in [
        "pages::visit",
        "people::ask_address",
        "bookings::Status::may_become",
        "kit::encryption::tests",
        "crates/kit/src/gone.rs",
        "gone.rs",
        "package-lock.json",
        "a_test_that_is_not_there",
        "POST /gone/",
        "gone_setting",
    ] {
        assert!(workspace.problem_with(gone).is_some(), "{gone}");
    }
}

#[test]
fn all_evidence_named_in_the_status_of_the_plan_exists() {
    let tests = files("crates", "rs").into_iter().filter(|(name, _)| name.contains("/tests/"));
    let workspace = Workspace { sources: sources(), tests: tests.collect() };
    let entries = done();
    assert!(entries.len() > 30, "{}", entries.len());
    for entry in &entries {
        assert!(code(entry).next().is_some(), "names no evidence: {entry}");
        for name in code(entry) {
            assert_eq!(workspace.problem_with(name), None, "{name}: {entry}");
        }
    }
}

#[test]
fn the_counts_in_the_summary_table_match_the_rows() {
    let page = page();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut stated = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        match cells[..] {
            [number, level, _, status, _] if number.starts_with(|one: char| one.is_ascii_digit()) => {
                *counts.entry((level, status)).or_default() += 1;
                *counts.entry((level, "all")).or_default() += 1;
            }
            [level @ ("1" | "2"), met, partly, not_yet, none, all] => {
                let columns =
                    [("met", met), ("partly", partly), ("not yet", not_yet), ("n/a", none), ("all", all)];
                for (status, count) in columns {
                    stated.insert((level, status), count.parse().expect("a number"));
                }
            }
            _ => {}
        }
    }
    assert_eq!(counts, stated);
}
