//! Where the tags of a template stand: `{{ … }}`, `{% … %}` and `{# … #}`.
//!
//! They are found without being understood, so that what is around them can be read by rules of its own.

use std::ops::Range;

/// What a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// `{{ … }}`
    Print,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
}

/// A tag of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// What it is.
    pub kind: TagKind,
    /// Where, with its brackets. An unclosed one goes on to the end of the text.
    pub at: Range<usize>,
}

impl Tag {
    /// What stands between the brackets, without the marks that take blanks away.
    pub fn inside<'t>(&self, text: &'t str) -> &'t str {
        let whole = text.get(self.at.clone()).unwrap_or_default();
        let inner = whole.get(2..whole.len().saturating_sub(2)).unwrap_or_default();
        inner.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim()
    }

    /// The first word of a statement.
    pub fn word<'t>(&self, text: &'t str) -> &'t str {
        let inside = self.inside(text);
        let end = inside.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inside.len());
        &inside[..end]
    }

    /// Whether blanks before it are taken away.
    pub fn trims_before(&self, text: &str) -> bool {
        text.as_bytes().get(self.at.start + 2) == Some(&b'-')
    }

    /// Whether blanks behind it are taken away.
    pub fn trims_behind(&self, text: &str) -> bool {
        self.at.len() > 5 && text.as_bytes().get(self.at.end - 3) == Some(&b'-')
    }
}

/// The tags of a template, in order. What stands between `{% raw %}` and `{% endraw %}` belongs to that tag.
pub fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(tag) = next(text, from) {
        let tag = if tag.kind == TagKind::Statement && tag.word(text) == "raw" { raw(text, &tag) } else { tag };
        from = tag.at.end;
        found.push(tag);
    }
    found
}

/// The tag that begins at this byte, if one does.
pub fn tag_at(text: &str, at: usize) -> Option<Tag> {
    let kind = match text.as_bytes().get(at..at.checked_add(2)?)? {
        b"{{" => TagKind::Print,
        b"{%" => TagKind::Statement,
        b"{#" => TagKind::Comment,
        _ => return None,
    };
    Some(Tag { kind, at: at..end(text, at + 2, kind) })
}

fn next(text: &str, from: usize) -> Option<Tag> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find('{')?;
        match tag_at(text, at) {
            Some(tag) => return Some(tag),
            None => at += 1,
        }
    }
}

/// Where the tag that was opened before `from` ends. Brackets in quotes do not end it.
fn end(text: &str, from: usize, kind: TagKind) -> usize {
    let bytes = text.as_bytes();
    // It closes with this byte and a bracket.
    let closes = match kind {
        TagKind::Print => b'}',
        TagKind::Statement => b'%',
        TagKind::Comment => b'#',
    };
    let (mut at, mut quote) = (from, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (None, byte @ (b'"' | b'\'')) if kind != TagKind::Comment => quote = Some(byte),
            (None, byte) if byte == closes && bytes.get(at + 1) == Some(&b'}') => return at + 2,
            (_, _) => {}
        }
        at += 1;
    }
    text.len()
}

fn raw(text: &str, open: &Tag) -> Tag {
    let mut from = open.at.end;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("{%")) {
        let close = Tag { kind: TagKind::Statement, at: from + at..end(text, from + at + 2, TagKind::Statement) };
        from = close.at.end;
        if close.word(text) == "endraw" {
            break;
        }
    }
    Tag { at: open.at.start..from.max(open.at.end), kind: open.kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_where_their_brackets_do() {
        let text = "a{{ \"}}\" }}b{%- if x > '%}' -%}c{# {{ #}d{% raw %}{{ y }}{% endraw %}e{ {{ z";
        let found: Vec<&str> = tags(text).iter().map(|tag| &text[tag.at.clone()]).collect();
        let expected = ["{{ \"}}\" }}", "{%- if x > '%}' -%}", "{# {{ #}", "{% raw %}{{ y }}{% endraw %}", "{{ z"];
        assert_eq!(found, expected);
        assert_eq!((tags(text)[1].word(text), tags(text)[1].trims_behind(text)), ("if", true));
    }
}
