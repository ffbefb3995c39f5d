//! What a change does to people: two compiled campaigns, journey by journey, on the axes who, volume, in-flight, timing,
//! content and export.
//!
//! In: both campaigns, with their sources where there are any. Out: a [`Change`], plain data with the sentences that every
//! report shows. Never: git, files, a run.
//!
//! 1. Renames that are recorded are followed: the campaign before is told in the names of the one after (`moved`).
//! 2. Definitions that differ are found by their hashes (`parts`), and journeys that depend on them (`causes`).
//! 3. Conditions are held against each other by the condition solver, in one world (`worlds`).
//! 4. Each axis has a file of its own; the worst of them is the class of the journey.

mod accepted;
mod asked_in;
mod both;
mod causes;
mod compared;
mod consent;
mod content;
mod differing;
mod export;
mod forks;
mod heard;
mod in_flight;
mod later;
mod letters;
mod links;
mod model;
mod moved;
mod pages;
mod parts;
mod pasts;
mod people;
mod permission;
mod places;
mod points;
mod references;
mod rendered;
mod report;
mod rivals;
mod rows;
mod similar;
mod stages;
mod targets;
mod timing;
mod volume;
mod ways;
mod who;
mod words;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use sha2::{Digest, Sha256};

pub use accepted::{Acceptance, Accepted};
pub use model::{
    Axis, Cause, Change, Class, Content, Differs, Edit, Export, FORMAT_VERSION, Fact, Fate, Gets, InFlight, Inside,
    JourneyChange, Later, Location, Most, Newly, PartChange, Person, Retimed, SideName, Simulated, Standing, Status,
    Suggestion, Timing, Volume, Waits, Who,
};
pub use people::{Clock, Stands};
pub use report::{definitions, effect, markdown, markdown_refusal, sarif, sarif_refusal, text};

pub use targets::{Rule, Target, targets};

use both::Both;
use causes::Uses;
use parts::Part;
use worlds::{Side, Worlds};

use crate::ir::{Campaign, Journey, Name};
use crate::plan::{self, Plan};
use crate::text::SourceMap;

/// One of the two campaigns.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What the user calls it.
    pub name: &'a str,
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its files; `None` for a saved plan.
    pub sources: Option<&'a SourceMap>,
    /// How many errors it has, in words, if it has any.
    pub faults: Option<&'a str>,
}

/// Finds out what the change from one campaign to the other does to people.
///
/// # Errors
/// If a campaign holds a number that JSON cannot.
pub fn change(base: Input<'_>, head: Input<'_>) -> Result<Change, serde_json::Error> {
    let (old, after) = (plan::build(base.campaign)?, plan::build(head.campaign)?);
    let mut moves = moved::moves(base.campaign, head.campaign, &moved::addresses(base.campaign, &old.parts));
    let mut change = by_records(base, head, &old.hash, &after, &moves)?;
    if !change.suggested.is_empty() {
        moves.extend(change.suggested.iter().map(|one| (one.from.clone(), one.to.clone())));
        let recorded = by_records(base, head, &old.hash, &after, &moves)?;
        // More than they say is not made of records.
        change.recorded = Some(recorded.class).filter(|class| *class <= change.class);
    }
    Ok(change)
}

/// The change by some records of renames.
fn by_records(
    base: Input<'_>,
    head: Input<'_>,
    old_hash: &str,
    after: &Plan,
    moves: &moved::Moves,
) -> Result<Change, serde_json::Error> {
    let renamed = moved::renamed(base.campaign, moves)?;
    let before = plan::build(&renamed)?;
    let mut change = Change {
        format_version: FORMAT_VERSION,
        status: "ok".to_owned(),
        class: Class::None,
        open: Class::None,
        target: "tabiji".to_owned(),
        base: side(base, old_hash.to_owned()),
        head: side(head, after.hash.clone()),
        together: Vec::new(),
        journeys: Vec::new(),
        later: Vec::new(),
        refused: Vec::new(),
        parts: Vec::new(),
        followed: moves.clone().into_iter().collect(),
        suggested: Vec::new(),
        recorded: None,
        inside: None,
        simulated: None,
    };
    let parts = parts::parts(&before, after)?;
    if parts.is_empty() {
        if !moves.is_empty() {
            (change.class, change.open) = (Class::Safe, Class::Safe);
        }
        return Ok(change);
    }
    let compared = Compared { base, head, before: &before, after, moves, parts: &parts };
    let Found { together, journeys, later } = compared.journeys()?;
    (change.together, change.later) = (together, later);
    change.suggested = similar::suggestions(&before.campaign, &after.campaign, &parts)?;
    change.parts = compared.parts(&journeys);
    change.journeys = journeys;
    change.refused = rows::refused(&before.campaign, &after.campaign);
    change.class = change.journeys.iter().map(|journey| journey.class).max().unwrap_or(Class::Safe);
    if !change.refused.is_empty() {
        change.class = change.class.max(Class::Audience);
    }
    // Nothing else says it.
    if change.journeys.is_empty() && !change.later.is_empty() {
        change.class = change.class.max(Class::Audience);
    }
    change.open = change.class;
    Ok(change)
}

fn side(of: Input<'_>, hash: String) -> SideName {
    SideName { name: of.name.to_owned(), hash, faults: of.faults.map(str::to_owned) }
}

/// The JSON Schema of a [`Change`], draft-07.
pub fn json_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<Change>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "tabiji effect of a change".into());
    }
    schema
}

/// What is found of journeys.
struct Found {
    together: Vec<Most>,
    journeys: Vec<JourneyChange>,
    later: Vec<Later>,
}

/// What is compared.
struct Compared<'a> {
    base: Input<'a>,
    head: Input<'a>,
    /// In the names of the one after.
    before: &'a Plan,
    after: &'a Plan,
    moves: &'a moved::Moves,
    parts: &'a [Part],
}

impl Compared<'_> {
    /// The effect on each journey that depends on something that differs, the worst first.
    fn journeys(&self) -> Result<Found, serde_json::Error> {
        let (before, after) = (&self.before.campaign, &self.after.campaign);
        let telling: Vec<Part> = self.parts.iter().filter(|part| is_telling(part)).cloned().collect();
        let worlds = Worlds::of(before, after, moved::elsewhere(self.moves));
        let uses = Uses::of(before, after, &telling, &worlds)?;
        let (together, rules) = volume::together(&worlds);
        let names: BTreeSet<&Name> = before.journeys.keys().chain(after.journeys.keys()).collect();
        // Nothing is missed for want of a chain to it.
        let reached_otherwise = |name: &Name| {
            let (Some(before), Some(after)) = (before.journeys.get(name), after.journeys.get(name)) else {
                return true;
            };
            let both = Both { name, before, after, worlds: &worlds };
            let differs = !worlds.differing().is_empty() || !worlds.entered_otherwise().is_empty();
            differs && who::who(&both).0.value != Who::Same
        };
        let names: Vec<(&Name, Vec<Vec<String>>)> = names
            .into_iter()
            .map(|name| (name, uses.chains(name)))
            .filter(|(name, chains)| !chains.is_empty() || self.is_edited(name) || reached_otherwise(name))
            .collect();
        let found = names.into_par_iter().filter_map(|(name, chains)| {
            let mut journey = match (before.journeys.get(name), after.journeys.get(name)) {
                (Some(before), Some(after)) => {
                    let both = Both { name, before, after, worlds: &worlds };
                    self.changed(&both, &rules)
                }
                (Some(before), None) => self.alone(&worlds, Side::Before, name, before),
                (None, Some(after)) => self.alone(&worlds, Side::After, name, after),
                (None, None) => return None,
            };
            self.explain(&mut journey);
            journey.causes = self.causes(&chains);
            journey.hash = self.hash(name, &chains);
            journey.class = class(&journey);
            (journey.class != Class::None).then_some(journey)
        });
        let mut found: Vec<JourneyChange> = found.collect();
        let askers = uses.askers();
        let written = self.follow(&worlds, &rules, &askers, &mut found);
        found.sort_by(|one, two| two.class.cmp(&one.class).then_with(|| one.journey.cmp(&two.journey)));
        let later = asked_later(&worlds, &askers, written, &found);
        Ok(Found { together, journeys: found, later })
    }

    /// Adds what follows in other journeys; gives back what is written down otherwise.
    fn follow(
        &self,
        worlds: &Worlds<'_>,
        rules: &[volume::Rule],
        askers: &causes::Askers<'_>,
        found: &mut Vec<JourneyChange>,
    ) -> Vec<later::Written> {
        let (following, written) = later::following(worlds, found, askers);
        let mut chains: BTreeMap<Name, Vec<Vec<String>>> = found
            .iter()
            .map(|one| (one.journey.clone(), one.causes.iter().map(|cause| cause.chain.clone()).collect()))
            .collect();
        // A journey may follow from one that follows itself.
        for _ in 0..following.len() {
            for (name, all) in &following {
                for one in all {
                    let of_cause = chains.get(&one.from).cloned().unwrap_or_default();
                    let own = chains.entry(name.clone()).or_default();
                    for mut chain in of_cause.into_iter().filter(|chain| !chain.contains(&format!("journeys.{name}"))) {
                        chain.extend(one.event.iter().map(|event| format!("events.{event}")));
                        chain.push(format!("journeys.{name}"));
                        if !own.iter().any(|known| known.first() == chain.first()) {
                            own.push(chain);
                        }
                    }
                }
            }
        }
        for (name, all) in following {
            let at = found.iter().position(|one| one.journey == name);
            let mut journey = match at {
                Some(at) => found.remove(at),
                None => {
                    let (Some(before), Some(after)) =
                        (worlds.before.journeys.get(&name), worlds.after.journeys.get(&name))
                    else {
                        continue;
                    };
                    self.changed(&Both { name: &name, before, after, worlds }, rules)
                }
            };
            for (who, fact) in all.iter().filter_map(|one| one.who.clone()) {
                journey.who.value = journey.who.value.and(who);
                journey.who.facts.push(fact);
            }
            for (timing, fact) in all.into_iter().filter_map(|one| one.timing) {
                journey.timing.value = journey.timing.value.and(timing);
                journey.timing.facts.push(fact);
            }
            let chains = chains.get(&name).cloned().unwrap_or_default();
            journey.causes = self.causes(&chains);
            journey.hash = self.hash(&name, &chains);
            journey.class = class(&journey);
            found.push(journey);
        }
        written
    }

    fn is_edited(&self, name: &str) -> bool {
        let address = format!("journeys.{name}");
        self.parts.iter().any(|part| part.address == address)
    }

    /// A journey of both sides.
    fn changed(&self, both: &Both<'_>, rules: &[volume::Rule]) -> JourneyChange {
        let (who, let_in) = who::who(both);
        let (volume, most) = volume::volume(both, rules);
        let other = self.parts.iter().filter(|part| part.address == format!("journeys.{}", both.name));
        let other = other.flat_map(|part| &part.differs).filter(|differs| is_plain(&differs.path));
        let (in_flight, fates) = in_flight::in_flight(both);
        let mut other: Vec<Fact> = other.map(|differs| written_otherwise(both, differs)).collect();
        for fact in both.written_down() {
            if !other.contains(&fact) {
                other.push(fact);
            }
        }
        JourneyChange {
            timing: timing::timing(both, let_in),
            in_flight,
            fates,
            retimed: timing::retimed(both),
            content: content::content(both),
            export: export::export(both),
            other,
            who,
            volume,
            most,
            ..self.blank(both.name, both.after, Status::Changed)
        }
    }

    /// What is written otherwise in a journey, where that does nothing of what the axes tell.
    fn explain(&self, journey: &mut JourneyChange) {
        if !is_silent(journey) {
            return;
        }
        let address = format!("journeys.{}", journey.journey);
        let own = self.parts.iter().filter(|part| part.address == address && part.status == Status::Changed);
        let differs = own.flat_map(|part| &part.differs).filter(|differs| !differs.path.starts_with("steps."));
        journey.other = differs.map(|differs| Fact::new(plainly(differs))).collect();
    }

    /// A journey that one side lacks.
    fn alone(&self, worlds: &Worlds<'_>, side: Side, name: &Name, journey: &Journey) -> JourneyChange {
        let (volume, most) = volume::whole(worlds, side, name, journey);
        let who = who::whole(worlds, side, name, journey);
        let (status, in_flight, timing) = match side {
            Side::Before => (Status::Removed, in_flight::of_removed(worlds, name, journey), Axis::default()),
            Side::After => (Status::Added, Axis::default(), timing::of_new(journey)),
        };
        JourneyChange { who, volume, most, in_flight, timing, ..self.blank(name, journey, status) }
    }

    fn blank(&self, name: &Name, journey: &Journey, status: Status) -> JourneyChange {
        let address = format!("journeys.{name}");
        let moved_from = self.old_name(&address);
        JourneyChange {
            journey: name.clone(),
            label: journey.label.clone(),
            moved_from: (moved_from != address).then(|| moved_from.trim_start_matches("journeys.").to_owned()),
            status,
            class: Class::None,
            who: Axis::default(),
            volume: Axis::default(),
            most: Vec::new(),
            in_flight: Axis::default(),
            fates: BTreeMap::new(),
            retimed: BTreeMap::new(),
            timing: Axis::default(),
            content: Axis::default(),
            export: Axis::default(),
            other: Vec::new(),
            causes: Vec::new(),
            place: self.place(&address),
            accepted: None,
            hash: String::new(),
        }
    }

    /// The address that a definition had before.
    fn old_name(&self, address: &str) -> String {
        let old = self.moves.iter().find(|(_, to)| *to == address);
        old.map_or_else(|| address.to_owned(), |(from, _)| from.clone())
    }

    /// Where a definition is written, or was.
    fn place(&self, address: &str) -> Option<Location> {
        places::place(self.head.campaign, self.head.sources, address)
            .or_else(|| places::place(self.base.campaign, self.base.sources, &self.old_name(address)))
    }

    fn causes(&self, chains: &[Vec<String>]) -> Vec<Cause> {
        let cause = |chain: &Vec<String>| Cause {
            place: chain.first().and_then(|address| self.place(address)),
            chain: chain.clone(),
        };
        chains.iter().map(cause).collect()
    }

    /// What stands for this very change: the hashes of everything that has an effect on the journey, before and after.
    fn hash(&self, name: &str, chains: &[Vec<String>]) -> String {
        let own = format!("journeys.{name}");
        let addresses: BTreeSet<&String> = chains.iter().filter_map(|chain| chain.first()).chain([&own]).collect();
        let mut digest = Sha256::new();
        for address in addresses {
            let of = |parts: &BTreeMap<String, String>| parts.get(address).cloned().unwrap_or_default();
            digest.update(format!("{address} {} {}\n", of(&self.before.parts), of(&self.after.parts)));
        }
        let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }

    /// The definitions that differ, with the journeys on which they have an effect.
    fn parts(&self, journeys: &[JourneyChange]) -> Vec<PartChange> {
        let reached = |address: &String| -> Vec<Name> {
            let caused = |journey: &&JourneyChange| {
                let own = address.strip_prefix("journeys.") == Some(&journey.journey);
                own || journey.causes.iter().any(|cause| cause.chain.first() == Some(address))
            };
            journeys.iter().filter(caused).map(|journey| journey.journey.clone()).collect()
        };
        let parts = self.parts.iter().map(|part| PartChange {
            address: part.address.clone(),
            status: part.status,
            differs: part.differs.clone(),
            place: self.place(&part.address),
            journeys: reached(&part.address),
        });
        parts.collect()
    }
}

/// Who asks for what is written down otherwise, those left out of whom it is told that others come to them; and who hears of
/// those, each once.
fn asked_later(
    worlds: &Worlds<'_>,
    askers: &causes::Askers<'_>,
    written: Vec<later::Written>,
    found: &[JourneyChange],
) -> Vec<Later> {
    let is_told = |name: &Name| found.iter().any(|one| one.journey == *name && one.who.value != Who::Same);
    let mut all: BTreeMap<(String, Vec<Name>), BTreeSet<String>> = BTreeMap::new();
    // What one journey sends is told together where the same ones hear of it.
    let mut sent: BTreeMap<(Name, Vec<Name>, String), BTreeSet<String>> = BTreeMap::new();
    for later::Written { journey, address, by } in written {
        let names = askers.of(&address).into_iter().filter(|name| *name != journey && !is_told(name));
        let names: Vec<Name> = names.collect();
        if names.is_empty() {
            continue;
        }
        match address.starts_with("emails.") || address.starts_with("messages.") {
            true => _ = sent.entry((journey, names, by)).or_default().insert(address),
            false => _ = all.entry((address, names)).or_default().insert(by),
        }
    }
    for ((_, names, by), addresses) in sent {
        let addresses: Vec<String> = addresses.into_iter().collect();
        all.entry((addresses.join(", "), names)).or_default().insert(by);
    }
    let mut seen: BTreeSet<Name> = all.keys().flat_map(|(_, names)| names.iter().cloned()).collect();
    let mut open: Vec<Name> = seen.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let (addresses, started) = later::doings(worlds.after, &name);
        let hear = addresses.iter().flat_map(|address| askers.of(address)).chain(started);
        let next: BTreeSet<Name> = hear.filter(|name| !is_told(name) && !seen.contains(name)).collect();
        if next.is_empty() {
            continue;
        }
        seen.extend(next.iter().cloned());
        open.extend(next.iter().cloned());
        let by = BTreeSet::from([format!("others may come to `{name}`, or at other times")]);
        all.insert((format!("journeys.{name}"), next.into_iter().collect()), by);
    }
    let later = |((writes, journeys), by): ((String, Vec<Name>), BTreeSet<String>)| Later {
        writes,
        by: by.into_iter().collect(),
        journeys,
    };
    let mut later: Vec<Later> = all.into_iter().map(later).collect();
    later.extend(rivals::displaced(worlds, found));
    later
}

/// Names of values that are for people, or for simulations only: nobody is reached otherwise by them.
const FOR_PEOPLE: &[&str] =
    &["label", "phase", "narrative", "share", "behavior", "open_factor", "click_factor", "cost", "member_cost"];

/// Whether a value of a definition is one that no axis looks at.
fn is_plain(path: &str) -> bool {
    path.split('.').any(|part| {
        FOR_PEOPLE.contains(&part) || matches!(part, "reason" | "values" | "points" | "stage" | "set" | "score")
    })
}

/// Whether nothing is told of a journey yet.
fn is_silent(journey: &JourneyChange) -> bool {
    let JourneyChange { who, volume, in_flight, timing, content, export, other, .. } = journey;
    let all = [&who.facts, &volume.facts, &in_flight.facts, &timing.facts, &content.facts, &export.facts, other];
    all.iter().all(|facts| facts.is_empty())
}

/// What is written otherwise, of a step in the words of its action.
fn written_otherwise(both: &Both<'_>, differs: &Differs) -> Fact {
    let of_step = || {
        let (id, rest) = differs.path.strip_prefix("steps.")?.split_once('.')?;
        Both::done_otherwise(both.before.step(id)?, both.after.step(id)?).filter(|_| rest.starts_with("action"))
    };
    of_step().unwrap_or_else(|| Fact::new(plainly(differs)))
}

fn plainly(differs: &Differs) -> String {
    let words = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    format!("{}: {} → {}", differs.path, words(&differs.before), words(&differs.after))
}

/// Whether a definition that differs can have an effect on journeys that depend on it.
fn is_telling(part: &Part) -> bool {
    let counts = |path: &str| -> bool {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        match part.address.as_str() {
            "settings" => matches!(first, "timezone" | "best_time" | "calendar" | "leads"),
            "personas" => {
                path.contains("matches")
                    || path.contains("best_time")
                    || !path.contains('.')
                    || path.ends_with("(order)")
            }
            "policies" => first != "limits",
            _ => !path.split('.').any(|part| FOR_PEOPLE.contains(&part)),
        }
    };
    part.status != Status::Changed || part.differs.iter().any(|differs| counts(&differs.path))
}

/// The worst of a journey's axes.
fn class(journey: &JourneyChange) -> Class {
    let who = match journey.who.value {
        Who::Same => Class::None,
        Who::Narrower | Who::Wider | Who::Different => Class::Audience,
        Who::Unknown => Class::Unknown,
    };
    let volume = match journey.volume.value {
        Volume::Same => Class::None,
        Volume::Lower | Volume::Higher | Volume::Unbounded => Class::Volume,
        Volume::Unknown => Class::Unknown,
    };
    let in_flight = match journey.in_flight.value {
        InFlight::None => Class::None,
        InFlight::FollowsNew => Class::Safe,
        InFlight::Leaves | InFlight::MayRepeat | InFlight::Stuck => Class::InFlight,
        InFlight::Unknown => Class::Unknown,
    };
    let timing = match journey.timing.value {
        Timing::Same => Class::None,
        Timing::Later | Timing::Earlier | Timing::Moved | Timing::Burst => Class::Timing,
    };
    let content = if journey.content.value == Content::Same { Class::None } else { Class::Safe };
    let export = match journey.export.value {
        Export::Same => Class::None,
        Export::Changed => Class::Safe,
        Export::Elsewhere => Class::Audience,
    };
    let facts = [&journey.who.facts, &journey.volume.facts, &journey.timing.facts, &journey.other];
    let own = journey.causes.iter().any(|cause| cause.chain.len() == 1);
    let rest = if own || facts.iter().any(|facts| !facts.is_empty()) { Class::Safe } else { Class::None };
    [who, volume, in_flight, timing, content, export, rest].into_iter().max().unwrap_or_default()
}
