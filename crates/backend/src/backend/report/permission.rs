//! What leads allow: who agreed to what, who confirmed, who sleeps.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{count, percent, rate};
use super::table::{Block, Line, Table};
use crate::backend::sim::{ConsentFigures, EngagementFigures, Named, TopicFigures};
use crate::ir::Campaign;

/// The section about consent; `None` if the campaign says nothing about it beyond the consent of topics.
pub(super) fn consent(figures: Option<&ConsentFigures>, campaign: &Campaign) -> Option<Block> {
    let figures = figures.filter(|figures| !figures.topics.0.is_empty())?;
    let heads = ["at start", "in", "to confirm", "out", "asked", "confirmed", "rate", "lapsed", "left"];
    let mut table = Table::new("Consent", &heads);
    for (name, topic) in figures.topics.iter() {
        let numbers = vec![
            count(topic.start),
            count(topic.agreed + topic.implied),
            count(topic.pending),
            count(topic.out),
            count(topic.asked),
            count(topic.confirmed),
            percent(topic.confirmed, topic.asked),
            count(topic.expired),
            count(topic.left),
        ];
        let label = campaign.topics.get(name).and_then(|definition| definition.label.as_deref());
        let mut line = Line::new(label, name, numbers);
        line.notes = notes(topic);
        table.push(line);
    }
    let mut says = vec!["rate: confirmed of the asked; in, to confirm and out are at the end".to_owned()];
    let words = [
        (figures.left_all, "out of everything"),
        (figures.paused, "times a pause"),
        (figures.fewer, "times fewer"),
        (figures.usual, "times as usual again"),
    ];
    let words = words.iter().filter(|(number, _)| *number > 0);
    let words: Vec<String> = words.map(|(number, words)| format!("{} {words}", count(*number))).collect();
    if !words.is_empty() {
        says.push(format!("choices: {}", words.join(", ")));
    }
    Some(Block { table, notes: says })
}

/// What those in agreed to, and where they are.
fn notes(topic: &TopicFigures) -> Vec<(String, Vec<String>)> {
    let counts = |counts: &mut dyn Iterator<Item = (&str, u64)>| -> Vec<String> {
        counts.filter(|(_, number)| *number > 0).map(|(word, number)| format!("{word} {}", count(number))).collect()
    };
    let implied = std::iter::once(("implied", topic.implied));
    let basis = counts(&mut topic.basis.iter().map(|(word, number)| (*word, *number)).chain(implied));
    let texts = counts(&mut topic.texts.iter().map(|(word, number)| (word.as_str(), *number)));
    let worded = topic.texts.keys().any(|version| version != "none" && version != "unknown");
    let mut notes = Vec::new();
    if !basis.is_empty() {
        notes.push(("in by:".to_owned(), basis));
    }
    if worded {
        notes.push(("text:".to_owned(), texts));
    }
    let markets = topic.markets.iter().map(|(name, market)| (name, market.agreed + market.implied, market));
    let markets = markets.map(|(name, may, market)| (name, may, may + market.pending + market.out));
    let markets: Vec<String> = markets
        .filter(|(.., all)| *all > 0)
        .map(|(name, may, all)| format!("{name} {} of {} ({})", count(may), count(all), percent(may, all).trim()))
        .collect();
    if !markets.is_empty() {
        notes.push(("in by market:".to_owned(), markets));
    }
    notes
}

/// The section about interest; `None` without a sunset.
pub(super) fn engagement(figures: Option<&ConsentFigures>) -> Option<Block> {
    let EngagementFigures { start, end, fell_asleep, set, woke } = figures?.engagement?;
    let mut table = Table::new("Engagement", &["at start", "at end", "became"]);
    for (name, start, end, became) in [
        ("active", start.active, end.active, woke),
        ("sleeping", start.sleeping, end.sleeping, fell_asleep),
        ("sunset", start.sunset, end.sunset, set),
    ] {
        table.push(Line::new(None, name, vec![count(start), count(end), count(became)]));
    }
    Some(Block { table, notes: Vec::new() })
}

/// The same figures with rates, for programs.
#[derive(Serialize)]
pub(super) struct Consent<'a> {
    topics: Named<Rated<'a>>,
    left_all: u64,
    paused: u64,
    fewer: u64,
    usual: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<EngagementFigures>,
}

#[derive(Serialize)]
struct Rated<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    figures: &'a TopicFigures,
    rates: BTreeMap<&'static str, Option<f64>>,
}

/// The figures for programs; `None` if there are none.
pub(super) fn json<'a>(figures: Option<&'a ConsentFigures>, campaign: &'a Campaign) -> Option<Consent<'a>> {
    let figures = figures?;
    let rated = |(name, topic): (&str, &'a TopicFigures)| {
        let leads = topic.agreed + topic.implied + topic.pending + topic.out;
        let rates = [("confirmed", rate(topic.confirmed, topic.asked)), ("in", rate(topic.agreed, leads))];
        let label = campaign.topics.get(name).and_then(|definition| definition.label.as_deref());
        (name.to_owned(), Rated { label, figures: topic, rates: rates.into() })
    };
    Some(Consent {
        topics: Named(figures.topics.iter().map(rated).collect()),
        left_all: figures.left_all,
        paused: figures.paused,
        fewer: figures.fewer,
        usual: figures.usual,
        engagement: figures.engagement,
    })
}
