//! Searches by metadata. What was written a moment ago may be missing from a search for a minute or longer, so an empty
//! result proves nothing about a recent request.

use serde::Serialize;

/// A search for objects that carry a text in their metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetadataSearch {
    query: String,
}

impl MetadataSearch {
    /// Returns the search for objects whose metadata has this text under this name.
    pub fn new(name: &str, value: &str) -> MetadataSearch {
        MetadataSearch { query: format!("metadata[{}]:{}", quoted(name), quoted(value)) }
    }

    /// Also asks that the object was created at or after a unix second.
    #[must_use]
    pub fn created_since(mut self, second: i64) -> MetadataSearch {
        self.query.push_str(&format!(" AND created>={second}"));
        self
    }

    /// Returns the query in Stripe's language.
    pub fn as_str(&self) -> &str {
        &self.query
    }
}

/// Puts a text in quotes, with a backslash before what would end it.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_quotes_names_and_values() {
        let search = MetadataSearch::new("attempt", r"it's \ 7").created_since(1_764_000_000);
        assert_eq!(search.as_str(), r"metadata['attempt']:'it\'s \\ 7' AND created>=1764000000");
    }
}
