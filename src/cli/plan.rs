//! `tabiji plan`

use super::args::{Format, PlanArgs};
use super::compile::{Compiled, compile, reported};
use super::output::deliver;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::plan;

/// Writes the compiled execution plan.
pub(super) fn plan(args: &PlanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    reported(args.format, run(args, terminal))
}

fn run(args: &PlanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let campaign = match compile(&args.path, args.format, terminal)? {
        Compiled::Campaign(campaign, _) => campaign,
        Compiled::Faulty => return Ok(Exit::Findings),
    };
    let unwritable = |error: serde_json::Error| Failure::usage(format!("the plan cannot be written: {error}"));
    let plan = plan::build(&campaign).map_err(unwritable)?;
    deliver(args.format, &args.output, |format, _| match format {
        Format::Text => Ok(plan::text(&plan)),
        Format::Json => plan.to_json().map_err(unwritable),
    })?;
    Ok(Exit::Fine)
}
