//! Sources, pages and forms: where leads come from, and how visitors become leads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Money, Name};
use crate::text::Origin;

/// Where leads come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Kind of the medium.
    pub medium: Medium,
    /// Parameters of tracked links, `utm_` left out: `source`, `medium` and so on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub utm: BTreeMap<String, String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Cost::is_nothing")]
    pub cost: Cost,
    /// Events that count as a touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched_by: Option<TouchedBy>,
    /// Who comes by it in a simulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Kinds of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the field's words")]
pub enum Medium {
    Paid,
    Organic,
    Social,
    Email,
    Referral,
    Direct,
    Offline,
    Partner,
}

impl Medium {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Medium::Paid => "paid",
            Medium::Organic => "organic",
            Medium::Social => "social",
            Medium::Email => "email",
            Medium::Referral => "referral",
            Medium::Direct => "direct",
            Medium::Offline => "offline",
            Medium::Partner => "partner",
        }
    }
}

/// What a source costs; all parts are added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// Each touch.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub per_click: Money,
    /// Each new lead.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub per_lead: Money,
    /// Once in a run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fixed: Money,
}

impl Cost {
    /// Whether it costs nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Cost::default()
    }

    /// What so many touches and new leads cost.
    pub fn of(&self, touches: u64, new_leads: u64) -> Money {
        self.per_click.times(touches) + self.per_lead.times(new_leads) + self.fixed
    }
}

fn is_zero(money: &Money) -> bool {
    *money == Money::ZERO
}

/// An event that counts as a touch of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TouchedBy {
    /// The event.
    pub event: Name,
    /// Condition on it.
    pub filter: Option<Condition>,
}

/// Who comes by a source in a simulation: a Poisson number on each day of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arrivals {
    /// Mean number of visitors on a day.
    pub per_day: f64,
    /// First day, `YYYY-MM-DD`; from the start of the run on if not given.
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`; until the end of the run if not given.
    pub to: Option<String>,
    /// Factors by weekday, Monday first.
    pub weekdays: [f64; 7],
    /// The page where they land; without one each is a lead at once.
    pub page: Option<Name>,
    /// Parts by persona, 0 to 1; the personas' shares if empty.
    pub personas: BTreeMap<Name, f64>,
}

/// A page of the web site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How its form is put in, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embed: Option<Embed>,
    /// Its variants, by name; a page without variants has one, which has no name.
    pub variants: Vec<Variant>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How a form is put into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Embed {
    /// As a part of the page.
    Inline,
    /// By an `iframe`.
    Iframe,
    /// By a script that writes it.
    Script,
}

impl Embed {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Embed::Inline => "inline",
            Embed::Iframe => "iframe",
            Embed::Script => "script",
        }
    }
}

/// A form of a page's, and how many visitors begin with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// Its name; empty for the only one of a page.
    pub name: Name,
    /// Its part of 100.
    pub weight: f64,
    /// The form in it, and the part of its visitors that begin to fill it in, 0 to 1.
    pub form: Option<(Name, f64)>,
}

impl Page {
    /// The key of chance by which a visitor gets a variant.
    pub fn variant_key(page: &str, variant: &str) -> u64 {
        super::chance::key(&["variant", page, variant])
    }
}

/// A form of the web site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Form {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it asks, in order.
    pub fields: Vec<FormField>,
    /// The event that a submission makes.
    pub submits: Name,
    /// Property of that event that holds the form's name.
    pub names_itself: Option<Name>,
    /// Properties of that event that carry what was filled in, each with the field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub carries: BTreeMap<Name, Name>,
    /// Consent that it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentBox>,
    /// How many of those who begin complete it.
    pub completion: Completion,
    /// Where the completion is written.
    #[serde(skip)]
    pub completion_origin: Origin,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormField {
    /// The field of the lead.
    pub field: Name,
    /// Whether it has to be filled in.
    pub required: bool,
}

/// A box to tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentBox {
    /// What it is about.
    pub topic: Name,
    /// The words beside it.
    pub text: Option<String>,
    /// Whether it is ticked to begin with.
    pub checked: bool,
    /// Part of the submissions in which it is ticked, 0 to 1.
    pub agree: f64,
    /// Where it is written how the box begins.
    #[serde(skip)]
    pub origin: Origin,
}

/// Part of those who begin that complete a form: `base + required × per_field + optional × per_optional`, within 0
/// and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Completion {
    /// Of a form without fields, 0 to 1.
    pub base: f64,
    /// What each required field adds; usually negative.
    pub per_field: f64,
    /// What each optional field adds; usually negative.
    pub per_optional: f64,
}

impl Completion {
    /// The part that completes a form with so many fields; it may lie outside of 0 to 1.
    pub fn unbounded(&self, required: usize, optional: usize) -> f64 {
        // Tenths of percents have no exact binary form: rounding makes 60% − 3 × 4% exactly 48%.
        let sum = self.base + self.per_field * required as f64 + self.per_optional * optional as f64;
        (sum * 1e9).round() / 1e9
    }
}

impl Form {
    /// Numbers of required and of optional fields.
    pub fn counts(&self) -> (usize, usize) {
        let required = self.fields.iter().filter(|field| field.required).count();
        (required, self.fields.len() - required)
    }

    /// Part of those who begin that complete the form.
    pub fn completes(&self) -> f64 {
        let (required, optional) = self.counts();
        self.completion.unbounded(required, optional).clamp(0.0, 1.0)
    }

    /// The same, if it did not ask for the field with this number.
    pub fn completes_without(&self, field: usize) -> f64 {
        let (mut required, mut optional) = self.counts();
        match self.fields.get(field) {
            Some(FormField { required: true, .. }) => required -= 1,
            Some(FormField { required: false, .. }) => optional -= 1,
            None => {}
        }
        self.completion.unbounded(required, optional).clamp(0.0, 1.0)
    }
}

/// Visitors who did not become leads: they were there, so they are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Leads that came of all visitors.
    pub leads: u64,
    /// Visitors by source.
    pub sources: BTreeMap<Name, u64>,
    /// Visitors by page and variant.
    pub pages: BTreeMap<(Name, Name), Passing>,
    /// Forms begun and left, by form.
    pub forms: BTreeMap<Name, u64>,
}

/// Visitors of a page who did not become leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passing {
    /// They came.
    pub visits: u64,
    /// They began to fill the form in.
    pub starts: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(required: usize, optional: usize, completion: Completion) -> Form {
        let field = |required| FormField { field: String::new(), required };
        Form {
            label: None,
            fields: (0..required).map(|_| field(true)).chain((0..optional).map(|_| field(false))).collect(),
            submits: String::new(),
            names_itself: None,
            carries: BTreeMap::new(),
            consent: None,
            completion,
            completion_origin: Origin::default(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn each_field_costs_completions() {
        let completion = Completion { base: 0.6, per_field: -0.04, per_optional: -0.01 };
        let three = form(3, 1, completion);
        assert_eq!(three.completes(), 0.47);
        assert_eq!((three.completes_without(0), three.completes_without(3)), (0.51, 0.48));
        assert_eq!(form(20, 0, completion).completes(), 0.0);
    }

    #[test]
    fn costs_are_added() {
        let cost = Cost { per_click: Money::of(180.0), per_lead: Money::of(1_000.0), fixed: Money::of(0.5) };
        assert_eq!(cost.of(10, 2), Money::of(3_800.5));
    }
}
