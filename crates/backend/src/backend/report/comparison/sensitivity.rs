//! Which guess matters most: how figures move when each assumption about personas is moved alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::POOLS;
use super::{Row, rows};
use crate::backend::report::figure::{NONE, rounded};
use crate::backend::report::json::written;
use crate::backend::report::kpis::{LEVEL, kpi_number};
use crate::backend::report::table::{Line, Table, push_line, push_note};
use crate::backend::sim::{Section, Together};
use crate::plan::{Assumption, Plan};
use crate::statistics::Interval;

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// Assumptions that are shown for each figure.
const SHOWN: usize = 8;

/// A run with one assumption moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Which.
    pub assumption: Assumption,
    /// Down or up.
    pub factor: f64,
    /// The plan with it.
    pub plan: Plan,
}

/// What a figure does when an assumption goes down and up.
struct Bar<'a> {
    assumption: &'a Assumption,
    ends: [Row<'a>; 2],
}

impl Bar<'_> {
    /// How far the figure moves, on the side where it moves further.
    fn reach(&self) -> f64 {
        self.ends.iter().filter_map(|end| Some(end.difference?.abs())).fold(0.0, f64::max)
    }

    fn is_clear(&self) -> bool {
        self.ends.iter().any(Row::is_clear)
    }

    /// Whether it can be told from noise, as far as intervals say.
    fn verdict(&self) -> &'static str {
        match self.is_clear() {
            true => "",
            false if self.ends.iter().any(|end| end.interval.is_none()) => NONE,
            false => "noise",
        }
    }
}

/// For each figure its bars, the longest first. Figures are the KPIs; without KPIs mails, opens, clicks and goals.
fn tornados<'a>(plan: &Plan, moved: &'a [Moved], together: &'a Together) -> Vec<Vec<Bar<'a>>> {
    let Some(base) = together.outcomes.first() else { return Vec::new() };
    let has_kpis = !plan.campaign.kpis.is_empty();
    let is_meant = |row: &Row<'_>| match row.section {
        Section::Kpis => has_kpis,
        Section::Leads => !has_kpis && row.rate == "mails_per_lead",
        Section::AllEmails => !has_kpis && matches!(row.rate, "opened" | "clicked"),
        Section::Journeys => !has_kpis && row.rate == "goal" && has_goal(plan, row.name),
        Section::Emails | Section::Messages | Section::ByJourney | Section::ByTopic | Section::BySegment => false,
        Section::Personas | Section::NoPersona | Section::Scores => false,
    };
    let mut figures: Vec<Vec<Bar<'a>>> = Vec::new();
    let mut places = BTreeMap::new();
    let runs = moved.iter().zip(together.outcomes.iter().skip(1)).zip(&together.against);
    let mut found = runs.map(|((run, outcome), against)| {
        let all = rows(against, (base, plan), (outcome, &run.plan));
        (&run.assumption, all.into_iter().filter(|row| is_meant(row)).collect::<Vec<_>>())
    });
    while let (Some((assumption, down)), Some((_, up))) = (found.next(), found.next()) {
        for (down, up) in both(down, up) {
            let place = *places.entry(down.key()).or_insert(figures.len());
            if figures.len() == place {
                figures.push(Vec::new());
            }
            figures[place].push(Bar { assumption, ends: [down, up] });
        }
    }
    for bars in &mut figures {
        bars.sort_by(|left, right| right.reach().total_cmp(&left.reach()));
    }
    figures
}

/// The figures of both runs by what they are. What only one of them has stands beside a figure that has no difference.
fn both<'a>(down: Vec<Row<'a>>, up: Vec<Row<'a>>) -> Vec<(Row<'a>, Row<'a>)> {
    let missing = |row: &Row<'a>| Row { second: None, difference: None, interval: None, ..row.clone() };
    let mut up: Vec<Option<Row<'a>>> = up.into_iter().map(Some).collect();
    let mut found = Vec::new();
    for row in down {
        let same = up.iter_mut().find(|other| other.as_ref().is_some_and(|other| other.key() == row.key()));
        let other = same.and_then(Option::take).unwrap_or_else(|| missing(&row));
        found.push((row, other));
    }
    found.extend(up.into_iter().flatten().map(|row| (missing(&row), row)));
    found
}

fn has_goal(plan: &Plan, journey: &str) -> bool {
    plan.campaign.journeys.get(journey).is_some_and(|journey| journey.goal.is_some())
}

/// A table for each figure: the assumptions that move it most.
pub fn sensitivity_text(plan: &Plan, moved: &[Moved], together: &Together, percent: u8, width: usize) -> String {
    let leads = together.outcomes.first().map_or(0, |outcome| outcome.figures.leads.simulated);
    let guesses = moved.len() / 2;
    let mut text = format!(
        "{}  {guesses} assumptions about personas, each by {percent}% down and up; {leads} leads\n",
        plan.campaign.settings.project
    );
    for bars in tornados(plan, moved, together) {
        let Some(row) = bars.first().map(|bar| &bar.ends[0]) else { continue };
        let show = |value: f64| kpi_number(value, row.unit, &plan.campaign);
        let title = match row.section {
            Section::Kpis => format!("KPI {}", row.name),
            Section::Journeys => format!("journey {}: goal", row.name),
            _ => row.rate.replace('_', " "),
        };
        let base = row.first.map_or(NONE.to_owned(), show);
        let (down, up) = (format!("-{percent}%"), format!("+{percent}%"));
        let mut table = Table::new(&format!("{title} {base}"), &[&down, "95 % interval", &up, "95 % interval", ""]);
        for bar in bars.iter().filter(|bar| bar.reach() > 0.0).take(SHOWN) {
            let mut numbers = Vec::new();
            for end in &bar.ends {
                numbers.push(end.difference.map_or(NONE.to_owned(), show));
                let ends = |ends: Interval| format!("{} – {}", show(ends.low), show(ends.high));
                numbers.push(end.interval.map_or(NONE.to_owned(), ends));
            }
            numbers.push(bar.verdict().to_owned());
            table.push(Line::new(None, &format!("{} {}", bar.assumption.persona, bar.assumption.what), numbers));
        }
        text.push('\n');
        text.push_str(&table.print(width));
        if row.first.is_none() {
            push_note(&mut text, "the campaign as it is gives no value, so nothing can differ from it", width);
        }
    }
    push_note(&mut text, "differences from the campaign as it is, lead by lead; noise: both intervals hold 0", width);
    if together.against.iter().any(|against| against.changed.is_none()) {
        push_line(&mut text, &format!("  {POOLS}; {NONE}: too few pools for an interval"));
    }
    text
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    percent: u8,
    level: f64,
    method: &'static str,
    figures: Vec<Figure<'a>>,
}

#[derive(Serialize)]
struct Figure<'a> {
    section: Section,
    name: &'a str,
    rate: &'static str,
    value: Option<f64>,
    assumptions: Vec<Guess<'a>>,
}

#[derive(Serialize)]
struct Guess<'a> {
    persona: &'a str,
    assumption: &'a str,
    down: End,
    up: End,
    clear: bool,
}

#[derive(Serialize)]
struct End {
    difference: Option<f64>,
    interval: Option<Interval>,
}

/// All assumptions for each figure, for programs; those that move it most come first.
pub fn sensitivity_json(plan: &Plan, moved: &[Moved], together: &Together, percent: u8) -> String {
    let all = tornados(plan, moved, together);
    let end = |row: &Row<'_>| End {
        difference: row.difference.map(rounded),
        interval: row.interval.map(|ends| ends.map(rounded)),
    };
    let figures = all.iter().filter_map(|bars| {
        let row = &bars.first()?.ends[0];
        let guesses = bars.iter().map(|bar| Guess {
            persona: &bar.assumption.persona,
            assumption: &bar.assumption.what,
            down: end(&bar.ends[0]),
            up: end(&bar.ends[1]),
            clear: bar.is_clear(),
        });
        let value = row.first.map(rounded);
        Some(Figure { section: row.section, name: row.name, rate: row.rate, value, assumptions: guesses.collect() })
    });
    written(&Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project: &plan.campaign.settings.project,
        percent,
        level: LEVEL,
        method: "paired-linearised",
        figures: figures.collect(),
    })
}
