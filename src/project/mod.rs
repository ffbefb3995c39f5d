//! Finds and reads the files of a project. The only place that touches campaign files.
//!
//! In: a folder. Out: texts, with paths relative to the folder. Never: what is in them. Nothing outside the folder is
//! read: links that lead out of it are faults.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::text::nearest;

/// Name of the file at a project's root.
pub const ROOT_FILE: &str = "tabiji.yaml";

/// Largest campaign file that is read, in bytes.
pub const MAX_YAML: u64 = 16 << 20;
/// Largest template that is read, in bytes.
pub const MAX_TEMPLATE: u64 = 1 << 20;
/// Largest image or attachment of a mail, in bytes: what Gmail takes.
pub const MAX_MAIL_FILE: u64 = 25 << 20;
/// Largest file of list members that is read, in bytes.
pub const MAX_LIST: u64 = 256 << 20;
/// Most campaign files of a project.
pub const MAX_FILES: usize = 100_000;

/// Why a project cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// There is no project there.
    NotFound(String),
    /// There is one, and it cannot be read.
    Unreadable(String),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::NotFound(why) | OpenError::Unreadable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for OpenError {}

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Path relative to the project, `/` between the parts.
    pub path: String,
    /// Its text, or as much of it as could be read, with the reason why that is not all.
    pub text: Result<String, (String, String)>,
}

/// The campaign files of the project at `root`, in the order of their paths.
///
/// # Errors
/// If there is no project, or its folder cannot be walked.
pub fn open(root: &Path) -> Result<Vec<Loaded>, OpenError> {
    if !root.is_dir() {
        let what = if root.exists() { "is no folder" } else { "does not exist" };
        return Err(OpenError::NotFound(format!("`{}` {what}", root.display())));
    }
    if !root.join(ROOT_FILE).is_file() {
        let found = format!("there is no `{ROOT_FILE}` in `{}`, so it is no tabiji project", root.display());
        return Err(OpenError::NotFound(found));
    }
    let base = root.canonicalize().map_err(|error| unreadable(root, &error))?;
    let files = campaign_files(root)?;
    let read = |Found { path, is_link }: &Found| Loaded {
        path: relative(root, path),
        text: if *is_link { read_inside(&base, path, MAX_YAML) } else { read(path, MAX_YAML) },
    };
    let mut loaded: Vec<Loaded> = files.par_iter().map(read).collect();
    loaded.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(loaded)
}

/// The text of a file that a definition points to: `path` is relative to the project at `root`.
///
/// # Errors
/// In words, if it cannot be read, is too large, or lies outside the project.
pub fn attachment(root: &Path, path: &str, limit: u64) -> Result<String, String> {
    let asked = Path::new(path);
    if asked.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err("it is not below the project's folder".to_owned());
    }
    let base = root.canonicalize().map_err(|error| words(&error))?;
    read_inside(&base, &root.join(asked), limit).map_err(|(why, _)| match neighbour(&base, asked) {
        Some(near) if !root.join(asked).exists() => format!("{why}; did you mean `{near}`?"),
        None if !root.join(asked).exists() => format!("{why}; paths begin at the project's folder"),
        Some(_) | None => why,
    })
}

/// The bytes of a file that a mail shows or brings: `path` is relative to the project at `root`.
///
/// # Errors
/// As [`attachment`].
pub fn bytes(root: &Path, path: &str, limit: u64) -> Result<Vec<u8>, String> {
    size(root, path, limit)?;
    fs::read(inside(root, Path::new(path))??).map_err(|error| words(&error))
}

/// The size in bytes of a file that a mail shows or brings.
///
/// # Errors
/// As [`attachment`].
pub fn size(root: &Path, path: &str, limit: u64) -> Result<u64, String> {
    let asked = Path::new(path);
    let target = inside(root, asked)?;
    let about = target.and_then(|target| fs::metadata(target).map_err(|error| words(&error)));
    let about = about.map_err(|why| {
        let base = root.canonicalize().ok();
        match base.and_then(|base| neighbour(&base, asked)).filter(|_| !root.join(asked).exists()) {
            Some(near) => format!("{why}; did you mean `{near}`?"),
            None => why,
        }
    })?;
    if !about.is_file() {
        return Err("it is no file".to_owned());
    }
    if about.len() > limit {
        return Err(format!("it is larger than {} MiB", limit >> 20));
    }
    Ok(about.len())
}

/// Template files in the folders of `named`, that are not among these. Their kind is told by the ending.
pub fn other_templates(root: &Path, named: &BTreeSet<&str>) -> Vec<String> {
    let folders: BTreeSet<&Path> = named.iter().filter_map(|path| Path::new(path).parent()).collect();
    let mut found = Vec::new();
    for folder in folders {
        // Such a path is refused where it is named.
        if folder.components().any(|part| !matches!(part, Component::Normal(_))) {
            continue;
        }
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        let files = entries.take(MAX_FILES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let templates = files.filter(|name| name.ends_with(".mjml") || name.ends_with(".html"));
        let paths = templates.filter_map(|name| folder.join(name).to_str().map(str::to_owned));
        found.extend(paths.filter(|path| !named.contains(path.as_str())));
    }
    found.sort();
    found
}

/// The real path of a file below `root`; the inner error is one of the file itself.
fn inside(root: &Path, asked: &Path) -> Result<Result<PathBuf, String>, String> {
    if asked.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err("it is not below the project's folder".to_owned());
    }
    let base = root.canonicalize().map_err(|error| words(&error))?;
    let Ok(target) = root.join(asked).canonicalize() else { return Ok(Err("it does not exist".to_owned())) };
    if !target.starts_with(base) {
        return Err("it is a link that leads out of the project".to_owned());
    }
    Ok(Ok(target))
}

/// A file beside the one asked for whose name is nearest to it.
fn neighbour(base: &Path, asked: &Path) -> Option<String> {
    let folder = asked.parent()?;
    let entries = fs::read_dir(base.join(folder)).ok()?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).take(MAX_FILES).collect();
    names.sort();
    let near = nearest(asked.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    folder.join(near).to_str().map(str::to_owned)
}

/// A file of a project's folder, and whether it is a link, which may lead out of the folder.
struct Found {
    path: PathBuf,
    is_link: bool,
}

fn campaign_files(root: &Path) -> Result<Vec<Found>, OpenError> {
    let mut files = Vec::new();
    // Only ignore files that travel with the project count: the same files on every machine.
    let mut walk = WalkBuilder::new(root);
    walk.follow_links(false).require_git(false).git_global(false).git_exclude(false).parents(false);
    for entry in walk.build() {
        let entry =
            entry.map_err(|error| OpenError::Unreadable(format!("the project's folder cannot be read: {error}")))?;
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_link = entry.file_type().is_some_and(|kind| kind.is_symlink());
        if is_folder || !(is_campaign_file(entry.path()) || is_link && leads_out(root, entry.path())) {
            continue;
        }
        files.push(Found { path: entry.into_path(), is_link });
        if files.len() > MAX_FILES {
            let many = format!("more than {MAX_FILES} campaign files in `{}`", root.display());
            return Err(OpenError::Unreadable(many));
        }
    }
    Ok(files)
}

fn is_campaign_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// Whether a link to a folder leads out of the project. One that stays inside shows nothing new.
fn leads_out(root: &Path, link: &Path) -> bool {
    match (root.canonicalize(), link.canonicalize()) {
        (Ok(root), Ok(target)) => target.is_dir() && !target.starts_with(root),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// The text of a file below `base`, or why not, with what could be read of it.
fn read_inside(base: &Path, path: &Path, limit: u64) -> Result<String, (String, String)> {
    let nothing = |why: String| (why, String::new());
    let target = path.canonicalize().map_err(|error| nothing(words(&error)))?;
    if !target.starts_with(base) {
        return Err(nothing("it is a link that leads out of the project".to_owned()));
    }
    read(&target, limit)
}

/// The text of a file that is no link, or why not, with what could be read of it.
fn read(path: &Path, limit: u64) -> Result<String, (String, String)> {
    let nothing = |why: String| (why, String::new());
    let about = fs::metadata(path).map_err(|error| nothing(words(&error)))?;
    if !about.is_file() {
        return Err(nothing("it is no file".to_owned()));
    }
    if about.len() > limit {
        return Err(nothing(format!("it is larger than {} MiB", limit >> 20)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    let file = fs::File::open(path).map_err(|error| nothing(words(&error)))?;
    // The limit again, for files that grow while they are read.
    file.take(limit).read_to_end(&mut bytes).map_err(|error| nothing(words(&error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let start = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        (not_utf8(error.as_bytes(), valid), start)
    })
}

/// The text of a file of YAML whose bytes are there already.
///
/// # Errors
/// Why it is none, in words.
pub fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() as u64 > MAX_YAML {
        return Err(format!("it is larger than {} MiB", MAX_YAML >> 20));
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))
}

/// Why bytes are no text, of which so many are valid.
fn not_utf8(bytes: &[u8], valid: usize) -> String {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16, and campaigns are UTF-8".to_owned(),
        _ => format!("it is not UTF-8: byte {} begins no character", valid + 1),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Unreadable(format!("`{}` cannot be read: {}", path.display(), words(error)))
}

/// An error of the system in words that do not depend on the machine.
fn words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
