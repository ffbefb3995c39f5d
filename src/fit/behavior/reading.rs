//! How a persona reads: what it opens and clicks, when it leaves, and what does not arrive.

use std::collections::BTreeMap;

use super::Watched;
use super::figure::{Figure, LEAST_TRIALS, LEVEL, Method};
use super::mails::{Leaving, Sent};
use super::reaction::{Reaction, Trial, chance_alone, reaction};
use crate::ir::{Behavior, Campaign, Channel, Fatigue};
use crate::statistics::wilson;

/// Look-back of fatigue that the campaign does not know of.
const FATIGUE_WINDOW_SECS: i64 = 7 * 86_400;

type Figures = BTreeMap<String, Figure>;

/// Fits what a persona does with mail and with messages of each channel.
pub(super) fn fit(
    campaign: &Campaign,
    behavior: &mut Behavior,
    group: &[&Watched<'_>],
    end: i64,
    figures: &mut Figures,
) {
    email(campaign, behavior, group, end, figures);
    let channels: Vec<Channel> = behavior.messages.keys().copied().collect();
    for channel in channels {
        messages(behavior, channel, group, end, figures);
    }
}

fn email(campaign: &Campaign, behavior: &mut Behavior, group: &[&Watched<'_>], end: i64, figures: &mut Figures) {
    let window = |of: Option<Fatigue>| of.map_or(FATIGUE_WINDOW_SECS, |of| of.window_secs);
    let seen = Seen { channel: Channel::Email, group, end };
    let trials = seen.openings(window(behavior.open_fatigue));
    let open = reaction(&trials, behavior.open, behavior.open_delay, behavior.open_fatigue, true);
    take(figures, "email.open", &mut behavior.open, &open.rate);
    behavior.open_delay = open.delay;
    behavior.open_fatigue = fatigue(figures, "fatigue.open", behavior.open_fatigue, &open);
    delays(figures, "delay.open", &open);
    let trials = seen.clicks(window(behavior.click_fatigue));
    let click = reaction(&trials, behavior.click, behavior.click_delay, behavior.click_fatigue, true);
    take(figures, "email.click", &mut behavior.click, &click.rate);
    behavior.click_delay = click.delay;
    behavior.click_fatigue = fatigue(figures, "fatigue.click", behavior.click_fatigue, &click);
    delays(figures, "delay.click", &click);
    let leaves = chance_alone(&seen.leavings(), behavior.unsubscribe, behavior.open_delay);
    take(figures, "email.unsubscribe", &mut behavior.unsubscribe, &leaves);
    let complains = chance_alone(&seen.complaints(), behavior.complain, behavior.open_delay);
    take(figures, "email.complain", &mut behavior.complain, &complains);
    ways_to_leave(campaign, behavior, &seen, figures);
    let attempts = f64::from(campaign.policies.soft_retries) + 1.0;
    let (soft, hard) = seen.bounces(behavior.soft_bounce, behavior.hard_bounce, attempts);
    take(figures, "email.soft_bounce", &mut behavior.soft_bounce, &soft);
    take(figures, "email.hard_bounce", &mut behavior.hard_bounce, &hard);
}

fn messages(behavior: &mut Behavior, channel: Channel, group: &[&Watched<'_>], end: i64, figures: &mut Figures) {
    let (open_fatigue, click_fatigue) = (behavior.open_fatigue, behavior.click_fatigue);
    let Some(reading) = behavior.messages.get_mut(&channel) else { return };
    let seen = Seen { channel, group, end };
    let window = |of: Option<Fatigue>| of.map_or(FATIGUE_WINDOW_SECS, |of| of.window_secs);
    let path = |key: &str| format!("messages.{}.{key}", channel.word());
    let open = reaction(&seen.openings(window(open_fatigue)), reading.open, reading.open_delay, open_fatigue, false);
    take(figures, &path("open"), &mut reading.open, &open.rate);
    reading.open_delay = open.delay;
    delays(figures, &path("delay.open"), &open);
    let click = reaction(&seen.clicks(window(click_fatigue)), reading.click, reading.click_delay, click_fatigue, false);
    take(figures, &path("click"), &mut reading.click, &click.rate);
    reading.click_delay = click.delay;
    delays(figures, &path("delay.click"), &click);
    let leaves = chance_alone(&seen.leavings(), reading.unsubscribe, reading.open_delay);
    take(figures, &path("unsubscribe"), &mut reading.unsubscribe, &leaves);
    let complains = chance_alone(&seen.complaints(), reading.complain, reading.open_delay);
    take(figures, &path("complain"), &mut reading.complain, &complains);
    let (fail, invalid) = seen.bounces(reading.fail, reading.invalid, 1.0);
    take(figures, &path("fail"), &mut reading.fail, &fail);
    take(figures, &path("invalid"), &mut reading.invalid, &invalid);
}

fn take(figures: &mut Figures, path: &str, value: &mut f64, figure: &Figure) {
    *value = figure.value;
    figures.insert(path.to_owned(), figure.clone());
}

fn delays(figures: &mut Figures, path: &str, of: &Reaction) {
    for (name, figure) in &of.delays {
        figures.insert(format!("{path}.{name}"), figure.clone());
    }
}

fn fatigue(figures: &mut Figures, path: &str, known: Option<Fatigue>, of: &Reaction) -> Option<Fatigue> {
    let Some(loss) = &of.loss else {
        if let Some(known) = known {
            let why = "too few reactions, or always as many mails of late";
            figures.insert(path.to_owned(), Figure::kept(known.loss, of.rate.events as f64, 0.0, why.to_owned()));
        }
        return known;
    };
    figures.insert(path.to_owned(), loss.clone());
    Some(Fatigue { loss: loss.value, window_secs: known.map_or(FATIGUE_WINDOW_SECS, |known| known.window_secs) })
}

/// Of those who leave, the parts that pause or get fewer instead; where that is offered.
fn ways_to_leave(campaign: &Campaign, behavior: &mut Behavior, seen: &Seen<'_>, figures: &mut Figures) {
    let ways: Vec<Leaving> = seen.mails().filter_map(|(_, sent)| Some(sent.left?.1)).collect();
    let all = ways.len() as f64;
    let answers = &mut behavior.answers;
    let ways_of =
        [(Leaving::Pauses, "email.pause", &mut answers.pause), (Leaving::Fewer, "email.fewer", &mut answers.fewer)];
    let offers = |way: Leaving| match (&campaign.policies.permission.preferences, way) {
        (Some(of), Leaving::Pauses) => of.pause_secs.is_some(),
        (Some(of), Leaving::Fewer) => of.fewer.is_some(),
        (_, _) => false,
    };
    for (way, path, value) in ways_of.into_iter().filter(|(way, ..)| offers(*way)) {
        let count = ways.iter().filter(|one| **one == way).count() as f64;
        let figure = if all < LEAST_TRIALS {
            Figure::kept(*value, count, all, format!("fewer than {LEAST_TRIALS} left"))
        } else {
            Figure::new(count / all, wilson(count, all, LEVEL), Method::Wilson, count, all)
        };
        take(figures, path, value, &figure);
    }
}

/// What was sent to a persona by a channel.
struct Seen<'a> {
    channel: Channel,
    group: &'a [&'a Watched<'a>],
    end: i64,
}

impl<'a> Seen<'a> {
    /// Each, with those before it.
    fn mails(&self) -> impl Iterator<Item = (&'a [Sent], &'a Sent)> {
        let channel = self.channel;
        let all =
            self.group.iter().flat_map(|each| each.sent.iter().enumerate().map(|(at, sent)| (&each.sent[..at], sent)));
        all.filter(move |(_, sent)| sent.channel == channel)
    }

    /// Each that arrived and is no request for a confirmation.
    fn arrived(&self) -> impl Iterator<Item = (&'a [Sent], &'a Sent, i64)> {
        self.mails().filter(|(_, sent)| sent.plain).filter_map(|(before, sent)| Some((before, sent, sent.delivered?)))
    }

    fn openings(&self, window_secs: i64) -> Vec<Trial> {
        let trial = |(before, sent, at): (&[Sent], &Sent, i64)| Trial {
            factor: sent.factors[0],
            before: of_late(before, sent.channel, at - window_secs),
            watched_secs: self.end - at,
            after_secs: sent.opened.map(|opened| opened - at),
        };
        self.arrived().map(trial).collect()
    }

    fn clicks(&self, window_secs: i64) -> Vec<Trial> {
        let trial = |(before, sent, at): (&[Sent], &Sent, i64)| {
            let opened = sent.opened?;
            Some(Trial {
                factor: sent.factors[1],
                before: of_late(before, sent.channel, at - window_secs),
                watched_secs: self.end - opened,
                after_secs: sent.clicked.map(|clicked| clicked - opened),
            })
        };
        self.arrived().filter_map(trial).collect()
    }

    fn leavings(&self) -> Vec<Trial> {
        let marketing = self.arrived().filter(|(_, sent, _)| sent.marketing);
        marketing.map(|(_, sent, at)| self.plain_trial(at, sent.left.map(|(left, _)| left))).collect()
    }

    fn complaints(&self) -> Vec<Trial> {
        self.arrived().map(|(_, sent, at)| self.plain_trial(at, sent.complained)).collect()
    }

    fn plain_trial(&self, at: i64, came: Option<i64>) -> Trial {
        Trial { factor: 1.0, before: 0, watched_secs: self.end - at, after_secs: came.map(|came| came - at) }
    }

    /// Chances of an attempt to fail for now and for good, of mails that are given up after so many attempts.
    ///
    /// With h for good, s for now and q = (1 − h)·s, a mail is given up for now with q^m, and for good with
    /// h·(1 + q + … + q^(m−1)).
    fn bounces(&self, soft: f64, hard: f64, attempts: f64) -> (Figure, Figure) {
        let count = |how: Option<bool>| self.mails().filter(|(_, sent)| sent.bounced == how).count() as f64;
        let (now, good) = (count(Some(false)), count(Some(true)));
        let arrived = self.mails().filter(|(_, sent)| sent.delivered.is_some()).count() as f64;
        let all = arrived + now + good;
        if all < LEAST_TRIALS || now + good == 0.0 {
            let why = || "the log tells of nothing that came back".to_owned();
            return (Figure::kept(soft, now, all, why()), Figure::kept(hard, good, all, why()));
        }
        let q = libm::pow(now / all, 1.0 / attempts);
        let series = if attempts == 1.0 { 1.0 } else { (1.0 - libm::pow(q, attempts)) / (1.0 - q).max(1e-9) };
        let h = (good / all / series).min(1.0);
        let hard_within = wilson(good, all, LEVEL).map(|within| within.map(|end| (end / series).min(1.0)));
        let for_good = Figure::new(h, hard_within, Method::Wilson, good, all);
        if now == 0.0 && attempts > 1.0 {
            let why = "nothing was given up, and the log does not tell of attempts".to_owned();
            return (Figure::kept(soft, now, all, why), for_good);
        }
        let of = |share: f64| (libm::pow(share, 1.0 / attempts) / (1.0 - h).max(1e-9)).min(1.0);
        let soft_within = wilson(now, all, LEVEL).map(|within| within.map(of));
        (Figure::new(of(now / all), soft_within, Method::Wilson, now, all), for_good)
    }
}

/// Mails of late, by the same channel.
fn of_late(before: &[Sent], channel: Channel, since: i64) -> u32 {
    before.iter().rev().take_while(|each| each.at > since).filter(|each| each.channel == channel).count() as u32
}
