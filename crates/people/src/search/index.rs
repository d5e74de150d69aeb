//! The search index of people (D12): a table of words, written in the transaction of each change of a name, an
//! address, or a phone number, and erased with the person ([decision
//! 21](../../../docs/decisions/0021-search-and-audit.md)).

use std::collections::BTreeSet;

use kit::db::{Sql, Value};
use kit::fold::{self as folding, cut, digits, fold};
use kit::{Db, Id, Result, Tx, args, row, sql};

use kit::phones::e164;

/// The fewest digits by which a phone number is found.
pub(crate) const FEWEST_DIGITS: usize = 4;
/// The most words stored for one person.
const MOST_WORDS: usize = 60;
/// How many people are indexed in one transaction at program start. Rows are written in key order, so that each
/// page of the index is touched once for each batch.
const BATCH: i64 = 20_000;

/// The searchable fields of a person.
pub(crate) struct Source {
    pub(crate) id: Id,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: Option<String>,
    pub(crate) claimed_email: Option<String>,
    pub(crate) phone: Option<String>,
}

row!(Source { id, first_name, last_name, email, claimed_email, phone });

impl Source {
    /// Returns the sort key of a person in a list: last name, then first name, without case and accents.
    pub(crate) fn sort_name(&self) -> String {
        cut(&format!("{} {}", fold(&self.last_name), fold(&self.first_name))).to_owned()
    }

    /// Returns every word by which the person is found, each once.
    pub(crate) fn words(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for name in [&self.first_name, &self.last_name] {
            add_name(&mut words, name);
        }
        for address in [&self.email, &self.claimed_email].into_iter().flatten() {
            add_address(&mut words, &fold(address));
        }
        if let Some(phone) = &self.phone {
            add_digits(&mut words, &digits(phone));
        }
        words.into_iter().take(MOST_WORDS).collect()
    }
}

/// Adds the words of a name. `Anna-Maria` is also found by `annamaria`, and `O’Brien` by `brien`.
fn add_name(words: &mut BTreeSet<String>, name: &str) {
    words.extend(folding::words(name));
    for chunk in name.split_whitespace() {
        let parts = folding::words(chunk);
        if parts.len() > 1 {
            words.insert(cut(&parts.concat()).to_owned());
        }
        words.extend(chunk.split(folding::is_apostrophe).skip(1).flat_map(folding::words));
    }
}

/// Adds the words of an email address: `anna.smith@example.com` is found by its beginning and by the beginning of
/// each part of its local name, such as `smith@ex`. It is not found by its domain, which half of all people share.
fn add_address(words: &mut BTreeSet<String>, address: &str) {
    let name_ends = address.find('@').unwrap_or(address.len());
    let mut is_start = true;
    for (at, c) in address[..name_ends].char_indices() {
        if c.is_alphanumeric() && is_start {
            words.insert(cut(&address[at..]).to_owned());
            let number: String = address[at..].chars().take_while(char::is_ascii_digit).collect();
            if number.len() >= FEWEST_DIGITS {
                words.insert(format!("#{number}"));
            }
        }
        is_start = !c.is_alphanumeric();
    }
}

/// Adds each suffix, of at least four digits, of a number. A search for the beginning of a suffix finds digits
/// anywhere in the number.
fn add_digits(words: &mut BTreeSet<String>, number: &str) {
    let ends = (0..=number.len().saturating_sub(FEWEST_DIGITS)).map(|at| &number[at..]);
    words.extend(ends.filter(|end| end.len() >= FEWEST_DIGITS).map(|end| format!("#{end}")));
}

/// The fields of [`Source`] as one text; no field can contain a line break. The leading number must be raised when
/// the rules for words change; then every row is indexed again.
macro_rules! source_text {
    () => {
        "'2\n' || first_name || '\n' || last_name || '\n' || COALESCE(email, '') || '\n' || COALESCE(claimed_email, '') \
         || '\n' || COALESCE(phone, '')"
    };
}

/// The condition for people whose indexed words do not match their row.
macro_rules! is_stale {
    () => {
        concat!("erased_at IS NULL AND (words_of IS NULL OR words_of <> ", source_text!(), ")")
    };
}

/// Indexes a person again if their name, address, or phone changed. Must be called after each such change.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn index(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    let changed: Option<Source> = tx.one(
        sql!(concat!(
            "UPDATE people SET words_of = ",
            source_text!(),
            " WHERE id = $1 AND ",
            is_stale!(),
            " RETURNING id, first_name, last_name, email, claimed_email, phone"
        )),
        args![person],
    )?;
    let Some(source) = changed else { return Ok(()) };
    tx.run(sql!("DELETE FROM people_words WHERE person_id = $1"), args![person])?;
    insert::<FEW>(tx, insert_few(), &rows_of(&source))
}

/// Deletes the words of an erased person.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn forget(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM people_words WHERE person_id = $1"), args![person])?;
    tx.run(sql!("UPDATE people SET words_of = NULL WHERE id = $1"), args![person]).map(drop)
}

/// Indexes everyone whose words are missing or out of date: after an update of the program, or after a row was
/// written by other means. Runs at every start; may be interrupted, and several processes may run it at once.
/// Returns the number of people indexed.
///
/// # Errors
/// Returns a fault if the database fails.
pub async fn index_people(db: &Db) -> Result<u64> {
    let (mut after, mut indexed) = (Id(0), 0);
    while let Some((last, count)) = db.tx(move |tx| index_batch(tx, after)).await? {
        (after, indexed) = (last, indexed + count);
    }
    Ok(indexed)
}

/// Indexes the next batch of people after an id. Returns the last id and the number of people; `None` if nobody is
/// left.
fn index_batch(tx: &mut Tx<'_>, after: Id) -> Result<Option<(Id, u64)>> {
    let last: Option<(Option<Id>,)> = tx.one(
        sql!(concat!(
            "SELECT MAX(id) FROM (SELECT id FROM people WHERE id > $1 AND ",
            is_stale!(),
            " ORDER BY id LIMIT $2) AS due"
        )),
        args![after, BATCH],
    )?;
    let Some((Some(last),)) = last else { return Ok(None) };
    // From here to the commit nobody else can change these rows, so an older name never replaces a newer one.
    tx.run(
        sql!(concat!("UPDATE people SET words_of = '' WHERE id > $1 AND id <= $2 AND ", is_stale!())),
        args![after, last],
    )?;
    tx.run(
        sql!(
            "DELETE FROM people_words WHERE person_id > $1 AND person_id <= $2
             AND person_id IN (SELECT id FROM people WHERE id > $1 AND id <= $2 AND words_of = '')"
        ),
        args![after, last],
    )?;
    let due: Vec<Source> = tx.all(
        sql!(concat!(
            "UPDATE people SET words_of = ",
            source_text!(),
            " WHERE id > $1 AND id <= $2 AND words_of = ''
             RETURNING id, first_name, last_name, email, claimed_email, phone"
        )),
        args![after, last],
    )?;
    let mut rows: Vec<Row> = due.iter().flat_map(rows_of).collect();
    rows.sort_unstable();
    insert::<MANY>(tx, insert_many(), &rows)?;
    Ok(Some((last, u64::try_from(due.len()).unwrap_or_default())))
}

/// A row of the table: word, sort name, and person.
type Row = (String, String, Id);

fn rows_of(source: &Source) -> Vec<Row> {
    let sort_name = source.sort_name();
    source.words().into_iter().map(|word| (word, sort_name.clone(), source.id)).collect()
}

/// How many rows one statement writes for a single person. `MANY` is the number for a batch of people.
const FEW: usize = 16;
const MANY: usize = 256;

/// Writes rows in chunks of `ROWS`. The last chunk is padded with its own last row.
fn insert<const ROWS: usize>(tx: &mut Tx<'_>, statement: &'static Sql, rows: &[Row]) -> Result<()> {
    for some in rows.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(3 * ROWS);
        for at in 0..ROWS {
            let Some((word, sort_name, person)) = some.get(at).or(some.last()) else { break };
            values.push(word.as_bytes().to_vec().into());
            values.push(sort_name.as_bytes().to_vec().into());
            values.push((*person).into());
        }
        tx.run(statement, values)?;
    }
    Ok(())
}

const HEAD: &str = "INSERT INTO people_words (word, sort_name, person_id) VALUES ";
const TAIL: &str = " ON CONFLICT (word, sort_name, person_id) DO NOTHING";

/// Writes the statement with `rows` rows (`… VALUES ($1, $2, $3), ($4, $5, $6) …`) into `out`. Returns its length,
/// even if `out` is too short.
const fn write_statement<const SIZE: usize>(rows: usize, out: &mut [u8; SIZE]) -> usize {
    let mut at = put(out, 0, HEAD.as_bytes());
    let mut row = 0;
    while row < rows {
        at = put(out, at, if row == 0 { b"($" } else { b", ($" });
        at = put_number(out, at, 3 * row + 1);
        at = put(out, at, b", $");
        at = put_number(out, at, 3 * row + 2);
        at = put(out, at, b", $");
        at = put_number(out, at, 3 * row + 3);
        at = put(out, at, b")");
        row += 1;
    }
    put(out, at, TAIL.as_bytes())
}

/// Writes bytes at a position, as far as there is room. Returns the position after them.
const fn put<const SIZE: usize>(out: &mut [u8; SIZE], at: usize, bytes: &[u8]) -> usize {
    let mut n = 0;
    while n < bytes.len() {
        if at + n < SIZE {
            out[at + n] = bytes[n];
        }
        n += 1;
    }
    at + bytes.len()
}

const fn put_number<const SIZE: usize>(out: &mut [u8; SIZE], at: usize, number: usize) -> usize {
    let at = if number >= 10 { put_number(out, at, number / 10) } else { at };
    put(out, at, &[b'0' + (number % 10) as u8])
}

macro_rules! statement {
    ($rows:expr) => {{
        const SIZE: usize = write_statement($rows, &mut [0; 0]);
        const BYTES: [u8; SIZE] = {
            let mut bytes = [0; SIZE];
            write_statement($rows, &mut bytes);
            bytes
        };
        match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("the statement is ASCII"),
        }
    }};
}

const INSERT_FEW: &str = statement!(FEW);
const INSERT_MANY: &str = statement!(MANY);

fn insert_few() -> &'static Sql {
    sql!(INSERT_FEW)
}

fn insert_many() -> &'static Sql {
    sql!(INSERT_MANY)
}

/// Returns the prefixes for which a search looks: the longest first, each once. Digits with separators between them
/// form one number, which is found anywhere in a phone number. Fewer than four digits, or digits next to letters,
/// are a word.
pub(crate) fn prefixes(search: &str) -> Vec<String> {
    if let Some(number) = whole_number(search) {
        return vec![number];
    }
    let (mut found, mut number) = (BTreeSet::new(), String::new());
    for chunk in search.split_whitespace() {
        let has = |is: fn(char) -> bool| chunk.chars().any(is);
        match (
            has(|c| folding::digit(c).is_some()),
            has(|c| c.is_alphanumeric() && folding::digit(c).is_none()),
        ) {
            (false, false) => {}
            (true, false) => number.push_str(&digits(chunk)),
            (_, true) => {
                found.extend(number_prefix(&std::mem::take(&mut number)));
                if chunk.contains('@') {
                    found.insert(cut(&fold(chunk)).to_owned());
                } else {
                    found.extend(folding::words(chunk));
                }
            }
        }
    }
    found.extend(number_prefix(&number));
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found.truncate(MOST_PREFIXES);
    found
}

/// The most words of a search that count; the longest are used.
pub(crate) const MOST_PREFIXES: usize = 4;
/// The least number of digits from which leading zeros count as a dialing prefix and are ignored.
const DIALED: usize = 7;

fn number_prefix(number: &str) -> Option<String> {
    if number.len() < FEWEST_DIGITS {
        return (!number.is_empty()).then(|| number.to_owned());
    }
    let bare = number.trim_start_matches('0');
    let is_dialed = number.len() >= DIALED && bare.len() >= FEWEST_DIGITS;
    Some(cut(&format!("#{}", if is_dialed { bare } else { number })).to_owned())
}

/// Returns the prefix for a search that is a whole phone number in any form in which one is accepted (N7). Its North
/// American country code and its extension are not compared, because a stored number may lack them.
fn whole_number(search: &str) -> Option<String> {
    let stored = e164(search)?;
    let number = stored.split(';').next()?.trim_start_matches('+');
    number_prefix(number.strip_prefix('1').unwrap_or(number))
}

/// A search that is compared with texts in memory, by the rules of the index (D12): for visits, whose guest may have no
/// account.
#[derive(Debug, Clone)]
pub struct NameSearch {
    prefixes: Vec<String>,
}

/// The texts by which a visit is found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Findable<'t> {
    /// The name of the guest.
    pub name: &'t str,
    /// The email address of the guest.
    pub email: Option<&'t str>,
    /// The phone number of the guest.
    pub phone: Option<&'t str>,
    /// The reference of the booking, such as `CS-2026-000017`. It is also found by its number alone.
    pub reference: Option<&'t str>,
}

impl NameSearch {
    /// Reads what was typed. A search that is too short finds nothing.
    pub fn new(search: &str) -> NameSearch {
        NameSearch { prefixes: if is_search(search) { prefixes(search) } else { Vec::new() } }
    }

    /// Returns whether each word of the search is the beginning of a word of these texts.
    pub fn finds(&self, what: Findable<'_>) -> bool {
        let mut words = BTreeSet::new();
        add_name(&mut words, what.name);
        what.email.into_iter().for_each(|email| add_address(&mut words, &fold(email)));
        what.phone.into_iter().for_each(|phone| add_digits(&mut words, &digits(phone)));
        if let Some(reference) = what.reference {
            let parts = folding::words(reference);
            words.extend(parts.last().map(|number| number.trim_start_matches('0').to_owned()));
            words.extend(parts);
            add_digits(&mut words, &digits(reference));
        }
        let is_found = |prefix: &String| words.iter().any(|word| word.starts_with(prefix.as_str()));
        !self.prefixes.is_empty() && self.prefixes.iter().all(is_found)
    }
}

/// The message to staff when a search is too short.
pub const SEARCH_TOO_SHORT: &str = "Type at least two letters of a name or four digits of a phone number.";

/// Returns whether a search is long enough: at least one word of two letters, or of one letter that takes several
/// bytes, which may be a whole name.
pub fn is_search(search: &str) -> bool {
    prefixes(search).iter().any(|prefix| prefix.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(first_name: &str, last_name: &str, email: Option<&str>, phone: Option<&str>) -> Source {
        Source {
            id: Id(1),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email: email.map(str::to_owned),
            claimed_email: None,
            phone: phone.map(str::to_owned),
        }
    }

    /// Returns whether a search finds a person, by the index and in memory alike.
    fn finds(search: &str, who: &Source) -> bool {
        let words = who.words();
        let by_index = is_search(search)
            && prefixes(search)
                .iter()
                .all(|prefix| words.iter().any(|word| word.starts_with(prefix.as_str())));
        let name = format!("{} {}", who.first_name, who.last_name);
        let (email, phone) = (who.email.as_deref(), who.phone.as_deref());
        let what = Findable { name: &name, email, phone, reference: None };
        assert_eq!(NameSearch::new(search).finds(what), by_index, "{search}");
        by_index
    }

    #[test]
    fn a_visit_is_found_by_its_booking_number() {
        let what = Findable { name: "Ann Lind", reference: Some("CS-2026-000017"), ..Findable::default() };
        for search in
            ["CS-2026-000017", "cs-2026-000017", "000017", "0017", "2026-000017", "17", "lind 000017"]
        {
            assert!(NameSearch::new(search).finds(what), "{search}");
        }
        for search in ["18", "CS-2026-000018", "000018", "7", "ind", "peter 000017"] {
            assert!(!NameSearch::new(search).finds(what), "{search}");
        }
    }

    /// Every form in which a number is accepted finds it (N7).
    #[test]
    fn a_number_from_abroad_is_found_in_every_form() {
        let who = source("Ada", "Byron", None, Some("+442079460018"));
        for search in
            ["+44 (0)20 7946 0018", "011 44 20 7946 0018", "0044 20 7946 0018", "020 7946 0018", "7946 0018"]
        {
            assert!(finds(search, &who), "{search}: {:?} {:?}", prefixes(search), who.words());
        }
        assert!(!finds("+44 20 7946 0019", &who));
    }

    #[test]
    fn a_person_is_found_by_every_spelling_of_their_name() {
        let who = source(
            "Zoë-Marie",
            "O’Brien Ångström",
            Some("z.obrien99@example.com"),
            Some("+1 (212) 555-0100"),
        );
        for search in [
            "zoe",
            "ZOË",
            "marie",
            "zoemarie",
            "Zoe-Marie",
            "o'brien",
            "O’Brien",
            "obrien",
            "brien",
            "o brien",
            "angstrom",
            "ÅNG zoe",
            "ang o'b",
            "z.obrien99@example.com",
            "obrien99@ex",
            "Z.OBrien99@Example",
            "212 555 0100",
            "+1 212-555-0100",
            "(212)5550100",
            "0100",
            "555 01",
            "2125550100",
            "0012125550100",
            "212 555 0100 x42",
            "(212) 555-0100 ext. 42",
            "tel:+1-212-555-0100",
            "011 1 212 555 0100",
            "zoe 0100",
            "٢١٢ ٥٥٥",
        ] {
            assert!(finds(search, &who), "{search}: {:?} {:?}", prefixes(search), who.words());
        }
        for search in
            ["zoex", "example.com", "100x", "212 555 0101", "z", "-", "", "0100 peter", "@example.com"]
        {
            assert!(!finds(search, &who), "{search}: {:?}", prefixes(search));
        }
    }

    #[test]
    fn index_words_never_exceed_the_key_length() {
        let long = "\u{fdfa}".repeat(80);
        let who = source(
            &long,
            &"ß-".repeat(40),
            Some(&format!("{}@example.com", "a.".repeat(30))),
            Some("123456789012345"),
        );
        let words = who.words();
        assert!(words.len() <= MOST_WORDS && who.sort_name().len() <= folding::LONGEST_WORD);
        assert!(words.iter().all(|word| word.len() <= folding::LONGEST_WORD), "{words:?}");
    }

    #[test]
    fn a_statement_for_several_rows_is_complete() {
        let mut bytes = [0; 500];
        let size = write_statement(2, &mut bytes);
        let text = String::from_utf8_lossy(&bytes[..size]).into_owned();
        assert_eq!(text, format!("{HEAD}($1, $2, $3), ($4, $5, $6){TAIL}"));
    }
}
