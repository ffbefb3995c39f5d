//! Whom journeys reach.

use super::chart::{histogram, spark};
use super::figure::{Spread, count, percent, ratio};
use super::notice::{Below, Notice};
use super::table::{cells, pad, push_line};
use crate::backend::sim::{Figures, ReachFigures};

/// Pairs of journeys that are shown; the JSON format has all.
const PAIRS_SHOWN: usize = 8;

/// Journeys whose calendar is shown; the JSON format has all.
const LINES_SHOWN: usize = 12;

/// How many journeys leads are in, who is in none, and which journeys overlap. Empty without journeys.
pub(super) fn reach(figures: &Figures, width: usize) -> String {
    let Some(notice) = notice(figures) else { return String::new() };
    notice.print_head(width) + &histogram(&figures.reach.leads_by_journeys, width) + &notice.print_below(width)
}

/// The same without the histogram; nothing without journeys.
pub(super) fn notice(figures: &Figures) -> Option<Notice> {
    let reach = &figures.reach;
    if figures.journeys.0.is_empty() || reach.leads_by_journeys.is_empty() {
        return None;
    }
    let spread = Spread::of(&reach.leads_by_journeys);
    let none = reach.leads_by_journeys.get(&0).copied().unwrap_or(0);
    let mean = format!("mean {}", ratio(spread.sum, spread.leads));
    let facts = vec![mean, format!("in none {} ({})", count(none), percent(none, spread.leads))];
    let below = [Below::of("in none:", in_none(figures)), Below::of("in both at once:", overlaps(figures))];
    Some(Notice { title: "Journeys per lead", facts, below: below.into_iter().flatten().collect() })
}

fn in_none(figures: &Figures) -> Vec<String> {
    let reach = &figures.reach;
    let personas = figures.personas.iter().map(|(name, persona)| (name, persona.leads));
    let of = |name: &str| reach.in_none.get(name).copied().unwrap_or(0);
    let named = personas.map(|(name, leads)| (name, of(name), leads));
    let all = named.chain([("no persona", reach.in_none_without_persona, figures.no_persona.leads)]);
    all.filter(|(_, none, _)| *none > 0)
        .map(|(name, none, leads)| format!("{name} {} of {}", count(none), count(leads)))
        .collect()
}

fn overlaps(figures: &Figures) -> Vec<String> {
    let pairs = pairs(figures);
    let more = pairs.len().saturating_sub(PAIRS_SHOWN);
    let shown = pairs.into_iter().take(PAIRS_SHOWN);
    let mut items: Vec<String> =
        shown.map(|([first, second], leads)| format!("{first} + {second} {}", count(leads))).collect();
    items.extend((more > 0).then(|| format!("and {more} more pairs, in the JSON format")));
    items
}

/// Pairs of journeys with the leads that were in both at once, most first.
pub(super) fn pairs(figures: &Figures) -> Vec<([&str; 2], u64)> {
    let name = |number: usize| figures.journeys.0.get(number).map_or("", |(name, _)| name.as_str());
    let named = |(pair, leads): (&(usize, usize), &u64)| ([name(pair.0), name(pair.1)], *leads);
    let mut pairs: Vec<([&str; 2], u64)> = figures.reach.overlaps.iter().map(named).collect();
    // A stable sort: pairs with as many leads stay in journey order.
    pairs.sort_by_key(|(_, leads)| std::cmp::Reverse(*leads));
    pairs
}

/// What was sent day by day, a line of marks for each journey; the busiest ones.
pub(super) struct Calendar<'a> {
    lines: Vec<(&'a str, &'a [u64], u64)>,
    more: usize,
}

impl<'a> Calendar<'a> {
    /// The calendar; without lines where fewer than two journeys send anything.
    pub(super) fn of(reach: &'a ReachFigures) -> Calendar<'a> {
        let totals = reach.sends_per_day.iter().map(|(name, days)| (name, days.as_slice(), days.iter().sum()));
        let mut lines: Vec<(&str, &[u64], u64)> = totals.filter(|(_, _, total)| *total > 0).collect();
        if lines.len() < 2 {
            lines.clear();
        }
        // A stable sort: journeys that send as much stay in their order.
        lines.sort_by_key(|(_, _, total)| std::cmp::Reverse(*total));
        let more = lines.len().saturating_sub(LINES_SHOWN);
        lines.truncate(LINES_SHOWN);
        Calendar { lines, more }
    }

    /// Columns that stand beside the marks.
    pub(super) fn beside(&self) -> usize {
        let counts = self.lines.iter().map(|(_, _, total)| count(*total).len()).max();
        counts.map_or(0, |counts| self.names() + counts + 4)
    }

    fn names(&self) -> usize {
        self.lines.iter().map(|(name, _, _)| cells(name)).max().unwrap_or(0)
    }

    /// The lines, one mark for `size` days.
    pub(super) fn print(&self, size: usize) -> String {
        let (names, mut text) = (self.names(), String::new());
        for (name, days, total) in &self.lines {
            let heights: Vec<u64> = days.chunks(size).map(|days| days.iter().sum()).collect();
            push_line(&mut text, &format!("  {}  {}  {}", spark(&heights), pad(name, names), count(*total)));
        }
        if self.more > 0 {
            push_line(&mut text, &format!("  and {} more journeys, in the JSON format", self.more));
        }
        text
    }
}
