//! How a pass over the mailbox ended, written down.

use jiff::Timestamp;

use crate::lane::Lane;
use crate::lane::intake::{Pass, PassError};
use crate::maillog;
use crate::store::{Fact, Store, StoreError};

/// Writes down how a pass ended, for `status`; a folder that could not be read makes the pass a failed one.
pub(super) fn remember_pass(
    lane: &Lane,
    began: Timestamp,
    result: Result<Pass, PassError>,
) -> Result<Result<Pass, PassError>, StoreError> {
    let result = match result {
        Ok(pass) if !pass.is_in_order() => Err(PassError::Folders(pass)),
        // It would only wait once more.
        Err(PassError::Store(error)) if error.is_held() => return Ok(Err(PassError::Store(error))),
        Ok(pass) => Ok(Pass { owed: lane.store.read(Store::letters_owed)?, ..pass }),
        error => error,
    };
    if let Ok(pass) = &result {
        maillog::pass_finished(pass.total(), pass.gaps);
    }
    let now = lane.world.now();
    lane.store.with(|store| {
        if let Ok(pass) | Err(PassError::Folders(pass)) = &result {
            store.remember_folders(&pass.read_folders, &pass.failed_folders, now)?;
            if !pass.incomplete && pass.failed_folders.is_empty() {
                store.remember_instant(Fact::LastPassStartedAt, began)?;
                store.remember_instant(Fact::LastPassFinishedAt, now)?;
            }
        }
        let (fault, problem) = match &result {
            Ok(_) => ("", String::new()),
            Err(error) => (error.fault().as_str(), error.to_string()),
        };
        store.remember(Fact::LastPassFault, fault)?;
        store.remember(Fact::NextPassAt, "")?;
        store.remember(Fact::LastPassProblem, &problem)
    })?;
    Ok(result)
}
