//! `idle-source`: a source whose visitors all come before or after the simulation that the project sets.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let simulation = &campaign.settings.simulation;
    let date = |text: Option<&String>| text.and_then(|text| text.parse::<Date>().ok());
    let Some(first) = date(simulation.start.as_ref()) else { return };
    let days = i64::from(simulation.days.unwrap_or(90));
    let Ok(last) = first.checked_add((days - 1).days()) else { return };
    for (name, source) in &campaign.sources {
        let Some(arrivals) = &source.arrivals else { continue };
        let (from, to) = (date(arrivals.from.as_ref()), date(arrivals.to.as_ref()));
        let when = match (from, to) {
            (Some(from), _) if from > last => format!("only from {from} on"),
            (_, Some(to)) if to < first => format!("only until {to}"),
            (Some(_) | None, Some(_) | None) => continue,
        };
        let message = format!("visitors come by `{name}` {when}, and the simulation goes from {first} to {last}");
        let finding = Diagnostic::new(Code::IdleSource, source.origin.0, message);
        sink.push(finding.help("mend the days of its `arrivals`, or those of `simulation`"));
    }
}
