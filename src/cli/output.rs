//! Results: to the standard output, and to files that appear whole or not at all.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::Failure;
use super::interrupt;
use super::refusal::{Refusal, page};
use super::spared::{distinct, spare};
use crate::diag::json;
use crate::leads::{Target, WRITE_ENDINGS, WriteFormat};

/// A file for a report, `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output<F> {
    /// What to write.
    pub(super) format: F,
    /// Where to.
    pub(super) path: PathBuf,
}

impl<F: ValueEnum> Output<F> {
    /// Reads `FORMAT=PATH`.
    pub(super) fn parse(text: &str) -> Result<Output<F>, String> {
        let names = || {
            let values = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            values.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
        };
        let (format, path) = text.split_once('=').ok_or("write FORMAT=PATH, such as json=report.json")?;
        let format = F::from_str(format, false).map_err(|_| format!("`{format}` is none of {}", names()))?;
        match path {
            "" => Err("there is no path after `=`".to_owned()),
            "-" => Err("use --format for the standard output".to_owned()),
            path => Ok(Output { format, path: path.into() }),
        }
    }
}

/// Where the results of a run go.
#[derive(Clone, Debug)]
pub(super) struct Results<'a, F> {
    /// Format of the report on the standard output.
    pub(super) format: F,
    /// The report in files.
    pub(super) outputs: &'a [Output<F>],
    /// Files with other results.
    pub(super) others: Vec<&'a Path>,
    /// The report as a page.
    pub(super) page: Option<&'a Path>,
    /// Version of the report's JSON.
    pub(super) version: u32,
}

impl<'a, F: Refusal> Results<'a, F> {
    /// Of a run that writes no other files.
    pub(super) fn of(format: F, outputs: &'a [Output<F>]) -> Results<'a, F> {
        Results { format, outputs, others: Vec::new(), page: None, version: json::FORMAT_VERSION }
    }

    /// Runs. Where that fails, the failure is told in the place of each report: none of a former run stays, and readers of a
    /// format always get that format.
    pub(super) fn run<T>(&self, run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let paths = self.outputs.iter().map(|output| output.path.as_path()).chain(self.others.iter().copied());
        let paths = paths.chain(self.page);
        let ended = match distinct(&paths.collect::<Vec<_>>()) {
            Ok(()) => run().inspect_err(|failure| self.refuse(failure)),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &ended
            && !self.format.is_for_people()
        {
            print(&self.format.of(failure, self.version)?)?;
        }
        ended
    }

    /// A file that cannot be written is no news beside the failure.
    fn refuse(&self, failure: &Failure) {
        for output in self.outputs {
            let _ = output.format.of(failure, self.version).and_then(|text| save_result(&output.path, &text));
        }
        if let Some(path) = self.page {
            let _ = save_result(path, &page(failure));
        }
    }
}

/// Writes a result to the standard output. A reader that has gone away, as `head` does, is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// The same for what need not be text.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::usage(format!("cannot write to the standard output: {error}"))),
    }
}

/// Prints a report in one format and writes it to files in others.
pub(super) fn deliver<F: Copy>(
    format: F,
    outputs: &[Output<F>],
    mut write: impl FnMut(F, bool) -> Result<String, Failure>,
) -> Result<(), Failure> {
    outputs.iter().try_for_each(|output| spare(&output.path))?;
    for output in outputs {
        save(&output.path, &write(output.format, false)?)?;
    }
    print(&write(format, true)?)
}

/// Writes a result into a file that the run does not read.
pub(super) fn save_result(path: &Path, text: &str) -> Result<(), Failure> {
    spare(path)?;
    save(path, text)
}

/// Writes a file under a temporary name beside its place, then renames it.
pub(super) fn save(path: &Path, text: &str) -> Result<(), Failure> {
    let pending = Pending::open(path)?;
    let written = pending.writer().and_then(|mut out| {
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| unwritable(path, &error))
    });
    written.and_then(|()| pending.keep())
}

/// Writes files into a folder, which is made if there is none.
pub(super) fn save_all(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    files.iter().try_for_each(|(name, text)| save(&folder.join(name), text))
}

/// A file that is written under a temporary name, and has its own once it is whole.
pub(super) struct Pending {
    path: PathBuf,
    real: PathBuf,
    /// `None` for a device or a pipe, which cannot be replaced.
    file: Option<tempfile::NamedTempFile>,
}

impl Pending {
    /// Makes sure that there can be such a file.
    pub(super) fn open(path: &Path) -> Result<Pending, Failure> {
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match std::fs::metadata(&real) {
            Ok(known) if known.is_dir() => {
                return Err(Failure::usage(format!("cannot write `{}`: it is a folder", path.display())));
            }
            Ok(known) if !known.is_file() => return Ok(Pending { path: path.to_owned(), real, file: None }),
            Ok(_) | Err(_) => {}
        }
        let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let message = format!("cannot write `{}`: there is no folder `{}`", path.display(), folder.display());
            return Err(Failure::usage(message));
        }
        let file = temporary().tempfile_in(folder).map_err(|error| unwritable(path, &error))?;
        interrupt::begun(file.path());
        Ok(Pending { path: path.to_owned(), real, file: Some(file) })
    }

    /// A table whose name tells how it is written; `what` is what it is, for messages.
    pub(super) fn target(path: &Path, what: &str) -> Result<(Pending, Target), Failure> {
        let shown = path.display().to_string();
        // What cannot be written leaves no trace.
        if WriteFormat::of_path(&shown).is_none() {
            let message = format!("the name of the {what} `{shown}` does not end in {WRITE_ENDINGS}");
            return Err(Failure::usage(message));
        }
        spare(path)?;
        let pending = Pending::open(path)?;
        let out = Box::new(pending.writer()?);
        let target = Target::named(&shown, out);
        let target = target.ok_or_else(|| Failure::usage(format!("cannot write `{shown}`")))?;
        Ok((pending, target))
    }

    /// Where its bytes go.
    pub(super) fn writer(&self) -> Result<File, Failure> {
        let file = match &self.file {
            Some(file) => file.reopen(),
            None => File::options().write(true).open(&self.real),
        };
        file.map_err(|error| unwritable(&self.path, &error))
    }

    /// Gives it its name.
    pub(super) fn keep(self) -> Result<(), Failure> {
        let Some(file) = self.file else { return Ok(()) };
        if let Ok(known) = std::fs::metadata(&self.real) {
            let kept = file.as_file().set_permissions(known.permissions());
            kept.map_err(|error| unwritable(&self.path, &error))?;
        }
        let begun = file.path().to_owned();
        let named = interrupt::finished(&begun, || file.persist(&self.real));
        named.map(|_| ()).map_err(|error| unwritable(&self.path, &error.error))
    }

    /// Its name, for messages.
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot write `{}`: {error}", path.display()))
}

/// Temporary files are private unless told otherwise; results are for those whom the user's umask lets read.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tabiji-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
