//! The records of sending domains: what is printed is what is looked for, and each fault that is planted in a good zone is
//! found at its bytes, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;

use tabiji::diag::{Code, Sink};
use tabiji::dns;
use tabiji::ir::Campaign;
use tabiji::pipeline;
use tabiji::text::SourceMap;

/// A public key of 2,048 bits, made up: the shape of one with a modulus of 256 bytes.
fn key(modulus_bytes: u8) -> String {
    let length = usize::from(modulus_bytes) * 2;
    let integer = |bytes: &[u8]| [&[2, 0x82, (bytes.len() >> 8) as u8, (bytes.len() & 255) as u8], bytes].concat();
    let modulus = [&[0_u8, 0x80][..], &vec![7; length - 1]].concat();
    let inside = [integer(&modulus), vec![2, 3, 1, 0, 1]].concat();
    let der = [&[0x30, 0x82, (inside.len() >> 8) as u8, (inside.len() & 255) as u8][..], &inside].concat();
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |group: &[u8]| {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte));
        (0..=group.len()).map(|at| char::from(DIGITS[bits >> (18 - 6 * at) & 63])).collect::<String>()
    };
    der.chunks(3).map(digits).collect()
}

const PROJECT: &str = "project: demo
topics:
  news: {consent: opt_in}
senders:
  team:
    from: {name: Aozora, email: news@FROM}
    domain:
      name: mail.aozora.example
      spf: [\"include:spf.sender.example\", \"ip4:192.0.2.7\"]
      dkim: s1
      DKIM
      dmarc: quarantine
      reports: dmarc@aozora.example
      tracking: click.aozora.example
      tracking_target: links.sender.example
";

fn campaign(from: &str, dkim: &str) -> (Campaign, SourceMap) {
    let folder = tempfile::tempdir().unwrap();
    let text = PROJECT.replace("FROM", from).replace("DKIM", dkim);
    std::fs::write(folder.path().join("tabiji.yaml"), text).unwrap();
    let checked = pipeline::check(folder.path()).ok().unwrap();
    (checked.campaign.unwrap(), checked.sources)
}

/// What is found: codes, and the bytes they stand at.
fn found(campaign: &Campaign, sources: &SourceMap, zone: &str) -> Vec<(Code, String)> {
    let mut sources = sources.clone();
    let file = sources.add("test.zone", zone);
    let mut sink = Sink::default();
    dns::compare(campaign, &[file], &sources, &mut sink);
    sink.found.iter().map(|finding| (finding.code, sources.slice(finding.span()).to_owned())).collect()
}

fn good() -> (Campaign, SourceMap, String) {
    let (campaign, sources) = campaign("mail.aozora.example", &format!("dkim_key: {}", key(128)));
    let zone = dns::fragment(&campaign);
    (campaign, sources, zone)
}

#[test]
fn what_is_printed_is_what_is_looked_for() {
    let (campaign, sources, zone) = good();
    assert_eq!(found(&campaign, &sources, &zone), [], "{zone}");
    assert_eq!(zone.lines().filter(|line| !line.starts_with(';') && !line.is_empty()).count(), 4, "{zone}");
    assert!(zone.contains("click.aozora.example. IN CNAME links.sender.example."), "{zone}");
}

#[test]
fn what_the_campaign_does_not_say_is_a_comment() {
    let (campaign, _) = campaign("mail.aozora.example", "");
    let zone = dns::fragment(&campaign);
    assert!(
        zone.contains("\n; s1._domainkey.mail.aozora.example. IN TXT …  DKIM: say `dkim_key` or `dkim_target`"),
        "{zone}"
    );
}

#[test]
fn planted_faults_are_found_at_their_bytes() {
    let (campaign, sources, zone) = good();
    let domain = "mail.aozora.example";
    let spf = "\"v=spf1 include:spf.sender.example ip4:192.0.2.7 ~all\"";
    let dmarc = "\"v=DMARC1; p=quarantine; rua=mailto:dmarc@aozora.example\"";
    let dkim = zone.lines().find(|line| line.starts_with("s1._domainkey")).unwrap();
    let own_key = dkim.split_once(" TXT ").unwrap().1;
    let lookups: String = (0..10).map(|number| format!("include:i{number}.example ")).collect();
    let eleven = format!("\"v=spf1 include:spf.sender.example ip4:192.0.2.7 {lookups}-all\"");
    let short = format!("\"v=DKIM1; k=rsa; p={}\"", key(32));
    let middling = format!("\"v=DKIM1; k=rsa; p={}\"", key(64));
    let lines: [(&str, &str, Code, &str); 21] = [
        // What is written, what stands in its place, the code, where.
        ("mail.aozora.example. IN TXT", "x.aozora.example. IN TXT", Code::MissingRecord, domain),
        ("s1._domainkey.", "s2._domainkey.", Code::MissingRecord, domain),
        ("_dmarc.", "_dmarc2.", Code::MissingRecord, domain),
        ("click.", "klick.", Code::MissingRecord, domain),
        (
            spf,
            "\"v=spf1 include:spf.sender.example ~all\"",
            Code::DifferingRecord,
            "\"v=spf1 include:spf.sender.example ~all\"",
        ),
        (
            spf,
            "\"v=spf1 include:spf.sender.example ip4:192.0.2.7 +all\"",
            Code::FaultyRecord,
            "\"v=spf1 include:spf.sender.example ip4:192.0.2.7 +all\"",
        ),
        (
            spf,
            "\"v=spf1 include:spf.sender.example ip4:192.0.2.7\"",
            Code::WeakRecord,
            "\"v=spf1 include:spf.sender.example ip4:192.0.2.7\"",
        ),
        (spf, &eleven, Code::FaultyRecord, &eleven),
        (spf, &format!("{spf}\nmail.aozora.example. TXT \"v=spf1 -all\""), Code::FaultyRecord, "\"v=spf1 -all\""),
        (own_key, &short, Code::FaultyRecord, &short),
        (own_key, "\"v=DKIM1; p=\"", Code::FaultyRecord, "\"v=DKIM1; p=\""),
        (own_key, "\"v=DKIM1; k=rsa; p=AAAA\"", Code::FaultyRecord, "\"v=DKIM1; k=rsa; p=AAAA\""),
        (own_key, &middling, Code::WeakRecord, &middling),
        ("v=DKIM1; k=rsa;", "v=DKIM1; t=y; k=rsa;", Code::WeakRecord, &own_key.replace("k=rsa", "t=y; k=rsa")),
        (
            dmarc,
            "\"v=DMARC1; p=reject; rua=mailto:dmarc@aozora.example\"",
            Code::DifferingRecord,
            "\"v=DMARC1; p=reject; rua=mailto:dmarc@aozora.example\"",
        ),
        (dmarc, "\"v=DMARC1; p=quarantine\"", Code::WeakRecord, "\"v=DMARC1; p=quarantine\""),
        (
            dmarc,
            "\"v=DMARC1; p=quarantine; rua=mailto:dmarc@aozora.example; pct=5\"",
            Code::WeakRecord,
            "\"v=DMARC1; p=quarantine; rua=mailto:dmarc@aozora.example; pct=5\"",
        ),
        (
            dmarc,
            "\"v=DMARC1; p=; rua=mailto:dmarc@aozora.example\"",
            Code::FaultyRecord,
            "\"v=DMARC1; p=; rua=mailto:dmarc@aozora.example\"",
        ),
        (
            dmarc,
            "\"v=DMARC1; p=quarantine; rua=mailto:x@y.example\"",
            Code::DifferingRecord,
            "\"v=DMARC1; p=quarantine; rua=mailto:x@y.example\"",
        ),
        ("links.sender.example.", "other.sender.example.", Code::DifferingRecord, "other.sender.example."),
        ("; sender", "x TXT y\n; sender", Code::ZoneSyntax, "x"),
    ];
    let zone = format!("{zone}; sender\n");
    for (written, instead, code, at) in lines {
        let changed = zone.replacen(written, instead, 1);
        assert_ne!(changed, zone, "{written}");
        let mut found = found(&campaign, &sources, &changed);
        // Another key is another key than the campaign names, too.
        found.retain(|(also, _)| !(written == own_key && *also == Code::DifferingRecord));
        assert_eq!(found, [(code, at.to_owned())], "{instead}");
    }
}

#[test]
fn nested_includes_count() {
    let (campaign, sources, zone) = good();
    let inner: String = (0..10).map(|number| format!("a:h{number}.example ")).collect();
    let zone = format!("{zone}spf.sender.example. IN TXT \"v=spf1 {inner}~all\"\n");
    let found = found(&campaign, &sources, &zone);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Code::FaultyRecord);
    // A record that includes itself ends as well.
    let zone = zone.replace(&inner, "include:spf.sender.example include:spf.sender.example ");
    assert!(!self::found(&campaign, &sources, &zone).is_empty());
}

#[test]
fn alignment_is_by_the_organisational_domain() {
    let key = format!("dkim_key: {}", key(128));
    let (campaign, sources) = campaign("aozora.example", &key);
    let zone = dns::fragment(&campaign);
    assert_eq!(found(&campaign, &sources, &zone), []);
    let strict = zone.replace("p=quarantine;", "p=quarantine; adkim=s;");
    assert_eq!(found(&campaign, &sources, &strict)[0].0, Code::UnalignedDomain);
    // A policy of the parent domain holds for an address below it.
    let (campaign, sources) = self::campaign("mail.aozora.example", &key);
    let zone = dns::fragment(&campaign).replace("_dmarc.mail.", "_dmarc.");
    assert_eq!(found(&campaign, &sources, &zone), []);
    let own = zone.replace("p=quarantine;", "p=quarantine; sp=none;");
    assert_eq!(found(&campaign, &sources, &own)[0].0, Code::DifferingRecord);
}

#[test]
fn another_zone_says_nothing() {
    let (campaign, sources, _) = good();
    let found = found(&campaign, &sources, "other.example. IN TXT \"v=spf1 -all\"\n");
    assert_eq!(found, [(Code::MissingRecord, "mail.aozora.example".to_owned())]);
}

/// The examples of `tabiji explain`, which `check` alone cannot bring about.
#[test]
fn pages_show_their_fault_and_nothing_else() {
    let codes = [
        Code::MissingRecord,
        Code::DifferingRecord,
        Code::FaultyRecord,
        Code::WeakRecord,
        Code::UnalignedDomain,
        Code::ZoneSyntax,
    ];
    for code in codes {
        for (heading, wrong) in [("Wrong", true), ("Right", false)] {
            let part = code.info().page.split("\n## ").find(|part| part.starts_with(heading)).unwrap();
            let fence = |info: &str| part.split_once(info).unwrap().1.split("\n```").next().unwrap().to_owned();
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(Path::new(folder.path()).join("tabiji.yaml"), fence("```yaml\n")).unwrap();
            let checked = pipeline::check(folder.path()).ok().unwrap();
            let zone = fence("```text file=lantern.zone\n") + "\n";
            let found = found(&checked.campaign.unwrap(), &checked.sources, &zone);
            assert_eq!(!found.is_empty(), wrong, "{}: {heading} {found:?}", code.info().slug);
            assert!(found.iter().all(|(found, _)| *found == code), "{}: {found:?}", code.info().slug);
        }
    }
}
