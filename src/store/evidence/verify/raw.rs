//! The raw messages: each unpacks to the octets that its digest was made of, and holds the attachments that are listed.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::{Difference, Verifier, text};
use crate::parse;
use crate::store::Result;
use crate::store::filing::believable;
use crate::vocabulary::{hex, sha256_hex};

impl Verifier<'_> {
    pub(super) fn raw_messages(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare(
            "SELECT m.id, m.sha256, m.size_bytes, (SELECT count(*) FROM attachment AS a WHERE a.message_id = m.id), m.raw,
                (SELECT s.number FROM submission AS s WHERE s.message_id = m.id UNION ALL
                 SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id WHERE p.message_id = m.id)
             FROM message AS m ORDER BY m.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let number: Option<String> = Some(text(row, 5)?).filter(|number| !number.is_empty());
            let raw = match row.get_ref(4)? {
                ValueRef::Null => {
                    self.done.messages_erased += 1;
                    continue;
                }
                ValueRef::Blob(raw) | ValueRef::Text(raw) => raw,
                _ => {
                    self.found_in("message", id, number, Difference::RawUnreadable);
                    continue;
                }
            };
            self.done.messages += 1;
            let size: i64 = row.get(2)?;
            let keep = row.get::<_, i64>(3)? > 0;
            let Some(expected) = believable(raw, size) else {
                self.found_in("message", id, number, Difference::RawUnreadable);
                continue;
            };
            match decompress(raw, expected as u64, keep) {
                Err(_) => self.found_in("message", id, number, Difference::RawUnreadable),
                Ok((digest, length, bytes)) => {
                    if digest != text(row, 1)? || i64::try_from(length) != Ok(size) {
                        self.found_in("message", id, number.clone(), Difference::RawChanged);
                    }
                    if keep {
                        self.attachments(id, &bytes, number.as_ref())?;
                    }
                }
            }
        }
        Ok(())
    }

    fn attachments(&mut self, message: i64, raw: &[u8], number: Option<&String>) -> Result<()> {
        let limits = self.look.limits;
        let parsed =
            catch_unwind(AssertUnwindSafe(|| parse::parse(raw, limits).attachments)).unwrap_or_default();
        let mut statement = self.connection.prepare_cached(
            "SELECT id, sha256, size_bytes FROM attachment WHERE message_id = ?1 ORDER BY ordinal",
        )?;
        let mut rows = statement.query([message])?;
        while let Some(row) = rows.next()? {
            let (id, sha256, size): (i64, String, i64) = (row.get(0)?, text(row, 1)?, row.get(2)?);
            self.done.attachments += 1;
            let there = parsed
                .iter()
                .any(|found| found.sha256 == sha256 && i64::try_from(found.size_bytes) == Ok(size));
            if !there {
                self.found_in("attachment", id, number.cloned(), Difference::AttachmentChanged);
            }
        }
        Ok(())
    }
}

/// SHA-256 and length of a compressed message, in pieces; with all its bytes where they are wanted. A length far beyond
/// the recorded one is not read to its end.
fn decompress(raw: &[u8], expected: u64, keep: bool) -> std::io::Result<(String, u64, Vec<u8>)> {
    let decoder = zstd::stream::read::Decoder::with_buffer(raw)?;
    let mut limited = decoder.take(expected.saturating_add(1));
    if keep {
        let mut bytes = Vec::new();
        limited.read_to_end(&mut bytes)?;
        return Ok((sha256_hex(&bytes), bytes.len() as u64, bytes));
    }
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        let read = limited.read(&mut piece)?;
        if read == 0 {
            return Ok((hex(&hasher.finalize()), length, Vec::new()));
        }
        hasher.update(piece.get(..read).unwrap_or_default());
        length += read as u64;
    }
}
