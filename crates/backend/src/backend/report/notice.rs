//! Facts in a line and what stands below them: what the summary says that is no table, for all reports.

use super::table::{cells, list, push_line};

/// Facts under a title.
pub(super) struct Notice {
    /// What they are about.
    pub(super) title: &'static str,
    /// They stand in one line.
    pub(super) facts: Vec<String>,
    /// What stands below.
    pub(super) below: Vec<Below>,
}

/// A line below a notice.
pub(super) struct Below {
    /// What it tells, such as `refused:`.
    pub(super) word: String,
    /// What there is of it.
    pub(super) items: Vec<String>,
    /// More about it, a line each.
    pub(super) lines: Vec<String>,
}

impl Below {
    /// A line without more about it; nothing if there are no items.
    pub(super) fn of(word: &str, items: Vec<String>) -> Option<Below> {
        (!items.is_empty()).then(|| Below { word: word.to_owned(), items, lines: Vec::new() })
    }
}

impl Notice {
    /// All of it for a terminal.
    pub(super) fn print(&self, width: usize) -> String {
        self.print_head(width) + &self.print_below(width)
    }

    /// The title and its facts.
    pub(super) fn print_head(&self, width: usize) -> String {
        list(&format!("{}  ", self.title), &self.facts, width)
    }

    /// What stands below.
    pub(super) fn print_below(&self, width: usize) -> String {
        let mut text = String::new();
        for Below { word, items, lines } in &self.below {
            if items.is_empty() || cells(word) > width / 2 {
                push_line(&mut text, &format!("  {word}"));
                if !items.is_empty() {
                    text.push_str(&list("    ", items, width));
                }
            } else {
                text.push_str(&list(&format!("  {word} "), items, width));
            }
            lines.iter().for_each(|line| push_line(&mut text, &format!("    {line}")));
        }
        text
    }
}
