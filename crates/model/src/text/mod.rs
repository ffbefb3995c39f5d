//! Source text: files, spans in them, lines and columns, the nearest known name, full-width characters.
//!
//! In: the text of files. Out: positions a person can follow. Never: what the text means.

mod duration;
mod html;
mod nearest;
mod scalar;
mod tags;
mod width;

use std::sync::{Arc, OnceLock};

pub use duration::duration_secs;
pub use html::{escaped, is_void};
pub use nearest::nearest;
pub use scalar::{Part, ScalarMap};
use serde::{Deserialize, Serialize};
pub use tags::{Tag, TagKind, tag_at, tags};
pub use width::{half_width, is_alphanumeric, is_japanese_letter, to_half_width};

/// Number of a file in its [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`, in bytes.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clip(start), end: clip(end.max(start)) }
    }

    /// Whether `other` lies inside this span.
    pub fn contains(&self, other: &Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The empty span at this one's first byte.
    pub fn at_start(self) -> Self {
        Span { end: self.start, ..self }
    }
}

/// Where a piece of the compiled campaign came from. It is no part of its meaning: all origins are equal, and
/// none is written out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin(pub Span);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl From<Span> for Origin {
    fn from(span: Span) -> Self {
        Origin(span)
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Origin::default())
    }
}

/// One file's text, with its path relative to the project, `/` between the parts.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the project's folder.
    pub path: String,
    /// The whole text.
    pub text: Arc<str>,
    /// Where lines begin; found out when the first place is shown.
    line_starts: OnceLock<Vec<u32>>,
    /// How many characters begin before every [`STRIDE`]th byte: a line may be as long as the file.
    characters: OnceLock<Vec<u32>>,
}

/// Bytes between two counts of characters.
const STRIDE: usize = 1_024;

impl SourceFile {
    /// How many characters begin between two bytes.
    fn characters_between(&self, start: usize, end: usize) -> usize {
        if end - start < STRIDE {
            return count(&self.text.as_bytes()[start..end]);
        }
        self.characters_before(end) - self.characters_before(start)
    }

    /// How many characters begin before this byte.
    fn characters_before(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let counts = self.characters.get_or_init(|| {
            let mut sum = 0;
            let counts = bytes.chunks(STRIDE).map(|chunk| {
                let before = sum;
                sum += count(chunk);
                u32::try_from(before).unwrap_or(u32::MAX)
            });
            counts.collect()
        });
        let whole = at / STRIDE;
        let before = counts.get(whole).map_or_else(|| count(bytes), |before| *before as usize);
        before + bytes.get(whole * STRIDE..at).map_or(0, count)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            // As in YAML, `\r` alone ends a line too.
            let ends = |at: usize| bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            let ends = (0..bytes.len()).filter(|at| ends(*at));
            std::iter::once(0).chain(ends.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect()
        })
    }
}

/// How many characters begin in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// A place for people: 1-based line, 1-based column counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
}

/// All files of a run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes a file in and gives it a number.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            characters: OnceLock::new(),
        });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file with this number.
    ///
    /// # Panics
    /// If `id` was given out by another map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files with their numbers, in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The number of the file with this path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.files().find(|(_, file)| file.path == path).map(|(id, _)| id)
    }

    /// The text a span covers; empty if it reaches outside the file or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte offset. An offset past the end gives the end.
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let file = self.file(file);
        let line = file.line_starts().partition_point(|&start| start <= offset).max(1);
        // A byte order mark is no character of the first line: editors do not count it.
        let mark = if line == 1 && file.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let start = file.line_starts()[line - 1] as usize + mark;
        let mut end = (offset as usize).max(start).min(file.text.len());
        while !file.text.is_char_boundary(end) {
            end -= 1;
        }
        Position { line, column: file.characters_between(start, end) + 1 }
    }

    /// Byte offset of the first character of a 1-based line, or `None` past the last line.
    pub fn line_start(&self, file: FileId, line: usize) -> Option<u32> {
        self.file(file).line_starts().get(line.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut map = SourceMap::default();
        let id = map.add("a.yaml", "会社: x\n  業種: y\n");
        assert_eq!(map.position(id, 8), Position { line: 1, column: 5 });
        assert_eq!(map.position(id, 12), Position { line: 2, column: 3 });
        assert_eq!(map.position(id, 999), Position { line: 3, column: 1 });
        let id = map.add("b.yaml", "\u{feff}a: x\nb: y\n");
        assert_eq!(map.position(id, 0), Position { line: 1, column: 1 });
        assert_eq!(map.position(id, 6), Position { line: 1, column: 4 });
        assert_eq!(map.position(id, 8), Position { line: 2, column: 1 });
        let id = map.add("c.yaml", "a: x\rb: y\r\nc: z\n");
        assert_eq!(map.position(id, 5), Position { line: 2, column: 1 });
        assert_eq!(map.position(id, 11), Position { line: 3, column: 1 });
        let long = format!("a\n{}", "青a".repeat(STRIDE));
        let id = map.add("long.yaml", long);
        for (characters, offset) in [(0, 2), (1, 5), (600, 1_202), (2 * STRIDE, 2 + 4 * STRIDE)] {
            let place = map.position(id, u32::try_from(offset).unwrap());
            assert_eq!(place, Position { line: 2, column: characters + 1 });
        }
    }
}
