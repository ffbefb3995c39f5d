//! `tabiji check`

use std::path::Path;

use super::args::{CheckArgs, CheckFormat};
use super::compile::{json_text, prefix, refused};
use super::output::deliver;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::diag::{Diagnostic, Style, Summary, github, human, json, sarif, sort};
use crate::pipeline;
use crate::text::SourceMap;

/// Reports everything about a project that can be known without leads.
pub(super) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut checked = match pipeline::check(&args.path) {
        Ok(checked) => checked,
        Err(error) => return refuse(args, refused(error)),
    };
    sort(&mut checked.findings, &checked.sources);
    let prefix = prefix(&args.path);
    let (found, sources) = (&checked.findings, &checked.sources);
    deliver(args.format, &args.output, |format, printed| {
        let style = if printed { terminal.out(&prefix) } else { Style { prefix: &prefix, ..Style::default() } };
        render(format, found, sources, style)
    })?;
    let fails = found.iter().any(|finding| finding.level >= args.fail_on.level());
    Ok(if fails { Exit::Findings } else { Exit::Fine })
}

fn render(format: CheckFormat, found: &[Diagnostic], sources: &SourceMap, style: Style<'_>) -> Result<String, Failure> {
    // Annotations name files from the root of the repository, where such runs start; `..` leads out of it.
    let inside = if Path::new(style.prefix).starts_with("..") { "" } else { style.prefix };
    match format {
        CheckFormat::Text => Ok(text(found, sources, style)),
        CheckFormat::Json => json_text(&json::report(found, sources)),
        CheckFormat::Sarif => Ok(sarif::sarif(found, sources, inside)),
        CheckFormat::Github => Ok(github::github(found, sources, inside)),
    }
}

fn text(found: &[Diagnostic], sources: &SourceMap, style: Style<'_>) -> String {
    let count = sources.files().count();
    let files = if count == 1 { "file" } else { "files" };
    match found {
        [] => format!("no findings in {count} {files}\n"),
        found => format!("{}{}\n", human(found, sources, style), Summary::of(found)),
    }
}

/// Machine formats stay what they are when a run cannot begin.
fn refuse(args: &CheckArgs, failure: Failure) -> Result<Exit, Failure> {
    deliver(args.format, &args.output, |format, printed| match format {
        CheckFormat::Text if printed => Ok(String::new()),
        CheckFormat::Text => Ok(format!("error: {}\n", failure.message)),
        CheckFormat::Json => json_text(&json::refusal(&failure.message)),
        CheckFormat::Sarif => Ok(sarif::refusal(&failure.message)),
        CheckFormat::Github => Ok(github::refusal(&failure.message)),
    })?;
    Err(failure)
}
