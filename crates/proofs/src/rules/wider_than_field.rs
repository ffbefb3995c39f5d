//! `wider-than-field`: an event brings values that the field it sets does not take.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, event) in &campaign.events {
        for (field, property) in &event.sets {
            let (Some(taken), Some(brought)) = (campaign.fields.get(field), event.properties.get(property)) else {
                continue;
            };
            // What has no range of its own says nothing of what it brings.
            let below = brought.min.zip(taken.min).filter(|(brought, taken)| brought < taken);
            let above = brought.max.zip(taken.max).filter(|(brought, taken)| brought > taken);
            let beyond = match (below, above) {
                (Some((brought, taken)), _) => format!("may be {brought}, and `{field}` is at least {taken}"),
                (None, Some((brought, taken))) => format!("may be {brought}, and `{field}` is at most {taken}"),
                (None, None) => continue,
            };
            let message = format!("`{name}` sets `{field}` from `{property}`, which {beyond}");
            let finding = Diagnostic::new(Code::WiderThanField, brought.origin.0, message);
            let finding = finding.also(taken.origin.0, format!("`{field}` is declared here"));
            sink.push(finding.help("give both the same `min` and `max`"));
        }
    }
}
