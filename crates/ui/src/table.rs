//! Tables of the back office.

/// A table. The first cell of each row is the header of the row.
#[derive(Debug)]
pub struct Table {
    /// The caption, which screen readers announce.
    pub caption: &'static str,
    /// The headings of the columns.
    pub head: Vec<&'static str>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<TableCell>>,
    /// The path of the same table as CSV, if there is one.
    pub csv: Option<String>,
}

/// A cell of a table.
#[derive(Debug)]
pub struct TableCell {
    /// The text of the cell.
    pub text: String,
    /// The path that the cell links to, if it is a link.
    pub path: Option<String>,
}

impl TableCell {
    /// Returns whether the text has more than 48 characters, so it may be broken into several lines.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() > 48
    }
}

/// Creates a cell of plain text.
pub fn cell(text: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: None }
}

/// Creates a cell that is a link.
pub fn link(text: impl Into<String>, path: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: Some(path.into()) }
}
