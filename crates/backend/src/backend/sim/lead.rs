//! The state of one lead during a run. Its memory is used again for the next lead.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::acquisition::Visit;
use super::agenda::{Agenda, Class, Due, Task};
use super::chance::LeadKey;
use super::civil::Zone;
use super::measures::{Marks, Trial};
use super::members::Members;
use super::permission::State;
use super::program::{Deps, Program};
use super::queue::Queue;
use super::reach::Reached;
use super::replay::Replay;
use super::value::{Slot, Sym};
use crate::ir::{Channel, Money};

/// Number of channels.
const CHANNELS: usize = Channel::ALL.len();

/// Number of the channel of mail.
pub const EMAIL: usize = Channel::Email as usize;

/// Everything that is known of a lead at one moment.
#[derive(Debug)]
pub struct LeadState {
    /// Its id.
    pub id: String,
    /// Its key of chance.
    pub chance: LeadKey,
    /// Its time zone.
    pub zone: Arc<Zone>,
    /// When it came in.
    pub born: i64,
    /// Whether it came by a source in the run.
    pub arrived: bool,
    /// Values by field.
    pub fields: Vec<Slot>,
    /// Scores by model.
    pub scores: Vec<i32>,
    /// Bands by grading model.
    pub grades: Vec<Option<usize>>,
    /// Its persona.
    pub persona: Option<usize>,
    /// Its stage.
    pub stage: usize,
    /// Since when.
    pub stage_since: i64,
    /// How often it changed its stage; tells timers of earlier stays from those of this one.
    pub stage_changes: u32,
    /// Of each stage, whether it was ever in it.
    pub reached: Vec<bool>,
    /// Segments of which it is a member.
    pub members: Members,
    /// Of each list, whether it is on it.
    pub lists: Vec<bool>,
    /// Of each topic, where it stands.
    pub topics: Vec<Standing>,
    /// What else is remembered about permission.
    pub permission: State,
    /// Whether it ever reported a mail.
    pub complained: bool,
    /// Of each channel, whether it has an address there.
    pub has_address: [bool; CHANNELS],
    /// Of each channel, whether nothing is sent to its address any more.
    pub suppressed: [bool; CHANNELS],
    /// Of each channel, how many in a row were not delivered.
    pub undelivered: [u32; CHANNELS],
    /// Mails that wait for a visit, oldest first.
    pub unseen: Vec<u32>,
    /// Of each audience, since when the lead is in it, and which journey put it there.
    pub audiences: Vec<Option<(i64, usize)>>,
    /// Past events that are kept, by event, oldest first.
    pub history: Vec<Vec<(i64, Happening)>>,
    /// Mails sent, oldest first.
    pub mails: Vec<Mail>,
    /// Of each mail, the segments of which the lead was a member, 64 in a number.
    pub membership: Vec<u64>,
    /// Money so far, by number of the amount.
    pub amounts: Vec<Money>,
    /// Draws of experiments, in order.
    pub trials: Vec<Trial>,
    /// Costs so far, by number of the cost.
    pub costs: Vec<Money>,
    /// Instances, in the order of entry.
    pub instances: Vec<Instance>,
    /// Running instances, in journey order, then in the order of entry.
    pub running: Vec<usize>,
    /// How many of them hold a mail.
    pub holding: usize,
    /// What is remembered of each journey.
    pub memories: Vec<Memory>,
    /// Which journeys reached it together.
    pub reached_by: Reached,
    /// When each limited scoring rule gave points.
    pub marks: Vec<Vec<i64>>,
    /// How often each step was reached.
    pub runs: Vec<u64>,
    /// Of each thing a persona does by itself: how often it was drawn, and the exact time of the last one.
    pub rates: Vec<(u64, f64)>,
    /// How often the persona changed; tells timers of an earlier persona from those of this one.
    pub persona_changes: u32,
    /// Of each scoring model, the timer that decay waits for.
    pub decays: Vec<u32>,
    /// What is to come, by time.
    pub agenda: Agenda,
    /// What is to be handled at this second.
    pub queue: Queue,
    /// What is told or settled about it.
    pub replay: Replay,
    /// Of each catalog, numbers of items that it bought.
    pub bought: Vec<BTreeSet<u32>>,
    /// Properties of events that stand in no plan.
    pub made: Vec<Box<[Slot]>>,
    /// Number of the last timer.
    pub armed: u32,
    /// What changed since segments were evaluated.
    pub stale_segments: Deps,
    /// What changed since exits and goals were checked.
    pub stale_exits: Deps,
    /// What changed since the last cascade came to moves.
    pub unsettled: Deps,
}

/// Where a lead stands with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not subscribed.
    Out,
    /// Subscribed, not yet confirmed.
    Pending,
    /// Subscribed.
    In,
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub struct Happening {
    /// The event.
    pub event: usize,
    /// What it carries.
    pub data: Data,
    /// Tells it from all others of this lead, whatever else happens: draws that follow from it are keyed by this.
    pub identity: u64,
}

/// What an event carries.
#[derive(Clone, Copy, Debug)]
pub enum Data {
    /// Nothing.
    Nothing,
    /// Properties that stand in the plan.
    Payload(u32),
    /// Properties that the lead's timeline tells, by the number of the event there.
    Told(u32),
    /// Something that was sent, and for a failure its kind.
    Mail {
        /// What.
        content: u32,
        /// The journey it came from.
        journey: u32,
        /// The step.
        step: u32,
        /// Of a bounce: the word for its kind.
        kind: Option<Sym>,
    },
    /// Stages before and after.
    Stages(u32, u32),
    /// A journey, and why it ended.
    Journey(u32, Option<Sym>),
    /// A person or system that was reached.
    Reached {
        /// Whom.
        to: Sym,
        /// The list that is the audience.
        audience: Option<Sym>,
        /// The journey.
        journey: u32,
        /// The step.
        step: u32,
    },
    /// A topic.
    Topic(u32),
    /// What was sent and made the lead leave all marketing.
    LeavesAll(u32),
    /// What was sent and made the lead choose something, and what, by its number.
    Preference(u32, u8),
    /// Engagement before and after.
    Engagement(u8, u8),
    /// A visit.
    Visit(Visit),
    /// A form that is begun, and the page and variant where.
    FormStart(u32, Option<(u32, u32)>),
    /// Properties that came about in the run, by their number among the lead's.
    Made(u32),
    /// Consent to a topic, given in a form.
    Consent(u32, u32),
}

/// A mail, or something of another channel, that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Mail {
    /// When.
    pub at: i64,
    /// What.
    pub content: usize,
    /// Number of the channel.
    pub channel: usize,
    /// The journey it came from.
    pub journey: usize,
    /// The step.
    pub step: usize,
    /// How often the lead had reached that step.
    pub run: u64,
    /// The occurrence of its draws, but for further attempts: a key of chance.
    pub occurrence: u64,
    /// Persona at delivery.
    pub persona: Option<usize>,
    /// Whether it was delivered at that persona's best time.
    pub at_best_time: bool,
    /// What became of it.
    pub marks: Marks,
}

/// One stay in a journey.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The journey.
    pub journey: usize,
    /// The how-manieth of this lead in this journey, from 1.
    pub number: u64,
    /// Its key.
    pub key: Slot,
    /// When it began.
    pub entered: i64,
    /// The event that let the lead in.
    pub event: Option<Happening>,
    /// What it waits for.
    pub waiting: Waiting,
    /// The timer it waits for; 0 if none.
    pub timer: u32,
    /// The second in which it last took steps, and how many.
    pub busy: (i64, u32),
}

/// What an instance waits for.
#[derive(Clone, Copy, Debug)]
pub enum Waiting {
    /// Nothing: it takes steps, or has ended.
    Nothing,
    /// A time; which step.
    Time(usize),
    /// An event, at this step.
    Event(usize),
    /// To send a mail.
    Mail(Held),
}

impl Waiting {
    /// The step at which the instance waits.
    pub fn step(self) -> Option<usize> {
        match self {
            Waiting::Nothing => None,
            Waiting::Time(step) | Waiting::Event(step) => Some(step),
            Waiting::Mail(held) => Some(held.step),
        }
    }
}

/// A mail that waits.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// What.
    pub content: usize,
    /// The step.
    pub step: usize,
    /// How often the lead had reached that step.
    pub run: u64,
    /// When it was asked for.
    pub asked: i64,
    /// Its place in the order of asking.
    pub order: u32,
    /// When it is given up.
    pub deadline: i64,
    /// When the gates are asked again.
    pub due: i64,
    /// Whether it is given up then instead.
    pub expires: bool,
    /// Whether it was held for more than its place in a round.
    pub counted: bool,
    /// Whether it has come to the gate of its sender's quota.
    pub queued: bool,
}

/// What is remembered of a journey.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Instances so far.
    pub entered: u64,
    /// Instances running.
    pub running: usize,
    /// Whether one has ended.
    pub finished: bool,
    /// Last exit by key.
    pub exits: Vec<(Slot, i64)>,
}

impl LeadState {
    /// Room for any lead of a program.
    pub fn new(program: &Program) -> LeadState {
        LeadState {
            id: String::new(),
            chance: LeadKey::of(0, ""),
            zone: Arc::clone(&program.project_zone),
            born: 0,
            arrived: false,
            fields: Vec::new(),
            scores: vec![0; program.models.len()],
            grades: vec![None; program.gradings.len()],
            persona: None,
            stage: 0,
            stage_since: 0,
            stage_changes: 0,
            reached: vec![false; program.lifecycle.stages.len()],
            members: Members::of(program.segments.len()),
            lists: vec![false; program.lists.len()],
            topics: vec![Standing::Out; program.topics.len()],
            permission: State::new(program),
            complained: false,
            has_address: [false; CHANNELS],
            suppressed: [false; CHANNELS],
            undelivered: [0; CHANNELS],
            unseen: Vec::new(),
            audiences: vec![None; program.audiences.len()],
            history: vec![Vec::new(); program.events.len()],
            mails: Vec::new(),
            membership: Vec::new(),
            amounts: vec![Money::ZERO; program.kpis.amounts.len()],
            trials: Vec::new(),
            costs: vec![Money::ZERO; program.kpis.costs.len()],
            instances: Vec::new(),
            running: Vec::new(),
            holding: 0,
            memories: vec![Memory::default(); program.journeys.len()],
            reached_by: Reached::default(),
            marks: vec![Vec::new(); program.limits],
            runs: vec![0; program.steps],
            rates: vec![(0, 0.0); program.does.len()],
            persona_changes: 0,
            decays: vec![0; program.models.len()],
            agenda: Agenda::default(),
            queue: Queue::default(),
            bought: vec![BTreeSet::new(); program.acquisition.catalogs.len()],
            made: Vec::new(),
            replay: Replay::default(),
            armed: 0,
            stale_segments: Deps::ALL,
            stale_exits: Deps::ALL,
            unsettled: Deps::ALL,
        }
    }

    /// Forgets the lead before, keeping the memory.
    pub fn clear(&mut self) {
        self.fields.clear();
        self.persona = None;
        self.stage_changes = 0;
        self.reached.fill(false);
        self.members.clear();
        self.permission.clear();
        self.complained = false;
        self.has_address = [false; CHANNELS];
        (self.suppressed, self.undelivered) = ([false; CHANNELS], [0; CHANNELS]);
        self.history.iter_mut().for_each(Vec::clear);
        self.mails.clear();
        self.unseen.clear();
        self.audiences.fill(None);
        self.membership.clear();
        self.amounts.fill(Money::ZERO);
        self.trials.clear();
        self.costs.fill(Money::ZERO);
        self.instances.clear();
        self.running.clear();
        self.holding = 0;
        self.memories.iter_mut().for_each(|memory| {
            (memory.entered, memory.running, memory.finished) = (0, 0, false);
            memory.exits.clear();
        });
        self.reached_by.clear();
        self.marks.iter_mut().for_each(Vec::clear);
        self.runs.fill(0);
        self.rates.fill((0, 0.0));
        self.persona_changes = 0;
        self.agenda.clear();
        self.queue.clear();
        self.made.clear();
        self.replay.clear();
        self.armed = 0;
        (self.stale_segments, self.stale_exits, self.unsettled) = (Deps::ALL, Deps::ALL, Deps::ALL);
    }

    /// Looks whether there is an address of a channel: all fields that make it have a value.
    pub fn find_address(&mut self, channel: usize, program: &Program) {
        let has = |field: &usize| self.fields[*field].text(&program.texts).is_some_and(|part| !part.trim().is_empty());
        let address = program.channels[channel].address.as_ref();
        self.has_address[channel] = address.is_some_and(|fields| fields.iter().all(has));
    }

    /// Notes that something changed.
    pub fn changed(&mut self, what: Deps) {
        self.stale_segments |= what;
        self.stale_exits |= what;
        self.unsettled |= what;
    }

    /// Keeps the properties of an event.
    pub fn make(&mut self, properties: Box<[Slot]>) -> Data {
        self.made.push(properties);
        Data::Made(u32::try_from(self.made.len() - 1).unwrap_or(u32::MAX))
    }

    /// Puts something on the agenda and gives the number of its timer.
    #[inline]
    pub fn arm(&mut self, at: i64, class: Class, place: (usize, usize), task: Task) -> u32 {
        let timer = self.next_timer();
        self.arm_as(timer, at, class, place, task);
        timer
    }

    /// The number of a timer that is set now.
    pub fn next_timer(&mut self) -> u32 {
        self.armed += 1;
        self.armed
    }

    /// Puts something on the agenda as if that had been done when its timer got this number.
    #[inline]
    pub fn arm_as(&mut self, timer: u32, at: i64, class: Class, place: (usize, usize), task: Task) {
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.agenda.push(Due { at, class, place: (short(place.0), short(place.1)), timer, task });
    }
}
