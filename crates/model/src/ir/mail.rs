//! The texts of a mail as they are written, with the places they stand at: what checks of mails look at.
//!
//! They are no part of what a campaign means, so that no plan holds them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Name;
use crate::text::{Part, ScalarMap, Span};

/// The texts of all mails, by name.
pub type MailParts = BTreeMap<Name, MailTexts>;

/// The texts of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTexts {
    /// Subject template.
    pub subject: TextAt,
    /// Preheader template.
    pub preheader: Option<TextAt>,
    /// Body template; `None` if its file could not be read.
    pub body: Option<TextAt>,
    /// How the body is written.
    pub format: BodyFormat,
    /// Whether the body stands in a file of its own.
    pub is_file: bool,
    /// Template of the text part, if one is written.
    pub text: Option<TextAt>,
    /// Most bytes that the body can come to, and where it grows without bound.
    pub size: WorstSize,
    /// Values that the body prints, in order.
    pub prints: Vec<Print>,
    /// Values that the other texts print.
    pub other_prints: Vec<Print>,
    /// Files that go with it, as they are written, and where.
    pub attachments: Vec<(String, Span)>,
    /// Variables that its templates set.
    pub variables: Vec<Variable>,
}

/// A variable that a template sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where it is set.
    pub span: Span,
    /// Whether anything asks for it.
    pub is_read: bool,
}

/// Files of the project that mails bring or show, by path: their size in bytes, or why one cannot be read.
pub type MailFiles = BTreeMap<String, Result<u64, String>>;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
    /// MJML.
    Mjml,
}

/// The most bytes that a template can come to, over branches and loops. Values of unknown length count as
/// [`WorstSize::VALUE_BYTES`] each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorstSize {
    /// Bytes.
    pub bytes: usize,
    /// The loop that gives the most of them, if any: its place, its share in bytes, and how often it can turn.
    pub loop_at: Option<(Span, usize, usize)>,
}

impl WorstSize {
    /// What a printed value counts.
    pub const VALUE_BYTES: usize = 64;
}

/// Whether an address in a mail, of an image or the like, is a path to a file of the project, which goes out with it.
pub fn is_project_file(address: &str) -> bool {
    !address.is_empty() && !address.contains(':') && !address.starts_with(['/', '#'])
}

/// Whether an address can be that of an image of the project, which goes out with the mail.
pub fn is_project_image(address: &str) -> bool {
    let ending = address.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_image = ["png", "jpg", "jpeg", "gif", "webp", "svg"].contains(&ending.as_str());
    is_image && is_project_file(address) && !address.starts_with('.')
}

/// A value that a template prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// Where the expression stands in the text, in bytes.
    pub at: Range<usize>,
    /// Where it stands in the file.
    pub span: Span,
    /// The expression as it is meant.
    pub text: String,
    /// The text that its value begins with whoever the lead is, as in `"https://a.example/" ~ company`.
    pub begins: String,
    /// Where its value comes from.
    pub origin: ValueOrigin,
    /// Where `safe` stands, if it keeps the value from being escaped.
    pub safe_at: Option<Span>,
    /// What it is, if people write it in another way than programs, and no filter puts it into their form.
    pub bare: Option<Bare>,
}

/// A value as programs write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    /// `2026-04-01`
    Date,
    /// `2026-04-01T10:00:00+09:00`
    Instant,
    /// `12000`, without a currency.
    Money,
    /// `['a', 'b']`
    Several,
}

/// Where a printed value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueOrigin {
    /// The campaign itself: constants, links, names of stages, items of catalogs.
    Campaign,
    /// Figures and dates, which cannot do harm.
    Figure,
    /// Whatever somebody typed into a form: text of a lead or an event.
    Typed,
    /// The same, and it says who somebody is: a name, a mail address, a telephone number.
    Personal,
    /// The same, held to be a web address.
    Address,
}

/// A text, and what it looks like in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextAt {
    /// The text.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// What the file holds there, with quotes and escapes; `None` if that is the text itself.
    pub source: Option<String>,
    /// If it was put together from several texts: where each begins, the text, and the place in it, in bytes.
    pub parts: Vec<(usize, Arc<TextAt>, usize)>,
}

impl TextAt {
    /// A text that was put together from parts in the order of their first bytes.
    pub fn composed(text: &str, parts: &[Part<'_>]) -> TextAt {
        if let [Part { from: 0, of, at: 0 }] = parts {
            let (span, source, decoded) = of.told();
            if decoded == text {
                return TextAt::new(text, span, source);
            }
        }
        let mut known: Vec<(Span, Arc<TextAt>)> = Vec::new();
        let mut of = |part: &Part<'_>| {
            let (span, source, decoded) = part.of.told();
            if let Some((_, found)) = known.iter().find(|(known, _)| *known == span) {
                return Arc::clone(found);
            }
            let made = Arc::new(TextAt::new(decoded, span, source));
            known.push((span, Arc::clone(&made)));
            made
        };
        let parts: Vec<_> = parts.iter().map(|part| (part.from, of(part), part.at)).collect();
        let span = parts.first().map_or_else(Span::default, |(_, of, _)| of.span);
        TextAt { text: text.into(), span, source: None, parts }
    }

    /// A text that stands at `span`, where the file holds `source`.
    pub fn new(text: &str, span: Span, source: &str) -> TextAt {
        let source = (source != text).then(|| source.to_owned());
        TextAt { text: text.into(), span, source, parts: Vec::new() }
    }

    /// The place in the file of some bytes of the text.
    pub fn place(&self, at: &Range<usize>) -> Span {
        let next = self.parts.partition_point(|(from, ..)| *from <= at.start);
        if let Some((from, of, start)) = self.parts.get(next.saturating_sub(1)) {
            // What goes on in the next part is cut off where this one ends.
            let end = self.parts.get(next).map_or(at.end, |(next, ..)| at.end.min(*next)).max(at.start);
            return of.place(&(start + (at.start - from)..start + (end - from)));
        }
        let source = self.source.as_deref().unwrap_or(&self.text);
        ScalarMap::new(self.span, source, &self.text).span(at.start, at.end)
    }

    /// The place of the whole text.
    pub fn whole(&self) -> Span {
        self.place(&(0..self.text.len()))
    }
}
