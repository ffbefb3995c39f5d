//! Mails as they go out: through Python's own mail parser and a real mail server; and what data and templates may not do.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "mails/server.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use server::{Sink, header};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mails/project");
const LEADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mails/project/leads.csv");

fn tabiji(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(args).output().unwrap()
}

fn said(args: &[&str]) -> String {
    let output = tabiji(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(args: &[&str]) -> String {
    let output = tabiji(args);
    assert!(!output.status.success(), "{args:?} goes through");
    String::from_utf8(output.stderr).unwrap()
}

/// A project of one mail with this body, and further files.
fn project(body: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "project: p\nlevels: {clipped-mail: allow}\nsimulation: {start: 2026-04-01, days: 1}\nfields:\n  name: {type: text}\n  many: {type: set, values: \
                [a, b, c, d, e, f, g, h]}\ntopics:\n  account: {kind: transactional}\nsenders:\n  s: {from: {email: a@b.example}}\n\
                emails:\n  m: {topic: account, sender: s, subject: s, body: body.html}\njourneys:\n  j:\n    entry: {event: \
                lead_created}\n    steps:\n      - {id: m, send: m}\n";
    fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    fs::write(folder.path().join("body.html"), body).unwrap();
    fs::write(folder.path().join("leads.csv"), "id,email,name,many\nL1,a@c.example,x,a;b;c;d;e;f;g;h\n").unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn render(folder: &Path) -> Output {
    let (folder, leads) = (folder.to_str().unwrap(), folder.join("leads.csv"));
    tabiji(&["render", folder, "--leads", leads.to_str().unwrap()])
}

#[test]
fn what_arrives_at_a_mail_server_is_what_was_rendered() {
    let sink = Sink::start(1);
    let mail = ["--leads", LEADS, "--lead", "L1", "--email", "injected"];
    let to = sink.url();
    let send = ["send", PROJECT, "--to", &to, "--recipient", "test@tester.example"];
    said(&[&send[..], &mail[..]].concat());
    let told = &sink.taken()[0];

    assert_eq!(told["recipients"], serde_json::json!(["test@tester.example"]));
    assert_eq!(header(told, "To"), ["test@tester.example"]);
    assert_eq!(told["defects"], serde_json::json!([]));
    assert!(told["longest_line"].as_u64().unwrap() <= 78);
    // The line end in the name begins no header.
    assert_eq!(header(told, "Bcc"), Vec::<&str>::new(), "{}", told["headers"]);
    let subject = "<script>alert(1)</script> Bcc: evil@example.com様へ、四月のお知らせと、とても長い件名の続きがここにあります 🎉";
    assert_eq!(header(told, "Subject"), [subject]);
    assert_eq!(header(told, "Date"), ["Wed, 01 Apr 2026 10:00:00 +0900"]);
    assert_eq!(header(told, "List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    let unsubscribe = header(told, "List-Unsubscribe")[0];
    assert!(unsubscribe.starts_with("<https://click.example.com/u/"), "{unsubscribe}");
    let from = "青空クラウド、とても長い名前のマーケティング本部 <news@mail.example.com>";
    // Python keeps the blank that folds a long name, which RFC 2047 (section 6.2) does not count.
    assert_eq!(header(told, "From")[0].replace("名前 の", "名前の"), from);
    let types = serde_json::json!([
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain"
    ]);
    assert_eq!(told["types"], types);
    let render = [&["render", PROJECT, "--format", "html"][..], &mail[..]].concat();
    let html = said(&render);
    let part = told["parts"].as_array().unwrap().iter().find(|part| part["type"] == "text/html").unwrap();
    let arrived = part["text"].as_str().unwrap().replace("\r\n", "\n");
    let id = arrived.split("src=\"cid:").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(arrived.replace(&format!("cid:{id}"), "emails/dot.png").trim_end(), html.trim_end());
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
}

#[test]
fn test_sends_go_to_one_address_on_this_machine() {
    let send =
        |to: &str, recipient: &str| refused(&["send", PROJECT, "--leads", LEADS, "--to", to, "--recipient", recipient]);
    assert!(send("smtp://192.0.2.1:25", "t@t.example").contains("is not on this machine"));
    assert!(send("smtp://mail.example.com:25", "t@t.example").contains("is not on this machine"));
    assert!(send("http://127.0.0.1:25", "t@t.example").contains("write smtp://127.0.0.1:PORT"));
    assert!(send("smtp://127.0.0.1:25", "HANA@lead.example").contains("is the address of a lead"));
    assert!(send("smtp://127.0.0.1:25", "nobody").contains("is no e-mail address"));
}

#[test]
fn the_same_mail_is_the_same_bytes() {
    let eml = || said(&["render", PROJECT, "--leads", LEADS, "--lead", "L2", "--email", "injected", "--format", "eml"]);
    let first = eml();
    assert_eq!(first, eml());
    assert!(first.split("\r\n").all(|line| !line.contains('\n') && line.len() <= 78), "{first}");
}

#[test]
fn markdown_becomes_a_mail() {
    let render =
        |format| said(&["render", PROJECT, "--leads", LEADS, "--lead", "L2", "--email", "plain", "--format", format]);
    let text = render("text");
    assert_eq!(
        text,
        "Hello 花子\n\nDear 花子, 令和元年5月1日, 5円.\n\n- go\nhttps://example.com/?q=%E8%8A%B1%E5%AD%90\n"
    );
    assert!(!render("html").contains("<p style=\"margin:0 0 16px;line-height:1.8\"></p>"));
    assert!(!render("eml").contains("List-Unsubscribe"));
}

#[test]
fn what_does_not_end_or_fit_is_stopped() {
    let inner = "{% for a in many %}".repeat(9);
    let outer = "{% endfor %}".repeat(9);
    let endless = project(&format!("<p>{inner}{outer}</p>"), &[]);
    let output = render(endless.path());
    assert!(String::from_utf8_lossy(&output.stderr).contains("it does not end"), "{output:?}");
    let inner = "{% for a in many %}".repeat(5);
    let outer = "{% endfor %}".repeat(5);
    let large = project(&format!("<p>{inner}{}{outer}</p>", "x".repeat(1000)), &[]);
    let output = render(large.path());
    assert!(String::from_utf8_lossy(&output.stderr).contains("larger than 4 MiB"), "{output:?}");
}

#[test]
fn files_that_are_missing_or_go_in_circles_are_named_where_they_are_asked_for() {
    let check = |body: &str, files: &[(&str, &str)]| {
        let folder = project(body, files);
        let output = tabiji(&["check", folder.path().to_str().unwrap(), "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let first = report["findings"][0].clone();
        format!("{} {} {}", first["slug"], first["path"], first["message"])
    };
    let missing = check("<p>{% include \"foot.html\" %}</p>", &[("food.html", "x")]);
    assert!(missing.contains("unreadable-file") && missing.contains("did you mean `food.html`?"), "{missing}");
    let circle = check(
        "{% include \"a.html\" %}",
        &[("a.html", "{% include \"b.html\" %}"), ("b.html", "{% include \"a.html\" %}")],
    );
    assert!(circle.contains("circular-definition") && circle.contains("`a.html` → `b.html` → `a.html`"), "{circle}");
    let block = check(
        "{% extends \"l.html\" %}{% block contend %}{% endblock %}",
        &[("l.html", "{% block content %}{% endblock %}")],
    );
    assert!(block.contains("the layout has no block `contend`"), "{block}");
    let dropped = check("{% extends \"l.html\" %}lost", &[("l.html", "x")]);
    assert!(dropped.contains("is shown nowhere"), "{dropped}");
    let inside = check("{% include \"a.html\" %}", &[("a.html", "<p>{{ nme }}</p>")]);
    assert!(inside.contains("a.html") && inside.contains("no field named `nme`"), "{inside}");
    let bomb: Vec<(String, String)> = (0..20)
        .map(|at| {
            (format!("p{at}.html"), format!("xxxxxxxxxx{0}{0}", format_args!("{{% include \"p{}.html\" %}}", at + 1)))
        })
        .chain([("p20.html".to_owned(), "x".to_owned())])
        .collect();
    let bomb: Vec<(&str, &str)> = bomb.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let bomb = check("{% include \"p0.html\" %}", &bomb);
    assert!(bomb.contains("more than 1 MiB"), "{bomb}");
}

#[test]
fn layouts_may_stand_on_layouts() {
    let folder = project(
        "{% extends \"mid.html\" %}{% block a %}A{{ super() }}{% endblock %}",
        &[
            ("mid.html", "{% extends \"top.html\" %}{% block a %}M{{ super() }}{% endblock %}"),
            ("top.html", "<p>{% block a %}T{% endblock %}|{% block b %}B{% endblock %}</p>"),
        ],
    );
    let output = render(folder.path());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<p>AMT|B</p>", "{output:?}");
}

#[test]
fn the_preview_is_one_file_that_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("preview.html");
    let leads = ["--leads", LEADS, "--lead", "L1", "--lead", "L2"];
    said(&[&["render", PROJECT, "--journey", "all", "--preview", page.to_str().unwrap()][..], &leads[..]].concat());
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<article>").count(), 4);
    assert!(page.contains("data:image/png;base64,") && !page.contains("<script") && !page.contains("src=\"http"));
    assert!(page.contains("<main>") && page.contains("role=\"region\"") && page.contains("tabindex=\"0\""));
    assert!(page.contains("<p class=\"subject\" lang=\"ja"), "whose words they are");
}

#[test]
fn the_preview_shows_the_preheader_as_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let project = ASKED.replace("    body:\n", "    preheader: \"R&D: {{ name }}\"\n    body:\n");
    fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
    let leads = folder.path().join("leads.csv");
    fs::write(&leads, "id,email,name,size\nL1,l1@example.com,<Ann>,5\n").unwrap();
    let page = folder.path().join("preview.html");
    let paths = [folder.path(), page.as_path(), leads.as_path()].map(|path| path.to_str().unwrap());
    said(&["render", paths[0], "--email", "m", "--preview", paths[1], "--leads", paths[2], "--set", "event.product=x"]);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<p class=\"preheader\" lang=\"en\">R&amp;D: &lt;Ann&gt;</p>"), "{page}");
}

/// Leads that ask for something, get points for it, and are written to two days later.
const ASKED: &str = "project: p
timezone: Asia/Tokyo
simulation: {start: 2026-04-01, days: 10}
levels: {unused-definition: allow}
fields:
  name: {type: text}
  size: {type: integer}
  answered: {type: boolean, optional: true}
events:
  asked: {properties: {product: {type: text}}}
scoring:
  interest: {rules: [{event: asked, points: 20}]}
grading:
  fit: {rules: [{when: size >= 100, points: 30}], bands: {A: 30, B: 0}}
segments:
  hot: {when: score >= 40}
topics:
  account: {kind: transactional}
senders:
  s: {from: {email: a@b.example}}
emails:
  m:
    topic: account
    sender: s
    subject: \"{{ event.product }} for {{ name }}\"
    body:
      html: |-
        {{ score }} {{ grade | default(\"-\") }} {{ count(\"asked\") }} {{ count(\"asked\", within=\"3 days\") }}
        {{ \"hot\" if in_segment(\"hot\") else \"cold\" }} {{ \"again\" if received(\"m\") else \"first\" }}
        {{ \"in\" if in_journey(\"j\") else \"out\" }} {{ \"answered\" if answered else \"open\" }} {{ days_since(\"asked\") | default(\"never\") }}
journeys:
  j:
    entry: {event: asked, again: always}
    steps:
      - {id: set, set: {answered: true}}
      - {id: wait, wait: 2 days}
      - {id: m, send: m}
";

#[test]
fn mails_are_shown_as_a_run_sends_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("tabiji.yaml"), ASKED).unwrap();
    fs::write(path("leads.csv"), "id,email,name,size\nL1,a@c.example,Ann,200\nL2,b@c.example,Bob,3\n").unwrap();
    let log = "id,event,at,product\nL1,asked,2026-03-20T09:00:00,lamp\nL1,asked,2026-04-02T09:00:00,desk\n\
               L1,asked,2026-04-05T10:00:00,chair\n";
    fs::write(path("log.csv"), log).unwrap();
    let project = folder.path().to_str().unwrap();
    let (leads, log, out) = (path("leads.csv"), path("log.csv"), path("out"));
    let run = ["render", project, "--leads", &leads, "--as-sent", "--events", &log];
    said(&[&run[..], &["--lead", "L1", "--out", &out]].concat());
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let words = |name: &str| read(name).split_whitespace().collect::<Vec<_>>().join(" ");
    // Worked out by hand. On the fourth at nine it has asked before the run and on the second; on the seventh at ten once more.
    assert_eq!(words("m.L1.html"), "40 A 2 1 hot first in answered 2");
    assert!(
        read("m.L1.eml").contains("Subject: desk for Ann\r\n")
            && read("m.L1.eml").contains("Date: Sat, 04 Apr 2026 09:00:00 +0900")
    );
    assert_eq!(words("m.L1.2.html"), "60 A 3 1 hot again in answered 2");
    assert!(read("m.L1.2.eml").contains("Subject: chair for Ann\r\n"));
    let nothing = refused(&[&run[..], &["--lead", "L2"]].concat());
    assert!(nothing.contains("the run sends `L2` none of these mails"), "{nothing}");
    // Without a run, what is not known is said.
    let set = ["--set", "event.product=desk", "--set", "score.interest=45", "--set", "grade.fit=B"];
    let alone = said(&[&["render", project, "--leads", &leads][..], &set].concat());
    assert_eq!(alone.split_whitespace().collect::<Vec<_>>().join(" "), "45 B 0 0 cold first out open never");
    for (set, why) in [
        ("score.x=1", "there is no scoring model `x`"),
        ("score.interest=many", "`--set score.interest=many` is not a whole number from "),
        ("grade.fit=Z", "there is no grade `Z`"),
        ("grade.fi=A", "there is no grading model `fi`; did you mean `fit`?"),
        ("stage=nope", "there is no stage `nope`"),
        ("event.nope=1", "there is no event with a property `nope`"),
        ("nam=Ann", "there is no field `nam`; did you mean `name`?"),
        ("created_at=soon", "`--set created_at=soon` is not a date and time"),
    ] {
        let unknown = refused(&[&["render", project, "--leads", &leads][..], &["--set", set]].concat());
        assert!(unknown.contains(why), "{unknown}");
    }
}

const PAST: &str = "project: p
timezone: Asia/Tokyo
simulation: {start: 2026-04-01, days: 20}
levels: {unused-definition: allow}
fields: {name: {type: text}}
events:
  asked: {properties: {product: {type: text}, pieces: {type: integer, optional: true}}}
  agreed: {}
topics:
  news: {consent: opt_in}
  account: {kind: transactional}
senders: {s: {from: {email: a@b.example}}}
emails:
  m:
    topic: account
    sender: s
    subject: \"{{ count('asked', where=event.product == 'desk') }} desks\"
    body:
      html: |-
        {{ count(\"asked\", where=event.product == \"desk\") }} {{ count(\"asked\", where=event.pieces > 2, within=\"10 days\") }}
        {% if did(\"asked\", where=event.product == name) %}named{% else %}other{% endif %}
        {% for one in [\"desk\", \"lamp\"] %}{{ one }} {{ count(\"asked\", where=event.product == one) }} {% endfor %}
        {% if did(\"asked\", where=\"a\" in event.product and event.pieces in [3, 4]) %}some{% endif %}
        {{ days_since_consent(\"news\") | default(\"never\") }}
journeys:
  agrees: {entry: {event: agreed}, steps: [{id: in, topic: {subscribe: news}}]}
  j: {entry: {event: asked, where: event.product == \"chair\"}, steps: [{id: m, send: m}]}
";

#[test]
fn the_past_is_asked_event_by_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("tabiji.yaml"), PAST).unwrap();
    fs::write(path("leads.csv"), "id,email,name\nL1,a@c.example,lamp\n").unwrap();
    let log = "id,event,at,product,pieces\nL1,asked,2026-03-20T09:00:00,desk,1\nL1,asked,2026-04-02T09:00:00,desk,3\n\
               L1,agreed,2026-04-02T10:00:00,,\nL1,asked,2026-04-03T09:00:00,lamp,4\nL1,asked,2026-04-05T11:00:00,chair,\n";
    fs::write(path("log.csv"), log).unwrap();
    let project = folder.path().to_str().unwrap();
    let (leads, log) = (path("leads.csv"), path("log.csv"));
    let sent = said(&["render", project, "--leads", &leads, "--as-sent", "--events", &log]);
    // Two desks, one of them in the last ten days; the lamp is its name; it agreed three days and an hour before.
    assert_eq!(sent.split_whitespace().collect::<Vec<_>>().join(" "), "2 2 named desk 2 lamp 1 some 3");
    let alone = said(&["render", project, "--leads", &leads]);
    assert_eq!(alone.split_whitespace().collect::<Vec<_>>().join(" "), "0 0 other desk 0 lamp 0 never");
}

#[test]
fn macros_are_called_by_the_name_that_they_have_here() {
    let folder = project(
        "{% import \"ui.html\" as ui %}{% from \"ui.html\" import b as strong %}{% macro b(x) %}own {{ x }}{% endmacro %}\
         {{ ui.a(\"1\") }}|{{ strong(\"2\") }}|{{ b(\"3\") }}",
        &[("ui.html", "{% macro a(x) %}<i>{{ b(x) }}</i>{% endmacro %}{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}")],
    );
    let output = render(folder.path());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<i><b>1</b></i>|<b>2</b>|own 3", "{output:?}");
}
