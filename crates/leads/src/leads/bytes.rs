//! The first bytes of a file, and lines of bounded length.
//!
//! In: any reader. Out: one without byte order mark that is not UTF-16. Never: more than one line in memory.

use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};

use super::{RECORD_LIMIT, ReadError};

/// Input of any kind.
pub(super) type Input = BufReader<Box<dyn Read + Send>>;

/// Takes the byte order mark of UTF-8 away, and turns UTF-16 and empty files away.
pub(super) fn start(mut input: Box<dyn Read + Send>) -> Result<Input, ReadError> {
    let mut first = Vec::new();
    input.by_ref().take(4).read_to_end(&mut first).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    match first.as_slice() {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err(ReadError::Utf16),
        // Without the mark: every other byte of ASCII is zero.
        [a, b, ..] if (*a == 0) != (*b == 0) => return Err(ReadError::Utf16),
        [0xEF, 0xBB, 0xBF, ..] => {
            first.drain(..3);
        }
        _ => {}
    }
    let rest: Box<dyn Read + Send> = Box::new(Cursor::new(first).chain(input));
    let mut input = BufReader::with_capacity(1 << 16, rest);
    match fill(&mut input) {
        Ok([]) => Err(ReadError::Empty),
        Ok(_) => Ok(input),
        Err(words) => Err(ReadError::Unreadable(words)),
    }
}

/// The bytes that come next; none at the end.
pub(super) fn fill(input: &mut Input) -> Result<&[u8], String> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    // The buffer is not empty or the input at its end: this reads nothing more.
    Ok(input.buffer())
}

/// What a line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// There is none any more.
    End,
    /// It is in the buffer, without its line end.
    Read,
    /// It is longer than [`RECORD_LIMIT`]; the buffer holds its beginning.
    TooLong,
}

/// Reads the next line into `line`.
pub(super) fn line(input: &mut Input, line: &mut Vec<u8>) -> Result<Line, String> {
    line.clear();
    let mut state = Line::End;
    loop {
        let chunk = fill(input)?;
        if chunk.is_empty() {
            return Ok(state);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(chunk.len());
        let room = RECORD_LIMIT - line.len();
        line.extend_from_slice(&chunk[..taken.min(room)]);
        let fits = taken <= room && state != Line::TooLong;
        state = if fits { Line::Read } else { Line::TooLong };
        input.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(state);
        }
    }
}
