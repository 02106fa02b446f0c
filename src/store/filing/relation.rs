//! What one mail says of an earlier submission: a withdrawal, a replacement, a recall notice. A proposal for staff; no
//! row here changes a submission.

use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;
use serde_json::json;

use super::new::NewFiling;
use super::number::NUMBERED;
use super::precedents::IS_FORGED;
use crate::ruling::Ruling;
use crate::ruling::relation::{self, MOST_NAMED, Numbered, OfSender};
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{Flag, RelationBasis, RelationKind, ReviewReason, Status, rfc3339_utc, sender_key};

/// The newest letters of a sender that a request or a recall notice may mean, and the newest mails of one Message-ID: who
/// sends more makes no later one dearer.
const MOST_MEANT: usize = 200;

/// A notice that a sender recalled a mail.
#[derive(Debug, Clone, Copy)]
pub struct Recall<'a> {
    /// Who sent the notice.
    pub from_address: &'a str,
    /// Message-IDs that it names.
    pub thread: &'a [String],
    /// Its subject without the notice's words.
    pub subject: &'a str,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// The filed mail that says so; neither for a notice, which is not kept.
#[derive(Debug, Clone, Copy, Default)]
struct SaidBy {
    submission: Option<i64>,
    message: Option<i64>,
}

impl Writing<'_> {
    /// Writes down what a filed mail says of earlier submissions.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn relate(
        &self,
        new: &NewFiling<'_>,
        submission_id: Option<i64>,
        message_id: i64,
        now: Timestamp,
    ) -> Result<()> {
        let filing = new.filing;
        if filing.review_reasons.contains(&ReviewReason::AuthenticationFailed) {
            // What our own mail server calls forged says nothing of anybody's letters.
            return Ok(());
        }
        let by = SaidBy { submission: submission_id, message: Some(message_id) };
        if let Ruling::File { repeats, doubted, .. } = new.ruling {
            let told = repeats.iter().filter(|told| !doubted.contains(told));
            for earlier in told.chain(doubted) {
                self.add_relation("repeats", (earlier.submission_id, RelationBasis::SameContent), by, now)?;
            }
        }
        let mut kinds: Vec<&str> =
            filing.reading.details.requests.iter().filter_map(|asked| asked.relation()).collect();
        kinds.dedup();
        if filing.flags.contains(&Flag::Disowned) {
            kinds.insert(0, RelationKind::Disowns.as_str());
        }
        let disputes = RelationKind::Disputes.as_str();
        let has = |flag| filing.flags.contains(&flag);
        // Of the letter that it answers, its flag says enough.
        let is_disputed = (has(Flag::LateDisputed) || has(Flag::NotLate)) && new.ruling.earlier().is_none();
        kinds.retain(|kind| *kind != disputes || is_disputed);
        let Some(kind) = kinds.first().copied().filter(|_| !matches!(new.ruling, Ruling::Duplicate { .. }))
        else {
            return Ok(());
        };
        let basis = if filing.by_number { RelationBasis::Number } else { RelationBasis::Answers };
        let answered = new.ruling.earlier().map(|earlier| (earlier.submission_id, basis));
        let mut numbered = self.numbered(new)?;
        // Who writes down numbers at random may hit the one that he is given.
        numbered.retain(|named| Some(named.submission_id) != submission_id);
        let of_sender = self.earlier_of_sender(new, submission_id)?;
        let meant = relation::meant(answered, &numbered, &of_sender);
        let late = if has(Flag::NotLate) { meant.clone() } else { relation::disputed(&numbered, &of_sender) };
        let of = |kind| if kind == disputes { &late } else { &meant };
        for kind in kinds.iter().copied() {
            for named in of(kind).iter().take(MOST_NAMED) {
                self.add_relation(kind, *named, by, now)?;
            }
        }
        let meant = of(kind);
        let about = submission_id.or_else(|| meant.first().map(|(id, _)| *id));
        let detail = json!({ "kind": kind, "message": message_id, "earlier": meant.len(), "named": meant.len().min(MOST_NAMED) });
        self.log(now, "intake", "related", about, &detail)
    }

    /// Marks the submissions that a recall notice speaks of. The notice itself is not kept. Returns how many there are.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn recalled(&self, recall: &Recall<'_>, now: Timestamp) -> Result<usize> {
        let by_id = self.with_message_ids(recall.thread)?;
        let by_subject = self.subjects_of_sender(recall)?;
        let meant = relation::recalled(recall.from_address, recall.subject, &by_id, &by_subject);
        for (id, basis) in &meant {
            // The notice may stand in two folders, or be read again after the server renumbered its mail.
            let known = self
                .transaction
                .prepare_cached("SELECT 1 FROM relation WHERE earlier_id = ?1 AND kind = 'recalled'")?
                .exists([id])?;
            if !known {
                self.add_relation("recalled", (*id, *basis), SaidBy::default(), now)?;
                let detail = json!({ "basis": basis.as_str(), "named": meant.len() });
                self.log(now, "intake", "recalled", Some(*id), &detail)?;
            }
        }
        Ok(meant.len())
    }

    fn add_relation(
        &self,
        kind: &str,
        (earlier, basis): (i64, RelationBasis),
        by: SaidBy,
        now: Timestamp,
    ) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO relation (kind, earlier_id, submission_id, message_id, basis, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute(params![kind, earlier, by.submission, by.message, basis.as_str(), rfc3339_utc(now)])?;
        Ok(())
    }

    /// Submissions of these numbers: those of the consultation, and whatever was moved since its writer was told such a number.
    fn numbered(&self, new: &NewFiling<'_>) -> Result<Vec<Numbered>> {
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT s.id, s.status, l.sender IS ?3 AND ?3 <> '' FROM submission AS s LEFT JOIN likeness AS l ON l.message_id = s.message_id
             WHERE s.id = {NUMBERED} AND (s.consultation = ?2 OR s.number <> ?1)"
        ))?;
        let sender = sender_key(&new.filing.from_address);
        let mut found = Vec::new();
        for number in &new.filing.reading.numbers {
            let named = params![number, new.consultation, sender];
            let rows = statement.query_map(named, |row| {
                let status: String = row.get(1)?;
                let status = Status::from_word(&status).unwrap_or(Status::Review);
                Ok(Numbered { submission_id: row.get(0)?, status, is_own: row.get(2)? })
            })?;
            for named in rows {
                found.push(named?);
            }
        }
        Ok(found)
    }

    /// Earlier submissions of the sender, the latest first.
    fn earlier_of_sender(&self, new: &NewFiling<'_>, own: Option<i64>) -> Result<Vec<OfSender>> {
        if new.filing.from_address.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT * FROM (SELECT s.id, s.status, s.received_at,
                EXISTS (SELECT 1 FROM relation AS r WHERE r.submission_id = s.id AND r.kind IN ('withdraws', 'disowns', 'personal_data', 'corrects', 'disputes')) AS only_asks
             FROM likeness AS l JOIN submission AS s ON s.message_id = l.message_id
             WHERE l.sender = ?1 AND s.consultation = ?2 AND s.received_at <= ?3 AND s.id IS NOT ?4 AND NOT {IS_FORGED}
             ORDER BY l.message_id DESC LIMIT {MOST_MEANT}) ORDER BY received_at DESC, id DESC"
        ))?;
        let (sender, received_at) = (sender_key(&new.filing.from_address), rfc3339_utc(new.received_at));
        let rows = statement.query_map(params![sender, new.consultation, received_at, own], |row| {
            let status: String = row.get("status")?;
            Ok(OfSender {
                submission_id: row.get("id")?,
                status: Status::from_word(&status).unwrap_or(Status::Review),
                only_asks: row.get("only_asks")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Submissions of these Message-IDs, with their senders.
    fn with_message_ids(&self, ids: &[String]) -> Result<Vec<(i64, String)>> {
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT s.id, s.from_address FROM message AS m JOIN submission AS s ON s.message_id = m.id
             WHERE m.rfc822_message_id = ?1 ORDER BY m.id DESC LIMIT {MOST_MEANT}"
        ))?;
        let mut found = Vec::new();
        for id in ids {
            for row in statement.query_map([id], |row| Ok((row.get("id")?, row.get("from_address")?)))? {
                found.push(row?);
            }
        }
        Ok(found)
    }

    /// The same sender's earlier submissions with their subjects, the latest first.
    fn subjects_of_sender(&self, recall: &Recall<'_>) -> Result<Vec<(i64, String)>> {
        if recall.from_address.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT * FROM (SELECT s.id, s.received_at, coalesce(m.subject, '') AS subject FROM likeness AS l JOIN submission AS s ON s.message_id = l.message_id
             JOIN message AS m ON m.id = s.message_id
             WHERE l.sender = ?1 AND s.received_at <= ?2 AND s.status <> 'erased' ORDER BY l.message_id DESC LIMIT {MOST_MEANT})
             ORDER BY received_at DESC, id DESC"
        ))?;
        let rows = statement
            .query_map([sender_key(recall.from_address), rfc3339_utc(recall.received_at)], |row| {
                Ok((row.get("id")?, row.get("subject")?))
            })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// What one mail says of another, as `show` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationRow {
    /// `relation.kind`
    pub kind: String,
    /// `relation.basis`
    pub basis: String,
    /// Number of the submission that is spoken of.
    pub earlier: String,
    /// Number of the submission that says so; `None` for a supplement and for a notice.
    pub later: Option<String>,
    /// A supplement says so; else, without `later`, a notice that is not kept.
    #[serde(skip)]
    pub by_supplement: bool,
    /// Where the submission stands that is spoken of, and the one that says so; without `later`, the same one.
    #[serde(skip)]
    pub stand: (String, String),
    /// A person decided on what is said.
    #[serde(skip)]
    pub is_decided: bool,
}

/// The numbers that a message gives of letters of which its sender is not known to be the writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumbersOfOthers {
    /// Of letters that somebody else wrote.
    pub strangers: Vec<String>,
    /// Of letters whose address was erased: who wrote them, nobody can tell any more.
    pub without_address: Vec<String>,
    /// Of letters that were erased as a whole.
    pub erased: Vec<String>,
}

impl NumbersOfOthers {
    /// Whether a number is among them.
    #[must_use]
    pub fn holds(&self, number: &str) -> bool {
        [&self.strangers, &self.without_address, &self.erased]
            .iter()
            .any(|numbers| numbers.iter().any(|found| found == number))
    }
}

impl Store {
    /// The numbers of letters that a message gives and that are not of its own sender: anybody may write them down.
    pub(in crate::store) fn numbers_of_others(&self, message_id: i64) -> Result<NumbersOfOthers> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT s.number, s.status = 'erased', l.sender = 'erased ' || s.id FROM submission AS s JOIN likeness AS l ON l.message_id = s.message_id
             WHERE s.id = {NUMBERED} AND s.message_id <> ?2
                AND l.sender <> (SELECT sender FROM likeness WHERE message_id = ?2)"
        ))?;
        let numbers: Vec<String> = self.rows(
            "SELECT n.value FROM message AS m, json_each(m.evidence, '$.thread.numbers') AS n WHERE m.id = ?1",
            message_id,
            |row| row.get(0),
        )?;
        let mut found = NumbersOfOthers::default();
        for number in numbers {
            let mut rows = statement.query(params![number, message_id])?;
            while let Some(row) = rows.next()? {
                let into = match (row.get(1)?, row.get(2)?) {
                    (true, _) => &mut found.erased,
                    (false, true) => &mut found.without_address,
                    (false, false) => &mut found.strangers,
                };
                into.push(row.get(0)?);
            }
        }
        Ok(found)
    }

    /// Everything said by a submission or of it.
    pub(in crate::store) fn relations(&self, submission_id: i64) -> Result<Vec<RelationRow>> {
        self.rows(
            "SELECT r.kind, r.basis, e.number, s.number, r.message_id IS NOT NULL AND s.id IS NULL, e.status, coalesce(s.status, e.status),
                EXISTS (SELECT 1 FROM correction AS k WHERE k.submission_id = coalesce(s.id, e.id) AND k.field = 'status')
             FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id LEFT JOIN submission AS s ON s.id = r.submission_id
             WHERE r.submission_id = ?1 OR r.earlier_id = ?1 ORDER BY r.id",
            submission_id,
            |row| {
                Ok(RelationRow {
                    kind: row.get(0)?,
                    basis: row.get(1)?,
                    earlier: row.get(2)?,
                    later: row.get(3)?,
                    by_supplement: row.get(4)?,
                    stand: (row.get(5)?, row.get(6)?),
                    is_decided: row.get(7)?,
                })
            },
        )
    }
}
