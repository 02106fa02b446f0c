//! The program against scripted servers: what a pass leaves in the store when a server misbehaves, and that
//! the next good pass makes it whole.

mod answering;
mod fetching;
mod signals;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::imap::imap_server::{Setup, folder, message, run};
use crate::support::daemon::{Finished, Office};

/// Longer than anything here takes; a test that needs it has found a hang.
const HANG: Duration = Duration::from_mins(1);

/// One pass of this office over a server that behaves so; the commands that the server was given.
async fn pass(office: &mut Office, setup: Setup) -> (Finished, Vec<String>) {
    run(office, setup, &["run", "--once"]).await
}

#[track_caller]
fn assert_code(finished: &Finished, code: i32) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
}

/// UID → disposition and reason, of one folder.
fn entries_of(office: &Office, folder: &str) -> BTreeMap<u32, String> {
    let rows = office.rows().rows(&format!(
        "SELECT uid, disposition || ' ' || reason AS what FROM mailbox_entry WHERE folder = '{folder}'"
    ));
    rows.iter().map(|row| (row["uid"].parse().unwrap(), row["what"].clone())).collect()
}

fn uids(office: &Office) -> Vec<u32> {
    entries_of(office, "INBOX").into_keys().collect()
}

/// UID → attempts, of what is owed.
fn owed(office: &Office) -> BTreeMap<u32, u32> {
    let rows = office.rows().rows("SELECT uid, attempts FROM gap");
    rows.iter().map(|row| (row["uid"].parse().unwrap(), row["attempts"].parse().unwrap())).collect()
}

/// Each letter is one submission with one answer, and none has two.
#[track_caller]
fn assert_filed_once(office: &Office, letters: i64) {
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission"), letters);
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), letters);
    let delivered = std::fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    assert_eq!(i64::try_from(delivered).unwrap(), letters);
}
