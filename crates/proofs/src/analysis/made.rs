//! Which events steps make at once.
//!
//! In: a step. Out: whether an event comes of it in the same second. Never: what comes of the event.

use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// Events that steps emit, and those that tell what came of tasks, webhooks and messages.
pub(super) fn events_of_steps(campaign: &Campaign) -> impl Iterator<Item = &Name> {
    let steps = || campaign.journeys.values().flat_map(|journey| &journey.steps).map(|step| &step.action);
    let emitted = steps().filter_map(|action| match action {
        Action::Emit { event, .. } => Some(event),
        _ => None,
    });
    let of_messages = campaign.messages.values().flat_map(|message| &message.outcomes);
    emitted.chain(steps().flat_map(Action::outcomes).chain(of_messages).map(|outcome| &outcome.event))
}

/// Whether a step makes an event at the second at which it is reached.
pub(super) fn makes(action: &Action, event: &str) -> bool {
    match action {
        Action::Send { .. } => matches!(
            event,
            "email_sent"
                | "email_delivered"
                | "email_bounced"
                | "message_sent"
                | "message_delivered"
                | "message_failed"
        ),
        Action::Emit { event: of, .. } => of == event,
        Action::Task { .. } => event == "task_created",
        Action::Sync { .. } => event == "synced",
        Action::Webhook { .. } => event == "webhook_called",
        Action::Audience { add, .. } => event == if *add { "audience_added" } else { "audience_removed" },
        Action::Wait { .. }
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
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => false,
    }
}
