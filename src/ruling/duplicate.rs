//! The same sender, the same opinion: which earlier submission stands for a new mail.

use super::{Copied, Earlier};
use crate::charset::skeleton;
use crate::details::Details;
use crate::vocabulary::Status;

/// What an earlier submission with the same content means for a new mail.
pub(super) struct Repetition {
    /// It stands for this one: the mail is a duplicate.
    pub(super) repeated: Option<Copied>,
    /// It does not, because it waits for a person or came too late: staff are told of it.
    pub(super) told: Option<Earlier>,
}

/// Looks through submissions with the same content, oldest first: the first that stands for this mail, and where none
/// does, the first of all. `alone` is where the mail would stand by itself.
pub(super) fn find(
    same_content: Vec<Copied>,
    consultation: &str,
    details: &Details,
    alone: Status,
) -> Repetition {
    let mut told = None;
    for copy in same_content {
        if copy.earlier.consultation != consultation || !is_of(&copy, details) {
            continue;
        }
        if counts_already(copy.earlier.status, alone) {
            return Repetition { repeated: Some(copy), told: None };
        }
        told.get_or_insert(copy.earlier);
    }
    Repetition { repeated: None, told }
}

/// Whether the same person speaks, as far as the texts say: one mailbox may send the same letter for several
/// people, and each of them counts.
fn is_of(copy: &Copied, details: &Details) -> bool {
    let differ = |earlier: &Option<String>, now: &Option<String>| match (earlier, now) {
        (Some(earlier), Some(now)) => skeleton(earlier) != skeleton(now),
        _ => false,
    };
    copy.whole || !differ(&copy.name, &details.name) && !differ(&copy.organization, &details.organization)
}

/// Whether an earlier submission with the same content stands for this one. One that waits for a person, or that a
/// person turned down, must not swallow a later mail that needs nobody.
const fn counts_already(earlier: Status, alone: Status) -> bool {
    match earlier {
        Status::Accepted | Status::Duplicate => true,
        // Folders are not read in the order of arrival: who wrote in time has written in time.
        Status::Late => !matches!(alone, Status::Accepted),
        Status::Review => matches!(alone, Status::Review),
        Status::Denied | Status::Erased => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(id: i64, status: Status, name: Option<&str>) -> Copied {
        let earlier = Earlier {
            submission_id: id,
            number: format!("A-{id:04}"),
            consultation: "a".to_owned(),
            received_at: None,
            status,
            is_forged: false,
        };
        Copied { earlier, whole: false, name: name.map(str::to_owned), organization: None }
    }

    #[test]
    fn the_first_that_stands_for_it_is_repeated_and_else_the_first_is_told() {
        use Status::{Accepted, Denied, Late, Review};
        for (earlier, alone, repeated, told) in [
            (&[][..], Accepted, None, None),
            (&[Accepted], Accepted, Some(1), None),
            (&[Late], Accepted, None, Some(1)),
            (&[Late], Late, Some(1), None),
            (&[Review], Accepted, None, Some(1)),
            (&[Review], Review, Some(1), None),
            (&[Review, Accepted], Accepted, Some(2), None),
            (&[Review, Late, Review], Accepted, None, Some(1)),
            (&[Denied, Accepted], Late, Some(2), None),
        ] {
            let copies = (1..).zip(earlier).map(|(id, status)| copy(id, *status, None)).collect();
            let found = find(copies, "a", &Details::default(), alone);
            let ids = (
                found.repeated.map(|copy| copy.earlier.submission_id),
                found.told.map(|earlier| earlier.submission_id),
            );
            assert_eq!(ids, (repeated, told), "{earlier:?} {alone:?}");
        }
    }

    #[test]
    fn one_mailbox_may_send_the_same_letter_for_several_people() {
        let named = Details { name: Some("钱某乙".to_owned()), ..Details::default() };
        let repeated =
            |copy: Copied, details| find(vec![copy], "a", details, Status::Accepted).repeated.is_some();
        assert!(repeated(copy(1, Status::Accepted, None), &named));
        assert!(repeated(copy(1, Status::Accepted, Some("钱某乙")), &named));
        assert!(!repeated(copy(1, Status::Accepted, Some("孙某甲")), &named));
        assert!(repeated(Copied { whole: true, ..copy(1, Status::Accepted, Some("孙某甲")) }, &named));
        let elsewhere = copy(1, Status::Accepted, None);
        assert!(find(vec![elsewhere], "b", &named, Status::Accepted).repeated.is_none());
    }
}
