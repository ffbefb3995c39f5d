//! For code scanning: SARIF 2.1.0 (OASIS), a result for each journey on which the change has an effect, for each field that
//! refuses rows of leads, and a note for each line of what may follow later.

use serde_json::{Value, json};

use super::{axes, cause, fact, lines, newly, person};
use crate::diag::sarif::{log, uri};
use crate::diff::model::{Change, Class, JourneyChange, Location};

/// The log of one run. `prefix` is the way from the root of the repository to the project.
pub fn sarif(change: &Change, prefix: &str) -> String {
    let mut results: Vec<Value> = change.journeys.iter().map(|journey| result(journey, prefix)).collect();
    results.extend(lines(&change.refused).iter().map(|(says, leads)| {
        let mut text = vec![(*says).clone()];
        text.extend(leads.iter().map(|lead| format!("  {}: {}", newly(lead.newly), person(lead))));
        whole(change, Class::Audience, level(Class::Audience), &text.join("\n"), prefix)
    }));
    let follows = super::later(change);
    results.extend(follows.iter().map(|says| {
        let text = format!("{}: {says}", super::LATER);
        whole(change, Class::Unknown, "note", &text, prefix)
    }));
    log(&driver(), Ok(&results))
}

/// The log of a run that could not begin.
pub fn sarif_refusal(error: &str) -> String {
    log(&driver(), Err(error))
}

fn driver() -> Value {
    json!({
        "name": "tabiji plan",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": Class::ALL.iter().map(|class| rule(*class)).collect::<Vec<_>>(),
    })
}

fn rule(class: Class) -> Value {
    let says = match class {
        Class::None => "nothing is compiled otherwise",
        Class::Safe => "nobody is reached otherwise",
        Class::Timing => "mails come at other times",
        Class::Audience => "others are reached",
        Class::Volume => "more or fewer mails",
        Class::InFlight => "leads already inside leave, get something twice, or are stuck",
        Class::Unknown => "it could not be decided what the change does",
    };
    json!({
        "id": id(class),
        "name": class.word(),
        "shortDescription": {"text": says},
        "defaultConfiguration": {"level": level(class)},
    })
}

fn id(class: Class) -> String {
    format!("effect/{}", class.word())
}

fn level(class: Class) -> &'static str {
    match class {
        Class::None => "none",
        Class::Safe | Class::Timing => "note",
        Class::Audience | Class::Volume | Class::InFlight | Class::Unknown => "warning",
    }
}

fn result(journey: &JourneyChange, prefix: &str) -> Value {
    let mut text = vec![format!("`{}`: {}", journey.journey, journey.class.word())];
    for (name, value, facts) in axes(journey) {
        text.push(format!("{name}: {value}"));
        for (says, leads) in lines(facts) {
            text.push(format!("  {says}"));
            text.extend(leads.iter().map(|lead| format!("    {}: {}", newly(lead.newly), person(lead))));
        }
    }
    text.extend(journey.other.iter().map(fact));
    text.extend(journey.causes.iter().map(|each| format!("because of {}", cause(each, 1))));
    let at = journey.place.as_ref().or_else(|| journey.causes.iter().find_map(|cause| cause.place.as_ref()));
    let mut result = json!({
        "ruleId": id(journey.class),
        "ruleIndex": Class::ALL.iter().position(|class| *class == journey.class),
        "level": level(journey.class),
        "message": {"text": text.join("\n")},
        "partialFingerprints": {"tabiji-effect/v1": journey.hash},
    });
    if let Some(at) = at {
        result["locations"] = json!([location(at, prefix)]);
    }
    if journey.accepted.is_some() {
        result["suppressions"] = json!([{"kind": "external", "justification": journey.accepted}]);
    }
    result
}

/// What is so of no single journey; it stands where the first definition that was edited does.
fn whole(change: &Change, class: Class, level: &str, says: &str, prefix: &str) -> Value {
    let mut result = json!({
        "ruleId": id(class),
        "ruleIndex": Class::ALL.iter().position(|each| *each == class),
        "level": level,
        "message": {"text": says},
    });
    if let Some(at) = change.parts.iter().find_map(|part| part.place.as_ref()) {
        result["locations"] = json!([location(at, prefix)]);
    }
    result
}

fn location(at: &Location, prefix: &str) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&format!("{prefix}{}", at.file)), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": at.line, "startColumn": at.column},
    }})
}
