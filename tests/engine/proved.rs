//! What is proved, held against what leads do in the simulator: nobody comes where nobody can come, and no window has more
//! mails than the most.

use std::collections::BTreeSet;

use tabiji::analysis::flood::{Bound, Wanted, counts};
use tabiji::analysis::reach::ReachFacts;
use tabiji::analysis::{self, Facts};
use tabiji::backend::sim::{self, Fact, Noted, Options, Way};
use tabiji::ir::{Campaign, Channel, Counted, Lead, MailLimit, Outside, Window};
use tabiji::plan::{self, Plan};
use tabiji::text::Origin;

use crate::judge::DAYS;
use crate::people::{self, Changer, MADE};

const DAY: i64 = 86_400;

/// What came of some leads of a campaign.
#[derive(Default)]
pub struct Held {
    /// How much is proved to be impossible.
    pub claims: usize,
    /// Of how many windows a most is proved.
    pub windows: usize,
    /// In how many of these as many came.
    pub reached: usize,
    /// What leads did nevertheless.
    pub wrong: BTreeSet<String>,
}

/// Holds what is proved of a campaign against what leads do, as it is and without its frequency rules. The most mails take
/// far more time to prove than all else, so they may be left out; where they are not, those leads that have most are
/// changed so many times to have more.
pub fn hold(plan: &Plan, number: u64, count: usize, mails: bool, rounds: usize) -> Held {
    let leads = leads(plan, number, count);
    let mut campaign = plan.campaign.clone();
    campaign.policies.limits = limits();
    let mut free = campaign.clone();
    free.policies.frequency.clear();
    let mut held = Held::default();
    for campaign in [campaign, free] {
        let facts = analysis::analyse(&campaign, false, mails.then_some(Wanted::All));
        held.windows += facts.flood.bounds.iter().filter(|bound| bound.proved.is_some()).count();
        held.claims += claims(&facts);
        let mut climb = Climb { campaign: &campaign, facts: &facts, best: vec![None; facts.flood.bounds.len()] };
        held.wrong.extend(climb.run(&leads));
        let mut changer = Changer::of(plan, number);
        for _ in 0..if mails { rounds } else { 0 } {
            let best = climb.best.iter().flatten();
            let next: Vec<Lead> = best.map(|(_, lead, seen)| changer.changed(lead, seen)).collect();
            held.wrong.extend(climb.run(&next));
        }
        held.reached += climb.reached();
    }
    held
}

/// The leads that had most mails so far, by bound.
struct Climb<'a> {
    campaign: &'a Campaign,
    facts: &'a Facts,
    /// How many, who, and what came of it.
    best: Vec<Option<(u64, Lead, Vec<Noted>)>>,
}

impl Climb<'_> {
    /// Runs leads, keeps those that are as good as the best, and tells what was proved and is wrong.
    fn run(&mut self, leads: &[Lead]) -> BTreeSet<String> {
        let mut wrong = BTreeSet::new();
        run(self.campaign, leads, &mut |lead, seen| {
            // What is told of a mail that was never sent is beside every proof.
            if seen.iter().any(|noted| matches!(noted.fact, Fact::Unmatched { .. })) {
                return;
            }
            wrong.extend(judged(self.campaign, self.facts, seen));
            for (bound, best) in self.facts.flood.bounds.iter().zip(&mut self.best) {
                let most = fullest(self.campaign, bound, seen);
                if let Some(proved) = bound.proved.filter(|proved| most > *proved) {
                    let MailLimit { per, counts, .. } = &bound.limit;
                    let lead = &leads[lead];
                    wrong.insert(format!("{most} mails, and at most {proved} are proved: {per:?} {counts:?} {lead:?}"));
                }
                if best.as_ref().is_none_or(|(before, ..)| most >= *before) {
                    *best = Some((most, leads[lead].clone(), seen.to_vec()));
                }
            }
        });
        wrong
    }

    /// In how many windows as many mails came as are proved.
    fn reached(&self) -> usize {
        let bounds = self.facts.flood.bounds.iter().zip(&self.best);
        bounds.filter(|(bound, best)| best.as_ref().is_some_and(|(most, ..)| bound.proved == Some(*most))).count()
    }
}

/// Random leads; what they do about mails they do about those that they were sent.
fn leads(plan: &Plan, number: u64, count: usize) -> Vec<Lead> {
    let mut leads = people::leads(plan, number, count);
    let of_mail = |event: &str| event.starts_with("email_") || event.starts_with("message_") || event == "complained";
    leads.iter_mut().flat_map(|lead| &mut lead.timeline).for_each(|all| {
        all.retain(|each| !MADE.contains(&each.event.as_str()) && !of_mail(&each.event));
    });
    let mut changer = Changer::of(plan, number);
    // What they do brings about further mails.
    for _ in 0..2 {
        let mut more: Vec<Vec<Outside>> = vec![Vec::new(); leads.len()];
        run(&plan.campaign, &leads, &mut |lead, seen| more[lead] = reactions(seen, &mut changer));
        for (lead, more) in leads.iter_mut().zip(more) {
            let Some(all) = &mut lead.timeline else { continue };
            all.extend(more);
            all.sort_by_key(|each| each.at_secs);
        }
    }
    leads
}

/// What a lead may do about the mails that it was sent.
fn reactions(seen: &[Noted], changer: &mut Changer<'_>) -> Vec<Outside> {
    let mut out = Vec::new();
    for noted in seen {
        if let Fact::Sent { content, .. } = &noted.fact
            && changer.once_in(3)
        {
            out.push(changer.reaction_to(noted.at_secs, content));
        }
    }
    out
}

/// A limit for each of some windows and kinds of mails.
fn limits() -> Vec<MailLimit> {
    let mail = || vec![Channel::Email];
    let counted = [
        (Counted::All, mail()),
        (Counted::Marketing, mail()),
        (Counted::Topic("news".to_owned()), mail()),
        (Counted::All, vec![Channel::Email, Channel::Sms]),
    ];
    let limit = |days: i64, (counts, channels): &(Counted, Vec<Channel>)| MailLimit {
        at_most: 1,
        per: Window::RollingSecs(days * DAY),
        counts: counts.clone(),
        channels: channels.clone(),
        lead_time: false,
        origin: Origin::default(),
    };
    [1, 3, 10].into_iter().flat_map(|days| counted.iter().map(move |counted| limit(days, counted))).collect()
}

fn run(campaign: &Campaign, leads: &[Lead], seen: &mut dyn FnMut(usize, &[Noted])) {
    let plan = plan::build(campaign).unwrap();
    sim::watch(&plan, leads, &Options { days: Some(DAYS), ..Options::default() }, seen).unwrap();
}

/// What of it is proved to be impossible.
fn judged(campaign: &Campaign, facts: &Facts, seen: &[Noted]) -> Vec<String> {
    let stages = campaign.lifecycle.as_ref().map_or(&[][..], |lifecycle| &lifecycle.stages);
    let is_new = |noted: &Noted| matches!(&noted.fact, Fact::Began { stage, .. } if stage.as_ref() == stages.first());
    let is_new = seen.iter().any(is_new);
    let mut out: Vec<String> = Vec::new();
    for (at, noted) in seen.iter().enumerate() {
        // What stages lead to is said of those who begin in the first one.
        if matches!(noted.fact, Fact::Stage { .. }) && !is_new {
            continue;
        }
        // Whoever meets the condition of a wait does not wait.
        let is_here = |before: &&Noted| before.at_secs == noted.at_secs;
        let at_once = |before: &Noted| match (&before.fact, &noted.fact) {
            (Fact::Reached { journey, step }, Fact::Way { journey: of, step: from, way: Way::Heard }) => {
                (journey, step) == (of, from)
            }
            _ => false,
        };
        if !seen[..at].iter().rev().take_while(is_here).any(at_once) {
            out.extend(impossible(campaign, facts, &noted.fact));
        }
    }
    out
}

/// The most mails in a rolling window; none in others.
fn fullest(campaign: &Campaign, bound: &Bound, seen: &[Noted]) -> u64 {
    let Window::RollingSecs(secs) = bound.limit.per else { return 0 };
    let sent = seen.iter().filter_map(|noted| match &noted.fact {
        Fact::Sent { journey, content, .. }
            if campaign.journeys.contains_key(journey) && counts(campaign, content, &bound.limit) =>
        {
            Some(noted.at_secs)
        }
        _ => None,
    });
    let times: Vec<i64> = sent.collect();
    let within = |first: &i64| times.iter().filter(|at| (0..secs).contains(&(*at - first))).count();
    times.iter().map(within).max().unwrap_or(0) as u64
}

/// What is proved to be impossible in a fact.
fn impossible(campaign: &Campaign, facts: &Facts, fact: &Fact) -> Option<String> {
    let of = |journey: &String| Some((facts.reach.get(journey)?, campaign.journeys.get(journey)?));
    let place = |journey: &String, step: &String| -> Option<(&ReachFacts, usize)> {
        let (reach, journey) = of(journey)?;
        Some((reach, journey.steps.iter().position(|each| each.id == *step)?))
    };
    match fact {
        Fact::Entered { journey } => {
            let nobody = of(journey).is_some_and(|(reach, _)| reach.nobody.is_some());
            (nobody || facts.unentered.contains(journey)).then(|| format!("nobody enters {journey}"))
        }
        Fact::Reached { journey, step } => {
            let (reach, number) = place(journey, step)?;
            let stands = reach.reached.get(number).copied().unwrap_or(true)
                && facts.journeys[journey].reached.get(number).copied().unwrap_or(true);
            let stays = reach.leaves_at_once.is_none() && reach.goal_on_entry.is_none();
            (!stands || !stays).then(|| format!("nobody reaches {journey}.{step}"))
        }
        Fact::Way { journey, step, way } => {
            let (reach, number) = place(journey, step)?;
            let excluded = match way {
                Way::Arm(arm) => reach.arms.iter().any(|(step, excluded, _)| (*step, *excluded) == (number, *arm)),
                Way::Heard => {
                    reach.waits.iter().any(|(step, _)| *step == number)
                        || facts.paths[journey].vain_waits.iter().any(|vain| vain.step == number && !vain.unlinked)
                }
                Way::Else => reach.otherwise.iter().any(|(step, ..)| *step == number),
                Way::Split(_) | Way::Timeout => false,
            };
            excluded.then(|| format!("nobody goes from {journey}.{step} by {way:?}"))
        }
        Fact::Exited { journey, reason } => {
            let impossible = of(journey).is_some_and(|(reach, _)| reach.impossible_goal.is_some());
            (impossible && reason == "goal").then(|| format!("nobody comes to the goal of {journey}"))
        }
        Fact::Sent { journey, step, content } => {
            let (reach, number) = place(journey, step)?;
            let unsent = campaign.emails.contains_key(content) && !facts.sent.contains(content);
            (reach.mails_nobody(number) || unsent).then(|| format!("nobody is sent {content} by {journey}.{step}"))
        }
        Fact::Segment { segment, member: true } => {
            facts.matching.empty_segments.contains_key(segment).then(|| format!("nobody is in {segment}"))
        }
        Fact::Segment { segment, member: false } => {
            facts.matching.full_segments.contains(segment).then(|| format!("everybody is in {segment}"))
        }
        Fact::Score { model, score } => {
            let too_high =
                |each: &&analysis::matching::ScoreOutOfReach| each.model == *model && each.most < i64::from(*score);
            facts.matching.scores.iter().find(too_high).map(|_| format!("no score {model} of {score}"))
        }
        Fact::Stage { stage } => {
            let unreached = facts.matching.stages.iter().any(|(name, _)| name == stage);
            unreached.then(|| format!("nobody comes into the stage {stage}"))
        }
        _ => None,
    }
}

/// How much is claimed to be impossible.
pub fn claims(facts: &Facts) -> usize {
    let of_reach = |reach: &ReachFacts| {
        let whole = [&reach.nobody, &reach.leaves_at_once, &reach.goal_on_entry, &reach.impossible_goal];
        whole.into_iter().flatten().count()
            + reach.arms.len()
            + reach.otherwise.len()
            + reach.waits.len()
            + reach.steps.len()
            + reach.no_consent.len()
    };
    facts.reach.values().map(of_reach).sum::<usize>()
        + facts.matching.empty_segments.len()
        + facts.matching.full_segments.len()
        + facts.matching.stages.len()
        + facts.matching.scores.len()
        + facts.unentered.len()
}
