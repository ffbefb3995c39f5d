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
    /// Number of the event that tells of it, in the timeline.
    number: usize,
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

impl Said {
    /// What comes first of what is told of one second: nothing arrives or comes back before it was sent.
    fn rank(&self) -> u8 {
        match self {
            Said::Sent => 0,
            Said::Delivered | Said::Bounced(_) => 1,
            Said::Opened | Said::Clicked | Said::Left(_) | Said::Complained => 2,
        }
    }
}

/// An event about something that was sent.
struct Told<'a> {
    event: &'a Outside,
    /// Its number in the timeline.
    number: usize,
    said: Said,
    /// The property that names what was sent.
    property: &'static str,
    /// What, and by which journey and step, as far as it tells.
    content: [Option<String>; 3],
}

/// What was sent to a lead, in the order of time; and how many events are about nothing that was.
pub fn sent(campaign: &Campaign, lead: &Lead) -> (Vec<Sent>, u64) {
    let (mut all, mut astray) = (Vec::new(), 0);
    for told in told(lead) {
        if matches!(told.said, Said::Sent) {
            all.push(new(campaign, &told));
        } else if !note(&mut all, campaign, &told) {
            astray += 1;
        }
    }
    (all, astray)
}

/// What a log tells of what was sent, second by second: the order of its lines within a second may be any.
fn told(lead: &Lead) -> Vec<Told<'_>> {
    let all = lead.timeline.iter().flatten().enumerate().filter_map(|(number, event)| {
        let (said, property) = said(event)?;
        let content = [Some(text(event, property)?), text(event, "journey"), text(event, "step")];
        Some(Told { event, number, said, property, content })
    });
    let mut all: Vec<Told<'_>> = all.collect();
    all.sort_by_key(|told| (told.event.at_secs, told.said.rank()));
    all
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

fn new(campaign: &Campaign, told: &Told<'_>) -> Sent {
    let content = told.content.clone();
    let name = content[0].as_deref().unwrap_or_default();
    let email = campaign.emails.get(name).filter(|_| told.property == "email");
    let message = campaign.messages.get(name).filter(|_| told.property == "message");
    let topic = email.map(|email| &email.topic).or(message.map(|message| &message.topic));
    let factors = email.map(|email| [email.open_factor, email.click_factor]);
    let factors = factors.or(message.map(|message| [message.open_factor, message.click_factor]));
    Sent {
        channel: message.map_or(Channel::Email, |message| message.channel),
        factors: factors.unwrap_or([1.0, 1.0]),
        marketing: topic.and_then(|topic| campaign.topics.get(topic)).is_none_or(|topic| topic.is_marketing()),
        plain: content[1].as_ref().is_none_or(|journey| campaign.journeys.contains_key(journey)),
        content,
        number: told.number,
        at: told.event.at_secs,
        delivered: None,
        bounced: None,
        opened: None,
        clicked: None,
        left: None,
        complained: None,
    }
}

/// Notes what became of the last sending that an event can be about: of one that is told before it, else of one of the same
/// second. Gives whether there is one.
fn note(all: &mut Vec<Sent>, campaign: &Campaign, told: &Told<'_>) -> bool {
    // What an event does not tell, it does not deny.
    let fits = |sent: &Sent| {
        sent.content.iter().zip(&told.content).all(|(one, other)| one.is_none() || other.is_none() || one == other)
    };
    let is_delivery = matches!(told.said, Said::Delivered);
    let is_waiting = |sent: &Sent| !is_delivery || (sent.delivered.is_none() && sent.bounced.is_none());
    let is_before = |sent: &Sent| told.said.rank() == 1 || sent.number < told.number;
    let place = all
        .iter()
        .rposition(|sent| fits(sent) && is_waiting(sent) && is_before(sent))
        .or_else(|| all.iter().rposition(|sent| fits(sent) && is_waiting(sent)));
    let sent = match place {
        Some(place) => &mut all[place],
        // Some logs tell of deliveries alone.
        None if is_delivery => {
            all.push(new(campaign, told));
            let last = all.len() - 1;
            &mut all[last]
        }
        None => return false,
    };
    let at = told.event.at_secs;
    match &told.said {
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
