//! Tables of the back office.

/// A table; the first cell of each row names the row.
#[derive(Debug)]
pub struct Table {
    /// What it shows.
    pub caption: &'static str,
    /// The headings of its columns.
    pub head: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<TableCell>>,
    /// The path of the same table as CSV.
    pub csv: Option<String>,
}

/// A cell of a table.
#[derive(Debug)]
pub struct TableCell {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub path: Option<String>,
}

impl TableCell {
    /// Whether it is a sentence, which may stand on several lines.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() > 48
    }
}

/// A cell of plain text.
pub fn cell(text: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: None }
}

/// A cell that is a link.
pub fn link(text: impl Into<String>, path: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: Some(path.into()) }
}
