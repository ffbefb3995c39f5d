//! Links and images of Markdown among the pieces of a body: `[words](address "title")`, `![words](address)`.
//!
//! Of CommonMark (0.31, section 6.3) only inline links: addresses in templates hold blanks, which its parsers do not take.
//! Code is left alone.

use std::ops::Range;

use super::scan::{Attribute, Piece, Tag, template_tag};

/// Splits texts at links and images, and leaves code out.
pub fn with_links(text: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let code = code(text);
    let in_code = |at: &Range<usize>| code.iter().any(|code| code.start <= at.start && at.end <= code.end);
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(at) => split(text, at, &code, &mut out),
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

fn split(text: &str, range: Range<usize>, code: &[Range<usize>], out: &mut Vec<Piece>) {
    let (mut at, mut from) = (range.start, range.start);
    while at < range.end {
        if let Some(inside) = code.iter().find(|code| code.contains(&at)) {
            if from < at {
                out.push(Piece::Text(from..at));
            }
            let end = inside.end.min(range.end);
            out.push(Piece::Raw("code".to_owned(), at..end));
            (at, from) = (end, end);
            continue;
        }
        if let Some(end) = template_tag(text, at) {
            at = end;
            continue;
        }
        let Some(found) = link(text, at, range.end) else {
            at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            continue;
        };
        if from < found.whole.start {
            out.push(Piece::Text(from..found.whole.start));
        }
        let end = found.whole.end;
        found.push(text, code, out);
        (at, from) = (end, end);
    }
    if from < range.end {
        out.push(Piece::Text(from..range.end));
    }
}

struct Found {
    whole: Range<usize>,
    shown: Range<usize>,
    address: Range<usize>,
    is_image: bool,
}

impl Found {
    fn push(self, text: &str, code: &[Range<usize>], out: &mut Vec<Piece>) {
        let attribute = |name: &str, at: &Range<usize>| Attribute {
            name: name.to_owned(),
            at: at.clone(),
            value: text.get(at.clone()).unwrap_or("").to_owned(),
            value_at: at.clone(),
        };
        let address = attribute(if self.is_image { "src" } else { "href" }, &self.address);
        let mut attributes = vec![address];
        if self.is_image {
            attributes.push(attribute("alt", &self.shown));
        }
        let name = if self.is_image { "img" } else { "a" }.to_owned();
        let tag = Tag { name, at: self.whole.clone(), attributes, closes_itself: false, is_open: false };
        out.push(Piece::Open(tag));
        if !self.is_image {
            split(text, self.shown, code, out);
            out.push(Piece::Close { name: "a".to_owned(), at: self.whole.end..self.whole.end });
        }
    }
}

/// The link or image that begins at `at`.
fn link(text: &str, at: usize, end: usize) -> Option<Found> {
    let rest = text.get(at..end)?;
    let is_image = rest.starts_with("![");
    if !is_image && !rest.starts_with('[') {
        return None;
    }
    let shown_from = at + 1 + usize::from(is_image);
    let shown_to = closer(text, shown_from, end, b'[', b']')?;
    if text.as_bytes().get(shown_to + 1) != Some(&b'(') {
        return None;
    }
    let to = closer(text, shown_to + 2, end, b'(', b')')?;
    let inside = text.get(shown_to + 2..to)?;
    let title = inside.find(" \"").or_else(|| inside.find(" '")).filter(|_| !inside.trim_start().starts_with('{'));
    let address = inside.get(..title.unwrap_or(inside.len()))?;
    let from = shown_to + 2 + (address.len() - address.trim_start().len());
    let address = from..from + address.trim().len();
    Some(Found { whole: at..to + 1, shown: shown_from..shown_to, address, is_image })
}

/// Where the bracket is that closes what is open at `from`.
fn closer(text: &str, from: usize, end: usize, opener: u8, closer: u8) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    while at < end {
        if let Some(behind) = template_tag(text, at) {
            at = behind;
            continue;
        }
        match text.as_bytes().get(at).copied()? {
            b'\\' => at += 1,
            byte if byte == opener => depth += 1,
            byte if byte == closer && depth == 0 => return Some(at),
            byte if byte == closer => depth -= 1,
            b'\n' if text.as_bytes().get(at + 1) == Some(&b'\n') => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::scan::{Piece, scan};
    use super::with_links;

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
}
