//! The mailbox beside the record, entry by entry, by the table of `comparison`. Reads only.
//!
//! A UID alone is no identity: RFC822.SIZE and INTERNALDATE are compared too, and Message-ID of entries that size and date do
//! not tell apart (letters of one second and one form). What the server counts and does not list, and a UIDNEXT that fell,
//! are faults of the server that leave the comparison open.
//!
//! The last pass went beyond an IMAP entry whose UID is not above the folder's position, and beyond a file that was there
//! before the pass began; a POP3 mailbox tells nothing but the order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::comparison::{Alike, FolderReport, MissingEntry, compare, rows_of};
use crate::config::{ImapSettings, Limits, MailboxSettings, MailboxSource, ServerSettings};
use crate::cursor::{self, Looks, Plan, Position};
use crate::imap::{ImapError, Listed, Session};
use crate::maildir;
use crate::parse::{self, ParseLimits};
use crate::pop3;
use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::{EntryUid, FolderKey, sha256_hex};

/// Entries whose Message-ID is asked for with one command.
const ASKED: usize = 300;

/// What could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The server.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The POP3 server.
    #[error(transparent)]
    Pop3(#[from] pop3::Pop3Error),
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
    let whole = limits.pass_timeout;
    let imap = match &settings.source {
        MailboxSource::Maildir(path) => {
            let folder = FolderKey::files(path);
            let report = maildir_folder(path, folder.clone(), store);
            return Ok(vec![(folder.name, report)]);
        }
        MailboxSource::Pop3(server) => {
            let report = tokio::time::timeout(whole, pop3_folder(server, limits, store)).await;
            let report = report.unwrap_or(Err(ReconcileError::TooLong(whole.as_secs())))?;
            return Ok(vec![(report.folder.name.clone(), Ok(report))]);
        }
        MailboxSource::Imap(imap) => imap,
    };
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
        let report = imap_folder(&mut opened, folder, Some(store)).await;
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

/// Compares one folder of a session; without a store, only what the server says with what it lists.
///
/// # Errors
/// When the folder cannot be listed, or the store cannot be read.
pub async fn imap_folder(
    session: &mut Session,
    folder: &str,
    store: Option<&Store>,
) -> Result<FolderReport, ReconcileError> {
    let state = session.examine(folder).await?;
    let (Plan::From { uid_validity, .. } | Plan::Rescan { uid_validity }) = cursor::plan(None, state) else {
        return Err(ReconcileError::NoUidValidity(folder.to_owned()));
    };
    // The mailbox first: what the daemon records meanwhile is then a row too many at worst, never one too few.
    let (listed, exists) = session.list_all().await?;
    let last = listed.last().map_or(0, |entry| entry.uid);
    let dates = if last == 0 { BTreeMap::new() } else { session.internal_dates(1, last).await? };
    let folder = FolderKey::imap(folder, uid_validity);
    let heard = store.map(|store| store.heard(&folder)).transpose()?.unwrap_or_default();
    let record = store.map(|store| store.folder_record(&folder)).transpose()?.unwrap_or_default();
    let before =
        record.position.map(|position| position.uid_validity).filter(|before| *before != uid_validity);
    let last_uid = record
        .position
        .filter(|position| position.uid_validity == uid_validity)
        .map_or(0, |position| position.last_uid);
    let position: Option<Position> = record.position;
    let entries: Vec<(EntryUid, Looks)> = listed
        .iter()
        .map(|entry| (EntryUid::Imap(entry.uid), looks(entry, &dates, session.size_when_unknown())))
        .collect();
    let mut report = compare(folder, &entries, record, |uid| match uid {
        EntryUid::Imap(uid) => *uid > last_uid,
        EntryUid::Name(_) => false,
    });
    if let Some(store) = store {
        for uid in distinguish::<ReconcileError>(session, &report.alike, |ids| store.message_ids(ids)).await?
        {
            report.gone += 1;
            let size_bytes = listed.iter().find(|entry| entry.uid == uid).map_or(0, |entry| entry.size_bytes);
            let arrived = dates.get(&uid).copied();
            report.differing.push(MissingEntry { uid: EntryUid::Imap(uid), size_bytes, arrived });
        }
    }
    report.uid_validity_before = before;
    report.exists = u64::from(exists).max(report.listed);
    report.uid_next_fell = cursor::uid_next_fell(position, heard, state);
    Ok(report)
}

/// Which of these have another Message-ID than their rows: a UID that was given to another entry of the same looks is found by
/// nothing else. What cannot be compared, because the server or a row says nothing, counts as the same.
pub(super) async fn distinguish<E: From<ImapError> + From<StoreError>>(
    session: &mut Session,
    alike: &[Alike],
    recorded: impl Fn(&[i64]) -> Result<BTreeMap<i64, String>, StoreError>,
) -> Result<Vec<u32>, E> {
    let mut others = Vec::new();
    for asked in alike.chunks(ASKED) {
        let ids: Vec<i64> = asked.iter().flat_map(|entry| entry.ids.iter().copied()).collect();
        let recorded = recorded(&ids)?;
        let uids: Vec<u32> = asked.iter().map(|entry| entry.uid).collect();
        let headers = session.header_field(&uids, "MESSAGE-ID").await?;
        for Alike { uid, ids } in asked {
            let header = headers.get(uid).map(|header| parse::parse(header, ParseLimits::default()));
            let Some(id) = header.and_then(|header| header.message_id) else { continue };
            let id = sha256_hex(id.as_bytes());
            if ids.iter().all(|row| recorded.get(row).is_some_and(|known| *known != id)) {
                others.push(*uid);
            }
        }
    }
    Ok(others)
}

/// How a listed entry looks.
pub(super) fn looks(listed: &Listed, dates: &BTreeMap<u32, Timestamp>, unknown: u64) -> Looks {
    Looks {
        size_bytes: (listed.size_bytes != unknown).then_some(listed.size_bytes),
        date: dates.get(&listed.uid).copied(),
    }
}

async fn pop3_folder(
    server: &ServerSettings,
    limits: &Limits,
    store: &Store,
) -> Result<FolderReport, ReconcileError> {
    let mut session = pop3::Session::open(server, limits).await?;
    let listing = session.list().await;
    session.quit().await;
    let listing = listing?;
    let folder = pop3::folder();
    let record = store.folder_record(&folder)?;
    let entries: Vec<(EntryUid, Looks)> =
        listing.messages.iter().map(|listed| (EntryUid::Name(listed.name.clone()), listed.looks())).collect();
    // Nothing tells when a letter came but its place: behind all that are known, it came since the last pass.
    let known = |uid: &EntryUid| !rows_of(&record.recorded, uid).is_empty();
    let first_new = entries.iter().rposition(|(uid, _)| known(uid)).map_or(0, |last| last + 1);
    let new: BTreeSet<EntryUid> = entries.iter().skip(first_new).map(|(uid, _)| uid.clone()).collect();
    let mut report = compare(folder, &entries, record, |uid| new.contains(uid));
    report.exists = listing.announced.max(report.listed);
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
    let entries: Vec<(EntryUid, Looks)> = listed
        .iter()
        .map(|entry| (EntryUid::Name(entry.name.clone()), Looks { date: None, ..entry.looks() }))
        .collect();
    // `list` gives them by name.
    let changed = |uid: &EntryUid| match uid {
        EntryUid::Name(name) => {
            listed.binary_search_by(|entry| entry.name.cmp(name)).ok().and_then(|index| listed.get(index))
        }
        EntryUid::Imap(_) => None,
    };
    // Sizes only: a date alone may be a writer's that is not done yet, and the passes look after that.
    let mut report = compare(folder, &entries, record, |uid| {
        last_pass.is_none_or(|began| changed(uid).is_some_and(|entry| entry.changed >= began))
    });
    for entry in report.missing.iter_mut().chain(&mut report.differing) {
        entry.arrived = changed(&entry.uid).map(|entry| entry.modified);
    }
    Ok(report)
}
