//! What all drawings are made of. Positions and sizes are in pixels; colours and fonts come from classes.

use crate::backend::report::markup::{Element, el};

/// A length with at most one digit behind the point.
pub(super) fn px(length: f64) -> String {
    let tenths = (length * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A drawing with its name and what it shows, for those who do not see it. `id` is unique in its document.
pub(super) fn drawing(id: &str, (width, height): (f64, f64), title: &str, about: &str) -> Element {
    el("svg")
        .a("xmlns", "http://www.w3.org/2000/svg")
        .class("drawing")
        .a("viewBox", format!("0 0 {} {}", px(width), px(height)))
        .a("width", px(width))
        .a("height", px(height))
        .a("role", "img")
        .a("aria-labelledby", format!("{id}-title {id}-about"))
        .c(el("title").a("id", format!("{id}-title")).t(title))
        .c(el("desc").a("id", format!("{id}-about")).t(about))
}

/// Where a text stands to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text on its base line.
pub(super) fn words(x: f64, y: f64, class: &str, anchor: Anchor, text: &str) -> Element {
    let element = el("text").class(class).a("x", px(x)).a("y", px(y));
    let element = match anchor {
        Anchor::Start => element,
        Anchor::Middle => element.a("text-anchor", "middle"),
        Anchor::End => element.a("text-anchor", "end"),
    };
    element.t(text)
}

/// A rectangle.
pub(super) fn rect(x: f64, y: f64, width: f64, height: f64, class: &str) -> Element {
    el("rect").class(class).a("x", px(x)).a("y", px(y)).a("width", px(width)).a("height", px(height))
}

/// A straight line.
pub(super) fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Element {
    el("line").class(class).a("x1", px(from.0)).a("y1", px(from.1)).a("x2", px(to.0)).a("y2", px(to.1))
}

/// A round number that is at least `most`, and the step between marks below it: one, two or five times a power of ten.
pub(super) fn round_up(most: u64) -> (u64, u64) {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5].map(|factor| power.saturating_mul(factor)) {
            if most.div_ceil(step) <= 4 {
                return (most.div_ceil(step).max(1) * step, step);
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `part` of `whole`, on a scale of `length`.
pub(super) fn scaled(part: u64, whole: u64, length: f64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_at_round_numbers() {
        assert_eq!(
            [1, 4, 5, 12, 387, 1_000].map(round_up),
            [(1, 1), (4, 1), (6, 2), (15, 5), (400, 100), (1_000, 500)]
        );
        assert_eq!([0.0, 1.25, -0.04, 12.0].map(px), ["0", "1.3", "0", "12"]);
    }
}
