//! Opinions about a campaign: facts to findings, one file for each rule.
//!
//! In: what was resolved and what the analyses know of it. Out: findings. Never: how a fact was found.

mod arm_nobody_takes;
mod arm_without_weight;
mod branch_without_else;
mod calendar_out_of_date;
mod colliding_schedules;
mod condition_never_holds;
mod confirmation_without_link;
mod consent_needs_itself;
mod consent_without_address;
mod cost_without_currency;
mod dates_out_of_order;
mod enters_once;
mod equal_segments;
mod experiment_arms;
mod form_lacks_field;
mod goal_on_entry;
mod hold_too_short;
mod idle_source;
mod impossible_completion;
mod impossible_goal;
mod journey_over_cap;
mod kpi_tree;
mod kpi_without_currency;
mod leaves_at_once;
mod long_sms;
mod loop_without_wait;
mod mail;
mod mail_flood;
mod market_without_confirmation;
mod marketing_confirmation;
mod matches_everybody;
mod matches_nobody;
mod move_nobody_makes;
mod moves_in_circles;
mod no_best_time;
mod no_consent_here;
mod no_way_out;
mod nobody_enters;
mod nobody_subscribes;
mod opens_are_no_evidence;
mod page_without_form;
mod phase_without_touchpoint;
mod reasons;
mod score_out_of_reach;
mod sent_twice;
mod shadowed_market;
mod shadowed_persona;
mod starts_in_circles;
mod step_nobody_reaches;
mod thin_recommendations;
mod ticked_consent;
mod unreachable_stage;
mod unreachable_step;
mod unsent_email;
mod unused_definition;
mod waits_in_vain;
mod warmup_cannot_fit;
mod warmup_steps;
mod weaker_than_market;
mod wider_than_field;
mod window_shorter_than_wait;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::analysis::Facts;
use crate::analysis::reach::ReachFacts;
use crate::ast::Kind;
use crate::diag::Sink;
use crate::ir::{Journey, Name};
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
    matches_nobody::check,
    matches_everybody::check,
    shadowed_market::check,
    shadowed_persona::check,
    equal_segments::check,
    condition_never_holds::check,
    score_out_of_reach::check,
    unreachable_stage::check,
    move_nobody_makes::check,
    moves_in_circles::check,
    wider_than_field::check,
    warmup_steps::check,
    warmup_cannot_fit::check,
    calendar_out_of_date::check,
    no_best_time::check,
    hold_too_short::check,
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
    arm_without_weight::check,
    leaves_at_once::check,
    goal_on_entry::check,
    impossible_goal::check,
    arm_nobody_takes::check,
    step_nobody_reaches::check,
    waits_in_vain::check,
    window_shorter_than_wait::check,
    dates_out_of_order::check,
    starts_in_circles::check,
    sent_twice::check,
    no_consent_here::check,
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
    mail::check,
];

/// Holds every rule against a campaign.
pub fn run(resolution: &Resolution, facts: &Facts, sink: &mut Sink) {
    let context = Context { resolution, facts };
    let of_rule = |rule: &Rule| {
        let mut sink = Sink::default();
        rule(context, &mut sink);
        sink.found
    };
    let found: Vec<_> = RULES.par_iter().map(of_rule).collect();
    sink.found.extend(found.into_iter().flatten());
}

impl<'a> Context<'a> {
    /// What conditions make impossible in each journey, with the journey.
    fn reached(self) -> impl Iterator<Item = (&'a Name, (&'a ReachFacts, &'a Journey))> {
        let journeys = &self.resolution.campaign.journeys;
        self.facts.reach.iter().filter_map(|(name, facts)| Some((name, (facts, journeys.get(name)?))))
    }

    /// One kind of such facts.
    fn reach<F: 'a>(
        self,
        of: impl Fn(&'a ReachFacts) -> Option<&'a F>,
    ) -> impl Iterator<Item = (&'a Name, &'a F, &'a Journey)> {
        self.reached().filter_map(move |(name, (facts, journey))| Some((name, of(facts)?, journey)))
    }

    /// Whether the name may be used in something that could not be read, or under a name that is misspelt.
    fn may_be_used(&self, kind: Kind, name: &str) -> bool {
        self.resolution.unread_words.contains(name)
            || self.resolution.meant.contains(name)
            || self.resolution.unsure_kinds.contains(&kind)
    }
}
