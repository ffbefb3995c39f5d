//! What came of each lead, as rows of tables: a row for each thing sent, for each event, for each lead.
//!
//! In: the state of a lead when its run is over, and the facts that were noted on the way. Out: cells by column. Never: a
//! cost where no rows are wanted; nothing here is asked before a lead has come to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::engine::Engine;
use super::facts::{self, Fact};
use super::lead::{Mail, Standing};
use super::permission::{Basis, By, needed};
use super::value::Slot;
use crate::ir::kpi::MailMoment;
use crate::ir::permission::Stand;
use crate::ir::value::TextFormat;
use crate::ir::{Campaign, Consent, Name, RUN_COLUMNS, Topic, Type, Value};
use crate::leads::{PROPERTY_COLUMNS, Wording, column_of, text_of};

/// A kind of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// One for each mail or message that was sent.
    Sends,
    /// One for each event.
    Events,
    /// One for each lead that took part.
    Leads,
}

/// A row: a value, or none, for each column.
pub type Cells = Vec<Option<Value>>;

/// The rows of one lead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadRows {
    /// Its id.
    pub id: String,
    /// By kind, in the order of time.
    pub rows: BTreeMap<RowKind, Vec<Cells>>,
}

/// Columns of an event that all of them have.
const OF_EVENTS: [&str; 4] = ["id", "at", "event", "origin"];

/// Columns in which a log that is read has the id of a line.
const OF_LOGS: [&str; 2] = ["messageId", "message_id"];

/// Which rows are wanted, and how they look.
#[derive(Debug)]
pub(super) struct Shape {
    kinds: BTreeSet<RowKind>,
    /// Columns of properties of events.
    properties: BTreeMap<Name, (usize, Type)>,
    /// Time zone of leads that have none.
    timezone: String,
    /// Numbers of topics that ask for consent, with how a stand is written.
    consents: Vec<(usize, Wording)>,
    /// How the values of fields are written.
    fields: Vec<Wording>,
    /// How the stage is.
    stage: Wording,
}

/// The columns of rows of a kind, with the types of their values.
pub fn columns(kind: RowKind, campaign: &Campaign) -> Vec<(Name, Type)> {
    match kind {
        RowKind::Sends => of_sends(),
        RowKind::Events => {
            let first = [text(), Type::Datetime, text(), text()];
            let first = OF_EVENTS.iter().map(|name| (*name).to_owned()).zip(first);
            first.chain(properties(campaign).into_iter().map(|(name, ty)| (property_column(&name), ty))).collect()
        }
        RowKind::Leads => of_leads(campaign),
    }
}

fn text() -> Type {
    Type::Text { format: TextFormat::Plain }
}

fn of_sends() -> Vec<(Name, Type)> {
    let texts = ["channel", "content", "topic", "journey", "step", "persona", "bounced"];
    let marks = ["delivered", "opened", "clicked", "unsubscribed", "complained"];
    let first = [("id", text()), ("at", Type::Datetime), ("timezone", text())];
    let rest = texts.map(|name| (name, text())).into_iter().chain(marks.map(|name| (name, Type::Boolean)));
    first.into_iter().chain(rest).map(|(name, ty)| (name.to_owned(), ty)).collect()
}

/// Columns of a leads file, so that a further run can begin where this one ended; then what came of them.
fn of_leads(campaign: &Campaign) -> Vec<(Name, Type)> {
    let mut all: Vec<(Name, Type)> =
        campaign.fields.iter().map(|(name, field)| (name.clone(), plain(&field.ty))).collect();
    if campaign.lifecycle.is_some() {
        all.push(("stage".to_owned(), text()));
    }
    all.extend(campaign.scoring.keys().map(|model| (format!("score.{model}"), Type::Integer)));
    for topic in campaign.marketing_topics() {
        all.extend([(format!("consent.{topic}"), text()), (format!("consent.{topic}.at"), Type::Datetime)]);
    }
    for (name, _) in &mut all {
        *name = column_of(&campaign.settings.leads, name).to_owned();
    }
    all.extend(campaign.grading.keys().map(|model| (format!("{RUN_COLUMNS}grade.{model}"), text())));
    let set = || Type::Set { values: Arc::from([]) };
    let rest = [("persona", text()), ("came_in", Type::Datetime), ("segments", set()), ("journeys", set())];
    all.extend(rest.map(|(name, ty)| (format!("{RUN_COLUMNS}{name}"), ty)));
    let counts = ["sent", "delivered", "opened", "clicked"].map(|name| (format!("{RUN_COLUMNS}{name}"), Type::Integer));
    all.extend(counts);
    all.push((format!("{RUN_COLUMNS}stopped"), Type::Boolean));
    all
}

/// Properties of all events, by name. What has several types is text.
fn properties(campaign: &Campaign) -> BTreeMap<Name, Type> {
    let mut all: BTreeMap<Name, Type> = BTreeMap::new();
    for (name, field) in campaign.events.values().flat_map(|event| &event.properties) {
        let ty = plain(&field.ty);
        let known = all.entry(name.clone()).or_insert_with(|| ty.clone());
        if *known != ty {
            *known = text();
        }
    }
    all
}

/// A type without what only a reader has to know.
fn plain(ty: &Type) -> Type {
    match ty {
        Type::Text { .. } | Type::Enum { .. } => text(),
        Type::Number { .. } => Type::Number { money: false },
        Type::Set { .. } => Type::Set { values: Arc::from([]) },
        Type::Integer | Type::Boolean | Type::Date | Type::Datetime => ty.clone(),
    }
}

/// A property has the column of its name, unless logs have something else there.
fn property_column(property: &str) -> Name {
    let is_taken = OF_EVENTS.contains(&property) || OF_LOGS.contains(&property);
    if is_taken { format!("{PROPERTY_COLUMNS}{property}") } else { property.to_owned() }
}

impl Shape {
    /// The shape of rows of these kinds.
    pub(super) fn new(kinds: &[RowKind], campaign: &Campaign) -> Shape {
        let numbered = (OF_EVENTS.len()..).zip(properties(campaign));
        Shape {
            kinds: kinds.iter().copied().collect(),
            properties: numbered.map(|(number, (name, ty))| (name, (number, ty))).collect(),
            timezone: campaign.settings.timezone.clone(),
            consents: (campaign.topics.iter().enumerate())
                .filter(|(_, (_, topic)): &(usize, (&Name, &Topic))| topic.is_marketing())
                .map(|(number, (name, _))| (number, Wording::of(campaign, &format!("consent.{name}"))))
                .collect(),
            fields: campaign.fields.keys().map(|name| Wording::of(campaign, name)).collect(),
            stage: Wording::of(campaign, "stage"),
        }
    }

    /// Whether any rows are wanted.
    pub(super) fn any(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// Whether facts have to be noted for them.
    pub(super) fn facts(&self) -> bool {
        self.kinds.contains(&RowKind::Events)
    }

    /// The rows of the lead whose run is over. One that did not take part has none.
    pub(super) fn rows(&self, engine: &Engine<'_>) -> Option<LeadRows> {
        if !self.any() || !engine.is_in {
            return None;
        }
        let rows = self.kinds.iter().map(|kind| {
            let rows = match kind {
                RowKind::Sends => self.sends(engine),
                RowKind::Events => self.events(engine),
                RowKind::Leads => vec![self.lead(engine)],
            };
            (*kind, rows)
        });
        Some(LeadRows { id: engine.lead.id.clone(), rows: rows.collect() })
    }

    fn sends(&self, engine: &Engine<'_>) -> Vec<Cells> {
        let (program, lead) = (engine.program, &engine.lead);
        let zone = program.timezone_field.and_then(|field| lead.fields[field].text(&program.texts));
        let zone = zone.unwrap_or(&self.timezone);
        let row = |mail: &Mail| {
            let (content, journey) = (&program.contents[mail.content], &program.journeys[mail.journey]);
            let marked = |moment| Some(Value::Bool(mail.marks.tell(moment)));
            vec![
                word(&lead.id),
                Some(Value::Datetime(mail.at)),
                word(zone),
                word(program.channels[mail.channel].kind.word()),
                word(&content.name),
                word(&program.topics[content.topic].name),
                word(&journey.name),
                word(&journey.steps[mail.step].name),
                mail.persona.and_then(|persona| word(&program.personas[persona].name)),
                mail.marks.bounce().and_then(word),
                marked(MailMoment::Delivered),
                marked(MailMoment::Opened),
                marked(MailMoment::Clicked),
                marked(MailMoment::Unsubscribed),
                marked(MailMoment::Complained),
            ]
        };
        lead.mails[lead.replay.past_mails..].iter().map(row).collect()
    }

    fn events(&self, engine: &Engine<'_>) -> Vec<Cells> {
        let row = |noted: &facts::Noted| {
            let Fact::Happened { event, with, outside } = &noted.fact else { return None };
            let mut cells = vec![None; OF_EVENTS.len() + self.properties.len()];
            let origin = if *outside { "outside" } else { "campaign" };
            let first = [word(&engine.lead.id), Some(Value::Datetime(noted.at_secs)), word(event), word(origin)];
            for (cell, value) in cells.iter_mut().zip(first) {
                *cell = value;
            }
            for (name, value) in with {
                if let Some((number, ty)) = self.properties.get(name) {
                    cells[*number] = Some(of_type(value, ty));
                }
            }
            Some(cells)
        };
        engine.facts.iter().filter_map(row).collect()
    }

    fn lead(&self, engine: &Engine<'_>) -> Cells {
        let (program, lead) = (engine.program, &engine.lead);
        let value = |(slot, wording): (&Slot, &Wording)| Some(wording.word(facts::value(&slot.view(), program)?));
        let mut cells: Cells = lead.fields.iter().zip(&self.fields).map(value).collect();
        let stage = program.lifecycle.stages.get(lead.stage).map(|stage| word(program.texts.get(*stage)));
        cells.extend(stage.map(|stage| stage.map(|stage| self.stage.word(stage))));
        cells.extend(lead.scores.iter().map(|score| Some(Value::Int(i64::from(*score)))));
        for (topic, wording) in &self.consents {
            let stands = stand(engine, *topic);
            cells.push(stands.and_then(|(stand, _)| Some(wording.word(word(stand)?))));
            cells.push(stands.map(|(_, since)| Value::Datetime(since)));
        }
        for (grading, grade) in program.gradings.iter().zip(&lead.grades) {
            cells.push(grade.and_then(|band| word(program.texts.get(grading.bands[band].0))));
        }
        let is_member = |(number, _): &(usize, &_)| lead.members.has(*number);
        let segments = program.segments.iter().enumerate().filter(is_member).map(|(_, segment)| segment.name.clone());
        // What asks for a confirmation is no journey of the campaign.
        let journeys = program.journeys.iter().zip(&lead.memories).take(program.permission.flows);
        let entered = journeys.filter(|(_, memory)| memory.entered > 0).map(|(journey, _)| journey.name.clone());
        cells.push(lead.persona.and_then(|persona| word(&program.personas[persona].name)));
        cells.push(Some(Value::Datetime(lead.born)));
        cells.extend([Some(Value::Set(segments.collect())), Some(Value::Set(entered.collect()))]);
        let mails = &lead.mails[lead.replay.past_mails..];
        for moment in [MailMoment::Sent, MailMoment::Delivered, MailMoment::Opened, MailMoment::Clicked] {
            let count = mails.iter().filter(|mail| mail.marks.tell(moment)).count();
            cells.push(Some(Value::Int(count as i64)));
        }
        cells.push(Some(Value::Bool(engine.stopped)));
        cells
    }
}

/// How leads files write where a lead stands with a topic, and since when. Nothing where the next run comes to the same by
/// itself, and nothing of an agreement that is weaker than the lead's market asks for: whom a file calls `in` counts as
/// confirmed.
fn stand(engine: &Engine<'_>, number: usize) -> Option<(&'static str, i64)> {
    let [into, pending, out] = Stand::WORDS;
    let (topic, lead) = (&engine.program.topics[number], &engine.lead);
    let record = &lead.permission.records[number];
    if lead.complained {
        return Some((out, record.since));
    }
    match lead.topics.get(number)? {
        Standing::In => {
            let is_enough = record.basis == Basis::Confirmed
                || record.basis == Basis::Given && record.basis >= needed(engine.program, lead, number);
            is_enough.then_some((into, record.since))
        }
        Standing::Pending => Some((pending, record.asked.unwrap_or(record.since))),
        Standing::Out => {
            let is_in_by_itself = topic.consent == Consent::OptOut || topic.granted.is_some();
            let is_told = record.left || record.by != By::Before && is_in_by_itself;
            is_told.then_some((out, record.since))
        }
    }
}

fn word(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

/// A value in a column of this type: as it is, or as text.
fn of_type(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Bool(_), Type::Boolean)
        | (Value::Int(_), Type::Integer)
        | (Value::Number(_), Type::Number { .. })
        | (Value::Text(_), Type::Text { .. })
        | (Value::Date(_), Type::Date)
        | (Value::Datetime(_), Type::Datetime)
        | (Value::Set(_), Type::Set { .. }) => value.clone(),
        (Value::Int(number), Type::Number { .. }) => Value::Number(*number as f64),
        _ => Value::Text(text_of(value)),
    }
}
