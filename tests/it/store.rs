//! The store as a file: whose it is, what its keys refuse, what its log proves, and who may use it beside the daemon.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use zwfw_intake::store::{NewEntry, Store, StoreError};
use zwfw_intake::vocabulary::{
    Disposition, EntryKey, EntryReason, EntryUid, FolderKey, GapReason, SubjectReason,
};

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::{take_ones_time, wait_for};

const NOW: &str = "2024-03-12T02:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, at(NOW))
}

/// Names and contents of everything in a folder.
fn everything(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}

/// An office with the letters of so many citizens.
fn office(letters: usize) -> Office {
    let office = Office::at_maildir();
    for n in 1..=letters {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    office
}

// ---- whose file -----------------------------------------------------------------------------------------------

#[test]
fn a_missing_store_is_created_and_an_existing_one_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/deeper/store.sqlite3");
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Missing { .. })));
    assert!(everything(folder.path()).is_empty(), "whoever only reads creates nothing");

    let store = open(&path).unwrap();
    assert_eq!(store.created_at().unwrap(), at(NOW));
    drop(store);
    let later = Store::open(&path, at("2030-01-01T00:00:00Z")).unwrap();
    assert_eq!(later.created_at().unwrap(), at(NOW), "the first contact stays the first");
    assert_eq!(Store::open_read_only(&path).unwrap().created_at().unwrap(), at(NOW));

    let file = Connection::open(&path).unwrap();
    let pragma = |name: &str| file.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("integrity_check"), "ok");
}

#[test]
fn an_empty_file_becomes_a_store_for_whoever_may_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    fs::write(&path, "").unwrap();
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Missing { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(open(&path).unwrap().created_at().unwrap(), at(NOW));
}

#[test]
fn a_file_that_is_not_ours_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let sql = |batch: &str| {
        let _ = fs::remove_file(&path);
        let other = Connection::open(&path).unwrap();
        other.execute_batch(batch).unwrap();
        other.close().unwrap();
    };
    let refused = |what: &str, newer: bool| {
        let before = everything(folder.path());
        for result in
            [open(&path), Store::open_read_only(&path), Store::check(&path).and_then(|()| open(&path))]
        {
            match result {
                Err(StoreError::Newer { found: 99, .. }) if newer => {}
                Err(StoreError::Foreign { .. }) if !newer => {}
                other => panic!("{what}: {other:?}"),
            }
        }
        assert_eq!(everything(folder.path()), before, "{what}");
    };
    fs::write(&path, "a letter to my aunt, shorter than a header").unwrap();
    refused("text", false);
    fs::write(&path, [0; 4096]).unwrap();
    refused("zeros", false);
    sql("CREATE TABLE recipe (title TEXT)");
    refused("a database of another program", false);
    sql("PRAGMA application_id = 2054645367; PRAGMA user_version = 99; CREATE TABLE recipe (title TEXT)");
    refused("a store of a newer program", true);
}

#[test]
fn a_newer_version_that_stands_only_in_the_wal_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    drop(open(&path).unwrap());
    let before = fs::read(&path).unwrap()[60..64].to_vec();
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99").unwrap();
    assert_eq!(fs::read(&path).unwrap()[60..64], before, "the file itself does not know yet");
    assert!(matches!(open(&path), Err(StoreError::Newer { .. })));
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Newer { .. })));
}

/// The schema of a store with all its tables, views, indexes and triggers, and its version.
fn schema(path: &Path) -> (Vec<String>, u32) {
    let store = Connection::open(path).unwrap();
    let mut statement =
        store.prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema").unwrap();
    let mut items: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    items.sort();
    (items, store.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap())
}

#[test]
fn whoever_only_reads_is_told_of_a_store_that_waits_for_its_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    drop(open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 1").unwrap();
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Older { found: 1, .. })));
}

#[test]
fn all_who_create_at_once_get_the_same_store() {
    let office = office(0);
    let files: Vec<String> = (1..=4).map(|n| format!("{n}.eml")).collect();
    for (n, file) in (1..).zip(&files) {
        fs::write(office.path().join(file), letter(n).raw()).unwrap();
    }
    let running: Vec<_> = files.iter().map(|file| office.start(&["import", file])).collect();
    for running in running {
        let finished = running.finish(Duration::from_mins(1));
        assert_eq!(finished.code, Some(0), "{finished:?}");
    }
    assert_eq!(office.rows().count("SELECT count(DISTINCT number) FROM submission"), 4);
}

// ---- versions -------------------------------------------------------------------------------------------------

/// A store as version 1 wrote it, with four letters in it; two of them say the same.
fn version_1(path: &Path) {
    let dump = fs::read_to_string(crate::support::repository().join("tests/stores/store_1.sql")).unwrap();
    Connection::open(path).unwrap().execute_batch(&dump).unwrap();
}

#[test]
fn an_older_store_becomes_one_like_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.sqlite3"), folder.path().join("old.sqlite3"));
    drop(open(&new).unwrap());
    version_1(&old);
    let position = "INSERT INTO folder (folder, uid_validity, last_uid) VALUES ('INBOX', 7, 30)";
    Connection::open(&old).unwrap().execute_batch(position).unwrap();
    assert_ne!(schema(&old), schema(&new));
    let before = fs::read(&old).unwrap();
    assert!(matches!(Store::open_read_only(&old), Err(StoreError::Older { found: 1, known: 33, .. })));
    assert_eq!(fs::read(&old).unwrap(), before, "whoever only reads changes nothing");
    let store = open(&old).unwrap();
    assert_eq!(store.position("INBOX").unwrap().unwrap().last_uid, 30);
    drop(store);
    assert_eq!(schema(&old), schema(&new), "as if it had been made new");
    drop(open(&old).unwrap());
    let store = Connection::open(&old).unwrap();
    let pragma = |name: &str| store.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(pragma("user_version"), 33);
    let text = |sql: &str| store.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(text("PRAGMA integrity_check"), "ok");
    assert!(!store.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
}

/// An upgrade is a line of the log, and what was there stays beside it, for its owner alone.
#[test]
fn a_migration_says_so_and_keeps_a_copy() {
    let office = crate::support::daemon::Office::at_maildir();
    version_1(&office.store_path());
    let before = Connection::open(office.store_path()).unwrap();
    let letters = |store: &Connection| -> i64 {
        store.query_row("SELECT count(*) FROM submission", [], |row| row.get(0)).unwrap()
    };
    let expected = letters(&before);
    drop(before);
    let finished = office.run_ok(&["-v", "run", "--once"]);
    let line = finished.stderr.lines().find(|line| line.contains("brought up to date"));
    let line = line.unwrap_or_else(|| panic!("{finished:?}"));
    let copy = office.path().join("store.sqlite3.schema-1");
    assert!(line.contains("from=1 schema=") && line.contains(copy.to_str().unwrap()), "{line}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let kept = Connection::open(&copy).unwrap();
    let version: i64 = kept.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(version == 1 && letters(&kept) == expected && expected > 0);
    let again = office.run_ok(&["-v", "run", "--once"]).stderr;
    assert!(!again.contains("brought up to date"), "{again}");
}

/// Version 2 differed in one view; it had no table of words, and nothing stood beside a reason.
#[test]
fn a_store_of_version_2_gets_the_new_view() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.sqlite3"), folder.path().join("old.sqlite3"));
    drop(open(&new).unwrap());
    let older = Connection::open(&old).unwrap();
    // What later versions brought is not in it.
    let dump = crate::support::repository().join("tests/stores/store_5.sql");
    older.execute_batch(&fs::read_to_string(dump).unwrap()).unwrap();
    let views: Vec<String> = {
        let mut names = older.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for view in views {
        older.execute_batch(&format!("DROP VIEW {view}")).unwrap();
    }
    older
        .execute_batch(
            "DROP TABLE word; CREATE VIEW 每日收件 AS SELECT 1 AS 件数; ALTER TABLE mailbox_entry DROP COLUMN reason_detail;
             ALTER TABLE message DROP COLUMN received_evidence_detail; ALTER TABLE acknowledgement DROP COLUMN reason_detail;
             ALTER TABLE gap DROP COLUMN reason_detail; PRAGMA user_version = 2",
        )
        .unwrap();
    drop(older);
    assert_ne!(schema(&old), schema(&new));
    drop(open(&old).unwrap());
    assert_eq!(schema(&old), schema(&new));
}

/// Takes back what versions 15 to 31 brought, but for the sums, which every migration makes anew.
const OF_VERSION_15: &str =
    "ALTER TABLE attachment DROP COLUMN fault; DROP TRIGGER letter_awaits; DROP TRIGGER item_awaits; DROP TRIGGER item_gone_awaits;
    DROP TRIGGER item_counts_awaits; DROP TRIGGER file_awaits; DROP INDEX submission_counted; DROP INDEX submission_by_arrival; CREATE INDEX submission_by_status ON submission (consultation, status);
    DROP TABLE awaiting; DROP TRIGGER submission_awaits; DROP TRIGGER supplement_awaits; DROP TRIGGER correction_awaits; DROP TRIGGER event_awaits;
    DROP INDEX mailbox_entry_by_disposition; DROP INDEX acknowledgement_by_state; DROP INDEX opinion_decided; DROP TABLE search_index; DROP TABLE search_due; DROP TRIGGER submission_is_searched_1; DROP TRIGGER submission_is_searched_2;
    DROP TRIGGER submission_is_searched_3; DROP TRIGGER opinion_is_searched_1; DROP TRIGGER opinion_is_searched_2; DROP TRIGGER opinion_is_searched_3;
    DROP TRIGGER supplement_is_searched_1; DROP TRIGGER supplement_is_searched_2; DROP TRIGGER supplement_is_searched_3; DROP TRIGGER message_is_searched; DROP INDEX submission_waits;
    DROP INDEX event_of_closing; DROP TRIGGER opinion_is_counted_1; DROP TRIGGER opinion_is_counted_2; DROP TRIGGER opinion_is_counted_3;
    DROP TRIGGER opinion_is_counted_4; DROP TABLE submission_items; DROP TRIGGER opinion_leaves_its_group; DROP TABLE opinion_group_change; DROP TABLE opinion_group_member;
    DROP TABLE opinion_group";

/// Groups of version 16 were not sealed.
#[test]
fn a_store_of_version_16_seals_its_groups() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.sqlite3");
    drop(open(&new).unwrap());
    let office = office(1);
    office.run_ok(&["run", "--once"]);
    let older = Connection::open(office.store_path()).unwrap();
    older
        .execute_batch(&format!(
            "{OF_VERSION_15}; {} {} INSERT INTO opinion_group (id, consultation, number) SELECT 1, consultation, 1 FROM submission;
             INSERT INTO opinion_group_member (opinion_id, group_id, remark) SELECT id, 1, '会商' FROM opinion;
             INSERT INTO opinion_group_change (id, group_id, opinion_id, field, new_value, actor, at)
                SELECT 1, 1, id, 'remark', '会商', 'clerk', '2024-03-12T02:00:00Z' FROM opinion;
             PRAGMA user_version = 16",
            include_str!("../../src/store/schema/migrate_15.sql"),
            include_str!("../../src/store/schema/migrate_16.sql")
        ))
        .unwrap();
    drop(older);
    office.run_ok(&["run", "--once"]);
    assert_eq!(schema(&office.store_path()), schema(&new));
    office.run_ok(&["verify"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM sealed_row WHERE name GLOB 'opinion_group*'"), 3);
    assert_eq!(rows.count("SELECT count(*) FROM opinion_group_change WHERE submission_id = 1"), 1);
}

#[test]
fn a_store_of_version_15_counts_the_items_of_its_letters_once() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.sqlite3");
    drop(open(&new).unwrap());
    let office = office(2);
    office.run_ok(&["run", "--once"]);
    let kept = "SELECT number, items, clauses FROM submission_items JOIN submission ON id = submission_id ORDER BY id";
    let before = office.rows().rows(kept);
    assert!(before.len() == 2 && before.iter().all(|row| row["items"] != "-1"), "{before:?}");
    let older = Connection::open(office.store_path()).unwrap();
    older
        .execute_batch(&format!(
            "{OF_VERSION_15}; {} PRAGMA user_version = 15",
            include_str!("../../src/store/schema/migrate_15.sql")
        ))
        .unwrap();
    drop(older);
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().rows(kept), before);
    assert_eq!(schema(&office.store_path()), schema(&new));
    assert_eq!(
        office.run_ok(&["search", "建议", "--count"]).stdout,
        "2\n",
        "what was there is looked up too"
    );
}

#[test]
fn a_store_of_version_14_takes_the_groups_of_the_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.sqlite3"), folder.path().join("old.sqlite3"));
    drop(open(&new).unwrap());
    drop(open(&old).unwrap());
    let older = Connection::open(&old).unwrap();
    older.execute_batch(&format!("{OF_VERSION_15}; PRAGMA user_version = 14")).unwrap();
    drop(older);
    assert_ne!(schema(&old), schema(&new));
    drop(open(&old).unwrap());
    assert_eq!(schema(&old), schema(&new));
}

/// What versions 10, 13 and 15 brought, and all views: they speak of it.
fn take_back_version_10(store: &Connection) {
    let views: Vec<String> = {
        let mut names = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for view in views {
        store.execute_batch(&format!("DROP VIEW {view}")).unwrap();
    }
    store.execute_batch(OF_VERSION_15).unwrap();
    let brought = "DROP TRIGGER opinion_names_clause_1; DROP TRIGGER opinion_names_clause_2; DROP TABLE notice; DROP TABLE notice_clause;
        ALTER TABLE word DROP COLUMN to_do; DROP INDEX opinion_by_clause";
    store.execute_batch(brought).unwrap();
}

#[test]
fn a_store_of_version_9_learns_what_the_notices_say() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.sqlite3");
    drop(open(&new).unwrap());
    let office = office(1);
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["correct", "1", "clause", "二(二)3", "--item", "1"]);
    let told = || {
        let rows = office.rows().rows("SELECT 征求意见, 条款, 条款标题, 条款顺序 FROM 条款分布");
        rows.into_iter().map(|row| format!("{row:?}")).collect::<Vec<_>>()
    };
    let before = told();
    assert!(before[0].contains("跨域办"), "{before:?}");
    let older = Connection::open(office.store_path()).unwrap();
    take_back_version_10(&older);
    older.execute_batch("PRAGMA user_version = 9").unwrap();
    drop(older);
    office.run_ok(&["run", "--once"]);
    assert_eq!(told(), before);
    assert_eq!(schema(&office.store_path()), schema(&new));
}

/// Version 7 differed in its views: items that are no opinions stood in them.
#[test]
fn a_store_of_version_7_gets_the_views_without_what_is_no_opinion() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.sqlite3"), folder.path().join("old.sqlite3"));
    drop(open(&new).unwrap());
    drop(open(&old).unwrap());
    let older = Connection::open(&old).unwrap();
    let text = "SELECT sql FROM sqlite_schema WHERE name = '意见汇总'";
    let text: String = older.query_row(text, [], |row| row.get(0)).unwrap();
    let before = text.replace(" AND o.adoption IS NOT '非意见'", "");
    assert_ne!(text, before);
    take_back_version_10(&older);
    older.execute_batch(&format!("{before}; PRAGMA user_version = 7")).unwrap();
    drop(older);
    assert_ne!(schema(&old), schema(&new));
    drop(open(&old).unwrap());
    assert_eq!(schema(&old), schema(&new));
}

#[test]
fn a_store_of_version_8_takes_one_more_word_for_where_a_letter_stands() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.sqlite3"), folder.path().join("old.sqlite3"));
    drop(open(&new).unwrap());
    drop(open(&old).unwrap());
    let older = Connection::open(&old).unwrap();
    take_back_version_10(&older);
    older
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, '''handled'', ', '') WHERE name = 'submission';
             PRAGMA writable_schema = RESET; PRAGMA user_version = 8",
        )
        .unwrap();
    drop(older);
    assert_ne!(schema(&old), schema(&new));
    drop(open(&old).unwrap());
    assert_eq!(schema(&old), schema(&new));
}

/// Version 13 had two words less for what a mail says of an earlier one; what it wrote stands as it was.
#[test]
fn a_store_of_version_13_takes_two_more_words_for_what_is_said_of_a_letter() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.sqlite3");
    drop(open(&new).unwrap());
    let office = office(1);
    office.run_ok(&["run", "--once"]);
    let old = office.store_path();
    let older = Connection::open(&old).unwrap();
    older.execute_batch(OF_VERSION_15).unwrap();
    older
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(replace(sql, '''disowns'', ', ''), '''corrects'', ', '') WHERE name = 'relation';
             PRAGMA writable_schema = RESET;
             INSERT INTO relation (id, kind, earlier_id, basis, created_at) VALUES (7, 'recalled', 1, 'subject', '2024-03-12T02:00:00Z');
             PRAGMA user_version = 13",
        )
        .unwrap();
    let add =
        "INSERT INTO relation (kind, earlier_id, basis, created_at) VALUES ('disowns', 1, 'number', '')";
    assert!(older.execute(add, []).is_err());
    drop(older);
    assert_ne!(schema(&old), schema(&new));
    drop(open(&old).unwrap());
    assert_eq!(schema(&old), schema(&new));
    let store = Connection::open(&old).unwrap();
    let kept = "SELECT count(*) FROM relation WHERE id = 7 AND kind = 'recalled' AND created_at = '2024-03-12T02:00:00Z'";
    assert_eq!(store.query_row(kept, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    store.execute(add, []).unwrap();
}

#[test]
fn what_an_older_version_filed_is_compared_before_anything_new() {
    let office = office(0);
    version_1(&office.store_path());
    let reading = office.run(&["list"]);
    assert_eq!(reading.code, Some(75), "{reading:?}");
    assert!(reading.stderr.contains("run --once"), "the message names the remedy: {reading:?}");

    // The same as letter 1 of the old store, from the same citizen and from another one.
    let text = "建议全省政务服务大厅在工作日午间和周六上午开放综合窗口，避免上班族为办一件事反复请假，同时保留人工窗口照顾老年人。";
    for (n, from) in [(7, "zhang@example.com"), (8, "zhao@example.com")] {
        let letter = Letter { from: from.to_owned(), text: text.to_owned(), ..letter(n) };
        letter.deliver(&office.path().join("mailbox"));
    }
    office.run_ok(&["run", "--once"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM likeness"), 6);
    let copy = "SELECT count(*) FROM submission AS s JOIN submission AS d ON d.id = s.duplicate_of
                WHERE s.from_address = 'zhang@example.com' AND d.number = 'LNZX-2024-0001'";
    assert_eq!(rows.count(copy), 1, "a repetition finds what the older version filed");
    let group = rows.rows("SELECT * FROM 相同来信");
    assert_eq!(group.len(), 1, "{group:?}");
    for (column, due) in
        [("代表编号", "LNZX-2024-0001"), ("件数", "3"), ("发件地址数", "3"), ("同一发件人重复件数", "1")]
    {
        assert_eq!(group[0][column], due, "{column}");
    }
    let placed = rows.rows("SELECT * FROM likeness ORDER BY message_id");
    office.run_ok(&["run", "--once"]);
    assert_eq!(rows.rows("SELECT * FROM likeness ORDER BY message_id"), placed);
}

// ---- keys -----------------------------------------------------------------------------------------------------

#[test]
fn an_entry_has_one_row_whatever_is_recorded_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut store = open(&path).unwrap();
    let key = |folder: &str, uid_validity, uid| FolderKey::imap(folder, uid_validity).entry(uid);
    let imap = key("INBOX", 7, EntryUid::Imap(10));
    let mut record = |entry: &EntryKey, disposition, reason: EntryReason| {
        let writing = store.begin().unwrap();
        writing.note_gap(entry, &GapReason::EmptyBody, at(NOW)).unwrap();
        let new = NewEntry {
            entry,
            sha256: None,
            size_bytes: 1,
            listed_at: None,
            disposition,
            reason: &reason,
            message_id: None,
            judged_by: None,
            again: None,
            rfc822_message_id: None,
        };
        let recorded = writing.record_entry(&new, at(NOW)).unwrap();
        writing.commit().unwrap();
        recorded
    };
    assert!(record(&imap, Disposition::NotOurs, EntryReason::Subject(SubjectReason::NoTag)));
    assert!(!record(&imap, Disposition::Automatic, EntryReason::SameBytes));
    for other in [
        key("INBOX", 8, EntryUid::Imap(10)),
        key("Junk", 7, EntryUid::Imap(10)),
        key("INBOX", 7, EntryUid::Imap(11)),
        key("INBOX", 7, EntryUid::Name("10".to_owned())),
    ] {
        assert!(record(&other, Disposition::NotOurs, EntryReason::RowRestored), "{other:?}");
    }
    let rows = crate::support::sql::Rows::open(&path);
    assert_eq!(rows.count("SELECT count(*) FROM mailbox_entry"), 5);
    assert_eq!(
        rows.count("SELECT count(*) FROM mailbox_entry WHERE reason = 'no_tag' AND disposition = 'not_ours'"),
        1
    );
    assert_eq!(rows.count("SELECT count(*) FROM gap"), 0, "what is recorded is not owed");
}

#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut store = open(&path).unwrap();
    let entry = FolderKey::imap("INBOX", 7).entry(EntryUid::Imap(1));
    store.begin().unwrap().note_gap(&entry, &GapReason::EmptyBody, at(NOW)).unwrap();
    assert!(store.gaps_due(&FolderKey::imap("INBOX", 7), at("2030-01-01T00:00:00Z")).unwrap().is_empty());
}

#[test]
fn the_same_bytes_elsewhere_are_one_submission_with_one_answer() {
    let office = office(1);
    let folders = ["one", "two"].map(|name| office.path().join(name));
    for folder in &folders {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("letter.eml"), letter(1).raw()).unwrap();
    }
    office.run_ok(&["run", "--once"]);
    for _ in 0..2 {
        office.run_ok(&["import", "one", "two"]);
        office.run_ok(&["run", "--once"]);
        let rows = office.rows();
        assert_eq!(rows.count("SELECT count(*) FROM mailbox_entry"), 3);
        let copies =
            "SELECT count(*) FROM mailbox_entry WHERE disposition = 'duplicate' AND reason = 'same_bytes'";
        assert_eq!(rows.count(copies), 2);
        for table in ["message", "submission", "acknowledgement"] {
            assert_eq!(rows.count(&format!("SELECT count(*) FROM {table}")), 1, "{table}");
        }
    }
}

#[test]
fn one_message_id_over_two_contents_is_two_submissions() {
    let office = office(1);
    let other = Letter { message_id: letter(1).message_id, ..letter(2) };
    fs::write(office.path().join("other.eml"), other.raw()).unwrap();
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["import", "other.eml"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE status <> 'duplicate'"), 2);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE flags LIKE '%\"message_id_reused\"%'"), 1);
}

#[test]
fn numbers_go_on_without_a_gap() {
    let office = office(3);
    office.run_ok(&["run", "--once"]);
    for n in 4..=5 {
        letter(n).deliver(&office.path().join("mailbox"));
        office.run_ok(&["run", "--once"]);
    }
    let numbers: Vec<String> = office
        .rows()
        .rows("SELECT number FROM submission ORDER BY id")
        .iter()
        .map(|row| row["number"].clone())
        .collect();
    let expected: Vec<String> = (1..=5).map(|n| format!("LNZX-2024-{n:04}")).collect();
    assert_eq!(numbers, expected);
}

// ---- the log --------------------------------------------------------------------------------------------------

/// The id of the first event whose hash is not what the formula gives: SHA-256 over the previous hash and the
/// row's columns, each behind its length as eight bytes, the most significant first.
pub(crate) fn first_broken(store: &Connection) -> Option<i64> {
    let mut statement = store
        .prepare("SELECT id, at, actor, action, ifnull(CAST(submission_id AS TEXT), ''), detail, hash FROM event ORDER BY id")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut previous = String::new();
    while let Some(row) = rows.next().unwrap() {
        let mut bytes = Vec::new();
        for index in 0..6 {
            let field = if index == 0 { previous.clone() } else { row.get::<_, String>(index).unwrap() };
            bytes.extend(u64::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend(field.into_bytes());
        }
        let hash = crate::support::hex(&Sha256::digest(&bytes), "").to_lowercase();
        if row.get::<_, String>(6).unwrap() != hash {
            return row.get(0).unwrap();
        }
        previous = hash;
    }
    None
}

#[test]
fn the_event_log_is_a_chain_that_shows_every_change() {
    let office = office(3);
    office.run_ok(&["run", "--once"]);
    letter(4).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let events = office.rows().count("SELECT count(*) FROM event WHERE action IN ('filed', 'sent')");
    assert_eq!(events, 8, "each letter filed, each answer sent");
    let store = Connection::open(office.store_path()).unwrap();
    assert_eq!(first_broken(&store), None);

    for change in [
        "UPDATE event SET detail = '{}' WHERE id = 3",
        "UPDATE event SET hash = '' WHERE id = 8",
        "DELETE FROM event WHERE id = 8",
        "INSERT OR REPLACE INTO event SELECT id, at, 'somebody', action, submission_id, detail, hash FROM event WHERE id = 3",
        "INSERT INTO event SELECT 0, at, actor, action, submission_id, detail, hash FROM event WHERE id = 3",
    ] {
        let error = store.execute(change, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{change}: {error}");
    }
    assert_eq!(first_broken(&store), None);

    // Whoever gets past the triggers is found by the chain.
    for (change, found) in [
        ("UPDATE event SET at = '2024-01-01T00:00:00Z' WHERE id = 3", 3),
        ("UPDATE event SET submission_id = NULL WHERE id = 3", 3),
        ("DELETE FROM event WHERE id = 2", 3),
        ("UPDATE event SET actor = 'intakefil', action = substr(action, 4) WHERE id = 1", 1),
    ] {
        store.execute_batch("SAVEPOINT tampering").unwrap();
        for trigger in 1..=3 {
            store.execute_batch(&format!("DROP TRIGGER event_is_append_only_{trigger}")).unwrap();
        }
        store.execute(change, []).unwrap();
        assert_eq!(first_broken(&store), Some(found), "{change}");
        store.execute_batch("ROLLBACK TO tampering; RELEASE tampering").unwrap();
    }
}

// ---- others beside the daemon ---------------------------------------------------------------------------------

/// Tools of staff bring an SQLite of their distribution, which is years older than ours: they list every table with its columns,
/// check the file and write it out. Nothing in the schema may be younger than STRICT, which is SQLite 3.37.
#[test]
fn the_distributions_sqlite_reads_every_table() {
    let office = office(2);
    office.run_ok(&["run", "--once"]);
    let asked = |sql: &str| {
        let out =
            Command::new("sqlite3").arg("-readonly").arg(office.store_path()).arg(sql).output().unwrap();
        assert!(out.status.success() && out.stderr.is_empty(), "{sql}: {out:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    let tables =
        asked("SELECT m.name, count(*) FROM sqlite_schema AS m, pragma_table_info(m.name) GROUP BY m.name");
    assert!(tables.lines().count() > 40 && tables.contains("search_index|1\n"), "{tables}");
    for table in tables.lines().map(|line| line.split('|').next().unwrap()) {
        asked(&format!("SELECT count(*) FROM (SELECT * FROM \"{table}\")"));
    }
    assert_eq!(asked("PRAGMA integrity_check"), "ok\n");
    assert!(asked(".dump").contains("CREATE TABLE submission"));
    // An SQLite of today would read these too.
    let (schema, _) = schema(&office.store_path());
    for younger in ["contentless_delete", "contentless_unindexed", "locale"] {
        assert!(!schema.iter().any(|made| made.contains(younger)), "{younger}");
    }
}

/// The stock `sqlite3` tool, as somebody who may read the folder and not write it.
fn as_reader(office: &Office, sql: &str) -> String {
    let folder = office.path();
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let path = folder.join(format!("store.sqlite3{suffix}"));
        assert!(path.exists(), "{} is gone", path.display());
        set(&path, 0o644);
    }
    let mut command = if geteuid().is_root() {
        set(folder, 0o755);
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "sqlite3"]);
        command
    } else {
        set(folder, 0o555);
        for suffix in ["", "-wal", "-shm"] {
            set(&folder.join(format!("store.sqlite3{suffix}")), 0o444);
        }
        Command::new("sqlite3")
    };
    let output = command.arg("-readonly").arg(office.store_path()).arg(sql).output().unwrap();
    if !geteuid().is_root() {
        for suffix in ["", "-wal", "-shm"] {
            set(&folder.join(format!("store.sqlite3{suffix}")), 0o644);
        }
        set(folder, 0o755);
    }
    assert!(output.status.success(), "{sql}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn whoever_may_only_read_can_read_after_a_clean_stop() {
    let office = office(2);
    let daemon = office.start(&["run"]);
    wait_for("both letters", Duration::from_mins(1), || {
        let store = Store::open_read_only(&office.store_path()).ok()?;
        (store.last_submission_id().ok()? == 2).then_some(())
    });
    daemon.terminate();
    assert_eq!(daemon.finish(Duration::from_mins(1)).code, Some(0));
    assert_eq!(as_reader(&office, "SELECT count(*) FROM submission"), "2");
    // Our own reading commands leave that as it is.
    for arguments in [&["list"][..], &["status"], &["show", "LNZX-2024-0001"]] {
        office.run_ok(arguments);
    }
    assert_eq!(as_reader(&office, "SELECT count(*) FROM submission"), "2");
}

#[test]
fn the_views_need_nothing_but_the_stock_tool() {
    let office = office(2);
    let near = Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(3) };
    near.deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    for (sql, expected) in [
        ("SELECT count(DISTINCT 编号) FROM 意见汇总", "2"),
        ("SELECT 编号, 待核原因 FROM 待核邮件", "LNZX-2024-0003|主题未按公告注明"),
        ("SELECT 日期, 件数, 已登记, 待核, 逾期 FROM 每日收件 WHERE 件数 > 0", "2024-03-12|3|2|1|0"),
        ("SELECT 职业, 件数, 人次 FROM 职业分布", "教师|2|2"),
        ("SELECT count(*) > 0 FROM 条款分布", "1"),
        ("SELECT 类型, 状态, 次数 FROM 回执情况 WHERE 编号 = 'LNZX-2024-0003'", "正在核对主题|已发|1"),
    ] {
        assert_eq!(as_reader(&office, sql), expected, "{sql}");
    }
}

#[test]
fn a_reader_that_takes_its_time_holds_nobody_up() {
    let office = office(1);
    office.run_ok(&["run", "--once"]);
    let reader = Connection::open(office.store_path()).unwrap();
    let count =
        || reader.query_row("SELECT count(*) FROM submission", [], |row| row.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1);
    for n in 2..=3 {
        letter(n).deliver(&office.path().join("mailbox"));
        office.run_ok(&["run", "--once"]);
    }
    assert_eq!(count(), 1, "it sees what it began with");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 3);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 3);
}

#[test]
fn a_writer_that_takes_its_time_is_waited_for() {
    let office = office(0);
    office.run_ok(&["run", "--once"]);
    letter(1).deliver(&office.path().join("mailbox"));
    let other = Connection::open(office.store_path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO fact VALUES ('other', 'was here')").unwrap();
    let running = office.start(&["run", "--once"]);
    take_ones_time(Duration::from_secs(2));
    other.execute_batch("COMMIT").unwrap();
    let finished = running.finish(Duration::from_mins(1));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.took >= Duration::from_secs(2), "it did not wait");
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 1);
    assert_eq!(rows.count("SELECT count(*) FROM fact WHERE key = 'other'"), 1);
}
