//! Entering, steps and leaving.

use super::agenda::{Class, Task};
use super::ask::Ask;
use super::chance;
use super::civil::{DAY, Moment};
use super::engine::{Engine, LIVELOCK};
use super::facts::{Drawn, Fact, Way, names};
use super::lead::{Data, Happening, Instance, Waiting};
use super::outcome::{LeftFigures, bump, bump_word};
use super::permission::By;
use super::program::{Action, Change, Code, Cond, Deps, Entry, Journey, Program, Step, reason};
use super::queue::Pending;
use super::send::Words;
use super::trace::What;
use super::value::{Slot, Sym, V};
use crate::ir::print::duration;
use crate::ir::{Again, EntryRefusal, Skip};

/// Places of the ways from a wait for something among its figures.
const HEARD: usize = 0;
const TIMEOUT: usize = 1;

/// How an instance ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The steps came to their end.
    Completed,
    /// `exit_when` held.
    ExitWhen,
    /// The goal was reached.
    Goal,
    /// An `exit` step: number and name of its reason.
    Exit(usize, Sym),
}

/// Why a lead may not enter. It is put into words only where somebody reads them.
enum Because<'a> {
    /// As it says.
    Plain(&'static str),
    /// A condition does not hold.
    Cond(&'a Cond),
    /// It left at this moment.
    Left(i64),
    /// It may enter again from this moment on, so many seconds after it left.
    TooSoon { opens: i64, secs: i64 },
    /// So many instances are running.
    Full(usize),
}

impl Because<'_> {
    fn text(&self, ask: &Ask<'_>) -> String {
        match self {
            Because::Plain(text) => (*text).to_owned(),
            Because::Cond(cond) => format!("`{}` does not hold", cond.text),
            Because::Left(at) => format!("it left on {}", ask.lead.zone.show(*at)),
            Because::TooSoon { opens, secs } => {
                format!("not again before {}, {} after the exit", ask.lead.zone.show(*opens), duration(*secs))
            }
            Because::Full(running) => format!("{running} instances are running, which is the most at once"),
        }
    }
}

/// What comes after a step.
enum Then {
    /// Another step, or the end of the journey.
    Go(Option<usize>),
    /// The instance waits.
    Wait,
    /// The instance has ended.
    Over,
}

impl<'a> Engine<'a> {
    /// Lets the lead into a journey, or refuses it for a reason.
    pub(super) fn try_enter(&mut self, number: usize, event: Option<&Happening>) {
        let journey = &self.program.journeys[number];
        let key = match (journey.keyed, journey.key, event) {
            (true, Some(property), Some(event)) => self.ask(Some(event)).property(event, property).keep(),
            (true, _, _) | (false, _, _) => Slot::Absent,
        };
        match self.refusal(number, journey, event, &key) {
            Some((why, because)) => {
                bump(&mut self.figures.journeys.at(number).refused, why);
                if self.trace.is_some() {
                    let unmet = self.unmet_entry(number, event);
                    self.note(What::Refused, Some(number), |ask| {
                        format!("{}: {}", why.word(), unmet.unwrap_or_else(|| because.text(ask)))
                    });
                }
                self.fact(|_| Fact::Refused { journey: journey.name.clone(), reason: why });
            }
            None => self.enter(number, key, event),
        }
    }

    /// Why the lead may not enter, if it may not, with an explanation.
    fn refusal(
        &self,
        number: usize,
        journey: &'a Journey,
        event: Option<&Happening>,
        key: &Slot,
    ) -> Option<(EntryRefusal, Because<'a>)> {
        let filter = match &journey.entry {
            // A `start` step brings no event that a condition could be asked of.
            Entry::Event { filter, .. } => filter.as_ref().filter(|_| event.is_some()),
            Entry::Segment { .. } | Entry::Schedule { .. } | Entry::Called => None,
        };
        for cond in filter.into_iter().chain(&journey.when) {
            if !self.ask(event).holds(cond) {
                return Some((EntryRefusal::NotMatching, Because::Cond(cond)));
            }
        }
        if journey.keyed && *key == Slot::Absent {
            return Some((EntryRefusal::NotMatching, Because::Plain("the event has no value for the key")));
        }
        if journey.ends.is_some_and(|ends| self.now > ends) {
            return Some((EntryRefusal::Ended, Because::Plain("the journey is over")));
        }
        if let Some(because) = self.already_in(number, journey, key) {
            return Some((EntryRefusal::AlreadyIn, because));
        }
        let memory = &self.lead.memories[number];
        let (_, last) = memory.exits.iter().find(|(each, _)| each == key)?;
        match journey.again {
            Again::Always => None,
            Again::Never => Some((EntryRefusal::AgainNever, Because::Left(*last))),
            Again::AfterSecs(secs) => {
                let because = Because::TooSoon { opens: last + secs, secs };
                (self.now < last + secs).then_some((EntryRefusal::AgainTooSoon, because))
            }
        }
    }

    fn already_in(&self, number: usize, journey: &Journey, key: &Slot) -> Option<Because<'a>> {
        let running = self.lead.memories[number].running;
        if !journey.keyed {
            return (running > 0).then_some(Because::Plain("an instance is running"));
        }
        let same = |slot: &&usize| {
            let instance = &self.lead.instances[**slot];
            instance.journey == number && instance.key == *key
        };
        if self.lead.running.iter().any(|slot| same(&slot)) {
            return Some(Because::Plain("an instance with this key is running"));
        }
        let full = journey.at_once.is_some_and(|most| running >= most);
        full.then_some(Because::Full(running))
    }

    fn enter(&mut self, number: usize, key: Slot, event: Option<&Happening>) {
        let journey = &self.program.journeys[number];
        let memory = &mut self.lead.memories[number];
        memory.entered += 1;
        memory.running += 1;
        let instance = Instance {
            journey: number,
            number: memory.entered,
            key,
            entered: self.now,
            event: event.copied(),
            waiting: Waiting::Nothing,
            timer: 0,
            busy: (self.now, 0),
        };
        let figures = self.figures.journeys.at(number);
        figures.entered += 1;
        figures.leads += u64::from(instance.number == 1);
        let count = instance.number;
        let slot = self.place(instance);
        self.note_overlaps(number);
        self.lead.changed(Deps::JOURNEYS);
        self.note(What::Entered, Some(number), |_| format!("for the {} time", ordinal(count)));
        if journey.confirms.is_none() {
            self.fact(|_| Fact::Entered { journey: journey.name.clone() });
            self.journey_happens(number, self.program.builtin.journey_entered, count * 2, || None);
        }
        match self.way_out(slot, Deps::ALL) {
            Some(end) => self.end(slot, end),
            None => self.walk(slot, journey.first),
        }
    }

    /// Gives an instance its place among those running.
    fn place(&mut self, instance: Instance) -> usize {
        let lead = &mut self.lead;
        let order = (instance.journey, instance.number);
        let at = lead.running.partition_point(|slot| {
            let other = &lead.instances[*slot];
            (other.journey, other.number) < order
        });
        lead.instances.push(instance);
        let slot = lead.instances.len() - 1;
        lead.running.insert(at, slot);
        slot
    }

    /// Ends an instance, and cancels what it waits for.
    pub(super) fn end(&mut self, slot: usize, end: End) {
        let instance = &mut self.lead.instances[slot];
        let (number, count) = (instance.journey, instance.number);
        let waiting = std::mem::replace(&mut instance.waiting, Waiting::Nothing);
        instance.timer = 0;
        let key = std::mem::take(&mut instance.key);
        if let Waiting::Mail(held) = waiting {
            self.lead.holding -= 1;
            self.skip(number, &held, Skip::Exited, &Words::Plain("the journey ended while the mail was held"));
        }
        self.lead.running.retain(|each| *each != slot);
        self.remember_exit(number, key);
        self.lead.changed(Deps::JOURNEYS);
        let texts = &self.program.texts;
        if end == End::Goal {
            self.credit_goal(number);
        }
        let by = self.exit_reason(slot, end);
        let figures = self.figures.journeys.at(number);
        let mut nowhere = LeftFigures::default();
        let left = waiting.step().map_or(&mut nowhere, |step| &mut figures.steps.at(step).left);
        let words = match end {
            End::Completed => {
                figures.completed += 1;
                reason::COMPLETED
            }
            End::ExitWhen => {
                left.exit_when += 1;
                figures.exit_when += 1;
                if let Some(reason) = by {
                    *figures.exit_when_by.at(reason) += 1;
                    left.exit_when_by.count(reason);
                }
                reason::EXIT_WHEN
            }
            End::Goal => {
                left.goal += 1;
                figures.goal += 1;
                reason::GOAL
            }
            End::Exit(_, sym) => {
                let word = texts.get(sym);
                bump_word(&mut figures.exits, word);
                word
            }
        };
        let journey = &self.program.journeys[number];
        let cond = match end {
            End::ExitWhen => by.map(|reason| &journey.exit_reasons[reason]).or(journey.exit_when.as_ref()),
            End::Goal => journey.goal.as_ref().map(|(cond, _)| cond),
            End::Completed | End::Exit(..) => None,
        };
        self.note(What::Ended, Some(number), |_| match cond {
            Some(cond) => format!("{words}: `{}`", cond.text),
            None => words.to_owned(),
        });
        if journey.confirms.is_none() {
            self.fact(|_| Fact::Exited { journey: journey.name.clone(), reason: words.to_owned() });
        }
        if journey.confirms.is_none() {
            self.journey_happens(number, self.program.builtin.journey_ended, count * 2 + 1, || match end {
                End::Completed | End::ExitWhen | End::Goal => texts.find(words),
                End::Exit(_, sym) => Some(sym),
            });
        }
    }

    /// An event of a journey, told from its others by a mark. Where nobody asks for it, it is only counted.
    #[inline]
    fn journey_happens(&mut self, number: usize, event: usize, mark: u64, why: impl FnOnce() -> Option<Sym>) {
        if self.program.events[event].is_only_counted && self.trace.is_none() {
            return self.count_event(event);
        }
        let identity = chance::join(self.program.journeys[number].chance, mark);
        self.happen(event, Data::Journey(number as u32, why()), identity);
    }

    /// Which of the reasons that `exit_when` joins by `or` holds, the first of several.
    fn exit_reason(&self, slot: usize, end: End) -> Option<usize> {
        let reasons = match end {
            End::ExitWhen => &self.program.journeys[self.lead.instances[slot].journey].exit_reasons,
            End::Completed | End::Goal | End::Exit(..) => return None,
        };
        reasons.iter().position(|reason| self.ask_in(slot, None).holds(reason))
    }

    fn remember_exit(&mut self, number: usize, key: Slot) {
        let memory = &mut self.lead.memories[number];
        memory.running -= 1;
        memory.finished = true;
        if self.program.journeys[number].again == Again::Always {
            return;
        }
        match memory.exits.iter_mut().find(|(each, _)| *each == key) {
            Some((_, at)) => *at = self.now,
            None => memory.exits.push((key, self.now)),
        }
    }

    /// Takes steps from `at` on until the instance waits or ends.
    pub(super) fn walk(&mut self, slot: usize, mut at: Option<usize>) {
        let program = self.program;
        let number = self.lead.instances[slot].journey;
        let journey = &program.journeys[number];
        let (last, mut taken) = self.lead.instances[slot].busy;
        if last != self.now {
            taken = 0;
        }
        while let Some(current) = at {
            taken += 1;
            if taken > LIVELOCK {
                self.livelock("steps of one instance");
            }
            if self.stopped {
                return;
            }
            let step = &journey.steps[current];
            self.steps.reached[journey.base + current] += 1;
            self.lead.runs[journey.base + current] += 1;
            if program.timed || self.trace.is_some() {
                self.note_reached(slot, (number, current));
            }
            match self.take_step(slot, (number, current), step) {
                Then::Go(next) => at = next,
                Then::Wait => {
                    self.lead.instances[slot].busy = (self.now, taken);
                    return;
                }
                Then::Over => return,
            }
        }
        self.end(slot, End::Completed);
    }

    /// A step is reached while somebody takes the time or reads the timeline.
    #[cold]
    #[inline(never)]
    fn note_reached(&mut self, slot: usize, (number, current): (usize, usize)) {
        if self.program.timed {
            let after = rounded(self.now - self.lead.instances[slot].entered);
            bump(&mut self.figures.journeys.at(number).steps.at(current).reached_after, after);
        }
        if self.program.journeys[number].confirms.is_none() {
            self.fact(|program| {
                let (journey, step) = names(program, (number, current));
                Fact::Reached { journey, step }
            });
        }
    }

    fn take_step(&mut self, slot: usize, (number, current): (usize, usize), step: &'a Step) -> Then {
        match &step.action {
            Action::Send { content, max_hold, outcomes: _ } => {
                if !self.ask_to_send(slot, (number, current), *content, *max_hold) {
                    return Then::Wait;
                }
            }
            Action::Wait { time } => {
                return self.wait_until(slot, (number, current), time.end(&self.lead.zone, self.now));
            }
            Action::WaitUntil { moment, to_minute: Some(to) } if self.is_within(moment, *to) => {
                self.note_step(What::Wait, (number, current), |_| "it is within the hours".to_owned());
            }
            Action::WaitUntil { moment, to_minute: _ } => match moment.at_or_after(&self.lead.zone, self.now) {
                Some(until) => return self.wait_until(slot, (number, current), until),
                // A moment that never comes again ends at once.
                None => self.note_step(What::Wait, (number, current), |_| "the moment is past".to_owned()),
            },
            Action::WaitUntilDate { of, offset, minute } => match self.near_date(slot, of, *offset, *minute) {
                Some(until) if until >= self.now => return self.wait_until(slot, (number, current), until),
                Some(_) => self.note_step(What::Wait, (number, current), |_| "the moment is past".to_owned()),
                None => self.note_step(What::Wait, (number, current), |_| "there is no date".to_owned()),
            },
            Action::WaitBestTime => match self.next_best_time() {
                Some(until) => return self.wait_until(slot, (number, current), until),
                None => self.note_step(What::Wait, (number, current), |_| "there is no best time".to_owned()),
            },
            Action::WaitFor { .. } => return self.wait_for(slot, (number, current), step),
            Action::Branch { arms } => return Then::Go(self.branch(slot, (number, current), arms, step)),
            Action::Split { .. } => return Then::Go(self.split(slot, current, step)),
            Action::Exit { reason, sym } => {
                self.end(slot, End::Exit(*reason, *sym));
                return Then::Over;
            }
            Action::Goto => self.note_step(What::Step, (number, current), |ask| {
                let steps = &ask.program.journeys[number].steps;
                step.next.map_or_else(|| "goes to the end".to_owned(), |to| format!("goes on at `{}`", steps[to].name))
            }),
            Action::Make(make) => self.make(slot, (number, current), step, make),
            Action::Change(change) => {
                self.note_step(What::Step, (number, current), |ask| change_text(ask, change));
                self.change(change, &step.name, (number, current));
                self.lead.queue.push(Pending::Changed);
            }
        }
        Then::Go(step.next)
    }

    /// Steps that change the lead.
    fn change(&mut self, change: &Change, name: &str, (journey, step): (usize, usize)) {
        match change {
            Change::Set { values } => {
                let mut changed = false;
                for (field, value) in values {
                    changed |= self.set_field(*field, value.clone());
                }
                if changed {
                    self.refresh_profile(false);
                }
            }
            Change::Score { points } => {
                for (model, points) in points {
                    self.add_points(*model, *points, name);
                }
            }
            Change::Stage { stage } if self.lead.stage != *stage => self.change_stage(*stage, name),
            Change::List { list, add } => {
                self.lead.lists[*list] = *add;
                self.lead.changed(Deps::LISTS);
                let words = if *add { "on" } else { "off" };
                self.note(What::List, None, |ask| format!("{words} `{}`", ask.program.lists[*list].name));
            }
            Change::Topic { topic, subscribe: true } => self.subscribe(*topic, By::Step(journey, step), Slot::Absent),
            Change::Topic { topic, subscribe: false } => self.unsubscribe(*topic, By::Step(journey, step)),
            Change::Stage { .. } => {}
        }
    }

    /// Whether it is between such a moment of today and a minute of the day.
    fn is_within(&self, moment: &Moment, to_minute: u16) -> bool {
        let zone = &self.lead.zone;
        let midnight = zone.date(self.now) * DAY;
        let opened = moment.at_or_after(zone, zone.first(midnight)).is_some_and(|opening| opening <= self.now);
        opened && self.now < zone.first(midnight + i64::from(to_minute) * 60)
    }

    /// The moment near a date, if there is one.
    fn near_date(&self, slot: usize, of: &'a Code, offset: i64, minute: Option<u16>) -> Option<i64> {
        let zone = &self.lead.zone;
        let (instant, local) = match self.ask_in(slot, None).value(of) {
            V::Date(date) => (None, i64::from(date) * DAY),
            V::Time(at) => (Some(at), zone.local(at)),
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Sym(_) | V::Text(_) | V::Set(_) => return None,
        };
        let local = local.saturating_add(offset);
        Some(match (minute, instant) {
            (None, Some(at)) => at.saturating_add(offset),
            (None, None) => zone.first(local),
            (Some(minute), _) => zone.first(local.div_euclid(DAY) * DAY + i64::from(minute) * 60),
        })
    }

    fn wait_until(&mut self, slot: usize, (number, current): (usize, usize), until: i64) -> Then {
        self.note_step(What::Wait, (number, current), |ask| format!("until {}", ask.lead.zone.show(until)));
        let timer =
            self.lead.arm(until, Class::Timer, self.program.place_of_timer(number, current), Task::Wake(slot as u32));
        let instance = &mut self.lead.instances[slot];
        (instance.timer, instance.waiting) = (timer, Waiting::Time(current));
        Then::Wait
    }

    fn wait_for(&mut self, slot: usize, (number, current): (usize, usize), step: &Step) -> Then {
        let Action::WaitFor { event, when, within, .. } = &step.action else { return Then::Wait };
        if let Some(cond) = when
            && self.ask_in(slot, None).holds(cond)
        {
            self.count_way(step, HEARD);
            self.note_step(What::WaitOver, (number, current), |_| format!("`{}` holds already", cond.text));
            self.fact_way((number, current), || Way::Heard);
            return Then::Go(step.next);
        }
        let until = within.end(&self.lead.zone, self.now);
        self.note_step(What::Wait, (number, current), |ask| {
            format!("for `{}` until {}", awaited(ask.program, *event, when.as_ref()), ask.lead.zone.show(until))
        });
        let timer = self.lead.arm(
            until,
            Class::Timeout,
            self.program.place_of_timer(number, current),
            Task::Timeout(slot as u32),
        );
        let instance = &mut self.lead.instances[slot];
        (instance.timer, instance.waiting) = (timer, Waiting::Event(current));
        Then::Wait
    }

    /// The time an instance waited for has come.
    pub(super) fn wake(&mut self, slot: usize) {
        let program = self.program;
        let instance = &mut self.lead.instances[slot];
        let number = instance.journey;
        instance.timer = 0;
        match std::mem::replace(&mut instance.waiting, Waiting::Nothing) {
            Waiting::Time(current) => {
                self.note_step(What::WaitOver, (number, current), |_| "the time has come".to_owned());
                self.walk(slot, program.journeys[number].steps[current].next);
            }
            Waiting::Event(current) => {
                let step = &program.journeys[number].steps[current];
                let Action::WaitFor { timeout, event, when, .. } = &step.action else { return };
                self.count_way(step, TIMEOUT);
                self.note_step(What::Timeout, (number, current), |_| {
                    format!("no `{}` in time", awaited(program, *event, when.as_ref()))
                });
                self.fact_way((number, current), || Way::Timeout);
                self.walk(slot, *timeout);
            }
            Waiting::Mail(_) | Waiting::Nothing => {}
        }
    }

    /// An instance that waits for an event hears one; one that waits for a condition asks it.
    pub(super) fn hear(&mut self, slot: usize, event: Option<&Happening>) {
        let program = self.program;
        let instance = &self.lead.instances[slot];
        let (number, Waiting::Event(current)) = (instance.journey, instance.waiting) else { return };
        let step = &program.journeys[number].steps[current];
        let Action::WaitFor { event: kind, filter, when, .. } = &step.action else { return };
        let fits = |cond: &Cond| self.ask_in(slot, event).holds(cond);
        let over = match kind {
            Some(kind) => event.is_some_and(|event| event.event == *kind) && filter.as_ref().is_none_or(fits),
            None => when.as_ref().is_some_and(fits),
        };
        if !over {
            return;
        }
        let instance = &mut self.lead.instances[slot];
        (instance.timer, instance.waiting) = (0, Waiting::Nothing);
        self.count_way(step, HEARD);
        self.note_step(What::WaitOver, (number, current), |ask| {
            let came = if kind.is_some() { "came" } else { "holds" };
            format!("`{}` {came}", awaited(ask.program, *kind, when.as_ref()))
        });
        self.fact_way((number, current), || Way::Heard);
        self.walk(slot, step.next);
    }

    fn branch(
        &mut self,
        slot: usize,
        place: (usize, usize),
        arms: &[(Cond, Option<usize>)],
        step: &Step,
    ) -> Option<usize> {
        for (arm, (cond, to)) in arms.iter().enumerate() {
            if self.ask_in(slot, None).holds(cond) {
                self.count_way(step, arm);
                self.note_step(What::Branch, place, |_| format!("`{}` holds", cond.text));
                self.fact_way(place, || Way::Arm(arm));
                return *to;
            }
            self.note_step(What::Branch, place, |_| format!("`{}` does not hold", cond.text));
        }
        self.count_way(step, arms.len());
        self.note_step(What::Branch, place, |_| "else".to_owned());
        self.fact_way(place, || Way::Else);
        step.next
    }

    /// A way from a step is taken.
    #[inline]
    fn count_way(&mut self, step: &Step, way: usize) {
        self.steps.ways[step.first_way + way] += 1;
    }

    /// Draws once for each instance and step, so that a loop takes the same arm again.
    fn split(&mut self, slot: usize, current: usize, step: &Step) -> Option<usize> {
        let Action::Split { arms, experiment } = &step.action else { return step.next };
        let instance = &self.lead.instances[slot];
        let (number, count, lead) = (instance.journey, instance.number, self.lead.chance);
        let settled = self.lead.replay.arm(number, current).or_else(|| self.told_arm(number, current, count));
        let out = if settled.is_none() { self.untold_arms(number, current) } else { None };
        let is_out = |at: usize| out.as_ref().is_some_and(|out| out[at]);
        let weights = || arms.iter().enumerate().map(|(at, arm)| if is_out(at) { 0.0 } else { arm.weight });
        let draws = weights().zip(arms.iter().map(|arm| lead.draw(arm.chance, count)));
        if settled.is_none() && weights().filter(|weight| *weight > 0.0).count() > 1 {
            self.fact_drawn(|program| {
                let (journey, step) = names(program, (number, current));
                Drawn::Arm { journey, step }
            });
        }
        let Some(taken) = settled.or_else(|| chance::rendezvous(draws)) else { return step.next };
        self.count_way(step, taken);
        self.note_step(What::Split, (number, current), |_| format!("arm `{}`", arms[taken].name));
        self.fact_way((number, current), || Way::Split(arms[taken].name.clone()));
        if let Some(experiment) = experiment {
            self.begin_trial(*experiment, taken, count);
        }
        arms[taken].to
    }
}

/// Seconds to the full minute below two days, to the full hour from then on, so that few different times are kept.
fn rounded(secs: i64) -> u64 {
    let secs = u64::try_from(secs).unwrap_or(0);
    let size = if secs < 2 * 86_400 { 60 } else { 3_600 };
    secs / size * size
}

/// What a step waits for: an event, or a condition.
fn awaited<'p>(program: &'p Program, event: Option<usize>, when: Option<&'p Cond>) -> &'p str {
    match event {
        Some(event) => &program.events[event].name,
        None => when.map_or("", |when| &when.text),
    }
}

/// What a step does to the lead.
fn change_text(ask: &Ask<'_>, change: &Change) -> String {
    let program = ask.program;
    let all = |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match change {
        Change::Set { values } => {
            format!("sets {}", all(values.iter().map(|(field, _)| program.fields[*field].as_str()).collect()))
        }
        Change::Score { points } => {
            format!("scores {}", all(points.iter().map(|(model, _)| program.models[*model].name.as_str()).collect()))
        }
        Change::Stage { stage } => {
            let kept = if ask.lead.stage == *stage { ", where the lead is already" } else { "" };
            format!("moves to the stage `{}`{kept}", program.texts.get(program.lifecycle.stages[*stage]))
        }
        Change::List { list, add: true } => format!("adds to the list `{}`", program.lists[*list].name),
        Change::List { list, add: false } => format!("removes from the list `{}`", program.lists[*list].name),
        Change::Topic { topic, subscribe: true } => format!("subscribes to `{}`", program.topics[*topic].name),
        Change::Topic { topic, subscribe: false } => format!("unsubscribes from `{}`", program.topics[*topic].name),
    }
}

fn ordinal(count: u64) -> String {
    let ending = match (count % 10, count % 100) {
        (1, hundred) if hundred != 11 => "st",
        (2, hundred) if hundred != 12 => "nd",
        (3, hundred) if hundred != 13 => "rd",
        _ => "th",
    };
    format!("{count}{ending}")
}
