//! Leads from CSV.

use std::borrow::Cow;

use super::bytes::Input;
use super::columns::{Cell, Columns, HeaderFault};
use super::record::{Record, RecordFault, Records};
use super::{COLUMN_LIMIT, RECORD_LIMIT, ReadError, Warning};
use crate::ir::{Refusal, RefusedRow, Row};

/// Rows of a CSV file.
pub(super) struct CsvRows {
    records: Records,
    record: Record,
    columns: Columns,
    width: usize,
    /// For each slot, the column it is read from.
    places: Vec<Option<usize>>,
    warnings: Vec<Warning>,
    broken_off: Option<String>,
}

impl CsvRows {
    /// Reads the header.
    pub(super) fn open(input: Input, columns: Columns) -> Result<Self, ReadError> {
        let mut records = Records::new(input);
        let mut record = Record::default();
        let header = header(&mut records, &mut record)?;
        let (places, warnings) = place(&columns, &header)?;
        if records.are_in_other_letters() {
            return Err(ReadError::OtherLetters);
        }
        Ok(CsvRows { records, record, columns, width: header.len(), places, warnings, broken_off: None })
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

    fn row(&mut self) -> Row {
        let line = self.record.line;
        let refused = |message: String| Err(RefusedRow::new(line, Refusal::BadRow, message));
        if let Some(fault) = self.record.fault {
            return refused(words(fault));
        }
        if self.record.len() != self.width {
            let (found, wanted) = (self.record.len(), self.width);
            return refused(format!("the row has {}, and the header has {wanted}", cells(found)));
        }
        let mut taken = Vec::with_capacity(self.places.len());
        let whole = self.record.text();
        for place in &self.places {
            taken.push(match place.and_then(|place| self.record.text_at(whole, place)) {
                None => None,
                Some(Ok(text)) => Some(Cell::One(Cow::Borrowed(text))),
                Some(Err(_)) => return refused(NOT_UTF8.to_owned()),
            });
        }
        self.columns.lead(&taken).map_err(|(reason, message)| RefusedRow::new(line, reason, message))
    }
}

impl Iterator for CsvRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.broken_off.is_some() {
            return None;
        }
        match self.records.read(&mut self.record) {
            Ok(true) => Some(self.row()),
            Ok(false) => None,
            Err(words) => {
                let message = format!("the file cannot be read from here on: {words}");
                self.broken_off = Some(words);
                Some(Err(RefusedRow::new(self.record.line, Refusal::BadRow, message)))
            }
        }
    }
}

/// What is said of a row whose bytes are no text.
pub(super) const NOT_UTF8: &str = "the row is not UTF-8; perhaps it is Shift_JIS";

/// Where each slot's column stands in a header, and what is odd about it.
pub(super) fn place(columns: &Columns, header: &[String]) -> Result<(Vec<Option<usize>>, Vec<Warning>), ReadError> {
    columns.places(header).map_err(|fault| match fault {
        HeaderFault::Twice(column) => ReadError::DuplicateColumn(column),
        HeaderFault::Missing(missing) => separator(header).unwrap_or(ReadError::MissingColumns(missing)),
    })
}

/// The names of the columns, trimmed.
pub(super) fn header(records: &mut Records, record: &mut Record) -> Result<Vec<String>, ReadError> {
    if !records.read(record).map_err(ReadError::Unreadable)? {
        return Err(ReadError::Empty);
    }
    match record.fault {
        Some(RecordFault::TooLong) => return Err(ReadError::HeaderTooLong),
        Some(RecordFault::TooManyCells) => return Err(ReadError::TooManyColumns),
        Some(RecordFault::OpenQuote) => return Err(ReadError::OpenQuote),
        Some(RecordFault::Nul) => return Err(ReadError::Nul),
        None => {}
    }
    let name = |bytes| std::str::from_utf8(bytes).map(|name: &str| name.trim().to_owned());
    record.cells().map(name).collect::<Result<_, _>>().map_err(|_| ReadError::NotUtf8)
}

/// A lone column with another separator in its name.
pub(super) fn separator(header: &[String]) -> Option<ReadError> {
    let [column] = header else { return None };
    column.chars().find(|c| matches!(c, ';' | '\t')).map(ReadError::Separator)
}

/// What is wrong with a record, in words.
pub(super) fn words(fault: RecordFault) -> String {
    match fault {
        RecordFault::TooLong => format!("the row is longer than {RECORD_LIMIT} bytes; perhaps a quote is not closed"),
        RecordFault::TooManyCells => format!("the row has more than {COLUMN_LIMIT} cells"),
        RecordFault::OpenQuote => "a quote in the row is never closed, so the rest of the file is inside it".to_owned(),
        RecordFault::Nul => "the row holds a NUL byte".to_owned(),
    }
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}
