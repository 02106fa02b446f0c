//! Which earlier submission a mail speaks of: a request, a repetition, a recall notice. A proposal for staff.

use crate::charset::skeleton;
use crate::vocabulary::{RelationBasis, Status, domain_of, same_address};

/// Earlier submissions that are named one by one; the event tells how many there are.
pub const MOST_NAMED: usize = 20;

/// An earlier submission of the sender of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfSender {
    /// `submission.id`
    pub submission_id: i64,
    /// Where it stands.
    pub status: Status,
    /// It only asks for something itself.
    pub only_asks: bool,
}

/// A submission whose number a letter gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// `submission.id`
    pub submission_id: i64,
    /// Where it stands.
    pub status: Status,
    /// The letter's sender wrote it.
    pub is_own: bool,
}

/// The submissions that a request speaks of: the one it answers; else those of its sender whose numbers it gives; else the same
/// sender's earlier ones (`of_sender`, the latest first), of which the latest is probably meant. Anybody may write down a number:
/// one of a stranger is meant only by whom nothing is known of, for he may write from another mailbox.
pub fn meant(
    answered: Option<(i64, RelationBasis)>,
    numbered: &[Numbered],
    of_sender: &[OfSender],
) -> Vec<(i64, RelationBasis)> {
    if let Some(answered) = answered {
        return vec![answered];
    }
    let by_number = |own: bool| -> Vec<(i64, RelationBasis)> {
        let named = numbered.iter().filter(|named| named.is_own == own);
        named.map(|named| (named.submission_id, RelationBasis::Number)).collect()
    };
    let own = by_number(true);
    if !own.is_empty() {
        return own;
    }
    let stands = |earlier: &&OfSender| {
        use Status::{Denied, Duplicate, Erased, Handled};
        !earlier.only_asks && !matches!(earlier.status, Duplicate | Handled | Denied | Erased)
    };
    let basis =
        std::iter::once(RelationBasis::LatestOfSender).chain(std::iter::repeat(RelationBasis::SameSender));
    let latest: Vec<_> =
        of_sender.iter().filter(stands).map(|earlier| earlier.submission_id).zip(basis).collect();
    if latest.is_empty() { by_number(false) } else { latest }
}

/// The submissions that a letter calls in time which answers none of them: late ones whose numbers it gives; else the latest late one of
/// its sender, with his other late ones behind it; else, as a question, what its numbers name.
pub fn disputed(numbered: &[Numbered], of_sender: &[OfSender]) -> Vec<(i64, RelationBasis)> {
    let late: Vec<OfSender> =
        of_sender.iter().copied().filter(|earlier| earlier.status == Status::Late).collect();
    let named: Vec<Numbered> =
        numbered.iter().copied().filter(|named| named.status == Status::Late).collect();
    let found = meant(None, &named, &late);
    if found.is_empty() { meant(None, numbered, &[]) } else { found }
}

/// The submissions that a recall notice of `notice_from` speaks of. `by_id`: those whose Message-IDs it names, with their
/// senders; the notice comes from the original's own sender, or from a system of the sender's provider. `by_subject`:
/// the same sender's earlier ones, the latest first, with their subjects; the notice repeats one, or part of it.
pub fn recalled(
    notice_from: &str,
    notice_subject: &str,
    by_id: &[(i64, String)],
    by_subject: &[(i64, String)],
) -> Vec<(i64, RelationBasis)> {
    let domain = domain_of(notice_from);
    let may_recall =
        |from: &str| same_address(from, notice_from) || !domain.is_empty() && domain_of(from) == domain;
    let named: Vec<(i64, RelationBasis)> = by_id
        .iter()
        .filter(|(_, from)| may_recall(from))
        .map(|(id, _)| (*id, RelationBasis::MessageId))
        .collect();
    if !named.is_empty() {
        return named;
    }
    let wanted = skeleton(notice_subject);
    if wanted.is_empty() {
        return Vec::new();
    }
    let (mut same, mut within) = (Vec::new(), Vec::new());
    for (id, subject) in by_subject {
        let subject = skeleton(subject);
        if subject == wanted {
            same.push((*id, RelationBasis::Subject));
        } else if !subject.is_empty() && wanted.contains(&subject) {
            within.push((*id, RelationBasis::Subject));
        }
    }
    let mut found = if same.is_empty() { within } else { same };
    found.truncate(MOST_NAMED);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use RelationBasis::{Answers, LatestOfSender, Number, SameSender};

    const fn named(submission_id: i64, is_own: bool) -> Numbered {
        Numbered { submission_id, status: Status::Late, is_own }
    }

    #[test]
    fn an_answer_goes_before_a_number_and_a_number_before_the_sender() {
        let of = |submission_id, status, only_asks| OfSender { submission_id, status, only_asks };
        let earlier = [
            of(9, Status::Denied, false),
            of(8, Status::Accepted, true),
            of(7, Status::Late, false),
            of(6, Status::Duplicate, false),
            of(5, Status::Review, false),
        ];
        for (answered, numbered, of_sender, found) in [
            (Some((3, Answers)), &[named(4, true)][..], &earlier[..], vec![(3, Answers)]),
            (Some((3, Number)), &[named(4, true)], &earlier, vec![(3, Number)]),
            (None, &[named(4, true), named(2, true)], &earlier, vec![(4, Number), (2, Number)]),
            // A stranger's number is nobody's to take back, beside an own one and where the sender has letters.
            (None, &[named(4, false), named(2, true)], &earlier, vec![(2, Number)]),
            (None, &[named(4, false)], &earlier, vec![(7, LatestOfSender), (5, SameSender)]),
            (None, &[named(4, false)], &[], vec![(4, Number)]),
            (None, &[], &earlier, vec![(7, LatestOfSender), (5, SameSender)]),
            (None, &[], &earlier[..2], vec![]),
        ] {
            assert_eq!(meant(answered, numbered, of_sender), found);
        }
    }

    #[test]
    fn who_calls_a_letter_in_time_means_a_late_one() {
        let of = |submission_id, status| OfSender { submission_id, status, only_asks: false };
        let earlier =
            [of(9, Status::Accepted), of(8, Status::Late), of(7, Status::Denied), of(6, Status::Late)];
        assert_eq!(disputed(&[], &earlier), [(8, LatestOfSender), (6, SameSender)]);
        assert_eq!(disputed(&[named(4, true)], &earlier), [(4, Number)]);
        let on_time = Numbered { status: Status::Accepted, ..named(9, true) };
        for not_meant in [named(4, false), on_time] {
            assert_eq!(disputed(&[not_meant], &earlier), [(8, LatestOfSender), (6, SameSender)]);
        }
        assert_eq!(disputed(&[named(4, false)], &earlier[..1]), [(4, Number)], "another mailbox");
        assert!(disputed(&[], &earlier[..1]).is_empty());
    }

    #[test]
    fn a_notice_is_believed_of_the_senders_own_house_and_else_by_its_subject() {
        let of = |id, text: &str| (id, text.to_owned());
        let subjects = [of(5, "关于草案的意见"), of(4, "意见"), of(3, "关于草案的意见")];
        let found = |from, subject, by_id: &[(i64, String)]| {
            recalled(from, subject, by_id, &subjects).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
        };
        for (from, subject, by_id, ids) in [
            ("a@example.com", "", vec![of(1, "a@example.com")], vec![1]),
            ("postmaster@example.com", "", vec![of(1, "a@example.com")], vec![1]),
            ("a@example.org", "关于草案的意见", vec![of(1, "a@example.com")], vec![5, 3]),
            ("a@example.com", "“关于草案的意见”", vec![], vec![5, 3]),
            ("a@example.com", "我的意见", vec![], vec![4]),
            ("a@example.com", "别的", vec![], vec![]),
            ("a@example.com", "", vec![], vec![]),
        ] {
            assert_eq!(found(from, subject, &by_id), ids, "{from} {subject}");
        }
        let many: Vec<(i64, String)> = (1..100).map(|id| of(id, "同一主题")).collect();
        assert_eq!(recalled("a@example.com", "同一主题", &[], &many).len(), MOST_NAMED);
    }
}
