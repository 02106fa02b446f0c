//! A whole letter erased: what it said, who said it and its bytes. Number, dates, digests, decisions and counts stay.

use rusqlite::params;
use serde_json::json;

use super::shared::Blotted;
use super::{Erasable, Erased, Eraser, NAMED_BY_A_PERSON, OWN};
use crate::store::{Result, Writing};
use crate::vocabulary::{CorrectionField, Status};

/// What becomes of the rows of the submission `?1`.
const BLANKS: &[&str] = &[
    "UPDATE message SET rfc822_message_id = NULL, subject = NULL, raw = NULL, evidence = NULL, received_evidence_detail = NULL
     WHERE id IN {own}",
    "UPDATE attachment SET filename = NULL WHERE message_id IN {own}",
    "UPDATE supplement SET from_address = '', comment = '', full_text = '', details = '{}', content_sha256 = NULL WHERE submission_id = ?1",
    "UPDATE opinion SET text = '', adoption_reason = NULL WHERE submission_id = ?1",
    "UPDATE acknowledgement SET recipient = NULL, octets = NULL, mailbox_key = NULL, house = NULL, reason_detail = NULL
     WHERE submission_id = ?1",
    // Words and numbers of the program's own stay: they are what decisions and counts follow from.
    "UPDATE correction SET old_value = NULL, new_value = NULL, note = NULL WHERE submission_id = ?1
     AND field NOT IN ('status', 'review_reasons', 'duplicate_of', 'number', 'consultation', 'adoption', 'clause', 'signatories')",
    "UPDATE correction SET note = NULL WHERE submission_id = ?1 AND note IS NOT NULL",
    "UPDATE opinion_group_member SET remark = NULL
     WHERE remark IS NOT NULL AND opinion_id IN (SELECT id FROM opinion WHERE submission_id = ?1)",
    "UPDATE opinion_group_change SET old_value = NULL, new_value = NULL WHERE submission_id = ?1 AND field <> 'group'",
    "UPDATE mailbox_entry SET uid = 'erased ' || id WHERE message_id IN {own} AND {named}",
    "UPDATE submission SET from_address = '', name = NULL, name_hint = NULL, organization = NULL, occupation = NULL,
        occupation_as_written = NULL, phones = '[]', emails = '[]', comment = '', full_text = '', content_sha256 = NULL WHERE id = ?1",
];

impl Writing<'_> {
    /// Erases a submission. What repeats it, or is written in the same words by others, stands by itself from then on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn erase(&self, found: &Erasable, by: &Eraser<'_>) -> Result<Erased> {
        let &Eraser { actor, note, now } = by;
        let (held, _) = self.hold(found.id, actor, now)?;
        let released = self.release_repetitions(found.id, actor, now)?;
        self.hand_over_wordings(found.id)?;
        let Blotted { groups, mut rows } = self.blot_shared(found.id, &found.traces, true)?;
        rows.entry("mailbox_entry").or_default().extend(self.named_by_persons(found.id)?);
        for sql in BLANKS {
            self.transaction
                .prepare_cached(&sql.replace("{own}", OWN).replace("{named}", NAMED_BY_A_PERSON))?
                .execute([found.id])?;
        }
        let status = (Some(found.status.as_str()), Some(Status::Erased.as_str()));
        let correction =
            self.change(found.id, CorrectionField::Status, status.0, status.1, (Some(note), actor, now))?;
        let detail = json!({
            "correction": correction, "from": found.status, "mails": found.mails, "attachments": found.attachments,
            "items": found.items, "groups": groups, "rows": rows,
        });
        self.log(now, actor, "erased", Some(found.id), &detail)?;
        Ok(Erased { held, released, groups, said: 0 })
    }

    fn named_by_persons(&self, id: i64) -> Result<Vec<i64>> {
        let sql = format!("SELECT id FROM mailbox_entry WHERE message_id IN {OWN} AND {NAMED_BY_A_PERSON}");
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map([id], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What others wrote in the same words is theirs: the first of them has the wording from now on.
    fn hand_over_wordings(&self, id: i64) -> Result<()> {
        const NEXT: &str = "FROM likeness AS l JOIN submission AS s ON s.id = l.submission_id
            WHERE l.wording_id = wording.id AND s.id <> ?1 AND s.status <> 'erased'";
        self.transaction
            .prepare_cached(&format!(
                "UPDATE wording SET submission_id = (SELECT s.id {NEXT} ORDER BY l.message_id LIMIT 1)
                 WHERE submission_id = ?1 AND EXISTS (SELECT 1 {NEXT})"
            ))?
            .execute(params![id])?;
        Ok(())
    }
}
