//! Domains: which part of a name an organisation holds.
//!
//! A crate of its own: the list of public suffixes is code, and a great deal of it. Here it is compiled beside all else, and
//! for a short build: a run asks about few names.

/// The organisational domain of a name (RFC 7489, section 3.2): what is registered below a public suffix. `mail.example.co.jp`
/// is `example.co.jp`. A name that is itself a suffix is left as it is.
pub fn organisational(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_lowercase();
    psl::domain_str(&domain).map_or(domain.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::organisational;

    #[test]
    fn below_the_public_suffix() {
        assert_eq!(organisational("Mail.Example.co.jp"), "example.co.jp");
        assert_eq!(organisational("a.b.example.com."), "example.com");
        assert_eq!(organisational("mail.aozora.example"), "aozora.example");
        assert_eq!(organisational("co.jp"), "co.jp");
    }
}
