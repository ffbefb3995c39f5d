//! How a value is written so that the same campaign reads it back: by the column and the words of its settings.
//!
//! In: the settings of leads files. Out: names of columns, words. Never: how a file is laid out.

use std::collections::{BTreeMap, BTreeSet};

use super::write::text_of;
use crate::ir::{Campaign, LeadMapping, Value};

/// The column from which a field is read, or `stage`, `score.MODEL`, `consent.TOPIC` or `consent.TOPIC.at`.
pub fn column_of<'m>(mapping: &'m LeadMapping, name: &'m str) -> &'m str {
    mapping.columns.get(name).map_or(name, |column| column.trim())
}

/// The words of one column.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    values: BTreeMap<String, Option<Value>>,
    absent: BTreeSet<String>,
}

impl Wording {
    /// The words for a field, or for `stage` or `consent.TOPIC`.
    pub fn of(campaign: &Campaign, name: &str) -> Wording {
        let mapping = &campaign.settings.leads;
        let values = mapping.values.get(name).into_iter().flatten();
        Wording {
            values: values.map(|(text, value)| (text.trim().to_owned(), value.clone())).collect(),
            absent: mapping.absent.iter().map(|text| text.trim().to_owned()).collect(),
        }
    }

    /// The value, or the word that stands for it where its own text would be read as something else. Numbers, dates and
    /// truths are written as they are.
    pub fn word(&self, value: Value) -> Value {
        match value {
            Value::Text(text) => Value::Text(self.text(text)),
            Value::Set(all) => Value::Set(all.into_iter().map(|text| self.text(text)).collect()),
            Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) => value,
        }
    }

    fn text(&self, text: String) -> String {
        let is_it = |value: &Option<Value>| value.as_ref().is_some_and(|value| text_of(value) == text);
        let reads_back = match self.values.get(&text) {
            Some(value) => is_it(value),
            None => !self.absent.contains(&text),
        };
        if reads_back {
            return text;
        }
        let word = self.values.iter().find(|(_, value)| is_it(value));
        word.map_or(text.clone(), |(word, _)| word.clone())
    }
}
