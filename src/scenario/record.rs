//! A test from a lead of a simulation: its fields, what happened to it from outside, the arms it took, and what came of
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{Ran, ran};
use crate::backend::sim::{Fact, Noted, Way};
use crate::ir::builtin::MADE_BY_RUNS;
use crate::ir::journey::Action;
use crate::ir::permission::Given;
use crate::ir::print::window;
use crate::ir::scenario::Test;
use crate::ir::{Campaign, Channel, Counted, Lead, MailLimit, Name, Outside, Settled, Value, Window, first_instant};
use crate::plan::Plan;
use crate::text::Origin;

/// A lead of a simulation, and what happened to it.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// The name of the test.
    pub name: &'a str,
    /// The lead.
    pub lead: &'a Lead,
    /// What came of it.
    pub facts: &'a [Noted],
    /// First day of the simulation.
    pub start: &'a str,
    /// Its first instant.
    pub start_secs: i64,
    /// Its length in days.
    pub days: u32,
}

/// The test as YAML: it passes as long as the campaign does to this lead what it does now.
///
/// # Errors
/// In words, if the plan cannot be run.
pub fn record(plan: &Plan, recorded: &Recorded<'_>) -> Result<String, String> {
    // Deliveries are told only where the timeline says too little without them.
    let short = test(recorded, false);
    let run = |test: &Test| ran(plan, test).map_err(|error| error.to_string());
    let (mut told, mut came) = (short.clone(), run(&short)?);
    if !sends(recorded.facts).eq(sends(&came.facts)) {
        told = test(recorded, true);
        came = run(&told)?;
    }
    let writer = Writer { campaign: &plan.campaign, recorded, zone: zone(plan, recorded.lead) };
    Ok(writer.write(&told, &writer.expect(&came)))
}

/// A test that fails as long as a lead gets more mails than a limit allows, whenever they come and whichever they are. Rules of
/// `frequency` are not at work in it, since a limit holds without them. Splits of the journeys that the lead enters have an arm each, so that none is drawn where an edit lets the lead come
/// to them. `counted` are the mails that the limit counts. `None` if this lead gets no more than it allows.
///
/// # Errors
/// In words, if the plan cannot be run.
pub fn limit_test(
    plan: &Plan,
    recorded: &Recorded<'_>,
    limit: &MailLimit,
    counted: &BTreeSet<&Name>,
) -> Result<Option<String>, String> {
    let campaign = &plan.campaign;
    let has_rules = !campaign.policies.frequency.is_empty()
        || campaign.channels.values().any(|settings| !settings.frequency.is_empty());
    let told = Test { only: false, frequency: !has_rules, ..test(recorded, false) };
    let came = ran(plan, &told).map_err(|error| error.to_string())?;
    let writer = Writer { campaign, recorded, zone: zone(plan, recorded.lead) };
    let times: Vec<i64> = sends(&came.facts).filter(|(_, sent)| counted.contains(sent)).map(|(at, _)| at).collect();
    let of_project = TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC);
    let clock = if limit.lead_time { &writer.zone } else { &of_project };
    let fullest = limit.per.fullest(&times, clock);
    if fullest.len() <= limit.at_most as usize {
        return Ok(None);
    }
    let first_day = limit.per.first_day(times[fullest.start], clock);
    let (per, time) = match first_day.filter(|_| *clock != writer.zone) {
        // A test counts by the lead's calendar: the window of another one is told by its ends.
        Some(day) => {
            let next = match limit.per {
                Window::CalendarDay => day.saturating_add(Span::new().days(1)),
                Window::CalendarWeek => day.saturating_add(Span::new().weeks(1)),
                Window::CalendarMonth | Window::RollingSecs(_) | Window::Ever => {
                    day.saturating_add(Span::new().months(1))
                }
            };
            let begins = |day: Date| first_instant(day.to_datetime(Time::midnight()), &of_project);
            let (from, to) = (begins(day), begins(next) - 1);
            (String::new(), format!(", after: {}, by: {}", writer.when(from), writer.when(to)))
        }
        None => (format!(", per: {}", window(limit.per)), String::new()),
    };
    let counts = match &limit.counts {
        Counted::All => "all".to_owned(),
        Counted::Marketing => "marketing".to_owned(),
        Counted::Topic(topic) => quoted(topic),
    };
    let is_usual = Channel::ALL.iter().all(|each| limit.channels.contains(each) == each.usual().intrudes);
    let words: Vec<&str> = limit.channels.iter().map(|each| each.word()).collect();
    let channels = if is_usual { String::new() } else { format!(", channels: [{}]", words.join(", ")) };
    let item = format!("mails: {counts}{channels}, at_most: {}{per}{time}", limit.at_most);

    let mut told = told;
    let entered: BTreeSet<&Name> = came
        .facts
        .iter()
        .filter_map(|noted| if let Fact::Entered { journey } = &noted.fact { Some(journey) } else { None })
        .collect();
    for (name, journey) in campaign.journeys.iter().filter(|(name, _)| entered.contains(name)) {
        for step in &journey.steps {
            let Action::Split { arms } = &step.action else { continue };
            if let Some(arm) = arms.iter().find(|arm| arm.weight > 0.0) {
                let key = (name.clone(), step.id.clone());
                told.lead.settled.arms.entry(key).or_insert_with(|| arm.name.clone());
            }
        }
    }
    Ok(Some(writer.write(&told, &[item])))
}

fn sends(facts: &[Noted]) -> impl Iterator<Item = (i64, &Name)> {
    facts.iter().filter_map(|noted| match &noted.fact {
        Fact::Sent { content, .. } => Some((noted.at_secs, content)),
        _ => None,
    })
}

fn zone(plan: &Plan, lead: &Lead) -> TimeZone {
    let at = plan.campaign.fields.keys().position(|field| field == "timezone");
    let own = at.and_then(|at| lead.values.get(at)).and_then(Option::as_ref);
    let name = if let Some(Value::Text(name)) = own { name } else { &plan.campaign.settings.timezone };
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The test without expectations.
fn test(recorded: &Recorded<'_>, deliveries: bool) -> Test {
    let mut timeline: Vec<Outside> = recorded.lead.timeline.iter().flatten().cloned().collect();
    let mut arms = BTreeMap::new();
    let had_timeline = recorded.lead.timeline.is_some();
    for noted in recorded.facts {
        match &noted.fact {
            Fact::Happened { event, with, outside } if !had_timeline && is_told(event, *outside, deliveries) => {
                timeline.push(Outside { at_secs: noted.at_secs, event: event.clone(), with: with.clone() });
            }
            Fact::Way { journey, step, way: Way::Split(arm) } => {
                arms.insert((journey.clone(), step.clone()), arm.clone());
            }
            _ => {}
        }
    }
    let settled = Settled { arms, ..recorded.lead.settled.clone() };
    Test {
        name: recorded.name.to_owned(),
        label: None,
        told: vec![Origin::default(); timeline.len()],
        lead: Lead { timeline: Some(timeline), settled, ..recorded.lead.clone() },
        start_secs: recorded.start_secs,
        days: recorded.days,
        only: true,
        frequency: true,
        expect: Vec::new(),
        origin: Origin::default(),
    }
}

/// Whether an event is told: what the lead does, and what the post says.
fn is_told(event: &str, outside: bool, deliveries: bool) -> bool {
    match event {
        "email_delivered" => deliveries,
        "email_bounced" | "email_opened" | "email_clicked" | "complained" => true,
        event => outside && !MADE_BY_RUNS.contains(&event),
    }
}

/// Writes YAML.
struct Writer<'a> {
    campaign: &'a Campaign,
    recorded: &'a Recorded<'a>,
    zone: TimeZone,
}

impl Writer<'_> {
    fn write(&self, test: &Test, expect: &[String]) -> String {
        let mut out = format!("tests:\n  {}:\n", self.recorded.name);
        let mut line = |text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "    {text}");
        };
        line("lead:".to_owned());
        self.fields(&test.lead).into_iter().for_each(|field| line(format!("  {field}")));
        if let Some(stage) = &test.lead.stage {
            line(format!("stage: {}", quoted(stage)));
        }
        let scores = self.campaign.scoring.keys().zip(&test.lead.scores);
        let scores: Vec<String> = scores.filter_map(|(model, score)| Some(format!("{model}: {}", (*score)?))).collect();
        if !scores.is_empty() {
            line(format!("score: {{{}}}", scores.join(", ")));
        }
        if !test.lead.settled.lists.is_empty() {
            let lists: Vec<String> = test.lead.settled.lists.iter().map(|list| quoted(list)).collect();
            line(format!("lists: [{}]", lists.join(", ")));
        }
        line(format!("start: {}", self.recorded.start));
        line(format!("days: {}", self.recorded.days));
        if let Some(topics) = &test.lead.settled.subscribed {
            let topics: Vec<String> = topics.iter().map(|topic| quoted(topic)).collect();
            line(format!("subscribed: [{}]", topics.join(", ")));
        } else if test.lead.consents.iter().any(Option::is_some) {
            line(format!("consent: {{{}}}", self.consents(&test.lead).join(", ")));
        }
        let timeline = test.lead.timeline.iter().flatten().map(|told| self.told(told)).collect::<Vec<_>>();
        if !timeline.is_empty() {
            line("timeline:".to_owned());
            timeline.into_iter().for_each(|told| line(format!("  - {told}")));
        }
        if !test.lead.settled.arms.is_empty() {
            line("arms:".to_owned());
            for ((journey, step), arm) in &test.lead.settled.arms {
                line(format!("  {journey}.{step}: {}", quoted(arm)));
            }
        }
        if !test.frequency {
            line("frequency: false".to_owned());
        }
        if test.only {
            line("only: true".to_owned());
        }
        line("expect:".to_owned());
        expect.iter().for_each(|expect| line(format!("  - {{{expect}}}")));
        out
    }

    fn fields(&self, lead: &Lead) -> Vec<String> {
        let fields = self.campaign.fields.iter().zip(&lead.values);
        let line = |((name, field), value): ((&Name, &crate::ir::Field), &Option<Value>)| match value {
            Some(value) => Some(format!("{name}: {}", self.value(value))),
            // A test gives its lead an address unless it says otherwise.
            None if field.builtin && name == "email" => Some(format!("{name}: null")),
            None => None,
        };
        fields.filter_map(line).collect()
    }

    fn consents(&self, lead: &Lead) -> Vec<String> {
        let line = |(topic, given): (&Name, &Option<Given>)| {
            let Given { stand, since_secs } = (*given)?;
            let since = since_secs.map(|since| self.when(since));
            let word = stand.word();
            let said = since.map_or(word.to_owned(), |since| format!("{{is: {word}, since: {since}}}"));
            Some(format!("{}: {said}", quoted(topic)))
        };
        self.campaign.topics.keys().zip(&lead.consents).filter_map(line).collect()
    }

    fn told(&self, told: &Outside) -> String {
        let with: Vec<String> =
            told.with.iter().map(|(name, value)| format!("{name}: {}", self.value(value))).collect();
        let with = if with.is_empty() { String::new() } else { format!(", with: {{{}}}", with.join(", ")) };
        format!("{{at: {}, event: {}{with}}}", self.when(told.at_secs), told.event)
    }

    /// What came of it, as expectations.
    fn expect(&self, came: &Ran) -> Vec<String> {
        let mut items = Vec::new();
        let mut stage = None;
        for noted in &came.facts {
            let at = self.when(noted.at_secs);
            match &noted.fact {
                Fact::Sent { content, .. } => items.push(format!("send: {content}, at: {at}")),
                Fact::Skipped { content, reason, .. } => {
                    items.push(format!("skipped: {content}, reason: {}, at: {at}", reason.word()));
                }
                Fact::Entered { journey } => items.push(format!("entered: {journey}, at: {at}")),
                Fact::Exited { journey, reason } => {
                    items.push(format!("exited: {journey}, reason: {}, at: {at}", quoted(reason)));
                }
                Fact::Task { to, .. } => items.push(format!("task: {}, at: {at}", quoted(to))),
                Fact::Began { stage: first, .. } => stage = first.clone(),
                Fact::Stage { stage: next } => stage = Some(next.clone()),
                Fact::Happened { .. }
                | Fact::Field { .. }
                | Fact::Subscribed { .. }
                | Fact::Score { .. }
                | Fact::Grade { .. }
                | Fact::Segment { .. }
                | Fact::Refused { .. }
                | Fact::Reached { .. }
                | Fact::Way { .. }
                | Fact::Held { .. }
                | Fact::Unmatched { .. }
                | Fact::Drawn { .. } => {}
            }
        }
        items.extend(stage.map(|stage| format!("stage: {}", quoted(&stage))));
        if items.is_empty() {
            // Nothing came of it, which is something to expect: no mail is named, and `only` holds.
            items.extend(self.campaign.journeys.keys().map(|journey| format!("entered: {journey}, exactly: 0")));
        }
        items
    }

    /// A local moment; where a clock shows it twice, the time since the start.
    fn when(&self, at_secs: i64) -> String {
        let local = self.zone.to_datetime(Timestamp::from_second(at_secs).unwrap_or_default());
        if first_instant(local, &self.zone) != at_secs {
            let since = at_secs - self.recorded.start_secs;
            return format!("{}{}s", if since < 0 { "-" } else { "" }, since.abs());
        }
        let seconds = if local.second() == 0 { String::new() } else { format!(":{:02}", local.second()) };
        format!("{} {:02}:{:02}{seconds}", local.date(), local.hour(), local.minute())
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Number(value) => value.to_string(),
            Value::Text(text) => quoted(text),
            Value::Date(days) => {
                let day = jiff::civil::date(1970, 1, 1).checked_add(Span::new().days(*days));
                day.map_or_else(|_| days.to_string(), |day| day.to_string())
            }
            Value::Datetime(at) => format!("\"{}\"", Timestamp::from_second(*at).unwrap_or_default()),
            Value::Set(values) => {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("[{}]", values.join(", "))
            }
        }
    }
}

/// Text in YAML: as it is where it can be nothing else, else in quotes.
fn quoted(text: &str) -> String {
    const WORDS: [&str; 12] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "True", "False", "Null"];
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
