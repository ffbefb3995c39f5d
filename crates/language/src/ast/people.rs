//! `personas`, `scoring`, `grading`, `lifecycle`, `segments`, `lists`: who the leads are and where they stand.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Duration, Factor, Fatigue, Limit, Moment, Percent, Rate};
use super::{Literal, Text};
use crate::syntax::{Entries, Spanned};

/// A kind of person.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Name for people.
    #[schemars(example = &"情報システム部長")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Decides on tools; reads mail in the morning")]
    pub description: Option<String>,
    /// Condition over the lead's fields.
    #[serde(rename = "match")]
    #[schemars(example = &"department == \"情報システム\" and employees >= 100")]
    #[schemars(example = &"department == \"IT\" and employees >= 100")]
    pub matches: Text,
    /// Share of the leads, for making leads up.
    pub share: Option<Spanned<Percent>>,
    /// What they need.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["止めない運用"]))]
    pub needs: Vec<String>,
    /// What they want to reach.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["Fewer tools"]))]
    pub goals: Vec<String>,
    /// What troubles them.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["No time to compare"]))]
    pub pains: Vec<String>,
    /// What they say.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["夜中に呼ばれたくない"]))]
    pub quotes: Vec<String>,
    /// How they behave in a simulation.
    #[schemars(example = serde_json::json!({"email": {"open": "38%", "click": "9%"}}))]
    pub behavior: Option<Behavior>,
}

/// How a persona behaves in a simulation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Behavior {
    /// What becomes of a mail.
    #[schemars(example = serde_json::json!({"open": "38%", "click": "9%"}))]
    pub email: EmailRates,
    /// What becomes of messages, by channel.
    #[schemars(example = serde_json::json!({"line": {"open": "60%", "click": "12%", "fail": "1%"}}))]
    pub messages: MessageRates,
    /// How long they take with mail.
    #[schemars(example = serde_json::json!({"open": {"median": "4h", "p90": "30h"}}))]
    pub delay: Delays,
    /// What mails of late take from the interest in the next one.
    #[schemars(example = serde_json::json!({"open": "-8% per mail in 7 days"}))]
    pub fatigue: FatigueRates,
    /// When they are most likely to read: a moment that comes again, in their local time. The project's unless said.
    #[schemars(example = &"tue 10:00")]
    pub best_time: Option<Spanned<Moment>>,
    /// What the chance to open is multiplied by for a mail that comes within the hour that begins then.
    #[schemars(example = &"x1.3")]
    pub in_best_time: Option<Spanned<Factor>>,
    /// A condition on the lead. Whenever it does not hold, they do nothing: they read nothing, and what would happen is
    /// left out.
    #[schemars(example = &"stage != \"customer\"")]
    pub when: Option<Text>,
    /// What they do besides reading mail.
    #[schemars(example = serde_json::json!([{"event": "page_viewed", "with": {"path": "/pricing"}, "rate": "0.4 per week"}]))]
    pub does: Vec<Spanned<Does>>,
}

/// Chances of what becomes of a mail; 0% unless said.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmailRates {
    /// Chance that a delivered mail is opened.
    pub open: Option<Percent>,
    /// Chance that an opened mail is clicked.
    pub click: Option<Percent>,
    /// Chance that a delivered mail makes them unsubscribe from its topic.
    pub unsubscribe: Option<Percent>,
    /// Chance that a delivered mail is reported as spam.
    pub complain: Option<Percent>,
    /// Chance that an attempt to deliver fails for now.
    pub soft_bounce: Option<Percent>,
    /// Chance that an attempt to deliver fails for good.
    pub hard_bounce: Option<Percent>,
    /// Chance that a delivered mail which asks for a confirmation is confirmed. Unless said, whoever opens it confirms.
    pub confirm: Option<Percent>,
    /// Of those who would unsubscribe, the part that chooses a pause instead; needs `policies.preferences.pause`.
    pub pause: Option<Spanned<Percent>>,
    /// Of those who would unsubscribe, the part that chooses fewer mails instead; needs `policies.preferences.fewer`.
    pub fewer: Option<Spanned<Percent>>,
    /// Of those who unsubscribe, the part that does it by the button of the mail program (one-click).
    pub one_click: Option<Percent>,
}

/// Chances of what becomes of messages, by channel.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MessageRates {
    /// Of short messages.
    #[schemars(example = serde_json::json!({"open": "90%", "click": "8%", "fail": "2%", "invalid": "1%"}))]
    pub sms: Option<ReadingRates>,
    /// Of LINE.
    #[schemars(example = serde_json::json!({"open": "60%", "click": "12%", "invalid": "1%"}))]
    pub line: Option<ReadingRates>,
    /// Of notifications.
    #[schemars(example = serde_json::json!({"open": "7%", "click": "60%"}))]
    pub push: Option<ReadingRates>,
    /// Of what is shown on the web site.
    #[schemars(example = serde_json::json!({"open": "80%", "click": "5%"}))]
    pub web: Option<ReadingRates>,
    /// Of letters.
    #[schemars(example = serde_json::json!({"open": "70%", "click": "3%", "fail": "2%"}))]
    pub post: Option<ReadingRates>,
    /// Of calls: `open` is that they answer, `click` that they do what they were called for.
    #[schemars(example = serde_json::json!({"open": "35%", "click": "20%"}))]
    pub call: Option<ReadingRates>,
}

/// Chances of what becomes of a message; 0% unless said.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct ReadingRates {
    /// Chance that a delivered one is opened; a call answered.
    pub open: Option<Percent>,
    /// Chance that an opened one is clicked.
    pub click: Option<Percent>,
    /// Chance that a delivered one makes them unsubscribe from its topic.
    pub unsubscribe: Option<Percent>,
    /// Chance that a delivered one is complained about.
    pub complain: Option<Percent>,
    /// Chance that it does not arrive.
    pub fail: Option<Percent>,
    /// Chance that the address turns out to be none, or to be blocked: nothing more is sent to it.
    pub invalid: Option<Percent>,
    /// How long reactions take; as usual for the channel unless said.
    #[schemars(example = serde_json::json!({"open": {"median": "10m", "p90": "6h"}}))]
    pub delay: Option<ReadingDelays>,
}

/// How long reactions to a message take.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct ReadingDelays {
    /// From delivery to opening, unsubscribing or complaining.
    #[schemars(example = serde_json::json!({"median": "10m", "p90": "6h"}))]
    pub open: Option<Spanned<Delay>>,
    /// From opening to the click.
    #[schemars(example = serde_json::json!({"median": "1m", "p90": "30m"}))]
    pub click: Option<Spanned<Delay>>,
}

/// How long reactions to mail take.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Delays {
    /// From delivery to opening, unsubscribing or complaining. 4 hours, with 90 % within 30 hours, unless said.
    #[schemars(example = serde_json::json!({"median": "4h", "p90": "30h"}))]
    pub open: Option<Spanned<Delay>>,
    /// From opening to the click. 2 minutes, with 90 % within 1 hour, unless said.
    #[schemars(example = serde_json::json!({"median": "10m", "p90": "2h"}))]
    pub click: Option<Spanned<Delay>>,
}

/// How long something takes: log-normal by two of its quantiles, `median` and `p90`, or exponential by its `mean`.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Delay {
    /// Half of them take at most this long.
    pub median: Option<Duration>,
    /// Nine in ten take at most this long; more than the median.
    pub p90: Option<Duration>,
    /// What it takes on average, if it comes at any moment alike, however long it has been waited for.
    pub mean: Option<Duration>,
}

/// What mails of late take from the interest in the next one.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FatigueRates {
    /// Loss of the chance to open.
    pub open: Option<Fatigue>,
    /// Loss of the chance to click.
    pub click: Option<Fatigue>,
}

/// Something a persona does: by itself at a `rate`, or `after` an event with a `chance`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Does {
    /// The event that happens.
    #[schemars(example = &"page_viewed")]
    pub event: Text,
    /// Properties of the event.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"path": "/pricing"}))]
    pub with: Entries<Spanned<Literal>>,
    /// How often it happens by itself.
    pub rate: Option<Spanned<Rate>>,
    /// The event that it follows.
    #[schemars(example = &"email_clicked")]
    pub after: Option<Text>,
    /// Condition on the event that it follows.
    #[serde(rename = "where")]
    #[schemars(example = &"event.email == \"case-study\"")]
    pub filter: Option<Text>,
    /// Chance that it follows.
    pub chance: Option<Spanned<Percent>>,
    /// It follows within this time, at any moment of it alike.
    pub within: Option<Spanned<Duration>>,
    /// How long after it follows, instead of `within`.
    #[schemars(example = serde_json::json!({"mean": "1 day"}))]
    pub delay: Option<Spanned<Delay>>,
    /// Condition on the lead at that moment.
    #[schemars(example = &"score >= 40")]
    pub when: Option<Text>,
}

/// A scoring model.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// Name for people.
    #[schemars(example = &"関心度")]
    pub label: Option<String>,
    /// Whether conditions mean this model when they say `score`. A lone model is the default.
    #[serde(default)]
    #[schemars(example = true)]
    pub default: bool,
    /// Score of a new lead; 0 unless said.
    #[serde(default)]
    #[schemars(example = 0)]
    pub initial: Spanned<i32>,
    /// Smallest and largest score; points beyond are lost.
    #[schemars(example = serde_json::json!([0, 200]))]
    pub range: Option<Spanned<(i32, i32)>>,
    /// What gives points, in order.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"event": "email_opened", "points": 2, "at_most": "1 per day"}]))]
    pub rules: Vec<Spanned<ScoreRule>>,
    /// What takes points away from the inactive.
    #[schemars(example = serde_json::json!({"points": -5, "every": "14 days", "without": ["email_opened"]}))]
    pub decay: Option<Decay>,
}

/// Points for an event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreRule {
    /// The event.
    #[schemars(example = &"email_opened")]
    pub event: Text,
    /// Condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.path == \"/pricing\"")]
    pub filter: Option<Text>,
    /// Points; negative ones are taken away.
    #[schemars(example = 2)]
    pub points: i32,
    /// How often the rule may give points to one lead.
    pub at_most: Option<Spanned<Limit>>,
}

/// Points taken away from the inactive.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// Points each time; negative.
    #[schemars(example = -5)]
    pub points: Spanned<i32>,
    /// How long a lead must be inactive, each time.
    pub every: Spanned<Duration>,
    /// Events that count as activity.
    #[schemars(example = serde_json::json!(["email_opened", "page_viewed"]))]
    pub without: Vec<Text>,
}

/// A grading model.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grading {
    /// Name for people.
    #[schemars(example = &"適合度")]
    pub label: Option<String>,
    /// Whether conditions mean this model when they say `grade`. A lone model is the default.
    #[serde(default)]
    #[schemars(example = true)]
    pub default: bool,
    /// What gives points.
    #[schemars(example = serde_json::json!([{"when": "employees >= 100", "points": 30}]))]
    pub rules: Vec<GradeRule>,
    /// Letters by the least sum of points they need.
    #[schemars(example = serde_json::json!({"A": 80, "B": 60, "C": 40, "D": 0}))]
    pub bands: Spanned<Entries<Spanned<i32>>>,
}

/// Points for a profile.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    /// Condition over the lead's fields.
    #[schemars(example = &"employees >= 100")]
    pub when: Text,
    /// Points; negative ones are taken away.
    #[schemars(example = 30)]
    pub points: i32,
}

/// The stages that a lead goes through: a state machine.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The stages, in the order of a funnel. A new lead is in the first.
    #[schemars(example = serde_json::json!(["lead", "mql", "sql", "customer"]))]
    pub stages: Vec<Text>,
    /// Moves between stages; the first that applies is made.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"from": "lead", "to": "mql", "when": "score >= 100"}]))]
    pub moves: Vec<Spanned<Move>>,
}

/// A move between stages: when a condition holds, on an event, or after a time in the stage. All that are given must apply.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Stage it leaves.
    #[schemars(example = &"lead")]
    pub from: Text,
    /// Stage it goes to.
    #[schemars(example = &"mql")]
    pub to: Text,
    /// Condition on the lead.
    #[schemars(example = &"score > 100 and grade in [\"A\", \"B\"]")]
    pub when: Option<Text>,
    /// Event that makes the move.
    #[schemars(example = &"deal_won")]
    pub event: Option<Text>,
    /// Condition on that event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.amount >= 100000")]
    pub filter: Option<Text>,
    /// Time in the stage.
    pub after: Option<Spanned<Duration>>,
    /// Why, for reports.
    #[schemars(example = &"recycle")]
    pub reason: Option<String>,
}

/// A dynamic group of leads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Name for people.
    #[schemars(example = &"今すぐ客")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Leads that sales should call this week")]
    pub description: Option<String>,
    /// Who belongs to it.
    #[schemars(example = &"score >= 60 and stage in [\"lead\", \"mql\"]")]
    pub when: Text,
}

/// A static group of leads.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct List {
    /// Name for people.
    #[schemars(example = &"展示会2026来場者")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Visitors of our booth")]
    pub description: Option<String>,
    /// CSV file with a column `id` or `email`, relative to the project's folder. Empty at first unless given.
    #[schemars(example = &"lists/expo-2026.csv")]
    pub members: Option<Text>,
}
