//! The words that were replaced by standard terms (GLOSSARY.md) are not used again: in names, comments, texts, styles,
//! scripts, commands, and documents.

use crate::guard::{code, files, web_files, words};

/// Words that no name contains. They are in lower case. Most of them are ordinary words of prose.
const NAMES: [&str; 49] = [
    "asked",
    "asker",
    "chance",
    "chances",
    "complain",
    "complained",
    "complaint",
    "complaints",
    "deed",
    "deeds",
    "doors",
    "gates",
    "halves",
    "hands",
    "hanging",
    "house",
    "hung",
    "kept",
    "mine",
    "pace",
    "perk",
    "perks",
    "proven",
    "said",
    "sale",
    "seal",
    "sealed",
    "sealer",
    "seals",
    "sheet",
    "sheets",
    "shelf",
    "sight",
    "spot",
    "spots",
    "stamp",
    "stamps",
    "standing",
    "story",
    "sweep",
    "sweeps",
    "swept",
    "told",
    "typed",
    "unseal",
    "unsealed",
    "whence",
    "wish",
    "wishes",
];

/// Words that no comment, text, or document contains either, because no sentence of ours needs them.
const PROSE: [&str; 27] = [
    "asker",
    "complain",
    "complained",
    "complaint",
    "complaints",
    "deed",
    "deeds",
    "doors",
    "hung",
    "perk",
    "perks",
    "seal",
    "sealed",
    "sealer",
    "seals",
    "shelf",
    "stamp",
    "stamps",
    "sweep",
    "sweeps",
    "swept",
    "unseal",
    "unsealed",
    "whence",
    "wish",
    "wished",
    "wishes",
];

/// Names that contain such a word rightly: those of the API contract and of other libraries, and the places that stored
/// values are bound to.
const GIVEN: [&str; 7] = [
    "available_spots",
    "seal_in_place_append_tag",
    "audit_seals.sealed",
    "key_marks.sealed",
    "replies.sealed",
    // Guests read this name of the artwork in no text.
    "the-house",
    "hedvig-letters-serif",
];

/// The parts of a file that are checked differently.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    code: String,
    comments: String,
    /// The texts in quotation marks, each on its line.
    texts: String,
}

/// How a kind of file marks comments and texts.
struct Syntax {
    line: Option<&'static str>,
    block: Option<(&'static str, &'static str)>,
    quotes: &'static [char],
}

const RUST: Syntax = Syntax { line: Some("//"), block: None, quotes: &['"'] };
const SCRIPT: Syntax = Syntax { line: Some("//"), block: Some(("/*", "*/")), quotes: &['"', '\'', '`'] };
const STYLE: Syntax = Syntax { line: None, block: Some(("/*", "*/")), quotes: &['"'] };
const COMMAND: Syntax = Syntax { line: Some("#"), block: None, quotes: &['"', '\''] };

/// Separates the code, the comments, and the texts of a file. All of them keep its lines.
fn parts(text: &str, syntax: &Syntax) -> Parts {
    let mut parts = Parts::default();
    let mut rest = text;
    let mut before = '\n';
    while let Some(next) = rest.chars().next() {
        // In commands, `#` begins a comment only at the beginning of a word.
        let begins = syntax.line.is_some_and(|mark| rest.starts_with(mark))
            && (syntax.line != Some("#") || before.is_whitespace());
        let block = syntax.block.filter(|(open, _)| rest.starts_with(open));
        let is_char = rest.starts_with("'\"'") || rest.starts_with("'\\\"'");
        let (length, part) = if begins {
            (rest.find('\n').unwrap_or(rest.len()), &mut parts.comments)
        } else if let Some((_, close)) = block {
            (rest.find(close).map_or(rest.len(), |end| end + close.len()), &mut parts.comments)
        } else if is_char {
            (rest[1..].find('\'').map_or(1, |end| end + 2), &mut parts.texts)
        } else if rest.starts_with("r#\"") {
            (rest.find("\"#").map_or(rest.len(), |end| end + 2), &mut parts.texts)
        } else if syntax.quotes.contains(&next) {
            (1 + quoted(&rest[1..], next), &mut parts.texts)
        } else {
            (next.len_utf8(), &mut parts.code)
        };
        part.push_str(&rest[..length]);
        // Every part keeps the lines, so that a finding has its line.
        let lines = "\n".repeat(rest[..length].matches('\n').count());
        let is_code = length == next.len_utf8() && !begins && block.is_none();
        let (code, comments, texts) = (&mut parts.code, &mut parts.comments, &mut parts.texts);
        if begins || block.is_some() {
            code.push_str(&lines);
            texts.push_str(&lines);
        } else if is_code && !syntax.quotes.contains(&next) {
            comments.push_str(&lines);
            texts.push_str(&lines);
        } else {
            code.push_str(&lines);
            comments.push_str(&lines);
            texts.push(' ');
        }
        before = rest[..length].chars().next_back().unwrap_or('\n');
        rest = &rest[length..];
    }
    parts
}

/// Returns the length of a text with its closing quotation mark.
fn quoted(text: &str, mark: char) -> usize {
    let mut is_escaped = false;
    let end = text.find(|c: char| {
        let ends = c == mark && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + mark.len_utf8())
}

/// Separates the names of a template (tags, expressions, macros) from its comments, and from what a guest reads.
fn template_parts(text: &str) -> Parts {
    const READ: [&str; 5] = ["aria-label=\"", "alt=\"", "placeholder=\"", "title=\"", "content=\""];
    let mut parts = Parts::default();
    for line in text.lines() {
        let mut rest = line;
        while let Some(from) = rest.find(['<', '{']) {
            parts.texts.push_str(&rest[..from]);
            rest = &rest[from..];
            let ends = match rest.as_bytes() {
                [b'{', b'#', ..] => "#}",
                [b'{', b'%', ..] => "%}",
                [b'{', b'{', ..] => "}}",
                [b'<', ..] => ">",
                _ => "{",
            };
            let end = rest.find(ends).map_or(rest.len(), |end| end + ends.len());
            let mut part = rest[..end].to_owned();
            for name in READ {
                while let Some((before, after)) = part.split_once(name) {
                    let (text, after) = after.split_once('"').unwrap_or((after, ""));
                    parts.texts.push_str(&format!(" {text} "));
                    part = format!("{before}{after}");
                }
            }
            match ends {
                "#}" => parts.comments.push_str(&part),
                // Texts with spaces are read by guests.
                _ => part.split('"').enumerate().for_each(|(at, piece)| {
                    let is_text = at % 2 == 1 && ends != ">" && piece.contains(' ');
                    let part = if is_text { &mut parts.texts } else { &mut parts.code };
                    part.push_str(piece);
                    part.push(' ');
                }),
            }
            rest = &rest[end..];
        }
        parts.texts.push_str(rest);
        for part in [&mut parts.code, &mut parts.comments, &mut parts.texts] {
            part.push('\n');
        }
    }
    parts
}

/// Adds every line of a text that contains one of the words.
fn scan(name: &str, text: &str, refused: &[&str], found: &mut Vec<String>) {
    for (at, line) in text.lines().enumerate() {
        let plain = GIVEN.iter().fold(line.to_owned(), |line, given| line.replace(given, ""));
        if let Some(word) = words(&plain).iter().find(|word| refused.contains(&word.as_str())) {
            found.push(format!("{name}:{}: “{word}”: {}", at + 1, line.trim()));
        }
    }
}

fn check(found: &[String]) {
    assert!(found.is_empty(), "use a term of GLOSSARY.md:\n{}", found.join("\n"));
}

/// The words that comments do not contain: those of prose, and “house”, which only texts for guests say.
fn in_comments() -> Vec<&'static str> {
    PROSE.into_iter().chain(["house"]).collect()
}

/// Adds every line that contains a word which its part of a file must not contain.
fn scan_parts(name: &str, Parts { code, comments, texts }: &Parts, found: &mut Vec<String>) {
    scan(name, code, &NAMES, found);
    scan(name, comments, &in_comments(), found);
    scan(name, texts, &PROSE, found);
}

#[test]
fn no_replaced_word_is_used_in_the_code() {
    let mut found = Vec::new();
    for (name, text) in files("crates", "rs") {
        scan(&name, &code(&text), &NAMES, &mut found);
        // The guards name the words, and the tests of migrations the former names.
        if !name.contains("/guards/") {
            let Parts { comments, texts, .. } = parts(&text, &RUST);
            scan(&name, &comments, &in_comments(), &mut found);
            scan(&name, &texts, &PROSE, &mut found);
        }
    }
    check(&found);
}

#[test]
fn no_replaced_word_is_used_in_templates() {
    let mut found = Vec::new();
    for (name, text) in files("crates", "html") {
        scan_parts(&name, &template_parts(&text), &mut found);
    }
    check(&found);
}

/// Light studies depict shelves and houses, so the code of `web/studies` is excluded.
#[test]
fn no_replaced_word_is_used_in_styles_scripts_and_commands() {
    let mut found = Vec::new();
    let web = web_files().into_iter().filter(|(name, _)| !name.starts_with("web/studies/"));
    let commands = files("bin", "").into_iter().chain(files("bin", "sh"));
    let root = files("", "toml").into_iter().filter(|(name, _)| !name.contains('/'));
    let all: Vec<(String, String)> = web.chain(commands).chain(root).collect();
    for one in ["web/styles/", "web/scripts/", "e2e/journeys/", "bin/", "clippy.toml"] {
        assert!(all.iter().any(|(name, _)| name.starts_with(one)), "{one} is not read");
    }
    for (name, text) in all {
        let syntax = match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "css" => STYLE,
            "ts" | "mjs" => SCRIPT,
            _ => COMMAND,
        };
        scan_parts(&name, &parts(&text, &syntax), &mut found);
    }
    check(&found);
}

/// Returns the documents of the workspace. Installed tools bring documents of their own.
fn documents() -> Vec<(String, String)> {
    let all = files(".", "md").into_iter();
    all.filter(|(name, _)| !name.starts_with('.') && !name.ends_with("CHANGELOG.md")).collect()
}

/// Names of tables and columns, and names that documents quote, are checked as names. The glossary says which words are
/// not used, and the changelog describes earlier versions.
#[test]
fn no_replaced_word_is_used_in_the_database_and_documents() {
    let mut found = Vec::new();
    for table in crate::old_schema::current() {
        let columns = table.columns.iter().map(|column| column.name.as_str());
        let names: Vec<&str> = columns.chain([table.name.as_str()]).collect();
        scan(&table.name, &names.join("\n"), &NAMES, &mut found);
    }
    for (name, text) in &documents() {
        for quoted in
            text.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains(char::is_whitespace))
        {
            scan(name, quoted, &NAMES, &mut found);
        }
        if !name.ends_with("GLOSSARY.md") {
            scan(name, text, &in_comments(), &mut found);
        }
    }
    check(&found);
}

#[test]
fn files_are_separated_into_code_comments_and_texts() {
    let found = parts("let a = \"one // \\\" two\"; // three\nb('\"');\n", &RUST);
    assert_eq!(found.code, "let a = ; \nb();\n");
    assert_eq!((found.comments.trim(), found.comments.lines().count()), ("// three", 2));
    assert_eq!(found.texts.split_whitespace().next(), Some("\"one"));
    let found = parts(".a { /* one\ntwo */ color: red; }", &STYLE);
    assert_eq!((found.code.as_str(), found.comments.as_str()), (".a { \n color: red; }", "/* one\ntwo */"));
    let found = parts("run ${x#y} 'one # two' # three", &COMMAND);
    assert_eq!((found.code.as_str(), found.comments.as_str()), ("run ${x#y}  ", "# three"));
    let found =
        template_parts("{# one #}<p class=\"two\" alt=\"three\">four {% call five(\"six seven\") %}</p>");
    let words = |text: &str| words(text).join(" ");
    assert_eq!(words(&found.comments), "one");
    assert_eq!(words(&found.code), "p class two call five p");
    assert_eq!(words(&found.texts), "three four six seven");
}
