//! `kpis`: what a campaign is measured by.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::Text;
use super::quantity::Duration;
use crate::syntax::Spanned;

/// A key performance indicator. It measures one of `of`, `part`, `metric`, `value`, `return` and `cost`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kpi {
    /// Name for people.
    #[schemars(example = &"MQL化率")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Leads that marketing hands over, of all leads")]
    pub description: Option<String>,
    /// `kgi` for a goal that other KPIs drive; `kpi` unless said.
    #[schemars(example = &"kgi")]
    pub kind: Option<Spanned<KpiKind>>,
    /// A number of leads: those for whom the condition holds at the end of a run, or all `leads`. Beside `part`: of whom
    /// it is a part.
    #[schemars(example = &"stage == \"customer\"")]
    pub of: Option<Text>,
    /// A share of leads: those for whom the condition holds at the end, of `of`, or of all leads.
    #[schemars(example = &"reached(\"mql\")")]
    pub part: Option<Text>,
    /// A figure of mails and messages.
    #[schemars(example = &"open_rate")]
    pub metric: Option<Spanned<Metric>>,
    /// Money that events carry: an event and its property.
    #[schemars(example = &"purchased.amount")]
    pub value: Option<Text>,
    /// Like `value`, for the return on costs: value less cost, as a share of the cost.
    #[serde(rename = "return")]
    #[schemars(example = &"purchased.amount")]
    pub returned: Option<Text>,
    /// Costs: `all`, or some of `sources`, `channels`, `integrations` and `tasks`, or one of these such as
    /// `sources.google-ads`.
    #[schemars(example = &"all", example = serde_json::json!(["sources", "channels.sms"]))]
    pub cost: Option<Spanned<CostNames>>,
    /// With `value` or `cost`: for each of the leads for whom this condition holds at the end, or of all `leads`.
    #[schemars(example = &"leads", example = &"reached(\"customer\")")]
    pub per: Option<Text>,
    /// With `value` or `return`: condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.plan == \"yearly\"")]
    pub filter: Option<Text>,
    /// With `value` or `return`: events within this time after the lead came in; with `journey`, after it entered.
    pub within: Option<Spanned<Duration>>,
    /// The same once more for each of these.
    #[schemars(example = &"persona")]
    pub by: Option<Spanned<By>>,
    /// With `metric`: of this email alone.
    #[schemars(example = &"case-study")]
    pub email: Option<Text>,
    /// With `metric`: of this message of another channel alone.
    #[schemars(example = &"line-reminder")]
    pub message: Option<Text>,
    /// With `metric`: sent by this journey. With money: what is credited to this journey, and what it costs.
    #[schemars(example = &"onboarding")]
    pub journey: Option<Text>,
    /// With `metric`: on this topic.
    #[schemars(example = &"newsletter")]
    pub topic: Option<Text>,
    /// With `metric`: on this channel.
    #[schemars(example = &"email")]
    pub channel: Option<Text>,
    /// With `metric`: to leads of this persona.
    #[schemars(example = &"engineer")]
    pub persona: Option<Text>,
    /// With `metric`: to leads that were members of this segment when it was sent.
    #[schemars(example = &"hot")]
    pub segment: Option<Text>,
    /// What it should be: the least, or where less is better the most, or `at least`, `at most`, `… to …`.
    #[schemars(example = 40, example = &"12%", example = &"at most 3000", example = &"20% to 30%")]
    pub target: Option<Spanned<Target>>,
    /// The KPI above it in the tree.
    #[schemars(example = &"goal")]
    pub drives: Option<Text>,
}

/// Whether a KPI is a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum KpiKind {
    /// A key goal indicator: what the campaign is for.
    Kgi,
    /// A key performance indicator.
    Kpi,
}

/// Figures of mails and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Metric {
    /// Mails sent.
    Sent,
    /// Mails delivered: the reach.
    Delivered,
    /// Mails opened.
    Opened,
    /// Mails clicked.
    Clicked,
    /// Mails sent that were not delivered.
    Bounced,
    /// Mails that made the lead unsubscribe.
    Unsubscribed,
    /// Mails reported as spam.
    Complained,
    /// Delivered of the sent.
    DeliveryRate,
    /// Opened of the delivered.
    OpenRate,
    /// Clicked of the delivered.
    ClickRate,
    /// Clicked of the opened.
    ClickToOpen,
    /// Bounced of the sent.
    BounceRate,
    /// Unsubscribed of the delivered.
    UnsubscribeRate,
    /// Complained of the delivered.
    ComplaintRate,
    /// Mails sent for each lead.
    MailsPerLead,
}

/// For each of what a KPI is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum By {
    /// Each persona.
    Persona,
    /// Each segment.
    Segment,
    /// Each journey.
    Journey,
}

/// Names of costs, one or several. The place of a single one is that of the whole.
#[derive(Clone, Debug)]
pub enum CostNames {
    /// One.
    One(String),
    /// Several.
    Several(Vec<Text>),
}

impl<'de> Deserialize<'de> for CostNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = CostNames;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("`all`, the name of a cost, or a list of such names")
            }

            fn visit_str<E>(self, text: &str) -> Result<CostNames, E> {
                Ok(CostNames::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<CostNames, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                Ok(CostNames::Several(names))
            }
        }
        deserializer.deserialize_any(Names)
    }
}

impl JsonSchema for CostNames {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CostNames".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": ["string", "array"], "items": {"type": "string"}})
    }
}

/// What a KPI should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Which way is good.
    pub bound: Bound,
    /// How the amounts are written.
    pub unit: TargetUnit,
}

/// Which values are good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Only an amount: the least, or where less is better the most.
    Plain(f64),
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// From here to there.
    Between(f64, f64),
}

/// How amounts of a target are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetUnit {
    /// `40`
    Number,
    /// `12%`; the amount is 0.12.
    Percent,
    /// `x3`
    Times,
}

const WRONG_TARGET: &str = "not a target; write `40`, `12%`, `x3`, `at least 40`, `at most 3000` or `20% to 30%`";

impl std::str::FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let one = |bound: fn(f64) -> Bound, text: &str| {
            let (amount, unit) = amount(text)?;
            Ok(Target { bound: bound(amount), unit })
        };
        if let Some(rest) = text.strip_prefix("at least ") {
            return one(Bound::AtLeast, rest);
        }
        if let Some(rest) = text.strip_prefix("at most ") {
            return one(Bound::AtMost, rest);
        }
        let Some((low, high)) = text.split_once(" to ") else { return one(Bound::Plain, text) };
        let ((low, unit), (high, other)) = (amount(low)?, amount(high)?);
        match unit == other {
            true if low <= high => Ok(Target { bound: Bound::Between(low, high), unit }),
            true => Err("not a target; the smaller amount stands first"),
            false => Err("not a target; both amounts are written in the same way"),
        }
    }
}

/// `40`, `-5%`, `x3`, `1,200,000`.
fn amount(text: &str) -> Result<(f64, TargetUnit), &'static str> {
    let text = text.trim();
    let (digits, unit) = match (text.strip_suffix('%'), text.strip_prefix('x')) {
        (Some(digits), _) => (digits, TargetUnit::Percent),
        (None, Some(digits)) => (digits, TargetUnit::Times),
        (None, None) => (text, TargetUnit::Number),
    };
    let digits = digits.replace([',', '_'], "");
    let plain = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let number = digits.parse::<f64>().ok().filter(|number| plain && number.is_finite()).ok_or(WRONG_TARGET)?;
    Ok((if unit == TargetUnit::Percent { number / 100.0 } else { number }, unit))
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Target;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a target such as `40`, `12%`, `at most 3000` or `20% to 30%`")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Target, E> {
                Ok(Target { bound: Bound::Plain(number as f64), unit: TargetUnit::Number })
            }

            fn visit_f64<E>(self, number: f64) -> Result<Target, E> {
                Ok(Target { bound: Bound::Plain(number), unit: TargetUnit::Number })
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Target, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Target {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": ["string", "number"],
            "pattern": r"^\s*(at (least|most) +)?[-x]?[0-9][0-9.,_]*%?( to [-x]?[0-9][0-9.,_]*%?)?\s*$",
            "patternErrorMessage": "a target such as `40`, `12%`, `x3`, `at least 40`, `at most 3000` or `20% to 30%`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        let plain = |amount, unit| Target { bound: Bound::Plain(amount), unit };
        assert_eq!("12%".parse(), Ok(plain(0.12, TargetUnit::Percent)));
        assert_eq!("x3".parse(), Ok(plain(3.0, TargetUnit::Times)));
        assert_eq!("1,200,000".parse(), Ok(plain(1_200_000.0, TargetUnit::Number)));
        let most = Target { bound: Bound::AtMost(3000.0), unit: TargetUnit::Number };
        assert_eq!("at most 3000".parse(), Ok(most));
        let between = Target { bound: Bound::Between(0.2, 0.3), unit: TargetUnit::Percent };
        assert_eq!("20% to 30%".parse(), Ok(between));
        for wrong in ["", "many", "at least", "30% to 20%", "20 to 30%", "inf", "1e9"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }
}
