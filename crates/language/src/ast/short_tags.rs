//! Whether the tags of a template are short: what all but a few are, told without a look at their tokens.
//!
//! In: the text of a template. Out: yes, if its tags can be told apart by their brackets and quotes alone and are too
//! short to nest deep; no of everything that would take more to know. Never: whether it is sound.

/// Whether no tag is longer than `longest` bytes and there are no more than `most` of them.
pub(super) fn are_short(text: &str, longest: usize, most: usize) -> bool {
    let (mut at, mut tags) = (0, 0);
    while let Some(open) = text[at..].find('{').map(|found| at + found) {
        at = match text.as_bytes().get(open + 1) {
            Some(b'{') => match end(&text.as_bytes()[open..], b'}', longest) {
                Some(length) => open + length,
                None => return false,
            },
            Some(b'%') => match end(&text.as_bytes()[open..], b'%', longest) {
                Some(length) if !text[open..open + length].contains("raw") => open + length,
                Some(_) | None => return false,
            },
            Some(b'#') => match text[open + 2..].find("#}") {
                Some(length) => open + 2 + length + 2,
                None => return false,
            },
            Some(_) | None => {
                at = open + 1;
                continue;
            }
        };
        tags += 1;
        if tags > most {
            return false;
        }
    }
    true
}

/// The length of the tag at the start, which ends with `close` and a brace. `None` where other braces stand in it, or its
/// brackets or quotes do not close.
fn end(tag: &[u8], close: u8, longest: usize) -> Option<usize> {
    let (mut at, mut open, mut quote) = (2, 0_i32, None);
    while at < longest.min(tag.len()) {
        match (quote, tag[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(mark), byte) if byte == mark => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'(' | b'[') => open += 1,
            (None, b')' | b']') => open -= 1,
            (None, b'{') => return None,
            (None, byte) if byte == close && tag.get(at + 1) == Some(&b'}') => return (open == 0).then_some(at + 2),
            (None, b'}') => return None,
            (None, _) => {}
        }
        at += 1;
    }
    None
}
