//! What the tests reach: of each journey its entry, its steps, and the ways from those that have several.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::backend::sim::{Fact, Noted, Way};
use crate::ir::journey::{Action, Journey};
use crate::ir::{Campaign, Name};

/// Something of a journey that a test can reach: its entry, a step, or a way from one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The journey.
    pub journey: Name,
    /// The step; none for the entry.
    pub step: Option<Name>,
    /// The way from it; none for the step itself.
    pub way: Option<Way>,
}

/// What tests reach of all journeys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Points that are reached.
    pub reached: usize,
    /// Points there are.
    pub total: usize,
    /// By journey, by name.
    pub journeys: Vec<JourneyCoverage>,
}

/// What tests reach of a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JourneyCoverage {
    /// Its name.
    pub journey: Name,
    /// Points that are reached.
    pub reached: usize,
    /// Points there are.
    pub total: usize,
    /// Those that are not, in words, in the order of the steps.
    pub missing: Vec<String>,
}

impl Coverage {
    /// What some points are of all that a campaign has.
    pub fn of(campaign: &Campaign, reached: &BTreeSet<Point>) -> Coverage {
        let journeys: Vec<JourneyCoverage> =
            campaign.journeys.iter().map(|(name, journey)| of_journey(name, journey, reached)).collect();
        Coverage {
            reached: journeys.iter().map(|journey| journey.reached).sum(),
            total: journeys.iter().map(|journey| journey.total).sum(),
            journeys,
        }
    }

    /// The share that is reached, in percent, rounded down; 100 where there is nothing.
    pub fn percent(&self) -> usize {
        (self.reached * 100).checked_div(self.total).unwrap_or(100)
    }
}

fn of_journey(name: &str, journey: &Journey, reached: &BTreeSet<Point>) -> JourneyCoverage {
    let points = points(name, journey);
    let missing: Vec<String> =
        points.iter().filter(|(point, _)| !reached.contains(point)).map(|(_, words)| words.clone()).collect();
    JourneyCoverage { journey: name.to_owned(), reached: points.len() - missing.len(), total: points.len(), missing }
}

/// The points of a journey, with words for each.
fn points(name: &str, journey: &Journey) -> Vec<(Point, String)> {
    let point = |step: Option<&Name>, way| Point { journey: name.to_owned(), step: step.cloned(), way };
    let mut points = vec![(point(None, None), "the entry".to_owned())];
    for step in &journey.steps {
        let id = &step.id;
        points.push((point(Some(id), None), format!("`{id}`")));
        for (way, words) in ways(&step.action) {
            points.push((point(Some(id), Some(way)), format!("`{id}`: {words}")));
        }
    }
    points
}

/// The ways from a step that has several.
fn ways(action: &Action) -> Vec<(Way, String)> {
    match action {
        Action::Branch { arms, .. } => {
            let arms = arms.iter().enumerate().map(|(at, arm)| (Way::Arm(at), format!("`{}`", arm.when.said())));
            arms.chain([(Way::Else, "else".to_owned())]).collect()
        }
        Action::Split { arms } => {
            let arms = arms.iter().filter(|arm| arm.weight > 0.0);
            arms.map(|arm| (Way::Split(arm.name.clone()), format!("arm `{}`", arm.name))).collect()
        }
        Action::WaitFor { event: None, when, .. } => {
            let when = when.as_ref().map_or("", |when| when.said());
            vec![(Way::Heard, format!("`{when}` holds")), (Way::Timeout, format!("`{when}` does not hold in time"))]
        }
        Action::WaitFor { event: Some(event), .. } => {
            vec![(Way::Heard, format!("`{event}` comes")), (Way::Timeout, format!("no `{event}` in time"))]
        }
        _ => Vec::new(),
    }
}

/// The points that a lead reached.
pub(super) fn reached(facts: &[Noted]) -> BTreeSet<Point> {
    let point = |noted: &Noted| match &noted.fact {
        Fact::Entered { journey } => Some(Point { journey: journey.clone(), step: None, way: None }),
        Fact::Reached { journey, step } => {
            Some(Point { journey: journey.clone(), step: Some(step.clone()), way: None })
        }
        Fact::Way { journey, step, way } => {
            Some(Point { journey: journey.clone(), step: Some(step.clone()), way: Some(way.clone()) })
        }
        _ => None,
    };
    facts.iter().filter_map(point).collect()
}
