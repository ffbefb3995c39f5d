//! Journeys: one table of all, then each as a graph with its steps.

use super::mails::histogram;
use super::notices::below;
use super::table::{Cell, folded, name, scrolled, table};
use super::{Page, Part, remark, sentence};
use crate::backend::report::draw::journey::{MOST_PLACES, journey, notes, share};
use crate::backend::report::figure::{NONE, count, duration, percent};
use crate::backend::report::flow::{Flow, flows};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::rates::share_interval;
use crate::backend::report::reach::notice;
use crate::backend::report::sums::{by_condition, exited};
use crate::backend::sim::Section;

/// All journeys; nothing if there are none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let campaign = &page.plan.campaign;
    let flows = flows(&page.outcome.figures, campaign);
    if flows.is_empty() {
        return None;
    }
    let heads = [
        "Journey",
        "Entered",
        "Leads",
        "Finished",
        "Exited",
        "Goal",
        "Goal of entered",
        "95 % interval",
        "Still in it",
    ];
    let intervals = page.intervals;
    let rows = flows.iter().map(|flow| {
        let figures = flow.figures;
        let has_goal = campaign.journeys.get(flow.name).is_some_and(|journey| journey.goal.is_some());
        let goal = |text: String| Cell::Number(if has_goal { text } else { NONE.to_owned() });
        vec![
            name(flow.label, flow.name),
            Cell::Number(count(figures.entered)),
            Cell::Number(count(figures.leads)),
            Cell::Number(count(figures.completed)),
            Cell::Number(count(exited(figures))),
            goal(count(figures.goal)),
            goal(percent(figures.goal, figures.entered)),
            goal(share_interval(intervals.get(Section::Journeys, flow.name, "goal"))),
            Cell::Number(count(figures.running)),
        ]
    });
    let mut body = vec![table("Journeys", &heads, rows.collect())];
    body.push(remark(
        "Who enters either finishes, exits, reaches the goal, or is still in it at the end. The interval is that of the \
         share that reaches the goal.",
    ));
    body.extend(flows.iter().enumerate().map(one));
    body.extend(per_lead(page));
    Some(Part { id: "journeys", title: "Journeys", body })
}

/// How many journeys leads are in, who is in none, which overlap.
fn per_lead(page: Page<'_>) -> Vec<Element> {
    let figures = &page.outcome.figures;
    let Some(notice) = notice(figures) else { return Vec::new() };
    let told = sentence(&notice.facts.join(", "));
    let words = ["Journeys", "journeys that a lead entered"];
    let chart = histogram("journeys-per-lead", notice.title, words, &figures.reach.leads_by_journeys, &told);
    std::iter::once(chart).chain(below(&notice)).collect()
}

fn one((at, flow): (usize, &Flow<'_>)) -> Element {
    let id = format!("journey-{}", at + 1);
    let heading = el("h3").a("id", &id);
    let heading = match flow.label {
        Some(label) => heading.c(el("span").named().t(label)).t(" ").c(el("code").t(flow.name)),
        None => heading.t(flow.name),
    };
    let figures = flow.figures;
    let ways_out = [("finished", figures.completed), ("reached the goal", figures.goal)];
    let ways_out = ways_out.into_iter().map(|(what, number)| (what.to_owned(), number));
    let by_condition = by_condition(figures.exit_when, &figures.exit_when_by);
    let by_condition = by_condition.into_iter().map(|(reason, number)| (format!("left by {reason}"), number));
    let exits = figures.exits.iter().map(|(reason, number)| (format!("exited: {reason}"), *number));
    let still = [("still in it".to_owned(), figures.running)];
    let summary: Vec<String> = ways_out
        .chain(by_condition)
        .chain(exits)
        .chain(still)
        .filter(|(_, number)| *number > 0)
        .map(|(what, number)| format!("{} {what} ({})", count(number), share(number, flow)))
        .collect();
    let refused: Vec<String> = (figures.refused.iter().filter(|(_, number)| **number > 0))
        .map(|(reason, number)| format!("{} {}", count(*number), reason.word()))
        .collect();
    let summary = if summary.is_empty() { String::new() } else { format!(": {}", summary.join(", ")) };
    let entered = if figures.entered == 0 { "Nobody".to_owned() } else { count(figures.entered) };
    let says = el("p").t(format!("{entered} entered{summary}."));
    let mut article = el("article").class("journey").a("aria-labelledby", &id).c(heading).c(says);
    if !refused.is_empty() {
        article = article.c(el("p").t(format!("Not let in: {}.", refused.join(", "))));
    }
    article = match journey(flow, &format!("graph-{}", at + 1)) {
        Some(drawing) => article.c(scrolled(&format!("Graph of journey {}", flow.name), drawing)),
        None => article.c(remark(format!("It has more than {MOST_PLACES} steps and is not drawn."))),
    };
    article.c(folded("Steps as a table", steps(flow)))
}

fn steps(flow: &Flow<'_>) -> Element {
    let timed = flow.nodes.iter().any(|node| node.median_secs.is_some());
    let mut heads = vec!["Step", "Does", "Reached", "Of entered", "Sent", "Left here, not sent", "Goes on to"];
    if timed {
        heads.insert(4, "Median time");
    }
    let rows = flow.nodes.iter().enumerate().map(|(at, node)| {
        let ways = flow.edges.iter().filter(|edge| edge.from == at).map(|edge| {
            let to = &flow.nodes[edge.to];
            let to = if to.id.is_empty() { to.title.as_str() } else { to.id };
            let words = if edge.words.is_empty() { String::new() } else { format!("{}: ", edge.words) };
            format!("{words}{to} {}", count(edge.count))
        });
        let shown = if node.id.is_empty() { node.title.as_str() } else { node.id };
        let mut row = vec![
            name(Some(&node.title), shown),
            Cell::Text(node.about.clone()),
            Cell::Number(count(node.reached)),
            Cell::Number(share(node.reached, flow)),
            Cell::Number(if node.kind == crate::backend::report::flow::Kind::Send {
                count(node.sent)
            } else {
                String::new()
            }),
            Cell::Text(notes(node).into_iter().map(|(_, note)| note).collect::<Vec<_>>().join("; ")),
            Cell::Text(ways.collect::<Vec<_>>().join("; ")),
        ];
        if timed {
            row.insert(4, Cell::Number(node.median_secs.map_or(String::new(), duration)));
        }
        row
    });
    table(&format!("Steps of journey {}", flow.name), &heads, rows.collect())
}
