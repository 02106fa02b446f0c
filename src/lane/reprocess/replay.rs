//! One kept message after the other into the scratch store, by the function that files new mail.

use super::Request;
use super::apply::{self, file_released};
use super::difference::{Difference, Finding, Left, alone, asks, flags, is_touched};
use crate::lane::LaneConfig;
use crate::lane::intake::record::{self, Prepared};
use crate::parse::Message;
use crate::ruling::Reading;
use crate::store::{Given, Kept, KeptSubmission, Original, Part, Record, StoreError, Writing, rows};
use crate::vocabulary::{Disposition, ReviewReason, Status, sender_key};
use crate::world::World;

type Result<T> = std::result::Result<T, StoreError>;

/// The scratch store and what fills it.
pub(super) struct Replay<'a> {
    pub(super) config: &'a LaneConfig,
    pub(super) request: &'a Request,
    pub(super) world: &'a World,
    pub(super) scratch: Writing<'a>,
}

/// One message with everything about it.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// The real record.
    pub(super) record: Record<'a>,
    /// `None`: nothing is changed.
    pub(super) writing: Option<&'a Writing<'a>>,
    pub(super) kept: &'a Kept,
    pub(super) original: &'a Original,
    pub(super) prepared: &'a Prepared,
    pub(super) message: &'a Message,
    pub(super) reading: &'a Reading,
}

impl Look<'_> {
    fn sender(self) -> String {
        sender_key(self.message.author().map_or("", |author| author.address.as_str()))
    }
}

impl<'a> Replay<'a> {
    pub(super) const fn new(
        config: &'a LaneConfig,
        request: &'a Request,
        world: &'a World,
        scratch: Writing<'a>,
    ) -> Self {
        Self { config, request, world, scratch }
    }

    /// Ends a batch that began behind `after`.
    pub(super) fn end(self, after: i64) -> Result<()> {
        self.scratch.lighten(after)?;
        self.scratch.commit()
    }

    /// Files a message once more, or takes it over as it stands; tells of it where it was asked for.
    pub(super) fn message(
        &mut self,
        record: Record<'_>,
        writing: Option<&Writing<'_>>,
        kept: &Kept,
        read: Option<&Option<(Original, Prepared)>>,
    ) -> Result<Option<Finding>> {
        let parsed = read.and_then(Option::as_ref).and_then(|(original, prepared)| {
            let (message, reading) = prepared.read.as_ref()?;
            Some(Look { record, writing, kept, original, prepared, message, reading })
        });
        let Some(look) = parsed else {
            self.scratch.decide_before(kept.message_id)?;
            self.keep(record, kept)?;
            return Ok(read.map(|_| Finding { unreadable: true, ..Finding::about(kept) }));
        };
        if !self.request.numbers.is_empty() {
            self.bring_near(look)?;
        }
        self.scratch.decide_before(kept.message_id)?;
        let erased = self.stand_in(look)?;
        self.scratch.mark()?;
        let mut found = self.again(look)?;
        self.scratch.unmark()?;
        self.scratch.take_over_beside(record, kept)?;
        if let Some(erased) = erased {
            self.scratch.stand_in(erased, None)?;
        }
        if !found.is_quiet()
            && let Some(submission) = &kept.submission
        {
            found.names = record.names(submission.id)?;
        }
        Ok(Some(found))
    }

    /// Takes over what bears on a message, where not everything passes by.
    fn bring_near(&self, look: Look<'_>) -> Result<()> {
        let Look { record, kept, message, .. } = look;
        let own_id = message.message_id.as_deref();
        for id in record.bearing(kept.message_id, &look.sender(), &message.thread, own_id)? {
            if self.scratch.record().message(id)?.is_none()
                && let Some(near) = record.message(id)?
            {
                self.scratch.decide_before(id)?;
                self.keep(record, &near)?;
            }
        }
        Ok(())
    }

    /// What an erased submission said cannot be compared any more: what repeats it goes on repeating it.
    fn stand_in(&self, look: Look<'_>) -> Result<Option<i64>> {
        let own = look.kept.submission.as_ref().filter(|_| look.kept.is_submission());
        let Some(repeated) = own.and_then(|own| own.duplicate_of) else { return Ok(None) };
        let likeness = &look.reading.likeness;
        let Some(opinion) = &likeness.opinion_sha256 else { return Ok(None) };
        let status = self.scratch.record().submission(repeated)?.and_then(|row| row.get("status"));
        if status.as_deref() != Some(Status::Erased.as_str()) {
            return Ok(None);
        }
        let said = (&*look.sender(), opinion.as_str(), likeness.content_sha256.as_deref());
        self.scratch.stand_in(repeated, Some(said))?;
        Ok(Some(repeated))
    }

    /// Files a message with the ids that it has. What had no submission of its own gets an id that no row has.
    pub(super) fn file(&mut self, look: Look<'_>, given: Option<Given>) -> Result<Option<Disposition>> {
        let kept = look.kept;
        let own = kept.submission.as_ref().filter(|_| kept.is_submission());
        self.scratch.give(given.unwrap_or_else(|| Given {
            message_id: Some(kept.message_id),
            submission_id: Some(own.map_or(-kept.message_id, |own| own.id)),
            number: Some(own.map_or_else(|| format!("(new {})", kept.message_id), |own| own.number.clone())),
        }));
        let seen_at = look.original.seen_at;
        let recorded = record::record(&self.scratch, look.prepared, self.config, seen_at, 0)?;
        Ok(recorded.map(|recorded| recorded.disposition))
    }

    fn again(&mut self, look: Look<'_>) -> Result<Finding> {
        let kept = look.kept;
        let disposition = self.file(look, None)?;
        let found = self.scratch.record().message(kept.message_id)?;
        let part = found.as_ref().map_or(Part::Neither, |found| found.part);
        let found = found.and_then(|found| found.submission);
        let mut difference = Difference { finding: Finding::about(kept), ..Difference::default() };
        match (kept.part, part, &kept.submission, found) {
            (Part::Submission, Part::Submission, Some(own), Some(found)) => {
                self.submission(&mut difference, look, own, &found)?;
            }
            (Part::Submission, _, Some(own), _) => self.otherwise(&mut difference, look, own)?,
            (Part::Supplement, Part::Supplement, Some(own), Some(found)) if own.id == found.id => {
                self.supplement(&mut difference, look, own)?;
            }
            (Part::Neither, Part::Submission | Part::Supplement, _, Some(found))
                if look.original.disposition == Disposition::Quarantined =>
            {
                return self.release(difference, look, &found);
            }
            (Part::Neither, Part::Neither, ..) if disposition == Some(Disposition::Quarantined) => {
                self.message_rows(&mut difference, look, &[])?;
            }
            (part, ..) => {
                difference.finding.left.push(match part {
                    Part::Neither => Left::QuarantinedNotOurs,
                    _ => Left::SupplementRuledOtherwise,
                });
                self.scratch.take_back()?;
                self.keep(look.record, kept)?;
            }
        }
        if let Some(writing) = look.writing {
            apply::write(writing, look, &difference, self)?;
        }
        Ok(difference.finding)
    }

    fn submission(
        &mut self,
        difference: &mut Difference,
        look: Look<'_>,
        own: &KeptSubmission,
        found: &KeptSubmission,
    ) -> Result<()> {
        let Look { record, kept, .. } = look;
        let id = kept.message_id;
        let (corrections, items) = (record.corrections(own.id)?, record.items(own.id)?);
        let worked_on =
            own.last_supplement.is_some() || items.iter().any(|item| is_touched(item, &corrections));
        let mut repeats = found.duplicate_of.is_some();
        if repeats && own.duplicate_of.is_none() && (own.is_decided || worked_on) {
            if !own.is_decided {
                difference.finding.left.push(Left::RepeatsWithAdditions);
            }
            repeats = false;
            // It goes on by itself: once more, as if nobody had said the same before.
            self.scratch.take_back()?;
            let (sender, said) =
                (look.sender(), look.reading.likeness.opinion_sha256.clone().unwrap_or_default());
            self.scratch.hide(&sender, &said, true)?;
            self.file(look, None)?;
            self.scratch.hide(&sender, &said, false)?;
            if self.scratch.record().message(id)?.is_none_or(|found| !found.is_submission()) {
                return self.otherwise(difference, look, own);
            }
        }
        let scratch = self.scratch.record();
        if let (Some(expected), Some(stored)) =
            (first(scratch.made("submission", id)?), first(record.made("submission", id)?))
        {
            difference.submission(own, &expected, &stored, &corrections);
        }
        for change in difference.finding.changes.iter_mut().filter(|change| change.field == "duplicate_of") {
            // People know submissions by their numbers.
            for value in [&mut change.old, &mut change.new] {
                let number =
                    |id: i64| scratch.number(id).transpose().or_else(|| record.number(id).transpose());
                *value = value.as_ref().and_then(|id| id.parse().ok()).and_then(number).transpose()?;
            }
        }
        difference.opinions(id, own.id, &scratch.items(own.id)?, &items, &corrections);
        let theirs: &[&str] = if own.is_decided && repeats != own.duplicate_of.is_some() {
            &["disposition", "reason"]
        } else {
            &[]
        };
        self.message_rows(difference, look, theirs)
    }

    /// A submission that would not be filed by itself today. It stays, and a person looks; of what was read then only
    /// the reason and the evidence follow the rules of today.
    fn otherwise(&self, difference: &mut Difference, look: Look<'_>, own: &KeptSubmission) -> Result<()> {
        let Look { record, kept, prepared, message, .. } = look;
        let id = kept.message_id;
        let entry = self.scratch.record().last_entry()?;
        self.scratch.take_back()?;
        let ruling = record::rule(&self.scratch, prepared, self.config)?;
        self.keep(record, kept)?;
        if own.duplicate_of.is_some() {
            difference.finding.left.push(Left::RepetitionRuledOtherwise);
            return Ok(());
        }
        let stored = record.submission(own.id)?;
        if own.is_decided {
            let mut expected = crate::store::Columns::default();
            expected.set_text("status", Status::Review.as_str());
            difference
                .finding
                .kept
                .extend(stored.map(|stored| expected.changes(&stored, "submission")).unwrap_or_default());
            return Ok(());
        }
        let asked = record.flags_of_supplements(own.id)?;
        let mut reasons = stored.as_ref().map(|row| alone(row, &asked).1).unwrap_or_default();
        reasons.retain(|reason| *reason != ReviewReason::RuledOtherwise);
        reasons.push(ReviewReason::RuledOtherwise);
        self.scratch.stand(own.id, Status::Review, &reasons)?;
        if own.last_supplement.is_none() {
            self.standing(difference, look, own)?;
        }
        if let (Some(ruled), Some((_, reading))) = (ruling, &prepared.read) {
            let bytes = (prepared.sha256.as_str(), &prepared.raw);
            let read = record::as_read(message, reading, &ruled, &prepared.fetched, bytes);
            let evidence = rows::message(&read).only(&["evidence"], true);
            difference.row("message", Some(id), Some(evidence), first(record.made("message", id)?).as_ref());
        }
        let stored = first(record.made("mailbox_entry", id)?);
        let entry = entry.only(&["disposition"], false);
        difference.row("mailbox_entry", Some(look.original.entry_id), Some(entry), stored.as_ref());
        Ok(())
    }

    fn supplement(&self, difference: &mut Difference, look: Look<'_>, own: &KeptSubmission) -> Result<()> {
        let Look { record, kept, .. } = look;
        let id = kept.message_id;
        let scratch = self.scratch.record();
        let stored = first(record.made("supplement", id)?);
        difference.row(
            "supplement",
            record.id_of("supplement", id)?,
            first(scratch.made("supplement", id)?),
            stored.as_ref(),
        );
        let (corrections, items) = (record.corrections(own.id)?, record.items(own.id)?);
        difference.opinions(id, own.id, &scratch.items(own.id)?, &items, &corrections);
        self.message_rows(difference, look, &[])?;
        if own.last_supplement == Some(id) && !own.is_decided {
            self.standing(difference, look, own)?;
        }
        Ok(())
    }

    /// Compares where a submission stands, once everything that bears on it was filed again.
    fn standing(&self, difference: &mut Difference, look: Look<'_>, own: &KeptSubmission) -> Result<()> {
        let expected = self.scratch.record().submission(own.id)?;
        let expected = expected.map(|row| row.only(&["status", "review_reasons"], true));
        difference.row("submission", Some(own.id), expected, look.record.submission(own.id)?.as_ref());
        Ok(())
    }

    /// The message's own row, its attachments and the entry by which it came.
    pub(super) fn message_rows(
        &self,
        difference: &mut Difference,
        look: Look<'_>,
        theirs: &[&str],
    ) -> Result<()> {
        let (id, scratch, record) = (look.kept.message_id, self.scratch.record(), look.record);
        let stored = first(record.made("message", id)?);
        difference.row("message", Some(id), first(scratch.made("message", id)?), stored.as_ref());
        difference.attachments(scratch.made("attachment", id)?, &record.made("attachment", id)?);
        let entry = scratch.last_entry()?.only(theirs, false);
        let stored = first(record.made("mailbox_entry", id)?);
        difference.row("mailbox_entry", Some(look.original.entry_id), Some(entry), stored.as_ref());
        Ok(())
    }

    /// A quarantined message that can be read now is filed as if it had come now, and answered by the same rules.
    fn release(
        &mut self,
        mut difference: Difference,
        look: Look<'_>,
        found: &KeptSubmission,
    ) -> Result<Finding> {
        let Look { record, kept, .. } = look;
        if self.request.consultation.as_ref().is_some_and(|wanted| *wanted != found.consultation) {
            self.scratch.take_back()?;
            self.keep(record, kept)?;
            return Ok(difference.finding);
        }
        if let Some(writing) = look.writing {
            let mut read = Difference::default();
            self.message_rows(&mut read, look, &[])?;
            self.scratch.take_back()?;
            difference.finding.number = file_released(self, writing, look, &read)?;
        }
        let entry = self.scratch.record().last_entry()?;
        let stored = first(record.made("mailbox_entry", kept.message_id)?);
        difference.row("mailbox_entry", Some(look.original.entry_id), Some(entry.clone()), stored.as_ref());
        if let Some(writing) = look.writing {
            let entry = (&entry, &*difference.finding.changes);
            writing.release(
                kept.message_id,
                look.original.entry_id,
                entry,
                &self.request.actor,
                self.world.now(),
            )?;
        }
        Ok(difference.finding)
    }

    /// Takes a message over as it stands; its submission as it stood by itself.
    fn keep(&self, record: Record<'_>, kept: &Kept) -> Result<()> {
        self.scratch.take_over_message(record, kept.message_id)?;
        match (kept.part, &kept.submission) {
            (Part::Submission, Some(own)) => {
                if let Some(row) = record.submission(own.id)? {
                    let (status, reasons) = alone(&row, &record.flags_of_supplements(own.id)?);
                    self.scratch.stand(own.id, status, &reasons)?;
                }
            }
            (Part::Supplement, Some(own)) => {
                let row = first(record.made("supplement", kept.message_id)?).unwrap_or_default();
                let reasons = asks(&flags(&row));
                if !reasons.is_empty() {
                    self.scratch.reopen(&reasons, own.id, self.world.now())?;
                }
            }
            _ => {}
        }
        self.scratch.take_over_beside(record, kept)
    }
}

fn first<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().next()
}
