//! From a tree to declarations: a serde deserializer that knows the place of every value.
//!
//! In: a [`Node`]. Out: any serde type, [`super::Spanned`] values with their places. Never: what the values mean.

use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess};
use serde::de::{SeqAccess, Unexpected, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::spanned::{SPANNED, packed};
use super::{Entry, Node, Value};
use crate::text::Span;

/// A value that does not fit its type, and the innermost place of the misfit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeError {
    /// The place.
    pub span: Span,
    /// What does not fit.
    pub message: String,
}

/// Reads `node` as a `T`.
pub fn from_node<'de, T: Deserialize<'de>>(node: &'de Node) -> Result<T, DeError> {
    T::deserialize(NodeReader { node })
        .map_err(|fault| DeError { span: fault.span.unwrap_or(node.span), message: fault.message })
}

/// An error on its way out; the first reader that knows a place notes it.
#[derive(Debug)]
struct Fault {
    span: Option<Span>,
    message: String,
}

impl Fault {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Fault { span: None, message: message.to_string() }
    }

    fn invalid_type(found: Unexpected, expected: &dyn Expected) -> Self {
        Fault::custom(format_args!("expected {expected}, found {}", noun(&found)))
    }

    fn invalid_value(found: Unexpected, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Signed(number) => Fault::custom(format_args!("{number} is out of range: expected {expected}")),
            Unexpected::Unsigned(number) => {
                Fault::custom(format_args!("{number} is out of range: expected {expected}"))
            }
            found => Fault::custom(format_args!("expected {expected}, found {}", noun(&found))),
        }
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Fault::custom(format_args!("there is no key `{field}` here"))
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::custom(format_args!("the key `{field}` is missing"))
    }

    fn unknown_variant(variant: &str, _: &'static [&'static str]) -> Self {
        Fault::custom(format_args!("`{variant}` is not a value that is known here"))
    }
}

fn noun(found: &Unexpected) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "text",
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a mapping",
        Unexpected::NewtypeStruct
        | Unexpected::Enum
        | Unexpected::UnitVariant
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant
        | Unexpected::Other(_) => "something else",
    }
}

/// Reads a value of the tree.
#[derive(Clone, Copy)]
struct NodeReader<'de> {
    node: &'de Node,
}

impl<'de> NodeReader<'de> {
    fn read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Str(value) => visitor.visit_borrowed_str(value),
            Value::Seq(items) => read_items(items, visitor),
            Value::Map(entries) => visitor.visit_map(EntriesReader { entries: entries.iter(), value: None }),
        }
    }
}

fn read_items<'de, V: Visitor<'de>>(items: &'de [Node], visitor: V) -> Result<V::Value, Fault> {
    let mut reader = ItemsReader { items: items.iter() };
    let value = visitor.visit_seq(&mut reader)?;
    reader.end(items.len())?;
    Ok(value)
}

impl<'de> Deserializer<'de> for NodeReader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.read(visitor).map_err(|fault| fault.at(self.node.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Seq(_) | Value::Map(_) => {
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == SPANNED {
            visitor.visit_seq(SpanReader { place: Some(self.node.span), value: Some(self) })
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let value = match &self.node.value {
            Value::Str(name) => visitor.visit_enum(VariantReader { name }),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Seq(_) | Value::Map(_) => {
                self.read(visitor)
            }
        };
        value.map_err(|fault| fault.at(self.node.span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        struct map identifier ignored_any
    }
}

/// Reads the name of a variant.
struct VariantReader<'de> {
    name: &'de str,
}

impl<'de> EnumAccess<'de> for VariantReader<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name: StrDeserializer<'de, Fault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for VariantReader<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Fault> {
        Err(Fault::custom("expected a mapping, found text"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        Err(Fault::custom("expected a mapping, found text"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Fault> {
        Err(Fault::custom("expected a mapping, found text"))
    }
}

/// Reads the items of a sequence.
struct ItemsReader<'de> {
    items: std::slice::Iter<'de, Node>,
}

impl ItemsReader<'_> {
    /// All of them have been read.
    fn end(&self, found: usize) -> Result<(), Fault> {
        let Some(extra) = self.items.as_slice().first() else { return Ok(()) };
        let wanted = found - self.items.len();
        Err(Fault::custom(format_args!("expected {wanted} items, found {found}")).at(extra.span))
    }
}

impl<'de> SeqAccess<'de> for &mut ItemsReader<'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(NodeReader { node }).map(Some).map_err(|fault| fault.at(node.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// Reads the entries of a mapping.
struct EntriesReader<'de> {
    entries: std::slice::Iter<'de, Entry>,
    value: Option<&'de Node>,
}

impl<'de> EntriesReader<'de> {
    /// The value of the key that was read last.
    fn value(&mut self) -> Result<&'de Node, Fault> {
        self.value.take().ok_or_else(|| Fault::custom("a value was read before its key"))
    }
}

impl<'de> MapAccess<'de> for EntriesReader<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(&entry.value);
        seed.deserialize(KeyReader { entry }).map(Some).map_err(|fault| fault.at(entry.key_span))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let node = self.value()?;
        seed.deserialize(NodeReader { node }).map_err(|fault| fault.at(node.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// Reads a key, alone or with its place.
#[derive(Clone, Copy)]
struct KeyReader<'de> {
    entry: &'de Entry,
}

impl<'de> Deserializer<'de> for KeyReader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(&self.entry.key)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == SPANNED {
            visitor.visit_seq(SpanReader { place: Some(self.entry.key_span), value: Some(self) })
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(VariantReader { name: &self.entry.key })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple struct map identifier ignored_any
    }
}

/// Shows a value as the pair that [`SPANNED`] asks for.
struct SpanReader<R> {
    place: Option<Span>,
    value: Option<R>,
}

impl<'de, R: Deserializer<'de, Error = Fault>> SeqAccess<'de> for SpanReader<R> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        match (self.place.take(), self.value.take()) {
            (Some(place), value) => {
                self.value = value;
                seed.deserialize(packed(place).into_deserializer()).map(Some)
            }
            (None, Some(value)) => seed.deserialize(value).map(Some),
            (None, None) => Ok(None),
        }
    }
}
