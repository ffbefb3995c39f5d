//! Values as the simulator holds them: texts that the plan names are numbers, so that comparing them compares numbers.
//!
//! In: values of the plan and of leads. Out: [`Slot`]s that are kept and [`V`]s that a condition works with.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::ir::Value;

/// A text that the plan names.
pub type Sym = u32;

/// The texts that the plan names. After compiling it only answers.
#[derive(Debug, Default)]
pub struct Texts {
    all: Vec<String>,
    numbers: HashMap<String, Sym, BuildHasherDefault<TextHasher>>,
}

/// Hashes texts by XXH3-64. Each lead's texts are looked up; those they are held against stand in the plan, so nobody can
/// choose them to collide.
#[derive(Debug, Default)]
struct TextHasher(u64);

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    /// What `str` writes behind its bytes, to keep texts apart that follow each other; there is one here.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Texts {
    /// The number of a text, which it gets now if it has none.
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(sym) = self.numbers.get(text) {
            return *sym;
        }
        let sym = Sym::try_from(self.all.len()).unwrap_or(Sym::MAX);
        self.all.push(text.to_owned());
        self.numbers.insert(text.to_owned(), sym);
        sym
    }

    /// The number of a text, if the plan names it.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.numbers.get(text).copied()
    }

    /// The text with this number.
    pub fn get(&self, sym: Sym) -> &str {
        self.all.get(sym as usize).map_or("", String::as_str)
    }

    /// A value of a lead. Texts that no part of the plan names are kept as they are.
    pub fn slot(&self, value: &Value) -> Slot {
        let text = |text: &str| match self.numbers.get(text) {
            Some(sym) => Slot::Sym(*sym),
            None => Slot::Text(text.into()),
        };
        match value {
            Value::Bool(value) => Slot::Bool(*value),
            Value::Int(value) => Slot::Int(*value),
            Value::Number(value) => Slot::Number(*value),
            Value::Text(value) => text(value),
            Value::Date(value) => Slot::Date(*value),
            Value::Datetime(value) => Slot::Time(*value),
            Value::Set(values) => Slot::Set(values.iter().map(|value| text(value)).collect()),
        }
    }

    /// A value that stands in the plan.
    pub fn intern_value(&mut self, value: &Value) -> Slot {
        match value {
            Value::Text(text) => {
                self.intern(text);
            }
            Value::Set(texts) => texts.iter().for_each(|text| {
                self.intern(text);
            }),
            Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) => {}
        }
        self.slot(value)
    }
}

/// A value that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Slot {
    /// No value.
    #[default]
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any number.
    Number(f64),
    /// A text that the plan names.
    Sym(Sym),
    /// Another text.
    Text(Box<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// An instant.
    Time(i64),
    /// Texts, in the order of their letters.
    Set(Box<[Slot]>),
}

/// A value at hand.
#[derive(Clone, Debug)]
pub enum V<'a> {
    /// No value.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any number.
    Number(f64),
    /// A text that the plan names.
    Sym(Sym),
    /// Another text.
    Text(Cow<'a, str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// An instant.
    Time(i64),
    /// Texts.
    Set(&'a [Slot]),
}

impl Slot {
    /// The value, to work with.
    pub fn view(&self) -> V<'_> {
        match self {
            Slot::Absent => V::Absent,
            Slot::Bool(value) => V::Bool(*value),
            Slot::Int(value) => V::Int(*value),
            Slot::Number(value) => V::Number(*value),
            Slot::Sym(value) => V::Sym(*value),
            Slot::Text(value) => V::Text(Cow::Borrowed(value)),
            Slot::Date(value) => V::Date(*value),
            Slot::Time(value) => V::Time(*value),
            Slot::Set(value) => V::Set(value),
        }
    }

    /// The text, if it is one.
    pub fn text<'a>(&'a self, texts: &'a Texts) -> Option<&'a str> {
        match self {
            Slot::Sym(sym) => Some(texts.get(*sym)),
            Slot::Text(text) => Some(text),
            Slot::Absent
            | Slot::Bool(_)
            | Slot::Int(_)
            | Slot::Number(_)
            | Slot::Date(_)
            | Slot::Time(_)
            | Slot::Set(_) => None,
        }
    }
}

impl V<'_> {
    /// The value, to be kept.
    pub fn keep(&self) -> Slot {
        match self {
            V::Absent => Slot::Absent,
            V::Bool(value) => Slot::Bool(*value),
            V::Int(value) => Slot::Int(*value),
            V::Number(value) => Slot::Number(*value),
            V::Sym(value) => Slot::Sym(*value),
            V::Text(value) => Slot::Text(value.as_ref().into()),
            V::Date(value) => Slot::Date(*value),
            V::Time(value) => Slot::Time(*value),
            V::Set(value) => Slot::Set((*value).into()),
        }
    }

    /// Whether this is `true`; an absent value is not.
    pub fn holds(&self) -> bool {
        matches!(self, V::Bool(true))
    }

    /// The number this is, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            V::Int(value) => Some(*value as f64),
            V::Number(value) => Some(*value),
            V::Absent | V::Bool(_) | V::Sym(_) | V::Text(_) | V::Date(_) | V::Time(_) | V::Set(_) => None,
        }
    }

    /// The text this is, if it is one.
    pub fn text<'b>(&'b self, texts: &'b Texts) -> Option<&'b str> {
        match self {
            V::Sym(sym) => Some(texts.get(*sym)),
            V::Text(text) => Some(text),
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Date(_) | V::Time(_) | V::Set(_) => None,
        }
    }

    /// How two values of one type compare; `None` if one is absent or the types differ.
    pub fn compare(&self, other: &V<'_>, texts: &Texts) -> Option<Ordering> {
        match (self, other) {
            (V::Sym(left), V::Sym(right)) if left == right => Some(Ordering::Equal),
            (V::Int(left), V::Int(right)) => Some(left.cmp(right)),
            (V::Bool(left), V::Bool(right)) => Some(left.cmp(right)),
            (V::Date(left), V::Date(right)) => Some(left.cmp(right)),
            (V::Time(left), V::Time(right)) => Some(left.cmp(right)),
            (V::Set(left), V::Set(right)) => {
                let names = |set: &[Slot]| set.iter().filter_map(|slot| slot.text(texts).map(str::to_owned)).collect();
                let (left, right): (Vec<String>, Vec<String>) = (names(left), names(right));
                Some(left.cmp(&right))
            }
            _ => match (self.number(), other.number()) {
                (Some(left), Some(right)) => left.partial_cmp(&right),
                (Some(_), None) | (None, Some(_)) => None,
                (None, None) => Some(self.text(texts)?.cmp(other.text(texts)?)),
            },
        }
    }

    /// Whether two values are equal; an absent one equals nothing.
    pub fn same(&self, other: &V<'_>, texts: &Texts) -> bool {
        match (self, other) {
            (V::Sym(left), V::Sym(right)) => left == right,
            _ => self.compare(other, texts) == Some(Ordering::Equal),
        }
    }
}
