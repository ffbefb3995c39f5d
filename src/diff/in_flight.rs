//! What becomes of leads that are already inside: they stand on a step and wait, and the change meets them there.
//!
//! tabiji's own rule is that of its semantics: a lead stands on a step by the step's id. It goes on from there by the new
//! version. A step that is gone has nobody standing on it: such a lead leaves, unless a `moved` record says where the step
//! is now. What other systems do is in a data file (`targets`).

use std::collections::{BTreeMap, BTreeSet};

use super::both::{Both, reachable, sends};
use super::model::{Axis, Edit, Fact, InFlight, Who};
use super::timing::takes_time;
use super::worlds::Side;
use crate::ir::journey::{Action, Step};
use crate::ir::{Journey, Name};
use crate::plan::step_words;

/// Finds out what becomes of them: as a whole, and by the step on which they stand.
pub(super) fn in_flight(both: &Both<'_>) -> (Axis<InFlight>, BTreeMap<Name, InFlight>) {
    let mut found: Vec<(InFlight, Fact)> = Vec::new();
    let mut say = |value: InFlight, edit: Edit, fact: Fact| found.push((value, fact.of(value, edit)));
    for step in both.before.steps.iter().filter(|step| rests(step)) {
        match both.after.step(&step.id) {
            None => {
                let says =
                    format!("leads that stand here leave the journey: the step is gone ({})", step_words(&step.action));
                say(InFlight::Leaves, Edit::Removed, Fact::at(&step.id, says));
            }
            Some(after) => stays(both, step, after, &mut say),
        }
    }
    exits(both, &mut say);
    if both.before.entry.key != both.after.entry.key {
        say(
            InFlight::MayRepeat,
            Edit::Rewired,
            Fact::new("stays are told apart otherwise: who is inside may enter a second time"),
        );
    }
    found.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    let value = found.first().map_or(InFlight::None, |(value, _)| *value);
    let mut fates: BTreeMap<Name, InFlight> = BTreeMap::new();
    for (value, step) in found.iter().filter_map(|(value, fact)| Some((*value, fact.step.as_ref()?))) {
        let fate = fates.entry(step.clone()).or_default();
        *fate = value.max(*fate);
    }
    (Axis { value, facts: found.into_iter().map(|(_, fact)| fact).collect() }, fates)
}

/// What becomes of those in a journey that is gone.
pub(super) fn of_removed(journey: &Journey) -> Axis<InFlight> {
    if !journey.steps.iter().any(rests) {
        return Axis::default();
    }
    let gone = Fact::new("all leads inside leave: the journey is gone").of(InFlight::Leaves, Edit::Deleted);
    Axis { value: InFlight::Leaves, facts: vec![gone] }
}

/// Whether leads may stand on a step for a while: those that wait, and those whose mail is held.
pub(super) fn rests(step: &Step) -> bool {
    takes_time(&step.action) || matches!(step.action, Action::Send { .. })
}

/// A step that is still there.
fn stays(both: &Both<'_>, before: &Step, after: &Step, say: &mut impl FnMut(InFlight, Edit, Fact)) {
    let id = after.id.as_str();
    if takes_time(&before.action) && before.action != after.action {
        if takes_time(&after.action) {
            if without_edges(before) != without_edges(after) {
                let says = format!("leads that stand here go by the new rule: {}", step_words(&after.action));
                say(InFlight::FollowsNew, Edit::Retimed, Fact::at(id, says));
            }
        } else {
            let says = format!("leads that stand here go on at once: {}", step_words(&after.action));
            say(InFlight::FollowsNew, Edit::Retimed, Fact::at(id, says));
        }
    }
    let (repeated, missed) = (repeated(both, before, after), missed(both, before, after));
    if !repeated.is_empty() {
        let says = format!("leads that stand here may get {} a second time", listed(&repeated));
        say(InFlight::MayRepeat, Edit::Rewired, Fact::at(id, says));
    }
    if !missed.is_empty() && takes_time(&after.action) {
        let says = format!("leads that stand here have passed where {} is new, and do not get it", listed(&missed));
        say(InFlight::FollowsNew, Edit::Rewired, Fact::at(id, says));
    }
    if after.edges().is_empty() && !before.edges().is_empty() && !matches!(after.action, Action::Exit { .. }) {
        say(InFlight::Stuck, Edit::Rewired, Fact::at(id, "there is no way on from here"));
    }
    let newly = newly(both, before, after);
    if !newly.is_empty() && takes_time(&after.action) {
        let says = format!("leads that stand here come to {} as well", listed(&newly));
        say(InFlight::FollowsNew, Edit::Rewired, Fact::at(id, says));
    }
}

fn without_edges(step: &Step) -> Action {
    let mut step = step.clone();
    step.edges_mut().into_iter().for_each(|target| *target = None);
    step.action
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Steps on some way from the entry to this one, this one left out unless there is a way round.
fn passed<'j>(journey: &'j Journey, to: &str) -> BTreeSet<&'j str> {
    let all = reachable(journey, &[&journey.first]);
    all.into_iter()
        .filter(|id| {
            let Some(step) = journey.step(id) else { return false };
            reachable(journey, &step.edges()).contains(to)
        })
        .collect()
}

/// What some steps of a journey send.
fn contents(journey: &Journey, ids: &BTreeSet<&str>) -> BTreeSet<String> {
    journey.steps.iter().filter(|step| ids.contains(step.id.as_str())).filter_map(sends).cloned().collect()
}

/// Mails that lie ahead of a step, and those that lie behind it.
fn around(journey: &Journey, step: &Step) -> (BTreeSet<String>, BTreeSet<String>) {
    (contents(journey, &reachable(journey, &step.edges())), contents(journey, &passed(journey, &step.id)))
}

/// Mails that a lead on this step may have had, and that lie ahead of it now and did not before.
fn repeated(both: &Both<'_>, before: &Step, after: &Step) -> BTreeSet<String> {
    let ((was_ahead, had), (is_ahead, _)) = (around(both.before, before), around(both.after, after));
    had.intersection(&is_ahead).filter(|content| !was_ahead.contains(*content)).cloned().collect()
}

/// Mails that lie ahead of a lead on this step now, and lay nowhere on its way before.
fn newly(both: &Both<'_>, before: &Step, after: &Step) -> BTreeSet<String> {
    let ((was_ahead, had), (is_ahead, _)) = (around(both.before, before), around(both.after, after));
    is_ahead.into_iter().filter(|content| !was_ahead.contains(content) && !had.contains(content)).collect()
}

/// Mails that lie only behind this step now, and lay nowhere on the way before.
fn missed(both: &Both<'_>, before: &Step, after: &Step) -> BTreeSet<String> {
    let ((was_ahead, had), (is_ahead, behind)) = (around(both.before, before), around(both.after, after));
    let is_new =
        |content: &String| !is_ahead.contains(content) && !was_ahead.contains(content) && !had.contains(content);
    behind.into_iter().filter(is_new).collect()
}

/// Others leave by `exit_when` or the goal than did, by the very rules: what leads are like is no matter here.
fn exits(both: &Both<'_>, say: &mut impl FnMut(InFlight, Edit, Fact)) {
    let of = |side: Side, condition: Option<&crate::ir::Condition>| {
        condition.map_or_else(|| super::worlds::truth(false), |when| both.worlds.ruled(side, &when.expr))
    };
    let pool = both.pool();
    let pairs = [
        (both.before.exit_when.as_ref(), both.after.exit_when.as_ref(), "`exit_when`"),
        (both.before.goal.as_ref().map(|goal| &goal.when), both.after.goal.as_ref().map(|goal| &goal.when), "the goal"),
    ];
    for (before, after, why) in pairs {
        let compared = both.worlds.compare(Some(&pool), &of(Side::Before, before), &of(Side::After, after), None);
        match compared.who {
            Who::Same => {}
            Who::Narrower => {
                say(
                    InFlight::FollowsNew,
                    Edit::Exits,
                    Fact::new(format!("some leads inside stay who would have left by {why}")),
                );
            }
            Who::Wider | Who::Different | Who::Unknown => {
                let says =
                    format!("leads inside for whom {why} now holds leave at the next thing that happens to them");
                say(InFlight::Leaves, Edit::Exits, Fact::new(says));
            }
        }
    }
}
