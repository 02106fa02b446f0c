//! Answers as they left, for whoever asks what the office holds of him.

use jiff::Timestamp;

use crate::store::read::instant;
use crate::store::{Result, Store};

/// An answer that a server took.
#[derive(Debug)]
pub struct Sent {
    /// When.
    pub at: Option<Timestamp>,
    /// The message (RFC 5322).
    pub octets: Vec<u8>,
}

impl Store {
    /// The answers to a submission that left and were not erased, the first first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answers_sent(&self, submission_id: i64) -> Result<Vec<Sent>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sent_at, octets FROM acknowledgement
             WHERE submission_id = ?1 AND state = 'sent' AND octets IS NOT NULL ORDER BY id",
        )?;
        let rows = statement
            .query_map([submission_id], |row| Ok(Sent { at: instant(row.get(0)?), octets: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
