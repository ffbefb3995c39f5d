//! What a campaign assumes of how personas behave, number by number, and the same campaign with one of them moved.

use crate::ir::Campaign;
use crate::ir::persona::{Behavior, Cause, Delay};

/// A number that somebody guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The persona.
    pub persona: String,
    /// What it is: `open`, `click_delay`, `does trial_started`, `does trial_started (2 of 3)`.
    pub what: String,
    number: Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Open,
    Click,
    Unsubscribe,
    Complain,
    SoftBounce,
    HardBounce,
    OpenDelay,
    ClickDelay,
    OpenFatigue,
    ClickFatigue,
    Does(usize),
}

const NUMBERS: [(Number, &str); 10] = [
    (Number::Open, "open"),
    (Number::Click, "click"),
    (Number::Unsubscribe, "unsubscribe"),
    (Number::Complain, "complain"),
    (Number::SoftBounce, "soft_bounce"),
    (Number::HardBounce, "hard_bounce"),
    (Number::OpenDelay, "open_delay"),
    (Number::ClickDelay, "click_delay"),
    (Number::OpenFatigue, "open_fatigue"),
    (Number::ClickFatigue, "click_fatigue"),
];

/// All assumptions that are not 0, in the order of the personas.
pub fn assumptions(campaign: &Campaign) -> Vec<Assumption> {
    let mut found = Vec::new();
    for persona in &campaign.personas {
        let does = persona.behavior.does.iter().enumerate();
        let does = does.map(|(at, _)| (Number::Does(at), does_words(&persona.behavior, at)));
        let all = NUMBERS.iter().map(|(number, what)| (*number, (*what).to_owned())).chain(does);
        for (number, what) in all {
            // What is 0 stays 0.
            let mut moved = persona.behavior.clone();
            change(&mut moved, number, 0.0);
            if moved != persona.behavior {
                found.push(Assumption { persona: persona.name.clone(), what, number });
            }
        }
    }
    found
}

/// What a persona does, told apart by its place if it does the same in several ways.
fn does_words(behavior: &Behavior, at: usize) -> String {
    let event = behavior.does.get(at).map_or("", |does| does.event.as_str());
    let alike = |until: usize| behavior.does.iter().take(until).filter(|does| does.event == event).count();
    match alike(behavior.does.len()) {
        0 | 1 => format!("does {event}"),
        all => format!("does {event} ({} of {all})", alike(at + 1)),
    }
}

/// The campaign with one assumption times a factor. A chance stays at most 1.
pub fn moved(campaign: &Campaign, assumption: &Assumption, factor: f64) -> Campaign {
    let mut campaign = campaign.clone();
    for persona in campaign.personas.iter_mut().filter(|persona| persona.name == assumption.persona) {
        change(&mut persona.behavior, assumption.number, factor);
    }
    campaign
}

fn change(behavior: &mut Behavior, number: Number, factor: f64) {
    let chance = |chance: &mut f64| *chance = (*chance * factor).min(1.0);
    match number {
        Number::Open => chance(&mut behavior.open),
        Number::Click => chance(&mut behavior.click),
        Number::Unsubscribe => chance(&mut behavior.unsubscribe),
        Number::Complain => chance(&mut behavior.complain),
        Number::SoftBounce => chance(&mut behavior.soft_bounce),
        Number::HardBounce => chance(&mut behavior.hard_bounce),
        Number::OpenDelay => delay(&mut behavior.open_delay, factor),
        Number::ClickDelay => delay(&mut behavior.click_delay, factor),
        Number::OpenFatigue => behavior.open_fatigue.iter_mut().for_each(|fatigue| chance(&mut fatigue.loss)),
        Number::ClickFatigue => behavior.click_fatigue.iter_mut().for_each(|fatigue| chance(&mut fatigue.loss)),
        Number::Does(at) => match behavior.does.get_mut(at).map(|does| &mut does.cause) {
            Some(Cause::Rate { per_sec }) => *per_sec *= factor,
            Some(Cause::After { chance: own, .. }) => chance(own),
            None => {}
        },
    }
}

fn delay(delay: &mut Delay, factor: f64) {
    let scale = |secs: &mut i64| *secs = (*secs as f64 * factor).round() as i64;
    match delay {
        Delay::LogNormal { median_secs, p90_secs } => [median_secs, p90_secs].into_iter().for_each(scale),
        Delay::Exponential { mean_secs } => scale(mean_secs),
    }
}
