//! Macros: what a macro holds is put in where it is called, with its parameters set. So MJML may stand in it, and it is typed
//! with the arguments of each call, as parts are.

use std::ops::Range;

use super::{Blocks, Composer, Content, MAX_DEPTH, Source, close_of};
use crate::diag::Code;
use crate::text::{Tag, TagKind, nearest, tags};

/// A macro.
#[derive(Clone)]
pub(super) struct Macro<'a> {
    name: String,
    source: Source<'a>,
    /// Names of its parameters, and where their usual values stand.
    parameters: Vec<(String, Option<Range<usize>>)>,
    body: Range<usize>,
}

/// A call: the name, and where it and the arguments stand.
pub(super) struct Call {
    name: String,
    arguments: Range<usize>,
}

impl<'a> Composer<'_, 'a> {
    /// Learns the macros of a file, and those that it imports.
    pub(super) fn learn_macros(&mut self, source: &Source<'a>, found: &[Tag]) {
        for (number, tag) in found.iter().enumerate().filter(|(_, tag)| tag.kind == TagKind::Statement) {
            match tag.word(source.text) {
                "macro" => self.macros.extend(macro_of(source, found, number)),
                "from" => self.import(source, tag),
                "import" => self.import_all(source, tag),
                _ => {}
            }
        }
    }

    /// `{% from "emails/parts/ui.mjml" import button, card %}`
    fn import(&mut self, source: &Source<'a>, tag: &Tag) {
        let help = "write `{% from \"emails/parts/ui.mjml\" import button %}`";
        let inside = tag.inside(source.text);
        let Some((_, names)) = inside.split_once(" import ") else {
            return self.refuse(source, &tag.at, "`from` names a file in quotes, and the macros of it", help);
        };
        let Some(known) = self.macros_of_file(source, tag) else { return };
        for part in names.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, here) = part.split_once(" as ").map_or((part, part), |(name, here)| (name.trim(), here.trim()));
            if let Some(one) = known.iter().find(|one| one.name == name) {
                self.macros.push(Macro { name: here.to_owned(), ..one.clone() });
                continue;
            }
            let start = source.text[tag.at.clone()].rfind(name).map_or(tag.at.start, |at| tag.at.start + at);
            let near = nearest(name, known.iter().map(|one| one.name.as_str()));
            let help = near.map_or(String::new(), |near| format!("did you mean `{near}`?"));
            let message = format!("the file has no macro `{name}`");
            self.say(Code::UnknownName, source, &(start..start + name.len()), message, &help);
        }
    }

    /// `{% import "emails/parts/ui.mjml" as ui %}`: all macros of a file, called `ui.button(…)`.
    fn import_all(&mut self, source: &Source<'a>, tag: &Tag) {
        let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let Some(name) = tag.inside(source.text).rsplit_once(" as ").map(|(_, name)| name.trim()).filter(is_name)
        else {
            let help = "write `{% import \"emails/parts/ui.mjml\" as ui %}`";
            return self.refuse(source, &tag.at, "`import` names a file in quotes, and what it is called here", help);
        };
        let Some(known) = self.macros_of_file(source, tag) else { return };
        self.macros.extend(known.into_iter().map(|one| Macro { name: format!("{name}.{}", one.name), ..one }));
    }

    /// The macros of the file that a tag names.
    fn macros_of_file(&mut self, source: &Source<'a>, tag: &Tag) -> Option<Vec<Macro<'a>>> {
        let file = self.named(source, tag)?;
        self.parses(&file).then(|| self.macros_of(&file))
    }

    /// The macros of a file, which may call each other. Each file is looked through once.
    fn macros_of(&mut self, file: &Source<'a>) -> Vec<Macro<'a>> {
        let path = file.path.clone().unwrap_or_default();
        let of_file = self.of_files.entry(path).or_insert_with(|| {
            let found = tags(file.text);
            let all = found.iter().enumerate().filter(|(_, tag)| is_macro(tag, file.text));
            all.filter_map(|(number, _)| macro_of(file, &found, number)).collect()
        });
        of_file.clone()
    }

    /// The call that a tag is, if it is one of a macro that is known.
    pub(super) fn call_of(&self, tag: &Tag, text: &str) -> Option<Call> {
        let inside = tag.inside(text);
        let rest = if tag.kind == TagKind::Print { inside } else { inside.strip_prefix("call")?.trim_start() };
        let start = tag.at.start + 2 + text.get(tag.at.start + 2..tag.at.end)?.find(rest)?;
        let name = rest.split('(').next().unwrap_or_default();
        let is_known = self.macros.iter().any(|one| one.name == name.trim_end());
        if !is_known || !rest.ends_with(')') || name.len() == rest.len() {
            return None;
        }
        let arguments = start + name.len() + 1..start + rest.len() - 1;
        Some(Call { name: name.trim_end().to_owned(), arguments })
    }

    /// Puts in what the macro holds; `block` is what stands in a `call` block.
    pub(super) fn expand(&mut self, source: &Source<'a>, tag: &Tag, call: &Call, block: Option<Content<'a>>) {
        let Some(called) = self.macros.iter().rev().find(|one| one.name == call.name).cloned() else { return };
        let name = &call.name;
        let whole = format!("{}: {name}", called.source.path.as_deref().unwrap_or_default());
        if self.calls.contains(&whole) {
            let message = format!("the macro `{name}` calls itself");
            return self.say(Code::CircularDefinition, source, &tag.at, message, "go over a list by `{% for … %}`");
        }
        if self.calls.len() >= MAX_DEPTH || self.out.len() > super::MAX_COMPOSED {
            self.parses = false;
            let message = "this mail is put together from more than 1 MiB, or too many macros inside each other";
            return self.say(Code::UnsupportedTemplate, source, &tag.at, message.to_owned(), "");
        }
        let Some(values) = self.values(source, tag, call, &called) else { return };
        self.set(source, tag, &called, &values);
        self.calls.push(whole);
        let caller = std::mem::replace(&mut self.caller, block);
        // Those of its own file are known inside of it, whatever they are called where it is called.
        let known = self.macros.len();
        if called.source.path != source.path {
            let own = self.macros_of(&called.source);
            self.macros.extend(own);
        }
        self.range(&called.source, called.body.clone(), &Blocks::new(), None);
        self.macros.truncate(known);
        self.caller = caller;
        self.calls.pop();
        self.written("{% endwith %}", source, tag.at.start);
    }

    /// Where the value of each parameter stands. Says what is wrong with the arguments.
    fn values(
        &mut self,
        source: &Source<'a>,
        tag: &Tag,
        call: &Call,
        called: &Macro<'a>,
    ) -> Option<Vec<(Source<'a>, Range<usize>)>> {
        let mut given: Vec<Option<Range<usize>>> = vec![None; called.parameters.len()];
        for (number, at) in split(source.text, &call.arguments).into_iter().enumerate() {
            let (name, value) = assigned(source.text, &at);
            let place = match &name {
                Some(name) => called.parameters.iter().position(|(known, _)| known == name),
                None => Some(number).filter(|number| *number < called.parameters.len()),
            };
            match place {
                Some(place) if given[place].is_none() => given[place] = Some(value),
                _ => {
                    let known: Vec<String> = called.parameters.iter().map(|(name, _)| format!("`{name}`")).collect();
                    let takes = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                    let message = format!("`{}` takes {takes}, each once", called.name);
                    self.say(Code::WrongArguments, source, &at, message, "");
                    return None;
                }
            }
        }
        let mut values = Vec::with_capacity(given.len());
        for ((name, usual), given) in called.parameters.iter().zip(given) {
            match (given, usual) {
                (Some(at), _) => values.push((source.clone(), at)),
                (None, Some(usual)) => values.push((called.source.clone(), usual.clone())),
                (None, None) => {
                    let message = format!("`{}` is called without its `{name}`", called.name);
                    self.say(Code::WrongArguments, source, &tag.at, message, "");
                    return None;
                }
            }
        }
        Some(values)
    }

    /// Sets the parameters. Their values are those of where the call stands, so that they are kept apart first: a parameter may
    /// have the name of a variable that another's value asks for.
    fn set(&mut self, source: &Source<'a>, tag: &Tag, called: &Macro<'a>, values: &[(Source<'a>, Range<usize>)]) {
        let start = tag.at.start;
        let depth = self.calls.len();
        self.written("{% with ", source, start);
        for (number, (of, at)) in values.iter().enumerate() {
            self.written(&format!("__{depth}_{number} = ("), source, start);
            self.push(of, at.clone());
            self.written("), ", source, start);
        }
        for (number, (name, _)) in called.parameters.iter().enumerate() {
            self.written(&format!("{name} = __{depth}_{number}, "), source, start);
        }
        let end = self.out.trim_end_matches([',', ' ']).len();
        self.out.truncate(end);
        self.written(" %}", source, start);
    }

    /// What stands in the block that calls the macro: `{{ caller() }}`.
    pub(super) fn called_block(&mut self, source: &Source<'a>, tag: &Tag) {
        let Some(block) = self.caller.take() else {
            let help = "write `{% call card() %}…{% endcall %}`";
            return self.refuse(source, &tag.at, "`caller()` stands in a macro that a `call` block calls", help);
        };
        let calls = std::mem::take(&mut self.calls);
        self.range(&block.source, block.at.clone(), &Blocks::new(), None);
        self.calls = calls;
        self.caller = Some(block);
    }
}

pub(super) fn is_macro(tag: &Tag, text: &str) -> bool {
    tag.kind == TagKind::Statement && tag.word(text) == "macro"
}

fn macro_of<'a>(source: &Source<'a>, found: &[Tag], open: usize) -> Option<Macro<'a>> {
    let tag = found.get(open)?;
    let close = close_of(source.text, found, open, "macro")?;
    let rest = tag.inside(source.text).strip_prefix("macro")?.trim_start();
    let start = tag.at.start + 2 + source.text.get(tag.at.start + 2..tag.at.end)?.find(rest)?;
    let (name, _) = rest.split_once('(')?;
    let inside = start + name.len() + 1..start + rest.rfind(')')?;
    let parameters = split(source.text, &inside).into_iter().map(|at| {
        let (name, value) = assigned(source.text, &at);
        match name {
            Some(name) => (name, Some(value)),
            None => (source.text[value].to_owned(), None),
        }
    });
    let body = super::skip_blanks(source.text, tag)..found[close].at.start;
    Some(Macro { name: name.trim().to_owned(), source: source.clone(), parameters: parameters.collect(), body })
}

/// The parts between commas, without blanks around them. Commas in quotes and brackets part nothing.
fn split(text: &str, at: &Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut from, mut depth, mut quote) = (at.start, 0_usize, None);
    let inside = text.get(at.clone()).unwrap_or_default();
    let mut escaped = false;
    for (offset, c) in inside.char_indices() {
        match (quote, c) {
            _ if std::mem::take(&mut escaped) => {}
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(from..at.start + offset);
                from = at.start + offset + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(from..at.end);
    parts.into_iter().map(|part| trimmed(text, part)).filter(|part| !part.is_empty()).collect()
}

/// The name and the value of `name=value`.
fn assigned(text: &str, at: &Range<usize>) -> (Option<String>, Range<usize>) {
    let part = text.get(at.clone()).unwrap_or_default();
    let name = part.split('=').next().unwrap_or_default();
    let is_name = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    let has_value = part.len() > name.len() && !part[name.len() + 1..].starts_with('=');
    if !has_value || !is_name(name.trim()) {
        return (None, at.clone());
    }
    (Some(name.trim().to_owned()), trimmed(text, at.start + name.len() + 1..at.end))
}

fn trimmed(text: &str, at: Range<usize>) -> Range<usize> {
    let part = text.get(at.clone()).unwrap_or_default();
    let start = at.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}
