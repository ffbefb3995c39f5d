//! Random leads of a campaign, and what happens to them: at any time, often at the very second of something else.

use std::collections::{BTreeMap, BTreeSet};

use tabiji::backend::sim::{self, Fact, Noted, Options};
use tabiji::ir::journey::Action;
use tabiji::ir::permission::{Given, Stand};
use tabiji::ir::{Campaign, Field, Lead, Outside, Settled, Type, Value};
use tabiji::plan::Plan;

use crate::generate::Chance;
use crate::judge::DAYS;

const DAY: i64 = 86_400;

/// Clocks of which some are set within the runs.
const ZONES: [&str; 5] = ["Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"];

/// Only the campaign itself makes these.
pub const MADE: [&str; 5] = ["lead_created", "email_sent", "stage_changed", "journey_entered", "journey_ended"];

/// So many leads. The same number, the same leads.
pub fn leads(plan: &Plan, number: u64, count: usize) -> Vec<Lead> {
    let options = Options { days: Some(DAYS), ..Options::default() };
    let (start, _, _) = sim::period(plan, &options).unwrap();
    let mut maker = Maker { campaign: &plan.campaign, chance: Chance(number.wrapping_mul(977) + 13), start };
    let mut leads: Vec<Lead> = (0..count).map(|at| maker.lead(at)).collect();
    // What happens by itself is known by a first run: the second time something comes at its very second.
    let mut times: Vec<BTreeSet<i64>> = Vec::new();
    let mut see = |_: usize, facts: &[Noted]| times.push(facts.iter().map(|noted| noted.at_secs).collect());
    sim::watch(plan, &leads, &options, &mut see).unwrap();
    for (lead, times) in leads.iter_mut().zip(times) {
        let times: Vec<i64> = times.into_iter().collect();
        let more = maker.chance.below(6);
        for _ in 0..if times.is_empty() { 0 } else { more } {
            let at = maker.chance.pick(&times) + maker.chance.pick(&[0, 0, 0, 1, -1]);
            let event = maker.event(at);
            lead.timeline.iter_mut().for_each(|all| all.push(event.clone()));
        }
        lead.timeline.iter_mut().for_each(|all| all.sort_by_key(|each| each.at_secs));
    }
    leads
}

/// Changes leads a little, and tells what they may do about their mails.
pub struct Changer<'a> {
    maker: Maker<'a>,
}

impl<'a> Changer<'a> {
    pub fn of(plan: &'a Plan, number: u64) -> Changer<'a> {
        let options = Options { days: Some(DAYS), ..Options::default() };
        let (start, _, _) = sim::period(plan, &options).unwrap();
        Changer { maker: Maker { campaign: &plan.campaign, chance: Chance(number.wrapping_mul(1_553) + 29), start } }
    }

    /// The same lead with one to three things otherwise, given what came of it.
    pub fn changed(&mut self, lead: &Lead, seen: &[Noted]) -> Lead {
        let mut lead = lead.clone();
        let mut events = lead.timeline.take().unwrap_or_default();
        for _ in 0..=self.maker.chance.below(3) {
            let at = self.moment(seen);
            let which = self.maker.chance.below(events.len());
            match self.maker.chance.below(10) {
                0 if !events.is_empty() => drop(events.remove(which)),
                1 if !events.is_empty() => events[which].at_secs = at,
                2 | 3 if !events.is_empty() => events.push(Outside { at_secs: at, ..events[which].clone() }),
                4 => self.change_lead(&mut lead),
                5 | 6 => events.extend(self.reaction(seen)),
                _ => events.push(self.maker.event(at)),
            }
        }
        events.retain(|each| !MADE.contains(&each.event.as_str()));
        events.sort_by_key(|each| each.at_secs);
        lead.timeline = Some(events);
        lead
    }

    /// A moment of the run, often when something happens anyhow, or just so many days from it.
    fn moment(&mut self, seen: &[Noted]) -> i64 {
        let chance = &mut self.maker.chance;
        if seen.is_empty() || chance.once_in(6) {
            return self.maker.moment();
        }
        let at = chance.pick(&[0, 0, 0, 0, 1, -1, 60, 3_600, DAY, DAY, 2 * DAY, -DAY, 3 * DAY, 7 * DAY]);
        seen[chance.below(seen.len())].at_secs + at
    }

    fn change_lead(&mut self, lead: &mut Lead) {
        match self.maker.chance.below(4) {
            0 => lead.settled.arms = self.maker.arms(),
            1 => lead.settled.subscribed = self.maker.subscribed(),
            2 => lead.settled.lists = self.maker.lists(),
            _ => {
                let which = self.maker.chance.below(lead.values.len());
                let (name, field) = self.maker.campaign.fields.iter().nth(which).unwrap();
                if !["id", "email", "timezone", "created_at"].contains(&name.as_str()) {
                    lead.values[which] = self.maker.value(field);
                }
            }
        }
    }

    /// What a lead may do about one of the mails that it was sent.
    pub fn reaction(&mut self, seen: &[Noted]) -> Option<Outside> {
        let sent = |noted: &Noted| match &noted.fact {
            Fact::Sent { content, .. } => Some((noted.at_secs, content.clone())),
            _ => None,
        };
        let sent: Vec<(i64, String)> = seen.iter().filter_map(sent).collect();
        let (at, content) = sent.get(self.maker.chance.below(sent.len()))?;
        Some(self.reaction_to(*at, content))
    }

    /// Something that a lead does about what it was sent.
    pub fn reaction_to(&mut self, sent_secs: i64, content: &str) -> Outside {
        let is_mail = self.maker.campaign.emails.contains_key(content);
        let events: &[&str] = match is_mail {
            true => &["email_opened", "email_clicked", "email_opened", "email_clicked", "email_bounced", "complained"],
            false => &["message_opened", "message_clicked", "message_failed"],
        };
        let chance = &mut self.maker.chance;
        let later = chance.pick(&[1, 2, 3600, DAY - 1, DAY, DAY + 1, 2 * DAY, 3 * DAY]);
        let key = if is_mail { "email" } else { "message" };
        let with = BTreeMap::from([(key.to_owned(), Value::Text(content.to_owned()))]);
        Outside { at_secs: sent_secs + later, event: chance.pick(events).to_owned(), with }
    }

    /// Once in so many times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.maker.chance.once_in(n)
    }
}

struct Maker<'a> {
    campaign: &'a Campaign,
    chance: Chance,
    start: i64,
}

impl Maker<'_> {
    fn lead(&mut self, number: usize) -> Lead {
        let id = format!("lead-{number}");
        let mut values: Vec<Option<Value>> = Vec::new();
        for (name, field) in &self.campaign.fields {
            values.push(match name.as_str() {
                "id" => Some(Value::Text(id.clone())),
                "email" => (!self.chance.once_in(12)).then(|| Value::Text(format!("{id}@mail.example.com"))),
                "timezone" => self.chance.once_in(2).then(|| Value::Text(self.chance.pick(&ZONES).to_owned())),
                "created_at" if self.chance.once_in(3) => Some(Value::Datetime(self.moment())),
                "created_at" => None,
                _ => self.value(field),
            });
        }
        let count = self.chance.below(14);
        let mut timeline: Vec<Outside> = Vec::new();
        for _ in 0..count {
            let at = match timeline.last() {
                Some(last) if self.chance.once_in(4) => last.at_secs,
                Some(_) | None => self.moment(),
            };
            timeline.push(self.event(at));
        }
        timeline.sort_by_key(|each| each.at_secs);
        let stages = self.campaign.lifecycle.as_ref().map_or(Vec::new(), |all| all.stages.clone());
        let stage = (!stages.is_empty() && self.chance.once_in(3)).then(|| self.chance.pick(&stages));
        let models: Vec<(i32, i32)> = self.campaign.scoring.values().map(|model| (model.min, model.max)).collect();
        let mut score = |(min, max): (i32, i32)| {
            let (min, max) = (min.max(-20), max.min(40));
            let reach = usize::try_from((max - min).clamp(0, 12)).unwrap();
            self.chance.once_in(3).then(|| min + i32::try_from(self.chance.below(reach + 2)).unwrap() - 1)
        };
        let scores = models.into_iter().map(&mut score).collect();
        let settled = Settled { arms: self.arms(), subscribed: self.subscribed(), lists: self.lists() };
        let consents = if self.chance.once_in(4) { self.consents() } else { Vec::new() };
        Lead { id, values, stage, scores, consents, timeline: Some(timeline), settled, arrival: None }
    }

    /// A moment of the run, rarely of the time before it.
    fn moment(&mut self) -> i64 {
        let day = if self.chance.once_in(12) {
            -1 - self.chance.below(6) as i64
        } else {
            self.chance.below(DAYS as usize) as i64
        };
        let second = match self.chance.below(4) {
            0 => 0,
            1 => 3600 * self.chance.below(24) as i64,
            2 => 1800 * self.chance.below(48) as i64 + self.chance.below(2) as i64,
            _ => self.chance.below(DAY as usize) as i64,
        };
        self.start + day * DAY + second
    }

    fn value(&mut self, field: &Field) -> Option<Value> {
        if field.optional && self.chance.once_in(3) {
            return None;
        }
        let low = field.min.unwrap_or(0.0) as i64;
        let reach = (field.max.unwrap_or(9.0) as i64 - low).clamp(0, 1000) as usize;
        Some(match &field.ty {
            Type::Text { .. } => Value::Text(self.chance.pick(&["x", "Yak", "xylem ", "お茶"]).to_owned()),
            Type::Integer => Value::Int(low + self.chance.below(reach + 1) as i64),
            Type::Number { .. } => Value::Number(low as f64 + self.chance.below(4 * reach + 1) as f64 / 4.0),
            Type::Boolean => Value::Bool(self.chance.once_in(2)),
            Type::Date => {
                let day = self.start.div_euclid(DAY) + self.chance.below(20) as i64 - 4;
                let day = if self.chance.once_in(4) { day - 365 * self.chance.below(40) as i64 } else { day };
                Value::Date(i32::try_from(day).unwrap())
            }
            Type::Datetime => Value::Datetime(self.moment()),
            Type::Enum { values } => Value::Text(self.chance.pick(values)),
            Type::Set { values } => Value::Set(values.iter().filter(|_| self.chance.once_in(2)).cloned().collect()),
        })
    }

    fn event(&mut self, at_secs: i64) -> Outside {
        let own: Vec<&String> =
            self.campaign.events.iter().filter(|(_, event)| !event.builtin).map(|(name, _)| name).collect();
        let event = match self.chance.below(10) {
            0 | 1 => {
                (*self.chance.pick(&["email_opened", "email_clicked", "email_bounced", "email_delivered"])).to_owned()
            }
            2 => (*self.chance.pick(&[
                "subscribed",
                "unsubscribed",
                "subscription_confirmed",
                "subscribed",
                "subscription_confirmed",
            ]))
            .to_owned(),
            3 if self.campaign.policies.permission.preferences.is_some() => "preferences_changed".to_owned(),
            3 if self.chance.once_in(4) => self.rare(),
            _ if own.is_empty() => "subscribed".to_owned(),
            _ => self.chance.pick(&own).clone(),
        };
        let mut with = BTreeMap::new();
        let of_mail = event.starts_with("email_") || event.starts_with("message_") || event == "complained";
        for (name, property) in &self.campaign.events[&event].properties {
            let often = match name.as_str() {
                "email" if of_mail => 1,
                "message" if event.starts_with("message_") => 1,
                "email" | "message" if event == "unsubscribed" => 6,
                "topic" if event.contains("subscri") => 10,
                "journey" | "step" if of_mail => 8,
                "kind" if event == "email_bounced" || event == "message_failed" => 2,
                _ if of_mail => 0,
                _ if property.builtin => 2,
                _ => 10,
            };
            let is_there = match (property.builtin, often) {
                (true, 0) => false,
                (true, 1) => true,
                (true, 10) => !self.chance.once_in(4),
                (true, often) => self.chance.once_in(often),
                (false, _) => true,
            };
            if is_there && let Some(value) = self.named(name, property) {
                with.insert(name.clone(), value);
            }
        }
        // A reaction is to one thing.
        if with.contains_key("email") {
            with.remove("message");
        }
        if event.starts_with("message_") && !with.contains_key("message") {
            return Outside { at_secs, event: "subscribed".to_owned(), with: BTreeMap::new() };
        }
        Outside { at_secs, event, with }
    }

    fn rare(&mut self) -> String {
        let all = [
            "complained",
            "visited",
            "message_opened",
            "message_failed",
            "message_clicked",
            "lead_created",
            "email_sent",
            "stage_changed",
            "journey_ended",
            "journey_entered",
            "preferences_changed",
        ];
        (*self.chance.pick(&all)).to_owned()
    }

    /// The value of a property: of those that name something, the name of one that there is.
    fn named(&mut self, name: &str, property: &Field) -> Option<Value> {
        let names: Vec<String> = match name {
            "sku" => {
                let all = ["A-1", "A-2", "B-1", "B-2", "C-1", "recommended", "unknown"];
                return Some(Value::Text(self.chance.pick(&all).to_owned()));
            }
            _ if !property.builtin => return self.value(property),
            "email" => self.campaign.emails.keys().cloned().collect(),
            "message" => self.campaign.messages.keys().cloned().collect(),
            "journey" => self.campaign.journeys.keys().cloned().collect(),
            "topic" => self.campaign.topics.keys().filter(|name| *name != "account").cloned().collect(),
            "step" => {
                self.campaign.journeys.values().flat_map(|all| all.steps.iter().map(|step| step.id.clone())).collect()
            }
            "page" => self.campaign.pages.keys().cloned().collect(),
            "source" => self.campaign.sources.keys().cloned().collect(),
            "variant" => Vec::new(),
            "from" | "to" => self.campaign.lifecycle.as_ref().map_or(Vec::new(), |all| all.stages.clone()),
            _ => return self.value(property),
        };
        (!names.is_empty()).then(|| Value::Text(self.chance.pick(&names)))
    }

    fn arms(&mut self) -> BTreeMap<(String, String), String> {
        let mut out = BTreeMap::new();
        for (name, journey) in &self.campaign.journeys {
            for step in &journey.steps {
                if let Action::Split { arms } = &step.action {
                    let names: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
                    out.insert((name.clone(), step.id.clone()), self.chance.pick(&names));
                }
            }
        }
        out
    }

    fn subscribed(&mut self) -> Option<BTreeSet<String>> {
        if self.chance.once_in(2) {
            return None;
        }
        Some(self.campaign.topics.keys().filter(|_| !self.chance.once_in(4)).cloned().collect())
    }

    fn lists(&mut self) -> BTreeSet<String> {
        self.campaign.lists.keys().filter(|_| self.chance.once_in(3)).cloned().collect()
    }

    fn consents(&mut self) -> Vec<Option<Given>> {
        let stands = [Stand::In, Stand::Pending, Stand::Out];
        let given = |topic: &tabiji::ir::Topic, chance: &mut Chance, start: i64| {
            (topic.is_marketing() && chance.once_in(2)).then(|| Given {
                stand: stands[chance.below(3)],
                since_secs: chance.once_in(2).then(|| start - chance.below(20) as i64 * DAY),
            })
        };
        self.campaign.topics.values().map(|topic| given(topic, &mut self.chance, self.start)).collect()
    }
}
