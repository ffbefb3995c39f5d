//! Japan's national holidays by rule: the Act on National Holidays (国民の祝日に関する法律, 昭和23年法律第178号) as it stands
//! since 2007, and the acts that moved days in 2019, 2020 and 2021.
//!
//! In: a year. Out: its days off with their names. Never: a network, a table of dates.
//!
//! The days of the equinoxes are set by the calendar that the National Astronomical Observatory publishes in February of
//! the year before; the formula used here gives them for 1980 to 2099 (新こよみ便利帳).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Years whose holidays are known.
pub const YEARS: RangeInclusive<i16> = 2007..=2099;

/// A national holiday and the years in which it is one.
struct Rule {
    name: &'static str,
    on: On,
    years: RangeInclusive<i16>,
}

/// When a holiday is.
enum On {
    /// Month and day.
    Day(i8, i8),
    /// Month, and which Monday of it.
    Monday(i8, i8),
    /// The vernal equinox, in March.
    Vernal,
    /// The autumnal equinox, in September.
    Autumnal,
}

const fn rule(name: &'static str, on: On) -> Rule {
    Rule { name, on, years: YEARS }
}

const fn from_to(name: &'static str, on: On, from: i16, to: i16) -> Rule {
    Rule { name, on, years: from..=to }
}

/// Article 2, with the days of single years among them.
const RULES: &[Rule] = &[
    rule("元日", On::Day(1, 1)),
    rule("成人の日", On::Monday(1, 2)),
    rule("建国記念の日", On::Day(2, 11)),
    from_to("天皇誕生日", On::Day(2, 23), 2020, 2099),
    rule("春分の日", On::Vernal),
    rule("昭和の日", On::Day(4, 29)),
    // Act of 2018 on the day of the accession (平成30年法律第99号).
    from_to("即位の日", On::Day(5, 1), 2019, 2019),
    from_to("即位礼正殿の儀の行われる日", On::Day(10, 22), 2019, 2019),
    rule("憲法記念日", On::Day(5, 3)),
    rule("みどりの日", On::Day(5, 4)),
    rule("こどもの日", On::Day(5, 5)),
    // The Olympic games moved three days in 2020 and 2021 (平成27年法律第33号, as amended).
    from_to("海の日", On::Monday(7, 3), 2007, 2019),
    from_to("海の日", On::Day(7, 23), 2020, 2020),
    from_to("海の日", On::Day(7, 22), 2021, 2021),
    from_to("海の日", On::Monday(7, 3), 2022, 2099),
    from_to("山の日", On::Day(8, 11), 2016, 2019),
    from_to("山の日", On::Day(8, 10), 2020, 2020),
    from_to("山の日", On::Day(8, 8), 2021, 2021),
    from_to("山の日", On::Day(8, 11), 2022, 2099),
    rule("敬老の日", On::Monday(9, 3)),
    rule("秋分の日", On::Autumnal),
    from_to("体育の日", On::Monday(10, 2), 2007, 2019),
    from_to("スポーツの日", On::Day(7, 24), 2020, 2020),
    from_to("スポーツの日", On::Day(7, 23), 2021, 2021),
    from_to("スポーツの日", On::Monday(10, 2), 2022, 2099),
    rule("文化の日", On::Day(11, 3)),
    rule("勤労感謝の日", On::Day(11, 23)),
    from_to("天皇誕生日", On::Day(12, 23), 2007, 2018),
];

/// The days off of a year with their names; none outside of [`YEARS`].
pub fn holidays(year: i16) -> BTreeMap<Date, &'static str> {
    if !YEARS.contains(&year) {
        return BTreeMap::new();
    }
    let national: BTreeMap<Date, &'static str> = RULES
        .iter()
        .filter(|rule| rule.years.contains(&year))
        .filter_map(|rule| Some((day(&rule.on, year)?, rule.name)))
        .collect();
    let mut off = national.clone();
    for date in national.keys() {
        // Article 3(2): what falls on a Sunday is made up for on the next day that is no national holiday.
        if date.weekday() == Weekday::Sunday {
            let mut next = after(*date, 1);
            while national.contains_key(&next) {
                next = after(next, 1);
            }
            off.insert(next, "振替休日");
        }
        // Article 3(3): a day between two national holidays is off too.
        let between = after(*date, 1);
        if !national.contains_key(&between) && national.contains_key(&after(*date, 2)) {
            off.entry(between).or_insert("国民の休日");
        }
    }
    off
}

fn after(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

fn day(on: &On, year: i16) -> Option<Date> {
    match on {
        On::Day(month, day) => Date::new(year, *month, *day).ok(),
        On::Monday(month, number) => {
            Date::new(year, *month, 1).ok()?.nth_weekday_of_month(*number, Weekday::Monday).ok()
        }
        On::Vernal => Date::new(year, 3, equinox(20.8431, year)).ok(),
        On::Autumnal => Date::new(year, 9, equinox(23.2488, year)).ok(),
    }
}

/// Day of the month of an equinox. `of_1980` is the day and its part in 1980; a tropical year is 0.242194 days longer
/// than 365, which leap years take back.
fn equinox(of_1980: f64, year: i16) -> i8 {
    let years = i32::from(year) - 1980;
    let day = (of_1980 + 0.242_194 * f64::from(years)).floor() - f64::from(years.div_euclid(4));
    day as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days of the Cabinet Office's list (国民の祝日, syukujitsu.csv) for 2015 to 2027; from 2028 on by the same law, as
    /// two other implementations give them (jpholiday 1.0 and holidays 0.109 for Python agree for 2007 to 2099).
    const LISTED: &str = "
2015 01-01 01-12 02-11 03-21 04-29 05-03 05-04 05-05 05-06 07-20 09-21 09-22 09-23 10-12 11-03 11-23 12-23
2016 01-01 01-11 02-11 03-20 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-22 10-10 11-03 11-23 12-23
2017 01-01 01-02 01-09 02-11 03-20 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-23 10-09 11-03 11-23 12-23
2018 01-01 01-08 02-11 02-12 03-21 04-29 04-30 05-03 05-04 05-05 07-16 08-11 09-17 09-23 09-24 10-08 11-03 11-23 12-23 12-24
2019 01-01 01-14 02-11 03-21 04-29 04-30 05-01 05-02 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-23 10-14 10-22 11-03 11-04 11-23
2020 01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-23 07-24 08-10 09-21 09-22 11-03 11-23
2021 01-01 01-11 02-11 02-23 03-20 04-29 05-03 05-04 05-05 07-22 07-23 08-08 08-09 09-20 09-23 11-03 11-23
2022 01-01 01-10 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-23 10-10 11-03 11-23
2023 01-01 01-02 01-09 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-23 10-09 11-03 11-23
2024 01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23
2025 01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 11-24
2026 01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23
2027 01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23
2028 01-01 01-10 02-11 02-23 03-20 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-22 10-09 11-03 11-23
2029 01-01 01-08 02-11 02-12 02-23 03-20 04-29 04-30 05-03 05-04 05-05 07-16 08-11 09-17 09-23 09-24 10-08 11-03 11-23
2030 01-01 01-14 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-23 10-14 11-03 11-04 11-23
";

    #[test]
    fn the_published_lists_are_met() {
        let mut years = 0;
        for line in LISTED.trim().lines() {
            let (year, days) = line.split_once(' ').unwrap();
            let found = holidays(year.parse().unwrap());
            let found: Vec<String> = found.keys().map(|date| date.strftime("%m-%d").to_string()).collect();
            assert_eq!(found.join(" "), days, "{year}");
            years += 1;
        }
        assert_eq!(years, 16);
    }

    #[test]
    fn equinoxes_are_those_of_the_observatory() {
        // 暦要項 of 2000 to 2030.
        for (year, vernal, autumnal) in [(2012, 20, 22), (2020, 20, 22), (2023, 21, 23), (2024, 20, 22), (2027, 21, 23)]
        {
            assert_eq!((equinox(20.8431, year), equinox(23.2488, year)), (vernal, autumnal), "{year}");
        }
    }

    #[test]
    fn days_have_their_names() {
        let name = |date: &str| {
            let date: Date = date.parse().unwrap();
            holidays(date.year()).get(&date).copied()
        };
        assert_eq!(name("2019-04-30"), Some("国民の休日"));
        assert_eq!(name("2019-05-01"), Some("即位の日"));
        assert_eq!(name("2026-05-06"), Some("振替休日"));
        assert_eq!(name("2026-09-22"), Some("国民の休日"));
        assert_eq!(name("2026-11-25"), None);
        assert!(holidays(2006).is_empty() && holidays(2100).is_empty());
    }

    /// How many days off there are in all years, and a sum over them: worked out with the same two implementations.
    #[test]
    fn all_years_have_as_many_days() {
        let all: Vec<Date> = YEARS.flat_map(holidays).map(|(date, _)| date).collect();
        let sum: i64 = all.iter().map(|date| i64::from(date.day_of_year())).sum();
        assert_eq!((all.len(), sum), (1_659, 268_202));
    }
}
