//! Reports of a simulation as pages, Markdown and drawings, and the short answers about one lead or one journey.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const ASKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/asked");
const AOZORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");
const MINIMAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal");

fn tabiji(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    command.arg("simulate").args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn simulated(arguments: &[&str]) -> String {
    let output = tabiji(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn page(project: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.html");
    simulated(&[&[project, "--report", file.to_str().unwrap()], more].concat());
    std::fs::read_to_string(file).unwrap()
}

fn plots(project: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("new/plots");
    simulated(&[project, "--plots", inside.to_str().unwrap()]);
    let mut files: Vec<(String, String)> = std::fs::read_dir(inside)
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| (name(&path), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_page_is_well_formed_and_needs_nothing_else() {
    for project in [ASKED, AOZORA] {
        let page = page(project, &[]);
        let page = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
        // Stricter than HTML has to be: every element is closed, every id stands once.
        let document = roxmltree::Document::parse(page).unwrap();
        let mut ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "ids stand once");
        for node in document.descendants() {
            for place in ["src", "href"] {
                let to = node.attribute(place).unwrap_or("#");
                assert!(to.starts_with('#') && (to == "#" || ids.contains(&&to[1..])), "{to}");
            }
            if let Some(names) = node.attribute("aria-labelledby") {
                assert!(names.split(' ').all(|name| ids.contains(&name)), "{names}");
            }
        }
        for tag in ["script", "link", "img", "iframe"] {
            assert!(!document.descendants().any(|node| node.has_tag_name(tag)), "{tag}");
        }
        assert!(!page.contains("url(") && !page.contains("@import"));
        let drawings: Vec<_> = document.descendants().filter(|node| node.tag_name().name() == "svg").collect();
        assert!(!drawings.is_empty());
        for drawing in drawings {
            let own: Vec<&str> = drawing
                .children()
                .filter(|node| node.is_element())
                .map(|node| node.tag_name().name())
                .take(2)
                .collect();
            assert_eq!(own, ["title", "desc"]);
        }
    }
}

#[test]
fn a_page_says_whose_words_names_are_and_tells_its_regions_apart() {
    let page = page(AOZORA, &[]);
    let document = roxmltree::Document::parse(page.strip_prefix("<!DOCTYPE html>\n").unwrap()).unwrap();
    let mut regions: Vec<&str> = document.descendants().filter_map(|node| node.attribute("aria-label")).collect();
    let all = regions.len();
    regions.sort_unstable();
    regions.dedup();
    assert_eq!(regions.len(), all, "{regions:?}");
    let named = document.descendants().filter(|node| node.attribute("lang").is_some_and(|lang| lang.starts_with("ja")));
    let named: Vec<&str> = named.filter_map(|node| node.text()).collect();
    assert!(named.contains(&"トライアル支援"), "{named:?}");
    let parts: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("section"))
        .filter_map(|node| node.attribute("id"))
        .collect();
    for part in ["sources", "quota", "consent", "costs"] {
        assert!(parts.contains(&part), "{part}: {parts:?}");
    }
    // What the summary says of costs stands on the page as well.
    let text = simulated(&[AOZORA]);
    let total = text.lines().find(|line| line.starts_with("  total ")).unwrap().split_whitespace().nth(1).unwrap();
    assert!(page.contains(&format!(">{total}<")), "{total}");
    assert!(!page.contains("one in twenty"));
}

#[test]
fn sums_of_reports_add_up() {
    let markdown = simulated(&[AOZORA, "--format", "markdown"]);
    let table = |title: &str, column: &str| -> Vec<(String, u64)> {
        let (_, rest) = markdown.split_once(&format!("### {title}\n")).unwrap();
        let rows: Vec<Vec<&str>> = rest
            .lines()
            .take_while(|line| !line.starts_with("###"))
            .filter(|line| line.starts_with("| "))
            .map(|line| line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect())
            .collect();
        let at = rows[0].iter().position(|head| *head == column).unwrap();
        rows[1..].iter().map(|row| (row[0].to_owned(), row[at].replace(',', "").parse().unwrap())).collect()
    };
    let mails = table("Mails", "sent");
    let (all, each) = mails.split_last().unwrap();
    assert_eq!((all.0.as_str(), all.1), ("**all mails**", each.iter().map(|(_, sent)| sent).sum()));
    assert!(!table("Messages of other channels", "sent").is_empty());
    // Those that rules left out are the same by rule and by mail.
    let left_out =
        |line: &str| line.strip_suffix(" left out")?.rsplit(' ').next()?.replace(',', "").parse::<u64>().ok();
    let by_rule: u64 = markdown.lines().filter_map(left_out).sum();
    let by_mail: u64 = table("Frequency rules", "left out: rule full").iter().map(|(_, mails)| mails).sum();
    assert!(by_rule > 0);
    assert_eq!(by_rule, by_mail);
    assert!(markdown.contains("The power of this run is"), "{markdown}");
    let json: Value = serde_json::from_str(&simulated(&[AOZORA, "--format", "json"])).unwrap();
    for (name, segment) in json["segments"].as_object().unwrap() {
        let of = |figure: &str| segment[figure].as_i64().unwrap();
        assert_eq!(of("start") + of("joined_later") - of("left"), of("end"), "{name}");
    }
}

#[test]
fn a_long_report_says_what_it_left_out_and_a_kpi_without_a_value_has_a_dash() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["tabiji.yaml", "mail.yaml", "people.yaml", "emails", "journeys", "leads"] {
        let copied = Command::new("cp").arg("-r").arg(format!("{MINIMAL}/{file}")).arg(folder.path()).status().unwrap();
        assert!(copied.success());
    }
    let mut more = "kpis:\n  of-nobody: {part: 'did(\"email_clicked\")', of: 'count(\"guide_downloaded\") >= 50'}\n  \
                    nobody-complains: {metric: complained, target: at most 0}\nemails:\n"
        .to_owned();
    for number in 0..500 {
        let label = "@長い名前`".repeat(10);
        more.push_str(&format!(
            "  unsent-{number}: {{label: '{label}', topic: guides, sender: team, subject: s, body: emails/guide.md}}\n"
        ));
    }
    std::fs::write(folder.path().join("more.yaml"), more).unwrap();
    let markdown = simulated(&[folder.path().to_str().unwrap(), "--format", "markdown"]);
    assert!(markdown.len() <= 65_536, "{}", markdown.len());
    assert!(markdown.ends_with("_Left out to keep within 65,536 bytes: the mails (1 part)._\n"), "{markdown}");
    assert!(markdown.contains("| `of-nobody` | – | – |"), "{markdown}");
    // Nobody of twenty complains, but some of twenty others may.
    assert!(markdown.contains("| `nobody-complains` | 0\\* | 0 – 3 | at most 0 | ~ uncertain |"), "{markdown}");
}

#[test]
fn nothing_of_a_campaign_becomes_markup() {
    let page = page(ASKED, &[]);
    for evil in ["<script", "<b>太字", "<i>待つ"] {
        assert!(!page.contains(evil), "{evil}");
    }
    assert!(page.contains("&lt;script&gt;alert(&#39;journey&#39;)&lt;/script&gt;大手企業への、はじめてのごあいさつ"));
    assert!(page.contains("大手 &lt;b&gt;太字&lt;/b&gt;"));
    let markdown = simulated(&[ASKED, "--format", "markdown"]);
    assert!(!markdown.contains("<script"), "{markdown}");
    for (name, drawing) in plots(ASKED) {
        assert!(!drawing.contains("<script"), "{name}");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes_on_any_number_of_threads() {
    assert_eq!(page(AOZORA, &["--threads", "1"]), page(AOZORA, &["--threads", "3"]));
}

#[test]
fn drawings_are_xml_and_hold_every_label_whole() {
    let files = plots(AOZORA);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"journey-trial-onboarding.svg") && names.contains(&"calendar.svg"), "{names:?}");
    for (name, drawing) in &files {
        let parsed = roxmltree::Document::parse(drawing);
        assert!(parsed.is_ok(), "{name}: {parsed:?}");
    }
    // A label of three lines: its lines together are all of it.
    let (_, drawing) = files.iter().find(|(name, _)| name == "journey-hot-lead-handover.svg").unwrap();
    let document = roxmltree::Document::parse(drawing).unwrap();
    let titles = document.descendants().filter(|node| node.attribute("class") == Some("title"));
    let titles: String = titles.filter_map(|node| node.text()).collect();
    assert!(titles.contains("商談の設定を待つ。別の経路ですでに決まっていれば待たない"), "{titles}");
}

#[test]
fn markdown_and_drawings_of_a_small_project() {
    insta::assert_snapshot!("markdown", simulated(&[ASKED, "--format", "markdown"]));
    let files = plots(ASKED);
    let (_, journey) = files.iter().find(|(name, _)| name == "journey-welcome.svg").unwrap();
    // The style sheet is read where it is written.
    let (head, rest) = journey.split_once("<style>").unwrap();
    let (_, tail) = rest.split_once("</style>").unwrap();
    insta::assert_snapshot!("journey", format!("{head}<style>…</style>{tail}"));
}

/// What goes into a step is what stays in it, and what leaves it.
#[test]
fn nobody_is_lost_between_steps() {
    let plan: Value = serde_json::from_str(&simulated(&[AOZORA, "--format", "json"])).unwrap();
    for journey in plan["journeys"].as_object().unwrap().keys() {
        let funnel = simulated(&[AOZORA, "--funnel", journey, "--format", "json"]);
        let funnel: Value = serde_json::from_str(&funnel).unwrap();
        let places = funnel["places"].as_array().unwrap();
        let number = |value: &Value| value.as_u64().unwrap();
        for (at, place) in places.iter().enumerate() {
            let left = &place["left"];
            let left = number(&left["goal"]) + number(&left["exit_when"]) + number(&left["running"]);
            let out: u64 = place["ways"].as_array().unwrap().iter().map(|way| number(&way["count"])).sum();
            let ends = ["exit", "end"].contains(&place["kind"].as_str().unwrap());
            let gone = if ends { number(&place["reached"]) } else { left + out };
            assert_eq!(gone, number(&place["reached"]), "{journey}, out of {place}");
            if at > 0 {
                let ways = places.iter().flat_map(|from| from["ways"].as_array().unwrap());
                let into: u64 = ways.filter(|way| way["to"] == place["step"]).map(|way| number(&way["count"])).sum();
                assert_eq!(into, number(&place["reached"]), "{journey}, into {place}");
            }
            if place["kind"] == "send" {
                let skipped: u64 =
                    place["not_sent"].as_object().map_or(0, |skipped| skipped.values().map(number).sum());
                assert!(number(&place["sent"]) + skipped <= number(&place["reached"]), "{journey}, {place}");
            }
        }
    }
}

#[test]
fn a_funnel_has_the_times_and_reasons_that_come_about() {
    // Two of three leads enter, at once. One has no consent; one is taken out after three days; one waits on.
    let funnel: Value = serde_json::from_str(&simulated(&[ASKED, "--funnel", "welcome", "--format", "json"])).unwrap();
    let place = |step: &str| funnel["places"].as_array().unwrap().iter().find(|place| place["step"] == step).unwrap();
    assert_eq!((&funnel["entered"], &funnel["leads"]), (&2.into(), &2.into()));
    assert_eq!((&place("greet")["sent"], &place("greet")["not_sent"]["no-consent"]), (&1.into(), &1.into()));
    assert_eq!(place("size")["median_secs"], 3 * 86_400);
    assert_eq!((&place("leave")["reached"], &place("leave")["exit"]), (&1.into(), &"huge <script>".into()));
    assert_eq!(place("long")["left"]["running"], 1);
    // 1 of 2 by Wilson's formula: (0.5 + z²/4 ± z √(0.125 + z²/16)) / (1 + z²/2) with z = 1.959964.
    assert_eq!(place("long")["interval"]["low"], 0.094_531);
    insta::assert_snapshot!("funnel", simulated(&[ASKED, "--funnel", "welcome"]));
}

#[test]
fn answers_say_why_and_why_not() {
    let asked = |how: &str, lead: &str| simulated(&[ASKED, how, lead, "welcome"]);
    insta::assert_snapshot!(asked("--why", "A1"), @r"
    A1 entered welcome once and left it: huge <script>; 1 mail sent
      2026-04-01 00:00         enters, as it becomes a member of `large`: employees >= 100 and newsletter is not none
      2026-04-01 00:00  greet  sent: `hello`
      2026-04-04 00:00  rest   wait-over: the time has come
      2026-04-04 00:00  size   branch: `employees >= 1000` holds
      2026-04-04 00:00         ended: huge <script>
    ");
    insta::assert_snapshot!(asked("--why-not", "A2"), @r"
    A2 did not enter welcome: it was never a member of `large`
                        entry: segment large; again never
      at the end        `employees >= 100` does not hold: employees is 20
    ");
    insta::assert_snapshot!(asked("--why-not", "A3"), @r"
    A3 entered welcome once and was still in it when the run ended; 0 mails sent, 1 not
      2026-04-01 00:00  greet  skipped: `hello`: no-consent, not subscribed to `news`
      2026-04-04 00:00  size   branch: `employees >= 1000` does not hold
      2026-04-04 00:00  long   wait: until 2026-05-04T00:00:00+09:00
      2026-04-11 00:00         still running when the run ended
    ");
    let json: Value =
        serde_json::from_str(&simulated(&[ASKED, "--why-not", "A2", "welcome", "--format", "json"])).unwrap();
    assert_eq!((&json["question"], &json["entered"]), (&"why-not".into(), &0.into()));
    assert_eq!(json["because"][1]["what"], "`employees >= 100` does not hold: employees is 20");
}

#[test]
fn an_answer_is_the_same_whether_one_lead_is_run_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("json={}", folder.path().join("all.json").display());
    let question = ["--why", "A1", "welcome"];
    let alone = simulated(&[&[ASKED], &question[..]].concat());
    assert_eq!(alone, simulated(&[&[ASKED, "--output", &file], &question[..]].concat()));
    let written = std::fs::read_to_string(folder.path().join("all.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["leads"]["simulated"], 3, "the report is of all leads");
}

#[test]
fn questions_that_have_no_answer_say_so() {
    for (arguments, words) in [
        (vec!["--funnel", "welcom"], "there is no journey `welcom`; did you mean `welcome`?"),
        (vec!["--why", "nobody", "welcome"], "no lead has the id `nobody`"),
        (vec!["--funnel", "welcome", "--format", "markdown"], "this answer is text or JSON"),
    ] {
        let output = tabiji(&[&[ASKED], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
}
