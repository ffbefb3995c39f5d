//! MJML: what is wrong with it, at the exact byte, and the HTML that it comes to.
//!
//! In: a template in MJML, put together. Out: faults, or the same template in HTML. Never: what the tags of the template
//! mean; they are carried through as they are.
//!
//! The library behind it renders, and takes whatever it is given; so elements, attributes and their places are held
//! against a table of our own first.

mod check;
mod placeholder;
mod reader;
mod table;

use std::ops::Range;

pub use check::faults;
pub use placeholder::Placeholders;

use mrml::prelude::render::RenderOptions;

use crate::text::{Tag, TagKind, tags};
use reader::Piece;
use table::Holds;

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// Where, in bytes.
    pub at: Range<usize>,
    /// One sentence.
    pub message: String,
    /// The way out; empty where there is none.
    pub help: String,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is no XML.
    Syntax,
    /// An element or attribute that MJML does not have.
    Unknown,
    /// Something in a place where it is not shown.
    Misplaced,
}

/// The HTML of a template in MJML, tags of the template included.
///
/// # Errors
/// What the library cannot read, with its place in bytes.
pub fn to_html(text: &str) -> Result<String, (Range<usize>, String)> {
    let (held, places) = for_the_library(text);
    let whole = || 0..text.chars().next().map_or(0, char::len_utf8);
    let parsed = mrml::parse(&held.text).map_err(|error| {
        let at = place(&error).map_or_else(whole, |at| places.back(at));
        (at, in_words(&error).to_owned())
    })?;
    // No fonts are fetched from elsewhere unless the mail says so itself.
    let options = RenderOptions { fonts: Default::default(), ..RenderOptions::default() };
    let html = parsed.element.render(&options).map_err(|error| (whole(), format!("it cannot be shown: {error}")))?;
    Ok(held.restore(&html))
}

/// Where bytes of a rewritten text come from.
struct Places(Vec<(usize, usize)>);

impl Places {
    fn back(&self, at: Range<usize>) -> Range<usize> {
        let one = |at: usize| {
            let next = self.0.partition_point(|(new, _)| *new <= at);
            self.0.get(next.saturating_sub(1)).map_or(0, |(new, old)| old + (at - new.min(&at)))
        };
        one(at.start)..one(at.end).max(one(at.start))
    }
}

/// The text with placeholders for the tags of the template: between elements those are wrapped, so that the library
/// copies them and counts no column for them. What is set before the root goes before everything.
fn for_the_library(text: &str) -> (Placeholders, Places) {
    let found = tags(text);
    let (pieces, _) = reader::read(text, &found);
    let is_between = |tag: &Tag| pieces.iter().any(|piece| matches!(piece, Piece::Tag(other) if other.at == tag.at));
    let root = pieces.iter().find_map(|piece| match piece {
        Piece::Open(open) => Some(open.at.start),
        Piece::Close { .. } | Piece::Text(_) | Piece::Tag(_) | Piece::Markup => None,
    });
    let mut out = Placeholders::new(text);
    let mut places = vec![(0, 0)];
    let mut from = 0;
    for tag in &found {
        out.text.push_str(&text[from..tag.at.start]);
        from = tag.at.end;
        let source = &text[tag.at.clone()];
        if tag.kind == TagKind::Comment {
            // Nobody is shown it.
        } else if root.is_some_and(|root| tag.at.start < root) {
            out.before.push_str(source);
        } else if is_between(tag) {
            out.text.push_str("<mj-raw>");
            out.add(source);
            out.text.push_str("</mj-raw>");
        } else {
            out.add(source);
        }
        places.push((out.text.len(), from));
    }
    out.text.push_str(&text[from..]);
    (out, Places(places))
}

fn place(error: &mrml::prelude::parser::Error) -> Option<Range<usize>> {
    use mrml::prelude::parser::Error;
    match error {
        Error::UnexpectedElement { position, .. }
        | Error::UnexpectedToken { position, .. }
        | Error::MissingAttribute { position, .. }
        | Error::InvalidAttribute { position, .. }
        | Error::InvalidFormat { position, .. }
        | Error::IncludeLoaderError { position, .. } => Some(position.start..position.end),
        Error::EndOfStream { .. } | Error::SizeLimit { .. } | Error::ParserError { .. } | Error::NoRootNode => None,
    }
}

fn in_words(error: &mrml::prelude::parser::Error) -> &'static str {
    use mrml::prelude::parser::Error;
    match error {
        Error::UnexpectedElement { .. } => "this element is not expected here",
        Error::UnexpectedToken { .. } => "this is not expected here",
        Error::MissingAttribute { .. } => "an attribute is missing here",
        Error::InvalidAttribute { .. } => "the value of this attribute cannot be read",
        Error::InvalidFormat { .. } => "this cannot be read",
        Error::EndOfStream { .. } => "something in it is never closed",
        Error::SizeLimit { .. } => "it is too long",
        Error::ParserError { .. } => "its HTML cannot be read",
        Error::NoRootNode => "there is no `<mjml>`",
        Error::IncludeLoaderError { .. } => "`mj-include` reads no file here; write `{% include \"…\" %}`",
    }
}
