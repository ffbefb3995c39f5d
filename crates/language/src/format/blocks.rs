//! Block texts stand aside while the rest is laid out: their blanks are the author's, and the layout library would touch
//! them. A word stands for each.

use crate::syntax::{Document, Node, Value};

/// Columns by which a text is indented, from where its key or dash stands.
const STEP: usize = 2;

/// A file without its block texts.
pub(super) struct Aside {
    /// The file, with a word for each.
    pub(super) text: String,
    /// Begins every word, and is nowhere in the file.
    mark: String,
    blocks: Vec<Block>,
}

/// A block text.
struct Block {
    /// `|`, `>-`, `|2+`.
    header: String,
    /// Its lines without their indentation.
    lines: Vec<String>,
}

/// Takes the block texts out of a file, which has been parsed as `document`.
pub(super) fn take(text: &str, document: &Document) -> Aside {
    let mut mark = "tjBlock".to_owned();
    while text.contains(&mark) {
        mark.push('x');
    }
    let mut found = Vec::new();
    document.root.iter().for_each(|root| collect(text, root, &mut |node, above| found.push((start(node), above))));
    let mut aside = Aside { text: String::with_capacity(text.len()), mark, blocks: Vec::new() };
    let mut copied = 0;
    for (start, above) in found {
        let Some(header) = text.get(start..).filter(|text| text.starts_with(['|', '>'])) else { continue };
        let Some(above) = above else { continue };
        let length = header.find(|c: char| !matches!(c, '|' | '>' | '+' | '-' | '0'..='9')).unwrap_or(header.len());
        let begins = header.find('\n').map_or(text.len(), |end| start + end + 1);
        let (lines, ends) = content(text, begins, &header[..length], above);
        aside.text.push_str(&text[copied..start]);
        aside.text.push_str(&aside.word(aside.blocks.len()));
        aside.text.push_str(&text[start + length..begins]);
        copied = ends;
        let header = header[..length].replace(|c: char| c.is_ascii_digit(), &STEP.to_string());
        aside.blocks.push(Block { header, lines });
    }
    aside.text.push_str(&text[copied..]);
    aside
}

/// The lines of a block text without their indentation, and where they end. `above` is the column of its key or dash.
fn content(text: &str, begins: usize, header: &str, above: usize) -> (Vec<String>, usize) {
    let is_kept = header.contains('+');
    let digit = header.chars().find_map(|c| c.to_digit(10));
    let mut indentation = digit.map(|digit| above + digit as usize);
    let (mut lines, mut at) = (Vec::new(), begins);
    // How many lines there are up to the last that says something, and where it ends.
    let mut last = (0, begins);
    for line in text[begins..].split_inclusive('\n') {
        let bare = line.trim_end_matches('\n').trim_end_matches('\r');
        let blanks = bare.len() - bare.trim_start_matches(' ').len();
        if blanks < bare.len() {
            let indentation = *indentation.get_or_insert(blanks);
            if blanks < indentation || blanks <= above {
                break;
            }
        }
        at += line.len();
        let rest = &bare[blanks.min(indentation.unwrap_or(blanks))..];
        lines.push(rest.to_owned());
        if is_kept || !rest.is_empty() {
            last = (lines.len(), at);
        }
    }
    lines.truncate(last.0);
    (lines, last.1)
}

impl Aside {
    /// What stands for a block text. It has letters and digits alone, so that no quotes come round it.
    fn word(&self, number: usize) -> String {
        format!("{}{number}z", self.mark)
    }

    /// Puts the block texts back into the file that was laid out and parsed as `document`, below their keys and dashes.
    /// `None` if one of them has no place.
    pub(super) fn put_back(&self, laid_out: &str, document: &Document, line_end: &str) -> Option<String> {
        let mut places = Vec::new();
        document.root.iter().for_each(|root| {
            collect(laid_out, root, &mut |node, above| {
                // An alias says the word too, and does not write it.
                if let Value::Str(word) = &node.value
                    && word.starts_with(&self.mark)
                    && laid_out.get(start(node)..).is_some_and(|rest| rest.starts_with(word.as_str()))
                {
                    places.push((start(node), word.len(), above));
                }
            });
        });
        if places.len() != self.blocks.len() {
            return None;
        }
        let mut text = String::with_capacity(laid_out.len());
        let mut copied = 0;
        for (block, (start, length, above)) in self.blocks.iter().zip(places) {
            let indentation = " ".repeat(above? + STEP);
            let ends = laid_out.get(start..)?.find('\n').map_or(laid_out.len(), |end| start + end + 1);
            text.push_str(laid_out.get(copied..start)?);
            text.push_str(&block.header);
            text.push_str(laid_out.get(start + length..ends)?);
            for line in &block.lines {
                text.push_str(if line.is_empty() { "" } else { &indentation });
                text.push_str(line);
                text.push_str(line_end);
            }
            copied = ends;
        }
        text.push_str(laid_out.get(copied..)?);
        Some(text)
    }
}

fn start(node: &Node) -> usize {
    node.span.start as usize
}

/// Visits the scalars below a node in the order of the file, each with the column of its key or dash, if that is known.
fn collect<'n>(text: &str, node: &'n Node, visit: &mut impl FnMut(&'n Node, Option<usize>)) {
    let mut one = |child: &'n Node, above: Option<usize>| match &child.value {
        Value::Map(_) | Value::Seq(_) => collect(text, child, visit),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => visit(child, above),
    };
    match &node.value {
        Value::Map(entries) => {
            entries.iter().for_each(|entry| one(&entry.value, Some(column(text, entry.key_span.start as usize))));
        }
        Value::Seq(items) => items.iter().for_each(|item| one(item, dash(text, start(item)))),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => visit(node, None),
    }
}

/// Bytes between the start of the line and a place: indentation is blanks alone.
fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The column of the dash before an item that stands on its line.
fn dash(text: &str, at: usize) -> Option<usize> {
    text.get(line_start(text, at)..at)?.rfind("- ")
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}
