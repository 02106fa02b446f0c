//! What the extractor looks at, and what it finds.

use crate::vocabulary::{Consultation, Flag, SenderKind};

/// No comment has more telephone numbers or addresses than a list of something else would.
pub(crate) const MAX_CONTACTS: usize = 50;

/// What the extractor looks at.
#[derive(Debug, Clone, Copy)]
pub struct DetailsInput<'a> {
    /// What the citizen wrote now ([`crate::quote::Cut::comment`]).
    pub comment: &'a str,
    /// The signature block below it ([`crate::quote::Cut::signature`]): it tells who wrote, and is no opinion.
    pub signature: &'a str,
    /// The display name of `From:`.
    pub display: Option<&'a str>,
    /// File names of the attachments.
    pub attachments: &'a [String],
    /// The subject as decoded.
    pub subject: &'a str,
    /// The consultation: the office's own contacts, occupations and clauses.
    pub consultation: &'a Consultation,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// The writer's name, or the contact person's of an organisation.
    pub name: Option<String>,
    /// A hint that is not certain: the display name, `李女士`.
    pub name_hint: Option<String>,
    /// The organisation that speaks.
    pub organization: Option<String>,
    /// What kind of sender wrote; [`super::of_sender`] tells it.
    pub sender_kind: SenderKind,
    /// One of the consultation's occupations, spelled as there.
    pub occupation: Option<String>,
    /// The occupation in the writer's words.
    pub occupation_as_written: Option<String>,
    /// Telephone numbers, normalised (`13800138000`, `024-25550101-8012`), in order, no repeats.
    pub phones: Vec<String>,
    /// Addresses given in the text, in order, no repeats.
    pub emails: Vec<String>,
    /// How many people sign; 1 unless a joint letter lists more.
    pub signatories: u32,
    /// Flags that the text justifies, in the order of [`Flag::ALL`].
    pub flags: Vec<Flag>,
    /// The text says nothing but that a file does.
    pub only_points: bool,
    /// The opinion items (条).
    pub opinions: Vec<Opinion>,
    /// What the writer wants done with an earlier letter or with his data, each kind once; [`Request::flag`] stands with it.
    pub requests: Vec<Request>,
    /// The opinion part as written: without salutation, labelled details, closing and signature.
    pub opinion_text: String,
    /// Where each value comes from.
    pub evidence: Vec<Evidence>,
}

impl Details {
    /// Notes why a value was taken.
    pub(crate) fn note(&mut self, field: &'static str, rule: &'static str, line: usize, as_written: &str) {
        self.evidence.push(Evidence { field, rule, line, as_written: as_written.trim().to_owned() });
    }
}

/// One opinion item (条).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The clause it speaks of, as [`crate::vocabulary::Clause::code`]; a suggestion for staff.
    pub clause: Option<String>,
    /// The item's text.
    pub text: String,
}

/// Why a value was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The column or flag it supports: `name`, `phones`, `joint`, …
    pub field: &'static str,
    /// The rule that fired, a stable `snake_case` word: `label`, `signature_line`, `self_introduction`, …
    pub rule: &'static str,
    /// The line it stands in, counted from 1 in the comment; 0 when it is not in the comment.
    pub line: usize,
    /// The value as written.
    pub as_written: String,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// This letter shall stand in place of an earlier one (以本封为准, 更正, 修改稿).
    Replaces,
    /// An earlier letter shall not count any more (撤回, 作废).
    Withdraws,
    /// The writer's data shall be erased or shown (PIPL art. 45 and 47).
    PersonalData,
    /// The writer's data, or his words, shall be corrected (PIPL art. 46).
    Corrects,
    /// The writer's data or his letter shall not be published (PIPL art. 25).
    Publication,
    /// The letter shall count as in time, for it was sent before the close.
    InTime,
    /// The office shall answer a question about the consultation itself.
    Answer,
}

impl Request {
    /// Every kind, the weightiest first: a letter that voids the earlier one and brings another text replaces it.
    pub const ALL: &[Self] = &[
        Self::Replaces,
        Self::Withdraws,
        Self::PersonalData,
        Self::Corrects,
        Self::Publication,
        Self::InTime,
        Self::Answer,
    ];

    /// The stable word of `relation.kind`: `withdraws`, `replaces`, `personal_data`, `corrects`, `disputes`; what the office is asked changes no letter.
    pub const fn relation(self) -> Option<&'static str> {
        match self {
            Self::Replaces => Some("replaces"),
            Self::Withdraws => Some("withdraws"),
            Self::PersonalData | Self::Publication => Some("personal_data"),
            Self::Corrects => Some("corrects"),
            Self::InTime => Some("disputes"),
            Self::Answer => None,
        }
    }

    /// The word of the evidence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::Withdraws => "withdraws",
            Self::PersonalData => "personal_data",
            Self::Corrects => "corrects",
            Self::Publication => "publication",
            Self::InTime => "late_disputed",
            Self::Answer => "question",
        }
    }

    /// What stands with the submission.
    pub const fn flag(self) -> Flag {
        match self {
            Self::Replaces | Self::Withdraws => Flag::Withdraw,
            Self::PersonalData => Flag::PersonalData,
            Self::Corrects => Flag::CorrectionRequest,
            Self::Publication => Flag::PublicationRequest,
            Self::InTime => Flag::LateDisputed,
            Self::Answer => Flag::Question,
        }
    }
}
