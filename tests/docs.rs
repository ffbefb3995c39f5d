//! The manual in `docs`, held against the program: its YAML compiles, and it names everything that there is.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tabiji::diag::{Diagnostic, Level, Sink, Style, human};
use tabiji::ir::builtin;
use tabiji::text::SourceMap;
use tabiji::{pipeline, schema, syntax};

/// A fenced block of a page.
struct Fence {
    /// Page and line, for messages.
    place: String,
    /// What stands behind the opening marks.
    info: String,
    /// The text inside.
    text: String,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn page(name: &str) -> String {
    fs::read_to_string(docs().join(name)).unwrap()
}

/// All pages, those of `docs/codes` left out: they have a test of their own.
fn pages() -> Vec<PathBuf> {
    let folders = [docs(), docs().join("kinds"), docs().join("ja")];
    let mut pages: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

/// The fences of all pages.
fn fences() -> Vec<Fence> {
    pages().iter().flat_map(|path| fences_of(path)).collect()
}

fn fences_of(path: &Path) -> Vec<Fence> {
    let name = path.strip_prefix(docs()).unwrap().to_string_lossy().into_owned();
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for (number, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(fence)) => found.push(fence),
            (Some(info), None) => {
                let place = format!("docs/{name}:{}", number + 1);
                open = Some(Fence { place, info: info.trim().to_owned(), text: String::new() });
            }
            (None, Some(mut fence)) => {
                fence.text.push_str(line);
                fence.text.push('\n');
                open = Some(fence);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "docs/{name} ends inside a fence");
    found
}

/// The fences with this info; there is at least one.
fn marked(info: &str) -> Vec<Fence> {
    let found: Vec<Fence> = fences().into_iter().filter(|fence| fence.info == info).collect();
    assert!(!found.is_empty(), "no fence is marked `{info}`");
    found
}

fn shown(place: &str, found: &[Diagnostic], sources: &SourceMap) -> String {
    format!("--- {place}\n{}\n", human(found, sources, Style::default()))
}

#[test]
fn yaml_is_marked_as_a_project_or_a_part() {
    let yaml = fences().into_iter().filter(|fence| fence.info.starts_with("yaml"));
    let unmarked: Vec<String> = yaml
        .filter(|fence| !matches!(fence.info.as_str(), "yaml project" | "yaml part"))
        .map(|fence| format!("{}: `{}`", fence.place, fence.info))
        .collect();
    assert!(unmarked.is_empty(), "{}", unmarked.join("\n"));
}

#[test]
fn projects_compile() {
    let mut failures = String::new();
    for fence in marked("yaml project") {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tabiji.yaml"), &fence.text).unwrap();
        let mut checked = pipeline::check(folder.path()).ok().unwrap();
        checked.findings.retain(|finding| finding.level == Level::Error);
        if !checked.findings.is_empty() {
            failures.push_str(&shown(&fence.place, &checked.findings, &checked.sources));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn parts_have_the_shape_of_campaign_files() {
    let mut failures = String::new();
    for fence in marked("yaml part") {
        let mut sources = SourceMap::default();
        let mut sink = Sink::default();
        let file = sources.add("part.yaml", fence.text.as_str());
        let root = syntax::parse(file, &fence.text, &mut sink).and_then(|document| document.root);
        let faults = root.map(|root| schema::validate(&root, &mut sink));
        if faults.is_none_or(|faults| !faults.is_empty()) || !sink.found.is_empty() {
            failures.push_str(&shown(&fence.place, &sink.found, &sources));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Every key that a schema knows anywhere in it.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (keyword, inner) in object {
                match (keyword.as_str(), inner.as_object()) {
                    ("examples", _) => {}
                    // Names and schemas, not keywords: a property may be called `properties`.
                    ("properties", Some(properties)) => {
                        found.extend(properties.keys().cloned());
                        properties.values().for_each(|property| keys(property, found));
                    }
                    _ => keys(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_reference_names_every_key_and_every_event() {
    let schema: Value = serde_json::from_str(schema::TEXT).unwrap();
    let mut names = BTreeSet::new();
    keys(&schema, &mut names);
    names.extend(builtin::EVENTS.iter().map(|(event, _)| (*event).to_owned()));
    names.extend(builtin::fields().into_keys());
    // The page that is made from the schema names them all by itself.
    let by_hand = pages().into_iter().filter(|path| !path.ends_with("reference.md"));
    let by_hand = by_hand.filter(|path| !path.starts_with(docs().join("ja")));
    let pages: String = by_hand.map(|path| fs::read_to_string(path).unwrap()).collect();
    let missing: Vec<String> = names.into_iter().filter(|name| !pages.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "neither docs/language.md nor docs/kinds names {missing:?}");
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).arg("--help").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn commands_and_their_options_are_described() {
    let page = page("commands.md");
    let usage = help(&[]);
    let list = usage.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = list.lines().filter_map(|line| line.split_whitespace().next()).filter(|word| *word != "help");
    for command in commands {
        assert!(page.contains(&format!("## `tabiji {command}")), "docs/commands.md has no section on `{command}`");
        let text = help(&[command]);
        let words = text.split_whitespace().filter(|word| word.starts_with("--"));
        // `--option[=<VALUE>]` is named without its value.
        let words = words.map(|word| word.split('[').next().unwrap_or(word));
        for option in words.map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric())) {
            assert!(page.contains(option), "docs/commands.md does not name `{option}` of `tabiji {command}`");
        }
    }
}

#[test]
fn every_stage_is_in_the_overview() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let page = page("architecture.md");
    let own = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let shown = lib.lines().filter_map(|line| line.strip_prefix("pub use tabiji_")?.split_once("::"));
    let shown = shown.flat_map(|(_, names)| names.trim_matches(['{', '}', ';']).split(", "));
    for module in own.chain(shown) {
        assert!(page.contains(&format!("`{module}`")), "docs/architecture.md does not name the stage `{module}`");
    }
}

#[test]
fn every_page_of_a_kind_is_in_the_list() {
    let listed = links(&page("kinds/README.md"));
    for entry in fs::read_dir(docs().join("kinds")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name == "README.md" || listed.contains(&name), "docs/kinds/README.md does not name {name}");
    }
}

/// The address that a renderer gives to a heading: lower case, blanks to `-`, marks left out.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What stands in round brackets right behind square ones.
fn links(text: &str) -> Vec<String> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link.to_owned()).collect()
}

#[test]
fn links_lead_somewhere() {
    for path in pages() {
        let shown = path.strip_prefix(docs()).unwrap().display().to_string();
        for link in links(&fs::read_to_string(&path).unwrap()).iter().filter(|link| !link.starts_with("https://")) {
            let (target, wanted) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { path.clone() } else { path.parent().unwrap().join(target) };
            assert!(target.exists(), "docs/{shown}: `{link}` leads nowhere");
            let found = wanted.is_empty() || {
                let text = fs::read_to_string(&target).unwrap();
                let headings = text.lines().filter(|line| line.starts_with('#'));
                headings.map(|line| anchor(line.trim_start_matches('#'))).any(|found| found == wanted)
            };
            assert!(found, "docs/{shown}: `{link}` leads nowhere");
        }
    }
}

/// A line without the digits of hashes: they change with every addition to the format of plans, and tell a reader nothing.
#[cfg(unix)]
fn masked(line: &str) -> String {
    let words = line.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let hash = |word: &&str| {
        let word = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        matches!(word.len(), 12 | 64) && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    };
    words.map(|word| if hash(&word) { "#" } else { word }).collect()
}

/// A reader of a tutorial: what they have typed in, and where.
#[cfg(unix)]
struct Reader {
    folder: PathBuf,
    /// Exit code of the last command.
    code: i32,
}

#[cfg(unix)]
impl Reader {
    /// What a command prints, errors and all.
    fn run(&mut self, command: &str) -> String {
        if command == "echo $?" {
            return self.code.to_string();
        }
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder.push(folder);
            return String::new();
        }
        let program = Path::new(env!("CARGO_BIN_EXE_tabiji")).parent().unwrap().display();
        let script = format!("exec 2>&1; PATH=\"{program}:$PATH\"; {command}");
        let output = Command::new("sh").args(["-c", &script]).current_dir(&self.folder).output().unwrap();
        self.code = output.status.code().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Does what a comment of the page says: `edit FILE: OLD => NEW`.
    fn edit(&self, order: &str) {
        let (file, change) = order.split_once(": ").unwrap();
        let (old, new) = change.split_once(" => ").unwrap();
        let file = self.folder.join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "nothing to edit: {order}");
        fs::write(file, text.replace(old, new)).unwrap();
    }

    /// Runs the commands of a block and holds what it shows against what they print, lines left out at `…` alone.
    fn follow(&mut self, place: &str, block: &str) {
        for part in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
            let printed = self.run(command);
            let mut rest = printed.lines();
            let mut gap = false;
            for line in shown.lines() {
                if line == "…" {
                    gap = true;
                    continue;
                }
                let same = |real: &str| masked(real) == masked(line);
                let found = if gap { rest.any(same) } else { rest.next().is_some_and(same) };
                assert!(found, "{place}: `{command}` does not print here: {line}\n{printed}");
                gap = false;
            }
            assert!(gap || rest.next().is_none(), "{place}: `{command}` prints more:\n{printed}");
        }
    }
}

/// Whoever does what a tutorial says sees what it shows. `<!-- file PATH -->` before a block names the file to write.
#[cfg(unix)]
#[test]
fn tutorials_are_real() {
    for name in ["tutorial.md", "ja/tutorial.md"] {
        let folder = tempfile::tempdir().unwrap();
        let mut reader = Reader { folder: folder.path().to_owned(), code: 0 };
        let mut fences = fences_of(&docs().join(name)).into_iter();
        let mut inside = false;
        let mut file: Option<String> = None;
        for line in page(name).lines() {
            let comment = |what| line.strip_prefix("<!-- ")?.strip_suffix(" -->")?.strip_prefix(what);
            if line.starts_with("```") {
                inside = !inside;
                if inside {
                    continue;
                }
                let fence = fences.next().unwrap();
                match file.take() {
                    Some(path) => fs::write(reader.folder.join(path), fence.text).unwrap(),
                    None => reader.follow(&fence.place, &fence.text),
                }
            } else if let Some(path) = comment("file ") {
                file = Some(path.to_owned());
            } else if let Some(order) = comment("edit ") {
                reader.edit(order);
            }
        }
    }
}

/// Commands and what they print, of the fences of `commands.md` that are marked `console`.
fn sessions() -> Vec<(String, Vec<(String, String)>)> {
    let consoles = fences_of(&docs().join("commands.md")).into_iter().filter(|fence| fence.info == "console");
    let session = |fence: Fence| {
        let mut runs: Vec<(String, String)> = Vec::new();
        for line in fence.text.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => runs.push((command.to_owned(), String::new())),
                None => runs.last_mut().unwrap().1.push_str(&format!("{line}\n")),
            }
        }
        (fence.place, runs)
    };
    consoles.map(session).collect()
}

/// Examples that can be run are: in a folder from which the examples of the repository are seen.
#[cfg(unix)]
#[test]
fn commands_print_what_the_manual_shows() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["examples", "tests"] {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    }
    let mut runs = 0;
    for (place, session) in sessions() {
        let mut exit = None;
        for (command, shown) in session {
            if command == "echo $?" {
                assert_eq!(exit.map(|code: i32| format!("{code}\n")), Some(shown), "{place}");
                continue;
            }
            let arguments = command.strip_prefix("tabiji ").unwrap().split(' ');
            let output = Command::new(env!("CARGO_BIN_EXE_tabiji"))
                .args(arguments)
                .env("NO_COLOR", "1")
                .current_dir(folder.path())
                .output()
                .unwrap();
            exit = output.status.code();
            let printed = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
            match shown.split_once("...\n") {
                Some((start, "")) => assert!(printed.starts_with(start), "{place}: {command}\n{printed}"),
                Some(_) | None => assert_eq!(printed, shown, "{place}: {command}"),
            }
            runs += 1;
        }
    }
    assert!(runs > 6, "{runs}");
}

#[test]
fn the_list_of_commands_has_what_each_of_them_needs() {
    let list = fences_of(&docs().join("commands.md")).remove(0).text;
    for line in list.lines() {
        let words = line.strip_prefix("tabiji ").unwrap().split(' ');
        let mut arguments: Vec<&str> = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
        arguments.push("--help");
        let output = Command::new(env!("CARGO_BIN_EXE_tabiji")).args(&arguments).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let usage = help.lines().find(|line| line.starts_with("Usage: ")).unwrap().replace(" [OPTIONS]", "");
        let bare = usage.trim_start_matches("Usage: ").replace(['<', '>'], "").replace("...", "");
        assert_eq!(line, bare, "{usage}");
    }
}
