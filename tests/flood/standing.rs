//! How a lead stands at the end of a second, as far as its future depends on it: two leads that stand alike have the same
//! before them, whatever happens. It is read from the facts of a run.

use std::collections::{BTreeMap, HashMap};

use tabiji::backend::sim::{Fact, Noted};
use tabiji::ir::journey::Action;
use tabiji::ir::{Again, Lead};

use crate::campaign::{Ground, Span, is_about_consent};

/// What is needed to read facts: names as numbers, built once for each campaign.
pub struct Reader<'a> {
    ground: &'a Ground,
    journeys: HashMap<&'a str, usize>,
    fields: HashMap<&'a str, usize>,
    emails: HashMap<&'a str, (usize, u32)>,
    /// Of each journey, its steps: number and what they do.
    steps: Vec<HashMap<&'a str, (usize, &'a Action)>>,
    /// Of each lead, the values of its fields, and what is settled about it.
    leads: Vec<(Vec<i64>, i64)>,
}

/// A number for any text.
fn code(text: &str) -> i64 {
    text.bytes()
        .fold(1_469_598_103_934_665_603_u64, |code, byte| (code ^ u64::from(byte)).wrapping_mul(1_099_511_628_211))
        as i64
}

/// Its first values, and all else that it begins with.
fn settled(lead: &Lead) -> (Vec<i64>, i64) {
    let values = lead.values.iter().map(|value| code(&format!("{value:?}"))).collect();
    (values, code(&format!("{:?} {:?}", lead.settled.arms, lead.timeline)))
}

impl<'a> Reader<'a> {
    pub fn new(ground: &'a Ground) -> Reader<'a> {
        let campaign = &ground.plan.campaign;
        fn numbers<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<&'a str, usize> {
            names.enumerate().map(|(number, name)| (name.as_str(), number)).collect()
        }
        let emails = campaign.emails.keys().chain(campaign.messages.keys()).enumerate();
        Reader {
            ground,
            journeys: numbers(campaign.journeys.keys()),
            fields: numbers(campaign.fields.keys()),
            emails: emails.map(|(number, name)| (name.as_str(), (number, ground.mask(name)))).collect(),
            steps: (campaign.journeys.values())
                .map(|journey| {
                    let steps = journey.steps.iter().enumerate();
                    steps.map(|(number, step)| (step.id.as_str(), (number, &step.action))).collect()
                })
                .collect(),
            leads: ground.leads.iter().map(settled).collect(),
        }
    }

    /// The mails of journeys in a run: when, and in which spans they count. Requests for a confirmation come when the lead
    /// asks for them.
    pub fn mails(&self, facts: &[Noted]) -> Vec<(i64, u32)> {
        let mail = |noted: &Noted| match &noted.fact {
            Fact::Sent { journey, content, .. } if self.journeys.contains_key(journey.as_str()) => {
                Some((noted.at_secs, self.emails[content.as_str()].1))
            }
            _ => None,
        };
        facts.iter().filter_map(mail).collect()
    }

    /// How the lead stands at the end of the second `now`. With `mails`, what was sent of late belongs to it.
    pub fn standing(&self, number: usize, facts: &[Noted], now: i64, mails: bool) -> Vec<i64> {
        let mut state = State::new(self, number);
        facts.iter().take_while(|noted| noted.at_secs <= now).for_each(|noted| state.take(self, noted));
        let mut out = state.write(self, number, now);
        if mails {
            self.recent(facts, now, &mut out);
        }
        out
    }

    fn recent(&self, facts: &[Noted], now: i64, out: &mut Vec<i64>) {
        let longest = self.ground.spans.iter().map(Span::secs).max().unwrap_or(0);
        let sent = self.mails(facts);
        for (at, mask) in sent.into_iter().filter(|(at, _)| *at <= now && *at > now - longest) {
            out.extend([now - at, i64::from(mask)]);
        }
    }
}

/// A lead in the making.
struct State {
    fields: Vec<i64>,
    /// Of each journey: step, since when, and when it was entered.
    running: Vec<Option<(usize, i64, i64)>>,
    exits: Vec<Option<i64>>,
    sent: Vec<Option<i64>>,
    /// Anything else that lasts, by its name.
    marks: BTreeMap<(u8, i64), i64>,
    stage_since: i64,
    past: Vec<i64>,
}

impl State {
    fn new(reader: &Reader<'_>, number: usize) -> State {
        let (journeys, lead) = (reader.journeys.len(), &reader.ground.leads[number]);
        State {
            fields: reader.leads[number].0.clone(),
            running: vec![None; journeys],
            exits: vec![None; journeys],
            sent: vec![None; reader.emails.len()],
            marks: lead.settled.lists.iter().map(|list| ((0, code(list)), 1)).collect(),
            stage_since: i64::MIN,
            past: Vec::new(),
        }
    }

    fn take(&mut self, reader: &Reader<'_>, noted: &Noted) {
        let now = noted.at_secs;
        if reader.ground.keyed {
            self.past.extend([now, code(&format!("{:?}", noted.fact))]);
        }
        let mut mark = |kind: u8, name: &str, value: i64| {
            self.marks.insert((kind, code(name)), value);
        };
        match &noted.fact {
            Fact::Began { stage, scores, .. } => {
                mark(1, "", stage.as_deref().map_or(0, code));
                scores.iter().for_each(|(model, score)| mark(2, model, i64::from(*score)));
                self.stage_since = now;
            }
            Fact::Score { model, score } => mark(2, model, i64::from(*score)),
            Fact::Grade { model, grade } => mark(3, model, grade.as_deref().map_or(0, code)),
            Fact::Stage { stage } => {
                mark(1, "", code(stage));
                // `reached`.
                mark(4, stage, 1);
                self.stage_since = now;
            }
            Fact::Segment { segment, member } => mark(5, segment, i64::from(*member)),
            Fact::Entered { journey } => {
                let Some(journey) = reader.journeys.get(journey.as_str()) else { return };
                self.running[*journey] = Some((usize::MAX, now, now));
            }
            Fact::Exited { journey, .. } => {
                // A request for a confirmation is no journey.
                let Some(journey) = reader.journeys.get(journey.as_str()).copied() else { return };
                self.running[journey] = None;
                self.exits[journey] = Some(now);
            }
            Fact::Reached { journey, step } => {
                let Some(journey) = reader.journeys.get(journey.as_str()).copied() else { return };
                let (step, action) = reader.steps[journey][step.as_str()];
                if let Some(instance) = &mut self.running[journey] {
                    (instance.0, instance.1) = (step, now);
                }
                self.step(reader, action, now);
            }
            Fact::Sent { content, .. } => self.sent[reader.emails[content.as_str()].0] = Some(now),
            Fact::Subscribed { topic, is_in } => mark(6, topic, i64::from(*is_in)),
            Fact::Happened { event, with, outside } => {
                if is_about_consent(event) {
                    // Whether it is still to be confirmed, and whether it can come back at all.
                    let topic = with.get("topic").map_or(String::new(), |topic| format!("{topic:?}"));
                    mark(7, &topic, code(event));
                    mark(8, if event == "complained" { "" } else { &topic }, i64::from(event == "complained"));
                }
                for (field, property) in &reader.ground.plan.campaign.events[event].sets {
                    if let Some(value) = with.get(property) {
                        self.fields[reader.fields[field.as_str()]] = code(&format!("{:?}", Some(value)));
                    }
                }
                if reader.ground.history && (*outside || reader.ground.clock) {
                    self.past.extend([now, code(event), code(&format!("{with:?}"))]);
                }
            }
            Fact::Field { .. }
            | Fact::Refused { .. }
            | Fact::Way { .. }
            | Fact::Task { .. }
            | Fact::Held { .. }
            | Fact::Skipped { .. }
            | Fact::Unmatched { .. }
            | Fact::Drawn { .. } => {}
        }
    }

    fn step(&mut self, reader: &Reader<'_>, action: &Action, now: i64) {
        match action {
            Action::Set { values } => {
                for (field, value) in values {
                    self.fields[reader.fields[field.as_str()]] = code(&format!("{value:?}"));
                }
            }
            Action::List { list, add } => {
                self.marks.insert((0, code(list)), i64::from(*add));
            }
            Action::Topic { topic, subscribe } => self.past.extend([now, code(topic), i64::from(*subscribe)]),
            _ => {}
        }
    }

    fn write(&self, reader: &Reader<'_>, number: usize, now: i64) -> Vec<i64> {
        let (ground, campaign) = (reader.ground, &reader.ground.plan.campaign);
        // A window longer than all that is asked for hides nothing.
        let since = |at: i64| (now - at).min(ground.longest + 1);
        let mut out = vec![reader.leads[number].1];
        out.extend(&self.fields);
        for ((journey, running), exit) in campaign.journeys.values().zip(&self.running).zip(&self.exits) {
            match running {
                // A mail that is held, or a wait, is told by the step and its time.
                Some((step, reached, entered)) => {
                    let entered = if journey.goal.is_some() { since(*entered) } else { 0 };
                    out.extend([*step as i64, now - reached, entered]);
                }
                None => out.push(-1),
            }
            out.push(match (journey.entry.again, exit) {
                (Again::AfterSecs(secs), Some(exit)) => (now - exit).min(secs),
                (Again::Never | Again::Always, Some(_)) => -2,
                (_, None) => -1,
            });
        }
        let repeats = campaign.emails.values().map(|email| email.repeat);
        let repeats = repeats.chain(campaign.messages.values().map(|message| message.repeat));
        for (repeat, sent) in repeats.zip(&self.sent) {
            out.push(match (repeat, sent) {
                (Again::AfterSecs(secs), Some(sent)) => (now - sent).min(secs),
                (Again::Never | Again::Always, Some(_)) => -2,
                (_, None) => -1,
            });
        }
        for ((kind, name), value) in &self.marks {
            out.extend([i64::from(*kind), *name, *value]);
        }
        if campaign.lifecycle.as_ref().is_some_and(|all| all.moves.iter().any(|each| each.after_secs.is_some())) {
            out.push(since(self.stage_since));
        }
        out.extend(&self.past);
        if ground.clock {
            out.push(now);
        }
        out
    }
}
