//! Where a submission stands once its message was ruled on again.

use crate::lane::intake::ledger::{Ledger, Standing};
use crate::ruling::{self, Filing};
use crate::store::{Columns, Correction, Known, KnownPart, KnownSubmission, words};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};

/// What an erased submission said cannot be compared any more: what repeats it goes on repeating it.
pub(super) fn repeats_erased(ledger: &Ledger, known: &Known) -> Option<ruling::Copied> {
    let KnownPart::Submission(submission) = &known.part else { return None };
    let earlier = ledger.earlier(submission.duplicate_of?, known.message_id)?;
    (earlier.status == Status::Erased).then_some(ruling::Copied {
        earlier: ruling::Earlier { status: Status::Accepted, ..earlier },
        whole: true,
        name: None,
        organization: None,
    })
}

/// Who speaks, as the store will have it: what staff corrected stays.
pub(super) fn proposer(
    filing: &Filing,
    submission: &KnownSubmission,
    corrections: &[Correction],
) -> (Option<String>, Option<String>) {
    let corrected = |field| corrections.iter().any(|found| found.opinion.is_none() && found.field == field);
    let (name, organization) = submission.proposer.clone();
    (
        if corrected(CorrectionField::Name) { name } else { filing.details.name.clone() },
        if corrected(CorrectionField::Organization) {
            organization
        } else {
            filing.details.organization.clone()
        },
    )
}

/// Status and reasons as they result from the message itself, its supplements and what staff decided.
pub(super) fn stand(expected: &mut Columns, standing: &Standing, submission: &KnownSubmission) {
    let (status, reasons) = standing.before(i64::MAX);
    expected.set_text("status", status.as_str());
    let sorted = |reasons: &[ReviewReason]| {
        let mut sorted = reasons.to_vec();
        sorted.sort_unstable();
        sorted
    };
    // The same reasons in another order are no difference.
    let same = sorted(&reasons) == sorted(&submission.review_reasons);
    let reasons = if same { &submission.review_reasons } else { &reasons };
    expected.set_text("review_reasons", &words(reasons.iter().map(|reason| reason.as_str())));
}
