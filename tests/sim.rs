//! The simulator, from plan and leads to figures and timelines. Every expected moment is computed by hand.
#![expect(clippy::unwrap_used, reason = "a test that finds nothing to look at has failed")]

#[path = "sim/best_time.rs"]
mod best_time;
#[path = "sim/calendar.rs"]
mod calendar;
#[path = "sim/chance.rs"]
mod chance;
#[path = "sim/channels.rs"]
mod channels;
#[path = "sim/clock.rs"]
mod clock;
#[path = "sim/conditions.rs"]
mod conditions;
#[path = "sim/consent.rs"]
mod consent;
#[path = "sim/entering.rs"]
mod entering;
#[path = "sim/mails.rs"]
mod mails;
#[path = "sim/measures.rs"]
mod measures;
#[path = "sim/outside.rs"]
mod outside;
#[path = "sim/quota.rs"]
mod quota;
#[path = "sim/random.rs"]
mod random;
#[path = "sim/replay.rs"]
mod replay;
#[path = "sim/runs.rs"]
mod runs;
#[path = "sim/sending.rs"]
mod sending;
#[path = "sim/standing.rs"]
mod standing;
#[path = "sim/support.rs"]
mod support;
