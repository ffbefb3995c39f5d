//! The reference for people: every key of the language on one page, made from the JSON Schema.
//!
//! In: the schema. Out: Markdown. Never: a word that the schema does not say; what is wrong here is mended in the
//! comments of the `ast` types.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

const HEAD: &str = "# Reference

Every key of a campaign file, made from the [JSON Schema](../schema/tabiji.schema.json) that editors and `tabiji check` use.
What the kinds are for and what they mean is told in [language.md](language.md) and on the pages of [kinds](kinds/README.md).
";

/// The page.
pub fn reference(schema: &Value) -> String {
    let mut page = Page { schema, told: BTreeSet::new(), out: HEAD.to_owned() };
    page.overview();
    for (key, kind) in properties(schema) {
        page.kind(key, kind);
    }
    page.out
}

struct Page<'a> {
    schema: &'a Value,
    /// Definitions that have a table of their own already.
    told: BTreeSet<String>,
    out: String,
}

impl<'a> Page<'a> {
    // Writing to a string cannot fail, here and below.
    fn overview(&mut self) {
        self.out.push_str("\n## Keys of a file\n\n| key | value | |\n|---|---|---|\n");
        for (key, kind) in properties(self.schema) {
            let _ = writeln!(self.out, "| [`{key}`](#{key}) | {} | {} |", value(kind), cell(description(kind)));
        }
    }

    fn kind(&mut self, key: &str, kind: &'a Value) {
        let _ = writeln!(self.out, "\n## `{key}`\n\n{}", description(kind));
        if let Some(example) = kind["examples"].get(0) {
            let _ = writeln!(self.out, "\n```yaml part\n{key}: {}\n```", flow(example));
        }
        if !kind["properties"].is_null() {
            self.table(kind);
        }
        let mut asked = Vec::new();
        references(kind, &mut asked);
        asked.into_iter().for_each(|name| self.definition(&name));
    }

    /// A definition and those that it asks for, unless they have been told before.
    fn definition(&mut self, name: &str) {
        let Some(definition) = self.schema["definitions"].get(name).filter(|_| self.told.insert(name.to_owned()))
        else {
            return;
        };
        let _ = writeln!(self.out, "\n### {name} (type)\n\n{}", description(definition));
        self.table(definition);
        let mut asked = Vec::new();
        references(definition, &mut asked);
        asked.into_iter().for_each(|name| self.definition(&name));
    }

    fn table(&mut self, object: &Value) {
        self.out.push_str("\n| key | value | | example |\n|---|---|---|---|\n");
        self.rows("", object);
    }

    fn rows(&mut self, above: &str, object: &Value) {
        let required: Vec<&str> =
            object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, of) in properties(object) {
            let needed = if required.contains(&key) { ", required" } else { "" };
            let example = of["examples"].get(0).map(|example| code(&block(example))).unwrap_or_default();
            let (value, says) = (value(of), cell(description(of)));
            let _ = writeln!(self.out, "| `{above}{key}` | {value}{needed} | {says} | {example} |");
            self.rows(&format!("{above}{key}."), of);
        }
    }
}

fn properties(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object["properties"].as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn description(of: &Value) -> &str {
    of["description"].as_str().unwrap_or_default()
}

/// Names of the definitions that a schema asks for, in its order, each once.
fn references(of: &Value, found: &mut Vec<String>) {
    match of {
        Value::Object(object) => {
            for (keyword, inner) in object {
                match (keyword.as_str(), inner) {
                    ("$ref", Value::String(pointer)) => {
                        let name = referred(pointer).to_owned();
                        if !found.contains(&name) {
                            found.push(name);
                        }
                    }
                    ("examples", _) => {}
                    _ => references(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn referred(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}

fn link(name: &str) -> String {
    format!("[{name}](#{}-type)", name.to_lowercase())
}

/// What a value is, in words.
fn value(of: &Value) -> String {
    if let Some(pointer) = of["$ref"].as_str().or(of["allOf"][0]["$ref"].as_str()) {
        return link(referred(pointer));
    }
    if let Some(says) = of["patternErrorMessage"].as_str() {
        return cell(says);
    }
    if let Some(values) = of["enum"].as_array() {
        return choices(values, &of["enumDescriptions"]);
    }
    let kinds: Vec<&str> = match &of["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    kinds.into_iter().map(|kind| one(kind, of)).collect::<Vec<_>>().join(" or ")
}

fn one(kind: &str, of: &Value) -> String {
    match kind {
        "string" => "text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "null" => "`null`".to_owned(),
        "integer" => format!("whole number{}", bounds(of)),
        "number" => format!("number{}", bounds(of)),
        "array" if of["items"].is_null() => "list".to_owned(),
        "array" => format!("list of: {}", value(&of["items"])),
        "object" if of["additionalProperties"].is_object() => {
            format!("by name: {}", value(&of["additionalProperties"]))
        }
        _ => "mapping".to_owned(),
    }
}

/// The range of a number, where it is more than what any number of its size has.
fn bounds(of: &Value) -> String {
    let told = |bound: &Value| bound.as_f64().filter(|bound| bound.abs() < 2e9 && *bound != f64::from(i32::MAX));
    match (told(&of["minimum"]), told(&of["maximum"])) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(", {least} or more"),
        (None, Some(most)) => format!(", {most} or less"),
        (None, None) => String::new(),
    }
}

fn choices(values: &[Value], says: &Value) -> String {
    let told = values.iter().enumerate().map(|(at, value)| {
        let value = value.as_str().unwrap_or_default();
        match says[at].as_str().filter(|says| !says.is_empty()) {
            Some(says) => format!("`{value}`: {}", cell(says.trim_end_matches('.'))),
            None => format!("`{value}`"),
        }
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

/// A value as it stands behind its key.
fn block(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain_in_block(text) => text.clone(),
        _ => flow(value),
    }
}

/// Whether text can stand without quotes where no brackets are around it.
fn is_plain_in_block(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphabetic());
    begins && !text.contains(": ") && !text.contains(" #") && !text.ends_with([' ', ':']) && !is_word(text)
}

/// A value as YAML in flow style.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(entries) => format!("{{{}}}", entry_list(entries)),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(text) if text.contains('"') && !text.contains(['\'', '\n']) => format!("'{text}'"),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => value.to_string(),
    }
}

fn entry_list(entries: &Map<String, Value>) -> String {
    let entries = entries.iter().map(|(key, value)| format!("{}: {}", flow(&Value::from(key.as_str())), flow(value)));
    entries.collect::<Vec<_>>().join(", ")
}

/// Whether text can stand without quotes, in flow style and for readers of YAML 1.1 too.
fn is_plain(text: &str) -> bool {
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '%' | '@');
    text.starts_with(char::is_alphabetic) && !text.ends_with(' ') && text.chars().all(is_safe) && !is_word(text)
}

/// Whether YAML 1.1 or 1.2 takes the text for something else than text.
fn is_word(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_small_schema_becomes_a_page() {
        let schema = json!({
            "definitions": {
                "Segment": {"description": "A group.", "required": ["when"], "properties": {
                    "when": {"type": "string", "description": "Who | belongs to it.", "examples": ["a == \"b\""]},
                    "size": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many."},
                    "parts": {"type": "array", "items": {"$ref": "#/definitions/Part"}, "description": "Its parts."},
                }},
                "Part": {"description": "A part.", "properties": {
                    "kind": {"enum": ["a", "b"], "enumDescriptions": ["First.", ""], "description": "Which."},
                    "of": {"allOf": [{"$ref": "#/definitions/Segment"}], "description": "Whose."},
                }},
            },
            "properties": {
                "segments": {"type": "object", "additionalProperties": {"$ref": "#/definitions/Segment"},
                    "description": "Groups.", "examples": [{"hot": {"when": "score >= 60"}}]},
            },
        });
        let page = reference(&schema);
        let (_, body) = page.split_once("## Keys of a file\n\n").unwrap();
        assert_eq!(
            body,
            "| key | value | |\n|---|---|---|\n\
            | [`segments`](#segments) | by name: [Segment](#segment-type) | Groups. |\n\n\
            ## `segments`\n\nGroups.\n\n```yaml part\nsegments: {hot: {when: \"score >= 60\"}}\n```\n\n\
            ### Segment (type)\n\nA group.\n\n| key | value | | example |\n|---|---|---|---|\n\
            | `parts` | list of: [Part](#part-type) | Its parts. |  |\n\
            | `size` | whole number from 1 to 9 | How many. |  |\n\
            | `when` | text, required | Who \\| belongs to it. | `a == \"b\"` |\n\n\
            ### Part (type)\n\nA part.\n\n| key | value | | example |\n|---|---|---|---|\n\
            | `kind` | `a`: First · `b` | Which. |  |\n\
            | `of` | [Segment](#segment-type) | Whose. |  |\n"
        );
    }
}
