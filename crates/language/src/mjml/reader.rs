//! MJML taken apart, with the bytes of every piece. Tags of templates are stepped over whole, wherever they stand.

use std::ops::Range;

use super::table::{Holds, element_named};
use super::{Fault, FaultKind};
use crate::text::Tag;

/// A piece of a body.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// `<mj-text align="left">`
    Open(Open),
    /// `</mj-text>`
    Close { name: Range<usize>, at: Range<usize> },
    /// Text between elements.
    Text(Range<usize>),
    /// A tag of a template between elements.
    Tag(Tag),
    /// HTML and text of an element that holds them, tags of templates among it.
    Markup(Range<usize>),
    /// A comment between elements.
    Comment(Range<usize>),
}

/// A tag that opens an element.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub at: Range<usize>,
    pub name: Range<usize>,
    /// Names of attributes, and their values without quotes.
    pub attributes: Vec<(Range<usize>, Range<usize>)>,
    /// `<mj-image … />`
    pub is_closed: bool,
}

/// Takes `text` apart; `tags` are those of the template, in order. Ends at the first fault.
pub(super) fn read(text: &str, tags: &[Tag]) -> (Vec<Piece>, Option<Fault>) {
    let mut reader = Reader { text, tags, at: 0, out: Vec::new() };
    let fault = reader.run().err();
    (reader.out, fault)
}

struct Reader<'t> {
    text: &'t str,
    tags: &'t [Tag],
    at: usize,
    out: Vec<Piece>,
}

impl<'t> Reader<'t> {
    fn run(&mut self) -> Result<(), Fault> {
        while self.at < self.text.len() {
            if let Some(tag) = self.tag_here() {
                self.out.push(Piece::Tag(tag.clone()));
                self.at = tag.at.end;
            } else if self.rest().starts_with("<!--") {
                self.comment()?;
            } else if self.rest().starts_with("<!") || self.rest().starts_with("<?") {
                self.at = self.find(">").map_or(self.text.len(), |end| end + 1);
            } else if self.rest().starts_with("</") {
                self.close()?;
            } else if self.rest().starts_with('<') {
                self.open()?;
            } else {
                let start = self.at;
                let next = self.text[start..].find('<').map_or(self.text.len(), |at| start + at);
                let tag = self.tags.partition_point(|tag| tag.at.start < start);
                let tag = self.tags.get(tag).map_or(next, |tag| tag.at.start);
                self.at = next.min(tag);
                self.out.push(Piece::Text(start..self.at));
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn tag_here(&self) -> Option<&'t Tag> {
        let at = self.tags.partition_point(|tag| tag.at.start < self.at);
        self.tags.get(at).filter(|tag| tag.at.start == self.at)
    }

    /// The next place of some text from here on, outside of the tags of the template.
    fn find(&self, wanted: &str) -> Option<usize> {
        let mut from = self.at;
        loop {
            let at = from + self.text.get(from..)?.find(wanted)?;
            let next = self.tags.partition_point(|tag| tag.at.end <= at);
            match self.tags.get(next).filter(|tag| tag.at.contains(&at)) {
                Some(tag) => from = tag.at.end,
                None => return Some(at),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let end = self.text[start + 4..].find("-->");
        let end = end.ok_or_else(|| syntax(start..start + 4, "this comment is never closed", "close it with `-->`"))?;
        self.at = start + 4 + end + 3;
        self.out.push(Piece::Comment(start..self.at));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 2;
        let name = self.word();
        let end = self.find(">").filter(|end| self.text[self.at..*end].trim().is_empty());
        let end = end.ok_or_else(|| syntax(start..self.at, "this closing tag has no `>`", ""))?;
        self.at = end + 1;
        self.out.push(Piece::Close { name, at: start..self.at });
        Ok(())
    }

    fn open(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        let name = self.word();
        if name.is_empty() {
            return Err(syntax(start..start + 1, "a `<` begins no tag here", "write `&lt;` for the sign itself"));
        }
        let mut attributes = Vec::new();
        let is_closed = loop {
            self.blanks();
            if let Some(tag) = self.tag_here() {
                let message = "a tag of a template stands in the value of an attribute, or between elements";
                return Err(syntax(
                    tag.at.clone(),
                    message,
                    "put it in the quotes: `color=\"{% if … %}…{% endif %}\"`",
                ));
            }
            if self.rest().starts_with("/>") {
                self.at += 2;
                break true;
            }
            if self.rest().starts_with('>') {
                self.at += 1;
                break false;
            }
            attributes.push(self.attribute(&name)?);
        };
        let element = element_named(&self.text[name.clone()]);
        let holds = element.map(|element| element.holds);
        let open = Open { at: start..self.at, name: name.clone(), attributes, is_closed };
        self.out.push(Piece::Open(open));
        if !is_closed && holds == Some(Holds::Markup) {
            let close = format!("</{}", &self.text[name.clone()]);
            let end = self.find(&close).ok_or_else(|| never_closed(self.text, name))?;
            self.out.push(Piece::Markup(self.at..end));
            self.at = end;
        }
        Ok(())
    }

    fn attribute(&mut self, element: &Range<usize>) -> Result<(Range<usize>, Range<usize>), Fault> {
        let name = self.word();
        if name.is_empty() {
            return if self.rest().is_empty() || self.rest().starts_with('<') {
                Err(syntax(element.clone(), "this tag has no `>`", "close it with `>`, or `/>`"))
            } else {
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                Err(syntax(self.at..self.at + length, "no attribute begins like this", "write `name=\"value\"`"))
            };
        }
        self.blanks();
        if !self.rest().starts_with('=') {
            return Err(syntax(name, "this attribute has no value", "write `name=\"value\"`"));
        }
        self.at += 1;
        self.blanks();
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(quote) = quote else {
            return Err(syntax(name, "the value of this attribute is not in quotes", "write `name=\"value\"`"));
        };
        let open = self.at;
        self.at += 1;
        let end = self.find(&quote.to_string());
        let end = end.ok_or_else(|| syntax(open..open + 1, "this quote is never closed", ""))?;
        self.at = end + 1;
        Ok((name, open + 1..end))
    }

    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
        self.at += length;
        start..self.at
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
}

pub(super) fn never_closed(text: &str, name: Range<usize>) -> Fault {
    let word = &text[name.clone()];
    syntax(name, &format!("`{word}` is never closed"), &format!("close it with `</{word}>`"))
}

pub(super) fn syntax(at: Range<usize>, message: &str, help: &str) -> Fault {
    Fault { kind: FaultKind::Syntax, at, message: message.to_owned(), help: help.to_owned() }
}
