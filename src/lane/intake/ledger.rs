//! The record as it stood before each message, rebuilt message by message: what a later ruling has to go by.
//!
//! The store only knows how things stand now. Whoever rules again on an old message must not be swayed by what came
//! behind it, and must see those before it as today's rules see them. So the kept messages are gone through in their
//! order, and each adds here what it was ruled to be. What staff decided counts for the messages behind the decision.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::ruling::{Copied, Earlier, Likeness, Precedents};
use crate::store::{Known, KnownPart, KnownSubmission, LookUp, MOST_PRECEDENTS};
use crate::vocabulary::{ReviewReason, Status, sender_key};

/// What repetitions of a message are found by.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// Digest of the opinion part and the attachments.
    pub(super) opinion_sha256: Option<String>,
    /// Digest of the whole comment and the attachments.
    pub(super) content_sha256: Option<String>,
}

impl From<&Likeness> for Said {
    fn from(likeness: &Likeness) -> Self {
        let Likeness { opinion_sha256, content_sha256, .. } = likeness.clone();
        Self { opinion_sha256, content_sha256 }
    }
}

/// A submission by the rules and the people.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) message_id: i64,
    pub(super) number: String,
    pub(super) consultation: String,
    pub(super) received_at: Option<Timestamp>,
    pub(super) from_address: String,
    pub(super) said: Said,
    /// Name and organisation: who speaks.
    pub(super) proposer: (Option<String>, Option<String>),
    /// What its own message was ruled to be.
    pub(super) status: Status,
    /// Why its own message waits for a person.
    pub(super) reasons: Vec<ReviewReason>,
    pub(super) duplicate_of: Option<i64>,
    /// `message_id` of each supplement, and what it asks of a person.
    pub(super) supplements: Vec<(i64, Vec<ReviewReason>)>,
    /// What staff decided: the last message then, and the status.
    pub(super) decisions: Vec<(i64, Status)>,
}

impl Standing {
    /// As it stands in the store, where its message is not ruled on again. What its supplements asked for is not its own.
    pub(super) fn stored(message: &Known, known: &KnownSubmission) -> Self {
        let asked = |reason: &ReviewReason| {
            known.supplements.iter().any(|(_, reasons)| reasons.contains(reason))
                && !known.flags.iter().any(|flag| flag.as_str() == reason.as_str())
        };
        let reasons: Vec<ReviewReason> =
            known.review_reasons.iter().copied().filter(|reason| !asked(reason)).collect();
        let status = match known.status {
            Status::Erased => Status::Erased,
            _ if known.duplicate_of.is_some() => Status::Duplicate,
            _ if !reasons.is_empty() => Status::Review,
            _ => crate::ruling::confirmed(known.timeliness),
        };
        Self {
            message_id: message.message_id,
            number: known.number.clone(),
            consultation: known.consultation.clone(),
            received_at: known.received_at,
            from_address: known.from_address.clone(),
            said: Said {
                opinion_sha256: message.opinion_sha256.clone(),
                content_sha256: known.content_sha256.clone(),
            },
            proposer: known.proposer.clone(),
            status,
            reasons,
            duplicate_of: known.duplicate_of,
            supplements: known.supplements.clone(),
            decisions: known.decisions.clone(),
        }
    }

    /// Whether a person decided on it, if only that it is to wait again: its status is not the rules' any more.
    pub(super) fn is_decided(&self) -> bool {
        !self.decisions.is_empty()
    }

    /// Where it stood before a message: `i64::MAX` is now.
    pub(super) fn before(&self, message_id: i64) -> (Status, Vec<ReviewReason>) {
        if self.status == Status::Erased {
            return (self.status, self.reasons.clone());
        }
        let asked = self
            .supplements
            .iter()
            .filter(|(_, reasons)| !reasons.is_empty())
            .map(|(at, reasons)| (*at, 0, Some(reasons), Status::Review));
        let decided = self.decisions.iter().map(|(at, status)| (*at, 1, None, *status));
        let mut steps: Vec<_> = asked.chain(decided).filter(|(at, ..)| *at < message_id).collect();
        steps.sort_by_key(|(at, order, ..)| (*at, *order));
        let (mut status, mut reasons) = (self.status, self.reasons.clone());
        for (_, _, asked, next) in steps {
            match asked {
                None => status = next,
                // What a supplement asks for takes up again what counts or waits, and nothing else.
                Some(asked) if matches!(status, Status::Accepted | Status::Late | Status::Review) => {
                    status = next;
                    reasons.extend(asked);
                    reasons.sort_unstable_by_key(|reason| reason.as_str());
                    reasons.dedup();
                }
                Some(_) => {}
            }
        }
        (status, reasons)
    }

    fn earlier(&self, submission_id: i64, message_id: i64) -> Earlier {
        Earlier {
            submission_id,
            number: self.number.clone(),
            consultation: self.consultation.clone(),
            received_at: self.received_at,
            status: self.before(message_id).0,
        }
    }
}

/// Digest of the opinion part, and sender.
type Content = (String, String);

/// Everything that was kept before the message in hand.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    submissions: HashMap<i64, Standing>,
    numbers: HashMap<String, i64>,
    answers: HashMap<String, i64>,
    /// Submissions that have it, by themselves or in a supplement, each with the digest of the whole.
    contents: HashMap<Content, Vec<(i64, Option<String>)>>,
    message_ids: HashSet<String>,
}

impl Ledger {
    /// What bears on a message, as [`crate::store::Writing::precedents`] would have found it then.
    pub(super) fn precedents(&self, wanted: &LookUp<'_>, message_id: i64) -> Precedents {
        let by_answer = wanted.thread.iter().find_map(|id| self.answers.get(id).copied());
        let answered = by_answer.or_else(|| {
            wanted.numbers.iter().find_map(|number| {
                let id = self.numbers.get(number)?;
                let named = self.submissions.get(id)?;
                (sender_key(&named.from_address) == sender_key(wanted.from_address)).then_some(*id)
            })
        });
        Precedents {
            answered_by_number: by_answer.is_none(),
            answered: answered.and_then(|id| self.earlier(self.repeated(id), message_id)),
            same_content: self.same_content(wanted, message_id),
            message_id_reused: wanted.message_id.is_some_and(|id| self.message_ids.contains(id)),
        }
    }

    fn same_content(&self, wanted: &LookUp<'_>, message_id: i64) -> Vec<Copied> {
        let sender = sender_key(wanted.from_address);
        let Some(opinion) = wanted.likeness.opinion_sha256.clone().filter(|_| !sender.is_empty()) else {
            return Vec::new();
        };
        let whole =
            |content: &Option<String>| content.is_some() && *content == wanted.likeness.content_sha256;
        let mut found = self.contents.get(&(opinion, sender)).cloned().unwrap_or_default();
        found.sort_by_key(|(id, content)| {
            (self.submissions.get(id).map(|standing| standing.message_id), !whole(content))
        });
        let copies = found.iter().filter_map(|(id, content)| {
            let standing = self.submissions.get(id)?;
            let earlier = standing.earlier(*id, message_id);
            let (name, organization) = standing.proposer.clone();
            let stands = !matches!(earlier.status, Status::Denied | Status::Erased);
            stands.then(|| Copied { earlier, whole: whole(content), name, organization })
        });
        copies.take(MOST_PRECEDENTS).collect()
    }

    /// From a repetition to what it repeats, else itself.
    fn repeated(&self, id: i64) -> i64 {
        self.submissions.get(&id).and_then(|standing| standing.duplicate_of).unwrap_or(id)
    }

    pub(super) fn earlier(&self, id: i64, message_id: i64) -> Option<Earlier> {
        self.submissions.get(&id).map(|standing| standing.earlier(id, message_id))
    }

    pub(super) fn standing(&self, id: i64) -> Option<&Standing> {
        self.submissions.get(&id)
    }

    /// Adds a submission.
    pub(super) fn file(&mut self, id: i64, standing: Standing) {
        if standing.duplicate_of.is_none() {
            self.remember(&standing.said, &standing.from_address, id);
        }
        self.numbers.insert(standing.number.clone(), id);
        self.submissions.insert(id, standing);
    }

    /// Adds a supplement to its submission.
    pub(super) fn supplement(
        &mut self,
        id: i64,
        message_id: i64,
        from_address: &str,
        said: &Said,
        asks: Vec<ReviewReason>,
    ) {
        self.remember(said, from_address, id);
        if let Some(standing) = self.submissions.get_mut(&id) {
            standing.supplements.retain(|(found, _)| *found != message_id);
            standing.supplements.push((message_id, asks));
            standing.supplements.sort_unstable_by_key(|(found, _)| *found);
        }
    }

    fn remember(&mut self, said: &Said, from_address: &str, id: i64) {
        if let Some(opinion) = &said.opinion_sha256 {
            let key = (opinion.clone(), sender_key(from_address));
            self.contents.entry(key).or_default().push((id, said.content_sha256.clone()));
        }
    }

    /// Adds what every kept message leaves behind, whatever it is part of: its own Message-ID and those of our answers.
    pub(super) fn passed(&mut self, rfc822_message_id: Option<&str>, known: &Known) {
        self.message_ids.extend(rfc822_message_id.map(ToOwned::to_owned));
        self.answers.extend(known.answers.iter().map(|(submission, id)| (id.clone(), *submission)));
    }

    /// Adds a message as it stands in the store.
    pub(super) fn keep(&mut self, known: &Known) {
        match &known.part {
            KnownPart::Submission(submission) => {
                self.file(submission.id, Standing::stored(known, submission));
            }
            KnownPart::Supplement { submission_id, from_address, reasons, content_sha256 } => {
                let said = Said {
                    opinion_sha256: known.opinion_sha256.clone(),
                    content_sha256: content_sha256.clone(),
                };
                self.supplement(*submission_id, known.message_id, from_address, &said, reasons.clone());
            }
            KnownPart::Neither => {}
        }
        self.passed(known.rfc822_message_id.as_deref(), known);
    }
}
