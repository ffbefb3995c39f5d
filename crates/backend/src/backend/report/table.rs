//! Tables that line up on a terminal, whatever the script: columns are measured in cells, of which a Japanese
//! character takes two.

use unicode_width::UnicodeWidthStr;

const INDENT: usize = 2;
const GAP: usize = 2;

/// A table under a title. Names stand on the left, numbers on the right of their columns.
pub(super) struct Table {
    /// What it is about.
    pub(super) title: String,
    /// Names of the columns of numbers.
    pub(super) heads: Vec<String>,
    /// How many heads, from the first on, are names of the campaign: they are written as they are.
    pub(super) names: usize,
    /// Its rows.
    pub(super) rows: Vec<Line>,
}

/// A table and what is said below it.
pub(super) struct Block {
    /// The table.
    pub(super) table: Table,
    /// A sentence or a part of one each.
    pub(super) notes: Vec<String>,
}

impl Block {
    /// Both as lines; nothing if the table has no rows.
    pub(super) fn print(&self, width: usize) -> String {
        if self.table.rows.is_empty() {
            return String::new();
        }
        let mut text = self.table.print(width);
        self.notes.iter().for_each(|note| push_note(&mut text, note, width));
        text
    }
}

/// Blocks, an empty line between them.
pub(super) fn print_all(blocks: &[Block], width: usize) -> String {
    let printed = blocks.iter().map(|block| block.print(width)).filter(|text| !text.is_empty());
    printed.collect::<Vec<_>>().join("\n")
}

/// A number that was padded so that it lines up on a terminal, for tables that line up by themselves. A count and its
/// share are set apart.
pub(super) fn unpadded(number: &str) -> String {
    match number.split_whitespace().collect::<Vec<_>>().as_slice() {
        [count, share] => format!("{count} · {share}"),
        words => words.join(" "),
    }
}

/// A row.
pub(super) struct Line {
    /// Label, if there is one that is not the name.
    pub(super) label: Option<String>,
    /// Name.
    pub(super) name: String,
    /// Numbers, one for each head.
    pub(super) numbers: Vec<String>,
    /// What stands behind the numbers; a bar.
    pub(super) tail: String,
    /// Lines below: a word and what it lists.
    pub(super) notes: Vec<(String, Vec<String>)>,
}

impl Line {
    /// A row without tail and notes.
    pub(super) fn new(label: Option<&str>, name: &str, numbers: Vec<String>) -> Self {
        let label = label.filter(|label| *label != name).map(str::to_owned);
        Line { label, name: name.to_owned(), numbers, tail: String::new(), notes: Vec::new() }
    }
}

impl Table {
    /// A table without rows.
    pub(super) fn new(title: &str, heads: &[&str]) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Table { title: title.to_owned(), heads, names: 0, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, line: Line) {
        self.rows.push(line);
    }

    /// The table as lines. Where it is wider than `width`, names have lines of their own, and where that is not enough,
    /// numbers stand in several lines, as their heads do; nothing is cut.
    pub(super) fn print(&self, width: usize) -> String {
        let labels = self.rows.iter().filter_map(|row| row.label.as_deref()).map(cells).max();
        let names = self.rows.iter().map(|row| cells(&row.name)).max().unwrap_or(0);
        let columns: Vec<usize> = (0..self.heads.len())
            .map(|at| self.rows.iter().map(|row| cells(&row.numbers[at])).chain([cells(&self.heads[at])]).max())
            .map(|widest| widest.unwrap_or(0))
            .collect();
        let left = INDENT + labels.map_or(0, |labels| labels + GAP) + names;
        let left = left.max(cells(&self.title));
        let tails = self.rows.iter().map(|row| cells(&row.tail)).max().filter(|tail| *tail > 0);
        let right: usize = columns.iter().map(|column| GAP + column).sum();
        let stacked = left + right + tails.map_or(0, |tail| GAP + tail) > width;
        let mut text = String::new();
        let head_left = match stacked {
            true if INDENT * 2 + right <= width => INDENT * 2,
            true => INDENT,
            false => left,
        };
        let groups = groups(&columns, width.saturating_sub(head_left));
        let in_groups = |text: &mut String, numbers: &[String], tail: &str| {
            for group in &groups {
                let tail = if group.end == columns.len() { tail } else { "" };
                let part = aligned(&numbers[group.clone()], &columns[group.clone()]);
                push_line(text, &format!("{}{part}{tail}", " ".repeat(head_left)));
            }
        };
        if stacked {
            push_line(&mut text, &self.title);
            in_groups(&mut text, &self.heads, "");
        } else {
            push_line(&mut text, &format!("{}{}", pad(&self.title, left), aligned(&self.heads, &columns)));
        }
        for row in &self.rows {
            let names = row.names(if stacked { row.label.as_deref().map(cells) } else { labels });
            let numbers = aligned(&row.numbers, &columns);
            let tail = if row.tail.is_empty() { String::new() } else { format!("{}{}", " ".repeat(GAP), row.tail) };
            if stacked {
                push_line(&mut text, &names);
                in_groups(&mut text, &row.numbers, &tail);
            } else {
                push_line(&mut text, &format!("{}{numbers}{tail}", pad(&names, left)));
            }
            for (word, items) in &row.notes {
                text.push_str(&list(&format!("{}{word} ", " ".repeat(INDENT * 2)), items, width));
            }
        }
        text
    }
}

impl Line {
    fn names(&self, labels: Option<usize>) -> String {
        let indent = " ".repeat(INDENT);
        match (labels, &self.label) {
            (Some(width), Some(label)) => format!("{indent}{}{}{}", pad(label, width), " ".repeat(GAP), self.name),
            // A name without a label stands where labels stand.
            (Some(_) | None, _) => format!("{indent}{}", self.name),
        }
    }
}

/// `head a, b, c`, broken between items where the line is full; further lines are indented like the first item.
pub(super) fn list(head: &str, items: &[String], width: usize) -> String {
    let indent = cells(head);
    let (mut text, mut line, mut empty) = (String::new(), head.to_owned(), true);
    for (at, item) in items.iter().enumerate() {
        let item = if at + 1 < items.len() { format!("{item},") } else { item.clone() };
        if !empty && cells(&line) + 1 + cells(&item) > width {
            push_line(&mut text, &line);
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&item);
        empty = false;
    }
    push_line(&mut text, &line);
    text
}

/// The width of a text on a terminal.
pub(super) fn cells(text: &str) -> usize {
    text.width()
}

/// The text, filled up with blanks.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(cells(text))))
}

/// The text, moved to the right.
pub(super) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(cells(text))))
}

/// Columns that stand in one line each, from the left on; each has a gap before it.
fn groups(columns: &[usize], room: usize) -> Vec<std::ops::Range<usize>> {
    let (mut groups, mut start, mut wide) = (Vec::new(), 0, 0);
    for (at, column) in columns.iter().enumerate() {
        if at > start && wide + GAP + column > room {
            groups.push(start..at);
            (start, wide) = (at, 0);
        }
        wide += GAP + column;
    }
    groups.push(start..columns.len());
    groups
}

fn aligned(texts: &[String], columns: &[usize]) -> String {
    texts.iter().zip(columns).map(|(text, column)| format!("{}{}", " ".repeat(GAP), pad_left(text, *column))).collect()
}

/// Widest line of a remark: wider ones are hard to read.
const WIDEST: usize = 90;

/// Adds a remark, broken at blanks where it is too wide.
pub(super) fn push_note(text: &mut String, note: &str, width: usize) {
    let mut line = " ".repeat(INDENT);
    let mut empty = true;
    for word in note.split(' ') {
        if !empty && cells(&line) + 1 + cells(word) > width.min(WIDEST) {
            push_line(text, &line);
            line = " ".repeat(INDENT * 2);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    push_line(text, &line);
}

/// Adds a line without blanks at its end.
pub(super) fn push_line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}
