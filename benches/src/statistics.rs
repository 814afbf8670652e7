//! Medians and quartiles.

use serde::Serialize;

/// The middle of some samples, and the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    /// Quartile, median, quartile; nothing where there are no samples.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |part| quantile(&sorted, part);
        Some(Self { low: at(0.25)?, median: at(0.5)?, high: at(0.75)? })
    }

    /// The spread of `numerator / denominator`, round by round: what slows both down in a round cancels.
    pub fn of_ratio(numerator: &[f64], denominator: &[f64]) -> Option<Self> {
        let ratios: Vec<f64> = numerator.iter().zip(denominator).map(|(n, d)| n / d).collect();
        Self::of(&ratios)
    }

    /// Rounded to so many digits behind the point.
    pub fn rounded(self, digits: i32) -> Self {
        let unit = 10_f64.powi(digits);
        let round = |value: f64| (value * unit).round() / unit;
        Self { low: round(self.low), median: round(self.median), high: round(self.high) }
    }
}

/// The value below which this part of the sorted samples lies, between neighbours in proportion.
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let place = part * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_the_sorted_samples() {
        let cases = [
            (&[5.0][..], (5.0, 5.0, 5.0)),
            (&[2.0, 1.0], (1.25, 1.5, 1.75)),
            (&[5.0, 1.0, 4.0, 2.0, 3.0], (2.0, 3.0, 4.0)),
            (&[1.0, 1.0, 1.0, 1000.0], (1.0, 1.0, 250.75)),
        ];
        for (samples, (low, median, high)) in cases {
            assert_eq!(Spread::of(samples), Some(Spread { low, median, high }), "{samples:?}");
        }
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_ratio_is_taken_within_each_round() {
        // The machine is ten times slower in the second round, for both.
        let (peer, ours) = ([20.0, 200.0, 20.0], [10.0, 100.0, 10.0]);
        assert_eq!(Spread::of_ratio(&peer, &ours), Some(Spread { low: 2.0, median: 2.0, high: 2.0 }));
    }

    #[test]
    fn rounding_keeps_the_digits_asked_for() {
        let spread = Spread { low: 1.2345, median: 1.236, high: 12.999 };
        assert_eq!(spread.rounded(2), Spread { low: 1.23, median: 1.24, high: 13.0 });
    }
}
