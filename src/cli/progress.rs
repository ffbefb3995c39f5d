//! A progress bar for those who wait in front of a terminal.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Nothing is shown before: most runs are over by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a run has come, on the standard error.
pub(super) struct Progress {
    /// When to begin; `None` where nobody looks.
    begun: Option<Instant>,
    total: Option<u64>,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Shows something only to a terminal. `total` is the number of leads, where it is known.
    pub(super) fn new(interactive: bool, total: Option<u64>) -> Progress {
        Progress { begun: interactive.then(Instant::now), total, bar: OnceLock::new() }
    }

    /// So many leads are done.
    pub(super) fn set(&self, leads: u64) {
        if self.begun.is_some_and(|begun| begun.elapsed() >= PATIENCE) {
            self.bar.get_or_init(|| bar(self.total).with_elapsed(PATIENCE)).set_position(leads);
        }
    }

    /// The run is over: the terminal looks as if there had been no bar.
    pub(super) fn done(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let (bar, form) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {human_pos} of {human_len} leads, {elapsed}"),
        None => (ProgressBar::new_spinner(), "{spinner} {human_pos} leads, {elapsed}"),
    };
    // The forms are constant; one that cannot be read leaves the library's own.
    match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
