//! The maximum of a likelihood of a few parameters, and how sharp it is.

/// Rounds of the simplex at most; a likelihood of four parameters takes some hundred.
const MOST_ROUNDS: usize = 4_000;

/// The simplex is at rest once its values differ by no more than this, relative to their size.
const TOLERANCE: f64 = 1e-12;

/// Where a likelihood is greatest.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// The parameters.
    pub at: Vec<f64>,
    /// The logarithm of the likelihood there.
    pub log_likelihood: f64,
    /// Covariance of the parameters: the inverse of the observed information. `None` where the likelihood is no peak, as
    /// it is if it says nothing about one of them.
    pub covariance: Option<Vec<Vec<f64>>>,
}

impl Optimum {
    /// Standard error of a function of the parameters, by its gradient (delta method).
    pub fn standard_error(&self, gradient: &[f64]) -> Option<f64> {
        let covariance = self.covariance.as_ref()?;
        let mut variance = 0.0;
        for (row, left) in covariance.iter().zip(gradient) {
            for (cell, right) in row.iter().zip(gradient) {
                variance += left * cell * right;
            }
        }
        (variance >= 0.0).then(|| variance.sqrt())
    }
}

/// Maximises a function of any real parameters from a start; `NaN` counts as impossible.
///
/// Nelder and Mead, "A simplex method for function minimization", Computer Journal 7 (1965), with the rules of Lagarias,
/// Reeds, Wright and Wright, SIAM Journal on Optimization 9 (1998); begun again where it came to rest, until that gives
/// nothing more. The information is taken by central differences.
pub fn maximise(start: &[f64], log_likelihood: impl Fn(&[f64]) -> f64) -> Optimum {
    let cost = |at: &[f64]| {
        let value = -log_likelihood(at);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let (mut at, mut least) = descend(start, 0.5, &cost);
    for step in [0.25, 0.1, 0.05] {
        let (next, value) = descend(&at, step, &cost);
        let gained = least - value;
        (at, least) = if value < least { (next, value) } else { (at, least) };
        if gained < 1e-7 {
            break;
        }
    }
    let covariance = information(&at, &cost).and_then(|information| inverse(&information));
    Optimum { at, log_likelihood: -least, covariance }
}

type Vertex = (Vec<f64>, f64);

fn descend(start: &[f64], step: f64, cost: &impl Fn(&[f64]) -> f64) -> Vertex {
    let vertex = |at: Vec<f64>| {
        let value = cost(&at);
        (at, value)
    };
    let mut simplex = vec![vertex(start.to_vec())];
    for axis in 0..start.len() {
        let mut at = start.to_vec();
        at[axis] += step;
        simplex.push(vertex(at));
    }
    for _ in 0..MOST_ROUNDS {
        simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (best, worst) = (simplex[0].1, simplex[start.len()].1);
        if worst - best <= TOLERANCE * (1.0 + best.abs()) && is_small(&simplex) {
            break;
        }
        round(&mut simplex, &vertex);
    }
    simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
    simplex.swap_remove(0)
}

fn is_small(simplex: &[Vertex]) -> bool {
    simplex.iter().all(|(at, _)| at.iter().zip(&simplex[0].0).all(|(one, other)| (one - other).abs() < 1e-6))
}

/// Reflects, expands, contracts or shrinks a sorted simplex.
fn round(simplex: &mut [Vertex], vertex: &impl Fn(Vec<f64>) -> Vertex) {
    let last = simplex.len() - 1;
    let centre: Vec<f64> =
        (0..last).map(|axis| simplex[..last].iter().map(|(at, _)| at[axis]).sum::<f64>() / last as f64).collect();
    let along = |far: f64| {
        vertex(centre.iter().zip(&simplex[last].0).map(|(middle, worst)| middle + far * (middle - worst)).collect())
    };
    let reflected = along(1.0);
    let next = if reflected.1 < simplex[0].1 {
        let expanded = along(2.0);
        Some(if expanded.1 < reflected.1 { expanded } else { reflected })
    } else if reflected.1 < simplex[last - 1].1 {
        Some(reflected)
    } else if reflected.1 < simplex[last].1 {
        Some(along(0.5)).filter(|inside| inside.1 <= reflected.1)
    } else {
        Some(along(-0.5)).filter(|inside| inside.1 < simplex[last].1)
    };
    match next {
        Some(next) => simplex[last] = next,
        None => {
            let best = simplex[0].0.clone();
            for each in &mut simplex[1..] {
                *each = vertex(best.iter().zip(&each.0).map(|(best, at)| best + 0.5 * (at - best)).collect());
            }
        }
    }
}

/// Second derivatives of the cost.
fn information(at: &[f64], cost: &impl Fn(&[f64]) -> f64) -> Option<Vec<Vec<f64>>> {
    let step = |axis: usize| 1e-3 * at[axis].abs().max(1.0);
    let shifted = |moves: &[(usize, f64)]| {
        let mut there = at.to_vec();
        for (axis, sign) in moves {
            there[*axis] += sign * step(*axis);
        }
        cost(&there)
    };
    let here = cost(at);
    let second = |one: usize, other: usize| {
        if one == other {
            return (shifted(&[(one, 1.0)]) - 2.0 * here + shifted(&[(one, -1.0)])) / (step(one) * step(one));
        }
        let same = shifted(&[(one, 1.0), (other, 1.0)]) + shifted(&[(one, -1.0), (other, -1.0)]);
        let cross = shifted(&[(one, 1.0), (other, -1.0)]) + shifted(&[(one, -1.0), (other, 1.0)]);
        (same - cross) / (4.0 * step(one) * step(other))
    };
    let all: Vec<Vec<f64>> =
        (0..at.len()).map(|row| (0..at.len()).map(|column| second(row, column)).collect()).collect();
    all.iter().flatten().all(|cell| cell.is_finite()).then_some(all)
}

/// Inverse of a symmetric matrix; `None` unless it is positive definite. Gauss and Jordan, whose pivots are then all
/// positive.
fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let unit = |row: usize| (0..size).map(move |column| f64::from(u8::from(row == column)));
    let mut rows: Vec<Vec<f64>> =
        matrix.iter().enumerate().map(|(at, row)| row.iter().copied().chain(unit(at)).collect()).collect();
    for pivot in 0..size {
        let scale = rows[pivot][pivot];
        if scale <= 1e-9 * matrix[pivot][pivot].abs() || scale <= 0.0 {
            return None;
        }
        rows[pivot].iter_mut().for_each(|cell| *cell /= scale);
        let taken = rows[pivot].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != pivot) {
            let factor = row[pivot];
            row.iter_mut().zip(&taken).for_each(|(cell, of)| *cell -= factor * of);
        }
    }
    Some(rows.into_iter().map(|row| row[size..].to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The likelihood of a normal sample is known in closed form: the variances of the estimates are σ²/n and σ²/2n.
    #[test]
    fn a_normal_sample_has_its_known_estimates_and_errors() {
        let sample: Vec<f64> =
            (0..200).map(|n| 3.0 + 2.0 * crate::statistics::normal_quantile((f64::from(n) + 0.5) / 200.0)).collect();
        let n = 200.0;
        let mean = sample.iter().sum::<f64>() / n;
        let sigma = (sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        let found = maximise(&[0.0, 0.0], |at| {
            let sigma = libm::exp(at[1]);
            sample.iter().map(|x| -at[1] - (x - at[0]) * (x - at[0]) / (2.0 * sigma * sigma)).sum()
        });
        assert!((found.at[0] - mean).abs() < 1e-5 && (libm::exp(found.at[1]) - sigma).abs() < 1e-5, "{found:?}");
        let of_mean = found.standard_error(&[1.0, 0.0]).unwrap();
        let of_log_sigma = found.standard_error(&[0.0, 1.0]).unwrap();
        assert!((of_mean - sigma / n.sqrt()).abs() < 1e-4, "{of_mean}");
        assert!((of_log_sigma - (0.5 / n).sqrt()).abs() < 1e-4, "{of_log_sigma}");
    }

    #[test]
    fn a_ridge_has_no_errors() {
        assert_eq!(maximise(&[1.0, 1.0], |at| -(at[0] + at[1] - 3.0) * (at[0] + at[1] - 3.0)).covariance, None);
    }

    /// A valley that bends: Rosenbrock's.
    #[test]
    fn a_bent_valley_is_followed() {
        let found = maximise(&[-1.2, 1.0], |at| {
            let (one, two) = (1.0 - at[0], at[1] - at[0] * at[0]);
            -(one * one + 100.0 * two * two)
        });
        assert!((found.at[0] - 1.0).abs() < 1e-4 && (found.at[1] - 1.0).abs() < 1e-4, "{found:?}");
    }
}
