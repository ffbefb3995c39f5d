//! One journey as a graph: what is reached, what leads out, what goes round without a wait.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeFiltered, EdgeRef, Reversed};

use crate::ir::Journey;
use crate::ir::journey::Action;

/// What is known of a journey's graph. Steps are numbered as in [`Journey::steps`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyFacts {
    /// Steps that no path from the entry reaches, the first of each stretch only, with the step before it in the file
    /// whose `goto` or `exit` cuts it off.
    pub unreachable: Vec<(usize, Option<usize>)>,
    /// Steps that are reached and from which no path leaves the journey.
    pub trapped: Vec<usize>,
    /// Loops that take no time: their steps in the order of the file.
    pub instant_loops: Vec<Vec<usize>>,
    /// Whether each step is reached.
    pub reached: Vec<bool>,
}

/// Finds out what is known of a journey's graph.
pub(super) fn facts(journey: &Journey) -> JourneyFacts {
    let shape = Shape::of(journey);
    let reached = shape.reached_from_entry();
    let leaves = shape.reaching_the_end();
    let is_reached = |step: &usize| reached[*step];
    JourneyFacts {
        unreachable: unreachable(journey, &reached),
        trapped: (0..journey.steps.len()).filter(is_reached).filter(|&step| !leaves[step]).collect(),
        instant_loops: shape.instant_loops(journey).into_iter().filter(|steps| reached[steps[0]]).collect(),
        reached,
    }
}

/// The graph: a node for each step, then one for the end.
struct Shape {
    graph: DiGraph<(), ()>,
    first: Option<NodeIndex>,
    end: NodeIndex,
    steps: usize,
}

impl Shape {
    fn of(journey: &Journey) -> Shape {
        let numbers: BTreeMap<&str, usize> =
            journey.steps.iter().enumerate().rev().map(|(number, step)| (step.id.as_str(), number)).collect();
        let mut graph = DiGraph::new();
        let nodes: Vec<NodeIndex> = journey.steps.iter().map(|_| graph.add_node(())).collect();
        let end = graph.add_node(());
        let node = |id: &Option<String>| match id {
            Some(id) => numbers.get(id.as_str()).map(|&number| nodes[number]),
            None => Some(end),
        };
        for (number, step) in journey.steps.iter().enumerate() {
            if matches!(step.action, Action::Exit { .. }) {
                graph.add_edge(nodes[number], end, ());
            }
            for target in step.edges().into_iter().filter_map(node) {
                graph.add_edge(nodes[number], target, ());
            }
        }
        let first = node(&journey.first).filter(|first| *first != end);
        Shape { graph, first, end, steps: journey.steps.len() }
    }

    fn reached_from_entry(&self) -> Vec<bool> {
        let mut reached = vec![false; self.steps + 1];
        if let Some(first) = self.first {
            let mut search = Dfs::new(&self.graph, first);
            while let Some(node) = search.next(&self.graph) {
                reached[node.index()] = true;
            }
        }
        reached.truncate(self.steps);
        reached
    }

    fn reaching_the_end(&self) -> Vec<bool> {
        let mut leaves = vec![false; self.steps + 1];
        let backwards = Reversed(&self.graph);
        let mut search = Dfs::new(backwards, self.end);
        while let Some(node) = search.next(backwards) {
            leaves[node.index()] = true;
        }
        leaves.truncate(self.steps);
        leaves
    }

    /// Strongly connected steps when every edge that takes time is left out.
    fn instant_loops(&self, journey: &Journey) -> Vec<Vec<usize>> {
        let instant = EdgeFiltered::from_fn(&self.graph, |edge| {
            journey.steps.get(edge.source().index()).is_some_and(|step| !takes_time(&step.action))
        });
        let mut loops: Vec<Vec<usize>> = kosaraju_scc(&instant)
            .into_iter()
            .map(|nodes| {
                let mut steps: Vec<usize> = nodes.into_iter().map(NodeIndex::index).collect();
                steps.sort_unstable();
                steps
            })
            .filter(|steps| steps.len() > 1 || self.loops_on_itself(steps[0], journey))
            .collect();
        loops.sort();
        loops
    }

    fn loops_on_itself(&self, step: usize, journey: &Journey) -> bool {
        let node = NodeIndex::new(step);
        journey.steps.get(step).is_some_and(|step| !takes_time(&step.action)) && self.graph.contains_edge(node, node)
    }
}

/// Whether a step takes time whenever it is reached. A wait until a moment does not: the moment may be now; nor does a
/// wait for an event with a condition that may hold already.
fn takes_time(action: &Action) -> bool {
    match action {
        Action::Wait { .. } => true,
        Action::WaitFor { when, .. } => when.is_none(),
        Action::WaitUntil { .. }
        | Action::Send { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => false,
    }
}

/// The first step of each stretch that is not reached.
fn unreachable(journey: &Journey, reached: &[bool]) -> Vec<(usize, Option<usize>)> {
    (0..journey.steps.len())
        .filter(|&step| !reached[step] && (step == 0 || reached[step - 1]))
        .map(|step| (step, (0..step).rev().find(|&before| cuts_off(&journey.steps[before].action))))
        .collect()
}

fn cuts_off(action: &Action) -> bool {
    matches!(action, Action::Goto | Action::Exit { .. })
}
