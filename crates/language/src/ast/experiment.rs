//! `experiment` of a split: what is compared, and how large a difference is looked for.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::Text;
use super::quantity::{Duration, Percent};
use crate::syntax::Spanned;

/// Makes a split an experiment: its arms are compared by how often they reach a goal.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What counts as success.
    #[schemars(example = serde_json::json!({"event": "email_clicked", "within": "14 days"}))]
    pub goal: Spanned<TrialGoal>,
    /// The arm that the others are compared with.
    #[schemars(example = &"holdout")]
    pub control: Text,
    /// Share of the control that is expected to reach the goal.
    pub baseline: Option<Spanned<Percent>>,
    /// The smallest difference worth seeing: in points of a percentage, or as a factor.
    pub detect: Option<Spanned<Lift>>,
    /// Chance of seeing it if it is there; 80% unless said.
    pub power: Option<Spanned<Percent>>,
    /// Chance of seeing a difference where there is none; 5% unless said.
    pub significance: Option<Spanned<Percent>>,
}

/// What counts as success: exactly one of `event` and `when`, within a time after the draw.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialGoal {
    /// This event after the draw.
    #[schemars(example = &"email_clicked")]
    pub event: Option<Text>,
    /// Condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.email == \"offer\"")]
    pub filter: Option<Text>,
    /// Condition on the lead that comes to hold after the draw. Leads for whom it holds already take no part.
    #[schemars(example = &"reached(\"customer\")")]
    pub when: Option<Text>,
    /// How long after the draw it counts. Draws that the run does not see for so long take no part.
    pub within: Spanned<Duration>,
}

/// A difference between two shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lift {
    /// So much more, as a part of 1.
    Points(f64),
    /// So many times as much.
    Times(f64),
}

impl Lift {
    /// The other share.
    pub fn of(self, baseline: f64) -> f64 {
        match self {
            Lift::Points(more) => baseline + more,
            Lift::Times(factor) => baseline * factor,
        }
    }
}

impl FromStr for Lift {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a difference; write `2 points` or `x1.25`";
        let number = |digits: &str| {
            let plain = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
            digits.trim().parse::<f64>().ok().filter(|number| plain && number.is_finite()).ok_or(WRONG)
        };
        let text = text.trim();
        if let Some(factor) = text.strip_prefix('x') {
            return number(factor).map(Lift::Times);
        }
        let points = text.strip_suffix("points").or_else(|| text.strip_suffix("point")).ok_or(WRONG)?;
        number(points.trim_end()).map(|points| Lift::Points(points / 100.0))
    }
}

impl<'de> Deserialize<'de> for Lift {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Lift;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a difference such as `2 points` or `x1.25`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Lift, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
        }
        deserializer.deserialize_str(Written)
    }
}

impl JsonSchema for Lift {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Lift".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string", "pattern": r"^\s*([-+]?[0-9]+(\.[0-9]+)? *points?|x[0-9]+(\.[0-9]+)?)\s*$",
            "examples": ["2 points", "x1.25"],
            "patternErrorMessage": "a difference such as `2 points` or `x1.25`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        assert_eq!("2 points".parse(), Ok(Lift::Points(0.02)));
        assert_eq!("-1.5 points".parse(), Ok(Lift::Points(-0.015)));
        assert_eq!("x1.25".parse(), Ok(Lift::Times(1.25)));
        assert!((Lift::Times(1.25).of(0.08) - 0.1).abs() < 1e-12);
        for wrong in ["2", "2%", "x", "two points", "points"] {
            assert!(wrong.parse::<Lift>().is_err(), "{wrong}");
        }
    }
}
