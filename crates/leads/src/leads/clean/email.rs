//! E-mail and web addresses: the shape they are compared in, and slips that look like others.
//!
//! In: text. Out: the address without what is no part of it; what a misspelt domain was probably meant to be. Never:
//! whether there is a mailbox. The part before the `@` stays as it is: RFC 5321, section 2.4, lets its case matter.

use std::borrow::Cow;

use super::text::{changed, width};

/// Domains that people have addresses in, so that one letter less or more is a slip.
const KNOWN: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.co.jp",
    "yahoo.com",
    "ymail.ne.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "outlook.com",
    "outlook.jp",
    "live.jp",
    "msn.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "so-net.ne.jp",
    "ocn.ne.jp",
    "dion.ne.jp",
    "plala.or.jp",
    "excite.co.jp",
    "rakuten.jp",
];

/// Domains that are one letter away from a known one and exist.
const REAL: &[&str] = &[
    "mail.com",
    "email.com",
    "ymail.com",
    "live.com",
    "yahoo.co.kr",
    "yahoo.co.id",
    "yahoo.co.in",
    "yahoo.co.nz",
    "yahoo.co.th",
    "yahoo.co.uk",
    "yahoo.co.za",
    "yahoo.cn",
    "hotmail.co.kr",
    "hotmail.co.nz",
    "hotmail.co.th",
    "hotmail.co.uk",
    "hotmail.co.za",
    "outlook.fr",
    "outlook.de",
    "outlook.it",
    "outlook.kr",
    "outlook.sg",
    "msn.cn",
    "ocn.jp",
    "aim.com",
    "gmx.com",
    "we.com",
    "mac.com",
    "nifty.jp",
];

/// Domains of Japanese carriers, which gave out addresses with dots at odd places until 2009.
const CARRIERS: &[&str] = &["docomo.ne.jp", "ezweb.ne.jp", "au.com"];

/// The address: out of `Name <address>`, without `mailto:` and marks behind it, the domain in small letters.
pub(super) fn address(text: &str) -> Cow<'_, str> {
    let plain = width(text).replace('〜', "~");
    let inner = match (plain.rsplit_once('<'), plain.strip_suffix('>')) {
        (Some((_, inner)), Some(_)) => inner.trim_end_matches('>'),
        (_, _) => plain.as_str(),
    };
    let inner = inner.trim();
    let inner = match inner.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &inner[7..],
        _ => inner,
    };
    let inner = inner.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | '。' | '、' | '"'));
    let one = inner.matches('@').count() == 1;
    match inner.split_once('@') {
        Some((local, domain)) if one => {
            let solid = |part: &str| part.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            changed(text, format!("{}@{}", solid(local), solid(domain).to_lowercase()))
        }
        Some(_) | None => Cow::Borrowed(text),
    }
}

/// The domain that was probably meant, if this one is one slip away from a domain of many and none itself.
pub(super) fn meant_domain(domain: &str) -> Option<String> {
    if KNOWN.contains(&domain) || REAL.contains(&domain) {
        return None;
    }
    // A comma and a point are neighbours.
    let pointed = domain.replace(',', ".");
    if pointed != domain && pointed.split('.').all(|label| !label.is_empty()) {
        return Some(meant_domain(&pointed).unwrap_or(pointed));
    }
    let near: Vec<&&str> = KNOWN.iter().filter(|known| strsim::osa_distance(known, domain) == 1).collect();
    match near.as_slice() {
        [one] if one.len() > 6 => Some((**one).to_owned()),
        _ => None,
    }
}

/// What is odd about an address that is accepted all the same.
pub(super) fn oddity(address: &str) -> Option<&'static str> {
    let (local, domain) = address.split_once('@')?;
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    match (dots, CARRIERS.contains(&domain)) {
        (true, true) => Some("the odd dots of an old carrier address"),
        (true, false) => Some("dots where RFC 5322 allows none"),
        (false, _) => None,
    }
}

/// A web address with scheme and host in small letters.
pub(super) fn url(text: &str) -> Cow<'_, str> {
    let plain = width(text).replace('〜', "~");
    let Some((scheme, rest)) = plain.split_once("://") else { return changed(text, plain) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    // Names and passwords before the host keep their case.
    let (user, host) = host.rsplit_once('@').map_or(("", host), |(user, host)| (user, host));
    let at = if user.is_empty() { "" } else { "@" };
    changed(text, format!("{}://{user}{at}{}{path}", scheme.to_ascii_lowercase(), host.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_out_of_what_is_round_them() {
        let same = [
            "Taro@example.jp",
            "Ｔａｒｏ＠ＥＸＡＭＰＬＥ．ＪＰ",
            "mailto:Taro@Example.jp",
            "山田 <Taro@example.jp>",
            "Taro @ example.jp",
            "Taro@example.jp。",
        ];
        for text in same {
            assert_eq!(address(text), "Taro@example.jp", "{text}");
        }
        assert_eq!(address("a@example.jp b@example.jp"), "a@example.jp b@example.jp");
    }

    #[test]
    fn slips_of_domains_are_seen() {
        let cases = [
            ("gmial.com", Some("gmail.com")),
            ("gmail.con", Some("gmail.com")),
            ("gmail.co", Some("gmail.com")),
            ("yahoo.co.jo", Some("yahoo.co.jp")),
            ("yahoo.cojp", Some("yahoo.co.jp")),
            ("docomo.ne.jpp", Some("docomo.ne.jp")),
            ("example,com", Some("example.com")),
            ("gmail.com", None),
            ("ymail.com", None),
            ("mail.com", None),
            ("aozora.example", None),
            ("yahoo.co.uk", None),
            ("be.com", None),
        ];
        for (domain, expected) in cases {
            assert_eq!(meant_domain(domain).as_deref(), expected, "{domain}");
        }
    }

    #[test]
    fn odd_dots_are_a_word_and_no_refusal() {
        assert!(oddity("taro..yamada.@docomo.ne.jp").is_some_and(|words| words.contains("carrier")));
        assert!(oddity(".taro@example.jp").is_some() && oddity("taro.y@example.jp").is_none());
        assert_eq!(url("HTTPS://WWW.Example.JP/Path?Q=1"), "https://www.example.jp/Path?Q=1");
    }
}
