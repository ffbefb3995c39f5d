//! The words of a mail, way by way in which it can look.

use std::collections::BTreeSet;

use super::COLUMNS;
use crate::diff::model::Content;
use crate::diff::rendered::Shown;
use crate::diff::words::difference;

/// Ways in which one mail can look that are told.
const SHOWN: usize = 3;

/// The words, way by way; what many ways have in common is said once. If something `is_told`, another page says no more.
pub(super) fn looks(old: &[Shown], new: &[Shown], is_told: bool) -> Vec<(Content, String)> {
    if are_all_alike(old, new) {
        return Vec::new();
    }
    let pairs = paired(old, new);
    let mut found: Vec<(String, BTreeSet<&str>)> = Vec::new();
    let mut same = BTreeSet::new();
    let mut otherwise = false;
    for (one, two) in &pairs {
        let subject = difference(&one.subject, &two.subject, COLUMNS).map(|says| format!("subject: {says}"));
        let body = difference(&one.words, &two.words, COLUMNS).map(|says| format!("body: {says}"));
        let text = difference(&one.text, &two.text, COLUMNS).map(|says| format!("text: {says}"));
        otherwise |= one.html != two.html;
        if subject.is_none() && body.is_none() && text.is_none() {
            same.insert(two.holds.as_str());
        }
        for says in subject.into_iter().chain(body).chain(text) {
            match found.iter_mut().find(|(known, _)| part(known) == part(&says) && edits(known) == edits(&says)) {
                Some((_, holds)) => _ = holds.insert(&two.holds),
                None => found.push((says, BTreeSet::from([two.holds.as_str()]))),
            }
        }
    }
    let rest = found.len().saturating_sub(SHOWN);
    let mut facts: Vec<String> = found
        .into_iter()
        .take(SHOWN)
        .map(|(says, holds)| match holds.first().filter(|first| !same.is_empty() && !first.is_empty()) {
            Some(first) => format!("{says} (where {first})"),
            None => says,
        })
        .collect();
    if rest > 0 {
        facts.push(format!("body: and {rest} more differences, by what the lead is like"));
    }
    let mut asked: Vec<String> =
        pairs.iter().filter_map(|(one, two)| difference(&one.holds, &two.holds, COLUMNS)).collect();
    asked.dedup_by(|one, other| edits(one) == edits(other));
    facts.extend(asked.into_iter().take(SHOWN).map(|says| format!("body: shown where {says}")));
    let lone = |all: &[Shown], others: &[Shown]| -> BTreeSet<String> {
        let is_alone = |one: &&Shown| all.len() != others.len() && !others.iter().any(|two| two.holds == one.holds);
        // Who is not told apart from anybody is everybody.
        all.iter().filter(is_alone).map(|one| one.holds.clone()).filter(|holds| !holds.is_empty()).collect()
    };
    facts.extend(lone(new, old).into_iter().take(SHOWN).map(|holds| format!("body: newly told apart, {holds}")));
    facts.extend(lone(old, new).into_iter().take(SHOWN).map(|holds| format!("body: no longer told apart, {holds}")));
    if facts.is_empty() && otherwise && !is_told {
        facts.push("body: the same words, laid out otherwise".to_owned());
    }
    facts.into_iter().map(|says| (Content::Copy, says)).collect()
}

/// Whether everybody gets the same mail before and after, whoever is told apart for it. Of each way there are two, for a lead
/// that is known and for one that is not.
fn are_all_alike(old: &[Shown], new: &[Shown]) -> bool {
    let looks = |one: &'_ Shown| (one.subject.clone(), one.words.clone(), one.text.clone(), one.html.clone());
    [0, 1].into_iter().all(|known| {
        let of = |all: &'_ [Shown]| all.iter().skip(known).step_by(2).map(looks).collect::<Vec<_>>();
        let (old, new) = (of(old), of(new));
        old.iter().chain(&new).all(|one| Some(one) == old.first())
    })
}

/// The part of the mail that a difference is about.
fn part(says: &str) -> Option<&str> {
    says.split(':').next()
}

/// What is gone and what is new in a difference, without the words around it.
fn edits(says: &str) -> Vec<&str> {
    let ends = |open: &'static str, close: &'static str| {
        let inside = move |part: &'_ str| part.split_once(close).map(|(inside, _)| inside.len());
        says.match_indices(open).filter_map(move |(at, _)| says.get(at..at + inside(&says[at..])?))
    };
    ends("[-", "-]").chain(ends("{+", "+}")).collect()
}

/// Ways that belong together: by place where there are as many, else by what holds.
fn paired<'s>(old: &'s [Shown], new: &'s [Shown]) -> Vec<(&'s Shown, &'s Shown)> {
    if old.len() == new.len() {
        return old.iter().zip(new).collect();
    }
    let of = |two: &'s Shown, at: usize| {
        // For each way there is a lead that is known, and one that is not.
        let same = old.iter().enumerate().find(|(number, one)| one.holds == two.holds && number % 2 == at % 2);
        same.map(|(_, one)| (one, two))
    };
    new.iter().enumerate().filter_map(|(at, two)| of(two, at)).collect()
}
