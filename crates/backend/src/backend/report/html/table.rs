//! Tables of pages: names on the left, numbers on the right of their columns.

use crate::backend::report::markup::{Element, el};

/// A cell.
pub(super) enum Cell {
    /// A name; its label first, if it has one.
    Name { label: Option<String>, name: String, depth: usize },
    /// A number, aligned right.
    Number(String),
    /// A text.
    Text(String),
    /// Something drawn.
    Drawn(Element),
    /// A number on a ground that is the darker the more, 0 to 5.
    Heat(String, u64),
    /// What became of a target: the word and its class.
    Verdict(&'static str, &'static str),
}

/// A name without a label.
pub(super) fn name(label: Option<&str>, name: &str) -> Cell {
    Cell::Name { label: label.filter(|label| *label != name).map(str::to_owned), name: name.to_owned(), depth: 0 }
}

/// A table with a caption. The first cell of each row is its head. It scrolls where the page is narrow.
pub(super) fn table(caption: &str, heads: &[&str], rows: Vec<Vec<Cell>>) -> Element {
    let is_number = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).all(|cell| matches!(cell, Cell::Number(_) | Cell::Heat(..))) && at > 0
    };
    let head = heads.iter().enumerate().map(|(at, head)| {
        let cell = el("th").a("scope", "col").t(head);
        if is_number(at) { cell.class("number") } else { cell }
    });
    let table = el("table")
        .c(el("caption").t(caption))
        .c(el("thead").c(el("tr").cs(head)))
        .c(el("tbody").cs(rows.into_iter().map(|row| el("tr").cs(row.into_iter().enumerate().map(cell)))));
    scrolled(&format!("{caption}, table"), table)
}

/// Something wide: it scrolls by itself, by keys as well.
pub(super) fn scrolled(label: &str, element: Element) -> Element {
    el("div").class("wide").a("role", "region").a("aria-label", label).a("tabindex", "0").c(element)
}

/// A table behind a word that opens it.
pub(super) fn folded(word: &str, table: Element) -> Element {
    el("details").c(el("summary").t(word)).c(table)
}

fn cell((at, cell): (usize, Cell)) -> Element {
    let element = if at == 0 { el("th").a("scope", "row") } else { el("td") };
    match cell {
        Cell::Name { label, name, depth } => {
            let element = if depth == 0 { element } else { element.class(format!("depth-{}", depth.min(6))) };
            match label {
                Some(label) => element.c(el("span").named().t(label)).t(" ").c(el("code").t(name)),
                None => element.t(name),
            }
        }
        Cell::Number(text) => element.class("number").t(text),
        Cell::Text(text) => element.t(text),
        Cell::Drawn(drawn) => element.c(drawn),
        Cell::Heat(text, step) => element.class(format!("number heat-{step}")).t(text),
        Cell::Verdict(word, class) => element.class(format!("verdict {class}")).t(word),
    }
}
