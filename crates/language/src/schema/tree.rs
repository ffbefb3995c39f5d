//! The tree as a JSON value, in place, for the validator.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::Number;

use crate::syntax::{self, Entry, Value};
use crate::text::Span;

/// The representation: nodes of the syntax tree.
pub(super) struct Tree;

impl Json for Tree {
    type Node<'a> = &'a syntax::Node;
    type PreparedKey = String;
    type StringBuffer = Option<syntax::Node>;

    const KEYS_PER_LOOKUP: usize = 4;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut Option<syntax::Node>, string: &str, f: impl FnOnce(&syntax::Node) -> T) -> T {
        f(buffer.insert(syntax::Node { span: Span::default(), value: Value::Str(string.to_owned()) }))
    }
}

/// A number of the tree.
#[derive(Clone, Copy)]
pub(super) enum Num {
    Int(i64),
    Float(f64),
}

impl JsonNumber for Num {
    fn as_u64(&self) -> Option<u64> {
        match self {
            Num::Int(value) => u64::try_from(*value).ok(),
            Num::Float(_) => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self {
            Num::Int(value) => Some(*value),
            Num::Float(_) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        match self {
            Num::Int(value) => Some(*value as f64),
            Num::Float(value) => Some(*value),
        }
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_number().to_string())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(match self {
            Num::Int(value) => Number::from(*value),
            Num::Float(value) => Number::from_f64(*value).unwrap_or_else(|| Number::from(0)),
        })
    }

    // `5.0` is no whole number: the declarations read it as a fraction.
    fn is_integer(&self) -> bool {
        matches!(self, Num::Int(_))
    }

    fn is_written_as_integer(&self) -> bool {
        matches!(self, Num::Int(_))
    }
}

impl<'a> Node<'a, Tree> for &'a syntax::Node {
    type Object = &'a [Entry];
    type Array = &'a [syntax::Node];
    type Number = Num;

    fn as_object(&self) -> Option<&'a [Entry]> {
        if let Value::Map(entries) = &self.value { Some(entries) } else { None }
    }

    fn as_array(&self) -> Option<&'a [syntax::Node]> {
        if let Value::Seq(items) = &self.value { Some(items) } else { None }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Value::Str(text) = &self.value { Some(Cow::Borrowed(text)) } else { None }
    }

    fn as_number(&self) -> Option<Num> {
        match &self.value {
            Value::Int(value) => Some(Num::Int(*value)),
            Value::Float(value) => Some(Num::Float(*value)),
            Value::Null | Value::Bool(_) | Value::Str(_) | Value::Seq(_) | Value::Map(_) => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Value::Bool(value) = &self.value { Some(*value) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    fn json_type(&self) -> JsonType {
        match &self.value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Int(_) | Value::Float(_) => JsonType::Number,
            Value::Str(_) => JsonType::String,
            Value::Seq(_) => JsonType::Array,
            Value::Map(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &serde_json::Value) -> bool {
        match &self.value {
            Value::Str(text) => expected.as_str() == Some(text),
            Value::Bool(value) => expected.as_bool() == Some(*value),
            Value::Null | Value::Int(_) | Value::Float(_) => jsonschema::json::cmp::equal(&self.to_value(), expected),
            Value::Seq(_) | Value::Map(_) => false, // the schema has no constant collections
        }
    }

    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        Cow::Owned(match &self.value {
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::Str(text) => text.as_str().into(),
            // Findings are worded from the tree, so that collections are never copied.
            Value::Null | Value::Seq(_) | Value::Map(_) => serde_json::Value::Null,
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref::<syntax::Node>(self) as usize))
    }
}

impl<'a> Object<'a, Tree> for &'a [Entry] {
    type Node = &'a syntax::Node;
    type MemberName = &'a str;
    type MembersIter = std::iter::Map<std::slice::Iter<'a, Entry>, fn(&'a Entry) -> (&'a str, &'a syntax::Node)>;

    fn len(&self) -> usize {
        <[Entry]>::len(self)
    }

    fn get(&self, key: &String) -> Option<&'a syntax::Node> {
        self.iter().find(|entry| entry.key == *key).map(|entry| &entry.value)
    }

    fn members(&self) -> Self::MembersIter {
        self.iter().map(|entry| (entry.key.as_str(), &entry.value))
    }
}

impl<'a> Array<'a, Tree> for &'a [syntax::Node] {
    type Node = &'a syntax::Node;
    type ElementsIter = std::slice::Iter<'a, syntax::Node>;

    fn len(&self) -> usize {
        <[syntax::Node]>::len(self)
    }

    fn elements(&self) -> Self::ElementsIter {
        self.iter()
    }
}
