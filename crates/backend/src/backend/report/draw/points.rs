//! Values below each other, each with its name, a dot and the bar of its interval, on one scale.

use super::interval::{Shown, scale};
use super::svg::{Anchor, drawing, line, px, rect, words};
use super::words::{width, wrap};
use crate::backend::report::comparison::Point;
use crate::backend::report::markup::{Element, el};

/// Width of the scale.
const WIDE: f64 = 320.0;
/// Most room for a name.
const ROOM: f64 = 240.0;
const SMALL: f64 = 11.0;
const LINE: f64 = 14.0;
/// Room at both ends of the scale, for a dot.
const EDGE: f64 = 6.0;
/// Room for the title.
const HEAD: f64 = 24.0;

/// A scale whose two ends are written otherwise: where all values are the same as far as they are shown, it is widened.
fn told_apart((low, high): (f64, f64), show: &dyn Fn(f64) -> String) -> (f64, f64) {
    let (middle, mut half) = (low.midpoint(high), (high - low) / 2.0);
    let mut ends = (low, high);
    // A double has no more than 2,100 doublings.
    for _ in 0..2_100 {
        if show(ends.0) != show(ends.1) {
            break;
        }
        half *= 2.0;
        ends = (middle - half, middle + half);
    }
    ends
}

/// The chart. `show` writes a value.
pub(in crate::backend::report) fn points(
    id: &str,
    title: &str,
    about: &str,
    points: &[Point],
    show: &dyn Fn(f64) -> String,
) -> Element {
    let shown: Vec<Shown> = points
        .iter()
        .filter_map(|point| Some(Shown { value: point.value?, interval: point.ends, wanted: (None, None) }))
        .collect();
    let ends = told_apart(scale(&shown), show);
    let names: Vec<Vec<String>> = points.iter().map(|point| wrap(&point.run, SMALL, ROOM)).collect();
    let left = names.iter().flatten().map(|name| width(name, SMALL)).fold(0.0, f64::max) + 10.0;
    let numbers = shown.iter().map(|shown| width(&show(shown.value), SMALL)).fold(0.0, f64::max) + 10.0;
    let tall = |lines: &[String]| 10.0 + lines.len() as f64 * LINE;
    let height = HEAD + names.iter().map(|lines| tall(lines)).sum::<f64>() + 20.0;
    let x = |value: f64| left + EDGE + (value - ends.0) / (ends.1 - ends.0) * (WIDE - 2.0 * EDGE);
    let mut chart = drawing(id, (left + WIDE + numbers, height), title, about);
    chart = chart.c(words(0.0, 14.0, "title", Anchor::Start, title));
    let mut top = HEAD;
    for (point, lines) in points.iter().zip(&names) {
        let middle = top + tall(lines) / 2.0;
        for (at, name) in lines.iter().enumerate() {
            let base = middle + (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * LINE + 4.0;
            chart = chart.c(words(left - 8.0, base, "name", Anchor::End, name));
        }
        chart = chart.c(line((left, middle), (left + WIDE, middle), "grid"));
        if let Some((low, high)) = point.ends {
            chart = chart.c(rect(x(low), middle - 3.0, (x(high) - x(low)).max(1.0), 6.0, "likely"));
        }
        if let Some(value) = point.value {
            let dot = el("circle").class("dot").a("cx", px(x(value))).a("cy", px(middle)).a("r", "4.5");
            chart = chart.c(dot).c(words(left + WIDE + numbers, middle + 4.0, "number", Anchor::End, &show(value)));
        }
        top += tall(lines);
    }
    chart = chart.c(line((left, top), (left + WIDE, top), "axis"));
    let (low, high) = (show(ends.0), show(ends.1));
    chart.c(words(left, top + 15.0, "mark", Anchor::Start, &low)).c(words(
        left + WIDE,
        top + 15.0,
        "mark",
        Anchor::End,
        &high,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_scale_are_told_apart() {
        let show = |value: f64| format!("{value:.1}");
        assert_eq!(told_apart((1.0, 2.0), &show), (1.0, 2.0));
        let (low, high) = told_apart((20.001, 20.003), &show);
        assert!(show(low) != show(high) && low < 20.001 && high > 20.003 && high - low < 0.3, "{low} {high}");
    }
}
