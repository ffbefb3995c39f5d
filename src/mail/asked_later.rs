//! `where=…` in `did` and `count`: a condition on each event of the past. The engine would ask it at once, of the event at
//! hand, so it is handed over as text and asked later, event by event.
//!
//! In: a tag of a template. Out: the same with its conditions in quotes; and whether an event fits one. Never: what happened.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::value::Value;
use minijinja::{Error, State};

/// A tag with what `where=` asks in quotes.
pub(super) fn quoted(tag: &str) -> String {
    let mut out = String::with_capacity(tag.len());
    let mut from = 0;
    for at in conditions(tag) {
        let Some(condition) = tag.get(at.clone()) else { continue };
        out.push_str(tag.get(from..at.start).unwrap_or(""));
        // A condition may ask for the past in its turn.
        let inner = quoted(condition.trim()).replace('\\', "\\\\").replace('"', "\\\"");
        out.push_str(&format!("\"{inner}\""));
        from = at.end;
    }
    out.push_str(tag.get(from..).unwrap_or(""));
    out
}

/// Where the outermost conditions stand.
fn conditions(tag: &str) -> Vec<Range<usize>> {
    let bytes = tag.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut depth, mut open) = (0, 0_usize, None::<(usize, usize)>);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = end_of_text(bytes, at),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' | b',' => {
                if let Some((start, _)) = open.filter(|(_, of)| *of == depth) {
                    found.push(start..at);
                    open = None;
                }
                depth = depth.saturating_sub(usize::from(*byte != b','));
            }
            b'w' if open.is_none() && depth > 0 => {
                let is_word =
                    at > 0 && bytes.get(at - 1).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.'));
                let rest = tag.get(at..).and_then(|rest| rest.strip_prefix("where")).map(str::trim_start);
                let value = rest.and_then(|rest| rest.strip_prefix('=')).filter(|rest| !rest.starts_with('='));
                if let Some(value) = value.filter(|_| !is_word) {
                    let start = tag.len() - value.len();
                    open = Some((start, depth));
                    at = start;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The quote that ends a text which begins at `at`.
fn end_of_text(bytes: &[u8], at: usize) -> usize {
    let quote = bytes.get(at);
    let mut end = at + 1;
    while end < bytes.len() && bytes.get(end) != quote {
        end += if bytes.get(end) == Some(&b'\\') { 2 } else { 1 };
    }
    end
}

/// Keeps of some events those that a condition holds of. What the template knows else, it asks for as well.
pub(super) fn holds(
    state: &State<'_, '_>,
    condition: &str,
    events: impl Iterator<Item = Value>,
) -> Result<usize, Error> {
    let asked = state.env().compile_expression_owned(condition.to_owned())?;
    let mut names: Vec<String> = asked.undeclared_variables(false).into_iter().filter(|name| name != "event").collect();
    names.push("@reader".to_owned());
    let known = names.into_iter().filter_map(|name| Some((name.clone(), state.lookup(&name)?)));
    let mut context: BTreeMap<String, Value> = known.collect();
    let mut count = 0;
    for event in events {
        context.insert("event".to_owned(), event);
        count += usize::from(asked.eval(Value::from(context.clone()))?.is_true());
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn conditions_of_the_past_are_in_quotes() {
        for (tag, said) in [
            ("{{ name }}", "{{ name }}"),
            ("{% if where == 3 %}", "{% if where == 3 %}"),
            (
                "{% if did(\"v\", where=event.path == \"/a\", within=\"3 days\") %}",
                "{% if did(\"v\", where=\"event.path == \\\"/a\\\"\", within=\"3 days\") %}",
            ),
            ("{{ count('v', where = event.n in [1, 2]) + 1 }}", "{{ count('v', where =\"event.n in [1, 2]\") + 1 }}"),
            (
                "{{ did(\"v\", where=did(\"w\", where=event.n == 1)) }}",
                "{{ did(\"v\", where=\"did(\\\"w\\\", where=\\\"event.n == 1\\\")\") }}",
            ),
            ("{{ did('where=(a') }}", "{{ did('where=(a') }}"),
        ] {
            assert_eq!(quoted(tag), said);
        }
    }
}
