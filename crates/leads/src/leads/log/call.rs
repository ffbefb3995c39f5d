//! One call: what a line of a log says, before any name of it is understood.
//!
//! In: an object of JSON in the Segment spec, or a row of CSV. Out: a [`Call`]. Never: the names of a campaign, but for
//! the keys that tell whom it is about.
//!
//! The shape of calls is described at <https://segment.com/docs/connections/spec/>.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::PROPERTY_COLUMNS;
use super::mapping::IDENTIFY;
use crate::ir::value::{TextFormat, is_email};
use crate::ir::{Campaign, LogMapping, Type};
use crate::leads::cell::quoted;
use crate::leads::columns::Cell;
use crate::leads::jsonl;

/// What a line says.
pub(super) struct Call<'a> {
    /// Name of what happened; `None` if it only says who is who.
    pub(super) name: Option<Cow<'a, str>>,
    /// When, as it is written.
    pub(super) at: Option<Cow<'a, str>>,
    /// Number and value of each key that tells whom it is about, by number.
    pub(super) keys: Vec<(usize, String)>,
    /// The id that an `alias` call joins to its own.
    pub(super) previous: Option<String>,
    /// The id of the message: a second one with it says nothing new.
    pub(super) message_id: Option<Cow<'a, str>>,
    values: Values<'a>,
}

/// Where properties and traits stand.
enum Values<'a> {
    Json { root: &'a Map<String, Json>, own: Option<&'a Map<String, Json>> },
    Row { header: &'a [String], cells: Vec<&'a str> },
}

/// Keys that tell whom a call is about, and where they stand.
pub(super) struct Keys {
    /// Keys by number: those that are fields come first.
    pub(super) all: Vec<Key>,
    /// The key that is the log's `userId`.
    pub(super) user: Option<usize>,
    /// The key that is the log's `anonymousId`.
    pub(super) anonymous: Option<usize>,
}

/// A key.
pub(super) struct Key {
    /// Its name: the field, or the name in the log.
    pub(super) name: String,
    /// Whether it is a field of leads.
    pub(super) is_field: bool,
    format: Option<TextFormat>,
    /// Names of traits that hold it.
    traits: Vec<String>,
    /// The column of CSV.
    pub(super) columns: Vec<String>,
}

impl Keys {
    /// The keys of a campaign.
    pub(super) fn new(campaign: &Campaign, logs: &LogMapping) -> Keys {
        let fields = logs.identity.iter().map(|name| {
            let mapped = logs.traits.iter().filter(|(_, field)| *field == name).map(|(from, _)| from.clone());
            let format = campaign.fields.get(name).and_then(|field| match &field.ty {
                Type::Text { format } => Some(*format),
                _ => None,
            });
            Key {
                columns: columns(name, logs),
                traits: mapped.chain([name.clone()]).collect(),
                is_field: true,
                format,
                name: name.clone(),
            }
        });
        let others = logs.other_keys.iter().map(|name| Key {
            columns: columns(name, logs),
            traits: vec![name.clone()],
            is_field: false,
            format: None,
            name: name.clone(),
        });
        let all: Vec<Key> = fields.chain(others).collect();
        let user = all.iter().position(|key| if key.is_field { key.name == "id" } else { key.name == "userId" });
        let anonymous = all.iter().position(|key| !key.is_field && key.name == "anonymousId");
        Keys { all, user, anonymous }
    }

    /// The value of a key in the form in which it is compared; `None` if it is none.
    pub(super) fn normal(&self, number: usize, text: &str) -> Option<String> {
        let text = text.trim();
        let known = !text.is_empty();
        match self.all.get(number)?.format {
            Some(TextFormat::Email) => is_email(text).then(|| text.to_lowercase()),
            Some(TextFormat::Phone) => {
                let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                (digits.len() >= 3).then_some(digits)
            }
            Some(TextFormat::Plain | TextFormat::Url | TextFormat::Country) | None => known.then(|| text.to_owned()),
        }
    }

    /// Whether a value of this name tells who it is.
    pub(super) fn reads(&self, name: &str) -> bool {
        self.all.iter().any(|key| key.traits.iter().any(|known| known == name))
    }

    fn of_object(&self, root: &Map<String, Json>) -> Vec<(usize, String)> {
        let own = ["traits", "properties"].into_iter().filter_map(|place| root.get(place)?.as_object());
        let context = root.get("context").and_then(Json::as_object);
        let in_context = context.and_then(|context| context.get("traits")?.as_object());
        let places: Vec<&Map<String, Json>> = [root].into_iter().chain(own).chain(in_context).chain(context).collect();
        let find = |number: usize, names: &[String]| {
            let values = names.iter().flat_map(|name| places.iter().filter_map(|place| at_path(place, name)));
            values.filter_map(scalar).find_map(|text| self.normal(number, &text))
        };
        let key = |(number, key): (usize, &Key)| {
            let text = if Some(number) == self.user {
                root.get("userId").and_then(scalar).and_then(|text| self.normal(number, &text))
            } else {
                find(number, &key.traits)
            };
            Some((number, text?))
        };
        self.all.iter().enumerate().filter_map(key).collect()
    }
}

/// Columns that may hold a key; the first one that a file has counts.
fn columns(name: &str, logs: &LogMapping) -> Vec<String> {
    let usual: &[&str] = match name {
        "id" => &["id", "userId", "user_id"],
        "anonymousId" => &["anonymousId", "anonymous_id"],
        _ => &[name],
    };
    match logs.columns.get(name) {
        Some(column) => vec![column.trim().to_owned()],
        None => usual.iter().map(|column| (*column).to_owned()).collect(),
    }
}

impl<'a> Call<'a> {
    /// Reads a call of the Segment spec. The error is a sentence about what is wrong.
    pub(super) fn of_object(root: &'a Map<String, Json>, keys: &Keys) -> Result<Call<'a>, String> {
        let text = |key: &str| root.get(key).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
        let event = text("event");
        let kind = match (text("type"), event) {
            (Some(kind), _) => kind,
            (None, Some(_)) => "track",
            (None, None) => return Err("the line has neither a `type` nor an `event`".to_owned()),
        };
        let (name, own) = match kind {
            "track" => (Some(event.ok_or("the `track` call has no `event`")?), "properties"),
            "identify" => (Some(IDENTIFY), "traits"),
            "page" | "screen" => (Some(kind), "properties"),
            "group" => (Some(kind), "traits"),
            "alias" => (None, "traits"),
            other => return Err(format!("there is no call of the type {}", quoted(other))),
        };
        let own = match root.get(own) {
            None | Some(Json::Null) => None,
            Some(Json::Object(own)) => Some(own),
            Some(_) => return Err(format!("`{own}` is no object")),
        };
        // The first of them is corrected for wrong clocks.
        let times = ["timestamp", "originalTimestamp", "sentAt", "receivedAt"];
        let time = |key: &str| match root.get(key) {
            Some(Json::Number(number)) => Some(Cow::Owned(number.to_string())),
            _ => text(key).map(Cow::Borrowed),
        };
        Ok(Call {
            name: name.map(Cow::Borrowed),
            at: times.into_iter().find_map(time),
            keys: keys.of_object(root),
            previous: root.get("previousId").filter(|_| kind == "alias").and_then(scalar),
            message_id: text("messageId").map(Cow::Borrowed),
            values: Values::Json { root, own },
        })
    }

    /// Reads a row of CSV, its cells trimmed.
    pub(super) fn of_row(header: &'a [String], cells: Vec<&'a str>, places: &Places, keys: &Keys) -> Call<'a> {
        let cell =
            |place: Option<usize>| place.and_then(|place| cells.get(place).copied()).filter(|cell| !cell.is_empty());
        let found = places.keys.iter().enumerate();
        let found = found.filter_map(|(number, place)| Some((number, keys.normal(number, cell(*place)?)?))).collect();
        Call {
            name: cell(places.event).map(Cow::Borrowed),
            at: cell(places.at).map(Cow::Borrowed),
            keys: found,
            previous: None,
            message_id: cell(places.message_id).map(Cow::Borrowed),
            values: Values::Row { header, cells },
        }
    }

    /// The value under a name, if there is one.
    pub(super) fn value(&self, name: &str) -> Result<Option<Cell<'a>>, String> {
        match &self.values {
            Values::Row { header, cells } => {
                let marked = header.iter().position(|column| own_name(column) == name && column != name);
                let at = marked.or_else(|| header.iter().position(|column| column == name));
                let cell = at.and_then(|at| cells.get(at)).filter(|cell| !cell.is_empty());
                Ok(cell.map(|cell| Cell::One(Cow::Borrowed(*cell))))
            }
            Values::Json { root, own } => {
                let own = own.and_then(|own| at_path(own, name));
                let beside = || match name.split('.').next() {
                    Some("context" | "name" | "category" | "groupId") => at_path(root, name),
                    Some(_) | None => None,
                };
                match own.or_else(beside) {
                    None | Some(Json::Null) => Ok(None),
                    Some(Json::String(text)) if text.trim().is_empty() => Ok(None),
                    Some(value) => jsonl::cell(name, value),
                }
            }
        }
    }

    /// Names of the values it has itself.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        let own = match &self.values {
            Values::Json { own, .. } => *own,
            // Columns of CSV are looked at once, with the header.
            Values::Row { .. } => None,
        };
        own.into_iter().flat_map(|own| own.keys().map(String::as_str))
    }
}

/// Columns of a CSV log.
pub(super) struct Places {
    /// The instant.
    pub(super) at: Option<usize>,
    /// The name of the event.
    pub(super) event: Option<usize>,
    /// The id of the message.
    pub(super) message_id: Option<usize>,
    /// Each key.
    pub(super) keys: Vec<Option<usize>>,
}

/// The property whose values a column holds.
pub(super) fn own_name(column: &str) -> &str {
    column.strip_prefix(PROPERTY_COLUMNS).unwrap_or(column)
}

/// A value by its name, or by its way through objects.
fn at_path<'j>(object: &'j Map<String, Json>, name: &str) -> Option<&'j Json> {
    if let Some(value) = object.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    at_path(object.get(first)?.as_object()?, rest)
}

/// Text or a whole number.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
