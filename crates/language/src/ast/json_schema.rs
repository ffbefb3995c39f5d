//! The JSON Schema, made from the types of this folder and brought into the plain form that editors and messages need:
//! no unions, no `null` where a key is just optional, enums as lists of values, names with their own pattern.

use serde_json::{Map, Value, json};

use super::File;

/// What names are, but for those that conditions use.
const NAME: (&str, &str) =
    (r"^[\p{L}_][\p{L}\p{N}_-]*$", "letters, digits, `_` and `-`, the first no digit and no `-`");
/// What names that conditions use are.
const WORD: (&str, &str) =
    (r"^[\p{L}_][\p{L}\p{N}_]*$", "letters, digits and `_`, the first no digit, as conditions use the name");
const MAX_NAME: u32 = 64;

/// Kinds whose names conditions use as words.
const WORDS: [&str; 4] = ["fields", "events", "scoring", "grading"];
const NAMES: [&str; 15] = [
    "personas",
    "segments",
    "lists",
    "topics",
    "senders",
    "emails",
    "messages",
    "integrations",
    "sources",
    "pages",
    "forms",
    "catalogs",
    "journeys",
    "kpis",
    "tests",
];

/// The JSON Schema of every project file, draft-07.
pub fn json_schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<File>().to_value();
    simplify(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "tabiji campaign file".into());
    }
    for kind in WORDS {
        name_keys(&mut schema, &format!("/properties/{kind}"), WORD);
    }
    for kind in NAMES {
        name_keys(&mut schema, &format!("/properties/{kind}"), NAME);
    }
    name_keys(&mut schema, "/definitions/Event/properties/properties", WORD);
    schema
}

fn name_keys(schema: &mut Value, pointer: &str, (pattern, says): (&str, &str)) {
    if let Some(kind) = schema.pointer_mut(pointer).and_then(Value::as_object_mut) {
        let names = json!({"pattern": pattern, "patternErrorMessage": says, "maxLength": MAX_NAME});
        kind.insert("propertyNames".to_owned(), names);
    }
}

/// Simplifies a schema and all schemas in it.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for (keyword, inner) in object.iter_mut() {
                if keyword != "examples" {
                    simplify(inner);
                }
            }
            drop_null(object);
            list_variants(object);
            bound_integers(object);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An optional key is left out, not `null`. The generator adds `null` as the last type, or as another schema.
fn drop_null(object: &mut Map<String, Value>) {
    if object.get("default").is_some_and(|default| default.is_null() || *default == json!([])) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type")
        && types.last().is_some_and(|last| last == "null")
    {
        types.pop();
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let optional = object.get("anyOf").and_then(Value::as_array).and_then(|schemas| match schemas.as_slice() {
        [inner, null] if *null == json!({"type": "null"}) => inner.as_object().cloned(),
        _ => None,
    });
    if let Some(inner) = optional {
        object.remove("anyOf");
        if inner.contains_key("$ref") {
            // draft-07 reads nothing beside a `$ref`, so the reference stands apart.
            object.insert("allOf".to_owned(), json!([inner]));
        } else {
            for (keyword, value) in inner {
                object.entry(keyword).or_insert(value);
            }
        }
    }
}

/// Documented variants come as `oneOf` of constants; editors and messages want a list.
fn list_variants(object: &mut Map<String, Value>) {
    let Some(variants) = object.get("oneOf").and_then(Value::as_array) else { return };
    let names: Option<Vec<Value>> = variants.iter().map(|variant| variant.get("const").cloned()).collect();
    let Some(names) = names else { return };
    let says: Vec<Value> =
        variants.iter().map(|variant| variant.get("description").cloned().unwrap_or_else(|| "".into())).collect();
    object.remove("oneOf");
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), names.into());
    object.insert("enumDescriptions".to_owned(), says.clone().into());
    object.insert("markdownEnumDescriptions".to_owned(), says.into());
}

/// Says the range of an integer in the keywords that every validator knows, instead of a `format` that few do.
fn bound_integers(object: &mut Map<String, Value>) {
    // A mapping of properties may have one called `format`, which is a schema and no text.
    let format = object.get("format").and_then(Value::as_str).map(str::to_owned);
    if format.is_some() {
        object.remove("format");
    }
    let bounds: Option<(i64, i64)> = match format.as_deref() {
        Some("int32") => Some((i32::MIN.into(), i32::MAX.into())),
        Some("uint32") => Some((0, u32::MAX.into())),
        Some("uint64") => Some((0, i64::MAX)),
        _ => None,
    };
    if let Some((least, most)) = bounds {
        object.entry("minimum").or_insert_with(|| least.into());
        object.entry("maximum").or_insert_with(|| most.into());
    }
}
