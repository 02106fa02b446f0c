//! A title inside a document that was attached. It is the last look before a mail is not ours, and only where something speaks
//! for it: the subject asks, or an office sent it. Offices send 反馈意见表 as a file, under a subject of their own.

use jiff::Timestamp;

use super::rules::Rules;
use crate::details::agency_domain;
use crate::parse::{self, Attachment, Message, ParseLimits};
use crate::subject::{Carries, SubjectOutcome, SubjectVerdict};
use crate::vocabulary::{SubjectEvidence, SubjectReason};

/// The largest mail whose files are opened, in bytes: it is read once more for that.
const MOST_MAIL_BYTES: usize = 24 << 20;

/// How many documents of one mail are opened.
const MOST_DOCUMENTS: usize = 5;

/// The consultation whose whole title stands in an attached docx or xlsx of a mail under a subject that has nothing of any; of
/// several the one whose time lies nearest. Nothing of the file is kept but which one it was.
pub(super) fn title_in_files(
    (message, raw): (&Message, &[u8]),
    subject: Option<&str>,
    rules: &Rules,
    arrived_at: Timestamp,
) -> Option<(usize, SubjectVerdict)> {
    let asks = || rules.consultations.iter().any(|rule| rule.tag.asks(subject.unwrap_or_default()));
    if !message.attachments.iter().any(Attachment::is_file)
        || raw.len() > MOST_MAIL_BYTES
        || !(is_from_agency(message) || asks())
    {
        return None;
    }
    let files = parse::parse(raw, ParseLimits { keep_files: true, ..ParseLimits::default() }).attachments;
    let texts = files.into_iter().zip(1..).filter_map(|(file, nth)| {
        let text = parse::office_text(&file.bytes?)?;
        Some((text, nth))
    });
    texts.take(MOST_DOCUMENTS).find_map(|(text, nth)| {
        let meant = rules.consultations.iter().enumerate().filter(|(_, rule)| {
            // A key word alone stands in many an office's papers.
            use SubjectEvidence::{Title, TitleWithoutIssuer};
            matches!(rule.tag.mentioned_in(&text), Some(Title { .. } | TitleWithoutIssuer { .. }))
        });
        let (index, _) = meant.min_by_key(|(_, rule)| rule.consultation.time_beside(arrived_at))?;
        let verdict = SubjectVerdict {
            outcome: SubjectOutcome::NearMiss,
            reason: SubjectReason::MentionedInAttachment,
            carries: Carries::Mentioned,
            evidence: SubjectEvidence::TitleInFile { nth },
            stripped: Vec::new(),
        };
        Some((index, verdict))
    })
}

/// An office was asked and answers: what it says is not lost for want of a title.
pub(super) fn is_from_agency(message: &Message) -> bool {
    message.author().is_some_and(|author| agency_domain(&author.address).is_some())
}
