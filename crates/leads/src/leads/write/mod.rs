//! Writes leads and other rows down: CSV, JSON Lines or Parquet, packed or not.
//!
//! In: the columns, then rows of cells. Out: bytes. Never: more than one row in memory, of Parquet one row group of
//! [`ROW_GROUP`] rows; how a file comes to its name.

mod calls;
mod csv;
mod jsonl;
mod packing;
mod parquet;

use std::io::Write;

use crate::ir::{Name, Type, Value};
use packing::Packing;

/// Rows of a row group in Parquet.
pub(super) const ROW_GROUP: usize = 1 << 15;

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
    /// The format that the end of a path tells, in any case: [`WRITE_ENDINGS`].
    pub fn of_path(path: &str) -> Option<WriteFormat> {
        let (path, packing) = Packing::of_path(path);
        let (_, extension) = path.rsplit_once('.')?;
        match extension {
            "csv" => Some(WriteFormat::Csv),
            "jsonl" | "ndjson" => Some(WriteFormat::Jsonl),
            // It is packed inside.
            "parquet" if packing == Packing::None => Some(WriteFormat::Parquet),
            _ => None,
        }
    }
}

/// Ends of names that tell how something is written, for messages.
pub const WRITE_ENDINGS: &str = ".csv, .jsonl or .ndjson, and perhaps .gz or .zst, or in .parquet";

/// Where leads are written, and how.
pub struct Target {
    /// How.
    pub format: WriteFormat,
    /// Where.
    pub out: Box<dyn Write + Send>,
}

impl Target {
    /// A file of this name: what its end tells. `None` if it tells nothing.
    pub fn named(path: &str, out: Box<dyn Write + Send>) -> Option<Target> {
        let format = WriteFormat::of_path(path)?;
        let (_, packing) = Packing::of_path(path);
        Some(Target { format, out: packing.pack(out) })
    }
}

/// A table of values with named and typed columns.
pub struct Sheet {
    writer: Writer,
    texts: Vec<String>,
}

impl Sheet {
    /// Begins a table. The error is the system's words, here and below.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open(target: Target, columns: Vec<(Name, Type)>) -> Result<Sheet, String> {
        let columns = columns.into_iter().map(|(name, ty)| Column { name, ty: Some(ty) }).collect();
        Ok(Sheet { writer: Writer::open(target, columns)?, texts: Vec::new() })
    }

    /// Begins a log of events, which [`super::Log`] reads: in JSON Lines a call of the Segment spec in each line. The first
    /// four columns are the lead, the instant, the event, and where it comes from.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open_log(target: Target, columns: Vec<(Name, Type)>) -> Result<Sheet, String> {
        match target.format {
            WriteFormat::Jsonl => {
                let names = columns.into_iter().map(|(name, _)| name).collect();
                let writer = Writer::Calls(calls::CallsWriter::open(target.out, names));
                Ok(Sheet { writer, texts: Vec::new() })
            }
            WriteFormat::Csv | WriteFormat::Parquet => Sheet::open(target, columns),
        }
    }

    /// Writes a row, a value or none for each column.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn row(&mut self, values: &[Option<Value>]) -> Result<(), String> {
        self.texts.clear();
        // Parquet takes values, and not their texts.
        let is_text = !matches!(self.writer, Writer::Parquet(_));
        let text = |value: &Option<Value>| value.as_ref().filter(|_| is_text).map_or(String::new(), text_of);
        self.texts.extend(values.iter().map(text));
        let cells: Vec<OutCell<'_>> = (values.iter().zip(&self.texts))
            .map(|(value, text)| OutCell { text, value: value.as_ref(), ..OutCell::default() })
            .collect();
        self.writer.row(&cells)
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written to its end.
    pub fn finish(self) -> Result<(), String> {
        self.writer.finish()
    }
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
    Calls(calls::CallsWriter),
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
            Writer::Calls(calls) => calls.row(cells),
        }
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<(), String> {
        match self {
            Writer::Csv(csv) => csv.finish(),
            Writer::Jsonl(jsonl) => jsonl.finish(),
            Writer::Parquet(parquet) => parquet.finish(),
            Writer::Calls(calls) => calls.finish(),
        }
    }
}

/// A value as text that the reader of leads takes. Instants are in UTC.
pub fn text_of(value: &Value) -> String {
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
