//! Whether the tables go together.

use crate::store::{Result, Store, schema, search};
use crate::vocabulary::words;

words! {
    /// How rows can fail to go together.
    InconsistencyKind: "inconsistency" {
        /// A filed entry without a submission.
        FiledWithoutSubmission = "filed_without_submission",
        /// A supplement's entry without its text.
        SupplementWithoutRow = "supplement_without_row",
        /// A duplicate's entry without a submission that names the one it repeats.
        DuplicateWithoutSubmission = "duplicate_without_submission",
        /// The same bytes without an earlier entry.
        SameBytesWithoutFirst = "same_bytes_without_first",
        /// A quarantined entry without its bytes.
        QuarantinedWithoutMessage = "quarantined_without_message",
        /// An entry that is recorded and still to be fetched.
        RecordedAndOwed = "recorded_and_owed",
        /// A submission without an entry.
        SubmissionWithoutEntry = "submission_without_entry",
        /// A supplement without an entry.
        SupplementWithoutEntry = "supplement_without_entry",
        /// A position behind recorded entries.
        PositionBehindEntries = "position_behind_entries",
        /// Items that the views count otherwise than they are.
        ItemsMiscounted = "items_miscounted",
        /// A sum that the letters do not give.
        SumsMiscounted = "sums_miscounted",
        /// A letter that `search` does not find.
        NotSearched = "not_searched",
    }
}

/// Rows that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconsistency {
    /// What is wrong.
    pub kind: InconsistencyKind,
    /// The folder and UID of the entry, or the number of the submission.
    pub place: String,
}

impl InconsistencyKind {
    /// Names the places where it is so.
    fn query(self) -> &'static str {
        match self {
            Self::FiledWithoutSubmission => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'filed'
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id)"
            }
            Self::SupplementWithoutRow => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'supplement'
         AND NOT EXISTS (SELECT 1 FROM supplement AS p WHERE p.message_id = e.message_id)"
            }
            Self::DuplicateWithoutSubmission => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'duplicate'
         AND reason NOT IN ('same_bytes', 'same_message', 'came_later')
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id AND (s.duplicate_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM correction AS c WHERE c.submission_id = s.id AND c.field = 'duplicate_of')))"
            }
            Self::SameBytesWithoutFirst => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE reason = 'same_bytes'
         AND NOT EXISTS (SELECT 1 FROM mailbox_entry AS f WHERE f.message_id = e.message_id AND f.reason <> 'same_bytes')"
            }
            Self::QuarantinedWithoutMessage => {
                "SELECT folder || ' ' || uid FROM mailbox_entry WHERE disposition = 'quarantined' AND sha256 IS NOT NULL
         AND message_id IS NULL"
            }
            Self::RecordedAndOwed => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e JOIN gap AS g USING (folder, uid_validity, uid)
         WHERE g.reason NOT IN ('differs', 'asked_for', 'placeholder', 'short_body')
         AND NOT (e.disposition = 'quarantined' AND (e.sha256 IS NULL OR e.reason = 'placeholder'))"
            }
            Self::SubmissionWithoutEntry => {
                "SELECT number FROM submission AS s WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = s.message_id)"
            }
            Self::SupplementWithoutEntry => {
                "SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id
         WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = p.message_id)"
            }
            Self::PositionBehindEntries => {
                "SELECT folder FROM folder AS f WHERE last_uid < (SELECT max(uid) FROM mailbox_entry AS e
         WHERE e.folder = f.folder AND e.uid_validity = f.uid_validity AND typeof(e.uid) = 'integer')"
            }
            Self::ItemsMiscounted => &schema::items().miscounted,
            Self::SumsMiscounted => schema::sums_miscounted(),
            Self::NotSearched => search::UNFOUND,
        }
    }
}

impl Store {
    /// Looks whether the tables go together.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn inconsistencies(&self) -> Result<Vec<Inconsistency>> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut found = Vec::new();
        for kind in InconsistencyKind::ALL.iter().copied() {
            let mut statement = snapshot.prepare(kind.query())?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                found.push(Inconsistency { kind, place: row.get(0)? });
            }
        }
        Ok(found)
    }

    /// Makes the sums that are kept for reports anew, from the letters.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sum_anew(&mut self) -> Result<()> {
        let writing = self.begin()?;
        schema::sum_anew(&writing.transaction)?;
        writing.commit()
    }
}
