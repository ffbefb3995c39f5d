//! Records that are lists of `tag=value` (RFC 6376, section 3.2): those of DKIM and DMARC.

/// The value of a tag, without blanks around it; the first one if it is there twice. Names of tags are lower case.
pub(super) fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let pairs = text.split(';').filter_map(|part| part.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name).map(|(_, value)| value)
}
