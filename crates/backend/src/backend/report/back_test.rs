//! What a run with drawn behaviour foretold, beside what a log says really happened to the same leads.
//!
//! If the assumptions about personas were right, the log would be one more run of them: its figure and the foretold one
//! would be two draws with the same spread. So they are *apart* if they differ by more than √2 times the half of the 95 %
//! interval, which two such runs do in one of twenty cases.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{NONE, amount, count, rounded};
use super::json::written;
use super::kpis::{kpi_number, kpi_rows};
use super::rates::Intervals;
use super::table::{Line, Table, push_note};
use crate::backend::sim::{EmailFigures, Figures, Outcome, Parameters, Section, ToldFigures};
use crate::ir::Campaign;
use crate::ir::builtin::EVENTS;
use crate::ir::kpi::Unit;
use crate::plan::Plan;

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// A figure of both.
#[derive(Clone, Debug, Serialize)]
struct Row<'a> {
    #[serde(skip)]
    group: Group,
    name: &'a str,
    #[serde(skip)]
    label: Option<&'a str>,
    figure: &'static str,
    foretold: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// Of the log, or of the run in which the log tells what leads do.
    happened: Option<f64>,
    /// Whether chance alone hardly explains the difference; `None` if that cannot be told.
    apart: Option<bool>,
    #[serde(skip)]
    unit: Unit,
}

/// What figures are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Group {
    /// What was sent, by what it was.
    Contents,
    /// The project's own events, for each lead.
    Events,
    /// Journeys as leads go through them who do what the log tells.
    Journeys,
    /// KPIs, likewise.
    Kpis,
}

impl Group {
    const ALL: [(Group, &'static str); 4] = [
        (Group::Contents, "Sent"),
        (Group::Events, "Events for each lead"),
        (Group::Journeys, "Journeys"),
        (Group::Kpis, "KPIs"),
    ];
}

fn rows<'a>(foretold: &'a Outcome, happened: &'a Outcome, plan: &'a Plan) -> Vec<Row<'a>> {
    let intervals = Intervals::of(&foretold.figures);
    let mut rows = contents(&foretold.figures, &happened.figures, &intervals, &plan.campaign);
    rows.extend(events(&foretold.figures, &happened.figures, &plan.campaign));
    rows.extend(journeys(&foretold.figures, &happened.figures, &intervals, &plan.campaign));
    rows.extend(kpis(&foretold.figures, &happened.figures, &plan.campaign));
    rows
}

/// Of what was sent: the rates of which the log tells both counts. All mails together come first.
fn contents<'a>(
    foretold: &'a Figures,
    happened: &'a Figures,
    intervals: &Intervals<'a>,
    campaign: &'a Campaign,
) -> Vec<Row<'a>> {
    let leads = (foretold.leads.simulated, happened.leads.simulated);
    let none = ToldFigures::default();
    let mails = foretold.emails.iter().map(|(name, email)| {
        let label = campaign.emails.get(name).and_then(|email| email.label.as_deref());
        ((Section::Emails, name, label), email, happened.told.get(name).unwrap_or(&none))
    });
    let messages = foretold.messages.iter().map(|(name, message)| {
        let label = campaign.messages.get(name).and_then(|message| message.label.as_deref());
        ((Section::Messages, name, label), message, happened.told.get(name).unwrap_or(&none))
    });
    let (mut all, mut all_told) = (EmailFigures::default(), ToldFigures::default());
    foretold.emails.iter().for_each(|(_, email)| all.add(email.clone()));
    let told = foretold.emails.iter().filter_map(|(name, _)| happened.told.get(name));
    told.for_each(|told| all_told.add(*told));
    let first = ((Section::AllEmails, "all", Some("all emails")), &all, &all_told);
    let told = std::iter::once(first).chain(mails).chain(messages).filter(|(_, _, told)| !told.is_unused());
    told.flat_map(|(of, run, told)| content(of, run, told, leads, intervals)).collect()
}

fn content<'a>(
    (section, name, label): (Section, &'a str, Option<&'a str>),
    run: &EmailFigures,
    told: &ToldFigures,
    leads: (u64, u64),
    intervals: &Intervals<'a>,
) -> Vec<Row<'a>> {
    let of = (Group::Contents, name, label);
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let mut rows = Vec::new();
    if told.sent > 0 {
        let (mine, theirs) = (share(run.sent, leads.0), share(told.sent, leads.1));
        let all = (section == Section::AllEmails).then(|| intervals.get(Section::Leads, "all", "mails_per_lead"));
        let ends = all.flatten().map(|ends| (ends.low, ends.high));
        rows.push(row(of, "sent_per_lead", mine, ends, theirs, Unit::Number));
    }
    let bounced = run.hard_bounced + run.soft_bounced;
    // Logs that tell of no deliveries tell what was opened of what was sent.
    let base = if told.delivered > 0 { told.delivered } else { told.sent };
    for (figure, (x, y), (told_x, told_y)) in [
        ("bounced", (bounced, run.sent), (told.bounced, told.sent)),
        ("opened", (run.opened, run.delivered), (told.opened, base)),
        ("clicked", (run.clicked, run.delivered), (told.clicked, base)),
    ] {
        // What a log never tells of is not recorded in it.
        if told_x > 0 && told_y > 0 {
            let ends = intervals.get(section, name, figure).map(|ends| (ends.low, ends.high));
            rows.push(row(of, figure, share(x, y), ends, share(told_x, told_y), Unit::Share));
        }
    }
    rows
}

/// Of the project's own events, which the log tells of and personas bring about.
fn events<'a>(foretold: &'a Figures, happened: &'a Figures, campaign: &'a Campaign) -> Vec<Row<'a>> {
    let per_lead = |figures: &Figures, name: &str| {
        let leads = figures.leads.simulated;
        figures.events.get(name).filter(|_| leads > 0).map(|events| *events as f64 / leads as f64)
    };
    let own = campaign.events.keys().filter(|name| !EVENTS.iter().any(|(built_in, _)| built_in == name));
    let of = own.map(|name| (name, per_lead(foretold, name), per_lead(happened, name)));
    let told = of.filter(|(_, mine, theirs)| [mine, theirs].iter().any(|rate| rate.is_some_and(|rate| rate > 0.0)));
    told.map(|(name, mine, theirs)| row((Group::Events, name, None), "per_lead", mine, None, theirs, Unit::Number))
        .collect()
}

/// Of journeys with a goal.
fn journeys<'a>(
    foretold: &'a Figures,
    happened: &'a Figures,
    intervals: &Intervals<'a>,
    campaign: &'a Campaign,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (name, journey) in &campaign.journeys {
        let (Some(mine), Some(theirs)) = (foretold.journeys.get(name), happened.journeys.get(name)) else { continue };
        if mine.entered + theirs.entered == 0 {
            continue;
        }
        let of = (Group::Journeys, name.as_str(), journey.label.as_deref());
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let leads = |figures: &Figures| figures.leads.simulated;
        let (mine_in, theirs_in) = (share(mine.leads, leads(foretold)), share(theirs.leads, leads(happened)));
        let ends = super::rates::simple(mine.leads, leads(foretold)).map(|ends| (ends.low, ends.high));
        rows.push(row(of, "leads_who_enter", mine_in, ends, theirs_in, Unit::Share));
        if journey.goal.is_some() {
            let ends = intervals.get(Section::Journeys, name, "goal").map(|ends| (ends.low, ends.high));
            let (mine, theirs) = (share(mine.goal, mine.entered), share(theirs.goal, theirs.entered));
            rows.push(row(of, "goal", mine, ends, theirs, Unit::Share));
        }
    }
    rows
}

fn kpis<'a>(foretold: &'a Figures, happened: &'a Figures, campaign: &'a Campaign) -> Vec<Row<'a>> {
    let theirs = kpi_rows(happened, campaign);
    let rows = kpi_rows(foretold, campaign).into_iter().filter_map(|mine| {
        let theirs = theirs.iter().find(|theirs| theirs.name == mine.name)?;
        let unit = campaign.kpis.get(mine.name)?.measure.unit();
        Some(row((Group::Kpis, mine.name, mine.label), "value", mine.value, mine.interval, theirs.value, unit))
    });
    rows.collect()
}

fn row<'a>(
    (group, name, label): (Group, &'a str, Option<&'a str>),
    figure: &'static str,
    foretold: Option<f64>,
    ends: Option<(f64, f64)>,
    happened: Option<f64>,
    unit: Unit,
) -> Row<'a> {
    let apart = foretold.zip(happened).zip(ends).map(|((foretold, happened), (low, high))| {
        let half = if happened > foretold { high - foretold } else { foretold - low };
        (happened - foretold).abs() > std::f64::consts::SQRT_2 * half
    });
    let (low, high) = (ends.map(|ends| rounded(ends.0)), ends.map(|ends| rounded(ends.1)));
    let (foretold, happened) = (foretold.map(rounded), happened.map(rounded));
    Row { group, name, label, figure, foretold, low, high, happened, apart, unit }
}

/// Both beside each other, for a terminal.
pub fn back_test_text(foretold: &Outcome, happened: &Outcome, plan: &Plan, width: usize) -> String {
    let campaign = &plan.campaign;
    let rows = rows(foretold, happened, plan);
    let leads = count(foretold.figures.leads.simulated);
    let mut text = format!(
        "{}: back-test of {leads} leads, {} days from {}\n",
        campaign.settings.project, foretold.run.days, foretold.run.start
    );
    for (group, title) in Group::ALL {
        let head = if matches!(group, Group::Contents | Group::Events) { "in log" } else { "as logged" };
        let mut table = Table::new(title, &["foretold", "95 %", head, ""]);
        let own: Vec<&Row<'_>> = rows.iter().filter(|row| row.group == group).collect();
        if own.is_empty() {
            continue;
        }
        for row in own {
            let show = |value: f64| match group {
                Group::Kpis => kpi_number(value, row.unit, campaign),
                _ if row.unit == Unit::Share => format!("{}%", amount(value * 100.0, 1)),
                _ => amount(value, 3),
            };
            let shown = |value: Option<f64>| value.map_or(NONE.to_owned(), show);
            let ends =
                row.low.zip(row.high).map_or(String::new(), |(low, high)| format!("{} – {}", show(low), show(high)));
            let apart = if row.apart == Some(true) { "apart" } else { "" };
            let name = match group {
                Group::Kpis | Group::Events => row.name.to_owned(),
                Group::Contents | Group::Journeys => format!("{}: {}", row.name, row.figure.replace('_', " ")),
            };
            let cells = vec![shown(row.foretold), ends, shown(row.happened), apart.to_owned()];
            table.push(Line::new(row.label, &name, cells));
        }
        text.push('\n');
        text.push_str(&table.print(width));
    }
    text.push('\n');
    let told = rows.iter().filter_map(|row| row.apart);
    let (apart, all) = (told.clone().filter(|apart| *apart).count(), told.count());
    push_note(
        &mut text,
        &format!("apart: {apart} of {all} figures with an interval; of figures that do not differ, one of twenty"),
        width,
    );
    push_note(
        &mut text,
        "in log: what really happened; as logged: this campaign, with leads who do what the log tells",
        width,
    );
    text
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    run: &'a Parameters,
    leads: u64,
    level: f64,
    /// Figures with an interval, and how many of them are apart.
    told: usize,
    apart: usize,
    figures: BTreeMap<Group, Vec<Row<'a>>>,
}

/// Every figure of both, for programs.
pub fn back_test_json(foretold: &Outcome, happened: &Outcome, plan: &Plan) -> String {
    let mut figures: BTreeMap<Group, Vec<Row<'_>>> = BTreeMap::new();
    let rows = rows(foretold, happened, plan);
    let told = rows.iter().filter(|row| row.apart.is_some()).count();
    let apart = rows.iter().filter(|row| row.apart == Some(true)).count();
    rows.into_iter().for_each(|row| figures.entry(row.group).or_default().push(row));
    written(&Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project: &plan.campaign.settings.project,
        run: &foretold.run,
        leads: foretold.figures.leads.simulated,
        level: super::kpis::LEVEL,
        told,
        apart,
        figures,
    })
}
