//! Emails and messages: their templates, typed with what every journey that sends them knows.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::compose;
use super::journey::at_hand;
use super::slips::{self, Slip};
use super::typing::{AtHand, Place, Ty, Typed, Typer, describe, narrow, text_type};
use super::{Resolver, again};
use crate::ast::expression::{Expr as Raw, ExprKind, Stmt, SyntaxFault};
use crate::ast::limits::{self, Email};
use crate::ast::{Kind, Named, Text, jinja};
use crate::diag::{Code, Diagnostic};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{self, Again, Expr, Name, Type};
use crate::mjml::{self, FaultKind};
use crate::text::ScalarMap;

impl Resolver<'_> {
    pub(super) fn emails(&mut self) {
        let events = self.events_of_senders();
        let unsent = AtHand::Nothing("no journey sends this mail".to_owned());
        let event = |name: &str| events.get(name).unwrap_or(&unsent);
        let emails = self.files.iter().flat_map(|file| &file.emails);
        let emails: Vec<_> = emails.filter(|named| self.is_first(Kind::Email, &named.name)).collect();
        let done = self.each(&emails, |resolver, named| resolver.email(named, event(&named.name)));
        self.out.emails.extend(emails.iter().map(|named| named.name.value.clone()).zip(done));
        let messages = self.files.iter().flat_map(|file| &file.messages);
        let messages: Vec<_> = messages.filter(|named| self.is_first(Kind::Message, &named.name)).collect();
        let done = self.each(&messages, |resolver, named| resolver.message(named, event(&named.name)));
        self.out.messages.extend(messages.iter().map(|named| named.name.value.clone()).zip(done));
    }

    fn email(&mut self, named: &Named<Email>, event: &AtHand) -> ir::Email {
        let def = &named.def;
        let topic = self.ask(Kind::Topic, &def.topic).unwrap_or_else(|| def.topic.value.clone());
        let sender = self.ask(Kind::Sender, &def.sender).unwrap_or_else(|| def.sender.value.clone());
        for text in [Some(&def.subject), def.preheader.as_ref()].into_iter().flatten() {
            self.template(text, event);
        }
        self.names.links.clear();
        let body = self.body(&def.body.value, def.body.span, event);
        let mut confirms = self.names.links.contains("confirm_url");
        self.names.links.clear();
        let text = def.text.as_ref().and_then(|path| self.template_file(path, &["txt"], event));
        confirms &= text.is_none() || self.names.links.contains("confirm_url");
        if confirms {
            self.names.confirming.insert(named.name.value.clone());
        }
        let appeal = def.appeal.unwrap_or_default();
        let factor = |factor: Option<crate::ast::quantity::Factor>| factor.map_or(1.0, |factor| factor.factor);
        ir::Email {
            label: def.label.clone(),
            topic,
            sender,
            subject: def.subject.value.clone(),
            preheader: def.preheader.as_ref().map(|text| text.value.clone()),
            body,
            text,
            attachments: def.attachments.iter().flatten().map(|path| path.value.clone()).collect(),
            repeat: def.repeat.as_ref().map_or(Again::Always, |value| again(value.value)),
            open_factor: factor(appeal.open),
            click_factor: factor(appeal.click),
            origin: named.name.span.into(),
        }
    }

    /// The event that is at hand in each mail that is sent: the entry event, if every journey that sends the mail has
    /// the same.
    fn events_of_senders(&self) -> BTreeMap<Name, AtHand> {
        let actions = || self.out.journeys.values().flat_map(|journey| &journey.steps).map(|step| &step.action);
        let started: BTreeSet<&str> = actions()
            .filter_map(|action| match action {
                Action::Start { journey } => Some(journey.as_str()),
                _ => None,
            })
            .collect();
        let mut found: BTreeMap<Name, AtHand> = BTreeMap::new();
        for (name, journey) in &self.out.journeys {
            let here = sender_event(name, &journey.entry.by, started.contains(name.as_str()));
            let sent: BTreeSet<&Name> = journey
                .steps
                .iter()
                .filter_map(|step| match &step.action {
                    Action::Send { content, .. } => Some(content),
                    _ => None,
                })
                .collect();
            for content in sent {
                let both = match found.remove(content) {
                    Some(before) => both_at_hand(before, here.clone()),
                    None => here.clone(),
                };
                found.insert(content.clone(), both);
            }
        }
        for (name, topic) in &self.out.topics {
            for (email, _) in topic.confirmation.iter().flat_map(ir::Confirmation::emails) {
                found.insert(
                    email.clone(),
                    AtHand::Nothing(format!("the topic `{name}` sends it to ask for a confirmation")),
                );
            }
        }
        found
    }

    fn body(&mut self, body: &limits::Body, span: crate::text::Span, event: &AtHand) -> ir::Body {
        match body {
            limits::Body::Markdown(text) => ir::Body::Markdown(self.composed(text, event, Form::Plain)),
            limits::Body::Html(text) => ir::Body::Html(self.composed(text, event, Form::Plain)),
            limits::Body::Mjml(text) => ir::Body::Mjml(self.composed(text, event, Form::Mjml)),
            limits::Body::File(path) => {
                let path = Text { value: path.clone(), span };
                let source = self.template_file(&path, &["html", "md", "mjml"], event).unwrap_or_default();
                match path.rsplit_once('.') {
                    Some((_, "md")) => ir::Body::Markdown(source),
                    Some((_, "mjml")) => ir::Body::Mjml(source),
                    Some(_) | None => ir::Body::Html(source),
                }
            }
        }
    }

    fn template_file(&mut self, path: &Text, endings: &[&str], event: &AtHand) -> Option<String> {
        if !endings.iter().any(|ending| path.ends_with(&format!(".{ending}"))) {
            let known = endings.iter().map(|ending| format!("`.{ending}`")).collect::<Vec<_>>().join(" or ");
            let message = format!("`{}` does not end in {known}", path.value);
            self.sink.push(Diagnostic::new(Code::InvalidValue, path.span, message));
            return None;
        }
        match self.attachments.templates.get(&path.value)? {
            Ok(file) => {
                let text = &self.sources.file(*file).text;
                let form = if path.ends_with(".mjml") { Form::Mjml } else { Form::Plain };
                let text = self.put_together(text, ScalarMap::whole(*file, text), Some(path), event, form);
                Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
            }
            Err(why) => {
                let message = format!("the template `{}` cannot be read: {why}", path.value);
                self.sink.push(Diagnostic::new(Code::UnreadableFile, path.span, message));
                None
            }
        }
    }

    /// A body that stands in YAML, with what it includes.
    fn composed(&mut self, text: &Text, event: &AtHand, form: Form) -> String {
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        self.put_together(text, map, None, event, form)
    }

    /// A body with what it includes, typed and held against the rules of how it is written. Empty if it cannot be put
    /// together.
    fn put_together(
        &mut self,
        text: &str,
        map: ScalarMap<'_>,
        path: Option<&str>,
        event: &AtHand,
        form: Form,
    ) -> String {
        let Some(composed) = compose(text, map, path, (self.attachments, self.sources), self.sink) else {
            return String::new();
        };
        let is_whole = composed.is_whole;
        let map = ScalarMap::composed(&composed.text, composed.parts);
        self.template_text(&composed.text, &map, event);
        // Half a mail has faults that only follow from what is missing.
        if form == Form::Mjml && is_whole {
            for fault in mjml::faults(&composed.text) {
                let code = match fault.kind {
                    FaultKind::Syntax => Code::MjmlSyntax,
                    FaultKind::Unknown => Code::UnknownMjml,
                    FaultKind::Misplaced => Code::MisplacedMjml,
                };
                let finding = Diagnostic::new(code, map.span(fault.at.start, fault.at.end), fault.message);
                self.sink.push(if fault.help.is_empty() { finding } else { finding.help(fault.help) });
            }
        }
        composed.text
    }

    /// Checks a template that stands in YAML.
    pub(super) fn template(&mut self, text: &Text, event: &AtHand) {
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        self.template_text(text, &map, event);
    }

    fn template_text(&mut self, text: &str, map: &ScalarMap<'_>, event: &AtHand) {
        match jinja::template(text) {
            Ok(stmts) => {
                let typer = Typer::new(&mut self.names, self.sink, map, Place::Template, event.clone());
                Template { typer }.block(&stmts);
            }
            Err(fault) => {
                let slip = slips::of_template(text, &fault.at).unwrap_or_else(|| {
                    let (message, help) = template_fault(text, &fault);
                    Slip { at: fault.at, message, help }
                });
                let span = map.span(slip.at.start, slip.at.end);
                self.sink.push(Diagnostic::new(Code::TemplateSyntax, span, slip.message).help(slip.help));
            }
        }
    }
}

/// How a text is written, beside being a template.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Mjml,
}

/// A fault of a template in our words, and the way out.
pub(super) fn template_fault(text: &str, fault: &SyntaxFault) -> (String, String) {
    let said = fault.message.as_str();
    let (before, rest) = (text.get(..fault.at.start).unwrap_or(""), text.get(fault.at.start..).unwrap_or(""));
    if before.trim_end().ends_with("else") && rest.starts_with("if") {
        return ("`else if` is one word in templates".to_owned(), "write `elif`".to_owned());
    }
    if rest.starts_with(':') && before.rsplit("{{").next().is_some_and(|inside| inside.contains('|')) {
        let help = "write `| default(\"…\")`".to_owned();
        return ("arguments of a filter stand in brackets, not behind a colon".to_owned(), help);
    }
    if let Some(word) = said.strip_prefix("unclosed block ") {
        return ("this block is never closed".to_owned(), format!("close it with `{{% end{word} %}}`"));
    }
    if let Some(word) = said.strip_prefix("unknown statement ") {
        return if matches!(word, "endif" | "endfor" | "else" | "elif" | "endset" | "endwith") {
            let opener = if word == "endfor" { "for" } else { word.strip_prefix("end").unwrap_or("if") };
            let help = format!("open it with `{{% {opener} … %}}`, or remove it");
            (format!("`{{% {word} %}}` belongs to nothing that is open"), help)
        } else {
            let help = "statements are `if`, `for`, `set` and `with`; values are printed by `{{ … }}`";
            (format!("there is no statement `{word}`"), help.to_owned())
        };
    }
    if said == "unexpected end of input, expected end of block" {
        let help = "close it with `{% endif %}` or `{% endfor %}`";
        return ("a block is opened here or before, and never closed".to_owned(), help.to_owned());
    }
    let said = said.replace("end of variable block", "`}}`").replace("end of block", "`%}`");
    let help = "values are printed by `{{ company }}`, and blocks look like `{% if … %}…{% endif %}`";
    (format!("this template cannot be read: {said}"), help.to_owned())
}

/// The event at hand in a mail that a journey sends.
fn sender_event(journey: &str, entry: &EntryBy, is_started: bool) -> AtHand {
    match at_hand(entry) {
        AtHand::Nothing(_) => {
            AtHand::Nothing(format!("the journey `{journey}`, which sends it, is not entered by an event"))
        }
        AtHand::Event(_) if is_started => {
            AtHand::Nothing(format!("the journey `{journey}`, which sends it, is also entered by a `start` step"))
        }
        event => event,
    }
}

/// The event at hand where either of two journeys may be the sender.
fn both_at_hand(one: AtHand, other: AtHand) -> AtHand {
    match (one, other) {
        (AtHand::Event(first), AtHand::Event(second)) if first == second => AtHand::Event(first),
        (AtHand::Event(first), AtHand::Event(second)) => {
            AtHand::Nothing(format!("one journey that sends it is entered by `{first}`, another by `{second}`"))
        }
        (nothing @ AtHand::Nothing(_), _) | (_, nothing) => nothing,
    }
}

struct Template<'a> {
    typer: Typer<'a>,
}

impl Template<'_> {
    fn block(&mut self, stmts: &[Stmt]) {
        let locals = self.typer.locals.len();
        stmts.iter().for_each(|stmt| self.stmt(stmt));
        self.typer.locals.truncate(locals);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Raw(..) => {}
            Stmt::Print(raw) => self.print(raw),
            Stmt::If { test, then, otherwise } => self.choose(test, then, otherwise),
            Stmt::For { target, iter, filter, body, otherwise } => {
                self.each(target, iter, filter.as_ref(), body);
                self.block(otherwise);
            }
            Stmt::Set { target, value } => self.assign(target, value),
            Stmt::With { assignments, body } => {
                let locals = self.typer.locals.len();
                assignments.iter().for_each(|(target, value)| self.assign(target, value));
                self.block(body);
                self.typer.locals.truncate(locals);
            }
            Stmt::Unsupported(words, at) => {
                let message = format!("templates do not have {words} yet");
                let finding = self.typer.fault(Code::UnsupportedTemplate, at, message);
                self.typer.sink.push(finding);
            }
        }
    }

    fn print(&mut self, raw: &Raw) {
        let typed = self.typer.expr(raw);
        if typed.ty == Ty::Unknown || !typed.optional {
            return;
        }
        let text = self.source_text(&typed);
        let message = format!("`{text}` may be absent, and nothing stands in for it");
        let finding = Diagnostic::new(Code::OptionalWithoutFallback, self.typer.span(&raw.at), message)
            .here("may be absent")
            .help(format!("write `{text} | default(\"…\")`, or print it inside `{{% if {text} %}}`"));
        let finding = match typed.declared {
            Some(span) => finding.also(span, "optional here"),
            None => finding,
        };
        self.typer.sink.push(finding);
    }

    fn source_text(&self, typed: &Typed) -> String {
        typed.expr.to_string()
    }

    fn choose(&mut self, test: &Raw, then: &[Stmt], otherwise: &[Stmt]) {
        let test = self.typer.condition(test);
        let before = self.typer.present.clone();
        narrow(&test, true, &mut self.typer.present);
        self.block(then);
        self.typer.present = before.clone();
        narrow(&test, false, &mut self.typer.present);
        self.block(otherwise);
        self.typer.present = before;
    }

    fn each(&mut self, target: &Raw, iter: &Raw, filter: Option<&Raw>, body: &[Stmt]) {
        let over = self.typer.expr(iter);
        let item = match &over.ty {
            Ty::Of(Type::Set { values }) => Typed::of(Expr::Absent, Type::Enum { values: values.clone() }, &target.at),
            Ty::List(items) => items.first().cloned().unwrap_or_else(|| Typed::unknown(&target.at)),
            Ty::Items(catalog) => Typed { ty: Ty::Item(catalog.clone()), ..Typed::unknown(&target.at) },
            Ty::Unknown => Typed::unknown(&target.at),
            Ty::Of(_) | Ty::Absent | Ty::Item(_) => {
                let message = format!("a loop goes over a set or a list, not over {}", describe(&over));
                let finding = self.typer.fault(Code::TypeMismatch, &over.at, message);
                self.typer.give_up(finding, &over.at)
            }
        };
        let locals = self.typer.locals.len();
        self.bind(target, item);
        self.typer.locals.push(("loop".to_owned(), Typed::of(Expr::Absent, text_type(), &target.at)));
        if let Some(filter) = filter {
            self.typer.condition(filter);
        }
        self.block(body);
        self.typer.locals.truncate(locals);
    }

    fn assign(&mut self, target: &Raw, value: &Raw) {
        let typed = self.typer.expr(value);
        self.bind(target, typed);
    }

    fn bind(&mut self, target: &Raw, typed: Typed) {
        let ExprKind::Name(name) = &target.kind else {
            let finding =
                self.typer.fault(Code::UnsupportedTemplate, &target.at, "only one variable can be set at a time");
            self.typer.sink.push(finding);
            return;
        };
        self.typer.locals.push((name.clone(), typed));
    }
}
