//! `fields` and `events`: what is known of leads and what happens to them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use crate::syntax::{Entries, Spanned};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum TypeName {
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A calendar date.
    Date,
    /// An instant.
    Datetime,
    /// An amount in the project's currency.
    Money,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// A country, as an ISO 3166-1 two-letter code.
    Country,
    /// One of `values`.
    Enum,
    /// Any number of `values`.
    Set,
    /// The name of a definition of `kind`.
    Ref,
}

/// Kinds that a `ref` value can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RefKind {
    /// An email.
    Emails,
    /// A message.
    Messages,
    /// A journey.
    Journeys,
    /// A segment.
    Segments,
    /// A list.
    Lists,
    /// A topic.
    Topics,
    /// A persona.
    Personas,
    /// A source.
    Sources,
    /// A page.
    Pages,
    /// A form.
    Forms,
}

/// Something known of a lead. A field is required unless `optional: true`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What the value is.
    #[serde(rename = "type")]
    #[schemars(example = &"enum")]
    pub type_name: Spanned<TypeName>,
    /// What an `enum` or `set` can hold.
    #[schemars(example = serde_json::json!(["製造業", "小売業"]))]
    pub values: Option<Spanned<Vec<Text>>>,
    /// What a `ref` names.
    #[schemars(example = &"emails")]
    pub kind: Option<Spanned<RefKind>>,
    /// Smallest value of an `integer`, `number` or `money`.
    #[schemars(example = 1)]
    pub min: Option<Spanned<f64>>,
    /// Largest value of an `integer`, `number` or `money`.
    #[schemars(example = 100_000)]
    pub max: Option<Spanned<f64>>,
    /// Whether a lead may lack it.
    #[serde(default)]
    #[schemars(example = true)]
    pub optional: bool,
    /// Name for people.
    #[schemars(example = &"業種")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Industry by the Japan Standard Industrial Classification")]
    pub description: Option<String>,
}

/// Something that happens to a lead.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What the event carries.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"path": {"type": "text"}}))]
    pub properties: Entries<Field>,
    /// Fields of the lead that the event sets, each from a property of the event.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"company": "company_name"}))]
    pub sets: Entries<Text>,
    /// Name for people.
    #[schemars(example = &"ページ閲覧")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"A page of the web site was seen")]
    pub description: Option<String>,
}
