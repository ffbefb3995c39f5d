//! From a file's tree to its declarations, definition by definition, so that one broken definition hides no other.

use serde::Deserialize;

use super::acquisition::{Form, Page, Source};
use super::calendar::Calendar;
use super::catalog::Catalog;
use super::channels::{Channels, Integration, Message};
use super::cleaning::Cleaning;
use super::data::{Event, Field};
use super::journey::{Journey, Migrate, Moved};
use super::kpi::Kpi;
use super::limits::{Email, Policies, Sender, Topic};
use super::map::JourneyMap;
use super::people::{Grading, Lifecycle, List, Persona, Scoring, Segment};
use super::prune::{without_faulty_entries, without_faulty_steps};
use super::quantity::{Duration, in_english};
use super::scenario::Test;
use super::{Settings, Text};
use crate::diag::{Code, Diagnostic, Sink};
use crate::syntax::{DeError, Entry, Node, Spanned, Value, from_node};
use crate::text::Span;
use crate::text::{half_width, nearest, to_half_width};

/// Faults of one definition that are told in one run, at most: each takes another reading of it.
const MAX_FAULTS: usize = 100;

/// Kinds of named definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the kinds are those of the language")]
pub enum Kind {
    Field,
    Event,
    Persona,
    Scoring,
    Grading,
    Segment,
    List,
    Topic,
    Sender,
    Calendar,
    Email,
    Message,
    Integration,
    Source,
    Page,
    Form,
    Catalog,
    Journey,
    Kpi,
    Test,
}

impl Kind {
    /// The key of the kind in a file.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Field => "fields",
            Kind::Event => "events",
            Kind::Persona => "personas",
            Kind::Scoring => "scoring",
            Kind::Grading => "grading",
            Kind::Segment => "segments",
            Kind::List => "lists",
            Kind::Topic => "topics",
            Kind::Sender => "senders",
            Kind::Calendar => "calendars",
            Kind::Email => "emails",
            Kind::Message => "messages",
            Kind::Integration => "integrations",
            Kind::Source => "sources",
            Kind::Page => "pages",
            Kind::Form => "forms",
            Kind::Catalog => "catalogs",
            Kind::Journey => "journeys",
            Kind::Kpi => "kpis",
            Kind::Test => "tests",
        }
    }

    /// One of the kind, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Field => "field",
            Kind::Event => "event",
            Kind::Persona => "persona",
            Kind::Scoring => "scoring model",
            Kind::Grading => "grading model",
            Kind::Segment => "segment",
            Kind::List => "list",
            Kind::Topic => "topic",
            Kind::Sender => "sender",
            Kind::Calendar => "calendar",
            Kind::Email => "email",
            Kind::Message => "message",
            Kind::Integration => "integration",
            Kind::Source => "source",
            Kind::Page => "page",
            Kind::Form => "form",
            Kind::Catalog => "catalog",
            Kind::Journey => "journey",
            Kind::Kpi => "KPI",
            Kind::Test => "test",
        }
    }

    /// One of the kind with its article.
    pub fn one(self) -> String {
        let article = if matches!(self, Kind::Event | Kind::Email | Kind::Integration) { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }

    /// All kinds.
    pub const ALL: [Kind; 20] = [
        Kind::Field,
        Kind::Event,
        Kind::Persona,
        Kind::Scoring,
        Kind::Grading,
        Kind::Segment,
        Kind::List,
        Kind::Topic,
        Kind::Sender,
        Kind::Calendar,
        Kind::Email,
        Kind::Message,
        Kind::Integration,
        Kind::Source,
        Kind::Page,
        Kind::Form,
        Kind::Catalog,
        Kind::Journey,
        Kind::Kpi,
        Kind::Test,
    ];
}

/// A definition with its name, and the whole place of it.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The name.
    pub name: Text,
    /// From the name to the end of the definition.
    pub whole: Span,
    /// The definition.
    pub def: T,
}

/// A definition that could not be read; its name is known, its meaning is not.
#[derive(Clone, Debug)]
pub struct Poisoned {
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: Text,
    /// The whole place: any name in it may be a use.
    pub whole: Span,
}

/// What one file declares.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the kinds are those of the language")]
pub struct Declarations {
    pub settings: Settings,
    /// Key and place of every setting given.
    pub settings_at: Vec<(String, Span)>,
    pub fields: Vec<Named<Field>>,
    pub events: Vec<Named<Event>>,
    pub personas: Vec<Named<Persona>>,
    pub scoring: Vec<Named<Scoring>>,
    pub grading: Vec<Named<Grading>>,
    pub lifecycle: Option<Spanned<Lifecycle>>,
    pub segments: Vec<Named<Segment>>,
    pub lists: Vec<Named<List>>,
    pub topics: Vec<Named<Topic>>,
    pub senders: Vec<Named<Sender>>,
    pub calendars: Vec<Named<Calendar>>,
    pub policies: Option<Box<Spanned<Policies>>>,
    pub channels: Option<Box<Spanned<Channels>>>,
    pub cleaning: Option<Spanned<Cleaning>>,
    pub emails: Vec<Named<Email>>,
    pub messages: Vec<Named<Message>>,
    pub integrations: Vec<Named<Integration>>,
    pub sources: Vec<Named<Source>>,
    pub pages: Vec<Named<Page>>,
    pub forms: Vec<Named<Form>>,
    pub catalogs: Vec<Named<Catalog>>,
    pub journeys: Vec<Named<Journey>>,
    pub kpis: Vec<Named<Kpi>>,
    pub tests: Vec<Named<Test>>,
    pub journey_map: Option<Spanned<JourneyMap>>,
    pub moved: Vec<Spanned<Moved>>,
    pub migrate: Vec<Spanned<Migrate>>,
    /// Definitions with faults already reported.
    pub poisoned: Vec<Poisoned>,
    /// Places outside named definitions that could not be read: any name in them may be a use.
    pub unread: Vec<Span>,
    /// Kinds whose definitions stand in something else than a mapping by name.
    pub unread_kinds: Vec<Kind>,
}

/// Reads the declarations of a file whose tree is `root`. `faulty` are the places of faults already reported;
/// definitions that hold one are left out and listed as poisoned.
pub fn lower(root: &Node, faulty: &[Span], sink: &mut Sink) -> Declarations {
    let mut faulty = faulty.to_vec();
    faulty.sort_unstable();
    let mut reader = Reader { faulty, sink, out: Declarations::default() };
    for entry in root.entries() {
        reader.entry(entry);
    }
    reader.out
}

struct Reader<'a> {
    /// In order, so that the faults of one definition are found without a look at all others.
    faulty: Vec<Span>,
    sink: &'a mut Sink,
    out: Declarations,
}

impl Reader<'_> {
    fn entry(&mut self, entry: &Entry) {
        match entry.key.as_str() {
            "fields" => self.out.fields = self.named(Kind::Field, &entry.value),
            "events" => self.out.events = self.named(Kind::Event, &entry.value),
            "personas" => self.out.personas = self.named(Kind::Persona, &entry.value),
            "scoring" => self.out.scoring = self.named(Kind::Scoring, &entry.value),
            "grading" => self.out.grading = self.named(Kind::Grading, &entry.value),
            "segments" => self.out.segments = self.named(Kind::Segment, &entry.value),
            "lists" => self.out.lists = self.named(Kind::List, &entry.value),
            "topics" => self.out.topics = self.named(Kind::Topic, &entry.value),
            "senders" => self.out.senders = self.named(Kind::Sender, &entry.value),
            "calendars" => self.out.calendars = self.named(Kind::Calendar, &entry.value),
            "emails" => self.out.emails = self.named(Kind::Email, &entry.value),
            "messages" => self.out.messages = self.named(Kind::Message, &entry.value),
            "integrations" => self.out.integrations = self.named(Kind::Integration, &entry.value),
            "channels" => self.out.channels = self.read(&entry.value),
            "sources" => self.out.sources = self.named(Kind::Source, &entry.value),
            "pages" => self.out.pages = self.named(Kind::Page, &entry.value),
            "catalogs" => self.out.catalogs = self.named(Kind::Catalog, &entry.value),
            "forms" => self.out.forms = self.named(Kind::Form, &entry.value),
            "journeys" => self.out.journeys = self.journeys(&entry.value),
            "kpis" => self.out.kpis = self.named(Kind::Kpi, &entry.value),
            "tests" => self.out.tests = self.named(Kind::Test, &entry.value),
            "lifecycle" => {
                self.out.lifecycle = self.read_if_sound(&entry.value, entry.value.span);
                if self.out.lifecycle.is_none() {
                    self.out.unread.push(whole(entry));
                }
            }
            "policies" => self.out.policies = self.read(&entry.value),
            "journey_map" => self.out.journey_map = self.read(&entry.value),
            "cleaning" => self.out.cleaning = self.read(&entry.value),
            "moved" => self.out.moved = self.items(&entry.value),
            "migrate" => self.out.migrate = self.items(&entry.value),
            setting => {
                let span = whole(entry);
                if !self.is_faulty(entry.key_span) {
                    self.out.settings_at.push((setting.to_owned(), entry.key_span));
                }
                self.setting(setting, &entry.value, span);
            }
        }
    }

    fn setting(&mut self, key: &str, value: &Node, span: Span) {
        if self.is_faulty(span) {
            self.out.unread.push(span);
            // A slip of a key: what stands there is of the kind that was meant.
            let meant = nearest(key, Kind::ALL.iter().map(|kind| kind.key()));
            self.out.unread_kinds.extend(Kind::ALL.into_iter().filter(|kind| Some(kind.key()) == meant));
            return;
        }
        match key {
            "project" => self.out.settings.project = self.read(value),
            "timezone" => self.out.settings.timezone = self.read(value),
            "locale" => self.out.settings.locale = self.read(value),
            "currency" => self.out.settings.currency = self.read(value),
            "calendar" => self.out.settings.calendar = self.read(value),
            "best_time" => self.out.settings.best_time = self.read(value),
            "simulation" => self.out.settings.simulation = self.read(value),
            "levels" => self.out.settings.levels = self.read(value),
            "columns" => self.out.settings.columns = self.read(value),
            "values" => self.out.settings.values = self.read(value),
            "absent" => self.out.settings.absent = self.read(value),
            "logs" => self.out.settings.logs = self.read(value),
            "tracking" => self.out.settings.tracking = self.read(value),
            "clients" => self.out.settings.clients = self.read(value),
            "laws" => self.out.settings.laws = self.read(value),
            _ => {} // an unknown key: the schema has said so
        }
    }

    /// The definitions of a kind, by name; of anything else the schema has said that it is none.
    fn entries<'n>(&mut self, kind: Kind, node: &'n Node) -> &'n [Entry] {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            self.out.unread.push(node.span);
            self.out.unread_kinds.push(kind);
        }
        node.entries()
    }

    fn named<T: for<'de> Deserialize<'de>>(&mut self, kind: Kind, node: &Node) -> Vec<Named<T>> {
        let mut found = Vec::with_capacity(node.entries().len());
        for entry in self.entries(kind, node) {
            let name = Spanned { value: entry.key.clone(), span: entry.key_span };
            let whole = whole(entry);
            match self.read_if_sound(&entry.value, whole) {
                Some(def) => found.push(Named { name, whole, def }),
                None => self.out.poisoned.push(Poisoned { kind, name, whole }),
            }
        }
        found
    }

    /// Journeys, each without the steps that hold faults.
    fn journeys(&mut self, node: &Node) -> Vec<Named<Journey>> {
        let mut found = Vec::with_capacity(node.entries().len());
        for entry in self.entries(Kind::Journey, node) {
            let name = Spanned { value: entry.key.clone(), span: entry.key_span };
            let whole = whole(entry);
            match self.journey(&entry.value, whole) {
                Some(def) => found.push(Named { name, whole, def }),
                None => self.out.poisoned.push(Poisoned { kind: Kind::Journey, name, whole }),
            }
        }
        found
    }

    fn journey(&mut self, node: &Node, whole: Span) -> Option<Journey> {
        let mut faults: Vec<Span> = self.faults_in(whole).copied().collect();
        // Each round reads the journey without one more faulty step.
        for _ in 0..MAX_FAULTS {
            let (pruned, cut) = without_faulty_steps(node, &faults);
            if faults.iter().any(|fault| !cut.iter().any(|step| step.contains(fault))) {
                self.further_faults::<Journey>(node, faults);
                return None;
            }
            match from_node(&pruned) {
                Ok(journey) => {
                    self.out.unread.extend(cut);
                    return Some(journey);
                }
                Err(error) if faults.contains(&error.span) => return None,
                Err(error) => self.refuse(error, &mut faults),
            }
        }
        None
    }

    /// Reads the items of a list, each by itself.
    fn items<T: for<'de> Deserialize<'de>>(&mut self, node: &Node) -> Vec<T> {
        match &node.value {
            Value::Seq(items) => items.iter().filter_map(|item| self.read(item)).collect(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Map(_) => {
                Vec::new()
            }
        }
    }

    /// Reads something that is not a named definition.
    fn read<T: for<'de> Deserialize<'de>>(&mut self, node: &Node) -> Option<T> {
        let value = self.read_if_sound(node, node.span);
        if value.is_none() {
            self.out.unread.push(node.span);
        }
        value
    }

    fn read_if_sound<T: for<'de> Deserialize<'de>>(&mut self, node: &Node, whole: Span) -> Option<T> {
        let mut faults: Vec<Span> = self.faults_in(whole).copied().collect();
        if faults.is_empty() {
            match from_node(node) {
                Ok(value) => return Some(value),
                Err(error) => self.refuse(error, &mut faults),
            }
        }
        self.further_faults::<T>(node, faults);
        None
    }

    /// Reads the sound rest of something that holds faults, for the sake of the faults in it.
    fn further_faults<T: for<'de> Deserialize<'de>>(&mut self, node: &Node, mut faults: Vec<Span>) {
        for _ in 0..MAX_FAULTS {
            match from_node::<T>(&without_faulty_entries(node, &faults)) {
                Ok(_) => return,
                Err(error) if faults.contains(&error.span) => return,
                // What is wrong with the rest of a mapping or list, such as a missing key, is so because a part was
                // left out.
                Err(error) if faults.iter().any(|fault| error.span.contains(fault)) => faults.push(error.span),
                Err(error) => self.refuse(error, &mut faults),
            }
        }
    }

    fn refuse(&mut self, error: DeError, faults: &mut Vec<Span>) {
        faults.push(error.span);
        let is_wide = error.message.chars().any(|c| half_width(c).is_some());
        let mended = duration_meant(&error.message);
        let finding = Diagnostic::new(Code::InvalidValue, error.span, error.message);
        self.sink.push(match mended {
            Some(mended) => finding.help(format!("write `{mended}`")),
            None if is_wide => finding.help("write it in half-width characters"),
            None => finding,
        });
    }

    fn is_faulty(&self, whole: Span) -> bool {
        self.faults_in(whole).next().is_some()
    }

    fn faults_in(&self, whole: Span) -> impl Iterator<Item = &Span> {
        let first = self.faulty.partition_point(|fault| *fault < whole.at_start());
        let near = self.faulty[first..].iter();
        let near = near.take_while(move |fault| fault.file == whole.file && fault.start <= whole.end);
        near.filter(move |fault| whole.contains(fault))
    }
}

pub(super) fn whole(entry: &Entry) -> Span {
    Span { end: entry.value.span.end.max(entry.key_span.end), ..entry.key_span }
}

/// What a text in backticks, of which a message says that it is no duration, is in the words of the language.
fn duration_meant(message: &str) -> Option<String> {
    let (text, rest) = message.strip_prefix('`')?.split_once('`')?;
    let mended = in_english(&to_half_width(text));
    let is_meant = rest.contains("not a duration") && mended != text && mended.parse::<Duration>().is_ok();
    is_meant.then_some(mended)
}
