//! The mailbox beside the record, entry by entry. Reads only.
//!
//! | in the mailbox | in the record | is |
//! |---|---|---|
//! | yes | a row | as it should be |
//! | yes | a gap | a gap: announced, tried, not handed over yet |
//! | yes | nothing, behind the last pass | not read yet: no gap |
//! | yes | nothing, though the last pass went beyond it | **missing** |
//! | no | a row | no longer in the mailbox: people may delete, our copy stays |
//!
//! The last pass went beyond an IMAP entry whose UID is not above the folder's position, and beyond a file that was there
//! before the pass began.

use jiff::Timestamp;

use crate::config::{ImapSettings, Limits, MailboxSettings, MailboxSource};
use crate::cursor::{self, Plan};
use crate::imap::{ImapError, Session};
use crate::maildir;
use crate::store::{Fact, FolderRecord, Gap, Store, StoreError};
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
    /// The record.
    pub record: FolderRecord,
    /// In the mailbox, and neither recorded nor a gap though they should be.
    pub missing: Vec<MissingEntry>,
    /// Announced, tried and not handed over yet, and still in the mailbox.
    pub gaps: Vec<Gap>,
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

impl FolderReport {
    /// Whether the sum is right: what is and was in the mailbox is what was recorded, is a gap, waits, or is missing.
    pub fn is_balanced(&self) -> bool {
        let recorded: u64 = self.record.by_disposition.iter().map(|(_, count)| count).sum();
        let gaps = self.gaps.len() as u64;
        self.listed + self.gone == recorded + gaps + self.not_read_yet + self.missing.len() as u64
    }

    /// Whether there is no gap and nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.gaps.is_empty() && self.is_balanced()
    }
}

/// What could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The server.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The Maildir.
    #[error(transparent)]
    Maildir(#[from] maildir::MaildirError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server gives no UIDVALIDITY.
    #[error("folder {0:?}: the server gives no UIDVALIDITY, nothing can be compared")]
    NoUidValidity(String),
    /// The server did not answer in time.
    #[error("the comparison took longer than limits.pass_timeout ({0} s) and was cut off")]
    TooLong(u64),
}

/// Compares every configured folder; one that cannot be read keeps no other from being compared.
///
/// # Errors
/// When the mailbox cannot be opened at all, or the store cannot be read.
pub async fn reconcile(
    settings: &MailboxSettings,
    limits: &Limits,
    store: &Store,
) -> Result<Vec<(String, Result<FolderReport, ReconcileError>)>, ReconcileError> {
    let imap = match &settings.source {
        MailboxSource::Maildir(path) => {
            let folder = FolderKey::files(path);
            let report = maildir_folder(path, folder.clone(), store);
            return Ok(vec![(folder.name, report)]);
        }
        MailboxSource::Imap(imap) => imap,
    };
    let whole = limits.pass_timeout;
    let all = tokio::time::timeout(whole, imap_folders(imap, limits, store)).await;
    all.unwrap_or(Err(ReconcileError::TooLong(whole.as_secs())))
}

async fn imap_folders(
    imap: &ImapSettings,
    limits: &Limits,
    store: &Store,
) -> Result<Vec<(String, Result<FolderReport, ReconcileError>)>, ReconcileError> {
    let mut session = Some(Session::open(imap, limits).await?);
    let mut reports = Vec::new();
    for folder in &imap.folders {
        let mut opened = match session.take() {
            Some(session) => session,
            None => Session::open(imap, limits).await?,
        };
        let report = imap_folder(&mut opened, folder, store).await;
        if !matches!(&report, Err(ReconcileError::Imap(error)) if !matches!(error, ImapError::FolderUnknown { .. }))
        {
            session = Some(opened);
        }
        reports.push((folder.clone(), report));
    }
    if let Some(session) = session {
        session.logout().await.ok();
    }
    Ok(reports)
}

async fn imap_folder(
    session: &mut Session,
    folder: &str,
    store: &Store,
) -> Result<FolderReport, ReconcileError> {
    let state = session.examine(folder).await?;
    let (Plan::From { uid_validity, .. } | Plan::Rescan { uid_validity }) = cursor::plan(None, state) else {
        return Err(ReconcileError::NoUidValidity(folder.to_owned()));
    };
    // The mailbox first: what the daemon records meanwhile is then a row too many at worst, never one too few.
    let listed = session.list(1).await?;
    let folder = FolderKey::imap(folder, uid_validity);
    let record = store.folder_record(&folder)?;
    let before =
        record.position.map(|position| position.uid_validity).filter(|before| *before != uid_validity);
    let last_uid = record
        .position
        .filter(|position| position.uid_validity == uid_validity)
        .map_or(0, |position| position.last_uid);
    let entries: Vec<(EntryUid, u64)> =
        listed.iter().map(|entry| (EntryUid::Imap(entry.uid), entry.size_bytes)).collect();
    let mut report = compare(folder, &entries, record, |uid| match uid {
        EntryUid::Imap(uid) => *uid > last_uid,
        EntryUid::Name(_) => false,
    });
    report.uid_validity_before = before;
    let uids: Vec<u32> = report
        .missing
        .iter()
        .filter_map(|entry| match entry.uid {
            EntryUid::Imap(uid) => Some(uid),
            EntryUid::Name(_) => None,
        })
        .collect();
    let dates = session.internal_dates(&uids).await?;
    for missing in &mut report.missing {
        if let EntryUid::Imap(uid) = missing.uid {
            missing.arrived = dates.get(&uid).map(|written| written.instant);
        }
    }
    Ok(report)
}

fn maildir_folder(
    path: &std::path::Path,
    folder: FolderKey,
    store: &Store,
) -> Result<FolderReport, ReconcileError> {
    let listed = maildir::list(path)?;
    let record = store.folder_record(&folder)?;
    let last_pass = store.fact_instant(Fact::LastPassStartedAt)?;
    let entries: Vec<(EntryUid, u64)> =
        listed.iter().map(|entry| (EntryUid::Name(entry.name.clone()), entry.size_bytes)).collect();
    // `list` gives them by name.
    let changed = |uid: &EntryUid| match uid {
        EntryUid::Name(name) => {
            listed.binary_search_by(|entry| entry.name.cmp(name)).ok().and_then(|index| listed.get(index))
        }
        EntryUid::Imap(_) => None,
    };
    let mut report = compare(folder, &entries, record, |uid| {
        last_pass.is_none_or(|began| changed(uid).is_some_and(|entry| entry.changed >= began))
    });
    for missing in &mut report.missing {
        missing.arrived = changed(&missing.uid).map(|entry| entry.modified);
    }
    Ok(report)
}

/// Sorts the entries of a folder by the module's table; `listed` holds each once.
pub(super) fn compare(
    folder: FolderKey,
    listed: &[(EntryUid, u64)],
    record: FolderRecord,
    is_new: impl Fn(&EntryUid) -> bool,
) -> FolderReport {
    let mut report = FolderReport {
        folder,
        uid_validity_before: None,
        listed: listed.len() as u64,
        missing: Vec::new(),
        gaps: Vec::new(),
        not_read_yet: 0,
        gone: 0,
        record,
    };
    let mut present = 0_u64;
    for (uid, size_bytes) in listed {
        if report.record.recorded.binary_search(uid).is_ok() {
            present += 1;
        } else if let Ok(index) = report.record.gaps.binary_search_by(|gap| gap.uid.cmp(uid)) {
            report.gaps.extend(report.record.gaps.get(index).cloned());
        } else if is_new(uid) {
            report.not_read_yet += 1;
        } else {
            report.missing.push(MissingEntry { uid: uid.clone(), size_bytes: *size_bytes, arrived: None });
        }
    }
    report.gone = (report.record.recorded.len() as u64).saturating_sub(present);
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{GapReason, StoredReason};

    fn uids(uids: &[u32]) -> Vec<EntryUid> {
        uids.iter().map(|uid| EntryUid::Imap(*uid)).collect()
    }

    /// The mailbox has these, the record those and those gaps, and the last pass ended at 50.
    fn compared(listed: &[u32], recorded: &[u32], gaps: &[u32]) -> FolderReport {
        let record = FolderRecord {
            recorded: uids(recorded),
            by_disposition: vec![("filed".to_owned(), recorded.len() as u64)],
            gaps: uids(gaps)
                .into_iter()
                .map(|uid| Gap { uid, attempts: 1, reason: StoredReason::from(&GapReason::EmptyBody) })
                .collect(),
            ..FolderRecord::default()
        };
        let listed: Vec<(EntryUid, u64)> = uids(listed).into_iter().map(|uid| (uid, 100)).collect();
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
}
