//! The one place that knows the order of the stages.
//!
//! In: a project's folder. Out: a [`Checked`] campaign with everything that was found on the way. Never: how findings
//! are shown.

mod aliases;
mod allows;
mod cache;
mod overrides;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

pub use crate::project::OpenError;
pub use cache::Cache;
pub use overrides::Override;

use crate::analysis::Facts;
use crate::analysis::flood::{Flood, Wanted};
use crate::analysis::mail::images_named;
use crate::ast::limits::Body;
use crate::ast::{self, Declarations};
use crate::diag::suppress::{self, Allow};
use crate::diag::{self, Code, Diagnostic, Level, Levels, Sink};
use crate::ir::scenario::Test;
use crate::ir::{self, Campaign};
use crate::project::{self, Loaded};
use crate::resolve::{self, Attachments, Broken, Resolution};
use crate::text::{FileId, SourceMap, Span, nearest};
use crate::{analysis, leads, rules, schema, syntax, witness};

/// A project after every stage up to the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    /// All files that were read.
    pub sources: SourceMap,
    /// What was found, without what the project allows, by place.
    pub findings: Vec<Diagnostic>,
    /// The campaign; `None` when faults leave its meaning open.
    pub campaign: Option<Campaign>,
    /// The project's own levels, for rules that only a run can hold.
    pub levels: Levels,
    /// The project's folder.
    pub root: PathBuf,
    /// The project's own tests, by name; those that have no fault.
    pub tests: Vec<Test>,
    /// The most mails that one lead can get, by rule.
    pub flood: Flood,
}

/// Reads the project at `root` and checks everything that can be known without leads.
///
/// # Errors
/// If there is no project, or it cannot be read at all. Files that cannot be read are findings instead.
pub fn check(root: &Path) -> Result<Checked, OpenError> {
    check_cached(root, None)
}

/// The same; what a former run has proved of mails is taken from a cache, and kept in it.
///
/// # Errors
/// If there is no project, or it cannot be read at all. Files that cannot be read are findings instead.
pub fn check_cached(root: &Path, cache: Option<&Cache>) -> Result<Checked, OpenError> {
    run(root, &[], Wanted::All, cache)
}

/// The same findings, for whoever wants to know nothing else: of mails only what findings are made of is found out.
///
/// # Errors
/// If there is no project, or it cannot be read at all. Files that cannot be read are findings instead.
pub fn findings(root: &Path) -> Result<Checked, OpenError> {
    findings_with(root, &[])
}

/// The same findings, with other values in the place of some.
///
/// # Errors
/// As [`findings`]; and if there is no such value.
pub fn findings_with(root: &Path, overrides: &[Override]) -> Result<Checked, OpenError> {
    run(root, overrides, Wanted::Findings, None)
}

fn run(root: &Path, overrides: &[Override], wanted: Wanted, cache: Option<&Cache>) -> Result<Checked, OpenError> {
    let (loaded, ()) = rayon::join(|| project::open(root), schema::prepare);
    let mut loaded = loaded?;
    overrides::apply(&mut loaded, overrides).map_err(OpenError::Unreadable)?;
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let files: Vec<(FileId, bool)> = loaded.into_iter().map(|file| load(file, &mut sources, &mut sink)).collect();
    let read: Vec<ReadFile> = files.par_iter().map(|&(file, sound)| read(file, sound, &sources)).collect();

    let (mut declarations, mut broken, mut allows) = (Vec::with_capacity(read.len()), Vec::new(), Vec::new());
    for (file, &(id, is_whole)) in read.into_iter().zip(&files) {
        sink.found.extend(file.sink.found);
        allows.extend(file.allows);
        match file.declarations {
            Some(found) => declarations.push(found),
            None => broken.push(Broken { file: id, is_whole }),
        }
    }
    let levels = levels(&declarations, &sources, &mut sink);
    let attachments = attach(root, &declarations, &mut sources);
    let resolution = resolve::resolve(&declarations, &broken, &attachments, &sources, &mut sink);
    beside(declarations);
    let facts = facts(&resolution.campaign, is_open(&sink), wanted, cache);
    let mut facts = Facts { mails: analysis::mail::facts(&resolution.mails), ..facts };
    rules::run(&resolution, &facts, &mut sink);
    let flood = std::mem::take(&mut facts.flood);
    beside(facts);
    Ok(Checked { flood, ..finish(root, sources, sink, resolution, &allows, &levels) })
}

/// Frees something large while the work goes on.
fn beside<T: Send + 'static>(large: T) {
    rayon::spawn(move || drop(large));
}

/// What is known of the campaign, its mails included.
fn facts(campaign: &Campaign, is_open: bool, wanted: Wanted, cache: Option<&Cache>) -> Facts {
    let kept = cache.filter(|_| !is_open).and_then(|cache| Some((cache, cache.look_up(campaign)?)));
    if let Some((_, (_, Some(flood)))) = kept {
        return Facts { flood, ..analysis::analyse(campaign, is_open, None) };
    }
    let mut facts = analysis::analyse(campaign, is_open, Some(wanted));
    witness::replay(campaign, &mut facts.flood);
    if let Some((cache, (key, None))) = kept {
        cache.keep(key, &facts.flood);
    }
    facts
}

fn finish(
    root: &Path,
    sources: SourceMap,
    sink: Sink,
    mut resolution: Resolution,
    allows: &[Allow],
    levels: &Levels,
) -> Checked {
    let is_open = is_open(&sink);
    let mut findings = suppress::apply(sink.found, allows, levels, is_open);
    aliases::label(&mut findings, &sources);
    diag::sort(&mut findings, &sources);
    findings.dedup();
    let campaign = std::mem::take(&mut resolution.campaign);
    let campaign = (!is_open).then_some(campaign);
    let tests = std::mem::take(&mut resolution.tests);
    beside(resolution);
    Checked {
        sources,
        findings,
        campaign,
        levels: levels.clone(),
        root: root.to_owned(),
        tests,
        flood: Flood::default(),
    }
}

/// Whether a fault that no project may allow leaves the meaning open.
fn is_open(sink: &Sink) -> bool {
    // What a test says or expects in vain says nothing of the campaign.
    let of_tests = [Code::MadeByTheCampaign, Code::OutsideTheTest, Code::ImpossibleExpectation, Code::AmbiguousStep];
    let is_of_a_test = |finding: &Diagnostic| of_tests.contains(&finding.code);
    let mut errors = sink.found.iter().filter(|finding| finding.level == Level::Error && !is_of_a_test(finding));
    errors.any(|finding| !finding.code.info().adjustable)
}

/// Takes a file into the source map. Gives its number, and whether all of it could be read.
fn load(file: Loaded, sources: &mut SourceMap, sink: &mut Sink) -> (FileId, bool) {
    match file.text {
        Ok(text) => (sources.add(file.path, text), true),
        Err((why, start)) => {
            let length = start.len();
            let id = sources.add(file.path, start);
            let end = Span::new(id, length, length);
            let finding = Diagnostic::new(Code::UnreadableFile, end, format!("this file cannot be read: {why}"));
            let finding = if why.contains("UTF-8") { finding.help("save it as UTF-8") } else { finding };
            sink.push(finding);
            (id, false)
        }
    }
}

/// What one file gives, by itself.
struct ReadFile {
    sink: Sink,
    declarations: Option<Declarations>,
    allows: Vec<Allow>,
}

fn read(file: FileId, sound: bool, sources: &SourceMap) -> ReadFile {
    let mut sink = Sink::default();
    let source = sources.file(file);
    let document = sound.then(|| syntax::parse(file, &source.text, &mut sink)).flatten();
    let Some(document) = document else { return ReadFile { sink, declarations: None, allows: Vec::new() } };
    let allows = allows::find(&document, &source.text);
    let mut declarations = match &document.root {
        Some(root) => {
            let faulty = schema::validate(root, &mut sink);
            ast::lower(root, &faulty, &mut sink)
        }
        None => Declarations::default(),
    };
    declarations.unread.extend(document.rest);
    if source.path != project::ROOT_FILE {
        for (key, span) in &declarations.settings_at {
            if SETTINGS.contains(&key.as_str()) {
                let message = format!("`{key}` is a setting of the project");
                let finding = Diagnostic::new(Code::MisplacedSetting, *span, message);
                sink.push(finding.help(format!("move it to `{}`", project::ROOT_FILE)));
            }
        }
    }
    ReadFile { sink, declarations: Some(declarations), allows }
}

const SETTINGS: &[&str] = &[
    "project",
    "timezone",
    "locale",
    "currency",
    "calendar",
    "best_time",
    "simulation",
    "levels",
    "columns",
    "values",
    "absent",
    "logs",
    "tracking",
    "clients",
    "laws",
];

/// The project's own levels.
fn levels(files: &[Declarations], sources: &SourceMap, sink: &mut Sink) -> Levels {
    let mut levels = Levels::new();
    for (name, level) in files.iter().flat_map(|file| file.settings.levels.iter().flatten()) {
        match Code::find(name) {
            Some(code) if code.info().adjustable => {
                levels.insert(code, level.value.into());
            }
            Some(_) => {
                let message = format!("`{}` is always an error: it leaves open what the campaign means", name.value);
                sink.push(Diagnostic::new(Code::UnknownAllow, name.span, message));
            }
            None => {
                let slugs = Code::ALL.iter().map(|code| code.info().slug);
                let near = nearest(sources.slice(name.span), slugs);
                let message = format!("there is no rule named `{}`", name.value);
                sink.push(Diagnostic::new(Code::UnknownAllow, name.span, message).suggest(near));
            }
        }
    }
    levels
}

/// Reads the templates and list members that declarations point to.
fn attach(root: &Path, files: &[Declarations], sources: &mut SourceMap) -> Attachments {
    let emails = files.iter().flat_map(|file| &file.emails);
    let templates = emails.flat_map(|email| {
        let body = match &email.def.body.value {
            Body::File(path) => Some(path),
            Body::Markdown(_) | Body::Html(_) | Body::Mjml(_) => None,
        };
        body.into_iter().chain(email.def.text.as_ref().map(|text| &text.value))
    });
    let catalogs = files.iter().flat_map(|file| &file.catalogs);
    let tables = catalogs.flat_map(|named| std::iter::once(&named.def.file).chain(&named.def.orders));
    let mut add = |path: &str, text: Result<String, String>| text.map(|text| sources.add(path, text));
    let templates = attachments(root, templates, project::MAX_TEMPLATE);
    let mut templates: BTreeMap<String, _> =
        templates.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
    include(root, files, &mut templates);
    let mail_files = mail_files(root, files, &templates);
    let named: BTreeSet<&str> = templates.keys().map(String::as_str).collect();
    let unused = project::other_templates(root, &named);
    let unused = attachments(root, unused.iter(), project::MAX_TEMPLATE);
    let unused: Vec<_> = unused.into_iter().map(|(path, text)| (path.to_owned(), text.unwrap_or_default())).collect();
    let templates = templates.into_iter().map(|(path, text)| (path.clone(), add(&path, text))).collect();
    let unused_templates = unused.into_iter().filter_map(|(path, text)| add(&path, Ok(text)).ok()).collect();
    let tables = attachments(root, tables.map(|path| &path.value), project::MAX_LIST);
    let tables = tables.into_iter().map(|(path, text)| (path.to_owned(), add(path, text))).collect();
    let mut out = Attachments { templates, mail_files, unused_templates, tables, ..Attachments::default() };
    for path in files.iter().flat_map(|file| &file.calendars).filter_map(|calendar| calendar.def.file.as_ref()) {
        let days = project::attachment(root, path, project::MAX_LIST).and_then(|text| leads::days_off(&text));
        out.days.insert(path.value.clone(), days);
    }
    for path in files.iter().flat_map(|file| &file.lists).filter_map(|list| list.def.members.as_ref()) {
        let text = project::attachment(root, path, project::MAX_LIST);
        let members = text.and_then(|text| leads::members(&text)).map(|members| (members.ids, members.emails));
        out.members.insert(path.value.clone(), members);
    }
    out
}

/// The files that mails bring or show: attachments, and images by their paths.
fn mail_files(
    root: &Path,
    files: &[Declarations],
    templates: &BTreeMap<String, Result<String, String>>,
) -> ir::MailFiles {
    let emails = || files.iter().flat_map(|file| &file.emails);
    let in_place = emails().filter_map(|email| match &email.def.body.value {
        Body::File(_) => None,
        Body::Markdown(text) | Body::Html(text) | Body::Mjml(text) => Some(&text.value),
    });
    let texts = in_place.chain(templates.values().filter_map(|text| text.as_ref().ok()));
    let texts: Vec<&String> = texts.collect();
    let named: Vec<&str> = texts.into_par_iter().flat_map_iter(|text| images_named(text)).collect();
    let mut paths: BTreeSet<&str> = named.into_iter().collect();
    paths.extend(emails().flat_map(|email| email.def.attachments.iter().flatten().map(|path| path.as_str())));
    let paths: Vec<&str> = paths.into_iter().collect();
    let size = |path: &&str| ((*path).to_owned(), project::size(root, path, project::MAX_MAIL_FILE));
    paths.par_iter().map(size).collect()
}

/// Reads the files that templates name, and those that these name, until there is none left.
fn include(root: &Path, files: &[Declarations], templates: &mut BTreeMap<String, Result<String, String>>) {
    let in_place = files.iter().flat_map(|file| &file.emails).filter_map(|email| match &email.def.body.value {
        Body::File(_) => None,
        Body::Markdown(text) | Body::Html(text) | Body::Mjml(text) => Some(&text.value),
    });
    let in_files = templates.values().filter_map(|text| text.as_ref().ok());
    let texts: Vec<&String> = in_place.chain(in_files).collect();
    let mut named: Vec<String> = texts.into_par_iter().flat_map_iter(|text| resolve::files_named(text)).collect();
    while !named.is_empty() {
        named.retain(|path| !templates.contains_key(path));
        let read = attachments(root, named.iter(), project::MAX_TEMPLATE);
        let read: Vec<_> = read.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        named = read
            .iter()
            .filter_map(|(_, text)| text.as_ref().ok())
            .flat_map(|text| resolve::files_named(text))
            .collect();
        templates.extend(read);
    }
}

/// The texts of files, each once, in the order in which they are first asked for.
fn attachments<'a>(
    root: &Path,
    paths: impl Iterator<Item = &'a String>,
    limit: u64,
) -> Vec<(&'a str, Result<String, String>)> {
    let mut seen = BTreeSet::new();
    let paths: Vec<&str> = paths.map(String::as_str).filter(|path| seen.insert(*path)).collect();
    paths.into_par_iter().map(|path| (path, project::attachment(root, path, limit))).collect()
}
