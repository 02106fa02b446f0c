//! Entries of which more comes than is kept, or less.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::store::filing::{signed, unpack};
use crate::store::read::unsigned;
use crate::store::{Compressed, Result, Writing};
use crate::vocabulary::Disposition;

/// What is kept under a row of the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUnder {
    /// `mailbox_entry.id`
    pub entry_id: i64,
    /// How many bytes its digest was made of.
    pub size_bytes: u64,
    /// What became of it.
    pub disposition: Disposition,
    /// The message that keeps these very bytes.
    pub message_id: Option<i64>,
    /// The submission that the message is, or belongs to.
    pub submission_id: Option<i64>,
    /// Another entry has the same bytes.
    pub is_shared: bool,
}

impl Writing<'_> {
    /// What is kept under a row.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn kept_under(&self, entry_id: i64) -> Result<KeptUnder> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT coalesce(m.size_bytes, e.size_bytes), e.disposition, m.id,
                    coalesce((SELECT id FROM submission WHERE message_id = m.id), (SELECT submission_id FROM supplement WHERE message_id = m.id)),
                    EXISTS (SELECT 1 FROM mailbox_entry AS o WHERE o.message_id = m.id AND o.sha256 = e.sha256 AND o.id <> e.id)
                 FROM mailbox_entry AS e LEFT JOIN message AS m ON m.id = e.message_id AND m.sha256 = e.sha256 WHERE e.id = ?1",
            )?
            .query_row([entry_id], |row| {
                let disposition: String = row.get(1)?;
                Ok(KeptUnder {
                    entry_id,
                    size_bytes: unsigned(row, 0)?,
                    disposition: Disposition::from_word(&disposition).unwrap_or(Disposition::Quarantined),
                    message_id: row.get(2)?,
                    submission_id: row.get(3)?,
                    is_shared: row.get(4)?,
                })
            })?)
    }

    /// The bytes of a kept message; `None` when they are erased, or cannot be unpacked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn raw_of(&self, message_id: i64) -> Result<Option<Vec<u8>>> {
        let packed: Option<(Option<Vec<u8>>, i64)> = self
            .transaction
            .prepare_cached("SELECT raw, size_bytes FROM message WHERE id = ?1")?
            .query_row([message_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(packed.and_then(|(raw, size)| unpack(&raw?, size)))
    }

    /// Puts a longer letter in the place of its beginning. The event keeps the digest that the beginning had.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn grow(
        &self,
        row: &KeptUnder,
        (sha256, raw): (&str, &Compressed),
        announced_bytes: u64,
        now: Timestamp,
    ) -> Result<()> {
        let KeptUnder { entry_id, message_id, submission_id, .. } = row;
        let was: String = self
            .transaction
            .prepare_cached("SELECT sha256 FROM mailbox_entry WHERE id = ?1")?
            .query_row([entry_id], |row| row.get(0))?;
        if let Some(id) = message_id {
            self.transaction
                .prepare_cached("UPDATE message SET sha256 = ?2, raw = ?3, size_bytes = ?4 WHERE id = ?1")?
                .execute(params![id, sha256, raw.zstd(), signed(raw.size_bytes())])?;
        }
        self.transaction
            .prepare_cached(
                "UPDATE mailbox_entry SET sha256 = ?2, size_bytes = ?3, listed_size_bytes = NULL, judged_by = NULL WHERE id = ?1",
            )?
            .execute(params![entry_id, sha256, signed(announced_bytes)])?;
        let detail = json!({
            "entry": entry_id, "message": message_id, "was": was, "was_bytes": row.size_bytes, "sha256": sha256,
            "bytes": raw.size_bytes(),
        });
        self.log(now, "intake", "grew", *submission_id, &detail)
    }
}
