//! Leads as Apache Parquet: a typed column for each field, every one of them optional.
//!
//! In: columns and cells. Out: row groups of [`ROW_GROUP`] rows, compressed with Snappy. Never: Arrow, which this does
//! without; the library's own interface takes columns of values with their definition levels.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type as Schema, TypePtr};

use super::{Column, OutCell, ROW_GROUP};
use crate::ir::{Type, Value};

/// A Parquet file.
pub(crate) struct ParquetWriter {
    file: SerializedFileWriter<Box<dyn Write + Send>>,
    columns: Vec<Data>,
    rows: usize,
}

/// Values of a column that wait for their row group. `levels` say for each row whether it has a value.
enum Data {
    Text {
        values: Vec<ByteArray>,
        levels: Vec<i16>,
    },
    Int {
        values: Vec<i64>,
        levels: Vec<i16>,
    },
    Double {
        values: Vec<f64>,
        levels: Vec<i16>,
    },
    Bool {
        values: Vec<bool>,
        levels: Vec<i16>,
    },
    Date {
        values: Vec<i32>,
        levels: Vec<i16>,
    },
    /// Milliseconds since 1970 in UTC.
    Instant {
        values: Vec<i64>,
        levels: Vec<i16>,
    },
    /// Lists: a value belongs to the list of the row before where its repetition level is 1.
    List {
        values: Vec<ByteArray>,
        levels: Vec<i16>,
        repeats: Vec<i16>,
    },
}

impl ParquetWriter {
    pub(super) fn open(out: Box<dyn Write + Send>, columns: &[Column]) -> Result<ParquetWriter, String> {
        let columns: Vec<(String, Data)> = unique(columns).into_iter().zip(columns.iter().map(Data::of)).collect();
        let fields: Result<Vec<TypePtr>, ParquetError> =
            columns.iter().map(|(name, data)| data.schema(name).map(Arc::new)).collect();
        let schema = fields.and_then(|fields| Schema::group_type_builder("leads").with_fields(fields).build());
        let schema = schema.map_err(|error| error.to_string())?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("tabiji ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
            .map_err(|error| error.to_string())?;
        Ok(ParquetWriter { file, columns: columns.into_iter().map(|(_, data)| data).collect(), rows: 0 })
    }

    pub(super) fn row(&mut self, cells: &[OutCell<'_>]) -> Result<(), String> {
        for (data, cell) in self.columns.iter_mut().zip(cells) {
            data.push(cell);
        }
        self.rows += 1;
        if self.rows == ROW_GROUP { self.flush() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        if self.rows > 0 {
            self.flush()?;
        }
        let mut out = self.file.into_inner().map_err(|error| error.to_string())?;
        out.flush().map_err(|error| error.to_string())
    }

    fn flush(&mut self) -> Result<(), String> {
        let mut group = self.file.next_row_group().map_err(|error| error.to_string())?;
        for data in &mut self.columns {
            data.write(&mut group).map_err(|error| error.to_string())?;
        }
        group.close().map_err(|error| error.to_string())?;
        self.rows = 0;
        Ok(())
    }
}

/// Names of columns, of which Parquet has each once: a second `memo` is `memo_2`.
fn unique(columns: &[Column]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let base = if column.name.is_empty() { "column" } else { column.name.as_str() };
        let mut name = base.to_owned();
        let mut nth = 1;
        while names.contains(&name) {
            nth += 1;
            name = format!("{base}_{nth}");
        }
        names.push(name);
    }
    names
}

impl Data {
    fn of(column: &Column) -> Data {
        let levels = Vec::new;
        match column.ty {
            None | Some(Type::Text { .. } | Type::Enum { .. }) => Data::Text { values: Vec::new(), levels: levels() },
            Some(Type::Integer) => Data::Int { values: Vec::new(), levels: levels() },
            Some(Type::Number { .. }) => Data::Double { values: Vec::new(), levels: levels() },
            Some(Type::Boolean) => Data::Bool { values: Vec::new(), levels: levels() },
            Some(Type::Date) => Data::Date { values: Vec::new(), levels: levels() },
            Some(Type::Datetime) => Data::Instant { values: Vec::new(), levels: levels() },
            Some(Type::Set { .. }) => Data::List { values: Vec::new(), levels: levels(), repeats: Vec::new() },
        }
    }

    fn schema(&self, name: &str) -> Result<Schema, ParquetError> {
        let primitive = |name, physical, repetition, logical| {
            Schema::primitive_type_builder(name, physical)
                .with_repetition(repetition)
                .with_logical_type(logical)
                .build()
        };
        let instant = LogicalType::timestamp(true, TimeUnit::MILLIS);
        let (physical, logical) = match self {
            Data::Text { .. } => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Data::Int { .. } => (Physical::INT64, None),
            Data::Double { .. } => (Physical::DOUBLE, None),
            Data::Bool { .. } => (Physical::BOOLEAN, None),
            Data::Date { .. } => (Physical::INT32, Some(LogicalType::Date)),
            Data::Instant { .. } => (Physical::INT64, Some(instant)),
            Data::List { .. } => {
                let element =
                    primitive("element", Physical::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String))?;
                let list = Schema::group_type_builder("list").with_repetition(Repetition::REPEATED);
                let list = list.with_fields(vec![Arc::new(element)]).build()?;
                return Schema::group_type_builder(name)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_logical_type(Some(LogicalType::List))
                    .with_fields(vec![Arc::new(list)])
                    .build();
            }
        };
        primitive(name, physical, Repetition::OPTIONAL, logical)
    }

    /// Takes a cell in. A value of another type than the column's is none.
    fn push(&mut self, cell: &OutCell<'_>) {
        match (self, cell.value) {
            (Data::Text { values, levels }, value) => {
                let text = match value {
                    Some(Value::Text(text)) => Some(text.as_str()),
                    Some(_) | None => (!cell.text.is_empty()).then_some(cell.text),
                };
                put(values, levels, text.map(|text| ByteArray::from(text.as_bytes().to_vec())));
            }
            (Data::Int { values, levels }, value) => {
                put(values, levels, value.and_then(|value| if let Value::Int(n) = value { Some(*n) } else { None }));
            }
            (Data::Double { values, levels }, value) => put(values, levels, value.and_then(Value::as_number)),
            (Data::Bool { values, levels }, value) => {
                put(values, levels, value.and_then(|value| if let Value::Bool(b) = value { Some(*b) } else { None }));
            }
            (Data::Date { values, levels }, value) => {
                put(values, levels, value.and_then(|value| if let Value::Date(d) = value { Some(*d) } else { None }));
            }
            (Data::Instant { values, levels }, value) => {
                let millis =
                    value.and_then(|value| if let Value::Datetime(s) = value { s.checked_mul(1000) } else { None });
                put(values, levels, millis);
            }
            (Data::List { values, levels, repeats }, value) => match value {
                Some(Value::Set(set)) if !set.is_empty() => {
                    for (nth, part) in set.iter().enumerate() {
                        values.push(ByteArray::from(part.as_bytes().to_vec()));
                        levels.push(2);
                        repeats.push(i16::from(nth > 0));
                    }
                }
                Some(Value::Set(_)) => {
                    levels.push(1);
                    repeats.push(0);
                }
                Some(_) | None => {
                    levels.push(0);
                    repeats.push(0);
                }
            },
        }
    }

    /// Writes what waits, as the next column of a row group.
    fn write<W: Write + Send>(&mut self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), ParquetError> {
        match self {
            Data::Text { values, levels } => column::<ByteArrayType, W>(group, values, levels, None),
            Data::Int { values, levels } | Data::Instant { values, levels } => {
                column::<Int64Type, W>(group, values, levels, None)
            }
            Data::Double { values, levels } => column::<DoubleType, W>(group, values, levels, None),
            Data::Bool { values, levels } => column::<BoolType, W>(group, values, levels, None),
            Data::Date { values, levels } => column::<Int32Type, W>(group, values, levels, None),
            Data::List { values, levels, repeats } => {
                column::<ByteArrayType, W>(group, values, levels, Some(repeats))?;
                repeats.clear();
                Ok(())
            }
        }
    }
}

fn put<T>(values: &mut Vec<T>, levels: &mut Vec<i16>, value: Option<T>) {
    levels.push(i16::from(value.is_some()));
    values.extend(value);
}

fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &mut Vec<T::T>,
    levels: &mut Vec<i16>,
    repeats: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a row group has fewer columns than its schema".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, Some(levels), repeats)?;
    column.close()?;
    values.clear();
    levels.clear();
    Ok(())
}
