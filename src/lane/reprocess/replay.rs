//! One kept message after the other into the scratch store, by the function that files new mail.

use super::apply;
use super::context::{Look, Replay, Result};
use super::difference::{Difference, Finding, Items, Left, Made, alone, asks, flags, questioned};
use crate::lane::intake::record::{self, Prepared};
use crate::ruling;
use crate::store::{Columns, Given, Kept, KeptSubmission, Original, rows};
use crate::vocabulary::{Disposition, ReviewReason, Status};

/// What an entry says of a letter that a person tore from the one that it repeats.
const OF_THE_ENTRY: &[&str] = &["disposition", "reason", "reason_detail"];

impl Replay<'_> {
    /// Files a message once more, or takes it over as it stands; tells of it where it was asked for.
    pub(super) fn message(
        &mut self,
        kept: &Kept,
        read: Option<&Option<(Original, Prepared)>>,
    ) -> Result<Option<Finding>> {
        let id = kept.message_id;
        let parsed = read.and_then(Option::as_ref).and_then(|(original, prepared)| {
            let (message, reading) = prepared.read.as_ref()?;
            Some(Look { id, kept, original, prepared, message, reading })
        });
        let Some(look) = parsed else {
            self.keep(kept)?;
            return Ok(read.map(|_| Finding { unreadable: true, ..Finding::about(kept) }));
        };
        if self.near.is_sought {
            self.take_over_near(look)?;
        }
        self.decide_before(id)?;
        self.scratch.mark()?;
        let mut finding = self.again(look)?;
        self.scratch.unmark()?;
        self.take_over_beside(kept)?;
        if let Some(submission) = kept.submission.as_ref().filter(|_| !finding.is_quiet()) {
            finding.names = self.real.names(submission.id)?;
        }
        Ok(Some(finding))
    }

    /// Takes a message over as it stands; its submission as it stood by itself. Groups are left out: the record has them.
    pub(super) fn keep(&self, kept: &Kept) -> Result<()> {
        let id = kept.message_id;
        self.decide_before(id)?;
        self.scratch.take_over(self.real, "message", ("id = ?1", id), &[])?;
        for table in ["submission", "supplement", "likeness"] {
            self.scratch.take_over(
                self.real,
                table,
                ("message_id = ?1", id),
                &["wording_id", "leader_id"],
            )?;
        }
        if let Some(own) = &kept.submission {
            if kept.is_submission {
                if own.is_moved {
                    self.scratch.file_first_as(
                        own.id,
                        &own.first_number,
                        &self.real.first_consultation(own.id)?,
                    )?;
                }
                let (status, reasons) = self.alone(own.id)?;
                self.scratch.stand(own.id, status, &reasons)?;
                for doubted in self.real.doubted_by(id)? {
                    if self.scratch.submission(doubted)?.get("status").is_some() {
                        self.scratch.reopen(&[ReviewReason::VouchedCopy], doubted, None, self.world.now())?;
                    }
                }
            } else {
                let row = first(self.real.made("supplement", id)?).map(|(_, row)| row).unwrap_or_default();
                let reasons = asks(&row);
                let is_handled = self.scratch.submission(own.id)?.get("status").as_deref()
                    == Some(Status::Handled.as_str());
                let more = is_handled && ruling::opines(&flags(&row), self.real.made("opinion", id)?.len());
                if more || !reasons.is_empty() {
                    let brings_files = !self.real.made("attachment", id)?.is_empty();
                    self.scratch.reopen(&reasons, own.id, Some((id, brings_files)), self.world.now())?;
                }
            }
        }
        self.take_over_beside(kept)
    }

    /// Does what staff decided before a message came. What was moved last to where it is now is compared from then on by what it is
    /// read as there.
    fn decide_before(&self, id: i64) -> Result<()> {
        for moved in self.scratch.decide_before(id)? {
            let there = self.scratch.submission(moved)?.get("consultation");
            if there == self.real.submission(moved)?.get("consultation") {
                self.scratch.compare_as(self.real, moved)?;
            }
        }
        Ok(())
    }

    fn alone(&self, submission_id: i64) -> Result<(Status, Vec<ReviewReason>)> {
        let supplements = self.real.rows("supplement", "submission_id = ?1", submission_id)?;
        Ok(alone(&self.real.submission(submission_id)?, &supplements))
    }

    /// Takes over what a message has whether it is filed again or not: the Message-IDs of our answers, and what staff
    /// corrected and decided, which waits for its place.
    fn take_over_beside(&self, kept: &Kept) -> Result<()> {
        self.scratch.take_over(self.real, "acknowledgement", ("message_id = ?1", kept.message_id), &[])?;
        if let Some(own) = kept.submission.as_ref().filter(|_| kept.is_submission) {
            let theirs = ("submission_id = ?1 AND opinion IS NULL", own.id);
            self.scratch.take_over(self.real, "correction", theirs, &[])?;
        }
        Ok(())
    }

    /// Files a message with the ids that it has. What had no submission of its own gets an id that no row has.
    pub(super) fn file(&mut self, look: Look<'_>, given: Option<Given>) -> Result<Option<Disposition>> {
        let own = look.kept.submission.as_ref().filter(|_| look.kept.is_submission);
        self.scratch.give(given.unwrap_or_else(|| Given {
            message_id: Some(look.id),
            submission_id: Some(own.map_or(-look.id, |own| own.id)),
            number: Some(own.map_or_else(|| format!("(new {})", look.id), |own| own.first_number.clone())),
        }));
        let recorded = record::record(&self.scratch, look.prepared, self.config, look.original.seen_at, 0)?;
        Ok(recorded.map(|recorded| recorded.disposition))
    }

    fn again(&mut self, look: Look<'_>) -> Result<Finding> {
        let disposition = self.file(look, None)?;
        let found =
            self.scratch.message(look.id)?.and_then(|found| Some((found.is_submission, found.submission?)));
        let mut difference = Difference { finding: Finding::about(look.kept), ..Difference::default() };
        match (&look.kept.submission, found) {
            (Some(own), found) if look.kept.is_submission && own.is_moved => {
                let found = found.filter(|(is_submission, _)| *is_submission).map(|(_, found)| found);
                self.moved(&mut difference, look, own, found.as_ref())?;
            }
            (Some(own), Some((true, found))) if look.kept.is_submission => {
                self.submission(&mut difference, look, own, &found)?;
            }
            (Some(own), _) if look.kept.is_submission => self.otherwise(&mut difference, look, own)?,
            (Some(own), Some((false, found))) if own.id == found.id => {
                self.supplement(&mut difference, look, own)?;
            }
            (None, Some((_, found))) if look.original.disposition == Disposition::Quarantined => {
                if self.request.consultation.as_ref().is_none_or(|wanted| *wanted == found.consultation) {
                    return self.unquarantine(difference, look);
                }
                self.scratch.take_back()?;
                self.keep(look.kept)?;
            }
            // It stood in for a letter that has its own row by now.
            (None, _) if look.original.disposition != Disposition::Quarantined => {
                self.scratch.take_back()?;
                self.keep(look.kept)?;
            }
            (None, None) if disposition == Some(Disposition::Quarantined) => {
                self.message_rows(&mut difference, look, &[])?;
            }
            (own, _) => {
                let left =
                    if own.is_some() { Left::SupplementRuledOtherwise } else { Left::QuarantinedNotOurs };
                difference.finding.left.push(left);
                self.scratch.take_back()?;
                self.keep(look.kept)?;
            }
        }
        if self.request.apply {
            apply::write(self, look, &difference)?;
            if self.request.grew {
                apply::answer(self, look)?;
            }
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
        let mut repeats = found.duplicate_of.is_some();
        // It repeated a letter until that was denied, and does so here until then.
        let is_released =
            self.corrections(own)?.iter().any(|found| found.get("field").as_deref() == Some("duplicate_of"));
        let stands = own.is_decided || own.last_supplement.is_some();
        if repeats
            && own.duplicate_of.is_none()
            && !is_released
            && (stands || self.real.is_worked_on(own.id)?)
        {
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
            if self.scratch.message(look.id)?.is_none_or(|found| !found.is_submission) {
                return self.otherwise(difference, look, own);
            }
        }
        if let (Some((_, expected)), Some(stored)) =
            (first(self.scratch.made("submission", look.id)?), first(self.real.made("submission", look.id)?))
        {
            difference.submission(own, &expected, &stored, &self.corrections(own)?);
        }
        let Finding { changes, kept, .. } = &mut difference.finding;
        for change in changes.iter_mut().chain(kept).filter(|change| change.field == "duplicate_of") {
            // People know submissions by their numbers.
            for value in [&mut change.old, &mut change.new] {
                if let Some(id) = value.as_ref().and_then(|id| id.parse().ok()) {
                    let (here, there) = (self.scratch.submission(id)?, self.real.submission(id)?);
                    *value = here.get("number").or_else(|| there.get("number"));
                }
            }
        }
        self.opinions(difference, look, own, self.scratch.made("opinion", look.id)?)?;
        let otherwise = is_released || own.is_decided && repeats != own.duplicate_of.is_some();
        self.message_rows(difference, look, if otherwise { OF_THE_ENTRY } else { &[] })
    }

    /// A submission that a person moved: it was filed as what it was then, for the mail that came before it was moved; what stands
    /// of it is compared with what it is where it was moved to.
    fn moved(
        &mut self,
        difference: &mut Difference,
        look: Look<'_>,
        own: &KeptSubmission,
        found: Option<&KeptSubmission>,
    ) -> Result<()> {
        let there =
            record::moved(&self.scratch, look.prepared, self.config, (own.id, &own.consultation), None)?;
        if found.is_none() {
            self.scratch.take_back()?;
            self.keep(look.kept)?;
        }
        let corrections = self.corrections(own)?;
        if let Some(ruling) = &there
            && let Some(filing) = ruling.filing()
            && let Some(consultation) = self.config.rules.consultation(filing.consultation)
        {
            let full_text = record::full_text(look.message);
            let new = record::as_filed(ruling, filing, consultation, &full_text);
            if let Some(stored) = first(self.real.made("submission", look.id)?) {
                difference.submission(own, &rows::submission(&new), &stored, &corrections);
            }
            let items = filing.reading.details.opinions.iter().map(|item| (0, rows::opinion(item)));
            self.opinions(difference, look, own, items.collect())?;
        }
        let Some(found) = found else { return Ok(()) };
        let hangs_otherwise =
            corrections.iter().any(|found| found.get("field").as_deref() == Some("duplicate_of"))
                || found.duplicate_of.is_some() != own.duplicate_of.is_some();
        self.message_rows(difference, look, if hangs_otherwise { OF_THE_ENTRY } else { &[] })
    }

    /// What a supplement is where its submission was moved to since it came. The scratch store is left as it was.
    fn supplement_there(
        &mut self,
        look: Look<'_>,
        own: &KeptSubmission,
    ) -> Result<Option<(Made, Vec<Made>)>> {
        if !own.is_moved
            || self.scratch.submission(own.id)?.get("consultation").as_ref() == Some(&own.consultation)
        {
            return Ok(None);
        }
        self.scratch.take_back()?;
        self.scratch.file_first_as(own.id, &own.number, &own.consultation)?;
        self.file(look, None)?;
        let supplement = first(self.scratch.made("supplement", look.id)?);
        let opinions = self.scratch.made("opinion", look.id)?;
        self.scratch.take_back()?;
        self.file(look, None)?;
        Ok(supplement.map(|supplement| (supplement, opinions)))
    }

    /// A submission that would not be filed by itself today. It stays, and a person looks; of what was read then only
    /// the reason and the evidence follow the rules of today.
    fn otherwise(&self, difference: &mut Difference, look: Look<'_>, own: &KeptSubmission) -> Result<()> {
        let entry = first(self.scratch.made("mailbox_entry", look.id)?);
        self.scratch.take_back()?;
        let ruled = record::rule(&self.scratch, look.prepared, self.config)?;
        self.keep(look.kept)?;
        if own.duplicate_of.is_some() {
            difference.finding.left.push(Left::RepetitionRuledOtherwise);
            return Ok(());
        }
        if own.is_decided {
            let mut waits = Columns::default();
            waits.set_text("status", Status::Review.as_str());
            difference.finding.kept.extend(waits.changes(&self.real.submission(own.id)?, "submission"));
            return Ok(());
        }
        let (_, mut reasons) = self.alone(own.id)?;
        reasons.retain(|reason| *reason != ReviewReason::RuledOtherwise);
        reasons.push(ReviewReason::RuledOtherwise);
        self.scratch.stand(own.id, Status::Review, &reasons)?;
        if own.last_supplement.is_none() {
            self.standing(difference, own)?;
        }
        if let (Some(ruled), Some(read)) = (ruled, &look.prepared.read) {
            let read = record::as_read(look.prepared, read, &ruled);
            let evidence = rows::message(&read).only(&["evidence"], true);
            difference.row("message", Some(evidence), first(self.real.made("message", look.id)?).as_ref());
        }
        let entry = entry.map(|(_, entry)| entry.only(&["disposition"], false));
        difference.row("mailbox_entry", entry, first(self.real.made("mailbox_entry", look.id)?).as_ref());
        Ok(())
    }

    fn supplement(
        &mut self,
        difference: &mut Difference,
        look: Look<'_>,
        own: &KeptSubmission,
    ) -> Result<()> {
        let there = self.supplement_there(look, own)?;
        let (expected, opinions) = match there {
            Some((supplement, opinions)) => (Some(supplement.1), opinions),
            None => (
                first(self.scratch.made("supplement", look.id)?).map(|(_, row)| row),
                self.scratch.made("opinion", look.id)?,
            ),
        };
        difference.row("supplement", expected, first(self.real.made("supplement", look.id)?).as_ref());
        self.opinions(difference, look, own, opinions)?;
        self.message_rows(difference, look, &[])?;
        if own.last_supplement == Some(look.id) && !own.is_decided {
            self.standing(difference, own)?;
        }
        Ok(())
    }

    /// What staff corrected in a submission.
    fn corrections(&self, own: &KeptSubmission) -> Result<Vec<Columns>> {
        self.real.corrections(own.id)
    }

    fn opinions(
        &self,
        difference: &mut Difference,
        look: Look<'_>,
        own: &KeptSubmission,
        expected: Vec<Made>,
    ) -> Result<()> {
        let stored = self.real.made("opinion", look.id)?;
        let corrections = self.corrections(own)?;
        // All of them only where they are asked for: there may be thousands.
        let of_items =
            |row: &Columns| row.get("opinion").is_some() || row.get("field").as_deref() == Some("items");
        let (all, first) = if corrections.iter().any(of_items) {
            let all = self.real.rows("opinion", "submission_id = ?1 ORDER BY ordinal", own.id)?;
            (all, self.real.submission(own.id)?.number("message_id").unwrap_or(look.id))
        } else {
            (self.real.rows("opinion", "message_id = ?1 ORDER BY ordinal", look.id)?, look.id)
        };
        let theirs = Items { all: &all, corrections: &corrections, message: look.id, own: first };
        difference.opinions((expected, stored), &theirs, || self.real.is_worked_on(own.id))
    }

    /// Compares where a submission stands, once everything that bears on it was filed again.
    fn standing(&self, difference: &mut Difference, own: &KeptSubmission) -> Result<()> {
        let stands = self.real.submission(own.id)?;
        let expected = questioned(&self.scratch.submission(own.id)?, &stands);
        let expected = expected.only(&["status", "review_reasons"], true);
        difference.row("submission", Some(expected), Some(&(own.id, stands)));
        Ok(())
    }

    /// The message's own row, its attachments and the entry by which it came.
    fn message_rows(&self, difference: &mut Difference, look: Look<'_>, theirs: &[&str]) -> Result<()> {
        self.compare(difference, "message", look, &[])?;
        difference
            .attachments(self.scratch.made("attachment", look.id)?, self.real.made("attachment", look.id)?);
        self.compare(difference, "mailbox_entry", look, theirs)
    }

    fn compare(
        &self,
        difference: &mut Difference,
        table: &'static str,
        look: Look<'_>,
        theirs: &[&str],
    ) -> Result<()> {
        let expected = first(self.scratch.made(table, look.id)?).map(|(_, row)| row.only(theirs, false));
        difference.row(table, expected, first(self.real.made(table, look.id)?).as_ref());
        Ok(())
    }

    /// A quarantined message that can be read now is filed as if it had come now, and answered by the same rules.
    fn unquarantine(&mut self, mut difference: Difference, look: Look<'_>) -> Result<Finding> {
        self.compare(&mut difference, "mailbox_entry", look, &[])?;
        if self.request.apply {
            let mut read = Difference::default();
            self.message_rows(&mut read, look, &[])?;
            self.scratch.take_back()?;
            difference.finding.number = apply::unquarantine(self, look, &read)?;
        }
        Ok(difference.finding)
    }
}

fn first<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().next()
}
