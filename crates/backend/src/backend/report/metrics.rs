//! Figures of mails by what they belong to: journey, topic, segment, day of sending.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{count, percent, rate};
use super::rates::{Ends, Intervals, simple};
use super::sums::last_day;
use super::table::{Block, Line, Table};
use crate::backend::sim::{Named, Outcome, Section, Tally};
use crate::ir::{Campaign, MetricsBy};

/// For a program.
#[derive(Serialize)]
pub(super) struct Metrics {
    by_journey: Named<Rates>,
    by_topic: Named<Rates>,
    by_segment: Named<Rates>,
    by_day: Vec<Day>,
}

#[derive(Serialize)]
struct Rates {
    #[serde(flatten)]
    tally: Tally,
    rates: RateFigures,
    intervals: BTreeMap<&'static str, Ends>,
}

#[derive(Serialize)]
struct RateFigures {
    delivered: Option<f64>,
    opened: Option<f64>,
    clicked: Option<f64>,
    click_to_open: Option<f64>,
    unsubscribed: Option<f64>,
    complained: Option<f64>,
    bounced: Option<f64>,
}

#[derive(Serialize)]
struct Day {
    date: String,
    #[serde(flatten)]
    rates: Rates,
}

/// All of them as data.
pub(super) fn metrics(outcome: &Outcome, intervals: &Intervals<'_>) -> Metrics {
    let tallies = &outcome.figures.tallies;
    let named = |section: Section, tallies: &Named<Tally>| {
        let rates = |(name, tally)| (str::to_owned(name), rates(tally, intervals.all(section, name)));
        Named(tallies.iter().map(rates).collect::<Vec<_>>())
    };
    let day = |(at, tally)| Day { date: date(outcome, at), rates: rates(tally, of_a_day(tally)) };
    Metrics {
        by_journey: named(Section::ByJourney, &tallies.journeys),
        by_topic: named(Section::ByTopic, &tallies.topics),
        by_segment: named(Section::BySegment, &tallies.segments),
        by_day: tallies.days.iter().enumerate().map(day).collect(),
    }
}

/// A lead gets hardly two mails in one day, so each is taken by itself.
fn of_a_day(tally: &Tally) -> BTreeMap<&'static str, Ends> {
    let of = [
        ("delivered", tally.delivered, tally.sent),
        ("opened", tally.opened, tally.delivered),
        ("clicked", tally.clicked, tally.delivered),
        ("click_to_open", tally.clicked, tally.opened),
        ("unsubscribed", tally.unsubscribed, tally.delivered),
        ("complained", tally.complained, tally.delivered),
        ("bounced", tally.soft_bounced + tally.hard_bounced, tally.sent),
    ];
    of.into_iter().filter_map(|(name, part, whole)| Some((name, simple(part, whole)?))).collect()
}

fn rates(tally: &Tally, intervals: BTreeMap<&'static str, Ends>) -> Rates {
    Rates {
        tally: *tally,
        rates: RateFigures {
            delivered: rate(tally.delivered, tally.sent),
            opened: rate(tally.opened, tally.delivered),
            clicked: rate(tally.clicked, tally.delivered),
            click_to_open: rate(tally.clicked, tally.opened),
            unsubscribed: rate(tally.unsubscribed, tally.delivered),
            complained: rate(tally.complained, tally.delivered),
            bounced: rate(tally.soft_bounced + tally.hard_bounced, tally.sent),
        },
        intervals,
    }
}

fn date(outcome: &Outcome, day: usize) -> String {
    last_day(&outcome.run.start, u32::try_from(day + 1).unwrap_or(u32::MAX))
}

/// A table for each of what the settings ask for; without those that have no rows.
pub(super) fn tables(outcome: &Outcome, campaign: &Campaign) -> Vec<Block> {
    let asked = campaign.settings.simulation.by.iter();
    asked.map(|by| table(*by, outcome, campaign)).filter(|block| !block.table.rows.is_empty()).collect()
}

fn table(by: MetricsBy, outcome: &Outcome, campaign: &Campaign) -> Block {
    let tallies = &outcome.figures.tallies;
    // Messages of other channels are counted as well.
    let what = if outcome.figures.messages.is_empty() { "Mails" } else { "Mails and messages" };
    let (by_what, lines): (&str, Vec<Line>) = match by {
        MetricsBy::Journey => {
            let label = |name: &str| campaign.journeys.get(name).and_then(|each| each.label.as_deref());
            ("journey", lines(&tallies.journeys, label))
        }
        MetricsBy::Topic => {
            let label = |name: &str| campaign.topics.get(name).and_then(|each| each.label.as_deref());
            ("topic", lines(&tallies.topics, label))
        }
        MetricsBy::Segment => {
            let label = |name: &str| campaign.segments.get(name).and_then(|each| each.label.as_deref());
            ("segment", lines(&tallies.segments, label))
        }
        MetricsBy::Day => {
            let days = tallies.days.iter().enumerate().filter(|(_, tally)| tally.sent > 0);
            ("day", days.map(|(at, tally)| Line::new(None, &date(outcome, at), numbers(tally))).collect())
        }
    };
    let heads = ["sent", "delivered", "opened", "clicked", "click/open", "unsub", "spam", "bounced"];
    let mut table = Table::new(&format!("{what} by {by_what}"), &heads);
    lines.into_iter().for_each(|line| table.push(line));
    let note = match by {
        MetricsBy::Segment => {
            Some("what was sent to members at the moment of sending; a lead can be a member of several")
        }
        MetricsBy::Day => Some("by the day of sending, with what became of it by the end of the run"),
        MetricsBy::Journey | MetricsBy::Topic => None,
    };
    Block { table, notes: note.into_iter().map(str::to_owned).collect() }
}

fn lines<'a>(tallies: &Named<Tally>, label: impl Fn(&str) -> Option<&'a str>) -> Vec<Line> {
    let sent = tallies.iter().filter(|(_, tally)| tally.sent > 0);
    sent.map(|(name, tally)| Line::new(label(name), name, numbers(tally))).collect()
}

fn numbers(tally: &Tally) -> Vec<String> {
    let with_rate = |part: u64, whole: u64| format!("{} {:>6}", count(part), percent(part, whole));
    vec![
        count(tally.sent),
        count(tally.delivered),
        with_rate(tally.opened, tally.delivered),
        with_rate(tally.clicked, tally.delivered),
        percent(tally.clicked, tally.opened),
        with_rate(tally.unsubscribed, tally.delivered),
        count(tally.complained),
        count(tally.soft_bounced + tally.hard_bounced),
    ]
}
