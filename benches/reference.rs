//! The simulator by itself, with the reference campaign: `cargo bench --bench reference -- run LEADS [THREADS]`, and
//! `-- write FILE LEADS` for leads as a file. Leads are made before the clock starts, as far as they fit.
//!
//! Machines are noisy: compare with what ran in the same minutes, as `benches/peers.py` does.

#[path = "reference/leads.rs"]
mod leads;

use std::fs::File;
use std::io::{BufWriter, Cursor, Write};
use std::path::Path;
use std::time::Instant;

use tabiji::backend::sim::{self, Options};
use tabiji::ir::Row;
use tabiji::leads::Format;
use tabiji::plan::{self, Plan};

const CAMPAIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/reference");

/// Leads that are made at once and run again and again until enough are done: they stay small in memory.
const MADE: u64 = 20_000;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().ok();
    let done = match words.as_slice() {
        ["write", path, leads] => number(leads).and_then(|count| write(path, count)),
        ["run", leads] => number(leads).and_then(|count| run(count, 1)),
        ["run", leads, threads] => {
            number(leads).zip(number(threads)).and_then(|(count, threads)| run(count, threads as usize))
        }
        [] => run(20_000, 1),
        _ => None,
    };
    if done.is_none() {
        eprintln!("usage: run LEADS [THREADS] | write FILE LEADS");
        std::process::exit(2);
    }
}

fn write(path: &str, count: u64) -> Option<()> {
    let mut out = BufWriter::new(File::create(path).ok()?);
    leads::write(0..count, &mut out).ok()?;
    out.flush().ok()
}

fn run(count: u64, threads: usize) -> Option<()> {
    let plan = plan::build(&pipeline_checked()?).ok()?;
    let made = made(&plan, count.min(MADE))?;
    let mut rows = made.iter().cycle().take(usize::try_from(count).ok()?).cloned();
    let options = Options { threads: Some(threads), ..Options::default() };
    let begun = Instant::now();
    let outcome = sim::run(&plan, &mut rows, &options, &|_| {}).ok()?;
    let secs = begun.elapsed().as_secs_f64();
    let sent: u64 = outcome.figures.emails.iter().map(|(_, mail)| mail.sent).sum();
    println!("{count} leads, {threads} threads, {sent} mails: {secs:.3} s, {:.0} leads/s", count as f64 / secs);
    Some(())
}

fn pipeline_checked() -> Option<tabiji::ir::Campaign> {
    tabiji::pipeline::check(Path::new(CAMPAIGN)).ok()?.campaign
}

fn made(plan: &Plan, count: u64) -> Option<Vec<Row>> {
    let mut text = Vec::new();
    leads::write(0..count, &mut text).ok()?;
    Some(tabiji::leads::open(Format::Csv, Cursor::new(text), &plan.campaign).ok()?.collect())
}
