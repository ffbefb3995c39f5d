//! Mails taken apart: the pieces of their bodies with the bytes they stand at, links, words. Each mail by itself, on all
//! threads, once.
//!
//! In: the texts of mails. Out: [`MailFacts`]. Never: whether something in a mail is a fault.

mod balance;
mod looks;
mod markdown;
mod style;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use balance::Unbalanced;
pub use looks::{Looks, Said, Words, is_said};
pub use style::{Declaration, Rgb, color, declarations};

pub use crate::html::{Attribute, Piece, Tag, scan, template_tag};
use crate::ir::mail::{BodyFormat, MailTexts};
use crate::ir::{MailParts, Name, is_project_image};
use crate::text::is_alphanumeric;

/// What is known of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailFacts {
    /// The pieces of its body, in order. Of Markdown, links and images are tags like those of HTML.
    pub pieces: Vec<Piece>,
    /// Its links.
    pub links: Vec<Link>,
    /// Tags that nothing closes, or that close nothing.
    pub unbalanced: Vec<Unbalanced>,
    /// Its words and how they look, where something is known of it.
    pub words: Vec<Words>,
    /// What stands in the `mj-attributes` of a body in MJML.
    pub defaults: String,
    /// Bytes of the letters and digits that a reader sees, those that values bring left out, all branches together.
    pub words_bytes: usize,
    /// The same without the branches: what every reader sees.
    pub always_bytes: usize,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its tag: a place among the pieces.
    pub tag: usize,
    /// What is shown for it, images left out.
    pub shown: String,
    /// Where that stands.
    pub shown_at: Range<usize>,
    /// Whether it shows an image.
    pub has_image: bool,
}

impl MailFacts {
    /// The opening tags of the body.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Open(tag) => Some(tag),
            Piece::Text(_) | Piece::Raw(..) | Piece::Close { .. } | Piece::Comment(_) | Piece::Branch(..) => None,
        })
    }

    /// The opening tags of one kind.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Tag> {
        self.tags().filter(move |tag| tag.name == name)
    }

    /// The links with their tags.
    pub fn linked(&self) -> impl Iterator<Item = (&Link, &Tag)> {
        self.links.iter().filter_map(|link| match self.pieces.get(link.tag) {
            Some(Piece::Open(tag)) => Some((link, tag)),
            _ => None,
        })
    }
}

/// Images of the project that a text names, in HTML, MJML or Markdown, as they are written. Found without taking the text
/// apart: files are looked for before mails are put together.
pub fn images_named(text: &str) -> Vec<&str> {
    let after = |mark: &'static str| text.match_indices(mark).map(move |(at, mark)| nearby(text, at + mark.len()));
    let quoted = after("src=").filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    let linked = after("](").filter_map(|rest| rest.split([')', ' ']).next());
    quoted.chain(linked).map(str::trim).filter(|address| is_project_image(address)).collect()
}

/// The text from a byte on, as far as a path may reach.
fn nearby(text: &str, from: usize) -> &str {
    const LONGEST: usize = 256;
    let rest = text.get(from..).unwrap_or("");
    let end = (LONGEST..LONGEST + 4).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}

/// Takes the mails apart.
pub fn facts(mails: &MailParts) -> BTreeMap<Name, MailFacts> {
    mails.par_iter().map(|(name, texts)| (name.clone(), of_mail(texts))).collect()
}

fn of_mail(texts: &MailTexts) -> MailFacts {
    let Some(body) = &texts.body else { return MailFacts::default() };
    let text: &str = &body.text;
    let pieces = match texts.format {
        BodyFormat::Html | BodyFormat::Mjml => scan(text),
        BodyFormat::Markdown => markdown::with_links(text, scan(text)),
    };
    let (words_bytes, always_bytes) = words_bytes(text, &pieces);
    MailFacts {
        links: links(text, &pieces),
        unbalanced: match texts.format {
            // Tags of MJML are looked at by the rules of MJML.
            BodyFormat::Mjml => balance::unbalanced_in_mjml(&pieces),
            BodyFormat::Html | BodyFormat::Markdown => balance::unbalanced(&pieces),
        },
        words: looks::words(text, &pieces),
        defaults: looks::defaults(text).to_owned(),
        words_bytes,
        always_bytes,
        pieces,
    }
}

/// Names of tags that make a link.
fn is_link(name: &str) -> bool {
    matches!(name, "a" | "mj-button" | "mj-navbar-link" | "mj-social-element")
}

fn links(text: &str, pieces: &[Piece]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut open = false;
    let mut in_defaults = false;
    for (number, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open(tag) if tag.name == "mj-attributes" => in_defaults = !tag.closes_itself,
            Piece::Close { name, .. } if name == "mj-attributes" => in_defaults = false,
            Piece::Open(tag) if is_link(&tag.name) && !in_defaults => {
                let shown_at = tag.at.end..tag.at.end;
                links.push(Link { tag: number, shown: String::new(), shown_at, has_image: false });
                open = !tag.closes_itself;
            }
            Piece::Open(tag) if open && matches!(tag.name.as_str(), "img" | "mj-image") => {
                if let Some(link) = links.last_mut() {
                    link.has_image = true;
                }
            }
            Piece::Text(at) if open => {
                if let (Some(link), Some(shown)) = (links.last_mut(), text.get(at.clone())) {
                    let start = if link.shown.is_empty() { at.start } else { link.shown_at.start };
                    link.shown.push_str(shown);
                    link.shown_at = start..at.end;
                }
            }
            Piece::Close { name, .. } if is_link(name) => open = false,
            Piece::Text(_)
            | Piece::Raw(..)
            | Piece::Open(_)
            | Piece::Close { .. }
            | Piece::Comment(_)
            | Piece::Branch(..) => {}
        }
    }
    links
}

/// The letters and digits of a text that stand for themselves.
pub fn letters_bytes(text: &str) -> usize {
    plain(text).chars().filter(|c| is_alphanumeric(*c)).map(char::len_utf8).sum()
}

/// The bytes of all words, and of those outside of branches.
fn words_bytes(text: &str, pieces: &[Piece]) -> (usize, usize) {
    let (mut all, mut always, mut depth) = (0, 0, 0_usize);
    for piece in pieces {
        match piece {
            Piece::Branch(word, _) => match word.as_str() {
                "if" | "for" | "macro" => depth += 1,
                "endif" | "endfor" | "endmacro" => depth = depth.saturating_sub(1),
                _ => {}
            },
            Piece::Text(at) => {
                let bytes = text.get(at.clone()).map_or(0, letters_bytes);
                all += bytes;
                always += if depth == 0 { bytes } else { 0 };
            }
            Piece::Raw(..) | Piece::Open(_) | Piece::Close { .. } | Piece::Comment(_) => {}
        }
    }
    (all, always)
}

/// A text without the tags of templates in it.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('{')) {
        let brace = at + found;
        out.push_str(text.get(at..brace).unwrap_or(""));
        at = match template_tag(text, brace) {
            Some(end) => end,
            None => {
                out.push('{');
                brace + 1
            }
        };
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}
