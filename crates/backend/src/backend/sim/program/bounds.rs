//! Lengths of time that sums of instants can bear.

use crate::ir::{Again, Window};

/// A length of time that sums of instants can bear. The language has none longer than a hundred years.
pub(super) fn bounded(secs: i64) -> i64 {
    secs.clamp(0, 1 << 40)
}

/// The same, of a rule about a second time.
pub(super) fn bounded_again(again: Again) -> Again {
    match again {
        Again::AfterSecs(secs) => Again::AfterSecs(bounded(secs)),
        Again::Never | Again::Always => again,
    }
}

/// The same, of a window.
pub(super) fn bounded_window(window: Window) -> Window {
    match window {
        Window::RollingSecs(secs) => Window::RollingSecs(bounded(secs)),
        Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth | Window::Ever => window,
    }
}
