//! Staff read while the daemon files: nobody waits for them, nothing is lost, and the write-ahead log does not grow
//! without a word or without an end.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::support::daemon::{Office, Running};
use crate::support::letter::letter;
use crate::support::{long, take_ones_time, wait_for};

const HANG: Duration = Duration::from_mins(5);

fn office(letters: std::ops::RangeInclusive<usize>) -> Office {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    office.set("limits", "batch_messages", 10);
    office.set("acknowledgement.caps", "per_domain", 1_000_000);
    office.set("acknowledgement.caps", "per_hour", 1_000_000);
    office.set("acknowledgement.caps", "per_day", 1_000_000);
    deliver(&office, letters);
    office
}

fn deliver(office: &Office, letters: std::ops::RangeInclusive<usize>) {
    for n in letters {
        letter(n).deliver(&office.path().join("mailbox"));
    }
}

fn wal(office: &Office) -> u64 {
    fs::metadata(office.path().join("store.sqlite3-wal")).map_or(0, |metadata| metadata.len())
}

fn read_only(office: &Office) -> Connection {
    let store = Connection::open_with_flags(office.store_path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    store
}

fn count(store: &Connection, table: &str) -> usize {
    let count: i64 = store.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

#[track_caller]
fn wait_until_filed(office: &Office, daemon: &mut Running, letters: usize) {
    wait_for("everything filed and answered", HANG, || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        let store = read_only(office);
        (count(&store, "acknowledgement WHERE state = 'sent'") == letters).then_some(())
    });
    let store = read_only(office);
    for table in ["mailbox_entry", "message", "submission", "acknowledgement"] {
        assert_eq!(count(&store, table), letters, "{table}");
    }
    let delivered = fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    assert_eq!(delivered, letters, "answers");
}

#[test]
fn a_transaction_open_all_day_holds_nobody_up_and_is_told_of() {
    let letters = if long() { 10_000 } else { 1500 };
    let mut office = office(1..=10);
    office.set("store", "wal_warning_bytes", 4 << 20);
    office.run_ok(&["run", "--once"]);
    let reader = read_only(&office);
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader, "submission"), 10);

    deliver(&office, 11..=letters);
    let mut daemon = office.start(&["run"]);
    wait_until_filed(&office, &mut daemon, letters);
    assert_eq!(count(&reader, "submission"), 10, "it sees what it began with");
    let grown = wal(&office);
    assert!(grown > 8 << 20, "the log has {grown} bytes: too few for this test to mean anything");
    let status = office.json(&["status", "--json"]);
    // The daemon may have written a word more between the two looks.
    let told = status["disk"]["wal_bytes"].as_u64().unwrap();
    assert!((grown..=wal(&office)).contains(&told), "{grown} and then {status}");
    let us = format!("打开读取（进程 {}，用户 ", std::process::id());
    let status = office.run_ok(&["status"]).stdout;
    assert!(status.contains("预写日志过大") && status.contains(&us), "{status}");
    let us = format!("or the disk fills; held by process {}", std::process::id());
    assert!(daemon.said().contains("write-ahead log is large"), "{}", daemon.said());
    assert!(daemon.said().contains(&us), "{}", daemon.said());

    reader.execute_batch("COMMIT").unwrap();
    wait_for("the log to be moved into the file", Duration::from_secs(20), || {
        (wal(&office) <= 8 << 20).then_some(())
    });
    wait_for("a word of it", Duration::from_secs(5), || {
        daemon.said().contains("was moved into the file").then_some(())
    });
    println!("{letters} letters under one reader: the log grew to {} MiB", grown >> 20);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn readers_of_whom_one_is_always_there_do_not_let_the_log_grow_for_ever() {
    let letters = if long() { 10_000 } else { 1000 };
    let office = office(1..=10);
    office.run_ok(&["run", "--once"]);
    deliver(&office, 11..=letters);
    let done = AtomicBool::new(false);
    let (largest, copies) = scope(|scope| {
        for reader in 0_u64..3 {
            let (office, done) = (&office, &done);
            scope.spawn(move || {
                take_ones_time(Duration::from_millis(50 * reader));
                while !done.load(Ordering::Relaxed) {
                    // Each stays 150 ms, and they overlap.
                    let store = read_only(office);
                    store.execute_batch("BEGIN").unwrap();
                    count(&store, "submission WHERE comment LIKE '%窗口%'");
                    take_ones_time(Duration::from_millis(150));
                    store.execute_batch("COMMIT").unwrap();
                }
            });
        }
        // A copy of the whole store, again and again.
        let copying = scope.spawn(|| {
            let mut copies: Vec<(PathBuf, usize)> = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let copy = office.path().join(format!("copy-{}.sqlite3", copies.len()));
                let store = read_only(&office);
                store.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
                let store_copy = Connection::open(&copy).unwrap();
                let sound: String =
                    store_copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
                assert_eq!(sound, "ok");
                assert_eq!(count(&store_copy, "mailbox_entry"), count(&store_copy, "submission"));
                copies.push((copy.clone(), count(&store_copy, "submission")));
                fs::remove_file(&copy).unwrap();
                take_ones_time(Duration::from_millis(300));
            }
            copies
        });
        let mut daemon = office.start(&["run"]);
        let mut largest = 0;
        let began = Instant::now();
        loop {
            largest = largest.max(wal(&office));
            if count(&read_only(&office), "acknowledgement WHERE state = 'sent'") == letters {
                break;
            }
            if began.elapsed() > HANG || daemon.ended() {
                done.store(true, Ordering::Relaxed);
                panic!("not filed under readers: {}", daemon.said());
            }
            take_ones_time(Duration::from_millis(20));
        }
        done.store(true, Ordering::Relaxed);
        daemon.terminate();
        assert_eq!(daemon.finish(HANG).code, Some(0));
        (largest, copying.join().unwrap())
    });
    assert!(copies.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{copies:?}");
    println!("the log was {} KiB at most; {} copies were made meanwhile", largest >> 10, copies.len());
    assert!(largest < 40 << 20, "the log grew to {largest} bytes");
    let mut daemon = office.start(&["run"]);
    wait_until_filed(&office, &mut daemon, letters);
}

#[test]
fn a_writer_that_outlasts_all_patience_is_named_and_nothing_is_lost() {
    let office = office(1..=5);
    office.run_ok(&["run", "--once"]);
    deliver(&office, 6..=60);
    let other = Connection::open(office.store_path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut daemon = office.start(&["run"]);
    wait_for("a word of it", HANG, || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        daemon.said().contains("another program holds it").then_some(())
    });
    assert_eq!(count(&read_only(&office), "submission"), 5);
    other.execute_batch("COMMIT").unwrap();
    wait_until_filed(&office, &mut daemon, 60);
    assert!(!daemon.said().contains("panicked"), "{}", daemon.said());
}

#[test]
fn a_writer_that_comes_and_goes_is_never_heard_of() {
    let office = office(1..=5);
    office.run_ok(&["run", "--once"]);
    deliver(&office, 6..=600);
    let mut daemon = office.start(&["run"]);
    let other = Connection::open(office.store_path()).unwrap();
    other.busy_timeout(Duration::from_secs(20)).unwrap();
    for turn in 0..30 {
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other.execute("INSERT OR REPLACE INTO fact VALUES ('other', ?1)", [turn]).unwrap();
        take_ones_time(Duration::from_millis(60));
        other.execute_batch("COMMIT").unwrap();
        take_ones_time(Duration::from_millis(20));
    }
    wait_until_filed(&office, &mut daemon, 600);
    assert!(!daemon.said().contains("ERROR"), "{}", daemon.said());
}
