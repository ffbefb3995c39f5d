//! `tabiji plan`

use super::args::{EffectFormat, Format, PlanArgs};
use super::compile::{Compiled, compile};
use super::output::{Results, deliver};
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::plan;

/// Writes the compiled execution plan, or says what a change does.
pub(super) fn plan(args: &PlanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    match &args.against {
        Some(base) => super::against::against(args, base.as_deref(), terminal),
        None => plain(args.format).and_then(|_| Results::of(args.format, &args.output).run(|| run(args, terminal))),
    }
}

/// The format of a plan.
fn plain(format: EffectFormat) -> Result<Format, Failure> {
    match format {
        EffectFormat::Text => Ok(Format::Text),
        EffectFormat::Json => Ok(Format::Json),
        EffectFormat::Markdown | EffectFormat::Sarif => Err(Failure::usage(
            "a plan is shown as `text` or `json`; an effect, with `--against`, as all four".to_owned(),
        )),
    }
}

fn run(args: &PlanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    plain(args.format)?;
    args.output.iter().try_for_each(|output| plain(output.format).map(|_| ()))?;
    let Compiled { campaign, .. } = compile(&args.path, terminal)?;
    let unwritable = |error: serde_json::Error| Failure::usage(format!("the plan cannot be written: {error}"));
    let plan = plan::build(&campaign).map_err(unwritable)?;
    deliver(args.format, &args.output, |format, _| match plain(format)? {
        Format::Text => Ok(plan::text(&plan)),
        Format::Json => plan.to_json().map_err(unwritable),
    })?;
    Ok(Exit::Fine)
}
