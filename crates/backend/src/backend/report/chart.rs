//! Bars and histograms out of block characters.

use std::collections::BTreeMap;

use super::figure::{count, percent};
use super::table::{cells, pad_left, push_line};

/// Rows of a histogram; more numbers than that are put together.
const BINS: u64 = 12;

/// A bar of `part` of `whole`, `width` cells long if they are the same, to an eighth of a cell. Anything is at least
/// an eighth.
pub(super) fn bar(part: u64, whole: u64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if whole == 0 || part == 0 {
        return String::new();
    }
    let eighths = u128::from(part) * (width as u128 * 8) / u128::from(whole);
    let eighths = usize::try_from(eighths).unwrap_or(usize::MAX).clamp(1, width * 8);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// Heights as one line of marks; zero is a dot, anything else at least the lowest mark.
pub(super) fn spark(heights: &[u64]) -> String {
    const MARKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let top = heights.iter().copied().max().unwrap_or(0);
    let mark = |height: u64| match (u128::from(height) * 8).checked_div(u128::from(top)) {
        Some(eighths) if height > 0 => MARKS[usize::try_from(eighths).unwrap_or(8).clamp(1, 8) - 1],
        Some(_) | None => '·',
    };
    heights.iter().map(|height| mark(*height)).collect()
}

/// Leads by number as rows of bars, without a gap between the smallest and the largest number.
pub(super) fn histogram(leads_by_number: &BTreeMap<u64, u64>, width: usize) -> String {
    let Some((last, _)) = leads_by_number.last_key_value() else { return String::new() };
    let size = (last + 1).div_ceil(BINS);
    let mut bins: Vec<(String, u64)> = Vec::new();
    let mut low = 0;
    while low <= *last {
        let high = (low + size - 1).min(*last);
        let name = if low == high { low.to_string() } else { format!("{low}–{high}") };
        bins.push((name, leads_by_number.range(low..=high).map(|(_, leads)| leads).sum()));
        low = high + 1;
    }
    let all: u64 = bins.iter().map(|(_, leads)| leads).sum();
    let most = bins.iter().map(|(_, leads)| *leads).max().unwrap_or(0);
    let names = bins.iter().map(|(name, _)| cells(name)).max().unwrap_or(0);
    let counts = cells(&count(most));
    let room = width.saturating_sub(names + counts + 16).clamp(8, 40);
    let mut text = String::new();
    for (name, leads) in &bins {
        let (name, number) = (pad_left(name, names), pad_left(&count(*leads), counts));
        push_line(
            &mut text,
            &format!("  {name} │ {number}  {}  {}", pad_left(&percent(*leads, all), 6), bar(*leads, most, room)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_scale() {
        assert_eq!([bar(8, 8, 4), bar(3, 8, 4), bar(1, 1000, 4), bar(0, 8, 4)], ["████", "█▌", "▏", ""]);
        assert_eq!(spark(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(spark(&[0, 0]), "··");
    }

    #[test]
    fn histograms_have_no_gaps_and_few_rows() {
        insta::assert_snapshot!(histogram(&BTreeMap::from([(0, 4), (3, 12)]), 40), @r"
          0 │  4   25.0%  ███████
          1 │  0    0.0%
          2 │  0    0.0%
          3 │ 12   75.0%  █████████████████████
        ");
        let wide = histogram(&BTreeMap::from([(1, 1), (100, 1)]), 40);
        assert_eq!(wide.lines().count(), 12);
        assert!(wide.contains(" 99–100 │ 1   50.0%"), "{wide}");
    }
}
