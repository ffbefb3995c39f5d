//! Experiments: whether their arms can be compared by their goal.

use super::Resolver;
use super::names::listed;
use super::typing::{AtHand, Place};
use crate::ast::Kind;
use crate::ast::experiment::{Experiment, TrialGoal};
use crate::ast::journey::{SplitArm, Step};
use crate::ast::quantity::Percent;
use crate::diag::{Code, Diagnostic};
use crate::ir::Name;
use crate::ir::experiment::{self, Expected, Goal};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

/// Chance of seeing a difference that is there, unless said.
const POWER: f64 = 0.8;
/// Chance of seeing one that is not, unless said.
const SIGNIFICANCE: f64 = 0.05;

impl Resolver<'_> {
    /// The experiments of a journey's steps, inner ones included.
    pub(super) fn experiments(&mut self, journey: &Name, steps: &[Step]) -> Vec<(Name, experiment::Experiment)> {
        let mut found = Vec::new();
        for step in steps {
            if let (Some(def), Some(arms)) = (&step.experiment, &step.split)
                && let Some(experiment) = self.experiment(journey, &step.id.value, def, arms)
            {
                found.push((experiment::name(journey, &step.id.value), experiment));
            }
            for inner in super::journey::inner_steps(step) {
                found.extend(self.experiments(journey, inner));
            }
        }
        found
    }

    fn experiment(
        &mut self,
        journey: &str,
        step: &str,
        def: &Spanned<Experiment>,
        arms: &Spanned<Vec<SplitArm>>,
    ) -> Option<experiment::Experiment> {
        let goal = self.trial_goal(&def.goal);
        let expected = self.expectation(def);
        let power = self.proper(def.power.as_ref(), POWER, "power");
        let significance = self.proper(def.significance.as_ref(), SIGNIFICANCE, "significance");
        if arms.len() < 2 {
            let message = "an experiment compares arms, and this split has only one";
            self.sink.push(Diagnostic::new(Code::UnfitExperiment, arms.span, message));
            return None;
        }
        self.known_arm(def, arms)?;
        Some(experiment::Experiment {
            journey: journey.to_owned(),
            step: step.to_owned(),
            goal: goal?,
            within_secs: def.goal.within.secs,
            control: def.control.value.clone(),
            expected: expected?,
            power: power?,
            significance: significance?,
            origin: def.control.span.into(),
        })
    }

    fn known_arm(&mut self, def: &Experiment, arms: &Spanned<Vec<SplitArm>>) -> Option<()> {
        let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
        if names.contains(&def.control.as_str()) {
            return Some(());
        }
        let message = format!("this split has no arm `{}`", def.control.value);
        let finding = Diagnostic::new(Code::UnknownArm, def.control.span, message).here("not an arm");
        let near = nearest(&def.control, names.iter().copied());
        self.sink.push(finding.help(format!("its arms are {}", listed(&names))).suggest(near));
        None
    }

    fn trial_goal(&mut self, def: &Spanned<TrialGoal>) -> Option<Goal> {
        match (&def.event, &def.when) {
            (Some(event), None) => {
                let known = self.ask(Kind::Event, event);
                let at_hand = known.clone().map_or(AtHand::Unread, AtHand::Event);
                let filter = self.optional_condition(def.filter.as_ref(), Place::Lead, &at_hand);
                Some(Goal::Event { event: known?, filter })
            }
            (None, Some(when)) => {
                if let Some(filter) = &def.filter {
                    let message = "`where` is a condition on an event, and this goal is a condition on the lead";
                    self.sink.push(Diagnostic::new(Code::UnfitExperiment, filter.span, message));
                }
                let why = "the goal is about the lead, at any time after the draw".to_owned();
                Some(Goal::When(self.condition(when, Place::Lead, AtHand::Nothing(why))))
            }
            (event, _) => {
                let span = event.as_ref().map_or(def.span, |event| event.span);
                let message = "the goal of an experiment is one of `event` and `when`";
                self.sink.push(Diagnostic::new(Code::UnfitExperiment, span, message));
                None
            }
        }
    }

    /// What is expected; `Some(None)` if nothing is said.
    fn expectation(&mut self, def: &Experiment) -> Option<Option<Expected>> {
        let (baseline, detect) = match (&def.baseline, &def.detect) {
            (None, None) => return Some(None),
            (Some(baseline), Some(detect)) => (baseline, detect),
            (Some(one), None) => return self.lonely(one.span, "`baseline` goes with `detect`"),
            (None, Some(one)) => return self.lonely(one.span, "`detect` goes with `baseline`"),
        };
        let control = baseline.fraction;
        let treated = detect.value.of(control);
        let shown = |share: f64| format!("{}%", (share * 10_000.0).round() / 100.0);
        let message = if !(0.0..=1.0).contains(&treated) {
            format!("a difference from {} to {} is none of shares", shown(control), shown(treated))
        } else if (treated - control).abs() < 1e-12 {
            "a difference of nothing can never be seen".to_owned()
        } else {
            return Some(Some(Expected { control, treated }));
        };
        let finding = Diagnostic::new(Code::ImpossibleLift, detect.span, message).also(baseline.span, "the baseline");
        self.sink.push(finding.help("write points that are added to the baseline, or a factor"));
        None
    }

    fn lonely(&mut self, span: Span, message: &str) -> Option<Option<Expected>> {
        let finding = Diagnostic::new(Code::UnfitExperiment, span, message);
        self.sink.push(finding.help("both together say how many leads are needed"));
        None
    }

    /// A chance that is neither 0 nor 1.
    fn proper(&mut self, given: Option<&Spanned<Percent>>, usual: f64, word: &str) -> Option<f64> {
        let Some(given) = given else { return Some(usual) };
        if 0.0 < given.fraction && given.fraction < 1.0 {
            return Some(given.fraction);
        }
        let message = format!("a {word} lies between 0% and 100%");
        self.sink.push(Diagnostic::new(Code::UnfitExperiment, given.span, message));
        None
    }
}
