//! Leads as JSON Lines.

use std::io::{BufWriter, Write};

use serde_json::{Map, Value as Json};

use super::{Column, OutCell};
use crate::ir::Value;

/// A JSON Lines file.
pub(crate) struct JsonlWriter {
    out: BufWriter<Box<dyn Write + Send>>,
    columns: Vec<Column>,
}

impl JsonlWriter {
    pub(super) fn open(out: Box<dyn Write + Send>, columns: Vec<Column>) -> JsonlWriter {
        JsonlWriter { out: BufWriter::with_capacity(1 << 16, out), columns }
    }

    /// A line. Keys without a value are left out.
    pub(super) fn row(&mut self, cells: &[OutCell<'_>]) -> Result<(), String> {
        let mut object = Map::new();
        for (column, cell) in self.columns.iter().zip(cells) {
            if let Some(value) = json(cell) {
                object.insert(column.name.clone(), value);
            }
        }
        let line = Json::Object(object).to_string();
        self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n")).map_err(|error| error.to_string())
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        self.out.flush().map_err(|error| error.to_string())
    }
}

/// Numbers, truth and sets as what they are, all else as text.
pub(super) fn json(cell: &OutCell<'_>) -> Option<Json> {
    if let Some(json) = cell.json {
        return Some(json.clone());
    }
    match cell.value.filter(|_| !cell.verbatim) {
        Some(Value::Bool(truth)) => Some((*truth).into()),
        Some(Value::Int(number)) => Some((*number).into()),
        Some(Value::Number(number)) => Some((*number).into()),
        Some(Value::Set(set)) => Some(set.iter().cloned().map(Json::String).collect()),
        Some(Value::Text(_) | Value::Date(_) | Value::Datetime(_)) | None => {
            (!cell.text.is_empty()).then(|| cell.text.into())
        }
    }
}
