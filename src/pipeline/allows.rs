//! Which nodes the allow comments of a file cover.

use crate::diag::Code;
use crate::diag::suppress::{Allow, ParsedAllow, parse_allow};
use crate::syntax::{Comment, Document, Node, Value};
use crate::text::Span;

/// The allow comments of a file. A comment on a line of its own covers the next entry or item and all inside it; one
/// at the end of a line covers the entry or item that begins on that line.
pub(super) fn find(document: &Document) -> Vec<Allow> {
    let mut places = Vec::new();
    if let Some(root) = &document.root {
        collect(root, &mut places);
    }
    document.comments.iter().flat_map(|comment| allows(comment, &places)).collect()
}

/// Every entry and item, from the outside in, in the order of the file.
fn collect(node: &Node, places: &mut Vec<Span>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                places.push(Span { end: entry.value.span.end.max(entry.key_span.end), ..entry.key_span });
                collect(&entry.value, places);
            }
        }
        Value::Seq(items) => {
            for item in items {
                places.push(item.span);
                collect(item, places);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {}
    }
}

fn allows(comment: &Comment, places: &[Span]) -> Vec<Allow> {
    let covers = covered(comment, places);
    match parse_allow(&comment.text) {
        None => Vec::new(),
        Some(ParsedAllow::Malformed) => {
            vec![Allow { code: None, name: String::new(), span: comment.span, covers, reason: String::new() }]
        }
        Some(ParsedAllow::Allow { names, reason }) => names
            .into_iter()
            .map(|(name, at)| {
                // The text of a comment begins after its `#`.
                let start = comment.span.start as usize + 1;
                let span = Span::new(comment.span.file, start + at.start, start + at.end);
                Allow { code: Code::find(&name), name, span, covers, reason: reason.clone() }
            })
            .collect(),
    }
}

fn covered(comment: &Comment, places: &[Span]) -> Span {
    let at = comment.span.start;
    let place = if comment.trailing {
        // The last thing that begins before the comment, and the outermost that begins where it does.
        let last = places.iter().filter(|place| place.start < at).map(|place| place.start).max();
        places.iter().find(|place| Some(place.start) == last)
    } else {
        places.iter().find(|place| place.start > at)
    };
    place.copied().unwrap_or(comment.span)
}
