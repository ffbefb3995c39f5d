//! What a campaign is measured by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Name};
use crate::text::Origin;

/// A key performance indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Kpi {
    /// Name for people.
    pub label: Option<String>,
    /// Whether it is a goal that others drive.
    pub kgi: bool,
    /// What it measures.
    pub measure: Measure,
    /// For each of what it is shown as well.
    pub by: Option<By>,
    /// What it should be.
    pub target: Option<Target>,
    /// The KPI above it in the tree.
    pub drives: Option<Name>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a KPI measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Measure {
    /// A number of leads.
    Leads {
        /// Which.
        which: Leads,
    },
    /// A share of leads.
    Share {
        /// Those counted, of the whole.
        part: Condition,
        /// Of whom.
        whole: Leads,
    },
    /// A figure of mails and messages.
    Mails {
        /// Which figure.
        metric: Metric,
        /// Of which mails.
        scope: Scope,
    },
    /// Money that events carry.
    Value {
        /// Which money.
        value: Amount,
        /// For each of these leads; `None`: all together.
        per: Option<Leads>,
    },
    /// Costs.
    Cost {
        /// Which.
        cost: Vec<Cost>,
        /// The journey that causes them; `None`: any, and what no journey causes.
        journey: Option<Name>,
        /// For each of these leads; `None`: all together.
        per: Option<Leads>,
    },
    /// Value for each unit of cost.
    Return {
        /// Which money.
        value: Amount,
        /// Which costs.
        cost: Vec<Cost>,
        /// Whether the cost is taken off the value first: profit for each unit of cost.
        profit: bool,
    },
}

/// Leads at the end of a run: those for whom a condition holds, or all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Leads {
    /// The condition; `None` for all.
    pub when: Option<Condition>,
}

/// Money that events carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Amount {
    /// The event.
    pub event: Name,
    /// Its property with the amount.
    pub property: Name,
    /// Condition on the event.
    pub filter: Option<Condition>,
    /// Only within this time after the lead came in, or with a journey after it entered, in seconds.
    pub within_secs: Option<i64>,
    /// Only what is credited to this journey: the one that the lead entered last before the event.
    pub journey: Option<Name>,
}

/// Some costs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// What kind.
    pub kind: CostKind,
    /// One of the kind; `None` for all of it.
    pub name: Option<String>,
}

/// Kinds of costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Where leads come from.
    Sources,
    /// What is sent.
    Channels,
    /// Calls of other systems.
    Integrations,
    /// What people do.
    Tasks,
}

impl CostKind {
    /// All kinds.
    pub const ALL: [CostKind; 4] = [CostKind::Sources, CostKind::Channels, CostKind::Integrations, CostKind::Tasks];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            CostKind::Sources => "sources",
            CostKind::Channels => "channels",
            CostKind::Integrations => "integrations",
            CostKind::Tasks => "tasks",
        }
    }
}

/// Which mails and messages; everything that is given applies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// This email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Name>,
    /// This message of another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Name>,
    /// Sent by this journey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<Name>,
    /// On this topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Name>,
    /// On this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<super::Channel>,
    /// To leads of this persona.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Name>,
    /// To leads that were members of this segment when it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Name>,
}

/// Figures of mails and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "described with the language")]
pub enum Metric {
    Sent,
    Delivered,
    Opened,
    Clicked,
    Bounced,
    Unsubscribed,
    Complained,
    DeliveryRate,
    OpenRate,
    ClickRate,
    ClickToOpen,
    BounceRate,
    UnsubscribeRate,
    ComplaintRate,
    MailsPerLead,
}

impl Metric {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Metric::Sent => "sent",
            Metric::Delivered => "delivered",
            Metric::Opened => "opened",
            Metric::Clicked => "clicked",
            Metric::Bounced => "bounced",
            Metric::Unsubscribed => "unsubscribed",
            Metric::Complained => "complained",
            Metric::DeliveryRate => "delivery_rate",
            Metric::OpenRate => "open_rate",
            Metric::ClickRate => "click_rate",
            Metric::ClickToOpen => "click_to_open",
            Metric::BounceRate => "bounce_rate",
            Metric::UnsubscribeRate => "unsubscribe_rate",
            Metric::ComplaintRate => "complaint_rate",
            Metric::MailsPerLead => "mails_per_lead",
        }
    }

    /// The moment that is counted, and of what moment it is a share; `None` for a plain count.
    pub fn parts(self) -> (MailMoment, Option<MailMoment>) {
        match self {
            Metric::Sent | Metric::MailsPerLead => (MailMoment::Sent, None),
            Metric::Delivered => (MailMoment::Delivered, None),
            Metric::Opened => (MailMoment::Opened, None),
            Metric::Clicked => (MailMoment::Clicked, None),
            Metric::Bounced => (MailMoment::Bounced, None),
            Metric::Unsubscribed => (MailMoment::Unsubscribed, None),
            Metric::Complained => (MailMoment::Complained, None),
            Metric::DeliveryRate => (MailMoment::Delivered, Some(MailMoment::Sent)),
            Metric::OpenRate => (MailMoment::Opened, Some(MailMoment::Delivered)),
            Metric::ClickRate => (MailMoment::Clicked, Some(MailMoment::Delivered)),
            Metric::ClickToOpen => (MailMoment::Clicked, Some(MailMoment::Opened)),
            Metric::BounceRate => (MailMoment::Bounced, Some(MailMoment::Sent)),
            Metric::UnsubscribeRate => (MailMoment::Unsubscribed, Some(MailMoment::Delivered)),
            Metric::ComplaintRate => (MailMoment::Complained, Some(MailMoment::Delivered)),
        }
    }
}

/// What can become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "called as everywhere")]
pub enum MailMoment {
    Sent,
    Delivered,
    Opened,
    Clicked,
    Bounced,
    Unsubscribed,
    Complained,
}

/// For each of what a KPI is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds are those of the language")]
pub enum By {
    Persona,
    Segment,
    Journey,
}

impl By {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            By::Persona => "persona",
            By::Segment => "segment",
            By::Journey => "journey",
        }
    }
}

/// What a KPI should be, ends included. Shares are parts of 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The least.
    pub low: Option<f64>,
    /// The most.
    pub high: Option<f64>,
}

/// In what a KPI is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole things: leads, mails.
    Count,
    /// Parts of 1.
    Share,
    /// Any number.
    Number,
    /// The project's currency.
    Money,
    /// So many times as much.
    Times,
}

impl Measure {
    /// In what it is measured.
    pub fn unit(&self) -> Unit {
        match self {
            Measure::Leads { .. } => Unit::Count,
            Measure::Share { .. } => Unit::Share,
            Measure::Mails { metric: Metric::MailsPerLead, .. } => Unit::Number,
            Measure::Mails { metric, .. } if metric.parts().1.is_some() => Unit::Share,
            Measure::Mails { .. } => Unit::Count,
            Measure::Value { .. } | Measure::Cost { .. } => Unit::Money,
            Measure::Return { profit: true, .. } => Unit::Share,
            Measure::Return { profit: false, .. } => Unit::Times,
        }
    }

    /// Whether less of it is better.
    pub fn less_is_better(&self) -> bool {
        match self {
            Measure::Cost { .. } => true,
            Measure::Mails { metric, .. } => {
                let (moment, _) = metric.parts();
                matches!(moment, MailMoment::Bounced | MailMoment::Unsubscribed | MailMoment::Complained)
            }
            Measure::Leads { .. } | Measure::Share { .. } | Measure::Value { .. } | Measure::Return { .. } => false,
        }
    }

    /// Whether it is about money.
    pub fn is_money(&self) -> bool {
        match self {
            Measure::Value { .. } | Measure::Cost { .. } | Measure::Return { .. } => true,
            Measure::Leads { .. } | Measure::Share { .. } | Measure::Mails { .. } => false,
        }
    }
}
