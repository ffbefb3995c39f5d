//! Leads as a stream of rows: read from CSV, JSON Lines, Parquet or Arrow, or made up from the personas.
//!
//! In: bytes and the campaign, or a plan, a count and a seed. Out: [`Row`](crate::ir::Row)s in the order of the file, each a lead or
//! the reason why it is none. Never: a file held in memory; whatever its size, only one record of at most
//! [`RECORD_LIMIT`] bytes (or what `table` says) and about twelve bytes for each id are kept.
//!
//! A bad row is refused with its line and does not stop the reading. What is wrong with the file as a whole is a
//! [`ReadError`] before the first row.

mod arrivals;
mod bytes;
mod cell;
pub mod clean;
mod columns;
mod csv;
mod days_off;
pub mod generate;
mod input;
mod jsonl;
mod log;
mod made_up;
mod members;
mod on_fields;
mod raw;
mod reader;
mod record;
mod seen;
mod states;
pub mod stats;
mod table;
#[cfg(test)]
mod tests;
mod transactions;
mod wording;
mod write;

use std::io::Read;

pub use arrivals::{Arrivals, Period, arrivals};
pub use days_off::days_off;
pub use input::Incoming;
pub use log::{Log, LogError, PROPERTY_COLUMNS, REFUSED_LINES_KEPT, Replayed};
pub use made_up::{MadeUp, MakeUpError, made_up};
pub use members::{Members, members};
pub use on_fields::{OnFields, asks_fields_alone};
pub use reader::{Part, PartError, Passed, Reader};
pub use states::{State, States, states};
pub use transactions::{Transaction, TransactionColumns, TransactionError, Transactions, transactions};
pub use wording::{Wording, column_of};
pub use write::{Sheet, Target, WRITE_ENDINGS, WriteFormat, csv_row, text_of};

use jiff::tz::TimeZone;

use crate::ir::{Campaign, Field, Name, Value};

/// Longest record, in bytes: a row of CSV, its line breaks in quotes included, or a line of JSON.
pub const RECORD_LIMIT: usize = 1 << 20;

/// Most columns of a file, and most different unknown keys that are told apart.
pub const COLUMN_LIMIT: usize = 4096;

/// Begins to read leads from a single input. The header of CSV has been read when this returns.
///
/// # Errors
/// If no row of the file could become a lead: it is empty, not UTF-8, or lacks columns.
pub fn open(format: Format, input: impl Read + Send + 'static, campaign: &Campaign) -> Result<Reader, ReadError> {
    let mut input = Some(Incoming::of_read(input));
    // Nobody opens what cannot be opened again.
    let open = move || Ok(input.take().unwrap_or_else(|| Incoming::of_read(std::io::empty())));
    let part = Part { name: String::new(), format: Some(format), size: None, open: Box::new(open) };
    Reader::open(vec![part], campaign).map_err(|error| error.error)
}

/// Reads a value of a field as a cell of a leads file, which is not blank, in a time zone.
///
/// # Errors
/// What it should be, as in "which is not …".
pub fn value_of(field: &Field, text: &str, zone: &TimeZone) -> Result<Value, String> {
    cell::value(&cell::Accepts { ty: field.ty.clone(), min: field.min, max: field.max }, text, zone)
}

/// How leads are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header row.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC, a file or a stream.
    Arrow,
}

impl Format {
    /// The format that the end of a path tells, in any case: [`ENDINGS`], with `.gz` or `.zst` behind it or not.
    pub fn of_path(path: &str) -> Option<Format> {
        let path = path.to_ascii_lowercase();
        let path = [".gz", ".zst", ".zstd"].iter().find_map(|packed| path.strip_suffix(packed)).unwrap_or(&path);
        let (_, extension) = path.rsplit_once('.')?;
        match extension {
            "csv" => Some(Format::Csv),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "parquet" => Some(Format::Parquet),
            "arrow" | "arrows" | "ipc" | "feather" => Some(Format::Arrow),
            _ => None,
        }
    }
}

/// Ends of names that tell a format, for messages.
pub const ENDINGS: &str = ".csv, .jsonl, .ndjson, .parquet, .arrow, .arrows, .ipc or .feather, and perhaps .gz or .zst";

/// Something odd that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// No field takes the column, so it is not read.
    UnknownColumn {
        /// The column.
        column: String,
        /// The field or mapped column most like it.
        nearest: Option<String>,
    },
    /// The settings map an optional field to a column that the file does not have, so every lead lacks it.
    NoSuchColumn {
        /// The field.
        field: Name,
        /// The column.
        column: String,
        /// The column most like it.
        nearest: Option<String>,
    },
    /// There are more unknown keys than the [`COLUMN_LIMIT`] named ones.
    MoreUnknownKeys,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Warning::UnknownColumn { column, .. } if column.is_empty() => {
                f.write_str("a column of the leads file has no name and is not read")
            }
            Warning::UnknownColumn { column, nearest } => {
                write!(f, "no field takes the column {}{}", cell::quoted(column), meant(nearest.as_deref()))
            }
            Warning::NoSuchColumn { field, column, nearest } => {
                let (column, meant) = (cell::quoted(column), meant(nearest.as_deref()));
                write!(f, "the field `{field}` is mapped to the column {column}, which the leads file lacks{meant}")
            }
            Warning::MoreUnknownKeys => {
                write!(f, "the leads file has more than {COLUMN_LIMIT} different keys that no field takes")
            }
        }
    }
}

/// Why a file is no leads file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is nothing in it.
    Empty,
    /// The bytes at its beginning are UTF-16: a byte order mark, or a NUL byte for every other letter.
    Utf16,
    /// Its header is no UTF-8.
    NotUtf8,
    /// Its rows are no UTF-8.
    OtherLetters,
    /// Its header holds a NUL byte.
    Nul,
    /// Its header has more than [`COLUMN_LIMIT`] columns.
    TooManyColumns,
    /// Its header is longer than [`RECORD_LIMIT`].
    HeaderTooLong,
    /// A quote in its header is never closed.
    OpenQuote,
    /// Its columns are not separated by commas but by this.
    Separator(char),
    /// Two columns that a field takes have the same name.
    DuplicateColumn(String),
    /// Columns of required fields are missing; all of them.
    MissingColumns(Vec<MissingColumn>),
    /// It cannot be read; the system's words.
    Unreadable(String),
    /// Its name says that it is of this format, and its first bytes do not.
    OtherFormat(&'static str),
    /// It is of this format, but the library cannot make sense of it; its words.
    Unsound(&'static str, String),
    /// It is a Feather file of the first version, which is no Arrow IPC.
    OldFeather,
    /// A column that is to be read holds what no field takes.
    ColumnType {
        /// The column.
        column: String,
        /// What it holds.
        what: &'static str,
    },
}

/// A column that the file needs and lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    /// The required field.
    pub field: Name,
    /// The column it is read from.
    pub column: String,
    /// The column most like it.
    pub nearest: Option<String>,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Empty => f.write_str("the leads file is empty: not even a header is in it"),
            ReadError::Utf16 => f.write_str("the leads file is UTF-16, not UTF-8"),
            ReadError::NotUtf8 => f.write_str("the header of the leads file is not UTF-8"),
            ReadError::OtherLetters => f.write_str("the rows of the leads file are not UTF-8"),
            ReadError::Nul => f.write_str("the header of the leads file holds a NUL byte"),
            ReadError::TooManyColumns => write!(f, "the leads file has more than {COLUMN_LIMIT} columns"),
            ReadError::HeaderTooLong => {
                write!(f, "the first line of the leads file is longer than {RECORD_LIMIT} bytes")
            }
            ReadError::OpenQuote => f.write_str("a quote in the header of the leads file is never closed"),
            ReadError::Separator(mark) => {
                let mark = if *mark == '\t' { "tabs" } else { "semicolons" };
                write!(f, "the columns of the leads file are separated by {mark}, not by commas")
            }
            ReadError::DuplicateColumn(column) => {
                write!(f, "the leads file has the column {} more than once", cell::quoted(column))
            }
            ReadError::MissingColumns(missing) => {
                let all: Vec<String> = missing.iter().map(MissingColumn::to_string).collect();
                write!(f, "the leads file lacks required columns: {}", all.join(", "))
            }
            ReadError::Unreadable(words) => write!(f, "the leads file cannot be read: {words}"),
            ReadError::OtherFormat(format) => write!(f, "the leads file is no {format}, though its name says so"),
            ReadError::Unsound(format, words) => write!(f, "the leads file is no sound {format}: {words}"),
            ReadError::OldFeather => {
                f.write_str("the leads file is Feather of the first version, which is not Arrow IPC")
            }
            ReadError::ColumnType { column, what } => {
                write!(f, "the column {} of the leads file holds {what}", cell::quoted(column))
            }
        }
    }
}

impl std::fmt::Display for MissingColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let MissingColumn { field, column, nearest } = self;
        f.write_str(&cell::quoted(column))?;
        if field != column {
            write!(f, " of the field `{field}`")?;
        }
        nearest.as_ref().map_or(Ok(()), |near| write!(f, " (did you mean {}?)", cell::quoted(near)))
    }
}

impl ReadError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            ReadError::Empty => Some("give a file with a header and a row for each lead".to_owned()),
            ReadError::Utf16 | ReadError::NotUtf8 | ReadError::OtherLetters => Some(
                "save it as UTF-8; spreadsheets call it “CSV UTF-8”, older Japanese files are Shift_JIS".to_owned(),
            ),
            ReadError::Nul | ReadError::TooManyColumns | ReadError::HeaderTooLong | ReadError::OpenQuote => {
                Some("check that this is the leads file, with one header row".to_owned())
            }
            ReadError::Separator(_) => Some("save it with commas".to_owned()),
            ReadError::DuplicateColumn(_) => Some("rename or remove one of them".to_owned()),
            ReadError::MissingColumns(missing) => missing.first().map(|first| {
                let near = first.nearest.as_deref().unwrap_or("Name in the file");
                let near = serde_json::Value::from(near);
                format!("if it has another name, say so in `tabiji.yaml`: `columns: {{{}: {near}}}`", first.field)
            }),
            ReadError::OldFeather => Some("write it anew, as Feather of the second version or as Parquet".to_owned()),
            ReadError::ColumnType { .. } => Some(
                "fields take text, numbers, `true` and `false`, dates and times, sets take lists of texts; write the column as one of these"
                    .to_owned(),
            ),
            ReadError::Unreadable(_) | ReadError::OtherFormat(_) | ReadError::Unsound(..) => None,
        }
    }
}

impl std::error::Error for ReadError {}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {}?", cell::quoted(name)))
}
