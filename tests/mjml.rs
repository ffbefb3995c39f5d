//! MJML held against what MJML takes: bodies of all its elements have no fault, and single slips are found at their bytes.

use tabiji::mjml::{FaultKind, faults, to_html};

/// Everything that MJML has, each element where it may stand.
const EVERYTHING: &str = r##"<?xml version="1.0" encoding="utf-8"?>
<!-- A comment with <tags> and a -- in it. -->
<mjml lang="en" dir="ltr" owa="desktop">
  <mj-head>
    <mj-title>Everything</mj-title>
    <mj-preview>In one line</mj-preview>
    <mj-breakpoint width="480px" />
    <mj-font name="Raleway" href="https://fonts.example/css?family=Raleway&display=swap" />
    <mj-attributes>
      <mj-all font-family="Raleway, Arial" />
      <mj-text font-size="15px" line-height="1.6" />
      <mj-class name="big" font-size="20px" color="#333333" />
    </mj-attributes>
    <mj-style inline="inline">.red { color: red; } a > b { color: blue }</mj-style>
    <mj-style>@media (max-width: 480px) { .x { width: 100% !important; } }</mj-style>
    <mj-raw><!--[if mso]><style>td { font-family: Arial }</style><![endif]--></mj-raw>
  </mj-head>
  <mj-body background-color="#f4f4f4" width="600px" css-class="page">
    <mj-raw><div style="display:none">a < b</div></mj-raw>
    <mj-hero mode="fixed-height" height="300px" background-width="600px" background-height="300px"
        background-url="https://img.example/a.jpg?x=1&y=2" background-color="#2a3448" padding="40px 0">
      <mj-text color="#ffffff" align="center">Hero</mj-text>
      <mj-button href="https://a.example/?x=1&y=2">Go</mj-button>
    </mj-hero>
    <mj-wrapper full-width="full-width" border="1px solid #000000" padding="10px">
      <mj-section background-url='https://img.example/b.jpg' background-size="cover" text-align="left" direction="rtl">
        <mj-column width="50%" vertical-align="middle" inner-border-radius="4px">
          <mj-image src="https://img.example/c.png" alt="a > b" width="100px" href="https://a.example" fluid-on-mobile="true" />
          <mj-spacer height="10px" /><mj-divider border-width="1px" border-color="#cccccc"></mj-divider>
        </mj-column>
        <mj-group width="50%">
          <mj-column><mj-text mj-class="big"><p>One<br>&nbsp;<img src="x.png" alt=""></p><!-- a -- note --><td width=100>a < b</td><p>{% if x %}<b>{% else %}<i>{% endif %}</mj-text></mj-column>
          <mj-column css-class="red"></mj-column>
        </mj-group>
      </mj-section>
    </mj-wrapper>
    <mj-section>
      <mj-column>
        <mj-table cellpadding="4"><tr><th>A</th><td>1 &lt; 2</td></tr></mj-table>
        <mj-social font-size="15px" icon-size="30px" mode="horizontal">
          <mj-social-element name="facebook" href="https://a.example">Share</mj-social-element>
          <mj-social-element src="https://img.example/i.png" href="https://a.example" />
        </mj-social>
        <mj-navbar base-url="https://a.example" hamburger="hamburger">
          <mj-navbar-link href="/one" color="#ffffff">One</mj-navbar-link>
        </mj-navbar>
        <mj-accordion border="none">
          <mj-accordion-element icon-wrapped-url="https://img.example/p.png">
            <mj-accordion-title font-size="13px">Q</mj-accordion-title>
            <mj-accordion-text><span>A</span></mj-accordion-text>
          </mj-accordion-element>
        </mj-accordion>
        <mj-carousel tb-border="1px solid #000000">
          <mj-carousel-image src="https://img.example/1.png" thumbnails-src="https://img.example/t.png" />
          <mj-carousel-image src="https://img.example/2.png" alt="2" />
        </mj-carousel>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
<!-- The end. -->
"##;

#[test]
fn what_mjml_has_is_taken_where_it_may_stand() {
    let found: Vec<_> = faults(EVERYTHING).into_iter().map(|fault| (EVERYTHING.get(fault.at), fault.message)).collect();
    assert_eq!(found, []);
    let html = to_html(EVERYTHING).unwrap_or_default();
    for part in [
        "Hero",
        "a > b",
        "?x=1&y=2",
        "<p>One<br",
        "1 &lt; 2",
        "<td width=100>a < b</td>",
        "{% if x %}<b>{% else %}<i>{% endif %}",
        "Share",
        "@media (max-width: 480px)",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

/// One thing changed in a sound body, and the bytes that are named for it.
#[test]
fn slips_are_found_at_their_bytes() {
    let slips = [
        (
            "<mj-text color=\"#ffffff\" align=",
            "<mj-text color=\"#ffffff\" text-align=",
            "text-align",
            FaultKind::Unknown,
        ),
        ("<mj-spacer height", "<mj-space height", "mj-space", FaultKind::Unknown),
        ("fluid-on-mobile", "full-width", "full-width", FaultKind::Unknown),
        ("<mj-group width", "<mj-group widht", "widht", FaultKind::Unknown),
        ("<mj-column css-class=\"red\"></mj-column>", "<mj-text>x</mj-text>", "mj-text", FaultKind::Misplaced),
        ("<mj-column css-class=\"red\"></mj-column>", "<mj-section></mj-section>", "mj-section", FaultKind::Misplaced),
        ("<mj-column css-class=\"red\"></mj-column>", "<p>x</p>", "p", FaultKind::Unknown),
        ("<mj-column css-class=\"red\"></mj-column>", "words", "words", FaultKind::Misplaced),
        ("<mj-column css-class=\"red\"></mj-column>", "<mj-column css-class=\"red\">", "mj-column", FaultKind::Syntax),
        ("<mj-social-element src=", "<mj-image src=", "mj-image", FaultKind::Misplaced),
        ("<mj-table cellpadding=\"4\">", "<mj-table cellpadding=4>", "cellpadding", FaultKind::Syntax),
        ("<mj-breakpoint width=\"480px\" />", "<mj-include path=\"./head.mjml\" />", "mj-include", FaultKind::Unknown),
        ("mode=\"horizontal\"", "mode=\"horizontal\" mode=\"vertical\"", "mode", FaultKind::Syntax),
    ];
    for (from, to, at, kind) in slips {
        let text = EVERYTHING.replacen(from, to, 1);
        assert_ne!(text, EVERYTHING, "{from}");
        let found = faults(&text);
        let first = found.first().map(|fault| (text.get(fault.at.clone()).unwrap_or_default(), fault.kind));
        assert_eq!(first, Some((at, kind)), "{to}: {found:?}");
        assert_eq!(found.len(), 1, "{to}: {found:?}");
    }
}

/// A body of a mebibyte of tags is read in a moment: nothing is looked through again for each tag.
#[test]
fn a_large_body_takes_no_longer_than_its_length() {
    let row = "<mj-text align=\"{{ a }}\">{% if a > 1 %}{{ b }}{% endif %}</mj-text>{% if c %}{% endif %}";
    let rows = row.repeat(10_000);
    let text = format!("<mjml><mj-body><mj-section><mj-column>{rows}</mj-column></mj-section></mj-body></mjml>");
    let begun = std::time::Instant::now();
    assert_eq!(faults(&text), []);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}
