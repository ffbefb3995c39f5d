//! From the declarations of all files to one campaign: names are looked up, conditions and templates are typed.
//!
//! In: declarations, the texts of templates, the members of lists. Out: a [`Resolution`]; the campaign in it is whole
//! even where something was wrong (what could not be understood is left empty), so that later stages can look for
//! further faults; whether it may be run is for the findings to say. Never: files, rules of taste.

mod acquisition;
mod by_kind;
mod calendar;
mod catalog;
mod channels;
mod cleaning;
mod compose;
mod content;
mod data;
mod experiment;
mod journey;
mod kpi;
mod kpi_cost;
mod logs;
mod map;
mod names;
mod outside;
mod people;
mod permission;
mod project;
mod quota;
mod scenario;
mod slips;
mod sms;
mod spread;
mod table;
mod template;
mod typing;
mod value;
mod words;

use std::collections::{BTreeMap, BTreeSet};

pub use by_kind::ByKind;
pub use compose::files_named;
pub use names::UnreadWords;

use crate::ast::expression::SyntaxFault;
use crate::ast::{Declarations, Kind, Text, jinja};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{self, Campaign, Condition, Expr, Name, Words, Written};
use crate::syntax::Spanned;
use crate::text::{FileId, ScalarMap, SourceMap, Span};
use names::Names;
use spread::Shared;
use typing::{AtHand, Place, Typer};

/// Ids and e-mail addresses of a list's members.
pub type ListMembers = (Vec<String>, Vec<String>);

/// Files that declarations point to, by the path as it is written.
#[derive(Clone, Debug, Default)]
pub struct Attachments {
    /// Template files, or why one cannot be read.
    pub templates: BTreeMap<String, Result<FileId, String>>,
    /// Files that mails bring or show.
    pub mail_files: ir::MailFiles,
    /// Template files beside those of mails that nothing names.
    pub unused_templates: Vec<FileId>,
    /// Tables of catalogs, or why one cannot be read.
    pub tables: BTreeMap<String, Result<FileId, String>>,
    /// Members of list files, or why one cannot be read.
    pub members: BTreeMap<String, Result<ListMembers, String>>,
    /// Days off of calendar files, or why one cannot be read.
    pub days: BTreeMap<String, Result<BTreeMap<String, Option<String>>, String>>,
}

/// What the declarations come to.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// The campaign.
    pub campaign: Campaign,
    /// Where each definition's name stands.
    pub defined: ByKind<Span>,
    /// Names that something asks for.
    pub used: ByKind<()>,
    /// Words in what could not be read: each may be a use of any name.
    pub unread_words: UnreadWords,
    /// Names that a misspelt one was probably meant to be.
    pub meant: BTreeSet<Name>,
    /// Kinds of which something is asked for by a name that is near to none.
    pub unsure_kinds: BTreeSet<Kind>,
    /// Journeys that say themselves whether leads may enter again.
    pub again_written: BTreeSet<Name>,
    /// Emails and messages that say themselves whether they may be repeated.
    pub repeat_written: BTreeSet<Name>,
    /// Emails with a link to confirm a subscription, in every part.
    pub confirming: BTreeSet<Name>,
    /// The texts of mails, with their places.
    pub mails: ir::MailParts,
    /// Files that mails bring or show.
    pub mail_files: ir::MailFiles,
    /// Template files that nothing names.
    pub unused_templates: Vec<FileId>,
    /// Topics whose consents stand in the leads file.
    pub told_topics: BTreeSet<Name>,
    /// Where costs are written, those of nothing left out.
    pub costs: Vec<Span>,
    /// The project's own tests, by name.
    pub tests: Vec<ir::scenario::Test>,
}

/// A file that declares nothing that could be read.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// The file.
    pub file: FileId,
    /// Whether its text is known to the end: then it is no YAML.
    pub is_whole: bool,
}

/// Resolves a project. `files` are its files' declarations in the order of their paths.
pub fn resolve(
    files: &[Declarations],
    broken: &[Broken],
    attachments: &Attachments,
    sources: &SourceMap,
    sink: &mut Sink,
) -> Resolution {
    let mut resolver = Resolver {
        files,
        attachments,
        sources,
        sink,
        names: Names::default(),
        costs: Vec::new(),
        mails: ir::MailParts::new(),
        out: Shared::default(),
    };
    resolver.collect(broken);
    resolver.project();
    resolver.calendars();
    resolver.data();
    resolver.catalogs();
    resolver.people();
    resolver.cleaning();
    resolver.content();
    resolver.channels();
    resolver.integrations();
    resolver.acquisition();
    resolver.phases();
    resolver.journeys();
    resolver.emails();
    resolver.kpis();
    resolver.journey_map();
    resolver.moved();
    resolver.migrate();
    let tests = resolver.tests();
    Resolution {
        campaign: std::mem::take(&mut resolver.out),
        defined: std::mem::take(&mut resolver.names.defined),
        used: resolver.names.used,
        unread_words: resolver.names.unread_words,
        meant: resolver.names.meant,
        unsure_kinds: resolver.names.unsure_kinds,
        confirming: resolver.names.confirming,
        mails: resolver.mails,
        mail_files: attachments.mail_files.clone(),
        unused_templates: attachments.unused_templates.clone(),
        told_topics: resolver.names.told_topics,
        again_written: again_written(files),
        repeat_written: repeat_written(files),
        costs: resolver.costs,
        tests,
    }
}

fn again_written(files: &[Declarations]) -> BTreeSet<Name> {
    let journeys = files.iter().flat_map(|file| &file.journeys);
    journeys.filter(|named| named.def.entry.again.is_some()).map(|named| named.name.value.clone()).collect()
}

fn repeat_written(files: &[Declarations]) -> BTreeSet<Name> {
    let emails = files.iter().flat_map(|file| &file.emails).filter(|named| named.def.repeat.is_some());
    let messages = files.iter().flat_map(|file| &file.messages).filter(|named| named.def.repeat.is_some());
    emails.map(|named| named.name.value.clone()).chain(messages.map(|named| named.name.value.clone())).collect()
}

/// State of the stage. Its parts are in the files beside this one.
struct Resolver<'a> {
    files: &'a [Declarations],
    attachments: &'a Attachments,
    sources: &'a SourceMap,
    sink: &'a mut Sink,
    names: Names,
    /// Where costs are written.
    costs: Vec<Span>,
    /// The texts of mails.
    mails: ir::MailParts,
    out: Shared<Campaign>,
}

impl Resolver<'_> {
    /// Notes every name that is defined, and every word that might be one.
    fn collect(&mut self, broken: &[Broken]) {
        for file in self.files {
            let named = [
                (Kind::Field, texts(&file.fields)),
                (Kind::Event, texts(&file.events)),
                (Kind::Persona, texts(&file.personas)),
                (Kind::Scoring, texts(&file.scoring)),
                (Kind::Grading, texts(&file.grading)),
                (Kind::Segment, texts(&file.segments)),
                (Kind::List, texts(&file.lists)),
                (Kind::Topic, texts(&file.topics)),
                (Kind::Sender, texts(&file.senders)),
                (Kind::Calendar, texts(&file.calendars)),
                (Kind::Email, texts(&file.emails)),
                (Kind::Message, texts(&file.messages)),
                (Kind::Integration, texts(&file.integrations)),
                (Kind::Source, texts(&file.sources)),
                (Kind::Page, texts(&file.pages)),
                (Kind::Form, texts(&file.forms)),
                (Kind::Catalog, texts(&file.catalogs)),
                (Kind::Journey, texts(&file.journeys)),
                (Kind::Kpi, texts(&file.kpis)),
                (Kind::Test, texts(&file.tests)),
            ];
            for (kind, names) in named {
                names.into_iter().for_each(|name| self.define(kind, name));
            }
            for journey in &file.journeys {
                if let Some(key) =
                    journey.def.entry.key.as_ref().filter(|_| self.is_first(Kind::Journey, &journey.name))
                {
                    self.names.keyed.insert(journey.name.value.clone(), key.span);
                }
            }
            for poisoned in &file.poisoned {
                self.define(poisoned.kind, &poisoned.name);
                self.names.unread_kinds.insert(poisoned.kind);
                self.names.unread_words.extend(names::words(self.sources, poisoned.whole));
            }
            self.names.unread_kinds.extend(&file.unread_kinds);
            for span in &file.unread {
                self.names.unread_words.extend(names::words(self.sources, *span));
            }
        }
        self.messages_named_like_emails();
        for &Broken { file, is_whole } in broken {
            let whole = Span::new(file, 0, self.sources.file(file).text.len());
            self.names.unread_words.extend(names::words(self.sources, whole));
            if !is_whole {
                self.names.unread_words.insert_any();
                self.names.unread_kinds.extend(Kind::ALL);
                self.names.unsure_kinds.extend(Kind::ALL);
            }
        }
    }

    fn define(&mut self, kind: Kind, name: &Text) {
        if !names::is_well_formed(name) {
            self.names.meant.insert(name.value.clone()); // it cannot be asked for by its name
        }
        match self.names.defined.get(kind, name) {
            None => {
                self.names.defined.insert(kind, name, name.span);
            }
            Some(&first) => {
                // Nothing is known of what the second one uses.
                self.names.unsure_kinds.extend(Kind::ALL);
                let message = format!("there are two {}s named `{}`", kind.noun(), name.value);
                let finding = Diagnostic::new(Code::DuplicateName, name.span, message).here("the second");
                self.sink.push(finding.also(first, "the first").help("give one of them another name"));
            }
        }
    }

    /// Steps send both by name.
    fn messages_named_like_emails(&mut self) {
        for name in self.files.iter().flat_map(|file| &file.messages).map(|message| &message.name) {
            if let Some(&email) = self.names.defined.get(Kind::Email, name) {
                let message = format!("an email and a message are both named `{}`", name.value);
                let finding = Diagnostic::new(Code::DuplicateName, name.span, message).here("the message");
                self.sink.push(finding.also(email, "the email").help("give one of them another name"));
            }
        }
    }

    /// Whether this is the definition that counts under its name (a duplicate does not).
    fn is_first(&self, kind: Kind, name: &Text) -> bool {
        self.names.defined.get(kind, name) == Some(&name.span)
    }

    fn ask(&mut self, kind: Kind, name: &Text) -> Option<Name> {
        self.names.ask(kind, name, name.span, self.sink)
    }

    /// A condition over a lead, with an event at hand or not.
    fn condition(&mut self, text: &Text, place: Place, event: AtHand) -> Condition {
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        let mut parts = Box::default();
        let expr = match jinja::expression(text) {
            Ok(raw) => {
                parts = words::of_parts(text, &raw);
                Typer::new(&mut self.names, self.sink, &map, place, event).condition(&raw)
            }
            Err(fault) => {
                self.syntax_fault(text, &map, &fault);
                self.names.unread_words.extend(names::words(self.sources, text.span));
                Expr::Absent
            }
        };
        let mut condition = Condition::new(expr, text.span.into());
        let whole = words::in_one_line(text);
        let whole = Some(whole).filter(|whole| *whole != condition.text);
        condition.words = Words(whole.map(|whole| Written { whole, parts }.into()));
        condition
    }

    fn optional_condition(&mut self, text: Option<&Text>, place: Place, event: &AtHand) -> Option<Condition> {
        text.map(|text| self.condition(text, place, event.clone()))
    }

    fn syntax_fault(&mut self, text: &Text, map: &ScalarMap<'_>, fault: &SyntaxFault) {
        if text.trim().is_empty() {
            let finding = Diagnostic::new(Code::ExpressionSyntax, text.span, "there is no condition here");
            self.sink.push(finding.help(slips::LOOK));
            return;
        }
        let slip = slips::of_condition(text, &fault.at);
        let span = map.span(slip.at.start, slip.at.end);
        self.sink.push(Diagnostic::new(Code::ExpressionSyntax, span, slip.message).help(slip.help));
    }
}

fn texts<T>(named: &[crate::ast::Named<T>]) -> Vec<&Text> {
    named.iter().map(|named| &named.name).collect()
}

fn spanned_value<T: Copy>(value: &Option<Spanned<T>>) -> Option<T> {
    value.as_ref().map(|spanned| spanned.value)
}

fn again(value: crate::ast::quantity::Again) -> ir::Again {
    match value {
        crate::ast::quantity::Again::Never => ir::Again::Never,
        crate::ast::quantity::Again::Always => ir::Again::Always,
        crate::ast::quantity::Again::After(secs) => ir::Again::AfterSecs(secs),
    }
}

fn window(value: crate::ast::quantity::Window) -> ir::Window {
    match value {
        crate::ast::quantity::Window::Rolling(secs) => ir::Window::RollingSecs(secs),
        crate::ast::quantity::Window::CalendarDay => ir::Window::CalendarDay,
        crate::ast::quantity::Window::CalendarWeek => ir::Window::CalendarWeek,
        crate::ast::quantity::Window::CalendarMonth => ir::Window::CalendarMonth,
        crate::ast::quantity::Window::Ever => ir::Window::Ever,
    }
}
