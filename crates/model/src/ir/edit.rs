//! Single edits of a campaign, as data: what would mend it, made to a copy and said to people.
//!
//! In: an edit. Out: the campaign after it, or its words. Never: whether it helps.

use serde::{Deserialize, Serialize};

use super::journey::Action;
use super::print::duration;
use super::{Again, Campaign, Condition, Expr, Frequency, Journey, Length, MailLimit, Name};
use crate::ir::journey::Step;
use crate::text::Origin;

/// A single edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// A step waits so many seconds, instead of so many.
    Wait {
        /// The journey.
        journey: Name,
        /// The step.
        step: Name,
        /// New length in seconds.
        secs: i64,
        /// Length until now in seconds.
        before_secs: i64,
    },
    /// A step is preceded by a wait of so many seconds.
    Pause {
        /// The journey.
        journey: Name,
        /// The step before which leads wait.
        step: Name,
        /// Length in seconds.
        secs: i64,
    },
    /// Leads enter again only after so many seconds.
    Again {
        /// The journey.
        journey: Name,
        /// The time in seconds.
        secs: i64,
        /// The time until now in seconds.
        before_secs: i64,
    },
    /// Leads leave a journey while they are in the other one.
    Apart {
        /// The journey they leave.
        journey: Name,
        /// The one that goes on.
        other: Name,
    },
    /// Leads that are in another journey do not enter.
    Outside {
        /// The journey they do not enter.
        journey: Name,
        /// The one they are in.
        other: Name,
    },
    /// A frequency rule lets more through.
    Cap {
        /// The rule as it is.
        rule: MailLimit,
        /// How many mails it is to let through.
        at_most: u32,
    },
    /// Mails are held for longer before they are given up.
    Hold {
        /// New time in seconds.
        secs: i64,
        /// The time until now in seconds.
        before_secs: i64,
    },
    /// A journey's mails go before those of others.
    Priority {
        /// The journey.
        journey: Name,
        /// New priority.
        priority: i32,
        /// The priority until now.
        before: i32,
    },
}

impl Edit {
    /// Makes the edit; nothing changes where there is no such journey, step or rule.
    pub fn make(&self, campaign: &mut Campaign) {
        match self {
            Edit::Wait { journey, step, secs, .. } => {
                let steps = campaign.journeys.get_mut(journey).map(|journey| &mut journey.steps);
                let step = steps.into_iter().flatten().find(|other| other.id == *step);
                if let Some(length) = step.and_then(|step| length_mut(&mut step.action)) {
                    *length = Length::Secs(*secs);
                }
            }
            Edit::Pause { journey, step, secs } => {
                campaign.journeys.get_mut(journey).into_iter().for_each(|journey| pause(journey, step, *secs));
            }
            Edit::Again { journey, secs, .. } => {
                let journey = campaign.journeys.get_mut(journey);
                journey.into_iter().for_each(|journey| journey.entry.again = Again::AfterSecs(*secs));
            }
            Edit::Apart { journey, other } => {
                let Some(journey) = campaign.journeys.get_mut(journey) else { return };
                let inside = Expr::InJourney { journey: other.clone() };
                let expr = match journey.exit_when.take() {
                    Some(before) => Expr::Any { of: vec![before.expr, inside] },
                    None => inside,
                };
                journey.exit_when = Some(condition(expr));
            }
            Edit::Outside { journey, other } => {
                let Some(journey) = campaign.journeys.get_mut(journey) else { return };
                let outside = Expr::Not { of: Box::new(Expr::InJourney { journey: other.clone() }) };
                let expr = match journey.entry.when.take() {
                    Some(before) => Expr::All { of: vec![before.expr, outside] },
                    None => outside,
                };
                journey.entry.when = Some(condition(expr));
            }
            Edit::Cap { rule, at_most } => {
                let own = campaign.channels.values_mut().flat_map(|settings| &mut settings.frequency);
                let rules = campaign.policies.frequency.iter_mut().chain(own);
                let is_it = |other: &&mut Frequency| MailLimit::from(&**other) == *rule;
                rules.filter(is_it).for_each(|rule| rule.at_most = *at_most);
            }
            Edit::Hold { secs, .. } => campaign.policies.max_hold_secs = *secs,
            Edit::Priority { journey, priority, .. } => {
                let journey = campaign.journeys.get_mut(journey);
                journey.into_iter().for_each(|journey| journey.priority = *priority);
            }
        }
    }

    /// What is so after the edit, in words.
    pub fn text(&self) -> String {
        match self {
            Edit::Wait { journey, step, secs, before_secs } => {
                format!("`{step}` of `{journey}` waits {} instead of {}", duration(*secs), duration(*before_secs))
            }
            Edit::Pause { journey, step, secs } => {
                format!("leads wait {} before `{step}` of `{journey}`", duration(*secs))
            }
            Edit::Again { journey, secs, before_secs: 0 } => {
                format!("leads enter `{journey}` again only after {}", duration(*secs))
            }
            Edit::Again { journey, secs, before_secs } => {
                format!("leads enter `{journey}` again after {} instead of {}", duration(*secs), duration(*before_secs))
            }
            Edit::Apart { journey, other } => {
                format!("leads leave `{journey}` while they are in `{other}` (`exit_when: in_journey(\"{other}\")`)")
            }
            Edit::Outside { journey, other } => format!(
                "leads that are in `{other}` do not enter `{journey}` (`when: not in_journey(\"{other}\")` in its entry)"
            ),
            Edit::Cap { rule, at_most } => {
                format!("the rule allows {at_most} per {} instead of {}", super::print::window(rule.per), rule.at_most)
            }
            Edit::Hold { secs, before_secs } => {
                format!(
                    "mails are held for up to {} instead of {} (`max_hold`)",
                    duration(*secs),
                    duration(*before_secs)
                )
            }
            Edit::Priority { journey, priority, before } => {
                format!("`{journey}` has priority {priority} instead of {before}")
            }
        }
    }
}

/// The length of a wait, or the longest of a wait for something.
fn length_mut(action: &mut Action) -> Option<&mut Length> {
    match action {
        Action::Wait { length } | Action::WaitFor { within: length, .. } => Some(length),
        _ => None,
    }
}

/// Puts a wait before a step, on every way there.
fn pause(journey: &mut Journey, before: &Name, secs: i64) {
    // No id that people write has a space in it.
    let id = format!("before {before}");
    for step in &mut journey.steps {
        for target in step.edges_mut() {
            if target.as_ref() == Some(before) {
                *target = Some(id.clone());
            }
        }
    }
    if journey.first.as_ref() == Some(before) {
        journey.first = Some(id.clone());
    }
    let action = Action::Wait { length: Length::Secs(secs) };
    journey.steps.push(Step { id, label: None, action, next: Some(before.clone()), origin: Origin::default() });
}

fn condition(expr: Expr) -> Condition {
    Condition::new(expr, Origin::default())
}
