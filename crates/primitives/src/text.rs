//! Cleanup of text that people type or paste: removes invisible characters and keeps one spelling of each
//! character.

use serde_json::Value;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Returns the text in Unicode normalization form C, without control and direction characters, zero-width
/// characters, and tags (N7). Line feeds and tabs are kept; a carriage return before a line feed is removed, and
/// any other line separator becomes a line feed.
///
/// Joiners are kept between letters of scripts that need them and inside an emoji; a variation selector is kept
/// after a character.
pub fn clean(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.to_owned();
    }
    let mut cleaned = without_hidden(&nfc(text));
    // Without the character between them, a letter and an accent can compose.
    while !is_nfc(&cleaned) {
        cleaned = without_hidden(&nfc(&cleaned));
    }
    cleaned
}

/// Returns a text without the characters that [`clean`] removes, and with line feeds as its only line separators.
fn without_hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(one) = rest.next() {
        let before = out.chars().next_back();
        let is_allowed = match one {
            '\u{200c}' | '\u{200d}' => before.is_some_and(joins) && rest.peek().copied().is_some_and(joins),
            selector if is_selector(selector) => before.is_some_and(takes_a_variation),
            '\r' => rest.peek() != Some(&'\n'),
            other => !is_hidden(other),
        };
        match one {
            '\r' | '\u{2028}' | '\u{2029}' if is_allowed => out.push('\n'),
            _ if is_allowed => out.push(one),
            _ => {}
        }
    }
    out
}

/// Applies [`clean`] to every text in a JSON value; field names stay unchanged. A text that contains a NUL
/// character also stays unchanged, so that input parsing rejects it.
pub fn clean_json(value: Value) -> Value {
    match value {
        Value::String(text) if !text.contains('\0') => Value::String(clean(&text)),
        Value::Array(all) => Value::Array(all.into_iter().map(clean_json).collect()),
        Value::Object(all) => {
            Value::Object(all.into_iter().map(|(name, one)| (name, clean_json(one))).collect())
        }
        other => other,
    }
}

/// Returns the cleaned text on one line: every run of white space becomes one space, and leading and trailing white
/// space is removed.
pub fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Converts to Unicode normalization form C, so that text that looks the same has one spelling, whatever keyboard
/// wrote it.
pub fn nfc(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// Converts to Unicode normalization form KC, which in addition turns full-width digits and signs into plain ones.
pub fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// The greatest length of a name in an email to another person, in characters (N1).
const LONGEST_NAME: usize = 60;
/// How many digits such a name may have: fewer than any telephone number.
const NAME_DIGITS: usize = 4;

/// Returns a typed name on one line, as it may appear in an email to another person (N1). Returns `None` if it is
/// longer than 60 characters or could lead the reader anywhere: if it contains an address, a link, or a telephone
/// number, in characters of any width.
pub fn plain_name(text: &str) -> Option<String> {
    let name = one_line(text);
    let plain: String = nfkc(&name).chars().filter(|one| !is_hidden(*one) && !is_selector(*one)).collect();
    let is_name = !plain.is_empty()
        && name.chars().count() <= LONGEST_NAME
        && plain.chars().filter(|one| one.is_numeric()).count() <= NAME_DIGITS
        && !plain.chars().any(is_of_an_address)
        && !has_domain(&plain);
    is_name.then_some(name)
}

/// Returns whether a character occurs in addresses and links, or has a meaning in HTML. The text is in form KC, which
/// has already made full-width and small signs plain.
fn is_of_an_address(one: char) -> bool {
    "@/\\:<>#%=?_[]{}|$\u{2044}\u{2215}\u{2236}".contains(one)
}

/// Returns whether a dot is surrounded as in `example.com`, because email programs turn such text into a link. In
/// initials (`J.R. Smith`), no dot is followed by two letters.
fn has_domain(name: &str) -> bool {
    let is_dot = |one: char| matches!(one, '.' | '\u{3002}' | '\u{2024}' | '\u{ff0e}' | '\u{ff61}');
    let chars: Vec<char> = name.chars().collect();
    chars.windows(4).any(|four| {
        let [before, dot, next, after] = four else { return false };
        before.is_alphanumeric()
            && is_dot(*dot)
            && next.is_alphanumeric()
            && (after.is_alphanumeric() || *after == '-')
    }) || name.to_lowercase().contains("www")
}

/// Returns whether a character is a variation selector, which changes the look of the character before it.
fn is_selector(one: char) -> bool {
    matches!(one, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns whether a joiner next to this character can have a meaning: letters of scripts from U+0590 on, and
/// emoji.
fn joins(one: char) -> bool {
    one >= '\u{590}' && !matches!(one, '\u{2000}'..='\u{206f}') && !is_hidden(one)
}

fn takes_a_variation(before: char) -> bool {
    !is_selector(before) && !before.is_whitespace()
}

/// Returns whether a character is invisible and either changes the text around it or only hides in it.
fn is_hidden(one: char) -> bool {
    matches!(
        one,
        '\0'..='\u{8}'
            | '\u{b}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}'
    ) || u32::from(one) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_and_visible_text_stays() {
        for (entered, expected) in [
            ("Anna Kovalenko", "Anna Kovalenko"),
            ("An\u{202e}na\u{2066}\u{200f}\u{61c}", "Anna"),
            ("\u{feff}An\u{200b}na\u{2060}\u{ad}", "Anna"),
            ("A\u{e0041}\u{e007f}nna\u{7}\u{1b}[31m", "Anna[31m"),
            ("Zoe\u{308}", "Zo\u{eb}"),
            ("Zoe\u{200b}\u{308}", "Zo\u{eb}"),
            ("Zoe\u{7}\u{308}", "Zo\u{eb}"),
            ("o\u{2019}Neill 🌿", "o\u{2019}Neill 🌿"),
            ("A\u{200d}nna", "Anna"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}⚕\u{fe0f}", "👩\u{200d}⚕\u{fe0f}"),
            ("\u{fe0f}a\u{fe0f}\u{fe0f}\u{fe0f}", "a\u{fe0f}"),
            ("one\r\ntwo\tthree\u{2028}four", "one\ntwo\tthree\nfour"),
        ] {
            assert_eq!(clean(entered), expected, "{entered:?}");
            assert_eq!(clean(expected), expected, "{entered:?}: cleaning twice changes nothing");
        }
        assert_eq!(one_line(" Anna\u{a0}\n  Maria\t"), "Anna Maria");
    }

    #[test]
    fn a_normal_name_is_unchanged() {
        for name in [
            "Anna",
            "Zoë O’Brien-Ko",
            "J.R. Smith",
            "J. R. Smith",
            "Anna & Tom",
            "Dr. María José de la Cruz",
            "李小龙",
            "Олена",
            "Louis XIV 2",
            "Jr.",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(plain_name(name).as_deref(), Some(name));
        }
        assert_eq!(plain_name("  Anna \u{202e}\r\n\tKo\u{200b} ").as_deref(), Some("Anna Ko"));
        assert_eq!(plain_name(&"x".repeat(60)).map(|name| name.len()), Some(60));
    }

    #[test]
    fn text_that_could_be_a_link_is_not_a_name() {
        for text in [
            "",
            " \u{200b} ",
            "Win at example.com",
            "https://example.com",
            "example．com",
            "example\u{3002}com",
            "example\u{ff61}com",
            "example\u{2024}com",
            "例\u{200d}\u{3002}\u{200d}公司",
            "exa\u{200b}mple.com",
            "www example com",
            "ｗｗｗ example com",
            "eve@example.com",
            "eve＠example",
            "eve﹫example",
            "Call 1-900-555-0100",
            "Call ١٢٣٤٥",
            "<b>Anna</b>",
            "example.co-op",
        ] {
            assert_eq!(plain_name(text), None, "{text}");
        }
        assert_eq!(plain_name(&"x".repeat(61)), None);
    }
}
