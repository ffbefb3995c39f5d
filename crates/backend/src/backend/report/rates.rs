//! Rates and means of a run with their intervals, and how they were made.
//!
//! A figure rests on too few leads if fewer than 5 count for a share, or fewer than 5 do not, or if fewer than 30 are
//! behind a mean.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{COUNTS, NONE, amount, rounded, within};
use super::kpis::LEVEL;
use super::table::{Line, Table, push_line, push_note};
use crate::backend::sim::{Figures, Section, Spread, spreads};
use crate::ir::Campaign;
use crate::statistics::{self, Arrived, Interval, Moments};

/// A share rests on too few if fewer count, or fewer do not: the usual rule for n·p.
const FEW_OF_A_SHARE: i64 = 5;
/// A mean rests on too few if there are fewer: the usual rule for the central limit.
const FEW_OF_A_MEAN: i64 = 30;

/// The interval of a rate or a mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Ends {
    pub(super) low: f64,
    pub(super) high: f64,
    /// How it was made.
    pub(super) method: &'static str,
    /// Whether it rests on too few leads to rely on.
    pub(super) few_leads: bool,
}

/// What intervals are, for programs.
#[derive(Serialize)]
pub(super) struct About {
    level: f64,
    /// Groups of leads from which the spread was taken.
    groups: u64,
    methods: BTreeMap<&'static str, &'static str>,
}

/// What intervals are.
pub(super) fn about(figures: &Figures) -> About {
    let methods = [
        ("wilson", "Wilson's interval of a share, each taken as independent"),
        (
            "wilson-clustered",
            "Wilson's interval with the effective number of trials, since what one lead does belongs together",
        ),
        ("ratio-linearised", "Student's t with the linearised variance of a ratio of sums over leads"),
    ];
    About { level: LEVEL, groups: figures.groups.groups, methods: methods.into() }
}

/// The intervals of all rates of a run.
pub(super) struct Intervals<'a>(BTreeMap<(Section, &'a str, &'static str), Spread>);

impl<'a> Intervals<'a> {
    /// Of these figures.
    pub(super) fn of(figures: &'a Figures) -> Self {
        Intervals(spreads(figures))
    }

    /// Of one rate; `None` if there is nothing to divide by, or there is no such rate.
    pub(super) fn get(&self, section: Section, name: &str, rate: &str) -> Option<Ends> {
        let rate = section.rates().iter().find(|each| each.0 == rate)?.0;
        let spread = self.0.get(&(section, name, rate))?;
        ends(spread, section, rate)
    }

    /// Of all rates of a block, by name.
    pub(super) fn all(&self, section: Section, name: &str) -> BTreeMap<&'static str, Ends> {
        let rates = section.rates().iter().filter_map(|each| Some((each.0, self.get(section, name, each.0)?)));
        rates.collect()
    }
}

/// Of a share of leads, or of anything else of which each is taken as independent.
pub(super) fn simple(part: u64, whole: u64) -> Option<Ends> {
    let interval = statistics::wilson(part as f64, whole as f64, LEVEL)?;
    let few_leads = part < FEW_OF_A_SHARE as u64 || whole.saturating_sub(part) < FEW_OF_A_SHARE as u64;
    Some(made(interval, "wilson", few_leads))
}

fn ends(spread: &Spread, section: Section, rate: &str) -> Option<Ends> {
    let Spread { groups, hashed, x, y, xx, yy, xy } = *spread;
    let (x, y) = (x as f64, y as f64);
    let sums = Moments { n: groups as f64, x, y, xx: xx as f64, yy: yy as f64, xy: xy as f64 };
    let few_share = spread.x < FEW_OF_A_SHARE || spread.y - spread.x < FEW_OF_A_SHARE;
    match (section.is_share(rate), groups) {
        (true, 0) => Some(made(statistics::wilson(x, y, LEVEL)?, "wilson", few_share)),
        (true, _) => {
            let interval =
                if hashed { statistics::share_of_groups(&sums, LEVEL) } else { statistics::share(&sums, LEVEL) };
            Some(made(interval?, "wilson-clustered", few_share))
        }
        (false, _) => {
            let ends = statistics::ratio(&sums, &Arrived::default(), (0.0, 0.0), LEVEL)?;
            let ends = if section == Section::Scores { ends } else { within(ends, COUNTS) };
            Some(made(ends, "ratio-linearised", spread.y < FEW_OF_A_MEAN))
        }
    }
}

fn made(interval: Interval, method: &'static str, few_leads: bool) -> Ends {
    let Interval { low, high } = interval.map(rounded);
    Ends { low, high, method, few_leads }
}

/// A table of the rates that people look at first, with their intervals.
pub(super) fn table(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let intervals = Intervals::of(figures);
    let mut table = Table::new("95 % intervals", &["opened", "clicked", "unsub", "goal"]);
    let mut few = false;
    let mut cell = |section, name: &str, rate| match intervals.get(section, name, rate) {
        Some(ends) => {
            few |= ends.few_leads;
            share_words(&ends)
        }
        None => NONE.to_owned(),
    };
    let mails = (figures.emails.iter().map(|(name, email)| (Section::Emails, name, email.sent)))
        .chain(figures.messages.iter().map(|(name, message)| (Section::Messages, name, message.sent)));
    let mut rows = 0;
    for (section, name, _) in mails.filter(|(_, _, sent)| *sent > 0) {
        let label = match section {
            Section::Emails => campaign.emails.get(name).and_then(|email| email.label.as_deref()),
            _ => campaign.messages.get(name).and_then(|message| message.label.as_deref()),
        };
        let numbers = ["opened", "clicked", "unsubscribed"].map(|rate| cell(section, name, rate));
        table.push(Line::new(label, name, numbers.into_iter().chain([String::new()]).collect()));
        rows += 1;
    }
    if rows > 1 {
        let numbers = ["opened", "clicked", "unsubscribed"].map(|rate| cell(Section::AllEmails, "all", rate));
        table.push(Line::new(None, "all emails", numbers.into_iter().chain([String::new()]).collect()));
    }
    for (name, _) in figures.journeys.iter().filter(|(_, journey)| journey.entered > 0) {
        let Some(definition) = campaign.journeys.get(name).filter(|journey| journey.goal.is_some()) else { continue };
        let blank = || String::new();
        let numbers = vec![blank(), blank(), blank(), cell(Section::Journeys, name, "goal")];
        table.push(Line::new(definition.label.as_deref(), name, numbers));
        rows += 1;
    }
    if rows == 0 {
        return String::new();
    }
    let mut text = table.print(width);
    if let Some(ends) = intervals.get(Section::Leads, "all", "mails_per_lead") {
        few |= ends.few_leads;
        push_line(&mut text, &format!("  mails per lead: {} (linearised ratio, Student's t)", mean_words(&ends)));
    }
    let together = if figures.groups.groups > 0 { ", with what one lead does taken together" } else { "" };
    push_line(&mut text, &format!("  shares: Wilson's interval{together}"));
    if few {
        push_note(
            &mut text,
            "* rests on too few leads: a share on fewer than 5 that count or that do not, a mean on fewer than 30",
            width,
        );
    }
    text
}

/// The interval of a share, to stand behind it; nothing if there is none.
pub(super) fn behind(ends: Option<Ends>) -> String {
    ends.map_or(String::new(), |ends| format!(" ({})", share_words(&ends)))
}

/// The interval of a mean, to stand behind it; nothing if there is none.
pub(super) fn behind_mean(ends: Option<Ends>) -> String {
    ends.map_or(String::new(), |ends| format!(" ({})", mean_words(&ends)))
}

/// The interval of a mean in words.
pub(super) fn mean_words(ends: &Ends) -> String {
    let star = if ends.few_leads { "*" } else { "" };
    format!("{} – {}{star}", amount(ends.low, 2), amount(ends.high, 2))
}

/// The interval of a share in words; a dash if there is none.
pub(super) fn share_interval(ends: Option<Ends>) -> String {
    ends.as_ref().map_or(NONE.to_owned(), share_words)
}

/// What the intervals in tables are.
pub(super) fn note(figures: &Figures) -> &'static str {
    if figures.groups.groups > 0 {
        "In brackets: 95 % intervals, with what one lead does taken together; * rests on too few leads."
    } else {
        "In brackets: 95 % intervals, Wilson's; * rests on too few leads."
    }
}

pub(super) fn share_words(ends: &Ends) -> String {
    let percent = |share: f64| amount(share * 100.0, 1);
    format!("{} – {}%{}", percent(ends.low), percent(ends.high), if ends.few_leads { "*" } else { "" })
}
