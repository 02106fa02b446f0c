//! What a letter waits for beside a decision: an answer that only a person can give, or somebody outside the office.

use super::answered::tells_of_an_answer;
use crate::vocabulary::{ReviewReason, Status};

/// What is asked of the office by a person who waits for its answer.
const ANSWERED_BY_HAND: [ReviewReason; 8] = [
    ReviewReason::Withdraw,
    ReviewReason::PersonalData,
    ReviewReason::PublicationRequest,
    ReviewReason::CorrectionRequest,
    ReviewReason::LateDisputed,
    ReviewReason::NotLate,
    ReviewReason::Question,
    ReviewReason::InfoDisclosure,
];

/// Of these an answer to the letter, or to an opinion beside them, says nothing.
const NEVER_ANSWERED: [ReviewReason; 4] = [
    ReviewReason::PersonalData,
    ReviewReason::CorrectionRequest,
    ReviewReason::Question,
    ReviewReason::InfoDisclosure,
];

/// What is known of a letter.
#[derive(Debug, Default)]
pub struct Known {
    /// Where it stands; `None`: nowhere that is known.
    pub status: Option<Status>,
    /// A person decided so.
    pub is_decided: bool,
    /// Why it waits, or waited.
    pub reasons: Vec<ReviewReason>,
    /// For what answers to it were withheld.
    pub withheld: Vec<ReviewReason>,
    /// A person let an answer go: he knew what it says.
    pub was_released: bool,
    /// What staff wrote down since it asked for something last: with the decision, and beside it.
    pub notes: Vec<String>,
    /// Something was written down beside it since its sender wrote last.
    pub is_noted: bool,
}

/// What a letter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// It was decided on, and its writer was not answered.
    Answer,
    /// It is to be decided on, and staff wrote down how far they are.
    Others,
}

/// What a person has to answer: what was withheld for it, and what no answer of the program speaks of. What staff wrote down is not
/// asked.
pub fn asked(known: &Known) -> Vec<ReviewReason> {
    let by_hand = |reason: &&ReviewReason| {
        known.reasons.contains(reason)
            && (known.withheld.contains(reason) || NEVER_ANSWERED.contains(reason) && !known.was_released)
    };
    ANSWERED_BY_HAND.iter().filter(by_hand).copied().collect()
}

/// Whether a letter waits for something beside a decision.
pub fn awaits(known: &Known) -> Option<Awaits> {
    match known.status? {
        Status::Review => known.is_noted.then_some(Awaits::Others),
        Status::Erased | Status::Duplicate => None,
        Status::Accepted | Status::Late | Status::Handled | Status::Denied => {
            let is_answered = known.notes.iter().any(|note| tells_of_an_answer(note));
            (known.is_decided && !is_answered && !asked(known).is_empty()).then_some(Awaits::Answer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Known {
        Known {
            status: Some(Status::Handled),
            is_decided: true,
            reasons: vec![ReviewReason::Question],
            ..Known::default()
        }
    }

    #[test]
    fn an_answer_is_owed_until_somebody_says_that_it_was_given() {
        let of = |known: Known| awaits(&known);
        assert_eq!(of(question()), Some(Awaits::Answer));
        let noted = |note: &str| Known { notes: vec![note.to_owned()], ..question() };
        assert_eq!((of(noted("尚未答复")), of(noted("已电话答复"))), (Some(Awaits::Answer), None));
        assert_eq!(of(Known { was_released: true, ..question() }), None);
        for status in [Status::Accepted, Status::Late, Status::Denied] {
            assert_eq!(of(Known { status: Some(status), ..question() }), Some(Awaits::Answer));
        }
        assert_eq!(of(Known { status: Some(Status::Erased), ..question() }), None);
        // Nobody decided on it: it asks for nothing that a person is to answer.
        assert_eq!(of(Known { is_decided: false, ..question() }), None);
        assert_eq!(of(Known { reasons: vec![ReviewReason::NearMiss], ..question() }), None);
        // A withdrawal that was told of what became of it needs no more.
        let withdrawn = |withheld: &[ReviewReason]| Known {
            reasons: vec![ReviewReason::Withdraw],
            withheld: withheld.to_vec(),
            ..question()
        };
        assert_eq!(of(withdrawn(&[])), None);
        assert_eq!(of(withdrawn(&[ReviewReason::Withdraw])), Some(Awaits::Answer));
    }

    #[test]
    fn what_is_to_be_decided_waits_for_others_where_somebody_wrote_that_down() {
        let waits = |is_noted| Known { status: Some(Status::Review), is_noted, ..question() };
        assert_eq!((awaits(&waits(false)), awaits(&waits(true))), (None, Some(Awaits::Others)));
    }
}
