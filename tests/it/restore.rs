//! `restore`: a backup takes the store's place. Nobody gets another's number, nobody is answered twice, nothing is thrown away.

use std::fs;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::sql::Rows;
use crate::support::wait_for;

const HANG: Duration = Duration::from_mins(2);
const SUBMISSIONS: &str = "SELECT count(*) FROM submission";
const SENT: &str = "SELECT count(*) FROM acknowledgement WHERE state = 'sent'";

fn deliver(office: &Office, letters: std::ops::RangeInclusive<usize>) {
    letters.for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
}

fn backup(office: &Office, name: &str) -> PathBuf {
    let path = office.path().join(name);
    office.run_ok(&["backup", path.to_str().unwrap()]);
    path
}

/// What the old store is called now.
fn kept(office: &Office) -> Vec<PathBuf> {
    let entries = fs::read_dir(office.path()).unwrap().flatten().map(|entry| entry.path());
    let is_kept = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.contains(".before-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    entries.filter(|path| is_kept(path)).collect()
}

#[test]
fn a_restored_backup_gives_no_number_twice_and_answers_nobody_twice() {
    let office = Office::at_maildir();
    office.open_until("2099-12-31");
    deliver(&office, 1..=3);
    office.run_ok(&["run", "--once"]);
    let copy = backup(&office, "copy.sqlite3");
    deliver(&office, 4..=5);
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count(SENT), 5);

    let said = office.run_ok(&["restore", copy.to_str().unwrap()]).stdout;
    assert!(said.contains("3 件") && said.contains("（5 件；"), "{said}");
    assert!(said.contains("从 LNZX-2024-1006 起（已知用到 0005，其后跳过 1000 个）"), "{said}");
    assert_eq!(office.rows().count(SUBMISSIONS), 3);
    assert_eq!(fs::metadata(office.store_path()).unwrap().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(&copy).unwrap().mode() & 0o777, 0o600, "the backup stays as it is");
    let old = kept(&office);
    assert_eq!(old.len(), 1);
    assert_eq!(Rows::open(&old[0]).count(SUBMISSIONS), 5, "the old store with its log");

    // What came since is read again, with new numbers and without an answer; what comes now is answered.
    fs::write(office.path().join("mailbox/new/now"), letter(6).raw()).unwrap();
    office.run_ok(&["run", "--once"]);
    let rows = office.rows();
    assert_eq!(rows.count(SUBMISSIONS), 6);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE number < 'LNZX-2024-1006'"), 3);
    let held = "SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'restored'";
    assert_eq!((rows.count(held), rows.count(SENT)), (2, 4));
    let status = office.json(&["status", "--json"]);
    assert_eq!(status["held_after_restore"], 2, "{status}");
    let told = office.run_ok(&["status"]).stdout;
    assert!(told.contains("数据库已恢复") && told.contains("扣下回执 2 封"), "{told}");
    office.run_ok(&["verify"]);

    let released = office.run_ok(&["outbox", "release", "--first-contact"]).stdout;
    assert!(released.contains("排入 2 封"), "{released}");
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count(SENT), 6);
    assert!(!office.run_ok(&["status"]).stdout.contains("数据库已恢复"));
    office.run_ok(&["verify"]);
}

/// Of what waited when the backup was made the old store says whether it has left since.
#[test]
fn what_waited_in_the_backup_leaves_once() {
    let mut office = Office::at_maildir();
    deliver(&office, 1..=2);
    office.answer_over_smtp(1);
    office.run(&["run", "--once"]);
    let copy = backup(&office, "copy.sqlite3");
    let waiting = "SELECT count(*) FROM acknowledgement WHERE state IN ('queued', 'deferred')";
    assert_eq!(office.rows().count(waiting), 2);
    let said = office.run_ok(&["restore", copy.to_str().unwrap(), "--skip", "7"]).stdout;
    assert!(said.contains("待发的扣下 0 封") && said.contains("从 LNZX-2024-0010 起"), "{said}");
    assert_eq!(office.rows().count(waiting), 2, "they have not left");

    let retry =
        "UPDATE acknowledgement SET next_attempt_at = queued_at WHERE state IN ('queued', 'deferred')";
    Connection::open(office.store_path()).unwrap().execute_batch(retry).unwrap();
    for key in ["host", "port", "security"] {
        office.unset("acknowledgement", key);
    }
    office.text("acknowledgement", "transport", "maildir");
    office.text("acknowledgement", "path", "acknowledgement");
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count(SENT), 2);
    // A second one may come within the same second.
    fs::remove_file(&kept(&office)[0]).unwrap();
    let said = office.run_ok(&["restore", copy.to_str().unwrap()]).stdout;
    assert!(said.contains("待发的扣下 2 封"), "{said}");
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count(SENT), 0);
    office.run_ok(&["verify"]);
}

/// Without the old store nobody can be asked.
#[test]
fn where_the_old_store_is_lost_or_damaged_numbers_are_skipped_all_the_same() {
    let office = Office::at_maildir();
    deliver(&office, 1..=2);
    office.run_ok(&["run", "--once"]);
    let copy = backup(&office, "copy.sqlite3");
    let store = office.store_path();
    fs::write(&store, "no database").unwrap();
    let said = office.run_ok(&["restore", copy.to_str().unwrap()]).stdout;
    assert!(said.contains("无法读取") && said.contains("从 LNZX-2024-1003 起"), "{said}");
    assert_eq!(fs::read_to_string(&kept(&office)[0]).unwrap(), "no database");

    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{suffix}", store.display())).ok();
    }
    let said = office.run_ok(&["restore", copy.to_str().unwrap()]).stdout;
    assert!(said.contains("原来没有数据库") && said.contains("从 LNZX-2024-1003 起"), "{said}");
    office.run_ok(&["verify"]);
}

#[test]
fn what_cannot_be_restored_changes_nothing() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    deliver(&office, 1..=20);
    office.run_ok(&["run", "--once"]);
    let copy = backup(&office, "copy.sqlite3");
    let bad = |name: &str, change: &dyn Fn(&Path)| {
        let path = office.path().join(name);
        fs::copy(&copy, &path).unwrap();
        change(&path);
        path
    };
    let damaged = bad("damaged", &|path| {
        let file = fs::File::options().write(true).open(path).unwrap();
        let pages = file.metadata().unwrap().len() / 4096;
        (pages / 2..pages / 2 + 8).for_each(|page| file.write_all_at(&[0xA5; 512], page * 4096).unwrap());
    });
    let cut =
        bad("cut", &|path| fs::File::options().write(true).open(path).unwrap().set_len(40_960).unwrap());
    let newer = bad("newer", &|path| {
        Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    let altered = bad("altered", &|path| {
        Connection::open(path).unwrap().execute_batch("DROP TABLE opinion").unwrap();
    });
    let foreign = bad("foreign", &|path| fs::write(path, "From: somebody\n").unwrap());
    let before = office.rows().dump();
    for (from, words) in [
        (&damaged, "damaged"),
        (&cut, "damaged"),
        (&newer, "newer zwfw-intake"),
        (&altered, "not as this program made it"),
        (&foreign, "not an SQLite file"),
        (&office.path().join("nothing"), "there is no backup"),
        (&office.store_path(), "is the store itself"),
    ] {
        let refused = office.run(&["restore", from.to_str().unwrap()]);
        assert_eq!(refused.code, Some(65), "{words}: {refused:?}");
        assert!(refused.stderr.contains(words), "{words}: {refused:?}");
    }
    assert_eq!(office.rows().dump(), before);
    let daemon = office.start(&["run"]);
    wait_for("the daemon", HANG, || office.log().contains("record head").then_some(()));
    let refused = office.run(&["restore", copy.to_str().unwrap()]);
    assert_eq!(refused.code, Some(75), "{refused:?}");
    assert!(refused.stderr.contains("systemctl stop zwfw-intake"), "{refused:?}");
    daemon.terminate();
    daemon.finish(HANG);
    let is_restored = "SELECT count(*) FROM event WHERE action = 'restored'";
    assert_eq!(office.rows().count(is_restored), 0);
    assert_eq!(office.rows().count(SUBMISSIONS), 20);
    assert!(kept(&office).is_empty());
    let left = |name: &str| office.path().join(format!("store.sqlite3.restoring{name}")).exists();
    assert!(!["", "-wal", "-shm", "-journal"].into_iter().any(left));
}
