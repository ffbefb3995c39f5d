//! Drawings as SVG: journeys as graphs, charts. The same in the report, and as files of their own.
//!
//! In: numbers and words. Out: elements. Never: a figure that is worked out here, but for where it stands.

pub(super) mod charts;
pub(super) mod interval;
pub(super) mod journey;
mod layout;
pub(super) mod points;
mod svg;
pub(super) mod words;

use super::markup::Element;

/// Colours and letters of drawings, light and dark.
pub(super) const STYLE: &str = include_str!("style.css");

/// A drawing as a file of its own.
pub(super) fn file(drawing: Element) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}",
        drawing.c(super::markup::el("style").style(STYLE)).written()
    )
}
