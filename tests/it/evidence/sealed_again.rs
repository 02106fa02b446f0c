//! Seals cover nearly everything, so a check that does not rest on them could fall silent unnoticed: here each must find
//! something by itself, and under its own name.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;
use zwfw_intake::store::{Difference, Store, Writing};

use super::{copy, office, tamper, verify};

/// Seals again what was changed.
type Seal = fn(&Writing<'_>, i64);

fn entry(writing: &Writing<'_>, _: i64) {
    writing.accept(None, "somebody", Timestamp::UNIX_EPOCH).unwrap();
}

fn submission(writing: &Writing<'_>, id: i64) {
    writing.accept(Some(id), "somebody", Timestamp::UNIX_EPOCH).unwrap();
}

fn nothing(_: &Writing<'_>, _: i64) {}

/// What is changed where `?1` is an id, the ids in question, how it is sealed again, and the only complaint that then is
/// to be made.
const CHANGES: [(&str, &str, Seal, &str, Difference); 5] = [
    (
        "UPDATE attachment SET sha256 = 'x' WHERE message_id = (SELECT message_id FROM submission WHERE id = ?1) AND ordinal = 2",
        "SELECT s.id FROM submission AS s JOIN attachment AS a ON a.message_id = s.message_id WHERE a.filename = 'two.pdf'",
        submission,
        "attachment",
        Difference::AttachmentChanged,
    ),
    (
        "UPDATE mailbox_entry SET sha256 = 'x' WHERE id = ?1",
        "SELECT min(id) FROM mailbox_entry",
        entry,
        "mailbox_entry",
        Difference::EntryDigest,
    ),
    (
        "UPDATE mailbox_entry SET message_id = 999999 WHERE id = ?1",
        "SELECT min(id) FROM mailbox_entry",
        entry,
        "mailbox_entry",
        Difference::DanglingReference(String::new()),
    ),
    (
        "DELETE FROM mailbox_entry WHERE id = ?1",
        "SELECT min(id) FROM mailbox_entry",
        nothing,
        "mailbox_entry",
        Difference::RowMissing,
    ),
    // A kept message of no submission.
    (
        "UPDATE message SET subject = 'x' WHERE id = ?1",
        "SELECT message_id FROM mailbox_entry WHERE reason = 'no_header'",
        nothing,
        "message",
        Difference::SealBroken,
    ),
];

#[test]
fn each_check_finds_by_itself_what_it_is_for() {
    let office = office();
    let (path, original) = copy(&office);
    for (change, which, seal, table, difference) in CHANGES {
        let id: i64 =
            Connection::open(office.store_path()).unwrap().query_row(which, [], |row| row.get(0)).unwrap();
        assert_eq!(tamper(&path, &original, change, &Value::Integer(id)), 1, "{change}");
        let mut store = Store::open(&path, Timestamp::UNIX_EPOCH).unwrap();
        let writing = store.begin().unwrap();
        seal(&writing, id);
        writing.commit().unwrap();
        drop(store);
        let (_, found) = verify(&path);
        forget_log(&path);
        let [found] = &found[..] else { panic!("{change}: {found:?}") };
        let difference = match difference {
            Difference::DanglingReference(_) => Difference::DanglingReference("message".to_owned()),
            other => other,
        };
        assert_eq!((found.table.as_str(), &found.difference), (table, &difference), "{change}");
    }
}

/// The copy is written anew for the next change; its log belongs to the last one.
fn forget_log(path: &Path) {
    for suffix in ["wal", "shm"] {
        let mut log = path.as_os_str().to_owned();
        log.push(format!("-{suffix}"));
        let _ = fs::remove_file(log);
    }
}
