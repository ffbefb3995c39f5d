//! Findings as workflow commands of GitHub Actions: annotations on the lines of a pull request.

use std::fmt::Write as _;

use super::render::Region;
use super::{Diagnostic, Level};
use crate::text::SourceMap;

/// One `::error …` or `::warning …` line for each finding. `prefix` is the way from the folder of the run to the
/// project's.
pub fn github(diagnostics: &[Diagnostic], sources: &SourceMap, prefix: &str) -> String {
    let mut out = String::new();
    for finding in diagnostics {
        let info = finding.code.info();
        let region = Region::of(finding.span(), sources);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            command(finding.level),
            property(&format!("{prefix}{}", region.path)),
            region.line,
            region.column,
            region.end_line,
            region.end_column,
            property(&format!("{} {}", info.id, info.slug)),
            data(&text(finding)),
        );
    }
    out
}

/// The line of a run that could not begin.
pub fn refusal(error: &str) -> String {
    format!("::error title=tabiji::{}\n", data(error))
}

fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Allow => "notice",
    }
}

fn text(finding: &Diagnostic) -> String {
    finding.help.iter().fold(finding.message.clone(), |text, help| format!("{text}\n{help}"))
}

/// Escapes what follows `::`, as the runner's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, as the runner's toolkit does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::text::Span;

    #[test]
    fn escapes_properties_and_data() {
        let mut sources = SourceMap::default();
        let file = sources.add("a,b:旅.yaml", "a: 1\n業種: 製造\n");
        let finding =
            Diagnostic::new(Code::UnknownName, Span::new(file, 13, 19), "100% of `製造`: unknown").help("so\r\nor so");
        assert_eq!(
            github(&[finding], &sources, "x/"),
            "::error file=x/a%2Cb%3A旅.yaml,line=2,col=5,endLine=2,endColumn=7,title=TJ0202 unknown-name::100%25 of `製造`: unknown%0Aso%0D%0Aor so\n"
        );
    }
}
