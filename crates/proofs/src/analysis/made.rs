//! Which events steps make at once.
//!
//! In: a step. Out: whether an event comes of it in the same second. Never: what comes of the event.

use crate::ir::journey::Action;

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
