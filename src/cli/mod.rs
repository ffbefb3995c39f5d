//! The command line: a thin shell over the library.
//!
//! In: arguments, the files they name and the terminal. Out: results on the standard output, everything else on the
//! standard error, and an exit code. Never: anything that another shell would have to do again.

mod accept;
mod against;
mod args;
mod as_sent;
mod asked;
mod back_test;
mod base;
mod both_sides;
mod check;
mod clean;
mod compare;
mod compile;
mod diff;
mod domains;
mod explain;
mod files;
mod fit;
mod fit_value;
mod fmt;
mod generate;
mod init;
mod interrupt;
mod leads;
mod log;
mod logs;
mod mails;
mod output;
mod plan;
mod progress;
mod refusal;
mod render;
mod rows;
mod send;
mod set;
mod simulate;
mod smtp;
mod spared;
mod stats;
mod terminal;
mod test;
mod witness;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command, FitCommand, LeadsCommand};
use terminal::Terminal;

use crate::diag::{Diagnostic, Summary, human};
use crate::text::SourceMap;

/// Runs the command that the arguments name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Usage errors come before it is known what the arguments say, and follow them all the same.
    let parsed = Cli::command().color(terminal::asked(&arguments)).try_get_matches_from(arguments);
    let cli = match parsed.and_then(|parsed| Cli::from_arg_matches(&parsed)) {
        Ok(cli) => cli,
        Err(usage) => {
            // Help and version go out like this too. Nobody is left to tell where they cannot be printed.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    interrupt::watch();
    let terminal = Terminal::new(cli.color);
    let ended = match &cli.command {
        Command::Init(args) => init::init(args),
        Command::Check(args) => check::check(args, &terminal),
        Command::Simulate(args) => simulate::simulate(args, &terminal),
        Command::Plan(args) => plan::plan(args, &terminal),
        Command::Accept(args) => accept::accept(args, &terminal),
        Command::Diff(args) => diff::diff(args, &terminal),
        Command::Log(args) => log::log(args, &terminal),
        Command::Render(args) => render::render(args, &terminal),
        Command::Send(args) => send::send(args, &terminal),
        Command::Domains(args) => domains::domains(args, &terminal),
        Command::Fit(args) => match &args.command {
            None => fit::fit(args, &terminal),
            Some(FitCommand::Value(args)) => fit_value::value(args, &terminal),
        },
        Command::Test(args) => test::test(args, &terminal),
        Command::Fmt(args) => fmt::fmt(args, &terminal),
        Command::Leads(LeadsCommand::Clean(args)) => clean::clean(args, &terminal),
        Command::Leads(LeadsCommand::Generate(args)) => generate::generate(args, &terminal),
        Command::Leads(LeadsCommand::Stats(args)) => stats::stats(args, &terminal),
        Command::Explain(args) => explain::explain(args, &terminal),
        Command::Schema { plan, effect, format } => explain::schema(*plan, *effect, *format),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.say(&terminal);
            failure.exit.into()
        }
    }
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Fine,
    /// There are findings at or above the level that fails a run.
    Findings,
    /// Wrong usage or configuration, or input that cannot be read.
    Usage,
    /// There is nothing to work on.
    NoInput,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Fine => ExitCode::SUCCESS,
            Exit::Findings => ExitCode::from(1),
            Exit::Usage => ExitCode::from(2),
            Exit::NoInput => ExitCode::from(3),
        }
    }
}

/// Why a run could not do its work.
#[derive(Clone, Debug)]
struct Failure {
    exit: Exit,
    message: String,
    /// The findings that say it, where a campaign has faults.
    found: Option<Box<Found>>,
}

/// Findings, with what is needed to show them.
#[derive(Clone, Debug)]
struct Found {
    findings: Vec<Diagnostic>,
    sources: SourceMap,
    /// The way from the current folder to the project's.
    prefix: String,
}

impl Failure {
    /// Wrong usage or configuration, or input that cannot be read.
    fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, message: message.into(), found: None }
    }

    /// There is nothing to work on.
    fn no_input(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::NoInput, ..Failure::usage(message) }
    }

    /// The campaign has faults.
    fn of(found: Found) -> Failure {
        let message = Summary::of(&found.findings).to_string();
        Failure { exit: Exit::Findings, message, found: Some(Box::new(found)) }
    }

    /// Says it on the standard error.
    fn say(&self, terminal: &Terminal) {
        match &self.found {
            None => terminal.say("error", &self.message),
            Some(found) => {
                terminal.show(&human(&found.findings, &found.sources, terminal.err(&found.prefix)));
                terminal.show(&format!("{}\n", self.message));
            }
        }
    }
}
