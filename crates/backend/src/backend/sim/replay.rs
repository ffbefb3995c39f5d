//! Leads whose timeline is told: what happens to them from outside is taken from there instead of being drawn.
//!
//! In: the timeline of a lead, and what else is settled about it. Out: its events, each in its second; before the lead
//! comes in they are its past. Never: a draw.

use std::sync::Arc;

use super::agenda::{Class, Task};
use super::behavior::GivenUp;
use super::engine::Engine;
use super::facts::Fact;
use super::lead::{Data, Happening, LeadState, Mail};
use super::measures::Marks;
use super::outcome::Figures;
use super::program::{Deps, Program, Property};
use super::told_arms::ToldArm;
use super::trace::{TraceLine, What};
use super::value::Slot;
use crate::ir::{Lead, Outside, Settled};

/// What is told and settled about the lead at hand. Nothing for those whose behaviour is drawn.
#[derive(Debug, Default)]
pub struct Replay {
    /// Of each topic, whether the lead is subscribed when it comes in, if that is settled.
    pub granted: Option<Vec<bool>>,
    /// Whether the past is being gone through.
    pub reliving: bool,
    /// Mails of the past, which come first among the lead's.
    pub past_mails: usize,
    told: bool,
    has_past: bool,
    /// The events, by time.
    pub events: Vec<Told>,
    /// Events whose second has come.
    come: usize,
    /// Journey, step, arm.
    arms: Vec<(usize, usize, usize)>,
    /// Sendings that decide between the arms of a split, in the order of time.
    pub told_arms: Vec<ToldArm>,
}

/// An event of the timeline.
#[derive(Debug)]
pub struct Told {
    /// When.
    pub at: i64,
    /// The event.
    pub event: usize,
    /// What was sent that it is about.
    pub content: Option<usize>,
    properties: Vec<Slot>,
    ending: Ending,
}

/// Where a told end of a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// No mail has met it yet.
    Open,
    /// Its second has come, and no mail has met it yet; one that is sent in this second still may.
    Late,
    /// It is the end of this mail.
    Of(usize),
    /// It has happened.
    Over,
}

/// What an event of a timeline is to a run.
enum Role {
    /// The run makes such events itself.
    Own,
    /// Something sent by this channel did not arrive.
    Failure(usize),
    /// A lead reacts to something that was sent to it.
    Reaction(Reaction),
    /// Anything else.
    Plain,
}

/// How a lead reacts to something that was sent to it.
#[derive(Clone, Copy)]
enum Reaction {
    Opens,
    Clicks,
    Unsubscribes,
    Complains,
}

impl Replay {
    /// Forgets the lead before.
    pub fn clear(&mut self) {
        self.granted = None;
        (self.reliving, self.told, self.has_past, self.past_mails) = (false, false, false, 0);
        self.events.clear();
        self.come = 0;
        self.arms.clear();
        self.told_arms.clear();
    }

    /// Whether the lead has a timeline: then nothing of its behaviour is drawn.
    pub fn told(&self) -> bool {
        self.told
    }

    /// The timeline has told the past, and nothing else: what the lead does from now on is drawn.
    pub fn past_is_over(&mut self) {
        self.told = false;
    }

    /// Whether the timeline begins before the lead comes in.
    pub fn has_past(&self) -> bool {
        self.has_past
    }

    /// A property of a told event.
    pub fn property(&self, number: u32, property: usize) -> Option<&Slot> {
        self.events.get(number as usize)?.properties.get(property)
    }

    /// The arm of a split that is settled, if one is.
    pub fn arm(&self, journey: usize, step: usize) -> Option<usize> {
        self.arms.iter().find(|(of, at, _)| (*of, *at) == (journey, step)).map(|(_, _, arm)| *arm)
    }
}

impl Engine<'_> {
    /// Takes in what is told and settled about a lead.
    pub(super) fn take_timeline(&mut self, lead: &Lead) {
        settle(&mut self.lead, self.program, &lead.settled);
        let Some(timeline) = &lead.timeline else { return };
        self.figures.replay.leads += 1;
        let mut events: Vec<Told> = timeline.iter().filter_map(|event| told(self.program, event)).collect();
        if self.program.past_only {
            events.retain(|event| event.at < self.now);
        }
        // The sort is stable: events of one second stay in the order in which they are told.
        events.sort_by_key(|event| event.at);
        for (number, event) in (0..).zip(&events) {
            self.lead.arm(event.at, Class::Outside, (0, 0), Task::Told(number));
        }
        self.lead.replay.has_past = events.first().is_some_and(|first| first.at < self.now);
        self.lead.replay.told = true;
        self.lead.replay.events = events;
        self.take_told_arms();
        self.count_told();
    }

    /// Goes through what happened before the lead comes in: it gives points, moves stages and changes subscriptions as
    /// ever, but nobody enters a journey by it, and it is no part of the figures. What the leads file says holds after it.
    pub(super) fn relive(&mut self, lead: &Lead) {
        if !self.lead.replay.has_past {
            return;
        }
        let (born, zone) = (self.now, Arc::clone(&self.lead.zone));
        let mut trace = self.trace.take();
        let past = self.past_figures.take().map_or_else(|| Figures::empty(self.program), |figures| *figures);
        let figures = std::mem::replace(&mut self.figures, past);
        self.lead.replay.reliving = true;
        self.begin_past();
        let mut events = 0;
        while let Some(due) = self.lead.agenda.peek().copied().filter(|due| due.at < born) {
            self.lead.agenda.pop();
            self.now = due.at;
            self.lead.changed(Deps::TIME);
            if self.is_over(&due) {
                continue;
            }
            match due.task {
                Task::Told(number) => {
                    events += 1;
                    self.recall(number, &mut trace);
                    continue;
                }
                Task::Decay(model) => self.lose_points(model as usize),
                Task::Stay(_) => {}
                Task::Lapse(topic, _) => self.lapse(topic as usize),
                Task::Sunset => self.lose_interest(),
                // Nothing else can be on the agenda before the lead comes in.
                _ => continue,
            }
            self.come_to_rest(None);
        }
        self.lead.replay.reliving = false;
        self.now = born;
        let mut past = std::mem::replace(&mut self.figures, figures);
        self.take_untracked(&mut past);
        self.past_figures = Some(Box::new(past));
        self.figures.replay.past += events;
        self.put_back(lead, &zone);
        self.trace = trace;
    }

    /// The lead as it was when the first told event happened.
    fn begin_past(&mut self) {
        self.now = self.lead.replay.events.first().map_or(self.now, |first| first.at);
        self.lead.stage_since = self.now;
        if let Some(reached) = self.lead.reached.get_mut(self.lead.stage) {
            *reached = true;
        }
        self.refresh_profile(true);
        self.grant();
        self.begin_engagement();
        self.arm_decays();
        self.arm_stay();
        self.come_to_rest(None);
    }

    /// Moves and segments after something of the past.
    fn come_to_rest(&mut self, event: Option<&Happening>) {
        self.move_on(event);
        self.joined.clear();
        self.evaluate_segments();
    }

    /// An event of the past.
    fn recall(&mut self, number: u32, trace: &mut Option<Vec<TraceLine>>) {
        let event = self.happening(number as usize);
        if !self.may_record(event.event) {
            return self.leave_untracked(&event);
        }
        let Some(event) = self.purchased(event) else { return };
        if trace.is_some() {
            std::mem::swap(&mut self.trace, trace);
            let text = self.event_text(&event);
            self.note(What::Past, None, |_| text);
            std::mem::swap(&mut self.trace, trace);
        }
        self.record(&event);
        self.take_fields(&event);
        self.take_acquisition(&event);
        self.take_effect(&event);
        self.take_fact(number as usize);
        self.score(&event);
        self.come_to_rest(Some(&event));
    }

    /// What an event of the past says that the engine would have done itself.
    fn take_fact(&mut self, number: usize) {
        let (program, now) = (self.program, self.now);
        let told = &self.lead.replay.events[number];
        let (event, content) = (told.event, told.content);
        let builtin = program.builtin;
        if event == builtin.stage_changed {
            let to = self.told_property(number, &Property::To).and_then(|to| to.text(&program.texts));
            let to = to.and_then(|to| program.lifecycle.stages.iter().position(|sym| program.texts.get(*sym) == to));
            if let Some(to) = to.filter(|to| *to != self.lead.stage) {
                self.change_stage(to, "told");
            }
        } else if event == builtin.journey_entered || event == builtin.journey_ended {
            let name = self.told_property(number, &Property::Journey).and_then(|name| name.text(&program.texts));
            let journey = name.and_then(|name| program.journeys.iter().position(|journey| journey.name == name));
            // Which key an instance had is not told.
            let Some(journey) = journey.filter(|journey| !program.journeys[*journey].keyed) else { return };
            let memory = &mut self.lead.memories[journey];
            memory.finished |= event == builtin.journey_ended;
            memory.exits.clear();
            memory.exits.push((Slot::Absent, now));
            self.lead.changed(Deps::JOURNEYS);
        } else if let Some(channel) = self.channel_of(number) {
            let moments = program.channels[channel].moments;
            if event == moments.failed {
                let hard = self.is_hard(number, channel);
                self.failed(channel, hard);
            } else if event == moments.delivered {
                self.lead.undelivered[channel] = 0;
            } else if let Some(content) = content.filter(|_| event == moments.sent) {
                // No step of this run sent it; nothing asks for one.
                let (journey, step, persona) = (usize::MAX, usize::MAX, self.lead.persona);
                self.lead.mails.push(Mail {
                    at: now,
                    content,
                    channel,
                    journey,
                    step,
                    run: 0,
                    occurrence: 0,
                    persona,
                    at_best_time: false,
                    marks: Marks::default(),
                });
                self.lead.note_membership();
                self.lead.changed(Deps::MAILS);
            }
        }
    }

    /// Ends the past: what the leads file gives holds again.
    fn put_back(&mut self, lead: &Lead, zone: &Arc<super::civil::Zone>) {
        let program = self.program;
        for (number, value) in lead.values.iter().enumerate() {
            if let Some(value) = value {
                self.lead.fields[number] = program.texts.slot(value);
                program.addressed[number].iter().for_each(|channel| self.lead.find_address(*channel, program));
                if program.timezone_field == Some(number) {
                    self.lead.zone = Arc::clone(zone);
                }
            }
        }
        for (number, model) in program.models.iter().enumerate() {
            if let Some(given) = lead.scores.get(number).copied().flatten() {
                self.lead.scores[number] = model.clamp(i64::from(given));
            }
        }
        let named = |name: &String| program.lifecycle.stages.iter().position(|sym| program.texts.get(*sym) == name);
        if let Some(stage) = lead.stage.as_ref().and_then(named).filter(|stage| *stage != self.lead.stage) {
            (self.lead.stage, self.lead.stage_since) = (stage, self.now);
            self.lead.stage_changes += 1;
            self.arm_stay();
        }
        if self.lead.replay.granted.is_none() {
            self.take_file();
        }
        self.lead.replay.past_mails = self.lead.mails.len();
        self.lead.reached.fill(false);
        self.lead.members.clear();
        self.lead.changed(Deps::ALL);
        (self.cascades, self.stopped) = (0, false);
    }

    /// An event of the timeline comes.
    pub(super) fn told(&mut self, number: usize) {
        self.lead.replay.come = self.lead.replay.come.max(number + 1);
        match self.role(number) {
            Role::Own => {
                self.figures.replay.own += 1;
                let name = &self.program.events[self.lead.replay.events[number].event].name;
                self.note(What::NoEvent, None, |_| format!("`{name}` is told, but the run makes its own"));
            }
            Role::Failure(channel) => self.told_failure(number, channel),
            Role::Reaction(reaction) => match self.mail_of(number) {
                Some(mail) => {
                    self.figures.replay.happened += 1;
                    match reaction {
                        Reaction::Opens => self.opened(mail),
                        Reaction::Clicks => self.clicked(mail),
                        Reaction::Unsubscribes => self.unsubscribed(mail),
                        Reaction::Complains => self.complained(mail),
                    }
                }
                None => self.told_as_it_is(number),
            },
            Role::Plain => {
                self.figures.replay.happened += 1;
                self.count_leaving_all(number);
                self.happen_as_told(number);
            }
        }
    }

    fn role(&self, number: usize) -> Role {
        let event = self.lead.replay.events[number].event;
        let builtin = self.program.builtin;
        if self.program.events[event].is_own {
            return Role::Own;
        }
        if event == builtin.unsubscribed || event == builtin.complained {
            let reaction = if event == builtin.complained { Reaction::Complains } else { Reaction::Unsubscribes };
            let about = self.lead.replay.events[number].content.is_some() && self.has_own_topic(number);
            return if about { Role::Reaction(reaction) } else { Role::Plain };
        }
        let Some(channel) = self.channel_of(number) else { return Role::Plain };
        let moments = self.program.channels[channel].moments;
        match event {
            _ if event == moments.failed => Role::Failure(channel),
            _ if event == moments.opened => Role::Reaction(Reaction::Opens),
            _ if event == moments.clicked => Role::Reaction(Reaction::Clicks),
            _ => Role::Own,
        }
    }

    /// Who leaves all marketing by a mail counts for this mail.
    fn count_leaving_all(&mut self, number: usize) {
        let told = &self.lead.replay.events[number];
        let is_about_all = self.told_property(number, &Property::Topic).is_some_and(|topic| *topic == Slot::Absent);
        if told.event != self.program.builtin.unsubscribed || !is_about_all || told.content.is_none() {
            return;
        }
        match self.mail_of(number) {
            Some(mail) => self.count_unsubscribed(mail),
            None => self.count_unmatched(number),
        }
    }

    /// A reaction to something that was not sent in this run.
    fn told_as_it_is(&mut self, number: usize) {
        self.figures.replay.happened += 1;
        self.count_unmatched(number);
        self.happen_as_told(number);
    }

    /// Counts a reaction to something that was never sent.
    fn count_unmatched(&mut self, number: usize) {
        let content = self.lead.replay.events[number].content;
        if content.is_some_and(|content| self.lead.mails.iter().any(|mail| mail.content == content)) {
            return;
        }
        self.figures.replay.unmatched += 1;
        let event = self.lead.replay.events[number].event;
        self.fact(|program| Fact::Unmatched {
            event: program.events[event].name.clone(),
            content: content.map(|content| program.contents[content].name.clone()),
        });
    }

    /// A told failure: of the mail that met it, or of something that was not sent in this run.
    fn told_failure(&mut self, number: usize, channel: usize) {
        let ending = &mut self.lead.replay.events[number].ending;
        match *ending {
            Ending::Open => {
                *ending = Ending::Late;
                // Behind all that may send a mail in this second.
                self.lead.arm(self.now, Class::Tick, (0, 0), Task::Told(number as u32));
            }
            Ending::Of(mail) => {
                *ending = Ending::Over;
                self.figures.replay.happened += 1;
                let hard = self.is_hard(number, channel);
                self.bounced(mail, if hard { GivenUp::ForGood } else { GivenUp::ForNow });
            }
            Ending::Late => {
                *ending = Ending::Over;
                let hard = self.is_hard(number, channel);
                self.failed(channel, hard);
                self.told_as_it_is(number);
            }
            Ending::Over => {}
        }
    }

    /// What the timeline says of a mail that was just sent: it is delivered at once, unless the first that is told about
    /// this email from now on is a failure that no mail before has met.
    pub(super) fn told_delivery(&mut self, mail: usize) {
        let (now, content) = (self.now, self.lead.mails[mail].content);
        let moments = self.moments(mail);
        let tells = [moments.failed, moments.delivered, moments.opened, moments.clicked];
        let replay = &self.lead.replay;
        let first = replay.events.iter().enumerate().find(|(number, told)| {
            let is_end = told.event == moments.failed || told.event == moments.delivered;
            let unmet = matches!(told.ending, Ending::Open | Ending::Late) && told.at >= now;
            let counts = if is_end { unmet } else { *number >= replay.come && told.at >= now };
            counts && told.content == Some(content) && tells.contains(&told.event) && self.names(*number, mail)
        });
        let Some((number, at, event)) = first.map(|(number, told)| (number, told.at, told.event)) else {
            return self.delivered(mail);
        };
        if event != moments.failed {
            if event == moments.delivered {
                self.lead.replay.events[number].ending = Ending::Over;
            }
            return self.delivered(mail);
        }
        self.lead.replay.events[number].ending = Ending::Of(mail);
        if at == now {
            return self.told_failure(number, self.lead.mails[mail].channel);
        }
        let place = (self.lead.mails[mail].journey, self.lead.mails[mail].step);
        let name = &self.program.contents[content].name;
        self.note_step(What::Bounced, place, |ask| format!("`{name}`, as told on {}", ask.lead.zone.show(at)));
    }

    /// The mail of this run that a told event is about: the last one with its email, from the journey and step it
    /// names if there is one.
    fn mail_of(&self, number: usize) -> Option<usize> {
        let content = self.lead.replay.events[number].content?;
        let mails = || {
            let run = self.lead.mails.iter().enumerate().skip(self.lead.replay.past_mails).rev();
            run.filter(move |(_, mail)| mail.content == content)
        };
        let named = mails().find(|(mail, _)| self.names(number, *mail));
        named.or_else(|| mails().next()).map(|(mail, _)| mail)
    }

    /// Whether the journey and step that a told event names, if it does, are those of a mail.
    fn names(&self, number: usize, mail: usize) -> bool {
        let mail = &self.lead.mails[mail];
        let journey = &self.program.journeys[mail.journey];
        [(Property::Journey, journey.sym), (Property::Step, journey.steps[mail.step].sym)].iter().all(
            |(property, sym)| {
                let told = self.told_property(number, property);
                told.is_none_or(|told| matches!(told, Slot::Absent) || *told == Slot::Sym(*sym))
            },
        )
    }

    /// Whether the topic that is told is that of the email.
    fn has_own_topic(&self, number: usize) -> bool {
        let Some(content) = self.lead.replay.events[number].content else { return false };
        let topic = self.program.topics.get(self.program.contents[content].topic);
        let told = self.told_property(number, &Property::Topic);
        topic.zip(told).is_none_or(|(topic, told)| *told == Slot::Sym(topic.sym))
    }

    /// The channel that a told event belongs to, if it is one of what becomes of something sent.
    fn channel_of(&self, number: usize) -> Option<usize> {
        let told = &self.lead.replay.events[number];
        let of = |channel: &super::program::Channel| {
            let moments = channel.moments;
            [moments.sent, moments.delivered, moments.failed, moments.opened, moments.clicked].contains(&told.event)
        };
        let own = told.content.map(|content| self.program.contents[content].channel);
        own.filter(|own| of(&self.program.channels[*own])).or_else(|| self.program.channels.iter().position(of))
    }

    /// Whether a told failure is one for good. One that does not say is.
    fn is_hard(&self, number: usize, channel: usize) -> bool {
        let for_good = self.program.channels[channel].failures.kinds[GivenUp::ForGood as usize];
        let kind = self.told_property(number, &Property::Kind);
        kind.is_none_or(|kind| matches!(kind, Slot::Absent) || *kind == Slot::Sym(for_good))
    }

    pub(super) fn told_property(&self, number: usize, property: &Property) -> Option<&Slot> {
        let told = &self.lead.replay.events[number];
        let at = self.program.events[told.event].properties.iter().position(|each| each == property)?;
        told.properties.get(at)
    }

    fn happen_as_told(&mut self, number: usize) {
        let Happening { event, data, identity } = self.happening(number);
        self.happen_outside(event, data, identity);
    }

    fn happening(&self, number: usize) -> Happening {
        let event = self.lead.replay.events[number].event;
        Happening { event, data: Data::Told(number as u32), identity: number as u64 }
    }
}

/// Whether an event without a topic is about all marketing, even if it names an email: preferences, and leaving where
/// the campaign lets leads leave all by a link or the button of the mail program.
fn may_be_about_all(program: &Program, event: usize) -> bool {
    let leaves_all =
        program.permission.unsubscribe.is_some_and(|policy| policy.link_ends_all || policy.one_click_ends_all);
    event == program.builtin.preferences_changed || (event == program.builtin.unsubscribed && leaves_all)
}

/// Numbers instead of the names of an event. `None` if the plan has no such event.
fn told(program: &Program, outside: &Outside) -> Option<Told> {
    let event = program.events.binary_search_by(|each| each.name.as_str().cmp(&outside.event)).ok()?;
    let names = &program.events[event].properties;
    let slot = |property: &Property| outside.with.get(property.name()).map(|value| program.texts.slot(value));
    let mut properties: Vec<Slot> = names.iter().map(|property| slot(property).unwrap_or_default()).collect();
    let at = |property: Property| names.iter().position(|each| *each == property);
    let named = |kind| {
        let name = &properties[at(kind)?];
        program.contents.iter().position(|content| *name == Slot::Sym(content.sym))
    };
    let content = named(Property::Email).or_else(|| named(Property::Message));
    // Whoever knows the email or message knows what it is about. Nobody can leave a transactional topic.
    if !may_be_about_all(program, event)
        && let (Some(topic), Some(content)) = (at(Property::Topic), content)
        && properties[topic] == Slot::Absent
        && let Some(own) = program.topics.get(program.contents[content].topic)
        && (own.marketing() || event != program.builtin.unsubscribed)
    {
        properties[topic] = Slot::Sym(own.sym);
    }
    Some(Told { at: outside.at_secs, event, content, properties, ending: Ending::Open })
}

fn settle(lead: &mut LeadState, program: &Program, settled: &Settled) {
    for ((journey, step), arm) in &settled.arms {
        let Some(number) = program.journeys.iter().position(|each| each.name == *journey) else { continue };
        let steps = &program.journeys[number].steps;
        let Some(at) = steps.iter().position(|each| each.name == *step) else { continue };
        if let super::program::Action::Split { arms, .. } = &steps[at].action
            && let Some(arm) = arms.iter().position(|each| each.name == *arm)
        {
            lead.replay.arms.push((number, at, arm));
        }
    }
    if let Some(topics) = &settled.subscribed {
        lead.replay.granted = Some(program.topics.iter().map(|topic| topics.contains(&topic.name)).collect());
    }
    for (number, list) in program.lists.iter().enumerate() {
        lead.lists[number] |= settled.lists.contains(&list.name);
    }
}
