//! The events that the engine makes itself.

use super::Names;

/// Numbers of the events that the engine makes. They are called like the events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builtin {
    pub lead_created: usize,
    pub email_sent: usize,
    pub email_delivered: usize,
    pub email_bounced: usize,
    pub email_opened: usize,
    pub email_clicked: usize,
    pub message_sent: usize,
    pub message_delivered: usize,
    pub message_failed: usize,
    pub message_opened: usize,
    pub message_clicked: usize,
    pub unsubscribed: usize,
    pub complained: usize,
    pub subscription_confirmed: usize,
    pub subscription_expired: usize,
    pub preferences_changed: usize,
    pub engagement_changed: usize,
    pub stage_changed: usize,
    pub task_created: usize,
    pub synced: usize,
    pub webhook_called: usize,
    pub audience_added: usize,
    pub audience_removed: usize,
    pub subscribed: usize,
    pub visited: usize,
    pub form_started: usize,
    pub journey_entered: usize,
    pub journey_ended: usize,
}

pub(super) fn builtin(names: &Names<'_>) -> Builtin {
    // The built-in events are always in the table.
    let of = |name: &str| names.event(name).unwrap_or(0);
    Builtin {
        lead_created: of("lead_created"),
        email_sent: of("email_sent"),
        email_delivered: of("email_delivered"),
        email_bounced: of("email_bounced"),
        email_opened: of("email_opened"),
        email_clicked: of("email_clicked"),
        message_sent: of("message_sent"),
        message_delivered: of("message_delivered"),
        message_failed: of("message_failed"),
        message_opened: of("message_opened"),
        message_clicked: of("message_clicked"),
        unsubscribed: of("unsubscribed"),
        complained: of("complained"),
        subscription_confirmed: of("subscription_confirmed"),
        subscription_expired: of("subscription_expired"),
        preferences_changed: of("preferences_changed"),
        engagement_changed: of("engagement_changed"),
        stage_changed: of("stage_changed"),
        task_created: of("task_created"),
        synced: of("synced"),
        webhook_called: of("webhook_called"),
        audience_added: of("audience_added"),
        audience_removed: of("audience_removed"),
        subscribed: of("subscribed"),
        visited: of("visited"),
        form_started: of("form_started"),
        journey_entered: of("journey_entered"),
        journey_ended: of("journey_ended"),
    }
}
