//! What is asked of a simulation instead of its whole report: one lead's timeline, why it went as it did, or a journey
//! step by step.

use super::Failure;
use super::args::{ReportFormat, SimulateArgs};
use crate::backend::report::{self, Question};
use crate::backend::sim::{Options, Outcome};
use crate::plan::Plan;
use crate::text::nearest;

/// A question.
pub(super) enum Asked<'a> {
    /// The whole timeline of a lead.
    Trace,
    /// Why a lead did or did not get into a journey and through it.
    Why { lead: &'a str, journey: &'a str, question: Question },
    /// A journey step by step.
    Funnel { journey: &'a str },
}

impl<'a> Asked<'a> {
    /// What the command line asks; `None` for the report.
    ///
    /// # Errors
    /// If it asks about a journey that there is not, or wants the answer in a format that it has not.
    pub(super) fn of(args: &'a SimulateArgs, plan: &Plan) -> Result<Option<Asked<'a>>, Failure> {
        let pair = |pair: &'a Option<Vec<String>>, question: Question| match pair.as_deref() {
            Some([lead, journey]) => Some(Asked::Why { lead, journey, question }),
            Some(_) | None => None,
        };
        let funnel = args.funnel.as_deref().map(|journey| Asked::Funnel { journey });
        let why = pair(&args.why, Question::Why).or_else(|| pair(&args.why_not, Question::WhyNot));
        let asked = why.or(funnel).or_else(|| args.trace.as_ref().map(|_| Asked::Trace));
        if let Some(Asked::Why { journey, .. } | Asked::Funnel { journey }) = &asked {
            known(journey, plan)?;
        }
        if asked.is_some() && matches!(args.format, ReportFormat::Markdown | ReportFormat::Csv) {
            return Err(Failure::usage("this answer is text or JSON; `--output FORMAT=PATH` writes the report"));
        }
        Ok(asked)
    }

    /// The lead that is asked about.
    pub(super) fn lead(&self) -> Option<&'a str> {
        match self {
            Asked::Why { lead, .. } => Some(lead),
            Asked::Trace | Asked::Funnel { .. } => None,
        }
    }

    /// What a run has to note for the answer.
    pub(super) fn note(&self, options: &mut Options) {
        match self {
            Asked::Trace => {}
            Asked::Why { lead, journey, .. } => {
                options.trace = Some((*lead).to_owned());
                options.asked = Some((*journey).to_owned());
            }
            Asked::Funnel { .. } => options.timed = true,
        }
    }

    /// The answer on the standard output; `None` where the report is printed all the same.
    pub(super) fn answer(&self, format: ReportFormat, outcome: &Outcome, plan: &Plan, width: usize) -> Option<String> {
        match (self, format) {
            (_, ReportFormat::Markdown | ReportFormat::Csv) | (Asked::Trace, ReportFormat::Json) => None,
            (Asked::Trace, ReportFormat::Text) => Some(report::trace(outcome)),
            (Asked::Why { lead, journey, question }, ReportFormat::Text) => {
                Some(report::why_text(outcome, plan, (lead, journey), *question))
            }
            (Asked::Why { lead, journey, question }, ReportFormat::Json) => {
                Some(report::why_json(outcome, plan, (lead, journey), *question))
            }
            (Asked::Funnel { journey }, ReportFormat::Text) => report::funnel_text(outcome, plan, journey, width),
            (Asked::Funnel { journey }, ReportFormat::Json) => report::funnel_json(outcome, plan, journey),
        }
    }
}

fn known(journey: &str, plan: &Plan) -> Result<(), Failure> {
    if plan.campaign.journeys.contains_key(journey) {
        return Ok(());
    }
    let near = nearest(journey, plan.campaign.journeys.keys().map(String::as_str));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::usage(format!("there is no journey `{journey}`{hint}")))
}
