//! A journey step by step: who reached each, who left there and why, what was not sent, how long it took.

use serde::Serialize;

use super::figure::{NONE, amount, count, duration, percent, rate, rounded};
use super::flow::{Flow, Kind, Node, flow};
use super::kpis::LEVEL;
use super::sums::by_condition;
use super::table::{Line, Table, push_note};
use crate::backend::sim::{EntryRefusal, JourneyFigures, LeftFigures, Outcome, Skip};
use crate::plan::Plan;
use crate::statistics::{Interval, wilson};

/// The funnel for people; `None` if there is no such journey.
pub fn funnel_text(outcome: &Outcome, plan: &Plan, journey: &str, width: usize) -> Option<String> {
    let flow = found(outcome, plan, journey)?;
    let entered = flow.figures.entered;
    let mut table = Table::new(
        &format!("Funnel of {journey}"),
        &["reached", "of entered", "95 % interval", "median time", "left here", "not sent"],
    );
    for (at, node) in flow.nodes.iter().enumerate() {
        let skipped: u64 = node.skipped.iter().map(|(_, mails)| mails).sum();
        let gone = node.left.exit_when + node.left.goal;
        let blank = |number: u64| if number == 0 { String::new() } else { count(number) };
        let numbers = vec![
            count(node.reached),
            percent(node.reached, entered),
            interval(node.reached, flow.figures).map_or(NONE.to_owned(), |ends| {
                format!("{} – {}%", amount(ends.low * 100.0, 1), amount(ends.high * 100.0, 1))
            }),
            node.median_secs.map_or(String::new(), duration),
            blank(gone + ended_at(node)),
            blank(skipped),
        ];
        let name = if node.id.is_empty() { node.title.as_str() } else { node.id };
        let mut line = Line::new(Some(&node.title), name, numbers);
        line.notes.extend(notes(&flow, at));
        table.push(line);
    }
    let mut text = table.print(width);
    let refused: Vec<String> = (flow.figures.refused.iter().filter(|(_, times)| **times > 0))
        .map(|(why, times)| format!("{} {}", why.word(), count(*times)))
        .collect();
    if !refused.is_empty() {
        text.push_str(&super::table::list("  not let in: ", &refused, width));
    }
    let trials = if flow.figures.leads < entered { ", with as many trials as leads" } else { "" };
    push_note(
        &mut text,
        &format!("of entered: of all entries, more than once in loops; intervals are Wilson's{trials}"),
        width,
    );
    push_note(&mut text, "median time: from the entry to the step, to the minute, from two days on to the hour", width);
    Some(text)
}

/// Those whose journey ends at the step, as they should.
fn ended_at(node: &Node<'_>) -> u64 {
    if node.kind == Kind::Exit { node.reached } else { 0 }
}

fn notes(flow: &Flow<'_>, at: usize) -> Vec<(String, Vec<String>)> {
    let node = &flow.nodes[at];
    let goal = [("goal".to_owned(), node.left.goal)];
    let by_condition = by_condition(node.left.exit_when, &node.left.exit_when_by);
    let left = goal.into_iter().chain(by_condition);
    let left = left.filter(|(_, number)| *number > 0).map(|(why, number)| format!("{why} {}", count(number)));
    let exit = (node.kind == Kind::Exit).then(|| format!("{} {}", node.about, count(node.reached)));
    let left: Vec<String> = left.chain(exit).collect();
    let running = (node.left.running > 0).then(|| format!("{} at the end", count(node.left.running)));
    let skipped: Vec<String> =
        node.skipped.iter().map(|(skip, number)| format!("{} {}", skip.word(), count(*number))).collect();
    let ways = flow.edges.iter().filter(|edge| edge.from == at && !edge.words.is_empty()).map(|edge| {
        let to = &flow.nodes[edge.to];
        let to = if to.id.is_empty() { to.title.as_str() } else { to.id };
        format!("{} → {to} {}", edge.words, count(edge.count))
    });
    let ways: Vec<String> = ways.collect();
    let running = running.into_iter().collect();
    let all = [("left here:", left), ("still here:", running), ("not sent:", skipped), ("ways:", ways)];
    all.into_iter().filter(|(_, items)| !items.is_empty()).map(|(word, items)| (word.to_owned(), items)).collect()
}

/// Wilson's, with as many trials as leads: what several entries of one lead come to belongs together.
fn interval(part: u64, journey: &JourneyFigures) -> Option<Interval> {
    let (part, whole, leads) = (part as f64, journey.entered as f64, journey.leads as f64);
    // A step in a loop may be reached more often than the journey is entered.
    (whole > 0.0 && part <= whole).then(|| wilson(part / whole * leads, leads, LEVEL)).flatten()
}

fn found<'a>(outcome: &'a Outcome, plan: &'a Plan, journey: &str) -> Option<Flow<'a>> {
    let (name, definition) = plan.campaign.journeys.get_key_value(journey)?;
    Some(flow(name, definition, outcome.figures.journeys.get(journey)?, &plan.campaign))
}

/// The funnel for programs.
pub fn funnel_json(outcome: &Outcome, plan: &Plan, journey: &str) -> Option<String> {
    let flow = found(outcome, plan, journey)?;
    let entered = flow.figures.entered;
    let places = flow.nodes.iter().enumerate().map(|(at, node)| Place {
        step: if node.id.is_empty() { None } else { Some(node.id) },
        kind: node.kind.word(),
        label: &node.title,
        reached: node.reached,
        of_entered: rate(node.reached, entered),
        interval: interval(node.reached, flow.figures).map(|ends| ends.map(rounded)),
        median_secs: node.median_secs,
        left: &node.left,
        exit: (node.kind == Kind::Exit).then_some(node.about.as_str()),
        sent: (node.kind == Kind::Send).then_some(node.sent),
        not_sent: node.skipped.iter().copied().collect(),
        ways: (flow.edges.iter().filter(|edge| edge.from == at))
            .map(|edge| Way {
                when: if edge.words.is_empty() { None } else { Some(edge.words.as_ref()) },
                to: Some(flow.nodes[edge.to].id).filter(|id| !id.is_empty()),
                count: edge.count,
            })
            .collect(),
    });
    let document = Document {
        format_version: 1,
        status: "ok",
        journey: flow.name,
        entered,
        leads: flow.figures.leads,
        refused: &flow.figures.refused,
        interval_method: "wilson-of-leads",
        places: places.collect(),
    };
    Some(super::json::written(&document))
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    status: &'static str,
    journey: &'a str,
    entered: u64,
    leads: u64,
    refused: &'a std::collections::BTreeMap<EntryRefusal, u64>,
    interval_method: &'static str,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    step: Option<&'a str>,
    kind: &'static str,
    label: &'a str,
    reached: u64,
    of_entered: Option<f64>,
    interval: Option<Interval>,
    median_secs: Option<u64>,
    left: &'a LeftFigures,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    not_sent: std::collections::BTreeMap<Skip, u64>,
    ways: Vec<Way<'a>>,
}

/// A way to another step, or to the end.
#[derive(Serialize)]
struct Way<'a> {
    when: Option<&'a str>,
    to: Option<&'a str>,
    count: u64,
}
