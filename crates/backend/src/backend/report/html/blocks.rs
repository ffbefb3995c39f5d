//! Tables of the summary as tables of the page, so that both say the same.

use super::table::{Cell, name, table};
use super::{capital, remark, sentence};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::table::{Block, Line, unpadded};

/// A table under its title, and what is said below it; nothing if it has no rows.
pub(super) fn block(block: &Block) -> Vec<Element> {
    let rows = &block.table.rows;
    if rows.is_empty() {
        return Vec::new();
    }
    let title = capital(block.table.title.trim());
    let has_notes = rows.iter().any(|row| !row.notes.is_empty());
    let mut heads = vec!["Name".to_owned()];
    heads.extend(
        block.table.heads.iter().enumerate().map(
            |(at, head)| {
                if at < block.table.names { head.clone() } else { capital(head) }
            },
        ),
    );
    heads.extend(has_notes.then(|| "Details".to_owned()));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = rows.iter().map(|row| line(row, has_notes)).collect();
    let notes: Vec<String> = block.notes.iter().map(|note| sentence(note)).collect();
    let notes = (!notes.is_empty()).then(|| remark(notes.join(" ")));
    [el("h3").t(&title), table(&title, &heads, rows)].into_iter().chain(notes).collect()
}

fn line(line: &Line, has_notes: bool) -> Vec<Cell> {
    let mut row = vec![name(line.label.as_deref(), &line.name)];
    row.extend(line.numbers.iter().map(|number| Cell::Number(unpadded(number))));
    if has_notes {
        let notes = line.notes.iter().map(|(word, items)| format!("{word} {}", items.join(", ")));
        row.push(Cell::Text(notes.collect::<Vec<_>>().join("; ")));
    }
    row
}
