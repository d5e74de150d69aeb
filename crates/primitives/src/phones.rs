//! Phone numbers: parsed however they are typed or pasted, and stored as E.164 (N7).
//!
//! This parser is our own. The usual library contains the numbering plans of every country (decision 2), but a
//! stored number only needs to be dialable and findable, not proven to be in use.

use crate::text::{clean, nfkc};

/// The country code of a number that has none.
const HOME: &str = "1";
/// The allowed number of digits with the country code (E.164 allows 15).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// The most digits of an extension. RFC 3966 sets no limit, but no phone system has more.
const EXTENSION: usize = 7;
/// The marks that introduce an extension, with a longer one before its parts.
const MARKS: [&str; 6] = [";ext=", "extension", "ext", "x", "#", ";"];

/// Returns the stored form of a number: `+12125550100`, with an extension `+12125550100;ext=42` (RFC 3966). Returns
/// `None` for text that is not a phone number. A number without a country code is taken as North American.
pub fn e164(entered: &str) -> Option<String> {
    let plain: String = nfkc(&clean(entered)).chars().map(plain).collect::<String>().to_lowercase();
    let plain = plain.trim().trim_start_matches("tel:");
    let (number, extension) = split_extension(plain)?;
    let number = with_country(number)?;
    Some(match extension {
        Some(extension) => format!("+{number};ext={extension}"),
        None => format!("+{number}"),
    })
}

/// Returns a number in a readable form: `(212) 555-0100 ext. 42`. A number from outside North America, or one that is not
/// international, is returned unchanged. The spaces of a grouped number do not matter.
pub fn format_phone(stored: &str) -> String {
    let (number, extension) =
        stored.split_once(";ext=").map_or((stored, None), |(one, other)| (one, Some(other)));
    let national = number.strip_prefix("+1").map(|rest| rest.replace(' ', ""));
    let is_complete =
        |national: &String| national.len() == 10 && national.bytes().all(|one| one.is_ascii_digit());
    let grouped = match national.filter(is_complete) {
        Some(rest) => format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..]),
        None => number.to_owned(),
    };
    extension.map_or(grouped.clone(), |extension| format!("{grouped} ext. {extension}"))
}

/// Replaces digits of other scripts by ASCII digits, and separators by a space.
fn plain(one: char) -> char {
    let digit = |zero: char| char::from_digit(u32::from(one) - u32::from(zero), 10).unwrap_or(one);
    match one {
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit('\u{966}'),
        '-'
        | '.'
        | '/'
        | '('
        | ')'
        | '['
        | ']'
        | '\u{b7}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{30fc}' => ' ',
        other if other.is_whitespace() => ' ',
        other => other,
    }
}

/// Splits a text into the number and the digits of its extension. Returns `None` if the text after an extension
/// mark is not an extension.
fn split_extension(text: &str) -> Option<(&str, Option<String>)> {
    let found = MARKS.iter().filter_map(|mark| text.find(mark).map(|at| (at, mark.len()))).min_by_key(
        |(at, length)| {
            // At the same position, the longest mark wins.
            (*at, usize::MAX - *length)
        },
    );
    let Some((at, length)) = found else { return Some((text, None)) };
    let (number, rest) = (&text[..at], &text[at + length..]);
    let digits: String = rest.chars().filter(|one| !matches!(one, ' ' | ':' | ',' | '=')).collect();
    let is_extension =
        (1..=EXTENSION).contains(&digits.len()) && digits.chars().all(|one| one.is_ascii_digit());
    is_extension.then_some((number.trim_end_matches([' ', ',', ';']), Some(digits)))
}

/// Returns the digits of a number with its country code; `None` if the text is not a valid number.
fn with_country(text: &str) -> Option<String> {
    let is_international = text.trim_start().starts_with('+');
    let rest = text.trim_start().trim_start_matches('+');
    if !rest.chars().all(|one| one.is_ascii_digit() || one == ' ') {
        return None;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let all = digits(rest);
    let abroad = ["011", "00"].iter().find_map(|prefix| all.strip_prefix(prefix)).map(str::to_owned);
    let number = match (is_international, abroad) {
        // In `+44 (0)20 …`, the zero is dialed only inside the country.
        (true, _) => digits(&rest.replacen(" 0 ", " ", 1)),
        (false, Some(number)) => number,
        (false, None) if all.len() == 10 => format!("{HOME}{all}"),
        (false, None) if all.len() == 11 && all.starts_with(HOME) => all,
        _ => return None,
    };
    let is_good = match number.strip_prefix('1') {
        Some(national) => is_north_american(national),
        None => DIGITS.contains(&number.len()) && !number.starts_with('0'),
    };
    is_good.then_some(number)
}

/// Returns whether a number is valid in the North American Numbering Plan: area code and exchange begin with 2 to
/// 9.
fn is_north_american(national: &str) -> bool {
    let begins_well =
        |at: usize| national.as_bytes().get(at).is_some_and(|digit| (b'2'..=b'9').contains(digit));
    national.len() == 10 && begins_well(0) && begins_well(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_normalized_from_every_entered_form() {
        for entered in [
            "+12125550100",
            "2125550100",
            "1 212 555 0100",
            "(212) 555-0100",
            "+1 (212) 555\u{2011}0100",
            "\u{202a}+1\u{a0}212\u{2009}555\u{200b}0100\u{202c}",
            "\u{feff}212.555.0100 ",
            "tel:+1-212-555-0100",
            "００１ ２１２ ５５５ ０１００",
            "＋１ ２１２ ５５５ ０１００",
            "212\u{2013}555\u{2212}0100",
            "011 1 212 555 0100",
        ] {
            assert_eq!(e164(entered).as_deref(), Some("+12125550100"), "{entered:?}");
        }
        for (entered, expected) in [
            ("212 555 0100 x42", "+12125550100;ext=42"),
            ("212-555-0100 ext. 42", "+12125550100;ext=42"),
            ("212-555-0100, extension 42", "+12125550100;ext=42"),
            ("+12125550100;ext=42", "+12125550100;ext=42"),
            ("212 555 0100 #42", "+12125550100;ext=42"),
            ("+380 44 123-45-67", "+380441234567"),
            ("+44 (0)20 7946 0018", "+442079460018"),
            ("0044 20 7946 0018", "+442079460018"),
            ("+٣٨٠ ٤٤ ١٢٣ ٤٥ ٦٧", "+380441234567"),
        ] {
            assert_eq!(e164(entered).as_deref(), Some(expected), "{entered:?}");
            assert_eq!(e164(expected).as_deref(), Some(expected), "{expected:?}: what is kept is read again");
        }
        for bad in [
            "",
            "call me",
            "12",
            "555 0100",
            "123 456 7890",
            "+1 212 155 0100",
            "+0 123 456 789",
            "212 555 0100 x",
            "212 555 0100 ext call",
            "+1234567890123456",
            "2125550100 or 2125550101",
            "++12125550100 1",
            "212+555+0100",
        ] {
            assert_eq!(e164(bad), None, "{bad:?}");
        }
        assert_eq!(format_phone("+12125550100;ext=42"), "(212) 555-0100 ext. 42");
        assert_eq!(format_phone("+1 212 555 0142"), "(212) 555-0142");
        assert_eq!(format_phone("+380441234567"), "+380441234567");
        assert_eq!(format_phone("5550100"), "5550100");
    }
}
