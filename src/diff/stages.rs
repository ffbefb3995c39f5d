//! Stages of leads before and after, where moves between them are made otherwise: in which two a lead may be at once.
//!
//! In: both campaigns in one world. Out: pairs of stages, and that a lead is in no others. Never: when a move is made.

use std::collections::BTreeSet;

use super::model::Who;
use super::worlds::{Side, Worlds, all, past, truth};
use crate::ir::expr::Cmp;
use crate::ir::journey::Action;
use crate::ir::{Campaign, Condition, Expr, Move, Name, Value};

impl Worlds<'_> {
    /// The stages in which a lead may be before and after, where they are not the same: the two ends of a move that is made
    /// otherwise, and where a lead comes to from there by the moves of that side.
    pub(super) fn stages_moved(&self) -> BTreeSet<(Name, Name)> {
        let moves = |campaign: &Campaign| campaign.lifecycle.clone().map_or_else(Vec::new, |lifecycle| lifecycle.moves);
        let (before, after) = (moves(self.before), moves(self.after));
        let asks = |side, one: &Move| -> Vec<Expr> {
            one.when.iter().chain(&one.filter).map(|condition| self.expr(side, &condition.expr)).collect()
        };
        let is_tracked = |one: &Move| one.event.as_ref().is_some_and(|event| self.tracked_otherwise(event).is_some());
        let is_same = |old: &Move, new: &Move| {
            old == new && asks(Side::Before, old) == asks(Side::After, new) && !is_tracked(new)
        };
        let gone: Vec<&Move> = before.iter().filter(|old| !after.iter().any(|new| is_same(old, new))).collect();
        let new: Vec<&Move> = after.iter().filter(|new| !before.iter().any(|old| is_same(old, new))).collect();
        // Pairs of stages, before and after: those in which the side after has gone on, and those in which that before has.
        let (mut ahead, mut behind) = (BTreeSet::new(), BTreeSet::new());
        let mut fewer: Vec<&Move> = gone.clone();
        for one in new {
            let old = fewer.iter().position(|old| is_it(old, one)).map(|at| fewer.remove(at));
            let who = old.map_or(Who::Wider, |old| self.moves_compared(old, one));
            if matches!(who, Who::Wider | Who::Different | Who::Unknown) {
                ahead.insert((one.from.clone(), one.to.clone()));
            }
            if matches!(who, Who::Narrower | Who::Different | Who::Unknown) {
                behind.insert((one.to.clone(), one.from.clone()));
            }
        }
        behind.extend(fewer.into_iter().map(|old| (old.to.clone(), old.from.clone())));
        for (campaign, other, is_after) in [(self.before, self.after, false), (self.after, self.before, true)] {
            for (from, to) in stage_steps(campaign).difference(&stage_steps(other)) {
                if is_after {
                    ahead.insert((from.clone(), to.clone()));
                } else {
                    behind.insert((to.clone(), from.clone()));
                }
            }
        }
        // Who comes to a stage on one side only goes on from there.
        let mut found = self.parted(&before, &after);
        found.extend(gone_on(&ahead, &stage_edges(self.after)));
        let turned = |pairs: BTreeSet<(Name, Name)>| pairs.into_iter().map(|(one, other)| (other, one)).collect();
        let back: BTreeSet<(Name, Name)> = turned(gone_on(&turned(behind), &stage_edges(self.before)));
        found.extend(back);
        found
    }

    /// The stages of those who go one way before and another one after, with all that they come to from there: new leads,
    /// where another stage is the first, and those for whom two moves from one stage apply at once, of which the first in
    /// order is made.
    fn parted(&self, before: &[Move], after: &[Move]) -> BTreeSet<(Name, Name)> {
        let mut apart: BTreeSet<(Name, Name)> = BTreeSet::new();
        let first = |campaign: &Campaign| campaign.lifecycle.as_ref().and_then(|of| of.stages.first().cloned());
        apart.extend(first(self.before).zip(first(self.after)).filter(|(was, is)| was != is));
        let place = |one: &Move| {
            let same = after.iter().position(|other| one == other);
            same.or_else(|| after.iter().position(|other| is_it(one, other)))
        };
        for (at, one) in before.iter().enumerate() {
            for two in before.iter().skip(at + 1).filter(|two| two.from == one.from && two.to != one.to) {
                let is_turned = place(one).zip(place(two)).is_some_and(|(one, two)| one > two);
                if is_turned && self.apply_at_once(one, two) {
                    apart.insert((one.to.clone(), two.to.clone()));
                }
            }
        }
        let mut found = BTreeSet::new();
        for (was, is) in apart {
            let (old, new) = (reached(&was, &stage_edges(self.before)), reached(&is, &stage_edges(self.after)));
            let pairs = old.iter().flat_map(|was| new.iter().map(move |is| (was.clone(), is.clone())));
            found.extend(pairs.filter(|(was, is)| was != is));
        }
        found
    }

    /// Whether there may be a lead for whom two moves of before apply in the same moment.
    fn apply_at_once(&self, one: &Move, two: &Move) -> bool {
        if one.event.is_some() && two.event.is_some() && one.event != two.event {
            return false;
        }
        let asked = [one, two].into_iter().flat_map(|each| each.when.iter().chain(&each.filter));
        let asked = asked.map(|condition| self.expr(Side::Before, &condition.expr)).collect();
        let event = one.event.as_ref().or(two.event.as_ref());
        self.compare(None, &truth(false), &all(asked), event).who != Who::Same
    }

    /// Whether a move between the same stages is made by more leads, or fewer.
    fn moves_compared(&self, old: &Move, new: &Move) -> Who {
        let of = |side, condition: &Option<Condition>| {
            condition.as_ref().map_or_else(|| truth(true), |condition| self.expr(side, &condition.expr))
        };
        let when = self.compare(None, &of(Side::Before, &old.when), &of(Side::After, &new.when), None);
        let filters =
            self.compare(None, &of(Side::Before, &old.filter), &of(Side::After, &new.filter), new.event.as_ref());
        let pause = match (old.after_secs.unwrap_or(0), new.after_secs.unwrap_or(0)) {
            (was, is) if is < was => Who::Wider,
            (was, is) if is > was => Who::Narrower,
            _ => Who::Same,
        };
        let tracked = new.event.as_ref().and_then(|event| Some(self.tracked_otherwise(event)?.recorded(event).0));
        when.who.and(filters.who).and(pause).and(tracked.unwrap_or(Who::Same))
    }

    /// That a lead is in the same stage before and after, but where a move is made otherwise.
    pub(super) fn stages_known(&self, before: &Expr, after: &Expr) -> Option<Expr> {
        let was = Expr::Field { name: past("stage") };
        let mut asks = false;
        let mut look = |part: &Expr| asks |= *part == Expr::Stage || *part == was;
        [before, after].into_iter().for_each(|expr| expr.visit(&mut look));
        let stages = self.before.lifecycle.as_ref().filter(|_| asks)?.stages.iter();
        let is = |of: &Expr, stage: &Name| Expr::compare(of.clone(), Cmp::Eq, Value::Text(stage.clone()));
        let pair = |from: &Name, to: &Name| Expr::All { of: vec![is(&was, from), is(&Expr::Stage, to)] };
        let moved = self.differing.moved.iter().map(|(from, to)| pair(from, to));
        Some(Expr::Any { of: stages.map(|stage| pair(stage, stage)).chain(moved).collect() })
    }
}

/// Whether two moves lead between the same stages, by the same event.
fn is_it(one: &Move, other: &Move) -> bool {
    (&one.from, &one.to, &one.event) == (&other.from, &other.to, &other.event)
}

/// A stage, and those to which leads come from it.
fn reached(from: &Name, edges: &BTreeSet<(Name, Name)>) -> BTreeSet<Name> {
    let start = BTreeSet::from([(String::new(), from.clone())]);
    gone_on(&start, edges).into_iter().map(|(_, to)| to).collect()
}

/// The pairs in which the second stage has gone on by some moves, as long as it is not the first.
fn gone_on(pairs: &BTreeSet<(Name, Name)>, edges: &BTreeSet<(Name, Name)>) -> BTreeSet<(Name, Name)> {
    let mut found = pairs.clone();
    let mut open: Vec<(Name, Name)> = pairs.iter().cloned().collect();
    while let Some((stays, at)) = open.pop() {
        for (_, to) in edges.iter().filter(|(from, to)| *from == at && *to != stays) {
            let pair = (stays.clone(), to.clone());
            if found.insert(pair.clone()) {
                open.push(pair);
            }
        }
    }
    found
}

/// From which stage leads move to which.
fn stage_edges(campaign: &Campaign) -> BTreeSet<(Name, Name)> {
    let moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
    moves.map(|one| (one.from.clone(), one.to.clone())).collect()
}

/// By stage that a step gives, the stages from which a lead may have come.
fn stage_steps(campaign: &Campaign) -> BTreeSet<(Name, Name)> {
    let stages = campaign.lifecycle.as_ref().map_or(&[][..], |lifecycle| &lifecycle.stages);
    let steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let given = steps.filter_map(|step| match &step.action {
        Action::Stage { stage } => Some(stage),
        _ => None,
    });
    given.flat_map(|to| stages.iter().map(move |from| (from.clone(), to.clone()))).collect()
}
