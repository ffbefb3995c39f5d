//! One file's declarations as they are written, names still raw, every value with its place.
//!
//! In: the tree of a file that has been held against the JSON Schema. Out: a [`Declarations`]. Never: whether a name
//! exists, or what a condition means.
//!
//! The JSON Schema is generated from these types ([`fn@json_schema`]); descriptions and examples in it are the comments
//! and attributes here.

pub mod acquisition;
pub mod calendar;
pub mod catalog;
pub mod channels;
pub mod cleaning;
pub mod data;
pub mod experiment;
pub mod expression;
pub mod file;
pub mod jinja;
pub mod journey;
mod json_schema;
pub mod kpi;
pub mod limits;
pub mod logs;
mod lower;
pub mod map;
pub mod people;
pub mod permission;
mod prune;
pub mod quantity;
pub mod quota;
pub mod scenario;
mod short_tags;

pub use file::{File, Settings};
pub use json_schema::json_schema;
pub use lower::{Declarations, Kind, Named, Poisoned, lower};

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

use crate::syntax::Spanned;

/// Text with its place.
pub type Text = Spanned<String>;

/// A value as it is written in `set`, `with` and `values`.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`: takes the value away.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text, also dates and enum values.
    Text(String),
    /// Several texts, for a set.
    List(Vec<Text>),
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

struct LiteralVisitor;

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("text, a number, true, false, null or a list of texts")
    }

    fn visit_unit<E>(self) -> Result<Literal, E> {
        Ok(Literal::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal::Int(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Literal, E> {
        Ok(Literal::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Literal, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Literal::List(items))
    }
}

impl JsonSchema for Literal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": ["string", "number", "boolean", "null", "array"], "items": {"type": "string"},
        })
    }
}

/// A type with a short form, one scalar, and a long one, a mapping.
///
/// In the JSON Schema the two are one schema without a union: keywords for mappings say nothing of scalars.
macro_rules! short_or_long {
    (
        $type:ident = $json:literal | $long_type:ty, $says:literal;
        short: $short_type:ident = |$short:ident| $from_short:expr;
        long = |$long:ident| $from_long:expr;
    ) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct EitherForm;
                impl<'de> serde::de::Visitor<'de> for EitherForm {
                    type Value = $type;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                        formatter.write_str($says)
                    }

                    short_or_long!(@visit $short_type $type $short $from_short);

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$type, A::Error> {
                        let long = serde::de::value::MapAccessDeserializer::new(map);
                        let $long = <$long_type as serde::Deserialize>::deserialize(long)?;
                        let made: Result<$type, &'static str> = $from_long;
                        made.map_err(serde::de::Error::custom)
                    }
                }
                deserializer.deserialize_any(EitherForm)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = <$long_type as schemars::JsonSchema>::json_schema(generator);
                schema.insert("type".to_owned(), serde_json::json!([$json, "object"]));
                schema.insert("patternErrorMessage".to_owned(), $says.into());
                schema.remove("description");
                schema
            }
        }
    };
    (@visit str $type:ident $short:ident $from:expr) => {
        fn visit_str<E: serde::de::Error>(self, $short: &str) -> Result<$type, E> {
            let made: Result<$type, &'static str> = $from;
            made.map_err(|error| E::custom(format_args!("`{}` is {error}", $short)))
        }
    };
    (@visit i64 $type:ident $short:ident $from:expr) => {
        fn visit_i64<E: serde::de::Error>(self, $short: i64) -> Result<$type, E> {
            let made: Result<$type, &'static str> = $from;
            made.map_err(|error| E::custom(format_args!("{} is {error}", $short)))
        }
    };
}
pub(crate) use short_or_long;
