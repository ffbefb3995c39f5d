//! `tabiji domains`: the records that senders need, and faults planted in zone files, each found at its line.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SENDERS: &str = "
project: shop
timezone: Asia/Tokyo
topics: {news: {label: News, consent: opt_in}}
senders:
  shop:
    from: {name: Shop, email: news@mail.shop.example}
    address: 1-2-3 Example, Tokyo
    domain: {name: mail.shop.example, spf: include:spf.mailer.example, dkim: s1, dmarc: quarantine, tracking: click.shop.example}
";

/// Public keys of RSA, made for this test.
const KEY_768: &str = "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAM2BhvZtasTbpWlzL2kJG1pihWWpO7dvvL1cGacbt+p5FiH7RIpaKQZOTE\
     bh9SWMsP6TOjyQN8860jLoHX8l787dwCSaQ1Z5rvGNy5QOEbF7LQMjaXXulMane0fkL3wFewIDAQAB";
const KEY_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCgRn7JJyPhQEK7H3ONGsYtuH/iU3FPC1WJjo1aUoGLE4gmXW6DbT\
     kKnvEO7z+HiHs/nEsPw6sSXKrnsK2DyXCumA7pcD0X5BFcHYeI1HleSlGxSOYQGdKmYdjjTU+q4V19lfMTF40SRgrg\
     tO4mLpOo32zHo8GRZ+yJ3RT3K2+I9wIDAQAB";
const KEY_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoyvHI2TucrKu9dokMA+hWcyrxzPR/hmCRwPVHt2U93SYkk\
     PLr+wkiD/1lKeXJXc/aG8P0nZo4haEK5Q7bH0dSi3abr/Qp4Snlh1g4enEDzEuPc2hGykS9dvSD1Iuo8DdVkz8UFV3\
     l1JYTPyyxmKcu4azvNFreH/J7FFMZqGBJLvJ51JrvZp9joUyYCVs04qIumKnbwYb57agHj0u2qAZ+GhgmG6ro1hob2\
     M514m2jLsn9FzsOCZRImzQ/1FMjwgJAjY7b2Z1YwSyvvCkGoN51pAq6I/R3lPmMWwhR1VOLdIKWRPxwGJNrQfFB6nD\
     vJJ0o5X9WetKccE8NSyus6vG/wIDAQAB";

/// A zone with everything. The key goes over two strings, as keys of this length have to.
fn sound() -> String {
    let (first, second) = KEY_2048.split_at(200);
    format!(
        "$ORIGIN shop.example.\n\
         $TTL 1h\n\
         @ IN SOA ns.shop.example. host.shop.example. ( 2026110101 ; serial\n 7200 900 1209600 300 )\n\
         mail 300 IN MX 10 in.shop.example.\n\
         \tIN 300 TXT \"v=spf1 include:spf.mailer.example ~all\"\n\
         s1._domainkey.mail IN TXT ( \"v=DKIM1; k=rsa; p={first}\"\n \"{second}\" )\n\
         _dmarc.mail IN TXT \"v=DMARC1; p=quarantine; rua=mailto:d@shop.example\"\n\
         click IN CNAME track.mailer.example.\n\
         $ORIGIN mailer.example.\n\
         spf IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
    )
}

fn domains(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .arg("domains")
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .unwrap()
}

fn project(senders: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), senders).unwrap();
    folder
}

/// Slugs and lines of what is found in a zone.
fn found(senders: &str, zone: &str) -> Vec<(String, Option<u64>)> {
    let folder = project(senders);
    fs::write(folder.path().join("zone.txt"), zone).unwrap();
    let output = domains(folder.path(), &[".", "--zone", "zone.txt", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().unwrap();
    let errors = findings.iter().any(|finding| finding["level"] == "error");
    assert_eq!(output.status.code(), Some(i32::from(errors)), "{report}");
    findings.iter().map(|each| (each["slug"].as_str().unwrap().to_owned(), each["place"][1].as_u64())).collect()
}

#[test]
fn a_sound_zone_has_no_findings() {
    assert_eq!(found(SENDERS, &sound()), []);
}

#[test]
fn each_fault_is_found_at_its_line() {
    let dkim = |key: &str| format!("s1._domainkey.mail IN TXT \"v=DKIM1; p={key}\"\n");
    let without = |line: &str| {
        let at = sound().lines().position(|each| each.contains(line)).unwrap();
        let rest = sound()
            .lines()
            .enumerate()
            .filter(|(number, _)| *number != at)
            .map(|(_, line)| format!("{line}\n"))
            .collect::<String>();
        rest
    };
    // The key stands on two lines.
    let no_key = without("s1._domainkey")
        .lines()
        .filter(|line| !line.contains("\" )"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let keyed = |key: &str| no_key.replace("_dmarc.mail", &(dkim(key) + "_dmarc.mail"));
    let spf = |record: &str| sound().replace("v=spf1 include:spf.mailer.example ~all", record);
    let many: String = (0..11).map(|number| format!("a:h{number}.shop.example ")).collect();
    let dmarc = |record: &str| sound().replace("v=DMARC1; p=quarantine; rua=mailto:d@shop.example", record);
    for (zone, slug, line) in [
        (without("\tIN 300 TXT"), "spf-missing", None),
        (sound().replace("\tIN 300", "\tIN TXT \"v=spf1 -all\"\n\tIN 300"), "spf-multiple", Some(7)),
        (spf("v=spf1 include:spf.mailer.example +all"), "spf-plus-all", Some(6)),
        (spf("v=spf1 include:spf.mailer.example ?all"), "spf-neutral", Some(6)),
        (spf("v=spf1 include:spf.mailer.example"), "spf-no-all", Some(6)),
        (spf("v=spf1 include:spf.mailer.example ipv4:192.0.2.1 ~all"), "spf-syntax", Some(6)),
        (spf("v=spf1 include:spf.mailer.example ip4:192.0.2.1/40 ~all"), "spf-syntax", Some(6)),
        (spf("v=spf1 include:spf.mailer.example ptr ~all"), "spf-ptr", Some(6)),
        (spf("v=spf1 ip4:192.0.2.1 ~all"), "spf-host-missing", Some(6)),
        (spf(&format!("v=spf1 include:spf.mailer.example {many}~all")), "spf-too-many-lookups", Some(6)),
        (sound().replace("ip4:192.0.2.0/24", "include:mail.shop.example"), "spf-circular", Some(6)),
        (without("spf IN TXT"), "spf-lookups", Some(6)),
        (no_key.clone(), "dkim-selector-missing", None),
        (keyed(""), "dkim-revoked", Some(7)),
        (keyed(KEY_768), "dkim-key-short", Some(7)),
        (keyed(KEY_1024), "dkim-key-short", Some(7)),
        (keyed(&format!("{KEY_2048}; t=y:s")), "dkim-test-mode", Some(7)),
        (keyed("MIIBIjANBgkq"), "dkim-syntax", Some(7)),
        (keyed("!!!!"), "dkim-syntax", Some(7)),
        (without("_dmarc.mail"), "dmarc-missing", None),
        (dmarc("v=DMARC1; p=none; rua=mailto:d@shop.example"), "dmarc-differs", Some(9)),
        (dmarc("v=DMARC1; p=refuse; rua=mailto:d@shop.example"), "dmarc-syntax", Some(9)),
        (dmarc("v=DMARC1; p=quarantine"), "dmarc-no-reports", Some(9)),
        (dmarc("v=DMARC1; p=quarantine; pct=50; rua=mailto:d@shop.example"), "dmarc-percent", Some(9)),
        (without("click IN CNAME"), "tracking-domain-missing", None),
        (without("mail 300 IN MX").replace("\tIN 300 TXT", "mail IN TXT"), "mx-missing", None),
    ] {
        assert_eq!(found(SENDERS, &zone), [(slug.to_owned(), line)], "{slug}\n{zone}");
    }
}

#[test]
fn a_policy_of_the_organisation_holds_below_it() {
    let above = sound()
        .replace("_dmarc.mail IN TXT \"v=DMARC1; p=quarantine;", "_dmarc IN TXT \"v=DMARC1; p=reject; sp=quarantine;");
    assert_eq!(found(SENDERS, &above), []);
    let strict = SENDERS.replace("news@mail.shop", "news@shop");
    let zone = sound()
        .replace("_dmarc.mail", "_dmarc")
        .replace("p=quarantine;", "p=quarantine; adkim=s;")
        .replace("mail 300 IN MX", "@ IN MX 10 in\nmail IN MX");
    assert_eq!(found(&strict, &zone), [("dmarc-strict-unaligned".to_owned(), Some(10))]);
}

#[test]
fn domains_of_other_organisations_do_not_vouch() {
    let other = SENDERS.replace("news@mail.shop.example", "news@other.example");
    let slugs: Vec<String> = found(&other, "$ORIGIN nothing.example.\n").into_iter().map(|(slug, _)| slug).collect();
    assert_eq!(slugs, ["from-domain-unaligned", "tracking-domain-unaligned"]);
}

#[test]
fn the_records_are_a_zone_file_that_can_be_read_back() {
    let folder = project(SENDERS);
    let output = domains(folder.path(), &[".", "--format", "zone"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text,
        "; sender shop\n\
         ; SPF: hosts that may send; the mail service says which to include\n\
         mail.shop.example. IN TXT \"v=spf1 include:spf.mailer.example ~all\"\n\
         ; DKIM: the public key of the signatures, at least 2048 bits; the mail service makes it\n\
         ; s1._domainkey.mail.shop.example. IN TXT …\n\
         ; DMARC: what to do with forged mail, and where reports go\n\
         _dmarc.mail.shop.example. IN TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc-reports@shop.example\"\n\
         ; tracked links: the mail service names the host\n\
         ; click.shop.example. IN CNAME …\n"
    );
    let slugs: Vec<String> = found(SENDERS, &text).into_iter().map(|(slug, _)| slug).collect();
    assert_eq!(slugs, ["mx-missing", "spf-lookups"]);
}

#[test]
fn what_is_no_zone_file_is_said_with_its_line() {
    let folder = project(SENDERS);
    for (zone, words) in [
        ("a IN TXT \"open\n", "zone.txt:1: the quote is never closed"),
        ("\n\na IN SOA ( 1\n", "zone.txt:3: the bracket is never closed"),
        ("a IN TXT )\n", "zone.txt:1: there is a `)` too many"),
        ("$INCLUDE other.txt\n", "zone.txt:1: `$INCLUDE` is not followed"),
        ("  IN TXT x\n", "zone.txt:1: the first record has no name"),
        ("a 300 IN\n", "zone.txt:1: `a` has no record type"),
        ("a IN TXT \"\\300\"\n", "zone.txt:1: no byte is larger than 255"),
    ] {
        fs::write(folder.path().join("zone.txt"), zone).unwrap();
        let output = domains(folder.path(), &[".", "--zone", "zone.txt"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(words), "{zone:?}: {said}");
    }
    let output = domains(folder.path(), &[".", "--zone", "none.txt"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no zone file `none.txt`"));
}
