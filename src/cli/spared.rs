//! What a run reads is spared: no result takes its place.
//!
//! Files are noted where they are read, which is in many places, and asked for where results are written. What a run has
//! read is about the whole program, and so is this.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Failure, files};
use crate::text::SourceMap;

/// Files that the run reads.
static READ: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Notes a file that is read.
pub(super) fn note(path: &Path) {
    read().push(path.to_owned());
}

/// Notes the files, folders and patterns of data that a command line names, before they are read.
pub(super) fn note_all<'a>(named: impl IntoIterator<Item = &'a PathBuf>) {
    // What cannot be found is refused where it is read.
    named.into_iter().filter_map(|named| files::found(named, "file").ok()).flatten().for_each(|path| note(&path));
}

/// Notes the files of a project.
pub(super) fn note_project(root: &Path, sources: &SourceMap) {
    read().extend(sources.files().map(|(_, file)| root.join(&file.path)));
}

/// Refuses a result in the place of a file that is read. A device is never replaced.
pub(super) fn spare(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Ok(());
    }
    let wanted = real(path);
    if read().iter().any(|other| real(other) == wanted) {
        let message = format!("`{}` would be overwritten while it is used; name another file", path.display());
        return Err(Failure::usage(message));
    }
    Ok(())
}

/// Refuses two results in the same file.
pub(super) fn distinct(paths: &[&Path]) -> Result<(), Failure> {
    for (at, path) in paths.iter().enumerate() {
        let is_device = path.exists() && !path.is_file();
        if !is_device && paths[..at].iter().any(|other| real(other) == real(path)) {
            let message = format!("two results would be written to `{}`; name another file", path.display());
            return Err(Failure::usage(message));
        }
    }
    Ok(())
}

/// The one name of a file, also of one that does not exist yet.
fn real(path: &Path) -> PathBuf {
    let at_its_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(at_its_folder).unwrap_or_else(|| path.to_owned())
}

fn read() -> MutexGuard<'static, Vec<PathBuf>> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}
