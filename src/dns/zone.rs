//! Zone files (RFC 1035, section 5): records with the bytes they stand at.
//!
//! `$ORIGIN` and `$TTL`, names relative to the origin, `@`, a name that is left out, brackets over several lines, comments,
//! strings in quotes, escapes. `$INCLUDE` is not followed.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::text::{FileId, Span};

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose it is: the whole name in lower case, without the dot at its end.
    pub name: String,
    /// Its type, in capitals.
    pub kind: String,
    /// What it holds: the strings of a `TXT` record without quotes, the words of others.
    pub data: Vec<String>,
    /// Where what it holds stands.
    pub span: Span,
}

impl Record {
    /// What a `TXT` record says: its strings put together (RFC 7208, section 3.3).
    pub fn text(&self) -> String {
        self.data.concat()
    }
}

/// Reads a zone file. What cannot be read is reported and left out.
pub fn records(file: FileId, text: &str, sink: &mut Sink) -> Vec<Record> {
    let mut zone = Zone { file, origin: None, last: None, out: Vec::new() };
    for line in lines(text) {
        zone.line(&line, sink);
    }
    zone.out
}

/// A word of a record.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    is_quoted: bool,
    at: Range<usize>,
}

/// A record or directive, brackets taken away.
#[derive(Default)]
struct Line {
    /// Whether it begins with a blank, so that the name before goes on.
    goes_on: bool,
    words: Vec<Word>,
}

fn lines(text: &str) -> Vec<Line> {
    let mut out = Vec::new();
    let (mut line, mut depth, mut at, mut is_start) = (Line::default(), 0_usize, 0, true);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                at += 1;
                if depth == 0 {
                    out.push(std::mem::take(&mut line));
                    is_start = true;
                }
                continue;
            }
            b';' => {
                at = text.get(at..).and_then(|rest| rest.find('\n')).map_or(bytes.len(), |end| at + end);
                continue;
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            byte if byte.is_ascii_whitespace() => line.goes_on |= is_start,
            _ => {
                let (word, end) = word(text, at);
                line.words.push(word);
                (at, is_start) = (end, false);
                continue;
            }
        }
        (at, is_start) = (at + 1, false);
    }
    out.push(line);
    out.retain(|line| !line.words.is_empty());
    out
}

/// The word that begins at `from`, and where it ends.
fn word(text: &str, from: usize) -> (Word, usize) {
    let is_quoted = text.get(from..).is_some_and(|rest| rest.starts_with('"'));
    let mut out: Vec<u8> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = from + usize::from(is_quoted);
    while let Some(&byte) = bytes.get(at) {
        let ends = match is_quoted {
            true => byte == b'"' || byte == b'\n',
            false => byte.is_ascii_whitespace() || matches!(byte, b'(' | b')' | b';'),
        };
        if ends {
            break;
        }
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let digits = text.get(at + 1..at + 4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        match digits.and_then(|digits| digits.parse::<u8>().ok()) {
            Some(value) => {
                out.push(value);
                at += 4;
            }
            None => {
                out.extend(bytes.get(at + 1));
                at += 2;
            }
        }
    }
    let closed = is_quoted && bytes.get(at) == Some(&b'"');
    let end = (at + usize::from(closed)).min(bytes.len());
    (Word { text: String::from_utf8_lossy(&out).into_owned(), is_quoted, at: from..end }, end)
}

struct Zone {
    file: FileId,
    origin: Option<String>,
    last: Option<String>,
    out: Vec<Record>,
}

impl Zone {
    fn line(&mut self, line: &Line, sink: &mut Sink) {
        let Some(first) = line.words.first() else { return };
        if first.text.starts_with('$') && !first.is_quoted {
            return self.directive(line, sink);
        }
        let (name, rest) = if line.goes_on {
            let Some(last) = self.last.clone() else {
                return self.fault(&first.at, "this record has no name, and none stands before it", sink);
            };
            (last, line.words.as_slice())
        } else {
            let Some(name) = self.whole(&first.text) else {
                let message = format!("`{}` is relative, and nothing says to what", first.text);
                return self.fault(&first.at, &message, sink);
            };
            (name, line.words.get(1..).unwrap_or_default())
        };
        self.last = Some(name.clone());
        let is_before = |word: &&Word| is_ttl(&word.text) || matches!(&*word.text.to_uppercase(), "IN" | "CH" | "HS");
        let skipped = rest.iter().take_while(is_before).count();
        let Some((kind, data)) = rest.get(skipped..).and_then(<[Word]>::split_first) else {
            return self.fault(&first.at, "this record has no type", sink);
        };
        let (Some(start), Some(end)) = (data.first(), data.last()) else {
            return self.fault(&kind.at, "this record holds nothing", sink);
        };
        let kind = kind.text.to_uppercase();
        let is_target = matches!(kind.as_str(), "CNAME" | "NS" | "PTR" | "DNAME");
        let value = |word: &Word| match is_target {
            true => self.whole(&word.text).unwrap_or_else(|| word.text.to_lowercase()),
            false => word.text.clone(),
        };
        let span = Span::new(self.file, start.at.start, end.at.end);
        let record = Record { name, kind, data: data.iter().map(value).collect(), span };
        self.out.push(record);
    }

    fn directive(&mut self, line: &Line, sink: &mut Sink) {
        let [name, value, ..] = line.words.as_slice() else { return };
        match name.text.to_uppercase().as_str() {
            "$ORIGIN" => match self.whole(&value.text) {
                Some(origin) => self.origin = Some(origin),
                // The first origin may lack its dot, as it often does.
                None => self.origin = Some(value.text.to_lowercase()),
            },
            "$TTL" => {}
            _ => {
                let message = format!("`{}` is not followed", name.text);
                self.fault(&name.at, &message, sink);
            }
        }
    }

    /// A name with all its parts.
    fn whole(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        if let Some(whole) = name.strip_suffix('.') {
            return Some(whole.to_owned());
        }
        let origin = self.origin.as_ref()?;
        Some(if name == "@" { origin.clone() } else { format!("{name}.{origin}") })
    }

    fn fault(&self, at: &Range<usize>, message: &str, sink: &mut Sink) {
        let span = Span::new(self.file, at.start, at.end);
        let finding = Diagnostic::new(Code::ZoneSyntax, span, message);
        sink.push(finding.help("names end with a dot, or follow a line such as `$ORIGIN example.com.`"));
    }
}

/// `3600`, `1h30m`
fn is_ttl(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c.to_ascii_lowercase(), 's' | 'm' | 'h' | 'd' | 'w'))
}

#[cfg(test)]
mod tests {
    use super::records;
    use crate::diag::Sink;
    use crate::text::FileId;

    fn read(text: &str) -> Vec<(String, String, String)> {
        let mut sink = Sink::default();
        let found = records(FileId(0), text, &mut sink);
        assert!(sink.found.is_empty(), "{:?}", sink.found);
        found.into_iter().map(|record| (record.name, record.kind, record.data.join("|"))).collect()
    }

    #[test]
    fn records_in_all_their_forms() {
        let text = "$ORIGIN Aozora.example.\n$TTL 1h\n@ IN SOA ns.aozora.example. a (1 2 ; serial\n 3 4 5)\n\
                    mail 3600 IN TXT \"v=spf1 \" \"-all\" ; spf\n     IN  TXT plain\nclick CNAME links\n\
                    x.example. TXT \"a\\\"b\\; c\\065\"\n";
        let wanted = [
            ("aozora.example", "SOA", "ns.aozora.example.|a|1|2|3|4|5"),
            ("mail.aozora.example", "TXT", "v=spf1 |-all"),
            ("mail.aozora.example", "TXT", "plain"),
            ("click.aozora.example", "CNAME", "links.aozora.example"),
            ("x.example", "TXT", "a\"b; cA"),
        ];
        let wanted = wanted.map(|(name, kind, data)| (name.to_owned(), kind.to_owned(), data.to_owned()));
        assert_eq!(read(text), wanted);
    }

    #[test]
    fn what_cannot_be_read_is_reported_where_it_stands() {
        for (text, part) in [
            ("mail TXT x\n", "mail"),
            (" TXT x\n", "TXT"),
            ("a. IN\n", "a."),
            ("a. TXT\n", "TXT"),
            ("$INCLUDE b\n", "$INCLUDE"),
        ] {
            let mut sink = Sink::default();
            assert!(records(FileId(0), text, &mut sink).is_empty());
            let span = sink.found[0].span();
            assert_eq!(&text[span.start as usize..span.end as usize], part);
        }
        for text in ["\"", "(", "\\", "a. TXT \"", "a. TXT \\", ") ) ("] {
            records(FileId(0), text, &mut Sink::default());
        }
    }
}
