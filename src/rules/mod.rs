//! Opinions about a campaign: facts to findings, one file for each rule.
//!
//! In: what was resolved and what the analyses know of it. Out: findings. Never: how a fact was found.

mod branch_without_else;
mod calendar_out_of_date;
mod colliding_schedules;
mod confirmation_without_link;
mod consent_needs_itself;
mod consent_without_address;
mod cost_without_currency;
mod enters_once;
mod experiment_arms;
mod form_lacks_field;
mod idle_source;
mod impossible_completion;
mod journey_over_cap;
mod kpi_tree;
mod kpi_without_currency;
mod long_sms;
mod loop_without_wait;
mod mail_flood;
mod market_without_confirmation;
mod marketing_confirmation;
mod no_best_time;
mod no_way_out;
mod nobody_enters;
mod nobody_subscribes;
mod opens_are_no_evidence;
mod page_without_form;
mod phase_without_touchpoint;
mod thin_recommendations;
mod ticked_consent;
mod unreachable_step;
mod unsent_email;
mod unused_definition;
mod warmup_cannot_fit;
mod warmup_steps;
mod weaker_than_market;

use crate::analysis::Facts;
use crate::ast::Kind;
use crate::diag::Sink;
use crate::resolve::Resolution;

/// Everything a rule may look at.
#[derive(Clone, Copy)]
struct Context<'a> {
    resolution: &'a Resolution,
    facts: &'a Facts,
}

type Rule = fn(Context<'_>, &mut Sink);

/// The rules, in the order of their codes.
const RULES: &[Rule] = &[
    warmup_steps::check,
    warmup_cannot_fit::check,
    calendar_out_of_date::check,
    no_best_time::check,
    branch_without_else::check,
    unreachable_step::check,
    no_way_out::check,
    loop_without_wait::check,
    nobody_enters::check,
    enters_once::check,
    colliding_schedules::check,
    mail_flood::check,
    journey_over_cap::check,
    experiment_arms::check,
    unsent_email::check,
    unused_definition::check,
    nobody_subscribes::check,
    long_sms::check,
    cost_without_currency::check,
    consent_without_address::check,
    ticked_consent::check,
    impossible_completion::check,
    page_without_form::check,
    idle_source::check,
    form_lacks_field::check,
    thin_recommendations::check,
    kpi_without_currency::check,
    kpi_tree::check,
    consent_needs_itself::check,
    phase_without_touchpoint::check,
    confirmation_without_link::check,
    marketing_confirmation::check,
    market_without_confirmation::check,
    weaker_than_market::check,
    opens_are_no_evidence::check,
];

/// Holds every rule against a campaign.
pub fn run(resolution: &Resolution, facts: &Facts, sink: &mut Sink) {
    let context = Context { resolution, facts };
    RULES.iter().for_each(|rule| rule(context, sink));
}

impl Context<'_> {
    /// Whether the name may be used in something that could not be read, or under a name that is misspelt.
    fn may_be_used(&self, kind: Kind, name: &str) -> bool {
        self.resolution.unread_words.contains(name)
            || self.resolution.meant.contains(name)
            || self.resolution.unsure_kinds.contains(&kind)
    }
}
