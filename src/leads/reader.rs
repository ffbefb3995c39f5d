//! Leads from one file or several, one after the other.
//!
//! In: files that can be opened, in their order. Out: [`Row`]s. Never: two files open at once but for their headers, which
//! are looked at before the first row, so that a run does not stop at the last file for want of a column.

use std::io;
use std::sync::Arc;
use std::vec::IntoIter;

use super::columns::Columns;
use super::csv::CsvRows;
use super::input::{Found, Incoming, recognise};
use super::jsonl::JsonRows;
use super::table::{Table, TableRows};
use super::{Format, ReadError, Warning};
use crate::ir::{Campaign, Refusal, RefusedRow, Row};

/// A file of leads.
pub struct Part {
    /// Its name, as messages show it.
    pub name: String,
    /// The format that its name tells, if it does.
    pub format: Option<Format>,
    /// Whether it can be opened more than once.
    pub again: bool,
    /// Opens it at its beginning.
    pub open: Box<dyn FnMut() -> io::Result<Incoming> + Send>,
}

/// Why a file is no leads file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartError {
    /// Its name.
    pub name: String,
    /// Why.
    pub error: ReadError,
}

/// Leads, one after the other.
pub struct Reader {
    /// What is read now; `None` at the end of all.
    rows: Option<Rows>,
    /// The name of what is read now, where there are several.
    name: Option<Arc<str>>,
    rest: IntoIter<Part>,
    warnings: Vec<Warning>,
    broken_off: Option<String>,
}

/// The formats' readers.
enum Rows {
    Csv(Box<CsvRows>),
    Jsonl(Box<JsonRows>),
    Table(Box<TableRows>),
}

impl Reader {
    /// Begins to read. Headers have been read when this returns, but for those of files that cannot be opened again.
    ///
    /// # Errors
    /// If no row of a file could become a lead: it is empty, not UTF-8, or lacks columns.
    pub fn open(mut parts: Vec<Part>, campaign: &Campaign) -> Result<Reader, PartError> {
        for part in parts.iter_mut().skip(1).filter(|part| part.again) {
            Rows::open(part, Columns::new(campaign)).map_err(|error| PartError { name: part.name.clone(), error })?;
        }
        let is_one = parts.len() == 1;
        let mut rest = parts.into_iter();
        let Some(mut first) = rest.next() else {
            return Err(PartError { name: String::new(), error: ReadError::Empty });
        };
        match Rows::open(&mut first, Columns::new(campaign)) {
            Err(error) => Err(PartError { name: first.name, error }),
            Ok(rows) => {
                let name = (!is_one).then(|| Arc::from(first.name));
                Ok(Reader { rows: Some(rows), name, rest, warnings: Vec::new(), broken_off: None })
            }
        }
    }

    /// What is odd about the columns. Those of CSV are known from the beginning; keys of JSON Lines are found on the
    /// way, so ask at the end.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all = self.warnings.clone();
        add(&mut all, self.rows.as_ref().map_or(&[], Rows::warnings));
        all
    }

    /// Why the reading broke off before the end of the last file, if it did: a file could not be read on. The last row
    /// says so too.
    pub fn broken_off(&self) -> Option<&str> {
        self.broken_off.as_deref()
    }

    /// Goes to the next file. `None` if there is none.
    fn next_part(&mut self, done: Rows) -> Option<Result<(), RefusedRow>> {
        add(&mut self.warnings, done.warnings());
        let mut part = self.rest.next()?;
        self.name = Some(Arc::from(part.name.as_str()));
        Some(match Rows::open(&mut part, done.into_columns()) {
            Ok(rows) => {
                self.rows = Some(rows);
                Ok(())
            }
            Err(error) => {
                let message = format!("the file cannot be read: {error}");
                self.broken_off = Some(format!("`{}`: {error}", part.name));
                Err(RefusedRow { file: self.name.clone(), ..RefusedRow::new(0, Refusal::BadRow, message) })
            }
        })
    }

    fn note_break(&mut self) {
        let why = self.rows.as_ref().and_then(Rows::broken_off);
        let name = self.name.as_ref().map_or(String::new(), |name| format!("`{name}`: "));
        self.broken_off = why.map(|why| format!("{name}{why}"));
    }
}

impl Iterator for Reader {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.broken_off.is_some() {
            return None;
        }
        loop {
            match self.rows.as_mut()?.next() {
                Some(Ok(lead)) => return Some(Ok(lead)),
                Some(Err(row)) => {
                    self.note_break();
                    return Some(Err(RefusedRow { file: self.name.clone(), ..row }));
                }
                None => {
                    let done = self.rows.take()?;
                    if let Err(row) = self.next_part(done)? {
                        return Some(Err(row));
                    }
                }
            }
        }
    }
}

impl Rows {
    fn open(part: &mut Part, columns: Columns) -> Result<Rows, ReadError> {
        let incoming = (part.open)().map_err(|error| ReadError::Unreadable(error.to_string()))?;
        match recognise(incoming, part.format)? {
            Found::Csv(input) => Ok(Rows::Csv(Box::new(CsvRows::open(input, columns)?))),
            Found::Jsonl(input) => Ok(Rows::Jsonl(Box::new(JsonRows::open(input, columns)))),
            Found::Parquet(file) => Rows::of_table(Table::parquet(file)?, columns),
            Found::ArrowFile(file) => Rows::of_table(Table::arrow_file(file)?, columns),
            Found::ArrowStream(stream) => Rows::of_table(Table::arrow_stream(stream)?, columns),
        }
    }

    fn of_table(table: Table, columns: Columns) -> Result<Rows, ReadError> {
        Ok(Rows::Table(Box::new(TableRows::open(table, columns)?)))
    }

    fn warnings(&self) -> &[Warning] {
        match self {
            Rows::Csv(rows) => rows.warnings(),
            Rows::Jsonl(rows) => rows.warnings(),
            Rows::Table(rows) => rows.warnings(),
        }
    }

    fn broken_off(&self) -> Option<&str> {
        match self {
            Rows::Csv(rows) => rows.broken_off(),
            Rows::Jsonl(rows) => rows.broken_off(),
            Rows::Table(rows) => rows.broken_off(),
        }
    }

    fn next(&mut self) -> Option<Row> {
        match self {
            Rows::Csv(rows) => rows.next(),
            Rows::Jsonl(rows) => rows.next(),
            Rows::Table(rows) => rows.next(),
        }
    }

    fn into_columns(self) -> Columns {
        match self {
            Rows::Csv(rows) => rows.into_columns(),
            Rows::Jsonl(rows) => rows.into_columns(),
            Rows::Table(rows) => rows.into_columns(),
        }
    }
}

/// Adds warnings that have not been given yet.
fn add(all: &mut Vec<Warning>, more: &[Warning]) {
    for warning in more {
        if !all.contains(warning) {
            all.push(warning.clone());
        }
    }
}
