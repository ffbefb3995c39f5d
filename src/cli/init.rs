//! `tabiji init`

use std::path::Path;

use super::args::InitArgs;
use super::explain::schema_text;
use super::output::{print, save};
use super::{Exit, Failure};

/// The project that is written: the example `examples/minimal`.
const FILES: &[(&str, &str)] = &[
    ("tabiji.yaml", include_str!("../../examples/minimal/tabiji.yaml")),
    ("people.yaml", include_str!("../../examples/minimal/people.yaml")),
    ("mail.yaml", include_str!("../../examples/minimal/mail.yaml")),
    ("journeys/guide.yaml", include_str!("../../examples/minimal/journeys/guide.yaml")),
    ("emails/guide.md", include_str!("../../examples/minimal/emails/guide.md")),
    ("emails/follow-up.md", include_str!("../../examples/minimal/emails/follow-up.md")),
    ("tests.yaml", include_str!("../../examples/minimal/tests.yaml")),
    ("leads/sample.csv", include_str!("../../examples/minimal/leads/sample.csv")),
];

/// Where the schema stands in a project, for editors.
const SCHEMA: &str = ".tabiji/schema.json";

/// The first words of the line by which editors find the schema.
const MODELINE: &str = "# yaml-language-server: $schema=";

/// Writes a small working project. Nothing that is there already is touched.
pub(super) fn init(args: &InitArgs) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let in_the_way: Vec<&str> = paths().filter(|path| folder.join(path).symlink_metadata().is_ok()).collect();
    if !in_the_way.is_empty() {
        let list = in_the_way.join("\n  ");
        return Err(Failure::usage(format!("nothing was written: these files are in the way\n  {list}")));
    }
    write_all(folder).inspect_err(|_| take_back(folder))?;
    print(&told(folder))?;
    Ok(Exit::Fine)
}

fn write_all(folder: &Path) -> Result<(), Failure> {
    for (path, text) in FILES {
        write(folder, path, &with_modeline(path, text))?;
    }
    write(folder, SCHEMA, &schema_text())
}

/// Takes away what was written, since half a project is none. Folders with other files stay.
fn take_back(folder: &Path) {
    for path in paths() {
        let place = folder.join(path);
        let _ = std::fs::remove_file(&place);
        if let Some(parent) = place.parent().filter(|parent| *parent != folder) {
            let _ = std::fs::remove_dir(parent);
        }
    }
}

fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path).chain([SCHEMA])
}

fn write(folder: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let place = folder.join(path);
    if let Some(parent) = place.parent() {
        let failed = |error| Failure::usage(format!("cannot make the folder `{}`: {error}", parent.display()));
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    save(&place, text)
}

/// The text with its modeline pointing at the schema that is written beside it.
fn with_modeline(path: &str, text: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    match text.split_once('\n') {
        Some((first, rest)) if first.starts_with(MODELINE) => format!("{MODELINE}{up}{SCHEMA}\n{rest}"),
        Some(_) | None => text.to_owned(),
    }
}

fn told(folder: &Path) -> String {
    let list: String = paths().map(|path| format!("  {path}\n")).collect();
    let here = folder == Path::new(".");
    let (place, argument) = if here {
        ("here".to_owned(), String::new())
    } else {
        (format!("in {0}", folder.display()), format!(" {}", folder.display()))
    };
    format!(
        "wrote a project {place}:\n{list}try `tabiji check{argument}`, `tabiji test{argument}` and `tabiji simulate{argument}`\n"
    )
}
