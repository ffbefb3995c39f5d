//! What a search needs to know of a campaign: who leads can be, what can happen to them, and which times matter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tabiji::backend::sim::{self, Options};
use tabiji::ir::journey::Action;
use tabiji::ir::{Campaign, Channel, Consent, Counted, Field, Lead, Outside, Settled, Type, Value, Window, builtin};
use tabiji::plan::{self, Plan};

pub const DAY: i64 = 86_400;

/// Dates of fields and events, in days behind the start.
const DATES: [i64; 3] = [-2, 1, 4];

/// Leads of one campaign that are looked at; the product of all that can differ may be larger.
const MOST_CELLS: usize = 400;

/// A stretch of time, and which mails count in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub per: Window,
    /// Which mails count.
    pub counts: Counted,
    /// Which channels count.
    pub channels: Vec<Channel>,
}

impl Span {
    /// The most mails in any such stretch. They are in the order of time; those with the bit `number` count.
    pub fn fullest(&self, mails: &[(i64, u32)], number: usize) -> u64 {
        let counted: Vec<i64> = mails.iter().filter(|(_, mask)| mask >> number & 1 == 1).map(|(at, _)| *at).collect();
        let share = |earlier: i64, later: i64| match self.per {
            Window::RollingSecs(secs) => later - earlier < secs,
            Window::CalendarDay => earlier.div_euclid(DAY) == later.div_euclid(DAY),
            // The first of 1970 was a Thursday.
            Window::CalendarWeek => {
                (earlier.div_euclid(DAY) + 3).div_euclid(7) == (later.div_euclid(DAY) + 3).div_euclid(7)
            }
            Window::CalendarMonth => month(earlier) == month(later),
            Window::Ever => true,
        };
        let mut first = 0;
        let mut most = 0;
        for (last, at) in counted.iter().enumerate() {
            while !share(counted[first], *at) {
                first += 1;
            }
            most = most.max(last + 1 - first);
        }
        most as u64
    }

    /// The longest that it can be, in seconds.
    pub fn secs(&self) -> i64 {
        match self.per {
            Window::RollingSecs(secs) => secs,
            Window::CalendarDay => DAY,
            Window::CalendarWeek => 7 * DAY,
            Window::CalendarMonth => 31 * DAY,
            Window::Ever => i64::MAX / 2,
        }
    }
}

fn month(at: i64) -> (i16, i8) {
    let date = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(at).unwrap()).date();
    (date.year(), date.month())
}

/// Something that can happen to a lead.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub event: String,
    pub with: BTreeMap<String, Value>,
    /// It follows a mail of this email, by a second at least.
    pub after: Option<String>,
}

/// A campaign without its frequency rules, and all that a search asks about it.
pub struct Ground {
    pub plan: Plan,
    pub spans: Vec<Span>,
    /// First instant of a run, and its length in days.
    pub start: i64,
    pub days: u32,
    pub symbols: Vec<Symbol>,
    pub leads: Vec<Lead>,
    /// What all durations are whole multiples of.
    pub unit: i64,
    /// The longest duration.
    pub longest: i64,
    /// Whether the time of the day or the date matters.
    pub clock: bool,
    /// Whether the past matters.
    pub history: bool,
    /// Whether instances cannot be told apart.
    pub keyed: bool,
}

impl Ground {
    /// Everything about a campaign whose frequency rules do nothing.
    pub fn new(campaign: &Campaign, spans: Vec<Span>) -> Ground {
        let mut campaign = campaign.clone();
        campaign.policies.frequency.clear();
        Ground::as_it_is(&campaign, spans)
    }

    /// Everything about a campaign, with what its frequency rules do.
    pub fn as_it_is(campaign: &Campaign, spans: Vec<Span>) -> Ground {
        let campaign = campaign.clone();
        let words = serde_json::to_string(&(&campaign.journeys, &campaign.segments, &campaign.lifecycle)).unwrap();
        let mut lengths = BTreeSet::new();
        let times = (&campaign.journeys, &campaign.emails, &campaign.messages, &campaign.lifecycle, &campaign.segments);
        durations(&serde_json::to_value(times).unwrap(), &mut lengths);
        lengths.extend(spans.iter().filter_map(|span| match span.per {
            Window::RollingSecs(secs) => Some(secs),
            Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth | Window::Ever => None,
        }));
        let longest = lengths.iter().max().copied().unwrap_or(DAY);
        let inside: i64 = lengths_of_journeys(&campaign).into_iter().sum();
        let plan = plan::build(&campaign).unwrap();
        let (start, _, _) = sim::period(&plan, &Options::default()).unwrap();
        let says = |word: &str| words.contains(word);
        Ground {
            start,
            days: u32::try_from(((inside + 2 * longest) / DAY + 3).clamp(8, 45)).unwrap(),
            symbols: symbols(&campaign, &words, start),
            leads: leads(&campaign, &words, start),
            unit: lengths.iter().copied().fold(DAY, gcd),
            longest,
            clock: campaign.policies.quiet_hours.is_some()
                || spans.iter().any(|span| !matches!(span.per, Window::RollingSecs(_)))
                || ["\"schedule\"", "wait_until", "days_until", "\"today\"", "\"now\"", "within=", "days_since"]
                    .into_iter()
                    .any(says)
                || campaign.journeys.values().any(|journey| journey.ends.is_some()),
            history: ["did(", "count(", "days_since", "received("].into_iter().any(says)
                || campaign.scoring.values().any(|model| model.decay.is_some())
                || agrees(&campaign, &words),
            keyed: campaign.journeys.values().any(|journey| journey.entry.key.is_some()),
            spans,
            plan,
        }
    }

    /// The lead with this that happens to it.
    pub fn told(&self, lead: usize, events: &[(i64, usize)]) -> Lead {
        let outside = |(at, symbol): &(i64, usize)| {
            let Symbol { event, with, .. } = &self.symbols[*symbol];
            Outside { at_secs: *at, event: event.clone(), with: with.clone() }
        };
        let past = self.leads[lead].timeline.iter().flatten().cloned();
        Lead { timeline: Some(past.chain(events.iter().map(outside)).collect()), ..self.leads[lead].clone() }
    }

    /// The spans in which a mail counts, a bit each.
    pub fn mask(&self, content: &str) -> u32 {
        let campaign = &self.plan.campaign;
        let (topic, channel) = match campaign.emails.get(content) {
            Some(email) => (&email.topic, Channel::Email),
            None => (&campaign.messages[content].topic, campaign.messages[content].channel),
        };
        let marketing = self.plan.campaign.topics[topic].consent != Consent::Transactional;
        let is_meant = |span: &Span| match &span.counts {
            Counted::All => true,
            Counted::Marketing => marketing,
            Counted::Topic(name) => name == topic,
        };
        let counts = |span: &Span| span.channels.contains(&channel) && is_meant(span);
        (0..).zip(&self.spans).filter(|(_, span)| counts(span)).fold(0, |mask, (number, _)| mask | 1 << number)
    }
}

/// The windows of a campaign's frequency rules and limits.
pub fn spans(campaign: &Campaign) -> Vec<Span> {
    let rules = campaign.policies.frequency.iter().map(|rule| (rule.per, &rule.counts, &rule.channels));
    let limits = campaign.policies.limits.iter().map(|limit| (limit.per, &limit.counts, &limit.channels));
    let all = rules.chain(limits);
    all.map(|(per, counts, channels)| Span { per, counts: counts.clone(), channels: channels.clone() }).collect()
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Every number of seconds in a part of a campaign.
fn durations(json: &Json, out: &mut BTreeSet<i64>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| durations(item, out)),
        Json::Object(items) => {
            for (key, item) in items {
                match item.as_i64() {
                    Some(secs) if key.contains("secs") => drop((secs > 0).then(|| out.insert(secs))),
                    Some(_) | None => durations(item, out),
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The longest way through each journey, roughly: all its durations together.
fn lengths_of_journeys(campaign: &Campaign) -> Vec<i64> {
    let of = |journey| {
        let mut sum = 0;
        all_secs(&serde_json::to_value(journey).unwrap(), &mut sum);
        sum
    };
    campaign.journeys.values().map(of).collect()
}

fn all_secs(json: &Json, sum: &mut i64) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| all_secs(item, sum)),
        Json::Object(items) => {
            for (key, item) in items {
                match item.as_i64() {
                    Some(secs) if key.contains("secs") => *sum += secs,
                    Some(_) | None => all_secs(item, sum),
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// What can happen from outside and is asked for anywhere.
fn symbols(campaign: &Campaign, words: &str, start: i64) -> Vec<Symbol> {
    let scored: Vec<&String> =
        campaign.scoring.values().flat_map(|model| model.rules.iter().map(|rule| &rule.event)).collect();
    let asked = |event: &str| words.contains(&format!("\"{event}\"")) || scored.iter().any(|name| *name == event);
    let mut out = Vec::new();
    for (name, event) in &campaign.events {
        let is_told = is_about_consent(name) && name != "complained" && name != "preferences_changed";
        if !asked(name) && event.sets.is_empty() && !(is_told && agrees(campaign, words)) {
            continue;
        }
        if !event.builtin {
            let mut all = vec![BTreeMap::new()];
            for (property, field) in &event.properties {
                let of_zones = event.sets.get("timezone") == Some(property);
                let zones = ["Asia/Tokyo", "UTC"].map(|zone| Some(Value::Text(zone.to_owned()))).to_vec();
                all = product(&all, property, &if of_zones { zones } else { values(field, true, start) });
            }
            out.extend(all.into_iter().map(|with| Symbol { event: name.clone(), with, after: None }));
        } else if matches!(name.as_str(), "email_opened" | "email_clicked") {
            for email in campaign.emails.keys() {
                let with = BTreeMap::from([("email".to_owned(), Value::Text(email.clone()))]);
                out.push(Symbol { event: name.clone(), with, after: Some(email.clone()) });
            }
        } else if is_about_consent(name) {
            let text = |word: &str| Value::Text(word.to_owned());
            let mut all: Vec<Values> =
                campaign.marketing_topics().map(|topic| BTreeMap::from([("topic".to_owned(), text(topic))])).collect();
            // Without a topic it is about all of them; nobody subscribes to none.
            if all.len() > 1 && name != "subscribed" {
                all.push(BTreeMap::new());
            }
            if name == "preferences_changed" {
                all = product(&all, "choice", &["in", "out"].map(|choice| Some(text(choice))));
            }
            out.extend(all.into_iter().map(|with| Symbol { event: name.clone(), with, after: None }));
        }
    }
    out
}

/// Whether an event changes what a lead allows.
pub fn is_about_consent(event: &str) -> bool {
    let events = ["subscribed", "unsubscribed", "subscription_confirmed", "complained", "preferences_changed"];
    events.contains(&event)
}

/// Whether it matters who agreed to what.
fn agrees(campaign: &Campaign, words: &str) -> bool {
    let asks = |topic: &tabiji::ir::Topic| matches!(topic.consent, Consent::OptIn | Consent::DoubleOptIn);
    campaign.topics.values().any(asks) || words.contains("subscribe")
}

type Values = BTreeMap<String, Value>;

fn product(all: &[Values], name: &str, values: &[Option<Value>]) -> Vec<Values> {
    let with = |base: &Values, value: &Option<Value>| {
        let mut base = base.clone();
        value.iter().for_each(|value| drop(base.insert(name.to_owned(), value.clone())));
        base
    };
    all.iter().flat_map(|base| values.iter().map(move |value| with(base, value))).collect()
}

/// The values of a field, as far as they differ to anybody who asks.
fn values(field: &Field, asked: bool, start: i64) -> Vec<Option<Value>> {
    let mut out: Vec<Option<Value>> = match &field.ty {
        Type::Enum { values } => values.iter().map(|value| Some(Value::Text(value.clone()))).collect(),
        Type::Boolean => vec![Some(Value::Bool(false)), Some(Value::Bool(true))],
        Type::Integer => {
            let (min, max) = (field.min.unwrap_or(0.0) as i64, field.max.unwrap_or(9.0) as i64);
            (min..=max.min(min + 9)).map(|value| Some(Value::Int(value))).collect()
        }
        Type::Text { .. } => vec![Some(Value::Text("x".to_owned()))],
        Type::Date => DATES.map(|days| Some(Value::Date(i32::try_from(start / DAY + days).unwrap()))).to_vec(),
        Type::Datetime => DATES.map(|days| Some(Value::Datetime(start + days * DAY))).to_vec(),
        Type::Number { .. } | Type::Set { .. } => vec![None],
    };
    if field.optional {
        out.push(None);
    }
    out.truncate(if asked { out.len() } else { 1 });
    out
}

/// Everybody who can come in, one of each kind.
fn leads(campaign: &Campaign, words: &str, start: i64) -> Vec<Lead> {
    let names = builtin::fields();
    let mut all = vec![base(campaign)];
    for (at, (name, field)) in campaign.fields.iter().enumerate() {
        if !names.contains_key(name) {
            let asked = words.contains(&format!("\"{name}\""));
            all = each(&all, &values(field, asked, start), |lead, value| lead.values[at].clone_from(value));
        }
    }
    let late = words.contains("\"existing\":false") || words.contains("lead_created");
    if let Some(at) = campaign.fields.keys().position(|name| name == "created_at").filter(|_| late) {
        let days = [None, Some(1), Some(5)];
        let moments = days.map(|days| Some(Value::Datetime(start + days? * DAY)));
        all = each(&all, &moments, |lead, value| lead.values[at].clone_from(value));
    }
    if agrees(campaign, words) {
        let topics: Vec<&String> = campaign.marketing_topics().collect();
        let subsets: Vec<usize> = (0..1 << topics.len()).rev().collect();
        all = each(&all, &subsets, |lead, subset| {
            let is_in = |(at, _): &(usize, &&String)| subset & (1 << at) != 0;
            let is_in = topics.iter().enumerate().filter(is_in);
            lead.settled.subscribed = Some(is_in.map(|(_, topic)| (*topic).clone()).collect());
        });
    }
    if let Some(at) = campaign.fields.keys().position(|name| name == "timezone").filter(|_| words.contains("minute")) {
        // No lead's clock is set forward where the project's is not, unless the project says so.
        let is_kept = tabiji::ir::keeps_its_offset(&campaign.settings.timezone);
        let zone = if is_kept { "Asia/Tokyo" } else { "America/New_York" };
        let zones = [None, Some(Value::Text(zone.to_owned()))];
        all = each(&all, &zones, |lead, value| lead.values[at].clone_from(value));
    }
    if ["did(", "count(", "received("].into_iter().any(|word| words.contains(word)) {
        all = each(&all, &pasts(campaign, words, start), |lead, past| lead.timeline = Some(past.clone()));
    }
    for (journey, step, arms) in splits(campaign) {
        all = each(&all, &arms, |lead, arm| {
            lead.settled.arms.insert((journey.clone(), step.clone()), arm.clone());
        });
    }
    let asks = serde_json::to_string(&(&campaign.journeys, &campaign.segments)).unwrap();
    let of_stage = asks.contains("\"stage\"}") || asks.contains("stage_changed") || asks.contains("\"reached\"");
    if let Some(lifecycle) = campaign.lifecycle.as_ref().filter(|_| of_stage) {
        all = each(&all, &lifecycle.stages, |lead, stage| lead.stage = Some(stage.clone()));
    }
    let of_list = |list: &&String| words.contains("\"in_list\"") && words.contains(&format!("\"{list}\""));
    for list in campaign.lists.keys().filter(of_list) {
        all = each(&all, &[false, true], |lead, is_on| {
            is_on.then(|| lead.settled.lists.insert(list.clone()));
        });
    }
    for (at, model) in campaign.scoring.values().enumerate().filter(|_| words.contains("\"op\":\"score\"")) {
        let scores: Vec<i32> = (model.min..=model.max.min(model.min + 4)).collect();
        all = each(&all, &scores, |lead, score| {
            lead.scores.resize(campaign.scoring.len(), None);
            lead.scores[at] = Some(*score);
        });
    }
    // Too many kinds are thinned out evenly.
    let step = all.len().div_ceil(MOST_CELLS);
    all.into_iter().step_by(step).collect()
}

/// What can have happened before the lead came in: nothing; each event twice; each mail.
fn pasts(campaign: &Campaign, words: &str, start: i64) -> Vec<Vec<Outside>> {
    let at = |secs: i64, event: &str, with: BTreeMap<String, Value>| Outside {
        at_secs: start - secs,
        event: event.to_owned(),
        with,
    };
    let mut out = vec![Vec::new()];
    for symbol in symbols(campaign, words, start).into_iter().filter(|symbol| symbol.after.is_none()) {
        out.push([2, 1].map(|secs| at(secs * 3600, &symbol.event, symbol.with.clone())).to_vec());
    }
    for email in campaign.emails.keys().filter(|_| words.contains("received(")) {
        let with = BTreeMap::from([("email".to_owned(), Value::Text(email.clone()))]);
        out.push(vec![at(3600, "email_sent", with)]);
    }
    out
}

fn each<T>(all: &[Lead], values: &[T], change: impl Fn(&mut Lead, &T)) -> Vec<Lead> {
    let changed = |lead: &Lead, value: &T| {
        let mut lead = lead.clone();
        change(&mut lead, value);
        lead
    };
    all.iter().flat_map(|lead| values.iter().map(|value| changed(lead, value)).collect::<Vec<_>>()).collect()
}

fn base(campaign: &Campaign) -> Lead {
    let value = |name: &String| match name.as_str() {
        "id" => Some(Value::Text("lead".to_owned())),
        "email" => Some(Value::Text("lead@mail.example.com".to_owned())),
        _ => None,
    };
    Lead {
        id: "lead".to_owned(),
        values: campaign.fields.keys().map(value).collect(),
        settled: Settled { subscribed: Some(campaign.topics.keys().cloned().collect()), ..Settled::default() },
        ..Lead::default()
    }
}

fn splits(campaign: &Campaign) -> Vec<(String, String, Vec<String>)> {
    let mut out = Vec::new();
    for (name, journey) in &campaign.journeys {
        for step in &journey.steps {
            if let Action::Split { arms } = &step.action {
                let arms = arms.iter().filter(|arm| arm.weight > 0.0).map(|arm| arm.name.clone()).collect();
                out.push((name.clone(), step.id.clone(), arms));
            }
        }
    }
    out
}
