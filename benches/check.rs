//! What `check` costs beside bare YAML parsing: `cargo bench --bench check`.
//!
//! Prints a table of stages for projects of several sizes, on one thread and on two. Everything in a line was measured
//! in turn, round by round, and a ratio is the median of the ratios within a round: machines are noisy.
//!
//! `cargo bench --bench check -- write FOLDER JOURNEYS [STEPS]` writes a project to try other programs with, and
//! `-- once FOLDER` runs the bare events and the stages one time on one thread, for a profiler that counts instructions.

mod made;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use rayon::prelude::*;
use tabiji::ast::{self, Declarations};
use tabiji::diag::{Diagnostic, Level, Sink};
use tabiji::project::Loaded;
use tabiji::resolve::{Attachments, Resolution};
use tabiji::text::{FileId, SourceMap};
use tabiji::{analysis, pipeline, project, resolve, rules, schema, syntax};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];
const THREADS: [usize; 2] = [1, 2];
/// Journeys that are looked at for each size, about: small projects are measured more often.
const WORK: usize = 10_000;
const MOST_ROUNDS: usize = 25;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder, numbers @ ..] if matches!(numbers.len(), 1 | 2) => {
            let numbers: Result<Vec<usize>, _> = numbers.iter().map(|number| number.parse()).collect();
            match numbers.as_deref() {
                Ok([journeys, steps @ ..]) => {
                    made::write(Path::new(folder), *journeys, steps.first().copied()).map_err(|error| error.to_string())
                }
                _ => Err("how many journeys there are, and how many steps in each, are numbers".to_owned()),
            }
        }
        ["once", folder] => once(Path::new(folder)),
        ["--test"] => table(&SIZES[..1]),
        [] => table(&SIZES),
        sizes => sizes.iter().map(|size| size.parse()).collect::<Result<Vec<_>, _>>().map_or_else(
            |_| Err("give numbers of journeys, `write FOLDER JOURNEYS [STEPS]`, or `once FOLDER`".to_owned()),
            |sizes| table(&sizes),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// What is measured, in the order of the columns. The stages are those of the pipeline; `events` is the yardstick.
/// `check` is all of them in one run, with the proofs of how many mails a lead can get, which are in none of the others.
const COLUMNS: [&str; 11] =
    ["events", "read", "parse", "schema", "lower", "resolve", "analyse", "rules", "check", "ratio", "+mails"];
const CHECK: usize = 8;

fn table(sizes: &[usize]) -> Result<(), String> {
    println!(
        "milliseconds; `ratio` is the stages beside bare YAML events, `+mails` all of check with the proofs of mails"
    );
    println!("beside them, and the last column one journey's share of check\n");
    print!("{:>8} {:>7}", "journeys", "threads");
    COLUMNS.iter().for_each(|column| print!(" {column:>8}"));
    println!(" us/journey");
    for &journeys in sizes {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        made::write(folder.path(), journeys, None).map_err(|error| error.to_string())?;
        for threads in THREADS {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.map_err(|error| error.to_string())?;
            let rounds = (WORK / journeys.max(1)).clamp(3, MOST_ROUNDS);
            let rounds: Result<Vec<Vec<f64>>, String> =
                (0..rounds).map(|_| pool.install(|| round(folder.path()))).collect();
            let rounds = rounds?;
            print!("{journeys:>8} {threads:>7}");
            for column in 0..COLUMNS.len() {
                print!(" {:>8.2}", median(rounds.iter().map(|round| round[column]).collect()));
            }
            let journey = rounds.iter().map(|round| round[CHECK] * 1e3 / journeys as f64);
            println!(" {:>10.1}", median(journey.collect()));
        }
    }
    Ok(())
}

/// The bare events and the stages, nothing else.
fn once(folder: &Path) -> Result<(), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| error.to_string())?;
    let times = pool.install(|| stages(folder))?;
    COLUMNS.iter().zip(times).for_each(|(column, time)| println!("{column:>8} {time:>8.2}"));
    Ok(())
}

/// Each column once.
fn round(folder: &Path) -> Result<Vec<f64>, String> {
    let mut times = stages(folder)?;
    let checked = time(&mut times, || pipeline::check(folder)).map_err(|error| error.to_string())?;
    sound(&checked.findings)?;
    let (events, check) = (times[0], times[CHECK]);
    let others = times[1..CHECK].iter().sum::<f64>();
    times.extend([others / events, check / events]);
    Ok(times)
}

/// Each column up to that of `check`.
fn stages(folder: &Path) -> Result<Vec<f64>, String> {
    let mut times = Vec::with_capacity(COLUMNS.len());
    let events = time(&mut times, || bare_events(folder)).map_err(|error| error.to_string())?;
    if events == 0 {
        return Err("no YAML events".to_owned());
    }
    let loaded = time(&mut times, || project::open(folder)).map_err(|error| error.to_string())?;
    let mut sources = SourceMap::default();
    let files: Vec<FileId> = loaded.iter().filter_map(|file| add(file, &mut sources)).collect();
    let mut whole = Vec::with_capacity(1);
    let read: Vec<(Declarations, Vec<f64>)> =
        time(&mut whole, || files.par_iter().map(|&id| declared(id, &sources)).collect::<Option<_>>())
            .ok_or("the project made up has a file without a tree")?;
    // Each of the three has its share of the time for all of them, on however many threads.
    let share = |stage: usize| read.iter().map(|(_, times)| times[stage]).sum::<f64>();
    let all: f64 = (0..3).map(share).sum();
    times.extend((0..3).map(|stage| whole[0] * share(stage) / all));
    let declarations: Vec<Declarations> = read.into_iter().map(|(declarations, _)| declarations).collect();
    let mut sink = Sink::default();
    let resolution: Resolution =
        time(&mut times, || resolve::resolve(&declarations, &[], &Attachments::default(), &sources, &mut sink));
    let facts = time(&mut times, || analysis::analyse(&resolution.campaign, false, None));
    time(&mut times, || rules::run(&resolution, &facts, &mut sink));
    sound(&sink.found)?;
    Ok(times)
}

/// What one file declares, as in the pipeline, whose trees are gone before the next file is parsed. The times are those of
/// parsing, of the schema and of lowering.
fn declared(file: FileId, sources: &SourceMap) -> Option<(Declarations, Vec<f64>)> {
    let (mut times, mut sink) = (Vec::with_capacity(3), Sink::default());
    let document = time(&mut times, || syntax::parse(file, &sources.file(file).text, &mut sink))?;
    let root = document.root.as_ref()?;
    assert!(time(&mut times, || schema::validate(root, &mut sink)).is_empty());
    let declarations = time(&mut times, || ast::lower(root, &[], &mut sink));
    Some((declarations, times))
}

fn sound(findings: &[Diagnostic]) -> Result<(), String> {
    match findings.iter().find(|finding| finding.level == Level::Error) {
        Some(finding) => Err(format!("the project made up has a fault: {finding:?}")),
        None => Ok(()),
    }
}

/// The least that any reader of the files does: each is read, and the YAML parser makes its events.
fn bare_events(folder: &Path) -> std::io::Result<usize> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    let count = |path: &PathBuf| {
        let text = fs::read_to_string(path)?;
        Ok(granit_parser::Parser::new_from_str(&text).filter(Result::is_ok).count())
    };
    files.par_iter().map(count).sum()
}

fn add(file: &Loaded, sources: &mut SourceMap) -> Option<FileId> {
    file.text.as_ref().ok().map(|text| sources.add(&file.path, text.as_str()))
}

fn time<T>(times: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    times.push(begun.elapsed().as_secs_f64() * 1e3);
    done
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
