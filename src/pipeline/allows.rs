//! Which nodes the allow comments of a file cover.

use crate::diag::Code;
use crate::diag::suppress::{Allow, ParsedAllow, parse_allow};
use crate::syntax::{Comment, Document, Node, Value};
use crate::text::Span;

/// The allow comments of a file. A comment on a line of its own covers the next entry or item and all inside it; one
/// at the end of a line covers the entry or item that begins on that line.
pub(super) fn find(document: &Document, text: &str) -> Vec<Allow> {
    // Most comments speak to people; what they stand beside does not matter.
    let said: Vec<_> =
        document.comments.iter().filter_map(|comment| Some((comment, parse_allow(&comment.text)?))).collect();
    let mut places = Vec::new();
    if let Some(root) = document.root.as_ref().filter(|_| !said.is_empty()) {
        collect(root, &mut places);
    }
    said.into_iter().flat_map(|(comment, said)| allows(comment, said, &places, text)).collect()
}

/// Every entry and item, from the outside in, in the order of the file, so that their beginnings are in order.
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

fn allows(comment: &Comment, said: ParsedAllow, places: &[Span], text: &str) -> Vec<Allow> {
    let covers = covered(comment, places, text);
    match said {
        ParsedAllow::Malformed => {
            vec![Allow { code: None, name: String::new(), span: comment.span, covers, reason: String::new() }]
        }
        ParsedAllow::Allow { names, reason } => names
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

fn covered(comment: &Comment, places: &[Span], text: &str) -> Span {
    let at = comment.span.start;
    let place = if comment.trailing {
        let line = text.get(..at as usize).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        // The outermost thing that begins on the line; else the last that begins before the comment.
        let on_line = places.get(places.partition_point(|place| (place.start as usize) < line));
        let last = || places[..places.partition_point(|place| place.start < at)].last();
        on_line.filter(|place| place.start < at).or_else(last)
    } else {
        places.get(places.partition_point(|place| place.start <= at))
    };
    place.copied().unwrap_or(comment.span)
}
