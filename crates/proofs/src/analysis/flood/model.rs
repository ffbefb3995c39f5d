//! A journey as the bound sees it: steps that release mails, edges that take at least some time, and how leads come in.
//!
//! In: the campaign. Out: a [`Model`] for each journey. Never: what a lead is like; conditions are kept to be asked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::phase::Beat;
use super::{calendar, rejoin};
use crate::analysis::conditions::Written;
use crate::analysis::made::events_of_steps;
use crate::analysis::sent::Mail;
use crate::ir::builtin::MADE_BY_RUNS;
use crate::ir::journey::{Action, Arm, EntryBy, Moment, Target};
use crate::ir::{Again, Campaign, Condition, Journey, Length, Name, QuietHours, Type, Value};

/// A journey.
#[derive(Clone, Debug)]
pub(super) struct Model<'c> {
    /// Its name.
    pub(super) name: &'c Name,
    /// The journey.
    pub(super) journey: &'c Journey,
    /// Its steps, as in [`Journey::steps`].
    pub(super) steps: Vec<Node<'c>>,
    /// The first step.
    pub(super) first: Option<usize>,
    /// How instances may follow each other and run side by side: each of these is true of it.
    pub(super) stays: Vec<Stays>,
    /// The values of a key that has only so many.
    pub(super) keys: Vec<Value>,
    /// Whether another journey, or itself, starts it.
    pub(super) is_started: bool,
    /// How the moments come that its ways and its entry wait for, by their numbers.
    pub(super) beats: Vec<Beat>,
    /// Whether leads enter by an event that only comes from outside, and so before all timers of a second.
    pub(super) enters_from_outside: bool,
    /// The moment at which leads enter, by its number, if they enter by the clock alone.
    pub(super) begins: Option<(usize, &'c Moment)>,
    /// Whether a lead enters when it comes in, and at no other time unless another journey starts it.
    pub(super) begins_at_birth: bool,
}

impl Model<'_> {
    /// Whether leads enter by what the campaign makes, and so perhaps never.
    pub(super) fn enters_by_itself(&self) -> bool {
        matches!(&self.journey.entry.by, EntryBy::Event { event, .. } if MADE_BY_RUNS.contains(&event.as_str()))
    }
}

/// A step.
#[derive(Clone, Debug)]
pub(super) struct Node<'c> {
    /// What it sends.
    pub(super) mail: Option<Mail<'c>>,
    /// Where it leads.
    pub(super) edges: Vec<Edge<'c>>,
}

/// A way from a step.
#[derive(Clone, Debug)]
pub(super) struct Edge<'c> {
    /// The next step; `None` for the end.
    pub(super) to: Option<usize>,
    /// How long it takes.
    pub(super) pace: Pace<'c>,
    /// Who takes it.
    pub(super) guard: Guard<'c>,
}

/// How long a way takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace<'c> {
    /// No time.
    Instant,
    /// So many seconds.
    Exactly(i64),
    /// Any time.
    Anytime,
    /// Until the moment, by its number.
    Until(usize, &'c Moment),
    /// So many working days or more.
    WorkingDays(u32),
    /// No time, or as long as quiet hours hold the mail back; with them, if they are known, and the most seconds.
    Held(Option<&'c QuietHours>, i64),
}

/// Who takes a way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guard<'c> {
    /// Everybody may.
    Open,
    /// Those for whom this holds, and no arm before it.
    Arm(&'c Condition),
    /// Those for whom no arm before it holds.
    Otherwise,
    /// Those for whom this may come to hold.
    Possible(&'c Condition),
}

/// So many instances may run at once, and behind each another one comes so much later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stays {
    pub(super) copies: Copies,
    pub(super) reentry: Reentry,
}

/// How long after an instance has ended another one may begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reentry {
    /// It may not.
    Never,
    /// So many seconds.
    After(i64),
    /// At the next such moment, by its number, and not before so many seconds.
    At(usize, i64),
}

/// How many instances may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// So many.
    AtMost(u64),
    /// Any number.
    Any,
}

/// What is known of a segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joining {
    /// Whether nobody joins but as the lead comes in.
    pub(super) at_birth: bool,
    /// The least time between two joinings, in seconds.
    pub(super) again_after: i64,
}

/// What is known of each segment.
pub(super) type Joins<'a> = &'a dyn Fn(&Name) -> Joining;

/// Makes models of all journeys. `joining` says what is known of the segment whose members enter.
///
/// If `is_held`, any mail may be held: a frequency rule that lets mails wait is at work.
pub(super) fn models<'c>(campaign: &'c Campaign, is_held: bool, joining: Joins<'_>) -> Vec<Model<'c>> {
    let started: BTreeSet<&Name> = campaign
        .journeys
        .values()
        .flat_map(|journey| &journey.steps)
        .filter_map(|step| match &step.action {
            Action::Start { journey } => Some(journey),
            _ => None,
        })
        .collect();
    let almanac = calendar::Almanac::default();
    let made: BTreeSet<&Name> = events_of_steps(campaign).collect();
    let changes_zone = Written::of(campaign).fields.contains("timezone");
    let model = |(name, journey)| {
        let maker = Maker { campaign, is_held, changes_zone, almanac: &almanac, made: &made, moments: Vec::new() };
        maker.model(name, journey, &started, joining)
    };
    campaign.journeys.iter().map(model).collect()
}

struct Maker<'a, 'c> {
    campaign: &'c Campaign,
    is_held: bool,
    /// Whether something puts a lead's clock to another zone.
    changes_zone: bool,
    almanac: &'a calendar::Almanac<'c>,
    made: &'a BTreeSet<&'c Name>,
    moments: Vec<&'c Moment>,
}

impl<'c> Maker<'_, 'c> {
    fn model(
        mut self,
        name: &'c Name,
        journey: &'c Journey,
        started: &BTreeSet<&Name>,
        joining: Joins<'_>,
    ) -> Model<'c> {
        let numbers: BTreeMap<&str, usize> =
            journey.steps.iter().enumerate().rev().map(|(number, step)| (step.id.as_str(), number)).collect();
        let at = |target: &Target| target.as_ref().and_then(|id| numbers.get(id.as_str()).copied());
        let steps = journey.steps.iter().map(|step| Node {
            mail: match &step.action {
                Action::Send { content, .. } => Mail::of(self.campaign, content),
                _ => None,
            },
            edges: self.edges(&step.action, &step.next, &at),
        });
        let mut steps: Vec<Node<'_>> = steps.collect();
        if journey.exit_when.is_some() || journey.goal.is_some() {
            steps.iter_mut().for_each(Node::may_be_left);
        }
        let keys = keys(self.campaign, journey);
        let copies = copies(journey, &keys).into_iter();
        let stays = copies.map(|(copies, any_key)| {
            let reentry = self.reentry(journey, any_key, started.contains(name), (&steps, joining));
            Stays { copies, reentry }
        });
        let stays = stays.collect();
        let begins = match &journey.entry.by {
            EntryBy::Schedule { moment, .. } if !started.contains(name) => Some((self.number(moment), moment)),
            _ => None,
        };
        let begins_at_birth = match &journey.entry.by {
            EntryBy::Event { event, .. } => event == "lead_created",
            EntryBy::Segment { segment, .. } => joining(segment).at_birth,
            EntryBy::Schedule { .. } | EntryBy::Called => false,
        };
        let enters_from_outside = match &journey.entry.by {
            EntryBy::Event { event, .. } => {
                let is_own = self.campaign.events.get(event).is_some_and(|defined| !defined.builtin);
                is_own && !self.made.contains(event) && !started.contains(name)
            }
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => false,
        };
        let beats = self.beats();
        Model {
            name,
            journey,
            beats,
            enters_from_outside,
            steps,
            first: at(&journey.first),
            stays,
            keys,
            is_started: started.contains(name),
            begins,
            begins_at_birth,
        }
    }

    fn edges(&mut self, action: &'c Action, next: &Target, at: &dyn Fn(&Target) -> Option<usize>) -> Vec<Edge<'c>> {
        let open = |target: &Target, pace| Edge { to: at(target), pace, guard: Guard::Open };
        match action {
            Action::Exit { .. } => vec![Edge { to: None, pace: Pace::Instant, guard: Guard::Open }],
            Action::Wait { length } => vec![open(next, length_pace(length))],
            Action::WaitUntil { moment, to_minute: None } => vec![open(next, Pace::Until(self.number(moment), moment))],
            Action::WaitUntil { to_minute: Some(_), .. } | Action::WaitUntilDate { .. } | Action::WaitBestTime => {
                vec![open(next, Pace::Anytime)]
            }
            Action::WaitFor { event, filter, when, within, timeout, .. } => {
                // An event that fits, or a condition that holds or comes to hold.
                let guard = match (event, filter, when) {
                    (Some(_), Some(only), None) | (None, _, Some(only)) => Guard::Possible(only),
                    (Some(_), None, None) | (Some(_), _, Some(_)) | (None, _, None) => Guard::Open,
                };
                vec![Edge { to: at(next), pace: Pace::Anytime, guard }, open(timeout, length_pace(within))]
            }
            Action::Branch { arms, .. } => {
                let arm = |arm: &'c Arm| Edge { to: at(&arm.to), pace: Pace::Instant, guard: Guard::Arm(&arm.when) };
                let last = Edge { to: at(next), pace: Pace::Instant, guard: Guard::Otherwise };
                arms.iter().map(arm).chain([last]).collect()
            }
            Action::Split { arms } => {
                let drawn = arms.iter().filter(|arm| arm.weight > 0.0);
                drawn.map(|arm| open(&arm.to, Pace::Instant)).collect()
            }
            Action::Send { content, .. } => vec![open(next, self.hold(content, most_held(self.campaign, action)))],
            Action::Set { .. }
            | Action::Score { .. }
            | Action::Stage { .. }
            | Action::List { .. }
            | Action::Topic { .. }
            | Action::Task { .. }
            | Action::Sync { .. }
            | Action::Audience { .. }
            | Action::Webhook { .. }
            | Action::Emit { .. }
            | Action::Start { .. }
            | Action::Goto => vec![open(next, Pace::Instant)],
        }
    }

    /// How long a mail may be held for other reasons than frequency.
    fn hold(&self, content: &'c Name, most: i64) -> Pace<'c> {
        let Some(mail) = Mail::of(self.campaign, content) else { return Pace::Instant };
        match mail.quiet_hours(self.campaign) {
            _ if self.is_held || mail.has_quota(self.campaign) => Pace::Held(None, most),
            Some(quiet) if self.changes_zone => Pace::Held(Some(quiet), most),
            Some(quiet) => Pace::Held(Some(quiet), most.min(self.almanac.longest_quiet(self.campaign, quiet))),
            None => Pace::Instant,
        }
    }

    fn beats(&self) -> Vec<Beat> {
        self.moments.iter().map(|moment| self.almanac.beat(self.campaign, moment)).collect()
    }

    fn number(&mut self, moment: &'c Moment) -> usize {
        match self.moments.iter().position(|each| *each == moment) {
            Some(number) => number,
            None => {
                self.moments.push(moment);
                self.moments.len() - 1
            }
        }
    }

    fn reentry(
        &mut self,
        journey: &'c Journey,
        any_key: bool,
        is_started: bool,
        (steps, joining): (&[Node<'c>], Joins<'_>),
    ) -> Reentry {
        let least = match journey.entry.again {
            _ if any_key => 0,
            Again::Never => return Reentry::Never,
            Again::Always => 0,
            Again::AfterSecs(secs) => secs,
        };
        match &journey.entry.by {
            _ if is_started => Reentry::After(least),
            EntryBy::Event { event, .. } if event == "lead_created" => Reentry::Never,
            EntryBy::Segment { segment, .. } if joining(segment).at_birth => Reentry::Never,
            // The next one comes so long after this one, of which the stay is a part.
            EntryBy::Event { .. } => Reentry::After(least.max(left_of(
                rejoin::of_event(self.campaign, &journey.entry.by),
                steps,
                &self.beats(),
            ))),
            EntryBy::Segment { segment, .. } => {
                Reentry::After(least.max(left_of(joining(segment).again_after, steps, &self.beats())))
            }
            EntryBy::Schedule { moment: Moment::Once { .. }, .. } | EntryBy::Called => Reentry::Never,
            EntryBy::Schedule { moment, .. } => Reentry::At(self.number(moment), least),
        }
    }
}

/// The values of a journey's key, if they can be told: those of a choice.
pub(super) fn keys(campaign: &Campaign, journey: &Journey) -> Vec<Value> {
    let property = journey.entry.key.as_ref().zip(journey.entry.by.event());
    let property = property.and_then(|(key, event)| campaign.events.get(event)?.properties.get(key));
    match property.map(|property| &property.ty) {
        Some(Type::Enum { values }) => values.iter().cloned().map(Value::Text).collect(),
        Some(Type::Boolean) => [false, true].map(Value::Bool).into(),
        Some(Type::Integer) => whole_numbers(property.and_then(|property| Some((property.min?, property.max?)))),
        _ => Vec::new(),
    }
}

/// The whole numbers of a range, if they are few.
fn whole_numbers(range: Option<(f64, f64)>) -> Vec<Value> {
    const MOST: f64 = 100.0;
    let Some((min, max)) = range.filter(|(min, max)| min <= max && max - min < MOST) else { return Vec::new() };
    (min.ceil() as i64..=max.floor() as i64).map(Value::Int).collect()
}

/// How many instances may run at once, and whether a new value of the key lets one begin at any time: each of these.
fn copies(journey: &Journey, keys: &[Value]) -> Vec<(Copies, bool)> {
    if journey.entry.key.is_none() {
        return vec![(Copies::AtMost(1), false)];
    }
    let values = keys.len() as u64;
    match journey.entry.at_once.map(u64::from) {
        None if values == 0 => vec![(Copies::Any, true)],
        Some(most) if values == 0 => vec![(Copies::AtMost(most), true)],
        Some(most) if most < values => vec![(Copies::AtMost(values), false), (Copies::AtMost(most), true)],
        Some(_) | None => vec![(Copies::AtMost(values), false)],
    }
}

/// How long a mail may be held, in seconds.
fn most_held(campaign: &Campaign, action: &Action) -> i64 {
    let own = if let Action::Send { max_hold_secs, .. } = action { *max_hold_secs } else { None };
    own.unwrap_or(campaign.policies.max_hold_secs)
}

/// What is left of a time behind a stay that began with it; nothing where it is not known how long a stay can be.
fn left_of(secs: i64, steps: &[Node<'_>], beats: &[Beat]) -> i64 {
    if secs == 0 {
        return 0;
    }
    let edges = || steps.iter().flat_map(|step| &step.edges);
    if edges().all(|edge| matches!(edge.pace, Pace::Instant)) {
        return secs;
    }
    // A loop takes no time, or its waits come again.
    let mut longest: Vec<Option<i64>> = vec![None; steps.len()];
    for (number, step) in steps.iter().enumerate().rev() {
        let of = |edge: &Edge<'_>| {
            let then = match edge.to {
                Some(to) if to <= number => return None,
                Some(to) => longest[to]?,
                None => 0,
            };
            // Who waits for something waits no longer than until the time is over.
            let within = step.edges.iter().find_map(|edge| match edge.pace {
                Pace::Exactly(secs) => Some(secs),
                _ => None,
            });
            Some(edge.longest(beats).or(within)?.saturating_add(then))
        };
        longest[number] = step.edges.iter().map(of).try_fold(0, |most: i64, of| Some(most.max(of?)));
    }
    // Steps that nobody comes to may count as well.
    longest.iter().copied().try_fold(0, |most: i64, of| Some(most.max(of?))).map_or(0, |most| (secs - most).max(0))
}

impl Edge<'_> {
    /// How long the way takes at most, in seconds; `None` if nothing is known.
    fn longest(&self, beats: &[Beat]) -> Option<i64> {
        match self.pace {
            Pace::Instant => Some(0),
            Pace::Exactly(secs) => Some(secs),
            // Who is taken out of a wait is gone before it is over.
            Pace::Anytime if self.to.is_none() => Some(0),
            Pace::Anytime | Pace::WorkingDays(_) => None,
            Pace::Until(number, _) => beats.get(number).and_then(Beat::longest_secs),
            Pace::Held(_, most) => Some(most),
        }
    }
}

fn length_pace(length: &Length) -> Pace<'_> {
    match length {
        Length::Secs(secs) => Pace::Exactly(*secs),
        Length::BusinessDays { days, .. } => Pace::WorkingDays(*days),
    }
}

impl<'c> Model<'c> {
    /// Where it stands in the order of journeys: the higher priority first, then by name.
    pub(super) fn standing(&self) -> (Reverse<i32>, &'c Name) {
        (Reverse(self.journey.priority), self.name)
    }

    /// The segment whose members enter.
    pub(super) fn entry_segment(&self) -> Option<&'c Name> {
        match &self.journey.entry.by {
            EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => Some(segment),
            EntryBy::Event { .. } | EntryBy::Called => None,
        }
    }
}

impl<'c> Node<'c> {
    /// A stay may end in the midst of a wait, and the next one begin so much sooner.
    fn may_be_left(&mut self) {
        if self.edges.iter().any(|edge| !matches!(edge.pace, Pace::Instant)) {
            self.edges.push(Edge { to: None, pace: Pace::Anytime, guard: Guard::Open });
        }
    }

    /// The ways that a lead may take, by what is known of conditions. Arms are asked in order.
    pub(super) fn open(&self, holds: &dyn Fn(&Condition) -> Option<bool>) -> impl Iterator<Item = &Edge<'c>> {
        let mut is_taken = false;
        self.edges.iter().filter(move |edge| match edge.guard {
            Guard::Open => true,
            Guard::Otherwise => !is_taken,
            Guard::Possible(when) => holds(when) != Some(false),
            Guard::Arm(_) if is_taken => false,
            Guard::Arm(when) => {
                let truth = holds(when);
                is_taken = truth == Some(true);
                truth != Some(false)
            }
        })
    }
}
