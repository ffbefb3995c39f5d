//! Who may be sent what a journey sends: by the topic, by the address, and by whether somebody comes to the step.
//!
//! In: a journey on both sides. Out: what is found, added to [`Found`]. Never: policies about single leads (`permission`).

use std::collections::BTreeSet;

use super::both::{Both, reachable, sends};
use super::model::{Fact, Who};
use super::who::Found;
use super::worlds::{Side, all};
use crate::ir::journey::{Action, Step};
use crate::ir::{Expr, Name};

/// Subscriptions that steps change.
pub(super) fn topics(both: &Both<'_>, found: &mut Found) {
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
pub(super) fn unreached(both: &Both<'_>, found: &mut Found) {
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

/// Who has an address, where what is sent goes to another one.
pub(super) fn addresses(both: &Both<'_>, found: &mut Found) {
    let address = |side: Side, content: &Name| {
        let campaign = both.campaign(side);
        let channel = campaign.messages.get(content)?.channel;
        campaign.channels.get(&channel).map(|settings| (channel, settings.address.clone()))
    };
    let mut seen = BTreeSet::new();
    for (before, after) in both.shared() {
        let (Some(old), Some(new)) = (sends(before), sends(after)) else { continue };
        let (Some(old), Some(new)) = (address(Side::Before, old), address(Side::After, new)) else { continue };
        if old == new || !seen.insert((old.clone(), new.clone())) {
            continue;
        }
        let ((by, was), (now, is)) = (old, new);
        if was == is {
            // Who has allowed the one has not allowed the other by that.
            let says = format!(
                "is reached by {}, before by {}: not all who are by the one are by the other",
                now.word(),
                by.word()
            );
            found.say(Who::Different, Fact::at(&after.id, says));
            continue;
        }
        let has = |side, fields: &[Name]| {
            let known = fields.iter().map(|name| {
                let of = Box::new(both.worlds.expr(side, &Expr::Field { name: name.clone() }));
                Expr::Not { of: Box::new(Expr::IsAbsent { of }) }
            });
            all(known.collect())
        };
        let compared = both.worlds.compare(None, &has(Side::Before, &was), &has(Side::After, &is), None);
        let words = |fields: &[Name]| fields.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        let says = format!("goes to {}, before to {}", words(&is), words(&was));
        // Who has both gets it at another one.
        found.say(Who::Different, Fact::at(&after.id, says).with(compared.leads));
    }
}

/// Who may be sent something, by topic.
pub(super) fn consents(both: &Both<'_>, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (before, after) in both.shared() {
        let (Some(old), Some(new)) = (sends(before), sends(after)) else { continue };
        let (Some(was), Some(is)) =
            (both.campaign(Side::Before).topic_of(old), both.campaign(Side::After).topic_of(new))
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
