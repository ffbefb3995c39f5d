//! Words of other tools, and the keys that mean the same here.
//!
//! In: a key that is unknown in its place, and those that are known there. Out: the one that was meant. Never: places.

/// What other tools say, and what is said here.
const WORDS: &[(&str, &str)] = &[
    ("ab_test", "split"),
    ("condition", "branch"),
    ("condition", "when"),
    ("conversion", "goal"),
    ("criteria", "when"),
    ("decision", "branch"),
    ("default", "else"),
    ("delay", "wait"),
    ("email", "send"),
    ("exit_criteria", "exit_when"),
    ("filter", "where"),
    ("frequency_cap", "frequency"),
    ("if", "branch"),
    ("jump", "goto"),
    ("mail", "send"),
    ("message", "send"),
    ("otherwise", "else"),
    ("percent", "weight"),
    ("percentage", "weight"),
    ("reentry", "again"),
    ("send_email", "send"),
    ("sleep", "wait"),
    ("switch", "branch"),
    ("trigger", "entry"),
    ("wait_until", "wait_for"),
];

/// The key that is meant by a word of other tools.
pub(super) fn key_for(word: &str, known: &[&str]) -> Option<&'static str> {
    let word = word.to_lowercase().replace('-', "_");
    WORDS.iter().find(|(other, key)| *other == word && known.contains(key)).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_is_known_in_the_place() {
        assert_eq!(key_for("condition", &["branch", "wait"]), Some("branch"));
        assert_eq!(key_for("Condition", &["when", "event"]), Some("when"));
        assert_eq!(key_for("send-email", &["send"]), Some("send"));
        assert_eq!(key_for("delay", &["median", "p90"]), None);
    }

    #[test]
    fn the_words_are_in_order() {
        assert!(WORDS.is_sorted());
    }
}
