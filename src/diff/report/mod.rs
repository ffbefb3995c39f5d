//! The effect of a change for people and programs: terminal, Markdown, SARIF. JSON is the data itself.
//!
//! In: a [`Change`]. Out: text. Never: anything that is not in the data.

mod answers;
mod markdown;
mod sarif;
mod text;
mod values;

pub use markdown::{markdown, markdown_refusal};
pub use sarif::{sarif, sarif_refusal};
pub use text::{definitions, effect, text};

use super::model::{
    Cause, Change, Class, Content, Export, Fact, Fate, Gets, InFlight, Inside, JourneyChange, Later, Newly, Person,
    SideName, Simulated, Status, Timing, Volume, Waits, Who,
};
use crate::ir::Value;
use crate::ir::print::duration;

/// A lead in words: what it is like, as far as it matters.
fn person(person: &Person) -> String {
    let words = person.lead.iter().map(|(what, value)| match value {
        Some(Value::Bool(true)) => what.clone(),
        Some(Value::Bool(false)) => format!("not {what}"),
        Some(value) => format!("{what} = {value}"),
        None => format!("no {what}"),
    });
    let words = words.collect::<Vec<_>>().join(", ");
    if words.is_empty() { "any lead".to_owned() } else { words }
}

fn newly(newly: Newly) -> &'static str {
    match newly {
        Newly::In => "newly in",
        Newly::Out => "newly out",
    }
}

/// A fact in one line, with its step.
fn fact(fact: &Fact) -> String {
    subject(fact).map_or_else(|| fact.says.clone(), |subject| format!("{subject}: {}", fact.says))
}

/// What a fact is about: the step, and the mail if it has another name.
fn subject(fact: &Fact) -> Option<String> {
    match (&fact.step, &fact.mail) {
        (Some(step), Some(mail)) if step != mail => Some(format!("`{step}` (`{mail}`)")),
        (Some(name), _) | (None, Some(name)) => Some(format!("`{name}`")),
        (None, None) => None,
    }
}

/// Facts in lines, with the leads that show them: what is so at several steps is said once.
fn lines(facts: &[Fact]) -> Vec<(String, &[Person])> {
    let mut found: Vec<(Vec<String>, &Fact)> = Vec::new();
    for fact in facts {
        let is_it = |(_, known): &&mut (Vec<String>, &Fact)| {
            (&known.says, &known.leads, known.step.is_some()) == (&fact.says, &fact.leads, fact.step.is_some())
        };
        match found.iter_mut().find(is_it) {
            Some((subjects, _)) => subjects.extend(subject(fact)),
            None => found.push((subject(fact).into_iter().collect(), fact)),
        }
    }
    let line = |(subjects, fact): (Vec<String>, &'_ Fact)| match subjects.is_empty() {
        true => fact.says.clone(),
        false => format!("{}: {}", subjects.join(", "), fact.says),
    };
    found.into_iter().map(|(subjects, fact)| (line((subjects, fact)), fact.leads.as_slice())).collect()
}

/// Journeys of which the same is to be said, in the order of the first of each.
fn groups(change: &Change) -> Vec<Vec<&JourneyChange>> {
    let said = |journey: &JourneyChange| {
        let JourneyChange { class, who, volume, in_flight, timing, content, export, other, accepted, .. } = journey;
        let axes = format!("{class:?} {who:?} {volume:?} {in_flight:?} {timing:?} {content:?} {export:?} {other:?}");
        let ways = journey.causes.iter().map(|cause| (cause.chain.split_last().map(|(_, way)| way), &cause.place));
        format!("{axes} {accepted:?} {:?} {:?}", worst_path(journey), ways.collect::<Vec<_>>())
    };
    let mut found: Vec<(String, Vec<&JourneyChange>)> = Vec::new();
    for journey in &change.journeys {
        let said = said(journey);
        // A journey that is new or gone is one by itself.
        let known = found.iter_mut().find(|(known, _)| *known == said && journey.status == Status::Changed);
        match known {
            Some((_, all)) => all.push(journey),
            None => found.push((said, vec![journey])),
        }
    }
    found.into_iter().map(|(_, all)| all).collect()
}

/// Names, the first few, and how many more.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 3;
    match names.len() {
        count if count <= SHOWN + 1 => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}

/// The axes of a journey on which something changes: name, where it stands, what shows it. The axis that decides the
/// class comes first.
fn axes(journey: &JourneyChange) -> Vec<(&'static str, &'static str, &[Fact])> {
    let JourneyChange { who, volume, in_flight, timing, content, export, .. } = journey;
    let all: [(bool, &'static str, &'static str, &[Fact]); 6] = [
        (in_flight.value == InFlight::None, "in-flight", in_flight.value.word(), &in_flight.facts),
        (who.value == Who::Same, "who", who.value.word(), &who.facts),
        (volume.value == Volume::Same, "volume", volume.value.word(), &volume.facts),
        (timing.value == Timing::Same, "timing", timing.value.word(), &timing.facts),
        (content.value == Content::Same, "content", content.value.word(), &content.facts),
        (export.value == Export::Same, "export", export.value.word(), &export.facts),
    ];
    all.into_iter()
        .filter(|(is_same, _, _, facts)| !is_same || !facts.is_empty())
        .map(|(_, name, value, facts)| (name, value, facts))
        .collect()
}

/// The seven-day bound of a journey, in few letters: `2 → 3`, or `2` where it stays.
fn most(journey: &JourneyChange) -> String {
    let words = |most: Option<u64>| most.map_or("∞".to_owned(), |most| most.to_string());
    let changed = journey.most.iter().find(|most| most.before != most.after);
    let week = journey.most.iter().find(|most| most.of == "mails per 7 days");
    match week.filter(|week| week.before != week.after).or(changed) {
        Some(most) if most.of == "mails per 7 days" => format!("{} → {}", words(most.before), words(most.after)),
        Some(most) => {
            let per = most.of.trim_start_matches("mails per ");
            format!("{} → {} / {per}", words(most.before), words(most.after))
        }
        None => week.map_or("–".to_owned(), |week| words(week.after)),
    }
}

/// How an edit comes to matter: `people/segments.yaml:3: segments.hot → journeys.trial`.
fn cause(cause: &Cause, journeys: usize) -> String {
    let mut chain = cause.chain.clone();
    if let Some(last) = chain.last_mut().filter(|_| journeys > 1) {
        *last = format!("each of these {journeys}");
    }
    let chain = chain.join(" → ");
    cause.place.as_ref().map_or_else(|| chain.clone(), |at| format!("{}:{}: {chain}", at.file, at.line))
}

/// Mails of a path that are named.
const MOST_ON_PATH: usize = 8;

/// The path that comes to the worst week after the change, mail by mail.
fn worst_path(journey: &JourneyChange) -> Option<String> {
    let changed = journey.most.iter().filter(|most| most.before != most.after && most.path.len() > 1);
    let most = changed.min_by_key(|most| most.path.len())?;
    let shown = most.path.iter().take(MOST_ON_PATH);
    let steps = shown.map(|(secs, step)| match secs {
        0 => format!("`{step}`"),
        secs => format!("`{step}` +{}", duration(*secs)),
    });
    let mut words = steps.collect::<Vec<_>>();
    if most.path.len() > MOST_ON_PATH {
        words.push(format!("and {} more", most.path.len() - MOST_ON_PATH));
    }
    Some(format!("{}: {}", most.of, words.join(", ")))
}

/// What may follow later, in lines: what is written, who asks for it, and who comes to it otherwise.
fn later(change: &Change) -> Vec<String> {
    let line = |one: &Later| {
        let ask = if one.journeys.len() == 1 { "asks" } else { "ask" };
        let names: Vec<String> = one.journeys.iter().map(|name| format!("`{name}`")).collect();
        if one.writes.starts_with("frequency ") {
            let by = some(&one.by);
            return format!(
                "{}: mails of {} may be held back, left out or sent after all: {by}",
                one.writes,
                some(&names)
            );
        }
        format!("{}, for which {} {ask}: {}", one.writes, some(&names), some(&one.by))
    };
    change.later.iter().map(line).collect()
}

/// What is said above them.
const LATER: &str = "may follow later, by what steps write down, send and make (not decided)";

/// The headline: `3 of 8 journeys change`.
fn headline(change: &Change) -> String {
    let count = change.journeys.len();
    let journeys = if count == 1 { "journey" } else { "journeys" };
    match change.class {
        Class::None => "no effect: both sides compile to the same campaign".to_owned(),
        _ if count == 0 && !change.refused.is_empty() => "some can be leads no longer, the worst: audience".to_owned(),
        class if count == 0 && !change.later.is_empty() => {
            format!("journeys may be reached otherwise later, the worst: {}", class.word())
        }
        _ if count == 0 => "no effect on people: no journey is compiled otherwise".to_owned(),
        class => format!("{count} {journeys} affected, the worst: {}", class.word()),
    }
}

/// What is said above renames that are likely.
fn renames(change: &Change) -> Option<String> {
    let first = change.suggested.first()?;
    let what = if change.suggested.len() == 1 {
        format!("`{}` is gone and `{}`, which is like it, is new", first.from, first.to)
    } else if change.suggested.iter().any(|other| other.from == first.to) {
        format!("`{}` and `{}` are each what the other one was", first.from, first.to)
    } else {
        "what is gone is like what is new".to_owned()
    };
    let left = match change.recorded {
        Some(Class::None | Class::Safe) => "then nobody is reached otherwise".to_owned(),
        Some(class) if class < change.class => format!("then the worst that is left is {}", class.word()),
        Some(_) | None => "then nobody inside is lost".to_owned(),
    };
    Some(format!("{what}. If only the name is another, record that: {left}"))
}

/// That a side has errors, in a line for each that has.
fn faults(change: &Change) -> Vec<String> {
    let told = |side: &SideName, which: &str| {
        let faults = side.faults.as_ref()?;
        Some(format!("{which} has faults ({faults}), which `tabiji check` shows; this is what it would do"))
    };
    [told(&change.base, "the campaign before"), told(&change.head, "the campaign after")]
        .into_iter()
        .flatten()
        .collect()
}

/// The name of a journey for a table, with its mark if it is new or gone.
fn named(journey: &JourneyChange) -> String {
    match journey.status {
        Status::Added => format!("{} (new)", journey.journey),
        Status::Removed => format!("{} (removed)", journey.journey),
        Status::Changed => journey.journey.clone(),
    }
}

/// The people inside, in a line.
fn people_inside(inside: &Inside) -> String {
    let of = |fate: InFlight| inside.fates.iter().filter(|one| one.fate == fate).map(|one| one.leads).sum::<u64>();
    let mut words = vec![format!("{} told", inside.read)];
    let all = [InFlight::Stuck, InFlight::MayRepeat, InFlight::Leaves, InFlight::FollowsNew, InFlight::None];
    for fate in all.into_iter().filter(|fate| of(*fate) > 0) {
        let says = match fate {
            InFlight::None => "go on as before",
            InFlight::FollowsNew => "follow the new rules",
            InFlight::Leaves => "leave",
            InFlight::MayRepeat => "may get something twice",
            InFlight::Stuck | InFlight::Unknown => "are stuck",
        };
        words.push(format!("{} {says}", of(fate)));
    }
    if inside.nowhere > 0 {
        words.push(format!("{} stand where the base has no step", inside.nowhere));
    }
    words.join(", ")
}

/// What becomes of those on one step, in a line.
fn fate_words(fate: &Fate) -> String {
    let says = fate.waits.map_or(fate.fate.word(), Waits::words);
    format!("{} on `{}` of `{}`: {says}", fate.leads, fate.step, fate.journey)
}

/// What leads get, in a line.
fn simulated_words(simulated: &Simulated) -> String {
    let Simulated { leads, taken, refused, more, fewer, other, moved, same, .. } = simulated;
    let mut words = format!(
        "of {leads} leads {more} get more mails, {fewer} fewer, {other} others, {moved} the same at other times, {same} the \
         very same"
    );
    if *taken > 0 {
        words.push_str(&format!("; newly in: {taken}, whose rows were refused"));
    }
    if *refused > 0 {
        words.push_str(&format!("; newly out: {refused}, whose rows are refused now"));
    }
    words
}

fn gets_words(gets: &Gets) -> String {
    let listed = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut words = format!("{}: {} → {} mails", gets.lead, gets.mails.0, gets.mails.1);
    if !gets.newly.is_empty() {
        words.push_str(&format!(", newly {}", listed(&gets.newly)));
    }
    if !gets.no_longer.is_empty() {
        words.push_str(&format!(", no longer {}", listed(&gets.no_longer)));
    }
    words
}
