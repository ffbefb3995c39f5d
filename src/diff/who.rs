//! Who is reached: who is let in, who is taken out, which way they go, who may be sent something.
//!
//! Conditions are held against each other by implication, with a lead that makes the difference.

use super::both::{Both, sends};
use super::differing::Direction;
use super::model::{Axis, Fact, Person, Who};
use super::worlds::{Compared, Side, Worlds, all, truth};
use super::{forks, letters, pages, permission, rivals};
use crate::ir::journey::{Action, EntryBy, Journey};
use crate::ir::print::duration;
use crate::ir::{Condition, Expr, Name};

/// Finds out who is reached, and who is let in.
pub(super) fn who(both: &Both<'_>) -> (Axis<Who>, Who) {
    let mut found = Found::default();
    let let_in = entry(both, &mut found);
    exits(both, &mut found);
    steps(both, &mut found);
    letters::consents(both, &mut found);
    letters::addresses(both, &mut found);
    for (who, fact) in permission::who(both).into_iter().chain(rivals::who(both)) {
        found.say(who, fact);
    }
    (found.0, let_in)
}

/// Who comes into a journey, leaves it, and goes which way, whatever is sent to whom; and who is let in by its own rule.
pub(super) fn goes(both: &Both<'_>) -> (Axis<Who>, Who) {
    let mut found = Found::default();
    let let_in = entry(both, &mut found);
    exits(both, &mut found);
    forks::branches(both, &mut found);
    (found.0, let_in)
}

/// Who is reached by a journey that only one side has.
pub(super) fn whole(worlds: &Worlds<'_>, side: Side, name: &Name, journey: &Journey) -> Axis<Who> {
    let entry = worlds.entry(side, journey);
    let (none, event) = (truth(false), journey.entry.by.event());
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
pub(super) struct Found(Axis<Who>);

impl Found {
    pub(super) fn say(&mut self, who: Who, fact: Fact) {
        self.0.value = self.0.value.and(who);
        self.0.facts.push(fact);
    }

    /// What a comparison says, if it says something; `of` is whom it is about.
    pub(super) fn compared(&mut self, compared: Compared, at: Option<&str>, of: &str) {
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

/// The event of those who lose interest or find it again.
pub(super) const ENGAGEMENT: &str = "engagement_changed";

/// Who is let in; gives back who is by the rule of the journey itself.
fn entry(both: &Both<'_>, found: &mut Found) -> Who {
    by_itself(both, found);
    let let_in = found.0.value;
    rows(both, found);
    pages::who(both, found);
    if let Some(event) = both.after.entry.by.event()
        && let Some(direction) = both.worlds.made_otherwise(event)
    {
        let (who, says) = match direction {
            Direction::More => (Who::Wider, format!("more steps make `{event}`, which lets leads in")),
            Direction::Fewer => (Who::Narrower, format!("fewer steps make `{event}`, which lets leads in")),
            Direction::Either => (Who::Different, format!("steps make `{event}` otherwise, which lets leads in")),
        };
        found.say(who, Fact::new(says));
    }
    if let EntryBy::Event { event, filter } = &both.after.entry.by
        && event == ENGAGEMENT
        && let Some((who, _, fact)) = permission::engagement(both, filter.as_ref())
    {
        found.say(who, fact);
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

/// Who comes in that could be no lead before.
fn rows(both: &Both<'_>, found: &mut Found) {
    let taken: Vec<Expr> = both.worlds.taken.iter().map(|(_, expr)| expr.clone()).collect();
    if taken.is_empty() || both.after.entry.by == EntryBy::Called {
        return;
    }
    let asked = all(vec![both.worlds.entry(Side::After, both.after), Expr::Any { of: taken }]);
    let compared = both.worlds.compare(None, &truth(false), &asked, both.after.entry.by.event());
    match compared.who {
        Who::Same | Who::Narrower => {}
        Who::Wider | Who::Different | Who::Unknown => {
            let says = "rows of leads that were refused are taken, and such leads enter";
            found.say(compared.who, Fact::new(says).with(compared.leads));
        }
    }
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
            let compared = both.worlds.compare(None, &by(Side::Before), &by(Side::After), both.after.entry.by.event());
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

/// Which way leads go, and what they get there.
fn steps(both: &Both<'_>, found: &mut Found) {
    forks::branches(both, found);
    for (before, after) in both.shared() {
        if let (Some(old), Some(new)) = (sends(before), sends(after))
            && old != new
        {
            found.say(Who::Different, Fact::at(&after.id, format!("newly gets `{new}`, no longer `{old}`")));
        }
    }
    letters::topics(both, found);
    letters::unreached(both, found);
}
