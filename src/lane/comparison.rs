//! The entries of a folder beside the record, sorted:
//!
//! | in the mailbox | in the record | is |
//! |---|---|---|
//! | yes | a row, and it looks as recorded | as it should be |
//! | yes | a row, of another size or date | **differs**: the UID may name another letter now |
//! | yes | a gap | a gap: announced, tried, not handed over yet |
//! | yes | nothing, behind the last pass | not read yet: no gap |
//! | yes | nothing, though the last pass went beyond it | **missing** |
//! | no | a row | no longer in the mailbox: people may delete, our copy stays |

use jiff::Timestamp;

use crate::cursor::Looks;
use crate::store::{FolderRecord, Gap, KnownEntry};
use crate::vocabulary::{EntryUid, FolderKey};

/// One folder, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderReport {
    /// The folder, under its UIDVALIDITY of now.
    pub folder: FolderKey,
    /// The UIDVALIDITY of the last pass, when the server has given another since.
    pub uid_validity_before: Option<u32>,
    /// Entries in the mailbox.
    pub listed: u64,
    /// Entries that the server counts; more than `listed` is a fault.
    pub exists: u64,
    /// UIDNEXT before and now, where it fell.
    pub uid_next_fell: Option<(u32, u32)>,
    /// The record.
    pub record: FolderRecord,
    /// In the mailbox, and neither recorded nor a gap though they should be.
    pub missing: Vec<MissingEntry>,
    /// In the mailbox under a name that is recorded, and of another size or date than any row of it.
    pub differing: Vec<MissingEntry>,
    /// Announced, tried and not handed over yet, and still in the mailbox.
    pub gaps: Vec<Gap>,
    /// So many of them have a row all the same.
    pub gaps_with_row: u64,
    /// Listed entries of IMAP that look like another one, ascending.
    pub(super) alike: Vec<Alike>,
    /// What is learned of rows that did not say how their entry looks.
    pub learned: Vec<(i64, Looks)>,
    /// In the mailbox since the last pass.
    pub not_read_yet: u64,
    /// Recorded and no longer in the mailbox.
    pub gone: u64,
}

/// An entry that the mailbox has and the record has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingEntry {
    /// Which.
    pub uid: EntryUid,
    /// Its size in bytes, as announced.
    pub size_bytes: u64,
    /// When it arrived, as the mailbox says.
    pub arrived: Option<Timestamp>,
}

/// A listed entry with a row, which size and date do not tell from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alike {
    pub(super) uid: u32,
    /// Its rows.
    pub(super) ids: Vec<i64>,
}

impl FolderReport {
    /// Whether the sum is right: what is and was in the mailbox is what was recorded, is a gap, waits, or is missing.
    pub fn is_balanced(&self) -> bool {
        let recorded: u64 = self.record.by_disposition.iter().map(|(_, count)| count).sum();
        let unread = self.missing.len() + self.differing.len();
        self.listed + self.gone == recorded + self.owed() + self.not_read_yet + unread as u64
    }

    /// Gaps without a row.
    pub fn owed(&self) -> u64 {
        (self.gaps.len() as u64).saturating_sub(self.gaps_with_row)
    }

    /// Whether the server contradicts itself or what it said before.
    pub fn is_server_at_fault(&self) -> bool {
        self.exists > self.listed || self.uid_next_fell.is_some() || !self.differing.is_empty()
    }

    /// Whether there is no gap, nothing is missing and nothing differs.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.gaps.is_empty() && self.is_balanced() && !self.is_server_at_fault()
    }
}

/// Sorts the entries of a folder by the table above; `listed` holds each once.
pub(super) fn compare(
    folder: FolderKey,
    listed: &[(EntryUid, Looks)],
    record: FolderRecord,
    is_new: impl Fn(&EntryUid) -> bool,
) -> FolderReport {
    let mut report = FolderReport {
        folder,
        uid_validity_before: None,
        listed: listed.len() as u64,
        exists: listed.len() as u64,
        uid_next_fell: None,
        missing: Vec::new(),
        differing: Vec::new(),
        gaps: Vec::new(),
        gaps_with_row: 0,
        alike: Vec::new(),
        learned: Vec::new(),
        not_read_yet: 0,
        gone: 0,
        record,
    };
    let mut present = 0_u64;
    let mut standing: Vec<(Looks, u32)> = Vec::new();
    for (uid, looks) in listed {
        let entry = || MissingEntry {
            uid: uid.clone(),
            size_bytes: looks.size_bytes.unwrap_or(0),
            arrived: looks.date,
        };
        let rows = rows_of(&report.record.recorded, uid);
        if let Ok(index) = report.record.gaps.binary_search_by(|gap| gap.uid.cmp(uid)) {
            let has_row = u64::from(!rows.is_empty());
            report.gaps_with_row += has_row;
            present += has_row;
            report.gaps.extend(report.record.gaps.get(index).cloned());
        } else if let Some(row) = rows.iter().find(|row| looks.may_be(row.looks)) {
            present += 1;
            if let EntryUid::Imap(uid) = uid {
                standing.push((looks.to_the_second(), *uid));
            }
            if looks.adds_to(row.looks) {
                report.learned.push((row.id, *looks));
            }
        } else if !rows.is_empty() {
            report.differing.push(entry());
        } else if is_new(uid) {
            report.not_read_yet += 1;
        } else {
            report.missing.push(entry());
        }
    }
    report.gone = (report.record.recorded.len() as u64).saturating_sub(present);
    standing.sort_unstable();
    let alike = standing.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1);
    let mut alike: Vec<u32> = alike.flatten().map(|(_, uid)| *uid).collect();
    alike.sort_unstable();
    let ids = |uid| rows_of(&report.record.recorded, &EntryUid::Imap(uid)).iter().map(|row| row.id).collect();
    report.alike = alike.into_iter().map(|uid| Alike { uid, ids: ids(uid) }).collect();
    report
}

/// The rows under a name.
pub(super) fn rows_of<'a>(recorded: &'a [KnownEntry], uid: &EntryUid) -> &'a [KnownEntry] {
    let first = recorded.partition_point(|entry| entry.uid < *uid);
    let behind = recorded.get(first..).unwrap_or_default();
    behind.get(..behind.partition_point(|entry| entry.uid == *uid)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{GapReason, StoredReason};

    fn uids(uids: &[u32]) -> Vec<EntryUid> {
        uids.iter().map(|uid| EntryUid::Imap(*uid)).collect()
    }

    fn looks(size_bytes: u64) -> Looks {
        Looks { size_bytes: Some(size_bytes), date: None }
    }

    /// The mailbox has these, the record those and those gaps, and the last pass ended at 50.
    fn compared(listed: &[u32], recorded: &[u32], gaps: &[u32]) -> FolderReport {
        let record = FolderRecord {
            recorded: uids(recorded)
                .into_iter()
                .map(|uid| KnownEntry { uid, id: 1, looks: looks(100) })
                .collect(),
            by_disposition: vec![("filed".to_owned(), recorded.len() as u64)],
            gaps: uids(gaps)
                .into_iter()
                .map(|uid| Gap { uid, attempts: 1, reason: StoredReason::from(&GapReason::EmptyBody) })
                .collect(),
            ..FolderRecord::default()
        };
        let listed: Vec<(EntryUid, Looks)> = uids(listed).into_iter().map(|uid| (uid, looks(100))).collect();
        compare(FolderKey::imap("INBOX", 7), &listed, record, |uid| *uid > EntryUid::Imap(50))
    }

    #[test]
    fn every_entry_falls_into_one_class_and_the_sum_is_right() {
        let report = compared(&[10, 20, 30, 60], &[10, 15, 20], &[]);
        assert_eq!(report.missing.iter().map(|m| m.uid.clone()).collect::<Vec<_>>(), uids(&[30]));
        assert_eq!((report.listed, report.gone, report.not_read_yet), (4, 1, 1));
        assert!(report.is_balanced() && !report.is_complete());

        let report = compared(&[10, 20, 30], &[10, 20], &[30, 40]);
        assert_eq!(
            report.gaps.len(),
            1,
            "what is missing in the record and gone from the mailbox cannot be fetched any more"
        );
        assert!(report.is_balanced() && !report.is_complete());

        let report = compared(&[10, 20, 60, 70], &[10, 20], &[]);
        assert!(report.is_complete(), "mail that came since the last pass is no gap: {report:?}");
        assert!(compared(&[], &[], &[]).is_complete());
        assert!(compared(&[], &[10, 20], &[]).is_complete(), "people may delete");
    }

    #[test]
    fn a_count_that_does_not_agree_with_the_rows_is_noticed() {
        let mut report = compared(&[10, 20], &[10, 20], &[]);
        report.record.by_disposition.push(("quarantined".to_owned(), 1));
        assert!(!report.is_balanced() && !report.is_complete());
    }

    #[test]
    fn a_uid_that_names_another_letter_differs_and_either_of_two_rows_may_be_it() {
        let row = |id, size| KnownEntry { uid: EntryUid::Imap(10), id, looks: looks(size) };
        for (rows, listed, differs) in
            [(&[100][..], 100, false), (&[100], 101, true), (&[100, 101], 101, false), (&[100, 101], 7, true)]
        {
            let record = FolderRecord {
                recorded: (1..).zip(rows).map(|(id, size)| row(id, *size)).collect(),
                by_disposition: vec![("filed".to_owned(), rows.len() as u64)],
                ..FolderRecord::default()
            };
            let listed = [(EntryUid::Imap(10), looks(listed))];
            let report = compare(FolderKey::imap("INBOX", 7), &listed, record, |_| false);
            assert_eq!(!report.differing.is_empty(), differs, "{rows:?} {listed:?}");
            assert!(report.is_balanced() && report.is_complete() != differs, "{report:?}");
        }
    }
}
