//! Settings of the project, and renames.

use std::collections::BTreeMap;

use icu_locale_core::Locale;
use jiff::tz::TimeZone;

use super::{Resolver, spanned_value};
use crate::ast::file::{Law, MailClient, MetricsBy, Settings};
use crate::ast::journey::{Migrate, MigrateThen, Moved};
use crate::ast::{Kind, Literal, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Type, Value, permission};
use crate::syntax::{Entries, Spanned};
use crate::text::{Span, nearest};

/// Columns of a leads file that are no fields.
fn is_reserved_column(name: &str) -> bool {
    name == "stage" || name.starts_with("score.") || name.starts_with("consent.")
}

impl Resolver<'_> {
    /// Reads the settings.
    pub(super) fn project(&mut self) {
        self.out.settings.timezone = "UTC".to_owned();
        for file in self.files {
            let settings = &file.settings;
            self.simple_settings(settings);
            if let Some(simulation) = &settings.simulation {
                self.out.settings.simulation = ir::Simulation {
                    start: spanned_value(&simulation.start).map(|date| date.0.to_string()),
                    days: simulation.days,
                    seed: simulation.seed,
                    leads: simulation.leads.as_ref().map(|leads| leads.value.clone()),
                    by: simulation.by.iter().flatten().map(|by| metrics_by(*by)).collect(),
                    events: simulation.events.iter().flat_map(|files| files.0.clone()).collect(),
                };
            }
            for (field, column) in settings.columns.iter().flatten() {
                self.out.settings.leads.columns.insert(field.value.clone(), column.value.clone());
            }
            self.mail_settings(settings);
            let absent = settings.absent.iter().flatten().map(|text| text.value.clone());
            self.out.settings.leads.absent.extend(absent);
        }
    }

    /// What mails are checked for.
    fn mail_settings(&mut self, settings: &Settings) {
        let clients = settings.clients.iter().flatten().map(|client| mail_client(client.value));
        self.out.settings.clients.extend(clients);
        let laws = settings.laws.iter().flatten().map(|law| mail_law(law.value));
        self.out.settings.laws.extend(laws);
        self.out.settings.clients.sort_unstable();
        self.out.settings.clients.dedup();
        self.out.settings.laws.sort_unstable();
        self.out.settings.laws.dedup();
    }

    fn simple_settings(&mut self, settings: &Settings) {
        if let Some(project) = &settings.project {
            self.out.settings.project = project.value.clone();
        }
        if let Some(locale) = &settings.locale {
            self.locale(locale);
        }
        if let Some(currency) = &settings.currency {
            self.out.settings.currency = Some(currency.value.clone());
        }
        if let Some(timezone) = &settings.timezone {
            self.timezone(timezone);
        }
    }

    /// A language tag in the form that everybody writes: tags have no case, and some write them with underscores.
    fn locale(&mut self, tag: &Text) {
        let known =
            Locale::try_from_str(tag).ok().filter(|locale| (2..=3).contains(&locale.id.language.as_str().len()));
        match known.filter(|locale| !locale.id.language.is_unknown()) {
            Some(locale) => self.out.settings.locale = Some(locale.to_string()),
            None => {
                let message = format!("`{}` is no BCP 47 tag of a language and region", tag.value);
                let finding = Diagnostic::new(Code::InvalidValue, tag.span, message);
                self.sink.push(finding.help("write `ja-JP`, or `en-US`"));
            }
        }
    }

    fn timezone(&mut self, name: &Text) {
        self.out.settings.timezone = name.value.clone();
        self.names.zone.0 = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        if jiff::tz::db().get(name).is_err() {
            let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
            self.sink.push(
                Diagnostic::new(Code::InvalidTime, name.span, format!("there is no time zone `{}`", name.value))
                    .here("not a name of the IANA database")
                    .help("names look like `Asia/Tokyo`")
                    .suggest(usual_zone(name).or_else(|| nearest(name, known.iter().map(String::as_str)))),
            );
        }
    }

    /// Checks `columns` and `values` once the fields are known.
    pub(super) fn lead_mapping(&mut self) {
        for file in self.files {
            for (field, _) in file.settings.columns.iter().flatten() {
                if field.value.starts_with("consent.") {
                    self.consent_column(field);
                } else if !is_reserved_column(field) {
                    self.mapped_field(field);
                }
            }
            for (name, values) in file.settings.values.iter().flatten() {
                if let Some(field) = self.mapped_type(name) {
                    self.mapped_values(name, &field, values);
                }
            }
        }
    }

    /// A mapping is no use of the field, but it has to exist.
    pub(super) fn mapped_field(&mut self, field: &Text) -> bool {
        let was_used = self.names.used.contains(Kind::Field, field);
        let found = self.ask(Kind::Field, field).is_some();
        if !was_used {
            self.names.used.remove(Kind::Field, field);
        }
        found
    }

    /// The topic that `consent.TOPIC` or `consent.TOPIC.at` is about; whether it is the date.
    fn consent_column(&mut self, column: &Text) -> Option<bool> {
        let topic = column.value.strip_prefix("consent.")?;
        let (topic, date) = topic.strip_suffix(".at").map_or((topic, false), |topic| (topic, true));
        let was_used = self.names.used.contains(Kind::Topic, topic);
        let found = self.names.ask(Kind::Topic, topic, column.span, self.sink);
        if !was_used {
            self.names.used.remove(Kind::Topic, topic);
        }
        self.names.told_topics.insert(found?);
        Some(date)
    }

    /// What a column of the leads file holds: a field's value, a stage or a score.
    fn mapped_type(&mut self, name: &Text) -> Option<ir::Field> {
        let reserved = |ty| ir::Field {
            ty,
            min: None,
            max: None,
            optional: true,
            label: None,
            builtin: true,
            origin: name.span.into(),
        };
        if name.value == "stage" {
            let values = self.names.stages.iter().map(|(stage, _)| stage.clone()).collect();
            return Some(reserved(Type::Enum { values }));
        }
        if name.value.starts_with("score.") {
            return Some(reserved(Type::Integer));
        }
        if name.value.starts_with("consent.") {
            let date = self.consent_column(name)?;
            let words = permission::Stand::WORDS.map(str::to_owned);
            return Some(reserved(if date { Type::Datetime } else { Type::Enum { values: words.into() } }));
        }
        if self.mapped_field(name) { self.out.fields.get(&name.value).cloned() } else { None }
    }

    fn mapped_values(&mut self, name: &Text, field: &ir::Field, values: &Entries<Spanned<Literal>>) {
        let mut mapped: BTreeMap<String, Option<Value>> = BTreeMap::new();
        for (raw, literal) in values {
            if literal.value == Literal::Null {
                mapped.insert(raw.value.clone(), None); // whether the field may be absent is for each row to say
            } else if let Some(value) = self.literal(name, field, literal) {
                mapped.insert(raw.value.clone(), value);
            }
        }
        self.out.settings.leads.values.insert(name.value.clone(), mapped);
    }

    /// Checks renames: the old address is gone, the new one is there, no two come from or go to the same.
    pub(super) fn moved(&mut self) {
        let mut targets: BTreeMap<&str, Span> = BTreeMap::new();
        let records: Vec<_> = self.files.iter().flat_map(|file| &file.moved).collect();
        for record in &records {
            let (from, to) = (&record.from, &record.to);
            let chained = records.iter().any(|next| next.from.value == to.value);
            if !self.is_address(from) || !self.is_address(to) {
                continue;
            }
            // Where names are handed on, as when two are swapped, the old name is that of another one now.
            let parent = |address: &str| address.rsplit_once('.').map(|(parent, _)| parent.to_owned());
            let hands_on = |other: &&&Spanned<Moved>| {
                other.to.value == from.value && parent(&other.from.value) == parent(&from.value)
            };
            let handed_on = records.iter().any(|other| hands_on(&other));
            if self.stands(from) && !handed_on {
                let message = format!("`{}` is said to have moved, but it is still there", from.value);
                self.conflict(from.span, message, "remove the record, or the old definition");
            } else if !self.stands(to) && !chained && !self.unread_address(to) {
                let message = format!("`{}` is said to have moved to `{}`, which is not there", from.value, to.value);
                self.conflict(to.span, message, "name the address that it has now");
            } else if let Some(first) = self.out.moved.insert(from.value.clone(), to.value.clone()) {
                let message = format!("`{}` is said to have moved twice, first to `{first}`", from.value);
                self.conflict(from.span, message, "keep one of the records");
            }
            if let Some(first) = targets.insert(&to.value, to.span) {
                let finding =
                    Diagnostic::new(Code::MovedConflict, to.span, format!("two things moved to `{}`", to.value));
                self.sink.push(finding.also(first, "the other one").help("keep the record that is true"));
            }
        }
    }

    /// Checks what is to become of leads inside: where they stand may be gone, where they are sent may not.
    pub(super) fn migrate(&mut self) {
        let rules: Vec<_> = self.files.iter().flat_map(|file| &file.migrate).collect();
        for rule in rules {
            let Migrate { at, to, then } = &rule.value;
            let parts: Vec<&str> = at.value.split('.').collect();
            let (journey, is_step) = match parts.as_slice() {
                ["journeys", journey] => (*journey, false),
                ["journeys", journey, "steps", _] => (*journey, true),
                _ => {
                    let message = format!("`{}` is no place where leads stand", at.value);
                    self.conflict(
                        at.span,
                        message,
                        "write `journeys.NAME.steps.ID`, or `journeys.NAME` for all its steps",
                    );
                    continue;
                }
            };
            let migration = match (to, then) {
                (Some(to), None) => {
                    let steps = self.out.journeys.get(journey).map_or(&[][..], |journey| &journey.steps);
                    if !is_step || !steps.iter().any(|step| step.id == to.value) && !self.names.may_exist(&to.value) {
                        let message = format!("`{journey}` has no step `{}` to which leads could go", to.value);
                        let near = nearest(&to.value, steps.iter().map(|step| step.id.as_str())).map(str::to_owned);
                        let finding = Diagnostic::new(Code::UnknownName, to.span, message);
                        self.sink.push(finding.suggest(near.as_deref()));
                        continue;
                    }
                    ir::Migration::To(to.value.clone())
                }
                (None, Some(MigrateThen::Exit)) => ir::Migration::Exit,
                (None, Some(MigrateThen::FinishOnOld)) => ir::Migration::FinishOnOld,
                (Some(_), Some(_)) | (None, None) => {
                    let message = "a rule says either `to` which step leads go, or what happens `then`";
                    self.conflict(at.span, message.to_owned(), "keep one of the two");
                    continue;
                }
            };
            if self.out.migrate.insert(at.value.clone(), migration).is_some() {
                let message = format!("two rules say what becomes of leads at `{}`", at.value);
                self.conflict(at.span, message, "keep one of them");
            }
        }
    }

    fn conflict(&mut self, span: Span, message: String, help: &str) {
        self.sink.push(Diagnostic::new(Code::MovedConflict, span, message).help(help));
    }

    fn is_address(&mut self, address: &Text) -> bool {
        let parts: Vec<&str> = address.split('.').collect();
        let kind_is_known = Kind::ALL.iter().any(|kind| Some(&kind.key()) == parts.first());
        let sound = matches!(parts.as_slice(), [_, _] if kind_is_known)
            || matches!(parts.as_slice(), ["journeys", _, "steps", _]);
        if !sound {
            let message = format!("`{}` is no address", address.value);
            self.conflict(address.span, message, "write `journeys.NAME`, `journeys.NAME.steps.ID` or `emails.NAME`");
        }
        sound
    }

    fn stands(&self, address: &str) -> bool {
        let parts: Vec<&str> = address.split('.').collect();
        match parts.as_slice() {
            ["journeys", journey, "steps", step] => {
                self.out.journeys.get(*journey).is_some_and(|journey| journey.step(step).is_some())
            }
            [key, name] => Kind::ALL
                .iter()
                .find(|kind| kind.key() == *key)
                .is_some_and(|kind| self.names.defined.contains(*kind, name)),
            _ => false,
        }
    }

    fn unread_address(&self, address: &str) -> bool {
        address.split('.').next_back().is_some_and(|name| self.names.may_exist(name))
    }
}

fn metrics_by(by: MetricsBy) -> ir::MetricsBy {
    match by {
        MetricsBy::Journey => ir::MetricsBy::Journey,
        MetricsBy::Topic => ir::MetricsBy::Topic,
        MetricsBy::Segment => ir::MetricsBy::Segment,
        MetricsBy::Day => ir::MetricsBy::Day,
    }
}

/// The zone that people mean by an abbreviation or an offset, which IANA names are not.
fn usual_zone(name: &str) -> Option<&'static str> {
    match name.to_uppercase().as_str() {
        "JST" | "UTC+9" | "GMT+9" | "+09:00" | "+9" | "TOKYO" | "日本" | "東京" | "日本時間" => {
            Some("Asia/Tokyo")
        }
        _ => None,
    }
}

fn mail_client(client: MailClient) -> ir::MailClient {
    match client {
        MailClient::AppleMail => ir::MailClient::AppleMail,
        MailClient::Gmail => ir::MailClient::Gmail,
        MailClient::OutlookCom => ir::MailClient::OutlookCom,
        MailClient::OutlookWindows => ir::MailClient::OutlookWindows,
        MailClient::Yahoo => ir::MailClient::Yahoo,
    }
}

fn mail_law(law: Law) -> ir::Law {
    match law {
        Law::Ca => ir::Law::Ca,
        Law::Eu => ir::Law::Eu,
        Law::Jp => ir::Law::Jp,
        Law::Us => ir::Law::Us,
    }
}
