//! What other systems and people get: tasks, records, audiences, calls, events; and which journeys are started.

use super::both::Both;
use super::model::{Axis, Export, Fact};
use super::worlds::Side;
use crate::ir::journey::{Action, Step};
use crate::plan::step_words;

/// Finds out what goes out otherwise.
pub(super) fn export(both: &Both<'_>) -> Axis<Export> {
    let mut axis = Axis::<Export>::default();
    let mut say = |value: Export, fact: Fact| {
        axis.value = axis.value.max(value);
        axis.facts.push(fact);
    };
    for step in both.added().filter(|step| goes_out(step)) {
        say(Export::Elsewhere, Fact::at(&step.id, format!("new: {}", step_words(&step.action))));
    }
    for step in both.removed().filter(|step| goes_out(step)) {
        say(Export::Elsewhere, Fact::at(&step.id, format!("gone: {}", step_words(&step.action))));
    }
    for (before, after) in both.shared().filter(|(before, after)| goes_out(before) || goes_out(after)) {
        if before.action != after.action {
            let (old, new) = (step_words(&before.action), step_words(&after.action));
            let value = if receiver(before) == receiver(after) { Export::Changed } else { Export::Elsewhere };
            let says =
                if old == new { format!("{new}: other fields or outcomes") } else { format!("{new}, before: {old}") };
            say(value, Fact::at(&after.id, says));
        }
    }
    systems(both, &mut say);
    axis
}

/// Addresses of the systems at the other end.
fn systems(both: &Both<'_>, say: &mut impl FnMut(Export, Fact)) {
    let url = |side, name: &String| {
        let integration = both.campaign(side).integrations.get(name)?;
        Some((format!("{:?}", integration.kind), integration.url.clone()))
    };
    for step in &both.after.steps {
        let (Action::Sync { to, .. } | Action::Audience { to, .. } | Action::Webhook { to, .. }) = &step.action else {
            continue;
        };
        let (old, new) = (url(Side::Before, to), url(Side::After, to));
        if let (Some((_, old)), Some((_, new))) = (&old, &new)
            && old != new
        {
            let words = |url: &Option<String>| url.clone().unwrap_or_else(|| "none".to_owned());
            say(
                Export::Elsewhere,
                Fact::at(&step.id, format!("`{to}` is at {}, before at {}", words(new), words(old))),
            );
        } else if old != new && old.is_some() && new.is_some() {
            say(Export::Elsewhere, Fact::at(&step.id, format!("`{to}` is another kind of system")));
        }
    }
}

/// Whether somebody outside of the journey gets something.
pub(super) fn goes_out(step: &Step) -> bool {
    receiver(step).is_some()
}

/// Who gets it, and how.
fn receiver(step: &Step) -> Option<String> {
    match &step.action {
        Action::Task { to, .. } => Some(format!("task {to}")),
        Action::Sync { to, .. } => Some(format!("sync {to}")),
        Action::Audience { list, add, to } => Some(format!("audience {list} {add} {to}")),
        Action::Webhook { to, method, url, .. } => Some(format!("webhook {to} {} {url}", method.word())),
        Action::Start { journey } => Some(format!("start {journey}")),
        Action::Emit { event, .. } => Some(format!("emit {event}")),
        Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::WaitFor { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Goto
        | Action::Exit { .. } => None,
    }
}
