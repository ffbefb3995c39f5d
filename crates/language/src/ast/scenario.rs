//! `tests`: the project's own tests of its journeys.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::civil::DateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::journey::ScoreStep;
use super::limits::ChannelName;
use super::quantity::{Date, Duration, Window};
use super::{Literal, Text, short_or_long};
use crate::syntax::{Entries, Spanned};

/// A test: a lead, what happens to it, and what is to come of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Name for people.
    #[schemars(example = &"今すぐ客は営業に渡る")]
    pub label: Option<String>,
    /// What it is about, for people.
    #[schemars(example = &"Nobody who asked for a call gets another newsletter")]
    pub description: Option<String>,
    /// The lead: values by field. Its `id` is the name of the test and its `email` an address, unless given.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"industry": "製造業", "employees": 300}))]
    pub lead: Entries<Spanned<Literal>>,
    /// The stage that it is in; the first one unless given.
    #[schemars(example = &"mql")]
    pub stage: Option<Text>,
    /// The score that it has, or scores by scoring model; the initial ones unless given.
    #[schemars(example = 40)]
    pub score: Option<Spanned<ScoreStep>>,
    /// The topics to which it is subscribed, and to no others. Unless given, each topic says itself who is.
    #[schemars(example = serde_json::json!(["newsletter"]))]
    pub subscribed: Option<Vec<Text>>,
    /// Where it stands with topics when it comes in, instead of what the topics say; not together with `subscribed`.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"newsletter": "in"}))]
    pub consent: Entries<Spanned<Consent>>,
    /// Lists that it is on, besides those that name it.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["vip"]))]
    pub lists: Vec<Text>,
    /// When the test begins: a day, or a local moment. The first day of the project's simulation unless given.
    #[schemars(example = &"2026-04-01")]
    pub start: Option<Spanned<When>>,
    /// Length in days of 24 hours; that of the project's simulation unless given.
    #[schemars(example = 30, range(min = 1, max = 36500))]
    pub days: Option<u32>,
    /// What happens to the lead from outside; what happens before the start is its past. Nothing is drawn.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"at": "2 days", "event": "email_clicked", "with": {"email": "case-study"}}]))]
    pub timeline: Vec<Spanned<Told>>,
    /// The arm that the lead takes, by split: the id of the step, or journey and step where several journeys have one of that id.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"subject-test": "holdout"}))]
    pub arms: Entries<Text>,
    /// `false`: no rule of `frequency` is at work, as where `limits` are proved.
    #[schemars(example = false)]
    pub frequency: Option<Spanned<bool>>,
    /// Whether nothing may be sent but what `expect` names.
    #[schemars(example = true)]
    pub only: Option<Spanned<bool>>,
    /// What is to come of it.
    #[schemars(example = serde_json::json!([{"send": "whitepaper-thanks", "at": 0}, {"stage": "sql", "by": "20 days"}]))]
    #[schemars(length(min = 1))]
    pub expect: Vec<Spanned<Expect>>,
}

/// Where the lead of a test stands with a topic, and since when if it is known.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Where.
    pub stand: Stand,
    /// Since when.
    pub since: Option<Spanned<When>>,
}

/// Where a lead stands with a topic, and since when.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentForm {
    /// Where it stands.
    #[schemars(example = &"pending")]
    pub is: Stand,
    /// Since when.
    #[schemars(example = &"2026-03-20")]
    pub since: Option<Spanned<When>>,
}

/// Where a lead stands with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Stand {
    /// It agreed, and confirmed that.
    In,
    /// It has still to confirm.
    Pending,
    /// It left.
    Out,
}

short_or_long! {
    Consent = "string" | ConsentForm, "`in`, `pending`, `out`, or such as `{is: in, since: 2026-03-20}`";
    short: str = |word| match word {
        "in" => Ok(Consent { stand: Stand::In, since: None }),
        "pending" => Ok(Consent { stand: Stand::Pending, since: None }),
        "out" => Ok(Consent { stand: Stand::Out, since: None }),
        _ => Err("no stand with a topic; write `in`, `pending` or `out`"),
    };
    long = |form| Ok(Consent { stand: form.is, since: form.since });
}

/// Something that happens to the lead of a test.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// When.
    pub at: Spanned<When>,
    /// The event.
    #[schemars(example = &"form_submitted")]
    pub event: Text,
    /// Its properties.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"form": "whitepaper"}))]
    pub with: Entries<Spanned<Literal>>,
}

/// What is expected: one subject, and when.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// This email is sent.
    #[schemars(example = &"whitepaper-thanks")]
    pub send: Option<Text>,
    /// This email is not sent.
    #[schemars(example = &"case-study-reminder")]
    pub never: Option<Text>,
    /// Such mails are sent by journeys: `all`, `marketing`, `transactional`, those of a topic, or a list of emails and messages.
    #[schemars(example = &"marketing")]
    pub mails: Option<Spanned<Mails>>,
    /// Of `mails` that are not listed by name: by which channels; all but `web` and `post` unless said.
    #[schemars(example = serde_json::json!(["email", "line"]))]
    pub channels: Option<Spanned<Vec<Spanned<ChannelName>>>>,
    /// This email is not sent although a step asks for it.
    #[schemars(example = &"case-study")]
    pub skipped: Option<Text>,
    /// The lead enters this journey.
    #[schemars(example = &"onboarding")]
    pub entered: Option<Text>,
    /// The lead is not let into this journey.
    #[schemars(example = &"onboarding")]
    pub refused: Option<Text>,
    /// The lead leaves this journey.
    #[schemars(example = &"onboarding")]
    pub exited: Option<Text>,
    /// The lead reaches this step: its id, or journey and step.
    #[schemars(example = &"onboarding.remind")]
    pub step: Option<Text>,
    /// Somebody gets a task about the lead.
    #[schemars(example = &"sales")]
    pub task: Option<Text>,
    /// This event happens.
    #[schemars(example = &"deal_lost")]
    pub event: Option<Text>,
    /// The lead is in this stage.
    #[schemars(example = &"sql")]
    pub stage: Option<Text>,
    /// The lead has this score, or these scores by scoring model.
    #[schemars(example = 40)]
    pub score: Option<Spanned<ScoreStep>>,
    /// The lead has this grade, or these grades by grading model.
    #[schemars(example = &"A")]
    pub grade: Option<Spanned<Grades>>,
    /// The lead is a member of this segment.
    #[schemars(example = &"hot")]
    pub segment: Option<Text>,
    /// This condition on the lead holds.
    #[schemars(example = &"score >= 40 and in_list(\"vip\")")]
    pub holds: Option<Text>,
    /// At this very second; of a day, at any time of it. Of what lasts, such as a stage: at the end of that second, or day.
    pub at: Option<Spanned<When>>,
    /// Not later than this.
    pub by: Option<Spanned<When>>,
    /// Not before this.
    pub after: Option<Spanned<When>>,
    /// So many times, no more and no less.
    #[schemars(example = 2)]
    pub exactly: Option<Spanned<u32>>,
    /// So many times or fewer.
    #[schemars(example = 2)]
    pub at_most: Option<Spanned<u32>>,
    /// With `at_most`: in any such time, and not in all of it: `7 days`, or a `calendar day`, `calendar week` or `calendar month`.
    pub per: Option<Spanned<Window>>,
    /// Why: with `skipped`, `refused` and `exited`.
    #[schemars(example = &"no-consent")]
    pub reason: Option<Text>,
    /// Properties of the `event`.
    #[schemars(example = serde_json::json!({"plan": "pro"}))]
    pub with: Entries<Spanned<Literal>>,
    /// `false`: the opposite of what lasts, such as being no member of the `segment`.
    #[schemars(example = false)]
    pub is: Option<Spanned<bool>>,
}

/// Mails by what they are, or by their names.
#[derive(Clone, Debug)]
pub enum Mails {
    /// `all`, `marketing`, `transactional`, or a topic.
    Kind(String),
    /// Emails and messages.
    Named(Vec<Text>),
}

const MAILS: &str = "`all`, `marketing`, `transactional`, a topic, or a list of emails and messages";

impl<'de> Deserialize<'de> for Mails {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KindOrNames;
        impl<'de> Visitor<'de> for KindOrNames {
            type Value = Mails;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(MAILS)
            }

            fn visit_str<E>(self, kind: &str) -> Result<Mails, E> {
                Ok(Mails::Kind(kind.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Mails, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                Ok(Mails::Named(names))
            }
        }
        deserializer.deserialize_any(KindOrNames)
    }
}

impl JsonSchema for Mails {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Mails".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": ["string", "array"], "items": {"type": "string"}, "minItems": 1, "patternErrorMessage": MAILS,
        })
    }
}

/// A grade of the default model, or by model.
#[derive(Clone, Debug)]
pub enum Grades {
    /// Of the default model.
    Default(String),
    /// By model.
    Models(Entries<Text>),
}

short_or_long! {
    Grades = "string" | Entries<Text>, "a grade, or grades by grading model";
    short: str = |grade| Ok(Grades::Default(grade.to_owned()));
    long = |models| Ok(Grades::Models(models));
}

/// A moment of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So many seconds after its start; before it, if they are negative.
    Offset(i64),
    /// A local day.
    Day(jiff::civil::Date),
    /// A local moment.
    Moment(DateTime),
}

const WHEN: &str = "a moment of a test: `0`, `3 days`, `-2 days`, `2026-04-03` or `2026-04-03 10:00`";

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "no moment of a test; write `0`, `3 days`, `-2 days`, `2026-04-03` or `2026-04-03 10:00`";
        let text = text.trim();
        if text == "0" {
            return Ok(When::Offset(0));
        }
        if let Some(before) = text.strip_prefix('-') {
            return before.parse::<Duration>().map(|length| When::Offset(-length.secs));
        }
        if text.get(4..5) != Some("-") {
            return text.parse::<Duration>().map(|length| When::Offset(length.secs)).map_err(|_| WRONG);
        }
        match text.split_once([' ', 'T']) {
            None => text.parse::<Date>().map(|day| When::Day(day.0)),
            Some((day, time)) => {
                let day: Date = day.parse()?;
                let time: jiff::civil::Time = time.trim().parse().map_err(|_| WRONG)?;
                Ok(When::Moment(day.0.to_datetime(time)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = When;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str(WHEN)
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<When, E> {
                match number {
                    0 => Ok(When::Offset(0)),
                    _ => Err(E::custom(format_args!("`{number}` has no unit; write `{number} days`"))),
                }
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<When, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for When {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": ["string", "integer"],
            "pattern": r"^\s*(0|-?([0-9]+ *[a-z]+[ ,]*)+|[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]+[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?)\s*$",
            "minimum": 0, "maximum": 0,
            "examples": ["3 days"],
            "patternErrorMessage": WHEN,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let day = jiff::civil::date(2026, 4, 3);
        assert_eq!("0".parse(), Ok(When::Offset(0)));
        assert_eq!("1 day 2 hours".parse(), Ok(When::Offset(93_600)));
        assert_eq!("-2 days".parse(), Ok(When::Offset(-172_800)));
        assert_eq!("2026-04-03".parse(), Ok(When::Day(day)));
        assert_eq!("2026-04-03 10:00".parse(), Ok(When::Moment(day.at(10, 0, 0, 0))));
        assert_eq!("2026-04-03T10:00:07".parse(), Ok(When::Moment(day.at(10, 0, 7, 0))));
        for wrong in ["", "3", "tue 10:00", "2026-04-31", "2026-04-03 25:00", "- 0 days", "soon"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong}");
        }
    }
}
