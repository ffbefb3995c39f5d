//! YAML text to a spanned tree, comments kept. The only folder that names the YAML library.
//!
//! In: the text of one file. Out: a [`Document`]. Never: what keys mean.

mod de;
mod faults;
mod flow;
mod lookalike;
mod parse;
mod scalar;
mod spanned;

pub use de::{DeError, from_node};
pub use parse::parse;
pub use spanned::{Entries, Spanned};

use crate::text::Span;

/// One YAML file as a tree.
#[derive(Clone, Debug)]
pub struct Document {
    /// The top node; `None` for a file with nothing but comments.
    pub root: Option<Node>,
    /// All comments, in order.
    pub comments: Vec<Comment>,
    /// What stands behind it in the file, and was not read.
    pub rest: Option<Span>,
}

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// From `#` to the end of the line.
    pub span: Span,
    /// What stands after `#`.
    pub text: String,
    /// Whether something else stands before it on its line.
    pub trailing: bool,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value stands: a scalar with its quotes, a collection from its first to its last child.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// YAML 1.2 core values.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of at most 64 bits.
    Int(i64),
    /// Any other number; finite.
    Float(f64),
    /// Text: quoted, or plain and none of the above.
    Str(String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping, in the order of the file; keys are text and occur once.
    Map(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value under `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry with `key`, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a mapping; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Seq(_) => &[],
        }
    }
}
