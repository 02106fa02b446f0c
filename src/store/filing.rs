//! Recording one message: entry, message, submission or supplement, opinions, attachments, acknowledgement, events.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use super::{Result, Writing};
use crate::deadline::Arrival;
use crate::mail::{
    AcknowledgementKind, Disposition, EntryKey, OutboundMessage, Status, WrittenTime, rfc3339_utc, sha256_hex,
};
use crate::parse::Attachment;
use crate::ruling::Filing;

/// zstd level: 3 costs about 70 µs for a 4 KB message and saves more than a quarter.
const ZSTD_LEVEL: i32 = 3;

/// An entry to record.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// Which entry.
    pub entry: &'a EntryKey,
    /// Digest of its bytes; `None` when they never came.
    pub sha256: Option<&'a str>,
    /// Announced size, in bytes.
    pub size_bytes: u64,
    /// What was done.
    pub disposition: Disposition,
    /// Why.
    pub reason: &'a str,
    /// The kept message.
    pub message_id: Option<i64>,
    /// Its Message-ID, of which only the digest is kept here.
    pub rfc822_message_id: Option<&'a str>,
}

/// A message to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Digest of the raw bytes.
    pub sha256: &'a str,
    /// The raw bytes.
    pub raw: &'a [u8],
    /// Message-ID.
    pub rfc822_message_id: Option<&'a str>,
    /// Decoded subject.
    pub subject: Option<&'a str>,
    /// `Date:`
    pub sent: Option<WrittenTime>,
    /// INTERNALDATE or the file's time.
    pub internal_date: Option<Timestamp>,
    /// When it arrived, as judged.
    pub arrival: Option<&'a Arrival>,
    /// Attachments.
    pub attachments: &'a [Attachment],
    /// What each step saw.
    pub evidence: Option<&'a serde_json::Value>,
}

/// A submission or supplement to file.
#[derive(Debug, Clone, Copy)]
pub struct NewFiling<'a> {
    /// The ruling's filing.
    pub filing: &'a Filing,
    /// The consultation's id.
    pub consultation: &'a str,
    /// What its numbers begin with.
    pub number_prefix: &'a str,
    /// The whole text.
    pub full_text: &'a str,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// What a filing became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The submission: the new one, or for a supplement the one it was added to.
    pub submission_id: i64,
    /// Its number.
    pub number: String,
}

/// An acknowledgement to queue or to record as withheld.
#[derive(Debug, Clone, Copy)]
pub struct NewAcknowledgement<'a> {
    /// Which text.
    pub kind: AcknowledgementKind,
    /// Whom.
    pub recipient: Option<&'a str>,
    /// The composed reply, or why there is none.
    pub content: std::result::Result<&'a OutboundMessage, &'a str>,
}

impl Writing<'_> {
    /// Records an entry. A row that is there already stays as it is: `false`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn record_entry(&self, new: &NewEntry<'_>, now: Timestamp) -> Result<bool> {
        let inserted = self
            .transaction
            .prepare_cached(
                "INSERT INTO mailbox_entry (folder, uid_validity, uid, sha256, size_bytes, disposition, reason, message_id, seen_at,
                    message_id_sha256)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (folder, uid_validity, uid) DO NOTHING",
            )?
            .execute(params![
                new.entry.folder,
                new.entry.uid_validity,
                new.entry.uid,
                new.sha256,
                signed(new.size_bytes),
                new.disposition.as_str(),
                new.reason,
                new.message_id,
                rfc3339_utc(now),
                new.rfc822_message_id.map(|id| sha256_hex(id.as_bytes())),
            ])?;
        self.settle_gap(new.entry)?;
        Ok(inserted == 1)
    }

    /// Keeps a message with its attachments; returns `message.id`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_message(&self, new: &NewMessage<'_>) -> Result<i64> {
        let compressed = zstd::bulk::compress(new.raw, ZSTD_LEVEL)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let arrival = new.arrival;
        let id = self
            .transaction
            .prepare_cached(
                "INSERT INTO message (sha256, rfc822_message_id, subject, raw, size_bytes, sent_at, sent_as_written,
                    internal_date, received_at, received_basis, received_evidence, evidence)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .insert(params![
                new.sha256,
                new.rfc822_message_id,
                new.subject,
                compressed,
                signed(new.raw.len() as u64),
                new.sent.map(|sent| rfc3339_utc(sent.instant)),
                new.sent.map(|sent| sent.as_written()),
                new.internal_date.map(rfc3339_utc),
                arrival.map(|arrival| rfc3339_utc(arrival.at)),
                arrival.map(|arrival| arrival.basis.as_str()),
                arrival.map(|arrival| arrival.evidence.as_str()),
                new.evidence.map(ToString::to_string),
            ])?;
        for (ordinal, attachment) in (1_i64..).zip(new.attachments) {
            self.transaction
                .prepare_cached(
                    "INSERT INTO attachment (message_id, ordinal, filename, media_type, size_bytes, sha256)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    id,
                    ordinal,
                    attachment.filename,
                    attachment.media_type,
                    signed(attachment.size_bytes),
                    attachment.sha256
                ])?;
        }
        Ok(id)
    }

    /// Files a submission under a new number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn file_submission(&self, new: &NewFiling<'_>, message_id: i64, now: Timestamp) -> Result<Filed> {
        let filing = new.filing;
        let details = &filing.details;
        let number = self.next_number(new.number_prefix)?;
        let submission_id = self
            .transaction
            .prepare_cached(
                "INSERT INTO submission (number, consultation, message_id, status, subject_match, timeliness, review_reasons,
                    received_at, from_address, name, name_hint, organization, occupation, occupation_as_written, phones,
                    emails, signatories, comment, full_text, flags, duplicate_of, content_sha256, filed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                    ?22, ?23)",
            )?
            .insert(params![
                number,
                new.consultation,
                message_id,
                filing.status.as_str(),
                filing.subject_match.as_str(),
                filing.timeliness.as_str(),
                words(filing.review_reasons.iter().map(|reason| reason.as_str())),
                rfc3339_utc(new.received_at),
                filing.from_address,
                details.name,
                details.name_hint,
                details.organization,
                details.occupation,
                details.occupation_as_written,
                words(details.phones.iter().map(String::as_str)),
                words(details.emails.iter().map(String::as_str)),
                details.signatories,
                filing.cut.comment,
                new.full_text,
                words(filing.flags.iter().map(|flag| flag.as_str())),
                filing.earlier.as_ref().filter(|_| filing.status == Status::Duplicate).map(|earlier| earlier.submission_id),
                filing.content_sha256,
                rfc3339_utc(now),
            ])?;
        self.add_opinions(filing, submission_id, message_id)?;
        self.log(
            now,
            "intake",
            "filed",
            Some(submission_id),
            &json!({
                "number": number,
                "message": message_id,
                "status": filing.status.as_str(),
                "subject_match": filing.subject_match.as_str(),
                "timeliness": filing.timeliness.as_str(),
            }),
        )?;
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
        let Some(earlier) = &filing.earlier else { return Ok(None) };
        let details = &filing.details;
        self.transaction
            .prepare_cached(
                "INSERT INTO supplement (submission_id, message_id, received_at, timeliness, from_address, comment, full_text,
                    flags, details, content_sha256)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                earlier.submission_id,
                message_id,
                rfc3339_utc(new.received_at),
                filing.timeliness.as_str(),
                filing.from_address,
                filing.cut.comment,
                new.full_text,
                words(filing.flags.iter().map(|flag| flag.as_str())),
                json!({
                    "name": details.name,
                    "name_hint": details.name_hint,
                    "organization": details.organization,
                    "occupation": details.occupation,
                    "occupation_as_written": details.occupation_as_written,
                    "phones": details.phones,
                    "emails": details.emails,
                })
                .to_string(),
                filing.content_sha256,
            ])?;
        if filing.review_reasons.is_empty() {
            self.add_opinions(filing, earlier.submission_id, message_id)?;
        } else {
            self.reopen(filing, earlier.submission_id, now)?;
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
        Ok(Some(Filed { submission_id: earlier.submission_id, number: earlier.number.clone() }))
    }

    /// A citizen who asks to withdraw or to have data erased does so in an answer to the acknowledgement: the submission
    /// waits for a person then, and what was asked is no opinion.
    fn reopen(&self, filing: &Filing, submission_id: i64, now: Timestamp) -> Result<()> {
        let reasons = words(filing.review_reasons.iter().map(|reason| reason.as_str()));
        let reopened = self
            .transaction
            .prepare_cached(
                "UPDATE submission SET status = 'review', review_reasons =
                    (SELECT json_group_array(value) FROM
                        (SELECT value FROM json_each(review_reasons) UNION SELECT value FROM json_each(?2)))
                 WHERE id = ?1 AND status IN ('accepted', 'late', 'review')",
            )?
            .execute(params![submission_id, reasons])?;
        if reopened > 0 {
            self.log(now, "intake", "reopened", Some(submission_id), &json!({ "reasons": filing.review_reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>() }))?;
        }
        Ok(())
    }

    fn add_opinions(&self, filing: &Filing, submission_id: i64, message_id: i64) -> Result<()> {
        for opinion in &filing.details.opinions {
            self.transaction
                .prepare_cached(
                    "INSERT INTO opinion (submission_id, message_id, ordinal, clause, text)
                     SELECT ?1, ?2, coalesce(max(ordinal), 0) + 1, ?3, ?4 FROM opinion WHERE submission_id = ?1",
                )?
                .execute(params![submission_id, message_id, opinion.clause, opinion.text])?;
        }
        Ok(())
    }

    fn next_number(&self, prefix: &str) -> Result<String> {
        let last: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO number_sequence (prefix, last) VALUES (?1, 1)
                 ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            )?
            .query_row([prefix], |row| row.get(0))?;
        Ok(format!("{prefix}-{last:04}"))
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
        let (state, reason, outbound) = match new.content {
            Ok(outbound) => ("queued", None, Some(outbound)),
            Err(reason) => ("withheld", Some(reason), None),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO acknowledgement (submission_id, message_id, kind, recipient, state, reason, attempts, queued_at,
                    next_attempt_at, rfc822_message_id, envelope_from, octets)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                submission_id,
                message_id,
                new.kind.as_str(),
                new.recipient,
                state,
                reason,
                now_text,
                outbound.map(|_| now_text.as_str()),
                outbound.map(|outbound| outbound.message_id.as_str()),
                outbound.and_then(|outbound| outbound.envelope_from.as_deref()),
                outbound.map(|outbound| outbound.octets.as_slice()),
            ])?;
        Ok(())
    }
}

/// A JSON list of texts.
fn words<'a>(items: impl Iterator<Item = &'a str>) -> String {
    json!(items.collect::<Vec<_>>()).to_string()
}

/// SQLite integers are signed 64-bit; no size comes near their end.
fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
