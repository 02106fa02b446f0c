//! The reading copy: the views as ordinary tables of one file that any tool opens, made without anybody waiting for it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::support::daemon::Office;
use crate::support::disk::{Disk, may_mount};
use crate::support::letter::letter;
use crate::support::wait_for;
use crate::views::{VIEWS, in_words, office_with_all_kinds, sheet, with_every_status};

/// On a busy machine a copy of nothing may take seconds, and ten times as long pass before the next.
const SOON: Duration = Duration::from_mins(3);

/// Sets the copy in a folder of its own, as an office has it; its path.
fn in_a_folder(office: &mut Office) -> PathBuf {
    let folder = office.path().join("阅览");
    fs::create_dir(&folder).unwrap();
    let copy = folder.join("意见.sqlite3");
    office.text("store", "reading_copy", copy.to_str().unwrap());
    copy
}

fn open(copy: &Path, options: &str) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{}{options}", copy.display()), flags).unwrap()
}

pub(crate) fn count(copy: &Path, table: &str) -> i64 {
    open(copy, "").query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// What the copy calls a view.
fn table(at: usize, view: &str) -> String {
    if at + 1 == VIEWS.len() { view.to_owned() } else { format!("\"{:02}{view}\"", at + 1) }
}

#[test]
fn it_has_the_rows_of_the_views_in_tables_that_any_sqlite_opens() {
    let mut office = office_with_all_kinds();
    let copy = in_a_folder(&mut office);
    office.run_ok(&["run", "--once"]);
    let (store, read) = (Connection::open(office.store_path()).unwrap(), open(&copy, ""));
    for (at, (view, _)) in VIEWS.iter().enumerate() {
        let whole = sheet(&store, view);
        assert_eq!(sheet(&read, &table(at, view)), whole, "{view}");
        assert_eq!(sheet(&read, view), whole, "{view} without its number");
    }
    let notes = sheet(&read, "说明").1;
    let last: String = store
        .query_row("SELECT number FROM submission ORDER BY id DESC LIMIT 1", [], |row| row.get(0))
        .unwrap();
    let told = format!("{notes:?}");
    for word in ["生成时间", "截至编号", &last, "最近一次收信", "结构版本", "没有遮盖"]
    {
        assert!(told.contains(word), "{word}: {told}");
    }
    // What an SQLite of 2013 knows, and nothing of a write-ahead log (bytes 18 and 19).
    let made = sheet(&read, "sqlite_schema").1;
    for row in &made {
        let told = format!("{row:?}").to_uppercase();
        assert!(!["STRICT", "ROWID", "GENERATED"].iter().any(|word| told.contains(word)), "{told}");
    }
    assert_eq!(fs::read(&copy).unwrap()[18..20], [1, 1]);
    let untyped = "SELECT count(*) FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND c.type NOT IN ('TEXT', 'INTEGER', 'REAL')";
    assert_eq!(read.query_row(untyped, [], |row| row.get(0)), Ok(0));
    let found = fs::metadata(&copy).unwrap();
    assert_eq!(found.mode() & 0o7777, 0o640);
    let folder = copy.parent().unwrap();
    assert_eq!(found.gid(), fs::metadata(folder).unwrap().gid());
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing stays beside it");
    // Nothing is made beside it by whoever reads.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    let whole = count(&copy, "来信一览");
    let immutable = open(&copy, "?immutable=1");
    assert_eq!(immutable.query_row("SELECT count(*) FROM 来信一览", [], |row| row.get(0)), Ok(whole));
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let status = office.json(&["status", "--json"]);
    assert_eq!(status["reading_copy"]["bytes"], found.len());
    assert!(office.run_ok(&["status"]).stdout.contains("阅览副本"));
}

#[test]
fn the_masked_one_holds_nobody() {
    let mut office = office_with_all_kinds();
    with_every_status(&office);
    let copy = in_a_folder(&mut office);
    let store = Connection::open(office.store_path()).unwrap();
    let people = "SELECT name FROM submission UNION SELECT name_hint FROM submission UNION SELECT from_address FROM submission
        UNION SELECT from_address FROM supplement UNION SELECT recipient FROM acknowledgement
        UNION SELECT value FROM submission, json_each(phones) UNION SELECT value FROM submission, json_each(emails)
        UNION SELECT replace(value, '-', '') FROM submission, json_each(phones)
        UNION SELECT value FROM correction, json_each(old_value) WHERE field = 'phones'";
    let mut statement = store.prepare(people).unwrap();
    let people = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    let people: Vec<String> =
        people.filter_map(Result::unwrap).filter(|who| who.chars().count() > 1).collect();
    assert!(people.iter().any(|who| who == "欧阳娜娜") && people.len() > 10, "{people:?}");
    // Beside the whole one, for the search has to find them there.
    for masked in [false, true] {
        office.set("store", "reading_copy_masked", masked);
        office.run_ok(&["run", "--once"]);
        let bytes = fs::read(&copy).unwrap();
        let read = open(&copy, "");
        let cells: Vec<String> = (VIEWS.iter().enumerate())
            .flat_map(|(at, (view, _))| sheet(&read, &table(at, view)).1)
            .flatten()
            .filter_map(|cell| if let Value::Text(text) = cell { Some(text) } else { None })
            .collect();
        let found: Vec<&String> = people
            .iter()
            .filter(|who| {
                bytes.windows(who.len()).any(|part| part == who.as_bytes())
                    || cells.iter().any(|cell| cell.contains(who.as_str()))
            })
            .collect();
        let told_twice = "SELECT count(*) FROM 来信一览 WHERE 电话数字 <> replace(电话, '-', '')";
        assert_eq!(
            read.query_row(told_twice, [], |row| row.get(0)),
            Ok(0),
            "masked in two ways, a number is whole"
        );
        in_words(&office, |view| sheet(&read, view));
        if masked {
            assert_eq!(found, Vec::<&String>::new());
        } else {
            assert!(found.len() * 10 > people.len() * 8, "{found:?} of {people:?}");
        }
        let notes = format!("{:?}", sheet(&read, "说明").1);
        assert_eq!(notes.contains("没有遮盖"), !masked, "{notes}");
    }
}

#[test]
fn a_decision_is_seen_within_seconds_and_whoever_has_the_old_one_open_keeps_it() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    let copy = in_a_folder(&mut office);
    let mail = office.path().join("mailbox");
    letter(1).deliver(&mail);
    let mut daemon = office.start(&["run"]);
    let alive = |daemon: &mut crate::support::daemon::Running| assert!(!daemon.ended(), "{}", daemon.said());
    let filed = || office.has_store() && office.rows().count("SELECT count(*) FROM submission") == 1;
    wait_for("a letter filed and a copy", SOON, || {
        alive(&mut daemon);
        (filed() && copy.exists()).then_some(())
    });
    office.run_ok(&["correct", "1", "occupation", "工人"]);
    let seen = |connection: &Connection| {
        let sql = "SELECT count(*) FROM 来信一览 WHERE 职业 = '工人'";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    wait_for("the correction in the copy", SOON, || (seen(&open(&copy, "")) == 1).then_some(()));
    let old = open(&copy, "");
    assert_eq!(seen(&old), 1);
    office.run_ok(&["correct", "1", "occupation", "农民"]);
    wait_for("the next correction in the copy", SOON, || (seen(&open(&copy, "")) == 0).then_some(()));
    assert_eq!(seen(&old), 1, "it sees what it opened");
    let sound: String = old.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    daemon.terminate();
    assert_eq!(daemon.finish(SOON).code, Some(0));
}

#[test]
fn a_full_disk_harms_nothing_and_is_named() {
    if !may_mount("a_full_disk_harms_nothing_and_is_named") {
        return;
    }
    let disk = Disk::in_memory(48);
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    let copy = disk.path().join("copy.sqlite3");
    office.text("store", "reading_copy", copy.to_str().unwrap());
    (1..=5).for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
    let done = office.run_ok(&["run", "--once"]);
    assert!(done.said().contains("the reading copy could not be made"), "{done:?}");
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 5);
    assert!(!copy.exists());
    assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 0, "what was begun is taken away");
    let status = office.json(&["status", "--json"]);
    assert!(status["reading_copy"]["problem"].as_str().unwrap().contains("full"), "{status}");
    assert!(office.run_ok(&["status"]).stdout.contains("现在无法更新"));
    disk.remount("size=16m");
    office.run_ok(&["run", "--once"]);
    assert_eq!(count(&copy, "来信一览"), 5);
    assert!(office.json(&["status", "--json"])["reading_copy"]["problem"].is_null());
    // The same with one there: it stays.
    let before = fs::read(&copy).unwrap();
    disk.remount(&format!("size={}k", before.len() / 1024 + 24));
    letter(6).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    assert_eq!(fs::read(&copy).unwrap(), before);
    // No folder.
    office.text("store", "reading_copy", "nowhere/copy.sqlite3");
    office.run_ok(&["run", "--once"]);
    assert!(
        office.json(&["status", "--json"])["reading_copy"]["problem"].as_str().unwrap().contains("nowhere")
    );
    assert!(office.run_ok(&["check"]).stdout.contains("no such folder"));
}

#[test]
fn a_kill_before_the_renaming_leaves_the_old_one_whole() {
    let mut office = Office::at_maildir();
    let copy = in_a_folder(&mut office);
    let mail = office.path().join("mailbox");
    letter(1).deliver(&mail);
    office.run_ok(&["run", "--once"]);
    let before = fs::read(&copy).unwrap();
    letter(2).deliver(&mail);
    office.environment("ZWFW_CRASH_AT", "copied:1");
    assert_eq!(office.run(&["run", "--once"]).code, None, "it was killed");
    assert_eq!(fs::read(&copy).unwrap(), before);
    let left = copy.with_file_name("意见.sqlite3.tmp");
    assert!(left.exists());
    office.environment("ZWFW_CRASH_AT", "");
    office.run_ok(&["run", "--once"]);
    assert_eq!(count(&copy, "来信一览"), 2);
    assert!(!left.exists(), "what the killed one left is gone");
}

#[test]
fn nothing_else_is_written_over() {
    let mut office = Office::at_maildir();
    office.run_ok(&["init"]);
    for own in ["store.sqlite3", "./store.sqlite3", "store.sqlite3-wal", "store.sqlite3.lock"] {
        office.text("store", "reading_copy", own);
        let refused = office.run(&["run", "--once"]);
        assert_eq!(refused.code, Some(78), "{own}: {refused:?}");
        assert!(refused.said().contains("is the store, or one of the files beside it"), "{refused:?}");
    }
    fs::hard_link(office.store_path(), office.path().join("link.sqlite3")).unwrap();
    let other = Connection::open(office.path().join("other.sqlite3")).unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    fs::write(office.path().join("letter.txt"), "a letter").unwrap();
    for foreign in ["link.sqlite3", "other.sqlite3", "letter.txt"] {
        let before = fs::read(office.path().join(foreign)).unwrap();
        office.text("store", "reading_copy", foreign);
        let done = office.run_ok(&["run", "--once"]);
        assert!(done.said().contains("is no reading copy"), "{foreign}: {done:?}");
        if foreign != "link.sqlite3" {
            assert_eq!(fs::read(office.path().join(foreign)).unwrap(), before);
        }
    }
    office.run_ok(&["verify"]);
    office.text("store", "reading_copy", "copy.sqlite3");
    assert!(office.run_ok(&["check"]).stdout.contains("in the store's folder"));
}
