//! What HTML itself says of its elements.

/// Elements that have no end (HTML standard, section 13.1.2), and older ones that had none.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "frame", "basefont", "bgsound", "keygen",
];

/// Whether an element has no end, by its name in lower case.
pub fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}
