//! The same sender, the same opinion: which earlier submission stands for a new mail.

use jiff::Timestamp;

use super::{Copied, Earlier, Reading};
use crate::automatic::Origin;
use crate::details::Details;
use crate::parse::Message;
use crate::sender::Verdict;
use crate::subject::SubjectOutcome;
use crate::vocabulary::{ReceivedBasis, ReviewReason, Status, sender_key};

/// What an earlier submission with the same content means for a new mail.
pub(super) struct Repetition {
    /// It stands for this one: the mail is a duplicate.
    pub(super) repeated: Option<Copied>,
    /// It does not, because it waits for a person or came too late: staff are told of it.
    pub(super) told: Option<Earlier>,
    /// They would stand for it, but nobody vouches for their sender: anybody could have written them under the address.
    pub(super) doubted: Vec<Earlier>,
}

/// Looks through submissions with the same content, oldest first: the first that stands for this mail, and where none
/// does, the first of all. `alone` is where the mail would stand by itself, and `vouched` whether our own mail server vouches for
/// its sender: then nothing stands for it for which it does not.
pub(super) fn find(
    same_content: Vec<Copied>,
    consultation: &str,
    details: &Details,
    (alone, vouched): (Status, bool),
) -> Repetition {
    let (mut told, mut doubted) = (None, Vec::new());
    for copy in same_content {
        if copy.earlier.consultation != consultation || !is_of(&copy, details) {
            continue;
        }
        let is_doubted = vouched && !copy.vouched;
        match counts_already(copy.earlier.status, alone) {
            true if is_doubted => doubted.push(copy.earlier.clone()),
            true => return Repetition { repeated: Some(copy), told: None, doubted: Vec::new() },
            false => {}
        }
        told.get_or_insert(copy.earlier);
    }
    Repetition { repeated: None, told, doubted }
}

/// A kept message with the Message-ID of a new mail and other bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBefore {
    /// `message.id`
    pub message_id: i64,
    /// The submission that it is, or belongs to.
    pub number: String,
    /// Where the submission stands, and why it waits.
    pub status: Status,
    /// The same.
    pub review_reasons: Vec<ReviewReason>,
    /// The sender.
    pub from_address: String,
    /// `message.subject`
    pub subject: Option<String>,
    /// Digest for the same-content rule; `None` when there is no content.
    pub content_sha256: Option<String>,
    /// When it arrived, and by which clock.
    pub arrived: Option<(Timestamp, ReceivedBasis)>,
}

/// Which of the kept messages with its Message-ID a mail is once more: a server adds to the header when it takes a mailbox over
/// (imapsync, Exchange) or whenever it shows it (mbox: `Status`, `X-UID`), or writes the MIME anew. The sender and what is said
/// decide; where nothing is said, the subject and the arrival do. Another text under a used Message-ID is another mail, and what
/// fails authentication is nobody's earlier mail.
pub fn seen_before(message: &Message, reading: &Reading, kept: Vec<SeenBefore>) -> Option<SeenBefore> {
    let is_letter = reading.unreadable.is_none()
        && reading.sender.verdict != Verdict::Fail
        && !matches!(reading.origin, Origin::Machine { .. })
        && (reading.subject.outcome != SubjectOutcome::NotOurs || !message.thread.is_empty());
    let sender = sender_key(message.author().map_or("", |author| author.address.as_str()));
    kept.into_iter().filter(|_| is_letter).find(|kept| {
        kept.status != Status::Erased
            && !kept.review_reasons.contains(&ReviewReason::AuthenticationFailed)
            && sender_key(&kept.from_address) == sender
            && kept.content_sha256 == reading.likeness.content_sha256
            && (kept.content_sha256.is_some()
                || kept.subject == message.subject
                    && kept.arrived == Some((reading.arrival.at, reading.arrival.basis)))
    })
}

/// Whether the same person speaks, as far as the texts say: one mailbox may send the same letter for several
/// people, and each of them counts.
fn is_of(copy: &Copied, details: &Details) -> bool {
    let signer = &copy.earlier.signer;
    copy.whole || !signer.is_another(details) && !signer.has_other_phones(details)
}

/// Whether an earlier submission with the same content stands for this one. One that waits for a person, or that a
/// person turned down, must not swallow a later mail that needs nobody.
const fn counts_already(earlier: Status, alone: Status) -> bool {
    match earlier {
        Status::Accepted | Status::Duplicate => true,
        // Folders are not read in the order of arrival: who wrote in time has written in time.
        Status::Late => !matches!(alone, Status::Accepted),
        Status::Review => matches!(alone, Status::Review),
        Status::Handled | Status::Denied | Status::Erased => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Signer;
    use super::*;

    fn copy(id: i64, status: Status, name: Option<&str>) -> Copied {
        let earlier = Earlier {
            submission_id: id,
            number: format!("A-{id:04}"),
            consultation: "a".to_owned(),
            received_at: None,
            status,
            is_forged: false,
            is_agency: false,
            signer: Signer { name: name.map(str::to_owned), ..Signer::default() },
        };
        Copied { earlier, whole: false, vouched: false }
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
            let found = find(copies, "a", &Details::default(), (alone, false));
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
        let repeated = |copy: Copied, details| {
            find(vec![copy], "a", details, (Status::Accepted, false)).repeated.is_some()
        };
        assert!(repeated(copy(1, Status::Accepted, None), &named));
        assert!(repeated(copy(1, Status::Accepted, Some("钱某乙")), &named));
        assert!(!repeated(copy(1, Status::Accepted, Some("孙某甲")), &named));
        assert!(repeated(Copied { whole: true, ..copy(1, Status::Accepted, Some("孙某甲")) }, &named));
        let elsewhere = copy(1, Status::Accepted, None);
        assert!(find(vec![elsewhere], "b", &named, (Status::Accepted, false)).repeated.is_none());
    }

    #[test]
    fn only_what_is_vouched_for_stands_for_what_is() {
        let of = |id, vouched| Copied { vouched, ..copy(id, Status::Accepted, None) };
        for (earlier, vouched, repeated, doubted) in [
            (vec![of(1, false)], false, Some(1), vec![]),
            (vec![of(1, true)], false, Some(1), vec![]),
            (vec![of(1, true)], true, Some(1), vec![]),
            (vec![of(1, false)], true, None, vec![1]),
            (vec![of(1, false), of(2, true)], true, Some(2), vec![]),
            (
                vec![Copied { vouched: false, ..copy(1, Status::Review, None) }, of(2, false)],
                true,
                None,
                vec![2],
            ),
        ] {
            let found = find(earlier, "a", &Details::default(), (Status::Accepted, vouched));
            let ids = (
                found.repeated.map(|copy| copy.earlier.submission_id),
                found.doubted.iter().map(|earlier| earlier.submission_id).collect(),
            );
            assert_eq!(ids, (repeated, doubted));
        }
    }
}
