//! One event, one cascade: the eight phases, in order, completely, before the next event.

use std::sync::Arc;

use super::agenda::{Class, Task};
use super::chance;
use super::engine::{Engine, Resume};
use super::facts::Fact;
use super::lead::{Data, Happening, Waiting};
use super::program::{Concerns, Deps, Entry};
use super::queue::Pending;
use super::steps::End;
use super::trace::What;
use super::value::Slot;

impl Engine<'_> {
    /// Handles an event, or a moment without one.
    pub(super) fn cascade(&mut self, event: Option<&Happening>, resume: Resume) {
        if !self.one_more_cascade() {
            return;
        }
        let program = self.program;
        let concerns = event.map_or(Concerns::NONE, |event| program.events[event.event].concerns);
        if let Some(event) = event {
            if concerns.has(Concerns::TAKEN) {
                self.take(event);
            }
            if concerns.has(Concerns::PERMITS) {
                self.take_effect(event);
            }
            if concerns.has(Concerns::SCORES) {
                self.score(event);
            }
        }
        self.lead.unsettled = Deps::NONE;
        self.move_on(event);
        self.joined.clear();
        self.evaluate_segments();
        if program.moves_ask_segments && self.lead.unsettled.meets(Deps::SEGMENTS) {
            self.lead.queue.push(Pending::Changed);
        }
        if let Some(event) = event.filter(|_| concerns.has(Concerns::PROVOKES)) {
            self.provoke(event);
        }
        if concerns.has(Concerns::SHOWS) {
            self.show_unseen();
        }
        self.check_exits();
        if !self.lead.trials.is_empty() {
            self.check_trials(event);
        }
        if resume != Resume::Nothing {
            self.go_ahead(resume);
        }
        if program.awaits_conditions || concerns.has(Concerns::AWAITED) {
            self.hear_all(event);
        }
        if concerns.has(Concerns::ENTERS) || !self.joined.is_empty() || matches!(resume, Resume::Schedule(_)) {
            self.enter_all(event, resume);
        }
    }

    /// (1, 2) The event is recorded, its money is added up, and what it carries is taken over.
    fn take(&mut self, event: &Happening) {
        let info = &self.program.events[event.event];
        if info.retention.is_some() {
            self.record(event);
        }
        if !info.amounts.is_empty() {
            self.add_amounts(event);
        }
        self.credit_money(event);
        if !info.sets.is_empty() {
            self.take_fields(event);
        }
        if !self.program.acquisition.is_unused() {
            self.take_acquisition(event);
        }
    }

    /// (1) The event is recorded, if some condition asks for past ones.
    pub(super) fn record(&mut self, event: &Happening) {
        let Some(longest) = self.program.events[event.event].retention else { return };
        let (now, history) = (self.now, &mut self.lead.history[event.event]);
        // Forgets in bulk, so that it costs little.
        if history.len() >= 64 && longest < i64::MAX && history[history.len() / 2].0 <= now - longest {
            history.retain(|(at, _)| *at > now - longest);
        }
        history.push((now, *event));
        self.lead.changed(Deps::EVENTS);
    }

    /// (2) Fields it carries are set.
    pub(super) fn take_fields(&mut self, event: &Happening) {
        let program = self.program;
        let sets = &program.events[event.event].sets;
        let mut changed = false;
        for (field, property) in sets {
            let value = self.ask(Some(event)).property(event, *property).keep();
            changed |= value != Slot::Absent && self.set_field(*field, value);
        }
        if changed {
            self.refresh_profile(false);
        }
    }

    /// (2) An item that was bought is the lead's; a touch of a source is noted.
    pub(super) fn take_acquisition(&mut self, event: &Happening) {
        if !self.program.acquisition.catalogs.is_empty() {
            self.keep_item(event);
        }
        if !self.program.acquisition.sources.is_empty() {
            self.touch(event);
        }
    }

    /// Sets a field; `true` if it was another value.
    pub(super) fn set_field(&mut self, field: usize, value: Slot) -> bool {
        if self.lead.fields[field] == value {
            return false;
        }
        self.lead.fields[field] = value;
        self.lead.changed(Deps::FIELDS);
        for channel in &self.program.addressed[field] {
            // What was known of the old address says nothing of the new one.
            (self.lead.suppressed[*channel], self.lead.undelivered[*channel]) = (false, 0);
            self.lead.find_address(*channel, self.program);
        }
        self.note(What::Field, None, |ask| {
            format!("`{}` is now {}", ask.program.fields[field], ask.show(&ask.lead.fields[field].view()))
        });
        if self.trace.is_some() {
            let value = super::facts::value(&self.lead.fields[field].view(), self.program);
            self.fact(|_| Fact::Field { field, value });
        }
        if self.program.timezone_field == Some(field) {
            let zone = match self.lead.fields[field].text(&self.program.texts) {
                Some(name) => self.program.zone(name),
                None => Some(Arc::clone(&self.program.project_zone)),
            };
            if let Some(zone) = zone {
                self.lead.zone = zone;
            }
        }
        true
    }

    /// Finds out grades and persona, which are functions of the fields.
    pub(super) fn refresh_profile(&mut self, first: bool) {
        let program = self.program;
        let persona = program.personas.iter().position(|persona| self.holds(Some(&persona.matches), None));
        if self.lead.persona != persona || first {
            self.lead.persona = persona;
            self.note(What::Persona, None, |ask| {
                persona.map_or("none matches".to_owned(), |persona| format!("`{}`", ask.program.personas[persona].name))
            });
            self.take_up_habits();
        }
        if !program.permission.markets.is_empty() {
            self.refresh_market(first);
        }
        for (number, grading) in program.gradings.iter().enumerate() {
            let rules = grading.rules.iter().filter(|(when, _)| self.holds(Some(when), None));
            let sum: i64 = rules.map(|(_, points)| i64::from(*points)).sum();
            let grade = grading.bands.iter().position(|(_, least)| i64::from(*least) <= sum);
            if self.lead.grades[number] != grade || first {
                self.lead.grades[number] = grade;
                self.note(What::Grade, None, |ask| {
                    let band = grade.map_or("none", |band| ask.program.texts.get(grading.bands[band].0));
                    format!("{} is {band} with {sum} points", grading.name)
                });
                self.fact(|program| Fact::Grade {
                    model: grading.name.clone(),
                    grade: grade.map(|band| program.texts.get(grading.bands[band].0).to_owned()),
                });
            }
        }
    }

    /// (3) Scores change, and decay waits anew for those who are active.
    pub(super) fn score(&mut self, event: &Happening) {
        let program = self.program;
        let info = &program.events[event.event];
        for (model, rule) in &info.rules {
            let rule = &program.models[*model].rules[*rule];
            if !self.holds(rule.filter.as_ref(), Some(event)) {
                continue;
            }
            if let Some((limit, mark)) = &rule.at_most {
                let since = self.lead.zone.window_start(limit.per, self.now);
                let marks = &mut self.lead.marks[*mark];
                marks.retain(|at| *at >= since);
                if marks.len() >= limit.count as usize {
                    self.note(What::NoScore, None, |_| {
                        format!("{}: `{}` gave its {} already", program.models[*model].name, info.name, limit.count)
                    });
                    continue;
                }
                marks.push(self.now);
            }
            self.add_points(*model, rule.points, &info.name);
        }
        for model in &info.decays {
            if let Some(decay) = &program.models[*model].decay {
                let at = self.now + decay.every;
                self.lead.decays[*model] = self.lead.arm(at, Class::Timer, (0, 0), Task::Decay(*model as u32));
            }
        }
    }

    /// Adds points to a score.
    pub(super) fn add_points(&mut self, model: usize, points: i32, why: &str) {
        let before = self.lead.scores[model];
        let after = self.program.models[model].clamp(i64::from(before) + i64::from(points));
        self.lead.scores[model] = after;
        if before != after {
            self.lead.changed(Deps::SCORES);
        }
        self.note(What::Score, None, |ask| {
            format!("{} {before} → {after} ({points:+}, {why})", ask.program.models[model].name)
        });
        self.fact(|program| Fact::Score { model: program.models[model].name.clone(), score: after });
    }

    /// (4) Lifecycle moves are made until none applies, at most once into each stage.
    #[inline(always)]
    pub(super) fn move_on(&mut self, event: Option<&Happening>) {
        let program = self.program;
        if program.lifecycle.by_condition || event.is_some_and(|event| program.events[event.event].moves) {
            self.make_moves(event);
        }
    }

    #[inline(never)]
    fn make_moves(&mut self, event: Option<&Happening>) {
        let program = self.program;
        let mut entered: Vec<usize> = Vec::new();
        while let Some(leaving) = program.lifecycle.leaving.get(self.lead.stage) {
            let moves = leaving.iter().map(|number| &program.lifecycle.moves[*number]);
            let applies = |each: &&super::program::Move| {
                !entered.contains(&each.to)
                    && each.event.is_none_or(|kind| event.is_some_and(|event| event.event == kind))
                    && each.after.is_none_or(|after| self.now - self.lead.stage_since >= after)
                    && self.holds(each.filter.as_ref(), event)
                    && self.holds(each.when.as_ref(), event)
            };
            let Some(made) = moves.into_iter().find(applies) else { return };
            entered.push(made.to);
            let why = made.reason.clone().or_else(|| made.when.as_ref().map(|when| when.text.clone()));
            let why = why.or_else(|| made.event.map(|event| program.events[event].name.clone()));
            self.change_stage(made.to, why.as_deref().unwrap_or("after its time in the stage"));
        }
    }

    /// Puts the lead into a stage.
    pub(super) fn change_stage(&mut self, to: usize, why: &str) {
        let (program, from) = (self.program, self.lead.stage);
        *self.figures.moves.at(from).at(to) += 1;
        self.count_stage(from, self.now, -1);
        self.count_stage(to, self.now, 1);
        self.lead.stage = to;
        self.lead.stage_since = self.now;
        self.lead.stage_changes += 1;
        if !std::mem::replace(&mut self.lead.reached[to], true) {
            self.credit_stage(to);
        }
        self.lead.changed(Deps::STAGE);
        self.note(What::Stage, None, |ask| {
            let name = |stage: usize| ask.program.texts.get(program.lifecycle.stages[stage]);
            format!("{} → {} ({why})", name(from), name(to))
        });
        self.fact(|program| Fact::Stage { stage: program.texts.get(program.lifecycle.stages[to]).to_owned() });
        self.arm_stay();
        let identity = chance::join(chance::key(&["stage_changed"]), u64::from(self.lead.stage_changes));
        self.happen(program.builtin.stage_changed, Data::Stages(from as u32, to as u32), identity);
    }

    /// (5) Segments are evaluated anew, where something changed that they depend on.
    #[inline(always)]
    pub(super) fn evaluate_segments(&mut self) {
        let stale = self.lead.stale_segments;
        if stale == Deps::ALL || self.program.of_segments.meets(stale) {
            self.evaluate_stale_segments();
        }
        self.lead.stale_segments = Deps::NONE;
    }

    #[inline(never)]
    fn evaluate_stale_segments(&mut self) {
        let program = self.program;
        for (number, segment) in program.segments.iter().enumerate() {
            if !segment.when.deps.meets(self.lead.stale_segments) && self.lead.stale_segments != Deps::ALL {
                continue;
            }
            let member = self.ask(None).holds(&segment.when);
            if member == self.lead.members.has(number) {
                continue;
            }
            self.lead.members.set(number, member);
            self.lead.changed(Deps::SEGMENTS);
            let figures = self.figures.segments.at(number);
            if member {
                figures.joined += 1;
                self.joined.push(number);
                self.note(What::SegmentIn, None, |_| format!("`{}`: {}", segment.name, segment.when.text));
            } else {
                figures.left += 1;
                self.note(What::SegmentOut, None, |_| format!("`{}`", segment.name));
            }
            self.fact(|_| Fact::Segment { segment: segment.name.clone(), member });
        }
    }

    /// (6) Running instances check `exit_when`, then their goal.
    fn check_exits(&mut self) {
        let stale = self.lead.stale_exits;
        let may = stale == Deps::ALL || self.program.of_exits.meets(stale);
        if self.lead.running.is_empty() || !may {
            self.lead.stale_exits = Deps::NONE;
            return;
        }
        let before = std::mem::replace(&mut self.lead.stale_exits, Deps::NONE);
        let mut at = 0;
        while let Some(slot) = self.lead.running.get(at).copied() {
            let mut stale = before;
            stale |= self.lead.stale_exits;
            match self.way_out(slot, stale) {
                // The next one comes to its place.
                Some(end) => self.end(slot, end),
                None => at += 1,
            }
        }
    }

    /// How an instance ends now, if it does. Conditions that depend on nothing of `stale` are not asked.
    pub(super) fn way_out(&self, slot: usize, stale: Deps) -> Option<End> {
        let instance = &self.lead.instances[slot];
        let journey = &self.program.journeys[instance.journey];
        let holds = |cond: &super::program::Cond| {
            (stale == Deps::ALL || cond.deps.meets(stale)) && self.ask_in(slot, None).holds(cond)
        };
        if journey.exit_when.as_ref().is_some_and(holds) {
            return Some(End::ExitWhen);
        }
        let (goal, within) = journey.goal.as_ref()?;
        let in_time = within.is_none_or(|within| self.now - instance.entered <= within);
        (in_time && holds(goal)).then_some(End::Goal)
    }

    /// (7) Those who wait for this moment go on.
    fn go_ahead(&mut self, resume: Resume) {
        match resume {
            Resume::Wake(slot, timer) | Resume::Timeout(slot, timer) => {
                if self.lead.instances[slot].timer == timer {
                    self.wake(slot);
                }
            }
            Resume::Round => self.round(),
            Resume::Nothing | Resume::Launch | Resume::Schedule(_) => {}
        }
    }

    /// (7) Those who wait for this event, or for a condition, go on.
    fn hear_all(&mut self, event: Option<&Happening>) {
        let mut waiting = std::mem::take(&mut self.waiting);
        let lead = &self.lead;
        let waits = |slot: &&usize| matches!(lead.instances[**slot].waiting, Waiting::Event(_));
        waiting.extend(lead.running.iter().filter(waits).map(|slot| (*slot, lead.instances[*slot].timer)));
        for (slot, timer) in waiting.drain(..) {
            if self.lead.instances[slot].timer == timer && !self.stopped {
                self.hear(slot, event);
            }
        }
        self.waiting = waiting;
    }

    /// (8) Entries are tried in journey order.
    fn enter_all(&mut self, event: Option<&Happening>, resume: Resume) {
        let program = self.program;
        let by_event = event.map_or(&[][..], |event| &program.events[event.event].entries);
        let mut tried = std::mem::take(&mut self.tried);
        tried.extend(by_event);
        for segment in &self.joined {
            let lets_in = |journey: &&usize| {
                resume != Resume::Launch
                    || matches!(program.journeys[**journey].entry, Entry::Segment { existing: true, .. })
            };
            tried.extend(program.segments[*segment].entries.iter().filter(lets_in));
        }
        if let Resume::Schedule(journey) = resume
            && let Entry::Schedule { segment, .. } = program.journeys[journey].entry
            && self.lead.members.has(segment)
        {
            tried.push(journey);
        }
        tried.sort_unstable();
        for journey in tried.drain(..) {
            if !self.stopped {
                self.try_enter(journey, event);
            }
        }
        self.tried = tried;
    }
}
