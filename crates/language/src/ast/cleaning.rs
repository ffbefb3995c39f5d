//! `cleaning`: how `tabiji leads clean` puts leads files in order.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::Text;
use crate::syntax::{Entries, Spanned};

/// How leads files are put in order. Every key can be left out: fields are then cleaned as their type suggests, and
/// rows with one e-mail address become one lead.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaning {
    /// By field, how its values are normalised, instead of what its type suggests. The order in the list does not
    /// count; an empty list leaves the field alone.
    #[schemars(example = serde_json::json!({"company": ["trim", "width", "kana", "company"], "memo": []}))]
    pub normalize: Entries<Vec<Spanned<NormalizationName>>>,
    /// By field, what becomes of values that are wrong even then; `default` for all others, `blank` unless said.
    #[schemars(example = serde_json::json!({"default": "blank", "email": "refuse"}))]
    pub bad: Entries<Spanned<BadValueName>>,
    /// What becomes of e-mail domains that look misspelt; `suggest` unless said.
    #[schemars(example = &"correct")]
    pub domains: Option<DomainSlips>,
    /// Country of telephone numbers without a country code, where the lead has none of its own, as an ISO 3166-1
    /// two-letter code. That of `locale` unless said.
    #[schemars(example = &"JP", regex(pattern = r"^[A-Z]{2}$"))]
    #[schemars(extend("patternErrorMessage" = "a two-letter country code such as `JP`"))]
    pub country: Option<Text>,
    /// Which rows are the same person, and how they become one lead.
    #[schemars(example = serde_json::json!({"keys": ["email", ["company", "phone"]], "merge": {"department": "longest"}}))]
    pub duplicates: Option<Duplicates>,
}

/// Which rows are the same person, and how they become one lead.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Duplicates {
    /// Rows that agree in all fields of one key are the same person; `email` unless said. Rows with one `id` always are.
    #[schemars(example = serde_json::json!(["email", ["company", "phone"]]))]
    pub keys: Option<Vec<Spanned<Key>>>,
    /// Date field that says which of two rows is newer; `created_at` unless said. Without it, rows further down are newer.
    #[schemars(example = &"updated_at")]
    pub newest_by: Option<Text>,
    /// By field, which value the merged lead gets; `default` for all others, `newest` unless said.
    #[schemars(example = serde_json::json!({"default": "newest", "department": "longest", "interests": "union"}))]
    pub merge: Entries<Spanned<MergeName>>,
}

/// One step towards one way of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum NormalizationName {
    /// Blanks at both ends and invisible characters go.
    Trim,
    /// Full-width letters, digits and marks become half-width.
    Width,
    /// Half-width katakana become full-width, their marks joined.
    Kana,
    /// Runs of blanks become one.
    Blanks,
    /// Small letters.
    Lower,
    /// Capital letters.
    Upper,
    /// Katakana become hiragana.
    Hiragana,
    /// Hiragana become katakana.
    Katakana,
    /// Legal forms in full: `㈱` and `(株)` become 株式会社.
    Company,
    /// Japanese postal codes: `〒１０００００１` becomes `100-0001`.
    Postal,
    /// E-mail addresses: small letters in the domain, no `mailto:`.
    Email,
    /// Telephone numbers as E.164: `03-1234-5678` becomes `+81312345678`.
    Phone,
    /// Web addresses: small letters in scheme and host.
    Url,
    /// Names of countries become ISO 3166-1 codes.
    Country,
    /// Dates as ISO 8601, Japanese years too: `R8.4.1` becomes `2026-04-01`.
    Date,
    /// Numbers without separators and units: `１，２００名` becomes `1200`.
    Number,
    /// Words for yes and no become `true` and `false`.
    Boolean,
    /// The declared value that is meant, whatever its width and case.
    Choice,
    /// Names of time zones as the IANA database writes them.
    Timezone,
}

/// What becomes of a value that its field does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum BadValueName {
    /// It is emptied; where the field is required, the row is refused.
    Blank,
    /// The row is refused.
    Refuse,
    /// It stays as it is.
    Keep,
}

/// What becomes of e-mail domains that look misspelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum DomainSlips {
    /// The report says what was probably meant.
    Suggest,
    /// They are corrected.
    Correct,
}

/// Which of several values a merged lead gets. Empty ones never count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum MergeName {
    /// That of the newest row that has one.
    Newest,
    /// That of the oldest row that has one.
    Oldest,
    /// That of the row furthest up.
    First,
    /// That of the row furthest down.
    Last,
    /// That with the most characters.
    Longest,
    /// The largest; of declared values the last, of `true` and `false` the true one.
    Max,
    /// The smallest.
    Min,
    /// All values of all sets.
    Union,
}

/// A field, or several that have to agree together.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// One field.
    One(String),
    /// Several fields.
    All(Vec<Text>),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a field or a list of fields")
    }

    fn visit_str<E>(self, field: &str) -> Result<Key, E> {
        Ok(Key::One(field.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Key, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = seq.next_element()? {
            fields.push(field);
        }
        Ok(Key::All(fields))
    }
}

impl JsonSchema for Key {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1})
    }
}
