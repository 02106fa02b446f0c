//! One kept message, ruled on again: what today's rules see otherwise, what staff decided and stays, what a person must
//! settle.

mod sheet;
mod standing;

use jiff::Timestamp;
use serde_json::json;

use super::answer::Case;
use super::ledger::{Ledger, Said, Standing};
use super::record::{self, Prepared};
use crate::parse::Message;
use crate::ruling::{self, Filing, Ruling};
use crate::store::{
    Change, Columns, Kept, Known, KnownPart, KnownSubmission, NewEntry, NewFiling, NewMessage, Place, Record,
    StoreError, Writing, rows, words,
};
use crate::vocabulary::{CorrectionField, Disposition, ReviewReason, Status};
use sheet::{Sheet, is_touched};
use standing::{proposer, repeats_erased, stand};

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// `message.id`
    pub message_id: i64,
    /// The submission that it is or belongs to; `None`: it is in quarantine.
    pub number: Option<String>,
    /// Whether it is a supplement.
    pub is_supplement: bool,
    /// The writer's names as they stand in the store, for masking.
    pub names: Vec<String>,
    /// What changes.
    pub changes: Vec<Change>,
    /// What staff decided or corrected, and what the rules would have said instead.
    pub kept: Vec<Change>,
    /// What the rules may not change by themselves.
    pub left: Vec<Left>,
    /// It could not be read; nothing about it changes.
    pub unreadable: bool,
}

/// What the rules see otherwise and leave to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The opinion items would be cut otherwise, and staff worked on them.
    Recut,
    /// It repeats an earlier submission, and supplements or the work of staff hang on it.
    RepeatsWithAdditions,
    /// A repetition that would not be filed by itself.
    RepetitionRuledOtherwise,
    /// A supplement that would be filed elsewhere, or not at all.
    SupplementRuledOtherwise,
    /// Quarantined, readable now, and not meant for us or from a machine.
    QuarantinedNotOurs,
}

/// Ruling again on messages of one batch.
pub(super) struct Again<'a> {
    pub(super) config: &'a crate::lane::LaneConfig,
    pub(super) record: Record<'a>,
    /// `None`: nothing is changed.
    pub(super) writing: Option<&'a Writing<'a>>,
    pub(super) actor: &'a str,
    pub(super) now: Timestamp,
    /// Only messages of this consultation are taken out of quarantine.
    pub(super) consultation: Option<&'a str>,
}

/// One message with everything about it.
#[derive(Clone, Copy)]
struct Look<'a> {
    known: &'a Known,
    kept: &'a Kept,
    prepared: &'a Prepared,
    message: &'a Message,
    ruling: &'a Ruling,
}

impl<'a> Look<'a> {
    fn as_read(self) -> NewMessage<'a> {
        let Prepared { fetched, sha256, raw, .. } = self.prepared;
        record::as_read(self.message, self.ruling, fetched, sha256, raw)
    }
}

impl Again<'_> {
    /// Rules on one message, writes what is to be written, and adds it to the ledger.
    pub(super) fn rule(
        &self,
        ledger: &mut Ledger,
        known: &Known,
        kept: &Kept,
        prepared: &Prepared,
        token: u64,
    ) -> Result<Finding, StoreError> {
        let mut sheet = Sheet { finding: about(known, ledger), ..Sheet::default() };
        let Some((message, reading)) = &prepared.read else {
            ledger.keep(known);
            return Ok(Finding { unreadable: true, ..sheet.finding });
        };
        let mut precedents =
            ledger.precedents(&record::look_up(message, reading, &prepared.sha256), known.message_id);
        precedents.same_content.extend(repeats_erased(ledger, known));
        let ruling = &ruling::rule(message, &prepared.fetched, reading, precedents, &self.config.rules);
        let look = Look { known, kept, prepared, message, ruling };
        match &known.part {
            KnownPart::Submission(submission) => self.submission(&mut sheet, ledger, look, submission)?,
            KnownPart::Supplement { submission_id, .. } => {
                self.supplement(&mut sheet, ledger, look, *submission_id)?;
            }
            KnownPart::Neither => match &ruling.filing {
                Some(filing) if kept.disposition == Disposition::Quarantined => {
                    return self.release(sheet.finding, ledger, look, filing, token);
                }
                None if ruling.disposition == Disposition::Quarantined => {
                    self.as_read(&mut sheet, look)?;
                    self.entry(&mut sheet, look, &[])?;
                    ledger.passed(message.message_id.as_deref(), known);
                }
                _ => {
                    sheet.finding.left.push(Left::QuarantinedNotOurs);
                    ledger.keep(known);
                }
            },
        }
        self.write(&sheet, known)?;
        Ok(sheet.finding)
    }

    fn submission(
        &self,
        sheet: &mut Sheet,
        ledger: &mut Ledger,
        look: Look<'_>,
        submission: &KnownSubmission,
    ) -> Result<(), StoreError> {
        let filing = match look.ruling.disposition {
            Disposition::Filed | Disposition::Duplicate => look.ruling.filing.as_ref(),
            _ => None,
        };
        let Some((filing, full_text)) = filing.map(|filing| (filing, look.message.whole_text())) else {
            return self.otherwise(sheet, ledger, look, submission);
        };
        let Some(new) = self.filed(look, filing, &full_text) else { return Ok(()) };
        let corrections = self.record.corrections(submission.id)?;
        let items = self.record.items(submission.id)?;
        let mut expected = rows::submission(&new);
        let stored = self.record.stored("submission", &expected, submission.id)?.unwrap_or_default();
        let repeated = filing.earlier.as_ref().filter(|_| filing.status == Status::Duplicate);
        let mut standing = Standing {
            consultation: new.consultation.to_owned(),
            received_at: Some(new.received_at),
            from_address: filing.from_address.clone(),
            said: Said::from(&filing.likeness),
            proposer: proposer(filing, submission, &corrections),
            status: filing.status,
            reasons: filing.review_reasons.clone(),
            duplicate_of: repeated.map(|earlier| earlier.submission_id),
            ..Standing::stored(look.known, submission)
        };
        let becomes_repetition = repeated.is_some() && submission.duplicate_of.is_none();
        let burdened = becomes_repetition
            && (!submission.supplements.is_empty()
                || items.iter().any(|item| is_touched(item, &corrections)));
        let mut kept_of_entry: &[&str] = &[];
        if standing.is_decided() || burdened {
            if standing.is_decided() {
                if filing.status != Status::Review {
                    sheet.finding.kept.extend(expected.only(&["status"]).changes(&stored, "submission"));
                }
            } else {
                sheet.finding.left.push(Left::RepeatsWithAdditions);
                let as_it_was = Standing::stored(look.known, submission);
                (standing.status, standing.reasons) = (as_it_was.status, as_it_was.reasons);
            }
            expected.keep(&stored, &["status", "review_reasons", "duplicate_of"]);
            standing.duplicate_of = submission.duplicate_of;
            if (look.ruling.disposition == Disposition::Duplicate) != submission.duplicate_of.is_some() {
                kept_of_entry = &["disposition", "reason", "reason_detail"];
            }
        } else {
            stand(&mut expected, &standing, submission);
        }
        for correction in corrections.iter().filter(|correction| correction.opinion.is_none()) {
            let name = correction.field.as_str();
            if correction.field != CorrectionField::Status {
                sheet.finding.kept.extend(expected.only(&[name]).changes(&stored, "submission"));
                expected.keep(&stored, &[name]);
            }
        }
        sheet.row(self.record, "submission", submission.id, expected)?;
        for change in sheet.finding.changes.iter_mut().filter(|change| change.field == "duplicate_of") {
            // People know submissions by their numbers.
            let number =
                |id: &Option<String>| Some(ledger.standing(id.as_ref()?.parse().ok()?)?.number.clone());
            (change.old, change.new) = (number(&change.old), number(&change.new));
        }
        sheet.opinions(look.known.message_id, submission.id, &filing.details.opinions, &items, &corrections);
        self.as_read(sheet, look)?;
        self.entry(sheet, look, kept_of_entry)?;
        self.place_again(sheet, look, &new, submission.id, standing.duplicate_of.is_some())?;
        ledger.file(submission.id, standing);
        ledger.passed(look.message.message_id.as_deref(), look.known);
        Ok(())
    }

    /// A submission that would not be filed by itself today. It stays, and a person looks; of what was read then only
    /// the reason and the evidence follow the rules of today.
    fn otherwise(
        &self,
        sheet: &mut Sheet,
        ledger: &mut Ledger,
        look: Look<'_>,
        submission: &KnownSubmission,
    ) -> Result<(), StoreError> {
        let mut standing = Standing::stored(look.known, submission);
        if standing.duplicate_of.is_some() {
            sheet.finding.left.push(Left::RepetitionRuledOtherwise);
        } else if standing.is_decided() {
            let mut expected = Columns::default();
            expected.set_text("status", Status::Review.as_str());
            let stored = self.record.stored("submission", &expected, submission.id)?.unwrap_or_default();
            sheet.finding.kept.extend(expected.changes(&stored, "submission"));
        } else {
            standing.status = Status::Review;
            if !standing.reasons.contains(&ReviewReason::RuledOtherwise) {
                standing.reasons.push(ReviewReason::RuledOtherwise);
            }
            let mut expected = Columns::default();
            stand(&mut expected, &standing, submission);
            sheet.row(self.record, "submission", submission.id, expected)?;
            let read = look.as_read();
            let evidence = rows::message(&read).only(&["evidence"]);
            sheet.row(self.record, "message", look.known.message_id, evidence)?;
            self.entry(sheet, look, &["disposition"])?;
        }
        ledger.file(submission.id, standing);
        ledger.passed(look.known.rfc822_message_id.as_deref(), look.known);
        Ok(())
    }

    fn supplement(
        &self,
        sheet: &mut Sheet,
        ledger: &mut Ledger,
        look: Look<'_>,
        submission_id: i64,
    ) -> Result<(), StoreError> {
        let full_text = look.message.whole_text();
        let filing = look.ruling.filing.as_ref().filter(|filing| {
            look.ruling.disposition == Disposition::Supplement
                && filing.earlier.as_ref().is_some_and(|earlier| earlier.submission_id == submission_id)
        });
        let new = filing.and_then(|filing| Some((filing, self.filed(look, filing, &full_text)?)));
        let row = self.record.supplement_id(look.known.message_id)?;
        let (Some((filing, new)), Some(row)) = (new, row) else {
            sheet.finding.left.push(Left::SupplementRuledOtherwise);
            ledger.keep(look.known);
            return Ok(());
        };
        sheet.row(self.record, "supplement", row, rows::supplement(&new))?;
        let corrections = self.record.corrections(submission_id)?;
        let items = self.record.items(submission_id)?;
        sheet.opinions(
            look.known.message_id,
            submission_id,
            rows::supplement_opinions(&new),
            &items,
            &corrections,
        );
        self.as_read(sheet, look)?;
        self.entry(sheet, look, &[])?;
        self.place_again(sheet, look, &new, submission_id, false)?;
        let before = ledger.standing(submission_id).map(|standing| standing.before(i64::MAX));
        ledger.supplement(
            submission_id,
            look.known.message_id,
            &filing.from_address,
            &Said::from(&filing.likeness),
            filing.review_reasons.clone(),
        );
        ledger.passed(look.message.message_id.as_deref(), look.known);
        let after = ledger.standing(submission_id).map(|standing| standing.before(i64::MAX));
        if let Some((status, reasons)) = after.filter(|after| before.as_ref() != Some(after)) {
            let mut expected = Columns::default();
            expected.set_text("status", status.as_str());
            expected.set_text("review_reasons", &words(reasons.iter().map(|reason| reason.as_str())));
            sheet.row(self.record, "submission", submission_id, expected)?;
        }
        Ok(())
    }

    /// A quarantined message that can be read now is filed as if it had come now, and answered by the same rules.
    fn release(
        &self,
        mut finding: Finding,
        ledger: &mut Ledger,
        look: Look<'_>,
        filing: &Filing,
        token: u64,
    ) -> Result<Finding, StoreError> {
        let Look { known, kept, message, ruling, .. } = look;
        let message_id = known.message_id;
        let full_text = message.whole_text();
        let consultation = self.config.rules.consultation(filing.consultation);
        let (Some(consultation), Some(new)) = (consultation, self.filed(look, filing, &full_text)) else {
            ledger.keep(known);
            return Ok(finding);
        };
        if self.consultation.is_some_and(|wanted| wanted != new.consultation) {
            ledger.keep(known);
            return Ok(finding);
        }
        let entry = rows::entry(&entry_of(look));
        let stored = self.record.stored("mailbox_entry", &entry, kept.entry_id)?.unwrap_or_default();
        finding.changes.extend(entry.changes(&stored, "mailbox_entry"));
        let Some(writing) = self.writing else {
            foresee(ledger, look, filing, &new);
            return Ok(finding);
        };
        let mut sheet = Sheet::default();
        self.as_read(&mut sheet, look)?;
        for (table, id, columns) in &sheet.rows {
            writing.amend(table, *id, columns, &sheet.finding.changes)?;
        }
        if let Some(attachments) = &sheet.attachments {
            writing.amend_attachments(message_id, attachments)?;
        }
        let received_at = new.received_at;
        let case = Case {
            config: self.config,
            message,
            ruling,
            filing,
            consultation,
            message_id,
            received_at,
            now: self.now,
            token,
        };
        record::file(writing, &case)?;
        writing.release(message_id, kept.entry_id, &entry, self.actor, self.now)?;
        for filed in self.record.known(message_id - 1, message_id, 1)? {
            ledger.keep(&filed);
            finding.number = about(&filed, ledger).number;
        }
        Ok(finding)
    }

    fn filed<'a>(&'a self, look: Look<'a>, filing: &'a Filing, full_text: &'a str) -> Option<NewFiling<'a>> {
        let consultation = self.config.rules.consultation(filing.consultation)?;
        let received_at = look.ruling.arrival.as_ref().map_or(look.kept.seen_at, |arrival| arrival.at);
        Some(record::as_filed(filing, consultation, full_text, received_at))
    }

    /// The message's own row and its attachments.
    fn as_read(&self, sheet: &mut Sheet, look: Look<'_>) -> Result<(), StoreError> {
        let read = look.as_read();
        sheet.row(self.record, "message", look.known.message_id, rows::message(&read))?;
        let attachments = rows::attachments(&look.message.attachments);
        let stored = self.record.attachments(look.known.message_id)?;
        if attachments != stored {
            let names = |found: &[Columns]| {
                let names: Vec<String> =
                    found.iter().map(|one| one.get("filename").unwrap_or_default()).collect();
                Some(names.join("、"))
            };
            let (old, new) = (names(&stored), names(&attachments));
            sheet.finding.changes.push(Change { table: "attachment", field: "attachment", old, new });
            sheet.attachments = Some(attachments);
        }
        Ok(())
    }

    fn entry(&self, sheet: &mut Sheet, look: Look<'_>, kept: &[&str]) -> Result<(), StoreError> {
        let mut expected = rows::entry(&entry_of(look));
        let stored = self.record.stored("mailbox_entry", &expected, look.kept.entry_id)?.unwrap_or_default();
        expected.keep(&stored, kept);
        sheet.row(self.record, "mailbox_entry", look.kept.entry_id, expected)
    }

    /// What the message is compared by follows what is read of it; this changes nothing that a person sees by itself.
    fn place_again(
        &self,
        sheet: &Sheet,
        look: Look<'_>,
        new: &NewFiling<'_>,
        submission_id: i64,
        is_duplicate: bool,
    ) -> Result<(), StoreError> {
        let opinion = new.filing.likeness.opinion_sha256.as_ref().filter(|_| !is_duplicate);
        let Some(writing) = self.writing else { return Ok(()) };
        if sheet.finding.changes.is_empty() && opinion == look.known.opinion_sha256.as_ref() {
            return Ok(());
        }
        let place = Place {
            message_id: look.known.message_id,
            submission_id,
            is_submission: matches!(look.known.part, KnownPart::Submission(_)),
            is_duplicate,
            consultation: new.consultation,
            from_address: &new.filing.from_address,
        };
        writing.place_again(&place, &new.filing.likeness)
    }

    fn write(&self, sheet: &Sheet, known: &Known) -> Result<(), StoreError> {
        let changes = &sheet.finding.changes;
        let Some(writing) = self.writing.filter(|_| !changes.is_empty()) else { return Ok(()) };
        for (table, id, columns) in &sheet.rows {
            writing.amend(table, *id, columns, changes)?;
        }
        if let Some(attachments) = &sheet.attachments {
            writing.amend_attachments(known.message_id, attachments)?;
        }
        if let Some((submission_id, opinions)) = &sheet.opinions {
            writing.amend_opinions(*submission_id, known.message_id, opinions)?;
        }
        let submission = match &known.part {
            KnownPart::Submission(submission) => Some(submission.id),
            KnownPart::Supplement { submission_id, .. } => Some(*submission_id),
            KnownPart::Neither => None,
        };
        let fields: Vec<String> =
            changes.iter().map(|change| format!("{}.{}", change.table, change.field)).collect();
        let detail = json!({ "message": known.message_id, "fields": fields });
        writing.log(self.now, self.actor, "reprocessed", submission, &detail)?;
        for (_, id, _) in sheet.rows.iter().filter(|(table, ..)| *table == "mailbox_entry") {
            writing.seal_entry(self.now, self.actor, *id)?;
        }
        match submission {
            Some(submission) => writing.seal_submission(self.now, self.actor, submission),
            None => writing.seal_message(self.now, self.actor, known.message_id),
        }
    }
}

/// Which message it is, in words for people.
pub(super) fn about(known: &Known, ledger: &Ledger) -> Finding {
    let finding = Finding { message_id: known.message_id, ..Finding::default() };
    match &known.part {
        KnownPart::Submission(submission) => {
            Finding { number: Some(submission.number.clone()), names: submission.names.clone(), ..finding }
        }
        KnownPart::Supplement { submission_id, .. } => Finding {
            number: ledger.standing(*submission_id).map(|standing| standing.number.clone()),
            is_supplement: true,
            ..finding
        },
        KnownPart::Neither => finding,
    }
}

/// In a trial nothing is filed; later messages are to see it all the same. No row has a negative id.
fn foresee(ledger: &mut Ledger, look: Look<'_>, filing: &Filing, new: &NewFiling<'_>) {
    let message_id = look.known.message_id;
    match (&filing.earlier, look.ruling.disposition) {
        (Some(earlier), Disposition::Supplement) => ledger.supplement(
            earlier.submission_id,
            message_id,
            &filing.from_address,
            &Said::from(&filing.likeness),
            filing.review_reasons.clone(),
        ),
        (earlier, _) => {
            let repeated = earlier.as_ref().filter(|_| filing.status == Status::Duplicate);
            let standing = Standing {
                message_id,
                number: format!("{}-(new)", new.number_prefix),
                consultation: new.consultation.to_owned(),
                received_at: Some(new.received_at),
                from_address: filing.from_address.clone(),
                said: Said::from(&filing.likeness),
                proposer: (filing.details.name.clone(), filing.details.organization.clone()),
                status: filing.status,
                reasons: filing.review_reasons.clone(),
                duplicate_of: repeated.map(|earlier| earlier.submission_id),
                supplements: Vec::new(),
                decisions: Vec::new(),
            };
            ledger.file(-message_id, standing);
        }
    }
    ledger.passed(look.message.message_id.as_deref(), look.known);
}

fn entry_of(look: Look<'_>) -> NewEntry<'_> {
    let fetched = &look.prepared.fetched;
    NewEntry {
        entry: &fetched.entry,
        sha256: Some(&look.prepared.sha256),
        size_bytes: fetched.announced_size_bytes,
        disposition: look.ruling.disposition,
        reason: &look.ruling.reason,
        message_id: Some(look.known.message_id),
        rfc822_message_id: look.message.message_id.as_deref(),
    }
}
