//! How leads files are put in order: for each field what is done to it, decided.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::TextFormat;
use super::{Campaign, Name, Type};
use crate::text::Origin;

/// How leads files are put in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cleaning {
    /// What is done to each field, to `stage` and to `score.<model>`.
    pub fields: BTreeMap<Name, FieldCleaning>,
    /// Whether misspelt e-mail domains are corrected (otherwise the report says what was probably meant).
    pub correct_domains: bool,
    /// Country of telephone numbers without a country code, where the lead has none.
    pub country: Option<String>,
    /// Rows that agree in all fields of one of these are the same person. Rows with one `id` always are.
    pub keys: Vec<Vec<Name>>,
    /// Which value a lead out of several rows gets from columns that no field takes.
    pub merge: Merge,
    /// Field that says which of two rows is newer.
    pub newest_by: Name,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What is done to the values of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldCleaning {
    /// Steps towards one way of writing, in the order in which they are taken.
    pub normalize: Vec<Normalization>,
    /// What becomes of a value that the field does not take even then.
    pub bad: BadValue,
    /// Which value a lead out of several rows gets.
    pub merge: Merge,
}

/// One step towards one way of writing. The order is that in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Normalization {
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
    /// Legal forms of companies in full.
    Company,
    /// Japanese postal codes.
    Postal,
    /// E-mail addresses.
    Email,
    /// Telephone numbers as E.164.
    Phone,
    /// Web addresses.
    Url,
    /// ISO 3166-1 codes of countries.
    Country,
    /// Dates as ISO 8601.
    Date,
    /// Numbers without separators and units.
    Number,
    /// `true` and `false`.
    Boolean,
    /// The declared value that is meant.
    Choice,
    /// IANA names of time zones.
    Timezone,
}

impl Normalization {
    /// Its name in campaigns and reports.
    pub fn word(self) -> &'static str {
        match self {
            Normalization::Trim => "trim",
            Normalization::Width => "width",
            Normalization::Kana => "kana",
            Normalization::Blanks => "blanks",
            Normalization::Lower => "lower",
            Normalization::Upper => "upper",
            Normalization::Hiragana => "hiragana",
            Normalization::Katakana => "katakana",
            Normalization::Company => "company",
            Normalization::Postal => "postal",
            Normalization::Email => "email",
            Normalization::Phone => "phone",
            Normalization::Url => "url",
            Normalization::Country => "country",
            Normalization::Date => "date",
            Normalization::Number => "number",
            Normalization::Boolean => "boolean",
            Normalization::Choice => "choice",
            Normalization::Timezone => "timezone",
        }
    }

    /// Whether values of the type can be normalised like this.
    pub fn fits(self, ty: &Type) -> bool {
        match self {
            Normalization::Trim => true,
            Normalization::Width => !matches!(ty, Type::Enum { .. } | Type::Set { .. }),
            Normalization::Kana
            | Normalization::Blanks
            | Normalization::Lower
            | Normalization::Upper
            | Normalization::Hiragana
            | Normalization::Katakana
            | Normalization::Company
            | Normalization::Postal
            | Normalization::Timezone => matches!(ty, Type::Text { format: TextFormat::Plain }),
            Normalization::Email => matches!(ty, Type::Text { format: TextFormat::Plain | TextFormat::Email }),
            Normalization::Phone => matches!(ty, Type::Text { format: TextFormat::Plain | TextFormat::Phone }),
            Normalization::Url => matches!(ty, Type::Text { format: TextFormat::Plain | TextFormat::Url }),
            Normalization::Country => matches!(ty, Type::Text { format: TextFormat::Plain | TextFormat::Country }),
            Normalization::Date => matches!(ty, Type::Text { format: TextFormat::Plain } | Type::Date | Type::Datetime),
            Normalization::Number => matches!(ty, Type::Integer | Type::Number { .. }),
            Normalization::Boolean => matches!(ty, Type::Boolean),
            Normalization::Choice => matches!(ty, Type::Enum { .. } | Type::Set { .. }),
        }
    }

    /// All of them, in the order in which they are taken.
    pub const ALL: [Normalization; 19] = [
        Normalization::Trim,
        Normalization::Width,
        Normalization::Kana,
        Normalization::Blanks,
        Normalization::Lower,
        Normalization::Upper,
        Normalization::Hiragana,
        Normalization::Katakana,
        Normalization::Company,
        Normalization::Postal,
        Normalization::Email,
        Normalization::Phone,
        Normalization::Url,
        Normalization::Country,
        Normalization::Date,
        Normalization::Number,
        Normalization::Boolean,
        Normalization::Choice,
        Normalization::Timezone,
    ];
}

/// What becomes of a value that its field does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BadValue {
    /// It is emptied; where the field is required, the row is refused.
    Blank,
    /// The row is refused.
    Refuse,
    /// It stays as it is.
    Keep,
}

impl BadValue {
    /// Its name in campaigns and reports.
    pub fn word(self) -> &'static str {
        match self {
            BadValue::Blank => "blank",
            BadValue::Refuse => "refuse",
            BadValue::Keep => "keep",
        }
    }
}

/// Which of several values a merged lead gets. Empty ones never count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Merge {
    /// That of the newest row that has one.
    Newest,
    /// That of the oldest row that has one.
    Oldest,
    /// That of the row furthest up.
    First,
    /// That of the row furthest down.
    Last,
    /// That with the most characters; of equals the first.
    Longest,
    /// The largest; of declared values the last, of `true` and `false` the true one.
    Max,
    /// The smallest.
    Min,
    /// All values of all sets.
    Union,
}

impl Merge {
    /// Its name in campaigns and reports.
    pub fn word(self) -> &'static str {
        match self {
            Merge::Newest => "newest",
            Merge::Oldest => "oldest",
            Merge::First => "first",
            Merge::Last => "last",
            Merge::Longest => "longest",
            Merge::Max => "max",
            Merge::Min => "min",
            Merge::Union => "union",
        }
    }

    /// Whether values of the type can be merged like this.
    pub fn fits(self, ty: &Type) -> bool {
        match self {
            Merge::Newest | Merge::Oldest | Merge::First | Merge::Last => true,
            Merge::Longest => matches!(ty, Type::Text { .. }),
            Merge::Max | Merge::Min => !matches!(ty, Type::Text { .. } | Type::Set { .. }),
            Merge::Union => matches!(ty, Type::Set { .. }),
        }
    }

    /// All of them.
    pub const ALL: [Merge; 8] =
        [Merge::Newest, Merge::Oldest, Merge::First, Merge::Last, Merge::Longest, Merge::Max, Merge::Min, Merge::Union];
}

impl Cleaning {
    /// What is done where a campaign says nothing: each field as its type suggests, one lead for each e-mail address.
    pub fn of(campaign: &Campaign) -> Cleaning {
        let fields = column_types(campaign).into_iter();
        let fields = fields.map(|(name, ty)| {
            let cleaning =
                FieldCleaning { normalize: usual(&name, &ty), bad: BadValue::Blank, merge: usual_merge(&name, &ty) };
            (name, cleaning)
        });
        Cleaning {
            fields: fields.collect(),
            correct_domains: false,
            country: campaign.settings.locale.as_deref().and_then(region),
            keys: vec![vec!["email".to_owned()]],
            merge: Merge::Newest,
            newest_by: "created_at".to_owned(),
            origin: Origin::default(),
        }
    }
}

/// Everything a leads file can hold, with its type: the fields, `stage` and `score.<model>`.
pub fn column_types(campaign: &Campaign) -> BTreeMap<Name, Type> {
    let mut types: BTreeMap<Name, Type> =
        campaign.fields.iter().map(|(name, field)| (name.clone(), field.ty.clone())).collect();
    if let Some(lifecycle) = &campaign.lifecycle {
        types.insert("stage".to_owned(), Type::Enum { values: lifecycle.stages.clone().into() });
    }
    types.extend(campaign.scoring.keys().map(|model| (format!("score.{model}"), Type::Integer)));
    types
}

/// How values of a type are normalised unless a campaign says otherwise. An `id` is a name that other systems know.
pub fn usual(name: &str, ty: &Type) -> Vec<Normalization> {
    use Normalization::{
        Blanks, Boolean, Choice, Country, Date, Email, Kana, Number, Phone, Timezone, Trim, Url, Width,
    };
    match ty {
        _ if name == "id" => vec![Trim],
        _ if name == "timezone" => vec![Trim, Width, Timezone],
        Type::Text { format: TextFormat::Plain } => vec![Trim, Width, Kana, Blanks],
        Type::Text { format: TextFormat::Email } => vec![Trim, Width, Email],
        Type::Text { format: TextFormat::Url } => vec![Trim, Width, Url],
        Type::Text { format: TextFormat::Phone } => vec![Trim, Width, Phone],
        Type::Text { format: TextFormat::Country } => vec![Trim, Width, Country],
        Type::Integer | Type::Number { .. } => vec![Trim, Width, Number],
        Type::Boolean => vec![Trim, Width, Boolean],
        Type::Date | Type::Datetime => vec![Trim, Width, Date],
        Type::Enum { .. } | Type::Set { .. } => vec![Trim, Choice],
    }
}

/// How values are merged where neither the field nor `default` says otherwise.
fn usual_merge(name: &str, ty: &Type) -> Merge {
    own_merge(name, ty).unwrap_or(Merge::Newest)
}

/// The rule of a field that `default` does not change.
pub fn own_merge(name: &str, ty: &Type) -> Option<Merge> {
    match (name, ty) {
        ("id", _) => Some(Merge::Oldest),
        ("created_at", _) => Some(Merge::Min),
        ("stage", _) => Some(Merge::Max),
        (name, _) if name.starts_with("score.") => Some(Merge::Max),
        (_, Type::Set { .. }) => Some(Merge::Union),
        (_, _) => None,
    }
}

/// The region of a BCP 47 tag: `JP` of `ja-JP`, `TW` of `zh-Hant-TW`.
pub fn region(tag: &str) -> Option<String> {
    let mut parts = tag.split('-').skip(1);
    parts.find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic())).map(str::to_ascii_uppercase)
}
