//! Where the characters of a decoded YAML scalar stand in the source.
//!
//! Expressions live inside strings; their faults must point into the file as it was typed, through quotes, escapes,
//! folded lines and indented blocks.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use super::{FileId, Span};

/// Maps byte offsets of a decoded scalar to byte offsets in the file.
#[derive(Clone, Debug)]
pub struct ScalarMap<'a> {
    span: Span,
    source: &'a str,
    decoded: &'a str,
    /// For each stretch of the decoded text that stands in the file as it is, or each character that does not: its byte
    /// offset there, and in the file. One entry more for the end. Made when the first place is asked for: most texts have
    /// no fault.
    points: OnceCell<Vec<(u32, u32)>>,
    /// The parts of a text that was put together from several; otherwise none.
    parts: Vec<Part<'a>>,
}

/// A part of a text that was put together.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Its first byte in the whole.
    pub from: usize,
    /// The text it was taken from.
    pub of: Rc<ScalarMap<'a>>,
    /// Its first byte there.
    pub at: usize,
}

impl<'a> ScalarMap<'a> {
    /// Lines the decoded text up with its source. `source` is what the file holds at `span`, quotes and block header
    /// included.
    pub fn new(span: Span, source: &'a str, decoded: &'a str) -> Self {
        ScalarMap { span, source, decoded, points: OnceCell::new(), parts: Vec::new() }
    }

    /// A map for text that is the file itself.
    pub fn whole(file: FileId, text: &'a str) -> Self {
        ScalarMap::new(Span::new(file, 0, text.len()), text, text)
    }

    /// A map for `decoded`, which was put together from parts in the order of their first bytes.
    pub fn composed(decoded: &'a str, parts: Vec<Part<'a>>) -> Self {
        let span = parts.first().map_or_else(Span::default, |part| part.of.span);
        ScalarMap { span, source: decoded, decoded, points: OnceCell::new(), parts }
    }

    /// The place in the file of the bytes `start..end` of the decoded text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        if let Some(part) = self.part(start) {
            // What goes on in the next part is cut off where this one ends.
            let next = self.parts.iter().map(|part| part.from).find(|&from| from > start);
            let end = end.min(next.unwrap_or(end)).max(start);
            return part.of.span(part.at + (start - part.from), part.at + (end - part.from));
        }
        // What an alias stands for is written elsewhere.
        if self.source.starts_with('*') && self.source != self.decoded {
            return self.span;
        }
        Span::new(self.span.file, self.offset(start), self.offset(end).max(self.offset(start)))
    }

    /// Whether these bytes were taken from somewhere, and not written in between when the text was put together.
    pub fn was_taken(&self, at: &Range<usize>) -> bool {
        self.part(at.start).is_none_or(|part| {
            let start = part.at + (at.start - part.from);
            part.of.decoded.get(start..start + at.len()) == self.decoded.get(at.clone())
        })
    }

    /// These bytes of the decoded text.
    pub fn text(&self, at: &Range<usize>) -> &'a str {
        self.decoded.get(at.clone()).unwrap_or_default()
    }

    /// The place of the whole, what the file holds there, and the decoded text.
    pub fn told(&self) -> (Span, &'a str, &'a str) {
        (self.span, self.source, self.decoded)
    }

    /// The place of the whole decoded text.
    pub fn all(&self) -> Span {
        self.span(0, self.decoded.len())
    }

    fn part(&self, at: usize) -> Option<&Part<'a>> {
        let next = self.parts.partition_point(|part| part.from <= at);
        self.parts.get(next.saturating_sub(1))
    }

    fn offset(&self, decoded: usize) -> usize {
        let decoded = narrow(decoded);
        let points = self.points.get_or_init(|| self.line_up());
        let next = points.partition_point(|&(from, _)| from <= decoded);
        let Some(&(from, to)) = points.get(next.saturating_sub(1)) else { return 0 };
        // Between two known points the text runs straight (a whole plain scalar is one such stretch).
        (to + (decoded - from.min(decoded))) as usize
    }

    fn line_up(&self) -> Vec<(u32, u32)> {
        let base = self.span.start;
        if self.source == self.decoded {
            return vec![(0, base), (len32(self.decoded), base + len32(self.source))];
        }
        let mut cursor = Cursor::new(self.source);
        let mut points = Vec::new();
        let mut offset = 0;
        while let Some(wanted) = self.decoded[offset..].chars().next() {
            let stretch = cursor.stretch(&self.decoded[offset..]);
            if stretch > 0 {
                points.push((narrow(offset), base + narrow(cursor.at)));
                cursor.at += stretch;
                offset += stretch;
            } else {
                points.push((narrow(offset), base + narrow(cursor.find(wanted))));
                offset += wanted.len_utf8();
            }
        }
        points.push((len32(self.decoded), base + narrow(cursor.at)));
        points
    }
}

/// Walks the source of a scalar and finds each decoded character in turn.
struct Cursor<'a> {
    source: &'a str,
    at: usize,
    quote: Option<char>,
}

impl<'a> Cursor<'a> {
    fn new(source: &'a str) -> Self {
        let quote = source.chars().next().filter(|c| matches!(c, '"' | '\''));
        let block = source.starts_with(['|', '>']);
        let at =
            if block { source.find('\n').map_or(source.len(), |end| end + 1) } else { quote.map_or(0, char::len_utf8) };
        Cursor { source, at, quote }
    }

    /// How many bytes of the decoded text stand here as they are. Between quotes some signs may mean another.
    fn stretch(&self, decoded: &str) -> usize {
        let stands_for_itself =
            |byte: u8| self.quote.is_none() || !matches!(byte, b'\n' | b'\r' | b'\\' | b'\'' | b'"');
        let mut bytes = decoded.bytes().zip(self.source[self.at..].bytes());
        let mut end = bytes
            .position(|(decoded, source)| decoded != source || !stands_for_itself(source))
            .unwrap_or_else(|| decoded.len().min(self.source.len() - self.at));
        while !decoded.is_char_boundary(end) {
            end -= 1;
        }
        end
    }

    /// Offset of the next place that stands for `wanted`, and steps past it.
    fn find(&mut self, wanted: char) -> usize {
        loop {
            let rest = &self.source[self.at..];
            let Some(next) = rest.chars().next() else { return self.source.len() };
            let here = self.at;
            if self.quote == Some('"') && next == '\\' {
                let length = escape_length(rest);
                self.at += length;
                if rest[1..].starts_with(['\n', '\r']) {
                    continue; // an escaped line end stands for nothing
                }
                return here;
            }
            if self.quote == Some('\'') && rest.starts_with("''") {
                self.at += 2;
                return here;
            }
            self.at += next.len_utf8();
            let folded = wanted == ' ' && matches!(next, '\n' | '\r');
            if next == wanted || folded {
                if folded || (wanted == '\n' && self.quote.is_some()) {
                    self.skip_fold();
                }
                return here;
            }
        }
    }

    /// After a folded line end: the blanks that begin the next line belong to the fold.
    fn skip_fold(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }
}

fn escape_length(rest: &str) -> usize {
    let Some(kind) = rest[1..].chars().next() else { return 1 };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let wanted = 1 + kind.len_utf8() + digits;
    (wanted..=rest.len()).find(|&end| rest.is_char_boundary(end)).unwrap_or(rest.len())
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn len32(text: &str) -> u32 {
    narrow(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, decoded: &str, part: &str) -> String {
        let map = ScalarMap::new(Span::new(FileId(0), 0, source.len()), source, decoded);
        let start = decoded.find(part).unwrap();
        let span = map.span(start, start + part.len());
        source[span.start as usize..span.end as usize].to_owned()
    }

    #[test]
    fn plain_and_quoted() {
        assert_eq!(found("score > 5", "score > 5", "> 5"), "> 5");
        assert_eq!(found("'it''s > x'", "it's > x", "> x"), "> x");
        assert_eq!(found(r#""a \"b\" == 業種""#, r#"a "b" == 業種"#, "業種"), "業種");
        assert_eq!(found(r#""\u4f1a社 > 1""#, "会社 > 1", "社"), "社");
    }

    #[test]
    fn blocks_and_folds() {
        assert_eq!(found("|\n    a and\n    b > 1\n", "a and\nb > 1\n", "b > 1"), "b > 1");
        assert_eq!(found(">-\n    a and\n    b > 1\n", "a and b > 1", "b > 1"), "b > 1");
        assert_eq!(found("a and\n      b > 1", "a and b > 1", "b > 1"), "b > 1");
        assert_eq!(found("\"a and\n      b > 1\"", "a and b > 1", "b > 1"), "b > 1");
    }
}
