//! For code scanning: SARIF 2.1.0 (OASIS), a result for each journey on which the change has an effect.

use serde_json::{Value, json};

use super::{axes, cause, fact, lines as said, newly, person};
use crate::diag::sarif::{log, uri};
use crate::diff::model::{Change, Class, JourneyChange};

/// The log of one run. `prefix` is the way from the root of the repository to the project.
pub fn sarif(change: &Change, prefix: &str) -> String {
    let results: Vec<Value> = change.journeys.iter().map(|journey| result(journey, prefix)).collect();
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
    let mut lines = vec![format!("`{}`: {}", journey.journey, journey.class.word())];
    for (name, value, facts) in axes(journey) {
        lines.push(format!("{name}: {value}"));
        for (says, leads) in said(facts) {
            lines.push(format!("  {says}"));
            lines.extend(leads.iter().map(|lead| format!("    {}: {}", newly(lead.newly), person(lead))));
        }
    }
    lines.extend(journey.other.iter().map(fact));
    lines.extend(journey.causes.iter().map(|each| format!("because of {}", cause(each, 1))));
    let at = journey.place.as_ref().or_else(|| journey.causes.iter().find_map(|cause| cause.place.as_ref()));
    let mut result = json!({
        "ruleId": id(journey.class),
        "ruleIndex": Class::ALL.iter().position(|class| *class == journey.class),
        "level": level(journey.class),
        "message": {"text": lines.join("\n")},
        "partialFingerprints": {"tabiji-effect/v1": journey.hash},
    });
    if let Some(at) = at {
        result["locations"] = json!([{"physicalLocation": {
            "artifactLocation": {"uri": uri(&format!("{prefix}{}", at.file)), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": at.line, "startColumn": at.column},
        }}]);
    }
    if journey.accepted.is_some() {
        result["suppressions"] = json!([{"kind": "external", "justification": journey.accepted}]);
    }
    result
}
