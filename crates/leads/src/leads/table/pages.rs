//! Pages of a Parquet column, of which the library takes on trust what would make it read beside them: texts whose lengths are
//! written as differences (`DELTA_LENGTH_BYTE_ARRAY` and `DELTA_BYTE_ARRAY`) have to fit into their page.
//!
//! In: a column's pages. Out: the same, or an error for the first that is broken. Never: values.
//!
//! Layouts: Apache Parquet, "Data pages" and "Encodings" (<https://parquet.apache.org/docs/file-format/data-pages/encodings/>).

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

/// Checks pages before they are decoded.
pub(super) struct Checked {
    pages: Box<dyn PageReader>,
    /// Whether pages hold repetition and definition levels.
    levels: [bool; 2],
}

impl Checked {
    /// The pages of a column.
    pub(super) fn new(pages: Box<dyn PageReader>, column: &ColumnDescriptor) -> Checked {
        Checked { pages, levels: [column.max_rep_level() > 0, column.max_def_level() > 0] }
    }

    fn check(&self, page: &Page) -> Result<()> {
        let sound = match page {
            Page::DataPage { buf, encoding, .. } if is_delta(*encoding) => {
                let values = self.levels.iter().filter(|has| **has).try_fold(&buf[..], |rest, _| {
                    let length = rest.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))?;
                    rest.get(4..)?.get(usize::try_from(length).ok()?..)
                });
                values.is_some_and(|values| fits(values, *encoding))
            }
            Page::DataPageV2 { buf, encoding, def_levels_byte_len, rep_levels_byte_len, .. } if is_delta(*encoding) => {
                let levels = u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len);
                let values = usize::try_from(levels).ok().and_then(|levels| buf.get(levels..));
                values.is_some_and(|values| values.is_empty() || fits(values, *encoding))
            }
            Page::DataPage { .. } | Page::DataPageV2 { .. } | Page::DictionaryPage { .. } => true,
        };
        if sound { Ok(()) } else { Err(ParquetError::General("the lengths of texts do not fit their page".to_owned())) }
    }
}

impl Iterator for Checked {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        self.pages.take_deferred_dictionary()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

fn is_delta(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)
}

/// Whether lengths, and beginnings that are shared with the text before, stay inside what is there.
fn fits(values: &[u8], encoding: Encoding) -> bool {
    let mut bytes = values;
    let shared = if encoding == Encoding::DELTA_BYTE_ARRAY {
        let Some(shared) = numbers(&mut bytes) else { return false };
        shared
    } else {
        Vec::new()
    };
    let Some(lengths) = numbers(&mut bytes) else { return false };
    if encoding == Encoding::DELTA_BYTE_ARRAY && shared.len() != lengths.len() {
        return false;
    }
    let (mut sum, mut before) = (0_u64, 0_u64);
    for (at, length) in lengths.iter().enumerate() {
        let (Ok(length), Ok(own)) = (u64::try_from(*length), u64::try_from(shared.get(at).copied().unwrap_or(0)))
        else {
            return false;
        };
        if own > before {
            return false;
        }
        before = own + length;
        sum += length;
    }
    sum <= bytes.len() as u64
}

/// Numbers written as packed differences (`DELTA_BINARY_PACKED`); takes them off the front of the bytes. `None` if they are
/// broken, or no lengths: these have at most 32 bits.
fn numbers(bytes: &mut &[u8]) -> Option<Vec<i64>> {
    let (block, parts, count) = (varint(bytes)?, varint(bytes)?, varint(bytes)?);
    let mut last = zigzag(varint(bytes)?);
    let per_part = usize::try_from(block.checked_div(parts)?).ok()?;
    // Each block of 128 and more numbers takes bytes; a page has at most 2^31.
    if per_part == 0 || per_part % 32 != 0 || count > 1 << 31 {
        return None;
    }
    let count = usize::try_from(count).ok()?;
    let mut found = Vec::new();
    if count > 0 {
        found.push(last);
    }
    while found.len() < count {
        let least = zigzag(varint(bytes)?);
        let widths = bytes.split_off(..usize::try_from(parts).ok()?)?;
        for width in widths.iter().map(|width| usize::from(*width)) {
            if found.len() == count {
                break;
            }
            if width > 64 {
                return None;
            }
            let packed = bytes.split_off(..per_part * width / 8)?;
            for number in 0..per_part.min(count - found.len()) {
                last = last.wrapping_add(least).wrapping_add(bits(packed, number * width, width));
                // As the library counts them.
                last = i64::from(i32::try_from(last).ok()?);
                found.push(last);
            }
        }
    }
    Some(found)
}

/// So many bits from a bit on, the lowest first.
fn bits(packed: &[u8], from: usize, width: usize) -> i64 {
    let bit = |at: usize| packed.get(at / 8).map_or(0, |byte| u64::from(byte >> (at % 8) & 1));
    let value = (0..width).fold(0_u64, |value, at| value | bit(from + at) << at);
    value.cast_signed()
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.split_off_first()?;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}
