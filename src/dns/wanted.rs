//! The records that a sending domain needs, from what its sender says of it, and as a fragment of a zone file.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::ir::{Campaign, Domain, Sender};

/// Longest string of a `TXT` record, in bytes (RFC 1035, section 3.3).
const STRING_BYTES: usize = 255;

/// What a record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Who may send.
    Spf,
    /// The key that signs.
    Dkim,
    /// What receivers do with what fails.
    Dmarc,
    /// Where tracked links lead.
    Tracking,
}

impl Purpose {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Spf => "SPF",
            Purpose::Dkim => "DKIM",
            Purpose::Dmarc => "DMARC",
            Purpose::Tracking => "tracking",
        }
    }
}

/// A record that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What for.
    pub purpose: Purpose,
    /// Its name, without the dot at its end.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// What it holds; `None` where the campaign does not say it.
    pub value: Option<String>,
    /// The key of `domain` that says it.
    pub key: &'static str,
}

/// The records of a domain from which mails with the address `from` are sent.
pub fn wanted(domain: &Domain, from: &str) -> Vec<Wanted> {
    let name = domain.name.to_lowercase();
    let mut out = vec![Wanted {
        purpose: Purpose::Spf,
        name: name.clone(),
        kind: "TXT",
        value: (!domain.spf.is_empty()).then(|| format!("v=spf1 {} ~all", domain.spf.join(" "))),
        key: "spf",
    }];
    if let Some(selector) = &domain.dkim {
        let (kind, value) = match (&domain.dkim_target, &domain.dkim_key) {
            (Some(target), _) => ("CNAME", Some(target.trim_end_matches('.').to_lowercase())),
            (None, Some(key)) => ("TXT", Some(format!("v=DKIM1; k=rsa; p={key}"))),
            (None, None) => ("TXT", None),
        };
        let name = format!("{}._domainkey.{name}", selector.to_lowercase());
        out.push(Wanted { purpose: Purpose::Dkim, name, kind, value, key: "dkim_key` or `dkim_target" });
    }
    let value = domain.dmarc.as_ref().map(|policy| match &domain.reports {
        Some(reports) => format!("v=DMARC1; p={policy}; rua=mailto:{reports}"),
        None => format!("v=DMARC1; p={policy}"),
    });
    out.push(Wanted { purpose: Purpose::Dmarc, name: format!("_dmarc.{from}"), kind: "TXT", value, key: "dmarc" });
    if let Some(tracking) = &domain.tracking {
        let value = domain.tracking_target.as_ref().map(|target| target.trim_end_matches('.').to_lowercase());
        let name = tracking.to_lowercase();
        out.push(Wanted { purpose: Purpose::Tracking, name, kind: "CNAME", value, key: "tracking_target" });
    }
    out
}

/// The domain of a sender's address.
pub fn from_domain(sender: &Sender) -> String {
    sender.email.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase()
}

/// The records of all senders as a fragment of a zone file. What the campaign does not say is a comment.
pub fn fragment(campaign: &Campaign) -> String {
    let mut out = String::from("; Records of the sending domains. What only the mail service knows is a comment.\n");
    for (domain, senders) in by_domain(campaign) {
        let names: Vec<&str> = senders.iter().map(|(name, _)| name.as_str()).collect();
        let _ = write!(out, "\n; {domain}: sender {}\n", names.join(", "));
        let mut records: Vec<Wanted> = Vec::new();
        for (_, sender) in senders {
            let found = sender.domain.iter().flat_map(|domain| wanted(domain, &from_domain(sender)));
            found.for_each(|record| {
                if !records.contains(&record) {
                    records.push(record);
                }
            });
        }
        records.iter().for_each(|record| line(record, &mut out));
    }
    let without = campaign.senders.iter().filter(|(_, sender)| sender.domain.is_none());
    for (name, sender) in without {
        let _ = write!(out, "\n; sender {name}: nothing is said of the domain of {}\n", sender.email);
    }
    out
}

/// Senders by the domain they send from.
pub fn by_domain(campaign: &Campaign) -> BTreeMap<String, Vec<(&String, &Sender)>> {
    let mut out: BTreeMap<String, Vec<(&String, &Sender)>> = BTreeMap::new();
    for (name, sender) in &campaign.senders {
        if let Some(domain) = &sender.domain {
            out.entry(domain.name.to_lowercase()).or_default().push((name, sender));
        }
    }
    out
}

fn line(record: &Wanted, out: &mut String) {
    let Wanted { purpose, name, kind, value, key } = record;
    let _ = match value {
        Some(value) if *kind == "TXT" => writeln!(out, "{name}. IN TXT {}", quoted(value)),
        Some(value) => writeln!(out, "{name}. IN {kind} {value}."),
        None => writeln!(out, "; {name}. IN {kind} …  {}: say `{key}` in the sender's `domain`", purpose.word()),
    };
}

/// A text as strings of a `TXT` record.
fn quoted(text: &str) -> String {
    let escaped = |part: &str| part.replace('\\', "\\\\").replace('"', "\\\"");
    let (mut strings, mut rest) = (Vec::new(), text);
    while rest.len() > STRING_BYTES {
        let end = (0..=STRING_BYTES).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
        let (string, behind) = rest.split_at(end);
        strings.push(format!("\"{}\"", escaped(string)));
        rest = behind;
    }
    strings.push(format!("\"{}\"", escaped(rest)));
    strings.join(" ")
}
