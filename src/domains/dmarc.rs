//! DMARC: what receivers do with mail that fails SPF and DKIM, and whom they tell (RFC 7489).

use super::tags::tag;
use super::zone::{Entry, Zone};
use super::{Findings, Level, domain_of, organisation};
use crate::ir::{Domain, Sender};

/// Policies, the weakest first.
const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];

/// Says what is wrong with the policy that holds for the domain people see: its own, or that of its organisation.
pub(super) fn check(sender: &Sender, domain: &Domain, zone: &Zone, findings: &mut Findings<'_>) {
    let from = domain_of(&sender.email).to_lowercase();
    let places = [from.clone(), organisation(&from)];
    let found =
        places.iter().map(|place| (format!("_dmarc.{place}"), records(place, zone))).find(|(_, all)| !all.is_empty());
    let Some((name, all)) = found else {
        let name = format!("_dmarc.{from}");
        if zone.holds(&name) {
            let message = format!("`{from}` has no DMARC policy; large providers refuse bulk mail without one");
            let policy = domain.dmarc.as_deref().unwrap_or("none");
            let help = format!("add TXT `v=DMARC1; p={policy}; rua=mailto:…` at `{name}`");
            findings.add((Level::Error, "dmarc-missing"), &name, None, message, help);
        }
        return;
    };
    let Some(record) = all.first() else { return };
    let mut add = |level, slug, at: &Entry, message: String, help: String| {
        findings.add((level, slug), &name, Some(at), message, help);
    };
    if let Some(second) = all.get(1) {
        let message = "there are two DMARC records, so receivers take none of them".to_owned();
        add(Level::Error, "dmarc-multiple", second, message, "leave one".to_owned());
    }
    let is_above = name != format!("_dmarc.{from}");
    let own = tag(&record.data, "sp").filter(|_| is_above);
    let policy = own.or_else(|| tag(&record.data, "p")).unwrap_or("").to_lowercase();
    let Some(strength) = POLICIES.iter().position(|known| *known == policy) else {
        let message = format!("`p={policy}` is no policy");
        return add(Level::Error, "dmarc-syntax", record, message, "write `none`, `quarantine` or `reject`".to_owned());
    };
    match domain.dmarc.as_deref().and_then(|wanted| POLICIES.iter().position(|known| *known == wanted)) {
        Some(wanted) if wanted != strength => {
            let message = format!("the policy is `{policy}`, and the sender's settings say `{}`", POLICIES[wanted]);
            let level = if strength < wanted { Level::Error } else { Level::Warning };
            add(level, "dmarc-differs", record, message, "change one of the two".to_owned());
        }
        _ if strength == 0 => {
            let message = "`p=none` only watches: forged mail is delivered".to_owned();
            add(Level::Info, "dmarc-none", record, message, "go on to `quarantine` once reports look well".to_owned());
        }
        _ => {}
    }
    if tag(&record.data, "rua").is_none_or(str::is_empty) {
        let message = "no reports are asked for, so nobody learns of failures".to_owned();
        add(Level::Warning, "dmarc-no-reports", record, message, "add `rua=mailto:…`".to_owned());
    }
    if let Some(percent) = tag(&record.data, "pct").filter(|percent| *percent != "100") {
        let message = format!("the policy holds for {percent} % of the mail alone");
        add(Level::Info, "dmarc-percent", record, message, "raise `pct` to 100".to_owned());
    }
    let is_strict = |name: &str| tag(&record.data, name).is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
    if is_strict("adkim") && !from.eq_ignore_ascii_case(domain.name.trim_end_matches('.')) {
        let message = format!("`adkim=s` asks for signatures of `{from}` itself, and they are of `{}`", domain.name);
        add(
            Level::Error,
            "dmarc-strict-unaligned",
            record,
            message,
            "sign as the domain of the address, or write `adkim=r`".to_owned(),
        );
    }
}

fn records<'a>(place: &str, zone: &'a Zone) -> Vec<&'a Entry> {
    let all = zone.of(&format!("_dmarc.{place}"), "TXT").into_iter();
    all.filter(|entry| tag(&entry.data, "v").is_some_and(|version| version.eq_ignore_ascii_case("DMARC1"))).collect()
}
