//! Results of tests as JUnit XML, which CI systems read.
//!
//! The shape is that of the schema of the Jenkins xUnit plugin, `junit-10.xsd`: suites, suite, cases, failures. Times
//! are left at nothing, so that the same tests give the same bytes.

use std::fmt::Write as _;

use super::Shown;
use crate::diag::{Style, human};
use crate::text::escaped;

/// The results as XML.
pub fn junit(shown: &Shown<'_>) -> String {
    let (tests, failed) = (shown.verdicts.len(), shown.failed());
    let counts = format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"0\"");
    let project = escaped(shown.project);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ =
        writeln!(xml, "<testsuites name=\"tabiji\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" time=\"0\">");
    let _ = writeln!(xml, "  <testsuite name=\"{project}\" {counts}>");
    for verdict in shown.verdicts {
        let span = verdict.test.origin.0;
        let path = escaped(&shown.sources.file(span.file).path);
        let line = shown.sources.position(span.file, span.start).line;
        let name = escaped(&verdict.test.name);
        let case =
            format!("    <testcase classname=\"{project}\" name=\"{name}\" file=\"{path}\" line=\"{line}\" time=\"0\"");
        let Some(first) = verdict.findings.first() else {
            let _ = writeln!(xml, "{case}/>");
            continue;
        };
        let _ = writeln!(xml, "{case}>");
        let message = match verdict.findings.len() {
            1 => first.message.clone(),
            count => format!("{} (and {} more)", first.message, count - 1),
        };
        let body = human(&verdict.findings, shown.sources, Style::default()) + &verdict.diff;
        let (message, kind, body) = (escaped(&message), first.code.info().slug, escaped(&body));
        let _ = writeln!(xml, "      <failure message=\"{message}\" type=\"{kind}\">{body}</failure>");
        let _ = writeln!(xml, "    </testcase>");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// The results of tests that could not be run: `message` says why, `details` at length.
pub fn junit_refusal(message: &str, details: &str) -> String {
    let counts = "tests=\"1\" failures=\"0\" errors=\"1\"";
    let (message, details) = (escaped(message), escaped(details));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tabiji\" {counts} time=\"0\">\n  \
         <testsuite name=\"tabiji\" {counts} skipped=\"0\" time=\"0\">\n    <testcase classname=\"tabiji\" \
         name=\"the tests can be run\" time=\"0\">\n      <error message=\"{message}\">{details}</error>\n    \
         </testcase>\n  </testsuite>\n</testsuites>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_is_safe_in_xml() {
        assert_eq!(escaped("a<b> & \"c\" 製造業\u{1}\n"), "a&lt;b&gt; &amp; &quot;c&quot; 製造業\u{fffd}\n");
    }
}
