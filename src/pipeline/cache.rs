//! What was proved of mails, kept between runs: the search is skipped where nothing that it reads has changed.
//!
//! The result of one run is kept under a key of its content: this program, and the campaign without what no proof reads. Where
//! files are, how they are laid out and what mails say has no part in it.
//!
//! In: a folder. Out: what a former run has proved of the same. Never: a fault; a file that is missing, broken, or of another
//! program or campaign is none.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::analysis::flood::Flood;
use crate::ir::{Campaign, Email};

/// The one file that is kept.
const FILE: &str = "mails.json";

/// A folder for what is kept between runs.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// If it cannot be made or written to.
    pub fn open(folder: &Path) -> io::Result<Cache> {
        std::fs::create_dir_all(folder)?;
        tempfile::tempfile_in(folder)?;
        Ok(Cache { folder: folder.to_owned() })
    }

    /// What was proved of a campaign that is the same to every proof, and the key by which to keep what is proved now.
    /// `None` if there is no telling what is the same.
    pub(super) fn look_up(&self, campaign: &Campaign) -> Option<(String, Option<Flood>)> {
        let key = key(campaign)?;
        let text = std::fs::read_to_string(self.folder.join(FILE)).unwrap_or_default();
        let kept = read(&text).filter(|kept| kept.key == key);
        let flood = kept.and_then(|kept| kept.flood.into_owned().placed(campaign));
        Some((key, flood))
    }

    /// Keeps what was proved, in place of what was kept before. If it cannot be kept, nothing is lost but time.
    pub(super) fn keep(&self, key: String, flood: &Flood) {
        let Some(text) = written(key, flood) else { return };
        let written = tempfile::NamedTempFile::new_in(&self.folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.persist(self.folder.join(FILE)).map_err(|error| error.error)
        });
        // A full disk is no fault of the campaign.
        drop(written);
    }
}

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept<'f> {
    key: String,
    flood: Cow<'f, Flood>,
}

/// The text of the file: a checksum, and what it is of. `None` if it would not come back as it is.
fn written(key: String, flood: &Flood) -> Option<String> {
    let body = serde_json::to_string(&Kept { key, flood: Cow::Borrowed(flood) }).ok()?;
    let text = format!("{:032x}\n{body}", xxh3_128(body.as_bytes()));
    (*read(&text)?.flood == *flood).then_some(text)
}

fn read(text: &str) -> Option<Kept<'static>> {
    let (sum, body) = text.split_once('\n')?;
    if u128::from_str_radix(sum, 16) == Ok(xxh3_128(body.as_bytes())) { serde_json::from_str(body).ok() } else { None }
}

/// A hash of this program and of all of a campaign that proofs may read. `None` if there is no telling.
fn key(campaign: &Campaign) -> Option<String> {
    let mut hash = Hashing(Xxh3::new());
    hash.0.update(&(*PROGRAM.get_or_init(program))?.to_le_bytes());
    content(campaign, &mut hash)?;
    Some(format!("{:032x}", hash.0.digest128()))
}

/// The hash of this program.
static PROGRAM: OnceLock<Option<u128>> = OnceLock::new();

/// Another build may prove otherwise, whatever version it says it has.
fn program() -> Option<u128> {
    let mut hash = Hashing(Xxh3::new());
    io::copy(&mut std::fs::File::open(std::env::current_exe().ok()?).ok()?, &mut hash).ok()?;
    Some(hash.0.digest128())
}

/// All parts of a campaign but the texts of mails: no proof reads them, and they are what is edited most.
fn content(campaign: &Campaign, hash: &mut Hashing) -> Option<()> {
    let Campaign {
        settings,
        fields,
        events,
        tracking,
        personas,
        scoring,
        grading,
        lifecycle,
        segments,
        segment_order,
        lists,
        topics,
        senders,
        calendars,
        policies,
        channels,
        cleaning,
        emails,
        messages,
        integrations,
        journeys,
        experiments,
        kpis,
        journey_map,
        sources,
        pages,
        forms,
        catalogs,
        moved,
        migrate,
    } = campaign;
    hash.add(&(settings, fields, events, tracking, personas))?;
    hash.add(&(scoring, grading, lifecycle, segments, segment_order, lists))?;
    hash.add(&(topics, senders, calendars, policies, channels, cleaning))?;
    hash.add(&(messages, integrations, journeys, experiments))?;
    hash.add(&(kpis, journey_map, sources, pages, forms, catalogs, moved, migrate))?;
    emails.iter().try_for_each(|(name, email)| {
        let Email {
            topic,
            sender,
            repeat,
            open_factor,
            click_factor,
            label: _,
            subject: _,
            preheader: _,
            body: _,
            text: _,
            attachments: _,
            origin: _,
        } = email;
        hash.add(&(name, topic, sender, repeat, open_factor, click_factor))
    })
}

struct Hashing(Xxh3);

impl Hashing {
    fn add(&mut self, part: &impl Serialize) -> Option<()> {
        self.0.update(&serde_json::to_vec(part).ok()?);
        self.0.update(b"\n");
        Some(())
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Flood, read, written};

    #[test]
    fn what_is_kept_comes_back_unless_it_is_broken() {
        let text = written("key".to_owned(), &Flood::default()).unwrap();
        assert_eq!(read(&text).unwrap().key, "key");
        for at in 0..text.len() {
            let mut broken = text.clone().into_bytes();
            broken[at] ^= 1;
            let broken = String::from_utf8(broken).unwrap();
            // Capital letters of the checksum are the same number.
            assert!(read(&broken).is_none() || broken.eq_ignore_ascii_case(&text), "{broken}");
            assert!(read(&text[..at]).is_none());
        }
        assert!(read("").is_none());
    }
}
