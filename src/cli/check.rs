//! `tabiji check`

use std::path::{Path, PathBuf};

use super::args::{CheckArgs, CheckFormat};
use super::compile::{json_text, prefix, refused};
use super::output::{Results, deliver};
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::diag::{Style, Summary, github, human, json, sarif, sort};
use crate::pipeline::{self, Cache, Checked};
use crate::project::ROOT_FILE;
use crate::text::nearest;
use crate::witness;

/// Reports everything about a project that can be known without leads.
pub(super) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    Results::of(args.format, &args.output).run(|| run(args, terminal))
}

fn run(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    if let Some(Some(word)) = &args.explain_bound
        && Path::new(word).join(ROOT_FILE).is_file()
    {
        let found = format!("`--explain-bound {word}` asks about a journey of that name, and it is a project");
        return Err(Failure::usage(format!("{found}; write the folder first: `tabiji check {word} --explain-bound`")));
    }
    let open = |folder: &PathBuf| {
        let unusable = |error| Failure::usage(format!("cannot use `{}` as a cache: {error}", folder.display()));
        Cache::open(folder).map_err(unusable)
    };
    let cache = args.cache.as_ref().map(open).transpose()?;
    let mut checked = pipeline::check_cached(&args.path, cache.as_ref()).map_err(refused)?;
    spared::note_project(&args.path, &checked.sources);
    sort(&mut checked.findings, &checked.sources);
    let bounds = bounds(args, &checked)?;
    if let Some(folder) = &args.witness {
        super::witness::write(&checked, folder)?;
    }
    let prefix = prefix(&args.path);
    deliver(args.format, &args.output, |format, printed| {
        let style = if printed { terminal.out(&prefix) } else { Style { prefix: &prefix, ..Style::default() } };
        render(format, &checked, &bounds, style)
    })?;
    let fails = checked.findings.iter().any(|finding| finding.level >= args.fail_on.level());
    // The process ends here: piece by piece a large project would take longer to free than its report to print.
    std::mem::forget(checked);
    Ok(if fails { Exit::Findings } else { Exit::Fine })
}

/// What is said about bounds, for people.
fn bounds(args: &CheckArgs, checked: &Checked) -> Result<String, Failure> {
    let (Some(campaign), Some(asked)) = (&checked.campaign, &args.explain_bound) else {
        return Ok(witness::lines(&checked.flood));
    };
    if let Some(name) = asked
        && !campaign.journeys.contains_key(name)
    {
        let near = nearest(name, campaign.journeys.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("there is no journey `{name}`{hint}")));
    }
    Ok(witness::explain(&checked.flood, campaign, asked.as_deref()))
}

fn render(format: CheckFormat, checked: &Checked, bounds: &str, style: Style<'_>) -> Result<String, Failure> {
    let (found, sources) = (checked.findings.as_slice(), &checked.sources);
    // Annotations name files from the root of the repository, where such runs start; `..` leads out of it.
    let inside = if Path::new(style.prefix).starts_with("..") { "" } else { style.prefix };
    match format {
        CheckFormat::Text => Ok(text(checked, style) + bounds),
        CheckFormat::Json => {
            let mails = checked.campaign.as_ref().map(|campaign| witness::json(&checked.flood, campaign));
            json_text(&json::Report { mails, ..json::report(found, sources) })
        }
        CheckFormat::Sarif => Ok(sarif::sarif(found, sources, inside)),
        CheckFormat::Github => Ok(github::github(found, sources, inside)),
    }
}

fn text(checked: &Checked, style: Style<'_>) -> String {
    let count = checked.sources.files().count();
    let files = if count == 1 { "file" } else { "files" };
    match checked.findings.as_slice() {
        [] => format!("no findings in {count} {files}\n"),
        found => format!("{}{}\n", human(found, &checked.sources, style), Summary::of(found)),
    }
}
