//! Which of the entries that are known by name, and not by UID, are to be read now.

use std::collections::BTreeSet;

use super::pass::PassError;
use crate::cursor::Looks;
use crate::lane::Lane;
use crate::lane::comparison::compare;
use crate::store::FolderRecord;
use crate::vocabulary::{EntryUid, FolderKey};

/// New ones, those that look otherwise than recorded, gaps that are due, and what was judged under other rules; of `listed`, which
/// holds each once.
pub(super) fn due(
    folder: &FolderKey,
    listed: &[(EntryUid, Looks)],
    lane: &Lane,
) -> Result<BTreeSet<EntryUid>, PassError> {
    let now = lane.world.now();
    let (recorded, gaps) = lane.store.read(|store| store.known_from(folder, 0))?;
    let record = FolderRecord { recorded, gaps, ..FolderRecord::default() };
    let report = compare(folder.clone(), listed, record, |_| false);
    if !report.learned.is_empty() {
        lane.store
            .write(|writing| report.learned.iter().try_for_each(|(id, looks)| writing.learn(*id, *looks)))?;
    }
    let mut due: BTreeSet<EntryUid> =
        report.missing.into_iter().chain(report.differing).map(|entry| entry.uid).collect();
    for gap in report.gaps {
        if !lane.store.read(|store| store.gap_is_resting(&folder.entry(gap.uid.clone()), now))? {
            due.insert(gap.uid);
        }
    }
    let by = lane.config.rules.judged_by();
    let again = lane.store.read(|store| store.judged_otherwise(folder, by, 0, usize::MAX))?;
    let lying: BTreeSet<&EntryUid> = listed.iter().map(|(uid, _)| uid).collect();
    let (lie, gone): (Vec<_>, Vec<_>) = again.into_iter().partition(|(_, uid)| lying.contains(uid));
    due.extend(lie.into_iter().map(|(_, uid)| uid));
    if !gone.is_empty() {
        let gone: Vec<i64> = gone.into_iter().map(|(id, _)| id).collect();
        lane.store.write(|writing| writing.judged(&gone, by.digest()))?;
    }
    Ok(due)
}
