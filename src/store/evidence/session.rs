//! What a handle that writes keeps beside its connection: which rows a transaction touched, what it logged, and a second
//! connection that still sees the rows as they were before.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::explanation::{Deed, Deeds};
use super::seal;
use crate::store::Result;

/// Rows by table (its place in [`seal::TABLES`]) and id.
type Rows = BTreeSet<(usize, i64)>;

/// A writing handle's memory.
#[derive(Debug)]
pub(in crate::store) struct Session {
    /// Sees what is committed: while a transaction writes, the rows as they were before it.
    pub(super) before: Connection,
    touched: Arc<Mutex<Rows>>,
    pub(super) deeds: RefCell<Deeds>,
    /// Stands in where a transaction logs nothing.
    pub(super) opened_at: Timestamp,
    /// The highest number given out under each prefix, as far as this handle knows.
    pub(in crate::store) highest: RefCell<BTreeMap<String, i64>>,
}

impl Session {
    /// Listens to a connection.
    pub(in crate::store) fn attach(path: &Path, connection: &mut Connection, now: Timestamp) -> Result<Self> {
        let before = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        before.busy_timeout(crate::store::BUSY_TIMEOUT)?;
        before.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        before.set_prepared_statement_cache_capacity(32);
        let touched = Arc::new(Mutex::new(Rows::new()));
        let heard = Arc::clone(&touched);
        connection.update_hook(Some(move |_, _: &str, table: &str, id| {
            if let Some(place) = seal::place_of(table) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).insert((place, id));
            }
        }))?;
        Ok(Self { before, touched, deeds: RefCell::default(), opened_at: now, highest: RefCell::default() })
    }

    /// A transaction begins: what an earlier one did that was dropped is forgotten.
    pub(in crate::store) fn begin(&self) {
        self.touched().clear();
        self.deeds.borrow_mut().clear();
    }

    /// An event was logged: it may explain what the transaction changed.
    pub(super) fn note(
        &self,
        at: Timestamp,
        actor: &str,
        action: &str,
        submission: Option<i64>,
        detail: &Value,
    ) {
        let (actor, action, detail) = (actor.to_owned(), action.to_owned(), detail.clone());
        self.deeds.borrow_mut().push(Deed { at, actor, action, submission, detail });
    }

    pub(super) fn touched(&self) -> std::sync::MutexGuard<'_, Rows> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
