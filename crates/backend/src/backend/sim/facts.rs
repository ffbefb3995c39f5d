//! What a traced lead came to, as data: the same as the timeline says in words.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::lead::{Happening, Standing};
use super::program::Program;
use super::value::V;
use crate::ir::{EntryRefusal, Name, Skip, Value};

/// A fact and its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// Instant, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// What.
    pub fact: Fact,
}

/// What a lead can come to.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are named like what they are in the campaign")]
pub enum Fact {
    /// It comes in: its stage, its scores by model, the marketing topics to which it is subscribed, and its fields in the
    /// order of the campaign.
    Began { stage: Option<Name>, scores: BTreeMap<Name, i32>, subscribed: Vec<Name>, fields: Vec<Option<Value>> },
    /// A field, by its number in the campaign, has this value from now on.
    Field { field: usize, value: Option<Value> },
    /// It is subscribed to a topic from now on, or not any more.
    Subscribed { topic: Name, is_in: bool },
    /// Something happens: by the lead or somebody outside, or by the campaign.
    Happened { event: Name, with: BTreeMap<Name, Value>, outside: bool },
    /// A score is now so high.
    Score { model: Name, score: i32 },
    /// A grade is now this one.
    Grade { model: Name, grade: Option<Name> },
    /// It is now in this stage.
    Stage { stage: Name },
    /// It is now a member of a segment, or none any more.
    Segment { segment: Name, member: bool },
    /// It enters a journey.
    Entered { journey: Name },
    /// It is not let in.
    Refused { journey: Name, reason: EntryRefusal },
    /// It leaves.
    Exited { journey: Name, reason: Name },
    /// It reaches a step.
    Reached { journey: Name, step: Name },
    /// It takes this way from a step.
    Way { journey: Name, step: Name, way: Way },
    /// Somebody has to do something.
    Task { journey: Name, step: Name, to: Name },
    /// A mail is held.
    Held { journey: Name, step: Name, content: Name },
    /// A mail is sent.
    Sent { journey: Name, step: Name, content: Name },
    /// A mail is not sent.
    Skipped { journey: Name, step: Name, content: Name, reason: Skip },
    /// The timeline tells a reaction to something that was not sent to it.
    Unmatched { event: Name, content: Option<Name> },
    /// Chance decides about a lead whose timeline is told.
    Drawn { what: Drawn },
}

/// What chance can decide about a lead whose timeline is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are named like what they are in the campaign")]
pub enum Drawn {
    /// The arm of a split.
    Arm { journey: Name, step: Name },
    /// The variant of a page that it visits.
    Variant { page: Name },
    /// The item of a catalog that it buys, of those that are recommended.
    Item { catalog: Name },
}

/// A way from a step that has several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The arm of a branch, by its number.
    Arm(usize),
    /// No arm of the branch.
    Else,
    /// The arm of a split, by its name.
    Split(Name),
    /// What was waited for came, or was there already.
    Heard,
    /// It did not come in time.
    Timeout,
}

impl Engine<'_> {
    /// Notes a fact, if the lead is traced.
    #[inline(always)]
    pub(super) fn fact(&mut self, fact: impl FnOnce(&Program) -> Fact) {
        if self.trace.is_some() {
            self.write_fact(fact);
        }
    }

    #[cold]
    #[inline(never)]
    fn write_fact(&mut self, fact: impl FnOnce(&Program) -> Fact) {
        let fact = fact(self.program);
        self.facts.push(Noted { at_secs: self.now, fact });
    }

    /// Notes which way is taken from a step.
    pub(super) fn fact_way(&mut self, place: (usize, usize), way: impl FnOnce() -> Way) {
        self.fact(|program| {
            let (journey, step) = names(program, place);
            Fact::Way { journey, step, way: way() }
        });
    }

    /// Notes that chance decides, where nothing of a lead should be drawn.
    pub(super) fn fact_drawn(&mut self, what: impl FnOnce(&Program) -> Drawn) {
        if self.lead.replay.told() {
            self.fact(|program| Fact::Drawn { what: what(program) });
        }
    }

    /// How the lead comes in.
    pub(super) fn fact_began(&mut self) {
        if self.trace.is_none() {
            return;
        }
        let (stage, scores, topics) = (self.lead.stage, self.lead.scores.clone(), self.lead.topics.clone());
        let fields = self.lead.fields.iter().map(|slot| value(&slot.view(), self.program)).collect();
        let is_in = |number: usize| topics.get(number) == Some(&Standing::In);
        self.fact(|program| Fact::Began {
            stage: program.lifecycle.stages.get(stage).map(|sym| program.texts.get(*sym).to_owned()),
            scores: program.models.iter().map(|model| model.name.clone()).zip(scores).collect(),
            subscribed: (program.topics.iter().enumerate())
                .filter(|(number, topic)| topic.marketing() && is_in(*number))
                .map(|(_, topic)| topic.name.clone())
                .collect(),
            fields,
        });
    }

    /// Notes an event with its properties.
    pub(super) fn fact_happened(&mut self, happening: &Happening) {
        if self.trace.is_none() {
            return;
        }
        let ask = self.ask(Some(happening));
        let event = &self.program.events[happening.event];
        let property = |(number, property): (usize, &super::program::Property)| {
            let value = value(&ask.property(happening, number), self.program)?;
            Some((property.name().to_owned(), value))
        };
        let with = event.properties.iter().enumerate().filter_map(property).collect();
        let (event, outside) = (event.name.clone(), self.outside);
        self.fact(|_| Fact::Happened { event, with, outside });
    }
}

/// The names of a journey and its step.
pub(super) fn names(program: &Program, (journey, step): (usize, usize)) -> (Name, Name) {
    let journey = &program.journeys[journey];
    (journey.name.clone(), journey.steps[step].name.clone())
}

/// A value as the plan knows it; `None` for one that is absent.
pub(super) fn value(value: &V<'_>, program: &Program) -> Option<Value> {
    Some(match value {
        V::Absent => return None,
        V::Bool(value) => Value::Bool(*value),
        V::Int(value) => Value::Int(*value),
        V::Number(value) => Value::Number(*value),
        V::Sym(_) | V::Text(_) => Value::Text(value.text(&program.texts)?.to_owned()),
        V::Date(days) => Value::Date(*days),
        V::Time(at) => Value::Datetime(*at),
        V::Set(slots) => {
            Value::Set(slots.iter().filter_map(|slot| slot.text(&program.texts).map(str::to_owned)).collect())
        }
    })
}
