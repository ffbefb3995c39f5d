//! Leads and events in files with typed columns: Parquet and Arrow IPC.
//!
//! In: a file or stream. Out: rows of cells as text, of the columns that are asked for and no others. Never: more than a
//! page of each such column (Parquet) or a record batch (Arrow) in memory; what a cell means.
//!
//! Values become the text that CSV would have, so that a lead is the same whatever format it came in.

mod arrow;
mod messages;
mod pages;
mod parquet;
mod rows;
mod text;

use std::fs::File;
use std::io::Read;

use super::ReadError;

pub(super) use rows::TableRows;

/// Rows that are taken apart at a time.
const BATCH: usize = 1024;

/// What stands in a column of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum TableCell {
    /// Nothing.
    #[default]
    Absent,
    /// A value, as text.
    One(String),
    /// A list of values.
    Many(Vec<String>),
    /// What no text can be made of; a sentence that goes on behind the name of the column.
    Bad(&'static str),
}

impl TableCell {
    /// Text from bytes.
    fn of_bytes(bytes: &[u8]) -> TableCell {
        match std::str::from_utf8(bytes) {
            Err(_) => TableCell::Bad("holds bytes that are not UTF-8"),
            Ok(text) => TableCell::of_text(text.to_owned()),
        }
    }

    /// A float. One that is no number stands for no value: so programs that know no other absence write it.
    fn of_float(value: &impl ToString, is_nan: bool) -> TableCell {
        if is_nan { TableCell::Absent } else { TableCell::One(value.to_string()) }
    }

    fn of_text(text: String) -> TableCell {
        if text.contains('\0') { TableCell::Bad("holds a NUL byte") } else { TableCell::One(text) }
    }
}

/// A file with typed columns.
pub(super) struct Table {
    /// Names of the columns, trimmed.
    pub(super) names: Vec<String>,
    source: Source,
    /// The columns that were asked for, with the rows at hand.
    batch: Vec<Vec<TableCell>>,
    rows: usize,
    next: usize,
    /// 1-based number of the row at hand.
    row: u64,
}

enum Source {
    Parquet(Box<parquet::ParquetFile>),
    Arrow(Box<arrow::ArrowBatches>),
}

impl Table {
    /// Begins to read Parquet. Nothing is selected yet, here and below.
    pub(super) fn parquet(file: File) -> Result<Table, ReadError> {
        let file = parquet::ParquetFile::open(file)?;
        Table::of(file.names(), Source::Parquet(Box::new(file)))
    }

    /// Begins to read an Arrow file.
    pub(super) fn arrow_file(file: File) -> Result<Table, ReadError> {
        let batches = arrow::ArrowBatches::of_file(file)?;
        Table::of(batches.names(), Source::Arrow(Box::new(batches)))
    }

    /// Begins to read an Arrow stream.
    pub(super) fn arrow_stream(stream: Box<dyn Read + Send>) -> Result<Table, ReadError> {
        let batches = arrow::ArrowBatches::of_stream(stream)?;
        Table::of(batches.names(), Source::Arrow(Box::new(batches)))
    }

    fn of(names: Vec<String>, source: Source) -> Result<Table, ReadError> {
        if names.len() > super::COLUMN_LIMIT {
            return Err(ReadError::TooManyColumns);
        }
        Ok(Table { names, source, batch: Vec::new(), rows: 0, next: 0, row: 0 })
    }

    /// Says which columns are read, each once.
    pub(super) fn select(&mut self, columns: &[usize]) -> Result<(), ReadError> {
        let selected = match &mut self.source {
            Source::Parquet(file) => file.select(columns),
            Source::Arrow(stream) => stream.select(columns),
        };
        selected.map_err(|(column, what)| {
            let column = self.names.get(column).cloned().unwrap_or_default();
            ReadError::ColumnType { column, what }
        })
    }

    /// Goes to the next row; its number, or `None` at the end. The error is the library's words.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, String> {
        while self.next == self.rows {
            let batch = match &mut self.source {
                Source::Parquet(file) => file.batch(BATCH),
                Source::Arrow(stream) => stream.batch(BATCH),
            };
            let Some((rows, batch)) = batch? else { return Ok(None) };
            (self.rows, self.batch, self.next) = (rows, batch, 0);
        }
        self.next += 1;
        self.row += 1;
        Ok(Some(self.row))
    }

    /// The number of the row at hand.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// The part of the file that has been read, at the beginning of each batch; `None` between, or if it is not known.
    pub(super) fn part(&self) -> Option<f64> {
        if self.next != 1 {
            return None;
        }
        match &self.source {
            Source::Parquet(file) => Some(self.row as f64 / file.rows().max(1) as f64),
            Source::Arrow(batches) => batches.part(),
        }
    }

    /// A cell of the row at hand, by the place of its column among the selected ones.
    pub(super) fn cell(&self, selected: usize) -> &TableCell {
        const ABSENT: &TableCell = &TableCell::Absent;
        let column = self.batch.get(selected);
        column.and_then(|column| column.get(self.next.saturating_sub(1))).unwrap_or(ABSENT)
    }
}
