//! Which files of a crate import from which others, as far as paths show it: `use` items, and paths in code that begin
//! with `crate::`, `super::`, `self::`, or a module. A path is followed through re-exports to the file that declares
//! the name. A `lib.rs`, `main.rs`, or `mod.rs` that only declares and re-exports is not part of a cycle.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::{code, sources};

/// A module: its path from the root of its crate.
type Module = Vec<String>;

/// A path in code: its segments, and the name that its last segment is imported under.
struct Reached {
    path: Vec<String>,
    name: String,
}

struct Source {
    file: String,
    module: Module,
    /// Whether the file only declares and re-exports.
    is_table: bool,
    uses: Vec<Reached>,
    others: Vec<Vec<String>>,
}

/// The imports between the files of one crate.
pub(crate) struct Imports {
    sources: Vec<Source>,
    places: BTreeMap<Module, usize>,
    /// The path that a name is re-exported from, by module and name.
    exports: BTreeMap<(usize, String), Vec<String>>,
}

impl Imports {
    /// Reads the imports of a crate of the workspace.
    pub(crate) fn of(name: &str) -> Imports {
        let root = format!("crates/{name}/src/");
        let modules = sources().into_iter().filter_map(|(file, text)| {
            let module = module_of(file.strip_prefix(&root)?);
            Some((file, module, text))
        });
        Imports::read(modules.collect())
    }

    fn read(texts: Vec<(String, Module, String)>) -> Imports {
        let sources: Vec<Source> =
            texts.into_iter().map(|(file, module, text)| Source::read(file, module, &code(&text))).collect();
        // Beside a library, the program that begins in `main.rs` is a crate of its own.
        let has_library = sources.iter().any(|one| one.file.ends_with("/lib.rs"));
        let is_place = |one: &Source| !(has_library && one.file.ends_with("/main.rs"));
        let places = sources.iter().enumerate().filter(|(_, one)| is_place(one));
        let places = places.map(|(at, one)| (one.module.clone(), at)).collect();
        let exports = sources
            .iter()
            .enumerate()
            .flat_map(|(at, one)| {
                one.uses.iter().map(move |reached| ((at, reached.name.clone()), reached.path.clone()))
            })
            .collect();
        Imports { sources, places, exports }
    }

    /// Returns the file that declares what a path in a module leads to.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        let mut module = self.sources[from].module.clone();
        let mut rest = rest;
        match first.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => {
                module.pop();
                while let Some(("super", behind)) =
                    rest.split_first().map(|(next, rest)| (next.as_str(), rest))
                {
                    module.pop();
                    rest = behind;
                }
            }
            child => {
                module.push(child.to_owned());
                self.places.get(&module)?;
            }
        }
        while let Some((next, behind)) = rest.split_first() {
            module.push(next.clone());
            if !self.places.contains_key(&module) {
                module.pop();
                break;
            }
            rest = behind;
        }
        let place = *self.places.get(&module)?;
        let Some(name) = rest.first() else { return Some(place) };
        match self.exports.get(&(place, name.clone())) {
            // Submodules may import a name that the file imports for itself.
            Some(behind) if depth > 0 && place != from => {
                self.resolve(place, behind, depth - 1).or(Some(place))
            }
            _ => Some(place),
        }
    }

    /// Returns which files each file imports from.
    fn edges(&self) -> Vec<BTreeSet<usize>> {
        let of = |(at, source): (usize, &Source)| {
            let paths = source.uses.iter().map(|reached| &reached.path).chain(&source.others);
            let found = paths.filter_map(|path| self.resolve(at, path, 8));
            found.filter(|to| *to != at && !source.is_table && !self.sources[*to].is_table).collect()
        };
        self.sources.iter().enumerate().map(of).collect()
    }

    /// Returns the files of each import cycle, sorted.
    pub(crate) fn cycles(&self) -> Vec<Vec<String>> {
        let edges = self.edges();
        let reached: Vec<BTreeSet<usize>> = (0..edges.len()).map(|from| reach(&edges, from)).collect();
        let mut seen = BTreeSet::new();
        let mut cycles = Vec::new();
        for at in 0..edges.len() {
            if !reached[at].contains(&at) || !seen.insert(at) {
                continue;
            }
            let circle: Vec<usize> =
                reached[at].iter().copied().filter(|other| reached[*other].contains(&at)).collect();
            seen.extend(&circle);
            cycles.push(circle.into_iter().map(|one| self.sources[one].file.clone()).collect());
        }
        cycles
    }
}

/// Returns every file that can be reached from one by following at least one import.
fn reach(edges: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut next: Vec<usize> = edges[from].iter().copied().collect();
    while let Some(at) = next.pop() {
        if found.insert(at) {
            next.extend(&edges[at]);
        }
    }
    found
}

/// Returns the module of a file: `pages/staff/mod.rs` is `pages::staff`.
fn module_of(file: &str) -> Module {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let mut module: Module = stem.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

impl Source {
    fn read(file: String, module: Module, code: &str) -> Source {
        let mut uses = Vec::new();
        let mut rest = String::with_capacity(code.len());
        let mut remaining = code;
        while let Some((before, after)) = split_at_use(remaining) {
            rest.push_str(before);
            let (tree, behind) = after.split_once(';').unwrap_or((after, ""));
            read_tree(&[], tree, &mut uses);
            remaining = behind;
        }
        rest.push_str(remaining);
        let ends = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| file.ends_with(name));
        let is_table = ends && only_declares(&rest);
        let others = paths_in(&rest);
        Source { file, module, is_table, uses, others }
    }
}

/// Returns the code before the next `use` item, and its tree with the code that follows.
fn split_at_use(code: &str) -> Option<(&str, &str)> {
    code.match_indices("use ").find_map(|(at, word)| {
        let is_word = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        is_word.then(|| (&code[..at], &code[at + word.len()..]))
    })
}

/// Reads a use tree: `a::{b, c as d}` is `a::b` and `a::c`, the latter under the name `d`.
fn read_tree(prefix: &[String], tree: &str, found: &mut Vec<Reached>) {
    let tree = tree.trim();
    if tree.starts_with("::") {
        // A crate from outside the workspace.
        return;
    }
    let (path, inner) = match tree.split_once('{') {
        Some((path, inner)) => (path, Some(inner.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let (path, renamed) = path.split_once(" as ").map_or((path, None), |(path, name)| (path, Some(name)));
    let mut segments = prefix.to_vec();
    segments.extend(path.split("::").map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned));
    let Some(inner) = inner else {
        if segments.last().is_some_and(|last| last == "self") && segments.len() > 1 {
            segments.pop();
        }
        let name = renamed.map_or_else(|| segments.last().cloned(), |name| Some(name.trim().to_owned()));
        found.push(Reached { name: name.unwrap_or_default(), path: segments });
        return;
    };
    let mut depth = 0_usize;
    let mut begin = 0;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                read_tree(&segments, &inner[begin..at], found);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if !inner[begin..].trim().is_empty() {
        read_tree(&segments, &inner[begin..], found);
    }
}

/// Returns whether code without its `use` items contains only modules, attributes, and visibilities.
fn only_declares(code: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = String::new();
    for c in code.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => rest.push(c),
            _ => {}
        }
    }
    rest.split([';', '\n']).all(|item| {
        let words: Vec<&str> = item.split_whitespace().filter(|word| !["#", "#!"].contains(word)).collect();
        matches!(words.as_slice(), [] | ["mod", _] | ["pub" | "pub(crate)" | "pub(super)"])
            || matches!(words.as_slice(), ["pub" | "pub(crate)" | "pub(super)", "mod", _])
    })
}

/// Returns every path in code with at least two segments.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for part in code.split(|c: char| !is_part(c)) {
        if part.contains("::") && !part.starts_with("::") {
            let path: Vec<String> =
                part.split("::").filter(|one| !one.is_empty()).map(str::to_owned).collect();
            if path.len() > 1 {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn import_cycles_are_found_through_re_exports() {
    let crate_of = |texts: &[(&str, &str)]| {
        let read = |(file, text): &(&str, &str)| ((*file).to_owned(), module_of(file), (*text).to_owned());
        Imports::read(texts.iter().map(read).collect())
    };
    let lib =
        ("lib.rs", "//! X.\nmod a;\nmod b;\n#[cfg(x)]\npub mod c;\n\npub use a::{A, helper as help};\n");
    let a = ("a.rs", "use crate::b::B;\npub struct A;");
    let b = ("b.rs", "use std::fmt;\npub struct B(crate::A);");
    let c = ("c.rs", "use super::{a::A, b::{self, B}};\nfn c() -> A { b::make() }");
    assert_eq!(crate_of(&[lib, a, b, c]).cycles(), [["a.rs", "b.rs"]]);
    assert!(crate_of(&[lib, a, ("b.rs", "use ::a::A;\npub struct B(Vec<u8>);"), c]).cycles().is_empty());
    // A file that declares modules and also contains code is a file like any other.
    let does = ("lib.rs", "mod a;\npub use a::A;\npub fn lib() {}");
    let asks = ("a.rs", "fn a() { crate::lib() }");
    assert_eq!(crate_of(&[does, asks]).cycles(), [["lib.rs", "a.rs"]]);
}
