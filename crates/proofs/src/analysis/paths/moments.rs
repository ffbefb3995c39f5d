//! Moments that are past when leads come to them.
//!
//! In: the paths of a journey. Out: [`PastMoment`]s. Never: dates whose value may change between two waits.

use std::collections::{BTreeSet, VecDeque};

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::Walk;
use crate::ir::expr::Expr;
use crate::ir::journey::{Action, EntryBy, Moment};

/// Seconds of a day on a clock that nobody sets.
const DAY: i64 = 86_400;

/// A moment that is past when leads come to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastMoment {
    /// A wait until a moment that is before another one.
    Wait {
        /// The step.
        step: usize,
        /// What is later.
        later: Later,
    },
    /// The journey ends before its one moment of entry.
    Ends {
        /// When it ends.
        ends: String,
        /// When leads would enter.
        entry: String,
    },
    /// The one moment of entry is before the first day of a simulation.
    Entry {
        /// When leads would enter.
        entry: String,
        /// The first day of a simulation.
        start: String,
    },
}

/// What comes later than the moment of a wait behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Later {
    /// The moment of an earlier wait, that of this step.
    Step(usize),
    /// The moment of entry.
    Entry(String),
    /// The first day of a simulation.
    Start(String),
}

/// The moment of a wait, as far as it can be held against others.
enum Until<'c> {
    /// Local civil time.
    At(DateTime),
    /// Near a date whose value stays: seconds from it on, and the minute of that day.
    Near { of: &'c Expr, offset_secs: i64, minute: Option<u16> },
}

impl Until<'_> {
    /// Whether it is before another one, whatever the dates are. A moment with a minute lies on the day of the date and its
    /// seconds together, which begins less than a day before these and ends less than a day after.
    fn is_before(&self, other: &Until<'_>) -> bool {
        match (self, other) {
            (Until::At(at), Until::At(later)) => at < later,
            (
                Until::Near { of, offset_secs: secs, minute },
                Until::Near { of: same, offset_secs: later_secs, minute: later },
            ) if of == same => match (minute, later) {
                (None, None) => secs < later_secs,
                (Some(minute), Some(later)) if minute < later => secs <= later_secs,
                _ => secs + DAY <= *later_secs,
            },
            _ => false,
        }
    }
}

impl<'c> Walk<'c> {
    pub(super) fn past_moments(&self) -> Vec<PastMoment> {
        let entry = match &self.journey.entry.by {
            EntryBy::Schedule { moment, .. } => once(moment),
            EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Called => None,
        };
        let ends = self.journey.ends.as_ref().and_then(|ends| Some((ends.parse::<DateTime>().ok()?, ends)));
        let start = self.campaign.settings.simulation.start.as_ref();
        let start = start.and_then(|start| Some((start.parse::<Date>().ok()?.to_datetime(Default::default()), start)));
        // A journey that has ended is kept to be read: nothing is past in it that was not past before.
        if ends.zip(start).is_some_and(|((ends, _), (start, _))| ends <= start) {
            return ends.zip(entry).into_iter().filter_map(|(ends, entry)| ends_before(ends, entry)).collect();
        }
        let mut found: Vec<PastMoment> =
            ends.zip(entry).and_then(|(ends, entry)| ends_before(ends, entry)).into_iter().collect();
        if let Some(((at, entry), (first, start))) = entry.zip(start)
            && is_before_anywhere(at, first)
        {
            found.push(PastMoment::Entry { entry: entry.to_owned(), start: start.clone() });
            return found; // nobody comes to what is behind it
        }
        let waits: Vec<(usize, Until<'c>)> =
            self.reached().filter_map(|step| Some((step, self.until(&self.journey.steps[step].action)?))).collect();
        for (step, until) in &waits {
            let before = waits.iter().rev().find(|(before, later)| {
                before != step && until.is_before(later) && self.is_always_between(*before, *step)
            });
            let later = match (before, until, entry, start) {
                (Some((before, _)), ..) => Later::Step(*before),
                (None, Until::At(at), Some((then, entry)), _) if then > *at => Later::Entry(entry.to_owned()),
                (None, Until::At(at), _, Some((first, start))) if is_before_anywhere(*at, first) => {
                    Later::Start(start.clone())
                }
                _ => continue,
            };
            found.push(PastMoment::Wait { step: *step, later });
        }
        found
    }

    /// The moment until which a step waits.
    fn until(&self, action: &'c Action) -> Option<Until<'c>> {
        match action {
            Action::WaitUntil { moment, .. } => once(moment).map(|(at, _)| Until::At(at)),
            Action::WaitUntilDate { of, offset_secs, minute } if self.stays(of) => {
                Some(Until::Near { of, offset_secs: *offset_secs, minute: *minute })
            }
            _ => None,
        }
    }

    /// Whether an expression has one value for as long as a lead is in the journey.
    fn stays(&self, expr: &Expr) -> bool {
        let mut stays = true;
        expr.visit(&mut |expr| {
            stays &= match expr {
                Expr::EntryProperty { .. } | Expr::Const { .. } => true,
                Expr::Field { name } => !self.written.fields.contains(name),
                _ => false,
            };
        });
        stays
    }

    /// Whether every path from the entry to `step` passes `before`.
    fn is_always_between(&self, before: usize, step: usize) -> bool {
        let first = self.journey.first.as_ref().and_then(|id| self.journey.steps.iter().position(|of| of.id == *id));
        let Some(first) = first.filter(|first| *first != before) else { return true };
        let (mut seen, mut open) = (BTreeSet::from([first]), VecDeque::from([first]));
        while let Some(number) = open.pop_front() {
            if number == step {
                return false;
            }
            let next = self.edges[number].iter().map(|(to, _)| *to).filter(|to| *to != before);
            open.extend(next.filter(|to| seen.insert(*to)));
        }
        true
    }
}

/// A moment that comes once, as a civil time and as it is written.
fn once(moment: &Moment) -> Option<(DateTime, &str)> {
    match moment {
        Moment::Once { at } => at.parse().ok().map(|parsed| (parsed, at.as_str())),
        Moment::Daily { .. } | Moment::Weekly { .. } | Moment::Monthly { .. } | Moment::Working { .. } => None,
    }
}

/// That a journey ends before its one moment of entry, if so.
fn ends_before((ends, text): (DateTime, &String), (at, entry): (DateTime, &str)) -> Option<PastMoment> {
    is_before_anywhere(ends, at).then(|| PastMoment::Ends { ends: text.clone(), entry: entry.to_owned() })
}

/// Whether a moment by one clock is over before another comes by another clock, in whatever zones they are: 26 hours lie
/// between the first zone and the last.
fn is_before_anywhere(earlier: DateTime, later: DateTime) -> bool {
    earlier.checked_add(26.hours()).is_ok_and(|last| last < later)
}
