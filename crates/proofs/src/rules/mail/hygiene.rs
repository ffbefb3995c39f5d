//! `no-sunset-rule`, `no-bounce-rule`: a mailing that comes again and again reaches more and more who no longer read, and
//! addresses that no longer are. Receivers judge senders by both.

use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{Action, EntryBy, Moment};
use crate::ir::{Again, Campaign, Expr, Journey, Name, Policies, Topic};

use super::super::Context;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let Some((name, journey)) = campaign.journeys.iter().find(|(_, journey)| is_mailing(campaign, journey)) else {
        return;
    };
    let policies = &campaign.policies;
    // A project without a word about what goes out to whom is a draft, or leaves that to what sends its mails.
    if *policies == Policies::default() {
        return;
    }
    if policies.permission.sunset.is_none() && !asks_for_silence(campaign) {
        let message =
            format!("`{name}` mails the same people again and again, and nothing asks whether they still react");
        let finding = Diagnostic::new(Code::NoSunset, journey.origin.0, message);
        sink.push(finding.help(
            "write a `sunset` under `policies`, or leave silent leads out: `days_since(\"email_clicked\") < 180`",
        ));
    }
    bounces(campaign, name, journey, sink);
}

fn bounces(campaign: &Campaign, name: &Name, journey: &Journey, sink: &mut Sink) {
    let policies = &campaign.policies;
    let message = match (policies.hard_suppress, policies.soft_suppress_after) {
        (true, Some(_)) => return,
        (false, _) => format!("`{name}` goes on mailing addresses that do not exist: `hard: ignore`"),
        (true, None) => format!("`{name}` goes on mailing addresses that never take a mail"),
    };
    let finding = Diagnostic::new(Code::NoBounceRule, journey.origin.0, message);
    sink.push(finding.help("write `bounces: {soft: {suppress_after: 5}}` under `policies`"));
}

/// Whether a journey sends marketing mails to the same people without end.
fn is_mailing(campaign: &Campaign, journey: &Journey) -> bool {
    let is_recurring = match &journey.entry.by {
        EntryBy::Schedule { moment, .. } => !matches!(moment, Moment::Once { .. }),
        EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Called => false,
    };
    let is_marketing = |content: &Name| {
        let topic = campaign.emails.get(content).and_then(|email| campaign.topics.get(&email.topic));
        topic.is_some_and(Topic::is_marketing)
    };
    is_recurring
        && journey.entry.again != Again::Never
        && journey
            .steps
            .iter()
            .any(|step| matches!(&step.action, Action::Send { content, .. } if is_marketing(content)))
}

/// Whether some condition of the campaign looks at how long ago something happened, or that it did not.
fn asks_for_silence(campaign: &Campaign) -> bool {
    let conditions = campaign.segments.values().map(|segment| &segment.when.expr);
    let moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).filter_map(|made| made.when.as_ref());
    let decays = campaign.scoring.values().any(|model| model.decay.is_some());
    let asks = |expr: &Expr| {
        let mut found = false;
        expr.visit(&mut |part| {
            found |= match part {
                Expr::DaysSince { .. } | Expr::DaysSinceDate { .. } => true,
                Expr::Count { of } => of.within_secs.is_some(),
                _ => false,
            };
        });
        found
    };
    decays || conditions.chain(moves.map(|when| &when.expr)).any(asks)
}
