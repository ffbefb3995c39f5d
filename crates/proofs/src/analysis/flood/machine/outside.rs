//! What may happen to a lead at any time, and what other journeys do.
//!
//! In: a machine that knows which terms it follows. Out: everything that may come from outside. Never: in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::Machine;
use super::follow::Follow;
use super::{About, Asks, Outside, Step};
use crate::analysis::conditions::TermKind;
use crate::analysis::flood::model::Model;
use crate::ir::Name;
use crate::ir::journey::Action;

/// Values of an event's properties that are told apart, at most.
const MOST_VALUES: usize = 64;

impl<'c> Follow<'_, 'c> {
    /// Points that come from what is not followed: rules for events that nothing else hears, and decay; with whether they may
    /// come between two events of a second.
    fn points_outside(&self, machine: &Machine<'c>) -> BTreeMap<(usize, i64), bool> {
        let mut outside = BTreeMap::new();
        let mut put = |points, between: bool| *outside.entry(points).or_insert(false) |= between;
        for (number, score) in machine.scores.iter().enumerate() {
            let TermKind::Score(name) = &machine.terms.terms[score.term].kind else { continue };
            let Some(model) = self.campaign.scoring.get(name) else { continue };
            let unheard = model.rules.iter().filter(|rule| !machine.events.iter().any(|event| *event == rule.event));
            for rule in unheard {
                put((number, i64::from(rule.points)), self.comes_between(machine, &rule.event));
            }
            model.decay.iter().for_each(|decay| put((number, i64::from(decay.points)), false));
        }
        outside
    }

    /// Everything that may come from outside, with whether it may come between two events of a second; `None` if those are
    /// too many.
    pub(super) fn outside(&self, machine: &Machine<'c>) -> Option<Vec<(Outside, bool)>> {
        let mut outside = Vec::new();
        for (number, name) in machine.events.iter().enumerate() {
            if Self::makes_all(machine, name) {
                continue;
            }
            let mut with = properties(machine, name)?;
            with.retain(|with| self.is_made_outside(machine, name, with));
            let between = self.comes_between(machine, name);
            for with in with {
                let about: Vec<Option<About>> = match machine.topics.about(number, &with) {
                    about if about.is_empty() => vec![None],
                    about => about.into_iter().map(Some).collect(),
                };
                let event = |about| Outside::Event { event: number, with: with.clone(), about };
                outside.extend(about.into_iter().map(|about| (event(about), between)));
            }
        }
        for term in &machine.followed {
            let term_of = &machine.terms.terms[*term];
            let TermKind::Field(field) = &term_of.kind else { continue };
            if self.written.by_events.contains(field) {
                let between = self.sets_between(machine, field);
                outside.extend((0..term_of.cells.len()).map(|to| (Outside::Change { term: *term, to }, between)));
            }
        }
        let between = !machine.topics.all.is_empty() && self.agrees_between(machine);
        outside.extend(machine.topics.standings().map(|is_in| (Outside::Consent { is_in }, between)));
        let is_started = |model: &Model<'_>| model.keys.is_empty() && self.others_start(model.name);
        let started = self.models.iter().enumerate().filter(|(_, model)| is_started(model));
        outside.extend(started.map(|(journey, _)| (Outside::Start { journey }, true)));
        let points = self.points_outside(machine);
        let given = |((score, points), between)| (Outside::Points { score, points }, between);
        outside.extend(points.into_iter().map(given));
        if let Some(between) = self.asks_open_things(machine) {
            outside.push((Outside::Nothing, between));
        }
        Some(outside)
    }

    /// Whether no such event comes from anywhere but the journeys of the machine.
    fn makes_all(machine: &Machine<'c>, event: &str) -> bool {
        match event {
            "lead_created" => true,
            "stage_changed" => machine.stages.is_some(),
            _ => false,
        }
    }

    /// Whether an event with these properties, if only journeys make it, is one of a journey that is no part of the machine.
    fn is_made_outside(&self, machine: &Machine<'c>, event: &str, with: &[(usize, usize)]) -> bool {
        let campaign = self.campaign;
        let says = |property: &str, name: &Name| {
            self.said(machine, event, property, name).iter().all(|property| with.contains(property))
        };
        let sends = |property: &'static str| move |action: &Action| matches!(action, Action::Send { content, .. } if says(property, content));
        match event {
            "journey_entered" | "journey_ended" => {
                campaign.journeys.keys().any(|name| !self.is_inside(name) && says("journey", name))
            }
            "email_sent" => {
                let asked = campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref());
                let asked = asked.flat_map(|confirmation| confirmation.emails());
                asked.into_iter().any(|(email, _)| says("email", email)) || self.others_do(sends("email"))
            }
            "message_sent" => self.others_do(sends("message")),
            _ => true,
        }
    }

    /// Whether a journey is part of the machine.
    pub(super) fn is_inside(&self, name: &Name) -> bool {
        self.models.iter().any(|model| model.name == name)
    }

    /// What journeys do that are no part of the machine.
    pub(super) fn others_do(&self, does: impl Fn(&Action) -> bool) -> bool {
        let others = self.campaign.journeys.iter().filter(|(name, _)| !self.is_inside(name));
        others.flat_map(|(_, journey)| &journey.steps).any(|step| does(&step.action))
    }

    /// Whether journeys that are no part of the machine change what a term asks for.
    pub(super) fn others_write(&self, kind: &TermKind) -> bool {
        self.others_do(|action| match (kind, action) {
            (TermKind::Field(field), Action::Set { values }) => values.contains_key(field),
            (TermKind::Stage, Action::Stage { .. }) => true,
            (TermKind::InList(list), Action::List { list: of, .. } | Action::Audience { list: of, .. }) => of == list,
            (TermKind::Score(model), Action::Score { points }) => points.contains_key(model),
            _ => false,
        })
    }

    /// Whether journeys that are no part of the machine start one that is.
    fn others_start(&self, name: &Name) -> bool {
        self.others_do(|action| matches!(action, Action::Start { journey } if journey == name))
    }

    /// Whether a group, an exit, a goal, a wait or a move asks for something that is not followed; then, whether that may
    /// change between two events of a second.
    fn asks_open_things(&self, machine: &Machine<'c>) -> Option<bool> {
        let exits = machine
            .courses
            .iter()
            .flat_map(|course| [course.exit_when, course.goal.map(|goal| goal.when)].into_iter().flatten());
        let moves = machine.stages.iter().flat_map(|stages| &stages.moves);
        let waits = moves.clone().any(|each| each.waits);
        let mut unheard =
            self.campaign.lifecycle.iter().flat_map(|all| &all.moves).filter_map(|each| each.event.as_ref());
        let moves_between = waits && unheard.any(|event| self.comes_between(machine, event));
        let moves = moves.filter_map(|each| each.when);
        let awaited = machine.courses.iter().flat_map(|course| &course.steps).filter_map(|step| match step {
            Step::WaitFor { event: None, when, .. } => *when,
            _ => None,
        });
        let groups = machine.groups.iter().map(|group| group.when);
        let asked: Vec<Asks> = groups.chain(exits).chain(awaited).chain(moves).collect();
        let known: BTreeSet<usize> = machine
            .fixed_terms()
            .into_iter()
            .chain(machine.followed.iter().copied())
            .chain(machine.groups.iter().filter_map(|group| group.term))
            .chain(machine.scores.iter().map(|score| score.term))
            .chain(machine.topics.all.iter().filter_map(|topic| topic.term))
            .chain(machine.tallies.iter().filter(|tally| tally.within.is_none()).map(|tally| tally.term))
            .collect();
        let read = asked.iter().flat_map(|asks| machine.terms.read_by(&machine.terms.formulas[*asks]));
        let open: BTreeSet<usize> = read.filter(|term| !known.contains(term)).collect();
        let changes = |term: &usize| self.changes_between(machine, &machine.terms.terms[*term].kind);
        (waits || !open.is_empty()).then(|| moves_between || open.iter().any(changes))
    }
}

/// The values of an event's properties that conditions tell apart.
fn properties(machine: &Machine<'_>, name: &str) -> Option<Vec<Vec<(usize, usize)>>> {
    let mut all: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    for number in machine.reads.iter().copied() {
        let term = &machine.terms.terms[number];
        let is_of = match &term.kind {
            TermKind::EventProperty { event, .. } => event == name,
            _ => false,
        };
        if !is_of {
            continue;
        }
        let cells = 0..term.cells.len();
        all = cells
            .flat_map(|cell| {
                all.iter().map(move |with| {
                    let mut with = with.clone();
                    with.push((number, cell));
                    with
                })
            })
            .collect();
        if all.len() > MOST_VALUES {
            return None;
        }
    }
    Some(all)
}
