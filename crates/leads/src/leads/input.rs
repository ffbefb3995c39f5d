//! What a file of leads or events is: recognised by its first bytes, and unpacked where it is packed.
//!
//! In: bytes, and what the name of the file claims. Out: text, or a file or stream with typed columns. Never: a file held in
//! memory; Parquet and Arrow files that come through a pipe or are packed once more are put aside in a temporary file, since
//! their index stands at their end.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::bytes::{self, Input};
use super::{Format, ReadError};

/// Bytes that come in.
pub enum Incoming {
    /// A file that can be read from any place.
    File(File),
    /// Bytes that come one after the other.
    Stream(Box<dyn Read + Send>),
}

impl Incoming {
    /// A file that was opened; pipes and devices are streams.
    ///
    /// # Errors
    /// If the system does not say what it is.
    pub fn of_file(file: File) -> io::Result<Incoming> {
        Ok(if file.metadata()?.is_file() { Incoming::File(file) } else { Incoming::Stream(Box::new(file)) })
    }

    /// Anything that can be read.
    pub fn of_read(input: impl Read + Send + 'static) -> Incoming {
        Incoming::Stream(Box::new(input))
    }
}

/// What came in.
pub(super) enum Found {
    /// CSV, unpacked.
    Csv(Input),
    /// JSON Lines, unpacked.
    Jsonl(Input),
    /// Parquet.
    Parquet(File),
    /// Arrow IPC, the file format.
    ArrowFile(File),
    /// Arrow IPC, the streaming format.
    ArrowStream(Box<dyn Read + Send>),
}

/// A file of which it is counted how much has been read.
struct Counted {
    file: File,
    passed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.passed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// First bytes that are looked at.
const LOOKED_AT: usize = 8;

/// Recognises what comes in. The first bytes decide; the name decides between CSV and JSON Lines, and without one a line
/// of JSON begins with `{`.
/// Bytes that are read of a file are added to `passed`.
pub(super) fn recognise(
    incoming: Incoming,
    named: Option<Format>,
    passed: &Arc<AtomicU64>,
) -> Result<Found, ReadError> {
    let (mut first, stream, file) = match incoming {
        Incoming::File(mut file) => {
            let first = begin(&mut file)?;
            let kept = file.try_clone().map_err(|error| unreadable(&error))?;
            let stream = Counted { file, passed: Arc::clone(passed) };
            (first, Box::new(stream) as Box<dyn Read + Send>, Some(kept))
        }
        Incoming::Stream(mut stream) => (begin(&mut stream)?, stream, None),
    };
    let mut stream: Box<dyn Read + Send> = stream;
    let is_packed = matches!(first.as_slice(), [0x1F, 0x8B, ..] | [0x28, 0xB5, 0x2F, 0xFD, ..]);
    if is_packed {
        stream = unpacked(first, stream)?;
        first = begin(&mut stream)?;
    }
    match first.as_slice() {
        [b'P', b'A', b'R', b'1', ..] | [b'A', b'R', b'R', b'O', b'W', b'1', ..] => {
            let is_arrow = first.first() == Some(&b'A');
            let file = match file.filter(|_| !is_packed) {
                Some(file) => file,
                None => aside(&mut Cursor::new(first).chain(stream))?,
            };
            Ok(if is_arrow { Found::ArrowFile(file) } else { Found::Parquet(file) })
        }
        [0xFF, 0xFF, 0xFF, 0xFF, ..] => Ok(Found::ArrowStream(Box::new(Cursor::new(first).chain(stream)))),
        [b'F', b'E', b'A', b'1', ..] => Err(ReadError::OldFeather),
        [] => Err(ReadError::Empty),
        _ => text(first, stream, named),
    }
}

/// Text. What its name claims to be something else is none.
fn text(first: Vec<u8>, stream: Box<dyn Read + Send>, named: Option<Format>) -> Result<Found, ReadError> {
    let start = |stream| bytes::start(Box::new(Cursor::new(first).chain(stream)));
    match named {
        Some(Format::Parquet) => Err(ReadError::OtherFormat("Parquet")),
        Some(Format::Arrow) => Err(ReadError::OtherFormat("Arrow IPC")),
        Some(Format::Csv) => start(stream).map(Found::Csv),
        Some(Format::Jsonl) => start(stream).map(Found::Jsonl),
        None => {
            let mut input = start(stream)?;
            let letter = |bytes: &[u8]| bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
            let is_json = letter(bytes::fill(&mut input).map_err(ReadError::Unreadable)?) == Some(b'{');
            Ok(if is_json { Found::Jsonl(input) } else { Found::Csv(input) })
        }
    }
}

/// The first bytes, as far as there are any. A fault behind some of them is met again by whoever reads on.
fn begin(input: &mut dyn Read) -> Result<Vec<u8>, ReadError> {
    let mut first = Vec::with_capacity(LOOKED_AT);
    match input.take(LOOKED_AT as u64).read_to_end(&mut first) {
        Err(error) if first.is_empty() => Err(unreadable(&error)),
        Ok(_) | Err(_) => Ok(first),
    }
}

/// What is packed by gzip, in one member or several, or by Zstandard.
fn unpacked(first: Vec<u8>, rest: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>, ReadError> {
    let is_gzip = first.first() == Some(&0x1F);
    let input = BufReader::with_capacity(1 << 16, Cursor::new(first).chain(rest));
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(input))
    } else {
        Box::new(zstd::Decoder::with_buffer(input).map_err(|error| unreadable(&error))?)
    })
}

/// Puts bytes into a temporary file without a name, which is gone with the run.
fn aside(input: &mut dyn Read) -> Result<File, ReadError> {
    let mut file = tempfile::tempfile().map_err(|error| unreadable(&error))?;
    io::copy(input, &mut file).map_err(|error| unreadable(&error))?;
    Ok(file)
}

fn unreadable(error: &io::Error) -> ReadError {
    ReadError::Unreadable(error.to_string())
}
