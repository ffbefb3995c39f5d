//! Statistics as pure functions: distributions, intervals, comparisons of two proportions.
//!
//! In: numbers. Out: numbers. Never: leads, campaigns, words. Every formula names its source, and is tested against
//! published values or those of another implementation.
//!
//! Logarithms and exponentials are those of `libm`, the same to the last bit on every machine.

mod compare;
mod distribution;
mod interval;
mod optimum;
mod paired;

pub use compare::{Comparison, compare, detectable, holm, power, sample_size};
pub use distribution::{normal_quantile, normal_tail, student_quantile};
pub use interval::{
    Added, Arrived, Interval, Moments, mean, newcombe, poisson, ratio, relative, share, share_of_groups, together,
    total, wilson,
};
pub use optimum::{Optimum, maximise};
pub use paired::PairedMoments;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
