//! SPF records (RFC 7208): who may send in the name of a domain.

use super::zone::Record;
use super::{Held, named};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Domain;

/// Look-ups that receivers make at most (section 4.6.4).
const MOST_LOOKUPS: usize = 10;
/// How deep includes are followed, so that circles end.
const MOST_DEPTH: usize = 12;

/// Whether a text is an SPF record.
pub(super) fn is_spf(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text == "v=spf1" || text.starts_with("v=spf1 ")
}

pub(super) fn check(held: &Held<'_>, domain: &Domain, sink: &mut Sink) {
    let name = domain.name.to_lowercase();
    let mut found = of(held.records, &name);
    let Some(record) = found.next() else {
        return held.missing("SPF", &name, "TXT", domain.origin.0, sink);
    };
    if let Some(second) = found.next() {
        let message = format!("`{name}` has two SPF records, so that receivers use neither");
        let finding = Diagnostic::new(Code::FaultyRecord, second.span, message).also(record.span, "the first");
        sink.push(finding.help("put the mechanisms of both into one (RFC 7208, section 4.5)"));
        return;
    }
    let text = record.text();
    let terms: Vec<String> = text.split_whitespace().skip(1).map(str::to_ascii_lowercase).collect();
    declared(record, &terms, domain, sink);
    everybody(record, &terms, sink);
    let lookups = lookups(held.records, &terms, 0);
    if lookups > MOST_LOOKUPS {
        let message = format!("this SPF record takes {lookups} look-ups, and receivers make {MOST_LOOKUPS}");
        let finding = Diagnostic::new(Code::FaultyRecord, record.span, message);
        sink.push(finding.help("replace `include`, `a` and `mx` by `ip4` and `ip6`, or leave out services not in use"));
    }
}

fn of<'r>(records: &'r [Record], name: &str) -> impl Iterator<Item = &'r Record> {
    named(records, name, "TXT").filter(|record| is_spf(&record.text()))
}

/// What the campaign says of it.
fn declared(record: &Record, terms: &[String], domain: &Domain, sink: &mut Sink) {
    let lacks =
        |wanted: &&String| !terms.iter().any(|term| term.trim_start_matches('+') == wanted.to_ascii_lowercase());
    for wanted in domain.spf.iter().filter(lacks) {
        let message = format!("this SPF record lacks `{wanted}`, which the campaign names");
        let finding = Diagnostic::new(Code::DifferingRecord, record.span, message);
        sink.push(
            finding.also(domain.origin.0, "the domain is described here").help("add it, or mails of that service fail"),
        );
    }
}

/// How it ends.
fn everybody(record: &Record, terms: &[String], sink: &mut Sink) {
    let all = terms.iter().find(|term| term.trim_start_matches(['+', '-', '~', '?']) == "all");
    let (code, message) = match all.map(String::as_str) {
        Some("all" | "+all") => (Code::FaultyRecord, "this SPF record lets everybody send in the name of the domain"),
        Some("?all") => (Code::WeakRecord, "this SPF record says nothing of those whom it does not name"),
        None if !terms.iter().any(|term| term.starts_with("redirect=")) => {
            (Code::WeakRecord, "this SPF record says nothing of those whom it does not name")
        }
        Some(_) | None => return,
    };
    sink.push(Diagnostic::new(code, record.span, message).help("end it with `~all` or `-all`"));
}

/// How many look-ups the terms take. Records that are in no zone file count by themselves alone.
fn lookups(records: &[Record], terms: &[String], depth: usize) -> usize {
    let mut sum = 0_usize;
    for term in terms {
        let term = term.trim_start_matches(['+', '-', '~', '?']);
        let word = term.split([':', '/', '=']).next().unwrap_or("");
        if !matches!(word, "include" | "a" | "mx" | "ptr" | "exists" | "redirect") {
            continue;
        }
        sum += 1;
        let target = term.split_once([':', '=']).map(|(_, target)| target);
        if let (true, Some(target), true) = (matches!(word, "include" | "redirect"), target, depth < MOST_DEPTH)
            && let Some(record) = of(records, target.trim_end_matches('.')).next()
        {
            let inner: Vec<String> = record.text().split_whitespace().skip(1).map(str::to_ascii_lowercase).collect();
            sum = sum.saturating_add(lookups(records, &inner, depth + 1));
        }
        if sum > 1_000 {
            break;
        }
    }
    sum
}
