//! How a subject relates to one consultation.

use std::cmp::Reverse;

use crate::vocabulary::markers::MarkerKind;
use crate::vocabulary::{SubjectEvidence, SubjectReason};

/// How much of a tag a message carries, from nothing to all of it. Of two whole titles the longer one is more, of two
/// approximate ones that with fewer edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carries {
    /// Nothing: it is not ours.
    No,
    /// No subject, or nothing but ask words, which fit every consultation.
    AskWords(bool),
    /// Its text has the title or an anchor; the subject has nothing.
    Mentioned,
    /// An anchor of so many characters.
    Anchor(usize),
    /// So many characters of the title on end.
    Run(usize),
    /// The title with so many edits, of another issuer or with too many of them.
    Near(Reverse<usize>),
    /// The title with few edits, and no word that asks.
    NearTitle(Reverse<usize>),
    /// The title of so many characters, and no word that asks.
    Title(usize),
    /// All of it, with few edits.
    NearlyAll(Reverse<usize>),
    /// All of it; so many characters of title or tag.
    Exact(usize),
}

/// How a subject relates to one consultation.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectVerdict {
    /// The outcome.
    pub outcome: SubjectOutcome,
    /// Why.
    pub reason: SubjectReason,
    /// How much of the tag it carries, to choose among several consultations of one mailbox: the greater wins.
    pub carries: Carries,
    /// The evidence: what was found.
    pub evidence: SubjectEvidence,
    /// Prefixes and gateway tags stripped from the front, in order, as written.
    pub stripped: Vec<String>,
}

/// The three outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectOutcome {
    /// Not meant for this consultation.
    NotOurs,
    /// A person must look.
    NearMiss,
    /// The tag is there.
    Match,
}

impl SubjectVerdict {
    pub(super) fn new(
        outcome: SubjectOutcome,
        reason: SubjectReason,
        carries: Carries,
        evidence: SubjectEvidence,
    ) -> Self {
        Self { outcome, reason, carries, evidence, stripped: Vec::new() }
    }

    pub(super) fn matching(reason: SubjectReason, carries: Carries, evidence: SubjectEvidence) -> Self {
        Self::new(SubjectOutcome::Match, reason, carries, evidence)
    }

    pub(super) fn near(reason: SubjectReason, carries: Carries, evidence: SubjectEvidence) -> Self {
        Self::new(SubjectOutcome::NearMiss, reason, carries, evidence)
    }

    /// It has nothing of any consultation.
    pub fn nothing(reason: SubjectReason) -> Self {
        Self::not_ours(reason, SubjectEvidence::Nothing)
    }

    pub(super) fn not_ours(reason: SubjectReason, evidence: SubjectEvidence) -> Self {
        Self::new(SubjectOutcome::NotOurs, reason, Carries::No, evidence)
    }
}

pub(super) const fn leading_marker_reason(kind: MarkerKind) -> SubjectReason {
    match kind {
        MarkerKind::AutoReply => SubjectReason::LeadingAutoReplyMarker,
        MarkerKind::Bounce => SubjectReason::LeadingBounceMarker,
        MarkerKind::Receipt => SubjectReason::LeadingReceiptMarker,
        MarkerKind::Recall => SubjectReason::LeadingRecallMarker,
    }
}
