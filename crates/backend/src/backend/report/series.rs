//! What changes from day to day, as lines to be drawn.

use super::draw::charts::Series;
use super::figure::count;
use crate::backend::sim::Figures;
use crate::ir::Campaign;

/// Journeys that are drawn; tables have all.
const JOURNEYS: usize = 12;

/// Leads in each stage at the end of each day.
pub(super) fn stages(figures: &Figures) -> Vec<Series> {
    let stages = figures.stage_changes.iter().filter(|(_, days)| !days.is_empty());
    let summed = stages.map(|(stage, days)| {
        let mut so_far = 0_i64;
        let each_day = days.iter().map(|change| {
            so_far += change;
            u64::try_from(so_far).unwrap_or(0)
        });
        let numbers: Vec<u64> = each_day.collect();
        let told = count(numbers.last().copied().unwrap_or(0));
        Series { name: stage.to_owned(), numbers, told }
    });
    summed.collect()
}

/// Journeys by how much they send, most first; nothing where fewer than two send. A name, its days, their sum.
pub(super) fn senders(figures: &Figures) -> Vec<(&str, &Vec<u64>, u64)> {
    let journeys = figures.reach.sends_per_day.iter();
    let mut all: Vec<(&str, &Vec<u64>, u64)> =
        journeys.map(|(name, days)| (name, days, days.iter().sum())).filter(|(_, _, sum)| *sum > 0).collect();
    all.sort_by_key(|(_, _, sum)| std::cmp::Reverse(*sum));
    if all.len() < 2 { Vec::new() } else { all }
}

/// What the journeys that send most send each day.
pub(super) fn journeys(figures: &Figures, campaign: &Campaign) -> Vec<Series> {
    let label = |name: &str| campaign.journeys.get(name).and_then(|journey| journey.label.clone());
    let senders = senders(figures).into_iter().take(JOURNEYS);
    let series = senders.map(|(name, days, sum)| Series {
        name: label(name).unwrap_or_else(|| name.to_owned()),
        numbers: days.clone(),
        told: format!("{} in all", count(sum)),
    });
    series.collect()
}
