//! Names that somebody has typed, in emails to somebody else (N1): a name may stand there and nothing that sends the reader anywhere.

/// The longest name, in characters.
const LONGEST: usize = 60;
/// How many digits a name may have: fewer than any telephone number.
const DIGITS: usize = 4;

/// The text as a name in an email to somebody else. Nothing, if it is longer than 60 characters, or holds an address, a link or a
/// telephone number: then it is no name.
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

/// Characters that are not seen, or that turn the direction of others.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters of which addresses and links are made, in every width, and those that mean something to HTML.
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

/// Whether a dot stands between two characters as in `example.com`: mail programs make a link of that. Initials (`J.R. Smith`) have none
/// of two letters behind it.
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
