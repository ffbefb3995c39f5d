//! A git repository in a temporary folder, which begins with the example.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commits::Commit;

pub struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    pub fn of_example() -> Repository {
        let folder = tempfile::tempdir().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/aozora-cloud");
        copy(&example, folder.path());
        // Its own tests name what commits rename.
        std::fs::remove_file(folder.path().join("tests.yaml")).unwrap();
        // A way round makes its bound a long search, which is not what is tried here.
        let trial = folder.path().join("journeys/trial-onboarding.yaml");
        let text = std::fs::read_to_string(&trial).unwrap();
        std::fs::write(&trial, text.replace("                  - {id: keep-waiting, goto: first-use}\n", "")).unwrap();
        let repository = Repository { folder };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "-m", "the example"]);
        repository
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the edits of a commit, and the commit.
    pub fn commit(&self, commit: &Commit) {
        for edit in &commit.edits {
            let path = self.folder.path().join(edit.file);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let new = (edit.change)(&text);
            assert_ne!(text, new, "`{}` changes nothing in {}", commit.message, edit.file);
            std::fs::write(path, new).unwrap();
        }
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "-m", commit.message]);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.folder.path())
            .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Copies a folder, all but leads and logs, which no comparison reads.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
