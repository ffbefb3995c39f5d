//! Faults of YAML in plain words, one finding for one slip.

use granit_parser::{ErrorKind, ScanError};

use super::lookalike::Lookalike;
use super::{flow, lookalike};
use crate::diag::{Code, Diagnostic, Sink};
use crate::text::{FileId, Span};

/// Collects the faults of one file.
pub(super) struct Faults<'a> {
    file: FileId,
    text: &'a str,
    sink: &'a mut Sink,
    /// Place of the last finding that can make the rest of its line unreadable.
    last: Option<Span>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(file: FileId, text: &'a str, sink: &'a mut Sink) -> Self {
        Faults { file, text, sink, last: None }
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if matches!(diagnostic.code, Code::UnsupportedYaml | Code::FlowScalarExpression) {
            self.last = Some(diagnostic.span());
        }
        self.sink.push(diagnostic);
    }

    /// Takes in an error of the YAML parser, unless it follows from what was said about the same line.
    /// `open` is where the innermost bracket stands that is still open.
    pub(super) fn yaml(&mut self, error: &ScanError, open: Option<usize>) {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let follows =
            |last: Span| self.text.get(last.start as usize..at).is_some_and(|between| !between.contains('\n'));
        if self.last.is_some_and(follows) {
            return;
        }
        let fault = if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            too_deep(self.place(at))
        } else {
            flow::cut_before(self.file, self.text, at)
                .or_else(|| self.unclosed(error.kind(), at, open))
                .or_else(|| self.hidden(error.kind(), at))
                .unwrap_or_else(|| self.syntax(error.kind(), at))
        };
        self.push(fault);
    }

    /// A quote or bracket that was left open on an earlier line, and shows only here.
    fn unclosed(&self, kind: &ErrorKind, at: usize, open: Option<usize>) -> Option<Diagnostic> {
        let (start, mark, help) = match kind {
            ErrorKind::BlockEntryInFlowCollection => {
                (open.or_else(|| open_bracket(&self.text[..at]))?, "bracket", "close it on its line")
            }
            ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
                let quote = if matches!(kind, ErrorKind::InvalidTrailingDoubleQuotedScalar) { '"' } else { '\'' };
                let close = self.text[..at].rfind(quote)?;
                (self.text[..close].rfind(quote)?, "quote", "close it on its line")
            }
            _ => return None, // the enum is the library's
        };
        let opener = self.text[start..].chars().next()?;
        if !self.text[start..at].contains('\n') {
            return None;
        }
        let message = format!("the {mark} `{opener}` that opens here is not closed where it should be");
        Some(Diagnostic::new(Code::YamlSyntax, self.place(start), message).help(help))
    }

    /// Characters that look like YAML's own and are not, near a place where YAML could not be read on.
    fn hidden(&self, kind: &ErrorKind, at: usize) -> Option<Diagnostic> {
        /// So many lines above may have been swallowed by the value before.
        const LINES: usize = 5;
        let start_of = |at: usize| self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let mut start = start_of(at);
        let line = self.text[start..].lines().next().unwrap_or("");
        let tab = matches!(
            kind,
            ErrorKind::TabNotAllowed
                | ErrorKind::TabInBlockIndentation
                | ErrorKind::TabInIndentation
                | ErrorKind::TabInPlainScalar
        );
        if tab {
            let lines = self.text[start..].split_inclusive('\n').scan(start, |next, line| {
                let at = *next;
                *next += line.len();
                Some((at, line))
            });
            let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
            let (from, line) = lines.take(LINES).find(|(_, line)| line[..blank(line)].contains('\t'))?;
            let place = from + line.find('\t')?;
            let message = "a tab stands where YAML takes only spaces";
            let span = Span::new(self.file, place, place + 1);
            return Some(Diagnostic::new(Code::YamlSyntax, span, message).help("indent with spaces"));
        }
        let commas = matches!(kind, ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator);
        if let Some(found) = lookalike::in_line(line, commas) {
            return Some(self.lookalike(start, found));
        }
        if self.text[at..].starts_with(WIDE_BLANKS) {
            let message = "a full-width or non-breaking blank stands here";
            return Some(Diagnostic::new(Code::YamlSyntax, self.place(at), message).help("take it away"));
        }
        if matches!(kind, ErrorKind::MappingValueNotAllowed) && !self.text[start..at].contains(": ") {
            // YAML took this line as more of the value above it, whose own line may not be what it seems.
            let mut above = start;
            for _ in 0..LINES {
                let Some(end) = above.checked_sub(1) else { break };
                above = start_of(end);
                let line = &self.text[above..end];
                if let Some(found) = lookalike::in_line(line, false) {
                    return Some(self.lookalike(above, found));
                }
                if line.contains(": ") || line.trim_end().ends_with(':') {
                    break;
                }
            }
        }
        for _ in 0..LINES {
            let line = self.text[start..].lines().next().unwrap_or("");
            let blanks = line.len() - line.trim_start().len();
            if line[..blanks].contains(WIDE_BLANKS) {
                let first = line.find(WIDE_BLANKS)?;
                return Some(wide_blank(Span::new(self.file, start + first, start + blanks)));
            }
            start = start_of(start.checked_sub(1)?);
        }
        None
    }

    /// The finding for what stands in a text that begins at `start`.
    pub(super) fn lookalike(&self, start: usize, found: Lookalike) -> Diagnostic {
        let span = Span::new(self.file, start + found.at.start, start + found.at.end);
        Diagnostic::new(Code::YamlSyntax, span, found.message).help(found.help)
    }

    fn syntax(&self, kind: &ErrorKind, at: usize) -> Diagnostic {
        let span = self.place(at);
        let line = &self.text[self.text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
        if let Some(open) = line.find("{{").filter(|open| line[..*open].trim_end().ends_with([':', '-', ',', '['])) {
            let start = at - line.len() + open;
            let span = Span::new(self.file, start, at);
            let message = "YAML reads a value that begins with `{{` as a mapping";
            return Diagnostic::new(Code::UnsupportedYaml, span, message)
                .help("put the whole value in quotes: `\"{{ … }}\"`");
        }
        let (message, help) = words(kind, line, self.text[at..].chars().next());
        let fault = Diagnostic::new(code(kind), span, message);
        if help.is_empty() { fault } else { fault.help(help) }
    }

    /// The character at `at`, or the empty place at the end of a line or of the file.
    fn place(&self, at: usize) -> Span {
        let width = self.text[at..].chars().next().filter(|c| !c.is_control()).map_or(0, char::len_utf8);
        Span::new(self.file, at, at + width)
    }
}

/// The nearest bracket that opens and does not close, not far above the end of the text.
fn open_bracket(text: &str) -> Option<usize> {
    const REACH: usize = 1024;
    let (mut closed, mut at) = (0_usize, text.len());
    for c in text.chars().rev() {
        at -= c.len_utf8();
        match c {
            _ if text.len() - at > REACH => return None,
            '}' | ']' => closed += 1,
            '{' | '[' if closed == 0 => return Some(at),
            '{' | '[' => closed -= 1,
            _ => {}
        }
    }
    None
}

/// Blanks that YAML does not take for indentation: the ideographic one, and the one that does not break.
pub(super) const WIDE_BLANKS: [char; 2] = ['\u{3000}', '\u{a0}'];

pub(super) fn wide_blank(span: Span) -> Diagnostic {
    let message = "a full-width or non-breaking blank stands in the indentation, which YAML takes for text";
    Diagnostic::new(Code::YamlSyntax, span, message).help("indent with half-width spaces")
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::TooDeep, span, "lists and mappings are nested more than 128 deep here")
}

fn code(kind: &ErrorKind) -> Code {
    match kind {
        ErrorKind::DirectiveByteLimitExceeded { .. }
        | ErrorKind::TooManyReservedDirectiveParams { .. }
        | ErrorKind::DuplicateVersionDirective
        | ErrorKind::UnsupportedYamlMajorVersion
        | ErrorKind::UndeclaredTagHandle => Code::UnsupportedYaml,
        _ => Code::YamlSyntax,
    }
}

/// Message and help for an error of the parser, `line` being what stands before it on its line. The enum is the library's
/// and grows.
fn words(kind: &ErrorKind, line: &str, next: Option<char>) -> (String, &'static str) {
    const QUOTE: &str = "put the whole value in quotes";
    const INDENT: &str = "give the keys of one mapping, and the items of one list, the same indentation";
    // Whether more than indentation and dashes stands before the place.
    let goes_on = !line.trim_start_matches(['-', ' ', '\t']).is_empty();
    let (message, help) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab stands where YAML takes only spaces", "indent with spaces"),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry if goes_on && next == Some(',') => {
            ("a comma stands behind the value", "take it away")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry if goes_on => {
            ("the value has ended before this, at its bracket or quote", QUOTE)
        }
        ErrorKind::BlockSequenceEntryNotAllowed if goes_on => {
            ("a list cannot begin on the line of its key", "put `- ` on the next line, or write `[…]`")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::BlockSequenceEntryNotAllowed => ("this line does not fit the ones above it", INDENT),
        ErrorKind::InvalidColonPlacement if !line.contains(": ") => {
            ("a key cannot stand here", "is a bracket above not closed?")
        }
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
            if next == Some(',') =>
        {
            ("a comma with nothing before it", "take it away")
        }
        ErrorKind::MappingValueNotAllowed if !line.contains(": ") => (
            "YAML takes this line as more of the value above it, and so no key can stand here",
            "does the line above lack the space after its colon, or is this line indented too far?",
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            ("a second `: ` on the same line; YAML takes it for another key", QUOTE)
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("this line is neither `key: value` nor an item of a list", "is the colon missing, or the space after it?")
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("the quote that opens here is never closed", "close it, or take it away")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (
                format!("the bracket `{open}` that opens here is never closed"),
                "close it, or put the value in quotes",
            );
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("the bracket `{open}` is closed by `{close}`"), "");
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            ("this bracket closes nothing", "take it away, or put the value in quotes")
        }
        ErrorKind::UnexpectedEofFlowSequence => ("the list is not closed before the file ends", "close it with `]`"),
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("the mapping is not closed before the file ends", "close it with `}`")
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator if !goes_on => {
            ("a list or mapping in brackets still goes on here", "is a bracket above not closed?")
        }
        ErrorKind::ExpectedFlowMappingSeparator => ("a comma or `}` is missing here", QUOTE),
        ErrorKind::ExpectedFlowSequenceSeparator => ("a comma or `]` is missing here", QUOTE),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "the value goes on after its closing quote",
            "put the whole value in single quotes: `'\"x\" in interests'`",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar => (
            "the value goes on after its closing quote",
            "put the whole value in double quotes, or write `''` for each quote inside",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => {
            ("double quotes know no such escape", "write `\\\\` for a backslash, or use single quotes")
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            return (
                format!("a control character (U+{:04X}) stands in the text", u32::from(*character)),
                "take it away",
            );
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return (format!("an unquoted value cannot begin with `{character}`"), QUOTE);
        }
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => ("an unquoted value cannot begin like this", QUOTE),
        ErrorKind::CommentNotSeparated => {
            ("a comment needs a space before its `#`", "add the space, or put the value in quotes")
        }
        ErrorKind::CommentInterceptedScalar => {
            ("a comment stands inside a text of several lines", "move it above the text")
        }
        ErrorKind::ExpectedWhitespace
        | ErrorKind::InvalidBlockEntryWhitespace
        | ErrorKind::InvalidMappingValueWhitespace
        | ErrorKind::FlowMappingValueAdjacentCollection => ("a space is missing here", ""),
        ErrorKind::UnknownAnchor => ("no anchor with this name stands above", "put the value in quotes if it is text"),
        ErrorKind::MissingAnchorOrAliasName => {
            ("`&` and `*` begin an anchor or an alias, and its name is missing", QUOTE)
        }
        ErrorKind::BlockEntryInFlowCollection => {
            ("`- ` cannot stand inside brackets", "separate the items with commas")
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            ("after `|` or `>` the text begins on the next line", "")
        }
        ErrorKind::MappingKeyNotAllowed => ("a key cannot stand here", INDENT),
        ErrorKind::BomInsideDocument => ("a byte order mark stands inside the file", "take it away"),
        ErrorKind::UnsupportedYamlMajorVersion => ("campaigns are YAML 1.2", "take the `%YAML` line away"),
        ErrorKind::UndeclaredTagHandle => ("campaigns have no YAML tags", QUOTE),
        _ => match next {
            Some(c) if !c.is_control() => return (format!("YAML cannot be read on from `{c}`"), QUOTE),
            Some(_) | None => ("YAML cannot be read on from here", ""),
        },
    };
    (message.to_owned(), help)
}
