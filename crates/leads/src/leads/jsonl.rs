//! Leads from JSON Lines: one object per line.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;

use super::bytes::{Input, Line, line};
use super::cell::quoted;
use super::columns::{Cell, Columns, is_of_a_run};
use super::{COLUMN_LIMIT, RECORD_LIMIT, Warning};
use crate::ir::{Refusal, RefusedRow, Row};

/// Rows of a JSON Lines file.
pub(super) struct JsonRows {
    input: Input,
    buffer: Vec<u8>,
    line: u64,
    columns: Columns,
    /// Slots by key; several may read the same.
    slots: BTreeMap<String, Vec<usize>>,
    unknown: HashSet<String>,
    warnings: Vec<Warning>,
    broken_off: Option<String>,
}

impl JsonRows {
    /// Makes a reader.
    pub(super) fn open(input: Input, columns: Columns) -> Self {
        let mut slots: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, slot) in columns.slots.iter().enumerate() {
            slots.entry(slot.column.clone()).or_default().push(at);
        }
        let (unknown, warnings) = (HashSet::new(), Vec::new());
        JsonRows { input, buffer: Vec::new(), line: 0, columns, slots, unknown, warnings, broken_off: None }
    }

    pub(super) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What has been seen of leads, for the next file.
    pub(super) fn into_columns(self) -> Columns {
        self.columns
    }

    pub(super) fn broken_off(&self) -> Option<&str> {
        self.broken_off.as_deref()
    }

    fn row(&mut self, too_long: bool) -> Row {
        let line = self.line;
        let refused = |message: String| RefusedRow::new(line, Refusal::BadRow, message);
        if too_long {
            return Err(refused(format!("the line is longer than {RECORD_LIMIT} bytes")));
        }
        if self.buffer.contains(&0) {
            return Err(refused("the row holds a NUL byte".to_owned()));
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| refused("the row is not UTF-8".to_owned()))?;
        let object: Object = serde_json::from_str(text).map_err(|error| refused(json_words(&error)))?;
        let mut cells: Vec<Option<Cell<'_>>> = self.columns.slots.iter().map(|_| None).collect();
        for (key, value) in object.0 {
            match self.slots.get(key.trim()) {
                Some(slots) => {
                    for slot in slots {
                        cells[*slot] = cell(&key, &value).map_err(&refused)?;
                    }
                }
                None => self.note_unknown(key.trim()),
            }
        }
        self.columns.lead(&cells).map_err(|(reason, message)| RefusedRow::new(line, reason, message))
    }

    fn note_unknown(&mut self, key: &str) {
        if is_of_a_run(key) || self.unknown.contains(key) || self.unknown.len() > COLUMN_LIMIT {
            return;
        }
        let full = self.unknown.len() == COLUMN_LIMIT;
        self.warnings.push(if full { Warning::MoreUnknownKeys } else { self.columns.unknown(key) });
        self.unknown.insert(key.to_owned());
    }
}

impl Iterator for JsonRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        while self.broken_off.is_none() {
            self.line += 1;
            let too_long = match line(&mut self.input, &mut self.buffer) {
                Ok(Line::End) => return None,
                Ok(Line::Read) => false,
                Ok(Line::TooLong) => true,
                Err(words) => {
                    let message = format!("the file cannot be read from here on: {words}");
                    self.broken_off = Some(words);
                    return Some(Err(RefusedRow::new(self.line, Refusal::BadRow, message)));
                }
            };
            if too_long || !self.buffer.trim_ascii().is_empty() {
                return Some(self.row(too_long));
            }
        }
        None
    }
}

/// An object with its keys as they are written; none twice.
pub(super) struct Object(pub(super) Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let (mut members, mut keys) = (Vec::new(), HashSet::new());
                while let Some((key, value)) = map.next_entry::<String, Json>()? {
                    if !keys.insert(key.trim().to_owned()) {
                        return Err(serde::de::Error::custom(format!("the key {} is there twice", quoted(&key))));
                    }
                    members.push((key, value));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The reader's words without its own line, which is always 1.
pub(super) fn json_words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    format!("the line is no JSON object that leads are made of: {words} at byte {}", error.column())
}

/// What a value holds, if it is one that leads and events have.
pub(super) fn cell<'a>(key: &str, value: &Json) -> Result<Option<Cell<'a>>, String> {
    let one = |text: String| Ok(Some(Cell::One(Cow::Owned(text))));
    let nul = || Err(format!("key {} holds a NUL byte", quoted(key)));
    match value {
        Json::Null => Ok(None),
        Json::Bool(truth) => one(truth.to_string()),
        Json::Number(number) => one(number.to_string()),
        Json::String(text) if text.contains('\0') => nul(),
        Json::String(text) => one(text.clone()),
        Json::Array(all) if all.iter().any(|part| part.as_str().is_some_and(|text| text.contains('\0'))) => nul(),
        Json::Array(all) => {
            let texts: Option<Vec<String>> = all.iter().map(|part| part.as_str().map(str::to_owned)).collect();
            let wrong = || format!("key {} holds a list of something else than texts", quoted(key));
            texts.map(|texts| Some(Cell::Many(texts))).ok_or_else(wrong)
        }
        Json::Object(_) => Err(format!("key {} holds an object, and values of leads are not nested", quoted(key))),
    }
}
