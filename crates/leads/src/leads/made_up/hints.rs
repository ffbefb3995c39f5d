//! The constants that a campaign compares its fields with: values worth drawing.

use std::collections::BTreeMap;

use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Condition, Expr, Name, Value};

/// Constants by field, in the order in which they are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    fields: BTreeMap<Name, Vec<Value>>,
}

impl Hints {
    /// All constants of a campaign.
    pub(super) fn of(campaign: &Campaign) -> Self {
        let mut hints = Hints::default();
        for condition in conditions(campaign) {
            hints.walk(&condition.expr);
        }
        hints
    }

    /// Those of one field.
    pub(super) fn of_field(&self, name: &str) -> &[Value] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    fn walk(&mut self, expr: &Expr) {
        if let Expr::Compare { left, right, .. } = expr {
            self.pair(left, right);
            self.pair(right, left);
        }
        if let Expr::OneOf { of, values } = expr {
            values.iter().for_each(|value| self.note(of, value));
        }
        for child in expr.children() {
            self.walk(child);
        }
    }

    fn pair(&mut self, of: &Expr, with: &Expr) {
        if let Expr::Const { value } = with {
            self.note(of, value);
        }
    }

    fn note(&mut self, of: &Expr, value: &Value) {
        if let Expr::Filter { of, .. } = of {
            self.note(of, value);
        }
        if let Expr::Field { name } = of {
            let known = self.fields.entry(name.clone()).or_default();
            if !known.contains(value) {
                known.push(value.clone());
            }
        }
    }
}

/// Every condition on leads.
fn conditions(campaign: &Campaign) -> Vec<&Condition> {
    let mut all: Vec<&Condition> = campaign.personas.iter().map(|persona| &persona.matches).collect();
    all.extend(campaign.personas.iter().filter_map(|persona| persona.behavior.when.as_ref()));
    all.extend(
        campaign.personas.iter().flat_map(|persona| &persona.behavior.does).filter_map(|does| does.when.as_ref()),
    );
    all.extend(campaign.grading.values().flat_map(|model| &model.rules).map(|rule| &rule.when));
    all.extend(campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).filter_map(|step| step.when.as_ref()));
    all.extend(campaign.segments.values().map(|segment| &segment.when));
    all.extend(campaign.topics.values().filter_map(|topic| topic.granted.as_ref()));
    for journey in campaign.journeys.values() {
        all.extend(journey.entry.when.iter().chain(&journey.exit_when));
        all.extend(journey.goal.iter().map(|goal| &goal.when));
        if let EntryBy::Event { filter: Some(filter), .. } = &journey.entry.by {
            all.push(filter);
        }
        for step in &journey.steps {
            if let Action::Branch { arms, .. } = &step.action {
                all.extend(arms.iter().map(|arm| &arm.when));
            }
            if let Action::WaitFor { filter, when, .. } = &step.action {
                all.extend(filter.iter().chain(when));
            }
        }
    }
    all
}
