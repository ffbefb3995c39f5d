//! Stretches of time over which something is counted, and when it may happen once more.

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
