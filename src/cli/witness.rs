//! `tabiji check --witness DIR`: a test for each limit on mails that is exceeded.

use std::path::Path;

use super::Failure;
use super::output::save;
use crate::analysis::flood::{Bound, Rule, counts};
use crate::ir::print::window;
use crate::pipeline::Checked;
use crate::plan::{self, Plan};
use crate::scenario::{Recorded, limit_test};

/// Writes the tests; a limit that a run of its own keeps gets none, which is said.
pub(super) fn write(checked: &Checked, folder: &Path) -> Result<(), Failure> {
    let Some(campaign) = &checked.campaign else { return Ok(()) };
    let plan = plan::build(campaign).map_err(|error| Failure::usage(error.to_string()))?;
    let exceeded = checked.flood.bounds.iter().enumerate().filter(|(_, bound)| is_exceeded(bound));
    for (number, bound) in exceeded {
        let name = format!("mail-flood-{}", number + 1);
        match test(&plan, bound, &name)? {
            Some(text) => {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
                save(&folder.join(format!("{name}.yaml")), &text)?;
            }
            None => {
                let limit = bound.limit.text();
                eprintln!("no test for the limit {limit}: a run of the lead by itself keeps it");
            }
        }
    }
    Ok(())
}

fn is_exceeded(bound: &Bound) -> bool {
    let reached = bound.reached.as_ref().map_or(0, |reached| reached.mails.len());
    bound.rule == Rule::Limit && reached > bound.limit.at_most as usize
}

/// The test of one limit, for the lead that gets more.
fn test(plan: &Plan, bound: &Bound, name: &str) -> Result<Option<String>, Failure> {
    let Some(reached) = &bound.reached else { return Ok(None) };
    let start = jiff::tz::TimeZone::get(&plan.campaign.settings.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let first = jiff::Timestamp::from_second(reached.run.0).unwrap_or_default();
    let start = start.to_datetime(first);
    let shape = if start.second() == 0 { "%F %H:%M" } else { "%F %H:%M:%S" };
    let start = start.strftime(shape).to_string();
    let recorded = Recorded {
        name,
        lead: &reached.lead,
        facts: &[],
        start: &start,
        start_secs: reached.run.0,
        days: reached.run.1,
    };
    let campaign = &plan.campaign;
    let contents = campaign.emails.keys().chain(campaign.messages.keys());
    let counted = contents.filter(|content| counts(campaign, content, &bound.limit)).collect();
    let text = limit_test(plan, &recorded, &bound.limit, &counted).map_err(Failure::usage)?;
    let head = format!(
        "# A lead that gets {} mails per {}, where the limit is {}. It fails until the limit holds for it.\n",
        reached.mails.len(),
        window(bound.limit.per),
        bound.limit.text(),
    );
    Ok(text.map(|text| head + &text))
}
