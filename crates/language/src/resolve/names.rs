//! Which names exist, which are used, and which might exist in a definition that could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use jiff::tz::TimeZone;

use super::ByKind;
use super::spread::Shared;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{self, Name};
use crate::text::{SourceMap, Span, nearest};

/// Names that are compared with misspelt ones, at most, in all of a project.
const MAX_COMPARED: usize = 300_000;

/// What can be asked of a catalog.
#[derive(Clone, Debug, Default)]
pub(crate) struct CatalogNames {
    /// The column that tells items apart.
    pub key: Name,
    /// What is known of an item.
    pub fields: BTreeMap<Name, ir::Field>,
    /// Keys of the items, in order; nothing if the file could not be read.
    pub items: Option<Vec<String>>,
}

/// Words in what could not be read.
#[derive(Clone, Debug, Default)]
pub struct UnreadWords {
    words: BTreeSet<String>,
    /// Whether there is a text of which not even the words are known: then it may hold any.
    any: bool,
}

impl UnreadWords {
    /// Whether the word stands there, for all that is known.
    pub fn contains(&self, word: &str) -> bool {
        self.any || self.words.contains(word)
    }

    /// Whether everything could be read.
    pub fn is_empty(&self) -> bool {
        !self.any && self.words.is_empty()
    }

    /// Any word may stand there.
    pub(super) fn insert_any(&mut self) {
        self.any = true;
    }

    pub(super) fn insert(&mut self, word: String) {
        self.words.insert(word);
    }

    pub(super) fn extend(&mut self, words: impl IntoIterator<Item = String>) {
        self.words.extend(words);
    }

    fn learn(&mut self, others: UnreadWords) {
        self.words.extend(others.words);
        self.any |= others.any;
    }
}

/// The time zone of times without an offset; UTC until another is known.
#[derive(Clone, Debug)]
pub(crate) struct LocalZone(pub TimeZone);

impl Default for LocalZone {
    fn default() -> Self {
        LocalZone(TimeZone::UTC)
    }
}

/// Everything conditions and steps can name, and what was found out on the way.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: Shared<Known>,
    /// Words in what could not be read: they may be definitions, or uses of them.
    pub unread_words: UnreadWords,
    /// Names that a misspelt one was probably meant to be: they are used, in a way.
    pub meant: BTreeSet<Name>,
    /// Names looked at in search of the nearest to misspelt ones.
    compared: usize,
    /// Every name asked for.
    pub used: ByKind<()>,
    /// Kinds of which something is asked for by a name that is near to none: any of them may be meant.
    pub unsure_kinds: BTreeSet<Kind>,
    /// Links that the template at hand prints, such as `unsubscribe_url`.
    pub links: BTreeSet<&'static str>,
    /// Emails with a link to confirm a subscription, in every part.
    pub confirming: BTreeSet<Name>,
    /// Topics whose consents stand in the leads file.
    pub told_topics: BTreeSet<Name>,
    /// Within a journey: the event that lets leads in, as far as its conditions can ask for it.
    pub entry: Option<super::typing::AtHand>,
}

/// What can be named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// The time zone of times without an offset: the project's; while a test is read, its lead's.
    pub zone: LocalZone,
    /// Where each definition's name stands.
    pub defined: ByKind<Span>,
    /// Fields with their types.
    pub fields: BTreeMap<Name, ir::Field>,
    /// Events with their properties.
    pub events: BTreeMap<Name, ir::Event>,
    /// Catalogs.
    pub catalogs: BTreeMap<Name, CatalogNames>,
    /// Stages of the lifecycle, and where each stands.
    pub stages: Vec<(Name, Span)>,
    /// Phases of the journey map, and where each stands.
    pub phases: Vec<(Name, Span)>,
    /// Personas in order.
    pub personas: Vec<Name>,
    /// Bands of each grading model.
    pub bands: BTreeMap<Name, Vec<Name>>,
    /// The model that `score` means.
    pub default_score: Option<Name>,
    /// The model that `grade` means.
    pub default_grade: Option<Name>,
    /// Journeys that are entered with a key, and where it stands.
    pub keyed: BTreeMap<Name, Span>,
    /// Whether the lifecycle may stand in something that could not be read.
    pub lifecycle_unread: bool,
    /// Kinds of which a definition could not be read.
    pub unread_kinds: BTreeSet<Kind>,
}

impl Deref for Names {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.known
    }
}

impl DerefMut for Names {
    fn deref_mut(&mut self) -> &mut Known {
        &mut self.known
    }
}

impl Names {
    /// The same names for another reader, who has found out nothing yet.
    pub fn reader(&self) -> Names {
        Names { known: self.known.clone(), ..Names::default() }
    }

    /// Takes in what a reader has found out.
    pub fn learn(&mut self, reader: Names) {
        let Names {
            known: _,
            unread_words,
            meant,
            compared,
            used,
            unsure_kinds,
            links: _,
            confirming,
            told_topics,
            entry: _,
        } = reader;
        self.unread_words.learn(unread_words);
        self.meant.extend(meant);
        self.compared += compared;
        self.used.extend(used);
        self.unsure_kinds.extend(unsure_kinds);
        self.confirming.extend(confirming);
        self.told_topics.extend(told_topics);
    }

    /// Whether nothing is left open that could make a difference to what else is asked: no word was unreadable, and no
    /// name was misspelt.
    pub fn all_is_read(&self) -> bool {
        self.unread_words.is_empty() && self.meant.is_empty() && self.compared == 0 && self.unsure_kinds.is_empty()
    }

    /// Looks a name up and marks it as used. Says what is wrong if there is none; nothing if it may stand in a
    /// definition that could not be read.
    pub fn ask(&mut self, kind: Kind, name: &str, span: Span, sink: &mut Sink) -> Option<Name> {
        self.used.insert(kind, name, ());
        if self.exists(kind, name) {
            return Some(name.to_owned());
        }
        if !self.may_exist(name) {
            let near = self.nearest(name, kind, &[]);
            if near.as_deref().is_some_and(|near| !is_well_formed(near)) {
                return None; // the definition's name is the fault, and has been reported
            }
            if near.is_none() {
                self.unsure_kinds.insert(kind);
            }
            sink.push(self.unknown(kind, name, near.as_deref(), span));
        }
        None
    }

    /// Looks up an email or a message. Their names differ.
    pub fn ask_content(&mut self, name: &str, span: Span, sink: &mut Sink) -> Option<Name> {
        if self.exists(Kind::Message, name) {
            self.used.insert(Kind::Message, name, ());
            return Some(name.to_owned());
        }
        if self.exists(Kind::Email, name) || self.may_exist(name) || self.defined.names(Kind::Message).next().is_none()
        {
            return self.ask(Kind::Email, name, span, sink);
        }
        let messages: Vec<String> = self.all(Kind::Message).into_iter().map(str::to_owned).collect();
        let others: Vec<&str> = messages.iter().map(String::as_str).collect();
        let near = self.nearest(name, Kind::Email, &others);
        let at = near.as_ref().and_then(|near| self.defined.get(Kind::Message, near).copied());
        let (Some(near), Some(at)) = (near, at) else { return self.ask(Kind::Email, name, span, sink) };
        let message = format!("there is no email and no message named `{name}`");
        let finding = Diagnostic::new(Code::UnknownName, span, message).here("neither an email nor a message");
        sink.push(finding.help(format!("did you mean `{near}`?")).also(at, format!("`{near}` is defined here")));
        None
    }

    /// Whether a definition of the kind has this name, built-in ones included.
    pub fn exists(&self, kind: Kind, name: &str) -> bool {
        self.defined.contains(kind, name)
            || match kind {
                Kind::Field => self.fields.contains_key(name),
                Kind::Event => self.events.contains_key(name),
                Kind::Persona
                | Kind::Scoring
                | Kind::Grading
                | Kind::Segment
                | Kind::List
                | Kind::Topic
                | Kind::Sender
                | Kind::Calendar
                | Kind::Email
                | Kind::Message
                | Kind::Integration
                | Kind::Source
                | Kind::Page
                | Kind::Form
                | Kind::Catalog
                | Kind::Journey
                | Kind::Kpi
                | Kind::Test => false,
            }
    }

    /// Whether the name stands in something that could not be read.
    pub fn may_exist(&self, name: &str) -> bool {
        self.unread_words.contains(name)
    }

    /// Whether a definition of the kind could not be read, or may stand in something that could not.
    pub fn is_unread(&self, kind: Kind) -> bool {
        self.unread_kinds.contains(&kind) || self.unread_words.contains(kind.key())
    }

    /// All names of a kind, built-in ones included.
    pub fn all(&self, kind: Kind) -> Vec<&str> {
        let defined = self.defined.names(kind).map(String::as_str);
        let built_in: Vec<&str> = match kind {
            Kind::Field => self.fields.keys().map(String::as_str).collect(),
            Kind::Event => self.events.keys().map(String::as_str).collect(),
            Kind::Persona
            | Kind::Scoring
            | Kind::Grading
            | Kind::Segment
            | Kind::List
            | Kind::Topic
            | Kind::Sender
            | Kind::Calendar
            | Kind::Email
            | Kind::Message
            | Kind::Integration
            | Kind::Source
            | Kind::Page
            | Kind::Form
            | Kind::Catalog
            | Kind::Journey
            | Kind::Kpi
            | Kind::Test => Vec::new(),
        };
        defined.chain(built_in).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The name that was probably meant, of the kind or one of `others`, and notes it as meant. Gives up when a project
    /// has had its share of searches: each looks at all names.
    pub fn nearest(&mut self, name: &str, kind: Kind, others: &[&str]) -> Option<Name> {
        if self.compared > MAX_COMPARED {
            return None;
        }
        let known = self.all(kind);
        let count = known.len() + others.len();
        let near = nearest(name, known.into_iter().chain(others.iter().copied())).map(str::to_owned);
        self.compared += count;
        self.meant.extend(near.clone());
        near
    }

    fn unknown(&self, kind: Kind, name: &str, near: Option<&str>, span: Span) -> Diagnostic {
        let found = Diagnostic::new(Code::UnknownName, span, format!("there is no {} named `{name}`", kind.noun()))
            .here(format!("not {}", kind.one()));
        if let Some(near) = near {
            let found = found.help(format!("did you mean `{near}`?"));
            return match self.defined.get(kind, near) {
                Some(&at) => found.also(at, format!("`{near}` is defined here")),
                None => found,
            };
        }
        let namesakes = KINDS.iter().filter_map(|&other| Some((other, self.defined.get(other, name)?)));
        if let Some((other, &at)) = namesakes.filter(|(other, _)| *other != kind).min_by_key(|(other, _)| *other) {
            return found.also(at, format!("{} has this name", other.one())).help(format!(
                "`{name}` is {}, not {}",
                other.one(),
                kind.one()
            ));
        }
        if self.compared > MAX_COMPARED {
            return found.help(format!("define it under `{}:`", kind.key()));
        }
        let known = self.all(kind);
        found.help(match known.len() {
            0 => format!("the project defines no {} yet; define it under `{}:`", kind.noun(), kind.key()),
            1 => format!("there is only {}", listed(&known)),
            2..=12 => format!("known are {}", listed(&known)),
            _ => format!("define it under `{}:`", kind.key()),
        })
    }
}

/// Kinds whose names stand in quotes or as values, where one may be taken for another.
const KINDS: [Kind; 13] = [
    Kind::Persona,
    Kind::Segment,
    Kind::List,
    Kind::Topic,
    Kind::Sender,
    Kind::Email,
    Kind::Message,
    Kind::Integration,
    Kind::Journey,
    Kind::Source,
    Kind::Page,
    Kind::Form,
    Kind::Catalog,
];

/// Whether the text can be a name at all.
pub(super) fn is_well_formed(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// Text as a sentence quotes it: on one line.
pub(crate) fn quoted(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{line}\"")
}

/// Names in backticks, with commas.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Every word of a piece of source.
pub(crate) fn words(sources: &SourceMap, span: Span) -> impl Iterator<Item = String> + '_ {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    sources.slice(span).split(move |c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned)
}
