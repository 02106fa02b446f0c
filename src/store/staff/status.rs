//! What `status` shows: how far each thing is.

use jiff::Timestamp;

use crate::respond::Origin;
use crate::store::read::{Counts, instant, unsigned};
use crate::store::{Fact, FolderPass, Result, Store};
use crate::vocabulary::{StoredReason, rfc3339_utc};
use crate::world::Home;

/// Letters that count and have their opinion in a file from which nobody entered it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotEntered {
    /// All of them.
    pub letters: u64,
    /// Of these, those with a link, and with no file that opens.
    pub linked: u64,
    /// Of these, those with no file that opens.
    pub shut: u64,
    /// Of these, those that came in time.
    pub registered: u64,
}

/// What `status` shows of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Mailbox entries by disposition.
    pub entries: Counts,
    /// Submissions by status.
    pub submissions: Counts,
    /// Acknowledgements by state.
    pub acknowledgements: Counts,
    /// Entries announced but not read yet.
    pub gaps: u64,
    /// Quarantined entries without the bytes of the letter: a reading again finds nothing.
    pub without_bytes: u64,
    /// Quarantined entries of which a person has not erased what was kept.
    pub set_aside: u64,
    /// Letters that were decided on and not answered.
    pub unanswered: u64,
    /// Letters that count, with all of their opinion in a file.
    pub unentered: NotEntered,
    /// The oldest submission that waits for a person.
    pub oldest_review: Option<Timestamp>,
    /// How many of those that wait do so for each reason (`submission.review_reasons`); one may have several.
    pub reviews: Vec<(String, u64)>,
    /// The oldest acknowledgement that waits.
    pub oldest_waiting: Option<Timestamp>,
    /// When the last complete pass over the mailbox ended.
    pub last_good_pass: Option<Timestamp>,
    /// What stopped the last pass, when it failed.
    pub last_problem: Option<String>,
    /// Which kind of trouble that is, as a word of `LaneFault`.
    pub last_fault: Option<String>,
    /// When the mailbox is asked again after it.
    pub next_pass: Option<Timestamp>,
    /// What keeps acknowledgements from leaving: the word of `LaneFault`, the server's words, since when.
    pub outbox_fault: Option<(String, String, Option<Timestamp>)>,
    /// How full the mailbox is: KiB used, and their limit.
    pub quota: Option<(u64, u64)>,
    /// Until when the mail server's certificate is good.
    pub mailbox_certificate: Option<Timestamp>,
    /// The same of the SMTP server.
    pub outbox_certificate: Option<Timestamp>,
    /// How each folder fared.
    pub folder_passes: Vec<FolderPass>,
    /// Why sending is held, when the breaker is open.
    pub breaker: Option<StoredReason>,
    /// Since when.
    pub breaker_since: Option<Timestamp>,
    /// How the store began.
    pub origin: Origin,
    /// Answers that it holds back because no person made it.
    pub held_at_first_contact: u64,
    /// Answers that it holds back because a backup took its place.
    pub held_after_restore: u64,
    /// Where it is at home.
    pub home: Option<Home>,
    /// When the clock jumped last, and how far, in seconds.
    pub clock_jump: Option<(Timestamp, i64)>,
    /// What keeps the reading copy from being made.
    pub copy_problem: Option<String>,
    /// What tells the configuration that the daemon works by from another one.
    pub configuration: Option<String>,
    /// Why it could not take the one that it was to read again.
    pub configuration_problem: Option<String>,
    /// Highest UID recorded, by folder.
    pub folders: Vec<(String, u32, u32)>,
}

/// Mail in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarantined {
    /// What nobody erased yet.
    pub set_aside: u64,
    /// What is there without the bytes of the letter: a reading again finds nothing.
    pub without_bytes: u64,
}

impl Store {
    /// How many letters that wait do so for each reason, in the order of the words.
    fn reviews(&self) -> Result<Vec<(String, u64)>> {
        self.counts("SELECT r.value, sum(s.letters) FROM sum_by_reasons AS s, json_each(iif(json_valid(s.review_reasons), s.review_reasons, '[]')) AS r GROUP BY 1 ORDER BY 2 DESC, 1")
    }

    /// Gathers the status.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn status(&self) -> Result<StoreStatus> {
        let mut folders = self
            .connection
            .prepare_cached("SELECT folder, uid_validity, last_uid FROM folder ORDER BY folder")?;
        let quarantined = self.quarantined()?;
        Ok(StoreStatus {
            entries: self.counts("SELECT disposition, sum(entries) FROM sum_of_entries GROUP BY 1 ORDER BY 1")?,
            submissions: self.counts("SELECT status, sum(letters) FROM sum_by_kind GROUP BY 1 ORDER BY 1")?,
            acknowledgements: self
                .counts("SELECT state, sum(answers) FROM sum_of_answers GROUP BY 1 ORDER BY 1")?,
            gaps: self.gaps()?,
            without_bytes: quarantined.without_bytes,
            set_aside: quarantined.set_aside,
            unanswered: self.count_unanswered()?,
            unentered: self.count_unentered(None)?,
            reviews: self.reviews()?,
            oldest_review: self.oldest("SELECT min(received_at) FROM submission WHERE status = 'review'")?,
            oldest_waiting: self
                .oldest("SELECT min(queued_at) FROM acknowledgement WHERE state IN ('queued', 'deferred')")?,
            last_good_pass: self.last_good_pass()?,
            last_problem: self.told(Fact::LastPassProblem)?,
            last_fault: self.told(Fact::LastPassFault)?,
            next_pass: self.fact_instant(Fact::NextPassAt)?,
            outbox_fault: match self.told(Fact::OutboxProblem)? {
                Some(problem) => {
                    let word = self.fact(Fact::OutboxFault)?.unwrap_or_default();
                    Some((word, problem, self.fact_instant(Fact::OutboxFaultSince)?))
                }
                None => None,
            },
            quota: self.told(Fact::MailboxQuota)?.and_then(|told| quota(&told)),
            mailbox_certificate: self.fact_instant(Fact::MailboxCertificateUntil)?,
            outbox_certificate: self.fact_instant(Fact::OutboxCertificateUntil)?,
            folder_passes: self.folder_passes()?,
            breaker: self.breaker()?,
            breaker_since: self.breaker_since()?,
            origin: self.origin()?,
            held_at_first_contact: self.connection.query_row(
                "SELECT coalesce(sum(answers), 0) FROM sum_of_answers WHERE state = 'withheld' AND reason = 'first_contact'",
                [],
                |row| unsigned(row, 0),
            )?,
            held_after_restore: self.connection.query_row(
                "SELECT coalesce(sum(answers), 0) FROM sum_of_answers WHERE state = 'withheld' AND reason = 'restored'",
                [],
                |row| unsigned(row, 0),
            )?,
            home: self.home()?,
            clock_jump: self
                .fact_instant(Fact::ClockJumpedAt)?
                .zip(self.fact(Fact::ClockJumpSeconds)?.and_then(|seconds| seconds.parse().ok())),
            copy_problem: self.told(Fact::ReadingCopyProblem)?,
            configuration: self.told(Fact::ConfigurationDigest)?,
            configuration_problem: self.told(Fact::ConfigurationProblem)?,
            folders: folders
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?,
        })
    }

    /// Entries announced but not read yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gaps(&self) -> Result<u64> {
        Ok(self.connection.query_row("SELECT count(*) FROM gap", [], |row| unsigned(row, 0))?)
    }

    /// How many entries are in quarantine.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn quarantined(&self) -> Result<Quarantined> {
        Ok(self.connection.query_row(
            "SELECT count(*) FILTER (WHERE reason <> 'erased'
                    AND NOT EXISTS (SELECT 1 FROM mailbox_entry AS f WHERE f.message_id = e.message_id AND f.reason = 'erased')),
                count(*) FILTER (WHERE sha256 IS NULL OR reason = 'placeholder')
             FROM mailbox_entry AS e WHERE disposition = 'quarantined'",
            [],
            |row| Ok(Quarantined { set_aside: unsigned(row, 0)?, without_bytes: unsigned(row, 1)? }),
        )?)
    }

    /// When the last complete pass over the mailbox ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_good_pass(&self) -> Result<Option<Timestamp>> {
        self.fact_instant(Fact::LastPassFinishedAt)
    }

    /// How many entries were filed since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn filed_since(&self, since: Timestamp) -> Result<u64> {
        Ok(self.connection.query_row(
            "SELECT count(*) FROM submission WHERE received_at >= ?1",
            [rfc3339_utc(since)],
            |row| unsigned(row, 0),
        )?)
    }

    /// A fact that is empty while there is nothing to tell.
    fn told(&self, fact: Fact) -> Result<Option<String>> {
        Ok(self.fact(fact)?.filter(|told| !told.is_empty()))
    }

    fn folder_passes(&self) -> Result<Vec<FolderPass>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT folder, read_at, problem, failing_at FROM folder_pass ORDER BY folder")?;
        let rows = statement.query_map([], |row| {
            Ok(FolderPass {
                folder: row.get(0)?,
                read_at: instant(row.get(1)?),
                problem: row.get(2)?,
                failing_at: instant(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn oldest(&self, sql: &str) -> Result<Option<Timestamp>> {
        Ok(instant(self.connection.query_row(sql, [], |row| row.get(0))?))
    }
}

fn quota(told: &str) -> Option<(u64, u64)> {
    let told: serde_json::Value = serde_json::from_str(told).ok()?;
    Some((told.get("used_kib")?.as_u64()?, told.get("limit_kib")?.as_u64()?))
}
