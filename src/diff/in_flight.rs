//! What becomes of leads that are already inside: they stand on a step and wait, and the change meets them there.
//!
//! tabiji's own rule is that of its semantics: a lead stands on a step by the step's id. It goes on from there by the new
//! version. A step that is gone has nobody standing on it: such a lead leaves, unless a `moved` record says where the step
//! is now. What other systems do is in a data file (`targets`).

use std::collections::{BTreeMap, BTreeSet};

use super::both::{Both, reachable, sends};
use super::forks;
use super::model::{Axis, Edit, Fact, InFlight, Who};
use super::timing::takes_time;
use super::worlds::{Side, Worlds};
use crate::analysis::flood;
use crate::ir::journey::{Action, Step};
use crate::ir::{Again, Campaign, Journey, MailLimit, Migration, Name};
use crate::plan::step_words;

/// Finds out what becomes of them: as a whole, and by the step on which they stand.
pub(super) fn in_flight(both: &Both<'_>) -> (Axis<InFlight>, BTreeMap<Name, InFlight>) {
    let mut found: Vec<(InFlight, Fact)> = Vec::new();
    let mut say = |value: InFlight, edit: Edit, fact: Fact| found.push((value, fact.of(value, edit)));
    let rules = Rules::of(both.worlds, both.name);
    let mut told = Vec::new();
    for step in both.before.steps.iter().filter(|step| rests(both.campaign(Side::Before), step)) {
        let is_edited = both.after.step(&step.id) != Some(step);
        if let Some(rule) = rules.at(&step.id).filter(|_| is_edited) {
            told.push(by_rule(both.after, step, rule));
            continue;
        }
        match both.after.step(&step.id) {
            None if both.worlds.elsewhere.contains_key(&(both.name.clone(), step.id.clone())) => {
                goes_elsewhere(both, step, &mut say);
            }
            None => {
                let says =
                    format!("leads that stand here leave the journey: the step is gone ({})", step_words(&step.action));
                say(InFlight::Leaves, Edit::Removed, Fact::at(&step.id, says));
            }
            Some(after) => stays(both, step, after, &mut say),
        }
    }
    if rules.whole != Some(&Migration::FinishOnOld) {
        exits(both, &mut say);
    }
    if both.before.entry.key != both.after.entry.key {
        say(
            InFlight::MayRepeat,
            Edit::Rewired,
            Fact::new("stays are told apart otherwise: who is inside may enter a second time"),
        );
    }
    found.extend(told);
    found.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    let value = found.first().map_or(InFlight::None, |(value, _)| *value);
    let mut fates: BTreeMap<Name, InFlight> = BTreeMap::new();
    for (value, step) in found.iter().filter_map(|(value, fact)| Some((*value, fact.step.as_ref()?))) {
        let fate = fates.entry(step.clone()).or_default();
        *fate = value.max(*fate);
    }
    (Axis { value, facts: found.into_iter().map(|(_, fact)| fact).collect() }, fates)
}

/// What a project says of leads inside a journey, where it says so for this change.
struct Rules<'c> {
    /// Of all its steps.
    whole: Option<&'c Migration>,
    /// Of single steps, by address.
    steps: BTreeMap<&'c str, &'c Migration>,
}

impl<'c> Rules<'c> {
    fn of(worlds: &Worlds<'c>, journey: &Name) -> Rules<'c> {
        let own = format!("journeys.{journey}");
        let steps = format!("{own}.steps.");
        // What was said for an earlier change has been done.
        let is_new = |(at, rule): &(&String, &Migration)| worlds.before.migrate.get(*at) != Some(*rule);
        let new: Vec<(&String, &Migration)> = worlds.after.migrate.iter().filter(is_new).collect();
        Rules {
            whole: new.iter().find(|(at, _)| **at == own).map(|(_, rule)| *rule),
            steps: new.iter().filter_map(|(at, rule)| Some((at.strip_prefix(&steps)?, *rule))).collect(),
        }
    }

    fn at(&self, step: &str) -> Option<&'c Migration> {
        self.steps.get(step).copied().or(self.whole)
    }
}

/// What becomes of leads on a step by the project's own rule, which holds wherever the journey is run.
fn by_rule(after: &Journey, step: &Step, rule: &Migration) -> (InFlight, Fact) {
    let (fate, says) = match rule {
        Migration::To(to) if after.step(to).is_none() => {
            (InFlight::Stuck, format!("leads that stand here are sent to `{to}`, which is not there (`migrate`)"))
        }
        Migration::To(to) => (InFlight::FollowsNew, format!("leads that stand here go on at `{to}` (`migrate`)")),
        Migration::Exit => (InFlight::Leaves, "leads that stand here leave the journey (`migrate`)".to_owned()),
        Migration::FinishOnOld => {
            (InFlight::None, "leads that stand here go through the old version to its end (`migrate`)".to_owned())
        }
    };
    (fate, Fact { fate: Some(fate), ..Fact::at(&step.id, says) })
}

/// What becomes of those in a journey that is gone.
pub(super) fn of_removed(worlds: &Worlds<'_>, name: &Name, journey: &Journey) -> Axis<InFlight> {
    if !journey.steps.iter().any(|step| rests(worlds.before, step)) {
        return Axis::default();
    }
    if Rules::of(worlds, name).whole == Some(&Migration::FinishOnOld) {
        let says = "leads inside go through the old version to its end (`migrate`)";
        return Axis { value: InFlight::None, facts: vec![Fact::new(says)] };
    }
    let gone = Fact::new("all leads inside leave: the journey is gone").of(InFlight::Leaves, Edit::Deleted);
    Axis { value: InFlight::Leaves, facts: vec![gone] }
}

/// A step that is in another journey now: the lead goes on there.
fn goes_elsewhere(both: &Both<'_>, step: &Step, say: &mut impl FnMut(InFlight, Edit, Fact)) {
    let Some((journey, to)) = both.worlds.elsewhere.get(&(both.name.clone(), step.id.clone())) else { return };
    let place = format!("`{to}` of `{journey}`");
    let there = both.worlds.after.journeys.get(journey);
    let Some((there, now)) = there.and_then(|there| Some((there, there.step(to)?))) else {
        let says = format!("leads that stand here are sent to {place}, which is not there");
        return say(InFlight::Stuck, Edit::Removed, Fact::at(&step.id, says));
    };
    let (was_ahead, had) = around(both.before, step);
    let (is_ahead, _) = around(there, now);
    let repeated: BTreeSet<String> = had.intersection(&is_ahead).cloned().collect();
    let repeated = may_come_again(both, repeated);
    if !repeated.is_empty() {
        let says = format!("leads that stand here go on at {place} and may get {} a second time", listed(&repeated));
        return say(InFlight::MayRepeat, Edit::Removed, Fact::at(&step.id, says));
    }
    let lost: BTreeSet<String> = was_ahead.difference(&is_ahead).cloned().collect();
    let more: BTreeSet<String> = is_ahead.difference(&was_ahead).cloned().collect();
    let mut says = format!("leads that stand here go on at {place}");
    if !more.is_empty() {
        says.push_str(&format!(", where they come to {}", listed(&more)));
    }
    if !lost.is_empty() {
        says.push_str(&format!(" and no longer to {}", listed(&lost)));
    }
    say(InFlight::FollowsNew, Edit::Removed, Fact::at(&step.id, says));
}

/// Whether leads may stand on a step for a while: those that wait, and those whose mail is held.
pub(super) fn rests(campaign: &Campaign, step: &Step) -> bool {
    match &step.action {
        Action::Send { content, max_hold_secs, .. } => may_be_held(campaign, content, *max_hold_secs),
        action => takes_time(action),
    }
}

/// Whether a mail may have to wait: for the end of quiet hours, a frequency rule, or the sender's quota.
fn may_be_held(campaign: &Campaign, content: &Name, max_hold_secs: Option<i64>) -> bool {
    let policies = &campaign.policies;
    if max_hold_secs.unwrap_or(policies.max_hold_secs) <= 0 {
        return false;
    }
    let email = campaign.emails.get(content);
    let sender = email.and_then(|email| campaign.senders.get(&email.sender));
    let topic = campaign.topic_of(content).and_then(|topic| campaign.topics.get(topic));
    let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
    let mut delays = policies.frequency.iter().chain(own).filter(|rule| rule.delay);
    let is_quiet = policies.quiet_hours.is_some() || campaign.channels.values().any(|of| of.quiet_hours.is_some());
    sender.is_some_and(|sender| sender.quota.is_some())
        || topic.is_some_and(crate::ir::Topic::is_marketing) && is_quiet
        || delays.any(|rule| flood::counts(campaign, content, &MailLimit::from(rule)))
}

/// A step that is still there.
fn stays(both: &Both<'_>, before: &Step, after: &Step, say: &mut impl FnMut(InFlight, Edit, Fact)) {
    let id = after.id.as_str();
    if takes_time(&before.action) && before.action != after.action {
        if takes_time(&after.action) {
            if without_edges(before) != without_edges(after) && !forks::waits_alike(both, &before.action, &after.action)
            {
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
    let lost = lost(both, before, after);
    if !lost.is_empty() {
        let says = format!("leads that stand here no longer come to {}", listed(&lost));
        say(InFlight::FollowsNew, Edit::Rewired, Fact::at(id, says));
    }
    let again = waits_again(both, before, after);
    if !again.is_empty() {
        let says = format!("leads that stand here wait once more at {}", listed(&again));
        say(InFlight::FollowsNew, Edit::Rewired, Fact::at(id, says));
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
    let again = had.intersection(&is_ahead).filter(|content| !was_ahead.contains(*content)).cloned().collect();
    may_come_again(both, again)
}

/// Those of some mails that the same lead can get again at all.
fn may_come_again(both: &Both<'_>, contents: BTreeSet<String>) -> BTreeSet<String> {
    let campaign = both.campaign(Side::After);
    let repeat = |content: &String| {
        let email = campaign.emails.get(content).map(|email| email.repeat);
        email.or_else(|| campaign.messages.get(content).map(|message| message.repeat))
    };
    contents.into_iter().filter(|content| repeat(content) != Some(Again::Never)).collect()
}

/// Mails that lay ahead of a lead on this step, and lie there no longer although the journey still sends them.
fn lost(both: &Both<'_>, before: &Step, after: &Step) -> BTreeSet<String> {
    let ((was_ahead, had), (is_ahead, _)) = (around(both.before, before), around(both.after, after));
    let sent: BTreeSet<&Name> = both.after.steps.iter().filter_map(sends).collect();
    let is_lost = |content: &String| !is_ahead.contains(content) && !had.contains(content) && sent.contains(content);
    was_ahead.into_iter().filter(is_lost).collect()
}

/// Waits that a lead on this step has behind it, and that lie ahead of it now.
fn waits_again(both: &Both<'_>, before: &Step, after: &Step) -> BTreeSet<String> {
    let (was_ahead, is_ahead) = (reachable(both.before, &before.edges()), reachable(both.after, &after.edges()));
    let behind = passed(both.before, &before.id);
    let waits = |id: &&str| both.after.step(id).is_some_and(|step| takes_time(&step.action));
    let again = is_ahead.into_iter().filter(|id| behind.contains(id) && !was_ahead.contains(id) && *id != before.id);
    again.filter(waits).map(str::to_owned).collect()
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
