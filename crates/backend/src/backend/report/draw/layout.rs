//! Where the places of a journey stand, from top to bottom, and how the ways between them run: Sugiyama's method as
//! dagre does it (Gansner et al., "A Technique for Drawing Directed Graphs", 1993; Brandes and Köpf, "Fast and Simple
//! Horizontal Coordinate Assignment", 2001).

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

/// Room between things side by side.
const BESIDE: f64 = 28.0;

/// Room between layers.
const BELOW: f64 = 24.0;

/// A point: from the left, from the top.
pub(super) type Point = (f64, f64);

/// A place and its size.
pub(super) struct Box {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A way between two places, by their numbers, and the size of the words on it.
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where everything stands.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Centres of places.
    pub(super) boxes: Vec<(f64, f64)>,
    /// Of each way: the points it runs through, and the centre of its words.
    pub(super) ways: Vec<(Vec<Point>, Point)>,
}

/// Lays a graph out. The same graph is laid out in the same way on any machine.
pub(super) fn layout(boxes: &[Box], ways: &[Way]) -> Layout {
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    for (number, each) in boxes.iter().enumerate() {
        let node = NodeLabel { width: each.width, height: each.height, ..NodeLabel::default() };
        graph.set_node(number.to_string(), Some(node));
    }
    for (number, way) in ways.iter().enumerate() {
        let edge = EdgeLabel {
            width: way.width,
            height: way.height,
            labelpos: dagre::layout::types::LabelPos::Center,
            ..EdgeLabel::default()
        };
        graph.set_edge(way.from.to_string(), way.to.to_string(), Some(edge), Some(&number.to_string()));
    }
    let options = LayoutOptions { nodesep: BESIDE, edgesep: BESIDE / 2.0, ranksep: BELOW, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    read(&graph, boxes, ways)
}

fn read(graph: &Graph<NodeLabel, EdgeLabel>, boxes: &[Box], ways: &[Way]) -> Layout {
    let centre = |number: usize| {
        let node = graph.node(&number.to_string());
        node.map_or((0.0, 0.0), |node| (node.x.unwrap_or(0.0), node.y.unwrap_or(0.0)))
    };
    let mut laid = Layout {
        width: 0.0,
        height: 0.0,
        boxes: (0..boxes.len()).map(centre).collect(),
        ways: Vec::with_capacity(ways.len()),
    };
    for (number, way) in ways.iter().enumerate() {
        let edge = graph.edge(&way.from.to_string(), &way.to.to_string(), Some(&number.to_string()));
        let points: Vec<(f64, f64)> =
            edge.map_or(Vec::new(), |edge| edge.points.iter().map(|point| (point.x, point.y)).collect());
        let middle = points.get(points.len() / 2).copied().unwrap_or((0.0, 0.0));
        let points = on_edges(points, (laid.boxes[way.from], &boxes[way.from]), (laid.boxes[way.to], &boxes[way.to]));
        let words = edge.map_or(middle, |edge| (edge.x.unwrap_or(middle.0), edge.y.unwrap_or(middle.1)));
        laid.ways.push((points, words));
    }
    settle(&mut laid, boxes, ways);
    laid
}

/// The points, of which the first and the last lie on the lower or upper edge of their boxes, never on a side.
fn on_edges(mut points: Vec<(f64, f64)>, from: ((f64, f64), &Box), to: ((f64, f64), &Box)) -> Vec<(f64, f64)> {
    let count = points.len();
    let beside = |place: usize| points.get(place).copied();
    let (Some(second), Some(before_last)) = (beside(1), count.checked_sub(2).and_then(beside)) else { return points };
    points[0] = edge_towards(from, second);
    points[count - 1] = edge_towards(to, before_last);
    points
}

fn edge_towards(((x, y), each): ((f64, f64), &Box), (to_x, to_y): (f64, f64)) -> (f64, f64) {
    let reach = (each.width / 2.0 - 24.0).max(0.0);
    let height = if to_y >= y { each.height / 2.0 } else { -each.height / 2.0 };
    (to_x.clamp(x - reach, x + reach), y + height)
}

/// Moves everything so that the left and upper edge of what is drawn is at zero.
fn settle(laid: &mut Layout, boxes: &[Box], ways: &[Way]) {
    let sizes = boxes.iter().map(|each| (each.width, each.height)).zip(&laid.boxes);
    let labels = ways.iter().map(|way| (way.width, way.height)).zip(laid.ways.iter().map(|(_, words)| words));
    let bends = laid.ways.iter().flat_map(|(points, _)| points).map(|point| ((BESIDE, 0.0), point));
    let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for ((width, height), (x, y)) in sizes.chain(labels).chain(bends) {
        low = (low.0.min(x - width / 2.0), low.1.min(y - height / 2.0));
        high = (high.0.max(x + width / 2.0), high.1.max(y + height / 2.0));
    }
    let shift = |(x, y): &mut (f64, f64)| (*x, *y) = (*x - low.0, *y - low.1);
    laid.boxes.iter_mut().for_each(shift);
    for (points, words) in &mut laid.ways {
        points.iter_mut().for_each(shift);
        shift(words);
    }
    (laid.width, laid.height) = (high.0 - low.0, high.1 - low.1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(steps: usize) -> (Vec<Box>, Vec<Way>) {
        let boxes = (0..steps).map(|at| Box { width: 200.0, height: 40.0 + (at % 3) as f64 * 14.0 }).collect();
        let way = |from: usize, to: usize| Way { from, to, width: 60.0, height: 16.0 };
        let on = (1..steps).map(|to| way(to - 1, to));
        // Jumps ahead and back, one of them to the step itself.
        let jumps = (0..steps).step_by(3).map(|from| way(from, (from * 7 + 3) % steps));
        (boxes, on.chain(jumps).collect())
    }

    #[test]
    fn nothing_lies_on_something_else_at_forty_steps() {
        let (boxes, ways) = made_up(40);
        let laid = layout(&boxes, &ways);
        let places = boxes.iter().map(|each| (each.width, each.height)).zip(laid.boxes.iter().copied());
        let words = ways.iter().map(|way| (way.width, way.height)).zip(laid.ways.iter().map(|(_, at)| *at));
        let all: Vec<((f64, f64), (f64, f64))> = places.chain(words).collect();
        for (number, ((width, height), (x, y))) in all.iter().enumerate() {
            assert!(x - width / 2.0 > -0.1 && y - height / 2.0 > -0.1 && x + width / 2.0 < laid.width + 0.1);
            for ((other_width, other_height), (other_x, other_y)) in &all[number + 1..] {
                let apart = (x - other_x).abs() >= (width + other_width) / 2.0 - 0.1
                    || (y - other_y).abs() >= (height + other_height) / 2.0 - 0.1;
                assert!(apart, "at {x}, {y} and {other_x}, {other_y}");
            }
        }
    }

    #[test]
    fn steps_stand_below_those_before_them() {
        let boxes: Vec<Box> = (0..3).map(|_| Box { width: 10.0, height: 10.0 }).collect();
        let way = |from, to| Way { from, to, width: 0.0, height: 0.0 };
        let laid = layout(&boxes, &[way(0, 1), way(1, 2), way(2, 1)]);
        assert!(laid.boxes[0].1 < laid.boxes[1].1 && laid.boxes[1].1 < laid.boxes[2].1);
    }
}
