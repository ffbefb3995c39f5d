//! Leads from files with typed columns.

use std::borrow::Cow;

use super::{Table, TableCell};
use crate::ir::{Refusal, RefusedRow, Row};
use crate::leads::cell::quoted;
use crate::leads::columns::{Cell, Columns};
use crate::leads::{ReadError, Warning, csv};

/// Rows of a Parquet or Arrow file.
pub(crate) struct TableRows {
    table: Table,
    columns: Columns,
    /// For each slot, the selected column it is read from.
    places: Vec<Option<usize>>,
    warnings: Vec<Warning>,
    broken_off: Option<String>,
}

impl TableRows {
    /// Chooses the columns that fields take; no others are read.
    pub(crate) fn open(mut table: Table, columns: Columns) -> Result<Self, ReadError> {
        let (places, warnings) = csv::place(&columns, &table.names)?;
        let mut selected: Vec<usize> = places.iter().flatten().copied().collect();
        selected.sort_unstable();
        selected.dedup();
        table.select(&selected)?;
        let places = places.iter().map(|place| selected.binary_search(place.as_ref()?).ok()).collect();
        Ok(TableRows { table, columns, places, warnings, broken_off: None })
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn broken_off(&self) -> Option<&str> {
        self.broken_off.as_deref()
    }

    /// The part of the file that has been read, at the beginning of each batch of rows; `None` between, or if it is not
    /// known.
    pub(crate) fn part(&self) -> Option<f64> {
        self.table.part()
    }

    /// What has been seen of leads, for the next file.
    pub(crate) fn into_columns(self) -> Columns {
        self.columns
    }

    fn row(&mut self) -> Row {
        let line = self.table.row();
        let refused = |(reason, message)| RefusedRow { is_row: true, ..RefusedRow::new(line, reason, message) };
        let mut cells = Vec::with_capacity(self.places.len());
        for (slot, place) in self.columns.slots.iter().zip(&self.places) {
            cells.push(match place.map(|place| self.table.cell(place)) {
                None | Some(TableCell::Absent) => None,
                Some(TableCell::One(text)) => Some(Cell::One(Cow::Borrowed(text.as_str()))),
                Some(TableCell::Many(many)) => Some(Cell::Many(many.clone())),
                Some(TableCell::Bad(what)) => {
                    let message = format!("column {} {what}", quoted(&slot.column));
                    return Err(refused((Refusal::BadRow, message)));
                }
            });
        }
        self.columns.lead(&cells).map_err(refused)
    }
}

impl Iterator for TableRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.broken_off.is_some() {
            return None;
        }
        match self.table.advance() {
            Ok(Some(_)) => Some(self.row()),
            Ok(None) => None,
            Err(words) => {
                let message = format!("the file cannot be read from here on: {words}");
                self.broken_off = Some(words);
                let refused = RefusedRow::new(self.table.row() + 1, Refusal::BadRow, message);
                Some(Err(RefusedRow { is_row: true, ..refused }))
            }
        }
    }
}
