//! `tabiji domains`

use std::path::Path;

use super::args::{CheckFormat, DomainsArgs};
use super::compile::{json_text, prefix, refused};
use super::output::{Results, deliver, print};
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure, Found};
use crate::diag::suppress;
use crate::diag::{Level, Sink, Style, Summary, github, human, json, sarif, sort};
use crate::dns;
use crate::pipeline::{self, Checked};
use crate::text::SourceMap;

/// Largest zone file that is read, in bytes.
const MAX_ZONE: u64 = 16 << 20;

/// Lists the records of the sending domains, or holds them against zone files.
pub(super) fn domains(args: &DomainsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    args.zone.iter().for_each(|zone| spared::note(zone));
    Results::of(args.format, &args.output).run(|| run(args, terminal))
}

fn run(args: &DomainsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut checked = pipeline::findings(&args.path).map_err(refused)?;
    spared::note_project(&args.path, &checked.sources);
    let Some(campaign) = checked.campaign.take() else {
        let Checked { findings, sources, .. } = checked;
        return Err(Failure::of(Found { findings, sources, prefix: prefix(&args.path) }));
    };
    if args.zone.is_empty() {
        print(&dns::fragment(&campaign))?;
        return Ok(Exit::Fine);
    }
    let mut sources = seen_from_here(&checked.sources, &prefix(&args.path));
    let mut zones = Vec::new();
    for path in &args.zone {
        zones.push(sources.add(path.to_string_lossy(), read(path)?));
    }
    checked.sources = sources;
    let mut sink = Sink::default();
    dns::compare(&campaign, &zones, &checked.sources, &mut sink);
    checked.findings = suppress::apply(sink.found, &[], &checked.levels, false);
    sort(&mut checked.findings, &checked.sources);
    checked.findings.dedup();
    deliver(args.format, &args.output, |format, printed| {
        let style = if printed { terminal.out("") } else { Style::default() };
        render(format, &checked, style)
    })?;
    let fails = checked.findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if fails { Exit::Findings } else { Exit::Fine })
}

/// The files of the project under the paths they have from the current folder, as zone files have theirs.
fn seen_from_here(sources: &SourceMap, prefix: &str) -> SourceMap {
    let mut out = SourceMap::default();
    for (_, file) in sources.files() {
        out.add(format!("{prefix}{}", file.path), file.text.clone());
    }
    out
}

fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |why: String| Failure::usage(format!("cannot read `{}`: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if length > MAX_ZONE {
        return Err(unreadable("it has more than 16 MiB".to_owned()));
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))
}

fn render(format: CheckFormat, checked: &Checked, style: Style<'_>) -> Result<String, Failure> {
    let (found, sources) = (checked.findings.as_slice(), &checked.sources);
    Ok(match format {
        CheckFormat::Text if found.is_empty() => "all records are there\n".to_owned(),
        CheckFormat::Text => format!("{}{}\n", human(found, sources, style), Summary::of(found)),
        CheckFormat::Json => json_text(&json::report(found, sources))?,
        CheckFormat::Sarif => sarif::sarif(found, sources, ""),
        CheckFormat::Github => github::github(found, sources, ""),
    })
}
