//! The records that a sender's settings ask for.

use serde::Serialize;

use super::organisation;
use crate::ir::Campaign;

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The sender that needs it.
    pub sender: String,
    /// Name, without the dot at the end.
    pub name: String,
    /// Type.
    pub kind: &'static str,
    /// Data; `None` where only the mail service knows it.
    pub data: Option<String>,
    /// What it is for, and who knows the data.
    pub about: String,
}

/// The records of all senders, sender by sender; a record that several need stands there once.
pub fn wanted(campaign: &Campaign) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    for (sender, of) in &campaign.senders {
        let Some(domain) = &of.domain else { continue };
        let mut add = |name: String, kind, data: Option<String>, about: &str| {
            let is_there = all.iter().any(|record| record.name == name && record.kind == kind && record.data == data);
            if !is_there {
                all.push(Record { sender: sender.clone(), name, kind, data, about: about.to_owned() });
            }
        };
        let name = domain.name.trim_end_matches('.').to_lowercase();
        let spf = domain.spf.as_ref().map(|hosts| format!("\"v=spf1 {hosts} ~all\""));
        add(name.clone(), "TXT", spf, "SPF: hosts that may send; the mail service says which to include");
        if let Some(selector) = &domain.dkim {
            let about = "DKIM: the public key of the signatures, at least 2048 bits; the mail service makes it";
            add(format!("{selector}._domainkey.{name}"), "TXT", None, about);
        }
        if let Some(policy) = &domain.dmarc {
            let reports = format!("mailto:dmarc-reports@{}", organisation(&name));
            let data = format!("\"v=DMARC1; p={policy}; rua={reports}\"");
            add(
                format!("_dmarc.{name}"),
                "TXT",
                Some(data),
                "DMARC: what to do with forged mail, and where reports go",
            );
        }
        if let Some(tracking) = &domain.tracking {
            let tracking = tracking.trim_end_matches('.').to_lowercase();
            add(tracking, "CNAME", None, "tracked links: the mail service names the host");
        }
    }
    all
}
