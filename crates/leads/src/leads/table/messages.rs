//! Messages of Arrow IPC, one after the other, with everything in them that says where or how long something is held
//! against what is there: the library takes their word for it, and would stop the program.
//!
//! In: a stream, or a file with its index. Out: messages that hold a dictionary or a batch. Never: more than one message in
//! memory.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::vec::IntoIter;

use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::{BodyCompression, CompressionType, RecordBatch, root_as_footer, root_as_message};
use arrow_schema::Schema;

/// Longest header of a message, in bytes.
const HEADER_LIMIT: u64 = 1 << 26;

/// Longest column of a batch once it is unpacked, in bytes.
const UNPACKED_LIMIT: u64 = 1 << 32;

/// A message, or the library's words about why there is none.
type Next = Result<Option<Message>, String>;

/// A message whose parts are where it says.
pub(super) struct Message {
    /// A flatbuffer that has been verified.
    pub(super) header: Vec<u8>,
    /// What it is about.
    pub(super) body: Vec<u8>,
}

/// Messages behind the schema.
pub(super) struct Messages {
    input: Input,
}

enum Input {
    Stream(BufReader<Box<dyn Read + Send>>),
    /// A file, where its messages are (dictionaries first), and how many there are.
    File(BufReader<File>, IntoIter<u64>, usize),
}

impl Messages {
    /// Reads the schema of a stream, its first message.
    pub(super) fn of_stream(stream: Box<dyn Read + Send>) -> Result<(Arc<Schema>, Messages), String> {
        let mut input = BufReader::with_capacity(1 << 16, stream);
        let first = read(&mut input)?.ok_or("it has no schema")?;
        let message = root_as_message(&first.header).map_err(|error| error.to_string())?;
        let schema = message.header_as_schema().ok_or("it does not begin with a schema")?;
        let schema = try_fb_to_schema(schema).map_err(|error| error.to_string())?;
        Ok((Arc::new(schema), Messages { input: Input::Stream(input) }))
    }

    /// Reads the index at the end of a file.
    pub(super) fn of_file(file: File) -> Result<(Arc<Schema>, Messages), String> {
        let mut input = BufReader::with_capacity(1 << 16, file);
        let footer = footer(&mut input)?;
        let footer = root_as_footer(&footer).map_err(|error| error.to_string())?;
        let schema = footer.schema().ok_or("its index has no schema")?;
        let schema = try_fb_to_schema(schema).map_err(|error| error.to_string())?;
        let blocks = footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten());
        let places: Result<Vec<u64>, _> = blocks.map(|block| u64::try_from(block.offset())).collect();
        let places = places.map_err(|_| "its index is out of order")?;
        let count = places.len();
        Ok((Arc::new(schema), Messages { input: Input::File(input, places.into_iter(), count) }))
    }

    /// The part that has been read, where it is known how many there are.
    pub(super) fn part(&self) -> Option<f64> {
        match &self.input {
            Input::Stream(_) => None,
            Input::File(_, left, count) => Some((count - left.len()) as f64 / (*count).max(1) as f64),
        }
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Next {
        match &mut self.input {
            Input::Stream(input) => read(input),
            Input::File(input, places, _) => {
                let Some(place) = places.next() else { return Ok(None) };
                input.seek(SeekFrom::Start(place)).map_err(|error| error.to_string())?;
                read(input)?.map(Some).ok_or_else(|| "its index leads nowhere".to_owned())
            }
        }
    }
}

/// The index: it stands before its length and a mark, at the end of the file.
fn footer(input: &mut BufReader<File>) -> Result<Vec<u8>, String> {
    const MARK: &[u8] = b"ARROW1";
    let words = |error: std::io::Error| error.to_string();
    let size = input.seek(SeekFrom::End(0)).map_err(words)?;
    let cut = || "it ends too early".to_owned();
    input.seek(SeekFrom::Start(size.checked_sub(10).ok_or_else(cut)?)).map_err(words)?;
    let end = bytes(input, 10)?;
    let (length, mark) = end.split_at(4);
    let length = length.try_into().map(u32::from_le_bytes).map(u64::from).unwrap_or(u64::MAX);
    if mark != MARK || length > HEADER_LIMIT {
        return Err(cut());
    }
    input.seek(SeekFrom::Start((size - 10).checked_sub(length).ok_or_else(cut)?)).map_err(words)?;
    bytes(input, length)
}

/// A message: a mark, the length of its header, the header, the body. `None` at the end.
fn read(input: &mut impl Read) -> Next {
    let Some(mark) = length(input)? else { return Ok(None) };
    if mark != u32::MAX {
        return Err("a message begins without its mark".to_owned());
    }
    let size = match length(input)? {
        None => return Err("it ends inside a message".to_owned()),
        Some(0) => return Ok(None),
        Some(size) => u64::from(size),
    };
    if size > HEADER_LIMIT {
        return Err(format!("a message has a header of {size} bytes"));
    }
    let header = bytes(input, size)?;
    let message = root_as_message(&header).map_err(|error| error.to_string())?;
    let size = u64::try_from(message.bodyLength()).map_err(|_| "a message is shorter than nothing")?;
    let body = bytes(input, size)?;
    let batch = message.header_as_record_batch();
    let batch = batch.or_else(|| message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()));
    batch.map_or(Ok(()), |batch| is_sound(&batch, &body))?;
    Ok(Some(Message { header, body }))
}

/// Whether every part of a batch is inside of its body, and no larger once it is unpacked than it can be.
fn is_sound(batch: &RecordBatch<'_>, body: &[u8]) -> Result<(), String> {
    let packing = batch.compression();
    for buffer in batch.buffers().into_iter().flatten() {
        let range = usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
        let part = range.and_then(|(start, length)| body.get(start..start.checked_add(length)?));
        let part = part.ok_or("a column is outside of its batch")?;
        if let Some(packing) = packing.filter(|_| !part.is_empty()) {
            unpacks(packing, part)?;
        }
    }
    Ok(())
}

/// The length that a packed part has in front: -1 if it is not packed after all.
fn unpacks(packing: BodyCompression<'_>, part: &[u8]) -> Result<(), String> {
    let length = part.first_chunk().map(|length| i64::from_le_bytes(*length));
    let length = length.ok_or("a packed column has no length")?;
    // LZ4 needs a byte for each 255.
    let is_lz4 = packing.codec() == CompressionType::LZ4_FRAME;
    let most = if is_lz4 { (part.len() as u64).saturating_mul(256) } else { UNPACKED_LIMIT };
    match u64::try_from(length) {
        Ok(length) if length > most.min(UNPACKED_LIMIT) => {
            Err(format!("a packed column says that it has {length} bytes"))
        }
        Ok(_) => Ok(()),
        Err(_) if length == -1 => Ok(()),
        Err(_) => Err("a packed column is shorter than nothing".to_owned()),
    }
}

/// Four bytes, lowest first. `None` where the input ends before them.
fn length(input: &mut impl Read) -> Result<Option<u32>, String> {
    let mut bytes = Vec::with_capacity(4);
    input.take(4).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.first_chunk() {
        Some(bytes) => Ok(Some(u32::from_le_bytes(*bytes))),
        None if bytes.is_empty() => Ok(None),
        None => Err("it ends inside a message".to_owned()),
    }
}

/// So many bytes. Memory is taken as they come, not as they are promised.
fn bytes(input: &mut impl Read, count: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = input.take(count).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if read as u64 == count { Ok(bytes) } else { Err("it ends inside a message".to_owned()) }
}
