//! Writes leads down: CSV, JSON Lines or Parquet.
//!
//! In: the columns, then rows of cells. Out: bytes. Never: more than one row in memory, of Parquet one row group of
//! [`ROW_GROUP`] rows; how a file comes to its name.

mod csv;
mod jsonl;
mod parquet;

use std::io::Write;

use crate::ir::{Type, Value};

/// Rows of a row group in Parquet.
pub(super) const ROW_GROUP: usize = 1 << 16;

/// How leads are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFormat {
    /// Comma-separated values with a header row.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// Apache Parquet, with a type for each column.
    Parquet,
}

impl WriteFormat {
    /// The format that the end of a path tells: `.csv`, `.jsonl`, `.ndjson` or `.parquet`, in any case.
    pub fn of_path(path: &str) -> Option<WriteFormat> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(WriteFormat::Csv),
            "jsonl" | "ndjson" => Some(WriteFormat::Jsonl),
            "parquet" => Some(WriteFormat::Parquet),
            _ => None,
        }
    }
}

/// Where leads are written, and how.
pub struct Target {
    /// How.
    pub format: WriteFormat,
    /// Where.
    pub out: Box<dyn Write + Send>,
}

/// A column of the result.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// What its values are; `None` for text that no field takes.
    pub(super) ty: Option<Type>,
}

/// A cell of the result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OutCell<'a> {
    /// Its text.
    pub(super) text: &'a str,
    /// Its value, where there is one.
    pub(super) value: Option<&'a Value>,
    /// Whether its text is to be kept where values are not typed by column.
    pub(super) verbatim: bool,
    /// The JSON that it was read from, where no field takes it.
    pub(super) json: Option<&'a serde_json::Value>,
}

/// A file that is being written.
pub(super) enum Writer {
    Csv(csv::CsvWriter),
    Jsonl(jsonl::JsonlWriter),
    Parquet(Box<parquet::ParquetWriter>),
}

impl Writer {
    /// Begins a file. The error is the system's words, here and below.
    pub(super) fn open(target: Target, columns: Vec<Column>) -> Result<Writer, String> {
        Ok(match target.format {
            WriteFormat::Csv => Writer::Csv(csv::CsvWriter::open(target.out, &columns)?),
            WriteFormat::Jsonl => Writer::Jsonl(jsonl::JsonlWriter::open(target.out, columns)),
            WriteFormat::Parquet => Writer::Parquet(Box::new(parquet::ParquetWriter::open(target.out, &columns)?)),
        })
    }

    /// Writes a row, a cell for each column.
    pub(super) fn row(&mut self, cells: &[OutCell<'_>]) -> Result<(), String> {
        match self {
            Writer::Csv(csv) => csv.row(cells.iter().map(|cell| cell.text)),
            Writer::Jsonl(jsonl) => jsonl.row(cells),
            Writer::Parquet(parquet) => parquet.row(cells),
        }
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<(), String> {
        match self {
            Writer::Csv(csv) => csv.finish(),
            Writer::Jsonl(jsonl) => jsonl.finish(),
            Writer::Parquet(parquet) => parquet.finish(),
        }
    }
}

/// A value as text that the reader of leads takes. Instants are in UTC.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Date(days) => {
            let days = jiff::Span::new().try_days(*days);
            let date = days.and_then(|days| jiff::civil::Date::constant(1970, 1, 1).checked_add(days));
            date.map(|date| date.to_string()).unwrap_or_default()
        }
        Value::Datetime(secs) => {
            jiff::Timestamp::from_second(*secs).map(|instant| instant.to_string()).unwrap_or_default()
        }
        Value::Set(set) => set.iter().map(String::as_str).collect::<Vec<_>>().join(";"),
    }
}

/// A row of CSV, as RFC 4180 has it, with `\n` at its end.
pub fn csv_row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    csv::line(cells)
}
