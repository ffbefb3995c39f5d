//! Bars, columns and days.

use super::svg::{Anchor, drawing, line, px, rect, round_up, scaled, words};
use super::words::{width, wrap};
use crate::backend::report::figure::{count, percent};
use crate::backend::report::markup::{Element, el};

/// Width of charts that stand beside each other.
const WIDE: f64 = 344.0;
/// Size of letters.
const SMALL: f64 = 11.0;

/// A bar of a chart.
pub(in crate::backend::report) struct Bar {
    pub(in crate::backend::report) name: String,
    pub(in crate::backend::report) number: u64,
}

/// Bars below each other, each with its name, its number and its share of `whole`.
pub(in crate::backend::report) fn bars(id: &str, title: &str, about: &str, bars: &[Bar], whole: u64) -> Element {
    const ROOM: f64 = 118.0;
    const LINE: f64 = 14.0;
    let most = bars.iter().map(|bar| bar.number).max().unwrap_or(0);
    let numbers = bars.iter().map(|bar| width(&count(bar.number), SMALL)).fold(0.0, f64::max);
    let names: Vec<Vec<String>> = bars.iter().map(|bar| wrap(&bar.name, SMALL, ROOM)).collect();
    let widest = names.iter().flatten().map(|name| width(name, SMALL)).fold(0.0, f64::max).min(ROOM);
    let (left, right) = (widest + 8.0, WIDE - numbers - 58.0);
    let height: f64 = names.iter().map(|lines| 8.0 + lines.len() as f64 * LINE).sum();
    let mut chart = drawing(id, (WIDE, height), title, about);
    let mut top = 0.0;
    for (bar, lines) in bars.iter().zip(&names) {
        let tall = 8.0 + lines.len() as f64 * LINE;
        let middle = top + tall / 2.0;
        for (at, text) in lines.iter().enumerate() {
            let base = middle + (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * LINE + 4.0;
            chart = chart.c(words(left - 8.0, base, "name", Anchor::End, text).named());
        }
        let long = scaled(bar.number, most, right - left);
        if bar.number > 0 {
            chart = chart.c(rect(left, middle - 7.0, long.max(1.0), 14.0, "bar"));
        }
        chart = chart.c(words(WIDE - 48.0, middle + 4.0, "number", Anchor::End, &count(bar.number))).c(words(
            WIDE,
            middle + 4.0,
            "share",
            Anchor::End,
            &percent(bar.number, whole),
        ));
        top += tall;
    }
    chart
}

/// Columns side by side, one for each number from the smallest on; several are put together where there are many.
pub(in crate::backend::report) fn columns(id: &str, title: &str, about: &str, bins: &[Bar], unit: &str) -> Element {
    const TALL: f64 = 150.0;
    const LINE: f64 = 14.0;
    const HEAD: f64 = 16.0;
    let unit = wrap(unit, SMALL, WIDE);
    let foot = 20.0 + unit.len() as f64 * LINE;
    let most = bins.iter().map(|bin| bin.number).max().unwrap_or(0);
    let all: u64 = bins.iter().map(|bin| bin.number).sum();
    let step = WIDE / bins.len().max(1) as f64;
    let mut chart = drawing(id, (WIDE, TALL + foot + HEAD), title, about);
    let mut free = 0.0;
    for (at, bin) in bins.iter().enumerate() {
        let (x, high) = (at as f64 * step, scaled(bin.number, most, TALL));
        let middle = x + step / 2.0;
        if bin.number > 0 {
            chart = chart.c(rect(x + 1.5, HEAD + TALL - high.max(1.0), step - 3.0, high.max(1.0), "bar"));
            let share = percent(bin.number, all);
            let told = if width(&share, 10.0) <= step - 1.0 { share } else { short_percent(bin.number, all) };
            chart = chart.c(words(middle, HEAD + TALL - high - 4.0, "share", Anchor::Middle, &told));
        }
        // Names that have no room are left out; the first and the last stay inside of the drawing.
        let half = width(&bin.name, SMALL) / 2.0;
        let place = middle.clamp(half, (WIDE - half).max(half));
        if place - half >= free {
            chart = chart.c(words(place, HEAD + TALL + 14.0, "number", Anchor::Middle, &bin.name));
            free = place + half + 4.0;
        }
    }
    chart = chart.c(line((0.0, HEAD + TALL), (WIDE, HEAD + TALL), "axis"));
    let lines = unit.iter().enumerate().map(|(at, text)| {
        words(WIDE / 2.0, HEAD + TALL + 16.0 + (at + 1) as f64 * LINE, "axis-name", Anchor::Middle, text)
    });
    chart.cs(lines)
}

/// A share without digits behind the point.
fn short_percent(part: u64, whole: u64) -> String {
    match (u128::from(part) * 200 + u128::from(whole)).checked_div(u128::from(whole) * 2) {
        Some(0) => "<1".to_owned(),
        Some(percent) => percent.to_string(),
        None => String::new(),
    }
}

/// The day with this number from the first on.
pub(in crate::backend::report) fn day(start: jiff::civil::Date, number: usize) -> jiff::civil::Date {
    let days = i64::try_from(number).unwrap_or(i64::MAX);
    start.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(start)
}

/// A column for each day, with months below.
pub(in crate::backend::report) fn days(
    id: &str,
    title: &str,
    about: &str,
    start: jiff::civil::Date,
    numbers: &[u64],
    tall: f64,
) -> Element {
    const HEAD: f64 = 8.0;
    let (top, mark) = round_up(numbers.iter().copied().max().unwrap_or(0));
    let left = (width(&count(top), SMALL) + 8.0).max(40.0);
    let wide = (720.0 - left).max(numbers.len() as f64 * 2.0);
    let step = wide / numbers.len().max(1) as f64;
    let mut chart = drawing(id, (left + wide, HEAD + tall + 22.0), title, about);
    for at in (0..=top / mark).map(|number| number * mark) {
        let y = HEAD + tall - scaled(at, top, tall);
        chart = chart.c(line((left, y), (left + wide, y), if at == 0 { "axis" } else { "grid" }));
        chart = chart.c(words(left - 6.0, y + 4.0, "mark", Anchor::End, &count(at)));
    }
    for (number, sent) in numbers.iter().enumerate() {
        let (date, x) = (day(start, number), left + number as f64 * step);
        if *sent > 0 {
            let high = scaled(*sent, top, tall).max(1.0);
            let gap = (step * 0.2).min(2.0);
            let told = format!("{date}: {}", count(*sent));
            chart = chart.c(rect_with_title((x + gap / 2.0, HEAD + tall - high), (step - gap, high), "bar", &told));
        }
        if number == 0 || date.day() == 1 {
            chart = chart.c(line((x, HEAD + tall), (x, HEAD + tall + 5.0), "axis"));
        }
    }
    let names = names_of_days(start, numbers.len(), step);
    chart.cs(names.into_iter().map(|(at, name)| words(left + at, HEAD + tall + 16.0, "mark", Anchor::Start, &name)))
}

/// The names below days, and where they stand from the first day on. None runs into another or over the end.
fn names_of_days(start: jiff::civil::Date, days: usize, step: f64) -> Vec<(f64, String)> {
    let months = (1..days).map(|number| (number, day(start, number))).filter(|(_, date)| date.day() == 1);
    // A new year is named.
    let months = months.map(|(number, date)| {
        let name = date.strftime(if date.month() == 1 { "%b %Y" } else { "%b %-d" }).to_string();
        (number as f64 * step + 2.0, name)
    });
    let months: Vec<(f64, String)> = months.collect();
    let wide = days as f64 * step;
    let room = months.first().map_or(wide, |(at, _)| *at) - 6.0;
    let first = [start.to_string(), start.strftime("%b %-d").to_string()];
    let first = first.into_iter().find(|name| width(name, SMALL) <= room).map(|name| (2.0, name));
    let (mut free, mut names) = (0.0, Vec::new());
    for (at, name) in first.into_iter().chain(months) {
        let end = at + width(&name, SMALL);
        if at >= free && end <= wide {
            names.push((at, name));
            free = end + 4.0;
        }
    }
    names
}

fn rect_with_title((x, y): (f64, f64), (width, height): (f64, f64), class: &str, title: &str) -> Element {
    el("g").c(el("title").t(title)).c(rect(x, y, width, height, class))
}

/// A square for each day, weeks as columns and Mondays on top, the darker the more.
pub(in crate::backend::report) fn calendar(
    id: &str,
    title: &str,
    about: &str,
    start: jiff::civil::Date,
    numbers: &[u64],
) -> Element {
    const SIZE: f64 = 22.0;
    const LEFT: f64 = 34.0;
    const HEAD: f64 = 18.0;
    let first = usize::from(start.weekday().to_monday_zero_offset().unsigned_abs());
    let weeks = (first + numbers.len()).div_ceil(7);
    let most = numbers.iter().copied().max().unwrap_or(0);
    let (legend, right) = legend((LEFT, HEAD + 7.0 * SIZE + 10.0), most);
    let size = ((LEFT + weeks as f64 * SIZE).max(right).max(WIDE), HEAD + 7.0 * SIZE + 30.0);
    let mut chart = drawing(id, size, title, about);
    let mut free = 0.0;
    for (row, name) in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().enumerate() {
        chart = chart.c(words(LEFT - 6.0, HEAD + row as f64 * SIZE + 15.0, "mark", Anchor::End, name));
    }
    for (number, sent) in numbers.iter().enumerate() {
        let (date, place) = (day(start, number), first + number);
        let (x, y) = (LEFT + (place / 7) as f64 * SIZE, HEAD + (place % 7) as f64 * SIZE);
        let told = format!("{date}: {}", count(*sent));
        let class = format!("heat heat-{}", heat(*sent, most));
        chart = chart.c(rect_with_title((x + 1.0, y + 1.0), (SIZE - 2.0, SIZE - 2.0), &class, &told));
        if date.day() == 1 || (number == 0 && date.day() < 20) {
            let is_new =
                number > 0 && date.month() == 1 || number == 0 && day(start, numbers.len()).year() > date.year();
            let name = date.strftime(if is_new { "%b %Y" } else { "%b" }).to_string();
            if x >= free && x + 1.0 + width(&name, SMALL) <= size.0 {
                chart = chart.c(words(x + 1.0, HEAD - 5.0, "mark", Anchor::Start, &name));
                free = x + width(&name, SMALL) + 4.0;
            }
        }
    }
    chart.cs(legend)
}

/// How dark: 0 for nothing, else 1 to 5 by the square root, so that days with few are told from those without.
fn heat(number: u64, most: u64) -> u64 {
    if number == 0 {
        return 0;
    }
    (1..5).find(|step| u128::from(number) * 25 <= u128::from(most) * u128::from(step * step)).unwrap_or(5)
}

/// What the squares mean, and where it ends on the right.
fn legend((x, y): (f64, f64), most: u64) -> (Vec<Element>, f64) {
    let mut elements = Vec::new();
    let mut left = x;
    let upper = |step: u64| most * step * step / 25;
    // Where there are few mails, some steps hold no number.
    for step in (0..=5_u64).filter(|step| *step == 0 || upper(*step) > upper(*step - 1)) {
        elements.push(rect(left, y, 14.0, 14.0, &format!("heat heat-{step}")));
        let name = match step {
            0 => "0".to_owned(),
            _ => format!("≤ {}", count(upper(step))),
        };
        elements.push(words(left + 18.0, y + 11.0, "mark", Anchor::Start, &name));
        left += 26.0 + width(&name, SMALL);
    }
    (elements, left)
}

/// A line over the days.
pub(in crate::backend::report) struct Series {
    pub(in crate::backend::report) name: String,
    pub(in crate::backend::report) numbers: Vec<u64>,
    /// The number that stands behind it.
    pub(in crate::backend::report) told: String,
}

/// Small areas over the days, one below the other with their names: each on its own scale, its largest number told.
pub(in crate::backend::report) fn lines(
    id: &str,
    title: &str,
    about: &str,
    start: jiff::civil::Date,
    series: &[Series],
) -> Element {
    const LEFT: f64 = 190.0;
    const TALL: f64 = 30.0;
    const FOOT: f64 = 18.0;
    let largest = |each: &Series| format!("max {}", count(each.numbers.iter().copied().max().unwrap_or(0)));
    let told = series.iter().flat_map(|each| [width(&each.told, SMALL), width(&largest(each), SMALL)]);
    let wide = 720.0 - LEFT - told.fold(62.0, f64::max) - 10.0;
    let names: Vec<Vec<String>> = series.iter().map(|each| wrap(&each.name, SMALL, LEFT - 16.0)).collect();
    let talls: Vec<f64> = names.iter().map(|lines| (lines.len() as f64 * 14.0).max(TALL) + 10.0).collect();
    let mut chart = drawing(id, (720.0, talls.iter().sum::<f64>() + FOOT), title, about);
    let mut top = 0.0;
    for ((each, lines), tall) in series.iter().zip(&names).zip(&talls) {
        let Series { numbers, told, .. } = each;
        let base = top + tall - 6.0;
        for (at, text) in lines.iter().enumerate() {
            let y = base - 3.0 - (lines.len() - 1 - at) as f64 * 14.0;
            chart = chart.c(words(LEFT - 10.0, y, "name", Anchor::End, text).named());
        }
        let most = numbers.iter().copied().max().unwrap_or(0);
        let step = wide / numbers.len().max(1) as f64;
        let mut path = format!("M{} {}", px(LEFT), px(base));
        for (at, number) in numbers.iter().enumerate() {
            let y = base - scaled(*number, most, TALL);
            path.push_str(&format!(
                "L{} {y}L{} {y}",
                px(LEFT + at as f64 * step),
                px(LEFT + (at + 1) as f64 * step),
                y = px(y)
            ));
        }
        path.push_str(&format!("L{} {}Z", px(LEFT + wide), px(base)));
        chart = chart.c(el("path").class("area").a("d", path));
        chart = chart.c(line((LEFT, base), (LEFT + wide, base), "axis"));
        chart = chart.c(words(LEFT + wide + 8.0, base - 3.0, "number", Anchor::Start, told));
        chart = chart.c(words(LEFT + wide + 8.0, base - 17.0, "share", Anchor::Start, &largest(each)));
        top += tall;
    }
    let last = series.iter().map(|each| each.numbers.len()).max().unwrap_or(0).saturating_sub(1);
    chart.c(words(LEFT, top + 10.0, "mark", Anchor::Start, &start.to_string())).c(words(
        LEFT + wide,
        top + 10.0,
        "mark",
        Anchor::End,
        &day(start, last).to_string(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_darker_the_more() {
        assert_eq!([0, 1, 4, 5, 16, 17, 25].map(|number| heat(number, 25)), [0, 1, 2, 3, 4, 5, 5]);
        assert_eq!(day(jiff::civil::date(2026, 2, 27), 2).to_string(), "2026-03-01");
    }

    #[test]
    fn names_of_columns_leave_out_what_has_no_room() {
        let bins = (0..14).map(|at| Bar { name: format!("{}–{}", at * 1_000, at * 1_000 + 999), number: 1 });
        let chart = columns("id", "title", "about", &bins.collect::<Vec<_>>(), "mails").written();
        let shown = chart.matches("class=\"number\"").count();
        assert!((3..8).contains(&shown), "{chart}");
        let few = [Bar { name: "0".to_owned(), number: 1 }, Bar { name: "1".to_owned(), number: 2 }];
        assert_eq!(columns("id", "title", "about", &few, "mails").written().matches("class=\"number\"").count(), 2);
    }

    /// Where the texts of a drawing begin and end, of those that begin where they stand or end there.
    fn extents(chart: &Element) -> (f64, Vec<(String, f64, f64)>) {
        let written = chart.written();
        let attribute = |element: &str, name: &str| -> Option<f64> {
            let (_, rest) = element.split_once(&format!(" {name}=\""))?;
            rest.split_once('"')?.0.parse().ok()
        };
        let texts = written.split("<text ").skip(1).map(|element| {
            let (head, rest) = element.split_once('>').unwrap();
            let (text, x) = (rest.split_once('<').unwrap().0, attribute(head, "x").unwrap());
            let wide = width(text, SMALL);
            let low = match head.split_once("text-anchor=\"") {
                Some((_, anchor)) if anchor.starts_with("end") => x - wide,
                Some(_) => x - wide / 2.0,
                None => x,
            };
            (text.to_owned(), low, low + wide)
        });
        (attribute(&written, "width").unwrap(), texts.collect())
    }

    #[test]
    fn labels_of_large_numbers_are_whole() {
        let start = jiff::civil::date(2026, 4, 1);
        let many = |days: usize| -> Vec<u64> { (0..days).map(|day| 1_234_567 * (day as u64 % 7)).collect() };
        let told = format!("{} in all", count(123_456_789));
        let series = |days| [Series { name: "旅".to_owned(), numbers: many(days), told: told.clone() }];
        for days_long in [30, 59, 180, 365, 730] {
            for chart in [
                days("d", "t", "a", start, &many(days_long), 100.0),
                calendar("c", "t", "a", start, &many(days_long)),
                lines("l", "t", "a", start, &series(days_long)),
                columns("m", "t", "a", &[Bar { name: "0".to_owned(), number: 1 }], &"many words of a unit ".repeat(6)),
            ] {
                let (wide, texts) = extents(&chart);
                for (text, low, high) in &texts {
                    assert!(*low >= 0.0 && *high <= wide, "{text}: {low} to {high} of {wide}");
                }
            }
        }
        let (_, texts) = extents(&days("d", "t", "a", start, &many(365), 100.0));
        let mut months: Vec<&(String, f64, f64)> =
            texts.iter().filter(|(text, ..)| text.contains(['A', 'M', '-'])).collect();
        months.sort_by(|one, other| one.1.total_cmp(&other.1));
        assert!(months.windows(2).all(|pair| pair[0].2 <= pair[1].1), "{months:?}");
    }

    #[test]
    fn a_run_over_a_new_year_names_it() {
        let start = jiff::civil::date(2026, 11, 5);
        for drawn in [days("d", "t", "a", start, &[1; 100], 100.0), calendar("c", "t", "a", start, &[1; 100])] {
            assert!(drawn.written().contains(">Jan 2027<"));
        }
    }
}
