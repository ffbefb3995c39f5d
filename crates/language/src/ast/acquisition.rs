//! `sources`, `pages` and `forms`: where leads come from, and how visitors become leads.

use schemars::JsonSchema;
use serde::Deserialize;

use super::limits::Weekday;
use super::quantity::{Change, Date, Factor, Percent};
use super::{Text, short_or_long};
use crate::syntax::{Entries, Spanned};

/// Where leads come from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name for people.
    #[schemars(example = &"検索広告")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Search ads for people who look for a backup product")]
    pub description: Option<String>,
    /// Kind of the medium.
    #[schemars(example = &"paid")]
    pub medium: Medium,
    /// Parameters of tracked links.
    #[schemars(example = serde_json::json!({"source": "google", "medium": "cpc", "campaign": "spring"}))]
    pub utm: Option<Utm>,
    /// What it costs, in the project's currency.
    #[schemars(example = serde_json::json!({"per": "click", "amount": 180}), example = serde_json::json!({"fixed": 800_000}))]
    pub cost: Option<Spanned<Cost>>,
    /// Events that count as a touch of this source, besides visits that name it.
    #[schemars(example = serde_json::json!({"event": "email_clicked", "where": "event.topic == \"newsletter\""}))]
    pub touched_by: Option<TouchedBy>,
    /// Who comes by it in a simulation.
    #[schemars(example = serde_json::json!({"per_day": 40, "from": "2026-04-01", "page": "whitepaper-lp"}))]
    pub arrivals: Option<Arrivals>,
}

/// Kinds of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Medium {
    /// Advertisements that are paid for.
    Paid,
    /// Found by searching.
    Organic,
    /// Social networks.
    Social,
    /// Mail.
    Email,
    /// Links of others.
    Referral,
    /// The address typed in.
    Direct,
    /// Fairs, print, telephone.
    Offline,
    /// Partners who sell.
    Partner,
}

/// Parameters of tracked links.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Utm {
    /// `utm_source`.
    #[schemars(example = &"google")]
    pub source: Option<String>,
    /// `utm_medium`.
    #[schemars(example = &"cpc")]
    pub medium: Option<String>,
    /// `utm_campaign`.
    #[schemars(example = &"spring")]
    pub campaign: Option<String>,
    /// `utm_content`.
    #[schemars(example = &"banner-a")]
    pub content: Option<String>,
    /// `utm_term`.
    #[schemars(example = &"backup")]
    pub term: Option<String>,
}

/// What a source costs. What is given is added up.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What the `amount` is for.
    #[schemars(example = &"click")]
    pub per: Option<Spanned<CostPer>>,
    /// The amount for each.
    #[schemars(example = 180, range(min = 0))]
    pub amount: Option<Spanned<f64>>,
    /// An amount that is paid once, whoever comes.
    #[schemars(example = 800_000, range(min = 0))]
    pub fixed: Option<Spanned<f64>>,
}

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum CostPer {
    /// Each touch, whether it becomes a lead or not.
    Click,
    /// Each new lead.
    Lead,
}

/// An event that counts as a touch.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TouchedBy {
    /// The event.
    #[schemars(example = &"email_clicked")]
    pub event: Text,
    /// Condition on the event.
    #[serde(rename = "where")]
    #[schemars(example = &"event.topic == \"newsletter\"")]
    pub filter: Option<Text>,
}

/// Who comes by a source in a simulation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// Mean number of visitors on a day.
    #[schemars(example = 40, range(min = 0, max = 1_000_000))]
    pub per_day: f64,
    /// First day; the first of the run unless said.
    pub from: Option<Spanned<Date>>,
    /// Last day; the last of the run unless said.
    pub to: Option<Spanned<Date>>,
    /// Factors of weekdays that differ.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"sat": "x0.5", "sun": "x0.4"}))]
    pub weekdays: Weekdays,
    /// The page where they land. Without one each of them is a lead at once.
    #[schemars(example = &"whitepaper-lp")]
    pub page: Option<Text>,
    /// Parts by persona, together 100%. The shares of the personas unless said.
    #[schemars(example = serde_json::json!({"it-manager": "60%", "engineer": "40%"}))]
    pub personas: Option<Spanned<Entries<Spanned<Percent>>>>,
}

/// Factors of weekdays; x1 unless said.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Weekdays {
    /// Monday.
    pub mon: Option<Factor>,
    /// Tuesday.
    pub tue: Option<Factor>,
    /// Wednesday.
    pub wed: Option<Factor>,
    /// Thursday.
    pub thu: Option<Factor>,
    /// Friday.
    pub fri: Option<Factor>,
    /// Saturday.
    pub sat: Option<Factor>,
    /// Sunday.
    pub sun: Option<Factor>,
}

impl Weekdays {
    /// The factor of a weekday.
    pub fn of(&self, day: Weekday) -> f64 {
        let factor = match day {
            Weekday::Mon => self.mon,
            Weekday::Tue => self.tue,
            Weekday::Wed => self.wed,
            Weekday::Thu => self.thu,
            Weekday::Fri => self.fri,
            Weekday::Sat => self.sat,
            Weekday::Sun => self.sun,
        };
        factor.map_or(1.0, |factor| factor.factor)
    }
}

/// A page of the web site.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// Name for people.
    #[schemars(example = &"ホワイトペーパーLP")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Where the search ads lead to")]
    pub description: Option<String>,
    /// Path on the web site.
    #[schemars(example = &"/whitepaper")]
    pub path: Option<String>,
    /// The form in it.
    #[schemars(example = &"whitepaper")]
    pub form: Option<Text>,
    /// Part of the visitors that begin to fill the form in.
    pub starts: Option<Spanned<Percent>>,
    /// How the form is put in: `inline` unless said.
    #[schemars(example = &"iframe")]
    pub embed: Option<Spanned<Embed>>,
    /// Variants that visitors see by chance, by name. What a variant does not say, the page does.
    #[schemars(example = serde_json::json!({"short": {"weight": 50, "starts": "14%"}, "long": {"weight": 50}}))]
    pub variants: Option<Spanned<Entries<Variant>>>,
}

/// A variant of a page.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Share of the visitors, as part of 100.
    #[schemars(example = 50, range(min = 0, max = 100))]
    pub weight: Spanned<f64>,
    /// The form in it.
    #[schemars(example = &"whitepaper-short")]
    pub form: Option<Text>,
    /// Part of its visitors that begin to fill the form in.
    pub starts: Option<Spanned<Percent>>,
}

/// How a form is put into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Embed {
    /// As a part of the page.
    Inline,
    /// By an `iframe`.
    Iframe,
    /// By a script that writes it.
    Script,
}

/// A form of the web site.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Name for people.
    #[schemars(example = &"資料請求フォーム")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"In front of the white paper")]
    pub description: Option<String>,
    /// The fields of the lead that it asks for, in order: required ones by name, others as `{field: department, required: false}`.
    #[schemars(example = serde_json::json!(["email", "company", {"field": "department", "required": false}]))]
    pub fields: Spanned<Vec<Spanned<FormField>>>,
    /// The event that a submission makes.
    #[schemars(example = &"form_submitted")]
    pub submits: Text,
    /// Consent that it asks for.
    #[schemars(example = serde_json::json!({"topic": "newsletter", "text": "メールマガジンを受け取る", "agree": "45%"}))]
    pub consent: Option<ConsentBox>,
    /// Part of those who begin that complete it: a percentage, or what each field costs.
    #[schemars(example = &"34%", example = serde_json::json!({"base": "60%", "per_field": "-4%", "per_optional": "-1%"}))]
    pub completion: Spanned<Completion>,
}

/// A field that a form asks for.
#[derive(Clone, Debug)]
pub struct FormField {
    /// The field of the lead.
    pub field: String,
    /// Whether it has to be filled in.
    pub required: bool,
}

/// A field of a form in full.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LongFormField {
    /// The field of the lead.
    #[schemars(example = &"department")]
    pub field: String,
    /// Whether it has to be filled in; `true` unless said.
    #[schemars(example = false)]
    pub required: Option<bool>,
}

short_or_long! {
    FormField = "string" | LongFormField, "the name of a field, or `{field: department, required: false}`";
    short: str = |name| Ok(FormField { field: name.to_owned(), required: true });
    long = |long| Ok(FormField { field: long.field, required: long.required.unwrap_or(true) });
}

/// A box to tick.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentBox {
    /// The topic that it subscribes to.
    #[schemars(example = &"newsletter")]
    pub topic: Text,
    /// The words beside it.
    #[schemars(example = &"メールマガジンを受け取る", example = &"Send me the newsletter")]
    pub text: Option<String>,
    /// Whether it is ticked to begin with: `unchecked` unless said.
    #[schemars(example = &"unchecked")]
    pub default: Option<Spanned<BoxState>>,
    /// Part of the submissions in which it is ticked: 100% unless said.
    pub agree: Option<Percent>,
}

/// How a box is to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum BoxState {
    /// Not ticked: whoever ticks it agrees.
    Unchecked,
    /// Ticked: whoever forgets it has not refused.
    Checked,
}

/// Part of those who begin that complete a form.
#[derive(Clone, Copy, Debug)]
pub struct Completion {
    /// Of a form without fields, 0 to 1.
    pub base: f64,
    /// What each required field adds.
    pub per_field: f64,
    /// What each optional field adds.
    pub per_optional: f64,
}

/// Completion as a function of the number of fields.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LongCompletion {
    /// Of a form without fields.
    pub base: Percent,
    /// What each required field adds; nothing unless said.
    pub per_field: Option<Change>,
    /// What each optional field adds; nothing unless said.
    pub per_optional: Option<Change>,
}

short_or_long! {
    Completion = "string" | LongCompletion, "a percentage such as `34%`, or `{base: 60%, per_field: -4%}`";
    short: str = |text| text.parse::<Percent>().map(|percent| Completion {
        base: percent.fraction,
        per_field: 0.0,
        per_optional: 0.0,
    });
    long = |long| Ok(Completion {
        base: long.base.fraction,
        per_field: long.per_field.map_or(0.0, |change| change.fraction),
        per_optional: long.per_optional.map_or(0.0, |change| change.fraction),
    });
}
