//! What a campaign is compared with: a revision of git, a folder, or a saved plan.
//!
//! A revision is read from git's object store, by the `git` of the user: the work tree is neither looked at nor touched.
//! Its files are put into a temporary folder, which is compiled as any other.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::compile::refused;
use super::files::told;
use super::simulate::{is_plan, read_plan};
use super::terminal::Terminal;
use super::{Exit, Failure, spared};
use crate::diag::{Level, Summary, human};
use crate::ir::Campaign;
use crate::pipeline;
use crate::project::{MAX_LIST, ROOT_FILE};
use crate::text::SourceMap;

/// What brings the history that a shallow clone lacks.
const UNSHALLOW: &str =
    "`git fetch --unshallow` (in a workflow of GitHub `fetch-depth: 0`, in a job of GitLab `GIT_DEPTH: \"0\"`)";

/// A campaign to be compared, with its files if it has any.
pub(super) struct Compiled {
    /// What the user calls it.
    pub(super) name: String,
    pub(super) campaign: Campaign,
    pub(super) sources: Option<SourceMap>,
    /// How many errors it has, in words, if it has any.
    pub(super) faults: Option<String>,
}

/// The campaign behind a name. Without a name: where the current branch left the default branch. `project` is the folder
/// of the campaign that is compared.
pub(super) fn base(named: Option<&str>, project: &Path, terminal: &Terminal) -> Result<Compiled, Failure> {
    // A base is input: whatever is wrong with it, it cannot be read.
    found(named, project, terminal).map_err(|failure| Failure { exit: Exit::Usage, ..failure })
}

fn found(named: Option<&str>, project: &Path, terminal: &Terminal) -> Result<Compiled, Failure> {
    match named {
        Some(named) if named.trim().is_empty() => Err(Failure::usage(
            "what to compare with has an empty name, as that of a variable that is not set; name a revision, a folder or a \
             saved plan",
        )),
        Some(named) if is_here(named) => at_path(Path::new(named), terminal),
        Some(named) => {
            let git = Git::of(project, "compare with a folder or a saved plan instead")?;
            match named.strip_suffix("...") {
                Some(branch) => {
                    git.commit(branch)?;
                    at_revision(&git, &git.merge_base(branch)?, &format!("the merge base with {branch}"), terminal)
                }
                None => at_revision(&git, named, named, terminal),
            }
        }
        None => {
            let git = Git::of(project, "compare with a folder or a saved plan: `--against FOLDER`")?;
            let (revision, name) = git.fork_point()?;
            at_revision(&git, &revision, &name, terminal)
        }
    }
}

/// Whether a name is that of a project's folder or of a saved plan. Branches may be called as folders are, so that a folder
/// has to be a project, or be written as a path.
fn is_here(named: &str) -> bool {
    let path = Path::new(named);
    let is_path = named.starts_with(['.', '/']) || named.ends_with('/');
    path.join(ROOT_FILE).is_file() || named.ends_with(".json") || is_path && path.exists()
}

/// The campaign of a folder, or of a saved plan.
pub(super) fn at_path(path: &Path, terminal: &Terminal) -> Result<Compiled, Failure> {
    let name = told(path);
    if is_plan(path) {
        return Ok(Compiled { name, campaign: read_plan(path)?.campaign, sources: None, faults: None });
    }
    compiled(path, name, terminal)
}

/// The campaign of a folder. Errors that leave its meaning open are shown: nothing can be compared with it. With others, as
/// of a test of its own that fails, it is compared all the same: a reviewer wants to know what it would do.
fn compiled(path: &Path, name: String, terminal: &Terminal) -> Result<Compiled, Failure> {
    let checked = pipeline::findings(path).map_err(refused)?;
    spared::note_project(path, &checked.sources);
    let errors = checked.findings.iter().any(|finding| finding.level == Level::Error);
    let faults = errors.then(|| Summary::of(&checked.findings).to_string());
    match (checked.campaign, faults) {
        (Some(campaign), faults) => {
            if let Some(faults) = &faults {
                terminal.say("warning", &format!("`{name}` has faults ({faults}); `tabiji check` shows them"));
            }
            Ok(Compiled { name, campaign, sources: Some(checked.sources), faults })
        }
        (None, faults) => {
            terminal.show(&human(&checked.findings, &checked.sources, terminal.err(&format!("{name}:"))));
            let faults = faults.unwrap_or_default();
            let message = format!(
                "`{name}` does not compile ({faults}), so nothing can be compared with it; `tabiji check` says where"
            );
            Err(Failure { exit: Exit::Findings, ..Failure::usage(message) })
        }
    }
}

/// The campaign as it was at a revision; an empty one if there was none yet.
pub(super) fn at_revision(git: &Git, revision: &str, name: &str, terminal: &Terminal) -> Result<Compiled, Failure> {
    let commit = git.commit(revision)?;
    let folder =
        tempfile::tempdir().map_err(|error| Failure::usage(format!("there is no room for `{name}`: {error}")))?;
    git.unpack(&commit, folder.path())?;
    if !folder.path().join(ROOT_FILE).is_file() {
        terminal.say("note", &format!("`{name}` has no project here: everything is new"));
        return Ok(Compiled { name: name.to_owned(), campaign: Campaign::default(), sources: None, faults: None });
    }
    compiled(folder.path(), name.to_owned(), terminal)
}

/// The repository in which a project lies.
pub(super) struct Git {
    folder: PathBuf,
    /// The way from the root of the repository to the project, with `/` at its end; empty at the root.
    pub(super) prefix: String,
}

/// A file of a revision.
struct Entry {
    mode: String,
    object: String,
    size: u64,
    path: String,
}

impl Git {
    /// The repository of a project; `mend` is the way out where there is none.
    pub(super) fn of(project: &Path, mend: &str) -> Result<Git, Failure> {
        let mut git = Git { folder: project.to_owned(), prefix: String::new() };
        let prefix = git.run(&["rev-parse", "--show-prefix"]).map_err(|why| {
            let shown = project.display();
            Failure::usage(format!("`{shown}` is in no git repository ({why}); {mend}"))
        })?;
        git.prefix = prefix.trim_end_matches('\n').to_owned();
        Ok(git)
    }

    /// What git prints; why it does not, in its own words.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("`git` cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let words = String::from_utf8_lossy(&output.stderr);
        let line = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("git fails without a word");
        Err(line.trim_start_matches("fatal: ").to_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // The words of git are looked at by nobody but people; those of a machine are the same everywhere.
        command.arg("-C").arg(&self.folder).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        command
    }

    /// The commit behind the name of a revision.
    pub(super) fn commit(&self, revision: &str) -> Result<String, Failure> {
        let asked = format!("{revision}^{{commit}}");
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &asked]);
        found.map(|commit| commit.trim().to_owned()).map_err(|_| {
            let remote = revision.strip_prefix("origin/").unwrap_or(revision);
            let way = revision.find(['~', '^', '@', ':']).map(|at| revision.split_at(at));
            let mend = match way {
                _ if self.is_shallow() => format!("this clone is shallow: {UNSHALLOW} brings the rest"),
                Some((from, way)) if self.commit(from).is_ok() => {
                    format!("`{from}` is there, and `{way}` leads from it to no commit")
                }
                Some(_) => "`git log` lists those that there are".to_owned(),
                None => format!("`git fetch origin {remote}` brings it, if it is a branch of the remote"),
            };
            Failure::usage(format!(
                "there is no revision `{revision}` here, and no folder or plan of that name; {mend}"
            ))
        })
    }

    fn is_shallow(&self) -> bool {
        self.run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer.trim() == "true")
    }

    /// Where the current branch left the default branch, with words for it.
    fn fork_point(&self) -> Result<(String, String), Failure> {
        let branch = self.default_branch()?;
        self.commit("HEAD").map_err(|_| Failure::usage("there is no commit yet to compare with".to_owned()))?;
        Ok((self.merge_base(&branch)?, format!("the merge base with {branch}")))
    }

    /// The commit at which the current branch left another one.
    fn merge_base(&self, branch: &str) -> Result<String, Failure> {
        match self.run(&["merge-base", branch, "HEAD"]) {
            Ok(commit) => Ok(commit.trim().to_owned()),
            Err(_) if self.is_shallow() => Err(Failure::usage(format!(
                "this clone is shallow, so that it is not known where it left `{branch}`; {UNSHALLOW} brings the rest"
            ))),
            Err(_) => Err(Failure::usage(format!(
                "this branch and `{branch}` have no commit in common; name another revision to compare with"
            ))),
        }
    }

    fn default_branch(&self) -> Result<String, Failure> {
        if let Ok(head) = self.run(&["symbolic-ref", "--short", "refs/remotes/origin/HEAD"]) {
            return Ok(head.trim().to_owned());
        }
        let configured = self.run(&["config", "init.defaultBranch"]).unwrap_or_default();
        let configured = configured.trim();
        let names = ["origin/main", "origin/master", "main", "master", configured];
        let exists = |name: &&&str| {
            !name.is_empty() && self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", name]).is_ok()
        };
        names.iter().find(exists).map(|name| (*name).to_owned()).ok_or_else(|| {
            Failure::usage(
                "it is not known which branch is the default one; `git remote set-head origin --auto` finds out, or name \
                 what to compare with: `--against REVISION`"
                    .to_owned(),
            )
        })
    }

    /// Puts the project's files, as they were at a commit, into a folder.
    fn unpack(&self, commit: &str, folder: &Path) -> Result<(), Failure> {
        let failed = |why: String| {
            let mend = "`git fetch --refetch` brings what is missing from a partial clone";
            Failure::usage(format!("commit {commit} cannot be read: {why}; {mend}"))
        };
        let entries = self.entries(commit).map_err(failed)?;
        let mut reader = self.command(&["cat-file", "--batch"]);
        let reader = reader.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut reader = reader.map_err(|error| failed(format!("`git` cannot be run: {error}")))?;
        let (Some(mut asks), Some(answers)) = (reader.stdin.take(), reader.stdout.take()) else {
            return Err(failed("`git` has no ends to talk by".to_owned()));
        };
        let mut answers = BufReader::new(answers);
        let mut read = || -> Result<(), String> {
            for entry in &entries {
                let words = |error: std::io::Error| format!("{}: {error}", entry.path);
                writeln!(asks, "{}", entry.object).and_then(|()| asks.flush()).map_err(words)?;
                let bytes = answer(&mut answers).map_err(|why| format!("{}: {why}", entry.path))?;
                put(folder, entry, &bytes).map_err(words)?;
            }
            Ok(())
        };
        let ended = read();
        drop(asks);
        let _ = reader.wait();
        ended.map_err(failed)
    }

    /// The files of the project at a commit. Those that no campaign can need, being too large, are left out.
    fn entries(&self, commit: &str) -> Result<Vec<Entry>, String> {
        let tree = format!("{commit}:{}", self.prefix.trim_end_matches('/'));
        if self.run(&["cat-file", "-e", &tree]).is_err() {
            return Ok(Vec::new());
        }
        let listed = self.run(&["ls-tree", "-r", "-z", "-l", "--full-tree", &tree])?;
        let entry = |line: &str| {
            let (about, path) = line.split_once('\t')?;
            let mut about = about.split_whitespace();
            let (mode, kind, object, size) = (about.next()?, about.next()?, about.next()?, about.next()?);
            let size = size.parse().ok().filter(|size| *size <= MAX_LIST)?;
            let found = Entry { mode: mode.to_owned(), object: object.to_owned(), size, path: path.to_owned() };
            (kind == "blob").then_some(found)
        };
        Ok(listed.split('\0').filter_map(entry).collect())
    }

    /// The commits that changed the project's files, the newest first: hash, date, subject.
    pub(super) fn history(&self, most: usize) -> Result<Vec<[String; 3]>, Failure> {
        let count = format!("--max-count={most}");
        let listed = self
            .run(&["log", "--first-parent", &count, "--format=%H%x09%cs%x09%s", "--", "."])
            .map_err(|why| Failure::usage(format!("the history cannot be read: {why}")))?;
        let commit = |line: &str| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            Some([parts.next()?, parts.next()?, parts.next()?])
        };
        Ok(listed.lines().filter_map(commit).collect())
    }
}

/// The next object that `git cat-file --batch` gives.
fn answer(answers: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let mut head = String::new();
    answers.read_line(&mut head).map_err(|error| error.to_string())?;
    let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
    let Some(size) = size else { return Err("it is missing".to_owned()) };
    let mut bytes = vec![0; size + 1];
    answers.read_exact(&mut bytes).map_err(|error| error.to_string())?;
    bytes.truncate(size);
    Ok(bytes)
}

/// Writes a file of a revision. Git lets no path lead out of its tree.
fn put(folder: &Path, entry: &Entry, bytes: &[u8]) -> std::io::Result<()> {
    debug_assert!(entry.size == bytes.len() as u64, "git tells the size of what it gives");
    let path = folder.join(&entry.path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match entry.mode.as_str() {
        #[cfg(unix)]
        "120000" => std::os::unix::fs::symlink(String::from_utf8_lossy(bytes).as_ref(), path),
        _ => std::fs::write(path, bytes),
    }
}
