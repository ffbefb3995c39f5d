//! What lies on the paths of a journey: mails before a wait, time between two steps, moments that are past.
//!
//! In: the campaign. Out: [`PathFacts`]. Never: words; conditions on leads, which are for `reach`.

mod moments;
mod resting;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::conditions::Written;
use super::entry::{Made, can_happen};
use super::{Graphs, JourneyFacts};
use crate::ir::expr::{Cmp, Expr, History};
use crate::ir::journey::{Action, Journey};
use crate::ir::value::TextFormat;
use crate::ir::{Again, Campaign, Condition, Field, Length, Name, Type, Value};
use crate::text::Origin;

pub use moments::{Later, PastMoment};
pub use resting::Rest;

/// What a body has in it where it may have a link: links of HTML and Markdown, addresses, properties and built-in links that
/// hold some, and other templates.
const LINKS: [&str; 9] = ["](", "href", "http", "www.", "mailto:", "url", "include", "extends", "import"];

/// What is known of the paths of a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathFacts {
    /// Waits for what cannot come.
    pub vain_waits: Vec<VainWait>,
    /// Look-backs that do not reach as far as the mail that they ask about.
    pub short_windows: Vec<ShortWindow>,
    /// Moments that are past.
    pub past_moments: Vec<PastMoment>,
    /// Steps that send marketing only to leads to whom it is not sent in this second.
    pub resting: Vec<(usize, Rest)>,
    /// Two steps that send the same on one path: the later, the earlier, what.
    pub sent_twice: Vec<(usize, usize, Name)>,
}

/// A wait for what cannot come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VainWait {
    /// The step.
    pub step: usize,
    /// Where the event, or the condition on it, is written.
    pub origin: Origin,
    /// The email or message of which it would come; `None` if of any.
    pub content: Option<Name>,
    /// A step that sends it, but not before.
    pub later: Option<usize>,
    /// Whether it is sent, and has no link that could be clicked.
    pub unlinked: bool,
}

/// A look-back that is too short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortWindow {
    /// Where it is asked.
    pub origin: Origin,
    /// What is asked.
    pub text: String,
    /// How far it looks back, in seconds.
    pub within_secs: i64,
    /// The email or message.
    pub content: Name,
    /// The step that sends it.
    pub sent_by: usize,
    /// The least time since then, in seconds.
    pub since_secs: i64,
}

/// Finds out what lies on the paths of all journeys; `sent` is all that is sent at all.
pub(super) fn paths(
    campaign: &Campaign,
    written: &Written,
    graphs: &Graphs<'_>,
    sent: &BTreeSet<Name>,
) -> BTreeMap<Name, PathFacts> {
    let (senders, made) = (senders(campaign), Made::by_all(campaign));
    let of = |(name, graph): (&&Name, &&JourneyFacts)| {
        let walk = Walk::new((campaign, written), (&senders, &made, sent), name, campaign.journeys.get(*name)?, graph);
        Some(((*name).clone(), walk.facts()))
    };
    graphs.par_iter().filter_map(of).collect()
}

/// By email or message, the journeys that send it, and whether a confirmation does.
type Senders<'c> = BTreeMap<&'c Name, (BTreeSet<&'c Name>, bool)>;

fn senders(campaign: &Campaign) -> Senders<'_> {
    let mut senders: Senders<'_> = BTreeMap::new();
    for (name, journey) in &campaign.journeys {
        for content in journey.steps.iter().filter_map(|step| content(&step.action)) {
            senders.entry(content).or_default().0.insert(name);
        }
    }
    for confirmation in campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref()) {
        for (email, _) in confirmation.emails() {
            senders.entry(email).or_default().1 = true;
        }
    }
    senders
}

struct Walk<'c> {
    campaign: &'c Campaign,
    written: &'c Written,
    name: &'c Name,
    journey: &'c Journey,
    graph: &'c JourneyFacts,
    /// Edges by step, each with the least time it takes, in seconds.
    edges: Vec<Vec<(usize, i64)>>,
    senders: &'c Senders<'c>,
    /// What journeys make.
    made: &'c Made<'c>,
    /// Emails that some step sends.
    sent: &'c BTreeSet<Name>,
}

impl<'c> Walk<'c> {
    fn new(
        (campaign, written): (&'c Campaign, &'c Written),
        (senders, made, sent): (&'c Senders<'c>, &'c Made<'c>, &'c BTreeSet<Name>),
        name: &'c Name,
        journey: &'c Journey,
        graph: &'c JourneyFacts,
    ) -> Self {
        let numbers: BTreeMap<&str, usize> =
            journey.steps.iter().enumerate().rev().map(|(number, step)| (step.id.as_str(), number)).collect();
        let edges = journey.steps.iter().map(|step| {
            let to = |target: &Option<Name>| target.as_ref().and_then(|id| numbers.get(id.as_str()).copied());
            let timed: Vec<(&Option<Name>, i64)> = match &step.action {
                Action::Wait { length } => vec![(&step.next, least(length))],
                Action::WaitFor { within, timeout, .. } => vec![(&step.next, 0), (timeout, least(within))],
                _ => step.edges().into_iter().map(|target| (target, 0)).collect(),
            };
            timed.into_iter().filter_map(|(target, secs)| Some((to(target)?, secs))).collect()
        });
        Walk { campaign, written, name, journey, graph, edges: edges.collect(), senders, made, sent }
    }

    /// Whether another journey or a confirmation sends it.
    fn is_elsewhere(&self, content: &Name) -> bool {
        self.senders
            .get(content)
            .is_some_and(|(journeys, asking)| *asking || journeys.iter().any(|of| *of != self.name))
    }

    fn facts(&self) -> PathFacts {
        PathFacts {
            vain_waits: self.vain_waits(),
            short_windows: self.short_windows(),
            past_moments: self.past_moments(),
            resting: self.resting(),
            sent_twice: self.sent_twice(),
        }
    }

    fn reached(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.journey.steps.len()).filter(|step| self.graph.reached.get(*step).copied().unwrap_or(false))
    }

    /// Steps that send something, with what.
    fn sends(&self) -> impl Iterator<Item = (usize, &'c Name)> + '_ {
        self.reached().filter_map(|step| Some((step, content(&self.journey.steps[step].action)?)))
    }

    /// The least time from a step to each of the steps behind it, by Dijkstra's method; itself only round a loop.
    fn least_times(&self, from: usize) -> Vec<Option<i64>> {
        let mut times: Vec<Option<i64>> = vec![None; self.edges.len()];
        let mut open: BTreeSet<(i64, usize)> = self.edges[from].iter().map(|(to, secs)| (*secs, *to)).collect();
        while let Some((secs, step)) = open.pop_first() {
            if times[step].is_none_or(|known| secs < known) {
                times[step] = Some(secs);
                open.extend(self.edges[step].iter().map(|(to, more)| (secs + more, *to)));
            }
        }
        times
    }

    // Waits.

    fn vain_waits(&self) -> Vec<VainWait> {
        let is_wait = |step: usize| matches!(self.journey.steps[step].action, Action::WaitFor { .. });
        if !self.reached().any(is_wait) {
            return Vec::new();
        }
        let may_come_again = self.journey.entry.again != Again::Never;
        let leads_to = |from: usize, to: usize| self.least_times(from)[to].is_some();
        let mut found = Vec::new();
        for number in self.reached() {
            let Action::WaitFor { event: Some(event), filter, .. } = &self.journey.steps[number].action else {
                continue;
            };
            let Some(property) = of_what(event) else {
                let fits = || self.made.fits(self.campaign, self.written, event, filter.as_ref());
                if !can_happen(self.campaign, self.sent, event) || filter.is_some() && !fits() {
                    let filter = filter.as_ref().map(|filter| filter.origin);
                    let origin = filter.unwrap_or(self.journey.steps[number].origin);
                    found.push(VainWait { step: number, origin, content: None, later: None, unlinked: false });
                }
                continue;
            };
            let is_clicked = |name: &Name| event != "email_clicked" || self.has_link(name);
            let is_sent = |name: &Name| {
                let is_before =
                    |(step, content): (usize, &Name)| content == name && (may_come_again || leads_to(step, number));
                self.is_elsewhere(name) || self.sends().any(is_before)
            };
            let named = filter.as_ref().and_then(|filter| named(filter, property));
            let origin = filter.as_ref().map_or(self.journey.steps[number].origin, |filter| filter.origin);
            match named {
                Some(names) if !names.iter().any(|name| is_sent(name)) => {
                    let Some(name) = names.first() else { continue };
                    let later = self.sends().find(|(_, content)| content == name).map(|(step, _)| step);
                    let content = Some((*name).clone());
                    found.push(VainWait { step: number, origin, content, later, unlinked: false });
                }
                Some(names) if !names.iter().any(|name| is_sent(name) && is_clicked(name)) => {
                    let content = names.into_iter().find(|name| is_sent(name)).cloned();
                    found.push(VainWait { step: number, origin, content, later: None, unlinked: true });
                }
                None if !self.is_any_sent(property, is_sent) => {
                    found.push(VainWait { step: number, origin, content: None, later: None, unlinked: false });
                }
                None if !self.is_any_sent(property, |name| is_sent(name) && is_clicked(name)) => {
                    found.push(VainWait { step: number, origin, content: None, later: None, unlinked: true });
                }
                Some(_) | None => {}
            }
        }
        found
    }

    fn is_any_sent(&self, property: &str, is_sent: impl Fn(&Name) -> bool) -> bool {
        let names: Vec<&Name> = match property {
            "email" => self.campaign.emails.keys().collect(),
            _ => self.campaign.messages.keys().collect(),
        };
        names.into_iter().any(is_sent)
    }

    /// Whether a mail may have a link besides those that every mail has: one is written, or a text that may be one is printed.
    fn has_link(&self, name: &Name) -> bool {
        let Some(email) = self.campaign.emails.get(name) else { return true };
        let body = email.body.template();
        let is_address = |(_, field): &(&Name, &Field)| matches!(field.ty, Type::Text { format: TextFormat::Url });
        LINKS.iter().any(|sign| body.contains(sign))
            || self.campaign.fields.iter().filter(is_address).any(|(name, _)| body.contains(name.as_str()))
    }

    // Windows.

    fn short_windows(&self) -> Vec<ShortWindow> {
        let mut found = Vec::new();
        if !self.reached().any(|step| asked(&self.journey.steps[step].action).into_iter().any(looks_back)) {
            return found;
        }
        for (from, content) in self.sends().filter(|(_, content)| !self.is_elsewhere(content)) {
            let times = self.least_times(from);
            for (number, since_secs) in times.iter().enumerate().filter_map(|(number, secs)| Some((number, (*secs)?))) {
                for condition in asked(&self.journey.steps[number].action) {
                    condition.expr.visit(&mut |expr| {
                        let Some(within_secs) = look_back(expr, content).filter(|within| *within < since_secs) else {
                            return;
                        };
                        let nearer = self.sends().filter(|(_, other)| *other == content);
                        let nearest = nearer.filter_map(|(step, _)| self.least_times(step)[number]).min();
                        if nearest == Some(since_secs) {
                            let (origin, text) = (condition.origin, expr.to_string());
                            let content = content.clone();
                            found.push(ShortWindow { origin, text, within_secs, content, sent_by: from, since_secs });
                        }
                    });
                }
            }
        }
        found
    }

    // Mails.

    /// Two different steps that send the same, one behind the other. A step that a loop comes back to is meant to.
    fn sent_twice(&self) -> Vec<(usize, usize, Name)> {
        let sends: Vec<(usize, &Name)> = self.sends().collect();
        let mut found = Vec::new();
        for (later, content) in &sends {
            let earlier = sends.iter().filter(|(step, same)| step != later && same == content);
            let earlier = earlier.map(|(step, _)| *step).filter(|step| self.least_times(*step)[*later].is_some());
            // In a loop each comes before the other: the one that stands first counts as the earlier.
            let Some(earlier) = earlier.filter(|step| step < later || self.least_times(*later)[*step].is_none()).max()
            else {
                continue;
            };
            found.push((*later, earlier, (*content).clone()));
        }
        found
    }
}

fn content(action: &Action) -> Option<&Name> {
    match action {
        Action::Send { content, .. } => Some(content),
        _ => None,
    }
}

/// The least time, in seconds, that a length takes: of business days, all but the first, which may begin at once.
fn least(length: &Length) -> i64 {
    match length {
        Length::Secs(secs) => *secs,
        Length::BusinessDays { days, .. } => i64::from(days.saturating_sub(1)) * 86_400,
    }
}

/// The property that says of which email or message an event comes, if it comes of one only.
fn of_what(event: &str) -> Option<&'static str> {
    match event {
        "email_sent" | "email_delivered" | "email_bounced" | "email_opened" | "email_clicked" => Some("email"),
        "message_sent" | "message_delivered" | "message_failed" | "message_opened" | "message_clicked" => {
            Some("message")
        }
        _ => None,
    }
}

/// The only emails or messages that meet a condition on an event, as far as it names them.
fn named<'c>(filter: &'c Condition, property: &str) -> Option<Vec<&'c Name>> {
    names_in(&filter.expr, property)
}

fn names_in<'c>(expr: &'c Expr, property: &str) -> Option<Vec<&'c Name>> {
    let is_property = |expr: &Expr| matches!(expr, Expr::EventProperty { name } if name == property);
    match expr {
        Expr::Compare { cmp: Cmp::Eq, left, right } => match (&**left, &**right) {
            (of, Expr::Const { value: Value::Text(name) }) | (Expr::Const { value: Value::Text(name) }, of)
                if is_property(of) =>
            {
                Some(vec![name])
            }
            _ => None,
        },
        Expr::OneOf { of, values } if is_property(of) => {
            let names = values.iter().filter_map(|value| match value {
                Value::Text(name) => Some(name),
                _ => None,
            });
            Some(names.collect())
        }
        Expr::All { of } => of.iter().find_map(|part| names_in(part, property)),
        Expr::Any { of } => {
            let each: Option<Vec<Vec<&Name>>> = of.iter().map(|part| names_in(part, property)).collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// Conditions that are asked when a lead is at a step.
fn asked(action: &Action) -> Vec<&Condition> {
    match action {
        Action::Branch { arms, .. } => arms.iter().map(|arm| &arm.when).collect(),
        Action::WaitFor { when, .. } => when.iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a condition asks what happened within a time.
fn looks_back(condition: &Condition) -> bool {
    let mut found = false;
    condition.expr.visit(&mut |expr| {
        found |= match expr {
            Expr::Received { within_secs, .. } => within_secs.is_some(),
            Expr::Count { of } | Expr::DaysSince { of } => of.within_secs.is_some(),
            _ => false,
        };
    });
    found
}

/// How far back an expression looks for what comes of this email or message alone, in seconds.
fn look_back(expr: &Expr, content: &Name) -> Option<i64> {
    match expr {
        Expr::Received { content: of, within_secs, .. } if of == content => *within_secs,
        Expr::Count { of } | Expr::DaysSince { of } => {
            let History { event, within_secs, filter, .. } = of;
            let names = names_in(filter.as_deref()?, of_what(event)?)?;
            within_secs.filter(|_| names.as_slice() == [content])
        }
        _ => None,
    }
}
