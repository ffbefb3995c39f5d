//! One journey as a graph: what is reached, what leads out, what goes round without a wait.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeFiltered, Reversed};

use super::made::makes;
use crate::ir::Journey;
use crate::ir::journey::{Action, Step, Target};

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
        instant_loops: shape.instant_loops().into_iter().filter(|steps| reached[steps[0]]).collect(),
        reached,
    }
}

/// What is known of the time along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// It may be passed in no time.
    Instant,
    /// It always takes time.
    Slow,
}

/// The graph: a node for each step, then one for the end.
struct Shape {
    graph: DiGraph<(), Pace>,
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
                graph.add_edge(nodes[number], end, Pace::Instant);
            }
            for (target, pace) in edges(journey, step) {
                if let Some(target) = node(target) {
                    graph.add_edge(nodes[number], target, pace);
                }
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
    fn instant_loops(&self) -> Vec<Vec<usize>> {
        // Most journeys only lead on.
        if self.graph.raw_edges().iter().all(|edge| edge.source() < edge.target()) {
            return Vec::new();
        }
        let instant = EdgeFiltered::from_fn(&self.graph, |edge| *edge.weight() == Pace::Instant);
        let on_itself = |node| self.graph.edges_connecting(node, node).any(|edge| *edge.weight() == Pace::Instant);
        let mut loops: Vec<Vec<usize>> = kosaraju_scc(&instant)
            .into_iter()
            .filter(|nodes| nodes.len() > 1 || nodes.iter().any(|&node| on_itself(node)))
            .map(|nodes| {
                let mut steps: Vec<usize> = nodes.into_iter().map(NodeIndex::index).collect();
                steps.sort_unstable();
                steps
            })
            .collect();
        loops.sort();
        loops
    }
}

/// Whether the journey or its own steps make an event at the second at which they are reached.
fn makes_at_once(journey: &Journey, event: &str) -> bool {
    matches!(event, "stage_changed" | "journey_entered" | "journey_ended")
        || journey.steps.iter().any(|step| makes(&step.action, event))
}

/// The edges of a step and whether each takes time. A wait until a moment need not: the moment may be now; nor need a
/// wait for an event that the journey itself has just made, or whose condition may hold already. Running out of time
/// always does.
fn edges<'j>(journey: &Journey, step: &'j Step) -> Vec<(&'j Target, Pace)> {
    match &step.action {
        Action::Wait { .. } => vec![(&step.next, Pace::Slow)],
        Action::WaitFor { event, when, timeout, .. } => {
            let comes_later = when.is_none() && event.as_ref().is_some_and(|event| !makes_at_once(journey, event));
            vec![(&step.next, if comes_later { Pace::Slow } else { Pace::Instant }), (timeout, Pace::Slow)]
        }
        Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::Send { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Sync { .. }
        | Action::Audience { .. }
        | Action::Webhook { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => step.edges().into_iter().map(|target| (target, Pace::Instant)).collect(),
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
