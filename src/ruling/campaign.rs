//! The same letter from many senders: which group a text joins, and when a group is a campaign.
//!
//! A group is a leading wording with its exact and near copies; each copy is measured against the leader alone, so that
//! a group cannot drift. The leader is the first that was filed. However many copies arrive, the work for one more stays the
//! same: an exact copy is one look-up, and at most [`MOST_IN_BAND`] leaders of a band are looked at and the best eight
//! measured for any other text.

use std::cmp::Reverse;

use crate::similarity::Shingles;

/// Leaders read from one band, the oldest first.
pub const MOST_IN_BAND: usize = 32;
/// Leaders measured for one text: those that meet it in most bands.
const MOST_MEASURED: usize = 8;

/// The leaders to measure a text against, of those that stand in its bands (each as often as it does).
pub fn nominees(in_bands: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut met: Vec<(i64, usize)> = Vec::new();
    for id in in_bands {
        match met.iter_mut().find(|(found, _)| *found == id) {
            Some((_, bands)) => *bands += 1,
            None => met.push((id, 1)),
        }
    }
    met.sort_by_key(|(id, bands)| (Reverse(*bands), *id));
    met.into_iter().take(MOST_MEASURED).map(|(id, _)| id).collect()
}

/// The leader that a text is most like, with how much of both is the same; of equals the first.
pub fn leader<'a>(text: &str, leaders: impl IntoIterator<Item = (i64, &'a str)>) -> Option<(i64, f64)> {
    let mut best: Option<(i64, f64)> = None;
    let mut own = None;
    for (id, compared) in leaders {
        let own = own.get_or_insert_with(|| Shingles::of(text));
        let Some(similarity) = own.resemblance(&Shingles::of(compared)) else { continue };
        if best.is_none_or(|(_, found)| similarity > found) {
            best = Some((id, similarity));
        }
    }
    best
}

/// Whether a group gets its number now: when a second sender writes the same, and once.
pub const fn begins(has_number: bool, another_sender: bool) -> bool {
    !has_number && another_sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_meet_a_text_most_often_are_measured_and_the_oldest_of_equals() {
        for (in_bands, nominated) in [
            (vec![], vec![]),
            (vec![7, 3, 7, 5, 3, 7], vec![7, 3, 5]),
            (vec![9, 8, 7, 6, 5, 4, 3, 2, 1], vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ] {
            assert_eq!(nominees(in_bands), nominated);
        }
    }

    #[test]
    fn a_text_joins_the_leader_that_it_resembles_most() {
        let letter = "建议扩大中小学校服采购的家长参与范围，公开每一次采购的价格和质量检验结果，".repeat(3);
        let near = format!("{letter}谢谢。");
        let other = "希望延长图书馆周末的开放时间，并在每个街道设立二十四小时自助借还书设备。".repeat(3);
        let leaders = [(1, other.as_str()), (2, near.as_str()), (3, letter.as_str()), (4, letter.as_str())];
        assert_eq!(leader(&letter, leaders).map(|(id, _)| id), Some(3));
        assert_eq!(leader(&letter, [(1, other.as_str())]), None);
        assert_eq!(leader(&letter, []), None);
    }

    #[test]
    fn a_second_sender_makes_a_group_a_campaign_once() {
        let cases = [(false, false, false), (false, true, true), (true, true, false), (true, false, false)];
        for (has_number, another_sender, now) in cases {
            assert_eq!(begins(has_number, another_sender), now);
        }
    }
}
