//! Recording one message: entry, message, submission or supplement, opinions, attachments, acknowledgement, events.

use jiff::Timestamp;
use rusqlite::params;
use rusqlite::types::Value;
use serde_json::json;

use super::new::{Answer, Filed, NewAcknowledgement, NewEntry, NewFiling, NewMessage, signed, words};
use super::rows;
use crate::details::Opinion;
use crate::ruling::{self, Ruling};
use crate::store::reasons::detail;
use crate::store::{Result, Writing};
use crate::vocabulary::{Disposition, ReviewReason, Status, Word, mailbox_key, rfc3339_utc};

impl Writing<'_> {
    /// Records an entry. A row that is there already stays as it is: `false`. One that is judged again is ours now, or
    /// nothing changes: `false`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn record_entry(&self, new: &NewEntry<'_>, now: Timestamp) -> Result<bool> {
        if let Some(id) = new.again {
            return self.judge_again(id, new, now);
        }
        let inserted = rows::entry(new)
            .with("folder", new.entry.folder.name.clone())
            .with("uid_validity", new.entry.folder.uid_validity)
            .with("uid", Value::from(&new.entry.uid))
            .with("sha256", new.sha256.map(ToOwned::to_owned))
            .with("size_bytes", signed(new.size_bytes))
            .with("listed_date", new.listed_at.map(rfc3339_utc))
            .with("message_id", new.message_id)
            .with("judged_by", new.judged_by.map(ToOwned::to_owned))
            .with("seen_at", rfc3339_utc(now))
            .insert_once(&self.transaction, "mailbox_entry", &["folder", "uid_validity", "uid"])?;
        self.close_gap(new.entry)?;
        Ok(inserted)
    }

    fn judge_again(&self, id: i64, new: &NewEntry<'_>, now: Timestamp) -> Result<bool> {
        let was: String = self
            .transaction
            .prepare_cached("SELECT disposition FROM mailbox_entry WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        if new.disposition == Disposition::NotOurs && was == new.disposition.as_str() {
            self.judged(&[id], new.judged_by.unwrap_or_default())?;
            return Ok(false);
        }
        let judged = rows::entry(new)
            .with("message_id", new.message_id)
            .with("judged_by", new.judged_by.map(ToOwned::to_owned));
        judged.update(&self.transaction, "mailbox_entry", id, |_| true)?;
        let detail = json!({
            "entry": id, "was": was, "disposition": new.disposition.as_str(), "reason": new.reason.word(),
        });
        self.log(now, "intake", "judged_again", None, &detail)?;
        Ok(was != new.disposition.as_str())
    }

    /// Keeps a message with its attachments; returns `message.id`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_message(&self, new: &NewMessage<'_>) -> Result<i64> {
        let id = rows::message(new)
            .with("id", self.given.message_id)
            .with("sha256", new.sha256.to_owned())
            .with("raw", new.raw.zstd.clone())
            .with("size_bytes", signed(new.raw.size_bytes))
            .with("internal_date", new.internal_date.map(rfc3339_utc))
            .insert(&self.transaction, "message")?;
        for attachment in rows::attachments(new.attachments) {
            attachment.with("message_id", id).insert(&self.transaction, "attachment")?;
        }
        Ok(id)
    }

    /// Files a submission under a new number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn file_submission(&self, new: &NewFiling<'_>, message_id: i64, now: Timestamp) -> Result<Filed> {
        let filing = new.filing;
        let number = match &self.given.number {
            Some(number) => number.clone(),
            None => self.next_number(new.number_prefix)?,
        };
        let submission_id = rows::submission(new)
            .with("id", self.given.submission_id)
            .with("number", number.clone())
            .with("message_id", message_id)
            .with("filed_at", rfc3339_utc(now))
            .insert(&self.transaction, "submission")?;
        self.add_opinions(&filing.reading.details.opinions, submission_id, message_id)?;
        self.place(&new.placed(message_id, submission_id, true), &filing.reading.likeness)?;
        self.log(
            now,
            "intake",
            "filed",
            Some(submission_id),
            &json!({
                "number": number,
                "message": message_id,
                "status": filing.status.as_str(),
                "subject_match": filing.subject_match().as_str(),
                "timeliness": filing.timeliness.as_str(),
            }),
        )?;
        self.relate(new, Some(submission_id), message_id, now)?;
        if let Ruling::File { doubted, .. } = new.ruling {
            for earlier in doubted {
                self.reopen(&[ReviewReason::VouchedCopy], earlier.submission_id, None, now)?;
            }
        }
        Ok(Filed { submission_id, number })
    }

    /// Adds a supplement to the submission it answers.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn file_supplement(
        &self,
        new: &NewFiling<'_>,
        message_id: i64,
        now: Timestamp,
    ) -> Result<Option<Filed>> {
        let filing = new.filing;
        let Ruling::Supplement { of: earlier, .. } = new.ruling else { return Ok(None) };
        rows::supplement(new)
            .with("submission_id", earlier.submission_id)
            .with("message_id", message_id)
            .insert(&self.transaction, "supplement")?;
        self.add_opinions(rows::supplement_opinions(new), earlier.submission_id, message_id)?;
        self.place(&new.placed(message_id, earlier.submission_id, false), &filing.reading.likeness)?;
        // What was seen to is taken up again when its writer says more than thanks.
        let more = earlier.status == Status::Handled
            && ruling::opines(&filing.flags, rows::supplement_opinions(new).len());
        if more || !filing.review_reasons.is_empty() {
            let brings_files = self
                .transaction
                .prepare_cached("SELECT 1 FROM attachment WHERE message_id = ?1")?
                .exists([message_id])?;
            let by = Some((message_id, brings_files));
            self.reopen(&filing.review_reasons, earlier.submission_id, by, now)?;
        }
        self.log(
            now,
            "intake",
            "supplemented",
            Some(earlier.submission_id),
            &json!({
                "number": earlier.number,
                "message": message_id,
            }),
        )?;
        self.relate(new, None, message_id, now)?;
        self.fill_in(earlier, filing, message_id, now)?;
        Ok(Some(Filed { submission_id: earlier.submission_id, number: earlier.number.clone() }))
    }

    /// A later mail puts a submission in question: it waits for a person, where it counts or waits at all. `by`: a supplement of
    /// it, and whether it brings files.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn reopen(
        &self,
        asked: &[ReviewReason],
        submission_id: i64,
        by: Option<(i64, bool)>,
        now: Timestamp,
    ) -> Result<()> {
        let (stood, reasons): (String, String) = self
            .transaction
            .prepare_cached("SELECT status, review_reasons FROM submission WHERE id = ?1")?
            .query_row([submission_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let status = Status::from_word(&stood).unwrap_or(Status::Review);
        let reasons: Vec<String> = serde_json::from_str(&reasons).unwrap_or_default();
        let reasons: Vec<ReviewReason> =
            reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
        let Some(all) = ruling::reopened(status, &reasons, asked, by.is_some_and(|(_, files)| files)) else {
            return Ok(());
        };
        self.transaction
            .prepare_cached("UPDATE submission SET status = 'review', review_reasons = ?2 WHERE id = ?1")?
            .execute(params![submission_id, words(all.iter().map(|reason| reason.as_str()))])?;
        let asked: Vec<&str> = asked.iter().map(|reason| reason.as_str()).collect();
        let by = by.map(|(message, _)| message);
        let detail = json!({ "reasons": asked, "from": stood, "to": Status::Review.as_str(), "message": by });
        self.log(now, "intake", "reopened", Some(submission_id), &detail)
    }

    pub(in crate::store) fn add_opinions(
        &self,
        opinions: &[Opinion],
        submission_id: i64,
        message_id: i64,
    ) -> Result<()> {
        for opinion in opinions {
            self.transaction
                .prepare_cached(
                    "INSERT INTO opinion (submission_id, message_id, ordinal, clause, text)
                     SELECT ?1, ?2, coalesce(max(ordinal), 0) + 1, ?3, ?4 FROM opinion WHERE submission_id = ?1",
                )?
                .execute(params![submission_id, message_id, opinion.clause, opinion.text])?;
        }
        Ok(())
    }

    /// Queues an acknowledgement, or records that it is withheld and why.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn queue(
        &self,
        new: &NewAcknowledgement<'_>,
        submission_id: i64,
        message_id: i64,
        now: Timestamp,
    ) -> Result<()> {
        let now_text = rfc3339_utc(now);
        let (state, reason, outbound) = match new.answer {
            Answer::Send(outbound) => ("queued", None, Some(outbound)),
            Answer::Withhold(reason) => ("withheld", Some(reason), None),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO acknowledgement (submission_id, message_id, kind, recipient, state, reason, reason_detail, attempts, queued_at,
                    next_attempt_at, rfc822_message_id, envelope_from, octets, mailbox_key, house)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                submission_id,
                message_id,
                new.kind.as_str(),
                new.recipient,
                state,
                reason.map(Word::word),
                reason.and_then(detail),
                now_text,
                outbound.map(|_| now_text.as_str()),
                outbound.map(|outbound| outbound.message_id.as_str()),
                outbound.and_then(|outbound| outbound.envelope_from.as_deref()),
                outbound.map(|outbound| outbound.octets.as_slice()),
                new.recipient.map(mailbox_key),
                new.house,
            ])?;
        Ok(())
    }
}
