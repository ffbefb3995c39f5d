//! dump
use granit_parser::Parser;
use super::Document;
use crate::diag::Sink;
use crate::text::FileId;
/// x
pub fn parse(_file: FileId, _text: &str, _sink: &mut Sink) -> Option<Document> {
    None
}
#[test]
fn dump() {
    for text in ["a: b\n", "a:\nb: \n- x\n-\n", "a: {x: y, z: }", "\u{feff}a: \"q\" # c\n", "a: |\n  x\n  y\n\nb: >-\n  k\n", "{when: a in [\"x\", \"y\"]}", "{when: did(\"x\", within=\"7 days\")}",
     "{if: in_seg(\"a\", \"b\"), steps: []}", "{when: \"a\" in b}", "{if: did(\"a\", where=event.x in [\"a\"]), steps: []}", "a: b\n  # c\n  d: e", "a: [1, 2", "a: 'x", "a:\n\tb: c", "x: y: z", "a: &x [1]\nb: *x\n? k\n: v\n", "a: b\n--- \nc: d", "{a: b, c}", "a: !!str 5", "a: multi\n  line\nb: 1", "a: {}\nb: []\n", "a: [x: y]", "[a, b]: c", ": x", "- - a\n  - b\n", "{when: a == {x}}","{when: a == \"a: b\"}", "%YAML 1.2\n---\na: b\n...\n", "a: @x", "a: `x`", "a:\n  b: 1\n c: 2", "a: %x", "\u{feff}\u{feff}a: b\n", "a: \u{1}b", "a: b\r\nc: d\r\n"] {
        println!("=== {text:?}");
        for e in Parser::new_from_str(text) {
            match e { Ok((e, s)) => println!("  {e:?} {:?} {:?}", s.byte_range(), s.slice(text)), Err(e) => { println!("  ERR {:?} {:?}", e.kind(), e.marker().byte_offset()); break } }
        }
    }
}
