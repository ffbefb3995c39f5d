//! What became of each mail and message, by the log.
//!
//! In: the timeline of a lead. Out: what was sent to it, with what happened to it. Never: another lead.

use crate::ir::{Campaign, Channel, Lead, Outside, Value};

/// Something that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// By which channel.
    pub channel: Channel,
    /// What, and by which journey and step, as far as the log tells.
    content: [Option<String>; 3],
    /// Multipliers of the chances to open and to click.
    pub factors: [f64; 2],
    /// Whether it can make the lead unsubscribe.
    pub marketing: bool,
    /// Whether a journey of the campaign sent it: not a request for a confirmation, which is answered in its own way.
    pub plain: bool,
    /// When it was sent.
    pub at: i64,
    /// When it arrived.
    pub delivered: Option<i64>,
    /// Whether it came back for good.
    pub bounced: Option<bool>,
    /// When it was opened first.
    pub opened: Option<i64>,
    /// When it was clicked first.
    pub clicked: Option<i64>,
    /// When it made the lead unsubscribe, or choose a pause or fewer.
    pub left: Option<(i64, Leaving)>,
    /// When it was reported.
    pub complained: Option<i64>,
}

/// How a lead leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It unsubscribes.
    Unsubscribes,
    /// It gets nothing for a while.
    Pauses,
    /// It gets fewer.
    Fewer,
}

/// What an event says of something that was sent.
enum Said {
    Sent,
    Delivered,
    Bounced(bool),
    Opened,
    Clicked,
    Left(Leaving),
    Complained,
}

/// What was sent to a lead, in the order of time; and how many events are about nothing that was.
pub fn sent(campaign: &Campaign, lead: &Lead) -> (Vec<Sent>, u64) {
    let (mut all, mut astray) = (Vec::new(), 0);
    for event in lead.timeline.iter().flatten() {
        let Some((said, property)) = said(event) else { continue };
        let Some(name) = text(event, property) else { continue };
        let content = [Some(name), text(event, "journey"), text(event, "step")];
        if matches!(said, Said::Sent) {
            all.push(new(campaign, event, property, content));
        } else if !note(&mut all, campaign, event, property, &said, content) {
            astray += 1;
        }
    }
    (all, astray)
}

fn said(event: &Outside) -> Option<(Said, &'static str)> {
    const EMAIL: &str = "email";
    const MESSAGE: &str = "message";
    let of = if event.with.contains_key(MESSAGE) { MESSAGE } else { EMAIL };
    let is_hard = || text(event, "kind").is_some_and(|kind| matches!(kind.as_str(), "hard" | "invalid" | "blocked"));
    Some(match event.event.as_str() {
        "email_sent" => (Said::Sent, EMAIL),
        "email_delivered" => (Said::Delivered, EMAIL),
        "email_bounced" => (Said::Bounced(is_hard()), EMAIL),
        "email_opened" => (Said::Opened, EMAIL),
        "email_clicked" => (Said::Clicked, EMAIL),
        "message_sent" => (Said::Sent, MESSAGE),
        "message_delivered" => (Said::Delivered, MESSAGE),
        "message_failed" => (Said::Bounced(is_hard()), MESSAGE),
        "message_opened" => (Said::Opened, MESSAGE),
        "message_clicked" => (Said::Clicked, MESSAGE),
        "unsubscribed" => (Said::Left(Leaving::Unsubscribes), of),
        "complained" => (Said::Complained, of),
        "preferences_changed" => match text(event, "choice")?.as_str() {
            "pause" => (Said::Left(Leaving::Pauses), EMAIL),
            "fewer" => (Said::Left(Leaving::Fewer), EMAIL),
            _ => return None,
        },
        _ => return None,
    })
}

fn text(event: &Outside, property: &str) -> Option<String> {
    match event.with.get(property) {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(_) | None => None,
    }
}

fn new(campaign: &Campaign, event: &Outside, property: &str, content: [Option<String>; 3]) -> Sent {
    let name = content[0].as_deref().unwrap_or_default();
    let email = campaign.emails.get(name).filter(|_| property == "email");
    let message = campaign.messages.get(name).filter(|_| property == "message");
    let topic = email.map(|email| &email.topic).or(message.map(|message| &message.topic));
    let factors = email.map(|email| [email.open_factor, email.click_factor]);
    let factors = factors.or(message.map(|message| [message.open_factor, message.click_factor]));
    Sent {
        channel: message.map_or(Channel::Email, |message| message.channel),
        factors: factors.unwrap_or([1.0, 1.0]),
        marketing: topic.and_then(|topic| campaign.topics.get(topic)).is_none_or(|topic| topic.is_marketing()),
        plain: content[1].as_ref().is_none_or(|journey| campaign.journeys.contains_key(journey)),
        content,
        at: event.at_secs,
        delivered: None,
        bounced: None,
        opened: None,
        clicked: None,
        left: None,
        complained: None,
    }
}

/// Notes what became of the last sending that an event can be about. Gives whether there is one.
fn note(
    all: &mut Vec<Sent>,
    campaign: &Campaign,
    event: &Outside,
    property: &str,
    said: &Said,
    content: [Option<String>; 3],
) -> bool {
    // What an event does not tell, it does not deny.
    let fits = |sent: &Sent| {
        sent.content.iter().zip(&content).all(|(one, other)| one.is_none() || other.is_none() || one == other)
    };
    let is_delivery = matches!(said, Said::Delivered);
    let is_waiting = |sent: &Sent| !is_delivery || (sent.delivered.is_none() && sent.bounced.is_none());
    let place = all.iter().rposition(|sent| fits(sent) && is_waiting(sent));
    let sent = match place {
        Some(place) => &mut all[place],
        // Some logs tell of deliveries alone.
        None if is_delivery => {
            all.push(new(campaign, event, property, content));
            let last = all.len() - 1;
            &mut all[last]
        }
        None => return false,
    };
    let at = event.at_secs;
    match said {
        Said::Sent => {}
        Said::Delivered => sent.delivered = Some(at),
        Said::Bounced(hard) => sent.bounced = Some(*hard),
        Said::Opened => sent.opened = sent.opened.or(Some(at)),
        Said::Clicked => sent.clicked = sent.clicked.or(Some(at)),
        Said::Left(how) => sent.left = sent.left.or(Some((at, *how))),
        Said::Complained => sent.complained = sent.complained.or(Some(at)),
    }
    true
}
