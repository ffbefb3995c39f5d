//! What a mail asks of a lead in the tags of its templates, by address: scores and grades, persona, lists, segments, topics.
//!
//! In: a template. Out: addresses. Never: what is printed, which is a merge field (`links`); stages, which follow from nearly
//! everything.

use std::collections::BTreeSet;

use super::both::Both;
use super::worlds::Side;
use crate::ir::{Campaign, Email, Grading, Scoring};
use crate::text::tags;

/// The addresses that the templates of an email ask for.
pub(super) fn of_email(campaign: &Campaign, email: &Email) -> BTreeSet<String> {
    let texts =
        [Some(email.subject.as_str()), email.preheader.as_deref(), Some(email.body.template()), email.text.as_deref()];
    texts.into_iter().flatten().flat_map(|text| of_text(campaign, text)).collect()
}

fn of_text(campaign: &Campaign, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for tag in tags(text) {
        let tag = text.get(tag.at.clone()).unwrap_or("");
        for (at, word) in words(tag) {
            let quoted = || {
                tag.get(at + word.len()..)?
                    .trim_start()
                    .strip_prefix('(')?
                    .trim_start()
                    .get(1..)?
                    .split(['"', '\''])
                    .next()
            };
            let named = |kind: &str| quoted().map(|name| format!("{kind}.{name}"));
            match word {
                "score" => found.extend(campaign.scoring.keys().map(|model| format!("scoring.{model}"))),
                "grade" => found.extend(campaign.grading.keys().map(|model| format!("grading.{model}"))),
                "persona" => _ = found.insert("personas".to_owned()),
                "in_list" => found.extend(named("lists")),
                "in_segment" => found.extend(named("segments")),
                "subscribed" => found.extend(named("topics")),
                _ => {}
            }
        }
    }
    found
}

/// The words of a tag, and where they begin.
fn words(tag: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    tag.split_inclusive(move |c: char| !is_word(c)).filter_map(move |part| {
        let from = at;
        at += part.len();
        let word = part.trim_end_matches(|c: char| !is_word(c));
        (!word.is_empty()).then_some((from, word))
    })
}

/// What an email asks for that is defined otherwise. What only follows from another definition is told where it is asked.
pub(super) fn otherwise(both: &Both<'_>, email: &Email) -> Vec<String> {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    let is_otherwise = |address: &String| match address.split_once('.') {
        Some(("segments", name)) => {
            let of = |side: Side| {
                let segment = both.campaign(side).segments.get(name)?;
                Some(both.worlds.ruled(side, &segment.when.expr))
            };
            of(Side::Before) != of(Side::After)
        }
        Some(("scoring", name)) => {
            let of = |campaign: &Campaign| campaign.scoring.get(name).map(|of| Scoring { label: None, ..of.clone() });
            of(before) != of(after)
        }
        Some(("grading", name)) => {
            let of = |campaign: &Campaign| campaign.grading.get(name).map(|of| Grading { label: None, ..of.clone() });
            of(before) != of(after)
        }
        Some(("lists", name)) => {
            let of = |campaign: &Campaign| campaign.lists.get(name).map(|of| (of.ids.clone(), of.emails.clone()));
            of(before) != of(after)
        }
        Some(("topics", name)) => both.worlds.differing.topics.contains_key(name),
        Some(_) => false,
        None => address == "personas" && both.worlds.differing.personas,
    };
    of_email(after, email).into_iter().filter(is_otherwise).collect()
}
