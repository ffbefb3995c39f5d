//! A journey as it was gone through: its steps, the ways between them, and how many took each.
//!
//! In: the figures of a journey and its plan. Out: numbers and names, for drawings, tables and text alike. Never: a place
//! on a page.

use crate::backend::sim::{JourneyFigures, LeftFigures, Named, Skip, StepFigures};
use crate::ir::Campaign;
use crate::ir::journey::{Action, Journey, Step, Target};
use crate::plan::{entry_words, step_words};

/// A journey and how it was gone through.
pub(super) struct Flow<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its name for people.
    pub(super) label: Option<&'a str>,
    /// Its figures.
    pub(super) figures: &'a JourneyFigures,
    /// The entry, the steps but for mere jumps, the end.
    pub(super) nodes: Vec<Node<'a>>,
    /// The ways between them.
    pub(super) edges: Vec<Edge<'a>>,
}

/// What kind of thing happens at a place of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    Send,
    Wait,
    Choice,
    Change,
    Outside,
    Exit,
    End,
}

impl Kind {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Entry => "entry",
            Kind::Send => "send",
            Kind::Wait => "wait",
            Kind::Choice => "choice",
            Kind::Change => "change",
            Kind::Outside => "outside",
            Kind::Exit => "exit",
            Kind::End => "end",
        }
    }
}

/// A place of a journey.
pub(super) struct Node<'a> {
    pub(super) kind: Kind,
    /// The step's id; empty for entry and end.
    pub(super) id: &'a str,
    /// Name for people.
    pub(super) title: String,
    /// What it does.
    pub(super) about: String,
    /// How often it was reached.
    pub(super) reached: u64,
    /// Who was there and did not leave by one of its ways.
    pub(super) left: LeftFigures,
    /// What was sent.
    pub(super) sent: u64,
    /// What was not sent, by reason.
    pub(super) skipped: Vec<(Skip, u64)>,
    /// Seconds from the entry of the middle one that came here, if times were taken.
    pub(super) median_secs: Option<u64>,
}

/// A way between two places.
pub(super) struct Edge<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How many took it.
    pub(super) count: u64,
    /// When it is taken; empty where there is but one way.
    pub(super) words: std::borrow::Cow<'a, str>,
}

/// All journeys, in the order in which they are tried.
pub(super) fn flows<'a>(figures: &'a crate::backend::sim::Figures, campaign: &'a Campaign) -> Vec<Flow<'a>> {
    let journeys = figures.journeys.iter();
    journeys.filter_map(|(name, counted)| Some(flow(name, campaign.journeys.get(name)?, counted, campaign))).collect()
}

/// One journey.
pub(super) fn flow<'a>(
    name: &'a str,
    journey: &'a Journey,
    figures: &'a JourneyFigures,
    campaign: &'a Campaign,
) -> Flow<'a> {
    let kept: Vec<(&Step, &StepFigures)> = journey
        .steps
        .iter()
        .filter(|step| !matches!(step.action, Action::Goto))
        .filter_map(|step| Some((step, figures.steps.get(&step.id)?)))
        .collect();
    let mut nodes = vec![entry(journey, figures)];
    nodes.extend(kept.iter().map(|(step, counted)| node(step, counted, campaign)));
    let end = nodes.len();
    nodes.push(Node { reached: figures.completed, title: "end of the journey".to_owned(), ..blank(Kind::End) });
    let place = |target: &Target| match landing(journey, target) {
        Some(id) => kept.iter().position(|(step, _)| step.id == id).map_or(end, |at| at + 1),
        None => end,
    };
    let began = figures.entered.saturating_sub(nodes[0].left.all());
    let mut edges = vec![Edge { from: 0, to: place(&journey.first), count: began, words: "".into() }];
    for (at, (step, counted)) in kept.iter().enumerate() {
        let ways = ways(step, counted);
        edges.extend(ways.into_iter().map(|(to, count, words)| Edge { from: at + 1, to: place(to), count, words }));
    }
    // Where every path ends in an `exit`, nothing leads to the end.
    if !edges.iter().any(|edge| edge.to == end) {
        nodes.pop();
    }
    Flow { name, label: journey.label.as_deref().filter(|label| *label != name), figures, nodes, edges }
}

fn blank<'a>(kind: Kind) -> Node<'a> {
    Node {
        kind,
        id: "",
        title: String::new(),
        about: String::new(),
        reached: 0,
        left: LeftFigures::default(),
        sent: 0,
        skipped: Vec::new(),
        median_secs: None,
    }
}

fn entry<'a>(journey: &Journey, figures: &JourneyFigures) -> Node<'a> {
    // Those who left at no step left on entering.
    let at_steps = |of: fn(&LeftFigures) -> u64| figures.steps.iter().map(|(_, step)| of(&step.left)).sum::<u64>();
    let on_entering = |(part, all): (&str, &u64)| {
        let at_steps = figures.steps.iter().filter_map(|(_, step)| step.left.exit_when_by.get(part)).sum();
        (part.to_owned(), all.saturating_sub(at_steps))
    };
    Node {
        title: "entered".to_owned(),
        about: entry_words(&journey.entry),
        reached: figures.entered,
        left: LeftFigures {
            exit_when: figures.exit_when.saturating_sub(at_steps(|left| left.exit_when)),
            exit_when_by: Named(figures.exit_when_by.iter().map(on_entering).collect()),
            goal: figures.goal.saturating_sub(at_steps(|left| left.goal)),
            running: 0,
        },
        ..blank(Kind::Entry)
    }
}

fn node<'a>(step: &'a Step, counted: &StepFigures, campaign: &Campaign) -> Node<'a> {
    let content = |name: &str| {
        let email = campaign.emails.get(name).and_then(|email| email.label.clone());
        email.or_else(|| campaign.messages.get(name).and_then(|message| message.label.clone()))
    };
    let (kind, own) = match &step.action {
        Action::Send { content: name, .. } => (Kind::Send, content(name)),
        Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::WaitFor { .. } => (Kind::Wait, None),
        Action::Branch { .. } | Action::Split { .. } => (Kind::Choice, None),
        Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto => (Kind::Change, None),
        Action::Task { .. } | Action::Sync { .. } | Action::Audience { .. } | Action::Webhook { .. } => {
            (Kind::Outside, None)
        }
        Action::Exit { .. } => (Kind::Exit, None),
    };
    let about = match &step.action {
        Action::Branch { .. } | Action::Split { .. } => String::new(),
        Action::Exit { reason } => reason.clone(),
        action => step_words(action),
    };
    Node {
        kind,
        id: &step.id,
        title: step.label.clone().or(own).unwrap_or_else(|| step.id.clone()),
        about,
        reached: counted.reached,
        left: counted.left.clone(),
        sent: counted.sent,
        skipped: counted
            .skipped
            .iter()
            .filter(|(_, number)| **number > 0)
            .map(|(skip, number)| (*skip, *number))
            .collect(),
        median_secs: super::figure::Spread::of(&counted.reached_after).median,
    }
}

/// The step to which a way leads behind mere jumps; `None` for the end.
fn landing<'a>(journey: &'a Journey, target: &'a Target) -> Option<&'a str> {
    let mut at = target.as_deref()?;
    // A circle of jumps is no step.
    for _ in 0..=journey.steps.len() {
        match journey.step(at) {
            Some(Step { action: Action::Goto, next, .. }) => at = next.as_deref()?,
            Some(_) => return Some(at),
            None => return None,
        }
    }
    None
}

type Way<'a> = (&'a Target, u64, std::borrow::Cow<'a, str>);

/// The ways from a step, each with how many took it.
fn ways<'a>(step: &'a Step, counted: &StepFigures) -> Vec<Way<'a>> {
    let way = |name: &str| counted.ways.get(name).copied().unwrap_or(0);
    match &step.action {
        Action::Exit { .. } => Vec::new(),
        Action::WaitFor { timeout, .. } => {
            vec![(&step.next, way("heard"), "it came".into()), (timeout, way("timeout"), "time ran out".into())]
        }
        Action::Branch { arms, .. } => {
            let arms = arms.iter().enumerate();
            let arms = arms.map(|(at, arm)| (&arm.to, way(&(at + 1).to_string()), arm.when.said().into()));
            arms.chain([(&step.next, way("else"), "else".into())]).collect()
        }
        Action::Split { arms } => {
            let taken = |arm: &str| counted.arms.get(arm).copied().unwrap_or(0);
            arms.iter()
                .map(|arm| (&arm.to, taken(&arm.name), format!("{} {} %", arm.name, arm.weight).into()))
                .collect()
        }
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
        | Action::Goto => vec![(&step.next, counted.reached.saturating_sub(counted.left.all()), "".into())],
    }
}
