//! Arms of splits as a log tells them: whoever got what one arm alone sends was in that arm.
//!
//! In: the timeline of a lead, and what the logs tell of sendings at all. Out: the arm, or the arms it was not. Never: a draw.

use std::collections::BTreeSet;

use super::engine::Engine;
use super::program::{Property, Signs};
use super::send::Gate;
use super::value::Slot;

/// A told sending that decides between the arms of a split.
#[derive(Clone, Debug)]
pub struct ToldArm {
    /// Number of the split among those of the program.
    split: usize,
    /// When it was sent.
    at: i64,
    /// What.
    content: usize,
    /// The arms that send it; all of them if it does not decide.
    arms: BTreeSet<usize>,
}

impl Engine<'_> {
    /// Finds what the timeline tells of arms from the lead's coming in on.
    pub(super) fn take_told_arms(&mut self) {
        let (program, now) = (self.program, self.now);
        if program.signs.is_empty() {
            return;
        }
        let mut found = Vec::new();
        for number in 0..self.lead.replay.events.len() {
            let told = &self.lead.replay.events[number];
            let (at, event) = (told.at, told.event);
            let Some(content) = told.content.filter(|_| at >= now) else { continue };
            let moments = program.channels[program.contents[content].channel].moments;
            if event != moments.sent && event != moments.delivered {
                continue;
            }
            for (split, signs) in program.signs.iter().enumerate() {
                let all = || signs.first.contains(&Some(content)).then(|| (0..signs.first.len()).collect());
                let Some(arms) = self.arms_of(signs, number, content).cloned().or_else(all) else { continue };
                found.push(ToldArm { split, at, content, arms });
            }
        }
        self.lead.replay.told_arms = found;
    }

    /// The arms that a told sending may belong to; `None` if it does not decide.
    fn arms_of<'p>(&self, signs: &'p Signs, number: usize, content: usize) -> Option<&'p BTreeSet<usize>> {
        let journey = &self.program.journeys[signs.journey];
        let named = |property: &Property| match self.told_property(number, property) {
            Some(Slot::Sym(sym)) => Some(*sym),
            _ => None,
        };
        match (named(&Property::Journey), named(&Property::Step)) {
            (Some(of), _) if of != journey.sym => None,
            (Some(_), Some(step)) => signs.steps.get(&journey.steps.iter().position(|each| each.sym == step)?),
            (Some(_), None) => signs.contents.get(&content),
            (None, _) => signs.everywhere.get(&content),
        }
    }

    /// What is told of a split.
    fn told_of(&self, journey: usize, step: usize) -> impl DoubleEndedIterator<Item = &ToldArm> {
        let split = self.program.signs.iter().position(|signs| (signs.journey, signs.step) == (journey, step));
        self.lead.replay.told_arms.iter().filter(move |told| Some(told.split) == split)
    }

    /// The arm of a split that the log tells: by the next sending that decides; for the first instance of the journey by any.
    pub(super) fn told_arm(&self, journey: usize, step: usize, instance: u64) -> Option<usize> {
        if self.lead.replay.told_arms.is_empty() {
            return None;
        }
        let of = || self.told_of(journey, step).filter(|told| told.arms.len() == 1);
        let next = of().find(|told| told.at >= self.now);
        next.or_else(|| of().next_back().filter(|_| instance == 1))?.arms.first().copied()
    }

    /// Of each arm of a split, whether the log rules it out: it does not send what is told next, or begins with something
    /// that may be sent to the lead now, and that the log tells as sent to others, but not to this lead. `None` if it rules
    /// out none, or all that leads take.
    pub(super) fn untold_arms(&self, journey: usize, step: usize) -> Option<Vec<bool>> {
        let program = self.program;
        if !self.lead.replay.told() || self.now > program.told_until {
            return None;
        }
        let signs = program.signs.iter().find(|signs| (signs.journey, signs.step) == (journey, step))?;
        let told = || self.told_of(journey, step).filter(|told| told.at >= self.now);
        let next = told().find(|told| told.arms.len() < signs.weights.len());
        let is_untold = |content: usize| {
            program.told_contents.contains(&content)
                && told().all(|told| told.content != content)
                && !matches!(self.closed(content), Some(Gate::Skip(..)))
        };
        let out = signs
            .first
            .iter()
            .enumerate()
            .map(|(arm, first)| next.is_some_and(|next| !next.arms.contains(&arm)) || first.is_some_and(is_untold));
        let out: Vec<bool> = out.collect();
        let mut taken = signs.weights.iter().zip(&out);
        let is_left = taken.any(|(weight, out)| *weight > 0.0 && !out);
        (is_left && out.contains(&true)).then_some(out)
    }
}
