//! `catalogs`: products and other things that leads can buy.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use super::data::Field;
use crate::syntax::{Entries, Spanned};

/// Things of one kind, from a file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Name for people.
    #[schemars(example = &"商品")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Everything in the shop, exported every night")]
    pub description: Option<String>,
    /// CSV file of the items, relative to the project, with a column for the key and one for each field.
    #[schemars(example = &"catalogs/products.csv")]
    pub file: Text,
    /// Column that tells items apart.
    #[schemars(example = &"sku")]
    pub key: Text,
    /// What is known of an item: the columns that are read, with their types.
    #[schemars(example = serde_json::json!({"name": {"type": "text"}, "price": {"type": "money"}}))]
    pub fields: Entries<Field>,
    /// The event that is a purchase of an item.
    #[schemars(example = serde_json::json!({"event": "purchased", "item": "sku", "fills": {"amount": "price"}}))]
    pub purchases: Option<Purchases>,
    /// CSV file of orders before the run, with the columns `customer` and `item`: who bought what.
    #[schemars(example = &"catalogs/orders.csv")]
    pub orders: Option<Text>,
    /// How items are recommended to those who bought others.
    #[schemars(example = serde_json::json!({"count": 3, "at_least": 5, "by": "cosine"}))]
    pub recommend: Option<Spanned<Recommend>>,
}

/// The event that is a purchase of an item.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchases {
    /// The event.
    #[schemars(example = &"purchased")]
    pub event: Text,
    /// Its property that holds the item's key.
    #[schemars(example = &"sku")]
    pub item: Text,
    /// Properties of the event that the item gives where the event does not, each from a field of the item.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"amount": "price"}))]
    pub fills: Entries<Text>,
}

/// How items are recommended.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recommend {
    /// How many, unless a template asks for another number; 3 unless said.
    #[schemars(example = 3, range(min = 1, max = 50))]
    pub count: Option<u32>,
    /// Least number of customers who bought two items for these to go together; 2 unless said.
    #[schemars(example = 5, range(min = 1))]
    pub at_least: Option<u32>,
    /// How strongly two items go together: `cosine` unless said.
    #[schemars(example = &"cosine")]
    pub by: Option<Likeness>,
    /// From what it is found out: from `orders` where there are any, else from `events`, unless said.
    #[schemars(example = serde_json::json!(["orders", "events"]))]
    pub from: Option<Vec<LearntFrom>>,
}

/// From what it is found out which items go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LearntFrom {
    /// The orders of the catalog.
    Orders,
    /// Purchases of the time before a run, in the logs that it replays.
    Events,
}

/// How strongly two items go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Likeness {
    /// Customers of both, over the geometric mean of the customers of each.
    Cosine,
    /// How many times as often as by accident.
    Lift,
}
