//! What disagrees, made small: events of the timeline and lines of the project are left out while it still disagrees.

use crate::judge::{Case, checked, disagreement, kinds};
use crate::python::Python;

/// The smallest project and lead that were found, as text.
pub fn smallest(python: &mut Python, yaml: &str, mut case: Case) -> String {
    let wanted = disagreement(python, &case).1.map_or(Vec::new(), |(_, words)| kinds(&words));
    let mut lines: Vec<String> = yaml.lines().map(str::to_owned).collect();
    loop {
        let before = (lines.len(), case.leads[0].timeline.as_ref().map_or(0, Vec::len));
        events(python, &mut case, &wanted);
        less(python, &mut lines, &mut case, &wanted);
        if before == (lines.len(), case.leads[0].timeline.as_ref().map_or(0, Vec::len)) {
            break;
        }
    }
    let words = disagreement(python, &case).1.map_or(String::new(), |(_, words)| words);
    let lead = serde_json::to_string(&case.leads[0]).unwrap();
    format!("--- smallest\n{}\nlead: {lead}\n{words}", lines.join("\n"))
}

/// Whether they still disagree in the same way.
fn differs(python: &mut Python, case: &Case, wanted: &[String]) -> bool {
    disagreement(python, case).1.is_some_and(|(_, words)| kinds(&words) == wanted)
}

fn events(python: &mut Python, case: &mut Case, wanted: &[String]) {
    let mut part = case.leads[0].timeline.as_ref().map_or(0, Vec::len);
    while part > 0 {
        let mut at = 0;
        while at < case.leads[0].timeline.as_ref().map_or(0, Vec::len) {
            let mut less = case.only(0);
            less.leads[0].timeline.iter_mut().for_each(|all| drop(all.drain(at..(at + part).min(all.len()))));
            if differs(python, &less, wanted) { *case = less } else { at += part }
        }
        part /= 2;
    }
}

/// Leaves out a line with all that is indented below it.
fn less(python: &mut Python, lines: &mut Vec<String>, case: &mut Case, wanted: &[String]) {
    let indent = |line: &String| line.len() - line.trim_start().len();
    let mut at = lines.len();
    while at > 0 {
        at -= 1;
        let Some(first) = lines.get(at) else { continue };
        let depth = indent(first);
        let block = 1 + lines[at + 1..].iter().take_while(|line| indent(line) > depth).count();
        let mut without = lines.clone();
        without.drain(at..at + block);
        let Some(plan) = checked(&without.join("\n")) else { continue };
        let same = |name: &str| {
            let names = |plan: &tabiji::plan::Plan| serde_json::to_value(&plan.campaign).unwrap()[name].clone();
            let keys = |json: serde_json::Value| json.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
            keys(names(&plan)) == keys(names(&case.plan))
        };
        // Leads are told by their place in these.
        if !["fields", "scoring", "topics"].into_iter().all(same) {
            continue;
        }
        let mut smaller = Case { plan, leads: case.leads.clone(), lines: case.lines.clone() };
        let known: Vec<String> = smaller.plan.campaign.events.keys().cloned().collect();
        let campaign = &smaller.plan.campaign;
        let contents: Vec<String> = campaign.emails.keys().chain(campaign.messages.keys()).cloned().collect();
        let is_known = |each: &tabiji::ir::Outside| {
            let names = ["email", "message"].into_iter().filter_map(|name| each.with.get(name));
            names.into_iter().all(|name| matches!(name, tabiji::ir::Value::Text(name) if contents.contains(name)))
        };
        for lead in &mut smaller.leads {
            lead.stage = lead.stage.take().filter(|_| smaller.plan.campaign.lifecycle.is_some());
            lead.timeline.iter_mut().for_each(|all| all.retain(|each| known.contains(&each.event) && is_known(each)));
        }
        if differs(python, &smaller, wanted) {
            (*case, *lines) = (smaller, without);
        }
    }
}
