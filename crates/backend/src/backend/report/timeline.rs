//! The timeline of one lead as aligned text.

use super::table::{cells, pad, push_line};
use crate::backend::sim::Outcome;

/// The timeline that the run traced: local time, what, journey, step, in words; an empty line between local days. Empty if
/// no lead was traced.
pub fn trace(outcome: &Outcome) -> String {
    let lines = outcome.trace.as_deref().unwrap_or(&[]);
    let width = |of: fn(&crate::backend::sim::TraceLine) -> String| {
        lines.iter().map(|line| cells(&of(line))).max().unwrap_or(0)
    };
    let (times, whats) = (width(|line| line.local.clone()), width(|line| line.what.to_string()));
    let journeys = width(|line| line.journey.clone().unwrap_or_default());
    let steps = width(|line| line.step.clone().unwrap_or_default());
    let mut text = String::new();
    let mut day = None;
    for line in lines {
        let today = line.local.split('T').next();
        if day.is_some() && day != today {
            text.push('\n');
        }
        day = today;
        let (time, what) = (pad(&line.local, times), pad(&line.what.to_string(), whats));
        let journey = pad(line.journey.as_deref().unwrap_or(""), journeys);
        let step = pad(line.step.as_deref().unwrap_or(""), steps);
        let gap = |width| if width == 0 { "" } else { "  " };
        let place = format!("{journey}{}{step}{}", gap(journeys), gap(steps));
        push_line(&mut text, &format!("{time}  {what}  {place}{}", line.text));
    }
    text
}
