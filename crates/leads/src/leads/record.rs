//! CSV bytes to records, one at a time.
//!
//! In: bytes. Out: cells, and the physical line at which each record starts. Never: more than one record in memory; a
//! record that is too long is passed over to its end, and the next one is read.
//!
//! It reads what RFC 4180 describes and what spreadsheets write: `\n`, `\r\n` and `\r` end a record outside of quotes,
//! blank lines are no records, a quote inside an unquoted cell is a quote. The `csv` crate agrees on all of that, by
//! test; it neither bounds a record, nor goes on after one that is too long, nor tells a quote that is never closed,
//! nor counts lines that end with `\r\n` to the point.

use std::io::BufRead;
use std::str::Utf8Error;

use super::bytes::{Input, fill};
use super::{COLUMN_LIMIT, RECORD_LIMIT};

/// A stream of records.
pub(super) struct Records {
    input: Input,
    line: u64,
    after_return: bool,
}

/// One record.
#[derive(Default)]
pub(super) struct Record {
    /// 1-based line at which it starts.
    pub(super) line: u64,
    /// What is wrong with it; then the cells are not all there.
    pub(super) fault: Option<RecordFault>,
    bytes: Vec<u8>,
    /// Where the cell begins that is being read.
    start: usize,
    /// First byte of each cell, and the first behind it.
    spans: Vec<(usize, usize)>,
}

/// Why a record cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordFault {
    /// It is longer than [`RECORD_LIMIT`].
    TooLong,
    /// It has more cells than the [`COLUMN_LIMIT`].
    TooManyCells,
    /// The file ends inside quotes.
    OpenQuote,
    /// It holds a NUL byte.
    Nul,
}

/// Where in a record the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    CellStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl Record {
    /// The cell at this place, from 0, as text; an error if it is not UTF-8. `whole` is what [`text`](Record::text) gives.
    pub(super) fn text_at<'a>(&'a self, whole: Option<&'a str>, at: usize) -> Option<Result<&'a str, Utf8Error>> {
        let (start, end) = *self.spans.get(at)?;
        match whole.and_then(|whole| whole.get(start..end)) {
            Some(text) => Some(Ok(text)),
            None => self.bytes.get(start..end).map(std::str::from_utf8),
        }
    }

    /// All bytes, if they are UTF-8: so they need not be looked at for each cell.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.spans.iter().map(|(start, end)| &self.bytes[*start..*end])
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.spans.clear();
        self.start = 0;
        self.fault = None;
    }

    fn push(&mut self, byte: u8) {
        if byte == 0 {
            self.fault = self.fault.or(Some(RecordFault::Nul));
        }
        if self.bytes.len() < RECORD_LIMIT {
            self.bytes.push(byte);
        } else {
            self.fault = Some(RecordFault::TooLong);
        }
    }

    /// Keeps bytes of which none is NUL, as far as there is room.
    fn keep(&mut self, bytes: &[u8]) {
        let room = RECORD_LIMIT.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..room]);
        if room < bytes.len() {
            self.fault = Some(RecordFault::TooLong);
        }
    }

    fn end_cell(&mut self) {
        let end = self.bytes.len();
        if self.spans.len() < COLUMN_LIMIT {
            self.spans.push((self.start, end));
        } else {
            self.fault = self.fault.or(Some(RecordFault::TooManyCells));
        }
        self.start = end;
    }

    /// Takes a line in at once, if it ends within these bytes and holds neither quotes nor NUL: its bytes are kept as they
    /// are, and its cells stand between the commas. All cells but the last have ended then. Gives the length of the line.
    fn take_line(&mut self, bytes: &[u8]) -> Option<usize> {
        let bytes = &bytes[..bytes.len().min(RECORD_LIMIT)];
        let mut at = 0;
        while let Some(next) = low(&bytes[at..]) {
            at += next;
            match bytes[at] {
                b',' if self.spans.len() < COLUMN_LIMIT => {
                    self.spans.push((self.start, at));
                    self.start = at + 1;
                }
                b'\r' | b'\n' => {
                    self.bytes.extend_from_slice(&bytes[..at]);
                    return Some(at);
                }
                b',' | b'"' | 0 => break,
                _ => {}
            }
            at += 1;
        }
        self.clear();
        None
    }
}

impl Records {
    /// Records of the input, from its first line on.
    pub(super) fn new(input: Input) -> Self {
        Records { input, line: 1, after_return: false }
    }

    /// Whether the lines that are at hand already are not UTF-8: all that have other letters than ASCII, and two at least.
    pub(super) fn are_in_other_letters(&self) -> bool {
        let at_hand = self.input.buffer();
        // The last line may go on behind what is at hand.
        let whole = at_hand.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &at_hand[..end]);
        let mut other = whole.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
        let mut broken = 0;
        other.all(|line| {
            broken += 1;
            std::str::from_utf8(line).is_err()
        }) && broken >= 2
    }

    /// Reads the next record; `false` at the end. The error is the system's words.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, String> {
        record.clear();
        let mut state = State::Before;
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                return Ok(finish(record, state));
            }
            let mut taken = 0;
            let mut ended = false;
            while let Some(&byte) = chunk.get(taken) {
                if state == State::Plain {
                    // Most of a record are bytes that only have to be kept.
                    let run = plain(&chunk[taken..]);
                    if run > 0 {
                        record.keep(&chunk[taken..taken + run]);
                        taken += run;
                        self.after_return = false;
                        continue;
                    }
                }
                taken += 1;
                if state == State::Before && !matches!(byte, b'\r' | b'\n') {
                    record.line = self.line;
                    if let Some(length) = record.take_line(&chunk[taken - 1..]) {
                        self.after_return = false;
                        taken += length - 1;
                        state = State::Plain;
                        continue;
                    }
                }
                // `\r\n` is one line end, alone each of them is one too.
                if byte == b'\r' || (byte == b'\n' && !self.after_return) {
                    self.line += 1;
                }
                self.after_return = byte == b'\r';
                match step(record, state, byte) {
                    Some(next) => state = next,
                    None => {
                        ended = true;
                        break;
                    }
                }
            }
            self.input.consume(taken);
            if ended {
                return Ok(true);
            }
        }
    }
}

/// How many bytes there are before the next that ends an unquoted cell, or is NUL.
fn plain(bytes: &[u8]) -> usize {
    // All four are below `-`, which most bytes are not.
    let is_end = |byte: &u8| *byte < b'-' && matches!(byte, b',' | b'\r' | b'\n' | 0);
    bytes.iter().position(is_end).unwrap_or(bytes.len())
}

/// The first byte below `-`, as all are that may end a cell or a line; `None` if there is none.
fn low(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    let (eights, rest) = bytes.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        // Eight at once: taking `-` from a byte below it borrows into its upper bit. What is borrowed from the bytes
        // above the first of them does not matter.
        let eight = u64::from_le_bytes(*eight);
        let below = eight.wrapping_sub(ONES * u64::from(b'-')) & !eight & (ONES << 7);
        if below != 0 {
            return Some(number * 8 + below.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte < b'-').map(|at| eights.len() * 8 + at)
}

/// Takes one byte in; `None` when it ends the record.
fn step(record: &mut Record, state: State, byte: u8) -> Option<State> {
    match (state, byte) {
        (State::Before, b'\r' | b'\n') => return Some(State::Before),
        (State::Before | State::CellStart, b'"') => return Some(State::Quoted),
        (State::Quoted, b'"') => return Some(State::QuoteInQuoted),
        (State::Quoted, _) => {
            record.push(byte);
            return Some(State::Quoted);
        }
        (State::QuoteInQuoted, b'"') => {
            record.push(byte);
            return Some(State::Quoted);
        }
        (State::Before | State::CellStart | State::Plain | State::QuoteInQuoted, _) => {}
    }
    match byte {
        b',' => {
            record.end_cell();
            Some(State::CellStart)
        }
        b'\r' | b'\n' => {
            record.end_cell();
            None
        }
        _ => {
            record.push(byte);
            Some(State::Plain)
        }
    }
}

/// The end of the file; whether it ends a record.
fn finish(record: &mut Record, state: State) -> bool {
    match state {
        State::Before => return false,
        State::Quoted => record.fault = record.fault.or(Some(RecordFault::OpenQuote)),
        State::CellStart | State::Plain | State::QuoteInQuoted => {}
    }
    record.end_cell();
    true
}
