//! `tabiji accept`: a record that the effect of exactly this change is wanted.

use std::path::{Path, PathBuf};

use super::args::AcceptArgs;
use super::output::save;
use super::terminal::Terminal;
use super::{Exit, Failure, against, base};
use crate::diff::{Acceptance, Accepted};
use crate::text::nearest;

/// Name of the file at a project's root: no YAML, since it is no part of the campaign.
const FILE: &str = "tabiji-accepted.json";

/// Accepts the effect on journeys.
pub(super) fn accept(args: &AcceptArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let head = base::at_path(&args.project, terminal)?;
    let base = base::base(args.against.as_deref(), &args.project, terminal)?;
    let change = against::compared(&base, &head)?;
    let mut accepted = read(&args.project)?;
    for name in &args.journeys {
        let Some((class, hash)) = change.acceptable(name) else {
            let near = nearest(name, change.journeys.iter().map(|journey| journey.journey.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(Failure::usage(format!("the change has no effect on a journey `{name}`{hint}")));
        };
        let one = Acceptance { journey: name.clone(), class, change: hash, reason: args.reason.clone() };
        accepted.add(one, &change);
        terminal.say("accepted", &format!("{} on `{name}`, of this change and no other", class.word()));
    }
    let text = serde_json::to_string_pretty(&accepted).map_err(|error| Failure::usage(error.to_string()))?;
    save(&file(&args.project), &(text + "\n"))?;
    Ok(Exit::Fine)
}

fn file(project: &Path) -> PathBuf {
    project.join(FILE)
}

/// What has been accepted in a project; nothing where there is no such file, as beside a saved plan.
pub(super) fn read(project: &Path) -> Result<Accepted, Failure> {
    let path = file(project);
    if !path.is_file() {
        return Ok(Accepted::default());
    }
    let unreadable = |why: String| Failure::usage(format!("cannot read `{}`: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
}
