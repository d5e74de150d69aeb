//! Guards of the layout: sizes, import cycles, names that two crates export, and unused dependencies.
//!
//! Each guard has a list of known exceptions. A list may only get shorter: an exception that is no longer needed fails
//! the test, too.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::{code, files, sources};
use crate::imports::Imports;

/// The maximum number of source files in a folder.
const FILES_OF_A_FOLDER: usize = 15;
/// The maximum number of source lines in a crate.
const LINES_OF_A_CRATE: usize = 8_000;

/// Crates that must stay smaller, and how many lines they have at most. The program only puts the other crates together.
const SMALL_CRATES: &[(&str, usize)] = &[("coresync", 6_000)];

/// Folders that hold more files, and how many at most.
const LARGE_FOLDERS: &[(&str, usize)] = &[];
/// Crates that have more lines, and how many at most.
const LARGE_CRATES: &[(&str, usize)] = &[];
/// Folders whose files import each other in cycles.
const CYCLES_IN: &[&str] = &[];
/// Names that two crates export.
const TWO_MEANINGS: &[&str] = &[];

/// Crates for development only. Nothing that they export is part of the product.
const FOR_DEVELOPMENT: [&str; 3] = ["bench", "reference", "testing"];

fn crate_of(path: &str) -> &str {
    path.split('/').nth(1).expect("a path under crates")
}

/// Fails if something is too large, or if an exception is not needed or not sufficient.
#[allow(clippy::print_stdout, reason = "sizes are printed for people")]
fn check_sizes(what: &str, sizes: &BTreeMap<String, usize>, most: usize, exceptions: &[(&str, usize)]) {
    let excused = |name: &str| exceptions.iter().find(|(one, _)| *one == name).map(|(_, most)| *most);
    let wrong: Vec<String> = sizes
        .iter()
        .filter(|(name, size)| **size > excused(name).unwrap_or(most))
        .map(|(name, size)| format!("{name}: {size}"))
        .collect();
    let (largest, size) = sizes.iter().max_by_key(|(_, size)| **size).expect("there is one");
    println!("at most {most} {what}: the most are {size} ({largest})");
    assert!(wrong.is_empty(), "at most {most} {what}:\n{}", wrong.join("\n"));
    for (name, _) in exceptions {
        let size = sizes.get(*name).copied().unwrap_or_default();
        assert!(size > most, "{name} has {size} {what}: it is no exception any more");
    }
}

#[test]
fn no_folder_has_too_many_files() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in files("crates", "rs") {
        let (folder, _) = name.rsplit_once('/').expect("a folder");
        *counts.entry(folder.to_owned()).or_default() += 1;
    }
    check_sizes("files in a folder", &counts, FILES_OF_A_FOLDER, LARGE_FOLDERS);
}

#[test]
fn no_crate_is_too_large() {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in sources() {
        *lines.entry(crate_of(&name).to_owned()).or_default() += text.lines().count();
    }
    for (name, most) in SMALL_CRATES {
        let size = lines.get(*name).copied().unwrap_or_default();
        assert!((1..=*most).contains(&size), "{name}: {size} lines, at most {most}");
    }
    check_sizes("lines in a crate", &lines, LINES_OF_A_CRATE, LARGE_CRATES);
}

#[test]
fn files_have_no_import_cycles() {
    let mut needed = BTreeSet::new();
    let mut wrong = Vec::new();
    let crates: BTreeSet<String> = sources().iter().map(|(name, _)| crate_of(name).to_owned()).collect();
    for name in &crates {
        for circle in Imports::of(name).cycles() {
            let excuse = CYCLES_IN.iter().find(|folder| circle.iter().all(|file| file.starts_with(**folder)));
            match excuse {
                Some(folder) => drop(needed.insert(*folder)),
                None => wrong.push(circle.join(" ")),
            }
        }
    }
    println!("{} import cycles in {} crates", wrong.len() + needed.len(), crates.len());
    assert!(wrong.is_empty(), "files that import each other, directly or not:\n{}", wrong.join("\n"));
    for folder in CYCLES_IN {
        assert!(needed.contains(folder), "there is no circle in {folder}: it is no exception any more");
    }
}

/// Returns the names of the public types that a source file declares.
fn public_types(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let mut words = line.trim_start().strip_prefix("pub ")?.split([' ', '<', '(', ';', ':', '{']);
        let kind = words.next()?;
        ["struct", "enum", "trait", "type", "union"].contains(&kind).then(|| words.next())?
    })
}

/// Returns the names of all types that a source file declares. An indented `type` without `pub` belongs to a trait.
fn declared_types(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let plain = line.trim_start();
        let (visibility, rest) = match plain.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => ("pub", rest.split_once(") ")?.1),
            Some(rest) => ("pub", rest.strip_prefix(' ')?),
            None => ("", plain),
        };
        let mut words = rest.split([' ', '<', '(', ';', ':', '{']);
        let kind = words.next()?;
        let is_associated = kind == "type" && visibility.is_empty() && plain.len() < line.len();
        let is_type = ["struct", "enum", "trait", "type", "union"].contains(&kind) && !is_associated;
        is_type.then(|| words.next())?
    })
}

#[test]
fn no_crate_declares_a_type_name_twice() {
    let mut places: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, text) in sources() {
        for found in declared_types(&code(&text)) {
            places.entry((crate_of(&name).to_owned(), found.to_owned())).or_default().push(name.clone());
        }
    }
    assert!(places.len() > 700, "{} types", places.len());
    let twice: Vec<String> = places
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|((of, name), files)| format!("{of}: {name} in {}", files.join(", ")))
        .collect();
    assert!(twice.is_empty(), "one name, two meanings in a crate:\n{}", twice.join("\n"));
}

#[test]
fn no_two_crates_export_the_same_type_name() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in sources() {
        let of = crate_of(&name);
        if !FOR_DEVELOPMENT.contains(&of) {
            for found in public_types(&code(&text)) {
                places.entry(found.to_owned()).or_default().insert(of.to_owned());
            }
        }
    }
    places.retain(|_, crates| crates.len() > 1);
    let known: BTreeSet<&str> = TWO_MEANINGS.iter().copied().collect();
    let found: BTreeSet<&str> = places.keys().map(String::as_str).collect();
    let new: Vec<String> =
        found.difference(&known).map(|name| format!("{name}: {:?}", places[*name])).collect();
    assert!(new.is_empty(), "one name, two meanings:\n{}", new.join("\n"));
    let gone: Vec<&&str> = known.difference(&found).collect();
    assert!(gone.is_empty(), "no exceptions any more: {gone:?}");
}

/// Returns the dependencies of a manifest: the section and the name.
fn dependencies(manifest: &str) -> Vec<(&str, &str)> {
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if section.ends_with("dependencies")
            && let Some((name, _)) = line.split_once(['.', ' ', '='])
            && !name.is_empty()
            && !name.starts_with('#')
        {
            found.push((section, name));
        }
    }
    found
}

/// A dependency is used if its name occurs in the code of its crate: in `src`, and for a development dependency also in
/// `tests`.
#[test]
fn every_dependency_is_used() {
    let texts: Vec<(String, BTreeSet<String>)> = files("crates", "rs")
        .into_iter()
        .map(|(name, text)| {
            let words =
                text.split("//").flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'));
            (name, words.map(str::to_owned).collect())
        })
        .collect();
    let mut all = BTreeSet::new();
    let mut unused = Vec::new();
    for (manifest, text) in files("crates", "toml") {
        let Some(folder) = manifest.strip_suffix("Cargo.toml") else { continue };
        for (section, name) in dependencies(&text) {
            all.insert(name.to_owned());
            let is_for_tests = section == "dev-dependencies";
            let word = name.replace('-', "_");
            let is_used = texts.iter().any(|(file, words)| {
                let place = file.strip_prefix(folder).unwrap_or_default();
                let counts = place.starts_with("src/") || (is_for_tests && place.starts_with("tests/"));
                counts && words.contains(&word)
            });
            if !is_used {
                unused.push(format!("{folder}: {name} ({section})"));
            }
        }
    }
    for (manifest, text) in files("", "toml").into_iter().filter(|(name, _)| name == "Cargo.toml") {
        for (_, name) in dependencies(&text) {
            if !all.contains(name) {
                unused.push(format!("{manifest}: {name}"));
            }
        }
    }
    assert!(unused.is_empty(), "dependencies that nobody uses:\n{}", unused.join("\n"));
}

#[test]
fn manifests_and_type_declarations_are_parsed() {
    let manifest =
        "[package]\nname = \"x\"\n[dependencies]\nkit.workspace = true\nserde = \"1\"\n\n[lints]\nx = true\n";
    assert_eq!(dependencies(manifest), [("dependencies", "kit"), ("dependencies", "serde")]);
    let code =
        "pub struct A<T>(T);\n    pub enum B {\npub(crate) struct C;\npub fn d() {}\npub type E = A<u8>;";
    assert_eq!(public_types(code).collect::<Vec<_>>(), ["A", "B", "E"]);
    let code = "struct A {\npub(crate) enum B {\n    type C = u8;\n    pub struct D {\ntype E = u8;\npublic struct F;";
    assert_eq!(declared_types(code).collect::<Vec<_>>(), ["A", "B", "D", "E"]);
}
