//! Scalars as they are written. The layout library has a taste in quotes; here the author's come back.

use crate::syntax::{Document, Node, Value};
use crate::text::Span;

/// Where the keys and scalars of a file are written, in the order of the file. Values that are not written, and what an
/// alias stands for, have no place of their own.
pub(super) fn scalars(document: &Document) -> Vec<Span> {
    let mut found = Vec::new();
    if let Some(root) = &document.root {
        collect(root, &mut found);
    }
    found.retain(|span| span.start < span.end);
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                found.push(entry.key_span);
                collect(&entry.value, found);
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => found.push(node.span),
    }
}

/// The text that was laid out, with the quotes that stood before. `None` if the scalars are not the same ones.
pub(super) fn restore(before: &str, was: &Document, after: &str, is: &Document) -> Option<String> {
    let (was, is) = (scalars(was), scalars(is));
    if was.len() != is.len() {
        return None;
    }
    let mut restored = String::with_capacity(after.len());
    let mut end = 0;
    for (was, is) in was.iter().zip(&is) {
        let (old, new) = (slice(before, *was)?, slice(after, *is)?);
        restored.push_str(after.get(end..is.start as usize)?);
        restored.push_str(&kept(old, new));
        end = is.end as usize;
    }
    restored.push_str(after.get(end..)?);
    Some(restored)
}

fn slice(text: &str, span: Span) -> Option<&str> {
    text.get(span.start as usize..span.end as usize)
}

/// How a scalar is written: as before where the quotes were changed, at the new indentation if it has several lines.
fn kept(old: &str, new: &str) -> String {
    let is_quoted = |text: &str| text.starts_with(['"', '\'']);
    if !is_quoted(old) || old.chars().next() == new.chars().next() {
        return new.to_owned();
    }
    let continued = new.lines().skip(1).find(|line| !line.trim().is_empty());
    let indentation = continued.map_or("", |line| &line[..line.len() - line.trim_start().len()]);
    let line_end = if new.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines = old.lines();
    let mut text = lines.next().unwrap_or("").to_owned();
    for line in lines {
        text.push_str(line_end);
        let line = line.trim_start();
        if !line.is_empty() {
            text.push_str(indentation);
            text.push_str(line);
        }
    }
    text
}
