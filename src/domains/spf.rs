//! SPF: which hosts may send for a domain (RFC 7208).

use super::zone::{Entry, Zone};
use super::{Findings, Level};
use crate::ir::Domain;

/// Most questions to name servers that a record may cost (section 4.6.4).
const MOST_LOOKUPS: usize = 10;

/// What evaluating a record costs, as far as the zone tells.
#[derive(Default)]
struct Cost {
    lookups: usize,
    /// Includes whose own costs stand in no file.
    unknown: Vec<String>,
    /// Names that include themselves.
    circular: Option<String>,
}

/// Says what is wrong with the SPF record of a domain.
pub(super) fn check(domain: &Domain, zone: &Zone, findings: &mut Findings<'_>) {
    let name = domain.name.as_str();
    let wanted = domain.spf.as_deref().unwrap_or("include:<the name that your mail service gives>");
    let records = records(name, zone);
    let Some(record) = records.first() else {
        if zone.holds(name) {
            let message = format!("`{name}` has no SPF record");
            findings.add((Level::Error, "spf-missing"), name, None, message, format!("add TXT `v=spf1 {wanted} ~all`"));
        }
        return;
    };
    if let Some(second) = records.get(1) {
        findings.add(
            (Level::Error, "spf-multiple"),
            name,
            Some(second),
            format!("`{name}` has {} SPF records, so receivers take none of them", records.len()),
            "put all hosts into one record",
        );
        return;
    }
    let terms: Vec<&str> = record.data.split_whitespace().skip(1).collect();
    let mut add = |level, slug, message: String, help: &str| {
        findings.add((level, slug), name, Some(record), message, help.to_owned());
    };
    for term in terms.iter().filter(|term| !is_term(term)) {
        let message = format!("`{term}` is no SPF term, so the whole record is void");
        add(Level::Error, "spf-syntax", message, "mend or remove it");
    }
    match terms.iter().find(|term| mechanism(term).0.eq_ignore_ascii_case("all")) {
        Some(all) if !all.starts_with(['-', '~', '?']) => {
            let message = format!("`{all}` lets everybody send as `{name}`");
            add(Level::Error, "spf-plus-all", message, "end the record with `~all` or `-all`");
        }
        Some(all) if all.starts_with('?') => {
            add(
                Level::Warning,
                "spf-neutral",
                format!("`{all}` says nothing of other hosts"),
                "end the record with `~all` or `-all`",
            );
        }
        Some(_) => {}
        None if !terms.iter().any(|term| term.to_ascii_lowercase().starts_with("redirect=")) => {
            let message = "the record does not say what holds for other hosts".to_owned();
            add(Level::Warning, "spf-no-all", message, "end it with `~all` or `-all`");
        }
        None => {}
    }
    if let Some(term) = terms.iter().find(|term| mechanism(term).0.eq_ignore_ascii_case("ptr")) {
        let message = format!("`{term}` is slow and not to be used (RFC 7208, section 5.5)");
        add(Level::Warning, "spf-ptr", message, "name the hosts instead");
    }
    let missing = domain.spf.iter().flat_map(|hosts| hosts.split_whitespace());
    for host in missing.filter(|host| !terms.iter().any(|term| term.eq_ignore_ascii_case(host))) {
        let message = format!("the record lacks `{host}`, by which the sender sends");
        add(Level::Error, "spf-host-missing", message, &format!("add `{host}`"));
    }
    let mut cost = Cost::default();
    count(record, zone, &mut vec![name.to_lowercase()], &mut cost);
    let more = match cost.unknown.as_slice() {
        [] => String::new(),
        unknown => format!(", and those behind {} besides", unknown.join(", ")),
    };
    if let Some(circular) = cost.circular {
        add(Level::Error, "spf-circular", format!("`{circular}` includes itself"), "break the circle");
    } else if cost.lookups > MOST_LOOKUPS {
        let message =
            format!("the record costs {} questions to name servers{more}; {MOST_LOOKUPS} are allowed", cost.lookups);
        add(
            Level::Error,
            "spf-too-many-lookups",
            message,
            "write addresses with `ip4:` and `ip6:`, or use a subdomain for each service",
        );
    } else if !cost.unknown.is_empty() {
        let message = format!("the record costs {} of {MOST_LOOKUPS} questions to name servers{more}", cost.lookups);
        add(Level::Info, "spf-lookups", message, "give the zone files of those names too to count them all");
    }
}

fn records<'a>(name: &str, zone: &'a Zone) -> Vec<&'a Entry> {
    let is_spf = |entry: &&Entry| {
        let version = entry.data.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("v=spf1"));
        version && entry.data[6..].chars().next().is_none_or(char::is_whitespace)
    };
    zone.of(name, "TXT").into_iter().filter(is_spf).collect()
}

/// A mechanism without its sign, and what stands behind its colon.
fn mechanism(term: &str) -> (&str, Option<&str>) {
    let term = term.trim_start_matches(['+', '-', '~', '?']);
    let end = term.find([':', '/']).unwrap_or(term.len());
    (&term[..end], term[end..].strip_prefix(':'))
}

fn is_term(term: &str) -> bool {
    let (name, value) = mechanism(term);
    let address = |value: Option<&str>, most: u8, is_address: fn(&str) -> bool| {
        let Some(value) = value else { return false };
        let (address, length) =
            value.split_once('/').map_or((value, None), |(address, length)| (address, Some(length)));
        is_address(address) && length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
    };
    match name.to_ascii_lowercase().as_str() {
        "all" => value.is_none(),
        "include" | "exists" => value.is_some_and(|value| !value.is_empty()),
        "a" | "mx" | "ptr" => true,
        "ip4" => address(value, 32, |text| text.parse::<std::net::Ipv4Addr>().is_ok()),
        "ip6" => address(value, 128, |text| text.parse::<std::net::Ipv6Addr>().is_ok()),
        // A modifier that nobody knows is passed over (section 6).
        _ => term.split_once('=').is_some_and(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic())),
    }
}

/// Adds up the questions of a record and of what it includes.
fn count(record: &Entry, zone: &Zone, path: &mut Vec<String>, cost: &mut Cost) {
    for term in record.data.split_whitespace().skip(1) {
        let (name, value) = mechanism(term);
        let redirect = term.get(..9).filter(|start| start.eq_ignore_ascii_case("redirect=")).map(|_| &term[9..]);
        let target = match (name.to_ascii_lowercase().as_str(), redirect) {
            (_, Some(to)) => Some(to),
            ("include", None) => value,
            ("a" | "mx" | "ptr" | "exists", None) => {
                cost.lookups += 1;
                None
            }
            _ => None,
        };
        let Some(target) = target else { continue };
        cost.lookups += 1;
        let target = target.trim_end_matches('.').to_lowercase();
        if path.contains(&target) {
            cost.circular = Some(target);
            return;
        }
        match records(&target, zone).first() {
            Some(inner) => {
                path.push(target);
                count(inner, zone, path, cost);
                path.pop();
            }
            None => cost.unknown.push(format!("`{target}`")),
        }
    }
}
