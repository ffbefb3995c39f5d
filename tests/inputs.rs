//! Leads in every format, as other programs write them: tests/fixtures/formats, made by its make.py.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tabiji::leads::{Format, Incoming, Part, Reader};

const PROJECT: &str = "tests/fixtures/formats";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn out(ran: &Output) -> String {
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout.clone()).unwrap()
}

fn told(ran: &Output) -> String {
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stdout));
    String::from_utf8(ran.stderr.clone()).unwrap()
}

/// The leads files, by name.
fn files() -> Vec<PathBuf> {
    let is_data = |path: &PathBuf| Format::of_path(&path.to_string_lossy()).is_some();
    let mut files: Vec<PathBuf> =
        fs::read_dir(PROJECT).unwrap().map(|entry| entry.unwrap().path()).filter(is_data).collect();
    files.sort();
    assert!(files.len() > 20, "{files:?}");
    files
}

#[test]
fn the_same_leads_give_the_same_bytes_in_every_format() {
    let simulated = out(&run(&["simulate", PROJECT, "--format", "json"]));
    let described = out(&run(&["leads", "stats", "--project", PROJECT, "--format", "json"]));
    assert!(simulated.contains("\"read\": 40"), "{simulated}");
    for file in files() {
        let file = file.to_str().unwrap();
        assert_eq!(out(&run(&["simulate", PROJECT, "--leads", file, "--format", "json"])), simulated, "{file}");
        let now = out(&run(&["leads", "stats", file, "--project", PROJECT, "--format", "json"]));
        let rows = |text: &str| text.split("\"warnings\"").next().unwrap().to_owned();
        assert_eq!(rows(&now), rows(&described), "{file}");
    }
}

#[test]
fn the_standard_input_tells_its_format_itself() {
    let simulated = out(&run(&["simulate", PROJECT, "--format", "json"]));
    for file in files() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
        let command = command.args(["simulate", PROJECT, "--leads", "-", "--format", "json"]).env("NO_COLOR", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let bytes = fs::read(&file).unwrap();
        let mut input = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(&bytes));
        let ran = child.wait_with_output().unwrap();
        let _ = writer.join();
        assert_eq!(out(&ran), simulated, "{}", file.display());
    }
}

#[test]
fn many_files_are_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(Path::new(PROJECT).join("leads.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (name, rows) in [("a.csv", &rows[..15]), ("b.csv", &rows[15..])] {
        fs::write(folder.path().join(name), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    }
    fs::write(folder.path().join("notes.txt"), "no leads").unwrap();
    let one = out(&run(&["simulate", PROJECT, "--format", "json"]));
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (a, b, all, pattern) = (path("a.csv"), path("b.csv"), path(""), path("?.csv"));
    let simulate = |leads: &[&str]| {
        let named = leads.iter().flat_map(|leads| ["--leads", leads]);
        run(&["simulate", PROJECT, "--format", "json"].into_iter().chain(named).collect::<Vec<_>>())
    };
    assert_eq!(out(&simulate(&[&a, &b])), one);
    assert_eq!(out(&simulate(&[&all])), one);
    assert_eq!(out(&simulate(&[&pattern])), one);
    let twice = out(&simulate(&[&a, &a, &b]));
    assert!(twice.contains("\"duplicate\": 15") && twice.contains("a.csv\""), "{twice}");
    // What is wrong with the last file is known before the first row.
    fs::write(&b, "name\nx\n").unwrap();
    let message = told(&simulate(&[&a, &b]));
    assert!(message.contains("b.csv") && message.contains("`id`"), "{message}");
    let message = told(&simulate(&[&path("c*.csv")]));
    assert!(message.contains("no leads file matches"), "{message}");
    assert!(told(&simulate(&["-", "-"])).contains("only once"));
}

#[test]
fn what_no_field_takes_is_refused_with_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = fs::read_to_string(Path::new(PROJECT).join("tabiji.yaml")).unwrap();
    fs::copy(Path::new(PROJECT).join("hello.md"), folder.path().join("hello.md")).unwrap();
    let nested = yaml.replace("topics:", "columns: {company: unused}\n\ntopics:");
    fs::write(folder.path().join("tabiji.yaml"), nested).unwrap();
    let project = folder.path().to_str().unwrap();
    for file in ["duckdb.parquet", "pyarrow.arrows", "pyarrow-lz4.feather"] {
        let message = told(&run(&["simulate", project, "--leads", &format!("{PROJECT}/{file}")]));
        assert!(message.contains("`unused`") && message.contains("values inside values"), "{message}");
    }
    // A value that is out of bounds, with its row.
    let bounded = yaml.replace("optional: true, min: 0}", "optional: true, min: 100}");
    fs::write(folder.path().join("tabiji.yaml"), bounded).unwrap();
    let report = out(&run(&["simulate", project, "--leads", &format!("{PROJECT}/polars.parquet")]));
    assert!(report.contains("    row ") && report.contains("column `employees` holds `"), "{report}");
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, bytes: &[u8], words: &str| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let report = folder.path().join("report.json");
        let output = format!("json={}", report.display());
        let message = told(&run(&["simulate", PROJECT, "--leads", path.to_str().unwrap(), "--output", &output]));
        assert!(message.contains(name) && message.contains(words), "{message}");
        let report = fs::read_to_string(report).unwrap();
        assert!(report.contains("\"status\": \"error\"") && report.contains(name), "{name}: {report}");
    };
    let parquet = fs::read(Path::new(PROJECT).join("duckdb.parquet")).unwrap();
    let gzip = fs::read(Path::new(PROJECT).join("lines.ndjson.gz")).unwrap();
    let arrow = fs::read(Path::new(PROJECT).join("pyarrow-lz4.feather")).unwrap();
    refused("leads.parquet", b"id\nL1\n", "is no Parquet, though its name says so");
    refused("leads.arrow", b"id\nL1\n", "is no Arrow IPC");
    refused("leads.txt", b"id\nL1\n", "does not end in .csv");
    refused("cut.parquet", &parquet[..parquet.len() - 9], "is no sound Parquet");
    refused("cut.feather", &arrow[..arrow.len() / 2], "is no sound Arrow IPC");
    refused("old.feather", b"FEA1aaaaaaaaaaaaaa", "Feather of the first version");
    refused("empty.csv.gz", b"", "is empty");
    refused("cut.csv.gz", &gzip[..9], "");
}

#[test]
fn a_packed_file_that_ends_too_early_is_no_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let cut = |from: &str, name: &str, part: usize| {
        let bytes = fs::read(Path::new(PROJECT).join(from)).unwrap();
        let path = folder.path().join(name);
        fs::write(&path, &bytes[..bytes.len() * part / 100]).unwrap();
        let message = told(&run(&["simulate", PROJECT, "--leads", path.to_str().unwrap()]));
        assert!(message.contains("cannot be read") && message.contains(name), "{name}: {message}");
    };
    cut("lines.ndjson.gz", "cut.ndjson.gz", 90);
    cut("members.csv.gz", "cut.csv.gz", 90);
    cut("frames.csv.zst", "cut.csv.zst", 90);
    cut("pyarrow.arrows", "cut.arrows", 60);
}

/// Reads a file to its end, and says whether it could be.
fn is_read(path: &Path, campaign: &tabiji::ir::Campaign) -> bool {
    let (format, path) = (Format::of_path(&path.to_string_lossy()), path.to_owned());
    let open = Box::new(move || Incoming::of_file(File::open(&path)?));
    let part = Part { name: String::new(), format, size: Some(0), open };
    let Ok(mut reader) = Reader::open(vec![part], campaign) else { return false };
    let _ = reader.by_ref().count();
    reader.broken_off().is_none()
}

#[test]
fn broken_files_are_read_without_a_panic() {
    let checked = tabiji::pipeline::check(Path::new(PROJECT)).ok().unwrap();
    let campaign = checked.campaign.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut broken, mut tried) = (0, 0);
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        let path = folder.path().join(file.file_name().unwrap());
        fs::write(&path, &bytes).unwrap();
        assert!(is_read(&path, &campaign), "{}", file.display());
        let step = bytes.len() / 60 + 1;
        for (nth, at) in (0..bytes.len()).step_by(step).enumerate() {
            let mut other = bytes.clone();
            match nth % 4 {
                0 => other.truncate(at),
                1 => other[at] ^= 0xFF,
                2 => other[at] = other[at].wrapping_add(1),
                _ => drop(other.splice(at..(at + 3).min(bytes.len()), [0, 255, 7, 128, 1])),
            }
            fs::write(&path, &other).unwrap();
            tried += 1;
            broken += u32::from(!is_read(&path, &campaign));
        }
    }
    assert!(broken > tried / 3, "{broken} of {tried}");
}
