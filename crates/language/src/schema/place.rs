//! From the validator's paths back to the tree.

use std::collections::HashMap;

use crate::syntax::{Entry, Node, Value};
use crate::text::Span;

/// A value of the tree, and how it is reached.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) node: &'a Node,
    /// The entry whose value it is, unless it is an item or the whole file.
    pub(super) entry: Option<&'a Entry>,
    /// The last key on the way to it.
    pub(super) key: Option<&'a str>,
}

impl Place<'_> {
    /// What a sentence calls it.
    pub(super) fn name(&self) -> String {
        match (self.entry, self.key) {
            (Some(entry), _) => format!("`{}`", entry.key),
            (None, Some(key)) => format!("an item of `{key}`"),
            (None, None) => "the file".to_owned(),
        }
    }

    /// Where to point at when something in it is missing.
    pub(super) fn head(&self) -> Span {
        let first = || self.node.entries().first().map_or(self.node.span, |entry| entry.key_span);
        self.entry.map_or_else(first, |entry| entry.key_span)
    }

    /// Number that tells it from all other places of the tree.
    pub(super) fn id(&self) -> usize {
        std::ptr::from_ref(self.node) as usize
    }
}

/// Finds places by JSON Pointer; a mapping with many keys is walked once.
pub(super) struct Places<'a> {
    root: &'a Node,
    keys: HashMap<usize, HashMap<&'a str, &'a Entry>>,
}

/// Mappings with more keys than this get an index.
const FEW: usize = 16;

impl<'a> Places<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        Places { root, keys: HashMap::new() }
    }

    /// The place that `pointer` (RFC 6901) names.
    pub(super) fn find(&mut self, pointer: &str) -> Option<Place<'a>> {
        let mut place = Place { node: self.root, entry: None, key: None };
        for segment in pointer.split('/').skip(1) {
            place = match &place.node.value {
                Value::Map(_) => {
                    let entry = self.entry(place.node, &segment.replace("~1", "/").replace("~0", "~"))?;
                    Place { node: &entry.value, entry: Some(entry), key: Some(&entry.key) }
                }
                Value::Seq(items) => {
                    Place { node: items.get(segment.parse::<usize>().ok()?)?, entry: None, key: place.key }
                }
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => return None,
            };
        }
        Some(place)
    }

    /// The entry of a mapping with this key.
    pub(super) fn entry(&mut self, node: &'a Node, key: &str) -> Option<&'a Entry> {
        let entries = node.entries();
        if entries.len() <= FEW {
            return node.entry(key);
        }
        let index = self
            .keys
            .entry(std::ptr::from_ref(node) as usize)
            .or_insert_with(|| entries.iter().map(|entry| (entry.key.as_str(), entry)).collect());
        index.get(key).copied()
    }
}
