//! What `reprocess` writes: columns that the rules of today see otherwise, and quarantined messages that can be read now.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use crate::store::{Change, Columns, Result, Writing};
use crate::vocabulary::Disposition;

impl Writing<'_> {
    /// Writes those columns of a row that changed.
    pub(crate) fn amend(&self, table: &str, id: i64, new: &Columns, changes: &[Change]) -> Result<()> {
        new.update(&self.transaction, table, id, |name| {
            changes.iter().any(|change| change.table == table && change.field == name)
        })
    }

    /// Lists a message's attachments anew.
    pub(crate) fn amend_attachments(&self, message_id: i64, attachments: &[Columns]) -> Result<()> {
        self.transaction.execute("DELETE FROM attachment WHERE message_id = ?1", [message_id])?;
        for attachment in attachments {
            attachment.clone().with("message_id", message_id).insert(&self.transaction, "attachment")?;
        }
        Ok(())
    }

    /// Gives a message other opinion items. Where there are as many as before, each keeps its row; else the submission's
    /// items are counted through anew, its own before its supplements'.
    pub(crate) fn amend_opinions(
        &self,
        submission_id: i64,
        message_id: i64,
        items: &[Columns],
    ) -> Result<()> {
        let present = self.ids(
            "SELECT id FROM opinion WHERE submission_id = ?1 AND message_id = ?2 ORDER BY ordinal",
            params![submission_id, message_id],
        )?;
        if present.len() == items.len() {
            for (id, item) in present.into_iter().zip(items) {
                item.update(&self.transaction, "opinion", id, |_| true)?;
            }
            return Ok(());
        }
        self.transaction.execute(
            "DELETE FROM opinion WHERE submission_id = ?1 AND message_id = ?2",
            [submission_id, message_id],
        )?;
        // Out of the way first: ordinals are unique at every moment.
        self.transaction
            .execute("UPDATE opinion SET ordinal = -ordinal WHERE submission_id = ?1", [submission_id])?;
        for (ordinal, item) in (1_i64..).zip(items) {
            item.clone()
                .with("submission_id", submission_id)
                .with("message_id", message_id)
                .with("ordinal", -1_000_000 - ordinal)
                .insert(&self.transaction, "opinion")?;
        }
        self.transaction.execute(
            "UPDATE opinion SET ordinal = counted.ordinal FROM
                (SELECT id, row_number() OVER (ORDER BY message_id, ordinal DESC) AS ordinal FROM opinion WHERE submission_id = ?1) AS counted WHERE opinion.id = counted.id",
            [submission_id],
        )?;
        Ok(())
    }

    /// Takes a message out of quarantine: the entry by which it came is what the ruling says, the others hold the same
    /// bytes again.
    pub(crate) fn unquarantine(
        &self,
        message_id: i64,
        entry_id: i64,
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.transaction
            .prepare_cached(
                "UPDATE mailbox_entry SET disposition = ?3, message_id_sha256 =
                    (SELECT e.message_id_sha256 FROM mailbox_entry AS e WHERE e.id = ?2)
                 WHERE message_id = ?1 AND id <> ?2",
            )?
            .execute(params![message_id, entry_id, Disposition::Duplicate.as_str()])?;
        let disposition =
            self.made("mailbox_entry", message_id)?.pop().and_then(|(_, entry)| entry.get("disposition"));
        let detail = json!({ "message": message_id, "entry": entry_id, "disposition": disposition });
        self.log(now, actor, "released", None, &detail)
    }
}
