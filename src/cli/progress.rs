//! A progress bar for those who wait in front of a terminal, and how far a run has come.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// Nothing is shown before: most runs are over by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// Leads that are done, and one more; 0 before a run begins. For whoever stops the program from outside.
static DONE: AtomicU64 = AtomicU64::new(0);

/// The bar that is shown.
static SHOWN: OnceLock<ProgressBar> = OnceLock::new();

/// How far a run has come, on the standard error.
pub(super) struct Progress<'a> {
    /// When to begin; `None` where nobody looks.
    begun: Option<Instant>,
    ahead: Ahead<'a>,
}

/// What is known of how much there is to do.
#[derive(Clone, Copy)]
pub(super) enum Ahead<'a> {
    /// So many leads.
    Leads(u64),
    /// The part of them that has been read, 0 to 1, if it is known.
    Part(&'a (dyn Fn() -> Option<f64> + Sync)),
}

impl<'a> Progress<'a> {
    /// Shows something only to a terminal.
    pub(super) fn new(interactive: bool, ahead: Ahead<'a>) -> Progress<'a> {
        DONE.store(1, Ordering::Relaxed);
        Progress { begun: interactive.then(Instant::now), ahead }
    }

    /// So many leads are done.
    pub(super) fn set(&self, leads: u64) {
        DONE.store(leads + 1, Ordering::Relaxed);
        if self.begun.is_none_or(|begun| begun.elapsed() < PATIENCE) {
            return;
        }
        let total = match self.ahead {
            Ahead::Leads(total) => Some(total),
            Ahead::Part(part) => part().filter(|part| *part > 0.0).map(|part| (leads as f64 / part) as u64),
        };
        let bar = SHOWN.get_or_init(|| bar(total.is_some()).with_elapsed(PATIENCE));
        if let Some(total) = total {
            bar.set_length(total.max(leads));
        }
        bar.set_position(leads);
    }

    /// The run is over: the terminal looks as if there had been no bar.
    pub(super) fn done(&self) {
        if let Some(bar) = SHOWN.get() {
            bar.finish_and_clear();
        }
    }
}

/// Takes the bar away for good. Gives how many leads are done, if a run has begun.
pub(super) fn stop() -> Option<u64> {
    if let Some(bar) = SHOWN.get() {
        bar.finish_and_clear();
    }
    DONE.load(Ordering::Relaxed).checked_sub(1)
}

fn bar(is_total_known: bool) -> ProgressBar {
    let (bar, form) = if is_total_known {
        (ProgressBar::new(0), "{bar:30} {human_pos} of {human_len} leads, {speed} leads/s, {elapsed}, {eta} left")
    } else {
        (ProgressBar::new_spinner(), "{spinner} {human_pos} leads, {speed} leads/s, {elapsed}")
    };
    let speed = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // A bar that cannot be written is not worth an error.
        let _ = write!(out, "{}", indicatif::HumanCount(state.per_sec() as u64));
    };
    // The forms are constant; one that cannot be read leaves the library's own.
    match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style.with_key("speed", speed)),
        Err(_) => bar,
    }
}
