//! The scripts of the GitHub actions and of the GitLab example, run against a local git repository and a stub of the API that
//! keeps every request.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tabiji::diag::Sink;
use tabiji::syntax::{self, Node};
use tabiji::text::SourceMap;

const MARK: &str = "<!-- tabiji plan -->";

/// A request: its line, its authorization, its body.
type Request = (String, String, Value);

/// Answers as GitHub does, and keeps what it was asked.
struct Api {
    url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Api {
    /// `comments` are those of the pull request, `head` its commit.
    fn new(comments: Vec<Value>, head: &str) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (kept, head) = (Arc::clone(&requests), head.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &comments, &head, &kept);
            }
        });
        Api { url, requests }
    }

    fn asked(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, comments: &[Value], head: &str, kept: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let (name, value) = header.trim_end().split_once(": ").unwrap_or_default();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" | "private-token" => token = value.to_owned(),
            "" => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let page = |number: usize| comments.chunks(100).nth(number - 1).unwrap_or_default().to_vec();
    let answer = match line.split_once("page=100&page=") {
        Some((_, number)) => Value::Array(page(number.parse().unwrap())),
        None if line.contains("/notes?") => Value::Array(comments.to_vec()),
        None if line.starts_with("GET") => json!({"head": {"sha": head}}),
        None => json!({"id": 1}),
    };
    let form = || if body.is_empty() { Value::Null } else { json!(String::from_utf8_lossy(&body)) };
    kept.lock().unwrap().push((line, token, serde_json::from_slice(&body).unwrap_or_else(|_| form())));
    let text = answer.to_string();
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len()).unwrap();
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions").join(name)
}

/// Whether the programs that every runner has are here.
fn has_tools() -> bool {
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    let all = ["bash", "curl", "jq", "git"].iter().all(|tool| has(tool));
    if !all {
        eprintln!("bash, curl, jq or git is missing: the actions are not tried");
    }
    all
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository as a runner checks a pull request out: its merge into the base.
fn pull_request(folder: &Path) {
    let project = |secs: &str, size: u32| {
        format!(
            "project: small\nfields: {{size: {{type: integer}}}}\nsegments: {{large: {{when: size >= {size}}}}}\n\
             journeys:\n  welcome:\n    entry: {{segment: large}}\n    steps:\n      - {{id: pause, wait: {secs}}}\n"
        )
    };
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    let commit = |text: String, message: &str| {
        fs::write(folder.join("tabiji.yaml"), text).unwrap();
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "-m", message]);
    };
    commit(project("2 days", 300), "begin");
    git(folder, &["switch", "--quiet", "-c", "change"]);
    commit(project("2 days", 100), "wider");
    git(folder, &["switch", "--quiet", "main"]);
    fs::write(folder.join("README"), "meanwhile").unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "meanwhile"]);
    git(folder, &["switch", "--quiet", "--detach"]);
    git(folder, &["merge", "--quiet", "--no-edit", "change"]);
}

fn plan(folder: &Path, more: &[(&str, &str)]) -> Output {
    Command::new(script("tabiji-plan/plan.sh"))
        .current_dir(folder)
        .env("TABIJI", env!("CARGO_BIN_EXE_tabiji"))
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_OUTPUT", folder.join("output"))
        .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
        .env("PULL_REQUEST", "7")
        .envs(more.iter().copied())
        .output()
        .unwrap()
}

fn comment(folder: &Path, api: &Api, more: &[(&str, &str)]) -> Output {
    Command::new(script("tabiji-comment/comment.sh"))
        .current_dir(folder)
        .env("GITHUB_API_URL", &api.url)
        .env("GITHUB_REPOSITORY", "aozora/campaigns")
        .env("GITHUB_TOKEN", "secret")
        .env("no_proxy", "*")
        .envs(more.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn a_pull_request_has_one_comment_that_is_kept_up_to_date() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    pull_request(folder);
    let output = plan(folder, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(folder.join("output")).unwrap(), "class=audience\nopen=audience\n");
    let text = fs::read_to_string(folder.join("tabiji-effect/comment.md")).unwrap();
    assert!(text.starts_with(MARK) && text.contains("newly in: size = 100"), "{text}");
    assert_eq!(fs::read_to_string(folder.join("summary")).unwrap(), text);
    assert_eq!(plan(folder, &[("FAIL_ON", "audience")]).status.code(), Some(1));
    assert_eq!(plan(folder, &[("FAIL_ON", "volume")]).status.code(), Some(0));

    let api = Api::new(vec![json!({"id": 3, "user": {"login": "ai"}, "body": format!("{MARK} mine")})], "");
    let output = comment(folder, &api, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bearer = || "Bearer secret".to_owned();
    let list = "/repos/aozora/campaigns/issues/7/comments";
    assert_eq!(
        api.asked(),
        [
            (format!("GET {list}?per_page=100&page=1"), bearer(), Value::Null),
            (format!("POST {list}"), bearer(), json!({"body": text})),
        ],
        "a comment of somebody else is not touched"
    );

    // The comment is found again, also behind a hundred others.
    let mut comments: Vec<Value> =
        (0..100).map(|id| json!({"id": id, "user": {"login": "ai"}, "body": "looks good"})).collect();
    comments.push(json!({"id": 4321, "user": {"login": "github-actions[bot]"}, "body": format!("{MARK}\nold")}));
    let api = Api::new(comments, "");
    assert!(comment(folder, &api, &[]).status.success());
    let lines: Vec<String> = api.asked().into_iter().map(|(line, _, _)| line).collect();
    assert_eq!(
        lines,
        [
            format!("GET {list}?per_page=100&page=1"),
            format!("GET {list}?per_page=100&page=2"),
            "PATCH /repos/aozora/campaigns/issues/comments/4321".to_owned(),
        ]
    );
}

#[test]
fn what_a_fork_leaves_is_believed_only_of_its_own_commit() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let out = folder.join("tabiji-effect");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("comment.md"), format!("{MARK}\nhello\n")).unwrap();
    fs::write(out.join("number"), "7\n").unwrap();
    let api = Api::new(Vec::new(), "abc");
    let output = comment(folder, &api, &[("HEAD_SHA", "def")]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("is left alone"));
    assert_eq!(api.asked().len(), 1, "nothing is written");
    assert!(comment(folder, &api, &[("HEAD_SHA", "abc")]).status.success());
    assert_eq!(api.asked().last().unwrap().0, "POST /repos/aozora/campaigns/issues/7/comments");

    let refused = |file: &str, text: &str| {
        let before = fs::read_to_string(out.join(file)).unwrap();
        fs::write(out.join(file), text).unwrap();
        let api = Api::new(Vec::new(), "abc");
        assert_eq!(comment(folder, &api, &[]).status.code(), Some(2), "{file}: {text}");
        assert!(api.asked().is_empty());
        fs::write(out.join(file), before).unwrap();
    };
    refused("number", "7/../8");
    refused("number", "$(touch stolen)");
    refused("comment.md", "anything");
    assert!(!folder.join("stolen").exists());
}

#[test]
fn a_base_that_cannot_be_read_is_said_in_the_comment() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    pull_request(folder);
    let output = plan(folder, &[("BASE", "origin/gone")]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.join("output")).unwrap(), "class=error\nopen=error\n");
    let text = fs::read_to_string(folder.join("tabiji-effect/comment.md")).unwrap();
    assert!(text.starts_with(MARK) && text.contains("the effect of this change is unknown"), "{text}");
}

/// What the job `plan` of the GitLab example does, line by line.
fn gitlab_script() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci/gitlab/.gitlab-ci.yml");
    let text = fs::read_to_string(path).unwrap();
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let file = sources.add("gitlab", text.as_str());
    let root = syntax::parse(file, &text, &mut sink).unwrap().root.unwrap();
    let at = |node: &Node, wanted: &str| match &node.value {
        syntax::Value::Map(entries) => entries.iter().find(|entry| entry.key == wanted).unwrap().value.clone(),
        other => panic!("`{wanted}` stands in a mapping, not in {other:?}"),
    };
    let syntax::Value::Seq(lines) = at(&at(&root, "plan"), "script").value else { panic!("a list of lines") };
    let line = |node: Node| match node.value {
        syntax::Value::Str(line) => line,
        other => panic!("a line, not {other:?}"),
    };
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Runs it as a runner does: a line that fails ends the job.
fn gitlab(folder: &Path, api: &Api, base: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_tabiji")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    Command::new("bash")
        .args(["-e", "-c", &gitlab_script()])
        .current_dir(folder)
        .env("PATH", path)
        .env("no_proxy", "*")
        .env("CI_API_V4_URL", &api.url)
        .env("CI_PROJECT_ID", "12")
        .env("CI_MERGE_REQUEST_IID", "7")
        .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
        .env("TABIJI_TOKEN", "secret")
        .output()
        .unwrap()
}

#[test]
fn a_merge_request_at_gitlab_has_one_note_that_is_kept_up_to_date() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    pull_request(folder);
    git(folder, &["switch", "--quiet", "change"]);
    let base = git(folder, &["merge-base", "main", "change"]);
    let notes = "/projects/12/merge_requests/7/notes";

    let api = Api::new(vec![json!({"id": 3, "body": "looks good"})], "");
    let output = gitlab(folder, &api, &base);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let asked = api.asked();
    let lines: Vec<(&str, &str)> = asked.iter().map(|(line, token, _)| (line.as_str(), token.as_str())).collect();
    let (list, post) = (format!("GET {notes}?sort=asc&per_page=100"), format!("POST {notes}"));
    assert_eq!(lines, [(list.as_str(), "secret"), (post.as_str(), "secret")]);
    let body = asked[1].2.as_str().unwrap();
    assert!(body.contains(MARK) && body.contains("newly in: size = 100"), "{body}");

    // The note is found again; a base that is no commit is said in it, and holds the merge request back.
    let api = Api::new(vec![json!({"id": 8, "body": format!("{MARK}\nold")})], "");
    fs::remove_file(folder.join("comment.md")).unwrap();
    let output = gitlab(folder, &api, "0123456789abcdef0123456789abcdef01234567");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(api.asked()[1].0, format!("PUT {notes}/8"));
}
