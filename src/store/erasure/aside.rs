//! Mail that belongs to no letter: what was set aside because it could not be read, with its bytes, and what was not for us or from a
//! machine, of which a file's name or a server's words may be left. Nothing of it is sealed under random bytes of its own: what is
//! erased is sealed anew as a whole row, so that no digest of a single value is left to be guessed at.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::{Eraser, NAMED_BY_A_PERSON};
use crate::store::filing::unpack;
use crate::store::read::{instant, unsigned};
use crate::store::reasons::{detail, stored};
use crate::store::{Departure, Result, Store, Writing};
use crate::vocabulary::{Disposition, EntryReason, StoredReason, Word as _};

/// A mail that is no letter's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// `mailbox_entry.id` of the entry by which it came.
    pub entry: i64,
    /// `message.id`; `None`: its bytes were not kept.
    pub message: Option<i64>,
    /// Where it lies in the mailbox, or came from: folder and UID or file name.
    pub places: Vec<(String, String)>,
    /// `mailbox_entry.disposition`
    pub disposition: Option<Disposition>,
    /// `mailbox_entry.reason`
    pub reason: StoredReason,
    /// When it arrived, as far as is known.
    pub arrived_at: Option<Timestamp>,
    /// How long it is.
    pub size_bytes: u64,
    /// Attachments.
    pub attachments: u64,
    /// Whether anything of it is kept that an erasure takes.
    pub is_kept: bool,
    /// The submission that it is, or belongs to.
    pub number: Option<String>,
}

const ASIDE: &str = "SELECT e.id, m.id, e.disposition, e.reason, e.reason_detail, coalesce(m.received_at, m.internal_date, e.listed_date, e.seen_at),
        coalesce(m.size_bytes, e.size_bytes), (SELECT count(*) FROM attachment WHERE message_id = m.id),
        coalesce(m.raw, m.subject, m.evidence, m.rfc822_message_id) IS NOT NULL
            OR e.reason <> 'erased' AND e.reason_detail IS NOT NULL OR ⟪named⟫,
        coalesce((SELECT number FROM submission WHERE message_id = m.id),
            (SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id WHERE p.message_id = m.id))
     FROM mailbox_entry AS e LEFT JOIN message AS m ON m.id = e.message_id";

impl Store {
    /// An entry of the mailbox, as an erasure finds it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn aside(&self, entry: i64) -> Result<Option<Aside>> {
        Ok(self.asides("e.id = ?1", entry)?.pop())
    }

    /// What was set aside and not erased, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn set_aside(&self) -> Result<Vec<Aside>> {
        let first =
            "SELECT min(id) FROM mailbox_entry WHERE disposition = 'quarantined' AND reason <> 'erased'
            AND message_id IS NOT NULL AND id > ?1 GROUP BY message_id";
        let mut found = self.asides(&format!("e.id IN ({first})"), 0)?;
        // A row may still say so of what became a letter.
        found.retain(|one| one.number.is_none() && one.is_kept);
        Ok(found)
    }

    fn asides(&self, condition: &str, key: i64) -> Result<Vec<Aside>> {
        let named = NAMED_BY_A_PERSON.replace("uid", "e.uid");
        let sql = format!("{} WHERE {condition} ORDER BY e.id", ASIDE.replace("⟪named⟫", &named));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([key], |row| {
            let disposition: String = row.get(2)?;
            Ok(Aside {
                entry: row.get(0)?,
                message: row.get(1)?,
                places: Vec::new(),
                disposition: Disposition::from_word(&disposition),
                reason: stored(row, 3)?,
                arrived_at: instant(row.get(5)?),
                size_bytes: unsigned(row, 6)?,
                attachments: unsigned(row, 7)?,
                is_kept: row.get(8)?,
                number: row.get(9)?,
            })
        })?;
        let mut found: Vec<Aside> = rows.collect::<rusqlite::Result<_>>()?;
        for one in &mut found {
            one.places = self.rows(
                "SELECT folder, CAST(uid AS TEXT) FROM mailbox_entry AS e WHERE id = ?1
                    OR message_id = (SELECT message_id FROM mailbox_entry WHERE id = ?1) ORDER BY id",
                one.entry,
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
        }
        Ok(found)
    }

    /// The bytes of a mail that was set aside; `None`: they are erased, or cannot be unpacked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn raw_aside(&self, message: i64) -> Result<Option<Vec<u8>>> {
        let packed: Option<(Option<Vec<u8>>, i64)> = self
            .connection
            .prepare_cached("SELECT raw, size_bytes FROM message WHERE id = ?1")?
            .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(packed.and_then(|(raw, size)| unpack(&raw?, size)))
    }

    /// The entries (`mailbox_entry.id`) that lie in a folder under a UID or a file's name: `INBOX/17`, `/mnt/disk/letter.eml`; or
    /// whose digest begins so.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_at(&self, place: &str) -> Result<Vec<i64>> {
        let Some((folder, uid)) = place.rsplit_once('/') else { return self.entries_named(place) };
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM mailbox_entry WHERE folder IN (?1, ?1 || '/') AND CAST(uid AS TEXT) = ?2 ORDER BY id",
        )?;
        let rows = statement.query_map([folder, uid], |row| row.get(0))?;
        let found: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        if found.is_empty() && uid.bytes().any(|byte| !byte.is_ascii_digit()) {
            return self.entries_named(place);
        }
        Ok(found)
    }

    /// The files with a mail that was set aside which were written for whoever wrote it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn departures_of_aside(&self, message: i64) -> Result<Vec<Departure>> {
        self.departed(
            "action = 'exported' AND EXISTS (SELECT 1 FROM json_each(detail, '$.set_aside') WHERE value = ?1)",
            params![message],
        )
    }
}

impl Writing<'_> {
    /// Erases what is kept of a mail that is no letter's. Place, times, size and digest stay: the same bytes are not set aside anew.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn erase_aside(&self, aside: &Aside, by: &Eraser<'_>) -> Result<()> {
        let &Eraser { actor, note, now } = by;
        let named = format!(
            "UPDATE mailbox_entry SET uid = 'erased ' || id WHERE (id = ?1 OR message_id = ?2) AND {NAMED_BY_A_PERSON}"
        );
        self.transaction.prepare_cached(&named)?.execute(params![aside.entry, aside.message])?;
        let reason = EntryReason::Erased { note: note.to_owned() };
        match aside.message {
            Some(message) => {
                for sql in [
                    "UPDATE message SET rfc822_message_id = NULL, subject = NULL, raw = NULL, evidence = NULL, received_evidence_detail = NULL
                     WHERE id = ?1",
                    "UPDATE attachment SET filename = NULL WHERE message_id = ?1",
                ] {
                    self.transaction.prepare_cached(sql)?.execute([message])?;
                }
                self.transaction
                    .prepare_cached(
                        "UPDATE mailbox_entry SET reason = ?2, reason_detail = ?3 WHERE message_id = ?1",
                    )?
                    .execute(params![message, reason.word(), detail(&reason)])?;
            }
            // Why it was not for us stays: the mail would be fetched and judged anew.
            None => {
                self.transaction
                    .prepare_cached("UPDATE mailbox_entry SET reason_detail = NULL WHERE id = ?1")?
                    .execute([aside.entry])?;
            }
        }
        let ids = |table: &str, key: Option<i64>| -> Result<Vec<i64>> {
            let sql = format!("SELECT id FROM {table} WHERE message_id = ?1");
            let mut statement = self.transaction.prepare_cached(&sql)?;
            let rows = statement.query_map([key], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let mut entries = ids("mailbox_entry", aside.message)?;
        if !entries.contains(&aside.entry) {
            entries.push(aside.entry);
        }
        // COMMIT seals these rows anew (`Whole` in `evidence/sealing.rs`).
        let rows = json!({
            "mailbox_entry": entries, "message": aside.message.map_or_else(Vec::new, |id| vec![id]),
            "attachment": ids("attachment", aside.message)?,
        });
        self.log(now, actor, "erased", None, &json!({ "rows": rows }))
    }
}
