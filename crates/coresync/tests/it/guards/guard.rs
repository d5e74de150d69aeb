//! Guards of the code: statements, sizes, names, templates, and forgotten files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kit::db::Sql;
use testing::TestClub;

use crate::whole::WholeProgram as _;

/// The maximum length of a file in lines.
const LONGEST: usize = 600;
/// How many statements may differ between the engines.
const MOST_SPLIT: usize = 12;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// Returns every file with an extension, or without one, under a folder of the workspace: its path from the root, and its
/// text.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let root = root();
    walk(&root.join(folder), &mut |path| {
        if path.extension().unwrap_or_default() == ending {
            let name = path.strip_prefix(&root).expect("under the root").display().to_string();
            found.push((name, std::fs::read_to_string(path).expect("a text")));
        }
    });
    found.sort();
    found
}

fn walk(folder: &Path, see: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            walk(&path, see);
        } else if path.is_file() {
            see(&path);
        }
    }
}

/// Returns the source files of every crate, without its tests.
pub(crate) fn sources() -> Vec<(String, String)> {
    files("crates", "rs").into_iter().filter(|(name, _)| name.contains("/src/")).collect()
}

fn templates() -> Vec<(String, String)> {
    files("crates", "html")
}

/// Returns the code of a source file without comments, texts, and unit tests.
pub(crate) fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(literal) = rest.strip_prefix("r#\"") {
            rest = literal.find("\"#").map_or("", |end| &literal[end + 2..]);
        } else if let Some(literal) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = literal.find(|c: char| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.map_or("", |end| &literal[end + 1..]);
            out.push_str("\"\"");
        } else {
            let mut chars = rest.chars();
            // A quotation mark in a character literal does not begin a text.
            if let Some(after) = rest.strip_prefix("'\"'").or_else(|| rest.strip_prefix("'\\\"'")) {
                rest = after;
            } else {
                out.extend(chars.next());
                rest = chars.as_str();
            }
        }
    }
    out
}

#[tokio::test]
async fn every_statement_can_be_prepared_by_the_engine() {
    let app = TestClub::open().await;
    let mut wrong = Vec::new();
    for sql in Sql::all() {
        if let Err(error) = app.db().view(move |tx| tx.prepare(sql)).await {
            wrong.push(format!("{}:{}: {error}", sql.file, sql.line));
        }
    }
    assert!(wrong.is_empty(), "on {}:\n{}", app.db().engine_name(), wrong.join("\n"));
}

/// The register of statements is complete: every statement of the source code is linked into this test.
#[test]
fn every_statement_is_registered() {
    let mut registered: BTreeMap<String, usize> = BTreeMap::new();
    for sql in Sql::all().filter(|sql| sql.file.contains("/src/")) {
        *registered.entry(sql.file.to_owned()).or_default() += 1;
    }
    let mut written: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in sources() {
        let count = code(&text).matches("sql!(").count();
        // The macro itself is excluded, and so is the bench, which is a separate program.
        let is_apart = name == "crates/kit/src/db/sql.rs" || name.starts_with("crates/bench/");
        if count > 0 && !is_apart {
            written.insert(name, count);
        }
    }
    assert_eq!(registered, written);
    let all: usize = registered.values().sum();
    assert!(all >= 60, "{all} statements");
}

#[test]
fn few_statements_differ_between_the_engines() {
    let split: Vec<String> =
        Sql::all().filter(|sql| sql.is_split()).map(|sql| format!("{}:{}", sql.file, sql.line)).collect();
    assert!(split.len() <= MOST_SPLIT, "{} statements are split:\n{}", split.len(), split.join("\n"));
}

/// Returns the files of the web and browser tests that people write: styles, scripts, artwork, journeys.
pub(crate) fn web_files() -> Vec<(String, String)> {
    let kinds = [("web", "css"), ("web", "ts"), ("web", "mjs"), ("e2e", "mjs"), ("e2e", "py")];
    let all = kinds.iter().flat_map(|(folder, ending)| files(folder, ending));
    all.filter(|(name, _)| !name.starts_with("web/dist/") && !name.starts_with("web/.cache/")).collect()
}

#[test]
fn no_file_is_too_long() {
    let all: Vec<(usize, String)> = sources()
        .into_iter()
        .chain(templates())
        .chain(files("crates", "rs").into_iter().filter(|(name, _)| name.contains("/tests/")))
        .chain(web_files())
        .map(|(name, text)| (text.lines().count(), name))
        .collect();
    assert!(all.iter().any(|(_, name)| name.starts_with("web/styles/")), "web/ is read");
    assert!(all.iter().any(|(_, name)| name.starts_with("e2e/journeys/")), "e2e/ is read");
    let (lines, name) = all.iter().max().expect("there is one");
    println!("{} files; the longest has {lines} lines ({name})", all.len());
    let long: Vec<String> = all
        .iter()
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "at most {LONGEST} lines a file:\n{}", long.join("\n"));
}

/// The crates in the first column of the list in ARCHITECTURE.md are the crates of the workspace.
#[test]
fn the_architecture_lists_every_crate() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let (_, rest) = text.split_once("## Crates").expect("the section");
    let list = rest.split("```").nth(1).expect("the list");
    let mut listed: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let entries = std::fs::read_dir(root().join("crates")).expect("the crates");
    let mut crates: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    listed.sort_unstable();
    crates.sort_unstable();
    assert_eq!(listed, crates);
}

/// The crate `kit` contains no words of a spa. `club` is not in the list: it is the key by which tables are divided.
#[test]
fn kit_contains_no_spa_terms() {
    const NOUNS: [&str; 8] =
        ["booking", "room", "guest", "member", "spa", "technician", "treatment", "massage"];
    for (name, text) in sources().into_iter().filter(|(name, _)| name.starts_with("crates/kit/src/")) {
        for (at, line) in code(&text).lines().enumerate() {
            for word in words(line) {
                let plain = word.strip_suffix('s').unwrap_or(&word);
                assert!(!NOUNS.contains(&plain), "{name}, line {} of its code: {}", at + 1, line.trim());
            }
        }
    }
}

/// Splits a line into words. `BookedRoom` and `booked_room` are two words.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in line.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if c.is_alphabetic() {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The content security policy of every response forbids inline styles and scripts, so a browser would ignore them.
#[test]
fn templates_contain_no_inline_style_script_or_handler() {
    for (name, text) in templates() {
        // Emails contain their style sheet, because mail programs do not load one from a server.
        let is_email = name.contains("/mail/");
        for (at, line) in text.lines().enumerate() {
            let low = line.to_lowercase();
            let place = format!("{name}:{}: {}", at + 1, line.trim());
            assert!(
                !low.contains(" style=") && (is_email || !low.contains("<style")),
                "an inline style: {place}"
            );
            assert!(!low.contains("javascript:"), "a script in an address: {place}");
            assert!(!low.contains("<script") || low.contains(" src="), "an inline script: {place}");
            let handler = low.match_indices(" on").any(|(from, _)| {
                let name: String = low[from + 3..].chars().take_while(char::is_ascii_lowercase).collect();
                !name.is_empty() && low[from + 3 + name.len()..].starts_with("=\"")
            });
            assert!(!handler, "an inline handler: {place}");
            assert!(!low.contains("|safe"), "unescaped text: {place}");
        }
    }
    for (name, text) in files("web", "css").into_iter().chain(files("crates", "css")) {
        assert!(!text.contains("!important"), "{name}: order the rules instead");
    }
}

#[test]
fn unwrap_is_used_only_in_tests() {
    for (name, text) in sources() {
        for (at, line) in code(&text).lines().enumerate() {
            assert!(!line.contains(".unwrap()"), "{name}, line {} of its code: {}", at + 1, line.trim());
        }
    }
}

/// Every file is declared as a module: one that is not is never compiled, and its tests never run.
#[test]
fn every_source_file_is_declared_as_a_module() {
    let all = files("crates", "rs");
    let texts: BTreeMap<&str, &str> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    for (name, _) in &all {
        let path = Path::new(name);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a plain name");
        let folder = path.parent().expect("a folder");
        let is_root = ["lib", "main", "build"].contains(&stem)
            || folder.ends_with("tests")
            || folder.ends_with("benches")
            || folder.ends_with("examples")
            || folder.ends_with("src/bin");
        if is_root {
            continue;
        }
        let (folder, stem) = if stem == "mod" {
            let name = folder.file_name().and_then(|one| one.to_str()).expect("a plain name");
            (folder.parent().expect("a folder"), name)
        } else {
            (folder, stem)
        };
        let beside = folder.with_extension("rs").display().to_string();
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|one| folder.join(one).display().to_string());
        // Each file in a `tests` folder is a crate root, so any of them may declare a module beside it.
        let is_root_beside =
            |file: &str| folder.ends_with("tests") && Path::new(file).parent() == Some(folder);
        let roots_beside = texts.iter().filter(|(file, _)| is_root_beside(file)).map(|(_, text)| text);
        let parents = parents.iter().chain([&beside]).filter_map(|parent| texts.get(parent.as_str()));
        let known = parents.chain(roots_beside);
        let is_known = |text: &&&str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.windows(2).any(|pair| pair[0] == "mod" && pair[1].trim_end_matches([';', '{']) == stem)
        };
        // A root may also name a file of a folder below it.
        let is_named = texts.iter().any(|(file, text)| {
            let root = Path::new(file).parent().filter(|root| root.ends_with("tests"));
            let below = root.and_then(|root| Path::new(&name).strip_prefix(root).ok());
            below.is_some_and(|below| text.contains(&format!("#[path = \"{}\"]", below.display())))
        });
        assert!(is_named || known.clone().any(|text| is_known(&text)), "{name} is nobody's module");
    }
}

#[test]
fn comments_and_strings_are_removed_from_code() {
    let text =
        "let room = \"a // \\\" guest\"; // member\nlet c = '\"'; spa()\n#[cfg(test)]\nmod tests { unwrap }";
    assert_eq!(code(text), "let room = \"\"; \nlet c = ; spa()\n");
    assert_eq!(words("fn booked_room(BookedGuest)"), ["fn", "booked", "room", "booked", "guest"]);
}
