//! What can be said on the command line.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::output::Output;
use super::rows::Table;
use crate::diag::Level;
use crate::diff::Class;
use crate::ir::MetricsBy;

/// A compiler for marketing campaigns: YAML in git, checked, simulated, planned.
#[derive(Debug, Parser)]
#[command(name = "tabiji", version, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// Whether to use colours; NO_COLOR and FORCE_COLOR are followed unless this says otherwise
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(super) color: When,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a small working project to start from
    Init(InitArgs),
    /// Report everything about a project that can be known without leads
    Check(CheckArgs),
    /// Run the journeys against leads
    Simulate(SimulateArgs),
    /// Write the compiled execution plan
    Plan(PlanArgs),
    /// Accept the effect of a change on a journey, and of no other change
    Accept(AcceptArgs),
    /// Say what was changed in the compiled campaign
    Diff(DiffArgs),
    /// Say how one journey changed over the history of git, by effect
    Log(LogArgs),
    /// Show mails as leads get them: HTML, text, messages, a page to look at
    Render(RenderArgs),
    /// Send mails to a mail server on this machine, for a test: never to leads
    Send(SendArgs),
    /// List the DNS records of the sending domains, or compare them with zone files
    Domains(DomainsArgs),
    /// Fit behaviour, or the value of customers, to what happened
    Fit(FitArgs),
    /// Run the project's own tests of its journeys
    Test(TestArgs),
    /// Lay out campaign files anew, and change nothing else
    Fmt(FmtArgs),
    /// Clean leads files, make leads up, look at what is in them
    #[command(subcommand)]
    Leads(LeadsCommand),
    /// Say what a finding means, with examples
    Explain(ExplainArgs),
    /// Print the JSON Schema of the campaign files, of the plan, or of the effect of a change
    Schema {
        /// The schema of saved plans instead
        #[arg(long)]
        plan: bool,
        /// The schema of what `plan --against` says as JSON instead
        #[arg(long, conflicts_with = "plan")]
        effect: bool,
        /// JSON Schema, or the reference made from it
        #[arg(long, value_enum, default_value_t = SchemaFormat::Json, conflicts_with_all = ["plan", "effect"])]
        format: SchemaFormat,
    },
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// In files and pipes as well
    Always,
    /// Not at all
    Never,
}

/// Which mails, for whom.
#[derive(Debug, Args)]
pub(super) struct MailArgs {
    /// Folder of the project, or a saved plan (.json)
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// A mail; may be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    pub(super) email: Vec<String>,
    /// All mails of a journey
    #[arg(long, value_name = "NAME")]
    pub(super) journey: Option<String>,
    /// A lead by its id; may be given several times [default: the first]
    #[arg(long, value_name = "ID")]
    pub(super) lead: Vec<String>,
    /// Leads: .csv, .jsonl, .parquet or .arrow [default: those of the project, else one made up]
    #[arg(long, value_name = "FILE", conflicts_with = "leads_from_personas")]
    pub(super) leads: Vec<PathBuf>,
    /// Make up so many leads from the personas
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) leads_from_personas: Option<u64>,
    /// A field, `stage`, `score.MODEL`, `grade.MODEL`, or a property of the event at hand: `--set industry=医療`,
    /// `--set event.plan=トライアル`
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// As a simulation sends them: with the scores, grades, segments, history and event that the lead has at that moment
    #[arg(long, conflicts_with_all = ["set", "at"])]
    pub(super) as_sent: bool,
    /// With `--as-sent`: logs of what leads really did, as `simulate` takes them
    #[arg(long, value_name = "FILE", requires = "as_sent")]
    pub(super) events: Vec<PathBuf>,
    /// With `--as-sent`: seed of the simulation
    #[arg(long, value_name = "N", requires = "as_sent", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) seed: Option<u64>,
    /// Local time at which the mail is read, such as 2026-04-01T10:00 [default: 10:00 on the first day of the simulation]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(super) at: Option<jiff::civil::DateTime>,
}

#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// Which mails, for whom
    #[command(flatten)]
    pub(super) mails: MailArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t = MailFormat::Html)]
    pub(super) format: MailFormat,
    /// Each branch of dynamic content once
    #[arg(long)]
    pub(super) variants: bool,
    /// Write .html, .txt and .eml of every mail into a folder, which is made if there is none
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Write a page that shows the mails on a desk, on a phone, in the dark, as text, with their headers
    #[arg(long, value_name = "FILE")]
    pub(super) preview: Option<PathBuf>,
}

/// Formats of mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MailFormat {
    /// The HTML part
    Html,
    /// The text part
    Text,
    /// The whole message, as it is sent
    Eml,
}

#[derive(Debug, Args)]
pub(super) struct SendArgs {
    /// Which mails, for whom
    #[command(flatten)]
    pub(super) mails: MailArgs,
    /// The mail server: `smtp://127.0.0.1:PORT`
    #[arg(long, value_name = "URL")]
    pub(super) to: String,
    /// Who gets all of them, instead of the leads
    #[arg(long, value_name = "ADDRESS")]
    pub(super) recipient: String,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Folder of the project; made if there is none
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Folder of the project
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Format of the report on the standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// Level of findings from which the run fails (exit code 1)
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error)]
    pub(super) fail_on: FailOn,
    /// Write the report to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<CheckFormat>::parse)]
    pub(super) output: Vec<Output<CheckFormat>>,
    /// Say how many mails one lead can get at worst and how that comes about, of all journeys or of one
    #[arg(long, value_name = "JOURNEY", num_args = 0..=1)]
    pub(super) explain_bound: Option<Option<String>>,
    /// Write for each limit on mails that is exceeded a test with the lead and timeline, which fails until that is mended
    #[arg(long, value_name = "DIR")]
    pub(super) witness: Option<PathBuf>,
    /// Keep what was proved of mails in a folder, and take it from there while nothing has changed that it depends on
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
}

/// Formats of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

/// Formats of everything that is not findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Formats of the report of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For programs that read tables: a figure in each row
    Csv,
    /// For pull requests, in GitHub's dialect
    Markdown,
}

impl From<ReportFormat> for Format {
    /// How failures are told.
    fn from(format: ReportFormat) -> Format {
        match format {
            ReportFormat::Text | ReportFormat::Csv | ReportFormat::Markdown => Format::Text,
            ReportFormat::Json => Format::Json,
        }
    }
}

/// Formats of the schema of campaign files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFormat {
    /// JSON Schema, draft-07
    Json,
    /// Every key in tables, for people
    Markdown,
}

/// By what figures of mails are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShownBy {
    /// By the journey that sent them
    Journey,
    /// By their topic
    Topic,
    /// By the segments of which the lead was a member when they were sent
    Segment,
    /// By the day on which they were sent
    Day,
}

impl From<ShownBy> for MetricsBy {
    fn from(by: ShownBy) -> MetricsBy {
        match by {
            ShownBy::Journey => MetricsBy::Journey,
            ShownBy::Topic => MetricsBy::Topic,
            ShownBy::Segment => MetricsBy::Segment,
            ShownBy::Day => MetricsBy::Day,
        }
    }
}

/// Which KPIs fail a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOnKpi {
    /// A KPI whose whole interval misses its target
    Kpi,
    /// A KPI of which it is not certain that it meets its target
    KpiUncertain,
}

/// From which level on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// From errors
    Error,
    /// From warnings
    Warn,
}

impl FailOn {
    /// The least level that fails the run.
    pub(super) fn level(self) -> Level {
        match self {
            FailOn::Error => Level::Error,
            FailOn::Warn => Level::Warn,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// Folder of the project, or a saved plan (.json)
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Leads: .csv, .jsonl, .parquet or .arrow, packed as .gz or .zst or not; a folder of such files; a pattern such as
    /// `may-*.csv`; `-` for the standard input. May be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "leads_from_personas")]
    pub(super) leads: Vec<PathBuf>,
    /// Make up so many leads from the personas
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) leads_from_personas: Option<u64>,
    /// Leave out the leads who come by the project's sources
    #[arg(long)]
    pub(super) no_arrivals: bool,
    /// Replay a log of what really happened instead of drawing behaviour: .jsonl, .csv, .parquet or .arrow, packed
    /// or not, `-` for the standard input; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with_all = ["leads_from_personas", "no_events"])]
    pub(super) events: Vec<PathBuf>,
    /// Draw behaviour although the project names logs of events
    #[arg(long)]
    pub(super) no_events: bool,
    /// First day, such as 2026-04-01; the run starts at its midnight in the project's time zone
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<jiff::civil::Date>,
    /// Length in days of 24 hours
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u32>(1..=36_500))]
    pub(super) days: Option<u32>,
    /// Seed of all chance
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) seed: Option<u64>,
    /// Number of threads; the result is the same for any number [default: one for each core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u16>(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Fail on the first row that cannot be a lead
    #[arg(long)]
    pub(super) strict: bool,
    /// By what the figures of mails are shown as well; may be given several times
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) by: Vec<ShownBy>,
    /// What ends the run with exit code 1 as well: a KPI that misses its target
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) fail_on: Option<FailOnKpi>,
    /// Write the report as a page as well: one HTML file that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Write each journey as a graph, and each chart, as an SVG file into a folder, which is made if there is none; where
    /// runs are compared, a chart for each figure that differs
    #[arg(long, value_name = "DIR")]
    pub(super) plots: Option<PathBuf>,
    /// Print the whole timeline of the lead with this id
    #[arg(long, value_name = "LEAD", conflicts_with_all = ["why", "why_not", "funnel"])]
    pub(super) trace: Option<String>,
    /// Say in short what let a lead into a journey, which way it took and why
    #[arg(long, value_names = ["LEAD", "JOURNEY"], num_args = 2, conflicts_with_all = ["why_not", "funnel"])]
    pub(super) why: Option<Vec<String>>,
    /// Say in short why a lead did not enter a journey, did not get through, or did not get its mails
    #[arg(long, value_names = ["LEAD", "JOURNEY"], num_args = 2, conflicts_with = "funnel")]
    pub(super) why_not: Option<Vec<String>>,
    /// Print how a journey was gone through step by step: who left where and why, what was not sent, and how long it took
    #[arg(long, value_name = "JOURNEY")]
    pub(super) funnel: Option<String>,
    /// Write a row for each of the `sends`, `events` or `leads`: .parquet, .csv or .jsonl, the latter two also packed as .gz
    /// or .zst; may be given several times
    #[arg(long, value_name = "KIND=PATH", value_parser = Table::parse)]
    pub(super) write: Vec<Table>,
    /// Compare with this project or saved plan: the same leads and the same chance, lead by lead
    #[arg(long, value_name = "PATH", conflicts_with_all = ["events", "write", "trace", "why", "why_not", "funnel", "report", "by", "fail_on"])]
    pub(super) against: Option<PathBuf>,
    /// Compare with the campaign in which the value at a path is another, such as `policies.frequency.0.at_most=2`;
    /// `1,2,3` and `1..5` are several runs; may be given several times
    #[arg(long, value_name = "PATH=VALUE", conflicts_with_all = ["events", "write", "trace", "why", "why_not", "funnel", "report", "by", "fail_on"])]
    pub(super) set: Vec<String>,
    /// Run so often, each time with another seed, and show how far the figures move
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u16>(2..=1_000),
          conflicts_with_all = ["events", "write", "trace", "why", "why_not", "funnel", "report", "plots", "by", "fail_on", "against", "set"])]
    pub(super) runs: Option<u16>,
    /// Move each assumption about personas by so many percent down and up [default: 10], and show which matters most
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, require_equals = true, default_missing_value = "10",
          allow_negative_numbers = true, value_parser = whole::<u8>(1..=99),
          conflicts_with_all = ["events", "write", "trace", "why", "why_not", "funnel", "report", "plots", "by", "fail_on", "against", "set", "runs"])]
    pub(super) sensitivity: Option<u8>,
    /// Draw what the leads of a log do from the first day on, and hold it against what they really did: text or JSON
    #[arg(long, conflicts_with_all = ["leads_from_personas", "no_events", "write", "trace", "why", "why_not", "funnel", "report", "plots", "by", "fail_on", "against", "set", "runs", "sensitivity"])]
    pub(super) back_test: bool,
    /// Format of the report on the standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(super) format: ReportFormat,
    /// Write the report to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<ReportFormat>::parse)]
    pub(super) output: Vec<Output<ReportFormat>>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_value_name = "COMMAND")]
pub(super) struct FitArgs {
    /// What to fit instead
    #[command(subcommand)]
    pub(super) command: Option<FitCommand>,
    /// Folder of the project, or a saved plan (.json)
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Log of what really happened: .jsonl, .csv, .parquet or .arrow, packed or not, `-` for the standard input; may be
    /// given several times [default: those of the project]
    #[arg(long, value_name = "FILE")]
    pub(super) events: Vec<PathBuf>,
    /// Leads that the log is about, as for `simulate`: by them personas are told apart; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) leads: Vec<PathBuf>,
    /// Fail on the first line of the log that cannot be used
    #[arg(long)]
    pub(super) strict: bool,
    /// Format of the result on the standard output
    #[arg(long, value_enum, default_value_t = FitFormat::Yaml)]
    pub(super) format: FitFormat,
    /// Write the result to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<FitFormat>::parse)]
    pub(super) output: Vec<Output<FitFormat>>,
}

/// Formats of fitted behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FitFormat {
    /// Personas for the project, figures with their intervals as comments
    Yaml,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum FitCommand {
    /// What customers will buy and spend, from what they bought (BG/NBD and gamma-gamma)
    Value(FitValueArgs),
}

#[derive(Debug, Args)]
pub(super) struct FitValueArgs {
    /// Purchases with customer, date and amount, or a log of events: .csv, .jsonl, .parquet or .arrow, packed or not; `-`
    /// for the standard input
    #[arg(value_name = "TRANSACTIONS")]
    pub(super) file: PathBuf,
    /// How many weeks to look ahead
    #[arg(long, value_name = "N", default_value_t = 52, allow_negative_numbers = true, value_parser = whole::<u32>(1..=1_040))]
    pub(super) weeks: u32,
    /// Last day to fit, such as 2026-03-31 [default: that of the last purchase]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<jiff::civil::Date>,
    /// Column of the customer [default: customer, customer_id, id or userId]
    #[arg(long, value_name = "COLUMN")]
    pub(super) customer: Option<String>,
    /// Column of the date [default: date, at, timestamp or time]
    #[arg(long, value_name = "COLUMN")]
    pub(super) date: Option<String>,
    /// Column of the amount [default: amount, total or value]
    #[arg(long, value_name = "COLUMN")]
    pub(super) amount: Option<String>,
    /// Take only rows whose column `event` holds this, as in `simulate --write events=PATH`
    #[arg(long, value_name = "EVENT")]
    pub(super) event: Option<String>,
    /// Format of the result on the standard output
    #[arg(long, value_enum, default_value_t = ValueFormat::Text)]
    pub(super) format: ValueFormat,
    /// Write the result to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<ValueFormat>::parse)]
    pub(super) output: Vec<Output<ValueFormat>>,
}

/// Formats of the value of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ValueFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A row for each customer
    Csv,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_value_name = "COMMAND")]
pub(super) struct TestArgs {
    /// What to do instead
    #[command(subcommand)]
    pub(super) command: Option<TestCommand>,
    /// Folder of the project
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Only tests whose name or label has this in it
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// List the tests and run none
    #[arg(long)]
    pub(super) list: bool,
    /// Show the entries, steps and ways that no test reaches
    #[arg(long)]
    pub(super) coverage: bool,
    /// Fail if the tests reach less than this share of entries, steps and ways
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true, value_parser = whole::<u8>(0..=100))]
    pub(super) min_coverage: Option<u8>,
    /// Format of the results on the standard output
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(super) format: TestFormat,
    /// Write the results to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<TestFormat>::parse)]
    pub(super) output: Vec<Output<TestFormat>>,
}

#[derive(Debug, Subcommand)]
pub(super) enum TestCommand {
    /// Write a test from a lead of a simulation
    New(TestNewArgs),
}

#[derive(Debug, Args)]
pub(super) struct TestNewArgs {
    /// Folder of the project
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// The lead: its fields, what happens to it and what comes of it become the test
    #[arg(long, value_name = "LEAD")]
    pub(super) from_sim: String,
    /// Name of the test; made from the lead's id unless given
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// New file for the test, instead of the standard output
    #[arg(long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Leads, as for `simulate`; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "leads_from_personas")]
    pub(super) leads: Vec<PathBuf>,
    /// Make up so many leads from the personas
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) leads_from_personas: Option<u64>,
    /// First day, such as 2026-04-01
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<jiff::civil::Date>,
    /// Length in days of 24 hours
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u32>(1..=36_500))]
    pub(super) days: Option<u32>,
    /// Seed of all chance
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) seed: Option<u64>,
}

/// Formats of test results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// JUnit XML, for CI systems
    Junit,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Folder of the project
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Say what the change from another campaign does to people: from a revision of git, a folder or a saved plan
    /// [default: where the branch left the default branch]
    #[arg(long, value_name = "BASE", num_args = 0..=1)]
    pub(super) against: Option<Option<String>>,
    /// The least effect that fails the run (exit code 1)
    #[arg(long, value_enum, value_name = "CLASS", requires = "against")]
    pub(super) fail_on: Option<FailOnClass>,
    /// Show everything that is known of each journey, however many there are
    #[arg(long, requires = "against")]
    pub(super) details: bool,
    /// Most bytes of the Markdown: the worst first, and it says what was left out
    #[arg(long, value_name = "N", default_value_t = 60_000, requires = "against",
          allow_negative_numbers = true, value_parser = whole::<u32>(1_000..=u64::from(u32::MAX)))]
    pub(super) max_bytes: u32,
    /// Simulate both sides with these leads and the same chance, and say who gets what; files as for `simulate`; may be
    /// given several times
    #[arg(long, value_name = "FILE", requires = "against", conflicts_with = "leads_from_personas")]
    pub(super) leads: Vec<PathBuf>,
    /// The same with so many leads made up from the personas
    #[arg(long, value_name = "N", requires = "against", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) leads_from_personas: Option<u64>,
    /// Length of the simulation in days of 24 hours
    #[arg(long, value_name = "N", requires = "against", allow_negative_numbers = true, value_parser = whole::<u32>(1..=36_500))]
    pub(super) days: Option<u32>,
    /// Seed of all chance of the simulation
    #[arg(long, value_name = "N", requires = "against", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) seed: Option<u64>,
    /// First day of the simulation, such as 2026-04-01
    #[arg(long, value_name = "DATE", requires = "against", value_parser = date)]
    pub(super) start: Option<jiff::civil::Date>,
    /// The system that runs the journeys, by whose rules it is judged what becomes of leads inside
    #[arg(long, value_name = "NAME", requires = "against", default_value = "tabiji")]
    pub(super) target: String,
    /// Who stands where: a table with the columns `lead`, `journey`, `step` and `since`; says what becomes of them
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(super) state: Option<PathBuf>,
    /// Format of the plan, or of the effect, on the standard output
    #[arg(long, value_enum, default_value_t = EffectFormat::Text)]
    pub(super) format: EffectFormat,
    /// Write it to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<EffectFormat>::parse)]
    pub(super) output: Vec<Output<EffectFormat>>,
}

#[derive(Debug, Args)]
pub(super) struct AcceptArgs {
    /// Journeys whose effect is accepted; `fields` for rows of leads that fields refuse
    #[arg(required = true, value_name = "JOURNEY")]
    pub(super) journeys: Vec<String>,
    /// Why; it is shown with the effect
    #[arg(long, value_name = "WHY", value_parser = words)]
    pub(super) reason: String,
    /// What the campaign is compared with, as for `plan --against` [default: where the branch left the default branch]
    #[arg(long, value_name = "BASE")]
    pub(super) against: Option<String>,
    /// Folder of the project
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) project: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// A revision of git, a folder or a saved plan
    #[arg(value_name = "A")]
    pub(super) before: String,
    /// Another one [default: the project as it lies in its folder]
    #[arg(value_name = "B")]
    pub(super) after: Option<String>,
    /// Folder of the project, of which revisions are revisions
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) project: PathBuf,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Write it to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<Format>::parse)]
    pub(super) output: Vec<Output<Format>>,
}

#[derive(Debug, Args)]
pub(super) struct LogArgs {
    /// The journey
    #[arg(value_name = "JOURNEY")]
    pub(super) journey: String,
    /// Folder of the project
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) project: PathBuf,
    /// Most commits that are looked at, from the newest on
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = whole::<u32>(1..=u64::from(u32::MAX)))]
    pub(super) max_commits: u32,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// Formats of plans and of effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EffectFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// With `--against`: for pull requests, in GitHub's dialect
    Markdown,
    /// With `--against`: SARIF 2.1.0, for code scanning
    Sarif,
}

/// The least effect of a change that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOnClass {
    /// Anything that is compiled otherwise
    Safe,
    /// Mails at other times, or worse
    Timing,
    /// Others are reached, or worse
    Audience,
    /// More or fewer mails, or worse
    Volume,
    /// Leads already inside leave, get something twice or are stuck, or worse
    InFlight,
    /// It could not be decided
    Unknown,
}

impl FailOnClass {
    /// The class.
    pub(super) fn class(self) -> Class {
        match self {
            FailOnClass::Safe => Class::Safe,
            FailOnClass::Timing => Class::Timing,
            FailOnClass::Audience => Class::Audience,
            FailOnClass::Volume => Class::Volume,
            FailOnClass::InFlight => Class::InFlight,
            FailOnClass::Unknown => Class::Unknown,
        }
    }
}

/// The commands about leads.
#[derive(Debug, Subcommand)]
pub(super) enum LeadsCommand {
    /// Put a leads file in order: one way of writing, no bad values, one lead for each person
    Clean(CleanArgs),
    /// Make leads up from the personas and write them down
    Generate(GenerateArgs),
    /// Say what is in a leads file: how full each field is, what it holds, who the leads are
    Stats(StatsArgs),
}

/// Formats of leads on the standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LeadsFormat {
    /// Comma-separated values
    Csv,
    /// One JSON object per line
    Jsonl,
}

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// How many leads
    #[arg(value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) count: u64,
    /// Folder of the project, or a saved plan (.json)
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(super) project: PathBuf,
    /// Seed of all chance
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(super) seed: Option<u64>,
    /// Plant the dirt of real files in so many of a hundred leads, for cleaning to be tried on
    #[arg(long, value_name = "PERCENT", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u8>(0..=100))]
    pub(super) dirty: u8,
    /// Write to this file, .csv, .jsonl or .parquet, instead of the standard output
    #[arg(long, value_name = "PATH", conflicts_with = "format")]
    pub(super) output: Option<PathBuf>,
    /// Format on the standard output
    #[arg(long, value_enum, default_value_t = LeadsFormat::Csv)]
    pub(super) format: LeadsFormat,
}

#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    /// Leads, as for `simulate --leads` [default: those of the project]
    #[arg(value_name = "FILES")]
    pub(super) files: Vec<PathBuf>,
    /// Folder of the project, or a saved plan (.json)
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(super) project: PathBuf,
    /// Format of the report on the standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Write the report to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<Format>::parse)]
    pub(super) output: Vec<Output<Format>>,
}

#[derive(Debug, Args)]
pub(super) struct CleanArgs {
    /// File of leads, .csv, .jsonl, .parquet or .arrow, packed as .gz or .zst or not; `-` for the standard input
    /// [default: that of the project]
    pub(super) file: Option<PathBuf>,
    /// Folder of the project, or a saved plan (.json)
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(super) project: PathBuf,
    /// Write the clean leads to this file, .csv, .jsonl or .parquet; without it nothing is written
    #[arg(long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Write every change to this file, .csv or .jsonl
    #[arg(long, value_name = "PATH")]
    pub(super) report: Option<PathBuf>,
    /// Format of the summary on the standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct FmtArgs {
    /// Folders of projects, or files; `-` lays out the standard input to the standard output
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Change nothing; name the files that would change, and fail (exit code 1) if there are any
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Id or name of the rule, such as TJ0202 or unknown-name; without it all rules are listed
    pub(super) code: Option<String>,
}

/// Reads a whole number.
fn whole<T: TryFrom<u64>>(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| match (*range.start(), *range.end()) {
            (0, u64::MAX) if text.parse::<u128>().is_ok() => format!("at most {}", u64::MAX),
            (least, most) if most >= u64::from(u32::MAX) => format!("not a whole number of at least {least}"),
            (least, most) => format!("not a whole number from {least} to {most}"),
        })
    }
}

fn words(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("there are no words".to_owned()) } else { Ok(text.to_owned()) }
}

fn moment(text: &str) -> Result<jiff::civil::DateTime, String> {
    text.parse().map_err(|_| "not a date and time; write one such as 2026-04-01T10:00".to_owned())
}

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "not a date; write one such as 2026-04-01".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct DomainsArgs {
    /// Folder of the project
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Zone file to compare with; may be given several times. Without one the records are printed as a zone fragment
    #[arg(long, value_name = "FILE")]
    pub(super) zone: Vec<PathBuf>,
    /// Format of the findings on the standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, requires = "zone")]
    pub(super) format: CheckFormat,
    /// Write the findings to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Output::<CheckFormat>::parse, requires = "zone")]
    pub(super) output: Vec<Output<CheckFormat>>,
}
