//! How each folder fared, for `status`.

use jiff::Timestamp;
use rusqlite::params;

use crate::store::{Result, Store};
use crate::vocabulary::rfc3339_utc;

/// One folder, as the last pass that looked into it found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPass {
    /// The folder's name.
    pub folder: String,
    /// When it was last read to its end.
    pub read_at: Option<Timestamp>,
    /// Why it cannot be read.
    pub problem: Option<String>,
    /// Since when.
    pub failing_at: Option<Timestamp>,
}

impl Store {
    /// Remembers which folders a pass read and which it could not, with the reasons.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remember_folders(
        &mut self,
        read: &[String],
        failed: &[(String, String)],
        now: Timestamp,
    ) -> Result<()> {
        let now = rfc3339_utc(now);
        let transaction = self.connection.transaction()?;
        {
            let mut good = transaction.prepare_cached(
                "INSERT INTO folder_pass (folder, read_at) VALUES (?1, ?2)
                 ON CONFLICT (folder) DO UPDATE SET read_at = excluded.read_at, problem = NULL, failing_at = NULL",
            )?;
            for folder in read {
                good.execute(params![folder, now])?;
            }
            let mut bad = transaction.prepare_cached(
                "INSERT INTO folder_pass (folder, problem, failing_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (folder) DO UPDATE SET problem = excluded.problem,
                    failing_at = coalesce(failing_at, excluded.failing_at)",
            )?;
            for (folder, problem) in failed {
                bad.execute(params![folder, problem, now])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
