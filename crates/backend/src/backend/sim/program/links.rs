//! Who is concerned by each event: found out once, so that a run need not ask.

use super::{Action, Cause, Concerns, Deps, Effect, Entry, Journey, Lifecycle, Program, Segment, Trial};

impl Program {
    /// Tells each event whom it concerns.
    pub(super) fn connect(&mut self, watched: Deps) {
        for (number, model) in self.models.iter().enumerate() {
            for (rule, at) in model.rules.iter().zip(0..) {
                self.events[rule.event].rules.push((number, at));
            }
            for event in model.decay.iter().flat_map(|decay| &decay.without) {
                self.events[*event].decays.push(number);
            }
        }
        for (number, journey) in self.journeys.iter().enumerate() {
            if let Entry::Event { event, .. } = &journey.entry {
                self.events[*event].entries.push(number);
            }
            for step in &journey.steps {
                if let Action::WaitFor { event: Some(event), .. } = &step.action {
                    self.events[*event].awaited = true;
                }
            }
        }
        for (number, market) in self.permission.markets.iter().enumerate() {
            if let Some((event, ..)) = market.implied {
                self.events[event].implies.push(number);
            }
        }
        for event in self.permission.sunset.iter().flat_map(|sunset| &sunset.without) {
            self.events[*event].wakes = true;
        }
        for visit in self.channels.iter().filter_map(|channel| channel.visit) {
            self.events[visit].visit = true;
        }
        for event in self.lifecycle.moves.iter().filter_map(|each| each.event) {
            self.events[event].moves = true;
        }
        for does in &self.does {
            if let Cause::After { event, .. } = &does.cause {
                self.events[*event].provokes = true;
            }
        }
        self.acquisition.mark_used(&mut self.events, self.builtin.visited);
        for (number, amount) in self.kpis.amounts.iter().enumerate() {
            self.events[amount.event].amounts.push(number);
        }
        for experiment in &self.experiments {
            if let Trial::Event { event, .. } = experiment.goal {
                self.events[event].used = true;
            }
        }
        for (number, event) in self.tracked.iter().enumerate() {
            self.events[*event].tracked = Some(number);
        }
        self.mark_used(watched);
    }

    /// Finds out which events can change anything. An event that nobody asks for is only counted: its cascade would
    /// find everything as it was. A condition on time may find something new at any event, so then all are used.
    fn mark_used(&mut self, watched: Deps) {
        let builtin = self.builtin;
        let by_condition = self.lifecycle.by_condition;
        let acquires = !self.acquisition.is_unused();
        for (number, event) in self.events.iter_mut().enumerate() {
            let journeys = number == builtin.journey_entered || number == builtin.journey_ended;
            event.used |= event.moves
                || event.awaited
                || event.provokes
                || !event.sets.is_empty()
                || !event.rules.is_empty()
                || !event.decays.is_empty()
                || !event.entries.is_empty()
                || !event.amounts.is_empty()
                || event.retention.is_some()
                || event.effect != Effect::None
                || event.wakes
                || !event.implies.is_empty()
                || watched.meets(Deps::TIME)
                || (journeys && watched.meets(Deps::JOURNEYS))
                || event.visit
                || (matches!(number, n if n == builtin.email_sent || n == builtin.message_sent)
                    && watched.meets(Deps::MAILS))
                || (number == builtin.stage_changed && by_condition);
            let means = self.acquisition.meanings.get(number).is_some_and(|meaning| meaning.any);
            event.has_meaning = means;
            event.is_only_counted = !event.used && !means && event.tracked.is_none();
            event.concerns = Concerns::of(event, acquires);
        }
    }
}

/// What the conditions depend on that every cascade asks: segments, moves, exits and goals.
pub(super) fn watched(journeys: &[Journey], lifecycle: &Lifecycle, segments: &[Segment]) -> Deps {
    let mut watched = of_segments(segments);
    watched |= of_exits(journeys);
    journeys.iter().flat_map(Journey::awaited).for_each(|cond| watched |= cond.deps);
    watched |= of_moves(lifecycle);
    watched
}

/// What moves depend on.
pub(super) fn of_moves(lifecycle: &Lifecycle) -> Deps {
    let whens = lifecycle.moves.iter().filter_map(|each| each.when.as_ref());
    whens.fold(Deps::NONE, |deps, cond| deps.or(cond.deps))
}

/// What segments depend on.
pub(super) fn of_segments(segments: &[Segment]) -> Deps {
    segments.iter().fold(Deps::NONE, |all, segment| all.or(segment.when.deps))
}

/// What ways out of journeys depend on: `exit_when` and goals.
pub(super) fn of_exits(journeys: &[Journey]) -> Deps {
    let conds =
        journeys.iter().flat_map(|journey| journey.exit_when.iter().chain(journey.goal.as_ref().map(|(cond, _)| cond)));
    conds.fold(Deps::NONE, |all, cond| all.or(cond.deps))
}
