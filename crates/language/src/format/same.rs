//! Whether two files say the same, comments included.

use super::tokens::scalars;
use crate::diag::suppress::parse_allow;
use crate::syntax::{Comment, Document, Entry, Node, Value};

/// Whether two files have the same tree and the same comments, each between the same scalars.
///
/// # Errors
/// Where the left one says first what the right one does not, if that has a place.
pub(super) fn meaning(left: &Document, left_text: &str, right: &Document, right_text: &str) -> Result<(), Option<u32>> {
    match (&left.root, &right.root) {
        (Some(left), Some(right)) => nodes(left, right)?,
        (None, None) => {}
        (Some(left), None) | (None, Some(left)) => return Err(Some(left.span.start)),
    }
    let (ours, theirs) = (order(left), order(right));
    if let Some(at) = ours.iter().zip(&theirs).position(|((_, one), (_, other))| one != other) {
        return Err(ours.get(at).map(|(start, _)| *start));
    }
    let (ours, theirs) = (comments(left, left_text), comments(right, right_text));
    let differs = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at));
    match differs {
        None => Ok(()),
        Some(at) => Err(left.comments.get(at).map(|comment| comment.span.start)),
    }
}

fn nodes(left: &Node, right: &Node) -> Result<(), Option<u32>> {
    let here = Err(Some(left.span.start));
    let is_same = match (&left.value, &right.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::Str(left), Value::Str(right)) => left == right,
        (Value::Seq(left), Value::Seq(right)) => {
            left.iter().zip(right).try_for_each(|(left, right)| nodes(left, right))?;
            left.len() == right.len()
        }
        (Value::Map(left), Value::Map(right)) => {
            left.iter().zip(right).try_for_each(|(left, right)| entries(left, right))?;
            left.len() == right.len()
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
    };
    if is_same { Ok(()) } else { here }
}

fn entries(left: &Entry, right: &Entry) -> Result<(), Option<u32>> {
    if left.key == right.key { nodes(&left.value, &right.value) } else { Err(Some(left.key_span.start)) }
}

/// Scalars and comments in the order of the file: what a comment speaks of is what stands next to it.
fn order(document: &Document) -> Vec<(u32, Option<bool>)> {
    let scalars = scalars(document).into_iter().map(|span| (span.start, None));
    // Beside a dash a comment may come to stand behind it; for one that allows something, that is another meaning.
    let trails = |comment: &Comment| comment.trailing && parse_allow(&comment.text).is_some();
    let comments = document.comments.iter().map(|comment| (comment.span.start, Some(trails(comment))));
    let mut all: Vec<(u32, Option<bool>)> = scalars.chain(comments).collect();
    all.sort_by_key(|(start, _)| *start);
    all
}

/// The comments as they are written, without blanks at the ends of lines.
fn comments<'a>(document: &Document, text: &'a str) -> Vec<&'a str> {
    let written = |comment: &Comment| text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or("");
    document.comments.iter().map(|comment| written(comment).trim_end()).collect()
}
