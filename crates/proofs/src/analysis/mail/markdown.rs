//! Links and images of Markdown among the pieces of a body: `[words](address "title")`, `![words](address)`.
//!
//! So with links by name, `[words][name]`, whose addresses are defined in lines of their own, `[name]: address`. As CommonMark
//! has it (0.31, sections 4.7 and 6.3), but that addresses may be templates, which hold blanks. Code is left alone.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::html::{Attribute, Piece, Tag, template_tag};

/// Splits texts at links and images, and leaves code out.
pub fn with_links(text: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut page = Page {
        text,
        code: code(text),
        brackets: partners(text, b'[', b']'),
        parens: partners(text, b'(', b')'),
        addresses: BTreeMap::new(),
        definitions: Vec::new(),
    };
    page.define();
    let in_code = |at: &Range<usize>| page.code_at(at.start).is_some_and(|code| at.end <= code.end);
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(at) => page.split(at, false, &mut out),
            Piece::Open(Tag { at, .. }) | Piece::Close { at, .. } if page.definition_at(at.start).is_some() => {
                out.push(Piece::Comment(at));
            }
            Piece::Open(tag) if in_code(&tag.at) => out.push(Piece::Raw("code".to_owned(), tag.at)),
            Piece::Close { at, .. } if in_code(&at) => out.push(Piece::Raw("code".to_owned(), at)),
            other => out.push(other),
        }
    }
    out
}

/// Spans and fences of code.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(tick) = text.get(at..).and_then(|rest| rest.find('`')).map(|tick| at + tick) {
        let rest = text.get(tick..).unwrap_or("");
        let run = rest.len() - rest.trim_start_matches('`').len();
        let fence = rest.get(..run).unwrap_or("");
        match rest.get(run..).and_then(|inside| inside.find(fence)) {
            Some(inside) => {
                found.push(tick..tick + run + inside + run);
                at = tick + run + inside + run;
            }
            None => at = tick + run,
        }
    }
    found
}

/// A text with what is known of all of it.
struct Page<'a> {
    text: &'a str,
    /// Spans and fences of code, in order.
    code: Vec<Range<usize>>,
    /// Where the square bracket is that closes the one at a byte.
    brackets: BTreeMap<usize, usize>,
    /// The same of round ones.
    parens: BTreeMap<usize, usize>,
    /// Where the address of a name stands.
    addresses: BTreeMap<String, Range<usize>>,
    /// The lines that define them, in order.
    definitions: Vec<Range<usize>>,
}

impl Page<'_> {
    /// The code that a byte stands in.
    fn code_at(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.code.partition_point(|code| code.end <= at);
        self.code.get(next).filter(|code| code.contains(&at))
    }

    /// The definition that a byte stands in.
    fn definition_at(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.definitions.partition_point(|line| line.end <= at);
        self.definitions.get(next).filter(|line| line.contains(&at))
    }

    /// Finds the lines that define addresses. None is in the midst of a paragraph.
    fn define(&mut self) {
        let (mut start, mut may_begin) = (0, true);
        for line in self.text.split_inclusive('\n') {
            let at = start..start + line.len();
            start = at.end;
            let found = definition(line).filter(|_| may_begin && self.code_at(at.start).is_none());
            may_begin = line.trim().is_empty() || found.is_some();
            if let Some((name, address)) = found {
                let address = at.start + address.start..at.start + address.end;
                self.addresses.entry(name).or_insert(address);
                self.definitions.push(at);
            }
        }
    }

    /// Splits a text; within a link there are images and no other links (section 6.3).
    fn split(&self, range: Range<usize>, is_in_link: bool, out: &mut Vec<Piece>) {
        let text = self.text;
        let (mut at, mut from) = (range.start, range.start);
        // Whether what stands here may be the inside of something that was not seen to begin.
        let mut is_anywhere = true;
        while at < range.end {
            let begins = matches!(text.as_bytes()[at], b'`' | b'{' | b'!' | b'[');
            if !std::mem::replace(&mut is_anywhere, false) && !begins {
                at += 1;
                continue;
            }
            if let Some(inside) = self.code_at(at) {
                if from < at {
                    out.push(Piece::Text(from..at));
                }
                let end = inside.end.min(range.end);
                out.push(Piece::Raw("code".to_owned(), at..end));
                (at, from, is_anywhere) = (end, end, true);
                continue;
            }
            if let Some(line) = self.definition_at(at) {
                if from < at {
                    out.push(Piece::Text(from..at));
                }
                let end = line.end.min(range.end);
                out.push(Piece::Comment(at..end));
                (at, from) = (end, end);
                continue;
            }
            if let Some(end) = template_tag(text, at) {
                (at, is_anywhere) = (end, true);
                continue;
            }
            let found = self.link(at, range.end).filter(|found| found.is_image || !is_in_link);
            let Some(found) = found else {
                at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                continue;
            };
            if from < found.whole.start {
                out.push(Piece::Text(from..found.whole.start));
            }
            let end = found.whole.end;
            self.push(found, out);
            (at, from, is_anywhere) = (end, end, true);
        }
        if from < range.end {
            out.push(Piece::Text(from..range.end));
        }
    }

    fn push(&self, found: Found, out: &mut Vec<Piece>) {
        let attribute = |name: &str, at: &Range<usize>| Attribute {
            name: name.to_owned(),
            at: at.clone(),
            value: self.text.get(at.clone()).unwrap_or("").to_owned(),
            value_at: at.clone(),
        };
        let address = attribute(if found.is_image { "src" } else { "href" }, &found.address);
        let mut attributes = vec![address];
        if found.is_image {
            attributes.push(attribute("alt", &found.shown));
        }
        let name = if found.is_image { "img" } else { "a" }.to_owned();
        let tag = Tag { name, at: found.whole.clone(), attributes, closes_itself: false, is_open: false };
        out.push(Piece::Open(tag));
        if !found.is_image {
            self.split(found.shown, true, out);
            out.push(Piece::Close { name: "a".to_owned(), at: found.whole.end..found.whole.end });
        }
    }

    /// The link or image that begins at `at`.
    fn link(&self, at: usize, end: usize) -> Option<Found> {
        let rest = self.text.get(at..end)?;
        let is_image = rest.starts_with("![");
        if !is_image && !rest.starts_with('[') {
            return None;
        }
        let bracket = at + usize::from(is_image);
        let shown_to = *self.brackets.get(&bracket).filter(|to| **to < end)?;
        self.inline(at, bracket, shown_to, end).or_else(|| self.by_name(at, bracket, shown_to, end))
    }

    /// `[words][name]`, `[name][]`, `[name]`
    fn by_name(&self, at: usize, bracket: usize, shown_to: usize, end: usize) -> Option<Found> {
        let shown = bracket + 1..shown_to;
        let second = self.brackets.get(&(shown_to + 1)).filter(|to| **to < end);
        let name_at = second.map(|to| shown_to + 2..*to).filter(|name| !name.is_empty());
        let name = name_at.clone().unwrap_or(shown.clone());
        let said = self.text.get(name.clone())?;
        let address = self.addresses.get(&one_name(said)).cloned();
        // A name that nothing defines leads nowhere; `[1][2]` are notes.
        let is_wrong = || name_at.is_some() && said.chars().any(char::is_alphabetic) && !said.contains('{');
        let address = address.or_else(|| is_wrong().then_some(name))?;
        let whole = at..second.map_or(shown_to + 1, |to| to + 1);
        Some(Found { whole, shown, address, is_image: bracket > at })
    }

    /// `[words](address)`
    fn inline(&self, at: usize, bracket: usize, shown_to: usize, end: usize) -> Option<Found> {
        let to = *self.parens.get(&(shown_to + 1)).filter(|to| **to < end)?;
        let inside = self.text.get(shown_to + 2..to)?;
        let title = inside.find(" \"").or_else(|| inside.find(" '")).filter(|_| !inside.trim_start().starts_with('{'));
        let address = inside.get(..title.unwrap_or(inside.len()))?;
        let from = shown_to + 2 + (address.len() - address.trim_start().len());
        let address = from..from + address.trim().len();
        Some(Found { whole: at..to + 1, shown: bracket + 1..shown_to, address, is_image: bracket > at })
    }
}

/// What a line defines: a name, and where in the line its address stands. Notes have names that begin with `^`.
fn definition(line: &str) -> Option<(String, Range<usize>)> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let name = line.get(indent..)?.strip_prefix('[')?;
    let (name, rest) = name.split_once("]:")?;
    let start = line.len() - rest.trim_start().len();
    let (start, closer) = if line.get(start..)?.starts_with('<') { (start + 1, Some('>')) } else { (start, None) };
    let mut end = start;
    while let Some(c) = line.get(end..)?.chars().next() {
        if let Some(behind) = template_tag(line, end) {
            end = behind;
        } else if closer.map_or(c.is_whitespace(), |closer| c == closer) {
            break;
        } else {
            end += c.len_utf8();
        }
    }
    let is_one = indent < 4 && !name.trim().is_empty() && !name.starts_with('^') && !name.contains(['[', ']']);
    (is_one && end > start).then(|| (one_name(name), start..end))
}

/// A name as it is compared: in any case, with one blank between words.
fn one_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

struct Found {
    whole: Range<usize>,
    shown: Range<usize>,
    address: Range<usize>,
    is_image: bool,
}

/// Where each bracket is closed. None is open beyond its paragraph.
fn partners(text: &str, opener: u8, closer: u8) -> BTreeMap<usize, usize> {
    let bytes = text.as_bytes();
    let (mut found, mut open) = (BTreeMap::new(), Vec::new());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if byte == b'{'
            && let Some(behind) = template_tag(text, at)
        {
            at = behind;
            continue;
        }
        match byte {
            b'\\' => at += 1,
            byte if byte == opener => open.push(at),
            byte if byte == closer => {
                if let Some(opened) = open.pop() {
                    found.insert(opened, at);
                }
            }
            b'\n' if bytes.get(at + 1) == Some(&b'\n') => open.clear(),
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::with_links;
    use crate::html::{Piece, scan};

    #[test]
    fn links_and_images_are_tags() {
        let text = "青 [a [b]](https://x.example/(y) \"z\") ![c](d.png) `[e](f)` [g]({{ u | default(\")\") }}) [h]";
        let pieces = with_links(text, scan(text));
        let tags = pieces.iter().filter_map(|piece| match piece {
            Piece::Open(tag) => Some((tag.name.as_str(), tag.attributes[0].value.as_str())),
            _ => None,
        });
        let wanted = [("a", "https://x.example/(y)"), ("img", "d.png"), ("a", "{{ u | default(\")\") }}")];
        assert_eq!(tags.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn links_by_name_are_those_of_their_definitions() {
        let text = "[a][U], [b  c][], ![d][I], [e], [f][nope], [g], [1][2]\n\n[u]: {{ u | default(\"x y\") }} \"t\"\n\
                    [B c]: <https://b.example/>\n   [i]: i.png\n\n[e]: mailto:e@e.example\ntext\n[g]: https://no.example\n";
        let pieces = with_links(text, scan(text));
        let tags = pieces.iter().filter_map(|piece| match piece {
            Piece::Open(tag) => {
                let address = &tag.attributes[0];
                assert_eq!(address.value, text[address.value_at.clone()]);
                Some((tag.name.as_str(), address.value.as_str()))
            }
            _ => None,
        });
        let wanted = [
            ("a", "{{ u | default(\"x y\") }}"),
            ("a", "https://b.example/"),
            ("img", "i.png"),
            ("a", "mailto:e@e.example"),
            ("a", "nope"),
        ];
        assert_eq!(tags.collect::<Vec<_>>(), wanted);
    }
}
