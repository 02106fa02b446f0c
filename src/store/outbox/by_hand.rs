//! The outbox as people see it, and what they may do by hand: try again, and let a withheld answer go.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::store::filing::number::TYPED;
use crate::store::filing::unpack;
use crate::store::read::{instant, names, texts, unsigned};
use crate::store::reasons::stored;
use crate::store::{Result, Store, Writing, awaiting};
use crate::vocabulary::{
    AcknowledgementKind, Flag, OutboundMessage, Status, StoredReason, mailbox_key, rfc3339_utc,
};

/// One line of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// `acknowledgement.id`
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// `submission.consultation`
    pub consultation: String,
    /// `acknowledgement.kind`
    pub kind: String,
    /// `acknowledgement.recipient`
    pub recipient: Option<String>,
    /// `acknowledgement.state`
    pub state: String,
    /// `acknowledgement.reason`
    pub reason: StoredReason,
    /// `acknowledgement.attempts`
    pub attempts: u32,
    /// `acknowledgement.queued_at`
    pub queued_at: Option<Timestamp>,
    /// `acknowledgement.next_attempt_at`
    pub next_attempt_at: Option<Timestamp>,
    /// `acknowledgement.sent_at`
    pub sent_at: Option<Timestamp>,
    /// The names of whom it answers, for masking.
    pub names: Vec<String>,
}

/// A withheld answer, with what is needed to compose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// `acknowledgement.id`
    pub id: i64,
    /// Which text.
    pub kind: AcknowledgementKind,
    /// Whom.
    pub recipient: Option<String>,
    /// Why it was withheld.
    pub reason: StoredReason,
    /// An answer of this kind left or waits already: each kind leaves once.
    pub answered: bool,
    /// `submission.id`
    pub submission_id: i64,
    /// `submission.number`
    pub number: String,
    /// The number of the submission that this one repeats or is added to.
    pub earlier_number: Option<String>,
    /// `submission.consultation`
    pub consultation: String,
    /// `submission.status`
    pub status: Status,
    /// `submission.name`
    pub name: Option<String>,
    /// `submission.organization`
    pub organization: Option<String>,
    /// Whether the citizen gave an occupation, and a telephone number.
    pub has_occupation_and_phone: (bool, bool),
    /// Flags of the message that is answered.
    pub flags: Vec<Flag>,
    /// When the message that is answered arrived.
    pub received_at: Option<Timestamp>,
    /// Its bytes; `None` when they were erased.
    pub raw: Option<Vec<u8>>,
}

impl Store {
    /// The outbox, or that of one consultation, oldest first: the rows in these states, the newest `most` of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outbox(&self, states: &[&str], consultation: Option<&str>, most: usize) -> Result<Vec<OutboxRow>> {
        // The plus: by the index of states all of them would be sorted for the newest few.
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT * FROM (SELECT a.id, s.number, a.kind, a.recipient, a.state, a.reason, a.reason_detail, a.attempts, a.queued_at,
                a.next_attempt_at, a.sent_at, ",
            names!("s"),
            ", s.consultation FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
             WHERE +a.state IN (SELECT value FROM json_each(?1)) AND (?3 IS NULL OR s.consultation = ?3) ORDER BY a.id DESC LIMIT ?2) ORDER BY 1",
        ))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![json!(states).to_string(), most, consultation], |row| {
            Ok(OutboxRow {
                id: row.get(0)?,
                number: row.get(1)?,
                kind: row.get(2)?,
                recipient: row.get(3)?,
                state: row.get(4)?,
                reason: stored(row, 5)?,
                attempts: row.get(7)?,
                queued_at: instant(row.get(8)?),
                next_attempt_at: instant(row.get(9)?),
                sent_at: instant(row.get(10)?),
                names: texts(row, 11)?,
                consultation: row.get(12)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many rows of the outbox, or of that of one consultation, are in these states.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outbox_count(&self, states: &[&str], consultation: Option<&str>) -> Result<u64> {
        let sql = match consultation {
            None => {
                "SELECT count(*) FROM acknowledgement WHERE state IN (SELECT value FROM json_each(?1)) AND ?2 IS NULL"
            }
            Some(_) => {
                "SELECT count(*) FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
                 WHERE a.state IN (SELECT value FROM json_each(?1)) AND s.consultation = ?2"
            }
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![json!(states).to_string(), consultation], |row| unsigned(row, 0))?)
    }

    /// `submission.id` of a number that it has or had, and the number that it has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn submission_numbered(&self, number: &str) -> Result<Option<(i64, String)>> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT id, number FROM submission WHERE id = {TYPED}"))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// The withheld answers of a submission, oldest first; without those to a later letter that said nothing, for nobody would tell
    /// its writer that his thanks were added.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn withheld(&self, submission_id: i64) -> Result<Vec<Withheld>> {
        let which = "a.submission_id = ?1 AND a.state = 'withheld' AND NOT (a.kind = 'supplement' AND a.reason = 'nothing_said')
            ORDER BY a.id";
        self.withheld_where(which, submission_id)
    }

    /// The last answer to a submission's own letter that left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_told(&self, submission_id: i64) -> Result<Option<Withheld>> {
        let which = "a.submission_id = ?1 AND a.message_id = s.message_id AND a.state = 'sent' ORDER BY a.id DESC LIMIT 1";
        Ok(self.withheld_where(which, submission_id)?.pop())
    }

    /// The first 200 answers behind this one that a store holds back because no person made it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn withheld_at_first_contact(&self, after: i64) -> Result<Vec<Withheld>> {
        let which = "a.id > ?1 AND a.state = 'withheld' AND a.reason IN ('first_contact', 'restored') ORDER BY a.id LIMIT 200";
        self.withheld_where(which, after)
    }

    fn withheld_where(&self, which: &str, id: i64) -> Result<Vec<Withheld>> {
        let sql = format!(
            "SELECT a.id, a.kind, a.recipient, s.id, s.number,
                CASE a.kind WHEN 'supplement' THEN s.number ELSE (SELECT number FROM submission WHERE id = s.duplicate_of) END,
                s.consultation, s.status, s.name, s.occupation IS NOT NULL, s.phones <> '[]',
                coalesce(p.flags, s.flags), coalesce(p.received_at, s.received_at), m.raw, m.size_bytes,
                EXISTS (SELECT 1 FROM acknowledgement AS o WHERE o.submission_id = s.id AND o.kind = a.kind AND o.state <> 'withheld'), a.reason, a.reason_detail,
                s.organization
             FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
                JOIN message AS m ON m.id = a.message_id LEFT JOIN supplement AS p ON p.message_id = a.message_id
             WHERE {which}"
        );
        self.rows(&sql, id, |row| {
            let kind: String = row.get(1)?;
            let status: String = row.get(7)?;
            let size: i64 = row.get(14)?;
            let raw: Option<Vec<u8>> = row.get(13)?;
            Ok(Withheld {
                id: row.get(0)?,
                kind: AcknowledgementKind::from_word(&kind).unwrap_or(AcknowledgementKind::Review),
                recipient: row.get(2)?,
                reason: stored(row, 16)?,
                submission_id: row.get(3)?,
                number: row.get(4)?,
                earlier_number: row.get(5)?,
                consultation: row.get(6)?,
                status: Status::from_word(&status).unwrap_or(Status::Review),
                name: row.get(8)?,
                organization: row.get(18)?,
                has_occupation_and_phone: (row.get(9)?, row.get(10)?),
                flags: texts(row, 11)?.iter().filter_map(|word| Flag::from_word(word)).collect(),
                received_at: instant(row.get(12)?),
                raw: raw.and_then(|raw| unpack(&raw, size)),
                answered: row.get(15)?,
            })
        })
    }
}

impl Writing<'_> {
    /// Makes the failed and deferred answers of a submission due now; how many there are. The count of attempts stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retry_failed(&self, submission_id: i64, actor: &str, now: Timestamp) -> Result<usize> {
        let ids: Vec<i64> = self
            .transaction
            .prepare_cached(
                "UPDATE acknowledgement SET state = 'deferred', next_attempt_at = ?2
                 WHERE submission_id = ?1 AND state IN ('failed', 'deferred') AND octets IS NOT NULL RETURNING id",
            )?
            .query_map(params![submission_id, rfc3339_utc(now)], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in &ids {
            self.log(now, actor, "retried", Some(submission_id), &json!({ "acknowledgement": id }))?;
        }
        awaiting::mark(&self.transaction, submission_id)?;
        Ok(ids.len())
    }

    /// Takes the answers of a submission back that wait to leave: they are withheld until a person lets them go. How many; and
    /// how many left already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold(&self, submission_id: i64, actor: &str, now: Timestamp) -> Result<(usize, usize)> {
        let ids: Vec<i64> = self
            .transaction
            .prepare_cached(
                "UPDATE acknowledgement SET state = 'withheld', reason = 'held', reason_detail = NULL, next_attempt_at = NULL
                 WHERE submission_id = ?1 AND state IN ('queued', 'deferred') RETURNING id",
            )?
            .query_map(params![submission_id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in &ids {
            self.log(now, actor, "held", Some(submission_id), &json!({ "acknowledgement": id }))?;
        }
        // What its writer will not be told is decided on anew.
        awaiting::mark(&self.transaction, submission_id)?;
        let sent: i64 = self
            .transaction
            .prepare_cached(
                "SELECT count(*) FROM acknowledgement WHERE submission_id = ?1 AND state = 'sent'",
            )?
            .query_row([submission_id], |row| row.get(0))?;
        Ok((ids.len(), usize::try_from(sent).unwrap_or_default()))
    }

    /// The submissions that have a failed answer.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn submissions_with_failed_answers(&self) -> Result<Vec<i64>> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT DISTINCT submission_id FROM acknowledgement WHERE state = 'failed' AND octets IS NOT NULL ORDER BY 1",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Whether another answer to a repetition of the same submission left or waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn repeats_an_answered_one(&self, withheld: &Withheld) -> Result<bool> {
        if withheld.kind != AcknowledgementKind::Duplicate {
            return Ok(false);
        }
        let of = self
            .transaction
            .prepare_cached("SELECT duplicate_of FROM submission WHERE id = ?1")?
            .query_row([withheld.submission_id], |row| row.get::<_, Option<i64>>(0))?;
        of.map_or(Ok(false), |of| self.repetition_answered(of))
    }

    /// Queues what is true now beside an answer that left, by a person's decision; `false` when such a text left already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn queue_beside(
        &self,
        told: &Withheld,
        answer: &OutboundMessage,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let new = self
            .transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO acknowledgement (submission_id, message_id, kind, recipient, state, attempts, queued_at, next_attempt_at,
                    rfc822_message_id, envelope_from, octets, mailbox_key, house)
                 SELECT submission_id, message_id, ?2, ?3, 'queued', 0, ?4, ?4, ?5, ?6, ?7, ?8, house FROM acknowledgement WHERE id = ?1
                 RETURNING id",
            )?
            .query_row(
                params![
                    told.id,
                    told.kind.as_str(),
                    answer.envelope_to,
                    rfc3339_utc(now),
                    answer.message_id,
                    answer.envelope_from,
                    answer.octets,
                    mailbox_key(&answer.envelope_to),
                ],
                |row| row.get::<_, i64>(0),
            )
            .optional()?;
        let Some(new) = new else { return Ok(false) };
        let detail = json!({ "acknowledgement": new, "beside": told.id });
        self.log(now, actor, "released", Some(told.submission_id), &detail)?;
        Ok(true)
    }

    /// Queues a withheld answer by a person's decision, with the text that it is given now; `false` when it is withheld no more, or
    /// when its kind left meanwhile.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn queue_withheld(
        &self,
        withheld: &Withheld,
        answer: &OutboundMessage,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let now_text = rfc3339_utc(now);
        let changed = self
            .transaction
            .prepare_cached(
                "UPDATE OR IGNORE acknowledgement SET state = 'queued', reason = NULL, reason_detail = NULL, recipient = ?2, queued_at = ?3,
                    next_attempt_at = ?3, rfc822_message_id = ?4, envelope_from = ?5, octets = ?6, mailbox_key = ?7, kind = ?8
                 WHERE id = ?1 AND state = 'withheld'",
            )?
            .execute(params![
                withheld.id,
                answer.envelope_to,
                now_text,
                answer.message_id,
                answer.envelope_from,
                answer.octets,
                mailbox_key(&answer.envelope_to),
                withheld.kind.as_str(),
            ])?;
        if changed == 0 {
            return Ok(false);
        }
        let detail = json!({ "acknowledgement": withheld.id, "withheld_as": withheld.reason.word });
        self.log(now, actor, "released", Some(withheld.submission_id), &detail)?;
        Ok(true)
    }
}
