//! `journeys` and `moved`: what happens to a lead, step by step.

use std::ops::Range;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::calendar::Length;
use super::channels::{AudienceStep, Outcome, Sync, Webhook};
use super::experiment::Experiment;
use super::quantity::{Again, ClockTime, Duration, Moment, Money, written};
use super::{Literal, Text, short_or_long};
use crate::syntax::{Entries, Spanned};

/// What happens to a lead, step by step.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// Name for people.
    #[schemars(example = &"ホワイトペーパー育成")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"From the first download to the first call")]
    pub description: Option<String>,
    /// Phase of the journey map that it belongs to.
    #[schemars(example = &"consideration")]
    pub phase: Option<Text>,
    /// Who goes first when mails compete: the higher one. 0 unless said. Journeys are tried in this order, then by name.
    #[serde(default)]
    #[schemars(example = 5)]
    pub priority: i32,
    /// How leads enter.
    #[schemars(example = serde_json::json!({"event": "form_submitted", "again": "after 90 days"}))]
    pub entry: Spanned<Entry>,
    /// Local moment after which nobody enters.
    #[schemars(example = &"2026-06-30 00:00")]
    pub ends: Option<Spanned<Moment>>,
    /// Condition that takes a lead out at any time.
    #[schemars(example = &"stage in [\"opportunity\", \"customer\"]")]
    pub exit_when: Option<Text>,
    /// What the journey is for; reaching it takes the lead out.
    #[schemars(example = serde_json::json!({"when": "stage == \"sql\"", "within": "30 days"}))]
    pub goal: Option<Goal>,
    /// The steps, in order.
    #[schemars(example = serde_json::json!([{"id": "thanks", "send": "whitepaper-thanks"}]))]
    pub steps: Vec<Step>,
}

/// How leads enter: by exactly one of `event`, `segment`, `schedule` and `called`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When this event arrives.
    #[schemars(example = &"form_submitted")]
    pub event: Option<Text>,
    /// When the lead becomes a member of this segment.
    #[schemars(example = &"hot")]
    pub segment: Option<Text>,
    /// All members of a segment at a local time.
    #[schemars(example = serde_json::json!({"segment": "hot", "every": "mon 09:00"}))]
    pub schedule: Option<Schedule>,
    /// Only by a `start` step of another journey.
    #[schemars(example = true)]
    pub called: Option<Spanned<bool>>,
    /// Condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.form == \"whitepaper\"")]
    pub filter: Option<Text>,
    /// Condition on the lead.
    #[schemars(example = &"stage == \"lead\"")]
    pub when: Option<Text>,
    /// With `segment`: whether those who are members at launch enter then; `true` unless said.
    #[schemars(example = false)]
    pub existing: Option<Spanned<bool>>,
    /// Whether a lead may enter a second time: `never` (the default), `always` or `after 90 days`, counted from the last exit.
    pub again: Option<Spanned<Again>>,
    /// One instance for each value of this, instead of one for the lead.
    #[schemars(example = &"event.order_id")]
    pub key: Option<Text>,
    /// With `key`: how many instances of one lead may run at once.
    #[schemars(example = 3, range(min = 1))]
    pub at_once: Option<Spanned<u32>>,
}

/// All members of a segment at a local time: once `at`, or `every`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Who.
    #[schemars(example = &"hot")]
    pub segment: Text,
    /// Once.
    #[schemars(example = &"2026-04-10 09:00")]
    pub at: Option<Spanned<Moment>>,
    /// Again and again.
    #[schemars(example = &"mon 09:00")]
    pub every: Option<Spanned<Moment>>,
}

/// What a journey is for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Condition that is the goal.
    #[schemars(example = &"stage == \"sql\"")]
    pub when: Text,
    /// It counts only within this time after the entry.
    pub within: Option<Spanned<Duration>>,
}

/// One step: an `id` and exactly one action.
// A project has thousands of steps, and each has one of the actions: what only some steps have is boxed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name of the step, unique in its journey. It is the step's identity for leads inside and in plan diffs.
    #[schemars(example = &"thanks", regex(pattern = r"^[\p{L}\p{N}_][\p{L}\p{N}_-]*$"))]
    #[schemars(extend("patternErrorMessage" = "an id of letters, digits, `_` and `-`"))]
    pub id: Text,
    /// Name for people.
    #[schemars(example = &"お礼メール")]
    pub label: Option<String>,
    /// Action: send this email or message.
    #[schemars(example = &"whitepaper-thanks")]
    pub send: Option<Text>,
    /// With `send`: how long it is held at most, instead of the policy's `max_hold`.
    pub max_hold: Option<Spanned<Duration>>,
    /// Action: wait for a time, or until a local moment.
    #[schemars(example = &"2 days", example = serde_json::json!({"until": "tue 10:00"}))]
    pub wait: Option<Box<Spanned<Wait>>>,
    /// Action: wait for an event, or until a condition holds, at most for a time.
    #[schemars(example = serde_json::json!({"event": "email_clicked", "within": "4 days"}), example = serde_json::json!({"when": "score >= 60", "within": "4 days"}))]
    pub wait_for: Option<Box<Spanned<WaitFor>>>,
    /// With `wait_for`: steps for leads whose time ran out.
    #[schemars(example = serde_json::json!([{"id": "remind", "send": "case-study-reminder"}]))]
    pub timeout: Option<Box<Spanned<Vec<Step>>>>,
    /// Action: go by the first arm whose condition holds.
    #[schemars(example = serde_json::json!([{"if": "score >= 60", "steps": [{"id": "call", "task": {"to": "sales", "title": "Call"}}]}]))]
    pub branch: Option<Box<Spanned<Vec<Arm>>>>,
    /// With `branch`: steps for leads that no arm takes; may be empty, may not be left out.
    #[serde(rename = "else")]
    #[schemars(example = serde_json::json!([]))]
    pub otherwise: Option<Box<Spanned<Vec<Step>>>>,
    /// Action: go by one arm, by chance.
    #[schemars(example = serde_json::json!([{"name": "a", "weight": 50, "steps": []}, {"name": "b", "weight": 50, "steps": []}]))]
    pub split: Option<Box<Spanned<Vec<SplitArm>>>>,
    /// With `split`: the arms are compared by how often they reach a goal.
    #[schemars(example = serde_json::json!({"goal": {"event": "email_clicked", "within": "14 days"}, "control": "a", "baseline": "8%", "detect": "2 points"}))]
    pub experiment: Option<Box<Spanned<Experiment>>>,
    /// Action: set fields of the lead.
    #[schemars(example = serde_json::json!({"department": "開発"}))]
    pub set: Option<Box<Spanned<Entries<Spanned<Literal>>>>>,
    /// Action: add points to the default score, or to models by name.
    #[schemars(example = 10, example = serde_json::json!({"engagement": 10}))]
    pub score: Option<Box<Spanned<ScoreStep>>>,
    /// Action: put the lead into this stage of the lifecycle.
    #[schemars(example = &"mql")]
    pub stage: Option<Box<Text>>,
    /// Action: add the lead to a list, or remove it.
    #[schemars(example = serde_json::json!({"add": "vip"}))]
    pub list: Option<Box<Spanned<ListStep>>>,
    /// Action: subscribe the lead to a topic, or unsubscribe it.
    #[schemars(example = serde_json::json!({"subscribe": "newsletter"}))]
    pub topic: Option<Box<Spanned<TopicStep>>>,
    /// Action: give a person something to do.
    #[schemars(example = serde_json::json!({"to": "sales", "title": "{{ company }}に電話", "within": "1 day"}))]
    pub task: Option<Box<Spanned<Task>>>,
    /// Action: send the lead's record to a system.
    #[schemars(example = serde_json::json!({"to": "salesforce", "fields": {"Company": "company", "Score__c": "score"}}))]
    pub sync: Option<Box<Spanned<Sync>>>,
    /// Action: add the lead to an audience of a system, or remove it.
    #[schemars(example = serde_json::json!({"add": "cart-abandoners", "to": "google-ads"}))]
    pub audience: Option<Box<Spanned<AudienceStep>>>,
    /// Action: call a system.
    #[schemars(example = serde_json::json!({"to": "erp", "fields": {"lead": "id"}}))]
    pub webhook: Option<Box<Spanned<Webhook>>>,
    /// Action: make an event happen.
    #[schemars(example = &"trial_extended", example = serde_json::json!({"event": "trial_extended", "with": {"days": 7}}))]
    pub emit: Option<Box<Spanned<Emit>>>,
    /// Action: enter another journey as well.
    #[schemars(example = &"onboarding")]
    pub start: Option<Box<Text>>,
    /// Action: go on at another step of this journey.
    #[schemars(example = &"settle")]
    pub goto: Option<Box<Text>>,
    /// Action: leave the journey, with this reason.
    #[schemars(example = &"handed-over")]
    pub exit: Option<Box<Text>>,
}

/// The action keys of a step.
pub const ACTIONS: &[&str] = &[
    "send", "wait", "wait_for", "branch", "split", "set", "score", "stage", "list", "topic", "task", "sync",
    "audience", "webhook", "emit", "start", "goto", "exit",
];

/// A wait.
#[derive(Clone, Debug)]
pub enum Wait {
    /// For so long.
    For(Length),
    /// Until the next such local moment.
    Until(Spanned<Until>),
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// A local moment.
    Moment(Moment),
    /// Hours that come again: from this moment to this time of the same day.
    Hours(Moment, ClockTime),
    /// A moment near a date of the lead or of the entry event.
    Date(NearDate),
    /// The moment at which the lead's persona is most likely to read.
    BestTime,
}

impl FromStr for Until {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "best time" {
            return Ok(Until::BestTime);
        }
        match (near_date(text), hours(text)) {
            (Some(date), _) => date.map(Until::Date),
            (None, Some(hours)) => hours,
            (None, None) => text.parse().map(Until::Moment),
        }
    }
}

/// Reads hours: a moment, a hyphen and a time; `None` if the text has no such thing.
fn hours(text: &str) -> Option<Result<Until, &'static str>> {
    let (opening, to) =
        text.trim().rsplit_once('-').filter(|(opening, to)| opening.contains(':') && to.contains(':'))?;
    let (from, to) = match (opening.parse::<Moment>(), to.parse::<ClockTime>()) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(why), _) => return Some(Err(why)),
        (Ok(_), Err(_)) => return Some(Err("not on the clock; hours are written `weekday 09:00-18:00`")),
    };
    let opens = match from {
        Moment::Daily(time) | Moment::Weekdays(time) | Moment::Weekly(_, time) => time,
        Moment::Monthly(_, time) | Moment::Business(_, time) => time,
        Moment::Once(_) => return Some(Err("on one day only; hours come again, such as `weekday 09:00-18:00`")),
    };
    Some(if opens < to { Ok(Until::Hours(from, to)) } else { Err("over before it begins; hours are of one day") })
}

/// `3 days before renews_on 09:00`, `on entry.starts_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearDate {
    /// Seconds from the date on, negative before it.
    pub offset_secs: i64,
    /// The text as a whole.
    pub text: String,
    /// The bytes of it that name the date.
    pub of: Range<usize>,
    /// At this time of that day.
    pub time: Option<ClockTime>,
}

/// Reads what is near a date; `None` if the text is about none.
fn near_date(text: &str) -> Option<Result<NearDate, &'static str>> {
    let split = |word: &str| text.split_once(word).map(|(length, rest)| (length.trim(), rest));
    let (length, rest, sign) = match (split(" before "), split(" after "), text.trim_start().strip_prefix("on ")) {
        (Some((length, rest)), _, _) => (length, rest, -1),
        (None, Some((length, rest)), _) => (length, rest, 1),
        (None, None, Some(rest)) => ("", rest, 0),
        (None, None, None) => return None,
    };
    let mut words = rest.split_whitespace();
    let (Some(date), time, None) = (words.next(), words.next(), words.next()) else {
        return Some(Err("not near a date; write `3 days before renews_on`, perhaps with a time behind it: `09:00`"));
    };
    let offset_secs = match length.parse::<Duration>() {
        Ok(length) => length.secs * sign,
        Err(_) if sign == 0 => 0,
        Err(_) if length.parse::<u32>().is_ok() => return Some(Err("without a unit; write `3 days before …`")),
        Err(why) => return Some(Err(why)),
    };
    let time = match time.map(str::parse::<ClockTime>).transpose() {
        Ok(time) if time.is_none_or(|time| time.minutes < 1440) => time,
        Ok(_) | Err(_) => return Some(Err("not on the clock; behind the date stands a time such as `09:00`")),
    };
    let from = text.rfind(rest).unwrap_or(0) + rest.find(date).unwrap_or(0);
    Some(Ok(NearDate { offset_secs, text: text.to_owned(), of: from..from + date.len(), time }))
}

written! {
    Until, r"^\s*(best time|(on|[0-9][0-9a-z ]* (before|after)) +[\p{L}_][\p{L}\p{N}_.]*( +[0-2][0-9]:[0-5][0-9])?|((day|weekday|business day|(first|last) business day( of month)?|mon|tue|wed|thu|fri|sat|sun|month [0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}) +)?[0-2][0-9]:[0-5][0-9](-[0-2][0-9]:[0-5][0-9])?)\s*$", "`best time`, a local moment such as `10:00`, `tue 10:00`, `business day 10:00`, `month 1 10:00` or `2026-04-10 10:00`, hours such as `weekday 09:00-18:00`, or a moment near a date such as `3 days before renews_on 09:00`", "tue 10:00";
}

/// The long form of [`Wait`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WaitUntil {
    /// The next such moment in the lead's local time; hours, in which nobody waits: `weekday 09:00-18:00`; `best time`, that
    /// of the lead's persona; or a moment near a date of the lead or of the entry event: `on renews_on 09:00`, `1 hour before entry.starts_at`.
    #[schemars(example = &"tue 10:00", example = &"weekday 09:00-18:00", example = &"best time", example = &"3 days before renews_on 09:00")]
    until: Spanned<Until>,
}

short_or_long! {
    Wait = "string" | WaitUntil, "a duration such as `2 days` or `3 business days`, or `until: tue 10:00`";
    short: str = |text| text.parse().map(Wait::For);
    long = |wait| Ok(Wait::Until(wait.until));
}

/// Wait for an event, or for a condition.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    /// The event.
    #[schemars(example = &"email_clicked")]
    pub event: Option<Text>,
    /// Condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.email == \"case-study\"")]
    pub filter: Option<Text>,
    /// Condition on the lead; where it already holds, nobody waits. Without an `event`, it is what is waited for.
    #[schemars(example = &"score >= 60")]
    pub when: Option<Text>,
    /// How long at most: a duration, or `5 business days`. An event at the very last second still counts.
    pub within: Spanned<Length>,
}

/// An arm of a branch.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Condition on the lead.
    #[serde(rename = "if")]
    #[schemars(example = &"score >= 60")]
    pub condition: Text,
    /// Steps of the arm.
    #[schemars(example = serde_json::json!([{"id": "deep-dive", "send": "tech-deep-dive"}]))]
    pub steps: Vec<Step>,
}

/// An arm of a split.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitArm {
    /// Name of the arm; a lead keeps its arm while the names stay.
    #[schemars(example = &"holdout")]
    pub name: Text,
    /// Share of the leads, as part of 100.
    #[schemars(example = 50, range(min = 0, max = 100))]
    pub weight: Spanned<f64>,
    /// Steps of the arm.
    #[schemars(example = serde_json::json!([{"id": "plain-subject", "send": "offer-a"}]))]
    pub steps: Vec<Step>,
}

/// Points for the default score, or by model.
#[derive(Clone, Debug)]
pub enum ScoreStep {
    /// For the default model.
    Default(i32),
    /// By model.
    Models(Entries<i32>),
}

short_or_long! {
    ScoreStep = "integer" | Entries<i32>, "points, or points by scoring model";
    short: i64 = |points| i32::try_from(points).map(ScoreStep::Default).map_err(|_| "too many points");
    long = |models| Ok(ScoreStep::Models(models));
}

/// A change of a list: one of `add` and `remove`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListStep {
    /// List to add the lead to.
    #[schemars(example = &"vip")]
    pub add: Option<Text>,
    /// List to remove the lead from.
    #[schemars(example = &"vip")]
    pub remove: Option<Text>,
}

/// A change of a subscription: one of `subscribe` and `unsubscribe`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicStep {
    /// Topic to subscribe the lead to; with `double_opt_in` it still has to confirm.
    #[schemars(example = &"newsletter")]
    pub subscribe: Option<Text>,
    /// Topic to unsubscribe the lead from.
    #[schemars(example = &"newsletter")]
    pub unsubscribe: Option<Text>,
}

/// Something for a person to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Who.
    #[schemars(example = &"sales")]
    pub to: Text,
    /// What; a template.
    #[schemars(example = &"{{ company }}に電話", example = &"Call {{ company }}")]
    pub title: Text,
    /// Until when, from now.
    pub within: Option<Duration>,
    /// What the work costs, in the project's currency. Nothing unless said.
    #[schemars(example = 1500)]
    pub cost: Option<Spanned<Money>>,
    /// What may come of it: at most one of these.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"event": "appointment_made", "chance": "25%", "delay": {"median": "2 days", "p90": "9 days"}}]))]
    pub outcomes: Vec<Spanned<Outcome>>,
}

/// An event to make.
#[derive(Clone, Debug)]
pub struct Emit {
    /// The event; `None` in the short form, where the text is the step's own.
    pub event: Option<Text>,
    /// Its name.
    pub name: String,
    /// Its properties.
    pub with: Entries<Spanned<Literal>>,
}

/// The long form of [`Emit`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmitWith {
    /// The event.
    #[schemars(example = &"trial_extended")]
    event: Text,
    /// Its properties.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"days": 7}))]
    with: Entries<Spanned<Literal>>,
}

short_or_long! {
    Emit = "string" | EmitWith, "the name of an event, or `event: …` and `with: …`";
    short: str = |name| Ok(Emit { event: None, name: name.to_owned(), with: Entries::default() });
    long = |emit| Ok(Emit { name: emit.event.value.clone(), event: Some(emit.event), with: emit.with });
}

/// What becomes of leads that stand where a change meets them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migrate {
    /// Where they stand, by the names before the change: `journeys.NAME.steps.ID`, or `journeys.NAME` for all its steps.
    #[schemars(example = &"journeys.trial.steps.a")]
    pub at: Text,
    /// The step of the same journey at which they go on.
    #[serde(default)]
    #[schemars(example = &"b")]
    pub to: Option<Text>,
    /// What happens to them instead.
    #[serde(default)]
    #[schemars(example = &"exit")]
    pub then: Option<MigrateThen>,
}

/// What becomes of leads that go to no other step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum MigrateThen {
    /// They leave the journey.
    Exit,
    /// They go through the old version to its end.
    FinishOnOld,
}

/// A rename.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Old address: `journeys.NAME`, `journeys.NAME.steps.ID`, or `KIND.NAME`.
    #[schemars(example = &"journeys.trial.steps.a")]
    pub from: Text,
    /// New address.
    #[schemars(example = &"journeys.trial.steps.b")]
    pub to: Text,
}
