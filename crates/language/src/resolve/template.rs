//! Emails and messages: their templates, typed with what every journey that sends them knows.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::compose;
use super::journey::at_hand;
use super::slips::{self, Slip};
use super::typing::{AtHand, Place, Ty, Typed, Typer, describe, narrow, text_type};
use super::{Resolver, again, texts};
use crate::ast::expression::{Expr as Raw, ExprKind, Operator, Stmt, SyntaxFault};
use crate::ast::limits::{self, Email};
use crate::ast::{Kind, Named, Text, jinja};
use crate::diag::{Code, Diagnostic};
use crate::html::{inline, inline_of_mjml};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::mail::{Bare, BodyFormat, MailTexts, Print, TextAt, ValueOrigin, Variable, WorstSize};
use crate::ir::value::TextFormat;
use crate::ir::{self, Again, Expr, Name, Type};
use crate::mjml::{self, FaultKind};
use crate::text::{ScalarMap, Span, nearest};

impl Resolver<'_> {
    pub(super) fn emails(&mut self) {
        let events = self.events_of_senders();
        let unsent = AtHand::Nothing("no journey sends this mail".to_owned());
        // A step that could not be read, or that names something else by a slip, may send it.
        let kinds = [Kind::Email, Kind::Message];
        let any_in_doubt = kinds.iter().any(|kind| self.names.unsure_kinds.contains(kind));
        let files = self.files.iter();
        let names = files.flat_map(|file| texts(&file.emails).into_iter().chain(texts(&file.messages)));
        let in_doubt = |name: &str| any_in_doubt || self.names.may_exist(name) || self.names.meant.contains(name);
        let doubtful: BTreeSet<&str> = names.map(|name| name.as_str()).filter(|name| in_doubt(name)).collect();
        let event = |name: &str| match events.get(name) {
            None if doubtful.contains(name) => &AtHand::Unread,
            of_senders => of_senders.unwrap_or(&unsent),
        };
        let emails = self.files.iter().flat_map(|file| &file.emails);
        let emails: Vec<_> = emails.filter(|named| self.is_first(Kind::Email, &named.name)).collect();
        let done = self.each(&emails, |resolver, named| resolver.email(named, event(&named.name)));
        for (named, (email, texts)) in emails.iter().zip(done) {
            self.out.emails.insert(named.name.value.clone(), email);
            self.mails.insert(named.name.value.clone(), texts);
        }
        let messages = self.files.iter().flat_map(|file| &file.messages);
        let messages: Vec<_> = messages.filter(|named| self.is_first(Kind::Message, &named.name)).collect();
        let done = self.each(&messages, |resolver, named| resolver.message(named, event(&named.name)));
        self.out.messages.extend(messages.iter().map(|named| named.name.value.clone()).zip(done));
    }

    fn email(&mut self, named: &Named<Email>, event: &AtHand) -> (ir::Email, MailTexts) {
        let def = &named.def;
        let topic = self.ask(Kind::Topic, &def.topic).unwrap_or_else(|| def.topic.value.clone());
        let sender = self.ask(Kind::Sender, &def.sender).unwrap_or_else(|| def.sender.value.clone());
        let mut others = Seen::default();
        for text in [Some(&def.subject), def.preheader.as_ref()].into_iter().flatten() {
            others.extend(self.template(text, event));
        }
        self.names.links.clear();
        let (body, body_at, seen) = self.body(&def.body.value, def.body.span, event);
        let mut confirms = self.names.links.contains("confirm_url");
        self.names.links.clear();
        let mut text = def.text.as_ref().and_then(|path| self.template_file(path, &["txt"], event));
        if let Some(text) = &mut text {
            others.extend(std::mem::take(&mut text.seen));
        }
        let attachments: Vec<(String, Span)> =
            def.attachments.iter().flatten().map(|path| (path.value.clone(), path.span)).collect();
        attachments.iter().for_each(|(path, span)| self.attached(path, *span));
        let texts = MailTexts {
            subject: self.text_at(&def.subject),
            preheader: def.preheader.as_ref().map(|text| self.text_at(text)),
            format: match body {
                ir::Body::Html(_) => BodyFormat::Html,
                ir::Body::Markdown(_) => BodyFormat::Markdown,
                ir::Body::Mjml(_) => BodyFormat::Mjml,
            },
            is_file: matches!(def.body.value, limits::Body::File(_)),
            body: body_at,
            text: text.as_ref().and_then(|text| text.at.clone()),
            size: seen.size,
            prints: seen.prints,
            other_prints: others.prints,
            attachments,
            variables: seen.variables.into_iter().chain(others.variables).collect(),
        };
        let text = text.map(|done| done.text);
        confirms &= text.is_none() || self.names.links.contains("confirm_url");
        if confirms {
            self.names.confirming.insert(named.name.value.clone());
        }
        let appeal = def.appeal.unwrap_or_default();
        let factor = |factor: Option<crate::ast::quantity::Factor>| factor.map_or(1.0, |factor| factor.factor);
        let email = ir::Email {
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
        };
        (email, texts)
    }

    /// A file that goes with a mail.
    fn attached(&mut self, path: &str, span: Span) {
        if let Some(Err(why)) = self.attachments.mail_files.get(path) {
            let message = format!("the attachment `{path}` cannot be read: {why}");
            self.sink.push(Diagnostic::new(Code::UnreadableFile, span, message));
        }
    }

    fn text_at(&self, text: &Text) -> TextAt {
        TextAt::new(text, text.span, self.sources.slice(text.span))
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

    fn body(&mut self, body: &limits::Body, span: Span, event: &AtHand) -> (ir::Body, Option<TextAt>, Seen) {
        match body {
            limits::Body::Markdown(text) => {
                let done = self.composed(text, event, Form::Plain);
                (ir::Body::Markdown(done.text), done.at, done.seen)
            }
            limits::Body::Html(text) => {
                let done = self.composed(text, event, Form::Html);
                (ir::Body::Html(done.text), done.at, done.seen)
            }
            limits::Body::Mjml(text) => {
                let done = self.composed(text, event, Form::Mjml);
                (ir::Body::Mjml(done.text), done.at, done.seen)
            }
            limits::Body::File(path) => {
                let path = Text { value: path.clone(), span };
                let done = self.template_file(&path, &["html", "md", "mjml"], event).unwrap_or_default();
                let body = match path.rsplit_once('.') {
                    Some((_, "md")) => ir::Body::Markdown(done.text),
                    Some((_, "mjml")) => ir::Body::Mjml(done.text),
                    Some(_) | None => ir::Body::Html(done.text),
                };
                (body, done.at, done.seen)
            }
        }
    }

    fn template_file(&mut self, path: &Text, endings: &[&str], event: &AtHand) -> Option<Done> {
        if !endings.iter().any(|ending| path.ends_with(&format!(".{ending}"))) {
            let known = endings.iter().map(|ending| format!("`.{ending}`")).collect::<Vec<_>>().join(" or ");
            let message = format!("`{}` does not end in {known}", path.value);
            self.sink.push(Diagnostic::new(Code::InvalidValue, path.span, message));
            return None;
        }
        match self.attachments.templates.get(&path.value)? {
            Ok(file) => {
                let text = &self.sources.file(*file).text;
                let form = match path.rsplit_once('.') {
                    Some((_, "mjml")) => Form::Mjml,
                    Some((_, "html")) => Form::Html,
                    Some(_) | None => Form::Plain,
                };
                let done = self.put_together(text, ScalarMap::whole(*file, text), Some(path), event, form);
                let text = done.text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
                Some(Done { text, ..done })
            }
            Err(why) => {
                let message = format!("the template `{}` cannot be read: {why}", path.value);
                self.sink.push(Diagnostic::new(Code::UnreadableFile, path.span, message));
                None
            }
        }
    }

    /// A body that stands in YAML, with what it includes.
    fn composed(&mut self, text: &Text, event: &AtHand, form: Form) -> Done {
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        self.put_together(text, map, None, event, form)
    }

    /// A body with what it includes, typed and held against the rules of how it is written. Empty if it cannot be put
    /// together.
    fn put_together(&mut self, text: &str, map: ScalarMap<'_>, path: Option<&str>, event: &AtHand, form: Form) -> Done {
        let Some(composed) = compose(text, map, path, (self.attachments, self.sources), self.sink) else {
            return Done::default();
        };
        let is_whole = composed.is_whole;
        let at = TextAt::composed(&composed.text, &composed.parts);
        let map = ScalarMap::composed(&composed.text, composed.parts);
        let mut seen = self.template_text(&composed.text, &map, event);
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
        // What MJML adds counts, and what style sheets put into elements.
        let html = match form {
            Form::Mjml => mjml::to_html(&composed.text).ok().map(|html| inline_of_mjml(&html, &composed.text)),
            Form::Html if composed.text.contains("<style") => Some(inline(&composed.text)),
            Form::Html | Form::Plain => None,
        };
        if let Some(html) = html {
            seen.size = html_size(&html, &seen);
        }
        Done { text: composed.text, at: Some(at), seen }
    }

    /// Checks a template that stands in YAML.
    pub(super) fn template(&mut self, text: &Text, event: &AtHand) -> Seen {
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        self.template_text(text, &map, event)
    }

    fn template_text(&mut self, text: &str, map: &ScalarMap<'_>, event: &AtHand) -> Seen {
        match jinja::template(text) {
            Ok(stmts) => {
                let typer = Typer::new(&mut self.names, self.sink, map, Place::Template, event.clone());
                let mut template = Template { typer, seen: Seen::default(), captured: Vec::new() };
                template.seen.size.bytes = template.block(&stmts);
                template.seen_all()
            }
            Err(fault) => {
                let slip = slips::of_template(text, &fault.at).unwrap_or_else(|| {
                    let (message, help) = template_fault(text, &fault);
                    Slip { at: fault.at, message, help }
                });
                let span = map.span(slip.at.start, slip.at.end);
                self.sink.push(Diagnostic::new(Code::TemplateSyntax, span, slip.message).help(slip.help));
                Seen::default()
            }
        }
    }
}

/// How a text is written, beside being a template.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Html,
    Mjml,
}

/// A text that was put together.
#[derive(Default)]
struct Done {
    /// The text; empty if something is wrong with it.
    text: String,
    /// The same with its places, byte for byte as in the files.
    at: Option<TextAt>,
    seen: Seen,
}

/// What a template prints, and how long it can be.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    size: WorstSize,
    prints: Vec<Print>,
    variables: Vec<Variable>,
    /// What loops go over, as it is written: where it stands, and how often they can turn.
    loops: BTreeMap<String, (Span, usize)>,
    /// Variables that `set` blocks set, and how long these can be.
    captured: BTreeMap<String, usize>,
}

impl Seen {
    /// What another text of the same mail prints and sets.
    fn extend(&mut self, other: Seen) {
        self.prints.extend(other.prints);
        self.variables.extend(other.variables);
    }
}

/// What a statement can begin with.
const STATEMENTS: [&str; 15] = [
    "if", "elif", "else", "endif", "for", "endfor", "set", "with", "endwith", "block", "endblock", "extends",
    "include", "macro", "endmacro",
];

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
            let near = nearest(word, STATEMENTS.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let usual = || "statements are `if`, `for`, `set` and `with`; values are printed by `{{ … }}`".to_owned();
            (format!("there is no statement `{word}`"), near.unwrap_or_else(usual))
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
    seen: Seen,
    /// What `set` blocks hold, the innermost last.
    captured: Vec<Captured>,
}

/// What a `set` block holds.
struct Captured {
    name: String,
    /// How long it can be.
    bytes: usize,
    /// The worst that it holds.
    origin: ValueOrigin,
}

impl Template<'_> {
    /// Gives the most bytes that it can come to, as all of these do.
    fn block(&mut self, stmts: &[Stmt]) -> usize {
        let locals = self.typer.locals.len();
        let bytes = stmts.iter().map(|stmt| self.stmt(stmt)).fold(0, usize::saturating_add);
        self.typer.locals.truncate(locals);
        bytes
    }

    fn stmt(&mut self, stmt: &Stmt) -> usize {
        match stmt {
            Stmt::Raw(text, _) => return text.len(),
            Stmt::Print(raw) => {
                self.print(raw);
                return self.captured(raw).map_or(WorstSize::VALUE_BYTES, |held| held.bytes);
            }
            Stmt::If { test, then, otherwise } => return self.choose(test, then, otherwise),
            Stmt::For { target, iter, filter, body, otherwise } => {
                let turned = self.each(target, iter, filter.as_ref(), body);
                return turned.max(self.block(otherwise));
            }
            Stmt::Set { target, value } => self.assign(target, value),
            Stmt::SetBlock { target, body } => self.capture(target, body),
            Stmt::With { assignments, body } => {
                let locals = self.typer.locals.len();
                assignments.iter().for_each(|(target, value)| self.assign(target, value));
                let bytes = self.block(body);
                self.typer.locals.truncate(locals);
                return bytes;
            }
            Stmt::Unsupported(words, at) => {
                let finding = self.typer.fault(Code::UnsupportedTemplate, at, format!("templates do not have {words}"));
                let help = match *words {
                    "`filter` blocks" | "filters on `set` blocks" => {
                        "put the filter to each value, as in `{{ company | upper }}`: on a block it would change its HTML as well"
                    }
                    "`do`" => "set a variable, or print the value",
                    _ => "",
                };
                self.typer.sink.push(if help.is_empty() { finding } else { finding.help(help) });
            }
        }
        0
    }

    fn print(&mut self, raw: &Raw) {
        let typed = self.typer.expr(raw);
        if typed.ty == Ty::Unknown {
            return;
        }
        let bare = self.bare(raw, &typed.ty);
        self.seen.prints.push(Print {
            at: raw.at.clone(),
            span: self.typer.span(&raw.at),
            text: typed.expr.to_string(),
            begins: begins(&typed.expr),
            origin: self.captured(raw).map_or_else(|| origin(&typed), |held| held.origin),
            safe_at: unescaped(raw).map(|at| self.typer.span(at)),
            bare,
        });
        if typed.ty == Ty::Of(Type::Boolean) {
            let message = "this prints the bare word `true` or `false`";
            let finding = Diagnostic::new(Code::BooleanPrinted, self.typer.span(&raw.at), message);
            self.typer.sink.push(finding.help("say it in words: `{{ \"yes\" if … else \"no\" }}`"));
        }
        if !typed.optional {
            return;
        }
        // Of texts that are joined, the part that may be absent.
        let is_joined = matches!(&raw.kind, ExprKind::Binary { op: Operator::Concat, .. });
        let at = if is_joined { &typed.at } else { &raw.at };
        let text = if is_joined { self.typer.map.text(at).to_owned() } else { self.source_text(&typed) };
        let message = format!("`{text}` may be absent, and nothing stands in for it");
        // A filter binds more tightly than any operator.
        let is_whole = matches!(typed.expr, Expr::Arithmetic { .. }) && !is_joined;
        let whole = if is_whole { format!("({text})") } else { text.clone() };
        let finding = Diagnostic::new(Code::OptionalWithoutFallback, self.typer.span(at), message)
            .here("may be absent")
            .help(format!("write `{whole} | default(\"…\")`, or print it inside `{{% if {text} %}}`"));
        let finding = match typed.declared {
            Some(span) => finding.also(span, "optional here"),
            None => finding,
        };
        self.typer.sink.push(finding);
    }

    /// What is printed as programs write it: a value that no filter has put into words, unless it is absent.
    fn bare(&mut self, raw: &Raw, ty: &Ty) -> Option<Bare> {
        match (&raw.kind, ty) {
            (ExprKind::Filter { of: Some(of), name, .. }, _)
                if matches!(name.text.as_str(), "default" | "d" | "safe" | "escape" | "e") =>
            {
                let ty = self.typer.expr(of).ty;
                self.bare(of, &ty)
            }
            (_, Ty::Of(Type::Date)) => Some(Bare::Date),
            (_, Ty::Of(Type::Datetime)) => Some(Bare::Instant),
            (_, Ty::Of(Type::Number { money: true })) => Some(Bare::Money),
            (_, Ty::Of(Type::Set { .. }) | Ty::List(_) | Ty::Items(_)) => Some(Bare::Several),
            (_, Ty::Of(_) | Ty::Absent | Ty::Item(_) | Ty::Unknown) => None,
        }
    }

    /// What was seen, with the variables that are set and those of them that are read.
    fn seen_all(mut self) -> Seen {
        for variable in &mut self.seen.variables {
            variable.is_read = self.typer.read_locals.contains(&variable.name);
        }
        self.seen
    }

    fn source_text(&self, typed: &Typed) -> String {
        typed.expr.to_string()
    }

    fn choose(&mut self, test: &Raw, then: &[Stmt], otherwise: &[Stmt]) -> usize {
        let test = self.typer.condition(test);
        let before = self.typer.present.clone();
        narrow(&test, true, &mut self.typer.present);
        let then = self.block(then);
        self.typer.present = before.clone();
        narrow(&test, false, &mut self.typer.present);
        let otherwise = self.block(otherwise);
        self.typer.present = before;
        then.max(otherwise)
    }

    fn each(&mut self, target: &Raw, iter: &Raw, filter: Option<&Raw>, body: &[Stmt]) -> usize {
        let over = self.typer.expr(iter);
        let turns = turns(&over.ty, iter);
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
        let bytes = self.block(body).saturating_mul(turns);
        self.typer.locals.truncate(locals);
        let written = self.typer.map.text(&iter.at).to_owned();
        let known = self.seen.loops.entry(written).or_insert((self.typer.span(&iter.at), turns));
        known.1 = known.1.max(turns);
        if self.seen.size.loop_at.is_none_or(|(_, most, _)| most < bytes) {
            self.seen.size.loop_at = Some((self.typer.span(&iter.at), bytes, turns));
        }
        bytes
    }

    fn assign(&mut self, target: &Raw, value: &Raw) {
        let typed = self.typer.expr(value);
        self.sets(target);
        self.bind(target, typed);
    }

    /// `{% set a %}…{% endset %}`: text of its own.
    fn capture(&mut self, target: &Raw, body: &[Stmt]) {
        let before = self.seen.prints.len();
        let bytes = self.block(body);
        let held = self.seen.prints.get(before..).unwrap_or(&[]).iter().map(|print| print.origin);
        let origin = held.max().unwrap_or(ValueOrigin::Campaign);
        self.sets(target);
        self.bind(target, Typed::of(Expr::Absent, text_type(), &target.at));
        if let ExprKind::Name(name) = &target.kind {
            let longest = self.seen.captured.entry(name.clone()).or_default();
            *longest = bytes.max(*longest);
            self.captured.push(Captured { name: name.clone(), bytes, origin });
        }
    }

    /// What a printed variable holds, if a `set` block has set it.
    fn captured(&self, raw: &Raw) -> Option<&Captured> {
        let ExprKind::Name(name) = &raw.kind else { return None };
        self.captured.iter().rev().find(|held| held.name == *name)
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

    /// Remembers that a variable is set.
    fn sets(&mut self, target: &Raw) {
        let ExprKind::Name(name) = &target.kind else { return };
        // Those of macros are parameters.
        if !self.typer.map.was_taken(&target.at) {
            return;
        }
        let span = self.typer.span(&target.at);
        self.seen.variables.push(Variable { name: name.clone(), span, is_read: false });
    }
}

/// The most bytes that a body comes to in HTML: each turn of a loop brings what MJML and style sheets add to it. Loops are known again by
/// what they go over.
fn html_size(html: &str, seen: &Seen) -> WorstSize {
    let Ok(stmts) = jinja::template(html) else {
        // Longer than a template may be: what is added is counted once.
        return WorstSize { bytes: seen.size.bytes.max(html.len()), ..seen.size.clone() };
    };
    let mut size = WorstSize::default();
    size.bytes = html_bytes(&stmts, html, seen, &mut size);
    size
}

fn html_bytes(stmts: &[Stmt], html: &str, seen: &Seen, size: &mut WorstSize) -> usize {
    let mut total = 0_usize;
    for stmt in stmts {
        total = total.saturating_add(match stmt {
            Stmt::Raw(text, _) => text.len(),
            Stmt::Print(Raw { kind: ExprKind::Name(name), .. }) => {
                seen.captured.get(name).copied().unwrap_or(WorstSize::VALUE_BYTES)
            }
            Stmt::Print(_) => WorstSize::VALUE_BYTES,
            Stmt::If { then, otherwise, .. } => {
                html_bytes(then, html, seen, size).max(html_bytes(otherwise, html, seen, size))
            }
            Stmt::For { iter, body, otherwise, .. } => {
                let written = html.get(iter.at.clone()).unwrap_or_default();
                let (span, turns) = seen.loops.get(written).map_or((None, 1), |(span, turns)| (Some(*span), *turns));
                let bytes = html_bytes(body, html, seen, size).saturating_mul(turns);
                if let Some(span) = span.filter(|_| size.loop_at.is_none_or(|(_, most, _)| most < bytes)) {
                    size.loop_at = Some((span, bytes, turns));
                }
                bytes.max(html_bytes(otherwise, html, seen, size))
            }
            Stmt::With { body, .. } => html_bytes(body, html, seen, size),
            // A captured text counts where it is printed.
            Stmt::Set { .. } | Stmt::SetBlock { .. } | Stmt::Unsupported(..) => 0,
        });
    }
    total
}

/// How often a loop can turn. What is not known counts as one.
fn turns(over: &Ty, iter: &Raw) -> usize {
    /// What `recommend` gives unless it is told how many.
    const RECOMMENDED: i64 = 3;
    match over {
        Ty::Of(Type::Set { values }) => values.len().max(1),
        Ty::List(items) => items.len(),
        Ty::Items(_) => {
            let counts = match &iter.kind {
                ExprKind::Call { args, .. } => args.named.iter().find(|(word, _)| word.text == "count"),
                _ => None,
            };
            let count = counts.and_then(|(_, value)| match value.kind {
                ExprKind::Int(count) => Some(count),
                _ => None,
            });
            usize::try_from(count.unwrap_or(RECOMMENDED)).unwrap_or(1)
        }
        Ty::Of(_) | Ty::Absent | Ty::Item(_) | Ty::Unknown => 1,
    }
}

/// Where the value of a typed expression comes from.
fn origin(typed: &Typed) -> ValueOrigin {
    let format = match &typed.ty {
        Ty::Of(Type::Text { format }) => *format,
        Ty::Of(Type::Integer | Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime) => {
            return ValueOrigin::Figure;
        }
        Ty::Of(Type::Enum { .. } | Type::Set { .. })
        | Ty::Absent
        | Ty::List(_)
        | Ty::Item(_)
        | Ty::Items(_)
        | Ty::Unknown => return ValueOrigin::Campaign,
    };
    let (mut is_typed, mut is_name) = (false, false);
    typed.expr.visit(&mut |part| match part {
        // Fields of items are named by the variable that holds the item: `product.title`.
        Expr::Field { name } if !name.contains('.') => {
            is_typed |= name != "id";
            is_name |= is_of_a_person(name);
        }
        Expr::EventProperty { .. } | Expr::EntryProperty { .. } => is_typed = true,
        _ => {}
    });
    match (is_typed, format) {
        (false, _) => ValueOrigin::Campaign,
        (true, TextFormat::Url) => ValueOrigin::Address,
        (true, TextFormat::Email | TextFormat::Phone) => ValueOrigin::Personal,
        (true, TextFormat::Country) => ValueOrigin::Figure,
        (true, TextFormat::Plain) if is_name => ValueOrigin::Personal,
        (true, TextFormat::Plain) => ValueOrigin::Typed,
    }
}

/// What a value begins with in any case.
fn begins(expr: &Expr) -> String {
    match expr {
        Expr::Const { value: ir::Value::Text(text) } => text.clone(),
        Expr::Filter { filter: ir::expr::Filter::Default, of, .. } => begins(of),
        _ => String::new(),
    }
}

/// Whether a field of this name holds the name, the address or the number of a person.
fn is_of_a_person(field: &str) -> bool {
    let names =
        ["name", "first_name", "last_name", "full_name", "given_name", "family_name", "氏名", "名前", "姓", "名"];
    names.contains(&field) || matches!(field, "email" | "phone" | "電話番号" | "メールアドレス")
}

/// Where `safe` stands in what is printed.
fn unescaped(raw: &Raw) -> Option<&std::ops::Range<usize>> {
    match &raw.kind {
        ExprKind::Filter { name, .. } if name.text == "safe" => Some(&name.at),
        ExprKind::Filter { of: Some(of), .. } => unescaped(of),
        ExprKind::If { then, otherwise, .. } => unescaped(then).or_else(|| otherwise.as_deref().and_then(unescaped)),
        _ => None,
    }
}
