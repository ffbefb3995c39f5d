//! Experiments that cannot show anything: `equal-arms`, `holdout-gets-mail` and `experiment-outlasts-run`.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::duration;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, facts) in &context.facts.experiments {
        let Some(experiment) = context.resolution.campaign.experiments.get(name) else { continue };
        let at = experiment.origin.0;
        let mut say = |code, message: String, help: &str| sink.push(Diagnostic::new(code, at, message).help(help));
        for arm in &facts.same_as_control {
            let message = format!("the arm `{arm}` does the same as `{}`, so no goal can differ", experiment.control);
            say(Code::EqualArms, message, "give one of them other steps");
        }
        if let Some(step) = &facts.sent_to_holdout {
            let message = format!("leads held out of the experiment `{name}` are sent something by `{step}`");
            say(Code::HoldoutGetsMail, message, "move the step behind the split, or give the arm another name");
        }
        if facts.outlasts_run {
            let time = duration(experiment.within_secs);
            let message = format!("the run ends before any lead of the experiment `{name}` has been seen for {time}");
            say(Code::ExperimentOutlastsRun, message, "raise `simulation.days`, or shorten `within`");
        }
    }
}
