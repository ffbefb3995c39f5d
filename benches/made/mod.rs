//! A project of any size, made up: what `check` is measured with.
//!
//! In: how many journeys, and how long. Out: files, the same bytes for the same number; file 17 of a project of 100 is file 17 of one
//! of 5,000. Never: anything that `check` finds fault with.
//!
//! One file describes the people, and each journey has a file of its own with its segments and mails: 10 to 30 steps
//! unless told otherwise, 2 to 4 segments, 3 to 8 mails, about 8 KB.

mod draws;
mod journey;
mod words;

use std::fs;
use std::io;
use std::path::Path;

use draws::Draws;

/// The files of a project with so many journeys, of so many steps or a few more if it is given: path and text.
pub fn project(journeys: usize, steps: Option<usize>) -> Vec<(String, String)> {
    let files = (0..journeys).map(|number| {
        let area = words::AREAS[number % words::AREAS.len()];
        let name = format!("{area}-{number:05}");
        (format!("{area}/{name}.yaml"), journey::file(&name, steps, &mut Draws::of(number as u64)))
    });
    [("tabiji.yaml".to_owned(), SETTINGS.to_owned()), ("people.yaml".to_owned(), PEOPLE.to_owned())]
        .into_iter()
        .chain(files)
        .collect()
}

/// Writes such a project into a folder.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write(folder: &Path, journeys: usize, steps: Option<usize>) -> io::Result<()> {
    for (path, text) in project(journeys, steps) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

const SETTINGS: &str = include_str!("tabiji.yaml.txt");
const PEOPLE: &str = include_str!("people.yaml.txt");
