//! `legal-part-of-sender`, `legal-part-of-mail`, `law-asks-for-consent`, `implied-too-long`, `consent-without-text`: duties of
//! laws on mail that can be looked for in a campaign. Whether a campaign is lawful is for lawyers to say.
//!
//! Japan: 特定電子メール法 (articles 3 and 4; rule 9 of its ordinance). European Union: directive 2002/58/EC, article 13, and
//! regulation 2016/679, article 7. United States: 15 U.S.C. 7704. Canada: S.C. 2010, c. 23, sections 6, 10 and 11.

use std::collections::BTreeSet;

use super::super::Context;
use super::Mail;
use crate::analysis::mail::plain;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{Campaign, Consent, Law, Name, Sender, Topic};

/// How long consent may follow from a purchase in Canada (section 10(10)): two years, of 366 days at most.
const CANADA_SECS: i64 = 2 * 366 * 24 * 3600;

/// Duties on single mails.
pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    if !mail.under(Law::Jp) || !mail.is_marketing() || mail.texts.body.is_none() {
        return;
    }
    // Article 4: who sends it has to be named in the mail itself, with the way to refuse.
    let words = plain(mail.body());
    let Some(sender) = mail.sender else { return };
    let names = [sender.name.as_deref(), sender.address.as_deref()].into_iter().flatten();
    let is_named = names.flat_map(str::split_whitespace).any(|word| word.chars().count() >= 2 && words.contains(word));
    if is_named {
        return;
    }
    let message = "`jp` asks for the name of the sender in the mail, and this body does not have it";
    let finding = mail.finding(Code::LegalPartOfMail, &mail.last_line(), message).here("the body ends here");
    let finding = finding.also(sender.origin.0, "the sender is defined here");
    sink.push(finding.help("write the sender's name and postal address at the end of the body (特定電子メール法 4)"));
}

/// Duties on senders and topics.
pub(super) fn check_campaign(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let laws = &campaign.settings.laws;
    if laws.is_empty() {
        return;
    }
    let marketing = || campaign.emails.values().filter(|email| is_marketing(campaign, &email.topic));
    let senders: BTreeSet<&Name> = marketing().map(|email| &email.sender).collect();
    for (name, sender) in senders.into_iter().filter_map(|name| Some((name, campaign.senders.get(name)?))) {
        of_sender(name, sender, laws, sink);
    }
    let topics: BTreeSet<&Name> = marketing().map(|email| &email.topic).collect();
    for (name, topic) in topics.into_iter().filter_map(|name| Some((name, campaign.topics.get(name)?))) {
        of_topic(name, topic, campaign, sink);
    }
    of_markets(campaign, sink);
}

fn is_marketing(campaign: &Campaign, topic: &Name) -> bool {
    campaign.topics.get(topic).is_some_and(Topic::is_marketing)
}

/// Those of the project's laws that are among `which`, as "`ca` and `jp` ask"; `None` without any.
fn asking(laws: &[Law], which: &[Law]) -> Option<String> {
    let names: Vec<String> =
        laws.iter().filter(|law| which.contains(law)).map(|law| format!("`{}`", law.word())).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} asks")),
        [first @ .., last] => Some(format!("{} and {last} ask", first.join(", "))),
    }
}

fn of_sender(name: &Name, sender: &Sender, laws: &[Law], sink: &mut Sink) {
    let lacks = [
        (sender.name.is_none(), &[Law::Ca, Law::Eu, Law::Jp][..], "a name", "write `from: {name: …, email: …}`"),
        (sender.address.is_none(), &[Law::Ca, Law::Jp, Law::Us][..], "a postal address", "write `address: …`"),
        (
            sender.reply_to.is_none() && is_deaf(&sender.email),
            &[Law::Ca, Law::Jp][..],
            "a contact for questions",
            "give it a `reply_to` that somebody reads",
        ),
    ];
    for (is_missing, asked_by, what, help) in lacks {
        let Some(asking) = asking(laws, asked_by).filter(|_| is_missing) else { continue };
        let message = format!("`{name}` sends marketing mails without {what}, and {asking} for one");
        let finding = Diagnostic::new(Code::LegalPartOfSender, sender.origin.0, message);
        sink.push(finding.help(help));
    }
}

fn is_deaf(email: &str) -> bool {
    let local = email.split('@').next().unwrap_or("").to_ascii_lowercase();
    matches!(local.replace(['-', '_', '.'], "").as_str(), "noreply" | "donotreply")
}

fn of_topic(name: &Name, topic: &Topic, campaign: &Campaign, sink: &mut Sink) {
    let Some(asking) = asking(&campaign.settings.laws, &[Law::Ca, Law::Eu, Law::Jp]) else { return };
    if topic.consent == Consent::OptOut {
        // Markets say for themselves who has to agree.
        if campaign.policies.permission.markets.iter().any(|market| market.consent.is_some()) {
            return;
        }
        let message = format!("`{name}` takes everybody in until they leave, and {asking} for consent before");
        let finding = Diagnostic::new(Code::LawAsksForConsent, topic.origin.0, message);
        sink.push(finding.help("write `consent: opt_in` or `double_opt_in`, or name the markets that ask for less"));
    } else if topic.wording.is_none() {
        let message = format!("what leads agree to with `{name}` is not kept, and {asking} for a record of it");
        let finding = Diagnostic::new(Code::ConsentWithoutText, topic.origin.0, message);
        sink.push(finding.help("write `text:` with the words beside the box that leads tick"));
    }
}

fn of_markets(campaign: &Campaign, sink: &mut Sink) {
    if !campaign.settings.laws.contains(&Law::Ca) {
        return;
    }
    for market in &campaign.policies.permission.markets {
        let Some(implied) = &market.implied else { continue };
        if implied.for_secs <= CANADA_SECS {
            continue;
        }
        let days = implied.for_secs / (24 * 3600);
        let message = format!(
            "`{}` counts consent for {days} days after `{}`, and `ca` for two years at most",
            market.name, implied.event
        );
        let finding = Diagnostic::new(Code::ImpliedTooLong, market.origin.0, message);
        sink.push(finding.help("write `for: 730 days` or less; after an inquiry six months"));
    }
}
