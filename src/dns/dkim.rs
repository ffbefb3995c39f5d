//! DKIM keys (RFC 6376, section 3.6.1): what receivers check signatures with.

use super::zone::Record;
use super::{Held, named, tag, tags};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Domain;

/// Bits of an RSA key below which receivers take no signature (RFC 8301, section 3.2), and those that it should have.
const LEAST_BITS: usize = 1024;
const GOOD_BITS: usize = 2048;

pub(super) fn check(held: &Held<'_>, domain: &Domain, sink: &mut Sink) {
    let Some(selector) = &domain.dkim else { return };
    let name = format!("{}._domainkey.{}", selector.to_lowercase(), domain.name.to_lowercase());
    let kind = if domain.dkim_target.is_some() { "CNAME" } else { "TXT" };
    if let Some(alias) = named(held.records, &name, "CNAME").next() {
        return target(alias, domain, sink);
    }
    let mut keys = named(held.records, &name, "TXT");
    let Some(record) = keys.next() else { return held.missing("DKIM", &name, kind, domain.origin.0, sink) };
    if let Some(second) = keys.next() {
        let message = format!("`{name}` has two keys, so that receivers may take either");
        let finding = Diagnostic::new(Code::FaultyRecord, second.span, message).also(record.span, "the first");
        sink.push(finding.help("give each key a selector of its own (RFC 6376, section 3.6.2.2)"));
    }
    key(record, domain, sink);
}

fn target(alias: &Record, domain: &Domain, sink: &mut Sink) {
    let Some(wanted) = &domain.dkim_target else { return };
    let wanted = wanted.trim_end_matches('.').to_lowercase();
    if alias.data.first() == Some(&wanted) {
        return;
    }
    let message = format!("the key of `{}` is looked for elsewhere than the campaign says", alias.name);
    let finding = Diagnostic::new(Code::DifferingRecord, alias.span, message);
    sink.push(finding.also(domain.origin.0, "the domain is described here").help(format!("it is to be `{wanted}.`")));
}

fn key(record: &Record, domain: &Domain, sink: &mut Sink) {
    let text = record.text();
    let found = tags(&text);
    let Some(key) = tag(&found, "p") else {
        let finding = Diagnostic::new(Code::FaultyRecord, record.span, "this DKIM record has no key");
        return sink.push(finding.help("write `v=DKIM1; k=rsa; p=…` with the key of the mail service"));
    };
    let squeezed: String = key.chars().filter(|c| !c.is_whitespace()).collect();
    if squeezed.is_empty() {
        let finding =
            Diagnostic::new(Code::FaultyRecord, record.span, "this DKIM key has been taken back: `p` is empty");
        return sink.push(finding.help("put the key in that the mail service signs with"));
    }
    if let Some(wanted) = domain.dkim_key.as_ref().filter(|wanted| **wanted != squeezed) {
        let message = "this DKIM key is another one than the campaign names";
        let finding = Diagnostic::new(Code::DifferingRecord, record.span, message)
            .also(domain.origin.0, "the domain is described here");
        sink.push(finding.help(format!("it is to hold `p={wanted}`")));
    }
    if tag(&found, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        let finding = Diagnostic::new(
            Code::WeakRecord,
            record.span,
            "this DKIM key is being tested: receivers heed it as little as none",
        );
        sink.push(finding.help("take `t=y` out"));
    }
    if tag(&found, "k").is_none_or(|kind| kind == "rsa") {
        length(record, &squeezed, sink);
    }
}

fn length(record: &Record, key: &str, sink: &mut Sink) {
    let Some(bits) = base64(key).as_deref().and_then(rsa_bits) else {
        let finding = Diagnostic::new(Code::FaultyRecord, record.span, "this DKIM key is no RSA key in Base64");
        return sink.push(finding.help("copy the whole key: long ones are cut into strings of at most 255 bytes"));
    };
    let (code, message) = if bits < LEAST_BITS {
        (Code::FaultyRecord, format!("this DKIM key has {bits} bits, and receivers take none below {LEAST_BITS}"))
    } else if bits < GOOD_BITS {
        (Code::WeakRecord, format!("this DKIM key has {bits} bits, and should have {GOOD_BITS}"))
    } else {
        return;
    };
    sink.push(Diagnostic::new(code, record.span, message).help("have a longer one made (RFC 8301, section 3.2)"));
}

/// Bytes of a text in Base64 (RFC 4648, section 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len()), 0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

/// Bits of the modulus in a SubjectPublicKeyInfo, or in the bare RSAPublicKey that some publish (DER, RFC 3279 section 2.3.1).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let (_, mut inside) = value(key, 0x30)?;
    if inside.first() == Some(&0x30) {
        let (behind, _) = value(inside, 0x30)?;
        let (_, bits) = value(behind, 0x03)?;
        (_, inside) = value(bits.get(1..)?, 0x30)?;
    }
    let (_, modulus) = value(inside, 0x02)?;
    let start = modulus.iter().position(|&byte| byte != 0)?;
    let first = modulus.get(start)?;
    Some((modulus.len() - start) * 8 - first.leading_zeros() as usize)
}

/// What stands behind a value of DER, and what is in it.
fn value(der: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (inside, behind) = rest.split_at_checked(length)?;
    (found == kind).then_some((behind, inside))
}

#[cfg(test)]
mod tests {
    use super::{base64, rsa_bits};

    #[test]
    fn bits_of_keys() {
        // A key of the right shape: a modulus of 128 bytes whose first bit is set, and the exponent 65537.
        let integer = |bytes: &[u8]| [&[0x02, 0x81, u8::try_from(bytes.len()).unwrap()], bytes].concat();
        let modulus = [&[0_u8, 0x80][..], &[1; 127]].concat();
        let inside = [integer(&modulus), vec![0x02, 3, 1, 0, 1]].concat();
        let key = [&[0x30, 0x81, u8::try_from(inside.len()).unwrap()][..], &inside].concat();
        assert_eq!(rsa_bits(&key), Some(1024));
        let bits = [&[0x03, 0x81, u8::try_from(key.len() + 1).unwrap(), 0][..], &key].concat();
        let whole = [&[0x30, 2, 5, 0][..], &bits].concat();
        let info = [&[0x30, 0x81, u8::try_from(whole.len()).unwrap()][..], &whole].concat();
        assert_eq!(rsa_bits(&info), Some(1024));
        assert_eq!(rsa_bits(&info[..40]), None);
        assert_eq!(base64("TWFu").as_deref(), Some(&b"Man"[..]));
        assert_eq!(base64("TWE=").as_deref(), Some(&b"Ma"[..]));
        assert_eq!(base64("T-E="), None);
    }
}
