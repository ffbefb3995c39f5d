//! `tabiji domains`: the records in DNS that senders need, and what is wrong with those of a zone file.

use std::path::Path;

use serde::Serialize;

use super::args::{DomainsArgs, DomainsFormat, Format};
use super::compile::{Compiled, compile, reported};
use super::output::deliver;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::domains::{self, Finding, Level, Record, Zone};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    records: &'a [Record],
    /// Whether a zone was looked at.
    compared: bool,
    findings: &'a [Finding],
}

/// Lists records, and compares them with zone files.
pub(super) fn domains(args: &DomainsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    reported(plain(args.format), run(args, terminal))
}

/// How failures are told.
fn plain(format: DomainsFormat) -> Format {
    match format {
        DomainsFormat::Text | DomainsFormat::Zone => Format::Text,
        DomainsFormat::Json => Format::Json,
    }
}

fn run(args: &DomainsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let campaign = match compile(&args.path, plain(args.format), terminal)? {
        Compiled::Campaign(campaign, _) => campaign,
        Compiled::Faulty => return Ok(Exit::Findings),
    };
    let mut zone = Zone::default();
    for path in &args.zone {
        read(&mut zone, path, args.origin.as_deref())?;
    }
    let records = domains::wanted(&campaign);
    let findings = domains::check(&campaign, (!args.zone.is_empty()).then_some(&zone));
    let project = &campaign.settings.project;
    deliver(args.format, &args.output, |format, _| match format {
        DomainsFormat::Zone => Ok(fragment(&records)),
        DomainsFormat::Text => Ok(format!("{}{}", fragment(&records), text(&findings, !args.zone.is_empty()))),
        DomainsFormat::Json => {
            let compared = !args.zone.is_empty();
            let report = Report {
                format_version: FORMAT_VERSION,
                status: "ok",
                project,
                records: &records,
                compared,
                findings: &findings,
            };
            let written = serde_json::to_string_pretty(&report).map(|text| text + "\n");
            written.map_err(|error| Failure::usage(error.to_string()))
        }
    })?;
    let failed = findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if failed { Exit::Findings } else { Exit::Fine })
}

fn read(zone: &mut Zone, path: &Path, origin: Option<&str>) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure { exit: Exit::NoInput, message: format!("there is no zone file `{shown}`") }
        }
        _ => Failure::usage(format!("cannot read the zone file `{shown}`: {error}")),
    })?;
    let read = zone.read(&shown, &text, origin);
    read.map_err(|fault| Failure::usage(format!("{shown}:{}: {}", fault.line, fault.message)))
}

/// The records as a zone file; those of which only the mail service knows the data are comments.
fn fragment(records: &[Record]) -> String {
    let mut out = String::new();
    let mut sender = "";
    for record in records {
        if record.sender != sender {
            sender = &record.sender;
            out.push_str(&format!("{}; sender {sender}\n", if out.is_empty() { "" } else { "\n" }));
        }
        out.push_str(&format!("; {}\n", record.about));
        match &record.data {
            Some(data) => out.push_str(&format!("{}. IN {} {data}\n", record.name, record.kind)),
            None => out.push_str(&format!("; {}. IN {} …\n", record.name, record.kind)),
        }
    }
    if out.is_empty() { "; no sender names a domain\n".to_owned() } else { out }
}

/// Findings one below the other, the worst first.
fn text(findings: &[Finding], compared: bool) -> String {
    let mut out = String::new();
    for finding in findings {
        let place = finding.place.as_ref().map_or(String::new(), |(file, line)| format!("{file}:{line}: "));
        let word = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        };
        out.push_str(&format!("\n{word}[{}]: {place}{}\n", finding.slug, finding.message));
        out.push_str(&format!("  sender {}: {}\n", finding.sender, finding.help));
    }
    if compared && findings.is_empty() {
        out.push_str("\nthe zone has everything that was looked for\n");
    }
    out
}
