//! What staff correct, and what the office decides on an opinion item.

use super::enums::words;

words! {
    /// What staff may correct (`correction.field`).
    CorrectionField: "correction_field" {
        /// `submission.name`
        Name = "name",
        /// `submission.organization`
        Organization = "organization",
        /// `submission.sender_kind`
        SenderKind = "sender_kind",
        /// `submission.occupation`
        Occupation = "occupation",
        /// `submission.phones`
        Phones = "phones",
        /// `submission.emails`
        Emails = "emails",
        /// `submission.comment`
        Comment = "comment",
        /// `submission.flags`
        Flags = "flags",
        /// `submission.status`: a case that waited was confirmed, denied or taken up again.
        Status = "status",
        /// `submission.review_reasons`: what it repeats was denied, or counts again.
        ReviewReasons = "review_reasons",
        /// `submission.duplicate_of`, in the same way.
        DuplicateOf = "duplicate_of",
        /// `submission.number`: it was moved to another consultation.
        Number = "number",
        /// `submission.consultation`, with it.
        Consultation = "consultation",
        /// `submission.signatories`
        Signatories = "signatories",
        /// What staff wrote down beside a letter, and no column: how far they are with it.
        ReviewNote = "review_note",
        /// The list of opinion items: one was added, split, or joined with another.
        Items = "items",
        /// `opinion.clause`
        Clause = "clause",
        /// `opinion.text`
        Text = "text",
        /// `opinion.adoption`
        Adoption = "adoption",
        /// `opinion.adoption_reason`
        AdoptionReason = "adoption_reason",
    }
}

words! {
    /// What the office decided on an opinion item (`opinion.adoption`).
    Adoption: "adoption" {
        /// The draft is changed as proposed.
        Adopted = "采纳",
        /// Partly so.
        Partly = "部分采纳",
        /// Not so; the reason is given.
        Rejected = "不采纳",
        /// Under study.
        Studied = "研究中",
        /// The draft says so already.
        Contained = "已体现",
        /// Passed on to the department whose business it is, to be studied there.
        PassedOn = "转有关部门研究",
        /// It is no opinion: its text is kept, and it counts no more.
        NoOpinion = "非意见",
    }
}

impl CorrectionField {
    /// Whether it follows from decisions and is never written by hand.
    pub const fn is_decided(self) -> bool {
        matches!(
            self,
            Self::Status | Self::ReviewReasons | Self::DuplicateOf | Self::Number | Self::Consultation
        )
    }

    /// Whether it is a column of the submission or of an item; the others stand in `correction` alone.
    pub const fn is_column(self) -> bool {
        !matches!(self, Self::Items | Self::ReviewNote)
    }

    /// Whether it is one of the details whose absence is flagged.
    pub const fn is_of_writer(self) -> bool {
        matches!(self, Self::Name | Self::Occupation | Self::Phones)
    }

    /// Whether it is a column of an opinion item and not of the submission.
    pub const fn is_of_item(self) -> bool {
        matches!(self, Self::Clause | Self::Text | Self::Adoption | Self::AdoptionReason)
    }
}
