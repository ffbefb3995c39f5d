//! A journey as a graph: boxes for its places, ways as broad as many took them.

use super::layout::{Box, Layout, Way, layout};
use super::svg::{Anchor, drawing, px, rect, scaled, words};
use super::words::{width, wrap};
use crate::backend::report::figure::{count, percent};
use crate::backend::report::flow::{Edge, Flow, Kind, Node};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::sums::by_condition;

/// Width of boxes.
const WIDE: f64 = 216.0;
/// Room inside them, left and right.
const PAD: f64 = 12.0;
/// Size and line height of the name of a step.
const TITLE: (f64, f64) = (13.0, 17.0);
/// The same of all else in a box, and of words on ways.
const SMALL: (f64, f64) = (11.0, 14.5);
/// Words on ways are broken at this width.
const WORDS: f64 = 150.0;
/// Breadth of the way that everybody took.
const BROAD: f64 = 14.0;
/// Room around the graph.
const MARGIN: f64 = 10.0;
/// Room for a drawing on a printed page: A4 as the style sheet of the page divides it.
const PAPER: (f64, f64) = (688.0, 756.0);
/// What is drawn smaller than this cannot be read on paper.
const LEGIBLE: f64 = 0.6;

/// Journeys with more places than this are not drawn: a graph that nobody can read takes long to lay out.
pub(in crate::backend::report) const MOST_PLACES: usize = 250;

/// The graph; `None` of a journey that is too large for one.
pub(in crate::backend::report) fn journey(flow: &Flow<'_>, id: &str) -> Option<Element> {
    if flow.nodes.len() > MOST_PLACES {
        return None;
    }
    let texts: Vec<Texts> = flow.nodes.iter().map(Texts::of).collect();
    let labels: Vec<Vec<String>> = flow.edges.iter().map(|edge| label(edge)).collect();
    let boxes: Vec<Box> = texts.iter().map(|texts| Box { width: WIDE, height: texts.height() }).collect();
    let ways: Vec<Way> = flow.edges.iter().zip(&labels).map(|(edge, label)| way(edge, label)).collect();
    let laid = layout(&boxes, &ways);
    let entered = flow.figures.entered;
    let about = format!(
        "A graph from top to bottom: boxes are steps with how often they were reached, lines are ways, as broad as \
         many of the {} that entered took them.",
        count(entered)
    );
    let size = (laid.width + 2.0 * MARGIN, laid.height + 2.0 * MARGIN);
    let title = format!("Journey {}", flow.label.unwrap_or(flow.name));
    // The page prints the steps of such a graph as a table besides.
    let is_shrunk = PAPER.0 / size.0 < LEGIBLE || PAPER.1 / size.1 < LEGIBLE;
    let inner = if is_shrunk { el("g").class("shrunk") } else { el("g") };
    let inner = inner
        .a("transform", format!("translate({MARGIN} {MARGIN})"))
        .cs(flow.edges.iter().zip(&laid.ways).map(|(edge, (points, _))| line(edge, points, entered)))
        .cs(texts.iter().zip(&flow.nodes).zip(&laid.boxes).map(|((texts, node), at)| place(texts, node, *at)))
        .cs(on_ways(&labels, &laid));
    Some(drawing(id, size, &title, &about).c(inner))
}

/// The words of a box.
struct Texts {
    title: Vec<String>,
    about: Vec<String>,
    /// What became of those who went no further, and of what was to be sent.
    notes: Vec<(&'static str, String)>,
}

impl Texts {
    fn of(node: &Node<'_>) -> Texts {
        let room = WIDE - 2.0 * PAD;
        let about = if node.about == node.title { "" } else { node.about.as_str() };
        let lines = |text: &str| if text.is_empty() { Vec::new() } else { wrap(text, SMALL.0, room) };
        let notes = notes(node);
        Texts {
            title: wrap(&node.title, TITLE.0 * 1.06, room),
            about: lines(about),
            notes: notes.iter().flat_map(|(class, note)| lines(note).into_iter().map(|line| (*class, line))).collect(),
        }
    }

    fn height(&self) -> f64 {
        let notes = if self.notes.is_empty() { 0.0 } else { 5.0 + self.notes.len() as f64 * SMALL.1 };
        22.0 + self.title.len() as f64 * TITLE.1 + self.about.len() as f64 * SMALL.1 + notes + 7.0
    }
}

/// Who left here, and what was not sent: a class, and words.
pub(in crate::backend::report) fn notes(node: &Node<'_>) -> Vec<(&'static str, String)> {
    let by_condition = by_condition(node.left.exit_when, &node.left.exit_when_by);
    let by_condition =
        by_condition.into_iter().map(|(why, number)| (number, "note-lost", format!("left here by {why}")));
    let mut notes: Vec<(&'static str, String)> = [(node.left.goal, "note-goal", "reached the goal here".to_owned())]
        .into_iter()
        .chain(by_condition)
        .chain([(node.left.running, "note-still", "still here at the end".to_owned())])
        .filter(|(number, _, _)| *number > 0)
        .map(|(number, class, what)| (class, format!("{} {what}", count(number))))
        .collect();
    if !node.skipped.is_empty() {
        let all: u64 = node.skipped.iter().map(|(_, number)| number).sum();
        let reasons: Vec<String> =
            node.skipped.iter().map(|(skip, number)| format!("{} {}", skip.word(), count(*number))).collect();
        notes.push(("note-lost", format!("{} not sent: {}", count(all), reasons.join(", "))));
    }
    notes
}

/// The words on a way: when it is taken, and how many took it.
fn label(edge: &Edge<'_>) -> Vec<String> {
    let mut lines = if edge.words.is_empty() { Vec::new() } else { wrap(&edge.words, SMALL.0, WORDS) };
    lines.push(count(edge.count));
    lines
}

fn way(edge: &Edge<'_>, label: &[String]) -> Way {
    let widest = label.iter().map(|line| width(line, SMALL.0)).fold(0.0, f64::max);
    Way { from: edge.from, to: edge.to, width: widest + 12.0, height: label.len() as f64 * SMALL.1 + 4.0 }
}

fn breadth(edge: &Edge<'_>, entered: u64) -> f64 {
    1.5 + scaled(edge.count, entered.max(edge.count), BROAD - 1.5)
}

/// A way: bends that leave and arrive straight.
fn line(edge: &Edge<'_>, points: &[(f64, f64)], entered: u64) -> Element {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        match at.checked_sub(1).and_then(|before| points.get(before)) {
            None => path.push_str(&format!("M{} {}", px(*x), px(*y))),
            Some((from_x, from_y)) => {
                let middle = from_y.midpoint(*y);
                let (x1, x2) = (px(*from_x), px(*x));
                path.push_str(&format!("C{x1} {m} {x2} {m} {x2} {}", px(*y), m = px(middle)));
            }
        }
    }
    let class = if edge.count == 0 { "way way-none" } else { "way" };
    el("path").class(class).a("d", path).a("stroke-width", px(breadth(edge, entered)))
}

fn place(texts: &Texts, node: &Node<'_>, (x, y): (f64, f64)) -> Element {
    let (left, top) = (x - WIDE / 2.0, y - texts.height() / 2.0);
    let round = match node.kind {
        Kind::Entry | Kind::Exit | Kind::End => 14.0,
        Kind::Send | Kind::Wait | Kind::Choice | Kind::Change | Kind::Outside => 4.0,
    };
    let faint = if node.reached == 0 { " unreached" } else { "" };
    let mut group = el("g")
        .class(format!("place kind-{}{faint}", node.kind.word()))
        .c(rect(left, top, WIDE, texts.height(), "box").a("rx", px(round)))
        .c(words(left + PAD, top + 16.0, "kind", Anchor::Start, node.kind.word()))
        .c(words(left + WIDE - PAD, top + 17.0, "reached", Anchor::End, &count(node.reached)));
    let mut base = top + 20.0;
    for line in &texts.title {
        base += TITLE.1;
        let title = words(left + PAD, base - 3.0, "title", Anchor::Start, line);
        // Where a journey begins and ends is called by us.
        group = group.c(if node.id.is_empty() { title } else { title.named() });
    }
    for line in &texts.about {
        base += SMALL.1;
        group = group.c(words(left + PAD, base - 2.0, "about", Anchor::Start, line));
    }
    base += 5.0;
    for (class, line) in &texts.notes {
        base += SMALL.1;
        group = group.c(words(left + PAD, base - 2.0, class, Anchor::Start, line));
    }
    group
}

/// The words on the ways, on a ground that lets the line end behind them.
fn on_ways(labels: &[Vec<String>], laid: &Layout) -> Vec<Element> {
    let mut elements = Vec::new();
    for (lines, (_, (x, y))) in labels.iter().zip(&laid.ways) {
        let height = lines.len() as f64 * SMALL.1;
        let widest = lines.iter().map(|line| width(line, SMALL.0)).fold(0.0, f64::max);
        let top = y - height / 2.0;
        let mut group = el("g").c(rect(x - widest / 2.0 - 3.0, top - 1.0, widest + 6.0, height + 2.0, "ground"));
        for (at, line) in lines.iter().enumerate() {
            let class = if at + 1 == lines.len() { "taken" } else { "when" };
            group = group.c(words(*x, top + (at as f64 + 1.0) * SMALL.1 - 3.5, class, Anchor::Middle, line));
        }
        elements.push(group);
    }
    elements
}

/// The share of those who entered, for tables.
pub(in crate::backend::report) fn share(number: u64, flow: &Flow<'_>) -> String {
    percent(number, flow.figures.entered)
}
