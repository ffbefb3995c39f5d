//! Rows of a leads file as they stand, with every column: for cleaning, which carries through what no field takes.
//!
//! In: bytes and the campaign's columns. Out: cells by column, or why a row cannot be taken apart. Never: what a cell
//! means.

use serde_json::Value as Json;

use super::bytes::{Input, Line, line};
use super::cell::quoted;
use super::columns::Columns;
use super::csv::{NOT_UTF8, header, place, words};
use super::input::Found;
use super::jsonl::{Object, json_words};
use super::record::{Record, Records};
use super::table::{Table, TableCell};
use super::{COLUMN_LIMIT, RECORD_LIMIT, ReadError, Warning};

/// What stands in a column of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum RawCell {
    /// Nothing: the key is not there, or `null`.
    #[default]
    Absent,
    /// Text.
    Text(String),
    /// Any other JSON.
    Json(Json),
}

impl RawCell {
    /// The cell as text.
    pub(super) fn into_text(self) -> String {
        match self {
            RawCell::Absent => String::new(),
            RawCell::Text(text) => text,
            RawCell::Json(json) => json.to_string(),
        }
    }
}

/// A row, or why it is none.
pub(super) struct RawRow {
    /// 1-based line at which it starts.
    pub(super) line: u64,
    /// Cells in the order of the columns that are known so far.
    pub(super) cells: Result<Vec<RawCell>, String>,
}

/// Rows of a file.
pub(super) struct RawRows {
    /// Columns in the order of the header, or in which keys were met.
    pub(super) columns: Vec<String>,
    /// What is odd about them.
    pub(super) warnings: Vec<Warning>,
    /// Why the reading broke off, if it did.
    pub(super) broken_off: Option<String>,
    source: Source,
}

enum Source {
    Csv(Records, Record),
    Jsonl { input: Input, buffer: Vec<u8>, line: u64 },
    Table(Box<Table>),
}

impl RawRows {
    /// Begins to read. Without `columns` no column means anything to anybody here.
    pub(super) fn open(found: Found, columns: Option<&Columns>) -> Result<Self, ReadError> {
        match found {
            Found::Csv(input) => {
                let (mut records, mut record) = (Records::new(input), Record::default());
                let header = header(&mut records, &mut record)?;
                let warnings = warnings(columns, &header)?;
                let source = Source::Csv(records, record);
                Ok(RawRows { columns: header, warnings, broken_off: None, source })
            }
            Found::Jsonl(input) => {
                let source = Source::Jsonl { input, buffer: Vec::new(), line: 0 };
                Ok(RawRows { columns: Vec::new(), warnings: Vec::new(), broken_off: None, source })
            }
            Found::Parquet(file) => RawRows::of_table(Table::parquet(file)?, columns),
            Found::ArrowFile(file) => RawRows::of_table(Table::arrow_file(file)?, columns),
            Found::ArrowStream(stream) => RawRows::of_table(Table::arrow_stream(stream)?, columns),
        }
    }

    /// All columns of a table, since what no field takes is carried through.
    fn of_table(mut table: Table, columns: Option<&Columns>) -> Result<Self, ReadError> {
        let warnings = warnings(columns, &table.names)?;
        table.select(&(0..table.names.len()).collect::<Vec<_>>())?;
        let (columns, source) = (table.names.clone(), Source::Table(Box::new(table)));
        Ok(RawRows { columns, warnings, broken_off: None, source })
    }

    fn broken(&mut self, line: u64, words: String) -> Option<RawRow> {
        let cells = Err(format!("the file cannot be read from here on: {words}"));
        self.broken_off = Some(words);
        Some(RawRow { line, cells })
    }
}

impl Iterator for RawRows {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        if self.broken_off.is_some() {
            return None;
        }
        match &mut self.source {
            Source::Csv(records, record) => match records.read(record) {
                Ok(true) => Some(RawRow { line: record.line, cells: csv_cells(record, self.columns.len()) }),
                Ok(false) => None,
                Err(words) => {
                    let line = record.line;
                    self.broken(line, words)
                }
            },
            Source::Table(table) => match table.advance() {
                Ok(Some(row)) => Some(RawRow { line: row, cells: table_cells(table, &self.columns) }),
                Ok(None) => None,
                Err(words) => {
                    let row = table.row() + 1;
                    self.broken(row, words)
                }
            },
            Source::Jsonl { input, buffer, line: number } => loop {
                *number += 1;
                let at = *number;
                match line(input, buffer) {
                    Ok(Line::End) => return None,
                    Ok(Line::TooLong) => {
                        let cells = Err(format!("the line is longer than {RECORD_LIMIT} bytes"));
                        return Some(RawRow { line: at, cells });
                    }
                    Ok(Line::Read) if buffer.trim_ascii().is_empty() => {}
                    Ok(Line::Read) => {
                        let cells = json_cells(buffer, &mut self.columns);
                        return Some(RawRow { line: at, cells });
                    }
                    Err(words) => return self.broken(at, words),
                }
            },
        }
    }
}

fn warnings(columns: Option<&Columns>, names: &[String]) -> Result<Vec<Warning>, ReadError> {
    columns.map_or(Ok(Vec::new()), |columns| Ok(place(columns, names)?.1))
}

fn csv_cells(record: &Record, width: usize) -> Result<Vec<RawCell>, String> {
    if let Some(fault) = record.fault {
        return Err(words(fault));
    }
    if record.len() != width {
        let cells = if record.len() == 1 { "cell" } else { "cells" };
        return Err(format!("the row has {} {cells}, and the header has {width}", record.len()));
    }
    let text = |bytes| std::str::from_utf8(bytes).map(|text| RawCell::Text(text.to_owned()));
    record.cells().map(text).collect::<Result<_, _>>().map_err(|_| NOT_UTF8.to_owned())
}

fn table_cells(table: &Table, columns: &[String]) -> Result<Vec<RawCell>, String> {
    let cell = |(at, column): (usize, &String)| match table.cell(at) {
        TableCell::Absent => Ok(RawCell::Absent),
        TableCell::One(text) => Ok(RawCell::Text(text.clone())),
        TableCell::Many(many) => Ok(RawCell::Json(many.iter().cloned().map(Json::String).collect())),
        TableCell::Bad(what) => Err(format!("column {} {what}", quoted(column))),
    };
    columns.iter().enumerate().map(cell).collect()
}

fn json_cells(buffer: &[u8], columns: &mut Vec<String>) -> Result<Vec<RawCell>, String> {
    if buffer.contains(&0) {
        return Err("the row holds a NUL byte".to_owned());
    }
    let text = std::str::from_utf8(buffer).map_err(|_| "the row is not UTF-8".to_owned())?;
    let object: Object = serde_json::from_str(text).map_err(|error| json_words(&error))?;
    let mut cells = vec![RawCell::Absent; columns.len()];
    for (key, value) in object.0 {
        let key = key.trim();
        let at = match columns.iter().position(|column| column == key) {
            Some(at) => at,
            None if columns.len() == COLUMN_LIMIT => {
                return Err(format!("the file has more than {COLUMN_LIMIT} different keys"));
            }
            None => {
                columns.push(key.to_owned());
                cells.push(RawCell::Absent);
                columns.len() - 1
            }
        };
        cells[at] = match value {
            Json::Null => RawCell::Absent,
            Json::String(text) => RawCell::Text(text),
            other => RawCell::Json(other),
        };
    }
    Ok(cells)
}
