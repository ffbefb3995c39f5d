//! Which terms a machine follows, and what its steps, events and mails make of them.
//!
//! In: a machine of courses. Out: the same machine, which knows what changes. Never: what happens outside of it.

use std::sync::Arc;

use super::compile::Machine;
use super::{Asks, Counted, Move, Score, Stages, Step, Tally};
use crate::analysis::conditions::{Cell, Lasting, TermKind, Written};
use crate::analysis::flood::model::Model;
use crate::analysis::flood::questions::Questions;
use crate::analysis::sent::enforced;
use crate::ir::expr::Expr;
use crate::ir::journey::Action;
use crate::ir::{Campaign, Channel, Condition, MailLimit, Name, Value};

/// Values of a score before it may be any.
const MOST_POINTS: i64 = 16;
/// Counts that are told apart, at most.
const MOST_COUNTS: i64 = 5;
/// Measures that a look-back has, at most.
const MOST_BACK: u32 = 16;

/// Which terms are followed, and what changes them.
pub(super) struct Follow<'m, 'c> {
    pub(super) campaign: &'c Campaign,
    pub(super) questions: &'m Questions,
    pub(super) models: &'m [&'m Model<'c>],
    pub(super) segments: &'m [(&'c Name, Asks)],
    pub(super) written: &'m Written,
}

impl<'c> Follow<'_, 'c> {
    /// Fills in what changes; `None` if that is not known of something that matters.
    pub(super) fn fill(&self, machine: &mut Machine<'c>) -> Option<()> {
        let terms = Arc::clone(&machine.terms);
        self.follow_stage(machine)?;
        self.follow_scores(machine);
        self.follow_past(machine);
        let is_touched =
            |term: &&usize| matches!(&terms.terms[**term].kind, TermKind::Field(field) if self.is_touched(field));
        let reads_both = machine.reads.iter().filter(is_touched).count() > 1;
        for number in machine.reads.clone() {
            let term = &terms.terms[number];
            let follows = match &term.kind {
                // What others change in the midst of an event may be anything whenever it is asked.
                kind if self.others_write(kind) => false,
                // A touch sets both at once.
                TermKind::Field(field) if self.is_touched(field) && reads_both => false,
                TermKind::Field(_) | TermKind::Stage => term.lasting == Lasting::Mutable,
                TermKind::InList(list) => {
                    self.written.lists.contains(list) && !self.written.lists_by_policy.contains(list)
                }
                TermKind::InJourney(journey) | TermKind::Finished(journey) => {
                    let of = self.models.iter().position(|model| model.name == journey);
                    for course in machine.courses.iter_mut().filter(|course| Some(course.journey) == of) {
                        match term.kind {
                            TermKind::InJourney(_) => course.running = Some(number),
                            _ => course.finished = Some(number),
                        }
                    }
                    of.is_some()
                }
                TermKind::InSegment(segment) => {
                    if let Some(at) = self.segments.iter().position(|(name, _)| *name == segment) {
                        machine.groups[at].term = Some(number);
                    }
                    false
                }
                _ => false,
            };
            if follows {
                machine.followed.push(number);
            }
        }
        machine.topics = self.topics(machine);
        machine.sets = machine.events.iter().map(|event| self.sets(machine, event)).collect();
        for course in 0..machine.courses.len() {
            let model = self.models[machine.courses[course].journey];
            for (number, step) in model.journey.steps.iter().enumerate() {
                let changes = self.changes(machine, &step.action)?;
                let given = self.points(machine, &step.action);
                let of = self.topic(machine, &step.action);
                match &mut machine.courses[course].steps[number] {
                    Step::Change { cells, points, topic, .. } => (*cells, *points, *topic) = (changes, given, of),
                    Step::Emit { with, .. } => *with = changes,
                    _ => {}
                }
            }
        }
        for course in 0..machine.courses.len() {
            let name = self.models[machine.courses[course].journey].name;
            machine.courses[course].said =
                ["journey_entered", "journey_ended"].map(|event| self.said(machine, event, "journey", name));
        }
        for content in 0..machine.contents.len() {
            let mail = machine.contents[content].mail;
            let (sent, delivered, property) = match mail.channel {
                Channel::Email => ("email_sent", "email_delivered", "email"),
                _ => ("message_sent", "message_delivered", "message"),
            };
            let [sent, delivered] = [sent, delivered].map(|event| {
                let number = machine.events.iter().position(|each| *each == event)?;
                Some((number, self.said(machine, event, property, mail.content)))
            });
            (machine.contents[content].sent, machine.contents[content].delivered) = (sent, delivered);
            machine.contents[content].topic = machine.topics.number(mail.topic);
            machine.contents[content].may_fail = self.is_missed(machine, content) && self.may_fail(machine, content);
        }
        let outside = self.outside(machine)?;
        let between = outside.iter().enumerate().filter(|(_, (_, between))| *between);
        machine.between = between.map(|(number, _)| number).collect();
        machine.outside = outside.into_iter().map(|(outside, _)| outside).collect();
        Some(())
    }

    /// Whether a field is set by touches of sources, and not by an event of the campaign.
    fn is_touched(&self, field: &Name) -> bool {
        let set = self.campaign.events.values().any(|event| event.sets.contains_key(field));
        self.written.by_events.contains(field) && !set
    }

    /// The followed fields that an event sets, or that a touch may set which comes with it.
    fn sets(&self, machine: &Machine<'c>, event: &str) -> Vec<usize> {
        let sets = self.campaign.events.get(event).map(|event| &event.sets);
        let may_set = |name: &Name| sets.is_some_and(|sets| sets.contains_key(name)) || self.is_touched(name);
        let is_set =
            |term: &&usize| matches!(&machine.terms.terms[**term].kind, TermKind::Field(name) if may_set(name));
        machine.followed.iter().filter(is_set).copied().collect()
    }

    /// What an event says of its maker, where that is asked.
    pub(super) fn said(&self, machine: &Machine<'c>, event: &str, property: &str, name: &Name) -> Vec<(usize, usize)> {
        let (event, property) = (event.to_owned(), property.to_owned());
        let kind = TermKind::EventProperty { event: event.clone(), property: property.clone() };
        let term = machine.reads.iter().copied().find(|term| machine.terms.terms[*term].kind == kind);
        let value = Value::Text(name.clone());
        let cell = |term| self.questions.cell(term, Some(&event), Expr::EventProperty { name: property }, Some(&value));
        term.and_then(|term| Some((term, cell(term)?))).into_iter().collect()
    }

    /// Whether something comes out otherwise where a mail is left out: it may be sent later, or something asks for it.
    fn is_missed(&self, machine: &Machine<'c>, content: usize) -> bool {
        let is_counted = machine.counts(Counted::Content(content));
        let content = &machine.contents[content];
        content.rest.is_some() || content.sent.is_some() || is_counted
    }

    /// Whether a gate may leave a mail out that something may follow: for want of consent, by a frequency rule, or for want of
    /// an address that the lead gets later, or that other channels need not.
    fn may_fail(&self, machine: &Machine<'c>, content: usize) -> bool {
        let (campaign, mail) = (self.campaign, machine.contents[content].mail);
        let of_channel = mail.channel.usual().address.map(str::to_owned);
        let own = campaign.channels.get(&mail.channel).map(|settings| settings.address.as_slice()).unwrap_or_default();
        let mut address = of_channel.iter().chain(own);
        mail.marketing
            || enforced(campaign).any(|rule| mail.counts(&MailLimit::from(rule)))
            || address.any(|field| self.written.fields.contains(field))
            || machine.contents.iter().any(|other| other.mail.channel != mail.channel)
    }

    /// The lifecycle, if the stage matters. Its term is one of those that are read then.
    fn follow_stage(&self, machine: &mut Machine<'c>) -> Option<()> {
        let Some(lifecycle) = &self.campaign.lifecycle else { return Some(()) };
        let Some(term) = machine.terms.terms.iter().position(|term| term.kind == TermKind::Stage) else {
            return Some(());
        };
        if self.others_write(&TermKind::Stage) {
            return Some(());
        }
        if !machine.reads.contains(&term) && machine.stage_changed.is_none() {
            return Some(());
        }
        machine.reads.insert(term);
        let cell = |stage: &Name| self.questions.cell(term, None, Expr::Stage, Some(&Value::Text(stage.clone())));
        let asks = |condition: Option<&Condition>, event| match condition {
            Some(condition) => self.questions.number(condition, event).map(Some),
            None => Some(None),
        };
        let mut moves = Vec::new();
        for each in &lifecycle.moves {
            let event = match &each.event {
                Some(event) => Some(machine.events.iter().position(|name| name == event)),
                None => None,
            };
            moves.push(Move {
                from: cell(&each.from)?,
                to: cell(&each.to)?,
                when: asks(each.when.as_ref(), None)?,
                // An event that nothing else hears may come at any time.
                event: event.flatten(),
                filter: if event == Some(None) { None } else { asks(each.filter.as_ref(), each.event.as_ref())? },
                waits: each.after_secs.is_some() || event == Some(None),
            });
        }
        machine.stages = Some(Stages { term, moves });
        Some(())
    }

    /// Scores with few values.
    fn follow_scores(&self, machine: &mut Machine<'c>) {
        for number in machine.reads.clone() {
            let term = &machine.terms.terms[number];
            let TermKind::Score(name) = &term.kind else { continue };
            let Some(model) = self.campaign.scoring.get(name) else { continue };
            if !follows_score(self.campaign, name) || self.others_write(&term.kind) {
                continue;
            }
            let (min, max) = (i64::from(model.min), i64::from(model.max));
            let cells = (min..=max).map(|value| cell_of(&term.cells, value));
            let Some(cells) = cells.collect::<Option<Vec<_>>>() else { continue };
            let event = |name: &Name| machine.events.iter().position(|each| each == name);
            let rules = model.rules.iter().filter_map(|rule| {
                let filter = rule.filter.as_ref().and_then(|filter| self.questions.number(filter, Some(&rule.event)));
                Some((event(&rule.event)?, filter, i64::from(rule.points), rule.at_most.is_some()))
            });
            let rules = rules.collect();
            machine.scores.push(Score { term: number, min, max, cells, rules });
        }
    }

    /// What was counted, where it is few, and of which nothing else is asked than how often it happened.
    fn follow_past(&self, machine: &mut Machine<'c>) {
        for number in machine.reads.clone() {
            let term = &machine.terms.terms[number];
            let (of, within_secs) = match &term.kind {
                TermKind::Count { event, within_secs, since_entry: false, filter: None } => {
                    (machine.events.iter().position(|each| each == event).map(Counted::Event), *within_secs)
                }
                TermKind::Received { content, within_secs, since_entry: false } => {
                    let of = machine.contents.iter().position(|each| each.mail.content == content);
                    (of.filter(|_| !self.others_send(content)).map(Counted::Content), *within_secs)
                }
                _ => continue,
            };
            let (Some(of), Some(cells)) = (of, counts(&term.cells)) else { continue };
            let within = match within_secs {
                None => None,
                Some(secs) if secs % machine.measure_secs == 0 && cells.len() <= 2 => match machine.window(secs) {
                    measures @ 1..=MOST_BACK => Some(measures),
                    _ => continue,
                },
                Some(_) => continue,
            };
            machine.tallies.push(Tally { term: number, of, within, cells });
        }
    }

    /// Whether something is sent by journeys that are no part of the machine, or to ask for a confirmation.
    pub(super) fn others_send(&self, content: &Name) -> bool {
        let mut asked = self.campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref());
        asked.any(|asked| asked.emails().any(|(email, _)| email == content))
            || self.others_do(|action| matches!(action, Action::Send { content: of, .. } if of == content))
    }

    /// What a step adds to scores that are followed.
    fn points(&self, machine: &Machine<'c>, action: &Action) -> Vec<(usize, i64)> {
        let Action::Score { points } = action else { return Vec::new() };
        let place = |name: &Name| {
            machine
                .scores
                .iter()
                .position(|score| machine.terms.terms[score.term].kind == TermKind::Score(name.clone()))
        };
        points.iter().filter_map(|(model, points)| Some((place(model)?, i64::from(*points)))).collect()
    }

    /// The topic that a step subscribes to or leaves, if it is followed.
    fn topic(&self, machine: &Machine<'c>, action: &Action) -> Option<(usize, bool)> {
        let Action::Topic { topic, subscribe } = action else { return None };
        Some((machine.topics.number(topic)?, *subscribe))
    }

    /// What a step makes of terms; `None` if that is not known of one that matters.
    fn changes(&self, machine: &Machine<'c>, action: &Action) -> Option<Vec<(usize, usize)>> {
        let term =
            |kind: &TermKind| machine.reads.iter().copied().find(|term| machine.terms.terms[*term].kind == *kind);
        let mut changes = Vec::new();
        match action {
            Action::Set { values } => {
                for (name, value) in values {
                    if let Some(term) = term(&TermKind::Field(name.clone())) {
                        let of = Expr::Field { name: name.clone() };
                        changes.push((term, self.questions.cell(term, None, of, value.as_ref())?));
                    }
                }
            }
            Action::Emit { event, with } => {
                for name in self.campaign.events.get(event).iter().flat_map(|event| event.properties.keys()) {
                    let kind = TermKind::EventProperty { event: event.clone(), property: name.clone() };
                    if let Some(term) = term(&kind) {
                        let of = Expr::EventProperty { name: name.clone() };
                        changes.push((term, self.questions.cell(term, Some(event), of, with.get(name))?));
                    }
                }
            }
            Action::Stage { stage } => {
                if let Some(term) = term(&TermKind::Stage) {
                    let value = Value::Text(stage.clone());
                    changes.push((term, self.questions.cell(term, None, Expr::Stage, Some(&value))?));
                }
            }
            Action::List { list, add } | Action::Audience { list, add, .. } => {
                changes.extend(term(&TermKind::InList(list.clone())).map(|term| (term, usize::from(*add))));
            }
            _ => {}
        }
        Some(changes)
    }
}

/// Whether a score is followed point by point: one of few values.
pub(in crate::analysis::flood) fn follows_score(campaign: &Campaign, model: &Name) -> bool {
    campaign.scoring.get(model).is_some_and(|model| i64::from(model.max) - i64::from(model.min) < MOST_POINTS)
}

/// The cell in which a whole number lies.
fn cell_of(cells: &[Cell], value: i64) -> Option<usize> {
    let inside = |(low, high): (f64, f64)| low <= value as f64 && value as f64 <= high;
    cells.iter().position(|cell| cell.span.is_some_and(inside))
}

/// By count, the cell in which it lies, up to one that holds all that are greater; `None` if those are too many.
fn counts(cells: &[Cell]) -> Option<Vec<usize>> {
    let mut by_count = Vec::new();
    for count in 0..MOST_COUNTS {
        let cell = cell_of(cells, count)?;
        by_count.push(cell);
        if cells[cell].span.is_some_and(|(_, high)| high > f64::from(u32::MAX)) {
            return Some(by_count);
        }
    }
    None
}
