//! The words that guests, staff, and clients read are plain American English: what is refused here stood in texts once.

use serde_json::Value;

use crate::guard::{files, sources};

/// Words and phrases that no text says, each with what to say instead. Lower case.
const OLD: &[(&str, &str)] = &[
    ("letter", "email"),
    ("letters", "emails"),
    ("mail", "email"),
    ("mails", "emails"),
    ("e-mail", "email"),
    ("e-mails", "emails"),
    ("address of mail", "email"),
    ("telephone", "phone"),
    ("the desk", "the front desk"),
    ("our desk", "the front desk"),
    ("somebody", "someone"),
    ("anybody", "anyone"),
    ("everybody", "everyone"),
    ("whoever asks", "you"),
    ("no matter", "no preference"),
    ("list price", "guest price"),
    ("waiting bench", "waiting room"),
    ("look at it", "view"),
    ("let it go", "release it"),
    ("stop waiting", "leave the waitlist"),
    ("wait for a time", "join the waitlist"),
    ("take back", "undo"),
    ("taken back", "undone"),
    ("freeze", "pause"),
    ("frozen", "paused"),
    ("enrol", "enroll"),
    ("cancelled", "canceled"),
    ("cancelling", "canceling"),
    ("colour", "color"),
    ("colours", "colors"),
    ("favourite", "favorite"),
    ("centre", "center"),
    ("grey", "gray"),
    ("afterwards", "afterward"),
    ("towards", "toward"),
    ("whilst", "while"),
    ("any more", "anymore"),
    ("anew", "again"),
    ("operating day", "business day"),
    ("there is no such", "we couldn’t find that"),
    ("this is needed", "this field is required"),
    ("goes on by itself", "renews automatically"),
    ("it is done", "saved"),
    ("good for 30 minutes", "works for 30 minutes"),
    ("film", "video"),
    ("films", "videos"),
    ("check none", "leave all unchecked"),
    ("stop notification", "cancel notification"),
    ("leave the list", "are removed from the list"),
    ("the billing day", "membership billing"),
    ("type more", "enter a full name or email"),
    ("plain letters", "characters"),
    ("ids of bookings", "booking IDs"),
    ("birthday-month gift", "birthday gift"),
    ("payment due, benefits", "payment past due, benefits"),
    ("not verified", "not confirmed"),
    ("late entry", "booking cutoff"),
    ("this therapist", "this person"),
    ("therapist or room", "what the category calls them"),
    ("the month after", "dues for the month starting"),
    ("the next month costs", "dues for the month starting"),
    ("the change to", "your switch to"),
    ("today and later", "from today on"),
    ("if that’s not right", "if you were here"),
    ("take another backup", "restore from a different backup"),
    ("of a newer program", "by a newer version of this program"),
    ("sealed with", "encrypted with"),
    ("think about who", "consider who"),
    ("it is not there", "not found"),
];
/// Phrases that are said with an old word, rightly.
const RIGHT: &[&str] = &[
    // Of an alphabet.
    "fewer letters",
    "two letters",
    "no letters or digits",
    // In the log.
    "the mail server",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Where a phrase stands in a text in lower case, as whole words.
fn says(text: &str, phrase: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + phrase.len()..].chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// What is wrong with a text that a person reads.
fn violations(text: &str) -> Vec<String> {
    let mut plain = text.to_lowercase();
    for right in RIGHT {
        plain = plain.replace(right, "");
    }
    let old = OLD.iter().filter(|(old, _)| says(&plain, old));
    let mut found: Vec<String> = old.map(|(old, new)| format!("“{old}”: say “{new}”")).collect();
    for (at, _) in plain.match_indices('%') {
        let before = plain[..at].trim_end_matches([' ', '\u{a0}']);
        if before.len() < at && before.ends_with(|c: char| c.is_ascii_digit() || c == '}') {
            found.push("a space before %: say “50%”".to_owned());
        }
    }
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_day = |word: &str| word.len() <= 2 && word.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    for pair in words.windows(2) {
        let is_date = is_day(pair[0]) && MONTHS.contains(&pair[1]) && says(&plain, &pair.join(" "));
        if is_date {
            found.push(format!("“{}”: say the month first", pair.join(" ")));
        }
    }
    found
}

/// The literals of a source that read like text for a person, each with its line: no comments, SQL, names, or tests.
fn literals(source: &str) -> Vec<(usize, String)> {
    const SQL: [&str; 8] =
        ["SELECT ", "INSERT ", "UPDATE ", " FROM ", "FROM ", "WHERE ", " AND (", "ORDER BY"];
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let at = source.len() - rest.len();
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(after) = rest.strip_prefix("'\"'").or_else(|| rest.strip_prefix("'\\\"'")) {
            rest = after;
        } else if let Some(literal) = rest.strip_prefix('"') {
            let mut is_escaped = false;
            let end = literal.find(|c: char| {
                let ends = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                ends
            });
            let end = end.unwrap_or(literal.len());
            let text = literal[..end].replace("\\u{a0}", "\u{a0}");
            let is_read = text.contains(' ') || text.starts_with(|c: char| c.is_uppercase());
            let is_shouted = !text.contains(|c: char| c.is_lowercase());
            if is_read && !is_shouted && !SQL.iter().any(|word| text.contains(word)) {
                found.push((source[..at].matches('\n').count() + 1, unfolded(&text)));
            }
            rest = literal.get(end + 1..).unwrap_or_default();
        } else {
            let mut chars = rest.chars();
            chars.next();
            rest = chars.as_str();
        }
    }
    found
}

/// A literal on one line.
fn unfolded(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + line.trim_start())
}

/// What a line of a template says: its text, its comments, and the texts in its tags; no names of classes, fields, or addresses.
fn spoken(line: &str) -> String {
    const SPOKEN: [&str; 5] = ["aria-label=\"", "alt=\"", "placeholder=\"", "title=\"", "content=\""];
    let mut found = String::new();
    let mut rest = line;
    while let Some(from) = rest.find(['<', '{']) {
        found.push_str(&rest[..from]);
        rest = &rest[from..];
        let (ends, is_code) = match rest.as_bytes() {
            [b'{', b'#', ..] => ("#}", false),
            [b'{', b'%', ..] => ("%}", true),
            [b'{', b'{', ..] => ("}}", true),
            [b'<', ..] => (">", false),
            _ => ("{", false),
        };
        let end = rest.find(ends).map_or(rest.len(), |end| end + ends.len());
        let part = &rest[..end];
        match ends {
            "#}" => found.push_str(part),
            _ if is_code => {
                let texts = part.split('"').skip(1).step_by(2);
                let texts = texts.filter(|text| text.contains(' ') || text.starts_with(char::is_uppercase));
                found.extend(texts.map(|text| format!(" {text} ")));
            }
            _ => {
                let spoken = SPOKEN.iter().filter_map(|name| part.split_once(name)?.1.split('"').next());
                found.extend(spoken.map(|text| format!(" {text} ")));
            }
        }
        rest = &rest[end..];
    }
    found + rest
}

/// Everything in a description of the API that a person reads.
fn described(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let here = format!("{path}/{name}");
                match inner.as_str().filter(|_| ["description", "summary", "title"].contains(&name.as_str()))
                {
                    Some(text) => {
                        found.extend(violations(text).into_iter().map(|why| format!("{here}: {why}")))
                    }
                    None => described(inner, &here, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| described(inner, path, found)),
        _ => {}
    }
}

#[test]
fn texts_are_in_plain_american_english() {
    let mut found = Vec::new();
    let mut scan = |name: &str, line: usize, text: &str| {
        found.extend(
            violations(text).into_iter().map(|why| format!("{name}:{line}: {why}\n    {}", text.trim())),
        );
    };
    // The bench and the second rules speak to developers alone.
    let is_apart = |name: &str| {
        ["bench", "reference", "testing"].iter().any(|one| name.contains(&format!("crates/{one}/")))
    };
    for (name, text) in sources().into_iter().filter(|(name, _)| !is_apart(name)) {
        literals(&text).iter().for_each(|(line, text)| scan(&name, *line, text));
    }
    for (name, text) in files("crates", "html") {
        // The sheet of style of an email is no text.
        let text = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !(name.contains("/mail/") && line.starts_with(['.', ':'])));
        text.for_each(|(at, line)| scan(&name, at + 1, &spoken(line)));
    }
    for (name, text) in files("crates/coresync/demo", "toml") {
        text.lines().enumerate().for_each(|(at, line)| scan(&name, at + 1, line));
    }
    assert!(found.is_empty(), "{} texts:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_api_description_is_in_plain_american_english() {
    let mut found = Vec::new();
    described(&coresync::app::description().expect("a description"), "", &mut found);
    assert!(found.is_empty(), "{} texts:\n{}", found.len(), found.join("\n"));
}

#[test]
fn banned_words_are_detected_and_allowed_ones_are_not() {
    for (text, count) in [
        ("Send the letter", 1),
        ("Try fewer letters.", 0),
        ("Pay at the desk.", 1),
        ("Pay at the front desk.", 0),
        ("It costs 50 %", 1),
        ("It costs {}\u{a0}%", 1),
        ("It costs 50% now", 0),
        ("On Tuesday 24 November", 1),
        ("On Tuesday, November 24, 2026", 0),
        ("This visit is cancelled.", 1),
        ("This visit is canceled.", 0),
        ("mail-wrong", 0),
    ] {
        assert_eq!(violations(text).len(), count, "{text}: {:?}", violations(text));
    }
    let source = "fn a() { b(\"cancelled\", \"Look at \\\n   it\"); } // \"any more\"\nconst C: &str = \"Anew\";\n\
                  const S: &str = \"SELECT 1 WHERE status = 'cancelled'\";\n#[cfg(test)]\nmod tests { \"Anew\" }";
    assert_eq!(literals(source), [(1, "Look at it".to_owned()), (3, "Anew".to_owned())]);
    let line = "<p class=\"letter\" aria-label=\"Look\">One {% call field(\"mail\", \"E-mail\") %}{{ mail }}</p>{# Note #}";
    assert_eq!(
        spoken(line).split_whitespace().collect::<Vec<_>>(),
        ["Look", "One", "E-mail", "{#", "Note", "#}"]
    );
}
