//! Best times: waits for them, and what they do to the chance to open.

use tabiji::ir::Behavior;
use tabiji::ir::journey::{Action, Moment};

use crate::support::*;

fn tuesday() -> Moment {
    Moment::Weekly { weekdays: vec![2], minute: 600 }
}

/// Wednesday 1 April 2026 in Tokyo.
fn lab(own: Option<Moment>, of_project: Option<Moment>) -> Lab {
    let mut lab = Lab::new("Asia/Tokyo", "2026-04-01", 30).emails(&["a", "b"]);
    lab.0.settings.best_time = of_project;
    let behavior = Behavior { best_time: own, in_best_time: Some(0.0), ..reader() };
    lab.persona("manager", truth(), behavior)
}

#[test]
fn a_wait_ends_at_the_best_time_of_the_persona_or_the_project() {
    let ways = || steps(vec![Action::WaitBestTime, send("a")]);
    let sent = |own, of_project| lab(own, of_project).all("j", ways()).watch().sent()[0].0.clone();
    assert_eq!(sent(Some(tuesday()), Some(Moment::Daily { minute: 540 })), "2026-04-07T10:00:00+09:00");
    assert_eq!(sent(None, Some(Moment::Daily { minute: 540 })), "2026-04-01T09:00:00+09:00");
    assert_eq!(sent(None, None), "2026-04-01T00:00:00+09:00");
}

#[test]
fn a_lead_without_a_persona_has_the_time_of_the_project() {
    let mut lab = lab(Some(tuesday()), Some(Moment::Daily { minute: 540 }));
    lab.0.personas.clear();
    let watched = lab.all("j", steps(vec![Action::WaitBestTime, send("a")])).watch();
    assert_eq!(watched.sent()[0].0, "2026-04-01T09:00:00+09:00");
}

#[test]
fn the_best_time_lasts_an_hour() {
    // Everybody opens everything, but nothing that comes at the best time: times 0.
    let opens = |secs: i64| {
        let at = 6 * DAY + secs;
        let watched = lab(Some(tuesday()), None).all("j", steps(vec![wait(at), send("a")])).watch();
        let manager = *watched.outcome.figures.personas.get("manager").unwrap();
        assert_eq!(manager.opened_in_best_time, 0);
        assert_eq!(manager.delivered_in_best_time, 1 - manager.opened);
        manager.opened == 1
    };
    assert_eq!([10 * HOUR - 1, 10 * HOUR, 11 * HOUR - 1, 11 * HOUR].map(opens), [true, false, false, true]);
}
