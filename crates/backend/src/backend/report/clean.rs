//! What `tabiji leads clean` did, for people and for programs.

use serde::Serialize;

use super::figure::count;
use super::table::{Line, Table, cells, list, push_line};
use crate::ir::Name;
use crate::leads::clean::{Cleaned, Group, LeftOut, ROWS_KEPT, Tally, What};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// Refused rows and groups that are shown; the rest is counted.
const SHOWN: usize = 5;

/// Cells of a terminal that an example takes on either side.
const EXAMPLE: usize = 32;

/// The summary, lines at most `width` cells wide where values allow it.
pub fn clean_text(cleaned: &Cleaned, project: &str, width: usize) -> String {
    let sections = [
        rows(cleaned, project, width),
        table(cleaned, "Changed", &[What::Changed], width),
        table(cleaned, "Bad values", &[What::Blanked, What::Kept], width),
        table(cleaned, "Worth a look", &[What::Suggested, What::Noted], width),
        groups(cleaned, width),
        table(cleaned, "Merged values", &[What::Merged], width),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

fn rows(cleaned: &Cleaned, project: &str, width: usize) -> String {
    let refused = cleaned.refused_total();
    let items = [
        format!("{} read", count(cleaned.read)),
        format!("{} written", count(cleaned.written)),
        format!("{} joined to others", count(cleaned.joined)),
        format!("{} refused", count(refused)),
    ];
    let mut text = list(&format!("{project}  "), &items, width);
    if refused > 0 {
        let reasons: Vec<String> =
            cleaned.refused.iter().map(|(reason, rows)| format!("{} {}", reason.word(), count(*rows))).collect();
        text.push_str(&list("  refused: ", &reasons, width));
    }
    for LeftOut { line, message, .. } in cleaned.first_refused.iter().take(SHOWN) {
        push_line(&mut text, &format!("    line {line}: {message}"));
    }
    text.push_str(&more(refused, cleaned.first_refused.len().min(SHOWN)));
    text
}

fn groups(cleaned: &Cleaned, width: usize) -> String {
    if cleaned.groups == 0 {
        return String::new();
    }
    let leads = if cleaned.groups == 1 { "lead" } else { "leads" };
    let head =
        format!("Duplicates  {} rows became {} {leads}", count(cleaned.joined + cleaned.groups), count(cleaned.groups));
    let mut text = String::new();
    push_line(&mut text, &head);
    let by: Vec<String> = cleaned.joined_by.iter().map(|(key, rows)| format!("{key} {}", count(*rows))).collect();
    text.push_str(&list("  joined by: ", &by, width));
    for Group { id, line, others } in cleaned.first_groups.iter().take(SHOWN) {
        let others: Vec<String> = others.iter().map(|other| format!("line {} by {}", other.line, other.key)).collect();
        text.push_str(&list(&format!("    {id}: line {line}, "), &others, width));
    }
    text.push_str(&more(cleaned.groups, cleaned.first_groups.len().min(SHOWN)));
    text
}

fn more(all: u64, shown: usize) -> String {
    match all.saturating_sub(shown as u64) {
        0 => String::new(),
        more => format!(
            "    and {} more; the JSON format lists the first {ROWS_KEPT}, and --report writes all\n",
            count(more)
        ),
    }
}

/// Cells by field and rule, each with an example.
fn table(cleaned: &Cleaned, title: &str, whats: &[What], width: usize) -> String {
    let mut table = Table::new(title, &["cells"]);
    let mut empty = true;
    for ((_, field, rule), tally) in cleaned.cells.iter().filter(|((what, _, _), _)| whats.contains(what)) {
        empty = false;
        let mut line = Line::new(None, rule, vec![count(tally.cells)]);
        line.label = Some(field.clone());
        line.tail = example(tally, whats);
        table.push(line);
    }
    if empty { String::new() } else { table.print(width) }
}

fn example(tally: &Tally, whats: &[What]) -> String {
    let Some(example) = tally.examples.first() else { return String::new() };
    let (before, after) = (shown(&example.before), shown(&example.after));
    match () {
        () if whats.contains(&What::Blanked) => before,
        () if example.before == example.after => format!("{before}: {}", example.message),
        () => format!("{before} → {after}"),
    }
}

/// A value in backticks, cut where it is long, control characters escaped.
fn shown(value: &str) -> String {
    let mut text = String::new();
    for c in value.chars() {
        let next = if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
        if cells(&text) + cells(&next) > EXAMPLE {
            text.push('…');
            break;
        }
        text.push_str(&next);
    }
    if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") }
}

/// The figures as JSON, with a line end at the end.
pub fn clean_json(cleaned: &Cleaned, project: &str) -> String {
    let by_what = |whats: &[What]| {
        let found = cleaned.cells.iter().filter(|((what, _, _), _)| whats.contains(what));
        found.map(|((what, field, rule), tally)| Cells { what: *what, field, rule, tally }).collect()
    };
    let report = Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project,
        rows: Rows {
            read: cleaned.read,
            written: cleaned.written,
            joined: cleaned.joined,
            refused: cleaned.refused_total(),
        },
        refused: cleaned.refused.iter().map(|(reason, rows)| (reason.word(), *rows)).collect(),
        refused_rows: &cleaned.first_refused,
        changed: by_what(&[What::Changed]),
        bad: by_what(&[What::Blanked, What::Kept]),
        suggestions: by_what(&[What::Suggested, What::Noted]),
        duplicates: Duplicates {
            leads: cleaned.groups,
            joined_by: &cleaned.joined_by,
            groups: &cleaned.first_groups,
            merged: by_what(&[What::Merged]),
        },
    };
    super::json::written(&report)
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    rows: Rows,
    refused: std::collections::BTreeMap<&'static str, u64>,
    refused_rows: &'a [LeftOut],
    changed: Vec<Cells<'a>>,
    bad: Vec<Cells<'a>>,
    suggestions: Vec<Cells<'a>>,
    duplicates: Duplicates<'a>,
}

/// `read` is the sum of the others.
#[derive(Serialize)]
struct Rows {
    read: u64,
    written: u64,
    joined: u64,
    refused: u64,
}

#[derive(Serialize)]
struct Cells<'a> {
    what: What,
    field: &'a Name,
    rule: &'a str,
    #[serde(flatten)]
    tally: &'a Tally,
}

#[derive(Serialize)]
struct Duplicates<'a> {
    leads: u64,
    joined_by: &'a std::collections::BTreeMap<String, u64>,
    groups: &'a [Group],
    merged: Vec<Cells<'a>>,
}
