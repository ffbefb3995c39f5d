//! `spam-phrase`: words that a filter counts, with its own figure. Lists of "spam words" that go round have no such source, and
//! are not taken.

use std::ops::Range;

use super::Mail;
use super::placeholders::{without_tags, words_of_body};
use crate::diag::{Code, Diagnostic, Sink};

/// Phrases of rules of SpamAssassin 4.0 (`20_phrases.cf` and those beside it; Apache-2.0), with the tenths of points that they
/// count by themselves where no network is asked (`50_scores.cf`). `…` stands for up to four words.
const PHRASES: &[(&str, u32)] = &[
    ("dear friend", 27),
    ("dear … winner", 31),
    ("money back guarantee", 29),
    ("100% guaranteed", 27),
    ("to be removed from … mailings", 29),
    ("to be removed from … offers", 29),
    ("free … instant … quote", 27),
    ("free … online … quote", 27),
    ("free … no obligation … quote", 27),
    ("unclaimed money", 27),
    ("unclaimed funds", 27),
    ("unclaimed prize", 27),
    ("unclaimed reward", 27),
    ("one time offer", 18),
    ("one time promotion", 18),
    ("one time charge", 18),
    ("urgent … business", 17),
];
/// The same in subjects alone.
const IN_SUBJECTS: &[(&str, u32)] = &[("as seen", 27), ("lose … pounds", 19)];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for text in mail.each_text() {
        let is_body = mail.texts.body.as_ref().is_some_and(|body| std::ptr::eq(body, text));
        let is_subject = std::ptr::eq(&mail.texts.subject, text);
        let words = if is_body { words_of_body(mail, &text.text) } else { without_tags(&text.text) };
        let words = words_with_places(&words);
        for (phrase, tenths) in PHRASES.iter().chain(IN_SUBJECTS.iter().filter(|_| is_subject)) {
            let Some(at) = find(&words, phrase) else { continue };
            let points = format!("{}.{}", tenths / 10, tenths % 10);
            let message =
                format!("SpamAssassin counts {points} points for “{phrase}”, and calls a mail spam from 5 on");
            let finding = Diagnostic::new(Code::SpamPhrase, text.place(&at), message);
            sink.push(finding.help("say it in other words"));
        }
    }
}

/// Words in lower case, with their bytes. Hyphens part words, and an end of a sentence is a word of its own.
fn words_with_places(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    let mut is_open = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if c.is_alphanumeric() || c == '%' {
            match words.last_mut().filter(|_| is_open) {
                Some((word, at)) => {
                    word.extend(c.to_lowercase());
                    at.end = end;
                }
                None => words.push((c.to_lowercase().collect(), start..end)),
            }
            is_open = true;
        } else {
            if matches!(c, '.' | '!' | '?' | '。') {
                words.push((".".to_owned(), start..end));
            }
            is_open = false;
        }
    }
    words
}

fn find(words: &[(String, Range<usize>)], phrase: &str) -> Option<Range<usize>> {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    (0..words.len()).find_map(|from| {
        let end = end_of(words, from, &wanted)?;
        Some(words.get(from)?.1.start..words.get(end)?.1.end)
    })
}

/// The last word of the phrase, if it begins at `from`.
fn end_of(words: &[(String, Range<usize>)], from: usize, wanted: &[&str]) -> Option<usize> {
    /// Most words that stand between two parts of a phrase.
    const BETWEEN: usize = 4;
    let (first, rest) = wanted.split_first()?;
    if *first == "…" {
        let between =
            |skip: &usize| words.get(from..from + skip).is_some_and(|part| part.iter().all(|(word, _)| word != "."));
        return (0..=BETWEEN).filter(between).find_map(|skip| end_of(words, from + skip, rest));
    }
    let word = &words.get(from)?.0;
    match (word == first, rest) {
        (false, _) => None,
        (true, []) => Some(from),
        (true, rest) => end_of(words, from + 1, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{find, words_with_places};

    #[test]
    fn phrases_are_found_over_blanks_and_hyphens() {
        let at = |text: &str, phrase: &str| find(&words_with_places(text), phrase).map(|at| text[at].to_owned());
        assert_eq!(at("a Money-back\n guarantee!", "money back guarantee").as_deref(), Some("Money-back\n guarantee"));
        assert_eq!(
            at("a free, quick online quote", "free … online … quote").as_deref(),
            Some("free, quick online quote")
        );
        assert_eq!(at("It is free. Then comes an online quote", "free … online … quote"), None);
        assert_eq!(at("many dear friends", "dear friend"), None);
    }
}
