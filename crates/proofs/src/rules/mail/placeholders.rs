//! `unresolved-placeholder`: merge tags of other systems, words that wait for a name, notes to oneself.

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::{MailFacts, Piece, template_tag};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::{BodyFormat, MailTexts, TextAt};

/// Words in brackets that wait for something to take their place.
const WAITING: [&str; 16] = [
    "first name",
    "firstname",
    "first_name",
    "last name",
    "lastname",
    "last_name",
    "your name",
    "name",
    "company",
    "company name",
    "your company",
    "email",
    "fname",
    "lname",
    "full name",
    "insert",
];
/// The same in Japanese.
const WAITING_JA: [&str; 13] = [
    "お名前",
    "氏名",
    "ご氏名",
    "名前",
    "姓",
    "姓名",
    "会社名",
    "貴社名",
    "御社名",
    "部署名",
    "役職",
    "担当者名",
    "宛名",
];
/// Words in braces that other systems fill in: whole ones, and beginnings.
const OF_SYSTEMS: [&str; 6] =
    ["unsubscribe_text", "unsubscribe_url", "webview_text", "webview_url", "signature", "tracking_pixel"];
const OF_SYSTEMS_WITH: [&str; 9] = [
    "contactfield=",
    "leadfield=",
    "ownerfield=",
    "companyfield=",
    "pagelink=",
    "assetlink=",
    "dynamiccontent=",
    "focus=",
    "$",
];
/// Brackets of AMPscript, with anything inside.
const PROGRAMS: [(&str, &str); 2] = [("%%=", "=%%"), ("%%[", "]%%")];
/// Brackets that words wait in.
const BRACKETS: [(&str, &str); 10] = [
    ("[", "]"),
    ("{", "}"),
    ("［", "］"),
    ("｛", "｝"),
    ("«", "»"),
    ("<<", ">>"),
    ("&lt;", "&gt;"),
    ("##", "##"),
    ("@@", "@@"),
    ("$$", "$$"),
];
/// What follows such a name.
const TITLES: [&str; 5] = ["様", "さま", "殿", "御中", "先生"];
/// Words that only drafts have.
const DRAFT: [&str; 5] = ["TODO", "FIXME", "TBD", "TKTK", "lorem ipsum"];
/// Pairs that other systems put their names in.
const PAIRS: [(&str, &str); 6] = [("%%", "%%"), ("*|", "|*"), ("<%", "%>"), ("${", "}"), ("#{", "}"), ("[[", "]]")];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (text, words) in mail.each_shown() {
        let is_body = mail.is_body(text);
        let without_styles = is_body.then(|| without_styles(mail, &text.text));
        let code = without_styles.as_deref().unwrap_or(words);
        let links = is_body && mail.texts.format == BodyFormat::Markdown;
        let signs = Bytes::of(words);
        let waiting = waiting(words, &signs, links);
        let mut found: Vec<Range<usize>> =
            pairs(code, &Bytes::of(code)).chain(waiting).chain(drafts(words, &signs)).collect();
        found.sort_by_key(|at| (at.start, at.end));
        found.dedup_by(|next, last| next.start < last.end);
        found.into_iter().for_each(|at| sink.push(finding(text, &at)));
    }
}

/// A text of a mail with blanks for everything that a reader does not see; every byte stays where it is.
pub(super) fn shown(texts: &MailTexts, facts: &MailFacts, text: &TextAt) -> String {
    let is_body = texts.body.as_ref().is_some_and(|body| std::ptr::eq(body, text));
    if is_body { words_of_body(texts, facts, &text.text) } else { without_tags(&text.text) }
}

/// The bytes that a text has: a word with others does not stand in it.
struct Bytes([bool; 256]);

impl Bytes {
    fn of(text: &str) -> Bytes {
        let mut has = [false; 256];
        text.bytes().for_each(|byte| has[usize::from(byte)] = true);
        Bytes(has)
    }

    fn may_hold(&self, word: &str) -> bool {
        word.bytes().all(|byte| self.0[usize::from(byte)])
    }
}

fn finding(text: &TextAt, at: &Range<usize>) -> Diagnostic {
    let said = text.text.get(at.clone()).unwrap_or("");
    let message = format!("`{said}` is a placeholder, and goes out as it stands");
    let finding = Diagnostic::new(Code::UnresolvedPlaceholder, text.place(at), message);
    finding.help("values are printed by `{{ company | default(\"…\") }}`; finish or remove what is a note")
}

/// The text with blanks in the place of template tags: every byte stays where it is.
fn without_tags(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')).map(|found| at + found) {
        at = template_tag(text, brace).unwrap_or(brace + 1);
        if at > brace + 1 {
            blank(&mut out, &(brace..at));
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

fn blank(out: &mut [u8], at: &Range<usize>) {
    out.get_mut(at.clone()).into_iter().flatten().for_each(|byte| *byte = b' ');
}

/// The body with blanks for everything that a reader does not see.
fn words_of_body(texts: &MailTexts, facts: &MailFacts, text: &str) -> String {
    let mut out = without_tags(text).into_bytes();
    for piece in &facts.pieces {
        match piece {
            Piece::Text(_) => {}
            // A link of Markdown is one piece with the words in it.
            Piece::Open(tag) if texts.format == BodyFormat::Markdown && !text[tag.at.clone()].starts_with('<') => {}
            Piece::Open(_) | Piece::Raw(..) | Piece::Close { .. } | Piece::Comment(_) | Piece::Branch(..) => {
                blank(&mut out, &piece.at());
            }
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// The body with blanks for style sheets and comments, which have signs of their own.
fn without_styles(mail: &Mail<'_>, text: &str) -> String {
    let mut out = without_tags(text).into_bytes();
    for piece in &mail.facts.pieces {
        match piece {
            Piece::Raw(..) | Piece::Comment(_) => blank(&mut out, &piece.at()),
            Piece::Text(_) | Piece::Open(_) | Piece::Close { .. } | Piece::Branch(..) => {}
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// `%%FIRSTNAME%%`, `*|FNAME|*` and the like, with one short word inside.
fn pairs<'t>(text: &'t str, signs: &Bytes) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let of_pair = move |&(open, close): &(&'static str, &'static str)| {
        places(text, open).filter_map(move |at| {
            let inside = nearby(text, at + open.len());
            let end = inside.find(close)?;
            let word = inside.get(..end)?.trim();
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ' ' | ':' | '=' | '-');
            (!word.is_empty() && word.chars().all(is_word) && !word.starts_with(|c: char| c.is_ascii_digit()))
                .then(|| at..at + open.len() + end + close.len())
        })
    };
    let possible: Vec<_> = PAIRS.iter().filter(|(open, _)| signs.may_hold(open)).collect();
    let program = move |(open, close): (&'static str, &'static str)| {
        places(text, open).filter_map(move |at| {
            let end = nearby(text, at + open.len()).find(close)?;
            Some(at..at + open.len() + end + close.len())
        })
    };
    let programs: Vec<_> = PROGRAMS.into_iter().filter(|(open, _)| signs.may_hold(open)).collect();
    programs.into_iter().flat_map(program).chain(possible.into_iter().flat_map(of_pair))
}

/// `[First Name]` and `{first_name}`; in Markdown, links look alike.
fn waiting<'t>(text: &'t str, signs_of: &Bytes, has_links: bool) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let possible: Vec<_> = BRACKETS.into_iter().filter(|(open, _)| signs_of.may_hold(open)).collect();
    let brackets = possible.into_iter().flat_map(move |(open, close)| {
        places(text, open).filter_map(move |at| {
            let inside = nearby(text, at + open.len());
            let end = inside.find(close)?;
            let word = inside.get(..end)?.trim().to_lowercase();
            let after = text.get(at + open.len() + end + close.len()..).unwrap_or("");
            let is_link = has_links && open == "[" && after.starts_with(['(', '[', ':']);
            let of_system = open == "{"
                && (OF_SYSTEMS.contains(&word.as_str())
                    || OF_SYSTEMS_WITH.iter().any(|begin| word.len() > begin.len() && word.starts_with(begin)));
            let waits = of_system
                || WAITING.contains(&word.as_str())
                || WAITING_JA.contains(&word.as_str())
                || word.starts_with("insert ");
            // A heading of Markdown may stand between signs and blanks.
            let is_heading = open == close && word.len() < end;
            (waits && !is_link && !is_heading).then(|| at..at + open.len() + end + close.len())
        })
    });
    brackets.chain(percents(text)).chain(hashes(text)).chain(signs(text))
}

/// `#FNAME#`; other words between two of them are something else.
fn hashes(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('#').filter_map(move |(at, _)| {
        let inside = text.get(at + 1..)?;
        let end = inside.bytes().take(40).position(|byte| !(byte.is_ascii_uppercase() || byte == b'_'))?;
        let waits = WAITING.contains(&inside.get(..end)?.to_lowercase().as_str());
        (waits && inside.get(end..)?.starts_with('#')).then(|| at..at + 1 + end + 1)
    })
}

/// `%FIRSTNAME%`, `%recipient.name%` and `%会社名%`; per cent has a digit before it.
fn percents(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('%').filter_map(move |(at, _)| {
        let inside = text.get(at + 1..)?;
        let mut japanese =
            WAITING_JA.iter().filter_map(|word| inside.strip_prefix(word).map(|rest| (word.len(), rest)));
        if let Some((length, _)) = japanese.find(|(_, rest)| rest.starts_with('%')) {
            return Some(at..at + 1 + length + 1);
        }
        let end =
            inside.bytes().take(40).position(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.')))?;
        let word = inside.get(..end)?;
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let is_name = word.len() >= 4
            && (word.contains(['.', '_']) || word.bytes().all(|byte| byte.is_ascii_uppercase()))
            || WAITING.contains(&word.to_lowercase().as_str());
        let is_apart = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '%');
        (is_name && is_apart && inside.get(end..)?.starts_with('%') && !inside.get(end..)?.starts_with("%%"))
            .then(|| at..at + 1 + end + 1)
    })
}

/// `〇〇様`, `株式会社〇〇` and `〇〇株式会社`, which stand in many drafts.
fn signs(text: &str) -> impl Iterator<Item = Range<usize>> {
    const COMPANY: &str = "株式会社";
    runs(text).filter_map(move |run| {
        let before = text.get(..run.start)?.strip_suffix(COMPANY);
        let title = TITLES.iter().find(|title| text.get(run.end..).is_some_and(|rest| rest.starts_with(**title)));
        let is_before = text.get(run.end..).is_some_and(|rest| rest.starts_with(COMPANY));
        match (title, before) {
            (Some(title), _) => Some(run.start..run.end + title.len()),
            (None, Some(before)) => Some(before.len()..run.end),
            (None, None) => is_before.then(|| run.start..run.end + COMPANY.len()),
        }
    })
}

/// Signs that stand twice for a name in Japanese drafts, as in `〇〇様`.
fn is_sign(c: char) -> bool {
    matches!(c, '〇' | '○' | '◯' | '●' | '◎' | '△' | '▲' | '□' | '■' | '×' | '✕' | '＊' | '*' | '＿')
}

/// Where one of the signs stands twice or more.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut signs = text.char_indices().filter(|(_, c)| is_sign(*c)).peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, sign) = signs.next()?;
            let mut end = start + sign.len_utf8();
            while let Some((at, _)) = signs.next_if(|next| *next == (end, sign)) {
                end = at + sign.len_utf8();
            }
            if end > start + sign.len_utf8() {
                return Some(start..end);
            }
        }
    })
}

/// The text from a byte on, as far as a placeholder may reach.
fn nearby(text: &str, from: usize) -> &str {
    const LONGEST: usize = 80;
    let rest = text.get(from..).unwrap_or("");
    let end = (LONGEST..LONGEST + 4).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}

fn drafts(text: &str, signs: &Bytes) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let of_word = |word: &'static str| {
        let within = if word.starts_with("lorem") { &lower } else { text };
        let found = places(within, word).map(|at| at..at + word.len());
        found.filter(|at| is_whole_word(within, at) && !is_list(within, at.end)).collect::<Vec<_>>()
    };
    // Capitals are looked for as they are.
    let is_possible = |word: &&str| word.starts_with("lorem") || signs.may_hold(word);
    DRAFT.into_iter().filter(is_possible).flat_map(of_word).collect()
}

/// Where a short word stands in a text. Looking for its first sign is much faster than looking for all of it.
fn places<'t>(text: &'t str, word: &'static str) -> impl Iterator<Item = usize> + 't {
    let first = word.chars().next().unwrap_or_default();
    text.match_indices(first).map(|(at, _)| at).filter(move |at| text[*at..].starts_with(word))
}

fn is_whole_word(text: &str, at: &Range<usize>) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let before = text.get(..at.start).and_then(|before| before.chars().next_back());
    let after = text.get(at.end..).and_then(|after| after.chars().next());
    !before.is_some_and(joins) && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `TODO list`, `TODOリスト`: a thing, not a note.
fn is_list(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or("").trim_start().to_lowercase();
    ["list", "リスト", "管理", "app", "アプリ", "items"].iter().any(|word| rest.starts_with(word))
}
