//! Findings for people: the text as typed, a caret under the exact token, one way out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::excerpt::Excerpt;
use super::{Diagnostic, Level};
use crate::text::{FileId, SourceMap, Span};

/// Findings that are laid out by one thread at a time.
const AT_ONCE: usize = 64;

/// How findings look.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    /// Whether to use terminal colours. They never carry meaning alone.
    pub color: bool,
    /// Whether to draw with Unicode lines (otherwise with ASCII).
    pub unicode: bool,
    /// Columns of the terminal, or of running text where there is none.
    pub width: usize,
    /// Whether excerpts have to fit into them as well: long lines are shown in part.
    pub fit: bool,
    /// Written before the path of each file: the way from the reader's folder to the project's.
    pub prefix: &'a str,
}

impl Default for Style<'_> {
    fn default() -> Self {
        Style { color: false, unicode: true, width: 100, fit: false, prefix: "" }
    }
}

/// The findings as text, in the order given, with an empty line after each.
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style<'_>) -> String {
    let files: BTreeSet<FileId> =
        diagnostics.iter().flat_map(|finding| &finding.labels).map(|label| label.span.file).collect();
    let excerpt = |file: FileId| (file, Excerpt::new(sources, file, style.prefix, style.fit.then_some(style.width)));
    let excerpts: BTreeMap<FileId, Excerpt<'_>> = files.into_par_iter().map(excerpt).collect();
    let shown = |findings: &[Diagnostic]| {
        let handler =
            GraphicalReportHandler::new_themed(theme(style)).with_width(style.width.max(20)).with_links(false);
        let mut out = String::new();
        for finding in findings {
            header(finding, style, &mut out);
            for report in reports(finding, &excerpts) {
                render(&handler, &report, &mut out);
            }
            out.push('\n');
        }
        out
    };
    // One finding takes some hundred microseconds, and a large project may have thousands.
    let parts: Vec<String> = diagnostics.par_chunks(AT_ONCE).map(shown).collect();
    parts.concat()
}

/// `error[TJ0202] unknown-name: message`
fn header(finding: &Diagnostic, style: Style<'_>, out: &mut String) {
    let info = finding.code.info();
    let (word, color) = match finding.level {
        Level::Error => ("error", "\u{1b}[1;31m"),
        Level::Warn | Level::Allow => ("warning", "\u{1b}[1;33m"),
    };
    let (start, end) = if style.color { (color, "\u{1b}[0m") } else { ("", "") };
    let message = finding.message.replace(char::is_control, " ");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{start}{word}[{}]{end} {}: {message}", info.id, info.slug);
}

/// The fault first, then what it has to do with. miette shows one source at a time, from its top to its bottom, so a
/// label in another file, or far above the fault, gets a report of its own.
fn reports<'a>(finding: &'a Diagnostic, excerpts: &'a BTreeMap<FileId, Excerpt<'a>>) -> Vec<Report<'a>> {
    let mut reports: Vec<Report<'a>> = Vec::new();
    for label in &finding.labels {
        let Some(excerpt) = excerpts.get(&label.span.file) else { continue };
        let known = reports
            .iter()
            .position(|report| std::ptr::eq(report.excerpt, excerpt) && excerpt.follows(report.first, label.span));
        let at = known.unwrap_or_else(|| {
            let place = excerpt.place(label.span);
            reports.push(Report { excerpt, first: label.span, place, labels: Vec::new(), help: None });
            reports.len() - 1
        });
        let Some((start, end)) = excerpt.marked(label.span) else { continue };
        let text = (!label.text.is_empty()).then(|| label.text.clone());
        let span = (start, end - start);
        let labels = &mut reports[at].labels;
        let label = match labels.is_empty() {
            true => LabeledSpan::new_primary_with_span(text, span),
            false => LabeledSpan::new_with_span(text, span),
        };
        labels.push(label);
    }
    if let Some(last) = reports.last_mut() {
        last.help = finding.help.as_deref();
    }
    reports
}

fn render(handler: &GraphicalReportHandler, report: &Report<'_>, out: &mut String) {
    if report.labels.is_empty() {
        let _ = writeln!(out, "  in {}", report.place);
    }
    let mut text = String::new();
    // Writing to a string cannot fail; a span that miette cannot read it reports in the text.
    let _ = handler.render_report(&mut text, report);
    // miette begins with the message. Ours is in the header, so that line is empty.
    out.push_str(text.split_once('\n').map_or("", |(_, rest)| rest));
}

fn theme(style: Style<'_>) -> GraphicalTheme {
    match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    }
}

/// A part of a finding as miette wants it.
#[derive(Debug)]
struct Report<'a> {
    excerpt: &'a Excerpt<'a>,
    first: Span,
    place: String,
    labels: Vec<LabeledSpan>,
    help: Option<&'a str>,
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn help<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        self.help.map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        (!self.labels.is_empty()).then_some(self.excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::diag::Code;

    fn shown(text: &str, token: &str, help: &str) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("journeys/旅.yaml", text);
        let start = text.find(token).unwrap();
        let finding = Diagnostic::new(Code::UnknownName, Span::new(file, start, start + token.len()), "no such name")
            .here("here")
            .help(help);
        human(&[finding], &sources, Style::default())
    }

    #[test]
    fn carets_stand_under_japanese_tokens() {
        let text = "segments:\n  今すぐ客:\n    when: 業種 == \"製造\" and 業界 > 3\n";
        insta::assert_snapshot!(shown(text, "業界", "did you mean `業種`?"));
    }

    #[test]
    fn carets_stand_under_tokens_after_tabs() {
        insta::assert_snapshot!(shown("a:\t\tx\tunknwon: 1\n", "unknwon", "did you mean `unknown`?"));
    }

    #[test]
    fn labels_in_another_file_have_an_excerpt_of_their_own() {
        let mut sources = SourceMap::default();
        let a = sources.add("a.yaml", "emails:\n  welcome: {}\n");
        let b = sources.add("b.yaml", "emails:\n  # again\n  welcome: {}\n");
        let finding = Diagnostic::new(Code::DuplicateName, Span::new(b, 20, 27), "`welcome` is defined twice")
            .here("defined again")
            .also(Span::new(a, 10, 17), "first defined here")
            .help("rename one of them");
        insta::assert_snapshot!(human(&[finding], &sources, Style { prefix: "mail/", ..Style::default() }));
    }

    #[test]
    fn two_labels_of_one_file_share_an_excerpt() {
        let mut sources = SourceMap::default();
        let a = sources.add("a.yaml", "emails:\n  welcome: {}\n  welcome: {}\n");
        let finding = Diagnostic::new(Code::DuplicateKey, Span::new(a, 24, 31), "`welcome` is given twice")
            .here("again")
            .also(Span::new(a, 10, 17), "first");
        insta::assert_snapshot!(human(&[finding], &sources, Style { unicode: false, ..Style::default() }));
    }

    #[test]
    fn strange_places_do_not_break_the_report() {
        let long = format!("a: {}b{}\n", "ー".repeat(50_000), "ー".repeat(50_000));
        let texts = ["", "\n", "a: 1", "a: 1\n", "\u{1b}[31mred\u{202e}\n", "a: |\n  x\n\n\n", "x\r\ny\r\n", &long];
        for text in texts {
            for (start, end) in
                [(0, 0), (0, text.len()), (1, 2), (text.len(), text.len()), (7, 999_999), (150_003, 150_004)]
            {
                let mut sources = SourceMap::default();
                let file = sources.add("a.yaml", text);
                let finding = Diagnostic::new(Code::YamlSyntax, Span::new(file, start, end), "broken")
                    .also(Span::new(file, 0, 1), "also")
                    .help("mend it");
                let report = human(&[finding], &sources, Style::default());
                assert!(report.contains("a.yaml:") && report.contains("help: mend it"), "{report}");
                assert!(
                    !report.contains('\u{1b}') && !report.contains('\u{202e}') && !report.contains("Failed"),
                    "{report}"
                );
                assert!(report.len() < 8_000, "{}", report.len());
            }
        }
    }

    #[test]
    fn excerpts_fit_a_terminal() {
        let text = format!("a: 1\nb: {{c: \"{}\", d: wrong, e: \"{}\"}}\nf: 1\n", "長い".repeat(30), "x".repeat(140));
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", text.as_str());
        let place = |token: &str| {
            let start = text.find(token).unwrap();
            Span::new(file, start, start + token.len())
        };
        for width in [40, 80, 120, 400] {
            for token in ["c", "wrong", "d: wrong", "e"] {
                let finding =
                    Diagnostic::new(Code::UnknownName, place(token), "no").here("here").also(place("f:"), "also");
                let report = human(&[finding], &sources, Style { width, fit: true, ..Style::default() });
                for line in report.lines() {
                    assert!(line.width() <= width, "{width}: {line}");
                }
                let lines: Vec<&str> = report.lines().collect();
                let at = lines.iter().position(|line| line.starts_with(" 2 │")).unwrap();
                let before = lines[at].split_once(&format!("{token}{}", if token == "d: wrong" { "," } else { "" }));
                let marked = lines[at + 1].split('─').next().unwrap();
                let marked = marked.split('┬').next().unwrap();
                assert_eq!(before.unwrap().0.width(), marked.width(), "{width} {token}:\n{report}");
            }
        }
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line() {
        let report = shown("a:\r  b: wrong\r  c: 1\r\nd: 1\n", "wrong", "mend it");
        assert!(report.contains("a") && report.contains(":2:6]"), "{report}");
        assert!(report.contains(" 2 │   b: wrong\n") && report.contains(" 3 │   c: 1\n"), "{report}");
        assert!(!report.contains('\r'), "{report}");
    }

    #[test]
    fn colour_is_added_and_nothing_else() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "a: 1\n");
        let finding = Diagnostic::new(Code::UnknownKey, Span::new(file, 0, 1), "there is no key `a`");
        let plain = human(std::slice::from_ref(&finding), &sources, Style::default());
        let colored = human(&[finding], &sources, Style { color: true, ..Style::default() });
        let mut bare = String::new();
        let mut escaped = false;
        for c in colored.chars() {
            match c {
                '\u{1b}' => escaped = true,
                'm' if escaped => escaped = false,
                _ if escaped => {}
                _ => bare.push(c),
            }
        }
        assert_ne!(colored, plain);
        assert_eq!(bare, plain);
    }
}
