//! `plan --against --leads`: both sides simulated with the same leads and the same chance, lead by lead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Failure;
use super::args::PlanArgs;
use super::base::Compiled;
use super::leads::{Leads, Wanted, leads};
use super::progress::{Ahead, Progress};
use super::simulate::refused;
use super::terminal::{Terminal, WIDTH};
use crate::backend::report::{self, Compared};
use crate::backend::sim::{self, LeadRows, RowKind};
use crate::diag::Levels;
use crate::diff::{Gets, Simulated};
use crate::ir::{Campaign, Lead, Row, Value};
use crate::plan::{self, Plan};

/// Leads that are named; all are counted.
const NAMED: usize = 200;

/// What a lead was sent: name and second of each, in the order of time.
type Sent = Vec<(String, i64)>;

/// Simulates both sides. `followed` are the renames that are followed.
pub(super) fn simulated(
    args: &PlanArgs,
    base: &Compiled,
    head: &Compiled,
    followed: &[(String, String)],
    terminal: &Terminal,
) -> Result<Simulated, Failure> {
    let plan = |of: &Compiled| plan::build(&of.campaign).map_err(|error| Failure::usage(error.to_string()));
    let (before, after) = (plan(base)?, plan(head)?);
    if before.campaign.journeys.is_empty() && before.campaign.fields.is_empty() {
        return Err(Failure::usage(format!("`{}` has no project, so there is nothing to simulate", base.name)));
    }
    let (options, _) = frame(args, &before)?;
    let after_read = reading(&before, &after, followed);
    let sides = Sides { args, options, terminal, before: &before, after: &after_read, followed };
    let together = sides.together(&after)?;
    let sent_before = sides.sent(Side::Before, &before)?;
    let sent_after = sides.sent(Side::After, &after)?;
    let runs =
        [Compared { name: base.name.clone(), plan: &before }, Compared { name: head.name.clone(), plan: &after }];
    let comparison = report::comparison_json(&runs, &together);
    Ok(Simulated {
        comparison: serde_json::from_str(&comparison).map_err(|error| Failure::usage(error.to_string()))?,
        figures: report::comparison_text(&runs, &together, WIDTH),
        ..compared(&sent_before, &sent_after)
    })
}

/// The stretch of time of the base: both run as long, from the same start.
fn frame(args: &PlanArgs, before: &Plan) -> Result<(sim::Options, u64), Failure> {
    let mut options = sim::Options { start: args.start, days: args.days, seed: args.seed, ..sim::Options::default() };
    let (start, end, seed) = sim::period(before, &options).map_err(|error| refused(&error))?;
    options.start_secs = Some(start);
    options.days = u32::try_from((end - start) / 86_400).ok();
    options.seed = Some(seed);
    Ok((options, seed))
}

/// The plan by which the leads of the other side are read: its own. A field that was renamed is looked for in the column of
/// before, if it names none itself.
fn reading(before: &Plan, after: &Plan, followed: &[(String, String)]) -> Plan {
    let mut reading = after.clone();
    let old = &before.campaign.settings.leads.columns;
    for (from, to) in renamed_fields(followed) {
        let column = old.get(from).cloned().unwrap_or_else(|| from.to_owned());
        reading.campaign.settings.leads.columns.entry(to.to_owned()).or_insert(column);
    }
    reading
}

fn renamed_fields(followed: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    followed.iter().filter_map(|(from, to)| Some((from.strip_prefix("fields.")?, to.strip_prefix("fields.")?)))
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

struct Sides<'a> {
    args: &'a PlanArgs,
    options: sim::Options,
    terminal: &'a Terminal,
    before: &'a Plan,
    /// As leads are read by it.
    after: &'a Plan,
    followed: &'a [(String, String)],
}

/// Leads as one side knows them.
struct Known<'a> {
    rows: Leads,
    /// Whether leads of the one side are made known to the other, and to which.
    other: Option<Other<'a>>,
}

/// The campaigns of both sides, and the renames from the one to the other.
#[derive(Clone, Copy)]
struct Other<'a> {
    before: &'a Campaign,
    after: &'a Campaign,
    followed: &'a [(String, String)],
}

impl Iterator for Known<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = self.rows.next()?;
        Some(match self.other {
            Some(other) => row.map(|lead| other.made_known(lead)),
            None => row,
        })
    }
}

impl Other<'_> {
    /// A lead of the one campaign as the other one has it: the same fields, scores and topics, by their names.
    fn made_known(self, lead: Lead) -> Lead {
        let Other { before, after, followed } = self;
        let old_name = |name: &str| -> String {
            let renamed = renamed_fields(followed).find(|(_, to)| *to == name);
            renamed.map_or(name, |(from, _)| from).to_owned()
        };
        let place = |name: &str| before.fields.keys().position(|other| *other == old_name(name));
        let value = |name: &String| lead.values.get(place(name)?).cloned().flatten();
        let score = |name: &String| lead.scores.get(before.scoring.keys().position(|other| other == name)?).copied()?;
        let consent =
            |name: &String| lead.consents.get(before.topics.keys().position(|other| other == name)?).copied()?;
        Lead {
            values: after.fields.keys().map(value).collect(),
            scores: if lead.scores.is_empty() { Vec::new() } else { after.scoring.keys().map(score).collect() },
            consents: if lead.consents.is_empty() { Vec::new() } else { after.topics.keys().map(consent).collect() },
            ..lead
        }
    }
}

impl<'a> Sides<'a> {
    /// The leads, each side reading them by its own fields and settings. Those that are made up are the same people for both.
    fn leads(&self, side: Side) -> Result<Known<'a>, Failure> {
        let wanted = Wanted {
            files: &self.args.leads,
            made_up: self.args.leads_from_personas,
            seed: self.options.seed,
            events: &[],
            no_events: true,
            strict_logs: false,
        };
        let is_made_up = self.args.leads_from_personas.is_some();
        let (plan, other) = match side {
            Side::Before => (self.before, None),
            Side::After if is_made_up => {
                let (before, after) = (&self.before.campaign, &self.after.campaign);
                (self.before, Some(Other { before, after, followed: self.followed }))
            }
            Side::After => (self.after, None),
        };
        Ok(Known { rows: leads(&wanted, plan, &self.args.path, None, &self.options)?, other })
    }

    fn together(&self, after: &Plan) -> Result<sim::Together, Failure> {
        let (mut rows, mut others) = (self.leads(Side::Before)?, self.leads(Side::After)?);
        let passed = rows.rows.passed();
        let part = || passed.part();
        let ahead = self.args.leads_from_personas.map_or(Ahead::Part(&part), Ahead::Leads);
        let progress = Progress::new(self.terminal.interactive, ahead);
        let plans = [(self.before, None), (after, None)];
        let ended = sim::together(&plans, &mut [&mut rows, &mut others], &self.options, &|leads| progress.set(leads));
        progress.done();
        rows.rows.report(&Levels::new(), self.terminal);
        for side in [&rows, &others] {
            if let Some(why) = side.rows.broken_off() {
                return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
            }
        }
        ended.map_err(|error| refused(&error))
    }

    /// What each lead is sent on one side.
    fn sent(&self, side: Side, plan: &Plan) -> Result<BTreeMap<String, Sent>, Failure> {
        let places = Places::of(&plan.campaign);
        let mut found = BTreeMap::new();
        let mut take = |all: Vec<LeadRows>| {
            for lead in all {
                let rows = lead.rows.get(&RowKind::Sends).into_iter().flatten();
                let sent: Sent = rows.filter_map(|cells| places.sent(cells)).collect();
                found.insert(lead.id, sent);
            }
            Ok(())
        };
        let mut rows = self.leads(side)?;
        let ended = sim::run_with_rows(plan, &mut rows, &self.options, &|_| {}, (&[RowKind::Sends], &mut take));
        ended.map_err(|error| refused(&error))?;
        Ok(found)
    }
}

/// Where things stand in a row of what was sent.
struct Places {
    content: Option<usize>,
    at: Option<usize>,
}

impl Places {
    fn of(campaign: &Campaign) -> Places {
        let columns = sim::columns(RowKind::Sends, campaign);
        let place = |name: &str| columns.iter().position(|(column, _)| column == name);
        Places { content: place("content"), at: place("at") }
    }

    fn sent(&self, cells: &sim::Cells) -> Option<(String, i64)> {
        match (cells.get(self.content?)?, cells.get(self.at?)?) {
            (Some(Value::Text(content)), Some(Value::Datetime(at))) => Some((content.clone(), *at)),
            _ => None,
        }
    }
}

/// What leads get on the one side and on the other. Who is a lead on one side only gets nothing on the other.
fn compared(before: &BTreeMap<String, Sent>, after: &BTreeMap<String, Sent>) -> Simulated {
    let mut found = Simulated::default();
    let nothing = Sent::new();
    let mut people = Vec::new();
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for lead in ids {
        found.leads += 1;
        found.taken += u64::from(!before.contains_key(lead));
        found.refused += u64::from(!after.contains_key(lead));
        let (old, new) = (before.get(lead).unwrap_or(&nothing), after.get(lead).unwrap_or(&nothing));
        if old == new {
            found.same += 1;
            continue;
        }
        let (newly, no_longer) = (lacking(new, old), lacking(old, new));
        match new.len().cmp(&old.len()) {
            std::cmp::Ordering::Greater => found.more += 1,
            std::cmp::Ordering::Less => found.fewer += 1,
            std::cmp::Ordering::Equal if newly.is_empty() => found.moved += 1,
            std::cmp::Ordering::Equal => found.other += 1,
        }
        if !newly.is_empty() || !no_longer.is_empty() {
            let mails = (old.len() as u64, new.len() as u64);
            people.push(Gets { lead: lead.clone(), mails, newly, no_longer });
        }
    }
    people.sort_by_key(|gets| std::cmp::Reverse(gets.newly.len() + gets.no_longer.len()));
    found.unnamed = people.len().saturating_sub(NAMED) as u64;
    people.truncate(NAMED);
    found.people = people;
    found
}

/// What is in one of them and not in the other, as often as it is.
fn lacking(one: &Sent, other: &Sent) -> Vec<String> {
    let mut there: HashMap<&str, usize> = HashMap::new();
    other.iter().for_each(|(name, _)| *there.entry(name).or_default() += 1);
    let mut found = Vec::new();
    for (name, _) in one {
        match there.get_mut(name.as_str()) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None => found.push(name.clone()),
        }
    }
    found.sort();
    found
}
