//! `spam-phrase`: words that a filter counts, with its own figure. Lists of "spam words" that go round have no such source, and
//! are not taken.

use std::ops::Range;

use super::Mail;
use crate::diag::{Code, Diagnostic, Sink};
use crate::text::is_alphanumeric;

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

/// By the letter, how long the words are that begin with it and begin a phrase: a bit for each length.
const FIRST_WORDS: [u32; 128] = {
    let mut lengths = [0; 128];
    let mut at = 0;
    while at < PHRASES.len() + IN_SUBJECTS.len() {
        let (phrase, _) = if at < PHRASES.len() { PHRASES[at] } else { IN_SUBJECTS[at - PHRASES.len()] };
        let phrase = phrase.as_bytes();
        let mut length = 0;
        while phrase[length] != b' ' {
            length += 1;
        }
        lengths[phrase[0] as usize] |= 1 << length;
        at += 1;
    }
    lengths
};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (text, shown) in mail.each_shown().filter(|(_, shown)| may_have_any(shown)) {
        let is_subject = std::ptr::eq(&mail.texts.subject, text);
        let words = words(shown);
        // Few words begin a phrase.
        let begins: Vec<usize> = (0..words.len()).filter(|at| begins_any(words[*at].0.as_bytes())).collect();
        for (phrase, tenths) in PHRASES.iter().chain(IN_SUBJECTS.iter().filter(|_| is_subject)) {
            let Some(at) = find(&words, &begins, phrase) else { continue };
            let points = format!("{}.{}", tenths / 10, tenths % 10);
            let message =
                format!("SpamAssassin counts {points} points for “{phrase}”, and calls a mail spam from 5 on");
            let finding = Diagnostic::new(Code::SpamPhrase, text.place(&at), message);
            sink.push(finding.help("say it in other words"));
        }
    }
}

/// Whether a stretch of letters begins a phrase. All of them are of ASCII, and most texts have none.
fn may_have_any(text: &str) -> bool {
    let mut stretches = text.as_bytes().split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'%'));
    stretches.any(begins_any)
}

/// Words with their bytes. Hyphens part words, and an end of a sentence is a word of its own.
fn words(text: &str) -> Vec<(&str, Range<usize>)> {
    let is_of_word = |c: char| is_alphanumeric(c) || c == '%';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| is_of_word(c) || matches!(c, '.' | '!' | '?' | '。')) {
        let from = text.len() - rest.len() + start;
        rest = &text[from..];
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        // A sign that ends a sentence.
        let (word, length) = match length {
            0 => (".", rest.chars().next().map_or(0, char::len_utf8)),
            length => (&rest[..length], length),
        };
        words.push((word, from..from + length));
        rest = &rest[length..];
    }
    words
}

fn begins_any(word: &[u8]) -> bool {
    let Some(first) = word.first().map(u8::to_ascii_lowercase) else { return false };
    let lengths = FIRST_WORDS.get(usize::from(first)).copied().unwrap_or(0);
    let begins = |phrase: &str| {
        let begins = phrase.as_bytes().get(..word.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(word));
        begins && phrase.as_bytes().get(word.len()) == Some(&b' ')
    };
    word.len() < 32
        && lengths >> word.len() & 1 == 1
        && PHRASES.iter().chain(IN_SUBJECTS).any(|(phrase, _)| begins(phrase))
}

/// The first place of a phrase that begins at one of these words.
fn find(words: &[(&str, Range<usize>)], begins: &[usize], phrase: &str) -> Option<Range<usize>> {
    begins.iter().find_map(|from| Some(words[*from].1.start..words.get(end_of(words, *from, phrase)?)?.1.end))
}

/// The last word of the phrase, if it begins at `from`.
fn end_of(words: &[(&str, Range<usize>)], from: usize, phrase: &str) -> Option<usize> {
    /// Most words that stand between two parts of a phrase.
    const BETWEEN: usize = 4;
    let (first, rest) = phrase.split_once(' ').map_or((phrase, None), |(first, rest)| (first, Some(rest)));
    if let ("…", Some(rest)) = (first, rest) {
        let between =
            |skip: &usize| words.get(from..from + skip).is_some_and(|part| part.iter().all(|(word, _)| *word != "."));
        return (0..=BETWEEN).filter(between).find_map(|skip| end_of(words, from + skip, rest));
    }
    match (words.get(from)?.0.eq_ignore_ascii_case(first), rest) {
        (false, _) => None,
        (true, None) => Some(from),
        (true, Some(rest)) => end_of(words, from + 1, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, find, words};

    fn found(text: &str, phrase: &str) -> Option<Range<usize>> {
        let words = words(text);
        find(&words, &(0..words.len()).collect::<Vec<_>>(), phrase)
    }

    #[test]
    fn phrases_are_found_over_blanks_and_hyphens() {
        let at = |text: &str, phrase: &str| found(text, phrase).map(|at| text[at].to_owned());
        assert_eq!(at("a Money-back\n guarantee!", "money back guarantee").as_deref(), Some("Money-back\n guarantee"));
        assert_eq!(
            at("a free, quick online quote", "free … online … quote").as_deref(),
            Some("free, quick online quote")
        );
        assert_eq!(at("It is free. Then comes an online quote", "free … online … quote"), None);
        assert_eq!(at("many dear friends", "dear friend"), None);
    }
}
