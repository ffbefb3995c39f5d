//! The run of one lead: from its coming in, through everything on its agenda, to the end.
//!
//! In: a program and a lead. Out: figures, and the timeline if it is asked for. Never: another lead.

use std::sync::Arc;

use super::agenda::{Class, Due, Task};
use super::ask::Ask;
use super::chance;
use super::civil::{DAY, Moment, Zone};
use super::facts::Noted;
use super::lead::{Data, EMAIL, Happening, LeadState, Waiting};
use super::measures::Marks;
use super::members;
use super::outcome::{Figures, bump};
use super::program::{Cond, Deps, Entry, Program};
use super::queue::Pending;
use super::quota::Book;
use super::step_counts::StepCounts;
use super::trace::{TraceLine, What};
use super::value::Slot;
use crate::ir::{Arrival, Lead, Value};

/// Cascades of one lead, or steps of one instance, at one second before the lead is stopped.
pub const LIVELOCK: u32 = 1_000;

/// Runs leads one after the other and adds up their figures.
pub struct Engine<'a> {
    /// The program.
    pub(super) program: &'a Program,
    /// The lead at hand.
    pub(super) lead: LeadState,
    /// The figures so far, but for those of steps.
    pub(super) figures: Figures,
    /// The counts of steps so far.
    pub(super) steps: StepCounts,
    /// The timeline of the lead at hand, if it is wanted.
    pub(super) trace: Option<Vec<TraceLine>>,
    /// The same as data.
    pub(super) facts: Vec<Noted>,
    /// Whether the timeline is wanted in words, and not as data alone.
    pub(super) in_words: bool,
    /// Whether anybody reads the figures that cost most.
    pub(super) has_figures: bool,
    /// Whether what happens comes from outside.
    pub(super) outside: bool,
    /// The moment.
    pub(super) now: i64,
    /// Cascades at this moment.
    pub(super) cascades: u32,
    /// Whether the lead was stopped.
    pub(super) stopped: bool,
    /// Whether the lead at hand takes part.
    pub(super) is_in: bool,
    /// Segments that the lead became a member of in this cascade.
    pub(super) joined: Vec<usize>,
    /// Room for the journeys that a cascade tries, and for the instances that hear it.
    pub(super) tried: Vec<usize>,
    /// Instances with their timers.
    pub(super) waiting: Vec<(usize, u32)>,
    /// What the past of leads counted, which is no part of the run.
    pub(super) past_figures: Option<Box<Figures>>,
    /// What the leads of the pool have spent of the senders' quotas.
    pub(super) book: Book,
}

/// A lead that was put aside while others take their turns.
#[derive(Debug)]
pub struct Parked {
    lead: LeadState,
    trace: Option<Vec<TraceLine>>,
    facts: Vec<Noted>,
    now: i64,
    cascades: u32,
    stopped: bool,
}

impl Parked {
    /// Room for a lead that has not come in yet.
    pub fn empty(program: &Program) -> Parked {
        let (lead, now) = (LeadState::new(program), program.frame.start);
        Parked { lead, trace: None, facts: Vec::new(), now, cascades: 0, stopped: false }
    }
}

impl<'a> Engine<'a> {
    /// An engine that has run no lead yet.
    pub fn new(program: &'a Program) -> Engine<'a> {
        Engine {
            program,
            lead: LeadState::new(program),
            figures: Figures::empty(program),
            steps: StepCounts::empty(program),
            trace: None,
            facts: Vec::new(),
            in_words: true,
            has_figures: true,
            outside: false,
            now: program.frame.start,
            cascades: 0,
            stopped: false,
            is_in: false,
            joined: Vec::new(),
            tried: Vec::new(),
            waiting: Vec::new(),
            past_figures: None,
            book: Book::new(program, 0, 1),
        }
    }

    /// The figures of all leads that were run.
    pub(super) fn into_figures(mut self) -> Figures {
        self.steps.add_to(&mut self.figures, self.program);
        self.figures
    }

    /// Runs a lead.
    pub fn simulate(&mut self, lead: &Lead, zone: Arc<Zone>, traced: bool) {
        let mut runs = self.begin(lead, zone, traced);
        while runs {
            runs = self.go_on();
        }
        self.close();
    }

    /// When a lead comes in: at the start, or when it is created.
    pub(super) fn comes_in(&self, lead: &Lead) -> i64 {
        let start = self.program.frame.start;
        match self.program.created_field.and_then(|field| lead.values.get(field)) {
            Some(Some(Value::Datetime(at))) => start.max(*at),
            _ => start,
        }
    }

    /// A lead comes in. `false` if it is no part of the run.
    pub(super) fn begin(&mut self, lead: &Lead, zone: Arc<Zone>, traced: bool) -> bool {
        let frame = self.program.frame;
        let born = self.comes_in(lead);
        self.is_in = born < frame.end;
        if !self.is_in {
            self.figures.leads.not_created += 1;
            self.trace = traced.then(|| vec![not_created(&zone, frame.end, born)]);
            return false;
        }
        self.trace = traced.then(Vec::new);
        self.facts.clear();
        self.load(lead, zone, born);
        self.take_timeline(lead);
        self.relive(lead);
        if self.program.past_only {
            self.lead.replay.past_is_over();
        }
        self.birth(born > frame.start || lead.arrival.is_some(), lead.arrival.as_ref());
        true
    }

    /// The next thing on the lead's agenda happens. `false` if there is none in the run.
    pub(super) fn go_on(&mut self) -> bool {
        if self.stopped {
            return false;
        }
        let Some(due) = self.lead.agenda.pop_before(self.program.frame.end) else { return false };
        self.advance_to(due.at);
        self.outside = due.class == Class::Outside;
        self.handle(&due);
        self.outside = false;
        self.settle();
        true
    }

    /// When the next thing happens, and since when the mail waits that is due then; the same instant if it is no mail.
    pub(super) fn next_turn(&mut self) -> Option<(i64, i64)> {
        // What is of no use any more gives no turn.
        while let Some(due) = self.lead.agenda.peek().copied()
            && self.is_over(&due)
        {
            self.lead.agenda.pop();
        }
        let due = self.lead.agenda.peek().filter(|due| !self.stopped && due.at < self.program.frame.end)?;
        let asked = match due.task {
            Task::Mail(slot) => match self.lead.instances[slot as usize].waiting {
                Waiting::Mail(held) => held.asked,
                Waiting::Nothing | Waiting::Time(_) | Waiting::Event(_) => due.at,
            },
            _ => due.at,
        };
        Some((due.at, asked))
    }

    /// Puts the lead at hand aside and takes up another, or makes room for one that has not come in yet.
    pub(super) fn switch(&mut self, to: Parked) -> Parked {
        self.is_in = true;
        Parked {
            lead: std::mem::replace(&mut self.lead, to.lead),
            trace: std::mem::replace(&mut self.trace, to.trace),
            facts: std::mem::replace(&mut self.facts, to.facts),
            now: std::mem::replace(&mut self.now, to.now),
            cascades: std::mem::replace(&mut self.cascades, to.cascades),
            stopped: std::mem::replace(&mut self.stopped, to.stopped),
        }
    }

    fn advance_to(&mut self, at: i64) {
        if at > self.now {
            self.now = at;
            self.cascades = 0;
            self.lead.changed(Deps::TIME);
        }
    }

    /// What conditions are asked about.
    pub(super) fn ask<'b>(&'b self, event: Option<&'b Happening>) -> Ask<'b> {
        Ask { program: self.program, lead: &self.lead, now: self.now, event, stay: None }
    }

    /// What conditions of a journey are asked about, for one stay in it.
    pub(super) fn ask_in<'b>(&'b self, slot: usize, event: Option<&'b Happening>) -> Ask<'b> {
        Ask { stay: self.lead.instances.get(slot), ..self.ask(event) }
    }

    /// Whether a condition holds; one that is not given does.
    pub(super) fn holds(&self, cond: Option<&Cond>, event: Option<&Happening>) -> bool {
        cond.is_none_or(|cond| self.ask(event).holds(cond))
    }

    /// Writes a line of the timeline, if it is wanted.
    #[inline(always)]
    pub(super) fn note(&mut self, what: What, journey: Option<usize>, text: impl FnOnce(&Ask<'_>) -> String) {
        if self.trace.is_some() {
            self.write_note(what, journey, None, text);
        }
    }

    /// A line about a step of a journey.
    #[inline(always)]
    pub(super) fn note_step(&mut self, what: What, place: (usize, usize), text: impl FnOnce(&Ask<'_>) -> String) {
        if self.trace.is_some() {
            self.write_note(what, Some(place.0), Some(place.1), text);
        }
    }

    /// Out of the way of the millions of leads that nobody looks at: what writes words is long, and would push what counts
    /// out of the nearest memory.
    #[cold]
    #[inline(never)]
    fn write_note(
        &mut self,
        what: What,
        journey: Option<usize>,
        step: Option<usize>,
        text: impl FnOnce(&Ask<'_>) -> String,
    ) {
        if !self.in_words {
            return;
        }
        let text = text(&self.ask(None));
        let journey = journey.map(|journey| &self.program.journeys[journey]);
        let step = journey.zip(step).map(|(journey, step)| journey.steps[step].name.clone());
        let journey = journey.map(|journey| journey.name.clone());
        let line = TraceLine { at_secs: self.now, local: self.lead.zone.show(self.now), what, journey, step, text };
        self.trace.iter_mut().for_each(|trace| trace.push(line.clone()));
    }

    /// Stops the lead: it does not come to rest within one second.
    #[cold]
    #[inline(never)]
    pub(super) fn livelock(&mut self, why: &str) {
        if !self.stopped {
            self.stopped = true;
            self.figures.leads.count_livelock(&self.lead.id);
            self.note(What::Livelock, None, |_| format!("stopped: more than {LIVELOCK} {why} at one second"));
        }
    }

    /// Takes a lead in.
    fn load(&mut self, lead: &Lead, zone: Arc<Zone>, born: i64) {
        let program = self.program;
        (self.now, self.cascades, self.stopped) = (born, 0, false);
        let state = &mut self.lead;
        state.clear();
        state.id.clone_from(&lead.id);
        state.chance = chance::LeadKey::of(program.frame.seed, &lead.id);
        (state.zone, state.born, state.arrived) = (zone, born, lead.arrival.is_some());
        let slot = |field| match lead.values.get(field) {
            Some(Some(value)) => program.texts.slot(value),
            Some(None) | None => Slot::Absent,
        };
        state.fields.extend((0..program.fields.len()).map(slot));
        program.addressable.iter().for_each(|channel| state.find_address(*channel, program));
        for (number, model) in program.models.iter().enumerate() {
            let given = lead.scores.get(number).copied().flatten();
            state.scores[number] = model.clamp(i64::from(given.unwrap_or(model.initial)));
        }
        let given = |name: &String| program.lifecycle.stages.iter().position(|sym| program.texts.get(*sym) == name);
        state.stage = lead.stage.as_ref().and_then(given).unwrap_or(0);
        state.stage_since = born;
        state.permission.given.clone_from(&lead.consents);
        let email = program.email_field.and_then(|field| state.fields[field].text(&program.texts));
        for (number, list) in program.lists.iter().enumerate() {
            state.lists[number] = list.holds(&lead.id, email);
        }
        self.take_orders();
    }

    /// The lead comes in: at launch, or created later.
    fn birth(&mut self, created: bool, arrival: Option<&Arrival>) {
        self.figures.leads.simulated += 1;
        self.note(if created { What::Created } else { What::Launched }, None, |ask| format!("lead `{}`", ask.lead.id));
        self.refresh_profile(true);
        if !self.lead.replay.has_past() {
            self.grant();
        }
        self.fact_began();
        self.begin_engagement();
        self.count_consent_start();
        self.count_start();
        self.arm_timers();
        if created {
            self.happen(self.program.builtin.lead_created, Data::Nothing, 0);
            // Without anybody who asks for the event, the lead still takes its place.
            if self.lead.queue.is_empty() {
                self.cascade(None, Resume::Nothing);
            }
            self.credit_creation();
            if let Some(arrival) = arrival {
                self.arrive(arrival);
            }
        } else {
            self.cascade(None, Resume::Launch);
        }
        self.settle();
        members::each(self.lead.members.words(), |segment| self.figures.segments.at(segment).start += 1);
    }

    fn count_start(&mut self) {
        let lead = &mut self.lead;
        lead.reached_by.first_persona = lead.persona;
        match lead.persona {
            Some(persona) => self.figures.personas.at(persona).leads += 1,
            None => self.figures.no_persona.leads += 1,
        }
        if let Some(reached) = lead.reached.get_mut(lead.stage) {
            *reached = true;
            self.figures.stages.at(lead.stage).start += 1;
            let (stage, now) = (lead.stage, self.now);
            self.count_stage(stage, now, 1);
        }
    }

    /// One more lead is in a stage, or one fewer.
    pub(super) fn count_stage(&mut self, stage: usize, now: i64, change: i64) {
        let day = self.program.day(now);
        if let Some(count) = self.figures.stage_changes.at(stage).get_mut(day) {
            *count += change;
        }
    }

    /// Timers that run from the beginning.
    fn arm_timers(&mut self) {
        let (program, born) = (self.program, self.now);
        if !self.lead.replay.has_past() {
            self.arm_decays();
            self.arm_stay();
        }
        for (number, journey) in program.journeys.iter().enumerate() {
            if let Entry::Schedule { moment, .. } = &journey.entry
                && let Some(at) = moment.at_or_after(&self.lead.zone, born)
            {
                self.lead.arm(at, Class::Timer, (number + 1, 0), Task::Schedule(number as u32));
            }
        }
        let first = program.ticks().partition_point(|tick| *tick <= born);
        self.arm_tick(first);
    }

    /// Timers for points that are taken from the inactive.
    pub(super) fn arm_decays(&mut self) {
        for (number, model) in self.program.models.iter().enumerate() {
            if let Some(decay) = &model.decay {
                let at = self.now + decay.every;
                self.lead.decays[number] = self.lead.arm(at, Class::Timer, (0, 0), Task::Decay(number as u32));
            }
        }
    }

    fn arm_tick(&mut self, number: usize) {
        if let Some(at) = self.program.ticks().get(number) {
            self.lead.arm(*at, Class::Tick, (0, 0), Task::Tick(number as u32));
        }
    }

    /// Timers for moves that are made after some time in the stage.
    pub(super) fn arm_stay(&mut self) {
        let (program, now) = (self.program, self.now);
        let Some(leaving) = program.lifecycle.leaving.get(self.lead.stage) else { return };
        for each in leaving.iter().map(|number| &program.lifecycle.moves[*number]) {
            if let (Some(after), None) = (each.after, each.event) {
                let task = Task::Stay(self.lead.stage_changes);
                self.lead.arm(now + after, Class::Timer, (0, 0), task);
            }
        }
    }

    /// Something on the agenda comes.
    #[inline(always)]
    fn handle(&mut self, due: &Due) {
        if self.is_over(due) {
            return;
        }
        match due.task {
            // What a persona does by itself has times that go on: it is left out when one comes. To confirm comes after a
            // click, of which it has been asked.
            Task::Open(_) | Task::Click(_) | Task::Unsubscribe(_) | Task::Complain(_) | Task::After(..)
                if self.is_idle() => {}
            Task::Wake(slot) => self.cascade(None, Resume::Wake(slot as usize, due.timer)),
            Task::Timeout(slot) => self.cascade(None, Resume::Timeout(slot as usize, due.timer)),
            Task::Mail(_) => self.cascade(None, Resume::Round),
            Task::Schedule(journey) => self.scheduled(journey as usize),
            Task::Decay(model) => self.decay(model as usize),
            Task::Stay(_) => self.cascade(None, Resume::Nothing),
            Task::Tick(number) => {
                self.arm_tick(number as usize + 1);
                self.cascade(None, Resume::Nothing);
            }
            Task::Attempt(mail, failed) => self.attempt(mail as usize, failed),
            Task::Open(mail) => self.opened(mail as usize),
            // What was not opened is not clicked, and what was not clicked not confirmed.
            Task::Click(mail) if !self.became(mail, Marks::OPENED) => {}
            Task::Confirm(mail) if !self.became(mail, Marks::CLICKED) => {}
            Task::Click(mail) => self.clicked(mail as usize),
            Task::Unsubscribe(mail) => self.goes(mail as usize),
            Task::Complain(mail) => self.complained(mail as usize),
            Task::Confirm(mail) => self.follows_link(mail as usize),
            Task::Lapse(topic, _) => self.lapse(topic as usize),
            Task::Sunset => self.lose_interest(),
            Task::Rate(does, _) => self.does_by_itself(does as usize),
            Task::After(does, identity) => self.does_after(does as usize, identity),
            Task::Told(number) => self.told(number as usize),
            Task::Unseen(mail) => self.give_up_unseen(mail),
            Task::Outcome(outcome, run) => self.outcome(outcome as usize, run),
        }
    }

    /// Whether something on the agenda is of no use any more: what waited for it waits no longer, or for another timer. Where
    /// interest was shown since, the sunset's timer is set again, behind this one.
    #[inline]
    pub(super) fn is_over(&mut self, due: &Due) -> bool {
        let lead = &self.lead;
        match due.task {
            Task::Wake(slot) | Task::Timeout(slot) | Task::Mail(slot) => !self.is_awaited(slot, due.timer),
            Task::Decay(model) => lead.decays[model as usize] != due.timer,
            Task::Stay(changes) => lead.stage_changes != changes,
            Task::Rate(_, changes) => lead.persona_changes != changes,
            Task::Lapse(topic, request) => !self.is_asked(topic as usize, request),
            Task::Sunset => self.waits_on(due.timer, due.at),
            Task::Unseen(mail) => !lead.unseen.contains(&mail),
            Task::Schedule(_)
            | Task::Tick(_)
            | Task::Attempt(..)
            | Task::Open(_)
            | Task::Click(_)
            | Task::Unsubscribe(_)
            | Task::Complain(_)
            | Task::Confirm(_)
            | Task::After(..)
            | Task::Told(_)
            | Task::Outcome(..) => false,
        }
    }

    /// Whether an instance waits for this timer.
    fn is_awaited(&self, slot: u32, timer: u32) -> bool {
        self.lead.instances[slot as usize].timer == timer
    }

    /// Whether this became of a mail.
    fn became(&self, mail: u32, marks: Marks) -> bool {
        self.lead.mails[mail as usize].marks.has(marks)
    }

    fn scheduled(&mut self, number: usize) {
        let Entry::Schedule { moment, .. } = &self.program.journeys[number].entry else { return };
        let again = || moment.at_or_after(&self.lead.zone, self.now + 1);
        // What comes once does not come again where a lead moves to later clocks.
        if let Some(at) = (!matches!(moment, Moment::Once(_))).then(again).flatten() {
            self.lead.arm(at, Class::Timer, (number + 1, 0), Task::Schedule(number as u32));
        }
        self.cascade(None, Resume::Schedule(number));
    }

    fn decay(&mut self, number: usize) {
        self.lose_points(number);
        self.cascade(None, Resume::Nothing);
    }

    /// Takes points from the inactive, and waits for the next time.
    pub(super) fn lose_points(&mut self, number: usize) {
        let model = &self.program.models[number];
        let Some(decay) = &model.decay else { return };
        self.lead.decays[number] =
            self.lead.arm(self.now + decay.every, Class::Timer, (0, 0), Task::Decay(number as u32));
        self.add_points(number, decay.points, "inactive");
    }

    /// Handles what has queued up at this second.
    fn settle(&mut self) {
        while let Some((unnoticed, pending)) = self.lead.queue.pop() {
            for _ in 0..unnoticed {
                self.take_unnoticed();
            }
            if self.stopped {
                return;
            }
            match &pending {
                Some(Pending::Happened(event)) => self.cascade(Some(event), Resume::Nothing),
                Some(Pending::Changed) => self.cascade(None, Resume::Nothing),
                Some(Pending::Start(journey)) => self.start(*journey),
                None => {}
            }
        }
    }

    /// The turn of an event that nothing asks for.
    fn take_unnoticed(&mut self) {
        if self.stopped {
            return;
        }
        if self.program.watched.meets(self.lead.unsettled) {
            self.cascade(None, Resume::Nothing);
        } else {
            self.one_more_cascade();
        }
    }

    /// A step starts a journey, unless a later one does so anew.
    fn start(&mut self, journey: usize) {
        if !self.begins_anew(journey) && self.one_more_cascade() {
            self.try_enter(journey, None);
        }
    }

    /// Whether a request for a confirmation that queues is overtaken by a later one of the same topic.
    fn begins_anew(&self, journey: usize) -> bool {
        journey >= self.program.permission.flows && self.lead.queue.starts(journey)
    }

    /// Counts a cascade; `false` if there were too many.
    pub(super) fn one_more_cascade(&mut self) -> bool {
        self.cascades += 1;
        if self.cascades > LIVELOCK {
            self.livelock("cascades");
        }
        !self.stopped
    }

    /// Something happens, with all that it means to sources, pages and forms.
    pub(super) fn happen(&mut self, event: usize, data: Data, identity: u64) {
        if self.lead.replay.reliving {
            // What the engine would make of the past, the past tells itself.
            return;
        }
        if self.program.events[event].has_meaning {
            self.happen_with_meaning(event, data, identity);
        } else {
            self.enqueue(Happening { event, data, identity });
        }
    }

    /// An event is counted, and handled in its turn if anything can change with it.
    #[inline(always)]
    pub(super) fn enqueue(&mut self, happening: Happening) {
        *self.figures.events.at(happening.event) += 1;
        if self.trace.is_some() {
            self.trace_event(&happening);
        }
        if self.program.events[happening.event].used {
            self.lead.queue.push(Pending::Happened(happening));
        } else {
            self.pass_unnoticed();
        }
    }

    /// An event comes that nothing asks for.
    #[inline]
    pub(super) fn pass_unnoticed(&mut self) {
        if self.program.watched == Deps::NONE {
            // Its cascade would change nothing, but it is one.
            self.one_more_cascade();
        } else {
            self.lead.queue.push_unnoticed();
        }
    }

    #[cold]
    #[inline(never)]
    fn trace_event(&mut self, happening: &Happening) {
        if self.in_words {
            let text = self.event_text(happening);
            self.note(What::Event, None, |_| text);
        }
        self.fact_happened(happening);
    }

    /// Counts an event that can change nothing, as its cascade would.
    #[inline]
    pub(super) fn count_event(&mut self, event: usize) {
        if !self.lead.replay.reliving {
            *self.figures.events.at(event) += 1;
            self.pass_unnoticed();
        }
    }

    pub(super) fn event_text(&self, happening: &Happening) -> String {
        let ask = self.ask(Some(happening));
        let event = &self.program.events[happening.event];
        let mut text = format!("`{}`", event.name);
        for (number, property) in event.properties.iter().enumerate() {
            let value = ask.property(happening, number);
            if !matches!(value, super::value::V::Absent) {
                text.push_str(&format!(" {}={}", property.name(), ask.show(&value)));
            }
        }
        text
    }

    /// Counts how the lead stands at the end.
    pub(super) fn close(&mut self) {
        if !self.is_in {
            return;
        }
        if !self.stopped {
            self.now = self.program.frame.end;
        }
        let mut running = std::mem::take(&mut self.lead.running);
        for slot in running.drain(..) {
            let instance = &self.lead.instances[slot];
            let (journey, waiting) = (instance.journey, instance.waiting);
            let figures = self.figures.journeys.at(journey);
            figures.running += 1;
            if let Some(step) = waiting.step() {
                figures.steps.at(step).left.running += 1;
            }
            if let Waiting::Mail(held) = waiting {
                let figures = self.figures.content(held.content);
                figures.waiting += 1;
                figures.held_secs += u64::try_from(self.now - held.asked).unwrap_or(0);
            }
            self.note(What::RunOver, Some(journey), |_| "still running when the run ended".to_owned());
        }
        // It is empty, and its room is for the next lead.
        self.lead.running = running;
        self.note_unmet();
        self.note_records();
        for number in 0..self.lead.audiences.len() {
            self.figures.audiences.at(number).members += u64::from(self.lead.audiences[number].is_some());
            self.leave_audience(number);
        }
        self.count_end();
        self.count_consent_end();
        self.count_mails();
        self.count_reach();
        self.count_contacts();
        self.tally_mails();
        self.count_kpis();
        self.count_trials();
    }

    fn count_end(&mut self) {
        let lead = &self.lead;
        let figures = &mut self.figures;
        if lead.stage < lead.reached.len() {
            figures.stages.at(lead.stage).end += 1;
        }
        for (number, reached) in lead.reached.iter().enumerate() {
            figures.stages.at(number).reached += u64::from(*reached);
        }
        members::each(lead.members.words(), |segment| figures.segments.at(segment).end += 1);
        for (number, score) in lead.scores.iter().enumerate() {
            figures.scores.at(number).count(i64::from(*score));
        }
        for (number, grade) in lead.grades.iter().enumerate() {
            let none = self.program.gradings[number].bands.len();
            *figures.grades.at(number).at(grade.unwrap_or(none)) += 1;
        }
    }

    fn count_mails(&mut self) {
        let (lead, program, figures) = (&self.lead, self.program, &mut self.figures.mails);
        let mails = || lead.mails[lead.replay.past_mails..].iter().filter(|mail| mail.channel == EMAIL);
        let marketing = || mails().filter(|mail| program.contents[mail.content].marketing);
        let (mut sent, mut of_marketing) = (0, 0);
        for mail in mails() {
            sent += 1;
            of_marketing += u64::from(program.contents[mail.content].marketing);
        }
        let most = most_in_a_week(mails().map(|mail| mail.at));
        let is_all = sent == of_marketing;
        let most_marketing = if is_all { most } else { most_in_a_week(marketing().map(|mail| mail.at)) };
        bump(&mut figures.leads_by_mails, sent);
        figures.busiest_week.count(most, &lead.id);
        figures.busiest_week_marketing.count(most_marketing, &lead.id);
    }

    /// Counts what came by all channels, where there are others than mail.
    fn count_contacts(&mut self) {
        if self.program.contents.len() == self.program.emails {
            return;
        }
        let (lead, figures) = (&self.lead, &mut self.figures.contacts);
        let mails = &lead.mails[lead.replay.past_mails..];
        bump(&mut figures.leads_by_contacts, mails.len() as u64);
        figures.busiest_week.count(most_in_a_week(mails.iter().map(|mail| mail.at)), &lead.id);
    }
}

/// What a cascade lets go on besides those who wait for its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Nobody.
    Nothing,
    /// The lead was there before the run: members of segments enter.
    Launch,
    /// The instance whose time has come, by its timer.
    Wake(usize, u32),
    /// The instance whose time ran out, by its timer.
    Timeout(usize, u32),
    /// The mails due at this second.
    Round,
    /// Members of a segment enter this journey.
    Schedule(usize),
}

/// The whole timeline of a lead that comes too late.
fn not_created(zone: &Zone, end: i64, created: i64) -> TraceLine {
    let text = format!("no part of this run: created only on {}", zone.show(created));
    TraceLine { at_secs: end, local: zone.show(end), what: What::RunOver, journey: None, step: None, text }
}

/// Most instants, of some in order, in any window of 7 days `(t − 7 days, t]`.
fn most_in_a_week(instants: impl Iterator<Item = i64> + Clone) -> u64 {
    // Those of the window from its first on, and how many it holds.
    let (mut window, mut inside, mut most) = (instants.clone().peekable(), 0_u64, 0);
    for at in instants {
        inside += 1;
        while window.next_if(|first| *first <= at - 7 * DAY).is_some() {
            inside -= 1;
        }
        most = most.max(inside);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_exactly_seven_days_apart_share_no_week() {
        let days = |days: &[i64]| most_in_a_week(days.iter().map(|day| day * DAY));
        assert_eq!(days(&[]), 0);
        assert_eq!(days(&[0, 7, 14]), 1);
        assert_eq!(days(&[0, 6, 7, 13]), 2);
        assert_eq!(days(&[0, 0, 1, 9]), 3);
    }
}
