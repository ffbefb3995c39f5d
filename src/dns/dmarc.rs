//! DMARC policies (RFC 7489): what receivers do with mails that fail, and what of SPF and DKIM counts for the address.

use tabiji_suffixes::organisational;

use super::wanted::from_domain;
use super::{Held, named, tag, tags};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{Domain, Sender};
use crate::text::Span;

pub(super) fn check(held: &Held<'_>, sender: &Sender, domain: &Domain, sink: &mut Sink) {
    let from = from_domain(sender);
    let own = format!("_dmarc.{from}");
    let parent = format!("_dmarc.{}", organisational(&from));
    let is_policy = |text: &str| tags(text).first().is_some_and(|(name, value)| name == "v" && value == "DMARC1");
    let of = |name: &str| -> Vec<_> {
        named(held.records, name, "TXT").filter(|record| is_policy(&record.text())).collect()
    };
    let mut found = of(&own);
    let is_inherited = found.is_empty() && parent != own;
    if is_inherited {
        found = of(&parent);
    }
    let Some(record) = found.first() else { return held.missing("DMARC", &own, "TXT", domain.origin.0, sink) };
    if let Some(second) = found.get(1) {
        let message = format!("`{}` has two DMARC policies, so that receivers use neither", record.name);
        let finding = Diagnostic::new(Code::FaultyRecord, second.span, message).also(record.span, "the first");
        return sink.push(finding.help("keep one (RFC 7489, section 6.6.3)"));
    }
    let text = record.text();
    let found = tags(&text);
    policy(&found, record.span, domain, is_inherited, sink);
    alignment(&found, record.span, &from, domain, sink);
    if tag(&found, "rua").is_none() {
        let finding = Diagnostic::new(Code::WeakRecord, record.span, "this DMARC policy asks for no reports");
        sink.push(finding.help("add `rua=mailto:…`, to hear who sends in the name of the domain"));
    } else if let Some(reports) = &domain.reports
        && !tag(&found, "rua").is_some_and(|rua| rua.to_lowercase().contains(&reports.to_lowercase()))
    {
        let message = format!("this DMARC policy sends its reports elsewhere than to `{reports}`");
        let finding = Diagnostic::new(Code::DifferingRecord, record.span, message);
        sink.push(
            finding.also(domain.origin.0, "the domain is described here").help(format!("add `rua=mailto:{reports}`")),
        );
    }
}

/// How strict a policy is.
fn strictness(policy: &str) -> Option<u8> {
    match policy {
        "none" => Some(0),
        "quarantine" => Some(1),
        "reject" => Some(2),
        _ => None,
    }
}

fn policy(found: &[(String, String)], at: Span, domain: &Domain, is_inherited: bool, sink: &mut Sink) {
    let inherited = is_inherited.then(|| tag(found, "sp")).flatten();
    let said = inherited.or_else(|| tag(found, "p")).unwrap_or("").to_lowercase();
    let Some(strict) = strictness(&said) else {
        let finding = Diagnostic::new(Code::FaultyRecord, at, "this DMARC record has no policy that receivers know");
        return sink.push(finding.help("write `p=none`, `p=quarantine` or `p=reject`"));
    };
    match &domain.dmarc {
        Some(wanted) if *wanted != said => {
            let message = format!("this DMARC policy is `{said}`, and the campaign says `{wanted}`");
            let finding = Diagnostic::new(Code::DifferingRecord, at, message)
                .also(domain.origin.0, "the domain is described here");
            sink.push(finding.help(format!("write `p={wanted}`, or change `dmarc`")));
        }
        Some(_) | None if strict == 0 => {
            let message = "this DMARC policy lets everything through that fails";
            let finding = Diagnostic::new(Code::WeakRecord, at, message);
            sink.push(finding.help("once the reports show that your own mails pass, write `p=quarantine`"));
        }
        Some(_) | None => {}
    }
    if let Some(percent) = tag(found, "pct").filter(|percent| *percent != "100") {
        let message = format!("this DMARC policy holds for {percent} % of the mails");
        sink.push(Diagnostic::new(Code::WeakRecord, at, message).help("leave `pct` out"));
    }
}

/// Whether what SPF and DKIM prove counts for the address. In the relaxed mode both need the same organisational domain,
/// which `sender-domain-differs` looks at; in the strict mode the very same one.
fn alignment(found: &[(String, String)], at: Span, from: &str, domain: &Domain, sink: &mut Sink) {
    let name = domain.name.to_lowercase();
    if organisational(from) != organisational(&name) {
        let message = format!("mails come from `{from}` and are signed by `{name}`: they never pass DMARC");
        let finding = Diagnostic::new(Code::UnalignedDomain, domain.origin.0, message);
        let help = format!("let both belong to one domain, such as `{}` (RFC 7489, section 3.1)", organisational(from));
        return sink.push(finding.also(at, "the policy").help(help));
    }
    if from == name {
        return;
    }
    let strict = ["adkim", "aspf"].into_iter().filter(|mode| tag(found, mode).is_some_and(|value| value == "s"));
    let strict: Vec<&str> = strict.collect();
    if strict.is_empty() {
        return;
    }
    let message =
        format!("this policy wants the very domain of the address, `{from}`, and mails are signed by `{name}`");
    let finding = Diagnostic::new(Code::UnalignedDomain, at, message).also(domain.origin.0, "signed by it");
    sink.push(finding.help(format!("leave out {}, or send from an address of `{name}`", list(&strict))));
}

fn list(modes: &[&str]) -> String {
    modes.iter().map(|mode| format!("`{mode}=s`")).collect::<Vec<_>>().join(" and ")
}
