//! What a command opens before it works: a runtime, the store, the consultation that `--consultation` names.

use super::outcome::{Exit, Failure};
use crate::config::Settings;
use crate::maillog;
use crate::store::{Filter, Store};
use crate::vocabulary::Consultation;

/// A runtime for the commands that wait for servers. Two workers: one lane may work while the other talks.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Io, format!("the runtime cannot start: {error}")))
}

pub(super) fn open_for_reading(settings: &Settings) -> Result<Store, Failure> {
    Store::open_read_only(&settings.store_path).map_err(|error| Failure::from(&error))
}

/// For commands that write what a person decided. They need not be the daemon: SQLite lets them take turns.
pub(super) fn open_for_writing(settings: &Settings, now: jiff::Timestamp) -> Result<Store, Failure> {
    let mut store = Store::open_existing(&settings.store_path, now)?;
    maillog::brought(store.brought());
    store.know(&settings.consultations)?;
    Ok(store)
}

/// A consultation that is configured, or of which something is filed.
pub(super) fn known_consultation(
    settings: &Settings,
    store: &Store,
    id: Option<&str>,
) -> Result<(), Failure> {
    let Some(id) = id.filter(|id| !settings.consultations.iter().any(|found| found.id == *id)) else {
        return Ok(());
    };
    let filter = Filter { consultation: Some(id.to_owned()), ..Filter::default() };
    if store.count(&filter)? > 0 {
        return Ok(());
    }
    Err(unknown_consultation(&settings.consultations, id))
}

/// A consultation of which nobody knows; the message names those that are configured.
pub(super) fn unknown_consultation(known: &[Consultation], id: &str) -> Failure {
    let known: Vec<&str> = known.iter().map(|found| found.id.as_str()).collect();
    let message = format!("没有 {id} 这个征求意见；已配置的有：{}", known.join("、"));
    Failure::new(Exit::Usage, message)
}
