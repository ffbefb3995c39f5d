//! How often intervals hold the truth, by drawing many samples from a known one; seeds are fixed, so this is no chance.

use super::*;

/// A generator for tests: splitmix64 (Steele, Lea and Flood, 2014).
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// 200 leads with 1 to 4 mails each; half of the leads open 60 % of them, the others 10 %: mails of one lead are alike.
fn mails(draws: &mut Draws) -> Moments {
    let mut sums = Moments::default();
    for _ in 0..200 {
        let y = 1.0 + (draws.unit() * 4.0).floor();
        let likes = if draws.unit() < 0.5 { 0.6 } else { 0.1 };
        let x = (0..y as u32).filter(|_| draws.unit() < likes).count() as f64;
        sums.n += 1.0;
        (sums.x, sums.y) = (sums.x + x, sums.y + y);
        (sums.xx, sums.yy, sums.xy) = (sums.xx + x * x, sums.yy + y * y, sums.xy + x * y);
    }
    sums
}

fn covered(truth: f64, interval: impl Fn(&Moments) -> Option<Interval>) -> f64 {
    let mut draws = Draws(7);
    let held =
        (0..2_000).filter(|_| interval(&mails(&mut draws)).is_some_and(|ends| ends.low <= truth && truth <= ends.high));
    held.count() as f64 / 2_000.0
}

#[test]
fn a_share_of_mails_that_belong_together_is_held_as_often_as_stated() {
    let share = covered(0.35, |sums| share(sums, 0.95));
    assert!((0.94..=0.97).contains(&share), "{share}");
    // To take each mail for itself promises too much.
    let naive = covered(0.35, |sums| wilson(sums.x, sums.y, 0.95));
    assert!(naive < 0.91, "{naive}");
}

#[test]
fn a_mean_per_lead_is_held_as_often_as_stated() {
    let per_lead = covered(2.5 * 0.35, |sums| mean(sums, 0.95));
    assert!((0.935..=0.965).contains(&per_lead), "{per_lead}");
    let per_mail = covered(0.35, |sums| ratio(sums, &Arrived::default(), (0.0, 0.0), 0.95));
    assert!((0.935..=0.965).contains(&per_mail), "{per_mail}");
}
