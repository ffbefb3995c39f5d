//! Ctrl-C, and the like: what is half written is taken away, and the program says how far it came.
//!
//! A thread of its own waits for the signal and ends the program from there, so that it makes no difference what the others
//! are doing: reading a pipe that gives nothing, or in the middle of a lead.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::progress;

/// Files under temporary names. Signals are about the whole program, and so is this.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// From now on a signal takes unfinished files away before it ends the program.
pub(super) fn watch() {
    // Where signals cannot be watched, or are watched already, they end the program as ever.
    drop(ctrlc::set_handler(stop));
}

/// Notes a file that is not finished.
pub(super) fn begun(path: &Path) {
    unfinished().push(path.to_owned());
}

/// Finishes a file: no signal comes between.
pub(super) fn finished<T>(path: &Path, finish: impl FnOnce() -> T) -> T {
    let mut unfinished = unfinished();
    let done = finish();
    unfinished.retain(|other| other != path);
    done
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stop() {
    // Held to the end, so that nothing is begun or finished any more.
    let unfinished = unfinished();
    for path in unfinished.iter() {
        // One that is gone already is no harm.
        let _ = std::fs::remove_file(path);
    }
    let came = progress::stop();
    let after = came.map_or(String::new(), |leads| format!(" after {leads} leads"));
    eprintln!("error: interrupted{after}; nothing unfinished is left behind");
    std::process::exit(INTERRUPTED);
}
