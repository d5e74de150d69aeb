//! Names typed by one person in emails to another (N1). A name may appear there only if it cannot lead the reader
//! anywhere.

/// The greatest length of a name in characters.
const LONGEST: usize = 60;
/// How many digits a name may have: fewer than any telephone number.
const DIGITS: usize = 4;

/// Returns the text as a name for an email to another person. Returns `None` if it is longer than 60 characters, or
/// contains an address, a link, or a telephone number.
pub fn plain_name(text: &str) -> Option<String> {
    let shown: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let name = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name = !name.is_empty()
        && name.chars().count() <= LONGEST
        && name.chars().filter(|c| c.is_numeric()).count() <= DIGITS
        && !name.chars().any(is_of_an_address)
        && !has_domain(&name);
    is_name.then_some(name)
}

/// Returns whether a character is invisible or changes the text direction.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether a character occurs in addresses and links, in any width, or has a meaning in HTML.
fn is_of_an_address(c: char) -> bool {
    matches!(
        c,
        '@' | '/'
            | '\\'
            | ':'
            | '<'
            | '>'
            | '#'
            | '%'
            | '='
            | '?'
            | '_'
            | '['
            | ']'
            | '{'
            | '}'
            | '|'
            | '$'
            | '\u{fe55}'
            | '\u{fe6b}'
            | '\u{ff03}'
            | '\u{ff0f}'
            | '\u{ff1a}'
            | '\u{ff20}'
            | '\u{2044}'
            | '\u{2215}'
            | '\u{2236}'
    )
}

/// Returns whether a dot is surrounded as in `example.com`, because email clients turn such text into a link. In
/// initials (`J.R. Smith`), no dot is followed by two letters.
fn has_domain(name: &str) -> bool {
    let is_dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}');
    let chars: Vec<char> = name.chars().collect();
    chars.windows(4).any(|four| {
        let [before, dot, next, after] = four else { return false };
        before.is_alphanumeric()
            && is_dot(*dot)
            && next.is_alphanumeric()
            && (after.is_alphanumeric() || *after == '-')
    }) || name.to_lowercase().contains("www")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_as_it_is() {
        for name in [
            "Anna",
            "Zoë O’Brien-Ko",
            "J.R. Smith",
            "Anna & Tom",
            "Dr. María José de la Cruz",
            "李小龙",
            "Олена",
            "Louis XIV 2",
            "Jr.",
        ] {
            assert_eq!(plain_name(name).as_deref(), Some(name));
        }
        assert_eq!(plain_name("  Anna \u{202e}\r\n\tKo\u{200b} ").as_deref(), Some("Anna Ko"));
        assert_eq!(plain_name(&"x".repeat(60)).map(|name| name.len()), Some(60));
    }

    #[test]
    fn what_sends_the_reader_anywhere_is_no_name() {
        for text in [
            "",
            " \u{200b} ",
            "Win at example.com",
            "https://example.com",
            "example．com",
            "exa\u{200b}mple.com",
            "www example com",
            "eve@example.com",
            "eve＠example",
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
