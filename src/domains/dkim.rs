//! DKIM: the key that signatures are checked with (RFC 6376, section 3.6; sizes: RFC 8301; Ed25519: RFC 8463).

use super::tags::tag;
use super::zone::Zone;
use super::{Findings, Level};
use crate::ir::Domain;

/// Receivers ignore shorter keys.
const LEAST_BITS: usize = 1024;
/// What RFC 8301 asks for.
const GOOD_BITS: usize = 2048;

/// Says what is wrong with the key of a domain's selector.
pub(super) fn check(domain: &Domain, zone: &Zone, findings: &mut Findings<'_>) {
    let Some(selector) = &domain.dkim else {
        let message = format!("the sender names no DKIM selector for `{}`", domain.name);
        findings.add((Level::Warning, "dkim-unknown"), &domain.name, None, message, "name it: `dkim: s1`");
        return;
    };
    let name = format!("{selector}._domainkey.{}", domain.name.trim_end_matches('.'));
    let keys = zone.of(&name, "TXT");
    let Some(key) = keys.first() else {
        if zone.of(&name, "CNAME").is_empty() && zone.holds(&name) {
            let message = format!("there is no key at `{name}`, so no signature can be checked");
            let help = "add the TXT record with the public key, or the CNAME, that your mail service gives";
            findings.add((Level::Error, "dkim-selector-missing"), &name, None, message, help);
        }
        return;
    };
    let mut add = |level, slug, message: String, help: &str| {
        findings.add((level, slug), &name, Some(key), message, help.to_owned());
    };
    if tag(&key.data, "v").is_some_and(|version| version != "DKIM1") {
        add(
            Level::Error,
            "dkim-syntax",
            "the record does not begin with `v=DKIM1`".to_owned(),
            "write `v=DKIM1; k=rsa; p=…`",
        );
    }
    if tag(&key.data, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        let message = "`t=y` says that the domain only tries DKIM out: receivers treat its mail as unsigned".to_owned();
        add(Level::Warning, "dkim-test-mode", message, "remove `t=y`");
    }
    let public: String = tag(&key.data, "p").unwrap_or("").split_whitespace().collect();
    if public.is_empty() {
        let message = "the key is empty: it was taken back, and signatures by it fail".to_owned();
        return add(Level::Error, "dkim-revoked", message, "publish the key that the mail service signs with");
    }
    let Some(bytes) = decoded(&public) else {
        return add(Level::Error, "dkim-syntax", "the key is no base64".to_owned(), "copy it again, in one piece");
    };
    if tag(&key.data, "k") == Some("ed25519") {
        if bytes.len() != 32 {
            let message = format!("a key of Ed25519 has 32 bytes, this one {}", bytes.len());
            add(Level::Error, "dkim-syntax", message, "copy it again");
        }
        return;
    }
    match rsa_bits(&bytes) {
        None => add(Level::Error, "dkim-syntax", "the key is no RSA key".to_owned(), "copy it again, in one piece"),
        Some(bits) if bits < LEAST_BITS => {
            let message = format!("the key has {bits} bits; receivers take none below {LEAST_BITS}");
            add(Level::Error, "dkim-key-short", message, "make one with 2048 bits");
        }
        Some(bits) if bits < GOOD_BITS => {
            let message = format!("the key has {bits} bits, and should have {GOOD_BITS} (RFC 8301)");
            add(Level::Warning, "dkim-key-short", message, "make one with 2048 bits");
        }
        Some(_) => {}
    }
}

/// Base64 (RFC 4648, section 4); `None` if it is not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() % 4 != 0 || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in digits.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// The bits of the modulus in a SubjectPublicKeyInfo (RFC 5280, section 4.1), or in a bare RSAPublicKey (RFC 8017, appendix
/// A.1.1).
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (SEQUENCE, key, _) = element(der)? else { return None };
    let (kind, first, rest) = element(key)?;
    let modulus = match kind {
        INTEGER => first,
        SEQUENCE => {
            let (BIT_STRING, bits, _) = element(rest)? else { return None };
            let (SEQUENCE, key, _) = element(bits.get(1..)?)? else { return None };
            let (INTEGER, modulus, _) = element(key)? else { return None };
            modulus
        }
        _ => return None,
    };
    let significant: Vec<u8> = modulus.iter().copied().skip_while(|byte| *byte == 0).collect();
    let first = significant.first()?;
    Some(significant.len() * 8 - first.leading_zeros() as usize)
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// Tag, content and rest of an element in DER.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let size = usize::from(first & 0x7f);
        let bytes = rest.get(..size).filter(|_| (1..=4).contains(&size))?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), &rest[size..])
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}
