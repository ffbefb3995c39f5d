//! Journeys as graphs: steps by id, edges by id.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::integration::Method;
use super::{Again, Condition, Expr, Length, Mapping, Money, Name, Outcome, Value};
use crate::text::Origin;

/// What happens to a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Journey {
    /// Name for people.
    pub label: Option<String>,
    /// Phase of the journey map that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Name>,
    /// Higher goes first.
    pub priority: i32,
    /// How leads enter.
    pub entry: Entry,
    /// Instant after which nobody enters, as local civil time of the project `YYYY-MM-DDTHH:MM:SS`.
    pub ends: Option<String>,
    /// Takes a lead out.
    pub exit_when: Option<Condition>,
    /// What the journey is for.
    pub goal: Option<Goal>,
    /// First step; `None` for a journey without steps.
    pub first: Target,
    /// The steps, in the order they are written.
    pub steps: Vec<Step>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Journey {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

/// Where an edge leads: a step by id, or `None` for the end of the journey.
pub type Target = Option<Name>;

/// How leads enter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// What lets them in.
    pub by: EntryBy,
    /// Condition on the lead.
    pub when: Option<Condition>,
    /// Whether they may enter again.
    pub again: Again,
    /// One instance for each value of this property of the entry event.
    pub key: Option<Name>,
    /// With a key: how many instances may run at once; `None` for any number.
    pub at_once: Option<u32>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What lets leads in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryBy {
    /// An event.
    Event {
        /// Which.
        event: Name,
        /// Condition on it.
        filter: Option<Condition>,
    },
    /// Becoming a member.
    Segment {
        /// Of which segment.
        segment: Name,
        /// Whether members at launch enter then.
        existing: bool,
    },
    /// A local time.
    Schedule {
        /// Whose members enter.
        segment: Name,
        /// When.
        moment: Moment,
    },
    /// A `start` step.
    Called,
}

impl EntryBy {
    /// The event, if it is one.
    pub fn event(&self) -> Option<&Name> {
        match self {
            EntryBy::Event { event, .. } => Some(event),
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => None,
        }
    }
}

/// A local moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Every day at this minute.
    Daily {
        /// Minute of the day.
        minute: u16,
    },
    /// On these weekdays at this minute.
    Weekly {
        /// 1 Monday to 7 Sunday, ascending.
        weekdays: Vec<u8>,
        /// Minute of the day.
        minute: u16,
    },
    /// Every month on this day at this minute.
    Monthly {
        /// 1 to 28.
        day: u8,
        /// Minute of the day.
        minute: u16,
    },
    /// On working days at this minute.
    Working {
        /// Which of them.
        day: WorkingDay,
        /// The calendar that says which days are worked.
        calendar: Name,
        /// Minute of the day.
        minute: u16,
    },
    /// Once.
    Once {
        /// Local civil time `YYYY-MM-DDTHH:MM:SS`.
        at: String,
    },
}

/// Which working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkingDay {
    /// All of them.
    Every,
    /// The first of each month.
    FirstOfMonth,
    /// The last of each month.
    LastOfMonth,
}

/// What a journey is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Goal {
    /// The goal.
    pub when: Condition,
    /// It counts only so many seconds after the entry, the last one included.
    pub within_secs: Option<i64>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its id.
    pub id: Name,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it does.
    pub action: Action,
    /// Where it leads when no arm decides otherwise. `None` after `exit`.
    pub next: Target,
    /// Where its id is written.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "what is waited for holds two conditions, and steps are few")]
pub enum Action {
    /// Sends an email or a message.
    Send {
        /// Which.
        content: Name,
        /// How long it is held at most, instead of the policy's, in seconds.
        max_hold_secs: Option<i64>,
    },
    /// Waits for a time.
    Wait {
        /// For how long.
        length: Length,
    },
    /// Waits until a local moment.
    WaitUntil {
        /// The moment; the first at or after now.
        moment: Moment,
        /// Of hours, the minute of the day at which they end: between the moment and it nobody waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_minute: Option<u16>,
    },
    /// Waits until a moment near a date; nobody waits where there is no date, or the moment is past.
    WaitUntilDate {
        /// The date or instant.
        of: Expr,
        /// Seconds from it on, negative before it.
        offset_secs: i64,
        /// Minute of that day; without it, midnight of a date and the very second of an instant.
        minute: Option<u16>,
    },
    /// Waits until the best time of the lead's persona, else of the project; nobody waits where there is none.
    WaitBestTime,
    /// Waits for an event, or until a condition holds.
    WaitFor {
        /// Which; `None` for the condition.
        event: Option<Name>,
        /// Condition on it.
        filter: Option<Condition>,
        /// Where this already holds, nobody waits. Without an event, what is waited for.
        when: Option<Condition>,
        /// At most so long; an event at the last second still counts.
        within: Length,
        /// Where those go whose time ran out.
        timeout: Target,
    },
    /// Goes by the first condition that holds; by `next` if none does.
    Branch {
        /// The arms, in order.
        arms: Vec<Arm>,
        /// Whether the source has an `else`.
        has_else: bool,
    },
    /// Goes by chance.
    Split {
        /// The arms, by name.
        arms: Vec<SplitArm>,
    },
    /// Sets fields; `None` takes the value away.
    Set {
        /// The values by field.
        values: BTreeMap<Name, Option<Value>>,
    },
    /// Adds points.
    Score {
        /// Points by model.
        points: BTreeMap<Name, i32>,
    },
    /// Puts the lead into a stage.
    Stage {
        /// Which.
        stage: Name,
    },
    /// Changes a list.
    List {
        /// Which.
        list: Name,
        /// Whether the lead is added (otherwise removed).
        add: bool,
    },
    /// Changes a subscription.
    Topic {
        /// Which.
        topic: Name,
        /// Whether the lead is subscribed (otherwise unsubscribed).
        subscribe: bool,
    },
    /// Gives a person something to do.
    Task {
        /// Who.
        to: String,
        /// What; a template.
        title: String,
        /// Until when, in seconds from now.
        within_secs: Option<i64>,
        /// What the work costs.
        #[serde(default)]
        cost: Money,
        /// What may come of it: at most one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outcomes: Vec<Outcome>,
    },
    /// Sends the lead's record to a system.
    Sync {
        /// Which.
        to: Name,
        /// What it gets.
        fields: Mapping,
        /// What may come of it: at most one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outcomes: Vec<Outcome>,
    },
    /// Changes a list and the audience of a system.
    Audience {
        /// The list.
        list: Name,
        /// Whether the lead is added (otherwise removed).
        add: bool,
        /// The system.
        to: Name,
    },
    /// Calls a system.
    Webhook {
        /// Which.
        to: Name,
        /// How.
        method: Method,
        /// Template of the address.
        url: String,
        /// What is sent.
        fields: Mapping,
        /// What may come of it: at most one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outcomes: Vec<Outcome>,
    },
    /// Makes an event happen.
    Emit {
        /// Which.
        event: Name,
        /// Its properties.
        with: BTreeMap<Name, Value>,
    },
    /// Enters another journey.
    Start {
        /// Which.
        journey: Name,
    },
    /// Goes on at `next`.
    Goto,
    /// Leaves.
    Exit {
        /// Why.
        reason: String,
    },
}

/// An arm of a branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arm {
    /// When it is taken.
    pub when: Condition,
    /// Where it leads.
    pub to: Target,
}

/// An arm of a split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitArm {
    /// Its name.
    pub name: Name,
    /// Its weight, as part of 100.
    pub weight: f64,
    /// Where it leads.
    pub to: Target,
}

impl Action {
    /// What may come of it.
    pub fn outcomes(&self) -> &[Outcome] {
        match self {
            Action::Task { outcomes, .. } | Action::Sync { outcomes, .. } | Action::Webhook { outcomes, .. } => {
                outcomes
            }
            Action::Send { .. }
            | Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::WaitFor { .. }
            | Action::Branch { .. }
            | Action::Split { .. }
            | Action::Set { .. }
            | Action::Score { .. }
            | Action::Stage { .. }
            | Action::List { .. }
            | Action::Topic { .. }
            | Action::Audience { .. }
            | Action::Emit { .. }
            | Action::Start { .. }
            | Action::Goto
            | Action::Exit { .. } => &[],
        }
    }
}

impl Step {
    /// Every edge that leaves the step, arms first. An `Exit` has none.
    pub fn edges(&self) -> Vec<&Target> {
        match &self.action {
            Action::Exit { .. } => Vec::new(),
            Action::WaitFor { timeout, .. } => vec![&self.next, timeout],
            Action::Branch { arms, .. } => arms.iter().map(|arm| &arm.to).chain([&self.next]).collect(),
            Action::Split { arms } => arms.iter().map(|arm| &arm.to).collect(),
            Action::Send { .. }
            | Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::Set { .. }
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
            | Action::Goto => vec![&self.next],
        }
    }

    /// The same edges, to be led elsewhere.
    pub fn edges_mut(&mut self) -> Vec<&mut Target> {
        match &mut self.action {
            Action::Exit { .. } => Vec::new(),
            Action::WaitFor { timeout, .. } => vec![&mut self.next, timeout],
            Action::Branch { arms, .. } => arms.iter_mut().map(|arm| &mut arm.to).chain([&mut self.next]).collect(),
            Action::Split { arms } => arms.iter_mut().map(|arm| &mut arm.to).collect(),
            Action::Send { .. }
            | Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::Set { .. }
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
            | Action::Goto => vec![&mut self.next],
        }
    }
}
