//! By what a log shows which arm of a split a lead took: what some arms send and others do not.
//!
//! In: compiled journeys. Out: for each split, of what is sent the arms that send it. Never: a lead.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Arm, Journey, Step};

/// A split, and what tells its arms apart.
#[derive(Debug)]
pub struct Signs {
    /// Its journey.
    pub journey: usize,
    /// Its step.
    pub step: usize,
    /// Of each step of the journey that sends and that some arms lead to, but not all: these arms.
    pub steps: BTreeMap<usize, BTreeSet<usize>>,
    /// Of what in this journey only such steps send: their arms.
    pub contents: BTreeMap<usize, BTreeSet<usize>>,
    /// The part of it that nothing else in the campaign sends.
    pub everywhere: BTreeMap<usize, BTreeSet<usize>>,
    /// Of each arm, what it sends as soon as it is taken, if it does.
    pub first: Vec<Option<usize>>,
    /// Of each arm, its weight.
    pub weights: Vec<f64>,
}

/// The splits of the campaign's journeys with more than one arm that somebody takes.
pub fn signs(journeys: &[Journey]) -> Vec<Signs> {
    let places = journeys.iter().enumerate().flat_map(|(number, journey)| {
        let sends = journey.steps.iter().filter_map(|step| sends(step).map(|content| (content, number)));
        sends.collect::<Vec<_>>()
    });
    let mut senders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    places.for_each(|(content, journey)| {
        senders.entry(content).or_default().insert(journey);
    });
    let mut all = Vec::new();
    for (number, journey) in journeys.iter().enumerate() {
        for (at, step) in journey.steps.iter().enumerate() {
            if let Action::Split { arms, .. } = &step.action
                && arms.iter().filter(|arm| arm.weight > 0.0).count() > 1
            {
                all.push(of_split(journey, (number, at), arms, &senders));
            }
        }
    }
    all
}

fn of_split(
    journey: &Journey,
    (number, at): (usize, usize),
    arms: &[Arm],
    senders: &BTreeMap<usize, BTreeSet<usize>>,
) -> Signs {
    let reached: Vec<BTreeSet<usize>> = arms.iter().map(|arm| reached(journey, arm.to, at)).collect();
    let (mut steps, mut contents) = (BTreeMap::new(), BTreeMap::<usize, BTreeSet<usize>>::new());
    let mut shared = BTreeSet::new();
    for (step, content) in journey.steps.iter().enumerate().filter_map(|(step, of)| Some((step, sends(of)?))) {
        let arms: BTreeSet<usize> = (0..arms.len()).filter(|arm| reached[*arm].contains(&step)).collect();
        if arms.is_empty() || arms.len() == reached.len() {
            shared.insert(content);
            continue;
        }
        contents.entry(content).or_default().extend(&arms);
        steps.insert(step, arms);
    }
    contents.retain(|content, arms| !shared.contains(content) && arms.len() < reached.len());
    let everywhere = contents
        .iter()
        .filter(|(content, _)| senders.get(content).is_some_and(|journeys| *journeys == BTreeSet::from([number])))
        .map(|(content, arms)| (*content, arms.clone()))
        .collect();
    let first = arms.iter().map(|arm| sent_at_once(journey, arm.to)).collect();
    let weights = arms.iter().map(|arm| arm.weight).collect();
    Signs { journey: number, step: at, steps, contents, everywhere, first, weights }
}

fn sends(step: &Step) -> Option<usize> {
    match step.action {
        Action::Send { content, .. } => Some(content),
        _ => None,
    }
}

/// Steps that an arm leads to without coming to the split again.
fn reached(journey: &Journey, first: Option<usize>, split: usize) -> BTreeSet<usize> {
    let (mut reached, mut open) = (BTreeSet::new(), Vec::from_iter(first));
    while let Some(at) = open.pop() {
        if at == split || !reached.insert(at) {
            continue;
        }
        let step = &journey.steps[at];
        match &step.action {
            Action::Exit { .. } => continue,
            Action::Branch { arms } => open.extend(arms.iter().filter_map(|(_, to)| *to)),
            Action::Split { arms, .. } => open.extend(arms.iter().filter_map(|arm| arm.to)),
            Action::WaitFor { timeout, .. } => open.extend(*timeout),
            Action::Send { .. }
            | Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::Change(_)
            | Action::Make(_)
            | Action::Goto => {}
        }
        open.extend(step.next);
    }
    reached
}

/// What is sent before anything is waited for or asked.
fn sent_at_once(journey: &Journey, first: Option<usize>) -> Option<usize> {
    let (mut at, mut left) = (first, journey.steps.len());
    while let Some(step) = at.map(|at| &journey.steps[at]).filter(|_| left > 0) {
        left -= 1;
        match &step.action {
            Action::Send { content, .. } => return Some(*content),
            Action::Change(_) | Action::Make(_) | Action::Goto => at = step.next,
            _ => return None,
        }
    }
    None
}
