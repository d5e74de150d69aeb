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

impl Table {
    /// Returns whether the table has more than two columns. On a phone, the cells of its rows stand below each other.
    pub(crate) fn is_wide(&self) -> bool {
        self.head.len() > 2
    }
}

/// The meaning of a status, which colors the edge of its row. The text of the status says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing is left to do: ended, canceled.
    Quiet,
    /// Everything is as planned.
    Gold,
    /// Done, or in good order.
    Good,
    /// Worth attention: set to change, waiting.
    Info,
    /// Something is wrong or overdue.
    Bad,
}

impl Tone {
    /// Returns the name of the tone, as class names contain it.
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Quiet => "quiet",
            Tone::Gold => "gold",
            Tone::Good => "good",
            Tone::Info => "info",
            Tone::Bad => "bad",
        }
    }
}

/// A cell of a table.
#[derive(Debug)]
pub struct TableCell {
    /// The text of the cell.
    pub text: String,
    /// The path that the cell links to, if it is a link.
    pub path: Option<String>,
    /// The tone of the row, if the cell says its status.
    pub tone: Option<Tone>,
}

impl TableCell {
    /// Makes the edge of the row show this tone.
    pub fn tone(self, tone: Tone) -> TableCell {
        TableCell { tone: Some(tone), ..self }
    }

    /// Returns whether the text has more than 48 characters, so it may be broken into several lines.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() > 48
    }
}

/// Returns the tone of a row: that of its first cell with a tone.
pub(crate) fn row_tone(row: &[TableCell]) -> Option<&'static str> {
    row.iter().find_map(|cell| cell.tone).map(Tone::as_str)
}

/// Creates a cell of plain text.
pub fn cell(text: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: None, tone: None }
}

/// Creates a cell that is a link.
pub fn link(text: impl Into<String>, path: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), path: Some(path.into()), tone: None }
}
