//! The Gauss hypergeometric function.

/// Terms at most: for `z` as near to 1 as a forecast of a hundred times the past makes it.
const MOST_TERMS: u32 = 200_000;

/// ₂F₁(a, b; c; z) for 0 ≤ z < 1 and positive a, b, c, by its series: Abramowitz and Stegun, "Handbook of Mathematical
/// Functions" (1964), 15.1.1. All terms are positive, so nothing cancels.
pub fn gauss(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 0..MOST_TERMS {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / ((c + n) * (1.0 + n)) * z;
        sum += term;
        if term.abs() <= 1e-15 * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elementary_cases_are_met() {
        // ₂F₁(1, 1; 2; z) = −ln(1 − z)/z, and ₂F₁(a, b; b; z) = (1 − z)^−a: Abramowitz and Stegun 15.1.3 and 15.1.8.
        for z in [0.0001, 0.3, 0.9, 0.999] {
            assert!((gauss(1.0, 1.0, 2.0, z) + libm::log(1.0 - z) / z).abs() < 1e-10);
            assert!((gauss(0.7, 2.5, 2.5, z) / libm::pow(1.0 - z, -0.7) - 1.0).abs() < 1e-10);
        }
    }
}
