//! Files of leads and events that a command line or a project names: files, folders, patterns, the standard input.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::{Failure, spared};
use crate::leads::{ENDINGS, Format, Incoming, Part};

/// A path as reports tell it: from the current folder on, never from the root of the machine. What lies elsewhere is told
/// by its last part.
pub(super) fn told(path: &Path) -> String {
    if path.is_relative() {
        return path.display().to_string();
    }
    let here = std::env::current_dir().ok();
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let real_here = here.as_ref().and_then(|here| std::fs::canonicalize(here).ok());
    let below = [(path, here.as_deref()), (real.as_path(), real_here.as_deref())];
    let below = below.into_iter().find_map(|(path, here)| path.strip_prefix(here?).ok());
    let below = below.filter(|below| !below.as_os_str().is_empty());
    let shown = below.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    shown.display().to_string()
}

/// The files behind a name, in the order of their names: those of a folder whose names tell a format, or those that match
/// a pattern such as `exports/2026-*.csv`. `what` is what they are, for messages.
pub(super) fn found(named: &Path, what: &str) -> Result<Vec<PathBuf>, Failure> {
    if named == Path::new("-") || named.is_file() {
        return Ok(vec![named.to_owned()]);
    }
    let unreadable =
        |error: &io::Error| Failure::usage(format!("cannot read the {what} `{}`: {error}", named.display()));
    if named.is_dir() {
        let is_data = |path: &Path| Format::of_path(&path.to_string_lossy()).is_some();
        let files = listed(named, is_data).map_err(|error| unreadable(&error))?;
        let message = || {
            let shown = named.display();
            Failure::usage(format!(
                "cannot read the {what} `{shown}`: it is a folder, and no file in it ends in {ENDINGS}"
            ))
        };
        return if files.is_empty() { Err(message()) } else { Ok(files) };
    }
    let pattern = named.file_name().map(|name| name.to_string_lossy()).filter(|name| name.contains(['*', '?', '[']));
    let Some(pattern) = pattern.filter(|_| !named.exists()) else { return Ok(vec![named.to_owned()]) };
    let glob = GlobBuilder::new(&pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| Failure::usage(error.to_string()))?;
    let glob = glob.compile_matcher();
    let folder = named.parent().unwrap_or(Path::new(""));
    let matches = |path: &Path| path.file_name().is_some_and(|name| glob.is_match(name));
    let files = listed(folder, matches).map_err(|error| unreadable(&error))?;
    if files.is_empty() {
        return Err(Failure::usage(format!("no {what} matches `{}`", named.display())));
    }
    Ok(files)
}

/// The files of a folder that are wanted, in the order of their names; hidden ones are not.
fn listed(folder: &Path, wanted: impl Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let read = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(read)? {
        let name = entry?.file_name();
        let path = folder.join(&name);
        if !name.to_string_lossy().starts_with('.') && path.is_file() && wanted(&path) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// Files as the reader of leads opens them. The standard input can be among them once.
pub(super) fn parts(paths: &[PathBuf]) -> Result<Vec<Part>, Failure> {
    if paths.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(Failure::usage("the standard input can be read only once"));
    }
    paths.iter().map(|path| part(path)).collect()
}

fn part(path: &Path) -> Result<Part, Failure> {
    let name = told(path);
    if path == Path::new("-") {
        return Ok(Part { name, format: None, size: None, open: Box::new(|| Ok(standard_input())) });
    }
    let (format, size) = looked_at(path, "leads file")?;
    let path = path.to_owned();
    let open = move || Incoming::of_file(File::open(&path)?);
    Ok(Part { name, format, size, open: Box::new(open) })
}

/// The standard input.
pub(super) fn standard_input() -> Incoming {
    Incoming::of_read(io::stdin())
}

/// Opens a file, and says which format its name tells.
pub(super) fn open(path: &Path, what: &str) -> Result<(Option<Format>, Incoming), Failure> {
    let (format, _) = looked_at(path, what)?;
    let incoming = File::open(path).and_then(Incoming::of_file);
    let incoming =
        incoming.map_err(|error| Failure::usage(format!("cannot read the {what} `{}`: {error}", path.display())))?;
    Ok((format, incoming))
}

/// The format that a name tells, and the size of the file, if it is one that can be opened again and again. Pipes have no
/// names that tell a format.
pub(super) fn looked_at(path: &Path, what: &str) -> Result<(Option<Format>, Option<u64>), Failure> {
    let shown = path.display();
    let unreadable = |error: io::Error| Failure::usage(format!("cannot read the {what} `{shown}`: {error}"));
    let known = std::fs::metadata(path);
    spared::note(path);
    let format = Format::of_path(&path.to_string_lossy());
    // Folders and pipes have their own words and ways.
    if format.is_none() && known.as_ref().map_or(true, std::fs::Metadata::is_file) {
        return Err(Failure::usage(format!("the name of the {what} `{shown}` does not end in {ENDINGS}")));
    }
    let known = known.map_err(unreadable)?;
    // A pipe is opened only once, since whoever writes to it waits for that.
    if known.is_file() {
        File::open(path).map_err(unreadable)?;
    }
    if known.is_dir() {
        return Err(Failure::usage(format!("cannot read the {what} `{shown}`: it is a folder")));
    }
    Ok((format, known.is_file().then_some(known.len())))
}
