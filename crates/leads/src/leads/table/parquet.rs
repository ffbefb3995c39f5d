//! Columns of a Parquet file, row group by row group.

use std::fs::File;

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::{ColumnDescriptor, Type as Schema};

use super::pages::Checked;
use super::{TableCell, text};
use crate::leads::ReadError;

/// A file whose footer has been read.
pub(super) struct ParquetFile {
    file: SerializedFileReader<File>,
    selected: Vec<Leaf>,
    /// The next row group.
    group: usize,
    /// Readers of the selected columns of the group at hand, and how many of its rows are left.
    readers: Vec<ColumnReader>,
    left: usize,
}

/// A column that holds a value, or a list of values, in each row.
#[derive(Clone)]
struct Leaf {
    /// Its number among all leaves.
    number: usize,
    kind: Kind,
    /// Definition level from which there is a value.
    value: i16,
    /// For lists: definition levels from which there is a list, and an element of it.
    list: Option<(i16, i16)>,
}

/// How a value becomes text.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    Int,
    Unsigned,
    Float,
    /// A float of two bytes.
    Half,
    Text,
    Date,
    /// Nanoseconds of a unit, and whether it is an instant.
    Time(i128, bool),
    /// Digits behind the point.
    Decimal(i32),
    Uuid,
}

/// What a batch gives: its rows, and its cells column by column.
pub(super) type Batch = Option<(usize, Vec<Vec<TableCell>>)>;

impl ParquetFile {
    pub(super) fn open(file: File) -> Result<ParquetFile, ReadError> {
        let file = SerializedFileReader::new(file).map_err(|error| ReadError::Unsound("Parquet", words(&error)))?;
        Ok(ParquetFile { file, selected: Vec::new(), group: 0, readers: Vec::new(), left: 0 })
    }

    pub(super) fn names(&self) -> Vec<String> {
        let schema = self.file.metadata().file_metadata().schema();
        schema.get_fields().iter().map(|field| field.name().trim().to_owned()).collect()
    }

    /// Rows of the whole file.
    pub(super) fn rows(&self) -> i64 {
        self.file.metadata().file_metadata().num_rows()
    }

    /// The error names the column, and says what it holds.
    pub(super) fn select(&mut self, columns: &[usize]) -> Result<(), (usize, &'static str)> {
        let leaf = |column: &usize| self.leaf(*column).map_err(|what| (*column, what));
        self.selected = columns.iter().map(leaf).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn leaf(&self, column: usize) -> Result<Leaf, &'static str> {
        const NESTED: &str = "values inside values";
        let schema = self.file.metadata().file_metadata().schema_descr();
        let mut leaves = (0..schema.num_columns()).filter(|leaf| schema.get_column_root_idx(*leaf) == column);
        let (Some(number), None) = (leaves.next(), leaves.next()) else { return Err(NESTED) };
        let (leaf, root) = (schema.column(number), schema.get_column_root(number));
        let list = match (leaf.max_rep_level(), root.is_primitive()) {
            (0, true) => None,
            (1, is_bare) if is_bare || (is_list(root) && leaf.path().parts().len() <= 3) => {
                let there = i16::from(root.get_basic_info().repetition() == Repetition::OPTIONAL);
                Some((there, there + 1))
            }
            _ => return Err(NESTED),
        };
        Ok(Leaf { number, kind: kind(&leaf)?, value: leaf.max_def_level(), list })
    }

    /// At most so many rows of the group at hand; `None` at the end of the file.
    pub(super) fn batch(&mut self, most: usize) -> Result<Batch, String> {
        while self.left == 0 {
            if self.group == self.file.num_row_groups() {
                return Ok(None);
            }
            self.next_group().map_err(|error| words(&error))?;
        }
        let rows = most.min(self.left);
        let columns = self.selected.iter().zip(&mut self.readers).map(|(leaf, reader)| {
            let cells = leaf.read(reader, rows).map_err(|error| words(&error))?;
            if cells.len() == rows { Ok(cells) } else { Err("a column has fewer rows than the file says".to_owned()) }
        });
        let columns = columns.collect::<Result<_, String>>()?;
        self.left -= rows;
        Ok(Some((rows, columns)))
    }

    fn next_group(&mut self) -> Result<(), ParquetError> {
        let group = self.file.get_row_group(self.group)?;
        let schema = self.file.metadata().file_metadata().schema_descr_ptr();
        let readers = self.selected.iter().map(|leaf| -> Result<ColumnReader, ParquetError> {
            let column = schema.column(leaf.number);
            let pages = Checked::new(group.get_column_page_reader(leaf.number)?, &column);
            Ok(get_column_reader(column, Box::new(pages)))
        });
        let (readers, rows) = (readers.collect::<Result<_, _>>()?, group.metadata().num_rows());
        self.left = usize::try_from(rows).map_err(|_| ParquetError::General(format!("a group of {rows} rows")))?;
        self.readers = readers;
        self.group += 1;
        Ok(())
    }
}

fn is_list(root: &Schema) -> bool {
    let info = root.get_basic_info();
    info.logical_type_ref() == Some(&LogicalType::List) || info.converted_type() == ConvertedType::LIST
}

/// What a column holds, by its logical type, else by the older converted one, else by how it is stored.
fn kind(leaf: &ColumnDescriptor) -> Result<Kind, &'static str> {
    const OTHER: &str = "a type of values that no field takes";
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    };
    let stored = leaf.physical_type();
    match leaf.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => return Ok(Kind::Time(unit(&time.unit), time.is_adjusted_to_u_t_c)),
        Some(LogicalType::Uuid) => return Ok(Kind::Uuid),
        Some(LogicalType::Float16) => return Ok(Kind::Half),
        Some(_) | None => {}
    }
    match (leaf.converted_type(), stored) {
        (ConvertedType::DECIMAL, _) => Ok(Kind::Decimal(leaf.type_scale())),
        (ConvertedType::DATE, _) => Ok(Kind::Date),
        (ConvertedType::TIMESTAMP_MILLIS, _) => Ok(Kind::Time(1_000_000, true)),
        (ConvertedType::TIMESTAMP_MICROS, _) => Ok(Kind::Time(1_000, true)),
        (
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
            Physical::INT32 | Physical::INT64,
        ) => Ok(Kind::Unsigned),
        (
            ConvertedType::NONE
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64,
            Physical::INT32 | Physical::INT64,
        ) => Ok(Kind::Int),
        (ConvertedType::NONE, Physical::BOOLEAN) => Ok(Kind::Bool),
        (ConvertedType::NONE, Physical::FLOAT | Physical::DOUBLE) => Ok(Kind::Float),
        // Written by Spark and Impala, in UTC.
        (ConvertedType::NONE, Physical::INT96) => Ok(Kind::Time(1, true)),
        (
            ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON,
            Physical::BYTE_ARRAY,
        ) => Ok(Kind::Text),
        _ => Err(OTHER),
    }
}

impl Leaf {
    /// The cells of the next rows.
    fn read(&self, reader: &mut ColumnReader, rows: usize) -> Result<Vec<TableCell>, ParquetError> {
        let kind = self.kind;
        match reader {
            ColumnReader::BoolColumnReader(reader) => self.cells(reader, rows, |value| one(value.to_string())),
            ColumnReader::Int32ColumnReader(reader) => {
                self.cells(reader, rows, |value| kind.whole(i64::from(*value), 32))
            }
            ColumnReader::Int64ColumnReader(reader) => self.cells(reader, rows, |value| kind.whole(*value, 64)),
            ColumnReader::Int96ColumnReader(reader) => {
                self.cells(reader, rows, |value| one(text::instant(nanos_of(value.data()))))
            }
            ColumnReader::FloatColumnReader(reader) => {
                self.cells(reader, rows, |value| TableCell::of_float(value, value.is_nan()))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                self.cells(reader, rows, |value| TableCell::of_float(value, value.is_nan()))
            }
            ColumnReader::ByteArrayColumnReader(reader) => self.cells(reader, rows, |value| kind.bytes(value.data())),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.cells(reader, rows, |value| kind.bytes(value.data()))
            }
        }
    }

    fn cells<T: DataType>(
        &self,
        reader: &mut ColumnReaderImpl<T>,
        rows: usize,
        cell: impl Fn(&T::T) -> TableCell,
    ) -> Result<Vec<TableCell>, ParquetError> {
        let (mut levels, mut repeats, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut read = 0;
        while read < rows {
            match reader.read_records(rows - read, Some(&mut levels), Some(&mut repeats), &mut values)? {
                (0, ..) => break,
                (records, ..) => read += records,
            }
        }
        let mut values = values.iter().map(cell);
        if self.value == 0 {
            return Ok(values.collect());
        }
        let Some(list) = self.list else {
            let there = levels.iter().map(|level| *level == self.value);
            return Ok(there.map(|there| there.then(|| values.next()).flatten().unwrap_or_default()).collect());
        };
        Ok(self.lists(list, &levels, &repeats, values))
    }

    /// Lists: one goes on where the repetition level is above zero.
    fn lists(
        &self,
        (there, element): (i16, i16),
        levels: &[i16],
        repeats: &[i16],
        mut values: impl Iterator<Item = TableCell>,
    ) -> Vec<TableCell> {
        let mut cells: Vec<TableCell> = Vec::new();
        for (level, repeat) in levels.iter().zip(repeats) {
            if *repeat == 0 {
                cells.push(if *level < there { TableCell::Absent } else { TableCell::Many(Vec::new()) });
            }
            let value = (*level == self.value && *level >= element).then(|| values.next()).flatten();
            match (cells.last_mut(), value) {
                (Some(TableCell::Many(many)), Some(TableCell::One(text))) => many.push(text),
                (Some(cell @ TableCell::Many(_)), Some(bad @ TableCell::Bad(_))) => *cell = bad,
                _ => {}
            }
        }
        cells
    }
}

impl Kind {
    /// A whole number that is stored in so many bits.
    fn whole(self, value: i64, bits: u32) -> TableCell {
        one(match self {
            Kind::Unsigned if bits == 32 => (value as u32).to_string(),
            Kind::Unsigned => (value as u64).to_string(),
            Kind::Date => text::date(value),
            Kind::Time(nanos, true) => text::instant(i128::from(value) * nanos),
            Kind::Time(nanos, false) => text::local(i128::from(value) * nanos),
            Kind::Decimal(scale) => text::decimal(i128::from(value), scale),
            Kind::Bool | Kind::Int | Kind::Float | Kind::Half | Kind::Text | Kind::Uuid => value.to_string(),
        })
    }

    fn bytes(self, bytes: &[u8]) -> TableCell {
        match self {
            Kind::Decimal(scale) => match digits(bytes) {
                Some(digits) => one(text::decimal(digits, scale)),
                None => TableCell::Bad("holds a decimal number of more than 38 digits"),
            },
            Kind::Half => match bytes {
                [low, high] => {
                    let value = half(u16::from_le_bytes([*low, *high]));
                    TableCell::of_float(&value, value.is_nan())
                }
                _ => TableCell::Bad("holds a float of another size"),
            },
            Kind::Uuid => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
                one([part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-"))
            }
            Kind::Bool | Kind::Int | Kind::Unsigned | Kind::Float | Kind::Text | Kind::Date | Kind::Time(..) => {
                TableCell::of_bytes(bytes)
            }
        }
    }
}

/// A whole number from bytes, the highest first, in two's complement; `None` if it does not fit into 16 of them.
fn digits(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let (sign, filler) = if is_negative { (-1, 0xff) } else { (0, 0) };
    let (ahead, rest) = bytes.split_at(bytes.len().saturating_sub(16));
    let fits = ahead.iter().all(|byte| *byte == filler)
        && (ahead.is_empty() || rest.first().is_some_and(|first| (*first >= 0x80) == is_negative));
    fits.then(|| rest.iter().fold(sign, |digits, byte| digits << 8 | i128::from(*byte)))
}

/// A number of IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f32.powi(-14),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1.0 + fraction) * 2_f32.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Nanoseconds since 1970 of eight bytes of nanoseconds of the day and four of the Julian day.
fn nanos_of(parts: &[u32]) -> i128 {
    let [low, high, day] = parts else { return 0 };
    let days = i128::from(*day) - 2_440_588;
    days * 86_400_000_000_000 + (i128::from(*high) << 32) + i128::from(*low)
}

fn one(text: String) -> TableCell {
    TableCell::One(text)
}

/// The library's words, without the kind of fault before them.
fn words(error: &ParquetError) -> String {
    let words = error.to_string();
    ["Parquet error: ", "EOF: ", "NYI: "].iter().find_map(|kind| words.strip_prefix(kind)).unwrap_or(&words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_decimals_are_read_as_far_as_their_digits_go() {
        let bytes = |value: i128| {
            let filler = if value < 0 { 0xff } else { 0 };
            [vec![filler; 16], value.to_be_bytes().to_vec()].concat()
        };
        for value in [0, 1, -1, 1250, -1250, i128::MAX, i128::MIN] {
            assert_eq!(digits(&bytes(value)), Some(value));
            assert_eq!(digits(&value.to_be_bytes()), Some(value));
        }
        assert_eq!(digits(&[0x80]), Some(-128));
        let mut beyond = bytes(0);
        beyond[15] = 1;
        assert_eq!(digits(&beyond), None);
        // One more than the greatest of 16 bytes.
        let mut next = bytes(0);
        next[16] = 0x80;
        assert_eq!(digits(&next), None);
    }

    #[test]
    fn halves_are_numbers() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0, 0.0),
        ] {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7e00).is_nan() && half(0xfc00) == f32::NEG_INFINITY);
    }
}
