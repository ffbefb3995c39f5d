//! Two texts, word by word: `the [-old-] {+new+} words`.
//!
//! Words are runs of one kind of letter, so that Japanese, which has no blanks, is compared at the changes of script, where
//! its words mostly begin. The longest common subsequence is that of E. W. Myers, "An O(ND) Difference Algorithm and Its
//! Variations" (1986), in its plain quadratic form: mails are short.

use crate::ir::Value;
use unicode_width::UnicodeWidthStr;

/// Words kept on each side of a difference.
const AROUND: usize = 4;
/// Words of either text beyond which it is only said that they differ.
const MOST: usize = 4_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Latin,
    Kanji,
    Hiragana,
    Katakana,
    Sign,
}

fn kind(c: char) -> Kind {
    match c {
        c if c.is_whitespace() => Kind::Blank,
        '\u{3041}'..='\u{309f}' => Kind::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Kind::Katakana,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々' | '〇' => Kind::Kanji,
        c if c.is_alphanumeric() => Kind::Latin,
        _ => Kind::Sign,
    }
}

/// The words of a text, blanks and signs among them.
fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut before: Option<Kind> = None;
    for (at, c) in text.char_indices() {
        let now = kind(c);
        if before.is_some_and(|before| before != now || now == Kind::Sign) {
            found.push(&text[from..at]);
            from = at;
        }
        before = Some(now);
    }
    if from < text.len() {
        found.push(&text[from..]);
    }
    found
}

/// What differs, with a few words around it, in at most so many columns; `None` if nothing does.
pub(super) fn difference(before: &str, after: &str, columns: usize) -> Option<String> {
    let (before, after) = (squeezed(before), squeezed(after));
    if before == after {
        return None;
    }
    let (one, two) = (words(&before), words(&after));
    if one.len() > MOST || two.len() > MOST {
        return Some("the text is another".to_owned());
    }
    Some(cut(&shown(&runs(&one, &two)), columns))
}

/// Blanks count as one.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A stretch of words.
enum Run<'t> {
    Same(Vec<&'t str>),
    Other(String, String),
}

fn runs<'t>(one: &[&'t str], two: &[&'t str]) -> Vec<Run<'t>> {
    // The ends that are alike need no table.
    let head = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let tail = one[head..].iter().rev().zip(two[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (mid_one, mid_two) = (&one[head..one.len() - tail], &two[head..two.len() - tail]);
    let width = mid_two.len() + 1;
    let mut table = vec![0_u32; (mid_one.len() + 1) * width];
    for at in (0..mid_one.len()).rev() {
        for to in (0..mid_two.len()).rev() {
            table[at * width + to] = match mid_one[at] == mid_two[to] {
                true => table[(at + 1) * width + to + 1] + 1,
                false => table[(at + 1) * width + to].max(table[at * width + to + 1]),
            };
        }
    }
    let mut found = vec![Run::Same(one[..head].to_vec())];
    let (mut at, mut to) = (0, 0);
    let (mut gone, mut new, mut same) = (String::new(), String::new(), Vec::new());
    let flush = |gone: &mut String, new: &mut String, found: &mut Vec<Run<'t>>| {
        if !gone.is_empty() || !new.is_empty() {
            found.push(Run::Other(std::mem::take(gone), std::mem::take(new)));
        }
    };
    while at < mid_one.len() || to < mid_two.len() {
        let is_same = at < mid_one.len() && to < mid_two.len() && mid_one[at] == mid_two[to];
        // A blank alone between two differences is one difference with them.
        if is_same && !(mid_one[at].trim().is_empty() && !gone.is_empty() && !new.is_empty()) {
            flush(&mut gone, &mut new, &mut found);
            same.push(mid_one[at]);
            (at, to) = (at + 1, to + 1);
            continue;
        }
        if !same.is_empty() {
            found.push(Run::Same(std::mem::take(&mut same)));
        }
        if is_same {
            gone.push_str(mid_one[at]);
            new.push_str(mid_two[to]);
            (at, to) = (at + 1, to + 1);
        } else if to >= mid_two.len()
            || at < mid_one.len() && table[(at + 1) * width + to] >= table[at * width + to + 1]
        {
            gone.push_str(mid_one[at]);
            at += 1;
        } else {
            new.push_str(mid_two[to]);
            to += 1;
        }
    }
    flush(&mut gone, &mut new, &mut found);
    if !same.is_empty() {
        found.push(Run::Same(same));
    }
    found.push(Run::Same(one[one.len() - tail..].to_vec()));
    found
}

/// The runs in one line; what is alike is kept only around what differs.
fn shown(runs: &[Run<'_>]) -> String {
    let mut text = String::new();
    let last = runs.len() - 1;
    for (number, run) in runs.iter().enumerate() {
        match run {
            Run::Same(words) if number == 0 && words.len() > AROUND => {
                text.push('…');
                words[words.len() - AROUND..].iter().for_each(|word| text.push_str(word));
            }
            Run::Same(words) if number == last && words.len() > AROUND => {
                words[..AROUND].iter().for_each(|word| text.push_str(word));
                text.push('…');
            }
            Run::Same(words) if words.len() > 2 * AROUND => {
                words[..AROUND].iter().for_each(|word| text.push_str(word));
                text.push_str(" … ");
                words[words.len() - AROUND..].iter().for_each(|word| text.push_str(word));
            }
            Run::Same(words) => words.iter().for_each(|word| text.push_str(word)),
            Run::Other(gone, new) => {
                if !gone.is_empty() {
                    text.push_str(&format!("[-{gone}-]"));
                }
                if !new.is_empty() {
                    text.push_str(&format!("{{+{new}+}}"));
                }
            }
        }
    }
    text
}

/// The text in at most so many columns of a terminal.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut width = 1;
    for c in text.chars() {
        width += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if width > columns {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// What is told of a lead, without what follows from the rest of it: what an empty set does not hold, the values of a set of
/// which it is told that it holds some, and that nobody has confirmed what it has not agreed to.
pub(super) fn without_repetition(mut told: Vec<(String, Option<Value>)>) -> Vec<(String, Option<Value>)> {
    let all = told.clone();
    let is = |what: &str, value: bool| all.iter().any(|(other, is)| other == what && *is == Some(Value::Bool(value)));
    let is_set =
        |name: &str| all.iter().any(|(what, value)| what == name && matches!(value, None | Some(Value::Set(_))));
    let holds_some = |name: &str| {
        let ends = format!("\" in {name}");
        all.iter().any(|(what, value)| what.ends_with(&ends) && *value == Some(Value::Bool(true)))
    };
    told.retain(|(what, value)| match value {
        Some(Value::Set(_)) => !holds_some(what),
        Some(Value::Bool(false)) => {
            let unconfirmed =
                what.strip_prefix("confirmed ").is_some_and(|topic| is(&format!("agreed to {topic}"), false));
            let set = what.rsplit_once("\" in ").map(|(_, set)| set);
            !unconfirmed && !set.is_some_and(|set| is_set(set) && !holds_some(set))
        }
        _ => true,
    });
    told
}

#[cfg(test)]
mod tests {
    use super::{cut, difference};

    #[test]
    fn what_differs_is_shown_with_a_few_words_around_it() {
        let of = |before: &str, after: &str| difference(before, after, 200).unwrap_or_default();
        assert_eq!(of("お役立ち資料のご案内", "お役立ち資料のお知らせ"), "お役立ち資料[-のご案内-]{+のお知らせ+}");
        assert_eq!(of("read the old report", "read the new report"), "read the [-old-]{+new+} report");
        assert_eq!(of("a b", "a  b"), "");
        assert_eq!(of("", "hello"), "{+hello+}");
        assert_eq!(of("one two three four five six", "one two three four five seven"), "…four five [-six-]{+seven+}");
    }

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(cut("日本語の文", 7), "日本語…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
