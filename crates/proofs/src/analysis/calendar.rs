//! Calendars that were not kept up.

use crate::ir::{Campaign, Name};

/// Calendars whose listed days end before the year in which the simulation ends: the last day listed, and that year.
pub(super) fn outdated(campaign: &Campaign) -> Vec<(Name, String, i16)> {
    let Some(year) = super::warmup::last_day(campaign).map(|last| last.year()) else { return Vec::new() };
    let late = campaign.calendars.iter().filter_map(|(name, calendar)| {
        let (last, _) = calendar.days.last_key_value()?;
        let date: jiff::civil::Date = last.parse().ok()?;
        (date.year() < year).then(|| (name.clone(), last.clone(), year))
    });
    late.collect()
}
