//! What `reprocess` writes: columns that the rules of today see otherwise, and quarantined messages that can be read now.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use super::kept::Item;
use crate::details::Opinion;
use crate::store::{Change, Columns, Result, Writing};
use crate::vocabulary::Disposition;

impl Writing<'_> {
    /// Writes those columns of a row that changed.
    pub fn amend(&self, table: &'static str, id: i64, new: &Columns, changes: &[Change]) -> Result<()> {
        new.update(&self.transaction, table, id, changes)
    }

    /// Lists a message's attachments anew.
    pub fn amend_attachments(&self, message_id: i64, attachments: &[Columns]) -> Result<()> {
        self.transaction
            .prepare_cached("DELETE FROM attachment WHERE message_id = ?1")?
            .execute([message_id])?;
        for attachment in attachments {
            attachment.clone().with("message_id", message_id).insert(&self.transaction, "attachment")?;
        }
        Ok(())
    }

    /// Gives a message other opinion items: rows that are there keep their ids, and the submission's items are counted
    /// through anew, its own before its supplements'.
    pub fn amend_opinions(&self, submission_id: i64, message_id: i64, opinions: &[Item]) -> Result<()> {
        let ids = |sql: &str, key: i64| -> Result<Vec<i64>> {
            let mut statement = self.transaction.prepare_cached(sql)?;
            let rows = statement.query_map([key], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let present = ids("SELECT id FROM opinion WHERE message_id = ?1 ORDER BY ordinal", message_id)?;
        for (id, opinion) in present.iter().zip(opinions) {
            self.transaction
                .prepare_cached("UPDATE opinion SET clause = ?2, text = ?3 WHERE id = ?1")?
                .execute(params![id, opinion.clause, opinion.text])?;
        }
        for id in present.iter().skip(opinions.len()) {
            self.transaction.prepare_cached("DELETE FROM opinion WHERE id = ?1")?.execute([id])?;
        }
        let more = opinions.iter().skip(present.len());
        let more: Vec<Opinion> =
            more.map(|item| Opinion { clause: item.clause.clone(), text: item.text.clone() }).collect();
        self.add_opinions(&more, submission_id, message_id)?;
        if present.len() != opinions.len() {
            // Out of the way first: ordinals are unique at every moment.
            self.transaction
                .prepare_cached("UPDATE opinion SET ordinal = -ordinal WHERE submission_id = ?1")?
                .execute([submission_id])?;
            let items = ids(
                "SELECT id FROM opinion WHERE submission_id = ?1 ORDER BY message_id, ordinal DESC",
                submission_id,
            )?;
            for (ordinal, id) in (1_i64..).zip(items) {
                self.transaction
                    .prepare_cached("UPDATE opinion SET ordinal = ?2 WHERE id = ?1")?
                    .execute([id, ordinal])?;
            }
        }
        Ok(())
    }

    /// Takes a message out of quarantine: the entry by which it came is what the ruling says, the others hold the same
    /// bytes again.
    pub fn release(
        &self,
        message_id: i64,
        entry_id: i64,
        (entry, changes): (&Columns, &[Change]),
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        entry.update(&self.transaction, "mailbox_entry", entry_id, changes)?;
        self.transaction
            .prepare_cached(
                "UPDATE mailbox_entry SET disposition = ?3, message_id_sha256 =
                    (SELECT e.message_id_sha256 FROM mailbox_entry AS e WHERE e.id = ?2)
                 WHERE message_id = ?1 AND id <> ?2",
            )?
            .execute(params![message_id, entry_id, Disposition::Duplicate.as_str()])?;
        let detail =
            json!({ "message": message_id, "entry": entry_id, "disposition": entry.get("disposition") });
        self.log(now, actor, "released", None, &detail)?;
        let entries: Vec<i64> = self
            .transaction
            .prepare_cached("SELECT id FROM mailbox_entry WHERE message_id = ?1 ORDER BY id")?
            .query_map([message_id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        entries.into_iter().try_for_each(|entry| self.seal_entry(now, actor, entry))
    }
}
