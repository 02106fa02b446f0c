//! Catching up: what an older version filed gets its place among same letters.

use jiff::Timestamp;
use serde_json::json;

use super::LaneConfig;
use crate::maillog;
use crate::ruling;
use crate::store::{Fact, Place, Store, StoreError};

/// Messages placed in one transaction: a second's work at most, and no more is lost when the process is ended.
const BATCH: usize = 200;

/// Messages that a start looks at although today's program placed them as it filed them: so many cost nothing, and whoever only
/// starts waits for no other writer.
const LOOKED_AT_AGAIN: i64 = 10_000;

/// Records what every filed message is compared by, where an older version did not. Before anything new is filed: a
/// repetition must find what it repeats.
///
/// # Errors
/// When the store fails; what was placed stays placed, and the next start goes on.
pub fn place_filed(store: &mut Store, config: &LaneConfig, now: Timestamp) -> Result<u64, StoreError> {
    let mut placed = 0;
    let (noted, last) = store.placed()?;
    loop {
        let found = store.unplaced(noted, BATCH)?;
        if found.is_empty() {
            break;
        }
        let writing = store.begin()?;
        writing.log(now, "migration", "placed", None, &json!({ "messages": found.len() }))?;
        for message in found {
            let subject = message.subject.as_deref().unwrap_or_default();
            let likeness = ruling::likeness_of_filed(
                &message.comment,
                subject,
                &message.attachments,
                &message.consultation,
                &config.rules,
            );
            let place = Place {
                message_id: message.message_id,
                submission_id: message.submission_id,
                is_submission: message.is_submission,
                is_duplicate: message.is_duplicate,
                consultation: &message.consultation,
                from_address: &message.from_address,
            };
            // A consultation that is not configured any more gets no new mail to compare.
            writing.place(&place, &likeness.unwrap_or_default())?;
            placed += 1;
        }
        maillog::not_as_sealed(&writing.commit_beside_broken_seals()?);
    }
    if last - noted > LOOKED_AT_AGAIN {
        store.remember(Fact::PlacedUpTo, &last.to_string())?;
    }
    if placed > 0 {
        maillog::placed(placed);
    }
    Ok(placed)
}

/// Brings back what an older version left hanging on a denied submission. How many letters wait for a person now.
///
/// # Errors
/// When the store fails.
pub fn release_stranded(store: &mut Store, now: Timestamp) -> Result<u64, StoreError> {
    // Read first: whoever only starts waits for no other writer.
    if !store.has_stranded()? {
        return Ok(0);
    }
    let writing = store.begin()?;
    let released = writing.release_stranded("migration", now)?;
    maillog::not_as_sealed(&writing.commit_beside_broken_seals()?);
    if released > 0 {
        maillog::released(released);
    }
    Ok(released)
}
