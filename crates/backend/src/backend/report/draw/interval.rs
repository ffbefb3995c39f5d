//! A value with its interval on a line: a dot, a bar for what is likely, a mark for what is wanted.

use super::svg::{drawing, line, px, rect};
use crate::backend::report::markup::{Element, el};

/// Width of the line.
const WIDE: f64 = 180.0;
const TALL: f64 = 24.0;
/// Room at both ends, for the dot.
const ROOM: f64 = 6.0;

/// What is shown; all in the same unit.
#[derive(Clone, Copy, Debug)]
pub(in crate::backend::report) struct Shown {
    pub(in crate::backend::report) value: f64,
    pub(in crate::backend::report) interval: Option<(f64, f64)>,
    /// What is wanted: at least, at most.
    pub(in crate::backend::report) wanted: (Option<f64>, Option<f64>),
}

/// The ends of a scale on which all of these have room.
pub(in crate::backend::report) fn scale(all: &[Shown]) -> (f64, f64) {
    let ends = all.iter().flat_map(|shown| {
        let (low, high) = shown.interval.unwrap_or((shown.value, shown.value));
        [Some(shown.value), Some(low), Some(high), shown.wanted.0, shown.wanted.1].into_iter().flatten()
    });
    let (low, high) = ends.fold((f64::MAX, f64::MIN), |(low, high), end| (low.min(end), high.max(end)));
    // What starts near zero starts at zero.
    let low = if low > 0.0 && low < high / 2.0 { 0.0 } else { low };
    if high > low { (low, high) } else { (low - 0.5, high + 0.5) }
}

/// The line. The zone of what is wanted is shaded and has an edge.
pub(in crate::backend::report) fn interval(
    id: &str,
    title: &str,
    about: &str,
    shown: Shown,
    scale: (f64, f64),
) -> Element {
    let x = |value: f64| ROOM + (value - scale.0) / (scale.1 - scale.0) * (WIDE - 2.0 * ROOM);
    let mut chart = drawing(id, (WIDE, TALL), title, about);
    let (from, to) = (shown.wanted.0.map_or(0.0, x), shown.wanted.1.map_or(WIDE, x));
    if shown.wanted != (None, None) {
        chart = chart.c(rect(from, 2.0, to - from, TALL - 4.0, "wanted"));
        for edge in [shown.wanted.0, shown.wanted.1].into_iter().flatten() {
            chart = chart.c(line((x(edge), 2.0), (x(edge), TALL - 2.0), "wanted-edge"));
        }
    }
    chart = chart.c(line((0.0, TALL / 2.0), (WIDE, TALL / 2.0), "grid"));
    if let Some((low, high)) = shown.interval {
        chart = chart.c(rect(x(low), TALL / 2.0 - 3.0, (x(high) - x(low)).max(1.0), 6.0, "likely"));
    }
    chart.c(el("circle").class("dot").a("cx", px(x(shown.value))).a("cy", px(TALL / 2.0)).a("r", "4.5"))
}
