//! What two campaigns know of a lead in different ways: other rules, other members, other steps that write it.
//!
//! In: both campaigns. Out: [`Differing`]. Never: conditions that ask for it.

use std::collections::{BTreeMap, BTreeSet};

use super::consent::{Rule, Ways};
use super::model::Who;
use crate::ir::journey::Action;
use crate::ir::permission::{Back, Then};
use crate::ir::{Campaign, Journey, LeadMapping, Limit, List, Name, Scoring, Topic, Type};

/// What is known of those for whom something holds after, as against before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// It holds for all for whom it held.
    More,
    /// It held for all for whom it holds.
    Fewer,
    /// Nothing.
    Either,
}

impl Direction {
    /// Who is recorded otherwise, and in words.
    pub(super) fn recorded(self, event: &str) -> (Who, String) {
        match self {
            Direction::More => (Who::Wider, format!("`{event}` is recorded of more leads")),
            Direction::Fewer => (Who::Narrower, format!("`{event}` is recorded of fewer leads")),
            Direction::Either => (Who::Different, format!("`{event}` is recorded of others")),
        }
    }
}

/// What is defined or written otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Differing {
    /// Whether personas match otherwise.
    pub(super) personas: bool,
    /// Whether leads move between stages otherwise.
    pub(super) stage: bool,
    /// Stages in which a lead may be before and after, if they are not the same.
    pub(super) moved: BTreeSet<(Name, Name)>,
    pub(super) fields: BTreeSet<Name>,
    pub(super) scoring: BTreeMap<Name, Direction>,
    pub(super) grading: BTreeSet<Name>,
    pub(super) lists: BTreeMap<Name, Direction>,
    /// Topics of which others may be told something, with how leads come to agree to them.
    pub(super) topics: BTreeMap<Name, Ways>,
    /// Events that steps make otherwise.
    pub(super) events: BTreeMap<Name, Direction>,
    /// Events of which others are recorded: of whom it needs a consent, or which.
    pub(super) tracked: BTreeMap<Name, Direction>,
    /// Journeys that others come into.
    pub(super) journeys: BTreeSet<Name>,
}

impl Differing {
    /// Addresses of what differs, journeys left out.
    pub(super) fn addresses(&self) -> BTreeSet<String> {
        let of = |kind: &'static str| move |name: &Name| format!("{kind}.{name}");
        let mut found: BTreeSet<String> = self.fields.iter().map(of("fields")).collect();
        found.extend(self.scoring.keys().map(of("scoring")));
        found.extend(self.grading.iter().map(of("grading")));
        found.extend(self.lists.keys().map(of("lists")));
        found.extend(self.topics.keys().map(of("topics")));
        found.extend(self.events.keys().chain(self.tracked.keys()).map(of("events")));
        if self.stage {
            found.insert("lifecycle".to_owned());
        }
        found
    }

    /// Finds out what differs, journeys left out.
    pub(super) fn of(before: &Campaign, after: &Campaign) -> Differing {
        let (old, new) = (Writers::of(before, &only_renamed(before, after)), Writers::of(after, &BTreeMap::new()));
        let who = |campaign: &Campaign| -> Vec<(Name, String)> {
            campaign.personas.iter().map(|one| (one.name.clone(), one.matches.text.clone())).collect()
        };
        let moves = |campaign: &Campaign| campaign.lifecycle.as_ref().map(|lifecycle| lifecycle.moves.clone());
        let first = |campaign: &Campaign| campaign.lifecycle.as_ref().and_then(|of| of.stages.first().cloned());
        let made = |name: &Name| {
            let none = Vec::new();
            let [one, two] = [&old, &new].map(|of| of.events.get(name).unwrap_or(&none));
            let lacks = |one: &[String], other: &[String]| one.iter().any(|way| !other.contains(way));
            Some((name.clone(), direction(lacks(two, one), lacks(one, two))?))
        };
        let events: BTreeMap<Name, Direction> = after.events.keys().filter_map(made).collect();
        let tracked = tracked(before, after);
        let is_otherwise = |event: &Name| events.contains_key(event) || tracked.contains_key(event);
        let moved_by = |campaign: &Campaign| {
            let mut moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
            moves.any(|one| one.event.as_ref().is_some_and(|event| tracked.contains_key(event)))
        };
        Differing {
            personas: who(before) != who(after),
            stage: moves(before) != moves(after)
                || first(before) != first(after)
                || old.stage != new.stage
                || moved_by(before)
                || moved_by(after),
            moved: BTreeSet::new(),
            fields: fields(before, after, &old, &new),
            scoring: both(&before.scoring, &after.scoring, |name, one, two| {
                let is_fed = one.rules.iter().chain(&two.rules).any(|rule| is_otherwise(&rule.event));
                let fed = is_fed.then_some(Direction::Either);
                together(scores(one, two, old.scores.get(name), new.scores.get(name)), fed)
            }),
            grading: both(&before.grading, &after.grading, |_, one, two| {
                ((&one.rules, &one.bands) != (&two.rules, &two.bands)).then_some(Direction::Either)
            })
            .into_keys()
            .collect(),
            lists: both(&before.lists, &after.lists, |name, one, two| {
                lists(one, two, old.lists.get(name), new.lists.get(name))
            }),
            topics: topics(before, after, &old, &new),
            events,
            tracked,
            journeys: BTreeSet::new(),
        }
    }
}

/// Events that are recorded of others. Of no consent to a consent it is known that it is fewer.
fn tracked(before: &Campaign, after: &Campaign) -> BTreeMap<Name, Direction> {
    let asked = |campaign: &Campaign, event: &Name| {
        let tracking = campaign.tracking.as_ref().filter(|tracking| tracking.events.contains(event))?;
        Some(tracking.consent.text.clone())
    };
    let differs = |event: &Name| {
        let direction = match (asked(before, event), asked(after, event)) {
            (one, two) if one == two => return None,
            (Some(_), None) => Direction::More,
            (None, _) => Direction::Fewer,
            (Some(_), Some(_)) => Direction::Either,
        };
        Some((event.clone(), direction))
    };
    after.events.keys().filter(|name| before.events.contains_key(*name)).filter_map(differs).collect()
}

/// Definitions that both have and that differ, with how.
fn both<V>(
    before: &BTreeMap<Name, V>,
    after: &BTreeMap<Name, V>,
    differ: impl Fn(&Name, &V, &V) -> Option<Direction>,
) -> BTreeMap<Name, Direction> {
    let shared = before.iter().filter_map(|(name, one)| Some((name, one, after.get(name)?)));
    shared.filter_map(|(name, one, two)| Some((name.clone(), differ(name, one, two)?))).collect()
}

/// Journeys that are gone, by another one that is the same but for its name: what it writes is written as before, whether the
/// rename is recorded or not.
fn only_renamed<'c>(before: &'c Campaign, after: &'c Campaign) -> BTreeMap<&'c Name, &'c Name> {
    let gone = before.journeys.iter().filter(|(name, _)| !after.journeys.contains_key(*name));
    let new = |journey: &Journey| {
        let mut added = after.journeys.iter().filter(|(name, _)| !before.journeys.contains_key(*name));
        added.find(|(_, other)| *other == journey).map(|(name, _)| name)
    };
    gone.filter_map(|(name, journey)| Some((name, new(journey)?))).collect()
}

/// By what is written, where and what.
#[derive(Default)]
struct Writers {
    fields: BTreeMap<Name, Vec<String>>,
    scores: BTreeMap<Name, BTreeMap<(Name, Name), i32>>,
    stage: Vec<String>,
    lists: BTreeMap<Name, BTreeSet<(Name, Name, bool)>>,
    topics: BTreeMap<Name, BTreeSet<(Name, Name, bool)>>,
    events: BTreeMap<Name, Vec<String>>,
}

impl Writers {
    /// By the names of before, and `renamed` by those that journeys have now.
    fn of(campaign: &Campaign, renamed: &BTreeMap<&Name, &Name>) -> Writers {
        let mut found = Writers::default();
        for (name, event) in &campaign.events {
            for (field, property) in &event.sets {
                found.fields.entry(field.clone()).or_default().push(format!("{name}.{property}"));
            }
        }
        for (name, form) in &campaign.forms {
            for asked in &form.fields {
                found.fields.entry(asked.field.clone()).or_default().push(format!("form {name}"));
            }
            if let Some(asked) = &form.consent {
                let at = ("forms".to_owned(), name.clone(), true);
                found.topics.entry(asked.topic.clone()).or_default().insert(at);
            }
        }
        for (name, page) in &campaign.pages {
            let forms = page.variants.iter().filter_map(|variant| variant.form.as_ref()).map(|(form, _)| form);
            for form in forms {
                let at = (format!("page {name}"), form.clone(), true);
                let asked = campaign.forms.get(form).and_then(|form| form.consent.as_ref());
                asked.into_iter().for_each(|asked| {
                    found.topics.entry(asked.topic.clone()).or_default().insert(at.clone());
                });
            }
        }
        let steps = campaign.journeys.iter().flat_map(|(name, journey)| journey.steps.iter().map(move |of| (name, of)));
        for (journey, step) in steps {
            let journey = renamed.get(journey).copied().unwrap_or(journey);
            let at = || (journey.clone(), step.id.clone());
            match &step.action {
                Action::Set { values } => {
                    for (field, value) in values {
                        found.fields.entry(field.clone()).or_default().push(format!("{:?}={value:?}", at()));
                    }
                }
                Action::Score { points } => {
                    for (model, points) in points {
                        found.scores.entry(model.clone()).or_default().insert(at(), *points);
                    }
                }
                Action::Stage { stage } => found.stage.push(format!("{:?}={stage}", at())),
                Action::List { list, add } | Action::Audience { list, add, .. } => {
                    found.lists.entry(list.clone()).or_default().insert((at().0, at().1, *add));
                }
                Action::Topic { topic, subscribe } => {
                    found.topics.entry(topic.clone()).or_default().insert((at().0, at().1, *subscribe));
                }
                Action::Emit { event, with } => {
                    found.events.entry(event.clone()).or_default().push(format!("{:?}={with:?}", at()));
                }
                action => {
                    for outcome in action.outcomes() {
                        let words = format!("{:?}={:?}", at(), outcome);
                        found.events.entry(outcome.event.clone()).or_default().push(words);
                    }
                }
            }
        }
        found
    }
}

/// Fields of another type, or that are written or read otherwise. More values of the same type are no other type.
fn fields(before: &Campaign, after: &Campaign, old: &Writers, new: &Writers) -> BTreeSet<Name> {
    let kind = |ty: &Type| match ty {
        Type::Enum { .. } => "enum",
        Type::Set { .. } => "set",
        Type::Text { .. } => "text",
        Type::Integer => "integer",
        Type::Number { .. } => "number",
        Type::Boolean => "boolean",
        Type::Date => "date",
        Type::Datetime => "datetime",
    };
    let differs = |name: &Name| match (before.fields.get(name), after.fields.get(name)) {
        (Some(one), Some(two)) => {
            kind(&one.ty) != kind(&two.ty)
                || old.fields.get(name) != new.fields.get(name)
                || reads_otherwise(name, &one.ty, &before.settings.leads, &after.settings.leads)
        }
        (Some(_), None) => true,
        (None, _) => false,
    };
    before.fields.keys().filter(|name| differs(name)).cloned().collect()
}

/// Whether the cells of leads files become other values of a field: by another column, by other words, or because a word
/// that is a value stands for none.
fn reads_otherwise(name: &Name, ty: &Type, before: &LeadMapping, after: &LeadMapping) -> bool {
    let takes = |word: &String| match ty {
        Type::Enum { values } | Type::Set { values } => values.contains(word),
        Type::Text { .. } => true,
        Type::Integer | Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime => false,
    };
    let absent =
        |of: &LeadMapping| -> BTreeSet<String> { of.absent.iter().filter(|word| takes(word)).cloned().collect() };
    before.columns.get(name) != after.columns.get(name)
        || before.values.get(name) != after.values.get(name)
        || absent(before) != absent(after)
}

/// Whether a model gives others points, and whether always more or always fewer.
fn scores(
    before: &Scoring,
    after: &Scoring,
    old: Option<&BTreeMap<(Name, Name), i32>>,
    new: Option<&BTreeMap<(Name, Name), i32>>,
) -> Option<Direction> {
    let of = |model: &Scoring| (model.initial, model.min, model.max, model.rules.clone(), model.decay.clone());
    let none = BTreeMap::new();
    let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
    if of(before) == of(after) && old == new {
        return None;
    }
    let (Some(one), Some(two)) = (rules(before), rules(after)) else { return Some(Direction::Either) };
    let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
    let none: (i64, Option<Limit>) = (0, None);
    let by_rules = keys.into_iter().flat_map(|key| {
        let ((old, was), (new, is)) = (one.get(key).unwrap_or(&none), two.get(key).unwrap_or(&none));
        // What counts oftener gives more of what it gives.
        let is_both = *old != 0 && *new != 0;
        [new - old, if is_both { oftener(was.as_ref(), is.as_ref(), *new) } else { 0 }]
    });
    let steps: BTreeSet<&(Name, Name)> = old.keys().chain(new.keys()).collect();
    let by_steps = steps.into_iter().map(|step| i64::from(new.get(step).unwrap_or(&0) - old.get(step).unwrap_or(&0)));
    let ends = [after.initial - before.initial, after.min - before.min, after.max - before.max];
    let decay = match (&before.decay, &after.decay) {
        (one, two) if one == two => 0,
        (Some(_), None) => 1,
        (None, Some(_)) => -1,
        (Some(one), Some(two)) if (one.every_secs, &one.without) == (two.every_secs, &two.without) => {
            i64::from(two.points) - i64::from(one.points)
        }
        _ => return Some(Direction::Either),
    };
    let all: Vec<i64> = by_rules.chain(by_steps).chain(ends.map(i64::from)).chain([decay]).collect();
    if all.contains(&UNKNOWN) {
        return Some(Direction::Either);
    }
    Some(match () {
        () if all.iter().all(|more| *more >= 0) => Direction::More,
        () if all.iter().all(|more| *more <= 0) => Direction::Fewer,
        () => Direction::Either,
    })
}

/// Of how many points more nothing is known.
const UNKNOWN: i64 = i64::MAX;

/// Points of each rule of a model, with how often it counts; `None` if two rules are of the same events.
fn rules(model: &Scoring) -> Option<BTreeMap<String, (i64, Option<Limit>)>> {
    let mut found = BTreeMap::new();
    for rule in &model.rules {
        let filter = rule.filter.as_ref().map_or("", |filter| &filter.text);
        let of = (i64::from(rule.points), rule.at_most);
        if found.insert(format!("{} where {filter}", rule.event), of).is_some() {
            return None;
        }
    }
    Some(found)
}

/// Which way a rule of so many points goes that counts more often, or less often.
fn oftener(before: Option<&Limit>, after: Option<&Limit>, points: i64) -> i64 {
    match (before, after) {
        (one, two) if one == two => 0,
        (Some(_), None) => points,
        (None, Some(_)) => -points,
        (Some(one), Some(two)) if one.per == two.per && two.count > one.count => points,
        (Some(one), Some(two)) if one.per == two.per => -points,
        _ => UNKNOWN,
    }
}

/// Steps that add and steps that take away, as those of a list or a topic.
type Changes = BTreeSet<(Name, Name, bool)>;

/// Whether steps put in more, or fewer; `None` if they are the same.
fn changes(old: Option<&Changes>, new: Option<&Changes>) -> Option<Direction> {
    let none = Changes::new();
    let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let more = new.difference(old).any(|(_, _, add)| *add) || old.difference(new).any(|(_, _, add)| !*add);
    let fewer = new.difference(old).any(|(_, _, add)| !*add) || old.difference(new).any(|(_, _, add)| *add);
    direction(more, fewer)
}

fn direction(more: bool, fewer: bool) -> Option<Direction> {
    match (more, fewer) {
        (false, false) => None,
        (true, false) => Some(Direction::More),
        (false, true) => Some(Direction::Fewer),
        (true, true) => Some(Direction::Either),
    }
}

/// Both of them.
fn together(one: Option<Direction>, other: Option<Direction>) -> Option<Direction> {
    match (one, other) {
        (None, only) | (only, None) => only,
        (Some(one), Some(two)) if one == two => Some(one),
        _ => Some(Direction::Either),
    }
}

fn lists(before: &List, after: &List, old: Option<&Changes>, new: Option<&Changes>) -> Option<Direction> {
    let lacks = |one: &[String], other: &[String]| one.iter().any(|member| other.binary_search(member).is_err());
    let more = lacks(&after.ids, &before.ids) || lacks(&after.emails, &before.emails);
    let fewer = lacks(&before.ids, &after.ids) || lacks(&before.emails, &after.emails);
    together(direction(more, fewer), changes(old, new))
}

/// Topics on which others may be sent something: by another rule, or as leads come to agree in other ways.
fn topics(before: &Campaign, after: &Campaign, old: &Writers, new: &Writers) -> BTreeMap<Name, Ways> {
    let shared = before.topics.iter().filter_map(|(name, one)| Some((name, one, after.topics.get(name)?)));
    let differs = |(name, one, two): (&Name, &Topic, &Topic)| {
        let (rule, other) = (Rule::of(before, one), Rule::of(after, two));
        let by_steps = |subscribe: bool| {
            let of = |writers: &Writers| -> Changes {
                let all = writers.topics.get(name).into_iter().flatten();
                all.filter(|(_, _, add)| *add == subscribe).cloned().collect()
            };
            changes(Some(&of(old)), Some(&of(new)))
        };
        let ways = Ways {
            agreeing: together(by_steps(true), confirmed(one, two)),
            leaving: together(by_steps(false), left(before, after)),
        };
        let differs = rule != other || two.is_marketing() && ways != Ways::default();
        differs.then(|| (name.clone(), ways))
    };
    shared.filter_map(differs).collect()
}

/// Whether more can confirm.
fn confirmed(before: &Topic, after: &Topic) -> Option<Direction> {
    let within = |topic: &Topic| topic.confirmation.as_ref().map_or(i64::MAX, |asked| asked.within_secs);
    let (old, new) = (within(before), within(after));
    direction(new > old, new < old)
}

/// Whether more leave, and so fewer stay.
fn left(before: &Campaign, after: &Campaign) -> Option<Direction> {
    let way = |campaign: &Campaign| {
        let permission = &campaign.policies.permission;
        let (link, button, back) = permission.unsubscribe.map_or((false, false, Back::Subscribing), |leaving| {
            (leaving.link_ends_all, leaving.one_click_ends_all, leaving.back)
        });
        let back = match back {
            Back::Subscribing => 0,
            Back::Confirming => 1,
            Back::Never => 2,
        };
        let sunset = permission.sunset.as_ref().filter(|sunset| sunset.then == Then::Unsubscribe);
        [i64::from(link), i64::from(button), back, sunset.map_or(i64::MIN, |sunset| -sunset.after_secs)]
    };
    let pairs = way(before).into_iter().zip(way(after));
    let (more, fewer) = pairs.fold((false, false), |(more, fewer), (old, new)| (more || new < old, fewer || new > old));
    direction(more, fewer)
}
