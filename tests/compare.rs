//! `tabiji simulate --against` and `--set`: runs beside each other, and intervals of rates.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const MINIMAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal");
const AOZORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .arg("simulate")
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(Path::new("."))
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = simulate(&[arguments, &["--format", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The smallest example with a KPI that rests on few leads, or on none, before two others.
fn with_a_rare_kpi() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["tabiji.yaml", "mail.yaml", "people.yaml", "emails", "journeys", "leads"] {
        let copied = Command::new("cp").arg("-r").arg(format!("{MINIMAL}/{file}")).arg(folder.path()).status().unwrap();
        assert!(copied.success());
    }
    let kpis = "kpis:\n  a-share: {part: 'did(\"email_clicked\")', of: 'count(\"guide_downloaded\") >= 5'}\n  \
                b-leads: {of: 'did(\"guide_downloaded\")'}\n  c-opens: {metric: open_rate}\n";
    std::fs::write(folder.path().join("kpis.yaml"), kpis).unwrap();
    folder
}

fn figures(other: &Value) -> Vec<&Value> {
    let sections = other["figures"].as_object().unwrap().values();
    let named = sections.flat_map(|section| section.as_object().unwrap().values());
    named.flat_map(|rates| rates.as_object().unwrap().values()).collect()
}

#[test]
fn a_campaign_differs_from_itself_by_nothing() {
    let found = json(&[MINIMAL, "--against", MINIMAL, "--leads-from-personas", "600"]);
    let other = &found["others"][0];
    let all = figures(other);
    assert!(all.len() > 20, "{}", all.len());
    for figure in all {
        for zero in [&figure["difference"], &figure["interval"]["low"], &figure["interval"]["high"]] {
            assert_eq!(zero.as_f64(), Some(0.0), "{figure}");
        }
        assert_eq!(figure["first"], figure["second"]);
    }
    let leads = &other["changed_leads"];
    assert_eq!((&leads["more"], &leads["fewer"], &leads["other"]), (&0.into(), &0.into(), &0.into()));
}

#[test]
fn both_runs_are_those_that_each_has_alone() {
    let alone = json(&[AOZORA]);
    let found = json(&[AOZORA, "--against", AOZORA]);
    let sent = &found["others"][0]["figures"]["all_emails"]["all"]["opened"]["first"];
    assert_eq!(sent, &alone["all_emails"]["rates"]["opened"]);
}

#[test]
fn a_profit_is_the_same_in_a_comparison_as_alone() {
    let alone = json(&[AOZORA]);
    let found = json(&[AOZORA, "--set", "policies.frequency.1.at_most=1"]);
    let roi = &found["others"][0]["figures"]["kpis"]["roi"]["value"];
    assert_eq!(roi["first"], alone["kpis"]["roi"]["value"]);
    let moved = roi["second"].as_f64().unwrap() - roi["first"].as_f64().unwrap();
    assert!((moved - roi["difference"].as_f64().unwrap()).abs() < 1e-5, "{roi}");
}

#[test]
fn a_kpi_without_a_value_takes_the_place_of_no_other() {
    let folder = with_a_rare_kpi();
    let project = folder.path().to_str().unwrap();
    let alone = json(&[project]);
    assert!(alone["kpis"]["a-share"]["value"].is_null(), "{}", alone["kpis"]["a-share"]);
    let found = json(&[project, "--sensitivity=90"]);
    let named = |name: &str| found["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == name).unwrap();
    for name in ["a-share", "b-leads", "c-opens"] {
        assert_eq!(named(name)["value"], alone["kpis"][name]["value"], "{name}");
    }
    // The clearest guess about opens is that of opening; no share moves by more than 1.
    let opens = named("c-opens")["assumptions"].as_array().unwrap();
    assert_eq!(opens[0]["assumption"], "open");
    for guess in opens {
        for end in ["down", "up"] {
            assert!(guess[end]["difference"].as_f64().is_none_or(|moved| moved.abs() <= 1.0), "{guess}");
        }
    }
}

#[test]
fn a_figure_that_some_runs_lack_says_of_how_many_it_is() {
    let folder = with_a_rare_kpi();
    let project = folder.path().to_str().unwrap();
    let found = json(&[project, "--runs", "5"]);
    let share = &found["figures"]["kpis"]["a-share"]["value"];
    let values = share["values"].as_array().unwrap();
    let known = values.iter().filter(|value| !value.is_null()).count();
    assert!(values.len() == 5 && (1..5).contains(&known), "{share}");
    assert_eq!(share["runs"].as_u64(), Some(known as u64));
    let output = simulate(&[project, "--runs", "5"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("KPI a-share") && text.contains(&format!("a value in {known} of 5 runs")), "{text}");
    // What cannot be is in no interval.
    let sections = found["figures"].as_object().unwrap().iter();
    for (section, named) in sections.filter(|(section, _)| *section != "scores") {
        for figure in figures(&serde_json::json!({ "figures": { section.as_str(): named } })) {
            let ends = &figure["interval"];
            assert!(ends.is_null() || ends["low"].as_f64().unwrap() >= 0.0, "{section}: {figure}");
        }
    }
    // The first run lacks it, a later one has it: a sweep shows it.
    let set = "personas.buyer.behavior.does.0.rate=0.5 per week,2 per week";
    let text = String::from_utf8(simulate(&[project, "--set", set]).stdout).unwrap();
    assert!(text.contains("KPI a-share"), "{text}");
}

#[test]
fn guesses_about_the_same_event_are_told_apart() {
    let folder = with_a_rare_kpi();
    let people = std::fs::read_to_string(folder.path().join("people.yaml")).unwrap();
    let one = "        - {event: guide_downloaded, with: {guide: pricing}, rate: 0.5 per week}\n";
    assert!(people.contains(one));
    let two = people.replace(one, &[one, &one.replace("pricing", "security")].concat());
    std::fs::write(folder.path().join("people.yaml"), two).unwrap();
    let found = json(&[folder.path().to_str().unwrap(), "--sensitivity=20"]);
    let guesses = found["figures"][0]["assumptions"].as_array().unwrap().iter();
    let mut names: Vec<&str> = guesses.map(|guess| guess["assumption"].as_str().unwrap()).collect();
    names.sort_unstable();
    let does: Vec<&str> = names.into_iter().filter(|name| name.starts_with("does")).collect();
    assert_eq!(does, ["does guide_downloaded (1 of 2)", "does guide_downloaded (2 of 2)"]);
}

#[test]
fn where_there_is_no_interval_nothing_is_called_noise() {
    let output = simulate(&[AOZORA, "--sensitivity=50", "--days", "3"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("pairs are pools of leads"), "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("  ") && line.contains(" does ")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.ends_with('–')), "{text}");
}

#[test]
fn a_sweep_is_one_table_for_each_figure_and_a_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let plots = folder.path().join("plots");
    let set = "personas.buyer.behavior.email.open=20%,50%,80%";
    let arguments = [MINIMAL, "--leads-from-personas", "600", "--set", set, "--plots", plots.to_str().unwrap()];
    let output = simulate(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, table) = text.split_once("all emails: opened").unwrap();
    let opened: Vec<(&str, f64)> = table
        .lines()
        .skip(1)
        .take(4)
        .map(|line| {
            let (name, rest) = line.trim().split_once("  ").unwrap();
            (name, rest.trim().split('%').next().unwrap().parse().unwrap())
        })
        .collect();
    let names: Vec<&str> = opened.iter().map(|(name, _)| *name).collect();
    let path = "personas.buyer.behavior.email.open";
    assert_eq!(names, ["as written", &format!("{path}=20%"), &format!("{path}=50%"), &format!("{path}=80%")]);
    assert!(opened[1].1 < opened[2].1 && opened[2].1 < opened[3].1, "{opened:?}");
    // The same figures as in the comparison for programs.
    let found = json(&arguments[..5]);
    for (other, (_, shown)) in found["others"].as_array().unwrap().iter().zip(&opened[1..]) {
        let share = other["figures"]["all_emails"]["all"]["opened"]["second"].as_f64().unwrap();
        assert!((share * 100.0 - shown).abs() <= 0.051, "{share} {shown}");
    }
    let drawing = std::fs::read_to_string(plots.join("sweep-all_emails-all-opened.svg")).unwrap();
    let drawing = roxmltree::Document::parse(&drawing).unwrap();
    let count = |name: &str| drawing.descendants().filter(|node| node.has_tag_name(name)).count();
    let with = |class: &str| drawing.descendants().filter(|node| node.attribute("class") == Some(class)).count();
    assert_eq!((count("circle"), with("likely")), (4, 3));
}

#[test]
fn a_value_that_is_set_changes_one_of_the_two() {
    let set = "personas.buyer.behavior.email.open=20%,80%";
    let found = json(&[MINIMAL, "--leads-from-personas", "600", "--set", set]);
    assert_eq!(found["others"].as_array().unwrap().len(), 2);
    for (other, sign) in found["others"].as_array().unwrap().iter().zip([-1.0, 1.0]) {
        let opened = &other["figures"]["all_emails"]["all"]["opened"];
        assert!(opened["difference"].as_f64().unwrap() * sign > 0.1, "{opened}");
        assert_eq!(opened["clear"], true);
        let leads = &other["changed_leads"];
        let count: u64 = ["more", "fewer", "other", "same"].map(|name| leads[name].as_u64().unwrap()).iter().sum();
        assert_eq!(count, found["first"]["leads"].as_u64().unwrap());
    }
}

#[test]
fn a_quota_ties_leads_together_so_pools_are_compared() {
    let found = json(&[AOZORA, "--set", "policies.frequency.1.at_most=1"]);
    let other = &found["others"][0];
    assert!(other["changed_leads"].is_null());
    // All leads are one pool here, so the difference has no interval.
    let mails = &other["figures"]["leads"]["all"]["mails_per_lead"];
    assert_eq!((&other["pairs"], &mails["interval"]), (&1.into(), &Value::Null));
    assert!(mails["difference"].as_f64().unwrap() < 0.0, "{mails}");
}

#[test]
fn the_number_of_threads_does_not_show() {
    let run = |threads| json(&[AOZORA, "--set", "policies.frequency.1.at_most=1", "--threads", threads]);
    assert_eq!(run("1"), run("3"));
}

#[test]
fn what_cannot_be_set_is_said() {
    let said = |set: &str| {
        let output = simulate(&[AOZORA, "--set", set]);
        assert!(!output.status.success(), "{set}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said("policies.frequency.0.at_mots=1").contains("did you mean `policies.frequency.0.at_most`?"));
    assert!(said("policies.frequency=1").contains("not a single value"));
    assert!(said("policies").contains("is no `PATH=VALUE`"));
    // A value is checked as if it were written in the file, and shown there.
    assert!(said("policies.frequency.0.at_most=often").contains("policies.yaml"));
}

#[test]
fn every_rate_has_an_interval_around_it() {
    let found = json(&[MINIMAL, "--leads-from-personas", "600"]);
    assert_eq!(found["intervals"]["level"], 0.95);
    let mut seen = 0;
    for section in ["emails", "journeys", "personas", "segments", "stages"] {
        for each in found[section].as_object().into_iter().flat_map(|section| section.values()) {
            for (name, rate) in each["rates"].as_object().unwrap() {
                let Some(rate) = rate.as_f64() else { continue };
                let ends = &each["intervals"][name];
                let (low, high) = (ends["low"].as_f64().unwrap(), ends["high"].as_f64().unwrap());
                assert!(low <= rate + 1e-6 && rate <= high + 1e-6, "{section} {name}: {low} {rate} {high}");
                assert!(ends["method"].is_string());
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn runs_have_seeds_of_their_own() {
    let found = json(&[MINIMAL, "--runs", "4", "--seed", "7"]);
    assert_eq!(found["seeds"], serde_json::json!([7, 8, 9, 10]));
    let opened = &found["figures"]["all_emails"]["all"]["opened"];
    let values: Vec<f64> = opened["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    // Each run is the one that its seed gives alone.
    let alone = json(&[MINIMAL, "--seed", "9"]);
    assert_eq!(alone["all_emails"]["rates"]["opened"].as_f64(), Some(values[2]));
    // Student's t with 3 degrees of freedom: 3.182446.
    let mean = values.iter().sum::<f64>() / 4.0;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 3.0;
    let high = mean + 3.182_446 * (variance / 4.0).sqrt();
    assert!((opened["interval"]["high"].as_f64().unwrap() - high).abs() < 1e-5);
}

#[test]
fn the_assumption_that_matters_is_told_from_noise() {
    let found = json(&[MINIMAL, "--leads-from-personas", "400", "--sensitivity=20"]);
    let opened = found["figures"].as_array().unwrap().iter().find(|figure| figure["rate"] == "opened").unwrap();
    let first = &opened["assumptions"][0];
    assert_eq!(first["assumption"], "open");
    assert_eq!(first["clear"], true);
    assert!(first["down"]["difference"].as_f64().unwrap() < 0.0 && first["up"]["difference"].as_f64().unwrap() > 0.0);
}

#[test]
fn formats_that_comparisons_do_not_have_are_refused_before_the_runs() {
    for how in [&["--runs", "1000"][..], &["--sensitivity"], &["--against", MINIMAL]] {
        let refused = simulate(&[&[MINIMAL][..], how, &["--format", "markdown"]].concat());
        assert_eq!(refused.status.code(), Some(2), "{how:?}");
        assert!(refused.stdout.is_empty(), "{how:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("shown as `text` or `json`"), "{said}");
    }
}

#[test]
fn small_rates_can_be_read_and_differences_of_shares_are_points() {
    let rare = "personas.buyer.behavior.email.unsubscribe=0.4%";
    let output = simulate(&[MINIMAL, "--set", rare, "--leads-from-personas", "3000"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().unwrap() < 2, "{error}");
    let shares: Vec<&str> = text.lines().filter(|line| line.contains(" points")).collect();
    assert!(!shares.is_empty(), "{text}");
    for line in shares {
        let difference = line.split(" points").next().unwrap().rsplit(' ').next().unwrap();
        assert!(difference.chars().any(|c| ('1'..='9').contains(&c)), "a difference that shows: {line}");
    }
}

#[test]
fn journeys_without_a_goal_have_no_share_that_reaches_it() {
    let text = String::from_utf8(simulate(&[MINIMAL, "--runs", "2"]).stdout).unwrap();
    assert!(text.contains("journey guide: completed") && !text.contains("journey guide: goal"), "{text}");
}

#[test]
fn reports_show_no_way_from_the_root_of_the_machine() {
    let root = env!("CARGO_MANIFEST_DIR");
    let set = ["--set", "simulation.seed=1"];
    for format in ["text", "json"] {
        let output =
            simulate(&[&[MINIMAL, "--against", AOZORA, "--no-arrivals", "--format", format], &set[..]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(root), "{text}");
        assert!(text.contains("examples/minimal"), "{text}");
    }
}
