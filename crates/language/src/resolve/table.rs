//! Cells of a CSV file with their places, for files whose faults are shown where they stand.
//!
//! RFC 4180: commas, quotes round cells, quotes in quotes doubled, line breaks inside quotes. Blank lines are no rows.

use std::ops::Range;

/// A cell: its text, blanks at both ends left out, and its bytes in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) at: Range<usize>,
}

/// The rows of a file, the header first.
pub(super) fn rows(text: &str) -> Vec<Vec<Cell>> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut at = start;
    loop {
        let (cell, end) = cell(text, at);
        row.push(cell);
        match text.as_bytes().get(end) {
            Some(b',') => at = end + 1,
            ending => {
                let row = std::mem::take(&mut row);
                if row.iter().any(|cell: &Cell| !cell.text.is_empty()) {
                    rows.push(row);
                }
                let Some(ending) = ending else { return rows };
                let pair = *ending == b'\r' && text.as_bytes().get(end + 1) == Some(&b'\n');
                at = end + if pair { 2 } else { 1 };
                if at >= text.len() {
                    return rows;
                }
            }
        }
    }
}

/// The cell that begins at a byte, and where it ends: at a comma, a line break or the end of the text.
fn cell(text: &str, start: usize) -> (Cell, usize) {
    let bytes = text.as_bytes();
    let stop = |from: usize| {
        bytes[from..].iter().position(|byte| matches!(byte, b',' | b'\r' | b'\n')).map_or(bytes.len(), |at| from + at)
    };
    if bytes.get(start) != Some(&b'"') {
        let end = stop(start);
        let raw = &text[start..end];
        let from = start + (raw.len() - raw.trim_start().len());
        return (Cell { text: raw.trim().to_owned(), at: from..from + raw.trim().len() }, end);
    }
    let mut at = start + 1;
    let mut value = String::new();
    while at < bytes.len() {
        let next = text[at..].find('"').map_or(bytes.len(), |quote| at + quote);
        value.push_str(&text[at..next]);
        if bytes.get(next + 1) == Some(&b'"') && next < bytes.len() {
            value.push('"');
            at = next + 2;
        } else {
            at = (next + 1).min(bytes.len());
            break;
        }
    }
    (Cell { text: value.trim().to_owned(), at: start..at }, stop(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_their_places() {
        let text = "\u{feff}sku, name ,price\r\nA-1,\"青空, \"\"箱\"\"\",100\n\n\"B\n2\",,5";
        let rows = rows(text);
        let texts: Vec<Vec<&str>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["sku", "name", "price"], vec!["A-1", "青空, \"箱\"", "100"], vec!["B\n2", "", "5"]]);
        assert_eq!(&text[rows[0][1].at.clone()], "name");
        assert_eq!(&text[rows[1][1].at.clone()], "\"青空, \"\"箱\"\"\"");
        assert_eq!(super::rows(""), Vec::<Vec<Cell>>::new());
    }
}
