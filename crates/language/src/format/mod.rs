//! One file's YAML laid out anew: indentation, blanks and blank lines. The only folder that names the layout library.
//!
//! In: the text of a file and its tree. Out: the same file in the one layout that all files share, or the reason why it
//! is left as it is. Never: another meaning. The author's comments, quotes, kinds of scalars and line breaks stay, and
//! what was laid out is parsed again and held against the tree before anybody sees it.

mod blocks;
mod flows;
mod same;
#[cfg(test)]
mod tests;
mod tokens;

use std::fmt;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak};

use crate::diag::Sink;
use crate::syntax::{self, Document};
use crate::text::FileId;

/// No line is broken because it is long: where lines break is the author's business.
const WIDTH: usize = 1 << 20;

/// Rounds of laying out until nothing changes any more, at most. Two are the rule: the second finds nothing to do.
const MOST_ROUNDS: usize = 4;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The layout library cannot read it; its words.
    Unreadable(String),
    /// Laid out anew it would say something else, in this line, as far as one is known, counted from 1.
    Meaning(Option<usize>),
    /// It does not come to rest.
    Restless,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unreadable(words) => write!(f, "its layout cannot be read: {words}"),
            Refusal::Meaning(None) => f.write_str("laid out anew it would no longer say the same"),
            Refusal::Meaning(Some(line)) => write!(f, "laid out anew it would no longer say the same in line {line}"),
            Refusal::Restless => f.write_str("its layout does not come to rest"),
        }
    }
}

/// Lays out a file anew. Its text has been parsed as `document`.
///
/// # Errors
/// If the result would not say the same with the same comments; the file is then best left alone.
pub fn format(text: &str, document: &Document) -> Result<String, Refusal> {
    let (mark, body) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => (BYTE_ORDER_MARK.to_string(), body),
        None => (String::new(), text),
    };
    let options = options(body);
    let mut laid_out = mark + body;
    for _ in 0..MOST_ROUNDS {
        let next = once(&laid_out, &options)?;
        if next == laid_out {
            return Ok(laid_out);
        }
        let parsed = parse(&next).ok_or(Refusal::Meaning(None))?;
        if let Err(at) = same::meaning(document, text, &parsed, &next) {
            return Err(Refusal::Meaning(at.map(|at| line(text, at))));
        }
        laid_out = next;
    }
    Err(Refusal::Restless)
}

/// One round: laid out by the library, then scalars brought back to how the author wrote them.
fn once(text: &str, options: &FormatOptions) -> Result<String, Refusal> {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if body.trim().is_empty() {
        return Ok(text.to_owned());
    }
    let line_end = if matches!(options.layout.line_break, LineBreak::Crlf) { "\r\n" } else { "\n" };
    let parsed = |text: &str| parse(text).ok_or(Refusal::Meaning(None));
    let aside = blocks::take(body, &parsed(body)?);
    let bare = flows::opened(&aside.text, &parsed(&aside.text)?, line_end);
    let laid_out = pretty_yaml::format_text(&bare, options).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    let laid_out = format!("{}{line_end}", laid_out.trim_end_matches(['\r', '\n']));
    let restored = tokens::restore(&bare, &parsed(&bare)?, &laid_out, &parsed(&laid_out)?);
    let restored = restored.ok_or(Refusal::Meaning(None))?;
    let restored = aside.put_back(&restored, &parsed(&restored)?, line_end).ok_or(Refusal::Meaning(None))?;
    Ok(if body.len() < text.len() { format!("{BYTE_ORDER_MARK}{restored}") } else { restored })
}

/// The line of a place, counted from 1.
fn line(text: &str, at: u32) -> usize {
    text.get(..at as usize).map_or(1, |before| before.matches('\n').count() + 1)
}

fn parse(text: &str) -> Option<Document> {
    let mut sink = Sink::default();
    syntax::parse(FileId(0), text, &mut sink).filter(|_| sink.found.is_empty())
}

fn options(text: &str) -> FormatOptions {
    let line_break = if text.contains("\r\n") { LineBreak::Crlf } else { LineBreak::Lf };
    FormatOptions {
        layout: LayoutOptions { print_width: WIDTH, indent_width: 2, line_break },
        language: LanguageOptions { brace_spacing: false, trailing_comma: false, ..LanguageOptions::default() },
    }
}
