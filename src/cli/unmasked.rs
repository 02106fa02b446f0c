//! Who reads personal data in full leaves a trace.

use serde_json::json;

use super::actor::actor;
use super::outcome::Failure;
use crate::config::Settings;
use crate::maillog;
use crate::store::{Store, StoreError};
use crate::world::World;

/// Reading personal data in full leaves a trace (网络数据安全管理条例 art. 9; the record says who looked, not at what).
pub(super) fn log_unmasked(settings: &Settings, what: &str, count: usize) -> Result<(), Failure> {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = Store::open_existing(&settings.store_path, now).map_err(|error| not_logged(&error))?;
    maillog::brought(store.brought());
    let logged = store.begin().and_then(|writing| {
        writing.log(now, &actor(), "read_unmasked", None, &json!({ "what": what, "count": count }))?;
        writing.commit()
    });
    logged.map_err(|error| not_logged(&error))
}

/// Without its trace in the record, nothing is shown.
fn not_logged(error: &StoreError) -> Failure {
    let message = format!(
        "reading personal data in full is recorded in the store, and that failed: {error}{}; without --unmasked no record is needed",
        error.remedy()
    );
    Failure::new(Failure::from(error).exit, message)
}
