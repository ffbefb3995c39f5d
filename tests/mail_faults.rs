//! Mails with one planted fault each: it is found by its own rule, at its own bytes, and nothing else is. And mails as good
//! senders write them, in which nothing is found.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;

use tabiji::pipeline::{self, Checked};

/// Fields, topics, a sender and a journey; `%` is the mail.
const PROJECT: &str = "project: planted
timezone: Asia/Tokyo
levels: {unused-definition: allow}
SETTINGS
fields:
  company: {type: text}
  last_name: {type: text, optional: true}
  homepage: {type: url, optional: true}
  nickname: {type: text}
  renews_on: {type: date}
  called_at: {type: datetime}
  budget: {type: money}
  employees: {type: integer}
  vip: {type: boolean}
  plan: {type: enum, values: [free, paid]}
  interests: {type: set, values: [security, cloud, backup, network, mobile, storage, office, telephone, printing, training]}
  agreed: {type: boolean}
topics:
  news: {consent: opt_in, granted: agreed, text: Our news once a month.}
  service: {kind: transactional}
senders:
  team:
    from: {name: Aozora Cloud, email: news@mail.aozora.example}
    reply_to: info@aozora.example
    address: 1-2-3 Example, Chiyoda, Tokyo
emails:
  planted:
    topic: TOPIC
    sender: team
    subject: SUBJECT
    preheader: PREHEADER
    body: planted.FORMAT
journeys:
  all: {entry: {event: lead_created}, steps: [{id: send, send: planted}]}
";

const SUBJECT: &str = "\"News of June\"";
const PREHEADER: &str = "\"New backups, a webinar in July, and how others restore\"";

/// A project with one mail.
struct Planted<'a> {
    topic: &'a str,
    settings: &'a str,
    subject: &'a str,
    preheader: &'a str,
    format: &'a str,
    body: &'a str,
}

impl Planted<'_> {
    fn check(&self) -> Checked {
        let folder = tempfile::tempdir().unwrap();
        let project = PROJECT
            .replace("SETTINGS", self.settings)
            .replace("TOPIC", self.topic)
            .replace("SUBJECT", self.subject)
            .replace("PREHEADER", self.preheader)
            .replace("FORMAT", self.format);
        fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
        fs::write(folder.path().join(format!("planted.{}", self.format)), self.body).unwrap();
        pipeline::check(folder.path()).ok().unwrap()
    }
}

fn service(body: &str) -> Planted<'_> {
    Planted { topic: "service", settings: "", subject: SUBJECT, preheader: PREHEADER, format: "html", body }
}

/// What was found: slug, and the bytes it points at.
fn found(checked: &Checked) -> Vec<(String, String)> {
    let said = |finding: &tabiji::diag::Diagnostic| {
        let place = checked.sources.slice(finding.span());
        (finding.code.info().slug.to_owned(), place.to_owned())
    };
    checked.findings.iter().map(said).collect()
}

/// Each body with its fault between `«` and `»`.
const BODIES: &[(&str, &str)] = &[
    // Types, in loops, `set` and `with` as well.
    ("unknown-name", "<p>{{ «compny» }}</p>"),
    ("unknown-name", "{% for one in interests %}<p>{{ one }} {{ «othr» }}</p>{% endfor %}"),
    ("unknown-name", "{% with a = «compny» %}<p>{{ a }}</p>{% endwith %}"),
    ("unknown-name", "{% set a = «compny» %}<p>{{ a }}</p>"),
    ("unknown-name", "{% for one in interests %}<p>{{ loop.«indx» }}</p>{% endfor %}"),
    ("optional-without-fallback", "<p>青空 {{ «last_name» }}</p>"),
    ("optional-without-fallback", "{% if company %}<p>{{ «last_name | upper» }}</p>{% endif %}"),
    ("optional-without-fallback", "{% set a = last_name %}<p>{{ «a» }}</p>"),
    ("optional-without-fallback", "{% with a = last_name %}<p>{{ «a» }}</p>{% endwith %}"),
    ("unknown-function", "<p>{{ company | «uper» }}</p>"),
    ("unknown-function", "{% if company is «evn» %}<p>x</p>{% endif %}"),
    ("wrong-arguments", "<p>{{ last_name | «default()» }}</p>"),
    ("wrong-arguments", "<p>{{ company | «upper(1)» }}</p>"),
    ("optional-without-fallback", "<p>{{ 'Dear ' ~ «last_name» ~ '!' }}</p>"),
    ("type-mismatch", "{% if «'10'» > 9 %}<p>x</p>{% endif %}"),
    ("type-mismatch", "{% if «employees» == \"many\" %}<p>x</p>{% endif %}"),
    ("unknown-enum-value", "{% if plan == «\"payed\"» %}<p>x</p>{% endif %}"),
    ("type-mismatch", "{% for one in «company» %}<p>{{ one }}</p>{% endfor %}"),
    ("template-syntax", "«{% if vip %}»<p>x</p>"),
    ("boolean-printed", "<p>{{ «vip» }}</p>"),
    // What leads write.
    ("unescaped-data", "<p>{{ company | «safe» }}</p>"),
    ("unescaped-data", "{% set a = company %}<p>{{ a | «safe» }}</p>"),
    ("unescaped-data", "<p>{{ ('<b>' ~ company) | «safe» }}</p>"),
    ("unsupported-template", "{% «autoescape false» %}<p>{{ company }}</p>{% endautoescape %}"),
    ("data-as-address", "<p><a href=\"{{ «nickname» }}\">Yours</a></p>"),
    ("data-as-address", "<p><a href=\"https://{{ «nickname» }}/x\">Yours</a></p>"),
    ("data-in-code", "<p style=\"color: {{ «nickname» }}\">x</p>"),
    ("data-in-code", "<!-- {{ «nickname» }} --><p>x</p>"),
    ("data-in-link", "<p><a href=\"https://www.aozora.example/?n={{ «last_name | default('x')» }}\">Yours</a></p>"),
    ("unresolved-placeholder", "<p>青空 «%%FIRSTNAME%%»</p>"),
    ("unresolved-placeholder", "<p>Dear «*|FNAME|*»,</p>"),
    ("unresolved-placeholder", "<p>Dear «[First Name]»,</p>"),
    ("unresolved-placeholder", "<p>Dear «{first_name}»,</p>"),
    ("unresolved-placeholder", "<p>Dear «#FNAME#», we have #1 and #NEWS#</p>"),
    ("unresolved-placeholder", "<p>Dear «${name}»,</p>"),
    ("unresolved-placeholder", "<p>«〇〇様»、こんにちは</p>"),
    ("unresolved-placeholder", "<p>«株式会社△△△» ご担当者様</p>"),
    ("unresolved-placeholder", "<p>«[お名前]»、こんにちは</p>"),
    ("unresolved-placeholder", "<p>Dear «%FIRSTNAME%», 50%OFF and 100% of it</p>"),
    ("unresolved-placeholder", "<p>«%会社名%» ご担当者様、20%会社名義</p>"),
    ("unresolved-placeholder", "<p>«##会社名##» ご担当者様</p>"),
    ("unresolved-placeholder", "<p>Dear «@@name@@», write to us @@home</p>"),
    ("unresolved-placeholder", "<p>Dear «$$name$$», it costs $$$</p>"),
    ("unresolved-placeholder", "<p>«○○株式会社» ご担当者様</p>"),
    ("unresolved-placeholder", "<p>Dear «%recipient.name%», hello</p>"),
    ("unresolved-placeholder", "<p>Dear «<<First Name>>», hello</p>"),
    ("unresolved-placeholder", "<p>«Lorem ipsum» dolor sit amet</p>"),
    ("unresolved-placeholder", "<p>«TODO»: write this</p>"),
    ("empty-fallback", "<p>Dear {{ last_name | «default(''») }}, hello</p>"),
    ("empty-fallback", "<p>{{ last_name «or ''» }}様</p>"),
    // HTML.
    ("unclosed-tag", "<table><tr><td>«<b>»青空</td></tr></table>"),
    ("unclosed-tag", "<p>青空«</span>»</p>"),
    ("unclosed-tag", "«<div class=\"a>b\">»<div>x</div>"),
    ("link-without-target", "<p><a «href»=\"\">Read</a></p>"),
    ("link-without-target", "<p><a href=\"«#»\">Read</a></p>"),
    ("link-without-target", "<p>«<a>»Read</a></p>"),
    ("link-without-target", "<p><a href=\"«https://»\">Read</a></p>"),
    (
        "background-without-colour",
        "<div style=\"«background»: url(https://a.example/x.png) no-repeat\"><p style=\"color:#fff\">Words</p></div>",
    ),
    (
        "background-without-colour",
        "<table><tr><td background=\"«https://a.example/x.png»\" style=\"color:#eee\">Words</td></tr></table>",
    ),
    ("script-in-mail", "«<meta http-equiv=\"Refresh\" content=\"0; url=https://www.aozora.example/\">»<p>x</p>"),
    ("link-without-target", "<p><a href=\"«mailto:»\">Write to us</a></p>"),
    ("link-without-target", "<p><a href=\"«mailto:info»\">Write to us</a></p>"),
    ("link-without-target", "<p><a href=\"«tel:»\">Call us</a></p>"),
    ("link-without-target", "<p><a href=\"https://a.example/{{ plan }}/a« »b\">Read</a></p>"),
    ("link-without-target", "<p><a href=\"«http://localhost:3000/news»\">Read</a></p>"),
    ("link-without-target", "<p><a href=\"«https://staging.local/news»\">Read</a></p>"),
    ("link-without-target", "<p><a href=\"«/more»\">Read</a></p>"),
    ("link-without-target", "<p><a href=\"«ftp://files.aozora.example/a»\">Read</a></p>"),
    ("unclosed-tag", "<p>x</p>«<!--» and the rest"),
    ("unclosed-tag", "<p>x</p>«<!--[if mso]>»<table><tr><td>--><p>y</p>"),
    ("insecure-address", "<p>青空<a href=\"«http://www.aozora.example/»\">Read</a></p>"),
    ("script-in-mail", "<p>x</p>«<script>»alert(1)</script>"),
    ("script-in-mail", "<p><a href=\"«javascript:alert(1)»\">x</a></p>"),
    ("script-in-mail", "<p «onclick»=\"x()\">x</p>"),
    ("form-in-mail", "«<form action=\"https://www.aozora.example/\">»<p>x</p></form>"),
    ("external-style", "«<link rel=\"stylesheet\" href=\"https://www.aozora.example/a.css\">»<p>x</p>"),
    ("external-style", "<style>«@import» url(https://www.aozora.example/a.css);</style><p>x</p>"),
    ("embedded-page", "<p>x</p>«<iframe src=\"https://www.aozora.example/\">»</iframe>"),
    ("no-language", "«<html>»<body><p>x</p></body></html>"),
    ("misleading-link", "<p><a href=\"https://a.example/\">«https://b.example/login»</a></p>"),
    ("opaque-link", "<p><a href=\"«https://203.0.113.7/x»\">x</a></p>"),
    ("opaque-link", "<p><a href=\"«https://bit.ly/3x»\">x</a></p>"),
    ("opaque-link", "<p><a href=\"«https://3405803783/x»\">x</a></p>"),
    ("misleading-link", "<p><a href=\"https://a.example/\">«mybank.com»</a></p>"),
    ("vague-link", "<p>The report: <a href=\"https://a.example/\">«Click here»!</a></p>"),
    ("vague-link", "<p>報告書は<a href=\"https://a.example/\">«こちら»</a></p>"),
    ("vague-link", "<p>«<a href=\"https://a.example/\">»</a>The report</p>"),
    (
        "duplicate-pixel",
        "<p>x</p><img src=\"https://t.example/o\" width=\"1\" height=\"1\" alt=\"\">«<img src=\"https://u.example/o\" width=\"1\" height=\"1\" alt=\"\">»",
    ),
    ("low-contrast", "<div style=\"background:#fff\"><p style=\"«color»: #ddd\">x</p></div>"),
    ("low-contrast", "<div style=\"color:#ddd\"><p style=\"«background»: #fff\">x</p></div>"),
    ("low-contrast", "<table><tr><td bgcolor=\"#ffffff\"><font «color»=\"#eeeeee\">x</font></td></tr></table>"),
    ("unreachable-image", "<table><tr><td background=\"«img/a.png»\">x</td></tr></table>"),
    ("unreachable-image", "<p style=\"background-image:url('«img/a.png»')\">x</p>"),
    ("insecure-address", "<style>p { background: url(«http://a.example/a.png») }</style><p>x</p>"),
    ("low-contrast", "<p style=\"background: #fff; «color»: #bbb\">x</p>"),
    // Words, values, letters.
    ("optional-without-fallback", "<p>{{ «last_name» | upper | default('you') }}</p>"),
    ("optional-without-fallback", "<p>{{ «last_name» | truncate(10) | title | default('you', true) }}</p>"),
    ("optional-without-fallback", "<p>{{ («last_name» | upper) or 'you' }}</p>"),
    ("unformatted-value", "<p>{{ «renews_on» }}</p>"),
    ("unformatted-value", "<p>{{ «interests» }}</p>"),
    ("unformatted-value", "<p>{{ «[company, 'b']» }}</p>"),
    ("unformatted-value", "<p>{{ «called_at | default('soon')» }}</p>"),
    ("unformatted-value", "{% set sum = budget %}<p>{{ «sum» }}</p>"),
    ("unused-variable", "{% set «greeting» = 'Hello' %}<p>x</p>"),
    ("unused-variable", "{% with «a» = company %}<p>x</p>{% endwith %}"),
    ("text-direction", "<p>Hello</p><p>«مرحباً بكم»</p>"),
    ("reversed-text", "<p>a«\u{202e}»b</p>"),
    ("reversed-text", "<p>a«\u{2067}»b</p>"),
    ("spam-phrase", "<p>«Dear\n friend», hello</p>"),
    ("spam-phrase", "<p>with a <b>«money-back guarantee»</b></p>"),
    ("small-text", "<p style=\"«font-size»: 9px\">Hello</p>"),
    (
        "small-target",
        "<a href=\"https://a.example/\" style=\"display:block;background:#036;color:#fff;«height»:20px\">b</a>",
    ),
    ("wrong-charset", "<meta charset=\"«shift_jis»\"><p>x</p>"),
    ("wrong-charset", "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=«EUC-JP»\"><p>x</p>"),
    ("tracking-parameters", "<p><a href=\"«https://a.example/?utm_source=mail»\">x</a></p>"),
];

/// Words enough for an image beside them.
const WORDS: &str = "<p>The new office is open to all customers from June on, every day of the week except on Sunday. There is coffee, cake, and a tour of the whole house every hour.</p>\n";

const IMAGES: &[(&str, &str)] = &[
    ("image-without-alt", "«<img width=\"9\" src=\"https://www.aozora.example/a.png\">»"),
    (
        "image-without-alt",
        "<a href=\"https://www.aozora.example/\">«<img width=\"9\" src=\"https://www.aozora.example/a.png\" alt=\"\">»</a>",
    ),
    ("unreachable-image", "<img width=\"9\" alt=\"a\" src=\"«/images/a.png»\">"),
    ("unreachable-image", "«<img width=\"9\" alt=\"a\">»"),
    ("unreachable-image", "<img width=\"9\" alt=\"a\" src=\"«images/a.png»\">"),
    ("image-without-width", "«<img alt=\"a\" src=\"https://www.aozora.example/a.png\">»"),
    ("image-without-width", "<img alt=\"a\" src=\"https://www.aozora.example/a.png\" style=\"«width»:300px\">"),
    ("insecure-address", "<img width=\"9\" alt=\"a\" src=\"«http://www.aozora.example/a.png»\">"),
    ("embedded-image", "<img width=\"9\" alt=\"a\" src=\"«data:image/png;base64,iVBORw0KGgo=»\">"),
];

const MARKDOWN: &[(&str, &str)] = &[
    ("insecure-address", "青空 [Read](«http://www.aozora.example/»)"),
    ("misleading-link", "[«https://b.example/»](https://a.example/)"),
    ("data-as-address", "[Yours]({{ «nickname» }})"),
    ("unresolved-placeholder", "Dear «[Your Name]»,"),
    ("script-in-mail", "[x](«javascript:alert(1)»)"),
    ("link-without-target", "Hello «[Read]()» more"),
    ("vague-link", "The report: [«here»](https://a.example/)"),
];

/// What stands in a column of a mail in MJML.
const MJML: &[(&str, &str)] = &[
    ("link-without-target", "«<mj-button>»Read</mj-button>"),
    ("vague-link", "<mj-button href=\"https://a.example/\">«Click here»</mj-button>"),
    (
        "low-contrast",
        "<mj-button background-color=\"#ffff00\" «color»=\"#ffffff\" href=\"https://a.example/\">Read</mj-button>",
    ),
    ("unknown-mjml", "<mj-text align=\"«middle»\">x</mj-text>"),
    ("unknown-mjml", "<mj-text color=\"«ffffff»\">x</mj-text>"),
    ("unknown-mjml", "<mj-text font-size=\"«big»\">x</mj-text>"),
];

/// The body without its marks, and what stands between them.
fn unmarked(body: &str) -> (String, String) {
    let (start, end) = (body.find('«').unwrap(), body.find('»').unwrap());
    (body.replace(['«', '»'], ""), body[start + '«'.len_utf8()..end].to_owned())
}

fn differences(slug: &str, marked: &str, planted: &Planted<'_>) -> Option<String> {
    let (_, place) = unmarked(marked);
    let checked = planted.check();
    let start = marked.find('«').unwrap();
    let found = found(&checked);
    let is_right = match checked.findings.as_slice() {
        [one] => found[0].0 == slug && found[0].1 == place && one.span().start as usize == start,
        _ => false,
    };
    (!is_right).then(|| format!("{slug}: {marked}\n    {found:?}"))
}

#[test]
fn faults_in_bodies_are_found_at_their_bytes() {
    let mut wrong = Vec::new();
    for (slug, marked) in BODIES {
        let (body, _) = unmarked(marked);
        wrong.extend(differences(slug, marked, &service(&body)));
    }
    for (slug, marked) in IMAGES {
        let marked = format!("{WORDS}{WORDS}{WORDS}{marked}");
        let (body, _) = unmarked(&marked);
        wrong.extend(differences(slug, &marked, &service(&body)));
    }
    for (slug, marked) in MARKDOWN {
        let (body, _) = unmarked(marked);
        wrong.extend(differences(slug, marked, &Planted { format: "md", ..service(&body) }));
    }
    for (slug, inner) in MJML {
        let marked = format!(
            "<mjml lang=\"en\"><mj-body><mj-section><mj-column>{inner}</mj-column></mj-section></mj-body></mjml>"
        );
        let (body, _) = unmarked(&marked);
        wrong.extend(differences(slug, &marked, &Planted { format: "mjml", ..service(&body) }));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_of_markdown_by_name_are_looked_at_where_they_are_defined() {
    for (slug, marked) in [
        ("insecure-address", "Read [the report][r].\n\n[r]: «http://www.aozora.example/r» \"R\"\n"),
        ("script-in-mail", "Read [the report][].\n\n[The report]: «javascript:x()»\n"),
        ("link-without-target", "Read [the report][«reprot»].\n\n[report]: https://www.aozora.example/r\n"),
        ("vague-link", "Read it [«here»][r].\n\n[r]: https://www.aozora.example/r\n"),
        ("misleading-link", "[«https://a.example»][r]\n\n[r]: <https://b.example/r>\n"),
    ] {
        let body = marked.replace(['«', '»'], "");
        let place = marked.split(['«', '»']).nth(1).unwrap();
        let checked = Planted { format: "md", ..service(&body) }.check();
        assert_eq!(found(&checked), [(slug.to_owned(), place.to_owned())], "{marked}");
    }
}

#[test]
fn faults_in_subjects_are_found_at_their_bytes() {
    let cases = [
        ("empty-subject", "\"  \"", "\"  \""),
        ("false-reply", "\"Re: your question\"", "Re:"),
        ("shouting-subject", "\"青空 only today!!!\"", "!!!"),
        ("shouting-subject", "\"GREAT NEWS FOR YOU\"", "GREAT NEWS FOR YOU"),
        ("emoji-in-subject", "\"🎉 Sale 🎁 now 🔥 only\"", "🎉 Sale 🎁 now 🔥"),
        ("broken-subject", "\"News\\nBcc: a@b.example\"", "\\n"),
        ("markup-in-subject", "\"News of <b>June</b>\"", "<b>"),
        ("markup-in-subject", "\"Bread &amp; butter\"", "&amp;"),
        ("markup-in-subject", "\"Bread &#38; butter\"", "&#38;"),
        ("unresolved-placeholder", "\"*|FNAME|*, your news\"", "*|FNAME|*"),
        (
            "long-subject",
            "\"青空クラウドの新しいバックアップの使いかたを最初から最後までていねいにご案内\"",
            "青空クラウドの新しいバックアップの使いかたを最初から最後までていねいにご案内",
        ),
    ];
    for (slug, subject, place) in cases {
        let checked = Planted { subject, ..service("<p>x</p>") }.check();
        assert_eq!(found(&checked), [(slug.to_owned(), place.to_owned())], "{subject}");
    }
    let checked = Planted { preheader: "News of June", ..service("<p>x</p>") }.check();
    assert_eq!(found(&checked), [("weak-preheader".to_owned(), "News of June".to_owned())]);
    for preheader in ["Hello there", "View this email in your browser"] {
        let checked = Planted { preheader, ..service("<p>x</p>") }.check();
        assert_eq!(found(&checked), [("weak-preheader".to_owned(), preheader.to_owned())]);
    }
}

#[test]
fn signs_that_look_like_markup_are_words() {
    for subject in ["\"A & B; 3 < 4 > 2 <3\"", "\"R&D; news of &c. <June>\""] {
        assert_eq!(found(&Planted { subject, ..service("<p>x</p>") }.check()), [], "{subject}");
    }
}

#[test]
fn of_very_many_faults_the_first_are_told_with_the_number_of_the_others() {
    let checked = Planted { format: "md", ..service(&"[here](https://a.example) ".repeat(10_000)) }.check();
    let vague: Vec<_> = checked.findings.iter().filter(|one| one.code.info().slug == "vague-link").collect();
    assert_eq!(vague.len(), 100);
    let last = vague.last().unwrap();
    assert!(last.message.ends_with("; and 9900 more of these in this mail"), "{}", last.message);
}

#[test]
fn a_text_part_says_what_the_body_says() {
    let folder = tempfile::tempdir().unwrap();
    let project = PROJECT
        .replace("SETTINGS", "")
        .replace("TOPIC", "service")
        .replace("SUBJECT", SUBJECT)
        .replace("PREHEADER", PREHEADER)
        .replace("planted.FORMAT", "planted.html\n    text: planted.txt");
    fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
    let body = format!("{WORDS}<p><a href=\"https://www.aozora.example/tour?from=mail\">The tour</a></p>");
    fs::write(folder.path().join("planted.html"), body).unwrap();
    let words = WORDS.replace("<p>", "").replace("</p>", "");
    let with = |text: &str| {
        fs::write(folder.path().join("planted.txt"), text).unwrap();
        found(&pipeline::check(folder.path()).ok().unwrap())
    };
    let differs = |line: &str| [("text-part-differs".to_owned(), line.to_owned())];
    assert_eq!(with(&format!("{words}The tour: https://www.aozora.example/tour\n")), []);
    assert_eq!(with(&words), differs(words.trim_end()));
    assert_eq!(with("The tour:\nhttps://www.aozora.example/tour\n"), differs("The tour:"));
}

#[test]
fn attachments_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let attached = "planted.html\n    attachments: [big.pdf, bigger.pdf, virus.EXE, none.pdf]";
    let project = PROJECT
        .replace("SETTINGS", "")
        .replace("TOPIC", "service")
        .replace("SUBJECT", SUBJECT)
        .replace("PREHEADER", PREHEADER)
        .replace("planted.FORMAT", attached);
    fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
    fs::write(folder.path().join("planted.html"), "<p>x</p>").unwrap();
    fs::write(folder.path().join("virus.EXE"), "x").unwrap();
    for (file, megabytes) in [("big.pdf", 11), ("bigger.pdf", 9)] {
        fs::File::create(folder.path().join(file)).unwrap().set_len(megabytes << 20).unwrap();
    }
    let checked = pipeline::check(folder.path()).ok().unwrap();
    let expected = [
        ("heavy-attachments", "big.pdf"),
        ("heavy-attachments", "bigger.pdf"),
        ("risky-attachment", "virus.EXE"),
        ("unreadable-file", "none.pdf"),
    ];
    assert_eq!(found(&checked), expected.map(|(slug, place)| (slug.to_owned(), place.to_owned())));
}

#[test]
fn marketing_has_a_way_out() {
    let news = Planted { topic: "news", ..service("<p>News.</p>\n<p>The end.</p>\n") };
    assert_eq!(found(&news.check()), [("no-unsubscribe-link".to_owned(), "<p>The end.</p>".to_owned())]);
    let body = "<p>News.</p><p><a href=\"{{ unsubscribe_url }}\" style=\"font-size: 5px\">Leave</a></p>";
    let hidden = Planted { body, ..news };
    assert_eq!(found(&hidden.check()), [("hidden-unsubscribe".to_owned(), "font-size".to_owned())]);
    let link = "<a href=\"{{ unsubscribe_url }}\">Leave</a>";
    let slugs = |body: &str| {
        let checked = Planted { body, topic: "news", ..service("") }.check();
        found(&checked).into_iter().map(|(slug, place)| format!("{slug}: {place}")).collect::<Vec<_>>()
    };
    assert_eq!(slugs(&format!("<p style=\"display:none\">{link}</p>")), ["hidden-unsubscribe: display"]);
    assert_eq!(slugs(&format!("<p style=\"display:none\">{link}</p><p>{link}</p>")), Vec::<String>::new());
    assert_eq!(
        slugs("<p><a href=\"{{ unsubscribe_url }}\"></a>x</p>"),
        ["hidden-unsubscribe: <a href=\"{{ unsubscribe_url }}\">"]
    );
    assert_eq!(slugs(&format!("<!-- {link} --><p>x</p>")), [format!("no-unsubscribe-link: <!-- {link} --><p>x</p>")]);
    // In a branch, only those get it for whom it is taken.
    assert_eq!(slugs(&format!("{{% if vip %}}<p>{link}</p>{{% endif %}}")), ["no-unsubscribe-link: {% if vip %}"]);
    assert_eq!(
        slugs(&format!("{{% for one in interests %}}<p>{{{{ one }}}} {link}</p>{{% endfor %}}")),
        ["no-unsubscribe-link: {% for one in interests %}"]
    );
    assert_eq!(
        slugs(&format!("{{% if vip %}}<p>{link}</p>{{% else %}}<b>{link}</b>{{% endif %}}")),
        Vec::<String>::new()
    );
}

#[test]
fn sizes_are_those_of_the_worst_case() {
    let row = |bytes: usize| format!("<p>{}</p>", "a".repeat(bytes - 7));
    let all = |inside: &str| format!("{{% for one in interests %}}{inside}{{% endfor %}}");
    let slugs = |body: &str| found(&service(body).check()).into_iter().map(|(slug, _)| slug).collect::<Vec<_>>();
    // Ten interests: ten turns.
    assert_eq!(slugs(&all(&row(8_000))), Vec::<String>::new());
    assert_eq!(slugs(&all(&row(8_200))), ["heavy-mail"]);
    assert_eq!(slugs(&all(&row(10_450))), ["clipped-mail"]);
    // What MJML makes of an element is there at each turn.
    let columns = "<mj-column><mj-text>x</mj-text></mj-column>".repeat(14);
    let mjml = format!(
        "<mjml lang=\"en\"><mj-body>{{% for one in interests %}}<mj-section>{columns}</mj-section>{{% endfor %}}</mj-body></mjml>"
    );
    let checked = Planted { format: "mjml", ..service(&mjml) }.check();
    let [(slug, place)] = &found(&checked)[..] else { panic!("{:?}", found(&checked)) };
    assert!(matches!(slug.as_str(), "heavy-mail" | "clipped-mail") && place == "interests", "{slug} {place}");
    // So is what a style sheet puts into elements.
    let style = format!("<style>p {{ margin: 0 0 {}px }}</style>", "0".repeat(200));
    let rows = "{% for one in interests %}".to_owned() + &"<p>x</p>".repeat(60) + "{% endfor %}";
    assert_eq!(slugs(&rows), Vec::<String>::new());
    assert_eq!(slugs(&format!("{style}{rows}")), ["clipped-mail"]);
    // Of two branches only one is sent.
    let branches = format!("{{% if vip %}}{}{{% else %}}{}{{% endif %}}", row(60_000), row(70_000));
    assert_eq!(slugs(&branches), Vec::<String>::new());
}

#[test]
fn chosen_mail_programs_are_asked() {
    let body = "<p style=\"display: flex\">x</p>";
    let with = |settings| found(&Planted { settings, ..service(body) }.check());
    assert_eq!(with(""), []);
    assert_eq!(with("clients: [gmail, apple-mail]"), []);
    assert_eq!(with("clients: [outlook-windows]"), [("unsupported-markup".to_owned(), "display".to_owned())]);
}

#[test]
fn laws_are_asked_one_by_one() {
    let body = "<p>News.</p><p><a href=\"{{ unsubscribe_url }}\">Leave</a></p>";
    let with = |settings, body| {
        let news = Planted { topic: "news", settings, ..service(body) };
        found(&news.check()).into_iter().map(|(slug, _)| slug).collect::<Vec<_>>()
    };
    assert_eq!(with("laws: [us, eu, ca]", body), Vec::<String>::new());
    assert_eq!(with("laws: [jp]", body), ["legal-part-of-mail"]);
    let named = "<p>News.</p><p>Aozora Cloud, 1-2-3 Example, Chiyoda <a href=\"{{ unsubscribe_url }}\">Leave</a></p>";
    assert_eq!(with("laws: [jp, us, eu, ca]", named), Vec::<String>::new());
}

#[test]
fn nothing_is_found_in_good_mails() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (folder, topic) in [("good", "news"), ("good-service", "service")] {
        for entry in fs::read_dir(Path::new("tests/fixtures/mails").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let format = path.extension().unwrap().to_str().unwrap();
            let body = fs::read_to_string(&path).unwrap();
            let settings = "laws: [jp, us, eu, ca]";
            let checked = Planted { topic, settings, format, ..service(&body) }.check();
            wrong.extend(found(&checked).iter().map(|finding| format!("{}: {finding:?}", path.display())));
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 17);
}
