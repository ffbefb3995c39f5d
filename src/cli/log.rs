//! `tabiji log`: how one journey changed over the history of git, by effect.

use serde::Serialize;

use super::args::{Format, LogArgs};
use super::base::{Compiled, Git, at_path, at_revision};
use super::output::Results;
use super::output::print;
use super::terminal::Terminal;
use super::{Exit, Failure, against};
use crate::diff::{self, JourneyChange, Status};
use crate::text::nearest;

/// A commit that had an effect on the journey.
#[derive(Serialize)]
struct Entry {
    commit: String,
    date: String,
    subject: String,
    #[serde(flatten)]
    effect: JourneyChange,
}

/// Says how a journey changed, the newest change first.
pub(super) fn log(args: &LogArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let results = Results { version: diff::FORMAT_VERSION, ..Results::of(args.format, &[]) };
    results.run(|| run(args, terminal))
}

fn run(args: &LogArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let git = Git::of(&args.project, "the history of a journey is told by git alone")?;
    let mut after = at_path(&args.project, terminal)?;
    let mut name = args.journey.clone();
    let mut found: Vec<Entry> = Vec::new();
    // The work tree, as long as nobody has committed it.
    let mut what = [String::new(), "not committed".to_owned(), String::new()];
    let mut was_seen = after.campaign.journeys.contains_key(&name);
    for commit in git.history(args.max_commits as usize)? {
        let before = match quietly(&git, &commit) {
            Some(before) => before,
            None => {
                terminal.say("note", &format!("{} does not compile and is passed over", short(&commit[0])));
                continue;
            }
        };
        was_seen |= before.campaign.journeys.contains_key(&name);
        note(&before, &after, &mut name, what, &mut found)?;
        (after, what) = (before, commit);
    }
    // The first commit, or the last that is looked at: what came before it is not known.
    if after.campaign.journeys.contains_key(&name) && git.commit(&format!("{}^", what[0])).is_err() {
        note(&nothing(), &after, &mut name, what, &mut found)?;
    }
    if !was_seen {
        let near = nearest(&args.journey, after.campaign.journeys.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("there is and was no journey `{}`{hint}", args.journey)));
    }
    match args.format {
        Format::Text => print(&text(&found)),
        Format::Json => {
            let report = serde_json::json!({"format_version": diff::FORMAT_VERSION, "status": "ok", "commits": found});
            let text = serde_json::to_string_pretty(&report).map_err(|error| Failure::usage(error.to_string()))?;
            print(&(text + "\n"))
        }
    }?;
    Ok(Exit::Fine)
}

/// A commit's campaign, if it has one; its faults are of the past.
fn quietly(git: &Git, commit: &[String; 3]) -> Option<Compiled> {
    at_revision(git, &commit[0], short(&commit[0]), &Terminal::silent()).ok()
}

fn nothing() -> Compiled {
    Compiled { name: String::new(), campaign: crate::ir::Campaign::default(), sources: None, faults: None }
}

/// Notes the effect of one commit on the journey, whose older name is followed.
fn note(
    before: &Compiled,
    after: &Compiled,
    name: &mut String,
    [commit, date, subject]: [String; 3],
    found: &mut Vec<Entry>,
) -> Result<(), Failure> {
    let change = against::compared(before, after)?;
    if let Some(effect) = change.journeys.into_iter().find(|journey| journey.journey == *name) {
        found.push(Entry { commit, date, subject, effect });
    }
    let is_it = |(_, to): &&(String, String)| to.strip_prefix("journeys.") == Some(name);
    if let Some(old) = change.followed.iter().find(is_it).and_then(|(from, _)| from.strip_prefix("journeys.")) {
        *name = old.to_owned();
    }
    Ok(())
}

fn text(found: &[Entry]) -> String {
    if found.is_empty() {
        return "no commit had an effect on it\n".to_owned();
    }
    let line = |entry: &Entry| {
        let commit = if entry.commit.is_empty() { "work tree" } else { short(&entry.commit) };
        let status = match entry.effect.status {
            Status::Added => " (new)",
            Status::Removed => " (removed)",
            Status::Changed => "",
        };
        format!("{commit}  {}  {}{status}\n    {}\n", entry.date, entry.subject, diff::effect(&entry.effect))
    };
    found.iter().map(line).collect()
}

fn short(commit: &str) -> &str {
    commit.get(..9).unwrap_or(commit)
}
