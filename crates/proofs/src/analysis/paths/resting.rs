//! Marketing to leads for whom it rests in this very second: the event that let them in says so, and no time has passed.
//!
//! In: the paths of a journey. Out: the steps that send it, and why it rests. Never: consent, which is for `reach`.

use super::Walk;
use crate::analysis::reach::{asks, marketing};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::permission::Then;

/// Why marketing rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The sun has set on the lead.
    Sunset,
    /// The lead chose a pause.
    Pause,
}

impl Walk<'_> {
    pub(super) fn resting(&self) -> Vec<(usize, Rest)> {
        let starts = |action: &Action| matches!(action, Action::Start { journey } if journey == self.name);
        let Some(rest) = self.rest() else { return Vec::new() };
        let Some(first) = self.journey.first.as_ref() else { return Vec::new() };
        let mut steps = self.campaign.journeys.values().flat_map(|journey| &journey.steps);
        let first = self.journey.steps.iter().position(|step| step.id == *first);
        let Some(first) = first.filter(|_| !steps.any(|step| starts(&step.action))) else { return Vec::new() };
        // By step, whether it is reached in the second of the entry, and whether it is reached later.
        let mut known = vec![[false; 2]; self.edges.len()];
        let mut open = vec![(first, false)];
        while let Some((step, later)) = open.pop() {
            if std::mem::replace(&mut known[step][usize::from(later)], true) {
                continue;
            }
            let later = later || self.takes_time(step);
            open.extend(self.edges[step].iter().map(|(to, _)| (*to, later)));
        }
        let is_marketing = |step: &usize| marketing(self.campaign, &self.journey.steps[*step].action).is_some();
        self.reached()
            .filter(is_marketing)
            .filter(|step| known[*step] == [true, false])
            .map(|step| (step, rest))
            .collect()
    }

    /// Why marketing rests for those who enter.
    fn rest(&self) -> Option<Rest> {
        let EntryBy::Event { event, filter: Some(filter) } = &self.journey.entry.by else { return None };
        let permission = &self.campaign.policies.permission;
        match event.as_str() {
            "engagement_changed" => {
                let suppresses = permission.sunset.as_ref().is_some_and(|sunset| sunset.then == Then::Suppress);
                (suppresses && asks(&filter.expr, "to", "sunset")).then_some(Rest::Sunset)
            }
            "preferences_changed" => {
                let is_all = self.campaign.marketing_topics().count() == 1;
                let pauses = permission.preferences.as_ref().is_some_and(|offered| offered.pause_secs.is_some());
                (is_all && pauses && asks(&filter.expr, "choice", "pause")).then_some(Rest::Pause)
            }
            _ => None,
        }
    }

    /// Whether time may pass at a step, or something that ends the rest: what a journey emits may wake a lead. Marketing
    /// that rests is left out at once, what else is sent may be held.
    fn takes_time(&self, step: usize) -> bool {
        let action = &self.journey.steps[step].action;
        let may_be_held = matches!(action, Action::Send { .. }) && marketing(self.campaign, action).is_none();
        may_be_held
            || matches!(
                action,
                Action::Wait { .. }
                    | Action::WaitUntil { .. }
                    | Action::WaitUntilDate { .. }
                    | Action::WaitBestTime
                    | Action::WaitFor { .. }
                    | Action::Emit { .. }
                    | Action::Start { .. }
            )
    }
}
