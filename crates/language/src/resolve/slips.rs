//! Usual slips in conditions and templates that do not parse, in the words of those who write them.
//!
//! In: a text, and where its parser gave up. Out: a sentence, the exact place and the way out. Never: what is allowed.

use std::ops::Range;

use crate::text::{Tag, TagKind, half_width, tags};

/// What to say of a text that does not parse.
pub(super) struct Slip {
    pub at: Range<usize>,
    pub message: String,
    pub help: String,
}

/// The slip of a condition whose parser gave up at `at`.
pub(super) fn of_condition(text: &str, at: &Range<usize>) -> Slip {
    usual(text, 0, at).unwrap_or_else(|| unfinished(text, at).unwrap_or_else(|| stray(text, at)))
}

/// The slip of a template whose parser gave up at `at`: a block that is not closed, or a usual one of the expression there.
pub(super) fn of_template(text: &str, at: &Range<usize>) -> Option<Slip> {
    if let Some(slip) = unclosed_block(text, at) {
        return Some(slip);
    }
    let before = text.get(..at.start)?;
    let open = before.rfind("{{").max(before.rfind("{%"))? + 2;
    usual(text, open, at)
}

/// The block that should have been closed before the tag at `at`, which closes another, or before the end of the text.
fn unclosed_block(text: &str, at: &Range<usize>) -> Option<Slip> {
    let all = tags(text);
    let statements = all.iter().filter(|tag| tag.kind == TagKind::Statement);
    let mut open: Vec<&Tag> = Vec::new();
    for tag in statements {
        let word = tag.word(text);
        let is_here = tag.at.contains(&at.start);
        match word.strip_prefix("end") {
            Some(closed) if open.last().is_some_and(|last| last.word(text) == closed) => {
                open.pop();
            }
            Some(closed) if is_here && open.iter().any(|tag| tag.word(text) == closed) => {
                return open.last().map(|last| never_closed(text, last));
            }
            Some(_) => return None,
            None if is_here && !opens(tag, text) => return None,
            None => open.extend(opens(tag, text).then_some(tag)),
        }
    }
    let is_at_end = all.last().is_none_or(|last| at.end >= last.at.end || last.at.contains(&at.start));
    open.last().filter(|_| is_at_end).map(|last| never_closed(text, last))
}

fn never_closed(text: &str, tag: &Tag) -> Slip {
    let word = tag.word(text);
    Slip {
        at: tag.at.clone(),
        message: format!("this `{word}` is never closed"),
        help: format!("close it with `{{% end{word} %}}`"),
    }
}

/// Whether a statement has an end of its own.
fn opens(tag: &Tag, text: &str) -> bool {
    match tag.word(text) {
        "if" | "for" | "with" | "block" | "macro" | "call" | "filter" => true,
        "set" => !tag.inside(text).contains('='),
        _ => false,
    }
}

/// Slips that show at the place itself. The expression begins at `from`.
fn usual(text: &str, from: usize, at: &Range<usize>) -> Option<Slip> {
    let rest = text.get(at.start..)?;
    let before = text.get(from..at.start)?;
    let slip =
        |length: usize, message: String, help: String| Some(Slip { at: at.start..at.start + length, message, help });
    let written = |wrong: &str, right: &str| {
        slip(wrong.len(), format!("`{wrong}` is no operator of conditions"), format!("write `{right}`"))
    };
    if from == 0 && (text.contains("{{") || text.contains("{%")) {
        let open = text.find("{{").or_else(|| text.find("{%"))?;
        let help = "write the condition without them".to_owned();
        return Some(Slip { at: open..open + 2, message: "braces are for templates".to_owned(), help });
    }
    if let Some(close) = rest.chars().next().and_then(closing_quote) {
        return Some(other_quotes(rest, close, at.start));
    }
    if let Some(blank) = rest.chars().next().filter(|c| matches!(c, '\u{3000}' | '\u{a0}')) {
        let message = "a full-width or non-breaking blank stands here".to_owned();
        return slip(blank.len_utf8(), message, "write a half-width space".to_owned());
    }
    let wide: String = rest.chars().take_while(|&c| c != '\u{3000}' && half_width(c).is_some()).collect();
    if !wide.is_empty() {
        let half: String = wide.chars().filter_map(half_width).collect();
        return slip(wide.len(), format!("`{wide}` is written in full-width characters"), format!("write `{half}`"));
    }
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let lower = word.to_lowercase();
    if word != lower && matches!(lower.as_str(), "and" | "or" | "not" | "in" | "is") {
        return slip(word.len(), format!("`{word}` is no word of conditions"), format!("write `{lower}`"));
    }
    match () {
        () if rest.starts_with("&&") => written("&&", "and"),
        () if rest.starts_with('&') => written("&", "and"),
        () if rest.starts_with('|') && before.ends_with('|') => {
            Some(Slip { at: at.start - 1..at.start + 1, ..written("||", "or")? })
        }
        () if rest.starts_with('!') => written("!", "not"),
        () if rest.starts_with('>') && before.ends_with('<') => {
            Some(Slip { at: at.start - 1..at.start + 1, ..written("<>", "!=")? })
        }
        () if rest.starts_with('=') && before.ends_with("==") => {
            Some(Slip { at: at.start - 2..at.start + 1, ..written("===", "==")? })
        }
        () if rest.starts_with('=')
            && before.trim_end() != before
            && before.trim_end().ends_with(['>', '<', '!', '=']) =>
        {
            let sign = before.trim_end().chars().next_back().unwrap_or('=');
            let start = from + before.trim_end().len() - 1;
            let message = format!("a blank stands between `{sign}` and `=`");
            Some(Slip { at: start..at.start + 1, message, help: format!("write `{sign}=`") })
        }
        () if rest.starts_with("=>") => written("=>", ">="),
        () if rest.starts_with("=<") => written("=<", "<="),
        () if rest.starts_with('=') => slip(1, "a comparison has two equals signs".to_owned(), "write `==`".to_owned()),
        () if rest.starts_with(',') && before.ends_with(|c: char| c.is_ascii_digit()) => thousands(text, at.start),
        () => None,
    }
}

/// `1,000`
fn thousands(text: &str, comma: usize) -> Option<Slip> {
    let number = |c: char| c.is_ascii_digit() || c == ',';
    let start = text[..comma].trim_end_matches(number).len();
    let tail = &text[comma..];
    let end = comma + (tail.len() - tail.trim_start_matches(number).len());
    let written = text.get(start..end)?;
    let in_threes = written.split(',').skip(1).all(|digits| digits.len() == 3);
    let help = format!("write `{}`", written.replace(',', ""));
    in_threes.then(|| Slip { at: start..end, message: format!("the number `{written}` has commas in it"), help })
}

/// `「製造業」`
fn other_quotes(rest: &str, close: char, start: usize) -> Slip {
    let open = rest.chars().next().map_or(0, char::len_utf8);
    let inner = rest.get(open..).unwrap_or("");
    let end = inner.find(close).map(|end| (end, open + end + close.len_utf8()));
    let (words, length) = end.map_or(("…", open), |(end, whole)| (inner.get(..end).unwrap_or("…"), whole));
    Slip {
        at: start..start + length,
        message: format!("`{}` is no quotation mark of conditions", rest.get(..open).unwrap_or("")),
        help: format!("write `\"{words}\"`"),
    }
}

fn closing_quote(open: char) -> Option<char> {
    Some(match open {
        '“' | '”' | '„' | '〝' => '”',
        '‘' | '’' => '’',
        '「' => '」',
        '『' => '』',
        '«' => '»',
        '＂' => '＂',
        '＇' => '＇',
        _ => return None,
    })
}

/// Quotes and brackets that stay open, brackets that close nothing, ends too soon.
fn unfinished(text: &str, at: &Range<usize>) -> Option<Slip> {
    let (mut open, mut quote) = (Vec::new(), None);
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some((_, mark)), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some((place, c)),
            (None, '(' | '[') => open.push((place, c)),
            (None, ')' | ']') if open.pop().is_none() => {
                let message = format!("the bracket `{c}` closes nothing");
                return Some(Slip { at: place..place + 1, message, help: "take it away".to_owned() });
            }
            (None, _) => {}
        }
    }
    if let Some((place, mark)) = quote {
        let message = format!("the quote `{mark}` that opens here is never closed");
        return Some(Slip { at: place..place + 1, message, help: format!("close it with `{mark}`") });
    }
    let is_end = at.end >= text.trim_end().len();
    if let Some(&(place, bracket)) = open.last().filter(|_| is_end) {
        let message = format!("the bracket `{bracket}` that opens here is never closed");
        let close = if bracket == '(' { ')' } else { ']' };
        return Some(Slip { at: place..place + 1, message, help: format!("close it with `{close}`") });
    }
    let last = text.trim_end();
    let word = last.rsplit(char::is_whitespace).next().unwrap_or("");
    let stops = last.ends_with(['=', '<', '>', '+', '-', '*', '/', '%', '|', '~', '.'])
        || matches!(word, "and" | "or" | "not" | "in" | "is" | "if" | "else");
    (is_end && stops).then(|| Slip {
        at: at.clone(),
        message: "something is missing at the end of this condition".to_owned(),
        help: LOOK.to_owned(),
    })
}

/// Anything else: the parser could not go on.
fn stray(text: &str, at: &Range<usize>) -> Slip {
    let rest = text.get(at.start..).unwrap_or("");
    let length = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum::<usize>();
    let length = length.max(at.end.saturating_sub(at.start));
    let piece = rest.get(..length).filter(|piece| piece.chars().count() <= 40 && !piece.trim().is_empty());
    let message = match piece {
        Some(piece) => format!("the condition cannot go on with `{}` here", piece.trim()),
        None => "the condition cannot be read from here".to_owned(),
    };
    Slip { at: at.start..at.start + length, message, help: LOOK.to_owned() }
}

pub(super) const LOOK: &str = "conditions look like `score >= 60 and industry == \"製造業\"`";

#[cfg(test)]
mod tests {
    use super::of_condition;

    #[test]
    fn places_are_never_outside_the_text() {
        for text in ["", "「", "a 「", "'", "(", ")", "a ||", "＝", "a = ", "1,", "あ", "{{", "a %"] {
            for start in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let end = (start + 1..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
                let slip = of_condition(text, &(start..end));
                assert!(text.get(slip.at.clone()).is_some(), "{text:?} {start} {:?}", slip.at);
            }
        }
    }
}
