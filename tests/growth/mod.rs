//! How work grows with what there is to do, told by a ratio in one run: it does not matter how busy the machine is.

use std::time::Instant;

/// Holds that eight times as much is far less than 64 times the work, as it would be if each were held against each. Both
/// are measured here, side by side.
pub fn assert_grows_evenly(what: &str, work: impl Fn(usize)) {
    let least = |count: usize| {
        let took = || {
            let begin = Instant::now();
            work(count);
            begin.elapsed().as_secs_f64()
        };
        (0..2).map(|_| took()).fold(f64::MAX, f64::min)
    };
    let (few, many) = (least(250), least(2_000));
    assert!(many < 30.0 * few, "{what}: {many} s, and {few} s for an eighth");
}
