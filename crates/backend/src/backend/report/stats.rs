//! What `tabiji leads stats` found, for people and for programs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::chart::bar;
use super::figure::{NONE, count, percent, rate};
use super::table::{Line, Table, list, push_line};
use crate::ir::Campaign;
use crate::leads::stats::{DISTINCT, FieldStats, Measures, Stats, Unit, Values};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// Values of a field that are shown; the rest is counted.
const VALUES_SHOWN: usize = 8;

/// Values of a field that JSON lists.
const VALUES_LISTED: usize = 100;

/// Refused rows that are shown.
const ROWS_SHOWN: usize = 5;

/// Cells of a bar.
const BAR: usize = 24;

/// The summary, lines at most `width` cells wide where names and numbers allow it.
pub fn stats_text(stats: &Stats, campaign: &Campaign, width: usize) -> String {
    let mut sections = vec![rows(stats, campaign, width), fields(stats, width), measured(stats, campaign, width)];
    sections.extend(stats.fields.iter().map(|field| values(field, width)));
    sections.push(personas(stats, width));
    let grades = stats.grades.iter().map(|(model, grades)| {
        let named = grades.iter().map(|(grade, leads)| (grade.as_deref().unwrap_or("no grade").to_owned(), *leads));
        let label = campaign.grading.get(model).and_then(|model| model.label.as_deref());
        bars(&format!("Grades of {}", label.unwrap_or(model)), &named.collect::<Vec<_>>(), stats.leads, "leads", width)
    });
    sections.extend(grades);
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

fn rows(stats: &Stats, campaign: &Campaign, width: usize) -> String {
    let refused: u64 = stats.refused.values().sum();
    let items = [
        format!("{} read", count(stats.read)),
        format!("{} leads", count(stats.leads)),
        format!("{} refused", count(refused)),
    ];
    let mut text = list(&format!("{}  ", campaign.settings.project), &items, width);
    for row in stats.refused_rows.iter().take(ROWS_SHOWN) {
        push_line(&mut text, &format!("    {}: {}", row.place(), row.message));
    }
    match refused.saturating_sub(stats.refused_rows.len().min(ROWS_SHOWN) as u64) {
        0 => {}
        more => push_line(&mut text, &format!("    and {} more", count(more))),
    }
    text
}

fn fields(stats: &Stats, width: usize) -> String {
    let mut table = Table::new("Fields", &["leads", "share", "absent", "distinct"]);
    for field in &stats.fields {
        let distinct = field.distinct.map_or_else(|| format!("over {}", count(DISTINCT as u64)), count);
        let numbers = vec![count(field.present), percent(field.present, stats.leads), count(field.absent), distinct];
        table.push(Line::new(field.label.as_deref(), &field.name, numbers));
    }
    table.print(width)
}

fn measured(stats: &Stats, campaign: &Campaign, width: usize) -> String {
    let mut table = Table::new("Numbers and dates", &["min", "p25", "median", "p75", "p95", "max", "mean"]);
    let mut near = false;
    let mut empty = true;
    for field in &stats.fields {
        let Values::Measured(Some(measures)) = &field.values else { continue };
        let Measures { min, p25, median, p75, p95, max, mean, exact, unit } = *measures;
        near |= !exact;
        empty = false;
        let zone = TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC);
        let mut numbers: Vec<String> = [min, p25, median, p75, p95, max].map(|n| shown(n, unit, &zone)).to_vec();
        numbers.push(match unit {
            Unit::Integer | Unit::Number => decimal(mean),
            Unit::Date | Unit::Datetime => shown(mean.floor(), unit, &zone),
        });
        table.push(Line::new(field.label.as_deref(), &field.name, numbers));
    }
    if empty {
        return String::new();
    }
    let mut text = table.print(width);
    if near {
        let most = count(DISTINCT as u64);
        push_line(&mut text, &format!("  quantiles of more than {most} different numbers are near ones"));
    }
    text
}

/// The values of a field, most frequent first; nothing where each lead has its own.
fn values(field: &FieldStats, width: usize) -> String {
    let Values::Counted(values) = &field.values else { return String::new() };
    let top = by_frequency(values);
    if top.first().is_none_or(|(_, leads)| *leads < 2) {
        return String::new();
    }
    let shown: Vec<(String, u64)> =
        top.iter().take(VALUES_SHOWN).map(|(value, leads)| ((*value).to_owned(), *leads)).collect();
    let mut text = bars(field.label.as_deref().unwrap_or(&field.name), &shown, field.present, "leads", width);
    if top.len() > shown.len() {
        let rest: u64 = top[shown.len()..].iter().map(|(_, leads)| leads).sum();
        push_line(
            &mut text,
            &format!("    and {} other values, {}", count((top.len() - shown.len()) as u64), count(rest)),
        );
    }
    text
}

fn by_frequency(values: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut top: Vec<(&str, u64)> = values.iter().map(|(value, leads)| (value.as_str(), *leads)).collect();
    top.sort_by_key(|(_, leads)| std::cmp::Reverse(*leads));
    top
}

fn bars(title: &str, rows: &[(String, u64)], whole: u64, head: &str, width: usize) -> String {
    let mut table = Table::new(title, &[head, "share"]);
    let most = rows.iter().map(|(_, leads)| *leads).max().unwrap_or(0);
    for (name, leads) in rows {
        let mut line = Line::new(None, &one_line(name), vec![count(*leads), percent(*leads, whole)]);
        line.tail = bar(*leads, most, BAR);
        table.push(line);
    }
    table.print(width)
}

fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn personas(stats: &Stats, width: usize) -> String {
    if stats.personas.len() < 2 {
        return String::new();
    }
    let mut table = Table::new("Personas", &["leads", "share", "declared"]);
    let most = stats.personas.iter().map(|persona| persona.leads).max().unwrap_or(0);
    for persona in stats.personas.iter().filter(|persona| persona.name.is_some() || persona.leads > 0) {
        let declared = persona.declared.map_or(NONE.to_owned(), |share| format!("{:.1}%", share * 100.0));
        let numbers = vec![count(persona.leads), percent(persona.leads, stats.leads), declared];
        let mut line = Line::new(persona.label.as_deref(), persona.name.as_deref().unwrap_or("no persona"), numbers);
        line.tail = bar(persona.leads, most, BAR);
        table.push(line);
    }
    table.print(width)
}

/// A number as what it is.
fn shown(number: f64, unit: Unit, zone: &TimeZone) -> String {
    match unit {
        Unit::Integer => grouped(number as i64),
        Unit::Number => decimal(number),
        Unit::Date => date(number),
        Unit::Datetime => Timestamp::from_second(number as i64)
            .map(|instant| zone.to_datetime(instant).strftime("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_default(),
    }
}

fn date(days: f64) -> String {
    let days = jiff::Span::new().try_days(days as i64);
    days.and_then(|days| Date::constant(1970, 1, 1).checked_add(days)).map(|date| date.to_string()).unwrap_or_default()
}

fn grouped(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", count(number.unsigned_abs()))
}

/// Two places; more for what is smaller than one.
fn decimal(number: f64) -> String {
    if number != 0.0 && number.abs() < 1.0 {
        return format!("{number:.4}");
    }
    let text = format!("{number:.2}");
    let (whole, fraction) = text.split_once('.').unwrap_or((text.as_str(), "00"));
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let whole = whole.trim_start_matches('-').parse().map_or_else(|_| whole.to_owned(), count);
    if fraction == "00" { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The figures as JSON, with a line end at the end.
pub fn stats_json(stats: &Stats, campaign: &Campaign) -> String {
    let report = Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project: &campaign.settings.project,
        rows: json!({
            "read": stats.read,
            "leads": stats.leads,
            "refused": stats.refused,
            "refused_rows": stats.refused_rows,
        }),
        fields: stats.fields.iter().map(|field| field_json(field, stats.leads)).collect(),
        personas: stats
            .personas
            .iter()
            .map(|persona| {
                let share = rate(persona.leads, stats.leads);
                json!({"persona": persona.name, "leads": persona.leads, "share": share, "declared": persona.declared})
            })
            .collect(),
        grades: stats
            .grades
            .iter()
            .map(|(model, grades)| {
                let grades = grades.iter().map(|(grade, leads)| json!({"grade": grade, "leads": leads})).collect();
                (model.as_str(), grades)
            })
            .collect(),
    };
    super::json::written(&report)
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    rows: Json,
    fields: Vec<Json>,
    personas: Vec<Json>,
    grades: BTreeMap<&'a str, Vec<Json>>,
}

fn field_json(field: &FieldStats, leads: u64) -> Json {
    let mut json = json!({
        "field": field.name,
        "present": field.present,
        "absent": field.absent,
        "filled": rate(field.present, leads),
        "distinct": field.distinct,
    });
    let (key, values) = match &field.values {
        Values::Counted(values) => {
            let top = by_frequency(values);
            let top = top.iter().take(VALUES_LISTED).map(|(value, leads)| json!({"value": value, "leads": leads}));
            ("values", top.collect::<Json>())
        }
        Values::Measured(measures) => ("measures", measures.as_ref().map_or(Json::Null, measures_json)),
    };
    if let Some(object) = json.as_object_mut() {
        object.insert(key.to_owned(), values);
    }
    json
}

fn measures_json(measures: &Measures) -> Json {
    let Measures { min, p25, median, p75, p95, max, mean, exact, unit } = *measures;
    let number = |n: f64| match unit {
        Unit::Integer => json!(n as i64),
        Unit::Number => json!(n),
        Unit::Date => json!(date(n)),
        Unit::Datetime => json!(Timestamp::from_second(n as i64).map(|instant| instant.to_string()).ok()),
    };
    let mean = match unit {
        Unit::Integer | Unit::Number => json!((mean * 1e6).round() / 1e6),
        Unit::Date | Unit::Datetime => number(mean.floor()),
    };
    json!({
        "min": number(min), "p25": number(p25), "median": number(median), "p75": number(p75), "p95": number(p95),
        "max": number(max), "mean": mean, "exact": exact,
    })
}
