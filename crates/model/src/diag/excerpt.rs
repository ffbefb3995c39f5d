//! Excerpts of sources for miette: the lines round a place, cheap in long files and safe to print.
//!
//! miette's own sources count columns in bytes and read a file from its start for each label; these use the line table.

use std::borrow::Cow;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use crate::text::{FileId, SourceMap, Span};

/// A line longer than this (in bytes) is shown in part.
const LONG_LINE: usize = 400;
/// Bytes shown before and after a place in a long line.
const AROUND: usize = 80;
/// Columns beside the text of a line: its number has blanks and a bar.
const BESIDE: usize = 5;
/// Columns of a tab, as miette shows it.
const TAB: usize = 4;
/// Two places farther apart than this (in bytes) get an excerpt each.
const LONGEST: usize = 4_000;

/// One file, ready to be cited.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    sources: &'a SourceMap,
    file: FileId,
    name: String,
    text: Cow<'a, str>,
    /// Columns of the terminal that shows it, if one does.
    columns: Option<usize>,
}

impl<'a> Excerpt<'a> {
    pub(super) fn new(sources: &'a SourceMap, file: FileId, prefix: &str, columns: Option<usize>) -> Self {
        let source = sources.file(file);
        let name = format!("{prefix}{}", source.path).replace(char::is_control, "?");
        Excerpt { sources, file, name, text: printable(&source.text), columns }
    }

    /// `path:line:column` of a place.
    pub(super) fn place(&self, span: Span) -> String {
        let position = self.sources.position(self.file, span.start);
        format!("{}:{}:{}", self.name, position.line, position.column)
    }

    /// Whether `label` can be shown together with `first` without `first` losing its place at the top.
    pub(super) fn follows(&self, first: Span, label: Span) -> bool {
        const CONTEXT: usize = 3;
        let line = |span: Span| self.sources.position(self.file, span.start).line;
        line(label) + CONTEXT >= line(first)
    }

    /// The part of a span that is marked: its first line, and at the end of the file the last character there is.
    /// `None` in an empty file.
    pub(super) fn marked(&self, span: Span) -> Option<(usize, usize)> {
        let body = self.text.trim_end();
        let last = body.char_indices().next_back()?.0;
        let start = self.boundary(span.start as usize);
        if start >= body.len() {
            return Some((last, body.len()));
        }
        let end = self.boundary((span.end as usize).min(start + LONG_LINE)).max(start);
        let first_line = self.text[start..end].lines().next().unwrap_or("").trim_end();
        let room = self.room(start).unwrap_or(usize::MAX);
        Some((start, start + within(first_line.chars(), room)))
    }

    /// Columns that a terminal has for the text of a line and those near it, beside their numbers.
    fn room(&self, offset: usize) -> Option<usize> {
        const LEAST: usize = 20;
        let digits = self.line_of(offset).to_string().len();
        self.columns.map(|columns| columns.saturating_sub(digits + BESIDE).max(LEAST))
    }

    /// Whether some lines can be shown whole.
    fn fits(&self, from: usize, to: usize) -> bool {
        let room = self.room(to).unwrap_or(usize::MAX);
        let fits = |line: &str| columns(line.trim_end().chars()) <= room;
        to - from <= LONG_LINE && self.text[from..to].lines().all(fits)
    }

    /// The nearest start of a character at or before `offset`.
    fn boundary(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0)
    }

    /// Bytes to show for a span: its lines and `before` and `after` more, or what surrounds it where lines are long.
    fn window(&self, start: usize, end: usize, before: usize, after: usize) -> (usize, usize) {
        let first = self.line_of(start).saturating_sub(before).max(1);
        let last = self.line_of(end) + after;
        let from = self.start_of(first);
        let to = self.start_of(last + 1);
        let whole = self.start_of(self.line_of(start));
        let rest = self.start_of(self.line_of(end) + 1);
        if self.fits(from, to) {
            return (from, to);
        }
        if self.fits(whole, rest) {
            return (whole, rest);
        }
        let from = self.boundary(start.saturating_sub(AROUND).max(whole));
        let to = self.boundary((end + AROUND).min(rest));
        let Some(room) = self.room(end) else { return (from, to) };
        let left = room.saturating_sub(columns(self.text[start..end].chars()));
        let from = start - within(self.text[from..start].chars().rev(), left / 2);
        let left = left.saturating_sub(columns(self.text[from..start].chars()));
        (from, end + within(self.text[end..to].trim_end().chars(), left))
    }

    fn line_of(&self, offset: usize) -> usize {
        self.sources.position(self.file, u32::try_from(offset).unwrap_or(u32::MAX)).line
    }

    fn start_of(&self, line: usize) -> usize {
        self.sources.line_start(self.file, line).map_or(self.text.len(), |start| start as usize)
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end > self.text.len() || span.len() > LONGEST {
            return Err(MietteError::OutOfBounds);
        }
        // Places on a line that a terminal cannot show whole get an excerpt each if they are far apart.
        if self.room(end).is_some_and(|room| columns(self.text[start..end].chars()) > room)
            && !self.fits(self.start_of(self.line_of(start)), self.start_of(self.line_of(end) + 1))
        {
            return Err(MietteError::OutOfBounds);
        }
        // Without context miette asks for the place alone, to print line and column.
        let (from, to) = if before + after == 0 { (start, end) } else { self.window(start, end, before, after) };
        let position = self.sources.position(self.file, u32::try_from(from).unwrap_or(u32::MAX));
        let data = &self.text.as_bytes()[from..to];
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            (from, to - from).into(),
            position.line - 1,
            position.column - 1,
            self.line_of(to.saturating_sub(1).max(from)) + 1 - position.line,
        )))
    }
}

/// Columns that characters take on a terminal.
fn columns(characters: impl Iterator<Item = char>) -> usize {
    characters.map(column).sum()
}

fn column(character: char) -> usize {
    if character == '\t' { TAB } else { character.width().unwrap_or(0) }
}

/// How many bytes of the first characters take no more than these columns.
fn within(characters: impl Iterator<Item = char>, room: usize) -> usize {
    let (mut bytes, mut taken) = (0, 0);
    for character in characters {
        taken += column(character);
        if taken > room {
            break;
        }
        bytes += character.len_utf8();
    }
    bytes
}

/// The text with everything a terminal would obey replaced by signs of the same number of bytes. Where `\r` ends a
/// line alone, `\n` does.
fn printable(text: &str) -> Cow<'_, str> {
    let commands = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    // Most texts have none of the bytes that such signs begin with.
    let may_command =
        |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2);
    let ends_alone = |at: usize| text[at..].starts_with('\r') && !text[at..].starts_with("\r\n");
    let has_commands = text.bytes().any(may_command) && text.contains(commands);
    if !has_commands && !text.match_indices('\r').any(|(at, _)| ends_alone(at)) {
        return Cow::Borrowed(text);
    }
    let sign = |c: char| match (commands(c), c.len_utf8()) {
        (false, _) => c,
        (true, 1) => '?',
        (true, 2) => '·',
        (true, _) => '\u{fffd}',
    };
    Cow::Owned(text.char_indices().map(|(at, c)| if ends_alone(at) { '\n' } else { sign(c) }).collect())
}
