//! Holds the table of stages against the imports: inside one crate nothing else keeps the arrows straight.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// For each stage, the stages it may import. A stage may always import itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("diag", &["text"]),
    ("statistics", &[]),
    ("syntax", &["text", "diag"]),
    ("format", &["text", "diag", "syntax"]),
    ("schema", &["text", "diag", "syntax", "ast"]),
    ("ast", &["text", "diag", "syntax"]),
    ("ir", &["text"]),
    ("mjml", &["text"]),
    ("html", &["text", "mjml"]),
    ("resolve", &["text", "diag", "syntax", "mjml", "html", "ast", "ir"]),
    ("analysis", &["text", "html", "ir"]),
    ("rules", &["text", "diag", "ast", "ir", "resolve", "analysis"]),
    ("plan", &["text", "statistics", "ir", "analysis"]),
    ("leads", &["text", "ir", "plan"]),
    ("mail", &["text", "mjml", "html", "ir"]),
    ("backend", &["text", "statistics", "ir", "plan", "leads"]),
    ("witness", &["text", "ir", "analysis", "plan", "backend"]),
    ("diff", &["text", "diag", "ir", "analysis", "plan", "mail"]),
    ("fit", &["text", "statistics", "ir", "leads"]),
    ("dns", &["text", "diag", "ir"]),
    ("project", &["text", "diag"]),
    (
        "pipeline",
        &[
            "text", "diag", "syntax", "schema", "ast", "ir", "resolve", "analysis", "rules", "plan", "leads",
            "witness", "project",
        ],
    ),
    ("scenario", &["text", "diag", "ir", "plan", "backend"]),
    (
        "cli",
        &[
            "text", "diag", "syntax", "format", "schema", "ast", "ir", "plan", "backend", "leads", "project",
            "pipeline", "scenario", "witness", "analysis", "fit", "diff", "mail", "dns",
        ],
    ),
];

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("`src` can be listed") {
        let path = entry.expect("`src` can be listed").path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// Every file, with its path from the `src` of its crate on.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn sources() -> Vec<(PathBuf, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).expect("the crates can be listed");
    let crates = crates.map(|each| each.expect("the crates can be listed").path().join("src"));
    let mut out = Vec::new();
    for src in crates.chain([root.join("src")]) {
        let mut files = Vec::new();
        rust_files(&src, &mut files);
        let inside = |file: PathBuf| (file.strip_prefix(&src).expect("it is inside").to_owned(), file);
        out.extend(files.into_iter().map(inside));
    }
    assert!(out.len() > 100, "files are missing");
    out
}

/// Names of modules that a file's code refers to by `crate::…`, its tests left out.
fn imports(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in lines {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list.trim_end_matches([';', '}']).split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            for name in names {
                let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
                found.push(name[..end].to_owned());
            }
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (inside, file) in sources() {
        let stage = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        if stage == "lib.rs" || stage == "main.rs" {
            continue;
        }
        let allowed = table.get(stage).unwrap_or_else(|| panic!("`{stage}` is not in the table of stages"));
        for name in imports(&fs::read_to_string(&file).unwrap()) {
            if table.contains_key(name.as_str()) && name != stage && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} imports `{name}`", file.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "imports against the table:\n{}", wrong.join("\n"));
}

#[test]
fn one_file_names_each_hidden_library() {
    let files = sources();
    let homes: [(&str, &[&str]); 4] = [
        ("granit_parser", &["syntax"]),
        // Its parser types templates, its engine renders them.
        ("minijinja::", &["ast/jinja.rs", "mail"]),
        ("jsonschema::", &["schema"]),
        ("mrml::", &["mjml"]),
    ];
    for (library, homes) in homes {
        for (inside, file) in &files {
            let names_it = fs::read_to_string(file)
                .unwrap()
                .lines()
                .any(|line| line.starts_with("use ") && line.contains(library));
            let is_home = homes.iter().any(|home| inside.starts_with(home));
            assert!(!names_it || is_home, "{} names {library}", file.display());
        }
    }
}
