//! Systems at the other end, what is sent to them, and what comes of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Delay, Expr, Money, Name, Value};
use crate::text::Origin;

/// A system at the other end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Integration {
    /// Name for people.
    pub label: Option<String>,
    /// What it is.
    pub kind: IntegrationKind,
    /// Cost of each record, audience change or call.
    pub cost: Money,
    /// What a lead in an audience costs for as long as it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_cost: Option<MemberCost>,
    /// Address of calls that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a lead in an audience costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberCost {
    /// How much.
    pub amount: Money,
    /// For so many seconds; parts cost a part.
    pub per_secs: i64,
}

/// What a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IntegrationKind {
    /// Customer relations.
    Crm,
    /// Sales.
    Sfa,
    /// Advertising platform.
    Ads,
    /// Data management platform.
    Dmp,
    /// Customer data platform.
    Cdp,
    /// Data warehouse.
    Dwh,
    /// Resource planning.
    Erp,
    /// Chat of a team.
    Chat,
    /// Anything else.
    Other,
}

impl IntegrationKind {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            IntegrationKind::Crm => "crm",
            IntegrationKind::Sfa => "sfa",
            IntegrationKind::Ads => "ads",
            IntegrationKind::Dmp => "dmp",
            IntegrationKind::Cdp => "cdp",
            IntegrationKind::Dwh => "dwh",
            IntegrationKind::Erp => "erp",
            IntegrationKind::Chat => "chat",
            IntegrationKind::Other => "other",
        }
    }

    /// Whether it holds audiences.
    pub fn takes_audiences(self) -> bool {
        match self {
            IntegrationKind::Ads | IntegrationKind::Dmp | IntegrationKind::Cdp => true,
            IntegrationKind::Crm
            | IntegrationKind::Sfa
            | IntegrationKind::Dwh
            | IntegrationKind::Erp
            | IntegrationKind::Chat
            | IntegrationKind::Other => false,
        }
    }

    /// Whether it takes records of single leads.
    pub fn takes_records(self) -> bool {
        self != IntegrationKind::Ads
    }
}

/// Fields of another system, each with what it gets.
pub type Mapping = BTreeMap<String, Mapped>;

/// What a field of another system gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mapped {
    /// The value of an expression.
    Value {
        /// Its canonical text.
        text: String,
        /// The tree.
        expr: Expr,
    },
    /// The text of a template.
    Template(String),
}

/// Something that may come of a step or message. Of several, at most one happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// The event.
    pub event: Name,
    /// Its properties.
    pub with: BTreeMap<Name, Value>,
    /// Chance, 0 to 1.
    pub chance: f64,
    /// How long it takes.
    pub delay: Delay,
    /// Condition on the lead when it is drawn.
    pub when: Option<Condition>,
}

/// How a web address is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the methods of HTTP")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}
