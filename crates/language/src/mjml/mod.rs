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
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

pub use check::faults;
pub use placeholder::Placeholders;

use mrml::prelude::render::RenderOptions;

use crate::text::{Tag, TagKind, tags};
use reader::Piece;
use table::Holds;

/// Most elements inside each other; those of MJML are at most eight.
const MAX_DEPTH: usize = 64;

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
    let (held, places) = for_the_library(text)?;
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

/// The text with placeholders for all that the library need not understand: HTML, since it reads that as XML and stumbles
/// over what mails are full of, and the tags of the template, which between elements are wrapped, so that it copies them
/// and counts no column for them. What is set before the root goes before everything; comments are left out.
fn for_the_library(text: &str) -> Result<(Placeholders, Places), (Range<usize>, String)> {
    let found = template_tags(text);
    let (pieces, _) = reader::read(text, &found);
    if let Some(at) = too_deep(&pieces) {
        return Err((at, format!("more than {MAX_DEPTH} elements stand inside each other")));
    }
    let root = pieces.iter().find_map(|piece| match piece {
        Piece::Open(open) => Some(open.at.start),
        Piece::Close { .. } | Piece::Text(_) | Piece::Tag(_) | Piece::Markup(_) | Piece::Comment(_) => None,
    });
    let root = root.unwrap_or(0);
    let before = found.iter().filter(|tag| tag.at.start < root && tag.kind != TagKind::Comment);
    let mut out = Placeholders::new(text);
    before.for_each(|tag| out.before.push_str(&text[tag.at.clone()]));
    let mut from = root;
    let mut places = vec![(0, from)];
    for (at, held) in held(text, &pieces, &found) {
        // What is in something that was held is held with it.
        if at.start < from {
            continue;
        }
        out.text.push_str(&text[from..at.start]);
        let source = &text[at.clone()];
        match held {
            Held::Left => {}
            Held::Word => out.add(source),
            Held::Wrapped => {
                out.text.push_str("<mj-raw>");
                out.add(source);
                out.text.push_str("</mj-raw>");
            }
        }
        from = at.end;
        places.push((out.text.len(), from));
    }
    out.text.push_str(&text[from..]);
    Ok((out, Places(places)))
}

/// The element that stands deeper than the library can go, which calls itself for each level.
fn too_deep(pieces: &[Piece]) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    pieces.iter().find_map(|piece| {
        match piece {
            Piece::Open(open) if !open.is_closed => depth += 1,
            Piece::Close { .. } => depth = depth.saturating_sub(1),
            Piece::Open(_) | Piece::Text(_) | Piece::Tag(_) | Piece::Markup(_) | Piece::Comment(_) => {}
        }
        match piece {
            Piece::Open(open) if depth > MAX_DEPTH => Some(open.name.clone()),
            _ => None,
        }
    })
}

/// The tags of the template. A `{% set a %}…{% endset %}` is one of them: it holds text and no elements.
fn template_tags(text: &str) -> Vec<Tag> {
    let mut out: Vec<Tag> = Vec::new();
    let mut open = 0_usize;
    for tag in tags(text) {
        let word = if tag.kind == TagKind::Statement { tag.word(text) } else { "" };
        let is_block = word == "set" && !tag.inside(text).contains('=');
        match out.last_mut().filter(|_| open > 0) {
            Some(whole) => whole.at.end = tag.at.end,
            None => out.push(tag.clone()),
        }
        match word {
            "set" if is_block => open += 1,
            "endset" => open = open.saturating_sub(1),
            _ => {}
        }
    }
    out
}

/// What becomes of a part that the library does not see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// It is left out.
    Left,
    /// A word stands for it.
    Word,
    /// A word in an element of its own stands for it.
    Wrapped,
}

/// The parts that are held, in the order of the text.
fn held(text: &str, pieces: &[Piece], found: &[Tag]) -> Vec<(Range<usize>, Held)> {
    let mut parts: BTreeMap<usize, (Range<usize>, Held)> = BTreeMap::new();
    for tag in found {
        let held = if tag.kind == TagKind::Comment { Held::Left } else { Held::Word };
        parts.insert(tag.at.start, (tag.at.clone(), held));
    }
    let mut open: Vec<&str> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Open(element) if !element.is_closed => open.push(&text[element.name.clone()]),
            Piece::Close { .. } => drop(open.pop()),
            // Words for Outlook between elements; other comments are for those who write the mail.
            Piece::Comment(at) if is_for_outlook(&text[at.clone()]) && takes_raw(open.last()) => {
                parts.insert(at.start, (at.clone(), Held::Wrapped));
            }
            Piece::Tag(tag) if tag.kind != TagKind::Comment => {
                parts.insert(tag.at.start, (tag.at.clone(), Held::Wrapped));
            }
            Piece::Markup(at) if !at.is_empty() => {
                parts.insert(at.start, (at.clone(), Held::Word));
            }
            Piece::Comment(at) => {
                parts.insert(at.start, (at.clone(), Held::Left));
            }
            Piece::Tag(_) | Piece::Markup(_) | Piece::Open(_) | Piece::Text(_) => {}
        }
    }
    parts.into_values().collect()
}

/// Whether a comment decides for Outlook what is shown.
fn is_for_outlook(comment: &str) -> bool {
    comment.starts_with("<!--[if") || comment.starts_with("<!--<![endif]")
}

/// Whether an element may hold HTML of its own between others.
fn takes_raw(element: Option<&&str>) -> bool {
    element.and_then(|name| table::element_named(name)).is_some_and(|element| element.holds == Holds::Elements)
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
        Error::UnexpectedElement { .. } => "this element is not rendered here",
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

#[cfg(test)]
mod tests {
    use super::{faults, to_html};

    #[test]
    fn comments_for_outlook_stay_and_others_go() {
        let text = "<mjml><mj-body><!-- note --><!--[if mso]><b>x</b><![endif]--><mj-section><mj-column>\
                    <mj-text>a</mj-text></mj-column></mj-section></mj-body></mjml>";
        let html = to_html(text).unwrap();
        assert!(html.contains("<!--[if mso]><b>x</b><![endif]-->") && !html.contains("note"), "{html}");
    }

    #[test]
    fn set_blocks_hold_text_and_no_elements() {
        let with = |held: &str| format!("{{% set a %}}{held}{{% endset %}}<mjml><mj-body></mj-body></mjml>");
        let text = with("b <i>{{ c }}</i>");
        assert_eq!(faults(&text), []);
        assert!(to_html(&text).unwrap().starts_with("{% set a %}b <i>{{ c }}</i>{% endset %}"));
        let text = with("<mj-text>b</mj-text>");
        assert_eq!(faults(&text).iter().map(|fault| &text[fault.at.clone()]).collect::<Vec<_>>(), ["mj-text"]);
    }
}
