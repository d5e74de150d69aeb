//! SQL statements: one text for both engines, registered so that a test can prepare every statement on both.

use std::sync::OnceLock;

/// One statement with its position in the source and its text for each engine. The two texts are equal except for a
/// few statements, which a test counts.
#[derive(Debug)]
pub struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
    /// The source file of the statement.
    pub file: &'static str,
    /// The source line of the statement.
    pub line: u32,
    numbered: OnceLock<String>,
}

/// Returns the pattern for `LIKE $1 ESCAPE '!'` that matches any value containing `text`. No character of `text`
/// acts as a wildcard.
pub fn containing(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// An entry of the statement register.
#[derive(Debug)]
pub struct Registered(pub &'static Sql);

inventory::collect!(Registered);

impl Sql {
    /// Only [`crate::sql!`] calls this function.
    #[doc(hidden)]
    pub const fn new(sqlite: &'static str, postgres: &'static str, file: &'static str, line: u32) -> Sql {
        Sql { sqlite, postgres, file, line, numbered: OnceLock::new() }
    }

    /// Returns every statement that is linked into this program.
    pub fn all() -> impl Iterator<Item = &'static Sql> {
        inventory::iter::<Registered>.into_iter().map(|registered| registered.0)
    }

    /// Returns whether the statement differs between the engines.
    pub fn is_split(&self) -> bool {
        self.sqlite != self.postgres
    }

    /// Returns whether the statement can change rows. If so, each row that it returns is one that it wrote.
    pub(crate) fn writes(&self) -> bool {
        ["INSERT ", "UPDATE ", "DELETE "].iter().any(|word| self.postgres.contains(word))
    }

    /// Returns the text for PostgreSQL, for tests that examine every statement.
    pub fn text(&self) -> &'static str {
        self.postgres
    }

    /// Returns the text for PostgreSQL.
    pub(crate) fn postgres(&self) -> &'static str {
        self.postgres
    }

    /// Returns the text for SQLite with `?3` in place of `$3`. SQLite would treat `$3` as a named parameter and
    /// number it by first appearance; `?3` is always the third.
    pub(crate) fn sqlite(&self) -> &str {
        self.numbered.get_or_init(|| numbered(self.sqlite))
    }
}

/// Replaces `$3` by `?3`, except inside a quoted literal.
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

/// Declares a statement: `sql!("SELECT … WHERE room = $1")`, or `sql!(sqlite: "…", postgres: "…")` if the engines
/// must differ.
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
