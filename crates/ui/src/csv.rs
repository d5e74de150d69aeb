//! Tables as CSV files for spreadsheets (RFC 4180).

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::table::Table;

/// Returns a table as a CSV file. `name` is the file name without its extension. Cells that a spreadsheet would read as
/// a formula are escaped, see [`escape_formula`].
pub fn csv(name: &str, table: &Table) -> Response {
    let mut text = String::new();
    line(&mut text, table.head.iter().copied());
    for row in &table.rows {
        line(&mut text, row.iter().map(|cell| cell.text.as_str()));
    }
    csv_file(name, text)
}

/// The mark at the beginning of a file by which spreadsheets recognize UTF-8. Without it, Excel shows accented letters
/// incorrectly.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns CSV text as a file download in UTF-8 with a byte order mark. `name` is the file name without its extension.
pub fn csv_file(name: &str, mut text: String) -> Response {
    text.insert(0, BYTE_ORDER_MARK);
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let place = format!("attachment; filename=\"{name}.csv\"");
    let mut response = ([(header::CONTENT_TYPE, kind)], text).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, place);
    }
    response
}

fn line<'t>(out: &mut String, cells: impl Iterator<Item = &'t str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(',');
        }
        let cell = escape_formula(cell);
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// Prefixes a cell that a spreadsheet would read as a formula with an apostrophe and returns other cells unchanged.
pub fn escape_formula(cell: &str) -> String {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let is_formula = cell.starts_with(signs) || cell.trim_start().starts_with(['=', '@']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn special_characters_are_quoted_in_csv() {
        for (cells, text) in [
            (vec!["a", "b"], "a,b\r\n"),
            (vec!["a, b", "say \"no\"", "two\nlines"], "\"a, b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n"),
            (vec!["=1+1", "+1 212", "-5", "@x", ""], "'=1+1,'+1 212,'-5,'@x,\r\n"),
            (vec![" =1+1", "\u{ff1d}1"], "' =1+1,'\u{ff1d}1\r\n"),
        ] {
            let mut out = String::new();
            line(&mut out, cells.into_iter());
            assert_eq!(out, text);
        }
    }
}
