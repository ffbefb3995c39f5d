//! Mails as a run sends them: the lead as it stands at the moment of each sending, with its history, scores and grades.
//!
//! In: a plan, its leads, the settings of a run. Out: for each mail the lead and what is known of it. The same run that
//! `simulate --trace` shows tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Failure;
use super::args::MailArgs;
use super::leads::{Wanted, leads};
use super::simulate::{arrivals, refused};
use crate::backend::sim::{self, Fact, Noted};
use crate::ir::journey::EntryBy;
use crate::ir::permission::Stand;
use crate::ir::{Campaign, Lead, Name, Value};
use crate::leads::OnFields;
use crate::mail::{About, Past};
use crate::plan::Plan;

/// A mail that a run sends.
pub(super) struct Sending {
    /// The mail.
    pub(super) email: Name,
    /// The lead, with its fields as they are then.
    pub(super) lead: Lead,
    /// What else is known of it then.
    pub(super) about: About,
}

/// The mails that a run sends to leads, in the order of time, lead by lead. Without `ids`, to the first lead that gets one.
///
/// Gives the addresses of all leads as well.
pub(super) fn sendings(
    args: &MailArgs,
    names: &[Name],
    plan: &Plan,
    folder: &Path,
) -> Result<(Vec<Sending>, BTreeSet<String>), Failure> {
    let (rows, options) = rows(args, plan, folder)?;
    let addresses = rows.iter().filter_map(|lead| plan.campaign.email_of(lead)).map(str::to_lowercase).collect();
    let mut found = Vec::new();
    if args.lead.is_empty() {
        for lead in &rows {
            found = of_lead(lead, &rows, names, &options, plan)?;
            if !found.is_empty() {
                break;
            }
        }
    }
    for id in &args.lead {
        let lead = rows.iter().find(|lead| lead.id == *id);
        let lead = lead.ok_or_else(|| Failure::usage(format!("no lead has the id `{id}`")))?;
        let of_this = of_lead(lead, &rows, names, &options, plan)?;
        if of_this.is_empty() {
            let message =
                format!("the run sends `{id}` none of these mails; `tabiji simulate --trace {id}` shows what it does");
            return Err(Failure::usage(message));
        }
        found.extend(of_this);
    }
    if found.is_empty() {
        return Err(Failure::usage("the run sends none of these mails to anybody"));
    }
    Ok((found, addresses))
}

/// All leads of the run, and how it is run.
fn rows(args: &MailArgs, plan: &Plan, folder: &Path) -> Result<(Vec<Lead>, sim::Options), Failure> {
    let mut options = sim::Options { seed: args.seed, ..sim::Options::default() };
    let is_told = !args.events.is_empty() || !plan.campaign.settings.simulation.events.is_empty();
    let come = if is_told { None } else { arrivals(plan, &options)? };
    let wanted = Wanted {
        files: &args.leads,
        made_up: args.leads_from_personas,
        seed: args.seed,
        events: &args.events,
        no_events: false,
        strict_logs: false,
    };
    let rows = leads(&wanted, plan, folder, come, &options)?;
    options.sendings = rows.sendings();
    Ok((rows.flatten().collect(), options))
}

/// What the run sends to one lead. Where leads have no influence on each other, the others are left out of it.
fn of_lead(
    lead: &Lead,
    all: &[Lead],
    names: &[Name],
    options: &sim::Options,
    plan: &Plan,
) -> Result<Vec<Sending>, Failure> {
    let alone = [lead.clone()];
    let taking_part = if plan.campaign.is_one_by_one() { &alone[..] } else { all };
    let mut rows = taking_part.iter().cloned().map(Ok);
    let options = sim::Options { trace: Some(lead.id.clone()), ..options.clone() };
    let outcome = sim::run(plan, &mut rows, &options, &|_| {}).map_err(|error| refused(&error))?;
    let campaign = &plan.campaign;
    let mut so_far = SoFar::new(campaign, lead, outcome.run.start_secs);
    let mut found = Vec::new();
    for noted in &outcome.facts {
        if let Fact::Sent { journey, content, .. } = &noted.fact
            && names.contains(content)
        {
            let (lead, about) = (so_far.lead.clone(), so_far.about(journey, noted.at_secs));
            found.push(Sending { email: content.clone(), lead, about });
        }
        so_far.take(noted);
    }
    Ok(found)
}

/// A lead as it stands at a moment of the run.
struct SoFar<'a> {
    campaign: &'a Campaign,
    lead: Lead,
    about: About,
    /// Properties of the event that happened last, with its name.
    last: (Name, BTreeMap<Name, Value>),
    /// Properties of the event that let it into a journey.
    entries: BTreeMap<Name, BTreeMap<Name, Value>>,
}

impl<'a> SoFar<'a> {
    fn new(campaign: &'a Campaign, lead: &Lead, start_secs: i64) -> SoFar<'a> {
        let persona = OnFields::new(campaign).persona(lead).and_then(|at| campaign.personas.get(at));
        let about = About { persona: persona.map(|persona| persona.name.clone()), ..About::default() };
        let mut so_far = SoFar {
            campaign,
            lead: lead.clone(),
            about,
            last: (Name::new(), BTreeMap::new()),
            entries: BTreeMap::new(),
        };
        so_far.orders();
        // What logs tell of the time before the run.
        let past = lead.timeline.iter().flatten().filter(|told| told.at_secs < start_secs);
        past.for_each(|told| so_far.happened(&told.event, &told.with, told.at_secs));
        so_far
    }

    /// What it bought before the run.
    fn orders(&mut self) {
        let email = self.campaign.email_of(&self.lead).map(crate::ir::Catalog::customer);
        let names = [Some(crate::ir::Catalog::customer(&self.lead.id)), email];
        for (name, catalog) in &self.campaign.catalogs {
            let bought: BTreeSet<u32> =
                names.iter().flatten().filter_map(|name| catalog.orders.get(name)).flatten().copied().collect();
            self.about.history.bought.insert(name.clone(), bought);
        }
    }

    fn happened(&mut self, event: &Name, with: &BTreeMap<Name, Value>, at_secs: i64) {
        self.about.history.events.push(Past { event: event.clone(), at_secs, with: with.clone() });
        for (name, catalog) in &self.campaign.catalogs {
            let Some(purchases) = catalog.purchases.as_ref().filter(|purchases| purchases.event == *event) else {
                continue;
            };
            if let Some(Value::Text(key)) = with.get(&purchases.item)
                && let Some(item) = catalog.find(key).and_then(|item| u32::try_from(item).ok())
            {
                self.about.history.bought.entry(name.clone()).or_default().insert(item);
            }
        }
    }

    fn take(&mut self, noted: &Noted) {
        let history = &mut self.about.history;
        match &noted.fact {
            Fact::Began { stage, scores, fields, subscribed } => {
                self.about.stage.clone_from(stage);
                self.about.subscribed = Some(subscribed.iter().cloned().collect());
                self.about.agreed = Some(agreed(self.campaign, &self.lead));
                history.reached.extend(stage.clone());
                scores.iter().for_each(|(model, score)| self.score(model, *score));
                self.lead.values.clone_from(fields);
            }
            Fact::Field { field, value } => {
                if let Some(slot) = self.lead.values.get_mut(*field) {
                    slot.clone_from(value);
                }
            }
            Fact::Happened { event, with, .. } => {
                self.happened(event, with, noted.at_secs);
                self.last = (event.clone(), with.clone());
            }
            Fact::Score { model, score } => self.score(model, *score),
            Fact::Grade { model, grade: Some(grade) } => drop(self.about.grades.insert(model.clone(), grade.clone())),
            Fact::Grade { model, grade: None } => drop(self.about.grades.remove(model)),
            Fact::Stage { stage } => {
                self.about.stage = Some(stage.clone());
                history.reached.insert(stage.clone());
            }
            Fact::Segment { segment, member: true } => drop(self.about.segments.insert(segment.clone())),
            Fact::Segment { segment, member: false } => drop(self.about.segments.remove(segment)),
            Fact::Subscribed { topic, is_in } => {
                let topics = self.about.subscribed.get_or_insert_default();
                topics.retain(|known| known != topic);
                topics.extend(is_in.then(|| topic.clone()));
                let agreed = self.about.agreed.get_or_insert_default();
                match is_in {
                    true => _ = agreed.insert(topic.clone(), noted.at_secs),
                    false => _ = agreed.remove(topic),
                }
            }
            Fact::Entered { journey } => {
                history.running.insert(journey.clone());
                let by = self.campaign.journeys.get(journey).map(|journey| &journey.entry.by);
                let is_let_in = matches!(by, Some(EntryBy::Event { event, .. }) if *event == self.last.0);
                let properties = if is_let_in { self.last.1.clone() } else { BTreeMap::new() };
                self.entries.insert(journey.clone(), properties);
            }
            Fact::Exited { journey, .. } => {
                history.running.remove(journey);
                history.finished.insert(journey.clone());
            }
            Fact::Sent { content, .. } => history.sent.push((content.clone(), noted.at_secs)),
            Fact::Refused { .. }
            | Fact::Reached { .. }
            | Fact::Way { .. }
            | Fact::Task { .. }
            | Fact::Held { .. }
            | Fact::Skipped { .. }
            | Fact::Unmatched { .. }
            | Fact::Drawn { .. } => {}
        }
    }

    fn score(&mut self, model: &Name, score: i32) {
        self.campaign.give_score(&mut self.lead, model, score);
    }

    fn about(&self, journey: &Name, now_secs: i64) -> About {
        let event = self.entries.get(journey).cloned().unwrap_or_default();
        About { now_secs, event, ..self.about.clone() }
    }
}

/// Since when a lead has agreed to what, as its row says.
fn agreed(campaign: &Campaign, lead: &Lead) -> BTreeMap<Name, i64> {
    let given = campaign.topics.keys().zip(&lead.consents);
    let since = given.filter_map(|(topic, given)| {
        let given = given.as_ref().filter(|given| given.stand == Stand::In)?;
        Some((topic.clone(), given.since_secs?))
    });
    since.collect()
}
