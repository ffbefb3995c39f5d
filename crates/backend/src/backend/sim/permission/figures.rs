//! What is counted about permission.

use std::collections::BTreeMap;

use super::super::engine::Engine;
use super::super::lead::Standing;
use super::super::outcome::{Named, add_counts, bump, bump_word};
use super::super::program::Program;
use super::consent::{By, text_version};
use super::sunset::Engagement;

/// Figures about permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ConsentFigures {
    /// By marketing topic.
    pub topics: Named<TopicFigures>,
    /// Leads that left all marketing and did not come back.
    pub left_all: u64,
    /// How often a lead chose a pause.
    pub paused: u64,
    /// How often a lead chose fewer mails.
    pub fewer: u64,
    /// How often a lead took such a choice back.
    pub usual: u64,
    /// Interest, if a sunset is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement: Option<EngagementFigures>,
}

/// Figures of a topic. Leads are `in`, `implied`, `pending` or `out`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TopicFigures {
    /// Leads that may be mailed because they agreed, as they came in.
    pub start: u64,
    /// The same at the end.
    #[serde(rename = "in")]
    pub agreed: u64,
    /// Leads that may be mailed at the end because an event implies it.
    pub implied: u64,
    /// Leads that have not confirmed at the end.
    pub pending: u64,
    /// Others, at the end.
    pub out: u64,
    /// How often a lead subscribed where nothing had to be confirmed.
    pub subscribed: u64,
    /// How often a lead was to confirm.
    pub asked: u64,
    /// How often one did.
    pub confirmed: u64,
    /// How often one did not in time.
    pub expired: u64,
    /// How often a lead left.
    pub left: u64,
    /// Those in, by what their agreement is: `before`, `opt_out`, `opt_in` or `double_opt_in`.
    pub basis: BTreeMap<&'static str, u64>,
    /// Those in, by the version of the text they agreed to; `unknown` before the run, `none` if the topic has no text.
    pub texts: BTreeMap<String, u64>,
    /// Leads by market at the end; the last are those in no market. Empty without markets.
    #[serde(skip_serializing_if = "no_markets")]
    pub markets: Named<MarketFigures>,
}

fn no_markets(markets: &Named<MarketFigures>) -> bool {
    markets.0.is_empty()
}

/// Leads of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MarketFigures {
    /// Those in, by agreement.
    #[serde(rename = "in")]
    pub agreed: u64,
    /// Those to whom an event implies consent.
    pub implied: u64,
    /// Those who have not confirmed.
    pub pending: u64,
    /// All others.
    pub out: u64,
}

/// Leads by the interest they show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct EngagementFigures {
    /// As they came in: active, sleeping, sunset.
    pub start: Levels,
    /// At the end.
    pub end: Levels,
    /// How often a lead fell asleep.
    pub fell_asleep: u64,
    /// How often the sun set on one.
    pub set: u64,
    /// How often one woke.
    pub woke: u64,
}

/// Leads by level of interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Levels {
    /// Active.
    pub active: u64,
    /// Sleeping.
    pub sleeping: u64,
    /// Sunset.
    pub sunset: u64,
}

impl Levels {
    fn count(&mut self, level: Engagement) {
        match level {
            Engagement::Active => self.active += 1,
            Engagement::Sleeping => self.sleeping += 1,
            Engagement::Sunset => self.sunset += 1,
        }
    }

    fn add(&mut self, other: Levels) {
        self.active += other.active;
        self.sleeping += other.sleeping;
        self.sunset += other.sunset;
    }
}

impl ConsentFigures {
    /// Nothing counted yet; `None` if the campaign says nothing about permission.
    pub fn empty(program: &Program) -> Option<ConsentFigures> {
        if !program.permission.used {
            return None;
        }
        let markets = program.permission.markets.iter().map(|market| market.name.as_str());
        let markets: Vec<&str> =
            markets.chain((!program.permission.markets.is_empty()).then_some("no market")).collect();
        let topics = program.topics.iter().filter(|topic| topic.marketing()).map(|topic| topic.name.as_str());
        Some(ConsentFigures {
            topics: Named::of(topics, |_| TopicFigures {
                markets: Named::of(markets.iter().copied(), |_| MarketFigures::default()),
                ..TopicFigures::default()
            }),
            engagement: program.permission.sunset.as_ref().map(|_| EngagementFigures::default()),
            ..ConsentFigures::default()
        })
    }

    /// Adds the figures of other leads.
    pub fn add(&mut self, other: ConsentFigures) {
        self.topics.add(other.topics, TopicFigures::add);
        self.left_all += other.left_all;
        self.paused += other.paused;
        self.fewer += other.fewer;
        self.usual += other.usual;
        if let (Some(mine), Some(theirs)) = (&mut self.engagement, other.engagement) {
            mine.start.add(theirs.start);
            mine.end.add(theirs.end);
            mine.fell_asleep += theirs.fell_asleep;
            mine.set += theirs.set;
            mine.woke += theirs.woke;
        }
    }
}

impl TopicFigures {
    fn add(&mut self, other: TopicFigures) {
        self.start += other.start;
        self.agreed += other.agreed;
        self.implied += other.implied;
        self.pending += other.pending;
        self.out += other.out;
        self.subscribed += other.subscribed;
        self.asked += other.asked;
        self.confirmed += other.confirmed;
        self.expired += other.expired;
        self.left += other.left;
        add_counts(&mut self.basis, other.basis);
        add_counts(&mut self.texts, other.texts);
        self.markets.add(other.markets, |mine, theirs| {
            mine.agreed += theirs.agreed;
            mine.implied += theirs.implied;
            mine.pending += theirs.pending;
            mine.out += theirs.out;
        });
    }
}

/// Where a lead stands with a topic, for figures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    In,
    Implied,
    Pending,
    Out,
}

impl Engine<'_> {
    /// Counts something about a marketing topic.
    pub(super) fn count_topic(&mut self, topic: usize, count: impl FnOnce(&mut TopicFigures)) {
        let Some(consent) = &mut self.figures.consent else { return };
        let before = self.program.topics[..topic].iter().filter(|topic| topic.marketing()).count();
        count(consent.topics.at(before));
    }

    fn stands(&self, topic: usize) -> Stands {
        let ask = self.ask(None);
        if self.lead.complained {
            Stands::Out
        } else if ask.agreed(topic) {
            Stands::In
        } else if ask.implied(topic) {
            Stands::Implied
        } else if self.lead.topics[topic] == Standing::Pending {
            Stands::Pending
        } else {
            Stands::Out
        }
    }

    /// Counts how the lead stands as it comes in.
    pub(in super::super) fn count_consent_start(&mut self) {
        if self.figures.consent.is_none() {
            return;
        }
        for topic in self.topics(None, true) {
            let agreed = u64::from(self.stands(topic) == Stands::In);
            self.count_topic(topic, |figures| figures.start += agreed);
        }
    }

    /// Counts how the lead stands at the end.
    pub(in super::super) fn count_consent_end(&mut self) {
        let Some(consent) = &mut self.figures.consent else { return };
        consent.left_all += u64::from(self.lead.permission.left_all);
        if let Some(engagement) = &mut consent.engagement {
            engagement.end.count(self.lead.permission.engagement);
        }
        for topic in self.topics(None, true) {
            let stands = self.stands(topic);
            let record = &self.lead.permission.records[topic];
            let basis = match record.by {
                By::Before | By::File if record.basis > super::consent::Basis::Silence => "before",
                By::Before | By::File | By::Event(_) | By::Step(..) | By::Lapse | By::Sunset => record.basis.word(),
            };
            let version = (stands == Stands::In).then(|| text_version(self.program, record.by, topic));
            let market = self.lead.permission.market.unwrap_or(self.program.permission.markets.len());
            self.count_topic(topic, |figures| {
                let market = figures.markets.0.get_mut(market).map(|(_, figures)| figures);
                let mut unused = MarketFigures::default();
                let market = market.unwrap_or(&mut unused);
                let (whole, part) = match stands {
                    Stands::In => (&mut figures.agreed, &mut market.agreed),
                    Stands::Implied => (&mut figures.implied, &mut market.implied),
                    Stands::Pending => (&mut figures.pending, &mut market.pending),
                    Stands::Out => (&mut figures.out, &mut market.out),
                };
                *whole += 1;
                *part += 1;
                if let Some(version) = version {
                    bump(&mut figures.basis, basis);
                    bump_word(&mut figures.texts, version);
                }
            });
        }
    }

    pub(super) fn count_engagement_start(&mut self) {
        let level = self.lead.permission.engagement;
        if let Some(engagement) = self.figures.consent.as_mut().and_then(|consent| consent.engagement.as_mut()) {
            engagement.start.count(level);
        }
    }

    pub(super) fn count_engagement(&mut self, from: Engagement, to: Engagement) {
        let Some(engagement) = self.figures.consent.as_mut().and_then(|consent| consent.engagement.as_mut()) else {
            return;
        };
        match to {
            Engagement::Active => engagement.woke += u64::from(from != Engagement::Active),
            Engagement::Sleeping => engagement.fell_asleep += 1,
            Engagement::Sunset => engagement.set += 1,
        }
    }
}
