//! The records that receivers ask for before they take a mail: as a zone fragment, and held against zone files.
//!
//! In: the senders of a campaign, the texts of zone files. Out: a fragment, findings. Never: the network; what is published is
//! what the files say.

mod dkim;
mod dmarc;
mod spf;
mod wanted;
mod zone;

pub use wanted::{Purpose, Wanted, by_domain, fragment, from_domain, wanted};
pub use zone::{Record, records};

use tabiji_suffixes::organisational;

use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{Campaign, Domain};
use crate::text::{FileId, SourceMap, Span};

/// Holds the domains of all senders against zone files.
pub fn compare(campaign: &Campaign, zones: &[FileId], sources: &SourceMap, sink: &mut Sink) {
    let mut records = Vec::new();
    for &file in zones {
        records.extend(zone::records(file, &sources.file(file).text, sink));
    }
    let held = Held { records: &records };
    for (domain, senders) in by_domain(campaign) {
        let own = organisational(&domain);
        if !records.iter().any(|record| record.name == own || record.name.ends_with(&format!(".{own}"))) {
            let at = senders
                .iter()
                .find_map(|(_, sender)| sender.domain.as_ref())
                .map_or(Span::default(), |domain| domain.origin.0);
            let message = format!("no zone file has a record of `{own}`, so nothing is known of `{domain}`");
            sink.push(Diagnostic::new(Code::MissingRecord, at, message).help("give its zone file with `--zone`"));
            continue;
        }
        for (_, sender) in senders {
            let Some(domain) = &sender.domain else { continue };
            spf::check(&held, domain, sink);
            dkim::check(&held, domain, sink);
            dmarc::check(&held, sender, domain, sink);
            tracking(&held, domain, sink);
        }
    }
}

/// The records of all zone files.
struct Held<'a> {
    records: &'a [Record],
}

impl Held<'_> {
    fn missing(&self, purpose: &str, name: &str, kind: &str, at: Span, sink: &mut Sink) {
        let message = format!("no zone file has the {purpose} record of `{name}`");
        let finding = Diagnostic::new(Code::MissingRecord, at, message);
        sink.push(finding.help(format!("add the {kind} record that `tabiji domains` prints for it")));
    }
}

/// The records of a name of one type.
fn named<'r>(records: &'r [Record], name: &str, kind: &str) -> impl Iterator<Item = &'r Record> {
    records.iter().filter(move |record| record.name == name && record.kind == kind)
}

/// Tags of a record such as `v=DMARC1; p=none` (RFC 6376, section 3.2), names in lower case.
fn tags(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect()
}

/// The value of a tag.
fn tag<'t>(tags: &'t [(String, String)], name: &str) -> Option<&'t str> {
    tags.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// Where tracked links lead.
fn tracking(held: &Held<'_>, domain: &Domain, sink: &mut Sink) {
    let Some(name) = domain.tracking.as_ref().map(|name| name.to_lowercase()) else { return };
    let Some(alias) = named(held.records, &name, "CNAME").next() else {
        let has_address = ["A", "AAAA"].into_iter().any(|kind| named(held.records, &name, kind).next().is_some());
        if !has_address {
            held.missing("tracking", &name, "CNAME", domain.origin.0, sink);
        }
        return;
    };
    let others = held.records.iter().find(|record| record.name == name && record.kind != "CNAME");
    if let Some(other) = others {
        let message = format!("`{name}` is another name for something, and has a record of its own");
        let finding =
            Diagnostic::new(Code::FaultyRecord, other.span, message).also(alias.span, "another name for this");
        sink.push(finding.help("a name with a CNAME record has no other (RFC 1034, section 3.6.2)"));
    }
    let Some(wanted) = domain.tracking_target.as_ref().map(|name| name.trim_end_matches('.').to_lowercase()) else {
        return;
    };
    if alias.data.first() != Some(&wanted) {
        let message = "tracked links lead elsewhere than the campaign says";
        let finding = Diagnostic::new(Code::DifferingRecord, alias.span, message)
            .also(domain.origin.0, "the domain is described here");
        sink.push(finding.help(format!("it is to be `{wanted}.`")));
    }
}
