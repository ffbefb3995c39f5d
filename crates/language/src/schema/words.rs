//! Violations of the schema in the words of campaigns, one finding for one slip.

use std::collections::{BTreeMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

use super::elsewhere::key_for;
use super::place::{Place, Places};
use super::{Found, mend, step};
use crate::diag::{Code, Diagnostic};
use crate::syntax::{Node, Value};
use crate::text::{Span, nearest};

/// Words every violation.
pub(super) fn report<'a>(
    schema: &Json,
    errors: impl Iterator<Item = ValidationError<'a>>,
    root: &'a Node,
    found: &mut Found,
) {
    let places = Places::new(root);
    let mut report = Report {
        schema,
        places,
        is_ascii: is_ascii(root),
        found,
        worded: HashSet::new(),
        missing: BTreeMap::new(),
        misspelt: HashSet::new(),
    };
    for error in errors {
        report.take(&error);
    }
    report.missing_keys();
}

fn is_ascii(node: &Node) -> bool {
    match &node.value {
        Value::Str(text) => text.is_ascii(),
        Value::Seq(items) => items.iter().all(is_ascii),
        Value::Map(entries) => entries.iter().all(|entry| entry.key.is_ascii() && is_ascii(&entry.value)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => true,
    }
}

/// Files of others have few keys at the top; each is compared with all of ours, for each finding.
const FEW_KEYS: usize = 16;
/// So many findings of a file are looked at for a value that would do: each takes a validator of its own.
const MAX_MENDED: usize = 100;

struct Report<'a, 'f> {
    schema: &'f Json,
    places: Places<'a>,
    /// Whether the file is written in the Latin letters of English alone: then examples are, too.
    is_ascii: bool,
    found: &'f mut Found,
    /// Values and names about which something was said: a second remark would be about the same slip.
    worded: HashSet<(usize, Span)>,
    /// Keys that each mapping lacks, with the schema that wants them, in the order of the file.
    missing: BTreeMap<(Span, usize), Missing<'a>>,
    /// Keys, by mapping, that an unknown key there was probably meant to be.
    misspelt: HashSet<(usize, String)>,
}

struct Missing<'a> {
    place: Place<'a>,
    keys: Vec<String>,
    owner: String,
}

impl<'a> Report<'a, '_> {
    fn take(&mut self, error: &ValidationError) {
        let Some(place) = self.places.find(error.instance_path().as_str()) else { return };
        let path = error.schema_path().as_str();
        let owner = path.rsplit_once('/').map_or("", |(owner, _)| owner);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unexpected.iter().for_each(|key| self.unknown_key(place, key, owner));
            }
            ValidationErrorKind::Required { property } => {
                let missing = Missing { place, keys: Vec::new(), owner: owner.to_owned() };
                let missing = self.missing.entry((place.head(), place.id())).or_insert(missing);
                missing.keys.extend(property.as_str().map(str::to_owned));
            }
            ValidationErrorKind::PropertyNames { error } => {
                let too_long = matches!(error.kind(), ValidationErrorKind::MaxLength { .. });
                if let Some(name) = error.instance().as_str() {
                    self.name(place, name, owner, too_long);
                }
            }
            kind => {
                if self.worded.insert((place.id(), place.node.span)) {
                    let diagnostic = self.value(place, kind, owner);
                    self.found.push(diagnostic, place.node.span);
                }
            }
        }
    }

    fn at(&self, pointer: &str) -> Option<&Json> {
        self.schema.pointer(pointer)
    }

    fn unknown_key(&mut self, place: Place<'a>, key: &str, owner: &str) {
        let Some(entry) = self.places.entry(place.node, key) else { return };
        let known: Vec<&str> = self
            .at(owner)
            .and_then(|schema| schema.get("properties")?.as_object())
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        if place.key.is_none() && (2..=FEW_KEYS).contains(&place.node.entries().len()) && is_foreign(place.node, &known)
        {
            if self.worded.insert((place.id(), place.node.span)) {
                let message = "nothing in this file is part of a campaign";
                let help = "move it out of the project's folder, or name it in a file `.ignore` there";
                self.found.push(Diagnostic::new(Code::UnknownKey, entry.key_span, message).help(help), entry.key_span);
            }
            return;
        }
        let message = match place.key {
            None => format!("`{key}` is neither a kind of definition nor a setting"),
            Some(_) => format!("there is no key `{key}` here"),
        };
        let diagnostic = Diagnostic::new(Code::UnknownKey, entry.key_span, message);
        let near = key_for(key, &known).or_else(|| nearest(key, known.iter().copied()));
        let diagnostic = match near {
            Some(near) if key_for(key, &known).is_some() => diagnostic.help(format!("the key for it is `{near}`")),
            Some(_) => diagnostic.suggest(near),
            None if known.is_empty() => diagnostic,
            None if key.contains('：') => diagnostic.help("a colon is half-width, with a blank behind it: `: `"),
            None if key == "else" && known.contains(&"if") => {
                diagnostic.help("`else` stands below `branch`, as far in as it, not inside an arm")
            }
            None if key == "timeout" && place.key == Some("wait_for") => diagnostic.help(
                "how long is for `within` to say; `timeout` holds steps, and stands beside `wait_for`, as far in as it",
            ),
            None => diagnostic.help(format!("the keys here are {}", list(&known, "and"))),
        };
        if let Some(near) = near {
            self.misspelt.insert((place.id(), near.to_owned()));
        }
        self.found.push(diagnostic, entry.key_span);
    }

    fn missing_keys(&mut self) {
        for (_, missing) in std::mem::take(&mut self.missing) {
            let Missing { place, keys, owner } = missing;
            let keys: Vec<&str> = keys
                .iter()
                .map(String::as_str)
                .filter(|key| !self.misspelt.contains(&(place.id(), (*key).to_owned())))
                .collect();
            if keys.is_empty() || step::stray_key(place.node).is_some() && place.key == Some("steps") {
                continue;
            }
            let message = format!("{} lacks {}", place.name(), list(&keys, "and"));
            let mut diagnostic = Diagnostic::new(Code::MissingKey, place.head(), message);
            if let [key] = keys.as_slice()
                && let Some(example) = self.example(&format!("{owner}/properties/{key}"))
            {
                diagnostic = diagnostic.help(format!("add it, for example `{key}: {example}`"));
            }
            self.found.push(diagnostic, place.node.span);
        }
    }

    /// A scalar example of the schema at `pointer`: the first one, or the first in the letters of the file.
    fn example(&self, pointer: &str) -> Option<String> {
        let all = self.at(pointer)?.get("examples")?.as_array()?;
        let fits = |example: &&Json| !self.is_ascii || example.as_str().is_none_or(str::is_ascii);
        match all.iter().find(fits).or_else(|| all.first())? {
            Json::String(text) => Some(written(text)),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(value) => Some(value.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    fn name(&mut self, place: Place<'a>, name: &str, owner: &str, too_long: bool) {
        let Some(entry) = self.places.entry(place.node, name) else { return };
        if !self.worded.insert((place.id(), entry.key_span)) {
            return;
        }
        let names = self.at(owner);
        let says = names.and_then(|names| names.get("patternErrorMessage")?.as_str()).unwrap_or("letters and digits");
        let hyphen =
            names.and_then(|names| names.get("pattern")?.as_str()).is_some_and(|pattern| pattern.contains("_-]"));
        let message = if too_long {
            format!("the name `{}` is too long: names have at most 64 characters", shorten(name))
        } else {
            format!("`{}` cannot be a name", shorten(name))
        };
        let diagnostic = Diagnostic::new(Code::InvalidName, entry.key_span, message);
        let diagnostic = match mended(name, if hyphen { '-' } else { '_' }).filter(|_| !too_long) {
            Some(mended) => diagnostic.help(format!("names have {says}: write `{mended}`")),
            None if too_long => diagnostic,
            None => diagnostic.help(format!("names have {says}")),
        };
        self.found.push(diagnostic, entry.key_span);
    }

    /// A finding about a value itself.
    fn value(&self, place: Place<'a>, kind: &ValidationErrorKind, owner: &str) -> Diagnostic {
        let schema = self.at(owner);
        let new = |code, message: String| Diagnostic::new(code, place.node.span, message);
        let name = place.name();
        match kind {
            ValidationErrorKind::Enum { options } => match &place.node.value {
                Value::Str(text) => {
                    let options: Vec<&str> =
                        options.as_array().map(|all| all.iter().filter_map(Json::as_str).collect()).unwrap_or_default();
                    let name = format!("`{}`", place.key.unwrap_or("the file"));
                    let values = format!("{name} takes {}", list(&options, "or"));
                    let help = match nearest(text, options.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`? {values}"),
                        None => values,
                    };
                    new(Code::InvalidValue, format!("`{}` is not a value of {name}", shorten(text))).help(help)
                }
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Seq(_) | Value::Map(_) => {
                    self.wrong_type(place, schema, owner)
                }
            },
            ValidationErrorKind::Type { .. } => self.wrong_type(place, schema, owner),
            ValidationErrorKind::Pattern { .. } => {
                let says = schema.and_then(|schema| schema.get("patternErrorMessage")?.as_str());
                let text = if let Value::Str(text) = &place.node.value { shorten(text) } else { String::new() };
                let finding =
                    new(Code::InvalidValue, format!("`{text}` is not {}", says.unwrap_or("what is expected here")));
                let few = self.found.diagnostics.len() < MAX_MENDED;
                match few.then(|| mend::value(&text, schema)).flatten() {
                    Some(mended) => finding.help(format!("write `{mended}`")),
                    None => finding,
                }
            }
            ValidationErrorKind::Minimum { limit } => {
                new(Code::InvalidValue, format!("{name} is {limit} or more, and this is {}", shown(place.node)))
            }
            ValidationErrorKind::Maximum { limit } => {
                new(Code::InvalidValue, format!("{name} is {limit} or less, and this is {}", shown(place.node)))
            }
            ValidationErrorKind::MinItems { limit } | ValidationErrorKind::MaxItems { limit } => {
                let items = if let Value::Seq(items) = &place.node.value { items.len() } else { 0 };
                let exact = schema.is_some_and(|schema| schema.get("minItems") == schema.get("maxItems"));
                let bound = match kind {
                    _ if exact => "exactly",
                    ValidationErrorKind::MinItems { .. } => "at least",
                    _ => "at most",
                };
                let s = if *limit == 1 { "" } else { "s" };
                new(Code::InvalidValue, format!("{name} has {bound} {limit} item{s}, and this has {items}"))
            }
            _ => new(Code::InvalidValue, format!("this value does not fit {name}")), // keywords the schema does not use
        }
    }

    fn wrong_type(&self, place: Place<'a>, schema: Option<&Json>, owner: &str) -> Diagnostic {
        let name = place.name();
        let node = place.node;
        if matches!(node.value, Value::Null) && node.span.start == node.span.end {
            let help = self.help_for_empty(place, owner);
            return Diagnostic::new(Code::WrongType, place.head(), format!("{name} has an empty value")).help(help);
        }
        let message = format!("{name} takes {}, and this is {}", expected(schema), kind_of(node));
        let diagnostic = Diagnostic::new(Code::WrongType, node.span, message);
        if matches!(node.value, Value::Null) {
            return diagnostic.help(self.help_for_empty(place, owner));
        }
        let example = || {
            let (entry, example) = (place.entry?, self.example(owner)?);
            Some(format!("for example `{}: {example}`", entry.key))
        };
        match remedy(node, schema).or_else(example) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    fn help_for_empty(&self, place: Place<'a>, owner: &str) -> String {
        let (parent, key) = owner.rsplit_once("/properties/").unwrap_or(("", ""));
        let required = self.at(parent).and_then(|schema| schema.get("required")?.as_array());
        let required = required.is_some_and(|keys| keys.iter().any(|other| other == key));
        let example = place.entry.zip(self.example(owner)).map(|(entry, example)| format!("{}: {example}", entry.key));
        match (example, required) {
            (Some(example), true) => format!("write a value, for example `{example}`"),
            (Some(example), false) => format!("write a value, for example `{example}`, or leave the key out"),
            (None, true) => "write a value".to_owned(),
            (None, false) => "write a value, or leave it out".to_owned(),
        }
    }
}

/// Whether no key of the file is one of a campaign, or near to one.
fn is_foreign(root: &Node, known: &[&str]) -> bool {
    let ours = |key: &str| known.contains(&key) || nearest(key, known.iter().copied()).is_some();
    !root.entries().iter().any(|entry| ours(&entry.key))
}

fn types(schema: Option<&Json>) -> Vec<&str> {
    match schema.and_then(|schema| schema.get("type")) {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) | None => Vec::new(),
    }
}

fn is_free_text(schema: Option<&Json>) -> bool {
    const SHAPED: [&str; 3] = ["pattern", "patternErrorMessage", "enum"];
    schema.is_some_and(|schema| SHAPED.iter().all(|keyword| schema.get(keyword).is_none()))
}

fn expected(schema: Option<&Json>) -> String {
    if let Some(says) = schema.and_then(|schema| schema.get("patternErrorMessage")?.as_str()) {
        return says.to_owned();
    }
    if let Some(values) = schema.and_then(|schema| schema.get("enum")?.as_array()) {
        let values: Vec<&str> = values.iter().filter_map(Json::as_str).collect();
        return format!("one of {}", list(&values, "and"));
    }
    let nouns: Vec<&str> = types(schema)
        .into_iter()
        .map(|name| match name {
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            "array" => "a list",
            "object" => "a mapping",
            "null" => "`null`",
            other => other,
        })
        .collect();
    match nouns.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "something else".to_owned(),
    }
}

fn kind_of(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "`null`",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Int(_) => "a number",
        Value::Float(_) => "a number with a fraction",
        Value::Str(_) => "text",
        Value::Seq(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Null | Value::Bool(_) | Value::Str(_) | Value::Seq(_) | Value::Map(_) => kind_of(node).to_owned(),
    }
}

/// The way out of a wrong type, where one is plain.
fn remedy(node: &Node, schema: Option<&Json>) -> Option<String> {
    let (wanted, free_text) = (types(schema), is_free_text(schema));
    let wants = |name: &str| wanted.contains(&name);
    match &node.value {
        Value::Int(value) if wants("string") && free_text => Some(format!("put it in quotes: `\"{value}\"`")),
        Value::Float(_) if wants("string") && free_text => Some("put it in quotes".to_owned()),
        Value::Bool(value) if wants("string") && free_text => Some(format!("put it in quotes: `\"{value}\"`")),
        Value::Str(text) if (wants("integer") || wants("number")) && text.trim().parse::<f64>().is_ok() => {
            Some("take the quotes away".to_owned())
        }
        Value::Str(text) if wants("boolean") => {
            let yes = matches!(text.to_lowercase().as_str(), "yes" | "on" | "true" | "y");
            let no = matches!(text.to_lowercase().as_str(), "no" | "off" | "false" | "n");
            (yes || no).then(|| format!("write `{yes}`"))
        }
        Value::Str(text) if (wants("integer") || wants("number")) && mend::number(text).is_some() => {
            mend::number(text).map(|number| format!("write `{number}`"))
        }
        Value::Int(_) | Value::Float(_) if says(schema, "a percentage") => Some(mend::percentage(node)),
        Value::Int(value) if says(schema, "a duration") => {
            let days = if *value == 1 { "day" } else { "days" };
            Some(format!("say the unit as well: `{value} {days}`, `{value}h`"))
        }
        Value::Str(text) if wanted == ["array"] && takes_text(schema) => {
            Some(format!("write a list: `[{}]`", shorten(text)))
        }
        Value::Str(_) if wanted == ["array"] && takes_numbers(schema) => {
            Some("write a list in brackets, such as `[0, 200]`".to_owned())
        }
        Value::Map(_) | Value::Str(_) if wanted == ["array"] => {
            Some("write a list: begin each item with `- `".to_owned())
        }
        Value::Seq(_) if wants("object") && !wants("string") => {
            Some("write keys and values, `key: value`, without `- `".to_owned())
        }
        Value::Str(_) if wanted == ["object"] => keys_of(schema).map(|keys| format!("give it keys of its own: {keys}")),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Seq(_)
        | Value::Map(_) => None,
    }
}

/// Whether the schema's own words begin like this.
fn says(schema: Option<&Json>, words: &str) -> bool {
    schema.and_then(|schema| schema.get("patternErrorMessage")?.as_str()).is_some_and(|says| says.starts_with(words))
}

/// Whether the items of a list may be text.
fn takes_text(schema: Option<&Json>) -> bool {
    let items = schema.and_then(|schema| schema.get("items"));
    types(items).contains(&"string") || items.is_some_and(|items| items.get("enum").is_some())
}

/// Whether the items of a list may be numbers.
fn takes_numbers(schema: Option<&Json>) -> bool {
    let items = schema.and_then(|schema| schema.get("items"));
    let items = types(items.and_then(|items| items.get(0)).or(items));
    items.contains(&"integer") || items.contains(&"number")
}

/// The keys of the first example of a mapping; without one, those that it must have or, if it need not have any, can have.
fn keys_of(schema: Option<&Json>) -> Option<String> {
    let schema = schema?;
    let example = schema.get("examples").and_then(|examples| examples.get(0)?.as_object());
    let keys: Vec<&str> = match (example, schema.get("required").and_then(Json::as_array)) {
        (Some(example), _) => example.keys().map(String::as_str).collect(),
        (None, Some(required)) => required.iter().filter_map(Json::as_str).collect(),
        (None, None) => schema.get("properties")?.as_object()?.keys().map(String::as_str).collect(),
    };
    Some(list(&keys, "and"))
}

/// The name with each character that names do not have put right, if that makes it one.
fn mended(name: &str, join: char) -> Option<String> {
    let mended: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == join { c } else { join }).collect();
    let mended = mended.trim_matches(['-', '_']);
    mended.starts_with(char::is_alphabetic).then(|| mended.to_owned())
}

fn list(names: &[&str], and: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {and} {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Text as one writes it in YAML: quoted only where it must be.
fn written(text: &str) -> String {
    let plain = text.starts_with(char::is_alphanumeric) && !text.contains(": ") && !text.contains(" #");
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// At most 40 characters, on one line.
fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.len() == text.len() && line.chars().count() <= 40 {
        return line.to_owned();
    }
    line.chars().take(39).chain(['…']).collect()
}
