use super::*;

fn laid_out(text: &str) -> Result<String, Refusal> {
    format(text, &parse(text).unwrap())
}

#[track_caller]
fn assert_laid_out(text: &str, expected: &str) {
    assert_eq!(laid_out(text).as_deref(), Ok(expected));
    assert_eq!(laid_out(expected).as_deref(), Ok(expected), "a second time");
}

#[test]
fn indentation_and_blanks_become_those_of_all_files() {
    assert_laid_out(
        "journeys:\n    a:\n        steps:\n        - { id:   b ,send: c }   # why\n        -   id: d\n            wait:   2 days",
        "journeys:\n  a:\n    steps:\n      - {id: b, send: c} # why\n      - id: d\n        wait: 2 days\n",
    );
}

#[test]
fn comments_and_single_blank_lines_stay() {
    assert_laid_out(
        "# head\n\n\na: 1 # one\n\n  # before b\nb:\n  - x\n\n\n  # between\n  - y\n# tail\n",
        "# head\n\na: 1 # one\n\n# before b\nb:\n  - x\n\n  # between\n  - y\n# tail\n",
    );
    assert_laid_out("# nothing but this\n", "# nothing but this\n");
    assert_laid_out("", "");
}

#[test]
fn scalars_stay_as_they_are_written() {
    let text = "a: 'single'\nb: \"double\"\nc: 'it''s'\nd: \"tab\\t\"\ne: plain\nf: 0x10\ng: 1.50\nh: ~\ni:\nj: '“日本語”'\nk: ''\n";
    assert_laid_out(text, text);
    assert_laid_out("{a: 'x', \"b\": 'y', 'c': z}", "{a: 'x', \"b\": 'y', 'c': z}\n");
}

#[test]
fn texts_of_several_lines_stay() {
    assert_laid_out(
        "a:\n    b: |\n        one\n          two\n\n        three\n    c: >-\n        folded\n        text\n    d: |+\n        kept\n\n    e: end\n",
        "a:\n  b: |\n    one\n      two\n\n    three\n  c: >-\n    folded\n    text\n  d: |+\n    kept\n\n  e: end\n",
    );
    assert_laid_out(
        "a:\n    b: 'one\n        two\n\n        three'\n    c: plain\n        goes on\n",
        "a:\n  b: 'one\n    two\n\n    three'\n  c: plain\n    goes on\n",
    );
}

/// Texts that the layout library would change, each with what they are laid out as.
#[test]
fn block_texts_stay_to_the_last_blank() {
    let rows = [
        ("a: |\n  x\n   \n  y\n", "a: |\n  x\n   \n  y\n"),
        ("a: |\n  x \n  y\n", "a: |\n  x \n  y\n"),
        ("a: |\n  x\n   \n", "a: |\n  x\n   \n"),
        ("a: |\n  \tx\n", "a: |\n  \tx\n"),
        ("a: >\n  x\n   \n  y\n", "a: >\n  x\n   \n  y\n"),
        ("a: |+\n  x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"),
        ("a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n"),
        ("a: |\n  x\n\n\nb: 1\n", "a: |\n  x\n\nb: 1\n"),
        ("a:\n    b: |2\n        x\n", "a:\n  b: |2\n      x\n"),
        ("a:\n- |1-\n   x\n", "a:\n  - |2-\n      x\n"),
        ("a:\n-   - |\n      x\n    - y\n", "a:\n  - - |\n      x\n    - y\n"),
        ("a:\n- b:   |   # why\n     x\n  # of c\n  c: 1\n", "a:\n  - b: | # why\n      x\n    # of c\n    c: 1\n"),
        ("a: &x |\n   x\nb: *x\n", "a: &x |\n  x\nb: *x\n"),
        ("a: |\nb: 1\n", "a: |\nb: 1\n"),
        ("tjBlock: |\n   tjBlock0z\n", "tjBlock: |\n  tjBlock0z\n"),
    ];
    for (text, expected) in rows {
        assert_laid_out(text, expected);
        assert_laid_out(&text.replace('\n', "\r\n"), &expected.replace('\n', "\r\n"));
    }
}

#[test]
fn flows_over_several_lines_stay_so() {
    let rows = [
        ("a: {x: 1,\n  y: 2} # c\n", "a: {\n  x: 1,\n  y: 2\n} # c\n"),
        ("a: [{x: 1, y: 2},\n    {x: 3, y: 4}]\n", "a: [\n  {x: 1, y: 2},\n  {x: 3, y: 4}\n]\n"),
        ("a: {x: 1, # one\n  y: 2}\n", "a: {\n  x: 1, # one\n  y: 2\n}\n"),
        ("a: {x: \"{\", y: 'b ]', z: [1, 2]}\n", "a: {x: \"{\", y: 'b ]', z: [1, 2]}\n"),
    ];
    for (text, expected) in rows {
        assert_laid_out(text, expected);
    }
}

#[test]
fn a_line_is_never_broken_for_its_length() {
    let line = format!("a: {{b: {}, c: [{}]}}\n", "長い".repeat(200), vec!["word"; 200].join(", "));
    assert_laid_out(&line, &line);
    let broken = "a: [\n  one,\n  two\n]\n";
    assert_laid_out(broken, broken);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    assert_laid_out("\u{feff}a:   1\r\nb: |\r\n    x\r\n", "\u{feff}a: 1\r\nb: |\r\n  x\r\n");
}

#[test]
fn anchors_and_aliases_stay() {
    assert_laid_out("a: &x   {b: 'c'}\nd:   *x\n", "a: &x {b: 'c'}\nd: *x\n");
}

#[test]
fn a_comment_behind_a_dash_is_as_good_as_one_below_it() {
    assert_laid_out("a:\n  -\n    # why\n    b: 1\n", "a:\n  - # why\n    b: 1\n");
    let allowed = "a:\n  -\n    # tabiji: allow(no-way-out) it stays\n    b: 1\n    c: 2\n";
    assert_eq!(laid_out(allowed), Err(Refusal::Meaning(Some(3))), "the comment would cover the whole item");
}
