//! Splitting a whole number by shares.

/// Splits `total` by `weights`, so that the parts sum to it: each its rounded-down part, and what is left by one to those who
/// were rounded down the most, the first first. Nothing to anybody where no weight is.
#[must_use]
pub fn split(total: u32, weights: &[u32]) -> Vec<u32> {
    let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: u32| u64::from(total) * u64::from(weight);
    // A part of `total` fits where `total` does.
    let part = |weight: u32| u32::try_from(exact(weight) / sum).unwrap_or(total);
    let mut parts: Vec<u32> = weights.iter().map(|weight| part(*weight)).collect();
    let given: u32 = parts.iter().sum();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact(weights[*at]) % sum));
    for at in order.into_iter().take((total - given) as usize) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn parts_sum_to_the_whole_and_follow_the_weights() {
        assert_eq!(split(100, &[50, 30, 20]), [50, 30, 20]);
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(split(10, &[0, 5, 0]), [0, 10, 0]);
        assert_eq!(split(10, &[0, 0]), [0, 0]);
        assert_eq!(split(10, &[]), [0_u32; 0]);
        assert_eq!(split(0, &[3, 4]), [0, 0]);
        for total in 0..200 {
            for weights in [[7, 11, 13, 69], [1, 0, 0, 99], [25, 25, 25, 25], [u32::MAX, 1, u32::MAX, 2]] {
                let parts = split(total, &weights);
                assert_eq!(parts.iter().sum::<u32>(), total);
                for (part, weight) in parts.iter().zip(weights) {
                    let exact =
                        f64::from(total) * f64::from(weight) / weights.iter().map(|w| f64::from(*w)).sum::<f64>();
                    assert!((f64::from(*part) - exact).abs() < 1.000_001, "{total} {weights:?} {parts:?}");
                }
            }
        }
    }
}
