//! The length of functions: 99 of 100 fit on a screen, and none is longer than two screens. The test prints the
//! numbers.

use crate::guard::sources;

/// Ninety-nine of a hundred functions have fewer lines than this.
const NEARLY_ALL: usize = 60;
/// No function has more lines than this.
const LONGEST: usize = 100;

/// Returns the functions of a source file with their numbers of lines, from the name to the last brace. Because the
/// source is formatted, a function ends at the first closing brace with its own indentation. Test modules are left out.
fn functions(text: &str) -> Vec<(String, usize)> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = name_of_function(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let is_end = |line: &&str| {
            // A trait function without a body ends with its signature.
            line.strip_prefix(indent)
                .is_some_and(|rest| rest == "}" || (rest.starts_with(')') && rest.ends_with(';')))
        };
        let is_short = line.ends_with('}') || line.ends_with(';');
        let more =
            if is_short { Some(0) } else { lines[at + 1..].iter().position(is_end).map(|end| end + 1) };
        found.push((name.to_owned(), 1 + more.unwrap_or_else(|| panic!("{name} does not end"))));
    }
    found
}

/// Returns the name of the function that begins on this line, if one does.
fn name_of_function(line: &str) -> Option<&str> {
    let (before, rest) = line.trim_start().split_once("fn ")?;
    let words = ["pub", "pub(crate)", "pub(super)", "pub(in", "const", "async", "unsafe", "extern"];
    let is_declared = before.split_whitespace().all(|word| words.contains(&word));
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (is_declared && !name.is_empty()).then_some(name)
}

#[test]
fn functions_fit_on_a_screen() {
    let mut all: Vec<(usize, String)> = Vec::new();
    for (file, text) in sources() {
        all.extend(functions(&text).into_iter().map(|(name, lines)| (lines, format!("{file}: {name}"))));
    }
    all.sort();
    assert!(all.len() > 1_000, "{} functions", all.len());
    let lines = |percent: usize| all[(all.len() - 1) * percent / 100].0;
    let (longest, name) = all.last().expect("there is one");
    println!(
        "{} functions: half have at most {} lines, 90 % {}, 99 % {}; the longest has {longest} ({name})",
        all.len(),
        lines(50),
        lines(90),
        lines(99)
    );
    assert!(
        lines(99) < NEARLY_ALL,
        "99 % of the functions have at most {} lines; this must be less than {NEARLY_ALL}",
        lines(99)
    );
    let wrong: Vec<String> = all
        .iter()
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert!(wrong.is_empty(), "at most {LONGEST} lines a function:\n{}", wrong.join("\n"));
}

#[test]
fn function_lengths_are_counted_correctly() {
    let text = "pub async fn a(\n    x: u8,\n) -> u8 {\n    fn b() {}\n    x\n}\n// fn c() {\ntrait T {\n    fn d(&self);\n    fn e(\n        x: u8,\n    );\n}\n#[cfg(test)]\nmod tests {\n    fn f() {\n    }\n}\n";
    let found = functions(text);
    let found: Vec<(&str, usize)> = found.iter().map(|(name, lines)| (name.as_str(), *lines)).collect();
    assert_eq!(found, [("a", 6), ("b", 1), ("d", 1), ("e", 3)]);
}
