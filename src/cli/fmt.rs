//! `tabiji fmt`

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::args::FmtArgs;
use super::compile::{prefix, refused};
use super::output::{print, print_bytes, save};
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::diag::{Diagnostic, Sink, human, sort};
use crate::format::{self, Refusal};
use crate::project;
use crate::syntax;
use crate::text::SourceMap;

/// Lays out campaign files anew.
pub(super) fn fmt(args: &FmtArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    if args.paths == [Path::new("-")] {
        return from_input(args.check, terminal);
    }
    let mut files = Vec::new();
    for path in &args.paths {
        files.extend(found(path)?);
    }
    let looked_at: Vec<Looked> = files.par_iter().map(look).collect();
    let mut tally = Tally::default();
    for (file, looked) in files.iter().zip(looked_at) {
        tally.take(file, looked, args.check, terminal)?;
    }
    tally.conclude(args.check)
}

/// A file to be laid out.
struct Found {
    /// Where it is.
    path: PathBuf,
    /// The same, as users may follow it from where they are.
    shown: String,
    /// Its text, or why there is none.
    text: Result<String, String>,
}

/// The files that a path means: those of a project, or itself.
fn found(path: &Path) -> Result<Vec<Found>, Failure> {
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(|error| error.to_string());
        let text = bytes.and_then(|bytes| project::text(&bytes).map(str::to_owned));
        return Ok(vec![Found { path: path.to_owned(), shown: path.display().to_string(), text }]);
    }
    let prefix = prefix(path);
    let loaded = project::open(path).map_err(refused)?;
    let found = loaded.into_iter().map(|file| Found {
        path: path.join(&file.path),
        shown: format!("{prefix}{}", file.path),
        text: file.text.map_err(|(why, _)| why),
    });
    Ok(found.collect())
}

/// What was found out about a file.
enum Looked {
    InOrder,
    LaidOut(String),
    Faulty(SourceMap, Vec<Diagnostic>),
    Left(Refusal),
    Unreadable(String),
}

fn look(file: &Found) -> Looked {
    match &file.text {
        Ok(text) => look_at(&file.shown, text),
        Err(why) => Looked::Unreadable(why.clone()),
    }
}

fn look_at(shown: &str, text: &str) -> Looked {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let id = sources.add(shown, text);
    let document = syntax::parse(id, text, &mut sink);
    match document.filter(|_| sink.found.is_empty()) {
        None => {
            sort(&mut sink.found, &sources);
            Looked::Faulty(sources, sink.found)
        }
        Some(document) => match format::format(text, &document) {
            Ok(laid_out) if laid_out == text => Looked::InOrder,
            Ok(laid_out) => Looked::LaidOut(laid_out),
            Err(refusal) => Looked::Left(refusal),
        },
    }
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    changed: usize,
    in_order: usize,
    faulty: usize,
    left: usize,
}

impl Tally {
    fn take(&mut self, file: &Found, looked: Looked, check: bool, terminal: &Terminal) -> Result<(), Failure> {
        let shown = &file.shown;
        match looked {
            Looked::InOrder => self.in_order += 1,
            Looked::LaidOut(text) => {
                self.changed += 1;
                if !check {
                    save(&file.path, &text)?;
                }
                print(&format!("{} {shown}\n", if check { "would lay out" } else { "laid out" }))?;
            }
            Looked::Faulty(sources, found) => {
                self.faulty += 1;
                terminal.show(&human(&found, &sources, terminal.err("")));
            }
            Looked::Left(why) => {
                self.left += 1;
                terminal.say("error", &format!("`{shown}` is left as it is: {why}"));
            }
            Looked::Unreadable(why) => {
                self.left += 1;
                terminal.say("error", &format!("`{shown}` cannot be read: {why}"));
            }
        }
        Ok(())
    }

    fn conclude(&self, check: bool) -> Result<Exit, Failure> {
        let files = |count: usize| format!("{count} {}", if count == 1 { "file" } else { "files" });
        let mut parts = Vec::new();
        if self.changed > 0 {
            parts.push(format!("{} {}", files(self.changed), if check { "to lay out" } else { "laid out" }));
        }
        if self.in_order > 0 || self.changed + self.faulty + self.left == 0 {
            parts.push(format!("{} in order", files(self.in_order)));
        }
        if self.faulty > 0 {
            parts.push(format!("{} with faults left as they are", files(self.faulty)));
        }
        if self.left > 0 {
            parts.push(format!("{} left as they are", files(self.left)));
        }
        print(&format!("{}\n", parts.join(", ")))?;
        Ok(match () {
            () if self.left > 0 => Exit::Usage,
            () if self.faulty > 0 || (check && self.changed > 0) => Exit::Findings,
            () => Exit::Fine,
        })
    }
}

/// From the standard input to the standard output, for editors. What cannot be laid out comes out as it went in.
fn from_input(check: bool, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("cannot read the standard input: {error}")))?;
    let looked = match project::text(&bytes) {
        Ok(text) => look_at("-", text),
        Err(why) => Looked::Unreadable(why),
    };
    if !check {
        print_bytes(if let Looked::LaidOut(laid_out) = &looked { laid_out.as_bytes() } else { &bytes })?;
    }
    match looked {
        Looked::LaidOut(_) if check => Ok(Exit::Findings),
        Looked::LaidOut(_) | Looked::InOrder => Ok(Exit::Fine),
        Looked::Faulty(sources, found) => {
            terminal.show(&human(&found, &sources, terminal.err("")));
            Ok(Exit::Findings)
        }
        Looked::Left(why) => Err(Failure::usage(format!("the text is left as it is: {why}"))),
        Looked::Unreadable(why) => Err(Failure::usage(format!("the text is left as it is: {why}"))),
    }
}
