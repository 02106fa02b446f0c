//! What one mail says of an earlier submission: a withdrawal, a replacement, a recall notice. A proposal for staff; no
//! row here changes a submission.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use super::new::NewFiling;
use crate::charset::skeleton;
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{Disposition, domain_of, rfc3339_utc, same_address, sender_key};

/// Earlier submissions of a sender that are named one by one; the event tells how many there are.
const MOST_NAMED: usize = 20;
/// Submissions of a sender whose subjects are compared with a recall notice's.
const MOST_SUBJECTS: usize = 200;

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

impl Writing<'_> {
    /// Names the submissions that a filed mail asks something about: the one it answers; else those whose numbers it
    /// gives; else the same sender's earlier ones, the latest marked as the one that is probably meant.
    pub(in crate::store) fn relate(
        &self,
        new: &NewFiling<'_>,
        submission_id: Option<i64>,
        message_id: i64,
        now: Timestamp,
    ) -> Result<()> {
        let filing = new.filing;
        if let Some(earlier) = &filing.repeats {
            self.add_relation(
                "repeats",
                earlier.submission_id,
                submission_id,
                Some(message_id),
                "same_content",
                now,
            )?;
        }
        let Some(request) = filing.details.request.filter(|_| filing.disposition != Disposition::Duplicate)
        else {
            return Ok(());
        };
        let kind = request.as_str();
        let meant: Vec<(i64, &str)> = match &filing.earlier {
            Some(earlier) => vec![(earlier.submission_id, "answers")],
            None => {
                let numbered = self.numbered(&filing.numbers, new.consultation)?;
                if numbered.is_empty() {
                    self.earlier_of_sender(new, submission_id)?
                } else {
                    numbered.into_iter().map(|id| (id, "number")).collect()
                }
            }
        };
        for (earlier, basis) in meant.iter().take(MOST_NAMED) {
            self.add_relation(kind, *earlier, submission_id, Some(message_id), basis, now)?;
        }
        let about = submission_id.or_else(|| meant.first().map(|(id, _)| *id));
        let detail = json!({ "kind": kind, "message": message_id, "earlier": meant.len(), "named": meant.len().min(MOST_NAMED) });
        self.log(now, "intake", "related", about, &detail)
    }

    /// Marks the submissions that a recall notice speaks of. The notice itself is not kept. Returns how many there are.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn recalled(&self, recall: &Recall<'_>, now: Timestamp) -> Result<usize> {
        let by_id = self.named_by_id(recall)?;
        let (meant, basis) =
            if by_id.is_empty() { (self.same_subject(recall)?, "subject") } else { (by_id, "message_id") };
        for id in &meant {
            // The notice may stand in two folders, or be read again after the server renumbered its mail.
            let known = self
                .transaction
                .prepare_cached("SELECT 1 FROM relation WHERE earlier_id = ?1 AND kind = 'recalled'")?
                .exists([id])?;
            if !known {
                self.add_relation("recalled", *id, None, None, basis, now)?;
                self.log(
                    now,
                    "intake",
                    "recalled",
                    Some(*id),
                    &json!({ "basis": basis, "named": meant.len() }),
                )?;
            }
        }
        Ok(meant.len())
    }

    fn add_relation(
        &self,
        kind: &str,
        earlier: i64,
        submission: Option<i64>,
        message: Option<i64>,
        basis: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO relation (kind, earlier_id, submission_id, message_id, basis, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute(params![kind, earlier, submission, message, basis, rfc3339_utc(now)])?;
        Ok(())
    }

    /// Anybody may write a number down: this names the submission and no more.
    fn numbered(&self, numbers: &[String], consultation: &str) -> Result<Vec<i64>> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT id FROM submission WHERE number = ?1 AND consultation = ?2")?;
        let mut found = Vec::new();
        for number in numbers {
            for id in statement.query_map([number.as_str(), consultation], |row| row.get(0))? {
                found.push(id?);
            }
        }
        Ok(found)
    }

    /// Earlier submissions of the sender, the latest first. A mail that itself only asks to withdraw is not one.
    fn earlier_of_sender(&self, new: &NewFiling<'_>, own: Option<i64>) -> Result<Vec<(i64, &'static str)>> {
        if new.filing.from_address.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.transaction.prepare_cached(
            "SELECT s.id FROM likeness AS l JOIN submission AS s ON s.message_id = l.message_id
             WHERE l.sender = ?1 AND s.consultation = ?2 AND s.received_at <= ?3 AND s.id IS NOT ?4
               AND s.status NOT IN ('duplicate', 'denied', 'erased')
               AND NOT EXISTS (SELECT 1 FROM relation AS r WHERE r.submission_id = s.id AND r.kind IN ('withdraws', 'personal_data'))
             ORDER BY s.received_at DESC, s.id DESC",
        )?;
        let rows = statement.query_map(
            params![
                sender_key(&new.filing.from_address),
                new.consultation,
                rfc3339_utc(new.received_at),
                own
            ],
            |row| row.get(0),
        )?;
        let mut found = Vec::new();
        for id in rows {
            found.push((id?, if found.is_empty() { "latest_of_sender" } else { "same_sender" }));
        }
        Ok(found)
    }

    /// By Message-ID: the original's own sender, or a system of the sender's provider.
    fn named_by_id(&self, recall: &Recall<'_>) -> Result<Vec<i64>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT s.id, s.from_address FROM message AS m JOIN submission AS s ON s.message_id = m.id
             WHERE m.rfc822_message_id = ?1",
        )?;
        let mut found = Vec::new();
        for id in recall.thread {
            for row in statement.query_map([id], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))? {
                let (id, from): (i64, String) = row?;
                let domain = domain_of(&from);
                if same_address(&from, recall.from_address)
                    || !domain.is_empty() && domain == domain_of(recall.from_address)
                {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// The same sender's submissions whose subject the notice repeats.
    fn same_subject(&self, recall: &Recall<'_>) -> Result<Vec<i64>> {
        let wanted = skeleton(recall.subject);
        if wanted.is_empty() || recall.from_address.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT s.id, m.subject FROM likeness AS l JOIN submission AS s ON s.message_id = l.message_id
             JOIN message AS m ON m.id = s.message_id
             WHERE l.sender = ?1 AND s.received_at <= ?2 AND s.status <> 'erased'
             ORDER BY s.received_at DESC, s.id DESC LIMIT {MOST_SUBJECTS}"
        ))?;
        let rows = statement
            .query_map([sender_key(recall.from_address), rfc3339_utc(recall.received_at)], |row| {
                Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))
            })?;
        let (mut same, mut within) = (Vec::new(), Vec::new());
        for row in rows {
            let (id, subject): (i64, Option<String>) = row?;
            let subject = skeleton(&subject.unwrap_or_default());
            if subject == wanted {
                same.push(id);
            } else if !subject.is_empty() && wanted.contains(&subject) {
                within.push(id);
            }
        }
        let mut found = if same.is_empty() { within } else { same };
        found.truncate(MOST_NAMED);
        Ok(found)
    }
}

/// What one mail says of another, as `show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub by_supplement: bool,
}

impl Store {
    /// Everything said by a submission or of it.
    pub(in crate::store) fn relations(&self, submission_id: i64) -> Result<Vec<RelationRow>> {
        self.rows(
            "SELECT r.kind, r.basis, e.number, s.number, r.message_id IS NOT NULL AND s.id IS NULL
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
                })
            },
        )
    }
}
