//! Whether two files say the same, comments included.

use super::tokens::scalars;
use crate::diag::suppress::parse_allow;
use crate::syntax::{Comment, Document, Entry, Node, Value};

/// Whether two files have the same tree and the same comments, each between the same scalars.
pub(super) fn meaning(left: &Document, left_text: &str, right: &Document, right_text: &str) -> bool {
    let trees = match (&left.root, &right.root) {
        (Some(left), Some(right)) => nodes(left, right),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    trees && order(left) == order(right) && comments(left, left_text) == comments(right, right_text)
}

fn nodes(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::Str(left), Value::Str(right)) => left == right,
        (Value::Seq(left), Value::Seq(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| nodes(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            let same = |(left, right): (&Entry, &Entry)| left.key == right.key && nodes(&left.value, &right.value);
            left.len() == right.len() && left.iter().zip(right).all(same)
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Seq(_)
            | Value::Map(_),
            _,
        ) => false,
    }
}

/// Scalars and comments in the order of the file: what a comment speaks of is what stands next to it.
fn order(document: &Document) -> Vec<Option<bool>> {
    let scalars = scalars(document).into_iter().map(|span| (span.start, None));
    // Beside a dash a comment may come to stand behind it; for one that allows something, that is another meaning.
    let trails = |comment: &Comment| comment.trailing && parse_allow(&comment.text).is_some();
    let comments = document.comments.iter().map(|comment| (comment.span.start, Some(trails(comment))));
    let mut all: Vec<(u32, Option<bool>)> = scalars.chain(comments).collect();
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, what)| what).collect()
}

/// The comments as they are written, without blanks at the ends of lines.
fn comments<'a>(document: &Document, text: &'a str) -> Vec<&'a str> {
    let written = |comment: &Comment| text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or("");
    document.comments.iter().map(|comment| written(comment).trim_end()).collect()
}
