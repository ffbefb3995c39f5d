//! A progress bar for those who wait in front of a terminal, and how far a run has come.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// Nothing is shown before: most runs are over by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often what is shown moves where no lead is done.
const TICK: Duration = Duration::from_millis(200);

/// Leads that are done, and one more; 0 before a run begins. For whoever stops the program from outside.
static DONE: AtomicU64 = AtomicU64::new(0);

/// The bar that is shown.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// How far a run has come, on the standard error.
pub(super) struct Progress<'a> {
    /// Whether the run is over, so that no bar comes any more.
    over: Arc<AtomicBool>,
    /// Dropped with it: whoever waits to show the bar then knows that it is too late.
    _waiting: Option<Sender<()>>,
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
        let over = Arc::new(AtomicBool::new(false));
        let waiting = interactive.then(|| {
            let (sender, receiver) = channel();
            let over = Arc::clone(&over);
            std::thread::spawn(move || show(&receiver, &over));
            sender
        });
        Progress { over, _waiting: waiting, ahead }
    }

    /// So many leads are done.
    pub(super) fn set(&self, leads: u64) {
        let before = DONE.swap(leads + 1, Ordering::Relaxed);
        let shown = shown();
        let Some(bar) = shown.as_ref().filter(|_| leads > 0) else { return };
        let total = match self.ahead {
            Ahead::Leads(total) => Some(total),
            Ahead::Part(part) => part().filter(|part| *part > 0.0).map(|part| (leads as f64 / part) as u64),
        };
        if before <= 1 || bar.position() == 0 {
            bar.set_style(style(total.is_some()));
        }
        if let Some(total) = total {
            bar.set_length(total.max(leads));
        }
        bar.set_position(leads);
    }

    /// The run is over: the terminal looks as if there had been no bar.
    pub(super) fn done(&self) {
        let mut shown = shown();
        self.over.store(true, Ordering::Relaxed);
        clear(&mut shown);
    }
}

/// Shows that there is work, once patience is over; the first leads that are done make a bar of it.
fn show(waiting: &Receiver<()>, over: &AtomicBool) {
    if waiting.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let mut shown = shown();
    if !over.load(Ordering::Relaxed) {
        let bar = ProgressBar::new_spinner().with_elapsed(PATIENCE).with_style(form("{spinner} at work, {elapsed}"));
        bar.enable_steady_tick(TICK);
        *shown = Some(bar);
    }
}

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clear(shown: &mut Option<ProgressBar>) {
    if let Some(bar) = shown.take() {
        bar.finish_and_clear();
    }
}

/// Takes the bar away for good. Gives how many leads are done, if a run has begun.
pub(super) fn stop() -> Option<u64> {
    clear(&mut shown());
    DONE.load(Ordering::Relaxed).checked_sub(1)
}

fn style(is_total_known: bool) -> ProgressStyle {
    form(if is_total_known {
        "{bar:30} {human_pos} of {human_len} leads, {speed} leads/s, {elapsed}, {eta} left"
    } else {
        "{spinner} {human_pos} leads, {speed} leads/s, {elapsed}"
    })
}

/// The forms are constant; one that cannot be read leaves the library's own.
fn form(template: &str) -> ProgressStyle {
    let speed = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // A bar that cannot be written is not worth an error.
        let _ = write!(out, "{}", indicatif::HumanCount(state.per_sec() as u64));
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("speed", speed)
}
