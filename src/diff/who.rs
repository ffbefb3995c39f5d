//! Who is reached: who is let in, who is taken out, which way they go, who may be sent something.
//!
//! Conditions are held against each other by implication, with a lead that makes the difference.

use std::collections::BTreeSet;

use super::both::{Both, Pool, entry_event, reachable, sends, topic};
use super::model::{Axis, Fact, Person, Who};
use super::permission;
use super::ways::{self, decides};
use super::worlds::{Compared, Side, Worlds, all, truth};
use crate::ir::journey::{Action, EntryBy, Journey, SplitArm, Step, Target};
use crate::ir::print::duration;
use crate::ir::{Condition, Expr, Name};

/// Finds out who is reached, and who is let in.
pub(super) fn who(both: &Both<'_>) -> (Axis<Who>, Who) {
    let mut found = Found::default();
    let let_in = entry(both, &mut found);
    exits(both, &mut found);
    steps(both, &mut found);
    consents(both, &mut found);
    for (who, says) in permission::who(both) {
        found.say(who, Fact::new(says));
    }
    (found.0, let_in)
}

/// Who is reached by a journey that only one side has.
pub(super) fn whole(worlds: &Worlds<'_>, side: Side, name: &Name, journey: &Journey) -> Axis<Who> {
    let entry = worlds.entry(side, journey);
    let (none, event) = (truth(false), entry_event(journey));
    let compared = match side {
        Side::Before => worlds.compare(None, &entry, &none, event),
        Side::After => worlds.compare(None, &none, &entry, event),
    };
    let lets_in = crate::plan::entry_words(&journey.entry);
    let says = match side {
        Side::Before => format!("nobody enters any more; until now: {lets_in}"),
        Side::After => format!("leads enter by {lets_in}"),
    };
    // A journey that only others start has no condition of its own.
    let starters = starts(worlds, side, name);
    let says = if starters.is_empty() { says } else { format!("{says}; started by {}", starters.join(", ")) };
    Axis { value: compared.who, facts: vec![Fact::new(says).with(compared.leads)] }
}

#[derive(Default)]
struct Found(Axis<Who>);

impl Found {
    fn say(&mut self, who: Who, fact: Fact) {
        self.0.value = self.0.value.and(who);
        self.0.facts.push(fact);
    }

    /// What a comparison says, if it says something; `of` is whom it is about.
    fn compared(&mut self, compared: Compared, at: Option<&str>, of: &str) {
        if compared.who == Who::Same {
            return;
        }
        let says = match compared.who {
            Who::Same => return,
            Who::Narrower => format!("fewer {of}"),
            Who::Wider => format!("more {of}"),
            Who::Different => format!("other {of}"),
            Who::Unknown => format!("it could not be decided whether others {of}"),
        };
        let fact = at.map_or_else(|| Fact::new(says.clone()), |step| Fact::at(step, says.clone()));
        self.say(compared.who, fact.with(compared.leads));
    }
}

/// Who is let in; gives back who is by the rule of the journey itself.
fn entry(both: &Both<'_>, found: &mut Found) -> Who {
    by_itself(both, found);
    let let_in = found.0.value;
    if let Some(event) = entry_event(both.after).filter(|event| both.worlds.is_made_otherwise(event)) {
        found.say(Who::Different, Fact::new(format!("steps make `{event}` otherwise, which lets leads in")));
    }
    let (old, new) = (starts(both.worlds, Side::Before, both.name), starts(both.worlds, Side::After, both.name));
    for step in new.iter().filter(|step| !old.contains(step)) {
        found.say(Who::Wider, Fact::new(format!("{step} starts it as well")));
    }
    for step in old.iter().filter(|step| !new.contains(step)) {
        found.say(Who::Narrower, Fact::new(format!("{step} starts it no longer")));
    }
    let_in
}

/// Who comes in by the event, the segment or the schedule of the journey.
fn by_itself(both: &Both<'_>, found: &mut Found) {
    let (before, after) = (&both.before.entry, &both.after.entry);
    let by = |side| both.worlds.entry(side, both.journey(side));
    match (&before.by, &after.by) {
        (EntryBy::Event { event, .. }, EntryBy::Event { event: other, .. }) if event != other => {
            found.say(Who::Different, Fact::new(format!("leads enter by `{other}`, no longer by `{event}`")));
        }
        (EntryBy::Event { .. }, EntryBy::Event { .. })
        | (EntryBy::Segment { .. }, EntryBy::Segment { .. })
        | (EntryBy::Schedule { .. }, EntryBy::Schedule { .. })
        | (EntryBy::Called, EntryBy::Called) => {
            let compared = both.worlds.compare(None, &by(Side::Before), &by(Side::After), entry_event(both.after));
            found.compared(compared, None, "leads enter");
        }
        (
            EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called,
            EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called,
        ) => {
            let words = crate::plan::entry_words;
            let says = format!("leads enter by {}, no longer by {}", words(after), words(before));
            found.say(Who::Different, Fact::new(says));
        }
    }
    if let (EntryBy::Segment { existing: was, .. }, EntryBy::Segment { existing: is, .. }) = (&before.by, &after.by)
        && was != is
    {
        let (who, says) = match is {
            true => (Who::Wider, "members at launch enter as well"),
            false => (Who::Narrower, "members at launch do not enter any more"),
        };
        found.say(who, Fact::new(says));
    }
    ends(both, found);
}

fn ends(both: &Both<'_>, found: &mut Found) {
    let (before, after) = (&both.before.ends, &both.after.ends);
    if before == after {
        return;
    }
    // Local times of the project sort as texts do.
    let later = match (before, after) {
        (Some(before), Some(after)) => after > before,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let words = |ends: &Option<String>| {
        ends.as_ref().map_or("for ever".to_owned(), |at| format!("until {}", at.replace('T', " ")))
    };
    let says = format!("leads enter {}, before {}", words(after), words(before));
    found.say(if later { Who::Wider } else { Who::Narrower }, Fact::new(says));
}

/// Steps that start a journey.
fn starts(worlds: &Worlds<'_>, side: Side, name: &Name) -> Vec<String> {
    let mut found = Vec::new();
    for (other, journey) in &worlds.campaign(side).journeys {
        for step in &journey.steps {
            if matches!(&step.action, Action::Start { journey } if journey == name) {
                found.push(format!("`{}` of `{other}`", step.id));
            }
        }
    }
    found
}

/// Who is taken out.
fn exits(both: &Both<'_>, found: &mut Found) {
    let of = |side: Side, condition: Option<&Condition>| {
        condition.map_or_else(|| truth(false), |condition| both.worlds.expr(side, &condition.expr))
    };
    let conditions = |journey: &'_ Journey| -> [Option<Condition>; 2] {
        [journey.exit_when.clone(), journey.goal.as_ref().map(|goal| goal.when.clone())]
    };
    let (before, after) = (conditions(both.before), conditions(both.after));
    let pool = both.pool();
    for ((before, after), why) in before.iter().zip(&after).zip(["by `exit_when`", "by the goal"]) {
        let (before, after) = (of(Side::Before, before.as_ref()), of(Side::After, after.as_ref()));
        let compared = both.worlds.compare(Some(&pool), &before, &after, None);
        // Who leaves is reached no longer.
        let who = match compared.who {
            Who::Wider => Who::Narrower,
            Who::Narrower => Who::Wider,
            Who::Same | Who::Different | Who::Unknown => compared.who,
        };
        if who != Who::Same {
            let says = match compared.who {
                Who::Same | Who::Different => format!("others leave {why}"),
                Who::Wider => format!("more leads leave {why}"),
                Who::Narrower => format!("fewer leads leave {why}"),
                Who::Unknown => format!("it could not be decided who leaves {why}"),
            };
            // A lead that newly leaves is one that newly is not reached.
            let turned = |person: &Person| Person { newly: person.newly.other(), lead: person.lead.clone() };
            found.say(who, Fact::new(says).with(compared.leads.iter().map(turned).collect()));
        }
    }
    let within = |journey: &Journey| journey.goal.as_ref().and_then(|goal| goal.within_secs);
    if both.before.goal.is_some() && both.after.goal.is_some() && within(both.before) != within(both.after) {
        let (old, new) = (within(both.before).unwrap_or(i64::MAX), within(both.after).unwrap_or(i64::MAX));
        let words = |secs: i64| if secs == i64::MAX { "any time".to_owned() } else { duration(secs) };
        let says = format!("leads leave by the goal within {}, before within {}", words(new), words(old));
        found.say(if new < old { Who::Wider } else { Who::Narrower }, Fact::new(says));
    }
}

/// Which way leads go.
fn steps(both: &Both<'_>, found: &mut Found) {
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
            (Action::Send { content: old, .. }, Action::Send { content: new, .. }) if old != new => {
                let says = format!("newly gets `{new}`, no longer `{old}`");
                found.say(Who::Different, Fact::at(&after.id, says));
            }
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
    topics(both, found);
    unreached(both, found);
}

fn named(target: &Target) -> String {
    target.as_ref().map_or("the end".to_owned(), |id| format!("`{id}`"))
}

/// Arms of a branch: who comes to what, the arms in any order.
fn branch(both: &Both<'_>, pool: &Pool<'_>, before: &Step, after: &Step, found: &mut Found) {
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
    let mut facts = Vec::new();
    for target in targets {
        let compared = both.worlds.compare(Some(pool), &comes_to(&old, target), &comes_to(&new, target), None);
        let says = match compared.who {
            Who::Same => continue,
            Who::Different => format!("others go to {}", named(target)),
            Who::Narrower => format!("fewer leads go to {}", named(target)),
            Who::Wider => format!("more leads go to {}", named(target)),
            Who::Unknown => format!("it could not be decided who goes to {}", named(target)),
        };
        // What one arm gains another loses: for the journey as a whole it is others.
        let who = if compared.who == Who::Unknown { Who::Unknown } else { Who::Different };
        facts.push((Some(target) == otherwise, who, Fact::at(&after.id, says).with(compared.leads)));
    }
    // The rest follows from what is said of the arms.
    let is_rest = facts.iter().all(|(is_rest, _, _)| *is_rest);
    for (_, who, fact) in facts.into_iter().filter(|(rest, _, _)| !rest || is_rest) {
        found.say(who, fact);
    }
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
    let mut moved = 0.0;
    let mut words = Vec::new();
    for name in names {
        let (old, new) = (share(before, name).unwrap_or(0.0), share(after, name).unwrap_or(0.0));
        if old != new {
            moved += (new - old).abs() / 2.0;
            words.push(format!("`{name}` {old} % → {new} %"));
        }
    }
    if !words.is_empty() {
        let says = format!("{}: {moved} of 100 leads go another way", words.join(", "));
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
        let of = |side, condition: &Option<Condition>, otherwise: bool| {
            condition.as_ref().map_or_else(|| truth(otherwise), |condition| both.worlds.expr(side, &condition.expr))
        };
        let filters =
            both.worlds.compare(None, &of(Side::Before, one, true), &of(Side::After, two, true), new.as_ref());
        found.compared(filters, Some(&after.id), "events end the wait");
        let whens = both.worlds.compare(Some(pool), &of(Side::Before, was, false), &of(Side::After, is, false), None);
        found.compared(whens, Some(&after.id), "leads need not wait");
    }
    if let Some(event) = new.as_ref().filter(|event| old == new && both.worlds.is_made_otherwise(event)) {
        found.say(Who::Different, Fact::at(&after.id, format!("steps make `{event}` otherwise, for which leads wait")));
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

/// Subscriptions that steps change.
fn topics(both: &Both<'_>, found: &mut Found) {
    let of = |step: &Step| match &step.action {
        Action::Topic { topic, subscribe } => Some((topic.clone(), *subscribe)),
        _ => None,
    };
    let words = |topic: &Name, subscribe: bool| match subscribe {
        true => format!("subscribes leads to `{topic}`"),
        false => format!("unsubscribes leads from `{topic}`"),
    };
    for step in &both.after.steps {
        let old = both.before.step(&step.id).and_then(of);
        if let Some((topic, subscribe)) = of(step).filter(|new| old.as_ref() != Some(new)) {
            let who = if subscribe { Who::Wider } else { Who::Narrower };
            found.say(who, Fact::at(&step.id, format!("newly {}", words(&topic, subscribe))));
        }
    }
    for step in &both.before.steps {
        let new = both.after.step(&step.id).and_then(of);
        if let Some((topic, subscribe)) = of(step).filter(|old| new.as_ref() != Some(old)) {
            let who = if subscribe { Who::Narrower } else { Who::Wider };
            found.say(who, Fact::at(&step.id, format!("no longer {}", words(&topic, subscribe))));
        }
    }
}

/// Mails of both that can be come to on one side only.
fn unreached(both: &Both<'_>, found: &mut Found) {
    let reached = |journey| -> BTreeSet<&str> { reachable(journey, &[&journey.first]) };
    let (old, new) = (reached(both.before), reached(both.after));
    for (before, after) in both.shared() {
        let (Some(_), Some(content)) = (sends(before), sends(after)) else { continue };
        let id = after.id.as_str();
        match (old.contains(id), new.contains(id)) {
            (true, false) => found.say(Who::Narrower, Fact::at(id, format!("nobody comes to `{content}` any more"))),
            (false, true) => found.say(Who::Wider, Fact::at(id, format!("leads now come to `{content}`"))),
            (true, true) | (false, false) => {}
        }
    }
}

/// Who may be sent something, by topic.
fn consents(both: &Both<'_>, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (before, after) in both.shared() {
        let (Some(old), Some(new)) = (sends(before), sends(after)) else { continue };
        let (Some(was), Some(is)) = (topic(both.campaign(Side::Before), old), topic(both.campaign(Side::After), new))
        else {
            continue;
        };
        if !seen.insert((was, is)) {
            continue;
        }
        let compared = both.worlds.compare(
            None,
            &both.worlds.may_get(Side::Before, was),
            &both.worlds.may_get(Side::After, is),
            None,
        );
        found.compared(compared, Some(&after.id), &format!("leads may be sent mail on `{is}`"));
    }
}
