//! `tabiji explain` and `tabiji schema`: what the binary knows by itself.

use std::fmt::Write as _;

use super::args::{ExplainArgs, SchemaFormat};
use super::output::print;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::ast;
use crate::diag::{Code, Level};
use crate::diff;
use crate::plan;
use crate::schema;
use crate::text::nearest;

/// Says what a finding means, or lists all rules.
pub(super) fn explain(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Some(name) = &args.code else {
        print(&list(terminal.columns()))?;
        return Ok(Exit::Fine);
    };
    let Some(code) = Code::find(name.trim()) else { return Err(unknown(name)) };
    print(&page(code.info().page, terminal.out("").color, terminal.width()))?;
    Ok(Exit::Fine)
}

/// Prints the JSON Schema of the campaign files, the reference made from it, or the schema of saved plans or of effects.
pub(super) fn schema(of_plan: bool, of_effect: bool, format: SchemaFormat) -> Result<Exit, Failure> {
    print(&match format {
        SchemaFormat::Json if of_plan => format!("{:#}\n", plan::json_schema()),
        SchemaFormat::Json if of_effect => format!("{:#}\n", diff::json_schema()),
        SchemaFormat::Json => schema_text(),
        SchemaFormat::Markdown => schema::reference(&ast::json_schema()),
    })?;
    Ok(Exit::Fine)
}

/// The JSON Schema of the campaign files, as it is committed and printed.
pub(super) fn schema_text() -> String {
    format!("{:#}\n", ast::json_schema())
}

fn unknown(name: &str) -> Failure {
    let known = Code::ALL.iter().map(|code| code.info()).flat_map(|info| [info.slug, info.id]);
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`tabiji explain` lists all rules".to_owned(),
    };
    Failure::usage(format!("there is no rule `{name}`; {help}"))
}

/// All rules, a line for each; on a terminal of so many columns what they say is broken at blanks.
fn list(columns: Option<usize>) -> String {
    let width = Code::ALL.iter().map(|code| code.info().slug.len()).max().unwrap_or(0);
    Code::ALL.iter().fold(String::new(), |mut lines, code| {
        let info = code.info();
        let level = match info.level {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Allow => "allow",
        };
        // Writing to a string cannot fail.
        let head = format!("{}  {:width$}  {level:5}  ", info.id, info.slug);
        let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(head.len()).max(20));
        let mut line = String::new();
        let mut said = Vec::new();
        for word in info.summary.split(' ') {
            if !line.is_empty() && line.len() + 1 + word.len() > room {
                said.push(std::mem::take(&mut line));
            }
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
        said.push(line);
        let _ = writeln!(lines, "{head}{}", said.join(&format!("\n{}", " ".repeat(head.len()))));
        lines
    })
}

/// A page of Markdown for a terminal: headings, wrapped paragraphs, examples set in. Files of an example bear their
/// names.
fn page(markdown: &str, color: bool, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if let Some(info) = line.strip_prefix("```") {
            flush(&mut paragraph, width, &mut out);
            fenced = !fenced;
            if fenced {
                let _ = writeln!(out, "  {}:", file_name(info));
            }
        } else if fenced {
            out.push_str(format!("      {line}").trim_end());
            out.push('\n');
        } else if let Some(heading) = line.strip_prefix('#') {
            flush(&mut paragraph, width, &mut out);
            let heading = heading.trim_start_matches('#').trim();
            let (start, end) = if color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
            let _ = writeln!(out, "{start}{heading}{end}");
        } else if line.trim().is_empty() {
            flush(&mut paragraph, width, &mut out);
            out.push('\n');
        } else {
            if line.starts_with("- ") {
                flush(&mut paragraph, width, &mut out);
            }
            paragraph.push_str(line.trim());
            paragraph.push(' ');
        }
    }
    flush(&mut paragraph, width, &mut out);
    out
}

/// The file that a fence shows: `yaml file=emails.yaml`; without a name it is the project's main file.
fn file_name(info: &str) -> &str {
    info.split_whitespace().find_map(|word| word.strip_prefix("file=")).unwrap_or("tabiji.yaml")
}

/// Writes a paragraph in lines of at most `width` columns, the lines of a list item set in.
fn flush(paragraph: &mut String, width: usize, out: &mut String) {
    let indent = if paragraph.starts_with("- ") { "    " } else { "  " };
    let mut line = String::from("  ");
    for (at, word) in paragraph.split_whitespace().enumerate() {
        let columns =
            unicode_width::UnicodeWidthStr::width(line.as_str()) + 1 + unicode_width::UnicodeWidthStr::width(word);
        if at > 0 && columns > width {
            out.push_str(&line);
            out.push('\n');
            line = indent.to_owned();
        } else if at > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !paragraph.is_empty() {
        out.push_str(&line);
        out.push('\n');
    }
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn pages_are_set_for_a_terminal() {
        let markdown = "# a-rule (TJ0000)\n\nA long line\nthat is broken anew.\n\n- one item that is long\n- two\n\n## Wrong\n\n```yaml file=x.yaml\na: 1\n```\n";
        let set = "a-rule (TJ0000)\n\n  A long line that\n  is broken anew.\n\n  - one item that is\n    long\n  - two\n\nWrong\n\n  x.yaml:\n      a: 1\n";
        assert_eq!(page(markdown, false, 20), set);
    }
}
