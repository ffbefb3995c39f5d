//! What may come between two events of one second.
//!
//! What a cascade makes (events, starts of journeys, looks at what has changed) stands in a queue, and each of it is a cascade
//! of its own. Other journeys put theirs in between, and so does what the machine itself makes and does not follow: points
//! for a mail that was sent, a task, a form that is filled in. Where such a thing could make a difference, the queue is part
//! of the state, and what comes between is a way from there. What other journeys do by a step is no matter of the queue: it
//! may come in the midst of a cascade, and is not followed at all.
//!
//! In: a machine that knows what it hears and follows. Out: what may come between. Never: in which order.

use super::compile::Machine;
use super::consent::EFFECTS;
use super::follow::Follow;
use crate::analysis::conditions::TermKind;
use crate::analysis::made::makes;
use crate::ir::journey::Action;

impl<'c> Follow<'_, 'c> {
    /// Whether an event may come between two others of its second.
    pub(super) fn comes_between(&self, machine: &Machine<'c>, event: &str) -> bool {
        let is_heard = machine.events.contains(&event);
        if event == "stage_changed" {
            return self.campaign.lifecycle.is_some() && !(is_heard && machine.stages.is_some());
        }
        let is_made = !matches!(
            event,
            "task_created"
                | "synced"
                | "webhook_called"
                | "audience_added"
                | "audience_removed"
                | "email_bounced"
                | "message_failed"
        );
        let is_of_stays = matches!(event, "journey_entered" | "journey_ended");
        let has_others = || self.campaign.journeys.keys().any(|name| !self.is_inside(name));
        self.comes_with_another(event)
            || self.others_do(|action| makes(action, event))
            || is_of_stays && (has_others() || !is_heard)
            || !(is_heard && is_made) && self.own_do(|action| makes(action, event))
    }

    /// Whether an event comes of another one, and not of a journey.
    fn comes_with_another(&self, event: &str) -> bool {
        let campaign = self.campaign;
        let mut forms = campaign.forms.values();
        match event {
            "engagement_changed" => campaign.policies.permission.sunset.is_some(),
            "form_started" => forms.next().is_some(),
            "subscribed" => forms.any(|form| form.consent.is_some()),
            // Whoever asks for a confirmation sends a mail.
            "email_sent" | "email_delivered" | "email_bounced" => {
                campaign.topics.values().any(|topic| topic.confirmation.is_some())
            }
            _ => forms.any(|form| form.submits == *event),
        }
    }

    /// Whether what a term asks for may change between two events of a second, where it is not followed.
    pub(super) fn changes_between(&self, machine: &Machine<'c>, kind: &TermKind) -> bool {
        let campaign = self.campaign;
        let comes = |event: &str| self.comes_between(machine, event);
        if self.others_write(kind) {
            return true;
        }
        match kind {
            TermKind::Field(field) | TermKind::Member(field, _) => self.sets_between(machine, field),
            TermKind::Score(model) => {
                campaign.scoring.get(model).is_some_and(|model| model.rules.iter().any(|rule| comes(&rule.event)))
            }
            TermKind::InList(list) => self.written.lists_by_policy.contains(list),
            TermKind::Count { event, .. } | TermKind::DaysSince { event, .. } => comes(event),
            TermKind::Received { content, .. } => self.others_send(content),
            TermKind::InJourney(journey) | TermKind::Finished(journey) => !self.is_inside(journey),
            TermKind::EventProperty { .. } | TermKind::EntryProperty { .. } | TermKind::InSegment(_) => false,
            // Stages, consent, addresses, purchases, dates: much may change them.
            _ => true,
        }
    }

    /// Whether a field may be set between two events of a second.
    pub(super) fn sets_between(&self, machine: &Machine<'c>, field: &str) -> bool {
        let mut setting = self.campaign.events.iter().filter(|(_, event)| event.sets.contains_key(field)).peekable();
        // What no event sets a touch does, which may come with many.
        setting.peek().is_none() || setting.any(|(event, _)| self.comes_between(machine, event))
    }

    /// Whether a lead may agree or leave between two events of a second, by what is not heard.
    pub(super) fn agrees_between(&self, machine: &Machine<'c>) -> bool {
        let mut unheard = EFFECTS.iter().filter(|(event, _)| !machine.events.contains(event));
        unheard.any(|(event, _)| self.comes_between(machine, event))
    }

    /// What journeys of the machine do.
    fn own_do(&self, does: impl Fn(&Action) -> bool) -> bool {
        self.models.iter().flat_map(|model| &model.journey.steps).any(|step| does(&step.action))
    }
}
