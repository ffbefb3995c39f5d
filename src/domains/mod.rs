//! What the domains of senders have to say in DNS so that mail is accepted, and what a zone file says.
//!
//! In: the senders of a campaign; the text of zone files. Out: the records that are needed, and what is wrong with those that
//! are there, each with its line. Never: a question to a name server.
//!
//! | file | what it does |
//! |---|---|
//! | `wanted` | the records that a sender's settings ask for |
//! | `zone` | zone files to records (RFC 1035, section 5) |
//! | `spf`, `dkim`, `dmarc` | what is wrong with one of those records |

mod dkim;
mod dmarc;
mod spf;
mod tags;
mod wanted;
mod zone;

use serde::Serialize;

pub use wanted::{Record, wanted};
pub use zone::{Entry, Fault, Zone};

use crate::ir::{Campaign, Domain, Sender};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Receivers refuse the mail, or treat it as forged.
    Error,
    /// It works, and should be mended.
    Warning,
    /// Good to know.
    Info,
}

/// Something about a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What kind of thing, such as `spf-missing`.
    pub slug: &'static str,
    /// The sender whose domain it is.
    pub sender: String,
    /// The name in DNS that it is about.
    pub name: String,
    /// File and line of the record, if there is one.
    pub place: Option<(String, usize)>,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What one check adds findings to: all about one sender.
struct Findings<'a> {
    sender: &'a str,
    all: Vec<Finding>,
}

impl Findings<'_> {
    fn add(
        &mut self,
        (level, slug): (Level, &'static str),
        name: &str,
        at: Option<&Entry>,
        message: String,
        help: impl Into<String>,
    ) {
        self.all.push(Finding {
            level,
            slug,
            sender: self.sender.to_owned(),
            name: name.to_owned(),
            place: at.map(|entry| (entry.file.clone(), entry.line)),
            message,
            help: help.into(),
        });
    }
}

/// What can be said of the senders alone, and what the zone says if one is given.
pub fn check(campaign: &Campaign, zone: Option<&Zone>) -> Vec<Finding> {
    let mut all = Vec::new();
    for (name, sender) in &campaign.senders {
        let mut findings = Findings { sender: name, all: Vec::new() };
        match &sender.domain {
            Some(domain) => of_domain(sender, domain, zone, &mut findings),
            None => findings.add(
                (Level::Info, "domain-unknown"),
                domain_of(&sender.email),
                None,
                format!("the sender `{name}` says nothing of its domain"),
                "name it: `domain: {name: mail.example.com, dkim: s1, dmarc: quarantine}`",
            ),
        }
        all.append(&mut findings.all);
    }
    all.sort_by(|left, right| (left.level, &left.sender).cmp(&(right.level, &right.sender)));
    all
}

fn of_domain(sender: &Sender, domain: &Domain, zone: Option<&Zone>, findings: &mut Findings<'_>) {
    aligned(sender, domain, findings);
    let Some(zone) = zone else { return };
    spf::check(domain, zone, findings);
    dkim::check(domain, zone, findings);
    dmarc::check(sender, domain, zone, findings);
    tracking(domain, zone, findings);
    receives(sender, zone, findings);
}

/// DMARC asks that the domain people see and the one that vouches for the mail belong to the same organisation (RFC 7489,
/// section 3.1).
fn aligned(sender: &Sender, domain: &Domain, findings: &mut Findings<'_>) {
    let from = domain_of(&sender.email);
    if organisation(from) != organisation(&domain.name) {
        findings.add(
            (Level::Error, "from-domain-unaligned"),
            from,
            None,
            format!("mails come from `{from}`, and `{}` vouches for them: DMARC fails", domain.name),
            format!("send from an address of `{}`, or give the domain of the address", organisation(&domain.name)),
        );
    }
    if let Some(tracking) = &domain.tracking
        && organisation(tracking) != organisation(from)
    {
        findings.add(
            (Level::Warning, "tracking-domain-unaligned"),
            tracking,
            None,
            format!("links of mails from `{from}` lead over `{tracking}`, of another organisation"),
            format!("track under a name below `{}`", organisation(from)),
        );
    }
}

fn tracking(domain: &Domain, zone: &Zone, findings: &mut Findings<'_>) {
    let Some(tracking) = &domain.tracking else { return };
    if zone.holds(tracking) && !["CNAME", "A", "AAAA"].iter().any(|kind| !zone.of(tracking, kind).is_empty()) {
        findings.add(
            (Level::Error, "tracking-domain-missing"),
            tracking,
            None,
            format!("`{tracking}` has neither CNAME nor address, so no tracked link works"),
            "add a CNAME to the host that your mail service names",
        );
    }
}

/// Bounces and answers come to the domain of the sender; receivers refuse mail from a domain that takes none.
fn receives(sender: &Sender, zone: &Zone, findings: &mut Findings<'_>) {
    let from = domain_of(&sender.email);
    if zone.holds(from) && ["MX", "A", "AAAA", "CNAME"].iter().all(|kind| zone.of(from, kind).is_empty()) {
        findings.add(
            (Level::Warning, "mx-missing"),
            from,
            None,
            format!("`{from}` has no MX record: nobody can answer, and some receivers refuse its mail"),
            "add the MX record of the host that takes bounces and answers",
        );
    }
}

/// The part behind the `@`.
fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}

/// The organisational domain: one label below the public suffix, in lower case.
fn organisation(domain: &str) -> String {
    let lower = domain.trim_end_matches('.').to_lowercase();
    psl::domain_str(&lower).unwrap_or(&lower).to_owned()
}

#[cfg(test)]
mod tests {
    use super::organisation;

    #[test]
    fn organisations_are_one_label_below_public_suffixes() {
        for (domain, of) in [
            ("mail.example.co.jp", "example.co.jp"),
            ("EXAMPLE.co.jp.", "example.co.jp"),
            ("news.mail.shop.example", "shop.example"),
            ("mail.city.kawasaki.jp", "city.kawasaki.jp"),
            ("日本語.jp", "日本語.jp"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(organisation(domain), of);
        }
    }
}
