//! Shares in per cent that add up.

/// The share of each count in tenths of a per cent; they add up to a thousand where there is anything (the largest remainder's way).
pub(super) fn tenths(counts: &[u64]) -> Vec<u64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return vec![0; counts.len()];
    }
    let mut shares: Vec<u64> = counts.iter().map(|count| count * 1000 / total).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(counts.get(*at).map_or(0, |count| count * 1000 % total)));
    let missing = 1000 - shares.iter().sum::<u64>();
    for at in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    shares
}

/// The same, each for itself: like counts have like shares, which of a long list is worth more than that they add up.
pub(super) fn rounded(counts: &[u64]) -> Vec<u64> {
    let total = counts.iter().sum::<u64>().max(1);
    counts.iter().map(|count| (count * 2000 / total).div_ceil(2)).collect()
}

/// `33.4`
pub(super) fn written(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_a_hundred() {
        assert_eq!(tenths(&[1, 1, 1]), [334, 333, 333]);
        assert_eq!(tenths(&[2, 0, 1]), [667, 0, 333]);
        assert_eq!(tenths(&[]), Vec::<u64>::new());
        assert_eq!(tenths(&[0, 0]), [0, 0]);
        for counts in [vec![7, 11, 13, 17], vec![1; 7], vec![1, 999_999]] {
            assert_eq!(tenths(&counts).iter().sum::<u64>(), 1000, "{counts:?}");
        }
        assert_eq!(written(1000), "100.0");
        assert_eq!(rounded(&[6, 6, 6, 609]), [10, 10, 10, 971], "like counts, like shares");
        assert_eq!((rounded(&[0, 0]), rounded(&[1, 2, 997])), (vec![0, 0], vec![1, 2, 997]));
    }
}
