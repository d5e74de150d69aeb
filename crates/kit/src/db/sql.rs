//! A statement of the product: one text for both engines, registered so that a test can prepare
//! every one of them on both.

use std::sync::OnceLock;

/// One statement, where it stands, and its text for each engine (the same text but for a counted few).
#[derive(Debug)]
pub struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
    /// The file it stands in.
    pub file: &'static str,
    /// The line it stands on.
    pub line: u32,
    numbered: OnceLock<String>,
}

/// The pattern of `LIKE $1 ESCAPE '!'` for whatever holds a text, in which no character means anything but itself.
pub fn containing(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// A statement in the register.
#[derive(Debug)]
pub struct Registered(pub &'static Sql);

inventory::collect!(Registered);

impl Sql {
    /// Made by [`crate::sql!`] alone.
    #[doc(hidden)]
    pub const fn new(sqlite: &'static str, postgres: &'static str, file: &'static str, line: u32) -> Sql {
        Sql { sqlite, postgres, file, line, numbered: OnceLock::new() }
    }

    /// Every statement that is linked into this program.
    pub fn all() -> impl Iterator<Item = &'static Sql> {
        inventory::iter::<Registered>.into_iter().map(|registered| registered.0)
    }

    /// Whether the engines had to differ.
    pub fn is_split(&self) -> bool {
        self.sqlite != self.postgres
    }

    /// Whether it can change rows: then a row that it answers is one that it wrote.
    pub(crate) fn writes(&self) -> bool {
        ["INSERT ", "UPDATE ", "DELETE "].iter().any(|word| self.postgres.contains(word))
    }

    /// The text as PostgreSQL gets it: for the tests that look at every statement.
    pub fn text(&self) -> &'static str {
        self.postgres
    }

    /// The text for PostgreSQL.
    pub(crate) fn postgres(&self) -> &'static str {
        self.postgres
    }

    /// The text for SQLite. To SQLite `$3` is a named parameter, numbered by first appearance; `?3` is the third.
    pub(crate) fn sqlite(&self) -> &str {
        self.numbered.get_or_init(|| numbered(self.sqlite))
    }
}

/// `$3` becomes `?3`, but not inside a quoted literal.
fn numbered(text: &str) -> String {
    let mut quoted = false;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        quoted ^= c == '\'';
        let places = c == '$' && !quoted && rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if places { '?' } else { c });
    }
    out
}

/// A statement: `sql!("SELECT … WHERE room = $1")`, or, where the engines must differ,
/// `sql!(sqlite: "…", postgres: "…")`.
#[macro_export]
macro_rules! sql {
    (sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {{
        static SQL: $crate::db::Sql = $crate::db::Sql::new($sqlite, $postgres, file!(), line!());
        $crate::inventory::submit! { $crate::db::Registered(&SQL) }
        &SQL
    }};
    ($text:expr $(,)?) => {
        $crate::sql!(sqlite: $text, postgres: $text)
    };
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn only_parameters_are_numbered() {
        assert_eq!(numbered("SELECT '$1', $2 WHERE a = $10"), "SELECT '$1', ?2 WHERE a = ?10");
    }
}
