//! Facts as lines, written as the engine in Python writes them.

use tabiji::backend::sim::{Drawn, Fact, Noted, Way};

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// `None` of what follows from other facts: fields, and subscriptions.
pub fn line(noted: &Noted) -> Option<String> {
    let words = match &noted.fact {
        Fact::Field { .. } | Fact::Subscribed { .. } => return None,
        // The other engine draws the item by the same key.
        Fact::Drawn { what: Drawn::Item { .. } } => return None,
        Fact::Began { stage, scores, subscribed, fields: _ } => {
            format!("began {} {} {}", stage.as_deref().unwrap_or("null"), json(scores), json(subscribed))
        }
        Fact::Happened { event, with, outside } => format!("happened {event} {} {outside}", json(with)),
        Fact::Score { model, score } => format!("score {model} {score}"),
        Fact::Grade { model, grade } => format!("grade {model} {}", grade.as_deref().unwrap_or("null")),
        Fact::Stage { stage } => format!("stage {stage}"),
        Fact::Segment { segment, member } => format!("segment {segment} {member}"),
        Fact::Entered { journey } => format!("entered {journey}"),
        Fact::Refused { journey, reason } => format!("refused {journey} {}", reason.word()),
        Fact::Exited { journey, reason } => format!("exited {journey} {reason}"),
        Fact::Reached { journey, step } => format!("reached {journey}.{step}"),
        Fact::Way { journey, step, way } => format!("way {journey}.{step} {}", of_way(way)),
        Fact::Task { journey, step, to } => format!("task {journey}.{step} {to}"),
        Fact::Held { journey, step, content } => format!("held {journey}.{step} {content}"),
        Fact::Sent { journey, step, content } => format!("sent {journey}.{step} {content}"),
        Fact::Skipped { journey, step, content, reason } => {
            format!("skipped {journey}.{step} {content} {}", reason.word())
        }
        Fact::Unmatched { event, content } => format!("unmatched {event} {}", content.as_deref().unwrap_or("null")),
        Fact::Drawn { what } => format!("drawn {what:?}"),
    };
    Some(format!("{} {words}", noted.at_secs))
}

fn of_way(way: &Way) -> String {
    match way {
        Way::Arm(number) => format!("arm {number}"),
        Way::Else => "else".to_owned(),
        Way::Split(name) => format!("split {name}"),
        Way::Heard => "heard".to_owned(),
        Way::Timeout => "timeout".to_owned(),
    }
}
