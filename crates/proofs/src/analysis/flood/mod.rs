//! The most mails that one lead can get in a window, over all leads, all behaviour, all times of events and all journeys
//! side by side: a proof, and leads whose timelines may come to it.
//!
//! Mails are counted as journeys ask for them: no frequency rule holds one back. Mails that ask for a confirmation are no
//! mails of journeys; they come when a lead asks for them.
//!
//! 1. Each journey by itself has a [`Demand`] for each kind of lead (`demand`).
//! 2. Journeys that share an event, a start, a mail or something that changes about leads are searched together, state by
//!    state, where they are few (`machine`).
//! 3. Of all kinds of leads the one with the largest sum is found by branch and bound (`joint`), for each time of the year in
//!    which journeys by the clock can have mails together (`seasons`).
//!
//! In: the campaign. Out: [`Flood`]. Never: a run; whether the bound is reached is for the simulator to say.

mod alone;
mod asks;
mod born;
mod calendar;
mod candidate;
mod demand;
mod enforced;
mod entered;
mod fix;
mod joint;
mod kinds;
mod ladder;
mod machine;
mod model;
mod over;
mod phase;
mod plain;
mod questions;
mod rejoin;
mod seasons;
mod stored;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

pub use alone::alone;
pub use demand::Demand;
pub use enforced::let_through;
pub use fix::Fix;
pub use plain::{Plain, bounds, bounds_of_both};

use phase::DAY;
use questions::Questions;
use units::{Ground, MOST_STATES, Units};

use crate::analysis::conditions::Written;
use crate::analysis::reach::Reach;
use crate::analysis::sent::{Mail, enforced};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Channel, Condition, Counted, Edit, Journey, Lead, MailLimit, Name, Skip, Value, Window};

/// Journeys for which edits are tried, of those that ask for more than a rule lets through.
const MOST_MENDED: usize = 20;
/// Journeys up to which a timeline is looked for although no rule is exceeded.
const FEW: usize = 40;

/// What is to be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything that can be told about every rule.
    All,
    /// What findings are made of: limits that are exceeded, and journeys that are over a frequency rule.
    Findings,
}

/// What is known of the mails that a lead can get.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flood {
    /// A bound for each rule.
    pub bounds: Vec<Bound>,
}

/// The most mails in a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// What is counted, in which window, and how many there should be.
    pub limit: MailLimit,
    /// Which rule this is about.
    pub rule: Rule,
    /// At most so many; `None` for any number.
    pub proved: Option<u64>,
    /// How it was found.
    pub proof: Proof,
    /// What each journey has in it, for the lead with the most; those with nothing left out.
    pub shares: Vec<Share>,
    /// What that lead is like, as far as it matters: what is asked about, and a value.
    pub lead: Vec<(String, Option<Value>)>,
    /// Leads and timelines that may come to so many.
    pub candidates: Vec<Candidate>,
    /// What came of it when it was run.
    pub reached: Option<Reached>,
    /// Of a limit that is exceeded: edits that bring it to hold, the smallest first.
    pub fixes: Vec<Fix>,
    /// Of a frequency rule: what it makes of the same lead's mails.
    pub enforced: Vec<Fate>,
    /// Of a frequency rule by which that lead loses mails: edits after which it loses fewer.
    pub eased: Vec<Eased>,
    /// Of a frequency rule: journeys that ask for more than it allows all by themselves.
    pub over: Vec<Over>,
}

/// Which rule a bound is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// One of `limits`: it has to hold without any help.
    Limit,
    /// One of `frequency`: mails that are too many wait, or are left out.
    Frequency {
        /// Whether they wait.
        delay: bool,
    },
    /// None: what anybody would like to know.
    Usual,
}

/// How a bound was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// All states were searched: there is a run with so many, unless something was left open that cannot be.
    Searched,
    /// The demands of the journeys were added.
    Added,
}

/// What one journey, or some that belong together, have in a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The journeys.
    pub journeys: Vec<Name>,
    /// At most so many; `None` for any number.
    pub most: Option<u64>,
    /// The mails of a single journey: seconds since the first, and step. Where there is no bound, a way round without time.
    pub path: Vec<(i64, usize)>,
}

/// A journey that asks for more than a frequency rule allows, all by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Over {
    /// The journey.
    pub journey: Name,
    /// How many mails it can ask for in a window.
    pub most: u64,
    /// Seconds since the first, and step.
    pub path: Vec<(i64, usize)>,
    /// A lead and a timeline that may ask for so many.
    pub candidate: Option<Candidate>,
    /// What the rules make of its mails, if there is nothing else.
    pub fates: Vec<Fate>,
    /// Edits after which it asks for no more than the rule lets through.
    pub fixes: Vec<Fix>,
}

/// An edit after which a lead with the same timeline loses fewer mails by the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eased {
    /// What is edited.
    pub edit: Edit,
    /// What becomes of its mails then.
    pub fates: Vec<Fate>,
}

/// What becomes of a mail that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// When it was asked for, in seconds since 1970-01-01T00:00:00Z.
    pub asked_secs: i64,
    /// By which journey.
    pub journey: Name,
    /// By which step.
    pub step: Name,
    /// What.
    pub content: Name,
    /// When it was sent, or why it was not.
    #[serde(with = "stored::end")]
    pub end: Result<i64, &'static str>,
}

impl Fate {
    /// Whether it is lost because a rule of frequency held it back or left it out: not for want of consent, say.
    pub fn is_lost_by_rule(&self) -> bool {
        let by_rule = [Skip::Capped, Skip::Expired, Skip::Exited].map(Skip::word);
        self.end.is_err_and(|reason| by_rule.contains(&reason))
    }
}

/// A lead and a timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Fields.
    pub fields: BTreeMap<Name, Option<Value>>,
    /// Members of sets, by field.
    pub members: BTreeMap<Name, Vec<Name>>,
    /// The stage.
    pub stage: Option<Name>,
    /// Scores by model, where they matter.
    pub scores: BTreeMap<Name, i32>,
    /// Lists it is on.
    pub lists: Vec<Name>,
    /// Topics to which it has not agreed; to all others it has.
    pub out: BTreeSet<Name>,
    /// Whether it is created in the run.
    pub created: bool,
    /// Events with the seconds since it came in, by time.
    pub timeline: Vec<Happens>,
    /// Arms of splits: journey, step, arm.
    pub arms: Vec<(Name, Name, Name)>,
    /// When the window begins, in seconds since it came in.
    pub from_secs: i64,
}

/// Something that happens to a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happens {
    /// Seconds since it came in.
    pub at_secs: i64,
    /// The event.
    pub event: Name,
    /// Its properties.
    pub with: BTreeMap<Name, Value>,
}

/// What came of a candidate when it was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The most mails in a window.
    pub mails: Vec<Sent>,
    /// Instant at which the run began, and its length in days of 24 hours.
    pub run: (i64, u32),
    /// Instant at which the lead came in.
    pub came_secs: i64,
    /// The lead, with what happened to it.
    pub lead: Lead,
}

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// The same by the lead's clock.
    pub local: String,
    /// By which journey.
    pub journey: Name,
    /// By which step.
    pub step: Name,
    /// What.
    pub content: Name,
}

/// The end of a mail that is still held when a run ends.
pub const HELD: &str = "held";

impl Bound {
    /// Whether more may come than the rule allows.
    pub fn exceeds(&self) -> bool {
        self.proved.is_none_or(|proved| proved > u64::from(self.limit.at_most))
    }

    /// Whether the bound is reached.
    pub fn is_exact(&self) -> bool {
        self.reached.as_ref().is_some_and(|reached| Some(reached.mails.len() as u64) == self.proved)
    }
}

/// Finds the most mails for each rule of the campaign; for windows of a day and a week if there is none.
///
/// Steps that mail nobody, by what is known of `reach`, count for nothing.
pub(super) fn flood(campaign: &Campaign, written: &Written, reach: &Reach, wanted: Wanted) -> Flood {
    let mut rules = rules(campaign);
    rules.retain(|(_, rule)| wanted == Wanted::All || *rule != Rule::Usual);
    if campaign.journeys.is_empty() || rules.is_empty() {
        return Flood::default();
    }
    match entered::entered(campaign, written) {
        Some(entered) => found(&entered, &Written::of(&entered), reach, wanted, &rules),
        None => found(campaign, written, reach, wanted, &rules),
    }
}

/// The most mails for each of these rules.
fn found(campaign: &Campaign, written: &Written, reach: &Reach, wanted: Wanted, rules: &[(MailLimit, Rule)]) -> Flood {
    let shift_secs = shift_secs(campaign, written);
    let windows: Vec<i64> = rules.iter().map(|(limit, _)| window_secs(limit.per, shift_secs)).collect();
    let limits: Vec<(&MailLimit, i64)> = rules.iter().map(|(limit, _)| limit).zip(windows).collect();
    let questions = Questions::of(campaign, written);
    let ground = Ground { campaign, written, questions: &questions, reach, shift_secs };
    let units = |is_held| Units::of(ground, &limits, is_held, MOST_STATES);
    let asked = units(false);
    // What waits for a frequency rule comes later than it was asked for. A limit has to hold with that and without.
    let waits = rules.iter().any(|(_, rule)| *rule == Rule::Frequency { delay: true });
    let held = (waits && rules.iter().any(|(_, rule)| *rule == Rule::Limit)).then(|| units(true));
    let bounds = rules.par_iter().enumerate().map(|(number, (limit, rule))| {
        let units = &asked;
        let is_few = wanted == Wanted::All && units.models.len() <= FEW;
        let is_told = wanted == Wanted::All || *rule == Rule::Limit;
        let asks = |most: u64| is_told && (most > u64::from(limit.at_most) || is_few);
        let worst = |units| joint::worst(units, number, &asks);
        let found = match held.as_ref().filter(|_| *rule == Rule::Limit) {
            Some(held) => enforced::worse(campaign, limit, worst(units), worst(held)),
            None => worst(units),
        };
        Bound {
            limit: limit.clone(),
            rule: rule.clone(),
            proved: found.most,
            proof: found.proof,
            shares: found.shares,
            lead: found.lead,
            candidates: found.candidates,
            reached: None,
            fixes: Vec::new(),
            enforced: Vec::new(),
            eased: Vec::new(),
            over: if matches!(rule, Rule::Frequency { .. }) { over::over(units, number) } else { Vec::new() },
        }
    });
    let mut bounds: Vec<Bound> = bounds.collect();
    for bound in bounds.iter_mut().filter(|bound| bound.rule == Rule::Limit && bound.exceeds()) {
        bound.fixes = fix::fixes(campaign, bound);
    }
    for bound in &mut bounds {
        let mended = bound.over.len().min(MOST_MENDED);
        bound.over[..mended].par_iter_mut().for_each(|over| {
            over.fixes = fix::of_journey(campaign, &bound.limit, &over.journey);
        });
    }
    Flood { bounds }
}

/// What is asked.
fn rules(campaign: &Campaign) -> Vec<(MailLimit, Rule)> {
    let policies = &campaign.policies;
    let mut rules: Vec<_> = policies.limits.iter().map(|limit| (limit.clone(), Rule::Limit)).collect();
    rules.extend(enforced(campaign).map(|rule| (MailLimit::from(rule), Rule::Frequency { delay: rule.delay })));
    if rules.is_empty() {
        let channels: Vec<_> = Channel::ALL.into_iter().filter(|channel| channel.usual().intrudes).collect();
        let usual = |days: i64| MailLimit {
            at_most: u32::MAX,
            per: Window::RollingSecs(days * DAY),
            counts: Counted::Marketing,
            channels: channels.clone(),
            lead_time: true,
            origin: crate::text::Origin::default(),
        };
        rules.extend([1, 7].map(|days| (usual(days), Rule::Usual)));
    }
    rules
}

/// The longest that a window can be, in seconds.
pub fn window_secs(per: Window, shift_secs: i64) -> i64 {
    match per {
        Window::RollingSecs(secs) => secs,
        Window::CalendarDay => DAY + shift_secs,
        Window::CalendarWeek => 7 * DAY + shift_secs,
        Window::CalendarMonth => 31 * DAY + shift_secs,
        Window::Ever => i64::MAX / 4,
    }
}

/// By how much a lead's clock may be set forward, in seconds: not at all where the project's clock is not, and nothing in
/// the project gives a lead another one. Two hours is the most in any zone of today, 26 hours from one zone to another.
fn shift_secs(campaign: &Campaign, written: &Written) -> i64 {
    match () {
        () if written.fields.contains("timezone") => 26 * 3600,
        () if campaign.settings.leads.columns.contains_key("timezone") => 2 * 3600,
        () if crate::ir::keeps_its_offset(&campaign.settings.timezone) => 0,
        () => 2 * 3600,
    }
}

/// Whether a limit counts something that is sent.
pub fn counts(campaign: &Campaign, content: &Name, limit: &MailLimit) -> bool {
    Mail::of(campaign, content).is_some_and(|mail| mail.counts(limit))
}

/// Whether a journey enters by an event, or waits for it.
fn hears(journey: &Journey, name: &str) -> bool {
    let enters = matches!(&journey.entry.by, EntryBy::Event { event, .. } if event == name);
    let waits = |action: &Action| matches!(action, Action::WaitFor { event: Some(event), .. } if event == name);
    enters || journey.steps.iter().any(|step| waits(&step.action))
}

/// The conditions of a journey, each with the event whose properties it may ask for.
fn conditions_of(journey: &Journey) -> Vec<(&Condition, Option<&Name>)> {
    let event = journey.entry.by.event();
    let mut found: Vec<(&Condition, Option<&Name>)> = Vec::new();
    if let EntryBy::Event { filter: Some(filter), .. } = &journey.entry.by {
        found.push((filter, event));
    }
    found.extend(journey.entry.when.iter().map(|when| (when, event)));
    found.extend(journey.exit_when.iter().map(|when| (when, None)));
    found.extend(journey.goal.iter().map(|goal| (&goal.when, None)));
    for step in &journey.steps {
        match &step.action {
            Action::Branch { arms, .. } => found.extend(arms.iter().map(|arm| (&arm.when, None))),
            Action::WaitFor { event, filter, when, .. } => {
                found.extend(filter.iter().map(|filter| (filter, event.as_ref())));
                found.extend(when.iter().map(|when| (when, None)));
            }
            _ => {}
        }
    }
    found
}
