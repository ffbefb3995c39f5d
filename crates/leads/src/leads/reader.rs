//! Leads from one file or several, one after the other.
//!
//! In: files that can be opened, in their order. Out: [`Row`]s. Never: two files open at once but for their headers, which
//! are looked at before the first row, so that a run does not stop at the last file for want of a column.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// Its size in bytes, if it is a file that can be opened more than once.
    pub size: Option<u64>,
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
    /// The same, whether there are several or not; empty for what has no name.
    shown: Arc<str>,
    rest: IntoIter<Part>,
    warnings: Vec<Warning>,
    broken_off: Option<String>,
    passed: Passed,
    /// Bytes of the files before, and of the one that is read now.
    sizes: (u64, u64),
}

/// How much of all files has been read. Clones are about the same reading.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    bytes: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Passed {
    /// The part, 0 to 1; `None` if nobody knows how long it all is.
    pub fn part(&self) -> Option<f64> {
        let total = self.total.filter(|total| *total > 0)?;
        Some((self.bytes.load(Ordering::Relaxed) as f64 / total as f64).min(1.0))
    }
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
        let total = parts.iter().map(|part| part.size).sum();
        let passed = Passed { bytes: Arc::default(), total };
        for part in parts.iter_mut().skip(1).filter(|part| part.size.is_some()) {
            Rows::open(part, Columns::new(campaign), &Arc::default())
                .map_err(|error| PartError { name: part.name.clone(), error })?;
        }
        let is_one = parts.len() == 1;
        let mut rest = parts.into_iter();
        let Some(mut first) = rest.next() else {
            return Err(PartError { name: String::new(), error: ReadError::Empty });
        };
        let sizes = (0, first.size.unwrap_or(0));
        match Rows::open(&mut first, Columns::new(campaign), &passed.bytes) {
            Err(error) => Err(PartError { name: first.name, error }),
            Ok(rows) => {
                let shown: Arc<str> = Arc::from(first.name);
                let name = (!is_one).then(|| Arc::clone(&shown));
                Ok(Reader {
                    rows: Some(rows),
                    name,
                    shown,
                    rest,
                    warnings: Vec::new(),
                    broken_off: None,
                    passed,
                    sizes,
                })
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

    /// How much has been read.
    pub fn passed(&self) -> Passed {
        self.passed.clone()
    }

    /// Notes how much of a file with typed columns has been read; bytes of others are counted as they come.
    fn pass(&self) {
        if let Some(Rows::Table(rows)) = &self.rows
            && let Some(part) = rows.part()
        {
            let (before, size) = self.sizes;
            self.passed.bytes.store(before + (part * size as f64) as u64, Ordering::Relaxed);
        }
    }

    /// Goes to the next file. `None` if there is none.
    fn next_part(&mut self, done: Rows) -> Option<Result<(), RefusedRow>> {
        add(&mut self.warnings, done.warnings());
        let mut part = self.rest.next()?;
        self.shown = Arc::from(part.name.as_str());
        self.name = Some(Arc::clone(&self.shown));
        let before = self.sizes.0 + self.sizes.1;
        self.sizes = (before, part.size.unwrap_or(0));
        self.passed.bytes.store(before, Ordering::Relaxed);
        Some(match Rows::open(&mut part, done.into_columns(), &self.passed.bytes) {
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
        let name = if self.shown.is_empty() { String::new() } else { format!("`{}`: ", self.shown) };
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
                Some(Ok(lead)) => {
                    self.pass();
                    return Some(Ok(lead));
                }
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
    /// Opens a file. Bytes that are read of it are added to `passed`.
    fn open(part: &mut Part, columns: Columns, passed: &Arc<AtomicU64>) -> Result<Rows, ReadError> {
        let incoming = (part.open)().map_err(|error| ReadError::Unreadable(error.to_string()))?;
        match recognise(incoming, part.format, passed)? {
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
