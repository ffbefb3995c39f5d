//! The four questions of a reviewer, each answered in a line or two: who, how many, what of those inside, what do mails say.

use super::{newly, person, some};
use crate::diff::model::{Change, Class, Content, Fact, InFlight, JourneyChange, Most, Status, Timing, Volume, Who};
use crate::ir::Name;

/// Answers shown of each question.
const SHOWN: usize = 3;

/// A question, and what is said to it; nothing where nothing changes.
pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) lines: Vec<String>,
}

/// What was edited: the definitions from which everything comes, each with its place.
pub(super) fn edited(change: &Change) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for cause in change.journeys.iter().flat_map(|journey| &journey.causes) {
        let Some(address) = cause.chain.first() else { continue };
        let place = cause.place.as_ref().map_or_else(String::new, |at| format!(" ({}:{})", at.file, at.line));
        let says = format!("`{address}`{place}");
        if !found.contains(&says) {
            found.push(says);
        }
    }
    more(found)
}

/// The questions to which there is something to say.
pub(super) fn answers(change: &Change) -> Vec<Answer> {
    let of = |facts: &dyn Fn(&JourneyChange) -> Option<String>| -> Vec<String> {
        more(together(change.journeys.iter().filter_map(|journey| Some((&journey.journey, facts(journey)?)))))
    };
    let mut all = vec![
        Answer { question: "What was edited?", lines: edited(change) },
        Answer {
            question: "Who can be a lead no longer?",
            lines: more(change.refused.iter().map(super::fact).collect()),
        },
        Answer { question: "Who is reached?", lines: of(&who) },
        Answer { question: "How many mails at worst?", lines: volume(change) },
        Answer { question: "Leads already inside?", lines: of(&inside) },
        Answer { question: "When?", lines: of(&when) },
        Answer { question: "What do the mails say?", lines: says(change) },
        Answer { question: "What goes to others?", lines: of(&goes_out) },
    ];
    all.retain(|answer| !answer.lines.is_empty());
    all
}

/// What is said of several is said once.
fn together<'n>(said: impl Iterator<Item = (&'n Name, String)>) -> Vec<String> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (name, says) in said {
        let name = format!("`{name}`");
        match found.iter_mut().find(|(known, _)| *known == says) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => found.push((says, vec![name])),
        }
    }
    found.into_iter().map(|(says, names)| format!("{}: {says}", some(&names))).collect()
}

fn more(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > SHOWN {
        let rest = lines.len() - SHOWN;
        lines.truncate(SHOWN);
        lines.push(format!("and {rest} more"));
    }
    lines
}

fn first(facts: &[Fact]) -> Option<String> {
    let all = super::lines(facts);
    let (fact_line, _) = all.first()?.clone();
    let rest = all.len() - 1;
    Some(if rest == 0 { fact_line } else { format!("{fact_line} (and {rest} more)") })
}

fn who(journey: &JourneyChange) -> Option<String> {
    if journey.who.value == Who::Same {
        return None;
    }
    let fact = journey.who.facts.iter().find(|fact| !fact.leads.is_empty()).or(journey.who.facts.first())?;
    let leads = fact.leads.iter().map(|lead| format!("{}: {}", newly(lead.newly), person(lead)));
    let leads = leads.collect::<Vec<_>>().join("; ");
    let says = super::fact(fact);
    Some(if leads.is_empty() { says } else { format!("{says} — {leads}") })
}

fn volume(change: &Change) -> Vec<String> {
    let words = |most: Option<u64>| most.map_or("any number".to_owned(), |most| most.to_string());
    let arrow = |most: &Most| format!("{} → {}", words(most.before), words(most.after));
    let mut lines = Vec::new();
    let sum: Vec<String> = change
        .together
        .iter()
        .filter(|most| most.before != most.after)
        .map(|most| format!("{} {}", arrow(most), most.of))
        .collect();
    if !sum.is_empty() {
        lines.push(format!("all journeys together: {}", sum.join(", ")));
    }
    let changed = change.journeys.iter().filter(|journey| journey.volume.value != Volume::Same);
    lines.extend(together(changed.filter_map(|journey| Some((&journey.journey, first(&journey.volume.facts)?)))));
    more(lines)
}

fn inside(journey: &JourneyChange) -> Option<String> {
    let worst = match journey.in_flight.value {
        InFlight::None => return None,
        InFlight::FollowsNew | InFlight::Leaves | InFlight::MayRepeat | InFlight::Stuck | InFlight::Unknown => {
            journey.in_flight.value
        }
    };
    Some(format!("{}: {}", worst.word(), first(&journey.in_flight.facts)?))
}

fn when(journey: &JourneyChange) -> Option<String> {
    if journey.timing.value == Timing::Same || journey.status != Status::Changed && journey.class > Class::Timing {
        return None;
    }
    Some(format!("{}: {}", journey.timing.value.word(), first(&journey.timing.facts)?))
}

/// By mail: one mail may be sent by many journeys, and one part may stand in many mails.
fn says(change: &Change) -> Vec<String> {
    let changed = change.journeys.iter().filter(|journey| journey.content.value != Content::Same);
    let facts: Vec<(&Name, &Fact)> =
        changed.flat_map(|journey| journey.content.facts.iter().map(move |fact| (&journey.journey, fact))).collect();
    more(together(facts.into_iter().map(|(journey, fact)| (fact.mail.as_ref().unwrap_or(journey), fact.says.clone()))))
}

fn goes_out(journey: &JourneyChange) -> Option<String> {
    first(&journey.export.facts)
}
