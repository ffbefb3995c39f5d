//! Where a lead stands with topics: which of them a machine follows, and what events and steps make of that.
//!
//! Of a topic only whether marketing about it may be sent is followed. A lead may agree and leave at any time, so that this
//! says something where a journey hears of it, changes it or asks for it: what is sent in the same second has to do with it.
//!
//! In: a machine that knows what it hears and asks. Out: the same machine, which knows of topics. Never: markets, where
//! consent is a matter of fields and of earlier events as well; there it is open whenever it is asked.

use super::compile::Machine;
use super::follow::Follow;
use super::run::Run;
use crate::analysis::conditions::TermKind;
use crate::ir::builtin::ABOUT_SUBSCRIPTIONS;
use crate::ir::expr::Expr;
use crate::ir::journey::Action;
use crate::ir::{Consent, Name, Value};

/// Topics that are followed, at most.
const MOST_TOPICS: usize = 4;

/// A topic that is followed.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: Name,
    /// The term that asks whether the lead is subscribed.
    pub(super) term: Option<usize>,
    /// Whether who subscribes has to confirm it.
    pub(super) confirms: bool,
    /// The cell of each event's term for the topic in which this one lies: event, term, cell.
    named: Vec<(usize, usize, usize)>,
}

/// What an event about subscriptions is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A topic that is followed, by its number.
    One(usize),
    /// All of marketing.
    All,
    /// A topic that is not followed.
    Another,
}

/// What an event does to what the lead allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It leaves.
    Leave,
    /// It leaves all of marketing, whatever it names.
    LeaveAll,
    /// It agrees.
    Agree,
    /// It confirms that it agreed.
    Confirm,
    /// It chooses: to be in, out, or anything else.
    Choose,
}

/// The events that change what a lead allows, and how.
pub(super) const EFFECTS: [(&str, Effect); 5] = [
    ("unsubscribed", Effect::Leave),
    ("complained", Effect::LeaveAll),
    ("subscribed", Effect::Agree),
    ("subscription_confirmed", Effect::Confirm),
    ("preferences_changed", Effect::Choose),
];

impl Effect {
    /// What an event does, if it changes what a lead allows.
    pub(super) fn of(event: &str) -> Option<Effect> {
        EFFECTS.into_iter().find(|(name, _)| *name == event).map(|(_, effect)| effect)
    }
}

/// What is followed of topics.
#[derive(Clone, Debug, Default)]
pub(super) struct Topics {
    pub(super) all: Vec<Topic>,
    /// By event, what it does.
    effects: Vec<Option<Effect>>,
    /// By event, the term for its topic and the cell in which none is named, where that is asked.
    none: Vec<Option<(usize, usize)>>,
    /// Whether there are topics of marketing that are not followed.
    others: bool,
    /// Whether who left everything has to confirm when coming back, which may make a subscription one to be confirmed.
    reconfirms: bool,
}

impl<'c> Follow<'_, 'c> {
    /// The topics that matter, and what events do to them.
    pub(super) fn topics(&self, machine: &Machine<'c>) -> Topics {
        let policies = &self.campaign.policies.permission;
        if !policies.markets.is_empty() {
            return Topics::default();
        }
        let hears = machine.events.iter().any(|event| Effect::of(event).is_some());
        let read = |kind: TermKind| machine.reads.iter().copied().find(|term| machine.terms.terms[*term].kind == kind);
        // An event's term for its topic, and the cell of a value.
        let property = "topic".to_owned();
        let topic_of = |event: &str| {
            let asks = ABOUT_SUBSCRIPTIONS.contains(&event);
            asks.then(|| read(TermKind::EventProperty { event: event.to_owned(), property: property.clone() }))
                .flatten()
        };
        let cell = |event: &str, term: usize, value: Option<&Value>| {
            self.questions.cell(term, Some(&event.to_owned()), Expr::EventProperty { name: property.clone() }, value)
        };
        let is_written =
            |topic: &Name, action: &Action| matches!(action, Action::Topic { topic: of, .. } if of == topic);
        let mut all = Vec::new();
        for name in self.campaign.marketing_topics() {
            let term = read(TermKind::Subscribed(name.clone()));
            let is_sent = || machine.contents.iter().any(|content| content.mail.topic == name);
            let steps = || self.models.iter().flat_map(|model| &model.journey.steps);
            let matters =
                term.is_some() || (is_sent() && (hears || steps().any(|step| is_written(name, &step.action))));
            if !matters || self.others_do(|action| is_written(name, action)) {
                continue;
            }
            let value = Value::Text(name.clone());
            let named = machine.events.iter().enumerate().filter_map(|(number, event)| {
                let term = topic_of(event)?;
                Some((number, term, cell(event, term, Some(&value))?))
            });
            let confirms = self.campaign.topics.get(name).is_some_and(|topic| topic.consent == Consent::DoubleOptIn);
            all.push(Topic { name: name.clone(), term, confirms, named: named.collect() });
        }
        if all.len() > MOST_TOPICS {
            return Topics::default();
        }
        let none = |event: &&str| topic_of(event).and_then(|term| Some((term, cell(event, term, None)?)));
        Topics {
            others: all.len() < self.campaign.marketing_topics().count(),
            effects: machine.events.iter().map(|event| Effect::of(event)).collect(),
            none: machine.events.iter().map(none).collect(),
            reconfirms: policies.unsubscribe.is_some(),
            all,
        }
    }
}

impl Topics {
    /// Every way in which a lead may stand with the topics.
    pub(super) fn standings(&self) -> impl Iterator<Item = Vec<bool>> + use<> {
        let count = self.all.len();
        let sets = if count == 0 { 0..0 } else { 0..1_usize << count };
        sets.map(move |set| (0..count).map(|topic| set & (1 << topic) != 0).collect())
    }

    /// The events by which a lead comes from one standing to another, with the topics that they name.
    pub(super) fn told(&self, before: &[u32], after: &[bool]) -> Vec<(String, Option<Name>)> {
        let changed = self.all.iter().zip(before).zip(after).filter(|((_, was), is)| **was != u32::from(**is));
        let changed: Vec<(&Topic, bool)> = changed.map(|((topic, _), is)| (topic, *is)).collect();
        if changed.len() > 1 && after.iter().all(|is_in| !is_in) {
            return vec![("unsubscribed".to_owned(), None)];
        }
        let events = |(topic, is_in): &(&Topic, bool)| {
            let events: &[&str] = match (is_in, topic.confirms) {
                (false, _) => &["unsubscribed"],
                (true, false) => &["subscribed"],
                (true, true) => &["subscribed", "subscription_confirmed"],
            };
            events.iter().map(|event| ((*event).to_owned(), Some(topic.name.clone()))).collect::<Vec<_>>()
        };
        changed.iter().flat_map(events).collect()
    }

    /// The number of a topic, if it is followed.
    pub(super) fn number(&self, name: &Name) -> Option<usize> {
        self.all.iter().position(|topic| topic.name == *name)
    }

    /// What an event does, if a topic is followed.
    fn effect(&self, event: usize) -> Option<Effect> {
        self.effects.get(event).copied().flatten().filter(|_| !self.all.is_empty())
    }

    /// The name of a topic that an event is about, if it is one.
    pub(super) fn name(&self, about: About) -> Option<Name> {
        match about {
            About::One(topic) => Some(self.all[topic].name.clone()),
            About::All | About::Another => None,
        }
    }

    /// What an event may be about, if these are its properties; nothing if that is no matter.
    pub(super) fn about(&self, event: usize, with: &[(usize, usize)]) -> Vec<About> {
        let named = |place: Option<(usize, usize)>| match place {
            Some((term, cell)) => with.iter().all(|(of, is)| *of != term || *is == cell),
            None => true,
        };
        let is_one = |topic: &Topic| {
            named(topic.named.iter().find(|(of, ..)| *of == event).map(|(_, term, cell)| (*term, *cell)))
        };
        let ones = self.all.iter().enumerate().filter(|(_, topic)| is_one(topic)).map(|(number, _)| About::One(number));
        let effect = self.effect(event);
        let mut about: Vec<About> = match effect {
            Some(Effect::Leave | Effect::Agree | Effect::Confirm) => ones.collect(),
            Some(Effect::LeaveAll | Effect::Choose) | None => return Vec::new(),
        };
        // All of marketing may be one topic.
        let is_all = about.len() == 1 && self.all.len() == 1 && !self.others && effect != Some(Effect::Agree);
        if !is_all && named(self.none[event]) {
            about.push(About::All);
        }
        if self.others {
            about.push(About::Another);
        }
        about
    }
}

/// Whether one event may lead from a standing to another one: about one topic, about all of them where it leaves them, or
/// about any that are to be confirmed.
pub(super) fn may_follow(before: &[u32], after: &[bool]) -> bool {
    let changed: Vec<bool> =
        before.iter().zip(after).filter(|(was, is)| **was != u32::from(**is)).map(|(_, is)| *is).collect();
    match changed.as_slice() {
        [] => false,
        [_] => true,
        more => more.iter().all(|is_in| *is_in) || !after.contains(&true),
    }
}

impl Run<'_, '_> {
    /// An event changes what the lead allows. If it is not known what it is about, that is open.
    pub(super) fn take_consent(&mut self, event: usize, with: &[(usize, usize)], about: Option<About>) {
        let topics = &self.machine.topics;
        let Some(effect) = topics.effect(event) else {
            return;
        };
        let about = match (effect, about) {
            (Effect::LeaveAll | Effect::Choose, _) => About::All,
            (_, Some(about)) => about,
            (_, None) => {
                let about = topics.about(event, with);
                if about.is_empty() { About::Another } else { about[self.chooser.pick(about.len())] }
            }
        };
        for number in 0..topics.all.len() {
            let is_meant = about == About::All || about == About::One(number);
            let is_in = self.is_in(number);
            match effect {
                Effect::Leave | Effect::LeaveAll if is_meant => self.stand(number, false),
                // Without a topic nothing is agreed to.
                Effect::Agree if about == About::One(number) => self.subscribe(number),
                // It may not have agreed.
                Effect::Confirm if is_meant && !is_in => {
                    let confirms = self.chooser.pick(2) == 0;
                    self.stand(number, confirms);
                }
                Effect::Choose => {
                    let changes = self.chooser.pick(2) == 0;
                    self.stand(number, is_in != changes);
                }
                Effect::Leave | Effect::LeaveAll | Effect::Agree | Effect::Confirm => {}
            }
        }
    }

    /// A lead subscribes. It may have complained, or left everything, or have to confirm it first.
    pub(super) fn subscribe(&mut self, topic: usize) {
        let is_in = self.is_in(topic);
        let may_change = if is_in { self.machine.topics.reconfirms } else { !self.machine.topics.all[topic].confirms };
        if may_change && self.chooser.pick(2) == 0 {
            self.stand(topic, !is_in);
        }
    }

    /// Whether marketing about a topic may be sent.
    pub(super) fn is_in(&self, topic: usize) -> bool {
        self.state[self.machine.topics_at() + topic] == 1
    }

    /// Whether it may be sent from now on.
    pub(super) fn stand(&mut self, topic: usize, is_in: bool) {
        self.state[self.machine.topics_at() + topic] = u32::from(is_in);
        if let Some(term) = self.machine.topics.all[topic].term {
            self.known.set(term, Some(usize::from(is_in)));
        }
    }
}
