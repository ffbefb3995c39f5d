//! Values of fields and properties, and their types.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Type {
    /// Text of any kind.
    Text {
        /// What kind.
        format: TextFormat,
    },
    /// A whole number.
    Integer,
    /// Any number; amounts of money too.
    Number {
        /// Whether it is an amount in the project's currency.
        money: bool,
    },
    /// `true` or `false`.
    Boolean,
    /// A calendar date.
    Date,
    /// An instant.
    Datetime,
    /// One of the values.
    Enum {
        /// The values, in the order they are declared. Shared, since `event.email` has as many as there are emails.
        values: Arc<[String]>,
    },
    /// Any number of the values.
    Set {
        /// The values, in the order they are declared.
        values: Arc<[String]>,
    },
}

/// Kinds of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// Anything.
    Plain,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// An ISO 3166-1 two-letter code, upper case.
    Country,
}

/// A value. Absence is `Option::None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any number; finite.
    Number(f64),
    /// Text, also enum values.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01T00:00:00Z.
    Datetime(i64),
    /// A set of values.
    Set(BTreeSet<String>),
}

impl Value {
    /// The number this is, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Number(number) => Some(*number),
            Value::Bool(_) | Value::Text(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => None,
        }
    }
}

/// Whether text has the shape of an e-mail address: one `@`, no blanks or brackets, a domain with a dot; at most 254
/// bytes (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub fn is_email(text: &str) -> bool {
    // How long the local part is so far, or the label of the domain.
    let (mut length, mut in_domain, mut dots) = (0, false, 0);
    for c in text.chars() {
        match c {
            '@' if !in_domain && length > 0 => (in_domain, length) = (true, 0),
            '.' if in_domain && length == 0 => return false,
            '.' if in_domain => (dots, length) = (dots + 1, 0),
            '@' | ',' | ';' | '<' | '>' | '"' | '(' | ')' => return false,
            _ if c.is_whitespace() || c.is_control() => return false,
            _ => length += 1,
        }
    }
    text.len() <= 254 && dots > 0 && length > 0
}
