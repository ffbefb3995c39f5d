//! What HTML itself says of its elements, and of signs in its texts.

use std::borrow::Cow;

/// Elements that have no end (HTML standard, section 13.1.2), and older ones that had none.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "frame", "basefont", "bgsound", "keygen",
];

/// Whether an element has no end, by its name in lower case.
pub fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Text as HTML and XML have it, in texts and in quoted attributes. Slashes stay: addresses are full of them. Control
/// characters, which neither has, become U+FFFD.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let Some(first) = special(text, 0) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    let (mut from, mut next) = (0, Some(first));
    while let Some((at, length, written)) = next {
        out.push_str(&text[from..at]);
        out.push_str(written);
        from = at + length;
        next = special(text, from);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// The next sign that is not written as it is: where, how many bytes it has, and what is written for it.
fn special(text: &str, from: usize) -> Option<(usize, usize, &'static str)> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        let (length, written) = match byte {
            b'&' => (1, "&amp;"),
            b'<' => (1, "&lt;"),
            b'>' => (1, "&gt;"),
            b'"' => (1, "&quot;"),
            b'\'' => (1, "&#39;"),
            b'\t' | b'\n' | b'\r' => continue,
            0..0x20 | 0x7f => (1, "\u{fffd}"),
            // U+0080 to U+009F.
            0xc2 if bytes.get(at + 1).is_some_and(|next| *next < 0xa0) => (2, "\u{fffd}"),
            // U+FFFE and U+FFFF.
            0xef if bytes.get(at + 1) == Some(&0xbf) && bytes.get(at + 2).is_some_and(|last| *last >= 0xbe) => {
                (3, "\u{fffd}")
            }
            _ => continue,
        };
        return Some((at, length, written));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn signs_of_html_are_no_signs_any_more() {
        assert_eq!(escaped("製造業 https://a.example/?b=c\n"), "製造業 https://a.example/?b=c\n");
        assert_eq!(escaped("<b a=\"c\"> & 'd'\0\u{1b}"), "&lt;b a=&quot;c&quot;&gt; &amp; &#39;d&#39;\u{fffd}\u{fffd}");
        assert_eq!(escaped("a\u{85}é\u{ffff}青¢\u{fffd}"), "a\u{fffd}é\u{fffd}青¢\u{fffd}");
    }
}
