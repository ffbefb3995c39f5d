//! The most frequent slip of all: `{when: a in ["x", "y"]}`. In YAML's flow style a comma or a bracket ends an unquoted
//! value, so the expression is cut short, with or without a syntax error; and so is a text, `{title: Call, today}`.

use super::faults::Faults;
use super::scalar::{self, Plain};
use super::{Entry, Value};
use crate::diag::{Code, Diagnostic};
use crate::text::{FileId, Span};

/// Keys whose values are expressions.
const EXPRESSION_KEYS: &[&str] = &["when", "where", "if", "exit_when", "match", "key", "granted"];
/// Keys whose values are texts for people.
const TEXT_KEYS: &[&str] =
    &["label", "description", "subject", "preheader", "title", "name", "address", "reason", "markdown", "narrative"];
/// How far an expression is followed or looked back for, in bytes.
const REACH: usize = 1024;

/// Finds expressions of a flow mapping that were cut, reports them, and puts them together again, so that nothing else
/// is said of the pieces.
pub(super) fn mend_expressions(text: &str, entries: &mut Vec<Entry>, faults: &mut Faults) {
    let mut at = 0;
    while at < entries.len() {
        let entry = &mut entries[at];
        at += 1;
        let start = entry.value.span.start as usize;
        if !EXPRESSION_KEYS.contains(&entry.key.as_str()) || !matches!(entry.value.value, Value::Str(_)) {
            continue;
        }
        if text[start..].starts_with(['"', '\'', '*', '&', '|', '>']) {
            continue;
        }
        let Some(end) = expression_end(text, start).filter(|end| *end > entry.value.span.end as usize) else {
            continue;
        };
        entry.value.span = Span::new(entry.value.span.file, start, end);
        entry.value.value = Value::Str(text[start..end].lines().map(str::trim).collect::<Vec<_>>().join(" "));
        faults.push(cut(&entry.key, text, entry.value.span, ""));
        let rest = entries[at..].iter().take_while(|entry| (entry.key_span.start as usize) < end).count();
        entries.drain(at..at + rest);
    }
}

/// Finds texts of a flow mapping that a comma cut, reports them, and puts them together again: what stands behind the comma
/// has neither a colon nor a value, and is no word by itself.
pub(super) fn mend_texts(text: &str, entries: &mut Vec<Entry>, faults: &mut Faults) {
    let is_rest = |entry: &Entry| {
        let Span { start, end, .. } = entry.key_span;
        let (start, end) = (start as usize, end as usize);
        let is_bare = text[end..].trim_start().starts_with([',', '}']);
        matches!(entry.value.value, Value::Null)
            && is_bare
            && text[start..end] == entry.key
            && !entry.key.contains([':', '：'])
    };
    let mut at = 0;
    while at < entries.len() {
        let rest = entries[at + 1..].iter().take_while(|entry| is_rest(entry)).count();
        let start = entries[at].value.span.start as usize;
        let is_plain = TEXT_KEYS.contains(&entries[at].key.as_str())
            && matches!(entries[at].value.value, Value::Str(_))
            && !text[start..].starts_with(['"', '\'', '*', '&', '|', '>', '!']);
        if rest > 0 && is_plain {
            let end = entries[at + rest].key_span.end as usize;
            let whole = &text[start..end];
            let span = Span::new(entries[at].value.span.file, start, end);
            let key = &entries[at].key;
            let message =
                format!("in flow style `{{…}}` a comma ends an unquoted value, which cuts the text of `{key}` short");
            let fits = whole.len() < 100 && !whole.contains(['\n', '\\', '"']);
            let quoted = if fits { whole } else { "one, two" };
            let help = format!("put the text in quotes, `{key}: \"{quoted}\"`, or write the mapping in block style");
            faults.push(Diagnostic::new(Code::FlowScalarExpression, span, message).help(help));
            let entry = &mut entries[at];
            entry.value.value = Value::Str(whole.lines().map(str::trim).collect::<Vec<_>>().join(" "));
            entry.value.span = span;
            entries.drain(at + 1..=at + rest);
        }
        at += 1;
    }
}

/// Finds keys of a flow mapping that hold their values, since the space behind the colon is missing, reports them, and
/// takes them apart.
pub(super) fn mend_colons(text: &str, entries: &mut [Entry], faults: &mut Faults) {
    for entry in entries.iter_mut().filter(|entry| matches!(entry.value.value, Value::Null)) {
        let Span { file, start, .. } = entry.key_span;
        let start = start as usize;
        let Some((key, value)) = entry.key.split_once(':') else { continue };
        let is_name = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let Plain::Value(read) = scalar::resolve(value) else { continue };
        if !is_name || value.starts_with("//") || !text[start..].starts_with(&entry.key) {
            continue;
        }
        let colon = start + key.len();
        let finding = Diagnostic::new(
            Code::YamlSyntax,
            Span::new(file, colon, colon + 1),
            format!("the space behind the colon of `{key}` is missing, so that YAML reads no value"),
        );
        faults.push(finding.help(format!("write `{key}: {value}`")));
        entry.value.value = read;
        entry.value.span = Span::new(file, colon + 1, start + entry.key.len());
        entry.key_span = Span::new(file, start, colon);
        entry.key = key.to_owned();
    }
}

/// The finding for a syntax error at byte `at`, if it comes from an expression cut short in a flow mapping.
pub(super) fn cut_before(file: FileId, text: &str, at: usize) -> Option<Diagnostic> {
    let (key, start) = key_before(text, at)?;
    let value = text.get(start..at)?;
    if value.contains('}') || text[start..].starts_with("{{") {
        return None;
    }
    if value.starts_with(['"', '\'']) {
        let end = expression_end(text, start).filter(|end| *end > at).unwrap_or(at);
        let span = Span::new(file, start, end);
        let message = format!(
            "YAML reads the quote at the start of `{key}` as the end of the value, not as part of the expression"
        );
        return Some(Diagnostic::new(Code::FlowScalarExpression, span, message).help(help_for(key, text, span)));
    }
    let end = expression_end(text, start).filter(|end| *end > at).unwrap_or(at);
    let colon = if text[at..].starts_with(':') { " (so does a colon with a space)" } else { "" };
    Some(cut(key, text, Span::new(file, start, end), colon))
}

fn cut(key: &str, text: &str, span: Span, also: &str) -> Diagnostic {
    let message = format!(
        "in flow style `{{…}}` a comma or bracket ends an unquoted value{also}, which cuts the expression of `{key}` short"
    );
    Diagnostic::new(Code::FlowScalarExpression, span, message).help(help_for(key, text, span))
}

/// The way out, with the author's own expression if it can be quoted without escapes.
fn help_for(key: &str, text: &str, span: Span) -> String {
    let own = text.get(span.start as usize..span.end as usize).unwrap_or("");
    let fits = own.len() < 100 && own.contains(['[', '(', '{', ',', ':', '"', '\'']) && !own.contains(['\n', '\\']);
    let quoted = match (own.contains('\''), own.contains('"')) {
        (false, _) if fits => format!("'{own}'"),
        (true, false) if fits => format!("\"{own}\""),
        (true | false, _) => "'a in [\"x\", \"y\"]'".to_owned(),
    };
    format!("put the expression in quotes, `{key}: {quoted}`, or write the mapping in block style")
}

/// The nearest key before `at` in a flow mapping, and where its value begins; `None` if it is not one of an expression.
fn key_before(text: &str, at: usize) -> Option<(&str, usize)> {
    let from = floor(text, at.saturating_sub(REACH));
    let window = text.get(from..at)?;
    for (colon, _) in window.rmatch_indices(':') {
        let value = &window[colon + 1..];
        if !value.starts_with(char::is_whitespace) {
            continue;
        }
        let before = window[..colon].trim_end();
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let rest = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let key = &before[rest.len()..];
        if !key.is_empty() && rest.trim_end_matches(['"', '\'']).trim_end().ends_with(['{', ',']) {
            let start = from + colon + 1 + (value.len() - value.trim_start().len());
            return EXPRESSION_KEYS.contains(&key).then_some((key, start.min(at)));
        }
    }
    None
}

/// Where the expression that begins at `start` ends by its own brackets and quotes; `None` if they do not close.
fn expression_end(text: &str, start: usize) -> Option<usize> {
    let source = &text[start..floor(text, start + REACH)];
    let (mut depth, mut quote) = (0_usize, None);
    let mut end = source.len();
    for (at, c) in source.char_indices() {
        match (quote, c) {
            (Some(_), '\n') => return None,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth > 0 => depth -= 1,
            (None, ',' | ']' | '}') if depth == 0 => {
                end = at;
                break;
            }
            (None, '#') if source[..at].ends_with(char::is_whitespace) => return None,
            (None, _) => {}
        }
    }
    (depth == 0 && quote.is_none()).then(|| start + source[..end].trim_end().len())
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
