//! What a letter waits for beside a decision: an answer that only a person can give, or somebody outside the office.

use super::answered::{tells_of_an_answer, tells_of_keeping};
use crate::vocabulary::{AcknowledgementKind, CorrectionField, ReviewReason, Status};

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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Of these, what was written down with the last decision or after it: what was said before tells nobody of it.
    pub notes_since: Vec<String>,
    /// Something was written down beside it since its sender wrote last.
    pub is_noted: bool,
    /// The last answer to the letter itself that left, or is to leave.
    pub told: Option<AcknowledgementKind>,
    /// Its writer took it back, here or in another letter: what comes of that is what he waits for.
    pub is_taken_back: bool,
    /// The same words of the same sender count under another number, of which he was told.
    pub counts_elsewhere: bool,
    /// What was granted and is not done.
    pub undone: Vec<Undone>,
    /// What was written down since its sender wrote last.
    pub notes_last: Vec<String>,
    /// What it has in place of items; `None`: it has some, or says that there are none.
    pub enclosed: Option<Enclosed>,
}

/// What a letter has in place of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Enclosed {
    /// It points to files of its own, or nobody could read its text.
    pub points: bool,
    /// It points to a provider's store, from which a person can fetch what lies there.
    pub is_linked: bool,
    /// Somebody can open one of its files, or of those that its writer sent since.
    pub opens: bool,
}

/// What is to be done with a letter that counts and of whose opinion nothing is entered, for it stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unentered {
    /// A person opens the file and enters what stands in it.
    Enter,
    /// A person fetches the file, which will not lie there for ever, and enters what stands in it.
    Fetch,
    /// Nobody can open it: its writer is to be told, and to send it again.
    Resend,
}

/// What was granted to whoever asked for it, and is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// These details of a letter were to be erased, and are registered still.
    Erasure {
        /// Of which letter: its number.
        number: String,
        /// What.
        fields: Vec<CorrectionField>,
    },
    /// The letter was taken back by another one, which was seen to, and counts still.
    Withdrawal {
        /// The number of the other one.
        by: String,
    },
}

/// What a letter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// It was decided on, and its writer was not answered.
    Answer,
    /// It is to be decided on, and staff wrote down how far they are.
    Others,
    /// It counts, and its writer was told only that it is looked at: he need not be told, and can be.
    Word,
    /// What was granted to its writer is not done.
    Deed,
}

/// What the writer of a letter is owed that was decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owed {
    /// What a person has to answer.
    pub asked: Vec<ReviewReason>,
    /// Where the letter stands, where he was told only that it is looked at, that it is registered and it does not count, or that it is
    /// late or in time and it counts as the other.
    pub untold: Option<Status>,
    /// What was granted and is not done.
    pub undone: Vec<Undone>,
    /// Nobody can open the file in which his opinion stands.
    pub resend: bool,
}

impl Owed {
    /// Whether nothing is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.untold.is_none() && self.undone.is_empty() && !self.resend
    }
}

/// Where a letter stands by a decision of which its writer was not told: his answer says that it is looked at, or that it is
/// registered where it does not count. `None`: he was, or waits for something else.
fn untold(known: &Known) -> Option<Status> {
    use AcknowledgementKind::{Accepted, Late};
    let is_looked_at = is_looked_at(known);
    let is_registered = matches!(known.told, Some(Accepted | Late));
    known.status.filter(|status| {
        known.is_decided
            && !known.is_taken_back
            && !known.notes_since.iter().any(|note| tells_of_an_answer(note))
            && match status {
                Status::Accepted => is_looked_at || known.told == Some(Late),
                Status::Late => is_looked_at || known.told == Some(Accepted),
                Status::Denied => (is_looked_at || is_registered) && !known.counts_elsewhere,
                // What only asks is answered by what it asks; the others nobody decided on, or nobody can be told of.
                Status::Handled | Status::Review | Status::Duplicate | Status::Erased => false,
            }
    })
}

/// Whether his answer says that the letter is looked at.
const fn is_looked_at(known: &Known) -> bool {
    use AcknowledgementKind::{LateSentInTime, NearMiss, Review};
    matches!(known.told, Some(NearMiss | Review | LateSentInTime))
}

/// What a person has to answer: what was withheld for it, and what no answer of the program speaks of. What staff wrote down is not
/// asked.
fn asked(known: &Known) -> Vec<ReviewReason> {
    if known.notes.iter().any(|note| tells_of_an_answer(note)) {
        return Vec::new();
    }
    let by_hand = |reason: &&ReviewReason| {
        known.reasons.contains(reason)
            && (known.withheld.contains(reason) || NEVER_ANSWERED.contains(reason) && !known.was_released)
    };
    ANSWERED_BY_HAND.iter().filter(by_hand).copied().collect()
}

/// What its writer waits to hear of a decision.
fn answer(known: &Known) -> Option<Awaits> {
    match untold(known) {
        _ if !asked(known).is_empty() => Some(Awaits::Answer),
        // The receipt says that it need not be sent again if it counts; of the rest it says that it is looked at, and no more.
        Some(Status::Accepted) if is_looked_at(known) => Some(Awaits::Word),
        untold => untold.map(|_| Awaits::Answer),
    }
}

/// What was granted and is not done: staff may have found since that it is not to be, and said so.
fn undone(known: &Known) -> Vec<Undone> {
    let is_kept = known.notes.iter().any(|note| tells_of_keeping(note));
    let stands = |undone: &&Undone| match undone {
        Undone::Erasure { .. } => !is_kept && known.status != Some(Status::Denied),
        Undone::Withdrawal { .. } => matches!(known.status, Some(Status::Accepted | Status::Late)),
    };
    known.undone.iter().filter(stands).cloned().collect()
}

/// Whether a letter waits for something beside a decision.
pub fn awaits(known: &Known) -> Option<Awaits> {
    match known.status? {
        Status::Review => known.is_noted.then_some(Awaits::Others),
        Status::Erased | Status::Duplicate => None,
        Status::Accepted | Status::Late | Status::Handled | Status::Denied => {
            let told = if known.is_decided { answer(known) } else { None };
            match told {
                Some(Awaits::Answer) => told,
                _ if !undone(known).is_empty() => Some(Awaits::Deed),
                _ => told,
            }
        }
    }
}

/// What is left to do with the file in which all of an opinion stands. What does not count, or waits, is somebody's task already.
pub fn unentered(known: &Known) -> Option<Unentered> {
    let found = known.enclosed?;
    match known.status? {
        _ if known.notes_last.iter().any(|note| tells_of_an_answer(note)) => return None,
        Status::Accepted | Status::Late => {}
        Status::Review | Status::Duplicate | Status::Handled | Status::Denied | Status::Erased => {
            return None;
        }
    }
    match found {
        Enclosed { points: true, opens: true, .. } => Some(Unentered::Enter),
        Enclosed { is_linked: true, .. } => Some(Unentered::Fetch),
        Enclosed { points: true, .. } => Some(Unentered::Resend),
        Enclosed { .. } => None,
    }
}

/// What its writer is owed.
#[must_use]
pub fn owed(known: &Known) -> Owed {
    let resend = unentered(known) == Some(Unentered::Resend);
    match awaits(known) {
        Some(Awaits::Answer) => Owed {
            asked: asked(known),
            untold: untold(known).filter(|status| *status != Status::Accepted || !is_looked_at(known)),
            undone: undone(known),
            resend,
        },
        Some(Awaits::Deed) => Owed { undone: undone(known), resend, ..Owed::default() },
        _ => Owed { resend, ..Owed::default() },
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
    fn an_opinion_in_a_file_is_entered_or_asked_for_again() {
        let file = Enclosed { points: true, opens: true, ..Enclosed::default() };
        let of = |status, enclosed| {
            unentered(&Known { status: Some(status), enclosed: Some(enclosed), ..Known::default() })
        };
        let link = Enclosed { is_linked: true, ..Enclosed::default() };
        let shut = Enclosed { opens: false, ..file };
        for status in [Status::Accepted, Status::Late] {
            assert_eq!(of(status, file), Some(Unentered::Enter));
            assert_eq!(of(status, link), Some(Unentered::Fetch));
            assert_eq!(of(status, shut), Some(Unentered::Resend));
            // A file that opens is nearer than a link; a link than a file that does not.
            assert_eq!(of(status, Enclosed { is_linked: true, ..file }), Some(Unentered::Enter));
            assert_eq!(of(status, Enclosed { is_linked: true, ..shut }), Some(Unentered::Fetch));
            for enclosed in [file, link, shut] {
                let noted = |note: &str| Known {
                    status: Some(status),
                    enclosed: Some(enclosed),
                    notes_last: vec![note.to_owned()],
                    ..Known::default()
                };
                assert_eq!(unentered(&noted("已答复：打不开，请重发")), None);
                assert!(unentered(&noted("正在打印")).is_some());
            }
            // A photograph beside a text says nothing that the text does not.
            assert_eq!(of(status, Enclosed { points: false, ..file }), None);
        }
        for status in [Status::Review, Status::Duplicate, Status::Handled, Status::Denied, Status::Erased] {
            assert_eq!(of(status, shut), None);
        }
        assert_eq!(unentered(&Known { status: Some(Status::Accepted), ..Known::default() }), None);
        let known = Known { status: Some(Status::Accepted), enclosed: Some(shut), ..Known::default() };
        assert!(owed(&known).resend && !owed(&known).is_empty());
        assert!(owed(&Known { enclosed: Some(file), ..known }).is_empty());
    }

    #[test]
    fn an_answer_is_owed_until_somebody_says_that_it_was_given() {
        let of = |known: Known| awaits(&known);
        assert_eq!(of(question()), Some(Awaits::Answer));
        let noted = |note: &str| Known {
            notes: vec![note.to_owned()],
            notes_since: vec![note.to_owned()],
            ..question()
        };
        assert_eq!((of(noted("已回信核实")), of(noted("已答复：电话"))), (Some(Awaits::Answer), None));
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
    fn what_was_granted_and_is_not_done_is_owed_whoever_was_told_of_it() {
        let left = Undone::Erasure { number: "1".to_owned(), fields: vec![CorrectionField::Phones] };
        let due = |known: Known| Known { undone: vec![left.clone()], ..known };
        let answered = || Known { notes: vec!["已答复：已删除".to_owned()], ..question() };
        assert_eq!(awaits(&due(question())), Some(Awaits::Answer));
        assert_eq!(owed(&due(question())).undone, std::slice::from_ref(&left));
        assert_eq!(awaits(&due(answered())), Some(Awaits::Deed));
        assert_eq!(owed(&due(answered())), Owed { undone: vec![left.clone()], ..Owed::default() });
        let kept = Known { notes: vec!["已答复：不予删除，依法留存".to_owned()], ..question() };
        assert_eq!(awaits(&due(kept)), None);
        assert_eq!(awaits(&due(Known { status: Some(Status::Denied), ..answered() })), None);
        assert_eq!(awaits(&due(Known { status: Some(Status::Erased), ..question() })), None);
        // Nobody decided on the letter that another one took back.
        let taken = |status: Status| Known {
            status: Some(status),
            undone: vec![Undone::Withdrawal { by: "2".to_owned() }],
            ..Known::default()
        };
        assert_eq!(awaits(&taken(Status::Accepted)), Some(Awaits::Deed));
        assert_eq!(awaits(&taken(Status::Denied)), None);
    }

    #[test]
    fn what_is_to_be_decided_waits_for_others_where_somebody_wrote_that_down() {
        let waits = |is_noted| Known { status: Some(Status::Review), is_noted, ..question() };
        assert_eq!((awaits(&waits(false)), awaits(&waits(true))), (None, Some(Awaits::Others)));
    }

    #[test]
    fn whoever_was_told_that_his_letter_is_looked_at_is_told_what_came_of_it() {
        let looked_at = |status: Status| Known {
            status: Some(status),
            is_decided: true,
            reasons: vec![ReviewReason::NearMiss],
            told: Some(AcknowledgementKind::NearMiss),
            ..Known::default()
        };
        let denied = || looked_at(Status::Denied);
        assert_eq!(awaits(&denied()), Some(Awaits::Answer));
        assert_eq!(awaits(&looked_at(Status::Late)), Some(Awaits::Answer));
        // He was told that it is registered, and it does not count.
        for told in [AcknowledgementKind::Accepted, AcknowledgementKind::Late] {
            let known = Known { told: Some(told), reasons: Vec::new(), ..denied() };
            assert_eq!(awaits(&known), Some(Awaits::Answer));
            assert_eq!(awaits(&Known { is_taken_back: true, ..known }), None);
        }
        assert_eq!(awaits(&looked_at(Status::Accepted)), Some(Awaits::Word));
        let none = [
            Known { notes_since: vec!["已答复".to_owned()], ..denied() },
            // No answer was sent: to a machine, to an agency, to nobody.
            Known { told: None, ..denied() },
            // He was told what is true: that it is registered, or that it is late; or that it repeats another.
            Known { told: Some(AcknowledgementKind::Accepted), ..looked_at(Status::Accepted) },
            Known { told: Some(AcknowledgementKind::Duplicate), ..denied() },
            Known { told: Some(AcknowledgementKind::Late), ..looked_at(Status::Late) },
            Known { is_taken_back: true, ..denied() },
            Known { counts_elsewhere: true, ..denied() },
            Known { is_decided: false, ..denied() },
            looked_at(Status::Handled),
            looked_at(Status::Duplicate),
            looked_at(Status::Erased),
            looked_at(Status::Review),
        ];
        for known in none {
            assert_eq!(awaits(&known), None, "{known:?}");
        }
        // What he was told before the decision says nothing of it; and in time is not what late is.
        let before = Known { notes: vec!["已答复".to_owned()], ..denied() };
        assert_eq!(awaits(&before), Some(Awaits::Answer));
        let late = Known { told: Some(AcknowledgementKind::Late), ..looked_at(Status::Accepted) };
        assert_eq!(owed(&late).untold, Some(Status::Accepted));
        let in_time = Known { told: Some(AcknowledgementKind::Accepted), ..looked_at(Status::Late) };
        assert_eq!(owed(&in_time).untold, Some(Status::Late));
        // A withdrawal that nobody answered is owed its own answer.
        let withdrawn = Known {
            reasons: vec![ReviewReason::Withdraw],
            withheld: vec![ReviewReason::Withdraw],
            is_taken_back: true,
            ..denied()
        };
        assert_eq!(awaits(&withdrawn), Some(Awaits::Answer));
    }
}
