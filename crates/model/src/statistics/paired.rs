//! Differences between two runs with the same leads and the same chance: what they have in common falls out.

use super::Interval;
use super::distribution::student_quantile;

/// Sums over pairs of units, each with four numbers: x and y of the first run, x and y of the second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairedMoments {
    /// How many pairs.
    pub n: f64,
    /// Sums of the four numbers.
    pub sums: [f64; 4],
    /// Sums of their products.
    pub products: [[f64; 4]; 4],
}

impl PairedMoments {
    /// Whether both runs gave the same for each pair, as far as sums of squares show: they do, since those of the
    /// differences are 0 only then.
    fn is_same(&self) -> bool {
        let p = &self.products;
        [(0, 2), (1, 3)].iter().all(|&(a, b)| p[a][a] - 2.0 * p[a][b] + p[b][b] == 0.0)
    }

    /// Half the width of the interval of a sum over pairs of the four numbers, each times its weight.
    fn spread(&self, weights: [f64; 4], level: f64) -> Option<f64> {
        if self.n < 2.0 {
            return None;
        }
        if self.is_same() {
            return Some(0.0);
        }
        let sum: f64 = (0..4).map(|at| weights[at] * self.sums[at]).sum();
        let mut squares = 0.0;
        for (row, products) in self.products.iter().enumerate() {
            squares += (0..4).map(|at| weights[row] * weights[at] * products[at]).sum::<f64>();
        }
        let variance = ((squares - sum * sum / self.n) / (self.n - 1.0)).max(0.0) * self.n;
        Some(student_quantile(0.5 + level / 2.0, self.n - 1.0) * variance.sqrt())
    }

    /// The sum of x of the second run less that of the first, with its interval by Student's t of the differences.
    pub fn sum_difference(&self, level: f64) -> (f64, Option<Interval>) {
        let difference = self.sums[2] - self.sums[0];
        let spread = self.spread([-1.0, 0.0, 1.0, 0.0], level);
        (difference, spread.map(|spread| Interval { low: difference - spread, high: difference + spread }))
    }

    /// The ratio x/y of the second run less that of the first, with amounts added to x and y of each that are taken as
    /// certain. `None` if there is nothing to divide by.
    ///
    /// Linearisation of both ratios over the same units: Cochran, "Sampling Techniques", 3rd edition (1977), section 6.12.
    pub fn ratio_difference(&self, fixed: [(f64, f64); 2], level: f64) -> Option<(f64, Option<Interval>)> {
        let [x, y, x2, y2] = self.sums;
        let (first, second) = ((x + fixed[0].0, y + fixed[0].1), (x2 + fixed[1].0, y2 + fixed[1].1));
        if first.1 <= 0.0 || second.1 <= 0.0 {
            return None;
        }
        let (r, r2) = (first.0 / first.1, second.0 / second.1);
        let difference = r2 - r;
        let spread = self.spread([-1.0 / first.1, r / first.1, 1.0 / second.1, -r2 / second.1], level);
        let ends = spread.map(|spread| Interval { low: difference - spread, high: difference + spread });
        Some((difference, ends))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(units: &[[f64; 4]]) -> PairedMoments {
        let mut sums = PairedMoments { n: units.len() as f64, ..PairedMoments::default() };
        for unit in units {
            for (row, value) in unit.iter().enumerate() {
                sums.sums[row] += value;
                (0..4).for_each(|at| sums.products[row][at] += value * unit[at]);
            }
        }
        sums
    }

    #[test]
    fn a_run_against_itself_differs_by_nothing() {
        let sums = of(&[[1.0, 3.0, 1.0, 3.0], [0.0, 7.0, 0.0, 7.0], [2.0, 2.0, 2.0, 2.0]]);
        let none = Interval { low: 0.0, high: 0.0 };
        assert_eq!(sums.sum_difference(0.95), (0.0, Some(none)));
        assert_eq!(sums.ratio_difference([(0.0, 0.0); 2], 0.95), Some((0.0, Some(none))));
    }

    #[test]
    fn differences_by_hand() {
        // Differences of x are 1, 0, 2: mean 1, standard deviation 1; t of 2 degrees is 4.302653.
        let sums = of(&[[1.0, 1.0, 2.0, 1.0], [0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 3.0, 1.0]]);
        let (difference, ends) = sums.sum_difference(0.95);
        let ends = ends.unwrap();
        assert!((difference - 3.0).abs() < 1e-12 && (ends.high - 3.0 - 4.302_653 * 3_f64.sqrt()).abs() < 1e-5);
        // With one y each, the ratio is the mean: a third of that.
        let (difference, ends) = sums.ratio_difference([(0.0, 0.0); 2], 0.95).unwrap();
        assert!((difference - 1.0).abs() < 1e-12);
        assert!((ends.unwrap().high - 1.0 - 4.302_653 / 3_f64.sqrt()).abs() < 1e-5);
    }
}
