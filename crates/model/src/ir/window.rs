//! Stretches of time over which something is counted, and when it may happen once more.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of time over which something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// `(t − secs, t]`.
    RollingSecs(i64),
    /// The local day.
    CalendarDay,
    /// The local week, from Monday.
    CalendarWeek,
    /// The local month.
    CalendarMonth,
    /// Since the beginning.
    Ever,
}

impl Window {
    /// Of instants in order, in seconds, those of the window that holds the most; of several the first. Windows of the
    /// calendar go by the clock of the time zone.
    pub fn fullest(self, times: &[i64], zone: &TimeZone) -> Range<usize> {
        let begun: Vec<Option<Date>> = times.iter().map(|at| self.first_day(*at, zone)).collect();
        let together = |first: usize, other: usize| match self {
            Window::RollingSecs(secs) => times[other] - times[first] < secs,
            Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth | Window::Ever => {
                begun[first] == begun[other]
            }
        };
        let (mut most, mut end) = (0..0, 0);
        for first in 0..times.len() {
            while end < times.len() && together(first, end) {
                end += 1;
            }
            if end - first > most.len() {
                most = first..end;
            }
        }
        most
    }

    /// The day on which the window of the calendar begins that an instant lies in.
    pub fn first_day(self, at_secs: i64, zone: &TimeZone) -> Option<Date> {
        let date = zone.to_datetime(Timestamp::from_second(at_secs).unwrap_or_default()).date();
        match self {
            Window::CalendarDay => Some(date),
            Window::CalendarWeek => {
                Some(date.saturating_sub(Span::new().days(i64::from(date.weekday().to_monday_zero_offset()))))
            }
            Window::CalendarMonth => Some(date.first_of_month()),
            Window::RollingSecs(_) | Window::Ever => None,
        }
    }
}

/// When something may happen once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// Not a second time.
    Never,
    /// At any time.
    Always,
    /// So many seconds after the last time.
    AfterSecs(i64),
}
