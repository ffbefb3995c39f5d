//! Columns of an Arrow IPC stream or file, record batch by record batch.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::root_as_message;
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};

use super::messages::Messages;
use super::parquet::Batch;
use super::{TableCell, text};
use crate::leads::ReadError;

/// A file or stream whose schema has been read.
pub(super) struct ArrowBatches {
    schema: Arc<Schema>,
    messages: Messages,
    /// Dictionaries by their numbers; those of a later batch go on.
    dictionaries: HashMap<i64, ArrayRef>,
    selected: Vec<usize>,
    /// The batch at hand, and how many of its rows are taken.
    batch: Option<(RecordBatch, usize)>,
}

impl ArrowBatches {
    pub(super) fn of_file(file: File) -> Result<ArrowBatches, ReadError> {
        Messages::of_file(file).map(ArrowBatches::of).map_err(unsound)
    }

    pub(super) fn of_stream(stream: Box<dyn Read + Send>) -> Result<ArrowBatches, ReadError> {
        Messages::of_stream(stream).map(ArrowBatches::of).map_err(unsound)
    }

    fn of((schema, messages): (Arc<Schema>, Messages)) -> ArrowBatches {
        ArrowBatches { schema, messages, dictionaries: HashMap::new(), selected: Vec::new(), batch: None }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().trim().to_owned()).collect()
    }

    /// The part of the messages that has been read; `None` for a stream.
    pub(super) fn part(&self) -> Option<f64> {
        self.messages.part()
    }

    /// The error names the column, and says what it holds.
    pub(super) fn select(&mut self, columns: &[usize]) -> Result<(), (usize, &'static str)> {
        for column in columns {
            let field = self.schema.fields().get(*column);
            field.map_or(Ok(()), |field| takes(field.data_type())).map_err(|what| (*column, what))?;
        }
        self.selected = columns.to_vec();
        Ok(())
    }

    /// At most so many rows of the batch at hand; `None` at the end.
    pub(super) fn batch(&mut self, most: usize) -> Result<Batch, String> {
        let (batch, taken) = loop {
            match self.batch.take().filter(|(batch, taken)| *taken < batch.num_rows()) {
                Some(at_hand) => break at_hand,
                None => match self.next()? {
                    Some(batch) => self.batch = Some((batch, 0)),
                    None => return Ok(None),
                },
            }
        };
        let rows = most.min(batch.num_rows() - taken);
        let columns = batch.columns().iter().map(|column| cells(&column.slice(taken, rows))).collect();
        self.batch = Some((batch, taken + rows));
        Ok(Some((rows, columns)))
    }

    /// The next batch, its selected columns alone. Dictionaries are noted on the way.
    fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        while let Some(message) = self.messages.next()? {
            let header = root_as_message(&message.header).map_err(|error| error.to_string())?;
            let (version, body) = (header.version(), Buffer::from_vec(message.body));
            if let Some(dictionary) = header.header_as_dictionary_batch() {
                read_dictionary(&body, dictionary, &self.schema, &mut self.dictionaries, &version)
                    .map_err(|error| words(&error))?;
            }
            if let Some(batch) = header.header_as_record_batch() {
                let (schema, selected) = (Arc::clone(&self.schema), Some(self.selected.as_slice()));
                let batch = read_record_batch(&body, batch, schema, &self.dictionaries, selected, &version);
                return batch.map(Some).map_err(|error| words(&error));
            }
        }
        Ok(None)
    }
}

/// Whether values of a type become cells; otherwise what they are.
fn takes(ty: &DataType) -> Result<(), &'static str> {
    match ty {
        DataType::Dictionary(_, values) => takes(values),
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
            if element.data_type().is_nested() { Err("lists of lists or groups") } else { takes(element.data_type()) }
        }
        DataType::Null
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Timestamp(..)
        | DataType::Date32
        | DataType::Date64
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => Ok(()),
        DataType::Struct(_) | DataType::Union(..) | DataType::Map(..) => Err("values inside values"),
        DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::FixedSizeBinary(_)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::RunEndEncoded(..) => Err("a type of values that no field takes"),
    }
}

/// The cells of an array.
fn cells(array: &ArrayRef) -> Vec<TableCell> {
    match array.data_type() {
        DataType::Boolean => each(array, |at| text_cell(&array.as_boolean().value(at))),
        DataType::Int8 => whole::<Int8Type>(array),
        DataType::Int16 => whole::<Int16Type>(array),
        DataType::Int32 => whole::<Int32Type>(array),
        DataType::Int64 => whole::<Int64Type>(array),
        DataType::UInt8 => whole::<UInt8Type>(array),
        DataType::UInt16 => whole::<UInt16Type>(array),
        DataType::UInt32 => whole::<UInt32Type>(array),
        DataType::UInt64 => whole::<UInt64Type>(array),
        DataType::Float16 => floats::<Float16Type>(array),
        DataType::Float32 => floats::<Float32Type>(array),
        DataType::Float64 => floats::<Float64Type>(array),
        DataType::Timestamp(unit, zone) => times(array, *unit, zone.is_some()),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            each(array, |at| text_cell(&text::date(i64::from(days.value(at)))))
        }
        DataType::Date64 => {
            let millis = array.as_primitive::<Date64Type>();
            each(array, |at| text_cell(&text::date(millis.value(at).div_euclid(86_400_000))))
        }
        DataType::Decimal32(..) => decimals::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimals::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        DataType::Utf8 => each(array, |at| TableCell::of_text(array.as_string::<i32>().value(at).to_owned())),
        DataType::LargeUtf8 => each(array, |at| TableCell::of_text(array.as_string::<i64>().value(at).to_owned())),
        DataType::Utf8View => each(array, |at| TableCell::of_text(array.as_string_view().value(at).to_owned())),
        DataType::Binary => each(array, |at| TableCell::of_bytes(array.as_binary::<i32>().value(at))),
        DataType::LargeBinary => each(array, |at| TableCell::of_bytes(array.as_binary::<i64>().value(at))),
        DataType::BinaryView => each(array, |at| TableCell::of_bytes(array.as_binary_view().value(at))),
        DataType::Dictionary(..) => words_of(array),
        DataType::List(_) => each(array, |at| list(&array.as_list::<i32>().value(at))),
        DataType::LargeList(_) => each(array, |at| list(&array.as_list::<i64>().value(at))),
        DataType::FixedSizeList(..) => each(array, |at| list(&array.as_fixed_size_list().value(at))),
        DataType::Null
        | DataType::Struct(_)
        | DataType::Union(..)
        | DataType::Map(..)
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::FixedSizeBinary(_)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::RunEndEncoded(..) => vec![TableCell::Absent; array.len()],
    }
}

/// A cell for each place, where it is not null.
fn each(array: &ArrayRef, cell: impl Fn(usize) -> TableCell) -> Vec<TableCell> {
    (0..array.len()).map(|at| if array.is_null(at) { TableCell::Absent } else { cell(at) }).collect()
}

fn whole<T: ArrowPrimitiveType>(array: &ArrayRef) -> Vec<TableCell>
where
    T::Native: ToString,
{
    let values = array.as_primitive::<T>();
    each(array, |at| text_cell(&values.value(at)))
}

#[expect(clippy::eq_op, reason = "a float that is no number is not itself")]
fn floats<T: ArrowPrimitiveType>(array: &ArrayRef) -> Vec<TableCell>
where
    T::Native: ToString + PartialEq,
{
    let values = array.as_primitive::<T>();
    each(array, |at| {
        let value = values.value(at);
        TableCell::of_float(&value, value != value)
    })
}

fn decimals<T: DecimalType + ArrowPrimitiveType>(array: &ArrayRef) -> Vec<TableCell> {
    let values = array.as_primitive::<T>();
    each(array, |at| text_cell(&values.value_as_string(at)))
}

fn times(array: &ArrayRef, unit: TimeUnit, is_instant: bool) -> Vec<TableCell> {
    let cell = |value: i64, nanos: i128| {
        let nanos = i128::from(value) * nanos;
        TableCell::One(if is_instant { text::instant(nanos) } else { text::local(nanos) })
    };
    match unit {
        TimeUnit::Second => {
            each(array, |at| cell(array.as_primitive::<TimestampSecondType>().value(at), 1_000_000_000))
        }
        TimeUnit::Millisecond => {
            each(array, |at| cell(array.as_primitive::<TimestampMillisecondType>().value(at), 1_000_000))
        }
        TimeUnit::Microsecond => {
            each(array, |at| cell(array.as_primitive::<TimestampMicrosecondType>().value(at), 1_000))
        }
        TimeUnit::Nanosecond => each(array, |at| cell(array.as_primitive::<TimestampNanosecondType>().value(at), 1)),
    }
}

/// Values that are numbered by a dictionary. Each is looked up by itself, since a dictionary may be longer than the rows.
fn words_of(array: &ArrayRef) -> Vec<TableCell> {
    let dictionary = array.as_any_dictionary();
    let values = dictionary.values();
    if values.is_empty() {
        return vec![TableCell::Absent; array.len()];
    }
    let keys = dictionary.normalized_keys();
    each(array, |at| {
        let key = keys.get(at).copied().filter(|key| *key < values.len());
        key.and_then(|key| cells(&values.slice(key, 1)).pop()).unwrap_or_default()
    })
}

fn list(elements: &ArrayRef) -> TableCell {
    let mut many = Vec::with_capacity(elements.len());
    for cell in cells(elements) {
        match cell {
            TableCell::One(text) => many.push(text),
            TableCell::Absent | TableCell::Many(_) => {}
            TableCell::Bad(what) => return TableCell::Bad(what),
        }
    }
    TableCell::Many(many)
}

fn text_cell(value: &impl ToString) -> TableCell {
    TableCell::One(value.to_string())
}

fn unsound(words: String) -> ReadError {
    ReadError::Unsound("Arrow IPC", words)
}

/// The library's words, without the kind of fault before them.
fn words(error: &ArrowError) -> String {
    let words = error.to_string();
    words.split_once("error: ").map_or(words.as_str(), |(_, words)| words).to_owned()
}
