//! Logs of events that really happened: read, given to their leads, and replayed instead of drawn behaviour.
//!
//! In: logs (JSON Lines in the Segment spec, or CSV, Parquet and Arrow), the campaign, the rows of a leads file. Out: [`Replayed`]: the
//! rows with their timelines, and what was found on the way. Never: a line in memory for longer than it is read; what
//! stays is described at [`store`].
//!
//! | file | what it does |
//! |---|---|
//! | `call` | what a line says |
//! | `mapping` | which event of the campaign it is, with which properties |
//! | `identity` | who is who |
//! | `store` | events in little memory |
//! | `join` | leads with their timelines |
//! | `customers` | what they bought before the run |

mod call;
mod customers;
mod identity;
mod join;
mod mapping;
mod store;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use serde_json::Value as Json;
use xxhash_rust::xxh3::xxh3_128;

pub use join::Replayed;

use super::bytes::{self, Input, Line};
use super::cell::quoted;
use super::csv::{NOT_UTF8, header, separator, words};
use super::input::{Found, recognise};
use super::record::{Record, Records};
use super::table::{Table, TableCell};
use super::{Format, Incoming, RECORD_LIMIT, ReadError};
use crate::ir::{Campaign, LineRefusal, LogMapping, LogSummary, RefusedLine, Row};
use call::{Call, Keys, Places, own_name};
use identity::Identities;
use mapping::{Mapping, Meant};
use store::{Place, Store};

/// What columns of properties begin with whose own name is that of another column of a log.
pub const PROPERTY_COLUMNS: &str = "property.";

/// Refused lines that are kept in full.
pub const REFUSED_LINES_KEPT: usize = 1_000;

/// Names of events and properties that are told apart, for messages.
const NAMES_KEPT: usize = 1_000;

/// What is read of logs, file by file.
pub struct Log {
    mapping: Mapping,
    keys: Keys,
    identities: Identities,
    store: Store,
    messages: HashSet<u128>,
    start_secs: i64,
    strict: bool,
    summary: LogSummary,
}

/// Why logs cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// A log is none.
    Unreadable {
        /// The log.
        file: String,
        /// Why.
        error: ReadError,
    },
    /// A CSV log lacks columns.
    MissingColumns {
        /// The log.
        file: String,
        /// A sentence about what is missing.
        message: String,
    },
    /// A line is refused, and none may be.
    Refused(RefusedLine),
}

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LogError::Unreadable { file, error } => {
                write!(f, "`{file}`: {}", error.to_string().replace("leads file", "event log"))
            }
            LogError::MissingColumns { file, message } => write!(f, "`{file}`: {message}"),
            LogError::Refused(RefusedLine { file, line, message, .. }) => {
                write!(f, "line {line} of `{file}` was refused: {message}")
            }
        }
    }
}

impl std::error::Error for LogError {}

impl Log {
    /// Begins. The run that replays it starts at `start_secs`, in seconds since 1970-01-01T00:00:00Z; with `strict` a
    /// line that is refused ends the reading, unless it only repeats another.
    pub fn new(campaign: &Campaign, start_secs: i64, strict: bool) -> Log {
        let usual = LogMapping::default();
        let logs = campaign.settings.logs.as_ref().unwrap_or(&usual);
        Log {
            mapping: Mapping::new(campaign, logs),
            keys: Keys::new(campaign, logs),
            identities: Identities::default(),
            store: Store::default(),
            messages: HashSet::new(),
            start_secs,
            strict,
            summary: LogSummary::default(),
        }
    }

    /// Reads a log to its end.
    ///
    /// # Errors
    /// If it is no log at all, or a line is refused and none may be.
    pub fn read(&mut self, file: &str, format: Format, input: impl Read + Send + 'static) -> Result<(), LogError> {
        self.read_any(file, Some(format), Incoming::of_read(input))
    }

    /// Reads a log to its end, whatever its format. `format` is what its name tells, if it does.
    ///
    /// # Errors
    /// If it is no log at all, or a line is refused and none may be.
    pub fn read_any(&mut self, file: &str, format: Option<Format>, input: Incoming) -> Result<(), LogError> {
        let number = self.summary.files.len() as u16;
        self.summary.files.push(file.to_owned());
        let unreadable = |error| LogError::Unreadable { file: file.to_owned(), error };
        match recognise(input, format, &Arc::default()).map_err(unreadable)? {
            Found::Jsonl(input) => self.read_lines(number, input),
            Found::Csv(input) => self.read_rows(number, input),
            Found::Parquet(file) => self.read_table(number, Table::parquet(file).map_err(unreadable)?),
            Found::ArrowFile(file) => self.read_table(number, Table::arrow_file(file).map_err(unreadable)?),
            Found::ArrowStream(stream) => self.read_table(number, Table::arrow_stream(stream).map_err(unreadable)?),
        }
    }

    /// Gives the events to the leads.
    ///
    /// # Errors
    /// If an event has no lead, and none may be refused.
    pub fn join(self, campaign: &Campaign, rows: Vec<Row>) -> Result<Replayed, LogError> {
        Replayed::of(self, campaign, rows)
    }

    fn read_lines(&mut self, file: u16, mut input: Input) -> Result<(), LogError> {
        let mut buffer = Vec::new();
        let mut line = 0;
        loop {
            line += 1;
            let said = match bytes::line(&mut input, &mut buffer) {
                Ok(Line::End) => return Ok(()),
                Ok(Line::Read) if buffer.trim_ascii().is_empty() => continue,
                Ok(Line::Read) => self.object(Place { file, line }, &buffer),
                Ok(Line::TooLong) => bad_line(format!("the line is longer than {RECORD_LIMIT} bytes")),
                Err(words) => return Err(self.broken_off(file, words)),
            };
            self.summary.lines += 1;
            if let Err((reason, message)) = said {
                self.refuse(file, line, reason, message)?;
            }
        }
    }

    fn object(&mut self, place: Place, bytes: &[u8]) -> Result<(), (LineRefusal, String)> {
        let text = std::str::from_utf8(bytes).or_else(|_| bad_line("the line is not UTF-8".to_owned()))?;
        let object = match serde_json::from_str(text) {
            Ok(Json::Object(object)) => object,
            Ok(_) => return bad_line("the line is no JSON object".to_owned()),
            Err(error) => return bad_line(super::jsonl::json_words(&error).replace(" that leads are made of", "")),
        };
        let call = Call::of_object(&object, &self.keys).or_else(bad_line)?;
        self.take(place, &call)
    }

    fn read_rows(&mut self, file: u16, input: Input) -> Result<(), LogError> {
        let name = self.summary.files.last().cloned().unwrap_or_default();
        let unreadable = |error| LogError::Unreadable { file: name.clone(), error };
        let (mut records, mut record) = (Records::new(input), Record::default());
        let header = header(&mut records, &mut record).map_err(unreadable)?;
        let places = self.places(&header).map_err(|message| match separator(&header) {
            Some(error) => unreadable(error),
            None => LogError::MissingColumns { file: name.clone(), message },
        })?;
        if records.are_in_other_letters() {
            return Err(unreadable(ReadError::OtherLetters));
        }
        let unread = self.unread_columns(&header, &places);
        loop {
            match records.read(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(words) => return Err(self.broken_off(file, words)),
            }
            self.summary.lines += 1;
            let line = record.line;
            for column in &unread {
                count(&mut self.summary.unread_properties, column);
            }
            if let Err((reason, message)) = self.row(Place { file, line }, &record, &header, &places) {
                self.refuse(file, line, reason, message)?;
            }
        }
    }

    fn row(
        &mut self,
        place: Place,
        record: &Record,
        header: &[String],
        places: &Places,
    ) -> Result<(), (LineRefusal, String)> {
        if let Some(fault) = record.fault {
            return bad_line(words(fault));
        }
        if record.len() != header.len() {
            return bad_line(format!("the row has {} cells, and the header has {}", record.len(), header.len()));
        }
        let cells: Result<Vec<&str>, _> = record.cells().map(std::str::from_utf8).collect();
        let cells = cells.or_else(|_| bad_line(NOT_UTF8.to_owned()))?;
        self.cells(place, header, cells, places)
    }

    fn cells(
        &mut self,
        place: Place,
        header: &[String],
        cells: Vec<&str>,
        places: &Places,
    ) -> Result<(), (LineRefusal, String)> {
        let call = Call::of_row(header, cells.into_iter().map(str::trim).collect(), places, &self.keys);
        if call.name.is_none() {
            return bad_line("the row names no event".to_owned());
        }
        self.take(place, &call)
    }

    /// Reads a file with typed columns: those that are read at all, as CSV with the same names.
    fn read_table(&mut self, file: u16, mut table: Table) -> Result<(), LogError> {
        let name = self.summary.files.last().cloned().unwrap_or_default();
        let missing = |message| LogError::MissingColumns { file: name.clone(), message };
        let places = self.places(&table.names).map_err(missing)?;
        let unread = self.unread_columns(&table.names, &places);
        let selected: Vec<usize> =
            (0..table.names.len()).filter(|column| !unread.contains(&table.names[*column])).collect();
        table.select(&selected).map_err(|error| LogError::Unreadable { file: name.clone(), error })?;
        let header: Vec<String> = selected.iter().map(|column| table.names[*column].clone()).collect();
        let places = self.places(&header).map_err(missing)?;
        while let Some(line) = table.advance().map_err(|words| self.broken_off(file, words))? {
            self.summary.lines += 1;
            for column in &unread {
                count(&mut self.summary.unread_properties, column);
            }
            let said = texts(&table, &header).or_else(bad_line);
            let said = said.and_then(|texts| {
                self.cells(Place { file, line }, &header, texts.iter().map(AsRef::as_ref).collect(), &places)
            });
            if let Err((reason, message)) = said {
                self.refuse(file, line, reason, message)?;
            }
        }
        Ok(())
    }

    /// Where the columns of a header are. The error is a sentence about what is missing.
    fn places(&self, header: &[String]) -> Result<Places, String> {
        let usual = |key: &str, usual: &[&str]| match self.column(key) {
            Some(column) => vec![column],
            None => usual.iter().map(|name| (*name).to_owned()).collect(),
        };
        let find = |names: &[String]| names.iter().find_map(|name| header.iter().position(|column| column == name));
        let (at, event) = (usual("at", &["at", "timestamp", "time"]), usual("event", &["event"]));
        let places = Places {
            at: find(&at),
            event: find(&event),
            message_id: find(&usual("message_id", &["message_id", "messageId"])),
            keys: self.keys.all.iter().map(|key| find(&key.columns)).collect(),
        };
        let keys: Vec<String> = self.keys.all.iter().filter_map(|key| key.columns.first().cloned()).collect();
        let lacking = |what: &str, names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            Err(format!("the event log lacks the column of {what}: {}", names.join(" or ")))
        };
        match (places.at, places.event) {
            (None, _) => lacking("the time", &at),
            (_, None) => lacking("the event", &event),
            _ if places.keys.iter().all(Option::is_none) => lacking("a key of leads", &keys),
            _ => Ok(places),
        }
    }

    fn column(&self, key: &str) -> Option<String> {
        self.mapping.columns.get(key).map(|column| column.trim().to_owned())
    }

    /// Columns that nothing reads.
    fn unread_columns(&self, header: &[String], places: &Places) -> Vec<String> {
        let taken = [places.at, places.event, places.message_id];
        let taken: HashSet<usize> = taken.into_iter().chain(places.keys.iter().copied()).flatten().collect();
        let rest = header
            .iter()
            .enumerate()
            .filter(|(at, column)| !taken.contains(at) && !self.mapping.reads(own_name(column)));
        rest.map(|(_, column)| column.clone()).collect()
    }

    /// Keeps what a call says.
    fn take(&mut self, place: Place, call: &Call<'_>) -> Result<(), (LineRefusal, String)> {
        if call.keys.is_empty() {
            let keys: Vec<String> = self.keys.all.iter().map(|key| quoted(&key.columns[0])).collect();
            return Err((LineRefusal::NoIdentity, format!("nothing tells whom it is about: {}", keys.join(", "))));
        }
        let at = call.at.as_deref().ok_or((LineRefusal::BadTime, "it has no time".to_owned()))?;
        let at_ms = self.mapping.instant(at).ok_or_else(|| {
            let example = "2026-04-01T09:00:00Z";
            (LineRefusal::BadTime, format!("{} is no time such as `{example}`", quoted(at)))
        })?;
        let message = call.message_id.as_ref().map(|id| xxh3_128(id.as_bytes()));
        if message.is_some_and(|message| self.messages.contains(&message)) {
            let id = quoted(call.message_id.as_deref().unwrap_or_default());
            return Err((LineRefusal::Duplicate, format!("an earlier line has the message id {id} too")));
        }
        let values = match call.name.as_deref().map(|name| (name, self.mapping.meant(name))) {
            None => None,
            Some((_, Some(Meant::Ignored))) => {
                self.summary.ignored += 1;
                None
            }
            Some((name, None)) => {
                self.unknown(name);
                None
            }
            Some((name, Some(Meant::Event(number)))) => {
                let values = self.mapping.properties(number, call).map_err(|words| (LineRefusal::BadValue, words))?;
                note_unread(&mut self.summary.unread_properties, &self.keys, &self.mapping, number, name, call);
                Some((&self.mapping.reader(number).event, values))
            }
        };
        self.messages.extend(message);
        let who = self.identities.together(&call.keys);
        if let Some((event, values)) = values {
            self.store.push(at_ms, who, place, event, values);
        }
        if let (Some(previous), Some(user)) = (&call.previous, self.keys.user) {
            self.join_ids(previous, user, &call.keys);
        }
        Ok(())
    }

    /// An `alias` call: its earlier id, which may have been an anonymous one, is its own.
    fn join_ids(&mut self, previous: &str, user: usize, keys: &[(usize, String)]) {
        let Some((_, own)) = keys.iter().find(|(key, _)| *key == user) else { return };
        let own = self.identities.node(user, own);
        for key in [Some(user), self.keys.anonymous].into_iter().flatten() {
            let earlier = self.identities.node(key, previous.trim());
            self.identities.alias(own, earlier);
        }
    }

    fn unknown(&mut self, name: &str) {
        let unknown = &mut self.summary.unknown;
        if let Some(known) = unknown.get_mut(name) {
            known.count += 1;
        } else if unknown.len() < NAMES_KEPT {
            let nearest = self.mapping.nearest(name);
            unknown.insert(name.to_owned(), crate::ir::log::UnknownEvent { count: 1, nearest });
        } else {
            unknown.entry("…".to_owned()).or_default().count += 1;
        }
    }

    fn refuse(&mut self, file: u16, line: u64, reason: LineRefusal, message: String) -> Result<(), LogError> {
        *self.summary.refused.entry(reason).or_default() += 1;
        let kept = &mut self.summary.refused_lines;
        let is_fault = self.strict && reason != LineRefusal::Duplicate;
        if kept.len() < REFUSED_LINES_KEPT || is_fault {
            let file = self.summary.files.get(usize::from(file)).cloned().unwrap_or_default();
            let refused = RefusedLine { file, line, reason, message };
            if is_fault {
                return Err(LogError::Refused(refused));
            }
            kept.push(refused);
        }
        Ok(())
    }

    fn broken_off(&self, file: u16, words: String) -> LogError {
        let file = self.summary.files.get(usize::from(file)).cloned().unwrap_or_default();
        LogError::Unreadable { file, error: ReadError::Unreadable(words) }
    }
}

/// The cells of a row, as CSV would have them.
fn texts<'a>(table: &'a Table, header: &[String]) -> Result<Vec<Cow<'a, str>>, String> {
    let text = |(at, column): (usize, &String)| match table.cell(at) {
        TableCell::Absent => Ok(Cow::Borrowed("")),
        TableCell::One(text) => Ok(Cow::Borrowed(text.as_str())),
        TableCell::Many(many) => Ok(Cow::Owned(many.join(";"))),
        TableCell::Bad(what) => Err(format!("column {} {what}", quoted(column))),
    };
    header.iter().enumerate().map(text).collect()
}

fn bad_line<T>(message: String) -> Result<T, (LineRefusal, String)> {
    Err((LineRefusal::BadLine, message))
}

fn note_unread(
    unread: &mut BTreeMap<String, u64>,
    keys: &Keys,
    mapping: &Mapping,
    number: usize,
    name: &str,
    call: &Call<'_>,
) {
    let reader = mapping.reader(number);
    for property in call.names().filter(|property| !reader.reads(property) && !keys.reads(property)) {
        count(unread, &format!("{name}.{property}"));
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count += 1;
    } else if counts.len() < NAMES_KEPT {
        counts.insert(name.to_owned(), 1);
    } else {
        *counts.entry("…".to_owned()).or_default() += 1;
    }
}
