//! Characters that look like YAML's own and are text to it, as Japanese keyboards and word processors type them.
//!
//! In: a line near a place where YAML could not be read on, or a key. Out: the place, what it is, and the way out.
//! Never: whether they are a fault; in a text that could be read they mean themselves.

use std::ops::Range;

use super::faults::WIDE_BLANKS;

/// A character that is none of YAML's.
pub(super) struct Lookalike {
    /// Where it stands in the text that was looked at.
    pub at: Range<usize>,
    pub message: String,
    pub help: String,
}

fn lookalike(at: usize, c: char, name: &str, write: &str) -> Option<Lookalike> {
    let message = format!("a full-width {name} is text to YAML");
    Some(Lookalike { at: at..at + c.len_utf8(), message, help: format!("write `{write}`") })
}

/// The first in a line, in the place of a mark of YAML. `commas` says whether one between values is missing.
pub(super) fn in_line(line: &str, commas: bool) -> Option<Lookalike> {
    let (mut quote, mut depth) = (None, 0_usize);
    // Whether a key or a value may begin here, and whether the colon of this pair was there.
    let (mut begins, mut has_colon, mut before) = (true, false, ' ');
    for (at, c) in line.char_indices() {
        if at == 0 && c == '\u{feff}' {
            continue;
        }
        let next = line[at + c.len_utf8()..].chars().next();
        let ends = next.is_none_or(char::is_whitespace);
        let blank_before = before.is_whitespace();
        before = c;
        if quote.is_some() {
            quote = quote.filter(|open| *open != c);
            continue;
        }
        match c {
            '"' | '\'' if begins => quote = Some(c),
            '#' if blank_before => return None,
            '＃' if begins || blank_before => return lookalike(at, c, "hash", "# "),
            '－' | 'ー' | '–' | '—' | '―' | '−' if ends && line[..at].trim().is_empty() => {
                let message = format!("`{c}` is no hyphen, and begins no item of a list");
                return Some(Lookalike { at: at..at + c.len_utf8(), message, help: "write `- `".to_owned() });
            }
            '：' if !has_colon => return lookalike(at, c, "colon", ": "),
            ':' if !has_colon && next.is_some_and(|next| WIDE_BLANKS.contains(&next)) => {
                let next = next.unwrap_or(' ');
                let message = "a full-width or non-breaking blank stands behind the colon".to_owned();
                let (at, help) = (at + 1, "write a half-width space".to_owned());
                return Some(Lookalike { at: at..at + next.len_utf8(), message, help });
            }
            '｛' | '［' if begins => return lookalike(at, c, "bracket", if c == '｛' { "{" } else { "[" }),
            '｝' | '］' if depth > 0 => return lookalike(at, c, "bracket", if c == '｝' { "}" } else { "]" }),
            '，' | '、' | '；' | '､' if commas && depth > 0 => return lookalike(at, c, "comma", ", "),
            ';' if commas && depth > 0 => {
                let message = "a semicolon is text to YAML".to_owned();
                return Some(Lookalike { at: at..at + 1, message, help: "write `, `".to_owned() });
            }
            _ => {}
        }
        match c {
            '{' | '[' if begins => (depth, has_colon) = (depth + 1, false),
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth > 0 => has_colon = false,
            ':' if ends => has_colon = true,
            _ => {}
        }
        begins = match c {
            '{' | '[' => begins,
            ',' => depth > 0,
            ':' | '-' => ends,
            c => begins && c.is_whitespace(),
        };
    }
    None
}

/// What makes an unquoted key of a key and the beginning of its value.
pub(super) fn in_key(key: &str) -> Option<Lookalike> {
    let colon = key.char_indices().find(|(_, c)| *c == '：');
    if let Some((at, c)) =
        colon.filter(|(at, c)| key[at + c.len_utf8()..].trim_start().starts_with(['{', '[', '｛', '［']))
    {
        return lookalike(at, c, "colon", ": ");
    }
    let (at, c) = key.char_indices().find(|(_, c)| matches!(c, '{' | '[' | '｛' | '［'))?;
    let name = key[..at].trim_end();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (is_name && name.len() < at).then(|| Lookalike {
        at: at..at + c.len_utf8(),
        message: format!("the colon behind `{name}` is missing"),
        help: format!("write `{name}: {}`", if matches!(c, '{' | '｛') { "{" } else { "[" }),
    })
}
