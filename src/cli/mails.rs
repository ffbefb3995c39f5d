//! The mails that a command line asks for, rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::Failure;
use super::args::MailArgs;
use super::as_sent::{self, Sending};
use super::leads::{Wanted, leads};
use super::set::{about, as_fixed, settings, with_values};
use super::simulate::{Planned, planned};
use super::spared;
use super::terminal::Terminal;
use crate::backend::sim;
use crate::ir::journey::Action;
use crate::ir::{self, Campaign, Email, Lead, first_instant};
use crate::mail::{Address, File, Locale, Message, Reader, Rendered, Templates, Variant, prepare, variants};
use crate::plan::Plan;
use crate::project;
use crate::text::nearest;

/// A mail for a lead.
pub(super) struct Mail {
    /// The mail's name.
    pub(super) name: String,
    /// The lead's id, and what holds in the variant if it is one.
    pub(super) who: String,
    /// Part of a file's name, the mail's left out.
    pub(super) file: String,
    /// The mail.
    pub(super) rendered: Rendered,
    /// The message.
    pub(super) message: Message,
}

/// What is asked for.
pub(super) struct Asked {
    /// The mails, for each lead.
    pub(super) mails: Vec<Mail>,
    /// Addresses of the leads that were read.
    pub(super) addresses: BTreeSet<String>,
    /// Name of the project.
    pub(super) project: String,
    /// The language of the mails, a tag of BCP 47.
    pub(super) language: String,
}

/// Renders what is asked for.
pub(super) fn mails(args: &MailArgs, in_variants: bool, terminal: &Terminal) -> Result<Asked, Failure> {
    let Planned { mut plan, folder, .. } = planned(&args.path, terminal)?;
    let names = names(args, &plan.campaign)?;
    let (sendings, addresses) = if args.as_sent {
        as_sent::sendings(args, &names, &plan, &folder)?
    } else {
        let (chosen, addresses) = chosen(args, &plan, &folder)?;
        (asked_for(args, &names, &chosen, &plan.campaign)?, addresses)
    };
    let campaign = Arc::new(std::mem::take(&mut plan.campaign));
    let context = Context { campaign, folder };
    let mut out = Vec::new();
    for name in &names {
        let of_email: Vec<&Sending> = sendings.iter().filter(|sending| sending.email == *name).collect();
        context.of_email(name, &of_email, in_variants, &mut out)?;
    }
    let settings = &context.campaign.settings;
    let language = settings.locale.clone().unwrap_or_else(|| "en".to_owned());
    Ok(Asked { mails: out, addresses, project: settings.project.clone(), language })
}

/// Names of the mails.
fn names(args: &MailArgs, campaign: &Campaign) -> Result<Vec<String>, Failure> {
    let unknown = |what: &str, name: &str, near: Option<&str>| {
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("there is no {what} `{name}`{near}"))
    };
    let mut names = args.email.clone();
    for name in &names {
        if !campaign.emails.contains_key(name) {
            return Err(unknown("email", name, nearest(name, campaign.emails.keys().map(String::as_str))));
        }
    }
    if let Some(wanted) = &args.journey {
        let near = || nearest(wanted, campaign.journeys.keys().map(String::as_str));
        let journey = campaign.journeys.get(wanted).ok_or_else(|| unknown("journey", wanted, near()))?;
        for step in &journey.steps {
            if let Action::Send { content, .. } = &step.action
                && campaign.emails.contains_key(content)
                && !names.contains(content)
            {
                names.push(content.clone());
            }
        }
    } else if names.is_empty() {
        names = campaign.emails.keys().cloned().collect();
    }
    if names.is_empty() {
        return Err(Failure::usage("there is no mail to show"));
    }
    Ok(names)
}

/// When mails are read, in seconds since 1970-01-01T00:00:00Z.
fn now(args: &MailArgs, campaign: &Campaign) -> Result<i64, Failure> {
    let first = || campaign.settings.simulation.start.as_ref()?.parse::<Date>().ok().map(|day| day.at(10, 0, 0, 0));
    let local: DateTime = args.at.or_else(first).ok_or_else(|| {
        Failure::usage("when are the mails read? Say `--at 2026-04-01T10:00`, or `simulation: {start: 2026-04-01}`")
    })?;
    Ok(first_instant(local, &zone(campaign)))
}

fn zone(campaign: &Campaign) -> TimeZone {
    TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC)
}

/// The leads asked for, and the addresses of all that were read.
fn chosen(args: &MailArgs, plan: &Plan, folder: &Path) -> Result<(Vec<Lead>, BTreeSet<String>), Failure> {
    let named = !args.leads.is_empty() || plan.campaign.settings.simulation.leads.is_some();
    let made_up = args.leads_from_personas.or((!named).then_some(1));
    let wanted = Wanted { files: &args.leads, made_up, seed: None, events: &[], no_events: true, strict_logs: false };
    let rows = leads(&wanted, plan, folder, None, &sim::Options::default())?;
    let (mut found, mut addresses) = (Vec::new(), BTreeSet::new());
    for lead in rows.flatten() {
        addresses.extend(plan.campaign.email_of(&lead).map(str::to_lowercase));
        let is_wanted = if args.lead.is_empty() {
            found.len() < args.leads_from_personas.map_or(1, |count| usize::try_from(count).unwrap_or(1))
        } else {
            args.lead.contains(&lead.id)
        };
        if is_wanted {
            found.push(lead);
        }
    }
    if let Some(missing) = args.lead.iter().find(|id| !found.iter().any(|lead| lead.id == **id)) {
        return Err(Failure::usage(format!("no lead has the id `{missing}`")));
    }
    if found.is_empty() {
        return Err(Failure::usage("there is no lead to show mails to"));
    }
    Ok((found, addresses))
}

/// Each mail for each lead, with what its row and `--set` say.
fn asked_for(args: &MailArgs, names: &[String], leads: &[Lead], campaign: &Campaign) -> Result<Vec<Sending>, Failure> {
    let now_secs = now(args, campaign)?;
    let settings = settings(args)?;
    let mut found = Vec::new();
    for name in names {
        for lead in leads {
            let about = about(lead, &settings, campaign, now_secs)?;
            let lead = with_values(lead, &settings, campaign)?;
            found.push(Sending { email: name.clone(), lead, about });
        }
    }
    Ok(found)
}

struct Context {
    campaign: Arc<Campaign>,
    folder: PathBuf,
}

impl Context {
    fn of_email(
        &self,
        name: &str,
        sendings: &[&Sending],
        in_variants: bool,
        out: &mut Vec<Mail>,
    ) -> Result<(), Failure> {
        let Some(email) = self.campaign.emails.get(name) else { return Ok(()) };
        let settings = &self.campaign.settings;
        let tag = settings.locale.clone().unwrap_or_else(|| "en".to_owned());
        let locale = Locale { tag, currency: settings.currency.clone() };
        let failed = |why: String| Failure::usage(format!("the mail `{name}`: {why}"));
        let prepared = prepare(email, locale.language()).map_err(|(_, why)| failed(why))?;
        let ways = if in_variants {
            variants(&prepared)
        } else {
            vec![Variant { holds: Vec::new(), fixed: Vec::new(), prepared }]
        };
        for (number, Variant { holds, fixed, prepared }) in ways.iter().enumerate() {
            let holds = if holds.is_empty() { "always".to_owned() } else { holds.join(", ") };
            let templates =
                Templates::compile(prepared, &locale, in_variants).map_err(|error| failed(error.to_string()))?;
            let mut of_lead: BTreeMap<&str, usize> = BTreeMap::new();
            for Sending { lead, about, .. } in sendings {
                let again = of_lead.entry(&lead.id).and_modify(|times| *times += 1).or_insert(1);
                let id = if *again == 1 { lead.id.clone() } else { format!("{}.{again}", lead.id) };
                let now_secs = about.now_secs;
                let (lead, about) = as_fixed(lead, about, fixed, &self.campaign);
                let reader = Reader::new(&self.campaign, name, lead, about);
                let rendered = templates.render(&reader);
                let rendered = rendered.map_err(|error| failed(format!("{error} (lead `{id}`)")))?;
                let message = self.message(name, email, &reader, &rendered, now_secs)?;
                let (who, file) = if in_variants {
                    (format!("{id}: {holds}"), format!("{id}.{}", number + 1))
                } else {
                    (id.clone(), id)
                };
                out.push(Mail { name: name.to_owned(), who, file: safe_name(&file), rendered, message });
            }
        }
        Ok(())
    }

    fn message(
        &self,
        name: &str,
        email: &Email,
        reader: &Reader,
        rendered: &Rendered,
        now_secs: i64,
    ) -> Result<Message, Failure> {
        let sender = self.campaign.senders.get(&email.sender);
        let sender = sender.ok_or_else(|| Failure::usage(format!("there is no sender `{}`", email.sender)))?;
        let topic = self.campaign.topics.get(&email.topic);
        let is_marketing = topic.is_none_or(ir::Topic::is_marketing);
        let read = |path: &str| {
            spared::note(&self.folder.join(path));
            let bytes = project::bytes(&self.folder, path, project::MAX_MAIL_FILE);
            let bytes =
                bytes.map_err(|why| Failure::usage(format!("the mail `{name}`: `{path}` cannot be read: {why}")))?;
            Ok(File { path: path.to_owned(), bytes })
        };
        let images = crate::mail::project_images(&rendered.html);
        Ok(Message {
            from: Address { name: sender.name.clone(), email: sender.email.clone() },
            reply_to: sender.reply_to.clone(),
            to: reader.email().unwrap_or("nobody@example.invalid").to_owned(),
            subject: rendered.subject.clone(),
            at_secs: now_secs,
            zone: zone(&self.campaign),
            token: reader.token().to_owned(),
            unsubscribe: is_marketing.then(|| reader.unsubscribe_url().to_owned()),
            html: rendered.html.clone(),
            text: rendered.text.clone(),
            images: images.iter().map(|path| read(path)).collect::<Result<_, Failure>>()?,
            attachments: email.attachments.iter().map(|path| read(path)).collect::<Result<_, Failure>>()?,
        })
    }
}

/// An id as part of a file's name.
fn safe_name(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '_' }).collect()
}
