//! Where a lead stands with each topic, the record of how it came there, and what its market asks for.

use super::super::ask::Ask;
use super::super::chance;
use super::super::civil::DAY;
use super::super::engine::Engine;
use super::super::facts::Fact;
use super::super::lead::{Data, Happening, LeadState, Standing};
use super::super::program::{Deps, Effect, Program, Property};
use super::super::trace::What;
use super::super::value::{Slot, V};
use crate::ir::Consent;
use crate::ir::permission::{Back, Stand};

/// How strong an agreement is, the weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The lead did not object.
    #[default]
    Silence,
    /// It subscribed.
    Given,
    /// It subscribed and confirmed, or agreed before the run.
    Confirmed,
}

impl Basis {
    /// What a consent asks for.
    fn of(consent: Consent) -> Basis {
        match consent {
            Consent::Transactional | Consent::OptOut => Basis::Silence,
            Consent::OptIn => Basis::Given,
            Consent::DoubleOptIn => Basis::Confirmed,
        }
    }

    /// The word for it, that of topics.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Silence => "opt_out",
            Basis::Given => "opt_in",
            Basis::Confirmed => "double_opt_in",
        }
    }
}

/// By what a lead came to stand where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// It was so before the run.
    #[default]
    Before,
    /// The leads file says so.
    File,
    /// An event.
    Event(usize),
    /// A step: journey and step.
    Step(usize, usize),
    /// The time for an answer ran out.
    Lapse,
    /// The lead showed no interest for too long.
    Sunset,
}

/// How a lead came to stand where it stands with a topic.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Since when.
    pub since: i64,
    /// By what.
    pub by: By,
    /// Where it subscribed, if an event said so.
    pub place: Slot,
    /// When it was asked to confirm, if it was.
    pub asked: Option<i64>,
    /// How strong its agreement is.
    pub basis: Basis,
    /// Whether it left, so that no event implies its consent.
    pub left: bool,
    /// How often it was asked to confirm; tells timers of earlier requests from those of this one.
    pub requests: u32,
}

/// What a lead has to do before marketing about a topic is sent to it: the stricter of topic and market.
pub fn needed(program: &Program, lead: &LeadState, topic: usize) -> Basis {
    let market = lead.permission.market.and_then(|market| program.permission.markets[market].consent);
    Basis::of(program.topics[topic].consent).max(market.map_or(Basis::Silence, Basis::of))
}

impl Ask<'_> {
    /// Whether the lead is in, where no market asks for more and it never complained: then it may be mailed on any topic.
    #[inline]
    pub fn is_in(&self, topic: usize) -> bool {
        let no_markets = self.program.permission.markets.is_empty();
        self.lead.topics[topic] == Standing::In && !self.lead.complained && no_markets
    }

    /// Whether the lead may be mailed on a topic now.
    pub fn subscribed(&self, topic: usize) -> bool {
        let marketing = self.program.topics[topic].marketing();
        !marketing || (!self.lead.complained && (self.agreed(topic) || self.implied(topic)))
    }

    /// Whether the lead is in, by an agreement as strong as its market asks for.
    pub fn agreed(&self, topic: usize) -> bool {
        let strong = || self.lead.permission.records[topic].basis >= self.needed(topic);
        self.lead.topics[topic] == Standing::In && (self.program.permission.markets.is_empty() || strong())
    }

    /// What the lead has to do before marketing about a topic is sent to it: the stricter of topic and market.
    pub fn needed(&self, topic: usize) -> Basis {
        needed(self.program, self.lead, topic)
    }

    /// Whether an event implies consent, and the lead has not left the topic.
    pub fn implied(&self, topic: usize) -> bool {
        let state = &self.lead.permission;
        let Some(market) = state.market else { return false };
        let Some((_, lasts, _)) = self.program.permission.markets[market].implied else { return false };
        let at = state.implied[market];
        // An instant that a field says may be still to come.
        at > i64::MIN && at <= self.now && self.now < at.saturating_add(lasts) && !state.records[topic].left
    }

    /// Whole days since the lead agreed to a topic, if it may be mailed because it agreed.
    pub fn days_since_consent(&self, topic: usize) -> Option<i64> {
        let agreed = self.program.topics[topic].marketing() && !self.lead.complained && self.agreed(topic);
        agreed.then(|| (self.now - self.lead.permission.records[topic].since).div_euclid(DAY))
    }

    /// Why the lead may not be mailed on a topic, in words.
    pub fn lacks_consent(&self, topic: usize) -> String {
        let name = &self.program.topics[topic].name;
        match self.lead.topics[topic] {
            _ if self.lead.complained => "the lead complained".to_owned(),
            Standing::Pending => format!("the subscription to `{name}` is not confirmed"),
            Standing::In => match self.lead.permission.market {
                Some(market) => {
                    let market = &self.program.permission.markets[market].name;
                    format!("in the market `{market}`, `{name}` asks for {}", self.needed(topic).word())
                }
                None => format!("not subscribed to `{name}`"),
            },
            Standing::Out if self.lead.permission.left_all && self.program.permission.unsubscribe.is_some() => {
                "the lead left all marketing".to_owned()
            }
            Standing::Out => format!("not subscribed to `{name}`"),
        }
    }
}

impl<'a> Engine<'a> {
    /// One marketing topic, or all of them.
    pub(super) fn topics(&self, one: Option<usize>, all: bool) -> impl Iterator<Item = usize> + use<'a> {
        let topics = &self.program.topics;
        (0..topics.len()).filter(move |topic| topics[*topic].marketing() && (all || one == Some(*topic)))
    }
}

impl Engine<'_> {
    /// Who agreed before: what is settled, else the leads file, else the topic.
    pub(in super::super) fn grant(&mut self) {
        for (number, topic) in self.program.topics.iter().enumerate() {
            let (granted, basis) = match (&self.lead.replay.granted, &topic.granted) {
                (Some(granted), _) => (granted[number], Basis::Confirmed),
                (None, Some(cond)) => (self.ask(None).holds(cond), Basis::Confirmed),
                (None, None) => (topic.consent == Consent::OptOut, Basis::Silence),
            };
            self.lead.topics[number] = if granted { Standing::In } else { Standing::Out };
            self.lead.permission.records[number] = Record { since: self.now, basis, ..Record::default() };
        }
        if self.lead.replay.granted.is_none() {
            self.take_file();
        }
    }

    /// What the leads file says of consents.
    pub(in super::super) fn take_file(&mut self) {
        for number in 0..self.lead.permission.given.len() {
            let Some(given) = self.lead.permission.given[number] else { continue };
            let since = given.since_secs.unwrap_or(self.now);
            self.lead.topics[number] = match given.stand {
                Stand::In => Standing::In,
                Stand::Pending => Standing::Pending,
                Stand::Out => Standing::Out,
            };
            let record = &mut self.lead.permission.records[number];
            *record =
                Record { since, by: By::File, basis: Basis::Confirmed, requests: record.requests, ..Record::default() };
            record.left = given.stand == Stand::Out;
            if given.stand == Stand::Pending {
                record.asked = Some(since);
                self.await_answer(number, since);
            }
        }
        self.lead.changed(Deps::TOPICS);
    }

    /// Finds out the market, which is a function of the fields.
    pub(in super::super) fn refresh_market(&mut self, first: bool) {
        let program = self.program;
        let markets = &program.permission.markets;
        let market = markets.iter().position(|market| self.holds(Some(&market.when), None));
        if self.lead.permission.market == market && !first {
            return;
        }
        self.lead.permission.market = market;
        self.lead.changed(Deps::TOPICS);
        self.note(What::Market, None, |_| {
            market.map_or("none matches".to_owned(), |market| format!("`{}`", markets[market].name))
        });
        // A past that was gone through knows better.
        if first && (self.lead.replay.reliving || !self.lead.replay.has_past()) {
            for (number, market) in markets.iter().enumerate() {
                let field = market.implied.and_then(|(_, _, field)| field);
                self.lead.permission.implied[number] =
                    field.and_then(|field| self.moment_of(field)).unwrap_or(i64::MIN);
            }
        }
    }

    /// The instant that a field holds; of a date, its local midnight.
    pub(super) fn moment_of(&self, field: usize) -> Option<i64> {
        match &self.lead.fields[field] {
            Slot::Time(at) => Some(*at),
            Slot::Date(day) => Some(self.lead.zone.first(i64::from(*day) * DAY)),
            Slot::Absent
            | Slot::Bool(_)
            | Slot::Int(_)
            | Slot::Number(_)
            | Slot::Sym(_)
            | Slot::Text(_)
            | Slot::Set(_) => None,
        }
    }

    /// What an event does to what the lead allows.
    pub(in super::super) fn take_effect(&mut self, event: &Happening) {
        let program = self.program;
        let info = &program.events[event.event];
        for market in &info.implies {
            self.lead.permission.implied[*market] = self.now;
            self.lead.changed(Deps::TOPICS);
        }
        if info.wakes {
            self.shows_interest();
        }
        if info.effect == Effect::None {
            return;
        }
        let value = self.text_property(event, &Property::Topic);
        let named = |topic: &super::super::program::Topic| V::Sym(topic.sym).same(&value, &program.texts);
        let topic = program.topics.iter().position(named);
        let all = matches!(value, V::Absent);
        let by = By::Event(event.event);
        match info.effect {
            Effect::None => {}
            Effect::Subscribe => {
                let place = self.text_property(event, &Property::Place).keep();
                if let Some(topic) = topic {
                    self.subscribe(topic, by, place);
                }
            }
            Effect::Confirm => self.topics(topic, all).for_each(|topic| self.confirm(topic, by)),
            Effect::Unsubscribe => {
                self.lead.permission.left_all |= all;
                self.topics(topic, all).for_each(|topic| self.unsubscribe(topic, by));
            }
            Effect::Complain => {
                self.lead.complained = true;
                self.lead.changed(Deps::TOPICS);
                self.topics(None, true).for_each(|topic| self.unsubscribe(topic, by));
            }
            Effect::Prefer => self.prefer(event, topic, all),
        }
    }

    /// A property of an event; absent if the event has none of that kind.
    pub(super) fn text_property(&self, event: &Happening, wanted: &Property) -> V<'static> {
        let property = self.program.events[event.event].properties.iter().position(|property| property == wanted);
        match property.map_or(V::Absent, |property| self.ask(Some(event)).property(event, property)) {
            V::Sym(sym) => V::Sym(sym),
            V::Text(text) => V::Text(text.into_owned().into()),
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Date(_) | V::Time(_) | V::Set(_) => V::Absent,
        }
    }

    /// Subscribes to a topic; where it needs confirmation, that is still to come.
    pub(in super::super) fn subscribe(&mut self, topic: usize, by: By, place: Slot) {
        if !self.program.topics[topic].marketing() {
            return;
        }
        let mut needed = self.ask(None).needed(topic);
        if let Some(policy) = self.program.permission.unsubscribe.filter(|_| self.lead.permission.left_all) {
            if matches!(by, By::Step(..)) || policy.back == Back::Never {
                let name = &self.program.topics[topic].name;
                self.note(What::Topic, None, |_| {
                    format!("`{name}`: not subscribed, since the lead left all marketing")
                });
                return;
            }
            if policy.back == Back::Confirming {
                needed = Basis::Confirmed;
            }
        }
        let record = &self.lead.permission.records[topic];
        if self.lead.topics[topic] == Standing::In && record.basis >= needed.max(Basis::Given) {
            return;
        }
        let requests = record.requests;
        // Since when it agreed is asked for as well.
        self.lead.changed(Deps::TOPICS);
        let mut new = Record { since: self.now, by, place, basis: Basis::Given, requests, ..Record::default() };
        if needed < Basis::Confirmed {
            self.lead.permission.left_all = false;
            self.lead.permission.records[topic] = new;
            self.count_topic(topic, |figures| figures.subscribed += 1);
            self.stand(topic, Standing::In, "subscribed");
            return;
        }
        new.asked = Some(self.now);
        self.lead.permission.records[topic] = new;
        self.stand(topic, Standing::Pending, "to be confirmed");
        self.request(topic);
    }

    fn confirm(&mut self, topic: usize, by: By) {
        if self.lead.topics[topic] == Standing::Pending {
            let record = &mut self.lead.permission.records[topic];
            (record.since, record.basis) = (self.now, Basis::Confirmed);
            if record.by == By::File {
                record.by = by;
            }
            self.lead.permission.left_all = false;
            self.count_topic(topic, |figures| figures.confirmed += 1);
            self.stand(topic, Standing::In, "confirmed");
        }
    }

    /// Unsubscribes from a topic.
    pub(in super::super) fn unsubscribe(&mut self, topic: usize, by: By) {
        let stood = self.lead.topics[topic];
        let record = &mut self.lead.permission.records[topic];
        if stood != Standing::Out || !record.left {
            (record.since, record.by, record.place, record.asked) = (self.now, by, Slot::Absent, None);
            record.left = true;
            self.lead.changed(Deps::TOPICS);
        }
        if stood != Standing::Out {
            self.count_topic(topic, |figures| figures.left += 1);
        }
        self.stand(topic, Standing::Out, "unsubscribed");
    }

    pub(super) fn stand(&mut self, topic: usize, standing: Standing, words: &str) {
        if self.lead.topics[topic] != standing {
            self.lead.topics[topic] = standing;
            self.lead.changed(Deps::TOPICS);
            self.note(What::Topic, None, |ask| format!("`{}`: {words}", ask.program.topics[topic].name));
            let is_in = standing == Standing::In;
            self.fact(|program| Fact::Subscribed { topic: program.topics[topic].name.clone(), is_in });
        }
    }

    /// Writes the record of every topic into the timeline.
    pub(in super::super) fn note_records(&mut self) {
        if self.trace.is_none() || !self.program.permission.used {
            return;
        }
        for topic in self.topics(None, true) {
            let text = self.ask(None).record_text(topic);
            self.note(What::Consent, None, |_| text);
        }
    }

    /// Makes an event about a topic.
    pub(super) fn topic_happens(&mut self, event: usize, topic: usize, what: u64) {
        let identity = chance::join(self.program.topics[topic].chance, chance::join(what, self.now as u64));
        self.happen(event, Data::Topic(topic as u32), identity);
    }
}

impl Ask<'_> {
    /// The record of a topic, in words.
    fn record_text(&self, topic: usize) -> String {
        let (program, record) = (self.program, &self.lead.permission.records[topic]);
        let standing = match self.lead.topics[topic] {
            Standing::In => "in",
            Standing::Pending => "to be confirmed",
            Standing::Out => "out",
        };
        let by = match record.by {
            By::Before => "as before the run".to_owned(),
            By::File => "as the leads file says".to_owned(),
            By::Event(event) => format!("by the event `{}`", program.events[event].name),
            By::Step(journey, step) => {
                let journey = &program.journeys[journey];
                format!("by the step `{}.{}`", journey.name, journey.steps[step].name)
            }
            By::Lapse => "since nothing was confirmed in time".to_owned(),
            By::Sunset => "for want of interest".to_owned(),
        };
        let show = |at: i64| self.lead.zone.show(at);
        let mut text = format!("`{}`: {standing} since {}, {by}", program.topics[topic].name, show(record.since));
        if let Some(place) = record.place.text(&program.texts) {
            text.push_str(&format!(" at `{place}`"));
        }
        if let Some(asked) = record.asked {
            text.push_str(&format!(", asked to confirm on {}", show(asked)));
        }
        if self.lead.topics[topic] != Standing::Out {
            text.push_str(&format!(", text {}", text_version(program, record.by, topic)));
            if let Some(market) = self.lead.permission.market {
                let market = &program.permission.markets[market].name;
                text.push_str(&format!(", market `{market}`"));
            }
        }
        text
    }
}

/// The version of the text that a lead agreed to which came by this to stand where it stands.
pub(super) fn text_version(program: &Program, by: By, topic: usize) -> &str {
    match by {
        By::Before | By::File => "unknown",
        By::Event(_) | By::Step(..) | By::Lapse | By::Sunset => {
            program.permission.wordings[topic].as_deref().unwrap_or("none")
        }
    }
}
