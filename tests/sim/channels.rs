//! Messages of all channels: the same gates, each with its own address, limits and costs.

use tabiji::backend::sim::{Skip, What};
use tabiji::ir::channel::ChannelSettings;
use tabiji::ir::expr::Expr;
use tabiji::ir::{
    Again, Behavior, Channel, Counted, Delay, Fatigue, Frequency, Message, Money, QuietHours, Reading, Window,
};
use tabiji::text::Origin;

use crate::support::*;

/// A lead with every address, and a message of each channel under the channel's name.
fn lab() -> Lab {
    let fields = ["phone", "line_id", "push_token", "postal_address"];
    let lab = fields.iter().fold(Lab::new("UTC", "2026-04-01", 30), |lab, field| lab.field(field, plain()));
    let lab = lab.event("visited", &[]).event("moved", &["phone"]).emails(&["mail"]);
    let lab = Channel::ALL[1..].iter().fold(lab, |lab, channel| lab.message(channel.word(), *channel, |_| {}));
    lab.channel(Channel::Web, |web| web.visit = Some("visited".to_owned()))
        .channel(Channel::Post, |post| post.delivery = Some(exactly(2 * DAY)))
}

impl Lab {
    fn message(mut self, name: &str, channel: Channel, change: impl FnOnce(&mut Message)) -> Lab {
        let mut message = Message {
            label: None,
            channel,
            topic: "news".to_owned(),
            body: String::new(),
            link: None,
            segments: 1,
            repeat: Again::Always,
            open_factor: 1.0,
            click_factor: 1.0,
            outcomes: vec![],
            origin: Origin::default(),
        };
        change(&mut message);
        self.0.messages.insert(name.to_owned(), message);
        self
    }

    fn channel(mut self, channel: Channel, change: impl FnOnce(&mut ChannelSettings)) -> Lab {
        let address = channel.usual().address.map(str::to_owned).into_iter().collect();
        let usual = ChannelSettings { address, expires_secs: 7 * DAY, ..ChannelSettings::default() };
        change(self.0.channels.entry(channel).or_insert(usual));
        self
    }

    fn reachable(&self) -> tabiji::ir::Lead {
        let given = ["phone", "line_id", "push_token", "postal_address"].map(|field| (field, text("x")));
        self.lead_with("lead", &given)
    }

    fn watch_reachable(&self) -> Watched {
        self.run_one(self.reachable())
    }
}

fn exactly(secs: i64) -> Delay {
    Delay::LogNormal { median_secs: secs, p90_secs: secs }
}

/// Reads everything after exactly an hour.
fn reads(channel: Channel, change: impl FnOnce(&mut Reading)) -> Behavior {
    let mut reading = Reading {
        open: 1.0,
        click: 0.0,
        unsubscribe: 0.0,
        complain: 0.0,
        fail: 0.0,
        invalid: 0.0,
        open_delay: exactly(HOUR),
        click_delay: exactly(MINUTE),
    };
    change(&mut reading);
    Behavior { messages: [(channel, reading)].into(), ..Behavior::default() }
}

fn sends(watched: &Watched) -> Vec<(i64, String)> {
    let name = |text: String| text.split(' ').next().unwrap_or("").trim_matches('`').to_owned();
    watched.sent_at().into_iter().map(|(at, text)| (at, name(text))).collect()
}

fn events(watched: &Watched, name: &str) -> Vec<(i64, String)> {
    let start = watched.outcome.run.start_secs;
    let lines =
        watched.trace.iter().filter(|line| line.what == What::Event && line.text.starts_with(&format!("`{name}`")));
    lines.map(|line| (line.at_secs - start, line.text.clone())).collect()
}

fn skipped(watched: &Watched, message: &str) -> Vec<(Skip, u64)> {
    watched.outcome.figures.messages.get(message).unwrap().skipped.iter().map(|(skip, count)| (*skip, *count)).collect()
}

#[test]
fn each_channel_has_its_address() {
    let lab = lab().all("j", steps(Channel::ALL[1..].iter().map(|channel| send(channel.word())).collect()));
    let nobody = lab.watch();
    // Only the web site reaches somebody of whom nothing but the e-mail address is known.
    assert_eq!(sends(&nobody), [at(0, "web")]);
    for channel in ["sms", "line", "push", "post", "call"] {
        assert_eq!(skipped(&nobody, channel), [(Skip::NoAddress, 1)], "{channel}");
    }
    assert_eq!(sends(&lab.watch_reachable()).len(), 6);
    // The address of several fields is there only if all of them are.
    let both = lab.channel(Channel::Post, |post| post.address.push("phone".to_owned()));
    let lead = both.lead_with("lead", &[("postal_address", text("x"))]);
    assert_eq!(skipped(&both.run_one(lead), "post"), [(Skip::NoAddress, 1)]);
}

#[test]
fn events_say_which_message_and_channel() {
    let lab = lab().all("j", steps(vec![send("sms")])).watch_reachable();
    let happened = events(&lab, "message_sent");
    assert_eq!(
        happened,
        [(0, "`message_sent` channel=\"sms\" journey=\"j\" message=\"sms\" step=\"s1\" topic=\"news\"".to_owned())]
    );
    assert!(events(&lab, "email_sent").is_empty());
}

#[test]
fn a_message_is_read_as_its_channel_is() {
    let behavior = reads(Channel::Line, |line| line.click = 1.0);
    let watched = lab()
        .persona("p", truth(), behavior)
        .all("j", steps(vec![send("line"), send("sms"), send("mail")]))
        .watch_reachable();
    assert_eq!(events(&watched, "message_opened").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [HOUR]);
    assert_eq!(events(&watched, "message_clicked").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [HOUR + MINUTE]);
    let figures = &watched.outcome.figures;
    let line = figures.messages.get("line").unwrap();
    assert_eq!((line.delivered, line.opened, line.clicked), (1, 1, 1));
    assert_eq!(figures.messages.get("sms").unwrap().opened, 0);
    // Figures of mails and of personas are about mail alone.
    assert_eq!(figures.mails.leads_by_mails, [(1, 1)].into());
    assert_eq!((figures.personas.get("p").unwrap().sent, figures.personas.get("p").unwrap().opened), (1, 0));
    assert_eq!(figures.contacts.leads_by_contacts, [(3, 1)].into());
    assert_eq!(figures.contacts.busiest_week.most, 3);
}

#[test]
fn quiet_hours_of_the_channel_stand_before_those_of_the_policy() {
    let night = QuietHours {
        from_minute: 18 * 60,
        to_minute: 10 * 60,
        weekdays: vec![],
        holidays: None,
        lead_time: true,
        origin: Origin::default(),
    };
    let lab = lab().quiet(20 * 60, 8 * 60, &[]).channel(Channel::Sms, |sms| sms.quiet_hours = Some(night));
    // At 19:00 only the short message waits; at 21:00 all but what disturbs nobody.
    let asks =
        vec![wait(19 * HOUR), send("sms"), send("line"), wait(DAY + 2 * HOUR), send("line"), send("web"), send("post")];
    let watched = lab.clone().all("j", steps(asks)).watch_reachable();
    let expected = [
        (34 * HOUR, "sms".to_owned()),
        (34 * HOUR, "line".to_owned()), // asked for when the short message had gone
        (2 * DAY + 12 * HOUR, "line".to_owned()),
        (2 * DAY + 12 * HOUR, "web".to_owned()),
        (2 * DAY + 12 * HOUR, "post".to_owned()),
    ];
    assert_eq!(sends(&watched), expected);
    let night = lab.all("j", steps(vec![wait(21 * HOUR), send("web"), send("post"), send("line")])).watch_reachable();
    assert_eq!(sends(&night)[..2], [(21 * HOUR, "web".to_owned()), (21 * HOUR, "post".to_owned())]);
    assert_eq!(sends(&night)[2], (32 * HOUR, "line".to_owned()));
}

#[test]
fn frequency_rules_count_the_channels_they_name() {
    // Two a week, of what comes unasked: the banner and the letter neither count nor wait.
    let week = lab().frequency(2, Window::RollingSecs(7 * DAY), false);
    let asks = vec![send("mail"), send("web"), send("post"), send("line"), send("sms"), send("web"), send("call")];
    let watched = week.all("j", steps(asks.clone())).watch_reachable();
    assert_eq!(
        sends(&watched).iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["mail", "web", "post", "line", "web"]
    );
    assert_eq!(skipped(&watched, "sms"), [(Skip::Capped, 1)]);
    // A rule that names channels.
    let mut named = lab().frequency(1, Window::RollingSecs(7 * DAY), false);
    named.0.policies.frequency[0].channels = vec![Channel::Line, Channel::Web];
    let watched = named.all("j", steps(asks)).watch_reachable();
    assert_eq!(
        sends(&watched).iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["mail", "web", "post", "sms", "call"]
    );
}

#[test]
fn a_channel_has_rules_of_its_own_behind_those_of_the_policy() {
    let rule = Frequency {
        at_most: 1,
        per: Window::RollingSecs(3 * DAY),
        delay: true,
        counts: Counted::All,
        channels: vec![Channel::Sms],
        lead_time: true,
        origin: Origin::default(),
    };
    let lab = lab().channel(Channel::Sms, |sms| sms.frequency.push(rule)).message("sms-2", Channel::Sms, |_| {});
    let asks = vec![send("sms"), send("line"), send("mail"), send("sms-2")];
    let watched = lab.all("j", steps(asks)).watch_reachable();
    assert_eq!(sends(&watched), [at(0, "sms"), at(0, "line"), at(0, "mail"), at(3, "sms-2")]);
    assert!(watched.lines(What::Held)[0].1.contains("frequency rule of `sms` 1, at most 1 per 3 days"));
}

#[test]
fn mails_and_messages_compete_for_one_moment() {
    // Two journeys hold a mail and a message over night; only one may go out a day, and the higher priority has it.
    let lab = lab().quiet(0, 9 * 60, &[]).frequency(1, Window::RollingSecs(DAY), true);
    let entry = || by_segment("everyone");
    let lab = lab.journey("a", entry(), steps(vec![send("mail")]));
    let watched =
        lab.journey_with("b", entry(), steps(vec![send("line")]), |journey| journey.priority = 5).watch_reachable();
    assert_eq!(sends(&watched), [(9 * HOUR, "line".to_owned()), (33 * HOUR, "mail".to_owned())]);
}

#[test]
fn an_address_that_is_none_is_suppressed_for_its_channel_until_there_is_another() {
    let behavior = reads(Channel::Sms, |sms| sms.invalid = 1.0);
    let mut lab = lab().persona("p", truth(), behavior);
    lab.0.events.get_mut("moved").unwrap().sets = [("phone".to_owned(), "phone".to_owned())].into();
    let asks = vec![send("sms"), send("sms"), send("call"), send("line"), wait(2 * DAY), send("sms")];
    let watched = lab.drive(&[(DAY, "moved", &[("phone", "y")])]).all("j", steps(asks)).watch_reachable();
    // The call goes to the same number, but by another channel.
    assert_eq!(sends(&watched), [at(0, "sms"), at(0, "call"), at(0, "line"), at(2, "sms")]);
    assert_eq!(skipped(&watched, "sms"), [(Skip::Suppressed, 1)]);
    let failed = events(&watched, "message_failed");
    assert!(failed.iter().all(|(_, text)| text.contains("kind=\"invalid\"")) && failed.len() == 2);
    assert_eq!(watched.outcome.figures.messages.get("sms").unwrap().hard_bounced, 2);
    // An attempt that just fails says nothing of the next one.
    let behavior = reads(Channel::Sms, |sms| sms.fail = 1.0);
    let failing =
        self::lab().persona("p", truth(), behavior).all("j", steps(vec![send("sms"), send("sms")])).watch_reachable();
    assert_eq!(sends(&failing).len(), 2);
    assert!(events(&failing, "message_failed").iter().all(|(_, text)| text.contains("kind=\"failed\"")));
}

#[test]
fn the_web_site_shows_a_message_at_the_next_visit_or_never() {
    let behavior = reads(Channel::Web, |_| {});
    let lab = lab().persona("p", truth(), behavior).message("web-2", Channel::Web, |_| {});
    let asks = steps(vec![send("web"), wait(2 * DAY), send("web-2")]);
    let visits: [Timed<'_>; 3] = [(DAY, "visited", &[]), (DAY + HOUR, "visited", &[]), (9 * DAY + 1, "visited", &[])];
    let watched = lab.drive(&visits).all("j", asks).watch_reachable();
    let delivered = events(&watched, "message_delivered");
    assert_eq!(delivered.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [DAY]);
    assert_eq!(events(&watched, "message_opened").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [DAY + HOUR]);
    // The second one waited for seven days, until a second before the visit.
    let failed = events(&watched, "message_failed");
    assert_eq!(failed[0].0, 9 * DAY);
    assert!(failed[0].1.contains("kind=\"expired\"") && failed.len() == 1);
}

#[test]
fn a_letter_takes_its_time() {
    let behavior = reads(Channel::Post, |_| {});
    let watched = lab().persona("p", truth(), behavior).all("j", steps(vec![send("post")])).watch_reachable();
    assert_eq!(events(&watched, "message_delivered")[0].0, 2 * DAY);
    assert_eq!(events(&watched, "message_opened")[0].0, 2 * DAY + HOUR);
    let returned = reads(Channel::Post, |post| post.fail = 1.0);
    let watched = lab().persona("p", truth(), returned).all("j", steps(vec![send("post")])).watch_reachable();
    assert_eq!(events(&watched, "message_failed")[0].0, 2 * DAY);
}

#[test]
fn unsubscribing_and_complaining_by_a_message_is_about_its_topic_and_all_marketing() {
    let leaves = reads(Channel::Line, |line| line.unsubscribe = 1.0);
    let asks = || steps(vec![send("line"), wait(DAY), send("mail")]);
    let watched = lab().persona("p", truth(), leaves).all("j", asks()).watch_reachable();
    assert_eq!(sends(&watched), [at(0, "line")]);
    assert!(events(&watched, "unsubscribed")[0].1.contains("message=\"line\""));
    let complains = reads(Channel::Line, |line| line.complain = 1.0);
    let watched = lab().persona("p", truth(), complains).all("j", asks()).watch_reachable();
    assert_eq!(sends(&watched), [at(0, "line")]);
    assert_eq!(watched.outcome.figures.messages.get("line").unwrap().complained, 1);
}

#[test]
fn received_and_repeat_know_messages() {
    let received = Expr::Received { content: "line".into(), within_secs: None, since_entry: false };
    let once = cond("received", compare(received, tabiji::ir::expr::Cmp::Ge, tabiji::ir::Value::Int(1)));
    let lab = lab().message("line", Channel::Line, |line| line.repeat = Again::AfterSecs(DAY));
    let asks = vec![send("line"), send("line"), wait(DAY), send("line"), branch(once, "s6"), send("sms")];
    let watched = lab.all("j", steps(asks)).watch_reachable();
    assert_eq!(sends(&watched), [at(0, "line"), at(1, "line"), at(1, "sms")]);
    assert_eq!(skipped(&watched, "line"), [(Skip::Repeat, 1)]);
}

#[test]
fn fatigue_is_about_the_same_channel() {
    // The second short message loses all interest; mails and LINE between them do not matter.
    let sms = reads(Channel::Sms, |_| {});
    let behavior = Behavior { open_fatigue: Some(Fatigue { loss: 1.0, window_secs: 7 * DAY }), ..sms };
    let asks = vec![send("mail"), send("line"), send("sms"), wait(DAY), send("sms"), wait(7 * DAY), send("sms")];
    let watched = lab().persona("p", truth(), behavior).all("j", steps(asks)).watch_reachable();
    let opened: Vec<i64> = events(&watched, "message_opened").iter().map(|(at, _)| *at).collect();
    assert_eq!(opened, [HOUR, 8 * DAY + HOUR]);
}

#[test]
fn what_is_sent_is_paid_for_whatever_becomes_of_it() {
    let behavior = reads(Channel::Sms, |sms| sms.fail = 1.0);
    let lab = lab()
        .persona("p", truth(), behavior)
        .channel(Channel::Email, |email| email.cost = Money::of(0.2))
        .channel(Channel::Sms, |sms| sms.cost = Money::of(9.0))
        .channel(Channel::Call, |call| call.cost = Money { micros: 1 })
        .message("long", Channel::Sms, |long| long.segments = 3);
    let asks = vec![send("mail"), send("mail"), send("mail"), send("sms"), send("long"), send("call"), send("line")];
    let lab = lab.all("j", steps(asks));
    let costs = lab.watch_reachable().outcome.figures.costs;
    let spent = |name: &str| costs.channels.get(name).map(|spent| (spent.times, spent.amount.micros)).unwrap();
    assert_eq!(
        [spent("email"), spent("sms"), spent("call"), spent("line")],
        [(3, 600_000), (2, 36_000_000), (1, 1), (0, 0)]
    );
    assert_eq!(costs.contents.get("long").unwrap().amount.micros, 27_000_000);
    assert_eq!(
        (costs.total(), *costs.journeys.get("j").unwrap()),
        (Money { micros: 36_600_001 }, Money { micros: 36_600_001 })
    );
    // What is skipped costs nothing.
    assert_eq!(lab.watch().outcome.figures.costs.total(), Money::of(0.6));
}

#[test]
fn a_told_timeline_tells_what_becomes_of_messages() {
    let behavior = reads(Channel::Line, |line| line.click = 1.0);
    let lab = lab()
        .persona("p", truth(), behavior)
        .all("j", steps(vec![send("line"), send("post"), send("sms"), send("web")]));
    let start = lab.watch().outcome.run.start_secs;
    let told = |at: i64, event: &str, with: &[(&str, &str)]| tabiji::ir::Outside {
        at_secs: start + at,
        event: event.to_owned(),
        with: with.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect(),
    };
    let mut lead = lab.reachable();
    lead.timeline = Some(vec![
        told(MINUTE, "message_opened", &[("message", "line")]),
        told(HOUR, "message_failed", &[("message", "sms"), ("kind", "invalid")]),
        told(2 * HOUR, "visited", &[]),
    ]);
    let watched = lab.run_one(lead);
    let figures = &watched.outcome.figures.messages;
    let of = |name: &str| {
        figures.get(name).map(|each| (each.delivered, each.opened, each.clicked, each.hard_bounced)).unwrap()
    };
    assert_eq!(
        [of("line"), of("post"), of("sms"), of("web")],
        [(1, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0)]
    );
    assert_eq!(events(&watched, "message_delivered").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 0, 2 * HOUR]);
}
