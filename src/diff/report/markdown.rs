//! For pull requests: the answers first, then a table, then what shows it, within a number of bytes.

use std::fmt::Write as _;

use super::answers::answers;
use super::{axes, cause, fact, faults, groups, headline, lines, most, named, newly, person, some, worst_path};
use crate::diff::model::{Change, Class, Fact, InFlight, JourneyChange};

/// The comment is found again by this.
const MARK: &str = "<!-- tabiji plan -->";
/// Leads of a simulation that are shown.
const SHOWN: usize = 20;
/// Room for what is said of what was left out.
const RESERVE: usize = 200;

/// The report in at most so many bytes: the worst first, whole journeys, and at the end what was left out.
pub fn markdown(change: &Change, max_bytes: usize) -> String {
    let mut out = format!("{MARK}\n## tabiji: {}\n\n", headline(change));
    for says in faults(change) {
        let _ = writeln!(out, "⚠️ {}\n", escaped(&says));
    }
    if change.class == Class::None {
        return out + &footer(change);
    }
    let footer = footer(change);
    let room = max_bytes.saturating_sub(footer.len() + RESERVE);
    let mut left_out = Vec::new();
    let mut put = |out: &mut String, block: &str, name: &str| {
        if out.len() + block.len() <= room {
            out.push_str(block);
        } else {
            left_out.push(name.to_owned());
        }
    };
    put(&mut out, &renames(change), "renames");
    put(&mut out, &questions(change), "the answers");
    let rows: Vec<String> = change.journeys.iter().map(row).collect();
    if !rows.is_empty() {
        put(&mut out, "| class | journey | mails in 7 days | effect |\n|---|---|---|---|\n", "the table");
        for (row, journey) in rows.iter().zip(&change.journeys) {
            put(&mut out, row, &format!("the row of `{}`", journey.journey));
        }
        out.push('\n');
    }
    put(&mut out, &people(change), "the people inside");
    for group in groups(change) {
        let name = group.first().map_or(String::new(), |first| format!("the details of `{}`", first.journey));
        put(&mut out, &details(&group), &name);
    }
    put(&mut out, &later(change), "what may follow later");
    put(&mut out, &figures(change), "the figures of the simulation");
    put(&mut out, &quiet(change), "definitions without an effect");
    if !left_out.is_empty() {
        let first: Vec<String> = left_out.iter().take(2).cloned().collect();
        let rest = left_out.len() - first.len();
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let says = format!("\n_Left out to keep within {max_bytes} bytes: {}{more}._\n", first.join(", "));
        // Names can be long; the sentence is not longer than its room.
        let short = format!("\n_Left out to keep within {max_bytes} bytes: {} parts._\n", left_out.len());
        out.push_str(if says.len() <= RESERVE { &says } else { &short });
    }
    out + &footer
}

/// What is said where nothing could be compared. It takes the place of an older comment.
pub fn markdown_refusal(error: &str) -> String {
    format!("{MARK}\n## tabiji: the effect of this change is unknown\n\n{}\n", escaped(error))
}

fn footer(change: &Change) -> String {
    let short = |hash: &str| hash.trim_start_matches("sha256:").chars().take(12).collect::<String>();
    format!(
        "\n<sub>{} `{}` → `{}`</sub>\n",
        escaped(&change.base.name),
        short(&change.base.hash),
        short(&change.head.hash)
    )
}

fn questions(change: &Change) -> String {
    let answers = answers(change);
    if answers.is_empty() {
        return String::new();
    }
    let mut out = String::from("| | |\n|---|---|\n");
    for answer in answers {
        let lines: Vec<String> = answer.lines.iter().map(|line| escaped(line)).collect();
        let _ = writeln!(out, "| **{}** | {} |", answer.question, lines.join("<br>"));
    }
    out.push('\n');
    out
}

fn row(journey: &JourneyChange) -> String {
    let effect: Vec<String> = axes(journey)
        .into_iter()
        .filter(|(_, value, _)| !matches!(*value, "same" | "none"))
        .map(|(name, value, _)| format!("{name}: {value}"))
        .collect();
    let label = journey.label.as_ref().map_or(String::new(), |label| format!("<br>{}", escaped(label)));
    let accepted = journey.accepted.as_ref().map_or(String::new(), |why| format!("<br>accepted: {}", escaped(why)));
    format!(
        "| {}{} | `{}`{label} | {} | {}{accepted} |\n",
        mark(journey.class),
        journey.class.word(),
        named(journey),
        most(journey),
        effect.join("<br>")
    )
}

/// Colour never carries meaning alone: the word stands beside it.
fn mark(class: Class) -> &'static str {
    match class {
        Class::None | Class::Safe => "🟢 ",
        Class::Timing | Class::Audience => "🟡 ",
        Class::Volume => "🟠 ",
        Class::InFlight | Class::Unknown => "🔴 ",
    }
}

/// What shows it, for one journey or for several alike.
fn details(group: &[&JourneyChange]) -> String {
    let [journey, ..] = group else { return String::new() };
    let names: Vec<String> = group.iter().map(|one| format!("<code>{}</code>", named(one))).collect();
    let mut out = format!("<details><summary>{}: {}</summary>\n\n", some(&names), journey.class.word());
    for (name, value, facts) in axes(journey) {
        let _ = writeln!(out, "- **{name}**: {value}");
        facts_lines(facts, &mut out);
        if let Some(path) = worst_path(journey).filter(|_| name == "volume") {
            let _ = writeln!(out, "  - worst path, {}", escaped(&path));
        }
    }
    journey.other.iter().for_each(|of| {
        let _ = writeln!(out, "- {}", escaped(&fact(of)));
    });
    for each in &journey.causes {
        let _ = writeln!(out, "- because of {}", escaped(&cause(each, group.len())));
    }
    out + "\n</details>\n"
}

fn facts_lines(facts: &[Fact], out: &mut String) {
    for (says, leads) in lines(facts) {
        let _ = writeln!(out, "  - {}", escaped(&says));
        for lead in leads {
            let _ = writeln!(out, "    - {}: {}", newly(lead.newly), escaped(&person(lead)));
        }
    }
}

/// Real and simulated people, in a few lines.
fn people(change: &Change) -> String {
    let mut out = String::new();
    if let Some(inside) = &change.inside {
        let _ = writeln!(out, "**People inside:** {}\n", super::people_inside(inside));
        for fate in inside.fates.iter().filter(|fate| fate.fate != InFlight::None).take(SHOWN) {
            let _ = writeln!(out, "- {}", escaped(&super::fate_words(fate)));
        }
        out.push('\n');
    }
    if let Some(simulated) = &change.simulated {
        let _ = writeln!(out, "**Simulated:** {}\n", super::simulated_words(simulated));
    }
    out
}

fn later(change: &Change) -> String {
    let lines = super::later(change);
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| format!("- {}\n", escaped(line))).collect();
    format!("<details><summary>{}</summary>\n\n{lines}\n</details>\n", super::LATER)
}

fn figures(change: &Change) -> String {
    let Some(simulated) = &change.simulated else { return String::new() };
    let mut out = String::from("<details><summary>what leads get, and figures of both sides</summary>\n\n");
    for gets in simulated.people.iter().take(SHOWN) {
        let _ = writeln!(out, "- {}", escaped(&super::gets_words(gets)));
    }
    let _ = write!(out, "\n```text\n{}```\n\n</details>\n", simulated.figures.replace("```", ""));
    out
}

fn renames(change: &Change) -> String {
    let Some(says) = super::renames(change) else { return String::new() };
    let records = change.suggested.iter().map(|suggestion| format!("  {}\n", suggestion.record));
    format!("{}\n```yaml\nmoved:\n{}```\n\n", escaped(&format!("{says}:")), records.collect::<String>())
}

fn quiet(change: &Change) -> String {
    let quiet: Vec<String> =
        change.parts.iter().filter(|part| part.journeys.is_empty()).map(|part| format!("`{}`", part.address)).collect();
    if quiet.is_empty() {
        return String::new();
    }
    format!("\nAlso compiled otherwise, without an effect on people: {}\n", quiet.join(", "))
}

/// Text that means nothing in Markdown but itself. Code spans stay, since names are in them; a backtick that begins none
/// is only a backtick.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        plain(&rest[..at], &mut out);
        rest = &rest[at..];
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        match code(rest, ticks) {
            Some(span) => {
                out.push_str(&rest[..span].replace(['\n', '\r'], " "));
                rest = &rest[span..];
            }
            None => {
                out.push_str(&"\\`".repeat(ticks));
                rest = &rest[ticks..];
            }
        }
    }
    plain(rest, &mut out);
    out
}

/// Where the code span ends that begins with so many backticks; `None` if none does, or if a table would take it apart.
fn code(text: &str, ticks: usize) -> Option<usize> {
    let mut from = ticks;
    loop {
        let at = from + text[from..].find('`')?;
        let closing = text[at..].len() - text[at..].trim_start_matches('`').len();
        if closing == ticks {
            return (!text[ticks..at].contains(['|', '\\'])).then_some(at + closing);
        }
        from = at + closing;
    }
}

/// Text outside of code.
fn plain(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '_' | '[' | ']' | '#' | '~' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nobody is called.
            '@' => out.push_str("@\u{200b}"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_code_spans_are_code() {
        for (text, shown) in [
            ("`<i>` of @all", "`<i>` of @\u{200b}all"),
            ("Tom`s <img src=x> @all", "Tom\\`s &lt;img src=x&gt; @\u{200b}all"),
            ("Tom`s `name` <b>", "Tom`s `name\\` &lt;b&gt;"),
            ("``a` <b>", "\\`\\`a\\` &lt;b&gt;"),
            ("``a` @b`` <b>", "``a` @b`` &lt;b&gt;"),
            ("`\\|<img>`", "\\`\\\\\\|&lt;img&gt;\\`"),
            ("\\`a` &lt; a|b\n#1", "\\\\`a` &amp;lt; a\\|b \\#1"),
        ] {
            assert_eq!(escaped(text), shown, "{text}");
        }
    }
}
