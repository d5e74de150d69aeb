//! Text normalization for search: comparison ignores case, accents, and apostrophes in every script. Stored and
//! displayed text stays unchanged.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// The greatest length of a compared word in bytes. The rest of a longer word is ignored.
pub const LONGEST_WORD: usize = 64;

/// The characters that people use as an apostrophe. They do not split words and are ignored.
const APOSTROPHES: &str =
    "'\u{2019}\u{2018}\u{201b}\u{2bc}\u{2bb}\u{2b9}\u{2c8}\u{2032}\u{ff07}\u{60}\u{b4}\u{55a}\u{5f3}";

/// Letters with a stroke, and ligatures, which Unicode does not decompose.
const BASE_LETTERS: [(char, &str); 14] = [
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ƀ', "b"),
    ('ɨ', "i"),
    ('ı', "i"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
    ('ŋ', "n"),
    ('ĸ', "k"),
];

/// The zero of each set of decimal digits in common use; the other nine digits follow it.
const ZEROS: [char; 12] = [
    '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}', '\u{e50}', '\u{f20}',
    '\u{1040}', '\u{ff10}',
];

/// The one combining mark that has an upper case: `Ι`.
const IOTA_BELOW: char = '\u{345}';

/// Returns whether a character is an apostrophe, typographic or plain.
pub fn is_apostrophe(c: char) -> bool {
    APOSTROPHES.contains(c)
}

/// Returns the value of a decimal digit of any script; `None` for other characters.
pub fn digit(c: char) -> Option<u8> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        u8::try_from(value).ok().filter(|value| *value < 10)
    })
}

/// Returns the digits of a text, of any script, as ASCII. All other characters are dropped.
pub fn digits(text: &str) -> String {
    text.chars().filter_map(digit).map(|value| char::from(b'0' + value)).collect()
}

/// Normalizes a text for comparison: compatibility decomposition (NFKD), without combining marks and apostrophes,
/// in folded case. `ß` becomes `ss`, `İ` and `ı` become `i`, `й` becomes `и`, `ё` becomes `е`, and digits become
/// ASCII. The iota below a Greek letter becomes a letter of its own, as in upper case: `ῳ` becomes `ωι`. The
/// function is idempotent.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_apostrophe(*c)).nfkd() {
        if (canonical_combining_class(c) != 0 && c != IOTA_BELOW) || is_apostrophe(c) {
            continue;
        }
        if let Some(value) = digit(c) {
            out.push(char::from(b'0' + value));
            continue;
        }
        // The detour through upper case gives full case folding: `ß` and `ſ` are expanded, and both sigmas become
        // one.
        for upper in c.to_lowercase().flat_map(char::to_uppercase) {
            for folded in upper.to_lowercase().nfkd().filter(|one| canonical_combining_class(*one) == 0) {
                match BASE_LETTERS.iter().find(|(letter, _)| *letter == folded) {
                    Some((_, base)) => out.push_str(base),
                    None => out.push(folded),
                }
            }
        }
    }
    out
}

/// Returns the normalized words of a text, split at every character that is neither a letter nor a digit. Each word
/// has at most [`LONGEST_WORD`] bytes.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|c: char| !is_of_word(c)).filter(|part| !part.is_empty());
    parts.map(|part| cut(part).to_owned()).collect()
}

/// Returns whether a folded character belongs to a word. Unicode does not class vowel signs as letters, but they do
/// not split words.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_punctuation(c))
}

/// Returns whether a character is punctuation beyond ASCII, which splits words.
fn is_punctuation(c: char) -> bool {
    matches!(c,
        '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{2bff}'
        | '\u{3000}'..='\u{303f}' | '\u{30fb}' | '\u{fe30}'..='\u{fe6f}' | '\u{feff}')
}

/// Returns the beginning of a text, at most [`LONGEST_WORD`] bytes.
pub fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_WORD)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_ignores_case_accents_and_apostrophes_in_any_script() {
        for (one, other) in [
            ("José", "jose"),
            ("JOSE\u{301}", "josé"),
            ("Ångström", "ANGSTROM"),
            ("Straße", "STRASSE"),
            ("ẞ", "ss"),
            ("Søren", "soren"),
            ("Łukasz", "lukasz"),
            ("Đorđe", "dorde"),
            ("Æsa", "aesa"),
            ("İstanbul", "istanbul"),
            ("Işık", "isik"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("τῷ", "ΤΩΙ"),
            ("ῲ", "ΩΙ"),
            ("Фёдор", "ФЕДОР"),
            ("Сергей", "сергеи"),
            ("Ґалаґан", "ґалаґан"),
            ("Việt", "viet"),
            ("O’Brien", "O'Brien"),
            ("Oʼbrien", "obrien"),
            ("D`Angelo", "d´angelo"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("ﬁnn", "finn"),
            ("Ａｎｎａ", "anna"),
            ("٠١٢٣", "0123"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("хор"), fold("xop"), "letters of two scripts that look alike are two letters");
    }

    #[test]
    fn words_are_split_at_non_letters() {
        assert_eq!(words("Anna-María  O’Neil, Jr."), ["anna", "maria", "oneil", "jr"]);
        assert_eq!(words("王 小明"), ["王", "小明"]);
        assert_eq!(words("हिन्दी"), [fold("हिन्दी")], "a vowel sign parts nothing");
        assert!(words(" -_. \u{2014} \u{202e}").is_empty());
        assert_eq!(words(&"ß".repeat(80))[0].len(), LONGEST_WORD);
    }

    #[test]
    fn digits_of_every_script_are_recognized() {
        assert_eq!(digits("+1 (212) 555\u{2011}0100"), "12125550100");
        assert_eq!(digits("\u{200e}٠٥٥ ۱۲۳"), "055123");
        assert_eq!(digits("none"), "");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_ignores_case(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
