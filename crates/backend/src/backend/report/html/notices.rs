//! Lines of the summary as paragraphs of the page.

use super::sentence;
use crate::backend::report::markup::{Element, el};
use crate::backend::report::notice::{Below, Notice};

/// A notice under its title.
pub(super) fn notice(notice: &Notice) -> Vec<Element> {
    let mut elements = vec![el("h3").t(notice.title), el("p").t(sentence(&notice.facts.join(", ")))];
    elements.extend(below(notice));
    elements
}

/// What stands below a notice; nothing if there is nothing.
pub(super) fn below(notice: &Notice) -> Option<Element> {
    (!notice.below.is_empty()).then(|| el("ul").class("rules").cs(notice.below.iter().map(line)))
}

fn line(Below { word, items, lines }: &Below) -> Element {
    let element = el("li").t(super::capital(&format!("{word} {}", items.join(", "))));
    if lines.is_empty() { element } else { element.c(el("ul").cs(lines.iter().map(|line| el("li").t(line)))) }
}
