//! Which way leads go in a journey: by branches, splits, and what they wait for.
//!
//! In: a journey on both sides. Out: what is found, added to [`Found`]. Never: who comes in or leaves (`who`), what is sent
//! to whom (`letters`).

use std::collections::BTreeSet;

use super::both::{Both, Pool, reachable, sends};
use super::model::{Fact, Who};
use super::permission;
use super::ways::{self, decides};
use super::who::{ENGAGEMENT, Found};
use super::worlds::{Compared, Side, all, truth};
use crate::ir::journey::{Action, SplitArm, Step, Target};
use crate::ir::{Condition, Expr, Journey, Name};

/// Which way leads go.
pub(super) fn branches(both: &Both<'_>, found: &mut Found) {
    let pool = both.pool();
    for step in both.added().filter(|step| decides(step)) {
        let says = format!("new: {}; who goes which way is decided here", crate::plan::step_words(&step.action));
        found.say(Who::Different, Fact::at(&step.id, says));
    }
    for step in both.removed().filter(|step| decides(step)) {
        let says = format!("gone: {}; nobody is told apart here any more", crate::plan::step_words(&step.action));
        found.say(Who::Different, Fact::at(&step.id, says));
    }
    for (before, after) in both.shared() {
        match (&before.action, &after.action) {
            (Action::Branch { .. }, Action::Branch { .. }) => branch(both, &pool, before, after, found),
            (Action::Split { arms: old }, Action::Split { arms: new }) => split(both, after, old, new, found),
            (Action::WaitFor { .. }, Action::WaitFor { .. }) => waits(both, &pool, before, after, found),
            (old, new)
                if std::mem::discriminant(old) != std::mem::discriminant(new)
                    && (decides(before) || decides(after)) =>
            {
                let words = crate::plan::step_words;
                found.say(Who::Different, Fact::at(&after.id, format!("{} instead of {}", words(new), words(old))));
            }
            _ => {}
        }
    }
    for (who, fact) in ways::who(both) {
        found.say(who, fact);
    }
}

fn named(target: &Target) -> String {
    target.as_ref().map_or("the end".to_owned(), |id| format!("`{id}`"))
}

/// Who comes to what from a branch: by target, with whether it is where the rest goes, as against before.
pub(super) fn arms_compared(
    both: &Both<'_>,
    pool: &Pool<'_>,
    before: &Step,
    after: &Step,
) -> Vec<(Target, bool, Compared)> {
    let (mut old, new) = (arms(both, Side::Before, before), arms(both, Side::After, after));
    // Where the same steps only stand in another order an arm leads where it led.
    let (edges, others) = (before.edges(), after.edges());
    if edges.len() == others.len() {
        for (at, (edge, other)) in edges.into_iter().zip(others).enumerate() {
            if let (Some(old), Some(new)) = (old.get_mut(at), new.get(at))
                && ways::is_one_way(both, edge, other)
            {
                old.0.clone_from(&new.0);
            }
        }
    }
    let mut targets: Vec<&Target> = Vec::new();
    for (target, _) in new.iter().chain(&old) {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let comes_to = |arms: &[(Target, Expr)], target: &Target| {
        let asked: Vec<Expr> = arms.iter().filter(|(to, _)| to == target).map(|(_, asked)| asked.clone()).collect();
        if asked.is_empty() { truth(false) } else { Expr::Any { of: asked } }
    };
    let otherwise = new.last().map(|(target, _)| target);
    let compared =
        |target: &Target| both.worlds.compare(Some(pool), &comes_to(&old, target), &comes_to(&new, target), None);
    targets.into_iter().map(|target| (target.clone(), Some(target) == otherwise, compared(target))).collect()
}

/// Arms of a branch: who comes to what, the arms in any order.
fn branch(both: &Both<'_>, pool: &Pool<'_>, before: &Step, after: &Step, found: &mut Found) {
    let mut facts = Vec::new();
    for (target, is_rest, compared) in arms_compared(both, pool, before, after) {
        let says = match compared.who {
            Who::Same => continue,
            Who::Different => format!("others go to {}", named(&target)),
            Who::Narrower => format!("fewer leads go to {}", named(&target)),
            Who::Wider => format!("more leads go to {}", named(&target)),
            Who::Unknown => format!("it could not be decided who goes to {}", named(&target)),
        };
        // What one arm gains another loses: for the journey as a whole it is others.
        let who = if compared.who == Who::Unknown { Who::Unknown } else { Who::Different };
        facts.push((is_rest, who, Fact::at(&after.id, says).with(compared.leads)));
    }
    // The rest follows from what is said of the arms; who gets something there is told all the same.
    let is_rest = facts.iter().all(|(is_rest, _, _)| *is_rest) || rest_is_told(both, after);
    for (_, who, fact) in facts.into_iter().filter(|(rest, _, _)| !rest || is_rest) {
        found.say(who, fact);
    }
}

/// Whether those who take no arm of a branch are sent something, or others get something of them, to which no arm leads.
fn rest_is_told(both: &Both<'_>, step: &Step) -> bool {
    let mut edges = step.edges();
    let Some(rest) = edges.pop() else { return false };
    let by_arms = reachable(both.after, &edges);
    let own = |step: &&Step| !by_arms.contains(step.id.as_str());
    let ahead = reachable(both.after, &[rest]);
    let mut steps = both.after.steps.iter().filter(|step| ahead.contains(step.id.as_str())).filter(own);
    steps.any(|step| sends(step).is_some() || super::export::goes_out(step))
}

/// Where the arms of a branch lead, the last for all others, with who takes them.
fn arms(both: &Both<'_>, side: Side, step: &Step) -> Vec<(Target, Expr)> {
    let Some(Action::Branch { arms, .. }) = both.journey(side).step(&step.id).map(|step| &step.action) else {
        return Vec::new();
    };
    let count = |journey: &Journey| journey.step(&step.id).map_or(0, |step| step.edges().len());
    // An arm more leads to its own first step, even if that is new.
    let is_one_more = count(both.before) != count(both.after);
    let leads_to = |target| if is_one_more { Target::clone(target) } else { both.destination(side, target) };
    let mut before: Vec<Expr> = Vec::new();
    let mut found = Vec::new();
    for arm in arms {
        let asked = both.worlds.expr(side, &arm.when.expr);
        found.push((leads_to(&arm.to), all(before.iter().cloned().chain([asked.clone()]).collect())));
        before.push(Expr::Not { of: Box::new(asked) });
    }
    let rest = both.journey(side).step(&step.id).and_then(|step| step.edges().last().copied());
    found.extend(rest.map(|target| (leads_to(target), all(before))));
    found
}

/// Arms of a split: their shares.
fn split(both: &Both<'_>, step: &Step, before: &[SplitArm], after: &[SplitArm], found: &mut Found) {
    let share = |arms: &[SplitArm], name: &Name| arms.iter().find(|arm| arm.name == *name).map(|arm| arm.weight);
    let names: BTreeSet<&Name> = before.iter().chain(after).map(|arm| &arm.name).collect();
    let mut words = Vec::new();
    for name in names {
        let (old, new) = (share(before, name).unwrap_or(0.0), share(after, name).unwrap_or(0.0));
        if old != new {
            words.push(format!("`{name}` {old} % → {new} %"));
        }
    }
    if !words.is_empty() {
        let says = format!("{}: {} of 100 leads go another way", words.join(", "), percent(moved(before, after)));
        found.say(Who::Different, Fact::at(&step.id, says));
    }
    for arm in after {
        let Some(old) = before.iter().find(|old| old.name == arm.name) else { continue };
        let ends = |side: Side, name: &Name| {
            let step = both.journey(side).step(&step.id)?;
            let Action::Split { arms } = &step.action else { return None };
            arms.iter().find(|arm| arm.name == *name).map(|arm| both.destination(side, &arm.to))
        };
        let (was, is) = (ends(Side::Before, &old.name), ends(Side::After, &arm.name));
        if was != is {
            let (was, is) = (named(&was.flatten()), named(&is.flatten()));
            found.say(Who::Different, Fact::at(&step.id, format!("arm `{}` leads to {is} instead of {was}", arm.name)));
        }
    }
}

/// The part of leads that take another arm, 0 to 1. Arms are drawn as in a race of exponential variates, each divided by
/// the weight of its arm and the same on both sides: so an arm wins twice with the chance 1 / Σ max(w / w_arm, v / v_arm)
/// over all arms, w being the weights before and v those after.
fn moved(before: &[SplitArm], after: &[SplitArm]) -> f64 {
    let weight = |arms: &[SplitArm], name: &Name| {
        arms.iter().find(|arm| arm.name == *name).map_or(0.0, |arm| arm.weight.max(0.0))
    };
    let names: BTreeSet<&Name> = before.iter().chain(after).map(|arm| &arm.name).collect();
    let stays = |arm: &&Name| {
        let (old, new) = (weight(before, arm), weight(after, arm));
        if old == 0.0 || new == 0.0 {
            return 0.0;
        }
        1.0 / names.iter().map(|other| (weight(before, other) / old).max(weight(after, other) / new)).sum::<f64>()
    };
    (1.0 - names.iter().map(stays).sum::<f64>()).clamp(0.0, 1.0)
}

/// As part of 100, with one digit behind the point where it needs it.
fn percent(part: f64) -> String {
    let text = format!("{:.1}", part * 100.0);
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Which events end a wait for the same event, and for whom a condition ends it, as against before.
fn ends_compared(
    both: &Both<'_>,
    pool: &Pool<'_>,
    event: Option<&Name>,
    filters: [&Option<Condition>; 2],
    whens: [&Option<Condition>; 2],
) -> [Compared; 2] {
    let of = |side, condition: &Option<Condition>, otherwise: bool| {
        condition.as_ref().map_or_else(|| truth(otherwise), |condition| both.worlds.expr(side, &condition.expr))
    };
    let compare = |pool, [before, after]: [&Option<Condition>; 2], otherwise, event| {
        both.worlds.compare(pool, &of(Side::Before, before, otherwise), &of(Side::After, after, otherwise), event)
    };
    [compare(None, filters, true, event), compare(Some(pool), whens, false, None)]
}

/// Whether two waits for something differ in nothing but how their conditions are written.
pub(super) fn waits_alike(both: &Both<'_>, before: &Action, after: &Action) -> bool {
    let (
        Action::WaitFor { event: old, filter: one, when: was, within: long, .. },
        Action::WaitFor { event: new, filter: two, when: is, within, .. },
    ) = (before, after)
    else {
        return false;
    };
    let compared = || ends_compared(both, &both.pool(), new.as_ref(), [one, two], [was, is]);
    old == new && long == within && compared().iter().all(|compared| compared.who == Who::Same)
}

/// Who goes on from a wait for something, and who runs out of time.
fn waits(both: &Both<'_>, pool: &Pool<'_>, before: &Step, after: &Step, found: &mut Found) {
    let (
        Action::WaitFor { event: old, filter: one, when: was, .. },
        Action::WaitFor { event: new, filter: two, when: is, .. },
    ) = (&before.action, &after.action)
    else {
        return;
    };
    if old != new {
        let name = |event: &Option<Name>| event.as_ref().map_or("a condition".to_owned(), |event| format!("`{event}`"));
        let says = format!("waits for {} instead of {}", name(new), name(old));
        found.say(Who::Different, Fact::at(&after.id, says));
    } else {
        let [filters, whens] = ends_compared(both, pool, new.as_ref(), [one, two], [was, is]);
        found.compared(filters, Some(&after.id), "events end the wait");
        found.compared(whens, Some(&after.id), "leads need not wait");
    }
    if old == new
        && new.as_deref() == Some(ENGAGEMENT)
        && let Some((who, _, fact)) = permission::engagement(both, two.as_ref())
    {
        found.say(who, Fact { step: Some(after.id.clone()), ..fact });
    }
    if let Some(event) = new.as_ref().filter(|event| old == new && both.worlds.made_otherwise(event).is_some()) {
        found.say(Who::Different, Fact::at(&after.id, format!("steps make `{event}` otherwise, for which leads wait")));
    }
    if let Some((event, direction)) = new
        .as_ref()
        .filter(|_| old == new)
        .and_then(|event| both.worlds.tracked_otherwise(event).map(|direction| (event, direction)))
    {
        let (who, says) = direction.recorded(event);
        found.say(who, Fact::at(&after.id, format!("{says}, for which leads wait")));
    }
    if decides(before) || decides(after) {
        let edges = |side: Side| both.journey(side).step(&after.id).map_or_else(Vec::new, Step::edges);
        let pairs = edges(Side::Before).into_iter().zip(edges(Side::After));
        for ((old, new), what) in pairs.zip(["", " when the time is over"]) {
            let (was, is) = (both.destination(Side::Before, old), both.destination(Side::After, new));
            if was != is && !ways::is_one_way(both, old, new) {
                let says = format!("leads go on at {} instead of {}{what}", named(&is), named(&was));
                found.say(Who::Different, Fact::at(&after.id, says));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::chance::{draw, key, lead_key, rendezvous};

    fn arms(weights: &[(&str, f64)]) -> Vec<SplitArm> {
        let arm = |(name, weight): &(&str, f64)| SplitArm { name: (*name).to_owned(), weight: *weight, to: None };
        weights.iter().map(arm).collect()
    }

    /// Draws of many leads, each the same for an arm on both sides.
    fn drawn(before: &[SplitArm], after: &[SplitArm]) -> f64 {
        const LEADS: u64 = 100_000;
        let unit = |lead: u64, arm: &Name| draw(lead_key(1, &lead.to_string()), key(&[arm]), 0);
        let taken = |arms: &[SplitArm], lead: u64| {
            let at = rendezvous(arms.iter().map(|arm| (arm.weight, unit(lead, &arm.name))));
            at.map(|at| arms[at].name.clone())
        };
        (0..LEADS).filter(|lead| taken(before, *lead) != taken(after, *lead)).count() as f64 / LEADS as f64
    }

    #[test]
    fn as_many_go_another_way_as_the_draws_say() {
        for (before, after) in [
            (&[("a", 40.0), ("b", 40.0), ("c", 20.0)][..], &[("a", 20.0), ("b", 40.0), ("c", 40.0)][..]),
            (&[("a", 50.0), ("b", 50.0)], &[("a", 90.0), ("b", 10.0)]),
            (&[("a", 40.0), ("b", 60.0)], &[("aa", 40.0), ("b", 60.0)]),
            (&[("a", 25.0), ("b", 25.0), ("c", 50.0)], &[("a", 50.0), ("b", 25.0), ("c", 25.0)]),
            (&[("a", 100.0)], &[("a", 70.0), ("b", 20.0), ("c", 10.0)]),
        ] {
            let (before, after) = (arms(before), arms(after));
            let (told, drawn) = (moved(&before, &after), drawn(&before, &after));
            assert!((told - drawn).abs() < 0.006, "{before:?} {after:?}: {told}, drawn {drawn}");
        }
    }
}
